"""Audit rules that could not be judged: subjects that nothing names, limits that are missing, rules without a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hinterland.core.errors import Issue
from hinterland.tables.declared.proving import ELEMENTS, SHIPPED_ORIGIN_RULES
from hinterland.tables.typing import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from hinterland.core.errors import Severity

__all__ = ["rule_problems"]

_LIMITS: Mapping[str, tuple[str, ...]] = {
    "recycled_content": ("threshold_share",),
    "labour_value_content": ("threshold_share", "threshold"),
    "material_assistance": ("threshold_share",),
}
"""Columns that a predicate cannot do without."""
_SUBJECTS: Mapping[str, str] = {
    "recycled_content": "an element",
    "due_diligence_coverage": "an element",
    "regional_value_content": "a rule of origin",
    "material_assistance": "a list of entities",
    "listed_entities": "a list of entities",
}
"""What the subject of a predicate must be; the subject of others may be empty."""


def _names(tables: Mapping[str, pl.DataFrame], predicate: str) -> tuple[list[str], Severity]:
    """Names a subject may have, and how bad it is to have another: a list may still be imported."""
    if predicate in {"recycled_content", "due_diligence_coverage"}:
        return list(ELEMENTS), "error"
    if predicate == "regional_value_content":
        return [*tables["origin_rules"]["origin_rule_id"].drop_nulls().unique().sort().to_list(), *SHIPPED_ORIGIN_RULES], "error"
    if predicate in {"material_assistance", "listed_entities"}:
        return tables["entities"]["list_id"].drop_nulls().unique().sort().to_list(), "warning"
    if predicate == "certificate_coverage":
        known = [*tables["requirements"]["requirement_id"].drop_nulls().to_list(), *tables["certificates"]["scheme"].drop_nulls().to_list()]
        return sorted({*known, *tables["schemes"]["scheme"].drop_nulls().to_list()}), "warning"
    return [], "error"


def _problem(row: int, column: str, what: str, why: str, fix: str, severity: Severity = "error") -> Issue:
    return Issue("rules", row, column, "rule_that_cannot_be_judged", what=what, why=why, fix=fix, severity=severity)


def rule_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Every row of `rules` that lacks a source, a limit or a subject, or names a subject that is not there."""
    issues = []
    for rule in tables["rules"].iter_rows(named=True):
        row, predicate, subject = rule["_row"], rule["predicate"] or "", rule["subject"]
        if rule["source_id"] is None:
            what, why = f"rule {rule['rule_id']} names no source", "no rule counts without a source"
            issues.append(
                Issue("rules", row, "source_id", "rule_without_source", what=what, why=why, fix="fill source_id and add it to sources")
            )
        issues += [
            _problem(row, column, f"{column} is empty", f"{predicate} asks for it", f"fill {column}")
            for column in _LIMITS.get(predicate, ())
            if rule[column] is None
        ]
        kind = _SUBJECTS.get(predicate)
        if subject is None:
            if kind is not None:
                issues.append(_problem(row, "subject", "subject is empty", f"{predicate} counts {kind}", f"name {kind}"))
            continue
        known, severity = _names(tables, predicate)
        if (known and subject not in known) or (kind and not known):
            what, why = f"{subject!r} in subject", f"{predicate} counts {kind or 'a scheme or requirement'}, and nothing has this name"
            fix = f"name {kind or 'one'} ({nearest(subject, known)})" if known else f"add its rows to entities, list_id {subject}"
            issues.append(_problem(row, "subject", what, why, fix, severity))
    return issues
