"""The built model as plain arrays, each column counted in the power of ten that its product's need asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.design.axes import entry_products
from hinterland.design.engine import Matrix

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.design.build import Blueprint

__all__ = ["matrix_of"]


def _powers(need: Floats) -> Floats:
    """Power of ten that makes the largest need of a period 10..100; 1 where it is not known; shape (products,)."""
    largest = need.max(axis=1) if need.size else np.zeros(len(need))
    known = (largest > 0) & np.isfinite(largest)
    return np.where(known, 10.0 ** (np.floor(np.log10(np.where(known, largest, 1.0))) - 1), 1.0)


def matrix_of(b: Blueprint) -> Matrix:
    """Matrix, bounds, whole numbers and column scale of the model as it stands."""
    matrices = b.draft.model.matrices
    low = np.where(matrices.sense == "<", -np.inf, matrices.b)
    high = np.where(matrices.sense == ">", np.inf, matrices.b)
    power = _powers(b.need)
    scale = np.ones(len(matrices.vlabels))
    if b.draft.has("credit"):  # a column of money, counted in millions
        scale[b.draft.labels("credit")] = 1e6
    for variable, products in entry_products(b.draft.arrays).items():
        if b.draft.has(variable):
            scale[b.draft.labels(variable)] = power[products]
    whole = np.flatnonzero(matrices.vtypes != "C")
    grid = scipy.sparse.csr_array((0, len(scale))) if matrices.A is None else matrices.A.tocsr()
    return Matrix(grid, low, high, matrices.lb, matrices.ub, whole, scale)
