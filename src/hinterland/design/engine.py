"""The solver behind the model: one HiGHS instance that keeps its state from objective to objective.

Columns count each product in the power of ten that makes its need 1..10⁴ and money is in millions, so that HiGHS works
on numbers near one; everything handed back is in the units of the tables.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import scipy.sparse

    from hinterland.core.calendar import Floats, Ints

__all__ = ["Engine", "Matrix", "Outcome"]

MONEY_SCALE = 1e-6


@contextmanager
def _quiet() -> Iterator[None]:
    """Swallow what the solver's C code prints on standard output: machine output stays clean."""
    sys.stdout.flush()
    kept = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A linear model in plain arrays: low ≤ A x ≤ high, lower ≤ x ≤ upper, some x whole; `scale` per column."""

    a: scipy.sparse.csr_array
    low: Floats
    high: Floats
    lower: Floats
    upper: Floats
    whole: Ints
    scale: Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: status is optimal, gap, time_limit, cancelled, infeasible, unbounded or failed."""

    status: str
    x: Floats | None
    value: float
    bound: float
    gap_share: float


def _row_scale(data: Floats, starts: Ints) -> Floats:
    """Power of ten that brings the largest coefficient of each row to 1..10; `starts` as in a CSR matrix."""
    largest = np.zeros(len(starts) - 1)
    filled = np.diff(starts) > 0
    if len(data):
        largest[filled] = np.maximum.reduceat(np.abs(data), starts[:-1][filled])
    return np.where(largest > 0, 10.0 ** -np.floor(np.log10(np.where(largest > 0, largest, 1.0))), 1.0)


class Engine:
    """HiGHS with the matrix loaded; objectives and rows come and go, integers can be fixed and freed."""

    def __init__(self, matrix: Matrix, *, threads: int = 1, seed: int = 0) -> None:
        """Load the matrix; one thread and a fixed seed make the run repeatable."""
        import highspy

        with _quiet():
            self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy is untyped
        self._kinds = highspy.HighsModelStatus
        self.matrix = matrix
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", threads)
        self.highs.setOptionValue("random_seed", seed)
        self.highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
        self.highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
        self.highs.setOptionValue("mip_feasibility_tolerance", 1e-9)
        rows, cols = matrix.a.shape
        data = matrix.a.data * matrix.scale[matrix.a.indices]
        self.row_scale = _row_scale(data, np.asarray(matrix.a.indptr, dtype=np.int64))
        data *= np.repeat(self.row_scale, np.diff(matrix.a.indptr))
        kinds = np.zeros(cols, dtype=np.int32)
        kinds[matrix.whole] = 1
        self.cost = np.zeros(cols)
        self.highs.passModel(
            cols, rows, len(data), 2, 1, 0.0, self.cost, matrix.lower / matrix.scale, matrix.upper / matrix.scale,
            matrix.low * self.row_scale, matrix.high * self.row_scale, matrix.a.indptr.astype(np.int32, copy=False),
            matrix.a.indices.astype(np.int32, copy=False), data, kinds,
        )  # fmt: skip
        self.relaxed = not len(matrix.whole)

    def objective(self, cost: Floats) -> None:
        """Minimise Σ cost · x; the size of the cost vector is scaled away."""
        self.cost = cost
        scaled = cost * self.matrix.scale
        largest = float(np.abs(scaled).max(initial=0.0))
        self.cost_scale = MONEY_SCALE if largest > 1.0 else 1.0 / largest if largest > 0 else 1.0
        self.highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), scaled * self.cost_scale)

    def add_row(self, coefficients: Floats, low: float, high: float) -> None:
        """Add low ≤ Σ coefficients · x ≤ high."""
        at = np.flatnonzero(coefficients)
        scaled = coefficients[at] * self.matrix.scale[at]
        factor = 1.0 / float(np.abs(scaled).max(initial=1e-300)) if len(at) else 1.0
        self.highs.addRow(low * factor, high * factor, len(at), at.astype(np.int32), scaled * factor)

    def fix_whole(self, x: Floats) -> None:
        """Fix the whole numbers at their rounded values and turn the model into a linear one."""
        whole = self.matrix.whole
        values = np.round(x[whole])
        self.highs.changeColsIntegrality(len(whole), whole.astype(np.int32), np.zeros(len(whole), dtype=np.uint8))
        self.highs.changeColsBounds(len(whole), whole.astype(np.int32), values, values)
        self.relaxed = True

    def free_whole(self) -> None:
        """Undo `fix_whole`."""
        whole, m = self.matrix.whole, self.matrix
        self.highs.changeColsBounds(len(whole), whole.astype(np.int32), m.lower[whole], m.upper[whole])
        self.highs.changeColsIntegrality(len(whole), whole.astype(np.int32), np.ones(len(whole), dtype=np.uint8))
        self.relaxed = not len(whole)

    def start_from(self, x: Floats) -> None:
        """Offer a plan to start from."""
        at = np.arange(len(x), dtype=np.int32)
        self.highs.setSolution(len(x), at, x / self.matrix.scale)

    def run(self, *, gap: float, seconds: float | None, stop: Callable[[float, float], bool]) -> Outcome:
        """Solve; `stop(primal, bound)` is asked along the way and ends the run when it says so."""
        h = self.highs
        h.setOptionValue("mip_rel_gap", gap)
        h.setOptionValue("mip_abs_gap", 1e-9)
        h.setOptionValue("time_limit", float("inf") if seconds is None else h.getRunTime() + max(seconds, 0.01))

        def ask(event: Any) -> None:
            told = event.data_out
            if stop(told.mip_primal_bound / self.cost_scale, told.mip_dual_bound / self.cost_scale):
                event.interrupt()

        watched = (h.cbMipInterrupt, h.cbSimplexInterrupt, h.cbIpmInterrupt)
        for one in watched:
            one.subscribe(ask)
        with _quiet():
            h.run()
        for one in watched:
            one.unsubscribe(ask)
        return self._outcome(gap)

    def _outcome(self, gap: float) -> Outcome:
        h, kinds = self.highs, self._kinds
        status, info = h.getModelStatus(), h.getInfo()
        has = info.primal_solution_status == 2
        x = np.asarray(h.getSolution().col_value, dtype=np.float64) * self.matrix.scale if has else None
        value = float(self.cost @ x) if x is not None else np.inf
        bound, share = value, 0.0
        if not self.relaxed:
            bound = float(info.mip_dual_bound) / self.cost_scale
            share = (
                abs(value - bound) / max(abs(value), 1e-12) if x is not None and abs(value - bound) > 1e-9 * max(1.0, abs(value)) else 0.0
            )
        if status == kinds.kOptimal:
            return Outcome("optimal" if share <= max(gap, 1e-9) else "gap", x, value, bound, share)
        names = {kinds.kInfeasible: "infeasible", kinds.kUnboundedOrInfeasible: "infeasible", kinds.kUnbounded: "unbounded",
                 kinds.kTimeLimit: "time_limit", kinds.kInterrupt: "cancelled"}  # fmt: skip
        name = names.get(status, "failed")
        kept = x if name in {"time_limit", "cancelled"} and not self.relaxed else None
        return Outcome(name, kept, value if kept is not None else np.inf, bound, share if kept is not None else np.inf)

    def duals(self) -> Floats:
        """Row duals of the last linear run in money per unit of the row, in the order of the matrix."""
        dual = np.asarray(self.highs.getSolution().row_dual, dtype=np.float64)[: len(self.row_scale)]
        return dual * self.row_scale / self.cost_scale
