"""The worst k failures as one MILP: who attacks chooses k nodes, the network answers as well as it can (block LP).

max over x (binary, sum x = k) of the least lost margin in a stretch of t days. The inner LP is dualised in its penalty form (Israeli and
Wood 2002; Brown, Carlyle, Salmerón and Wood 2006): an activity that stands still is not forbidden but costs a penalty, so that x enters
the dual linearly. With y_j >= 0 the worth of a unit in pool j, w, z, u, g >= 0 those of capacity, demand, backups and shared limits:

    max   sum_j (wanted_j - drawn_j - stock_j / t) y_j - sum_a capacity_a w_a - sum_d wanted_d z_d - sum_b left_b u_b - sum_r limit_r g_r
    activity a   y_into + sum give y - sum use y - w_a - sum g_r  <=  M_a * (sum of x over nodes that stop a)
    backup b     y_into - sum use y - u_b - sum g_r  <=  M_b * (1 - o_b + sum of x over nodes that stop b),  o_b >= x of each node that opens b
    demand d     y_d - z_d  <=  margin_d
    bounds       y_j <= most worth of a unit in j

**M.** A unit in pool j is worth at most its margin there, or what it becomes: top_j = max(margin_j, max over a that use j of
(top_into + sum give top_give) / use_aj), other inputs taken as free. An optimal dual with y <= top exists: lower every y_j above top_j to
top_j, and no constraint breaks (where a use is lowered, top_use * use >= top_into + ...), while the objective does not fall: where
wanted_j > 0, top_j >= margin_j, so that the demand's z falls along. Hence M_a = top_into + sum give top_give switches the constraint
off and takes nothing from any choice: the MILP is exact. Along a loop whose yields multiply to more than 1 the bound would grow without end;
then `exact` is False, the values are capped at a multiple of the largest margin over the smallest use, and the caller says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.stress.exposure.solver import silent_solver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Floats, Ints
    from hinterland.stress.exposure.block import Block
    from hinterland.stress.exposure.nodes import Node

__all__ = ["Attack", "worst_attack", "worth_at_most"]

_NONE = 1e30


@dataclass(frozen=True, slots=True)
class Attack:
    """Numbers of the chosen nodes, the loss of the stretch as the MILP says it, and the bound that no other choice can pass.

    `chosen` is empty where no choice loses more than the cut-off that was given.
    """

    chosen: Ints
    loss: float
    bound: float
    proved: bool


def worth_at_most(block: Block) -> tuple[Floats, bool]:
    """Most that a unit in each pool can be worth in lost margin (P,), and whether that holds (no loop multiplies it without end)."""
    pools, activities = block.matrix.shape
    coo = block.matrix.tocoo()
    takes, brings = coo.data < 0, coo.data > 0
    worth = np.zeros(pools)
    np.maximum.at(worth, block.demand_pool, block.margin)
    pool, activity, use = coo.row[takes], coo.col[takes], -coo.data[takes]
    for _ in range(pools + 1):
        becomes = np.zeros(activities)
        np.add.at(becomes, coo.col[brings], coo.data[brings] * worth[coo.row[brings]])
        raised = worth.copy()
        np.maximum.at(raised, pool, becomes[activity] / use)
        if np.allclose(raised, worth, rtol=1e-12, atol=0.0):
            return worth, True
        worth = raised
    top = 1e3 * float(block.margin.max(initial=0.0)) / min(float(use.min(initial=1.0)), 1.0)
    return np.minimum(worth, top), False


def _triplets(pairs: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Node and activity of each pair."""
    node = np.repeat(np.arange(len(pairs)), [len(one) for one in pairs])
    return node, np.concatenate([np.zeros(0, dtype=np.int64), *pairs]).astype(np.int64)


