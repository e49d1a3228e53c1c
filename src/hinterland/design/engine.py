"""The solver behind the model: one HiGHS instance that keeps its state from objective to objective.

Columns count each product in the power of ten that makes its need 1..10⁴, rows and money are counted in powers of ten of
their own, so that HiGHS works on numbers near one; everything handed back is in the units of the tables.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import scipy.sparse

    from hinterland.core.calendar import Floats, Ints

__all__ = ["Engine", "Matrix", "Outcome", "gap_between"]


_POLL_SECONDS = 0.05
_SEARCHING, _FINAL = 1e-7, 1e-9
"""How far rows and bounds may be off, in scaled units: while whole numbers are sought, and in the linear rest that becomes the plan."""
_LONG_ROW = 500
"""Terms from which a total is counted by period in columns of its own: one dense row over all flows slows the solver down."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Swallow the banner that the solver's C code prints on standard output once: machine output stays clean."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
        kept = os.dup(1)
    except OSError:  # no standard output at all: nothing to keep clean
        yield
        return
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
    """What a run came to; `x` is None where there is no plan.

    status: optimal, gap (ended with a larger one than asked), time_limit, cancelled, infeasible, unbounded,
    unbounded_or_infeasible or failed.
    """

    status: str
    x: Floats | None
    value: float
    bound: float
    gap_share: float


def gap_between(value: float, bound: float) -> float:
    """How far a value may be from the best, relative to the value: |value − bound| / |value|.

    >>> gap_between(100.0, 99.0), gap_between(0.0, 0.0)
    (0.01, 0.0)
    """
    if abs(value - bound) <= 1e-9 * max(1.0, abs(value)):
        return 0.0
    return abs(value - bound) / max(abs(value), 1e-12) if np.isfinite(bound) else np.inf


def _row_scale(data: Floats, starts: Ints) -> Floats:
    """Power of ten that brings the largest coefficient of each row to 1..10; `starts` as in a CSR matrix."""
    largest = np.zeros(len(starts) - 1)
    filled = np.diff(starts) > 0
    if len(data):
        largest[filled] = np.maximum.reduceat(np.abs(data), starts[:-1][filled])
    return np.where(largest > 0, 10.0 ** -np.floor(np.log10(np.where(largest > 0, largest, 1.0))), 1.0)


def _cost_factor(cost: Floats, whole: Ints) -> float:
    """Power of ten that brings the costs of most real columns near one; none is pushed above 10⁷."""
    size = np.abs(cost)
    plain = np.ones(len(cost), dtype=bool)
    plain[whole] = False
    found = size[plain & (size > 0)] if (size[plain] > 0).any() else size[size > 0]
    if not len(found):
        return 1.0
    usual, largest = np.floor(np.log10(np.quantile(found, 0.9))), np.floor(np.log10(size.max()))
    return float(10.0 ** min(-usual, 7.0 - largest))


