"""Days of cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.design.terms import Draft, Term, add_rows, term

if TYPE_CHECKING:
    from hinterland.core.calendar import Ints

__all__ = ["cover"]


def cover(d: Draft) -> Ints:
    """i[t] ≥ days_of_cover / days of t · (use + outflow + deliveries), per stock and period; not in the last if free."""
    a = d.arrays
    stocks, flows, out = a.stocks, a.flows, a.making.outputs
    ratio = stocks.days_of_cover / a.calendar.days
    if a.settings.terminal_stock == "free" and ratio.size:
        ratio = ratio.copy()
        ratio[:, -1] = 0.0
    place = np.full(len(a.pools), -1, dtype=np.int64)
    place[stocks.pool] = np.arange(len(stocks.pool))

    def part(variable: str, pools: Ints, periods: Ints, amount: object, entries: Ints) -> Term:
        held = place[pools] >= 0
        row, t = place[pools[held]], periods[held]
        factor = np.broadcast_to(np.asarray(amount, dtype=np.float64), held.shape)[held]
        live = ratio[row, t] > 0
        return term(d, variable, d.row(row[live], t[live]), -ratio[row[live], t[live]] * factor[live], entries[held][live])

    right = np.zeros(ratio.size)
    demanded = place[a.demand.pool] >= 0
    row = place[a.demand.pool[demanded]]
    np.add.at(right, d.row(row, a.demand.period[demanded]), ratio[row, a.demand.period[demanded]] * a.demand.quantity[demanded])
    takes = np.flatnonzero(out.use_quantity > 0)
    active = np.flatnonzero(ratio.ravel() > 0)
    terms = [
        term(d, "stock", active, 1.0, active),
        part("flow", flows.from_pool[flows.lane], flows.period, 1.0, np.arange(len(flows.lane))),
        part("made", out.use_pool[takes], out.period[out.use_output[takes]], out.use_quantity[takes], out.use_output[takes]),
        part("short", a.demand.pool, a.demand.period, -1.0, np.arange(len(a.demand.pool))),
    ]
    return add_rows(d, "cover", "stock_period", terms, ">=", right)
