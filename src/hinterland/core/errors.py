"""What can go wrong, in words for planners.

HinterlandError
├── InvalidTables      .issues: every problem at once
├── InvalidScenario    .issues
├── UnequalPlans       .issues: plans that do not deliver the same, by site and product
├── InfeasibleDesign   .conflict, .relaxed: in planner's words
├── UnprovenPlan       .report: verify disagrees with the solver: our bug, never the user's
└── Cancelled          .result: what was found before the stop, or None
    └── OutOfTime      the time that was given was over before a first plan was found
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Cancelled",
    "HinterlandError",
    "InfeasibleDesign",
    "InvalidScenario",
    "InvalidTables",
    "Issue",
    "OutOfTime",
    "Severity",
    "UnequalPlans",
    "UnprovenPlan",
]

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem: where (table, row as the user counts it, column), what, why, and how to fix it.

    `row` 1 is the header of the file; None speaks of the whole table. `code` is listed in docs/problems.md.
    """

    table: str
    row: int | None
    column: str | None
    code: str
    what: str
    why: str
    fix: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """One line for people."""
        place = self.table + (f", row {self.row}" if self.row else "") + (f", {self.column}" if self.column else "")
        return f"{place}: {self.what}; {self.why}. Fix: {self.fix}. [{self.code}]"


class HinterlandError(Exception):
    """Everything hinterland raises on purpose."""


class _WithIssues(HinterlandError):
    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        first = str(self.issues[0]) if self.issues else "nothing"
        super().__init__(f"{len(self.issues)} problem(s); the first: {first}")


class InvalidTables(_WithIssues):
    """The tables cannot be planned with; `.issues` has every problem."""


class InvalidScenario(_WithIssues):
    """A scenario cannot be applied; `.issues` has every problem."""


class UnequalPlans(_WithIssues):
    """Plans that do not deliver the same cannot be compared; `.issues` says where and by how much."""


class InfeasibleDesign(HinterlandError):
    """No plan keeps every hard rule. `.conflict` names rules that cannot hold together, `.relaxed` the least to give."""

    def __init__(self, conflict: Sequence[str], relaxed: Sequence[str], *, irreducible: bool) -> None:
        self.conflict, self.relaxed, self.irreducible = tuple(conflict), tuple(relaxed), irreducible
        kind = "cannot hold together" if irreducible else "are involved (not irreducible)"
        super().__init__(f"these rules {kind}: " + "; ".join(self.conflict or self.relaxed or ("no rule was named",)))


class UnprovenPlan(HinterlandError):
    """The solver's plan failed its proof: a defect of hinterland. `.report` is the verify report."""

    def __init__(self, report: object, message: str) -> None:
        self.report = report
        super().__init__(message)


class Cancelled(HinterlandError):
    """The caller stopped the work; `.result` is the best there was, verified, or None."""

    def __init__(self, result: object | None = None, message: str = "cancelled before a first plan was found") -> None:
        self.result = result
        super().__init__(message)


class OutOfTime(Cancelled):
    """The time that was given was over before a first plan was found: there is nothing to keep, more time may find one."""
