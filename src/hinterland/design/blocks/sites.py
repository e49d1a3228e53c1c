"""Opening, closing and what a site that is not open cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.design.terms import Draft, Term, add_rows, term
from hinterland.design.variables import least_stock

if TYPE_CHECKING:
    from hinterland.core.calendar import Ints
    from hinterland.design.bounds import Bounds

__all__ = ["once", "open_from_start", "presence", "stock_needs_site", "throughput"]


def open_from_start(d: Draft) -> Ints:
    """open[t] = open[t−1] + start[t] − stop[t], nothing open before the first period."""
    count = len(d.arrays.sites.gated) * d.periods
    rows = np.arange(count)
    follows = rows[rows % d.periods > 0]
    terms = [
        term(d, "open", rows, 1.0),
        term(d, "open", follows, -1.0, follows - 1),
        term(d, "start", rows, -1.0),
        term(d, "stop", rows, 1.0),
    ]
    return add_rows(d, "open_from_start", "site_period", terms, "=", np.zeros(count))


def once(d: Draft) -> None:
    """Σ_t start ≤ 1 and Σ_t stop ≤ 1 for each site."""
    count = len(d.arrays.sites.gated)
    rows = np.repeat(np.arange(count), d.periods)
    for change in ("start", "stop"):
        add_rows(d, f"{change}_once", "site", [term(d, change, rows)], "<=", np.ones(count))


def presence(d: Draft, bounds: Bounds) -> Ints:
    """inflow + bought ≤ M · open for pools of gated sites that can pass goods on; M is a bound of the data.

    Pools whose only exit is the site's own lines need no row: a closed site makes nothing. Stock left when a site stops
    may leave by lanes, be delivered or thrown away in the period of the stop: nothing comes in, and nothing may be kept.
    """
    a = d.arrays
    gate = a.sites.gate[a.pools.site]
    leaves = np.zeros(len(a.pools), dtype=bool)
    for exits in (a.flows.from_pool[a.flows.lane], a.demand.pool, a.disposal.pool, a.stocks.pool):
        leaves[exits] = True
    watched = (gate >= 0) & leaves
    flows, offers = a.flows, a.offers
    inflow = np.flatnonzero(watched[flows.to_pool[flows.lane]])
    buys = np.flatnonzero(watched[offers.pool[offers.offer]])
    rows_in = d.row(flows.to_pool[flows.lane[inflow]], flows.period[inflow])
    rows_buy = d.row(offers.pool[offers.offer[buys]], offers.period[buys])
    rows = np.unique(np.concatenate([rows_in, rows_buy]))
    pools, periods = rows // d.periods, rows % d.periods
    entry = gate[pools] * d.periods + periods
    terms = [
        term(d, "flow", rows_in, 1.0, inflow),
        term(d, "bought", rows_buy, 1.0, buys),
        term(d, "open", rows, -bounds.entering[pools, periods], entry),
    ]
    return add_rows(d, "presence", "pool_period", terms, "<=", np.zeros(len(a.pools) * d.periods))


def stock_needs_site(d: Draft, bounds: Bounds) -> None:
    """least · open ≤ i ≤ most · open for stocks of gated sites; the last period's least holds the opening stock if so set."""
    a = d.arrays
    held = np.flatnonzero(a.sites.gate[a.stocks.site] >= 0)
    if not len(held):
        return
    rows = (held[:, None] * d.periods + np.arange(d.periods)).ravel()
    stock, period = rows // d.periods, rows % d.periods
    entry = a.sites.gate[a.stocks.site[stock]] * d.periods + period
    product = a.pools.product[a.stocks.pool[stock]]
    most = np.where(np.isfinite(a.stocks.most[stock, period]), a.stocks.most[stock, period], bounds.moved[product, period])
    zero = np.zeros(len(a.stocks.pool) * d.periods)
    add_rows(d, "stock_needs_site", "stock_period", [term(d, "stock", rows, 1.0, rows), term(d, "open", rows, -most, entry)], "<=", zero)
    least = least_stock(a)[stock, period]
    if (least > 0).any():
        terms: list[Term] = [term(d, "stock", rows, 1.0, rows), term(d, "open", rows, -least, entry)]
        add_rows(d, "stock_floor", "stock_period", terms, ">=", zero)


def throughput(d: Draft) -> Ints:
    """Σ gross tonnes leaving by lanes or delivered ≤ a_t · throughput_t_per_year · open, per site and period.

    Without `open` where the site keeps stock: what is left when it stops may still leave.
    """
    a = d.arrays
    limited = np.isfinite(a.sites.throughput_t)
    flows = a.flows
    leaving = np.flatnonzero(limited[flows.from_site[flows.lane], flows.period])
    served = np.flatnonzero(limited[a.demand.site, a.demand.period])
    gross = a.products.gross_t
    right = np.where(limited, a.sites.throughput_t, 0.0).ravel()
    np.subtract.at(
        right,
        d.row(a.demand.site[served], a.demand.period[served]),
        a.demand.quantity[served] * gross[a.pools.product[a.demand.pool[served]]],
    )
    keeps = np.zeros(len(a.sites.ids), dtype=bool)
    keeps[a.stocks.site] = True
    site, period = np.nonzero(limited & ((a.sites.gate >= 0) & ~keeps)[:, None])
    most = a.sites.throughput_t[site, period]
    right[d.row(site, period)] -= most
    terms = [
        term(
            d,
            "flow",
            d.row(flows.from_site[flows.lane[leaving]], flows.period[leaving]),
            gross[flows.product[flows.lane[leaving]]],
            leaving,
        ),
        term(d, "short", d.row(a.demand.site[served], a.demand.period[served]), -gross[a.pools.product[a.demand.pool[served]]], served),
        term(d, "open", d.row(site, period), -most, a.sites.gate[site] * d.periods + period),
    ]
    return add_rows(d, "throughput", "site_period", terms, "<=", right)
