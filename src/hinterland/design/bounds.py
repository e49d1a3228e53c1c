"""How much of each product can sensibly move in a period: the big-M of every yes/no decision, read off the data.

Two bounds meet. The *need* explodes demand through the recipes: more is of no use, as long as nothing forces or rewards
making what nobody wants. The *supply* adds up what lines, offers and opening stocks can give at all: it holds always.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from hinterland.core.calendar import Floats
    from hinterland.model.arrays import Arrays

    Bools = npt.NDArray[np.bool_]

__all__ = ["Bounds", "bounds_of", "most_made", "total_need"]

_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Bounds:
    """Largest sensible quantities, all finite: `moved` of a product (products, periods), `entering` a pool (pools, periods)."""

    moved: Floats
    entering: Floats


def total_need(a: Arrays, forced: Floats | None = None) -> Floats:
    """Need of each product in each period by explosion of the bill of materials; shape (products, periods).

    need = demand + forced quantities + Σ over recipes that take the product of use · largest need of what they give,
    the dearest recipe of each output. Stocked products are needed (1 + cover) times, and what the last period must leave.
    Loops that do not settle within 60 rounds give infinity.
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
    if a.settings.terminal_stock == "initial":
        np.add.at(need0, (held, np.full(len(held), periods - 1)), a.stocks.initial)
    out, lines = a.making.outputs, a.making.lines
    good = lines.product[out.line[out.use_output]]
    other = a.pools.product[out.use_pool]
    takes = out.use_quantity > 0
    ratio: dict[tuple[int, int], float] = {}
    for give, take, quantity in zip(good[takes], other[takes], out.use_quantity[takes], strict=True):
        ratio[int(give), int(take)] = max(ratio.get((int(give), int(take)), 0.0), float(quantity))
    gives: dict[tuple[int, int], float] = {}
    for give, along, quantity in zip(good[~takes], other[~takes], -out.use_quantity[~takes], strict=True):
        if quantity > 0:
            gives[int(give), int(along)] = min(gives.get((int(give), int(along)), np.inf), float(quantity))
    need, before = need0 * cover, np.zeros_like(need0)
    for rounds in range(_ROUNDS):
        before = need if rounds == _ROUNDS // 2 else before  # a loop changes one product at a time: look back over many rounds
        run = need.copy()
        for (main, coproduct), quantity in gives.items():
            run[main] = np.maximum(run[main], need[coproduct] / quantity)
        more = need0.copy()
        for (give, take), quantity in ratio.items():
            more[take] += quantity * run[give]
        more *= cover
        if np.allclose(more, need, rtol=1e-12, atol=0):
            return need
        need = more
    return np.where(np.isclose(before, need, rtol=1e-12, atol=0.0), need, np.inf)


def most_made(a: Arrays) -> Floats:
    """What each output entry makes at most, all modules built; shape (outputs,)."""
    out, modules = a.making.outputs, a.making.modules
    most = np.ones(len(out.line))
    codes = modules.line * len(a.calendar) + modules.vintage
    new = np.flatnonzero(out.vintage >= 0)
    most[new] = modules.most[np.searchsorted(codes, out.line[new] * len(a.calendar) + out.vintage[new])]
    return out.capacity * most


def _supply(a: Arrays, most: Floats) -> tuple[Floats, Floats]:
    """What can come into being, and what can be used up, of each product in each period; both (products, periods)."""
    out, lines, offers = a.making.outputs, a.making.lines, a.offers
    shape = (len(a.products.ids), len(a.calendar))
    given, used = np.zeros(shape), np.zeros(shape)
    np.add.at(given, (lines.product[out.line], out.period), most)
    np.add.at(given, (a.pools.product[offers.pool[offers.offer]], offers.period), offers.limit)
    amount = most[out.use_output] * out.use_quantity
    where = (a.pools.product[out.use_pool], out.period[out.use_output])
    np.add.at(given, where, np.maximum(-amount, 0.0))
    np.add.at(used, where, np.maximum(amount, 0.0))
    np.add.at(used, (a.pools.product[a.demand.pool], a.demand.period), a.demand.quantity)
    return given, used


def _wasted(a: Arrays) -> Bools:
    """Products of which more than the need can be got rid of: thrown away, stocked, or made into such; shape (products,)."""
    found = np.zeros(len(a.products.ids), dtype=bool)
    found[a.pools.product[a.disposal.pool]] = True
    found[a.pools.product[a.stocks.pool]] = True
    out, lines = a.making.outputs, a.making.lines
    good = lines.product[out.line[out.use_output]]
    other = a.pools.product[out.use_pool]
    for _ in range(len(found)):
        stuck = np.zeros(len(out.line), dtype=bool)
        stuck[~found[lines.product[out.line]]] = True
        given = out.use_quantity < 0
        np.logical_or.at(stuck, out.use_output[given], ~found[other[given]])
        more = other[(out.use_quantity > 0) & ~stuck[out.use_output] & found[good]]
        if found[more].all():
            break
        found[more] = True
    return found


def bounds_of(a: Arrays, need: Floats, *, waste_pays: bool) -> Bounds:
    """Join need and supply; `waste_pays` where something forces or rewards making more than is needed.

    Where stock can be carried, a period may also serve later ones and be served by earlier ones. An offer without limit
    has no supply bound: then what lines can use and markets take stands in for it.
    """
    most = most_made(a)
    given, used = _supply(a, most)
    held = a.pools.product[a.stocks.pool]
    if len(held):
        need = np.cumsum(need[:, ::-1], axis=1)[:, ::-1]
        np.add.at(given, (held, np.zeros(len(held), dtype=np.int64)), a.stocks.initial)
        given[held] = np.cumsum(given, axis=1)[held]
        cover = np.ones_like(used)
        np.add.at(cover, held, a.stocks.days_of_cover / a.calendar.days)
        np.add.at(used, held, a.stocks.least)
        np.add.at(used, (held, np.full(len(held), -1)), a.stocks.initial)
        used = np.cumsum((used * cover)[:, ::-1], axis=1)[:, ::-1]
    supply = np.where(np.isfinite(given), given, used)
    least = np.minimum(need, supply)
    finite = np.where(np.isfinite(need), need, 0.0)
    moved = np.where(_wasted(a)[:, None], np.where(np.isfinite(given), given, np.maximum(used, finite)), least) if waste_pays else least
    return Bounds(moved, _entering(a, moved, most))


def _entering(a: Arrays, moved: Floats, most: Floats) -> Floats:
    """Largest sensible inflow and purchase of each pool: what lanes and offers bring, what can leave, what the product moves."""
    flows, offers, out = a.flows, a.offers, a.making.outputs
    comes, goes = np.zeros((len(a.pools), len(a.calendar))), np.zeros((len(a.pools), len(a.calendar)))
    np.add.at(comes, (flows.to_pool[flows.lane], flows.period), flows.capacity)
    np.add.at(comes, (offers.pool[offers.offer], offers.period), offers.limit)
    np.add.at(goes, (flows.from_pool[flows.lane], flows.period), flows.capacity)
    np.add.at(goes, (out.use_pool, out.period[out.use_output]), np.maximum(most[out.use_output] * out.use_quantity, 0.0))
    np.add.at(goes, (a.demand.pool, a.demand.period), a.demand.quantity)
    goes[a.stocks.pool] += a.stocks.most
    goes[a.disposal.pool, a.disposal.period] = np.inf
    return np.minimum(np.minimum(comes, goes), moved[a.pools.product])
