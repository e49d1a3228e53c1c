"""Networks of the design tests: plants that may open, many customers, and every kind of conflict."""

from __future__ import annotations

import random
from typing import Any

from worlds import Tables, two_makers


def open_plants(plants: int, customers: int, seed: int = 1) -> Tables:
    """Candidate plants of equal standing near many customers: which ones to open is hard to prove, a first plan is quick."""
    draw = random.Random(seed)
    spots = {f"plant{at:02d}": (draw.uniform(0, 100), draw.uniform(0, 100)) for at in range(plants)}
    towns = {f"town{at:02d}": (draw.uniform(0, 100), draw.uniform(0, 100)) for at in range(customers)}
    demand = {town: draw.uniform(5, 15) for town in towns}
    base = two_makers(1)
    sites: list[dict[str, Any]] = [
        {"site_id": name, "country": "US", "latitude": 35.0, "longitude": -80.0, "status": "candidate",
         "opening_cost": round(draw.uniform(350.0, 450.0), 2)}
        for name in spots
    ]  # fmt: skip
    sites += [{"site_id": name, "country": "US", "latitude": 35.0, "longitude": -80.0} for name in towns]
    return {
        "settings": base["settings"],
        "periods": base["periods"],
        "countries": base["countries"],
        "products": [{"product_id": "car", "unit": "piece", "mass_kg_per_unit": 1000.0}],
        "sites": sites,
        "processes": [
            {"site_id": name, "product_id": "car", "capacity_per_year": round(draw.uniform(50.0, 110.0), 1), "conversion_cost_per_unit": 1.0}
            for name in spots
        ],
        "demand": [
            {"site_id": town, "product_id": "car", "period_id": "2026", "quantity": round(quantity, 2), "shortage_cost_per_unit": 1e4}
            for town, quantity in demand.items()
        ],
        "lanes": [
            {"lane_id": f"{plant}-{town}", "from_site": plant, "to_site": town, "product_id": "car", "lead_time_days": 1.0, "co2e_kg_per_unit": 1.0,
             "cost_per_unit": round(0.5 * ((x - u) ** 2 + (y - v) ** 2) ** 0.5, 3)}
            for plant, (x, y) in spots.items() for town, (u, v) in towns.items()
        ],
    }  # fmt: skip
