"""A chain to break: one far maker of parts, a near one that could step in, a plant, a town that wants a car a day; weeks of seven days."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from hinterland.model.plan import Plan
from worlds import Tables, network, two_makers

WEEKS = 52


def car_a_day(count: int = 1) -> Tables:
    """Periods of 364 days; parts take 28 days from afar and 7 from near, cars 7 to the town. Lines may make two a day.

    Per car: 6 to make the part afar, 2 to move it, 50 for the car, 3 to move it; the near part pays 1 to move.
    """
    tables = two_makers(count)
    days = [date(2026, 1, 1).toordinal() + 364 * at for at in range(count + 1)]
    tables["periods"] = [
        {"period_id": str(2026 + at), "start_date": date.fromordinal(days[at]), "end_date": date.fromordinal(days[at + 1] - 1)}
        for at in range(count)
    ]
    for row in tables["processes"]:
        row["capacity_per_year"] = 730.0
    for row in tables["demand"]:
        row |= {"quantity": 364.0, "price_per_unit": 161.0}
    for row, lead in zip(tables["lanes"], (7.0, 28.0, 7.0), strict=True):
        row["lead_time_days"] = lead
    tables["lanes"][1]["passages"] = "panama"
    return tables


def plan_from_afar(count: int = 1, stock: dict[tuple[str, str], float] | None = None, amount: float = 364.0) -> Plan:
    """All parts from the far maker; `stock` (site, product) lies there at the end of every period."""
    rows: dict[str, list[dict[str, Any]]] = {"flows": [], "outputs": [], "delivered": [], "stocked": []}
    for at in range(count):
        year = {"period_id": str(2026 + at), "quantity": amount}
        rows["flows"] += [{"lane_id": lane, "product_id": good, **year} for lane, good in (("far-plant", "part"), ("plant-town", "car"))]
        rows["outputs"] += [
            {"site_id": "far", "recipe_id": "", "product_id": "part", "vintage": "existing", **year},
            {"site_id": "plant", "recipe_id": "car_from_part", "product_id": "car", "vintage": "existing", **year},
        ]
        rows["delivered"].append({"site_id": "town", "product_id": "car", **year})
        for (site, good), held in (stock or {}).items():
            rows["stocked"].append({"site_id": site, "product_id": good, "period_id": str(2026 + at), "quantity": held})
    return Plan({name: pl.DataFrame(some) for name, some in rows.items() if some})


def event(kind: str, value: str, week: int, weeks: float, **more: float) -> dict[str, Any]:
    """A row of events that starts with a week, counted from 0, in every replication."""
    start = date.fromordinal(date(2026, 1, 1).toordinal() + 7 * week)
    row = {"scope_kind": kind, "scope_value": value, "start_date": start, "duration_days": 7.0 * weeks}
    return {"event_id": f"{value} {week}", **row, **({"capacity_loss_share": 1.0} | more)}


def broken(tables: Tables, *events: dict[str, Any], **more: list[dict[str, Any]]) -> Any:
    """The resolved network with these events and other rows."""
    return network({**tables, "events": list(events), **more})


FAR_DOWN = event("site", "far", 10, 4)
CANAL_SHUT = event("passage", "Panama Canal", 10, 4)
STEP_IN = {
    "site_id": "far",
    "product_id": "part",
    "alternate_site_id": "near",
    "qualification_days": 7.0,
    "max_share": 0.5,
    "extra_cost_per_unit": 4.0,
}
AROUND = {
    "reaction_id": "round",
    "kind": "reroute",
    "product": "part",
    "lead_time_days": 42.0,
    "cost_per_unit": 1.5,
    "co2e_kg_per_unit": 7.0,
}
