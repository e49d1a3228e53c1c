"""Who steps in needs goods of its own: where a standstill leaves it without any source, it stands still, too."""

from __future__ import annotations

from typing import Any

import pytest

import hinterland as hl

MARGIN = 38.0
"""Of a car: 100 less 1 for the ore, 6 for the far part, 2 and 3 to move part and car, 50 for the car."""


def ore_from_one_mine(**more: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """One mine in CN feeds the far maker of parts in CN and the near one in US, who could step in from the first day; ten cars a day."""
    lane = {"distance_km": 1.0, "cost_per_unit": 0.0, "co2e_kg_per_unit": 0.0, "lead_time_days": 0.0}
    ways = (("mine", "far", 0.0), ("mine", "near", 0.1), ("far", "plant", 2.0), ("near", "plant", 1.0), ("plant", "town", 3.0))
    costs = (("mine", {"product_id": "ore"}, 1.0), ("near", {"recipe_id": "part"}, 10.0), ("far", {"recipe_id": "part"}, 6.0),
             ("plant", {"recipe_id": "car"}, 50.0))  # fmt: skip
    return {
        "settings": [{"key": "currency", "value": "USD"}, {"key": "base_date", "value": "2026-01-01"}],
        "periods": [{"period_id": "2026", "start_date": "2026-01-01", "end_date": "2026-12-30"}],
        "countries": [{"country": "US", "region": "na"}, {"country": "CN", "region": "cn"}],
        "products": [{"product_id": one, "stage": one, "unit": "piece", "mass_kg_per_unit": 1.0} for one in ("ore", "part", "car")],
        "sites": [{"site_id": one, "country": "CN" if one in {"mine", "far"} else "US"} for one in ("mine", "far", "near", "plant", "town")],
        "recipes": [{"recipe_id": "part", "product_id": "part"}, {"recipe_id": "car", "product_id": "car"}],
        "recipe_lines": [
            {"recipe_id": "part", "product_id": "ore", "quantity_per_unit": 1.0},
            {"recipe_id": "car", "product_id": "part", "quantity_per_unit": 1.0},
        ],
        "processes": [
            {"site_id": site, "capacity_per_year": 10_000.0, "conversion_cost_per_unit": cost, **what} for site, what, cost in costs
        ],
        "lanes": [{"lane_id": f"{one}-{two}", "from_site": one, "to_site": two, **lane, "cost_per_unit": cost} for one, two, cost in ways],
        "demand": [
            {"site_id": "town", "product_id": "car", "period_id": "2026", "quantity": 3640.0, "price_per_unit": 100.0, "shortage_cost_per_unit": 1e3}
        ],
        "alternates": [{"site_id": "far", "product_id": "part", "alternate_site_id": "near", "qualification_days": 0.0}],
        "recoveries": [{"site_id": one, "recovery_days_low": 28.0, "recovery_days_high": 28.0} for one in ("mine", "far")],
        **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Any:
    return hl.solve(hl.read(ore_from_one_mine())).plan


def lost(plan: Any, kind: str, value: str, **more: list[dict[str, Any]]) -> float:
    """Cars that 28 days of standstill lose."""
    row = {
        "event_id": "E",
        "scope_kind": kind,
        "scope_value": value,
        "start_date": "2026-04-02",
        "duration_days": 28.0,
        "capacity_loss_share": 1.0,
    }
    found = hl.simulate(hl.read(ore_from_one_mine(events=[row], **more)), plan, replications=1)
    return float(found.replications["lost"][0])


@pytest.mark.parametrize(("kind", "value"), [("site", "mine"), ("country", "CN"), ("region", "cn")])
def test_nobody_steps_in_without_ore(plan, kind, value):
    """28 days x 10 cars, whether the mine alone stands still or all its country: near has no other ore."""
    assert lost(plan, kind, value) == pytest.approx(280.0)
    nodes = hl.expose(hl.read(ore_from_one_mine()), plan, kinds=[kind]).nodes.filter(node=value)
    assert nodes["loss_high"][0] == pytest.approx(280 * MARGIN)
    assert nodes["single_point_of"][0] == "car"
    screened = hl.expose(hl.read(ore_from_one_mine()), plan, kinds=[kind], method="block").nodes.filter(node=value)
    assert screened["loss_high"][0] == pytest.approx(280 * MARGIN)


def test_who_has_ore_steps_in(plan):
    """The far maker alone stands still: near makes every part."""
    assert lost(plan, "site", "far") == pytest.approx(0.0)


def test_who_could_buy_ore_elsewhere_steps_in(plan):
    """An offer of ore at near, used by nobody, is a source: the country may stand still."""
    offer = {"purchases": [{"site_id": "near", "product_id": "ore", "price_per_unit": 2.0, "limit_per_year": 10_000.0}]}
    assert lost(plan, "country", "CN", **offer) == pytest.approx(0.0)


def test_goods_without_any_value_are_told(plan):
    """Nobody said what ore, parts and cars are worth: a value in stock of nothing is no finding."""
    assert any("worth nothing" in one for one in hl.simulate(hl.read(ore_from_one_mine()), plan, replications=1).notes)
    valued = {"product_values": [{"product_id": "ore", "value_per_unit": 1.0}]}
    assert not any("worth nothing" in one for one in hl.simulate(hl.read(ore_from_one_mine(**valued)), plan, replications=1).notes)
