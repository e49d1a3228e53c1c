"""The grammar of the model: variables on long axes, rows as sums of (row, variable entry, coefficient) terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

if TYPE_CHECKING:
    import linopy

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays

__all__ = ["Draft", "Term", "add_rows", "term"]


@dataclass(frozen=True, slots=True)
class Term:
    """Coefficients of one variable in the rows of one block; three arrays of equal length."""

    rows: Ints
    labels: Ints
    coefficients: Floats


@dataclass(frozen=True, slots=True)
class Draft:
    """A model being built and the arrays it is built from."""

    model: linopy.Model
    arrays: Arrays

    def labels(self, variable: str) -> Ints:
        """Solver labels of a variable's entries, in order."""
        return np.asarray(self.model.variables[variable].labels.values, dtype=np.int64)

    def has(self, variable: str) -> bool:
        """Say whether the model has this variable."""
        return variable in self.model.variables

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.arrays.calendar)

    def row(self, key: Ints, period: Ints) -> Ints:
        """Row number of (key, period) pairs."""
        return key * self.periods + period


def term(draft: Draft, variable: str, rows: Ints, coefficients: Floats | float = 1.0, entries: Ints | None = None) -> Term:
    """Terms of `variable`: its `entries` (all when not given) times `coefficients` in `rows`."""
    labels = draft.labels(variable) if draft.has(variable) else np.zeros(0, dtype=np.int64)
    picked = labels if entries is None else labels[entries]
    weights = np.broadcast_to(np.asarray(coefficients, dtype=np.float64), picked.shape)
    return Term(np.asarray(rows, dtype=np.int64), picked, weights)


def add_rows(draft: Draft, name: str, axis: str, terms: list[Term], sign: str, right: Floats) -> Ints:
    """Add one constraint row for every row number that has a term; return these row numbers.

    `right` is indexed by row number. Rows without a term are left out: nothing can be decided in them.
    """
    import linopy

    rows = np.concatenate([one.rows for one in terms]) if terms else np.zeros(0, dtype=np.int64)
    if not len(rows):
        return rows
    labels = np.concatenate([one.labels for one in terms])
    weights = np.concatenate([one.coefficients for one in terms])
    axis_terms = pd.RangeIndex(len(rows), name="term")
    plain = xr.Dataset(
        {
            "coeffs": (("term", "_term"), weights[:, None]),
            "vars": (("term", "_term"), labels[:, None]),
            "const": ("term", np.zeros(len(rows))),
        },
        coords={"term": axis_terms},
    )
    grouper = xr.DataArray(rows, dims="term", coords={"term": axis_terms}, name=axis)
    left = linopy.LinearExpression(plain, draft.model).groupby(grouper).sum()
    kept = left.indexes[axis]
    numbers = np.asarray(kept, dtype=np.int64)
    draft.model.add_constraints(left, sign, xr.DataArray(right[numbers], coords={axis: kept}), name=name)
    return numbers
