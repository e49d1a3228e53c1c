"""Example rows of templates that fit together: uncommented, they are a small network that checks clean and can be solved."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from hinterland.tables.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from hinterland.tables.schema import Table

__all__ = ["example_rows"]

Row = dict[str, str]

_ROWS: Mapping[str, tuple[Row, ...]] = MappingProxyType(
    {
        "periods": (
            {"period_id": "2026", "start_date": "2026-01-01", "end_date": "2026-12-31"},
            {"period_id": "2027", "start_date": "2027-01-01", "end_date": "2027-12-31"},
        ),
        "countries": (
            {"country": "CA", "region": "north_america", "customs_territory": "CA"},
            {"country": "US", "region": "north_america", "customs_territory": "US"},
        ),
        "products": (
            {"product_id": "cam_nmc811", "stage": "cathode", "unit": "kg", "mass_kg_per_unit": "1"},
            {"product_id": "pcam_nmc811", "stage": "precursor", "unit": "kg", "mass_kg_per_unit": "1", "needs": "recipes purchases"},
        ),
        "sites": (
            {"site_id": "loyalist", "name": "Umicore Loyalist", "operator": "Umicore", "country": "CA", "latitude": "44.2", "longitude": "-76.8"},
            {"site_id": "florence", "name": "AESC Florence", "operator": "AESC", "country": "US", "latitude": "34.2", "longitude": "-79.8"},
        ),
        "recipes": ({"recipe_id": "cam_from_pcam", "product_id": "cam_nmc811"},),
        "recipe_lines": ({"recipe_id": "cam_from_pcam", "product_id": "pcam_nmc811", "role": "input", "quantity_per_unit": "0.95"},),
        "processes": (
            {"site_id": "loyalist", "product_id": "cam_nmc811", "capacity_per_year": "35000000", "conversion_cost_per_unit": "25", "lacks": "recipes"},
            {"site_id": "loyalist", "recipe_id": "cam_from_pcam", "capacity_per_year": "35000000", "conversion_cost_per_unit": "3.5",
             "needs": "recipes"},
        ),
        "purchases": (
            {"site_id": "loyalist", "product_id": "pcam_nmc811", "offer_id": "market", "price_per_unit": "18", "co2e_kg_per_unit": "12",
             "needs": "recipes"},
        ),
        "modes": ({"mode_id": "truck", "kind": "road", "co2e_kg_per_tkm": "0.08", "speed_km_per_day": "600"},),
        "freight_rates": ({"mode_id": "truck", "cost_per_tkm": "0.09"},),
        "lanes": (
            {"lane_id": "loyalist-florence", "from_site": "loyalist", "to_site": "florence", "product_id": "cam_nmc811", "distance_km": "1500",
             "lead_time_days": "3", "cost_per_unit": "0.15", "co2e_kg_per_unit": "0.12", "lacks": "modes freight_rates"},
            {"lane_id": "loyalist-florence", "from_site": "loyalist", "to_site": "florence", "product_id": "cam_nmc811", "mode_chain": "truck",
             "leg_km": "1500", "needs": "modes freight_rates"},
        ),
        "demand": tuple(
            {"site_id": "florence", "product_id": "cam_nmc811", "period_id": year, "quantity": quantity, "shortage_cost_per_unit": "1000"}
            for year, quantity in (("2026", "20000000"), ("2027", "30000000"))
        ),
        "energy": ({"zone": "CA", "carrier": "electricity", "co2e_kg_per_kwh": "0.03", "price_per_kwh": "0.08"},),
        "sources": ({"source_id": "S1", "title": "World Energy Outlook", "publisher": "IEA"},),
    }
)  # fmt: skip
"""Rows by table. `needs` names tables that must be written as well, `lacks` tables of which one must not be."""


def example_rows(table: Table, written: Collection[str]) -> list[Row]:
    """Example rows of a table beside the other tables that are `written`: cells by column.

    The seven needed tables, and those of the usual ones, fit together; any other table shows the example of each column.
    """
    if table.name == "settings":
        return [{"key": key, "value": example} for key, (_, _, example) in SETTINGS.items()]
    rows = []
    for row in _ROWS.get(table.name, ()):
        needs, lacks = row.get("needs", "").split(), row.get("lacks", "").split()
        if all(name in written for name in needs) and not (lacks and all(name in written for name in lacks)):
            rows.append({name: cell for name, cell in row.items() if name not in {"needs", "lacks"}})
    return rows or [{column.name: column.example for column in table.columns}]
