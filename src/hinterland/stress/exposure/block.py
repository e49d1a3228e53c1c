"""The block LP of exposure: one stretch of time in which some activities stand still, arrival times left aside.

Rates v_a = amount / t of activities, lost rates l_d, and theta = 1 / t as one more column:

    for each pool    sum v into it + (stock + pipeline) * theta >= sum use * v out of it + (wanted_d - l_d)
    for each backup  v_b + capacity_b * delay_b * theta <= capacity_b: it may run for what is left of t after its delay
    shared limits    sum of v of what one site's lines do, for the plan and for those it steps in for, <= what they can
    bounds           0 <= v_a <= capacity per day, 0 where disrupted, and of backups that nothing opens;   0 <= l_d <= wanted_d

    TTR loss:  theta = 1 / TTR,  min sum margin_d * l_d, times TTR          (Simchi-Levi, Schmidt, Wei 2014)
    TTS:       l = 0,            min theta,  TTS = 1 / theta                 (theta = 0: for ever)

It ignores when goods arrive: a lower bound of the loss and an upper bound of TTS. What a backup brings late in t may not pay back
what was lost before it came: the loss is the largest over t = TTR and every delay below it (between two delays the loss is convex in
t, so its largest value lies at an end), and survival ends in the first such stretch in which anything is lost. A node only
moves bounds of columns and rows; every LP begins from the basis of the undisturbed plan, dual feasible whatever is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.stress.exposure.limits import NO_LIMITS, Limits
from hinterland.stress.exposure.solver import silent_solver

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints

__all__ = ["NOBODY", "Block", "BlockSolver"]

_EVER = 1e30
_MONTH = 30.0
"""Days of the undisturbed stretch whose basis losses begin from: near to most times to recover, so few steps are left."""
NOBODY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Block:
    """Rates per day: `most` (A,) of activities, `wanted` and `margin` (D,), `stock` (P,) with pipeline in units.

    `matrix` (P, A) is what an activity brings (+) and takes (-) per unit; `demand_pool` (D,). Backups (B,) are the activities
    `backup`, which may run `delay_days` after the standstill began, where a node opens them. `drawn` (P,) comes in each day from stocks
    that the plan built before the period.
    """

    matrix: scipy.sparse.csc_array
    most: Floats
    stock: Floats
    demand_pool: Ints
    wanted: Floats
    margin: Floats
    backup: Ints = field(default_factory=lambda: NOBODY)
    delay_days: Floats = field(default_factory=lambda: np.zeros(0))
    limits: Limits = NO_LIMITS
    drawn: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def asked(self) -> Floats:
        """Demand of each pool a day, less what comes in from stocks of earlier periods; shape (P,)."""
        asked = np.zeros(len(self.stock))
        np.add.at(asked, self.demand_pool, self.wanted)
        return asked - self.drawn if len(self.drawn) else asked


class BlockSolver:
    """A block and the solver that keeps its state; disrupt nodes one after the other."""

    def __init__(self, block: Block) -> None:
        import highspy

        self.block = block
        pools, activities = block.matrix.shape
        demands, backups = len(block.wanted), len(block.backup)
        rates = np.concatenate([block.most[np.isfinite(block.most)], block.wanted])
        self._scale = float(rates.max(initial=0.0)) or 1.0
        self._upper = np.concatenate([np.minimum(block.most / self._scale, _EVER), block.wanted / self._scale, [_EVER]])
        self._room = self._upper[block.backup]
        self._upper[block.backup] = 0.0
        self._activities, self._demands, self._theta = activities, demands, activities + demands
        matrix = self._matrix()
        self._backup_row = matrix.shape[0] - backups + np.arange(backups)
        asked = block.asked / self._scale
        limit = np.minimum(block.limits.most / self._scale, _EVER)
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = matrix.shape
        lp.col_cost_ = np.zeros(lp.num_col_)
        lp.col_lower_ = np.zeros(lp.num_col_)
        lp.col_upper_ = self._upper
        lp.row_lower_ = np.concatenate([asked, np.full(len(limit) + backups, -_EVER)])
        lp.row_upper_ = np.concatenate([np.full(pools, _EVER), limit, np.full(backups, _EVER)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        self._solver = silent_solver()
        self._solver.setOptionValue("presolve", "off")
        self._solver.passModel(lp)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._mode, self._undisturbed = "", None

    def _matrix(self) -> scipy.sparse.csc_array:
        """Rows: pools, limits, backups. Columns: activities, lost, theta."""
        block, demands = self.block, self._demands
        pools, activities = block.matrix.shape
        limits, backups = len(block.limits.most), len(block.backup)
        own = np.arange(demands)
        lost = scipy.sparse.csc_array((np.ones(demands), (block.demand_pool, own)), shape=(pools, demands))
        theta = scipy.sparse.csc_array(block.stock[:, None] / self._scale)
        held = np.ones(len(block.limits.row)), (block.limits.row, block.limits.activity)
        row = np.arange(backups)
        late = np.where(self._room < _EVER, self._room * block.delay_days, 0.0)
        parts = [
            [block.matrix, lost, theta],
            [scipy.sparse.csc_array(held, shape=(limits, activities)), scipy.sparse.csc_array((limits, demands + 1))],
            [
                scipy.sparse.csc_array((np.ones(backups), (row, block.backup)), shape=(backups, activities)),
                scipy.sparse.csc_array((backups, demands)),
                scipy.sparse.csc_array(late[:, None]),
            ],
        ]
        rows = [scipy.sparse.hstack(some, format="csc") for some in parts if some[0].shape[0]]
        return scipy.sparse.csc_array(scipy.sparse.vstack(rows, format="csc"))

    def _bounds(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        if len(columns):
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
            self._bounds(lost, np.zeros(len(lost)), self._upper[lost])
        else:
            cost[-1] = 1.0
            self._bounds(lost, np.zeros(len(lost)), np.zeros(len(lost)))
        self._solver.changeColsCost(len(every), every, cost)
        low, high = (1 / _MONTH, 1 / _MONTH) if mode == "loss" else (0.0, _EVER)
        self._bounds(np.array([self._theta]), np.full(1, low), np.full(1, high))
        self._solver.run()
        self._undisturbed = self._solver.getBasis()

    def _solve(self, down: Ints, left: Floats, opens: Ints, low: float, high: float) -> Floats | None:
        """Columns at the optimum for theta between `low` and `high`; backups `opens` (numbers of backups) may run after their delay."""
        self._bounds(np.array([self._theta]), np.full(1, low), np.full(1, high))
        held = self._upper[down]
        opened = self.block.backup[opens]
        self._bounds(opened, np.zeros(len(opens)), self._room[opens])
        self._bounds(down, np.zeros(len(down)), left)
        rows = self._backup_row[opens].astype(np.int32)
        for at, row in zip(opens, rows, strict=True):
            self._solver.changeRowBounds(row, -_EVER, self._room[at])
        self._solver.setBasis(self._undisturbed)
        self._solver.run()
        found = None
        if self._solver.getModelStatus() == self._optimal:
            found = np.asarray(self._solver.getSolution().col_value)
        self._bounds(opened, np.zeros(len(opens)), np.zeros(len(opens)))
        self._bounds(down, np.zeros(len(down)), held)
        for row in rows:
            self._solver.changeRowBounds(row, -_EVER, _EVER)
        return found

    def _left(self, down: Ints, left_share: float, left_most: Floats | None) -> Floats:
        held = self._upper[down]
        if left_most is not None:
            return np.minimum(left_most / self._scale, held)
        return np.minimum(np.where(held < _EVER, held * left_share, _EVER if left_share else 0.0), held)

    def _in_time(self, down: Ints, opens: Ints) -> tuple[Ints, Floats]:
        """Backups of a node that do not stand still themselves, and their delays in order, each once."""
        able = opens[~np.isin(self.block.backup[opens], down)]
        return able, np.unique(self.block.delay_days[able])

    def loss(
        self, down: Ints, days: float, left_share: float = 0.0, left_most: Floats | None = None, opens: Ints = NOBODY
    ) -> tuple[float, Floats]:
        """Least lost margin, and lost units (D,), while `down` activities keep only `left_share`, or `left_most` a day, for `days`.

        `opens` are numbers of backups that may stand in.
        """
        self._prepare("loss")
        worst, lost = 0.0, np.zeros(self._demands)
        if days <= 0:
            return worst, lost
        down = np.asarray(down)
        able, delays = self._in_time(down, np.asarray(opens))
        left = self._left(down, left_share, left_most)
        for stretch in (*delays[(delays > 0) & (delays < days)], days):
            found = self._solve(down, left, able[self.block.delay_days[able] < stretch], 1.0 / stretch, 1.0 / stretch)
            if found is None:
                raise ArithmeticError("losing all demand is always possible, yet no optimum was found")
            units = np.maximum(found[self._activities : self._theta], 0.0) * self._scale * stretch
            if float(units @ self.block.margin) >= worst:
                worst, lost = float(units @ self.block.margin), units
        return worst, lost

    def survival_days(self, down: Ints, left_share: float = 0.0, opens: Ints = NOBODY) -> float:
        """Longest disruption without a lost unit; inf where none would be lost for ever, 0 where stock does not help."""
        self._prepare("survival")
        down = np.asarray(down)
        able, delays = self._in_time(down, np.asarray(opens))
        left = self._left(down, left_share, None)
        ends = [*(float(one) for one in delays if one > 0), np.inf]
        begin = 0.0
        for end in ends:
            high = 1.0 / begin if begin > 0 else _EVER
            found = self._solve(down, left, able[self.block.delay_days[able] <= begin], 1.0 / end if end < np.inf else 0.0, high)
            if found is None:
                return begin
            days = np.inf if found[self._theta] <= 1e-12 else float(1.0 / found[self._theta])
            if days < end * (1 - 1e-9):
                return days
            begin = end
        return float("inf")
