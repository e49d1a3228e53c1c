"""Days, years, discounting and ramps by loops over days: slow, and written without a look at the package's own."""

from __future__ import annotations

import math
from datetime import date

Period = tuple[str, int, int]
"""Name, first day and the day after the last, as ordinals."""
EVER, NEVER = date(1, 1, 1).toordinal(), date(9999, 12, 31).toordinal()


def periods_of(rows: list[dict]) -> list[Period]:
    """Periods in order of time."""
    spans = [(row["period_id"], row["start_date"].toordinal(), row["end_date"].toordinal() + 1) for row in rows]
    return sorted(spans, key=lambda one: one[1])


def year_length(year: int) -> int:
    """Days of a calendar year."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def years_from(base: date, day: int) -> float:
    """Years from a date to the start of a day, each day being 1/365 or 1/366 of its own year."""
    low, high, sign = (base.toordinal(), day, 1.0) if day >= base.toordinal() else (day, base.toordinal(), -1.0)
    return sign * math.fsum(1.0 / year_length(date.fromordinal(one).year) for one in range(low, high))


def after_years(day: int, years: float) -> float:
    """The day (with a fraction) that lies `years` after the start of `day`; walks from day to day."""
    left, at = years, day
    while left > 1e-13:
        step = 1.0 / year_length(date.fromordinal(at).year)
        if left < step - 1e-13:
            return at + left / step
        left, at = left - step, at + 1
        if at >= NEVER - 400:
            return float(NEVER)
    return float(at)


def length_years(period: Period) -> float:
    """a_t."""
    return math.fsum(1.0 / year_length(date.fromordinal(day).year) for day in range(period[1], period[2]))


def share_of_days(period: Period, first: date | None, last: date | None) -> float:
    """Share of the period's days from first to last, both inclusive; an empty cell is no limit."""
    low = EVER if first is None else first.toordinal()
    high = NEVER if last is None else last.toordinal()
    return sum(low <= day <= high for day in range(period[1], period[2])) / (period[2] - period[1])


def discount(rate: float, years: float) -> float:
    """(1 + r)^−years."""
    return (1.0 + rate) ** -years


def discount_mean(rate: float, low: float, high: float) -> float:
    """Mean of (1 + r)^−τ for τ from low to high, by Simpson's rule on 200 pieces."""
    if high - low < 1e-12:
        return discount(rate, low)
    pieces = 200
    width = (high - low) / pieces
    heights = [discount(rate, low + at * width) for at in range(pieces + 1)]
    weights = [1] + [4 if at % 2 else 2 for at in range(1, pieces)] + [1]
    return math.fsum(w * h for w, h in zip(weights, heights, strict=True)) / (3 * pieces)


def step_mean(period: Period, rows: list[tuple[date | None, float]]) -> float:
    """Mean over days of a value that holds until the next row; the first row also holds before it."""
    ordered = sorted((EVER if day is None else day.toordinal(), value) for day, value in rows)
    total = 0.0
    for day in range(period[1], period[2]):
        holds = [value for start, value in ordered if start <= day]
        total += holds[-1] if holds else ordered[0][1]
    return total / (period[2] - period[1])


def ramp_means(
    period: Period, points: list[tuple[float, float, float]], start: int | None, first: float, stop: float
) -> tuple[float, float]:
    """Mean capacity over all days of a period, and mean yield weighted by capacity, of a line that runs in [first, stop).

    `points` are (years since start, capacity, yield). Without a start the last point holds.
    """
    points = sorted(points) or [(0.0, 1.0, 1.0)]
    edges = [float(EVER)] if start is None else [after_years(start, years) for years, _, _ in points]
    steps = points[-1:] if start is None else points
    run = good = 0.0
    for at, (_, capacity, yields) in enumerate(steps):
        low = max(edges[at], first, period[1])
        high = min(edges[at + 1] if at + 1 < len(edges) else NEVER, stop, period[2])
        days = max(0.0, high - low)
        run += capacity * days
        good += capacity * yields * days
    return run / (period[2] - period[1]), (good / run if run > 0 else points[-1][2])
