"""How much of each product a period can use at most: the big-M of every yes/no decision, read off the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.arrays import Arrays

__all__ = ["most_moved", "total_need"]

_ROUNDS = 60


def total_need(a: Arrays, forced: Floats | None = None) -> Floats:
    """Need of each product in each period by explosion of the bill of materials; shape (products, periods).

    need = demand + forced quantities + Σ over recipes that take the product of use · largest need of what they give,
    the dearest recipe of each output. Stocked products are needed (1 + cover) times. Loops that do not settle within
    60 rounds give infinity.
    """
    periods, products = len(a.calendar), len(a.products.ids)
    need0 = np.zeros((products, periods))
    np.add.at(need0, (a.pools.product[a.demand.pool], a.demand.period), a.demand.quantity)
    if forced is not None:
        need0 = need0 + forced
    cover = np.ones((products, periods))
    held = a.pools.product[a.stocks.pool]
    np.add.at(cover, held, a.stocks.days_of_cover / a.calendar.days)
    np.add.at(need0, held, a.stocks.least)
    out, lines = a.making.outputs, a.making.lines
    good = lines.product[out.line[out.use_output]]
    other = a.pools.product[out.use_pool]
    takes = out.use_quantity > 0
    ratio: dict[tuple[int, int], float] = {}
    for give, take, quantity in zip(good[takes], other[takes], out.use_quantity[takes], strict=True):
        ratio[int(give), int(take)] = max(ratio.get((int(give), int(take)), 0.0), float(quantity))
    gives = {(int(g), int(o)): float(-q) for g, o, q in zip(good[~takes], other[~takes], out.use_quantity[~takes], strict=True)}
    need = need0 * cover
    for _ in range(_ROUNDS):
        run = need.copy()
        for (main, coproduct), quantity in gives.items():
            if quantity > 0:
                run[main] = np.maximum(run[main], need[coproduct] / quantity)
        more = need0.copy()
        for (give, take), quantity in ratio.items():
            more[take] += quantity * run[give]
        more *= cover
        if np.allclose(more, need, rtol=1e-12, atol=0):
            return need
        need = more
    return np.where(np.isclose(more, need, rtol=1e-12), need, np.inf)


def most_moved(a: Arrays, need: Floats) -> Floats:
    """Largest sensible quantity of each product in one period; shape (products, periods).

    Where stock can be carried, a period may also serve later ones: the need of all periods to come counts.
    """
    if len(a.stocks.pool) == 0:
        return need
    return np.cumsum(need[:, ::-1], axis=1)[:, ::-1]
