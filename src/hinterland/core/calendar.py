"""Days, periods and the weights of dated rows.

Both dates of a pair are inclusive in the tables. In here a span is [start, stop) in whole days since 1970-01-01,
so that spans of neighbours touch without overlapping. Years are calendar years: a leap year's day is 1/366 of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FAR_FUTURE", "FAR_PAST", "Calendar", "day_number", "year_position"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FAR_PAST = date(1, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
FAR_FUTURE = date(9999, 12, 31).toordinal() - date(1970, 1, 1).toordinal()
_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return day.toordinal() - _EPOCH


def year_position(days: npt.ArrayLike) -> Floats:
    """Calendar years since the year 0, with the passed share of the running year; any shape.

    >>> year_position(day_number(date(2026, 1, 1))).item(), round(year_position(day_number(date(2028, 7, 1))).item(), 4)
    (2026.0, 2028.4973)
    """
    stamp = np.asarray(days, dtype="datetime64[D]")
    year = stamp.astype("datetime64[Y]")
    first, following = year.astype("datetime64[D]"), (year + 1).astype("datetime64[D]")
    passed = (stamp - first).astype(np.float64) / (following - first).astype(np.float64)
    return np.asarray(year.astype(np.int64) + 1970 + passed, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The planning periods of a network, in order of time.

    All arrays have shape (periods,); `start` and `stop` are day numbers, the stop is the first day after the period.
    """

    ids: tuple[str, ...]
    start: Ints
    stop: Ints
    base_date: date
    rate_share: float

    @classmethod
    def of(cls, rows: Sequence[tuple[str, date, date]], base_date: date, rate_share: float) -> Calendar:
        """Build from (period_id, start_date, end_date) rows with inclusive dates; order is by start."""
        ordered = sorted(rows, key=lambda row: row[1])
        start = np.array([day_number(row[1]) for row in ordered], dtype=np.int64)
        stop = np.array([day_number(row[2] + timedelta(days=1)) for row in ordered], dtype=np.int64)
        return cls(tuple(row[0] for row in ordered), start, stop, base_date, rate_share)

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.ids)

    @property
    def days(self) -> Floats:
        """Length of each period in days."""
        return np.asarray(self.stop - self.start, dtype=np.float64)

    @property
    def tau_start(self) -> Floats:
        """Years from base_date to the start of each period."""
        return year_position(self.start) - year_position(day_number(self.base_date))

    @property
    def tau_stop(self) -> Floats:
        """Years from base_date to the end of each period."""
        return year_position(self.stop) - year_position(day_number(self.base_date))

    @property
    def years(self) -> Floats:
        """a_t: Σ over calendar years of days of t in the year / days of the year."""
        return self.tau_stop - self.tau_start

    def weight(self, first: npt.ArrayLike, last: npt.ArrayLike) -> Floats:
        """Share of each period's days covered by spans of inclusive day numbers; shape (spans, periods).

        >>> c = Calendar.of([("2026", date(2026, 1, 1), date(2026, 12, 31))], date(2026, 1, 1), 0.08)
        >>> c.weight([day_number(date(2026, 1, 1))], [day_number(date(2026, 3, 14))]).round(4)
        array([[0.2]])
        """
        low = np.maximum(np.asarray(first, dtype=np.int64)[:, None], self.start[None, :])
        high = np.minimum(np.asarray(last, dtype=np.int64)[:, None] + 1, self.stop[None, :])
        return np.asarray(np.clip(high - low, 0, None) / self.days[None, :], dtype=np.float64)

    def year_shares(self) -> tuple[Ints, Floats]:
        """Calendar years touched, and the share of each period's days in each; shapes (years,), (periods, years)."""
        first = int(np.floor(year_position(self.start).min()))
        last = int(np.floor(year_position(self.stop - 1).max()))
        years = np.arange(first, last + 1, dtype=np.int64)
        opens = np.array([day_number(date(int(y), 1, 1)) for y in years], dtype=np.int64)
        closes = np.array([day_number(date(int(y), 12, 31)) for y in years], dtype=np.int64)
        return years, self.weight(opens, closes).T
