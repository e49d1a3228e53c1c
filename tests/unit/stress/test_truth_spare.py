"""A unit of capacity makes one unit: who stands in for another has no more than its lines leave."""

from __future__ import annotations

import polars as pl
import pytest

from hinterland.model.plan import Plan
from hinterland.stress.simulate import simulate
from stress_worlds import broken, car_a_day, event, plan_from_afar

SURGE = event("demand", "shop", 10, 8, capacity_loss_share=0.0, demand_change_share=1.0)
FAR_DOWN = event("site", "far", 10, 8)


def lost(*events):
    """The near maker sells 7 a week to a shop over a week's lane, can make 14, and may stand in for the far one."""
    tables, plan = car_a_day(), plan_from_afar()
    tables["sites"].append({"site_id": "shop", "country": "US", "latitude": 36.0, "longitude": -82.0})
    tables["demand"].append({"site_id": "shop", "product_id": "part", "period_id": "2026", "quantity": 364.0, "price_per_unit": 20.0})
    tables["lanes"].append({"lane_id": "near-shop", "from_site": "near", "to_site": "shop", "product_id": "part", "cost_per_unit": 1.0,
                            "co2e_kg_per_unit": 1.0, "lead_time_days": 7.0, "distance_km": 200.0})  # fmt: skip
    tables["alternates"] = [{"site_id": "far", "product_id": "part", "alternate_site_id": "near"}]
    rows = {name: plan[name].to_dicts() for name in ("flows", "outputs", "delivered")}
    year = {"product_id": "part", "period_id": "2026", "quantity": 364.0}
    rows["flows"].append({"lane_id": "near-shop", **year})
    rows["outputs"].append({"site_id": "near", "recipe_id": "", "vintage": "existing", **year})
    rows["delivered"].append({"site_id": "shop", **year})
    made = Plan({name: pl.DataFrame(some) for name, some in rows.items()})
    return simulate(broken(tables, *events), made, replications=1).replications["lost"][0]


def test_who_has_room_for_twice_stands_in_for_all():
    assert lost(FAR_DOWN) == pytest.approx(0, abs=1e-9)


def test_no_customer_loses_less_while_his_maker_helps_another():
    assert lost(SURGE, FAR_DOWN) >= lost(SURGE) > 0


def test_a_maker_who_helps_makes_no_more_than_its_lines_can():
    """Eight weeks of 14 for the shop are all that the near lines make: nothing is left to stand in with, so cars are lost too."""
    assert lost(SURGE, FAR_DOWN) > lost(SURGE) + 7
