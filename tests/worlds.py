"""Small networks that tests share: dicts of rows, to be changed freely, and one door that reads them."""

from __future__ import annotations

from datetime import date
from typing import Any

from hinterland.app import read
from hinterland.model.network import Network
from hinterland.model.scenario import resolve

Tables = dict[str, list[dict[str, Any]]]


def years(first: int, count: int) -> list[dict[str, Any]]:
    """Calendar years as periods."""
    return [
        {"period_id": str(year), "start_date": date(year, 1, 1), "end_date": date(year, 12, 31)} for year in range(first, first + count)
    ]


def two_makers(count: int = 2) -> Tables:
    """A near and a far maker of parts, one car plant and a town that wants 100 cars a year. Cheapest: all from afar.

    Per car: one part. Near: 10 a part to make, 1 to move; far: 6 to make, 2 to move (cost 8 < 11, CO2e 13 > 2 kg a part).
    """
    return {
        "settings": [
            {"key": "currency", "value": "USD"},
            {"key": "base_date", "value": "2026-01-01"},
            {"key": "decision_date", "value": "2026-01-01"},
            {"key": "discount_rate_share", "value": "0.08"},
            {"key": "objective", "value": "shortage,cost"},
        ],
        "periods": years(2026, count),
        "countries": [
            {"country": "US", "region": "north_america"},
            {"country": "CN", "region": "china"},
        ],
        "products": [
            {"product_id": "part", "unit": "piece", "mass_kg_per_unit": 100.0, "stage": "part"},
            {"product_id": "car", "unit": "piece", "mass_kg_per_unit": 1000.0, "stage": "car"},
        ],
        "sites": [
            {"site_id": "near", "country": "US", "latitude": 35.0, "longitude": -80.0},
            {"site_id": "far", "country": "CN", "latitude": 31.0, "longitude": 112.0},
            {"site_id": "plant", "country": "US", "latitude": 34.9, "longitude": -82.0},
            {"site_id": "town", "country": "US", "latitude": 40.0, "longitude": -84.0},
        ],
        "recipes": [{"recipe_id": "car_from_part", "product_id": "car"}],
        "recipe_lines": [{"recipe_id": "car_from_part", "product_id": "part", "role": "input", "quantity_per_unit": 1.0}],
        "processes": [
            {"site_id": "near", "product_id": "part", "capacity_per_year": 150.0, "conversion_cost_per_unit": 10.0, "direct_co2e_kg_per_unit": 1.0},
            {"site_id": "far", "product_id": "part", "capacity_per_year": 150.0, "conversion_cost_per_unit": 6.0, "direct_co2e_kg_per_unit": 3.0},
            {"site_id": "plant", "recipe_id": "car_from_part", "capacity_per_year": 120.0, "conversion_cost_per_unit": 50.0},
        ],
        "demand": [
            {"site_id": "town", "product_id": "car", "period_id": str(2026 + at), "quantity": 100.0, "shortage_cost_per_unit": 1000.0}
            for at in range(count)
        ],
        "lanes": [
            {"lane_id": "near-plant", "from_site": "near", "to_site": "plant", "product_id": "part", "cost_per_unit": 1.0,
             "co2e_kg_per_unit": 1.0, "lead_time_days": 2.0, "distance_km": 200.0},
            {"lane_id": "far-plant", "from_site": "far", "to_site": "plant", "product_id": "part", "cost_per_unit": 2.0,
             "co2e_kg_per_unit": 10.0, "lead_time_days": 40.0, "distance_km": 20000.0},
            {"lane_id": "plant-town", "from_site": "plant", "to_site": "town", "product_id": "car", "cost_per_unit": 3.0,
             "co2e_kg_per_unit": 5.0, "lead_time_days": 1.0, "distance_km": 700.0},
        ],
    }  # fmt: skip


def network(tables: Tables, scenario: str | list[str] | None = None) -> Network:
    """Read, check and resolve."""
    return resolve(read(tables), scenario)
