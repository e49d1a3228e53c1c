"""Predicates of audit rules, by name: each judges one rule in one period and returns a finding per subject."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from hinterland.compliance.predicates.certificates import certificate_coverage
from hinterland.compliance.predicates.due_diligence import due_diligence_coverage
from hinterland.compliance.predicates.footprint import carbon_footprint_declaration
from hinterland.compliance.predicates.labour_value import labour_value_content
from hinterland.compliance.predicates.listed import listed_entities
from hinterland.compliance.predicates.material_assistance import material_assistance
from hinterland.compliance.predicates.passport import passport_readiness
from hinterland.compliance.predicates.policies import regional_policies
from hinterland.compliance.predicates.recycled import recycled_content
from hinterland.compliance.predicates.regional_value import regional_value_content

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hinterland.compliance.audited import Asked, Audited
    from hinterland.compliance.findings import Finding

__all__ = ["PREDICATES"]

PREDICATES: Mapping[str, Callable[[Audited, Asked], list[Finding]]] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            regional_value_content, recycled_content, due_diligence_coverage, certificate_coverage, passport_readiness,
            carbon_footprint_declaration, material_assistance, listed_entities, regional_policies, labour_value_content,
        )
    }
)  # fmt: skip
"""In the order in which they are judged: labour value comes last, it needs the roll-up."""
