"""The block LP of exposure: one stretch of time in which some activities stand still, arrival times left aside.

Rates v_a = amount / t of activities, lost rates l_d, and theta = 1 / t as one more column:

    for each pool   sum v into it + (stock + pipeline) * theta >= sum use * v out of it + (wanted_d - l_d)
    bounds          0 <= v_a <= capacity per day, 0 where disrupted;   0 <= l_d <= wanted_d

    TTR loss:  theta = 1 / TTR,  min sum margin_d * l_d, times TTR          (Simchi-Levi, Schmidt, Wei 2014)
    TTS:       l = 0,            min theta,  TTS = 1 / theta                 (theta = 0: for ever)

It ignores when goods arrive: a lower bound of the loss and an upper bound of TTS. One HiGHS instance keeps its basis from
node to node: a node only moves bounds of columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.stress.exposure.solver import silent_solver

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints

__all__ = ["Block", "BlockSolver"]


@dataclass(frozen=True, slots=True)
class Block:
    """Rates per day: `most` (A,) of activities, `wanted` and `margin` (D,), `stock` (P,) with pipeline in units.

    `matrix` (P, A) is what an activity brings (+) and takes (-) per unit; `demand_pool` (D,).
    """

    matrix: scipy.sparse.csc_array
    most: Floats
    stock: Floats
    demand_pool: Ints
    wanted: Floats
    margin: Floats


class BlockSolver:
    """A block and the solver that keeps its state; disrupt nodes one after the other."""

    def __init__(self, block: Block) -> None:
        import highspy

        self.block = block
        pools, activities = block.matrix.shape
        demands = len(block.wanted)
        rates = np.concatenate([block.most[np.isfinite(block.most)], block.wanted])
        self._scale = float(rates.max(initial=0.0)) or 1.0
        lost = scipy.sparse.csc_array((np.ones(demands), (block.demand_pool, np.arange(demands))), shape=(pools, demands))
        theta = scipy.sparse.csc_array(block.stock[:, None] / self._scale)
        matrix = scipy.sparse.csc_array(scipy.sparse.hstack([block.matrix, lost, theta], format="csc"))
        asked = np.bincount(block.demand_pool, weights=block.wanted, minlength=pools) / self._scale
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = activities + demands + 1, pools
        lp.col_cost_ = np.zeros(lp.num_col_)
        lp.col_lower_ = np.zeros(lp.num_col_)
        self._upper = np.concatenate([np.minimum(block.most / self._scale, 1e30), block.wanted / self._scale, [1e30]])
        lp.col_upper_ = self._upper
        lp.row_lower_, lp.row_upper_ = asked, np.full(pools, 1e30)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        self._solver = silent_solver()
        self._solver.setOptionValue("presolve", "off")
        self._solver.passModel(lp)
        self._activities, self._demands, self._theta = activities, demands, activities + demands
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._mode = ""

    def _bounds(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def _prepare(self, mode: str) -> None:
        """Costs and bounds of the two questions, changed only when the question changes."""
        if mode == self._mode:
            return
        self._mode = mode
        every = np.arange(self._theta + 1, dtype=np.int32)
        cost = np.zeros(len(every))
        lost = np.arange(self._activities, self._theta)
        if mode == "loss":
            top = float(np.abs(self.block.margin).max(initial=0.0)) or 1.0
            cost[lost] = self.block.margin / top
            self._top = top
            self._bounds(lost, np.zeros(len(lost)), self._upper[lost])
        else:
            cost[-1] = 1.0
            self._bounds(lost, np.zeros(len(lost)), np.zeros(len(lost)))
            self._bounds(np.array([self._theta]), np.zeros(1), np.full(1, 1e30))
        self._solver.changeColsCost(len(every), every, cost)

    def _solve(self, down: Ints, left_share: float, left_most: Floats | None = None) -> Floats | None:
        held = self._upper[down]
        left = np.where(held < 1e30, held * left_share, 1e30 if left_share else 0.0) if left_most is None else left_most / self._scale
        if len(down):
            self._bounds(down, np.zeros(len(down)), np.minimum(left, held))
        self._solver.run()
        found = None
        if self._solver.getModelStatus() == self._optimal:
            found = np.asarray(self._solver.getSolution().col_value)
        if len(down):
            self._bounds(down, np.zeros(len(down)), held)
        return found

    def loss(self, down: Ints, days: float, left_share: float = 0.0, left_most: Floats | None = None) -> tuple[float, Floats]:
        """Least lost margin, and lost units (D,), while `down` activities keep only `left_share`, or `left_most` a day, for `days`."""
        self._prepare("loss")
        if days <= 0:
            return 0.0, np.zeros(self._demands)
        self._bounds(np.array([self._theta]), np.full(1, 1.0 / days), np.full(1, 1.0 / days))
        found = self._solve(np.asarray(down), left_share, left_most)
        if found is None:
            raise ArithmeticError("losing all demand is always possible, yet no optimum was found")
        units = np.maximum(found[self._activities : self._theta], 0.0) * self._scale * days
        return float(units @ self.block.margin), units

    def survival_days(self, down: Ints, left_share: float = 0.0) -> float:
        """Longest disruption without a lost unit; inf where none would be lost for ever, 0 where stock does not help."""
        self._prepare("survival")
        found = self._solve(np.asarray(down), left_share)
        if found is None:
            return 0.0
        return float("inf") if found[-1] <= 1e-12 else float(1.0 / found[-1])
