"""The units a column name may carry, and what one of them is in another of its kind."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PRODUCT_UNITS", "UNITS", "convert", "unit_of"]

_KINDS: dict[str, dict[str, float]] = {
    "mass": {"kg": 1.0, "t": 1000.0, "g": 0.001},
    "energy": {"kwh": 1.0, "mwh": 1e3, "gwh": 1e6, "mj": 1 / 3.6},
    "length": {"km": 1.0, "m": 0.001},
    "area": {"m2": 1.0, "km2": 1e6},
    "volume": {"m3": 1.0, "l": 0.001},
    "count": {"piece": 1.0, "vehicle": 1.0, "pack": 1.0, "jobs": 1.0},
    "time": {
        "hour": 1 / 24,
        "days": 1.0,
        "day": 1.0,
        "weeks": 7.0,
        "week": 7.0,
        "months": 30.4375,
        "month": 30.4375,
        "years": 365.25,
        "year": 365.25,
    },
    "transport": {"tkm": 1.0, "t_handled": 1.0},
    "share": {"share": 1.0, "percent": 0.01},
    "money": {"money": 1.0},
    "unit": {"unit": 1.0},
}
UNITS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {unit: (kind, factor) for kind, units in _KINDS.items() for unit, factor in units.items()}
)
"""Unit to (kind, factor to the kind's first unit)."""

_MONEY_WORDS = ("cost", "price", "penalty", "premium", "investment", "amount", "specific", "wage")
"""Words that end the name of an amount of money."""

PRODUCT_UNITS = ("kg", "t", "kWh", "MWh", "GWh", "piece", "vehicle", "pack", "m2", "m3", "l", "km")


def convert(amount: float, unit: str, into: str) -> float:
    """Convert between units of one kind; raises ValueError where the kinds differ.

    >>> convert(2.0, "t", "kg")
    2000.0
    """
    (kind, factor), (wanted, other) = UNITS[unit.lower()], UNITS[into.lower()]
    if kind != wanted:
        raise ValueError(f"{unit} is {kind}, {into} is {wanted}")
    return amount * factor / other


def unit_of(column: str) -> str:
    """Unit that a column's name carries: `quantity_unit[_per_unit]`; empty for text and ids, `money/…` for money.

    `unit` stands for the product's own unit, `1` for a plain count. Raises ValueError for an unknown unit after `_per_`.

    >>> unit_of("capacity_t_per_year"), unit_of("price_per_kwh"), unit_of("site_id"), unit_of("conversion_cost_per_unit")
    ('t/year', 'money/kwh', '', 'money/unit')
    >>> unit_of("days_of_cover"), unit_of("initial_quantity"), unit_of("events_per_year"), unit_of("recovery_days_low")
    ('days', 'unit', '1/year', 'days')
    """
    head, *per = column.split("_per_")
    below = [one if one in UNITS else one.rsplit("_", 1)[-1] for one in per]
    if any(one not in UNITS for one in below):
        raise ValueError(f"{column}: unknown unit after _per_")
    top = _head_unit(head, valued=column == "value_per_unit")
    if not top and below:
        top = "unit" if below[0] == "year" or head in {"capacity", "limit"} else "1"
    return "/".join([top, *below]) if top or below else ""


def _head_unit(head: str, *, valued: bool) -> str:
    """Unit before the first `_per_`: money by its word, else the last part, else the only long unit within the name."""
    if valued or any(head == word or head.endswith(f"_{word}") for word in _MONEY_WORDS):
        return "money"
    if head.endswith("t_handled"):
        return "t_handled"
    parts = head.split("_")
    if parts[-1] in UNITS and parts[-1] not in {"unit", "money"}:
        return parts[-1]
    if "quantity" in parts:
        return "unit"
    if head.endswith("events"):
        return "1"
    return next((part for part in parts if part in {"days", "years"}), "")
