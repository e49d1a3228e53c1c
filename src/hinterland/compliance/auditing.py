"""The door of the room: every rule asked of every period of a plan, and what holds counted with its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from hinterland.compliance.audited import Asked, Audited
from hinterland.compliance.findings import STATUSES, AuditResult, Finding, framed
from hinterland.compliance.predicates import PREDICATES
from hinterland.compliance.rulebook import begins, in_force, rulebook_of
from hinterland.core.calendar import day_number
from hinterland.core.errors import InvalidTables, Issue

if TYPE_CHECKING:
    from pathlib import Path

    from hinterland.compliance.rulebook import Rule
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["audit", "day_of"]


def day_of(as_of: str | date | None) -> date | None:
    """A day as people give it: a date, or text as YYYY-MM-DD. Raises InvalidTables for anything else."""
    if as_of is None:
        return None
    if isinstance(as_of, datetime):
        return as_of.date()
    if isinstance(as_of, date):
        return as_of
    try:
        return date.fromisoformat(str(as_of).strip())
    except ValueError:
        what, why = f"{as_of!r} is no day", "rules hold from a day to a day"
        raise InvalidTables(
            [Issue("audit", None, "as_of", "wrong_type", what, why, "write the date as YYYY-MM-DD, as 2027-01-01")]
        ) from None


def _checked(w: Audited) -> None:
    """Refuse plans that move what the network does not have: their findings would be about something else."""
    strange = w.placed.misfits
    strange = strange.filter(~strange["table"].is_in(["openings", "claims"]))
    if strange.height:
        issues = [
            Issue(
                table,
                None,
                None,
                "not_in_network",
                f"{where} {period or ''}".strip(),
                why,
                "correct the plan, or audit it in its own network",
            )
            for table, where, period, why in strange.select("table", "where", "period_id", "why").iter_rows()
        ]
        raise InvalidTables(issues)


def _moments(w: Audited, day: date | None) -> list[tuple[int, int, int]]:
    """Periods that are judged, each with the days whose rules count: its whole span, or the one day asked for."""
    starts, stops = w.a.calendar.start, w.a.calendar.stop
    if day is None:
        return [(t, int(start), int(stop) - 1) for t, (start, stop) in enumerate(zip(starts, stops, strict=True))]
    number = day_number(day)
    period = int(np.clip(np.searchsorted(stops, number, side="right"), 0, len(starts) - 1))
    return [(period, number, number)]


def _outside(w: Audited, day: date | None, period: int) -> str:
    number = None if day is None else day_number(day)
    if number is None or w.a.calendar.start[period] <= number < w.a.calendar.stop[period]:
        return ""
    return f"{day} is outside the horizon: the flows are those of {w.period_id(period)}; "


def _stricter(found: list[tuple[Rule, Finding]]) -> list[tuple[Rule, Finding]]:
    """Of findings on one subject in one period under several rows of a rule, the strictest."""
    held: dict[str, tuple[Rule, Finding]] = {}
    for rule, one in found:
        before = held.get(one.subject)
        if before is None or _rank(one) < _rank(before[1]):
            held[one.subject] = (rule, one)
    return list(held.values())


def _rank(one: Finding) -> tuple[float, float]:
    return (STATUSES.index(one.status), one.margin if one.margin is not None else np.inf)


def _asked_of(w: Audited, group: tuple[Rule, ...], moments: list[tuple[int, int, int]], day: date | None) -> list[tuple[Rule, Finding]]:
    """Everything one rule says of a plan; one finding says so where it says nothing."""
    found: list[tuple[Rule, Finding]] = []
    asked = False
    for period, first, last in moments:
        rows, here = in_force(group, first, last), []
        for rule, opens, ends in rows:
            asked = True
            judge = PREDICATES[rule.predicate]
            lead = _outside(w, day, period)
            here += [
                (rule, replace(one, period_id=w.period_id(period), as_of=day, note=f"{lead}{one.note}"))
                for one in judge(w, Asked(rule, period, opens, ends))
            ]
        found += _stricter(here)
    if found:
        return _told_once(found)
    why = "nothing of what it speaks of is made for, or delivered in, its jurisdiction"
    if not asked:
        why = f"not in force {'on ' + day.isoformat() if day else 'in any period'}: it holds from {begins(group)}"
    return [(group[0], Finding(group[0].product or "network", "not_applicable", note=why, as_of=day))]


def _told_once(found: list[tuple[Rule, Finding]]) -> list[tuple[Rule, Finding]]:
    """What does not apply for one reason in several periods is told once, without a period."""
    kept, seen = [], set()
    for rule, one in found:
        if one.status != "not_applicable":
            kept.append((rule, one))
            continue
        key = (one.subject, one.note)
        if key not in seen:
            seen.add(key)
            kept.append((rule, replace(one, period_id=None)))
    return kept


def audit(
    net: Network, plan: Plan, *, as_of: str | date | None = None, rules: Path | str | None = None, drafts: bool = False
) -> AuditResult:
    """Judge a plan in a resolved network by every rule: shipped ones, the network's `rules`, and those of a file.

    With `as_of` the rules of that day judge the period it lies in (the nearest one, if it lies in none); without, each period is
    judged by the rules of its whole span, the strictest of them. Drafts count only when asked for. Raises InvalidTables with
    every problem of the rules, of `as_of`, or of a plan that is not of this network.
    """
    day = day_of(as_of)
    book = rulebook_of(net, rules, drafts=drafts)
    w = Audited(net, plan, book.rules)
    _checked(w)
    moments = _moments(w, day)
    order = {name: at for at, name in enumerate(PREDICATES)}
    found: list[tuple[Rule, Finding]] = []
    for group in sorted(book.rules, key=lambda group: (order[group[0].predicate], group[0].rule_id)):
        found += _asked_of(w, group, moments, day)
    findings, evidence = framed(found)
    return AuditResult(findings, evidence, book.frame(), book.sources, net.scenarios, day)
