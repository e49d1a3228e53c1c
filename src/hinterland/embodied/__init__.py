"""What one unit embodies: the roll-up of a plan along its chain, and its readings."""

from __future__ import annotations

from hinterland.embodied.readings import (
    co2e_by_stage_and_cause,
    cost_by_kind,
    kilometres,
    origin_by_country,
    origin_by_region,
    origin_by_site,
)
from hinterland.embodied.tracing import TraceResult, UntraceablePlan, trace

__all__ = [
    "TraceResult",
    "UntraceablePlan",
    "co2e_by_stage_and_cause",
    "cost_by_kind",
    "kilometres",
    "origin_by_country",
    "origin_by_region",
    "origin_by_site",
    "trace",
]
