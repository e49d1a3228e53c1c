"""Why no plan keeps every hard rule, in planner's words: what would have to give, and which rules clash."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.core.errors import InfeasibleDesign
from hinterland.design.engine import Engine, Matrix
from hinterland.design.wording import row_words

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.core.progress import Progress
    from hinterland.design.build import Blueprint

__all__ = ["explain"]

_CAN_GIVE = (
    "contract_min_share",
    "contract_max_share",
    "contract_min_quantity",
    "contract_max_quantity",
    "exclusivity",
    "policy_least",
    "policy_most",
    "cover",
    "stock_floor",
    "floor",
    "lane_least",
)
"""Blocks a planner could soften; nature (balances, capacities) never gives."""
_SECONDS = 20.0


def _elastic(matrix: Matrix, rows: Ints) -> tuple[Matrix, Floats]:
    """Give each of `rows` a slack in both directions; the objective is their sum, each relative to its row's size."""
    cols, extra = matrix.a.shape[1], len(rows)
    up = scipy.sparse.csr_array((np.ones(extra), (rows, np.arange(extra))), shape=(matrix.a.shape[0], extra))
    a = scipy.sparse.hstack([matrix.a, up, -up], format="csr")
    size = np.zeros(extra)
    for at, row in enumerate(rows):
        data = np.abs(matrix.a.data[matrix.a.indptr[row] : matrix.a.indptr[row + 1]])
        right = max((abs(side) for side in (matrix.low[row], matrix.high[row]) if np.isfinite(side)), default=0.0)
        size[at] = max(right, float(data.max(initial=1.0)))
    grown = Matrix(
        a, matrix.low, matrix.high,
        np.concatenate([matrix.lower, np.zeros(2 * extra)]), np.concatenate([matrix.upper, np.full(2 * extra, np.inf)]),
        matrix.whole, np.concatenate([matrix.scale, np.tile(size, 2)]),
    )  # fmt: skip
    cost = np.concatenate([np.zeros(cols), np.tile(1.0 / size, 2)])
    return grown, cost


def _feasible(matrix: Matrix, kept: np.ndarray, soft: Ints) -> bool:
    """Whether the model has a plan when only the `kept` of the soft rows are asked for."""
    low, high = matrix.low.copy(), matrix.high.copy()
    dropped = soft[~kept]
    low[dropped], high[dropped] = -np.inf, np.inf
    engine = Engine(Matrix(matrix.a, low, high, matrix.lower, matrix.upper, matrix.whole, matrix.scale))
    engine.objective(np.zeros(matrix.a.shape[1]))
    return engine.run(gap=1e-4, seconds=_SECONDS, stop=lambda _p, _b: False).status != "infeasible"


def explain(b: Blueprint, matrix: Matrix, progress: Progress) -> InfeasibleDesign:
    """The least that would have to give, and a smallest set of clashing rules by deletion within a time limit."""
    words = row_words(b)
    soft = np.array([at for at, (block, _, _) in enumerate(words) if block in _CAN_GIVE], dtype=np.int64)

    def told(at: int) -> str:
        _, text, period = words[at]
        return f"{text} in {period}" if period else text

    if not len(soft):
        return InfeasibleDesign(["starts, stocks and capacities alone"], [], irreducible=False)
    progress.advanced("explain", 0.0, "looking for what would have to give")
    grown, cost = _elastic(matrix, soft)
    engine = Engine(grown)
    engine.objective(cost)
    found = engine.run(gap=1e-4, seconds=3 * _SECONDS, stop=lambda _p, _b: progress.cancelled())
    if found.x is None:
        rows = sorted({told(int(at)) for at in soft})
        return InfeasibleDesign([], ["even without contracts, policies and cover there is no plan", *rows[:5]], irreducible=False)
    slack = found.x[matrix.a.shape[1] :]
    gives = slack[: len(soft)] + slack[len(soft) :]
    broken = np.flatnonzero(gives > 1e-7 * grown.scale[matrix.a.shape[1] : matrix.a.shape[1] + len(soft)])
    relaxed = [f"{told(int(soft[at]))}: give {gives[at]:,.4g}" for at in broken[np.argsort(-gives[broken])]]
    began, irreducible = time.perf_counter(), True
    kept = np.ones(len(soft), dtype=bool)
    chunks = [np.arange(len(soft))]
    while chunks:
        chunk = chunks.pop()
        if time.perf_counter() - began > 3 * _SECONDS or progress.cancelled():
            irreducible = False
            break
        trial = kept.copy()
        trial[chunk] = False
        if not _feasible(matrix, trial, soft):
            kept = trial
        elif len(chunk) > 1:
            half = len(chunk) // 2
            chunks += [chunk[half:], chunk[:half]]
        progress.advanced("explain", float(1 - kept.mean()), "looking for the smallest clash")
    return InfeasibleDesign([told(int(at)) for at in soft[kept]], relaxed, irreducible=irreducible)
