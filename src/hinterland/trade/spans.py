"""Periods cut where something changes: a stack is worked out for each span between cuts, then averaged by days.

The whole stack is averaged, not each layer by itself: a layer that is net of another, or fills up to a rate, is no linear
function of the others, so the mean of the parts is not the part of the means. Splitting a period changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.trade.entries import Entries
from hinterland.trade.stacking import duty_amounts

if TYPE_CHECKING:
    import numpy.typing as npt

    from hinterland.core.calendar import Calendar, Floats, Ints
    from hinterland.trade.book import Book
    from hinterland.trade.entries import Goods

__all__ = ["Spans", "duty_by_period"]


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans [start, stop) of days within periods, in order of time; arrays of shape (spans,)."""

    start: Ints
    stop: Ints
    period: Ints
    periods: int

    @classmethod
    def of(cls, calendar: Calendar, cuts: npt.ArrayLike) -> Spans:
        """Cut the periods on these days, each the first of a new span."""
        days = np.unique(np.asarray(cuts, dtype=np.int64))
        edges = [np.unique(np.concatenate([[opens, stops], days[(days > opens) & (days < stops)]]))
                 for opens, stops in zip(calendar.start, calendar.stop, strict=True)]  # fmt: skip
        return cls(
            np.concatenate([one[:-1] for one in edges]),
            np.concatenate([one[1:] for one in edges]),
            np.repeat(np.arange(len(edges)), [len(one) - 1 for one in edges]),
            len(edges),
        )

    def __len__(self) -> int:
        """Return the number of spans."""
        return len(self.start)

    def mean(self, values: Floats) -> Floats:
        """Mean of each period by the days of its spans; (rows, spans) becomes (rows, periods)."""
        days = (self.stop - self.start).astype(np.float64)
        share = days / np.bincount(self.period, weights=days, minlength=self.periods)[self.period]
        return np.add.reduceat(values * share, np.searchsorted(self.period, np.arange(self.periods)), axis=1)


def duty_by_period(book: Book, goods: list[Goods], calendar: Calendar) -> Floats:
    """Mean duty of each of the goods over the days of each period; shape (goods, periods)."""
    spans = Spans.of(calendar, book.cuts)
    wide = Entries.of([one for one in goods for _ in range(len(spans))], np.tile(spans.start, len(goods)))
    return spans.mean(duty_amounts(book, wide).reshape(len(goods), len(spans)))
