"""Limits that several activities share: what a site's lines do for its own customers and for those it steps in for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Floats, Ints

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Row `row[m]` limits the sum of its `activity[m]` to `most[row]`; rates in the time unit of the chain they belong to."""

    row: Ints
    activity: Ints
    most: Floats

    @classmethod
    def of(cls, members: Sequence[Ints], most: Floats) -> Limits:
        """One row for each group of activities."""
        row = np.repeat(np.arange(len(members)), [len(one) for one in members]).astype(np.int64)
        return cls(row, np.concatenate([np.zeros(0, dtype=np.int64), *members]).astype(np.int64), np.asarray(most, dtype=np.float64))

    def times(self, days: float) -> Limits:
        """The same limits over so many days."""
        return Limits(self.row, self.activity, self.most * days)


NO_LIMITS = Limits.of([], np.zeros(0))
