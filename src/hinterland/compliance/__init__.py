"""Compliance: rules as rows, judged on the physical flows of a plan, each finding with the rows it rests on."""

from __future__ import annotations

from hinterland.compliance.auditing import audit, day_of
from hinterland.compliance.findings import EVIDENCE_COLUMNS, FINDING_COLUMNS, STATUSES, AuditResult
from hinterland.compliance.flows import UnauditablePlan
from hinterland.compliance.rulebook import shipped

__all__ = ["EVIDENCE_COLUMNS", "FINDING_COLUMNS", "STATUSES", "AuditResult", "UnauditablePlan", "audit", "day_of", "shipped"]