class Engine:
    """HiGHS with the matrix loaded; objectives and rows come and go, integers can be fixed and freed.

    The solver works in a thread of its own while the caller's thread waits: so Ctrl-C is seen at once and everything
    that is told or asked along the way happens in the caller's thread.
    """

    def __init__(self, matrix: Matrix, *, threads: int = 1, seed: int = 0) -> None:
        """Load the matrix; one thread and a fixed seed make the run repeatable."""
        import highspy

        with _quiet():
            self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy is untyped
        self._kinds = highspy.HighsModelStatus
        self.matrix = matrix
        for option, value in (
            ("output_flag", False),
            ("threads", threads),
            ("random_seed", seed),
            ("mip_feasibility_tolerance", _SEARCHING),
            ("mip_abs_gap", 1e-9),
            ("mip_heuristic_run_rins", False),  # sub-MIPs took two thirds of the time of chains and found nothing the tree did not
            ("mip_heuristic_run_rens", False),
        ):
            self.highs.setOptionValue(option, value)
        self._tolerate(_SEARCHING if len(matrix.whole) else _FINAL)
        rows, cols = matrix.a.shape
        data = matrix.a.data * matrix.scale[matrix.a.indices]
        self.row_scale = _row_scale(data, np.asarray(matrix.a.indptr, dtype=np.int64))
        data *= np.repeat(self.row_scale, np.diff(matrix.a.indptr))
        kinds = np.zeros(cols, dtype=np.int32)
        kinds[matrix.whole] = 1
        self.cost, self.offset, self.cost_scale = np.zeros(cols), 0.0, 1.0
        self.highs.passModel(
            cols, rows, len(data), 2, 1, 0.0, self.cost, matrix.lower / matrix.scale, matrix.upper / matrix.scale,
            matrix.low * self.row_scale, matrix.high * self.row_scale, matrix.a.indptr.astype(np.int32, copy=False),
            matrix.a.indices.astype(np.int32, copy=False), data, kinds,
        )  # fmt: skip
        self.relaxed = not len(matrix.whole)
        self._held: list[tuple[int, float]] = []

    def _tolerate(self, size: float) -> None:
        for side in ("primal", "dual"):
            self.highs.setOptionValue(f"{side}_feasibility_tolerance", size)

    def objective(self, cost: Floats, offset: float = 0.0) -> None:
        """Minimise Σ cost · x + offset; the size of the cost vector is scaled away."""
        self.cost, self.offset = cost, offset
        scaled = cost * self.matrix.scale
        self.cost_scale = _cost_factor(scaled, self.matrix.whole)
        self.highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), scaled * self.cost_scale)
        self.highs.changeObjectiveOffset(offset * self.cost_scale)

    def hold(self, cost: Floats, group: Ints, most: float) -> None:
        """Keep Σ cost · x ≤ most from now on; `group` (columns,) says which total, its period, a column counts in."""
        at = np.flatnonzero(cost)
        if not len(at):
            return
        scaled = cost * self.matrix.scale
        unit = float(np.abs(scaled).max())
        if len(at) <= _LONG_ROW:
            self._held.append((self.highs.getNumRow(), most / unit))
            self.highs.addRow(-np.inf, most / unit, len(at), at.astype(np.int32), scaled[at] / unit)
            return
        groups = np.unique(group[at])
        first = self.highs.getNumCol()
        self.highs.addVars(len(groups), np.full(len(groups), -np.inf), np.full(len(groups), np.inf))
        for number, one in enumerate(groups):
            here = at[group[at] == one]
            columns = np.append(here, first + number).astype(np.int32)
            self.highs.addRow(0.0, 0.0, len(columns), columns, np.append(scaled[here] / unit, -1.0))
        totals = np.arange(first, first + len(groups), dtype=np.int32)
        self._held.append((self.highs.getNumRow(), most / unit))
        self.highs.addRow(-np.inf, most / unit, len(totals), totals, np.ones(len(totals)))

    def loosen(self, share: float) -> None:
        """Give every held total a little more room: where rounding alone made it impossible."""
        for row, most in self._held:
            self.highs.changeRowBounds(row, -np.inf, most + share * max(1.0, abs(most)))

    def close(self, columns: Ints) -> None:
        """Nothing may be above its lower bound in these columns."""
        low = (self.matrix.lower / self.matrix.scale)[columns]
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), low, low)

    def reopen(self, columns: Ints) -> None:
        """Undo `close`."""
        low, high = ((bound / self.matrix.scale)[columns] for bound in (self.matrix.lower, self.matrix.upper))
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), low, high)

    def fix_whole(self, x: Floats) -> None:
        """Fix the whole numbers at their rounded values and turn the model into a linear one."""
        whole = self.matrix.whole
        values = np.round(x[whole])
        self.highs.changeColsIntegrality(len(whole), whole.astype(np.int32), np.zeros(len(whole), dtype=np.uint8))
        self.highs.changeColsBounds(len(whole), whole.astype(np.int32), values, values)
        self._tolerate(_FINAL)
        self.relaxed = True

    def run(self, *, gap: float, seconds: float | None, stop: Callable[[float, float], bool]) -> Outcome:
        """Solve; `stop(value, bound)` is asked in the caller's thread and ends the run when it says so."""
        h = self.highs
        h.setOptionValue("mip_rel_gap", gap)
        h.setOptionValue("time_limit", float("inf") if seconds is None else h.getRunTime() + seconds)
        known, enough, done = [np.inf, -np.inf], threading.Event(), threading.Event()
        if stop(*known):
            return Outcome("cancelled", None, np.inf, -np.inf, np.inf)
        if seconds is not None and seconds <= 0.0:
            return Outcome("time_limit", None, np.inf, -np.inf, np.inf)

        def ask(event: Any) -> None:
            told = event.data_out
            known[:] = told.mip_primal_bound / self.cost_scale, told.mip_dual_bound / self.cost_scale
            if enough.is_set():
                event.interrupt()

        def work() -> None:
            try:
                h.run()
            finally:
                done.set()

        watched = (h.cbMipInterrupt, h.cbSimplexInterrupt, h.cbIpmInterrupt)
        for one in watched:
            one.subscribe(ask)
        worker = threading.Thread(target=work, name="highs", daemon=True)
        worker.start()
        try:
            while not done.wait(_POLL_SECONDS):
                if stop(*known):
                    enough.set()
        finally:
            enough.set()  # whoever broke out of the loop: the solver must not go on alone
            worker.join()
            for one in watched:
                one.unsubscribe(ask)
        return self._outcome(gap)

    def _outcome(self, gap: float) -> Outcome:
        h, kinds = self.highs, self._kinds
        status, info = h.getModelStatus(), h.getInfo()
        x = None
        if info.primal_solution_status == 2:  # feasible; a time limit without any plan says ok as well, so the status is no answer
            x = np.asarray(h.getSolution().col_value, dtype=np.float64)[: len(self.cost)] * self.matrix.scale
        value = float(self.cost @ x) + self.offset if x is not None else np.inf
        if status == kinds.kOptimal and x is not None:
            bound = value if self.relaxed else float(info.mip_dual_bound) / self.cost_scale
            share = gap_between(value, bound)
            return Outcome("optimal" if share <= max(gap, 1e-9) else "gap", x, value, bound, share)
        names = {kinds.kInfeasible: "infeasible", kinds.kUnboundedOrInfeasible: "unbounded_or_infeasible", kinds.kUnbounded: "unbounded",
                 kinds.kTimeLimit: "time_limit", kinds.kInterrupt: "cancelled"}  # fmt: skip
        name = names.get(status, "failed")
        if x is None or self.relaxed or name not in {"time_limit", "cancelled"}:
            return Outcome(name, None, np.inf, -np.inf, np.inf)
        bound = float(info.mip_dual_bound) / self.cost_scale
        return Outcome(name, x, value, bound, gap_between(value, bound))

    def duals(self) -> tuple[Floats, Floats]:
        """Duals of rows and reduced costs of columns of the last linear run: money per unit of the row or column."""
        solution = self.highs.getSolution()
        rows = np.asarray(solution.row_dual, dtype=np.float64)[: len(self.row_scale)]
        columns = np.asarray(solution.col_dual, dtype=np.float64)[: len(self.cost)]
        return rows * self.row_scale / self.cost_scale, columns / self.matrix.scale / self.cost_scale
