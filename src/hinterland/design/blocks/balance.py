"""What comes in goes out: the balance of every pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.design.terms import Draft, add_rows, term

if TYPE_CHECKING:
    from hinterland.core.calendar import Ints

__all__ = ["balance"]


def balance(d: Draft) -> Ints:
    """i[t−1] + inflow + Σ made + bought + short = Σ use + outflow + demand + disposed + i[t], per pool and period.

    use = quantity_per_unit / yield · made; co-products and scrap are given with the same factor. i[−1] is the initial
    stock.
    """
    a, periods = d.arrays, d.periods
    flows, out, lines, stocks = a.flows, a.making.outputs, a.making.lines, a.stocks
    right = np.zeros(len(a.pools) * periods)
    np.add.at(right, d.row(a.demand.pool, a.demand.period), a.demand.quantity)
    np.subtract.at(right, d.row(stocks.pool, np.zeros_like(stocks.pool)), stocks.initial)
    every = np.arange(periods)
    stock_row = d.row(stocks.pool[:, None], every[None, :])
    later = (np.arange(len(stocks.pool))[:, None] * periods + every[None, :-1]).ravel()
    terms = [
        term(d, "flow", d.row(flows.to_pool[flows.lane], flows.period), 1.0),
        term(d, "flow", d.row(flows.from_pool[flows.lane], flows.period), -1.0),
        term(d, "made", d.row(lines.pool[out.line], out.period), 1.0),
        term(d, "made", d.row(out.use_pool, out.period[out.use_output]), -out.use_quantity, out.use_output),
        term(d, "bought", d.row(a.offers.pool[a.offers.offer], a.offers.period), 1.0),
        term(d, "short", d.row(a.demand.pool, a.demand.period), 1.0),
        term(d, "disposed", d.row(a.disposal.pool, a.disposal.period), -1.0),
        term(d, "stock", stock_row.ravel(), -1.0),
        term(d, "stock", (stock_row[:, :-1] + 1).ravel(), 1.0, later),
    ]
    return add_rows(d, "balance", "pool_period", terms, "=", right)
