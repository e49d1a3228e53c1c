"""Kilometres that count as transport activity, from kilometres that were driven, sailed or flown (ISO 14083, GLEC v3.2)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ADJUSTMENT_FACTOR", "AIR_DETOUR_KM", "activity_km"]

ADJUSTMENT_FACTOR: Mapping[str, float] = MappingProxyType({"road": 1.05, "sea": 1.15, "rail": 1.0, "inland_waterway": 1.0})
"""Actual over shortest feasible distance by kind of mode (ISO 14083 as told by GLEC Framework v3.2, 2025)."""
AIR_DETOUR_KM = 95.0
"""What a flight adds to the great circle (same source)."""


def activity_km(kind: str, actual_km: float) -> float:
    """Shortest feasible distance (air: great circle) of a leg of which the actual kilometres are known.

    Only a user's own actual kilometres are turned: computed legs are shortest feasible distances already, and published
    intensities carry the detour, so applying a factor to those would count it twice. Raises KeyError for an unknown kind.

    >>> round(activity_km("road", 472.5), 9), activity_km("air", 1095.0), activity_km("rail", 300.0)
    (450.0, 1000.0, 300.0)
    """
    if kind == "air":
        return max(actual_km - AIR_DETOUR_KM, 0.0)
    return actual_km / ADJUSTMENT_FACTOR[kind]
