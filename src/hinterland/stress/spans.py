"""Which days are simulated, and whether what is asked for lies within them: refused in words before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import InvalidTables, Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Calendar

__all__ = ["Span", "day_of", "event_notes", "refuse_events", "refuse_kinds", "refuse_numbers", "span_of"]

_EPOCH = date(1970, 1, 1)
_LIMITS: dict[str, tuple[float, float]] = {
    "duration_days": (0.0, np.inf),
    "recovery_days": (0.0, np.inf),
    "capacity_loss_share": (0.0, 1.0),
    "demand_change_share": (-1.0, np.inf),
    "cost_factor": (0.0, np.inf),
    "warning_days": (0.0, np.inf),
}
"""Least and most of each number of an event, as the tables declare them; events that are handed in have not been read from tables."""


@dataclass(frozen=True, slots=True)
class Span:
    """First day (days since 1970-01-01), days of a step, number of steps."""

    first_day: int
    step_days: int
    steps: int

    @property
    def last_day(self) -> int:
        """Last day, inclusive."""
        return self.first_day + self.step_days * self.steps - 1

    @property
    def years(self) -> float:
        """Length."""
        return self.steps * self.step_days / 365.25

    def date_of(self, day: float) -> date:
        """The date of a day number."""
        return _EPOCH + timedelta(days=int(np.floor(day)))


def _issue(column: str, code: str, what: str, why: str, fix: str) -> Issue:
    return Issue("simulate", None, column, code, what=what, why=why, fix=fix)


def day_of(given: str | date, column: str) -> int:
    """Day number of a date or of an ISO date in words. Raises InvalidTables where it is none."""
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given.strip())
        except ValueError:
            what, why = f"{given!r} as {column}", "it is no date"
            raise InvalidTables([_issue(column, "wrong_type", what, why, "write the date as YYYY-MM-DD")]) from None
    return (given - _EPOCH).days


def span_of(calendar: Calendar, start: str | date | None, end: str | date | None, periods: Sequence[str] | None, step_days: int) -> Span:
    """Days from `start` to `end` (both inclusive), of the named periods, or of every period; whole steps, the last may run over.

    Raises InvalidTables for a period that is not there, days outside the periods, or an end before the start.
    """
    ids, issues = list(calendar.ids), list[Issue]()
    low, high = int(calendar.start[0]), int(calendar.stop[-1]) - 1
    if periods is not None:
        lost = [one for one in periods if one not in ids]
        if lost or not periods:
            what, why = f"no period {', '.join(lost) or 'at all'}", f"the network has {', '.join(ids)}"
            raise InvalidTables([_issue("periods", "unknown_period", what, why, "name periods of the network")])
        at = [ids.index(one) for one in periods]
        low, high = int(calendar.start[min(at)]), int(calendar.stop[max(at)]) - 1
    first = low if start is None else day_of(start, "start")
    last = high if end is None else day_of(end, "end")
    told = Span(low, 1, max(high - low + 1, 1))
    for column, day in (("start", first), ("end", last)):
        if not low <= day <= high:
            what, why = f"{column} {told.date_of(day)}", f"the plan runs from {told.date_of(low)} to {told.date_of(high)}"
            issues.append(_issue(column, "nothing_to_simulate", what, why, "choose a day within"))
    if last < first and not issues:
        what = f"end {told.date_of(last)} lies before start {told.date_of(first)}"
        issues.append(_issue("end", "nothing_to_simulate", what, "no day is left", "choose a later end"))
    if issues:
        raise InvalidTables(issues)
    return Span(first, step_days, -(-(last - first + 1) // step_days))


def refuse_numbers(replications: int, until_share: float | None) -> None:
    """Raise InvalidTables for fewer than one replication, or an interval that can never be that narrow."""
    if replications < 1:
        what, why = f"{replications} replications", "nothing would be simulated"
        raise InvalidTables([_issue("replications", "nothing_to_simulate", what, why, "ask for 1 or more")])
    if until_share is not None and not 0 < until_share < 1:
        what, why = f"an interval of ± {until_share:g}", "it is a share of demand, above 0 and below 1"
        raise InvalidTables([_issue("until_share", "share_over_one", what, why, "0.001 stops when the fill rate is known to ± 0.1 %")])


def refuse_kinds(asked: Sequence[str], known: Sequence[str], column: str) -> None:
    """Raise InvalidTables for a word that is none of those known."""
    lost = [one for one in asked if one not in known]
    if lost or not asked:
        what, why = f"no {column} {', '.join(lost) or 'at all'}", f"there are {', '.join(known)}"
        raise InvalidTables([Issue("expose", None, column, "unknown_kind", what=what, why=why, fix=f"name one of {', '.join(known)}")])


def event_notes(events: pl.DataFrame, replications: int) -> tuple[str, ...]:
    """What is said of events that are replayed: how many do nothing to what they hit, and how many replications have none."""
    demand = pl.col("scope_kind") == "demand"
    works = (pl.col("capacity_loss_share") != 0) | (pl.col("cost_factor") != 1)
    lasts = pl.col("duration_days") + pl.col("recovery_days") > 0
    idle = events.filter(~(lasts & pl.when(demand).then(pl.col("demand_change_share") != 0).otherwise(works)))
    told: tuple[str, ...] = ()
    if idle.height:
        names = [f"{kind} {value}" for kind, value in idle.select("scope_kind", "scope_value").unique(maintain_order=True).iter_rows()]
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
        told = (
            f"{idle.height:,} of {events.height:,} events do nothing to what they hit ({shown}): they last no time, or take nothing away "
            "and make nothing dearer, or change no demand",
        )
    struck = events["replication"].n_unique()
    if events.height and struck < replications and not (events["replication"] < 0).any():
        told = (*told, f"{replications - struck:,} of {replications:,} replications have no event")
    return told


def refuse_events(events: pl.DataFrame, span: Span, replications: int) -> None:
    """Raise InvalidTables, with every one, for events that no simulated day or replication has, or whose numbers cannot be."""
    issues = [
        Issue("events", row, column, "bounds", f"{value:g} in {column} of an event of {kind} {name}", f"it must lie in {low:g} … {high:g}",
              f"correct {column}")
        for column, (low, high) in _LIMITS.items()
        for row, kind, name, value in zip(
            events["_row"] if "_row" in events.columns else [None] * events.height,
            events["scope_kind"], events["scope_value"], events[column], strict=True,
        )
        if not (low <= value <= high and np.isfinite(value))
    ]  # fmt: skip
    over = events["start_day"] + events["duration_days"] + events["recovery_days"]
    outside = (over <= span.first_day) | (events["start_day"] > span.last_day)
    late = events["replication"] >= replications
    rows = events["_row"] if "_row" in events.columns else pl.Series([None] * events.height, dtype=pl.Int64)
    told = zip(rows, events["scope_kind"], events["scope_value"], events["start_day"], events["replication"], outside, late, strict=True)
    for row, kind, value, day, replication, away, beyond in told:
        if away:
            what, why = (
                f"{kind} {value} on {span.date_of(day)}",
                f"simulated are {span.date_of(span.first_day)} to {span.date_of(span.last_day)}",
            )
            issues.append(Issue("events", row, "start_date", "events_out_of_span", what, why, "move the event, or simulate those days"))
        elif beyond:
            what, why = f"{kind} {value} in replication {replication}", f"{replications} are simulated, counted from 0"
            issues.append(
                Issue("events", row, "replication", "events_out_of_span", what, why, "ask for more replications, or delete the row")
            )
    if issues:
        raise InvalidTables(issues)
