"""The grammar of the model: variables on long axes, rows as sums of (row, variable entry, coefficient) terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy.sparse

if TYPE_CHECKING:
    import linopy

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays

__all__ = ["Draft", "Term", "add_rows", "nothing", "term"]


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
    def columns(self) -> int:
        """Number of decisions so far: the solver's columns."""
        return sum(int(one.labels.size) for one in self.model.variables.data.values())

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


def nothing(draft: Draft, rows: Ints) -> Term:
    """A term that is always 0: keeps rows in the model that ask for something nobody can give, so that the conflict names them."""
    if not draft.has("nothing"):
        draft.model.add_variables(lower=0, upper=0, coords=[pd.RangeIndex(1, name="nothing_entry")], name="nothing")
    return term(draft, "nothing", rows, 1.0, np.zeros(len(rows), dtype=np.int64))


def add_rows(draft: Draft, name: str, axis: str, terms: list[Term], sign: str, right: Floats) -> Ints:
    """Add one constraint row for every row number that has a term; return these row numbers.

    `right` is indexed by row number. Rows without a term are left out: nothing can be decided in them. Terms of one
    variable entry in one row add up. The rows go to linopy as the sparse matrix they are: grouping a million terms by
    label first would take longer than everything else that is built.
    """
    from linopy.constraints import CSRConstraint
    from linopy.csr import Grid

    rows = np.concatenate([one.rows for one in terms]) if terms else np.zeros(0, dtype=np.int64)
    if not len(rows):
        return rows
    numbers = np.flatnonzero(np.bincount(rows, minlength=len(right)))
    place = np.zeros(len(right), dtype=np.int32)
    place[numbers] = np.arange(len(numbers), dtype=np.int32)
    labels = np.concatenate([one.labels for one in terms]).astype(np.int32)
    weights = np.concatenate([one.coefficients for one in terms])
    shape = (len(numbers), draft.columns)
    left = scipy.sparse.csr_array(scipy.sparse.coo_array((weights, (place[rows], labels)), shape=shape))
    grid = Grid({axis: pd.Index(numbers, name=axis)})
    draft.model.add_constraints(CSRConstraint(left, np.arange(len(numbers)), right[numbers], sign, grid, draft.model), name=name)
    return numbers