def worst_attack(
    block: Block,
    nodes: Sequence[Node],
    k: int,
    days: float,
    *,
    lasts: Sequence[bool],
    cut_off: float,
    seconds: float,
    start: Ints | None = None,
) -> tuple[Attack, bool]:
    """The k nodes whose joint standstill loses most in a stretch of `days`, one of them at least of those that last so long.

    `cut_off` is a loss already known: only larger ones are looked for; `start` are numbers of nodes to begin with. The second value says
    whether M holds.
    """
    import highspy

    worth, exact = worth_at_most(block)
    pools, activities = block.matrix.shape
    demands, backups, limits, count = len(block.wanted), len(block.backup), len(block.limits.most), len(nodes)
    scale = float(np.concatenate([block.most[np.isfinite(block.most)], block.wanted]).max(initial=0.0)) or 1.0
    money = float(block.margin.max(initial=0.0)) or 1.0
    worth = worth / money
    coo = block.matrix.tocoo()
    becomes = np.zeros(activities)
    brings = coo.data > 0
    np.add.at(becomes, coo.col[brings], coo.data[brings] * worth[coo.row[brings]])
    open_ = np.maximum(days - block.delay_days, 0.0) / days
    room = block.most / scale
    room[block.backup] = np.where(
        open_ > 0, room[block.backup] * np.where(open_ > 0, open_, 1.0), 0.0
    )  # without end, yet not there in time
    closed = room <= 0
    capped = np.flatnonzero(np.isfinite(room) & ~closed)
    # columns: x (count), o (backups), y (pools), w (activities), z (demands), g (limits)
    first = np.cumsum([0, count, backups, pools, activities, demands, limits])
    x, o, y, w, z, g = first[:-1]
    stop_node, stop_activity = _triplets([node.down for node in nodes])
    open_node, open_backup = _triplets([node.opens for node in nodes])
    cost = np.zeros(first[-1])
    asked = block.asked / scale
    cost[y:w] = asked - block.stock / days / scale
    cost[w + capped] = -room[capped]
    cost[z:g] = -block.wanted / scale
    limited = np.isfinite(block.limits.most)
    cost[g:][limited] = -block.limits.most[limited] / scale
    upper = np.full(first[-1], _NONE)
    upper[x:y] = 1.0
    upper[y:w] = worth
    upper[w:z] = np.where(np.isfinite(room), becomes, 0.0)
    upper[z:g] = worth[block.demand_pool]
    upper[g:][~limited] = 0.0
    is_backup = np.zeros(activities, dtype=bool)
    is_backup[block.backup] = True
    rows = [
        (coo.col, y + coo.row, coo.data),
        (np.arange(activities), w + np.arange(activities), -np.ones(activities)),
        (block.limits.activity, g + block.limits.row, -np.ones(len(block.limits.row))),
        (stop_activity, x + stop_node, -becomes[stop_activity]),
        (block.backup, o + np.arange(backups), becomes[block.backup]),
    ]
    right = np.where(is_backup, becomes, 0.0)
    right[closed] = _NONE  # what has no room is never used
    at = activities
    rows += [
        (at + np.arange(demands), y + block.demand_pool, np.ones(demands)),
        (at + np.arange(demands), z + np.arange(demands), -np.ones(demands)),
    ]
    right = np.concatenate([right, block.margin / money])
    at += demands
    links = np.arange(len(open_node))
    rows += [(at + links, x + open_node, np.ones(len(links))), (at + links, o + open_backup, -np.ones(len(links)))]
    right = np.concatenate([right, np.zeros(len(links))])
    at += len(links)
    ones = np.arange(count)
    long = np.flatnonzero(np.asarray(lasts, dtype=bool))
    rows += [(np.full(count, at), x + ones, np.ones(count)), (np.full(len(long), at + 1), x + long, np.ones(len(long)))]
    low = np.concatenate([np.full(at, -_NONE), [float(k), 1.0]])
    right = np.concatenate([right, [float(k), _NONE]])
    row, column, value = (np.concatenate([np.asarray(part[place]) for part in rows]) for place in range(3))
    matrix = scipy.sparse.csc_array((value.astype(np.float64), (row.astype(np.int64), column.astype(np.int64))), shape=(at + 2, first[-1]))
    solver, found = silent_solver(), highspy.HighsLp()
    found.num_row_, found.num_col_ = matrix.shape
    found.col_cost_, found.col_lower_, found.col_upper_ = -cost, np.zeros(first[-1]), upper
    found.row_lower_, found.row_upper_ = low, right
    found.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    found.a_matrix_.start_, found.a_matrix_.index_, found.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    kinds = np.full(first[-1], highspy.HighsVarType.kContinuous, dtype=object)
    kinds[x:o] = highspy.HighsVarType.kInteger
    found.integrality_ = list(kinds)
    unit = money * scale * days
    solver.setOptionValue("time_limit", max(float(seconds), 0.01))
    solver.setOptionValue("mip_rel_gap", 1e-6)
    solver.setOptionValue("mip_abs_gap", 1e-9)
    if cut_off > 0:
        solver.setOptionValue("objective_bound", -cut_off / unit)
    solver.passModel(found)
    if start is not None:
        solver.setSolution(count, np.arange(count, dtype=np.int32), np.isin(ones, start).astype(np.float64))
    solver.run()
    status, told = solver.getModelStatus(), solver.getInfo()
    done = status in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kObjectiveBound}
    some = told.primal_solution_status == 2
    chosen = np.zeros(0, dtype=np.int64)
    loss = 0.0
    if some:
        chosen = np.flatnonzero(np.asarray(solver.getSolution().col_value)[x:o] > 0.5)
        loss = -float(told.objective_function_value) * unit
    bound = cut_off if done and not some else -float(told.mip_dual_bound) * unit
    return Attack(chosen, loss, max(bound, loss), done), exact
