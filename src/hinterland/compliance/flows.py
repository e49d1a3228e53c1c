"""The physical flows of a plan, pool by pool: what enters a pool from where, and what its goods are by average mixing.

A cell is a pool (site, product) in a period: pool · periods + period. Arrivals mix perfectly (ISO 22095, controlled blending by
physical share); nothing here knows of credits or claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.core.errors import HinterlandError

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["Mixing", "UnauditablePlan", "flows_of", "mixed"]


class UnauditablePlan(HinterlandError):
    """A plan whose goods go round without coming from anywhere: what they are cannot be said."""


@dataclass(frozen=True, slots=True)
class Mixing:
    """What enters the cells; arrays of one group have equal length, quantities in products' own units.

    move: source cell, target cell, quantity (lanes, and stock into the next period); `move_lane` is the lane-product, −1 for stock.
    run: one per line and period that makes something: line, period, cell of the good, quantity. take: run, cell, quantity.
    give: co-products and scrap: run, cell, quantity. bought: offer, cell, quantity. opened: cell, quantity of opening stock.
    `inflow` is the sum of all that enters, shape (cells,).
    """

    cells: int
    periods: int
    move_source: Ints
    move_target: Ints
    move: Floats
    move_lane: Ints
    run_line: Ints
    run_period: Ints
    run_cell: Ints
    run: Floats
    take_run: Ints
    take_cell: Ints
    take: Floats
    give_run: Ints
    give_cell: Ints
    give: Floats
    bought_offer: Ints
    bought_cell: Ints
    bought: Floats
    opened_cell: Ints
    opened: Floats
    inflow: Floats


def flows_of(a: Arrays, p: Placed) -> Mixing:
    """Read what a plan moves off its placed rows."""
    periods, out = len(a.calendar), a.making.outputs
    cells = len(a.pools) * periods
    known = p.made_entry >= 0
    code = p.made_line[known] * periods + p.made_period[known]
    runs, at = np.unique(code, return_inverse=True)
    made = np.bincount(at, p.made[known], len(runs)).astype(np.float64)
    first = np.searchsorted(out.use_output, p.made_entry[known], side="left")
    count = np.searchsorted(out.use_output, p.made_entry[known], side="right") - first
    row = np.repeat(np.arange(len(at)), count)
    use = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
    used = out.use_quantity[use] * p.made[known][row]
    use_run, use_cell = at[row], out.use_pool[use] * periods + p.made_period[known][row]
    takes, gives = used > 0, used < 0
    last = p.held_period == periods - 1
    held_cell = a.stocks.pool[p.held_row] * periods + p.held_period
    source = np.concatenate([a.flows.from_pool[p.flow_lane] * periods + p.flow_period, held_cell[~last]])
    target = np.concatenate([a.flows.to_pool[p.flow_lane] * periods + p.flow_period, held_cell[~last] + 1])
    moved = np.concatenate([p.flow, p.held[~last]])
    lane = np.concatenate([p.flow_lane, np.full(int((~last).sum()), -1)])
    run_cell = a.making.lines.pool[runs // periods] * periods + runs % periods
    bought_cell = a.offers.pool[p.bought_offer] * periods + p.bought_period
    opening = a.stocks.initial > 0
    opened_cell = a.stocks.pool[opening] * periods
    real, done, paid = moved > 0, made > 0, p.bought > 0
    inflow = np.bincount(target[real], moved[real], cells) + np.bincount(run_cell[done], made[done], cells)
    inflow = inflow + np.bincount(use_cell[gives], -used[gives], cells) + np.bincount(bought_cell[paid], p.bought[paid], cells)
    inflow = inflow + np.bincount(opened_cell, a.stocks.initial[opening], cells)
    return Mixing(
        cells=cells, periods=periods,
        move_source=source[real], move_target=target[real], move=moved[real], move_lane=lane[real],
        run_line=runs // periods, run_period=runs % periods, run_cell=run_cell, run=made,
        take_run=use_run[takes], take_cell=use_cell[takes], take=used[takes],
        give_run=use_run[gives], give_cell=use_cell[gives], give=-used[gives],
        bought_offer=p.bought_offer[paid], bought_cell=bought_cell[paid], bought=p.bought[paid],
        opened_cell=opened_cell, opened=a.stocks.initial[opening],
        inflow=np.asarray(inflow, dtype=np.float64),
    )  # fmt: skip


def mixed(
    m: Mixing, run: Floats, bought: Floats, opened: Floats, *, carried: Floats | None = None, weights: Floats | None = None
) -> Floats:
    """What one unit in each cell is by average mixing, for any characteristics; shape (cells, characteristics).

    `run` (runs, characteristics), `bought` and `opened` likewise say what comes from lines, offers and opening stock. With
    `carried` (runs,) a line passes on that share of the mean of its inputs, weighed by quantity · `weights` (takes,), on top of
    `run`. Raises UnauditablePlan for goods that go round without a source.
    """
    import scipy.sparse
    from scipy.sparse.linalg import splu

    wide = run.shape[1]
    flow = np.where(m.inflow > 0, m.inflow, 1.0)
    made_cell = np.concatenate([m.run_cell, m.give_cell])
    made_run = np.concatenate([np.arange(len(m.run)), m.give_run])
    made = np.concatenate([m.run, m.give])
    fixed = np.zeros((m.cells, wide))
    for cell, amount, what in ((made_cell, made, run[made_run]), (m.bought_cell, m.bought, bought), (m.opened_cell, m.opened, opened)):
        np.add.at(fixed, cell, (amount / flow[cell])[:, None] * what)
    rows, columns, values = [m.move_target], [m.move_source], [m.move / flow[m.move_target]]
    if carried is not None and weights is not None:
        weight = m.take * weights
        whole = np.bincount(m.take_run, weight, len(m.run))
        part = np.divide(weight, whole[m.take_run], out=np.zeros_like(weight), where=whole[m.take_run] > 0)
        order = np.argsort(m.take_run, kind="stable")
        starts = np.searchsorted(m.take_run[order], np.arange(len(m.run) + 1))
        count = np.diff(starts)[made_run]
        each = np.repeat(np.arange(len(made_run)), count)
        take = order[np.arange(len(each)) - np.repeat(np.cumsum(count) - count, count) + starts[made_run][each]]
        rows.append(made_cell[each])
        columns.append(m.take_cell[take])
        values.append(made[each] / flow[made_cell[each]] * carried[made_run[each]] * part[take])
    where = (np.concatenate(rows), np.concatenate(columns))
    grid = scipy.sparse.csc_array((np.concatenate(values), where), shape=(m.cells, m.cells))
    try:
        return np.asarray(splu((scipy.sparse.eye_array(m.cells, format="csc") - grid).tocsc()).solve(fixed)).reshape(m.cells, wide)
    except RuntimeError as singular:
        raise UnauditablePlan("goods go round between sites without coming from anywhere: the plan cannot be audited") from singular
