"""What an audit hands back: findings, each with the rows it rests on, as tidy frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from hinterland.compliance.rulebook import Rule

__all__ = ["EVIDENCE_COLUMNS", "FINDING_COLUMNS", "STATUSES", "AuditResult", "Finding", "Row", "Status", "judged"]

Status = Literal["not_met", "not_enough_data", "met", "not_applicable"]
STATUSES: tuple[Status, ...] = ("not_met", "not_enough_data", "met", "not_applicable")
"""Strictest first: where two findings speak of one thing, the earlier one counts."""
FINDING_COLUMNS: dict[str, pl.DataType] = {
    "finding_id": pl.String(), "rule_id": pl.String(), "title": pl.String(), "predicate": pl.String(), "jurisdiction": pl.String(),
    "subject": pl.String(), "period_id": pl.String(), "as_of": pl.Date(), "status": pl.String(), "value": pl.Float64(),
    "threshold": pl.Float64(), "margin": pl.Float64(), "unit": pl.String(), "evidence": pl.List(pl.String()), "citation": pl.String(),
    "source_id": pl.String(), "quality": pl.String(), "note": pl.String(),
}  # fmt: skip
EVIDENCE_COLUMNS: dict[str, pl.DataType] = {
    "evidence_id": pl.String(), "finding_id": pl.String(), "table": pl.String(), "keys": pl.String(), "quantity": pl.Float64(),
    "unit": pl.String(), "value": pl.Float64(), "value_unit": pl.String(), "contributes": pl.String(),
}  # fmt: skip
_EXACT = 1e-9
"""Shares and margins nearer to their threshold than this, relative to it, meet it: they are rounding."""
_MOST_ROWS = 12


class Row(NamedTuple):
    """One row of evidence: a table and its keys (as a `where`), a quantity, a value, and what it contributes in words."""

    table: str
    keys: str
    quantity: float | None = None
    unit: str | None = None
    value: float | None = None
    value_unit: str | None = None
    contributes: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one subject; `value`, `threshold` and `margin` in `unit`, a positive margin is room."""

    subject: str
    status: Status
    value: float | None = None
    threshold: float | None = None
    margin: float | None = None
    unit: str = ""
    note: str = ""
    evidence: tuple[Row, ...] = ()
    period_id: str | None = None
    as_of: date | None = None


def judged(low: float, high: float, threshold: float, *, least: bool = True) -> tuple[Status, float, float]:
    """Status, value and margin of a share known to lie in low…high against a least (or most) share; the value is the strict end.

    >>> judged(0.07, 0.07, 0.06)[0], judged(0.07, 0.07, 0.15)[0], judged(0.05, 0.2, 0.06)[0], judged(0.35, 0.35, 0.3, least=False)[0]
    ('met', 'not_met', 'not_enough_data', 'not_met')
    """
    near = _EXACT * max(1.0, abs(threshold))
    value = low if least else high
    margin = value - threshold if least else threshold - value
    best = high - threshold if least else threshold - low
    return ("met" if margin >= -near else "not_met" if best < -near else "not_enough_data"), value, margin


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The findings of an audit.

    findings: finding_id, rule_id, title, predicate, jurisdiction, subject, period_id, as_of, status (not_met, not_enough_data, met,
    not_applicable), value, threshold, margin (signed: positive is room), unit, evidence (ids), citation, source_id, quality, note;
    the most binding first. evidence: evidence_id, finding_id, table, keys, quantity, unit, value, value_unit, contributes.
    rules: every row of every rule that was asked after, and drafts that were left out (`asked` false). sources: where rules come
    from. prices: what meeting broken rules would cost, where that was asked for.
    """

    findings: pl.DataFrame
    evidence: pl.DataFrame
    rules: pl.DataFrame
    sources: pl.DataFrame
    scenarios: tuple[str, ...] = ()
    as_of: date | None = None
    prices: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def counts(self) -> dict[str, int]:
        """Findings by status."""
        found = dict(self.findings.group_by("status").len().iter_rows())
        return {status: int(found.get(status, 0)) for status in STATUSES}

    @property
    def not_met(self) -> pl.DataFrame:
        """Broken rules, the most binding first."""
        return self.findings.filter(pl.col("status") == "not_met")

    def evidence_of(self, finding_id: str) -> pl.DataFrame:
        """Rows that one finding rests on."""
        return self.evidence.filter(pl.col("finding_id") == finding_id)


def shortened(rows: Sequence[Row]) -> list[Row]:
    """At most a dozen rows, as they come (most telling first), the last of which counts the rest."""
    if len(rows) <= _MOST_ROWS:
        return list(rows)
    rest = rows[_MOST_ROWS - 1 :]
    units = {row.unit for row in rest}
    total = sum(row.quantity or 0.0 for row in rest) if len(units) == 1 else None
    told = Row(rest[0].table, "", total, next(iter(units)) if len(units) == 1 else None, None, None, f"{len(rest)} more rows")
    return [*rows[: _MOST_ROWS - 1], told]


def framed(found: Iterable[tuple[Rule, Finding]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings and evidence as frames, the most binding first: by status, then by margin relative to the threshold."""
    pairs = list(found)

    def binding(pair: tuple[Rule, Finding]) -> tuple[float, ...]:
        one = pair[1]
        size = max(abs(one.threshold or 0.0), abs(one.value or 0.0), 1e-12)
        return (STATUSES.index(one.status), one.margin / size if one.margin is not None else 1e9)

    pairs.sort(key=lambda pair: (*binding(pair), pair[0].rule_id, pair[1].subject, pair[1].period_id or ""))
    findings: list[tuple[object, ...]] = []
    evidence: list[tuple[object, ...]] = []
    for at, (rule, one) in enumerate(pairs, 1):
        name, ids = f"f{at}", []
        for row in [rule.as_evidence, *shortened(one.evidence)]:
            ids.append(f"e{len(evidence) + 1}")
            evidence.append((ids[-1], name, *row))
        findings.append(
            (name, rule.rule_id, rule.title, rule.predicate, rule.jurisdiction, one.subject, one.period_id, one.as_of, one.status, one.value,
             one.threshold, one.margin, one.unit, ids, rule.citation, rule.source_id, rule.quality, one.note)
        )  # fmt: skip
    return (
        pl.DataFrame(findings, schema=FINDING_COLUMNS, orient="row"),
        pl.DataFrame(evidence, schema=EVIDENCE_COLUMNS, orient="row"),
    )
