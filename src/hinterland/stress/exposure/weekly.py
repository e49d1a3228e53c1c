"""The time-expanded LP of exposure: week by week, goods arrive their lead time later.

Columns for every week w: v[a, w] started, s[j, w] stock at its end, l[d, w] lost. For each pool and week

    s[j, w-1] + sum_a v[a, w - lead_a] + (on the way at the start, due in w)  >=  sum use * v[a, w] + wanted_d - l[d, w] + s[j, w]

Shared limits hold what one site's lines do in a week, for the plan and for those it steps in for. Backups may run from the week in which
their delay is over to the end of the horizon: who has stepped in goes on until the gap is closed; so loss grows with the weeks.

At the end of the horizon the chain must be able to go on as the plan does: what is on the way then is at least what the plan has on the way
(or lies in stock). Otherwise gaps would be pushed beyond the end by diverting goods that arrive later.

    TTR loss:  activities of the node stand still for the weeks it takes to recover; min sum margin_d * l[d, w]
    TTS:       the most whole weeks for which that loss is 0 (loss grows with the weeks)

The model is built once; a node only moves column bounds. Every LP begins from the basis of the undisturbed plan: it loses nothing, so
that basis stays dual feasible whatever is closed, and no result depends on what was solved before. The search for TTS is short: the dual
of a standstill of T weeks bounds the loss of every shorter one, so the first of them that surely loses is read off it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.stress.exposure.block import NOBODY
from hinterland.stress.exposure.limits import NO_LIMITS, Limits
from hinterland.stress.exposure.solver import silent_solver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.core.calendar import Floats, Ints

__all__ = ["Weekly", "WeeklySolver"]

NOTHING = 1e-7
"""Lost share of a week's demand below which nothing counts as lost: the solver's tolerance."""
_SURE = 1e-5
"""Share of a known loss that a bound must exceed to be more than the solver's noise."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """Rates per week. Inputs and co-products as triplets (activity, pool, units per unit); `due` (P, weeks) is on the way at the start.

    `most` (A,), `lead` (A,) in weeks, `stock` (P,), `demand_pool`, `wanted`, `margin` (D,). Backups (B,) are the activities
    `backup`, which may run from week `delay` on, where a node opens them.
    """

    weeks: int
    into: Ints
    lead: Ints
    use_activity: Ints
    use_pool: Ints
    use_per_unit: Floats
    most: Floats
    stock: Floats
    due: Floats
    demand_pool: Ints
    wanted: Floats
    margin: Floats
    give_activity: Ints = field(default_factory=lambda: NOBODY)
    give_pool: Ints = field(default_factory=lambda: NOBODY)
    give_per_unit: Floats = field(default_factory=lambda: np.zeros(0))
    backup: Ints = field(default_factory=lambda: NOBODY)
    delay: Ints = field(default_factory=lambda: NOBODY)
    limits: Limits = NO_LIMITS
    rate: Floats = field(default_factory=lambda: np.zeros(0))

    def left_behind(self) -> tuple[tuple[Ints, Ints, Ints], Ints, Floats]:
        """What the end of the horizon must leave, so that the plan can go on: triplets (row, activity, weeks before the end), pool and units of rows.

        A row is a pool and a number of weeks m after the end, up to the longest lead into the pool: what lies there and what arrives in
        those weeks is at least what the plan's own starts would have brought. None where the plan's rates were not given.
        """
        row_pool: list[int] = []
        row_units: list[float] = []
        cells: list[tuple[int, int, int]] = []
        moving = np.flatnonzero(self.lead) if len(self.rate) else NOBODY
        for pool in np.unique(self.into[moving]):
            mine = [int(one) for one in moving if self.into[one] == pool]
            for m in range(1, int(self.lead[mine].max()) + 1):
                cells += [(len(row_pool), one, int(self.lead[one]) - o) for one in mine for o in range(min(m, int(self.lead[one])))]
                row_units.append(float(sum(self.rate[one] * min(m, int(self.lead[one])) for one in mine)))
                row_pool.append(int(pool))
        row, activity, before = np.array(cells, dtype=np.int64).reshape(-1, 3).T
        return (row, activity, before), np.array(row_pool, dtype=np.int64), np.array(row_units)


class WeeklySolver:
    """The model of one chain, kept warm from node to node."""

    def __init__(self, chain: Weekly) -> None:
        import highspy

        self.chain = chain
        weeks, pools, activities, demands = chain.weeks, len(chain.stock), len(chain.into), len(chain.wanted)
        scale = np.bincount(chain.demand_pool, weights=chain.wanted, minlength=pools)
        finite = chain.most[np.isfinite(chain.most)]
        self._scale = float(max(scale.max(initial=0.0), finite.max(initial=0.0))) or 1.0
        week = np.arange(weeks)
        arrives = week[None, :] + chain.lead[:, None]
        there = arrives < weeks
        column = np.arange(activities)[:, None] * weeks + week
        start_stock = activities * weeks
        stock_column = start_stock + np.arange(pools)[:, None] * weeks + week
        lost_column = start_stock + pools * weeks + np.arange(demands)[:, None] * weeks + week
        row = np.arange(pools)[:, None] * weeks + week
        given = there[chain.give_activity]
        limits = len(chain.limits.most)
        limit_row = (pools + np.arange(limits)[:, None]) * weeks + week
        parts = [
            (row[chain.into, 0][:, None].repeat(weeks, 1)[there] + arrives[there], column[there], np.ones(int(there.sum()))),
            (
                (row[chain.give_pool, 0][:, None] + arrives[chain.give_activity])[given],
                column[chain.give_activity][given],
                np.repeat(chain.give_per_unit, given.sum(axis=1)),
            ),
            (row[chain.use_pool].ravel(), column[chain.use_activity].ravel(), -np.repeat(chain.use_per_unit, weeks)),
            (row.ravel(), stock_column.ravel(), -np.ones(pools * weeks)),
            (row[:, 1:].ravel(), stock_column[:, :-1].ravel(), np.ones(pools * (weeks - 1))),
            (row[chain.demand_pool].ravel(), lost_column.ravel(), np.ones(demands * weeks)),
            (limit_row[chain.limits.row].ravel(), column[chain.limits.activity].ravel(), np.ones(len(chain.limits.row) * weeks)),
        ]
        (left_row, left_activity, before), left_pool, left_units = chain.left_behind()
        last = (pools + limits) * weeks
        fits = before <= weeks
        parts += [
            (last + left_row[fits], column[left_activity[fits], weeks - before[fits]], np.ones(int(fits.sum()))),
            (last + np.arange(len(left_pool)), stock_column[left_pool, -1], np.ones(len(left_pool))),
        ]
        rows, columns, values = (np.concatenate([part[at] for part in parts]) for at in range(3))
        count = start_stock + (pools + demands) * weeks
        matrix = scipy.sparse.csc_array((values, (rows, columns)), shape=(last + len(left_pool), count))
        asked = np.repeat(scale[:, None], weeks, axis=1) - chain.due
        asked[:, 0] -= chain.stock
        upper = np.concatenate(
            [
                np.repeat(np.minimum(chain.most / self._scale, 1e30), weeks),
                np.full(pools * weeks, 1e30),
                np.repeat(chain.wanted / self._scale, weeks),
            ]
        )
        self._room = upper[column[chain.backup]]
        upper[column[chain.backup]] = 0.0
        top = float(np.abs(chain.margin).max(initial=0.0)) or 1.0
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, last + len(left_pool)
        lp.col_cost_ = np.concatenate([np.zeros(start_stock + pools * weeks), np.repeat(chain.margin / top, weeks)])
        lp.col_lower_, lp.col_upper_ = np.zeros(count), upper
        held = np.repeat(np.minimum(chain.limits.most / self._scale, 1e30), weeks)
        left = left_units * (1 - NOTHING) / self._scale
        lp.row_lower_ = np.concatenate([asked.ravel() / self._scale, np.full(limits * weeks, -1e30), left])
        lp.row_upper_ = np.concatenate([np.full(pools * weeks, 1e30), held, np.full(len(left), 1e30)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        self._solver = silent_solver()
        self._solver.passModel(lp)
        self._solver.run()
        self._solver.setOptionValue("presolve", "off")
        self._undisturbed = self._solver.getBasis()
        self._left, self._first_left, self._infeasible = left, last, highspy.HighsModelStatus.kInfeasible
        self._dual, self._objective = np.zeros(0), 0.0
        self._upper, self._lost, self._optimal = upper, start_stock + pools * weeks, highspy.HighsModelStatus.kOptimal

    def _must_leave(self, units: Floats) -> None:
        for at, one in enumerate(units):
            self._solver.changeRowBounds(self._first_left + at, float(one), 1e30)

    def _bounds(self, columns: Ints, upper: Floats) -> None:
        if len(columns):
            self._solver.changeColsBounds(len(columns), columns.astype(np.int32), np.zeros(len(columns)), upper)

    def loss(
        self, down: Ints, weeks: int, left_share: float = 0.0, left_most: Floats | None = None, opens: Ints = NOBODY
    ) -> tuple[float, Floats]:
        """Least lost margin, and lost units (D,), while `down` activities keep only `left_share`, or `left_most` a week, for `weeks`.

        `opens` are numbers of backups that may stand in.
        """
        total, down, opens = self.chain.weeks, np.asarray(down), np.asarray(opens)
        closed = min(max(weeks, 0), total)
        columns = (down[:, None] * total + np.arange(closed)).ravel()
        held = self._upper[columns]
        left = np.where(held < 1e30, held * left_share, 1e30 if left_share else 0.0)
        if left_most is not None:
            left = np.repeat(left_most / self._scale, closed)
        self._bounds(columns, np.minimum(left, held))
        opened, room = self._opened(down, opens, closed)
        self._bounds(opened, room)
        self._solver.setBasis(self._undisturbed)
        self._solver.run()
        if len(self._left) and self._solver.getModelStatus() == self._infeasible:  # too short a horizon for the chain to be whole again
            self._must_leave(np.full(len(self._left), -1e30))
            self._solver.run()
            self._must_leave(self._left)
        fine = self._solver.getModelStatus() == self._optimal
        solution = self._solver.getSolution()
        found, self._dual = np.asarray(solution.col_value), np.asarray(solution.col_dual)
        self._objective = float(self._solver.getInfo().objective_function_value)
        self._bounds(columns, held)
        self._bounds(opened, np.zeros(len(opened)))
        if not fine:
            raise ArithmeticError("losing all demand is always possible, yet no optimum was found")
        lost = np.maximum(found[self._lost :].reshape(-1, total), 0.0) * self._scale
        lost[lost < NOTHING * self.chain.wanted[:, None]] = 0.0
        units = lost.sum(axis=1)
        return float(units @ self.chain.margin), units

    def _opened(self, down: Ints, opens: Ints, closed: int) -> tuple[Ints, Floats]:
        """Columns of backups that may run, and their room: from the end of their delay on; who stands still too, not before it is back."""
        total = self.chain.weeks
        activity = self.chain.backup[opens]
        first = np.maximum(self.chain.delay[opens], np.where(np.isin(activity, down), closed, 0))
        able = np.arange(total) >= first[:, None]
        return (activity[:, None] * total + np.arange(total))[able], self._room[opens][able]

    def survival_weeks(self, down: Ints, most: int, known: Mapping[int, float] | None = None, opens: Ints = NOBODY) -> int:
        """Most whole weeks of standstill, up to `most`, without a lost unit; `known` are losses already found, by weeks."""
        low, high = 0, most + 1
        for weeks, loss in (known or {}).items():
            if loss > 0:
                high = min(high, weeks)
            elif weeks <= most:
                low = max(low, weeks)
        ask = high - 1
        while high - low > 1:
            before = high
            if self.loss(down, ask, opens=opens)[1].sum() > 0:
                high = self.surely_lost(down, opens, ask)
            else:
                low = ask
            ask = high - 1 if high < min(ask, before) else (low + high) // 2
        return low

    def surely_lost(self, down: Ints, opens: Ints, weeks: int) -> int:
        """Fewest weeks of standstill that surely lose something, by the dual of the last LP, which was down for `weeks`.

        Reopening a column gives back at most its room times its reduced cost.
        """
        total, down, opens = self.chain.weeks, np.asarray(down), np.asarray(opens)
        columns = down[:, None] * total + np.arange(weeks)
        room, worth = self._upper[columns], np.minimum(self._dual[columns], 0.0)
        mine = np.isin(down, self.chain.backup[opens])
        if mine.any():
            number = {int(self.chain.backup[one]): one for one in opens}
            room[mine] = self._room[[number[int(one)] for one in down[mine]]][:, :weeks]
        back = np.where(worth < -1e-10, room * worth, 0.0).sum(axis=0)
        least = self._objective + np.cumsum(back[::-1])[::-1]
        lost = least > _SURE * self._objective
        return int(lost.argmax()) if lost.any() else weeks
