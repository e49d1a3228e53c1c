"""Real cost lines that follow decisions rather than quantities: sites, capital, lanes in use, contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.money import annuity_per_year, annuity_years, discount_at
from hinterland.model.accounts.frames import COST_COLUMNS, tidy
from hinterland.model.accounts.pacts import pacts_of, taken_of
from hinterland.model.accounts.spending import running_factor
from hinterland.model.arrays.places import positions
from hinterland.model.dated import Dated

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["capital_costs", "contract_costs", "lane_costs", "site_costs"]


def _lines(p: Placed, kind: str, t: Ints, amount: Floats, factor: Floats, **where: pl.Series) -> pl.DataFrame:
    return tidy(len(amount), COST_COLUMNS, kind=kind, period_id=p.names.periods(t), amount=amount, discounted=amount * factor[t], **where)


def _once(a: Arrays) -> Floats:
    return discount_at(a.calendar.tau_start, a.settings.discount_rate_share)


def site_costs(a: Arrays, p: Placed) -> list[pl.DataFrame]:
    """Fixed cost of sites always open and of gated ones while open; opening, restart (of paused sites) and closing."""
    names, sites, running, once = p.names, a.sites, running_factor(a), _once(a)
    count = len(a.calendar)
    always = np.flatnonzero((sites.gate < 0) & ~sites.closed)

    def by_period(at: Ints) -> tuple[Ints, Ints]:
        return np.repeat(at, count), np.tile(np.arange(count), len(at))

    site, t = by_period(always)
    found = [_lines(p, "fixed", t, sites.fixed_cost[always].ravel(), running, site_id=names.sites(site))]
    site, t = by_period(sites.gated)
    where = {"site_id": names.sites(site)}
    paused = np.array([sites.status[one] == "paused" for one in site], dtype=bool)
    found.append(_lines(p, "fixed", t, (sites.fixed_cost[sites.gated] * p.open).ravel(), running, **where))
    started = (sites.start_cost * p.started).ravel()
    found.append(_lines(p, "opening", t, np.where(paused, 0.0, started), once, **where))
    found.append(_lines(p, "restart", t, np.where(paused, started, 0.0), once, **where))
    found.append(_lines(p, "closing", t, (sites.stop_cost * p.stopped).ravel(), once, **where))
    return found


def capital_costs(a: Arrays, p: Placed) -> pl.DataFrame:
    """Annuity of every module from its start until its life or the horizon ends, also after its site has stopped."""
    names, calendar, rate = p.names, a.calendar, a.settings.discount_rate_share
    k, v = p.added_line, p.added_period
    rows = a.making.lines.rows
    life = rows["asset_life_years"].cast(pl.Float64).fill_null(np.inf).to_numpy()[k]
    price = Dated(a.net).values("processes", "module_cost", 0.0)[rows["at"].to_numpy()][k, v] * p.added
    yearly = price * annuity_per_year(np.where(np.isfinite(life), life, 1e6), rate)
    paid, discounted = annuity_years(
        calendar.tau_start[v][:, None], life[:, None], calendar.tau_start[None, :], calendar.tau_stop[None, :], rate
    )
    row, t = (np.asarray(one, dtype=np.int64) for one in np.nonzero(paid > 0))
    return tidy(
        len(row), COST_COLUMNS, kind="capital", period_id=names.periods(t), vintage=names.vintages(v[row]),
        amount=yearly[row] * paid[row, t], discounted=yearly[row] * discounted[row, t], **names.lines(k[row]),
    )  # fmt: skip


def lane_costs(a: Arrays, p: Placed) -> list[pl.DataFrame]:
    """Fixed cost of lane groups in periods of use, and the qualification of lanes.

    A qualification is paid once, in the period up to the first use in which its discounted cost is least (the latest of equals).
    """
    names, rates, count = p.names, a.flows.rates, len(a.calendar)
    groups = sorted(a.net["lane_groups"]["capacity_group"].to_list())
    order = positions(pl.Series(groups, dtype=pl.String), a.net["lane_groups"]["capacity_group"].to_list())
    fixed = Dated(a.net).values("lane_groups", "fixed_cost_per_year", 0.0)[order] * a.calendar.years
    moving = p.flow > 0
    group = positions(rates.lanes["capacity_group"], groups)[p.flow_lane]
    used = np.zeros((len(groups), count), dtype=bool)
    used[group[moving & (group >= 0)], p.flow_period[moving & (group >= 0)]] = True
    g, t = (np.asarray(one, dtype=np.int64) for one in np.nonzero(used))
    found = [_lines(p, "lane_fixed", t, fixed[g, t], running_factor(a), subject=pl.Series(groups, dtype=pl.String)[g])]
    lane = np.unique(p.flow_lane[moving])
    lane = lane[(rates.qualification_cost[lane] > 0).any(axis=1)]
    first = np.full(len(rates.qualification_cost), count)
    np.minimum.at(first, p.flow_lane[moving], p.flow_period[moving])
    worth = rates.qualification_cost[lane] * _once(a)
    worth[np.arange(count)[None, :] > first[lane][:, None]] = np.inf
    least = worth.min(axis=1, initial=np.inf)[:, None]
    paid_in = count - 1 - np.argmax((worth <= least * (1 + 1e-12))[:, ::-1], axis=1)
    cost = rates.qualification_cost[lane, paid_in]
    found.append(_lines(p, "qualification", paid_in, cost, _once(a), **names.lanes(lane)))
    return found


def contract_costs(a: Arrays, p: Placed) -> list[pl.DataFrame]:
    """Signing, once at the start of the first phase; take-or-pay of each calendar year, in the year's last period.

    unpaid = max(0, Σ_t share of t in the year · (a_t · take_or_pay_share · min_quantity − taken)) · price of the year.
    """
    _, shares = a.calendar.year_shares()
    last = np.array([int(np.flatnonzero(shares[:, year] > 0)[-1]) for year in range(shares.shape[1])], dtype=np.int64)
    signs: list[tuple[str, int, float]] = []
    owed: list[tuple[str, int, float]] = []
    for pact in pacts_of(a):
        if pact.sign_cost and pact.sign_period >= 0:
            signs.append((pact.contract_id, pact.sign_period, pact.sign_cost))
        if (pact.promised > 0).any():
            promised, taken = pact.promised @ shares, taken_of(a, p, pact).contracted @ shares
            due = np.where(promised > 0, np.maximum(promised - taken, 0.0), 0.0) * pact.price
            owed += [(pact.contract_id, int(last[year]), float(due[year])) for year in np.flatnonzero(due > 0)]
    found = []
    for kind, rows, factor in (("sign", signs, _once(a)), ("take_or_pay", owed, running_factor(a))):
        subject = pl.Series("subject", [row[0] for row in rows], dtype=pl.String)
        t = np.array([row[1] for row in rows], dtype=np.int64)
        found.append(_lines(p, kind, t, np.array([row[2] for row in rows], dtype=np.float64), factor, subject=subject))
    return found
