"""Goods: what comes in goes out, no line, lane, offer or stock beyond its limit, no delivery beyond demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.arrays.places import positions
from hinterland.model.dated import Dated
from hinterland.model.verify.totals import Totals, named, summed

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.verify.ledger import Ledger

__all__ = ["check_buying", "check_lanes", "check_lines", "check_pools", "check_stocks", "check_throughput"]


def _cells(rows: int, periods: int) -> tuple[Ints, Ints]:
    return np.repeat(np.arange(rows), periods), np.tile(np.arange(periods), rows)


def _pool_names(p: Placed, pools: Ints) -> pl.Series:
    where = p.names.pools(pools)
    return named(where["product_id"], " at ", where["site_id"])


def check_pools(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """i[t−1] + inflow + made + given + bought = used + outflow + delivered + disposed + i[t], per pool and period."""
    before, after = np.zeros_like(s.inflow), np.zeros_like(s.inflow)
    after[a.stocks.pool] = s.held
    before[:, 1:] = after[:, :-1]
    before[a.stocks.pool, 0] = a.stocks.initial
    left = before + s.inflow + s.good + s.given + s.bought
    right = s.used + s.outflow + s.delivered + s.disposed + after
    pool, t = _cells(*left.shape)
    live = np.flatnonzero((left.ravel() != 0) | (right.ravel() != 0))
    ledger.add(
        "balance", _pool_names(p, pool[live]), t[live], left.ravel()[live], "=", right.ravel()[live], s.need[a.pools.product[pool[live]]],
        "{left} comes in, {right} goes out or stays",
    )  # fmt: skip
    arrives = s.inflow + s.bought
    closed = np.flatnonzero((s.open[a.pools.site] < 0.5).ravel() & (arrives.ravel() != 0))
    ledger.add(
        "closed_site", _pool_names(p, pool[closed]), t[closed], arrives.ravel()[closed], "<=", np.zeros(len(closed)),
        s.need[a.pools.product[pool[closed]]], "the site is not open and takes in {left}",
    )  # fmt: skip
    allowed = (
        ~np.isnan(a.products.disposal_cost[a.pools.product[p.thrown_pool], p.thrown_period]) & ~a.sites.closed[a.pools.site[p.thrown_pool]]
    )
    ledger.add(
        "disposal", _pool_names(p, p.thrown_pool), p.thrown_period, p.thrown, "<=", np.where(allowed, np.inf, 0.0),
        s.need[a.pools.product[p.thrown_pool]], "{left} thrown away, the product may not be",
    )  # fmt: skip


def check_lines(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """Output ≤ capacity of the open line, or of the modules of its vintage; and ≥ the floor of an open line."""
    out, lines, names = a.making.outputs, a.making.lines, p.names
    opened = s.open[lines.site]
    old = out.vintage < 0
    limit = np.where(old, out.capacity * opened[out.line, out.period], out.capacity * s.n[out.line, np.maximum(out.vintage, 0)])
    limit = np.where(opened[out.line, out.period] < 0.5, 0.0, limit)
    told = names.lines(out.line)

    def line_names(k: Ints, v: Ints) -> pl.Series:
        told = names.lines(k)
        return named(
            told["product_id"], " at ", told["site_id"], " (", told["recipe_id"].fill_null("no recipe"), ", ", names.vintages(v), ")"
        )

    live = np.flatnonzero(s.made != 0)
    ledger.add(
        "line_capacity", line_names(out.line[live], out.vintage[live]), out.period[live], s.made[live], "<=", limit[live],
        s.need[lines.product[out.line[live]]], "makes {left}, can make {right}",
    )  # fmt: skip
    stray = np.flatnonzero(s.stray != 0)
    ledger.add(
        "line_capacity", line_names(p.made_line[stray], p.made_vintage[stray]), p.made_period[stray], p.made[stray], "<=",
        np.zeros(len(stray)), s.need[lines.product[p.made_line[stray]]], "makes {left}, the line cannot run then",
    )  # fmt: skip
    share = lines.min_utilisation
    installed = _per_line(out.line, out.period, np.where(old, out.capacity, limit), share.shape)
    made = _per_line(out.line, out.period, s.made, share.shape)
    k, t = (np.asarray(one, dtype=np.int64) for one in np.nonzero((share > 0) & (opened > 0.5) & (installed > 0)))
    told = names.lines(k)
    ledger.add(
        "min_utilisation", named(told["product_id"], " at ", told["site_id"]), t, made[k, t], ">=", (share * installed)[k, t],
        s.need[lines.product[k]], "makes {left}, its floor while open is {right}",
    )  # fmt: skip


def _per_line(line: Ints, period: Ints, amount: Floats, shape: tuple[int, ...]) -> Floats:
    total = np.zeros(shape)
    np.add.at(total, (line, period), amount)
    return total


def check_lanes(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """Flow ≤ lane capacity (0 while the lane is not valid), ≥ the least quantity if used; tonnes of a group ≤ its capacity."""
    rates, names, periods = a.flows.rates, p.names, s.periods
    code, at = np.unique(p.flow_lane * periods + p.flow_period, return_inverse=True)
    flow = summed(at, p.flow, len(code))
    lane, t = code // periods, code % periods
    told = names.lanes(lane)
    where = named(told["product_id"], " on ", told["lane_id"])
    product = a.flows.product[lane]
    dead = a.sites.closed[a.flows.from_site[lane]] | a.sites.closed[a.flows.to_site[lane]]
    limit = np.where(dead, 0.0, rates.capacity[lane, t])
    ledger.add("lane_capacity", where, t, flow, "<=", limit, s.need[product], "carries {left}, can carry {right}")
    least = rates.lanes["min_quantity_if_used"].cast(pl.Float64).fill_null(0.0).to_numpy()[lane]
    used = np.flatnonzero((least > 0) & (flow > ledger.tolerance * s.need[product]))
    ledger.add(
        "least_quantity", where.gather(used), t[used], flow[used], ">=", least[used], s.need[product[used]],
        "carries {left}, at least {right} if used",
    )  # fmt: skip
    frame = a.net["lane_groups"]
    if not frame.height:
        return
    limits = Dated(a.net).values("lane_groups", "capacity_t_per_year", np.inf) * a.calendar.years
    group = positions(rates.lanes["capacity_group"], frame["capacity_group"].to_list())[lane]
    gross = a.products.gross_t[product]
    shared = np.flatnonzero(group >= 0)
    tonnes = _per_line(group[shared], t[shared], (flow * gross)[shared], limits.shape)
    scale = np.zeros(limits.shape)
    np.maximum.at(scale, (group[shared], t[shared]), (gross * s.need[product])[shared])
    g, when = _cells(*limits.shape)
    ledger.add(
        "lane_group_capacity", named("lane group ", frame["capacity_group"][g]), when, tonnes.ravel(), "<=", limits.ravel(), scale.ravel(),
        "carries {left} t, can carry {right} t",
    )  # fmt: skip


def check_throughput(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """Gross tonnes that leave or are delivered ≤ the throughput of the site, per site and period.

    A site that has stopped takes nothing in, and may still clear its last stock at that pace.
    """
    limit = a.sites.throughput_t
    if not np.isfinite(limit).any():
        return
    gross = a.products.gross_t[a.pools.product]
    tonnes, scale = np.zeros(limit.shape), np.zeros(len(a.sites.ids))
    np.add.at(tonnes, a.pools.site, (s.outflow + s.delivered) * gross[:, None])
    np.maximum.at(scale, a.pools.site, gross * s.need[a.pools.product])
    site, t = (np.asarray(one, dtype=np.int64) for one in np.nonzero(np.isfinite(limit)))
    ledger.add(
        "throughput", p.names.sites(site), t, tonnes[site, t], "<=", limit[site, t], scale[site],
        "{left} t leave or are delivered, {right} t can",
    )  # fmt: skip


def check_buying(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """Purchases ≤ their limit in the days they are offered; deliveries ≤ demand."""
    offers, periods = a.offers, s.periods
    limit = np.zeros((len(offers.site), periods))
    limit[offers.offer, offers.period] = offers.limit
    bought = _per_line(p.bought_offer, p.bought_period, p.bought, limit.shape)
    o, t = (np.asarray(one, dtype=np.int64) for one in np.nonzero(bought))
    told = offers.rows[o]
    where = named(told["product_id"], " at ", told["site_id"], " from offer ", told["offer_id"].fill_null(""))
    ledger.add(
        "purchase_limit", where, t, bought[o, t], "<=", limit[o, t], s.need[a.pools.product[offers.pool[o]]],
        "buys {left}, is offered {right}",
    )  # fmt: skip
    served = summed(p.served_row, p.served, len(a.demand.pool))
    rows = a.demand.rows
    ledger.add(
        "demand", named(rows["product_id"], " at ", rows["site_id"], " ", rows["segment"]), a.demand.period, served, "<=", a.demand.quantity,
        s.need[a.pools.product[a.demand.pool]], "delivers {left}, demand is {right}",
    )  # fmt: skip


def check_stocks(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """least · open ≤ i ≤ most · open;  i ≥ days_of_cover / days · (used + outflow + delivered);  an open site ends with its opening stock if so set."""
    stocks = a.stocks
    if not len(stocks.pool):
        return
    opened = np.where(s.open[stocks.site] < 0.5, 0.0, 1.0)
    row, t = _cells(*s.held.shape)
    where, scale = _pool_names(p, stocks.pool[row]), s.need[a.pools.product[stocks.pool[row]]]
    most = np.where(opened > 0, stocks.most, 0.0)
    held = s.held.ravel()
    ledger.add("stock_most", where, t, held, "<=", most.ravel(), scale, "holds {left}, at most {right}")
    least = (stocks.least * opened).ravel()
    asked = np.flatnonzero(least > 0)
    ledger.add(
        "stock_least", where.gather(asked), t[asked], held[asked], ">=", least[asked], scale[asked],
        "holds {left}, at least {right}",
    )  # fmt: skip
    leaves = (s.used + s.outflow + s.delivered)[stocks.pool]
    cover = stocks.days_of_cover / a.calendar.days * leaves
    if a.settings.terminal_stock == "free":
        cover[:, -1] = 0.0
    asked = np.flatnonzero(cover.ravel() > 0)
    ledger.add(
        "stock_cover", where.gather(asked), t[asked], held[asked], ">=", cover.ravel()[asked], scale[asked],
        "holds {left}, its days of cover ask for {right}",
    )  # fmt: skip
    if a.settings.terminal_stock == "initial":
        began = stocks.initial[row] * opened.ravel()
        last = np.flatnonzero((t == s.periods - 1) & (began > 0))
        ledger.add(
            "stock_terminal", where.gather(last), t[last], held[last], ">=", began[last], scale[last],
            "ends with {left}, began with {right}",
        )  # fmt: skip
