"""The time-expanded LP of exposure: week by week, goods arrive their lead time later.

Columns for every week w: v[a, w] started, s[j, w] stock at its end, l[d, w] lost. For each pool and week

    s[j, w-1] + sum_a v[a, w - lead_a] + (on the way at the start, due in w)  >=  sum use * v[a, w] + wanted_d - l[d, w] + s[j, w]

    TTR loss:  activities of the node stand still for the weeks it takes to recover; min sum margin_d * l[d, w]
    TTS:       the most whole weeks for which that loss is 0, by bisection (loss grows with the weeks)

The model is built once; a node only moves column bounds, and HiGHS goes on from the last basis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.stress.exposure.solver import silent_solver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.core.calendar import Floats, Ints

__all__ = ["Weekly", "WeeklySolver"]

NOTHING = 1e-7
"""Lost share of a week's demand below which nothing counts as lost: the solver's tolerance."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """Rates per week. Inputs as triplets (activity, pool, units per unit); `due` (P, weeks) is on the way at the start.

    `most` (A,), `lead` (A,) in weeks, `stock` (P,), `demand_pool`, `wanted`, `margin` (D,).
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
        parts = [
            (row[chain.into, 0][:, None].repeat(weeks, 1)[there] + arrives[there], column[there], np.ones(int(there.sum()))),
            (row[chain.use_pool].ravel(), column[chain.use_activity].ravel(), -np.repeat(chain.use_per_unit, weeks)),
            (row.ravel(), stock_column.ravel(), -np.ones(pools * weeks)),
            (row[:, 1:].ravel(), stock_column[:, :-1].ravel(), np.ones(pools * (weeks - 1))),
            (row[chain.demand_pool].ravel(), lost_column.ravel(), np.ones(demands * weeks)),
        ]
        rows, columns, values = (np.concatenate([part[at] for part in parts]) for at in range(3))
        count = start_stock + (pools + demands) * weeks
        matrix = scipy.sparse.csc_array((values, (rows, columns)), shape=(pools * weeks, count))
        asked = np.repeat(scale[:, None], weeks, axis=1) - chain.due
        asked[:, 0] -= chain.stock
        upper = np.concatenate(
            [
                np.repeat(np.minimum(chain.most / self._scale, 1e30), weeks),
                np.full(pools * weeks, 1e30),
                np.repeat(chain.wanted / self._scale, weeks),
            ]
        )
        top = float(np.abs(chain.margin).max(initial=0.0)) or 1.0
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, pools * weeks
        lp.col_cost_ = np.concatenate([np.zeros(start_stock + pools * weeks), np.repeat(chain.margin / top, weeks)])
        lp.col_lower_, lp.col_upper_ = np.zeros(count), upper
        lp.row_lower_, lp.row_upper_ = asked.ravel() / self._scale, np.full(pools * weeks, 1e30)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        self._solver = silent_solver()
        self._solver.passModel(lp)
        self._solver.run()
        self._solver.setOptionValue("presolve", "off")
        self._upper, self._lost, self._optimal = upper, start_stock + pools * weeks, highspy.HighsModelStatus.kOptimal

    def loss(self, down: Ints, weeks: int, left_share: float = 0.0, left_most: Floats | None = None) -> tuple[float, Floats]:
        """Least lost margin, and lost units (D,), while `down` activities keep only `left_share`, or `left_most` a week, for `weeks`."""
        total = self.chain.weeks
        closed = min(max(weeks, 0), total)
        columns = (np.asarray(down)[:, None] * total + np.arange(closed)).ravel().astype(np.int32)
        held = self._upper[columns]
        none = np.zeros(len(columns))
        if len(columns):
            left = np.where(held < 1e30, held * left_share, 1e30 if left_share else 0.0)
            if left_most is not None:
                left = np.repeat(left_most / self._scale, closed)
            self._solver.changeColsBounds(len(columns), columns, none, np.minimum(left, held))
        self._solver.run()
        fine = self._solver.getModelStatus() == self._optimal
        found = np.asarray(self._solver.getSolution().col_value)
        if len(columns):
            self._solver.changeColsBounds(len(columns), columns, none, held)
        if not fine:
            raise ArithmeticError("losing all demand is always possible, yet no optimum was found")
        lost = np.maximum(found[self._lost :].reshape(-1, total), 0.0) * self._scale
        lost[lost < NOTHING * self.chain.wanted[:, None]] = 0.0
        units = lost.sum(axis=1)
        return float(units @ self.chain.margin), units

    def survival_weeks(self, down: Ints, most: int, known: Mapping[int, float] | None = None) -> int:
        """Most whole weeks of standstill, up to `most`, without a lost unit; `known` are losses already found, by weeks."""
        low, high = 0, most + 1
        for weeks, loss in (known or {}).items():
            if loss > 0:
                high = min(high, weeks)
            elif weeks <= most:
                low = max(low, weeks)
        while high - low > 1:
            middle = (low + high) // 2
            if self.loss(down, middle)[1].sum() > 0:
                high = middle
            else:
                low = middle
        return low
