"""Traces of small hand-made plans; every expected number is worked out in the comment beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from hinterland.core.errors import HinterlandError
from hinterland.embodied import (
    TraceResult,
    UntraceablePlan,
    co2e_by_stage_and_cause,
    cost_by_kind,
    kilometres,
    origin_by_country,
    origin_by_region,
    origin_by_site,
    trace,
)
from hinterland.model.plan import Plan
from worlds import Tables, network, two_makers, years

Rows = list[dict[str, Any]]


def hand_plan(**tables: Rows) -> Plan:
    """A plan from rows; outputs are of existing lines, everything is in 2026 unless it says otherwise."""
    filled = {
        name: pl.DataFrame([{"period_id": "2026", **({"vintage": "existing"} if name == "outputs" else {}), **row} for row in rows])
        for name, rows in tables.items()
    }
    return Plan(filled)


def flow(lane: str, product: str, quantity: float, period: str = "2026") -> dict[str, Any]:
    return {"lane_id": lane, "product_id": product, "quantity": quantity, "period_id": period}


def cars_plan(near: float, far: float, **more: Rows) -> Plan:
    """100 cars in 2026 from parts of both makers."""
    return hand_plan(
        flows=[flow("near-plant", "part", near), flow("far-plant", "part", far), flow("plant-town", "car", 100.0)],
        outputs=[
            {"site_id": "near", "product_id": "part", "quantity": near},
            {"site_id": "far", "product_id": "part", "quantity": far},
            {"site_id": "plant", "recipe_id": "car_from_part", "product_id": "car", "quantity": 100.0},
        ],
        delivered=[{"site_id": "town", "product_id": "car", "segment": "", "quantity": 100.0}],
        **more,
    )


def values(frame: pl.DataFrame, key: str, value: str) -> dict[Any, float]:
    return dict(frame.select(key, value).iter_rows())


def closes(result: TraceResult) -> bool:
    return result.closure.filter(pl.col("relative_error") > 1e-12).height == 0


def closed(result: TraceResult, satellite: str) -> dict[str, Any]:
    return result.closure.row(by_predicate=pl.col("satellite") == satellite, named=True)


def unallocated(result: TraceResult) -> set[tuple[str, str, float]]:
    return {(satellite, reason, round(amount, 9)) for satellite, reason, amount in result.unallocated.iter_rows()}


# Two tiers: 60 parts from near, 40 from far.


def test_a_car_of_two_makers_costs_its_parts_its_making_and_its_moves() -> None:
    result = trace(network(two_makers(1)), cars_plan(60.0, 40.0))
    # Parts 0.6·10 + 0.4·6 = 8.4, car 50; moves 0.6·1 + 0.4·2 = 1.4, and 3.
    rows = cost_by_kind(result, stages=True).select("stage", "kind", "per_unit").rows()
    rows = [(stage, kind, round(per_unit, 12)) for stage, kind, per_unit in rows]
    assert rows == [("car", "conversion", 50.0), ("car", "freight", 3.0), ("part", "conversion", 8.4), ("part", "freight", 1.4)]
    where = (
        result.costs.filter(pl.col("kind") == "conversion")
        .select("cost_site", "cost_country", "cost_region", pl.col("per_unit").round(12))
        .rows()
    )
    assert where == [("plant", "US", "north_america", 50.0), ("far", "CN", "china", 2.4), ("near", "US", "north_america", 6.0)]
    assert closes(result)


def test_a_car_emits_what_its_chain_emits() -> None:
    result = trace(network(two_makers(1)), cars_plan(60.0, 40.0))
    # Making parts 0.6·1 + 0.4·3 = 1.8 kg; moving them 0.6·1 + 0.4·10 = 4.6; moving the car 5.
    rows = co2e_by_stage_and_cause(result).select("stage", "cause", "kg_market_per_unit").rows()
    assert [(s, c, round(kg, 12)) for s, c, kg in rows] == [("car", "transport", 5.0), ("part", "direct", 1.8), ("part", "transport", 4.6)]


def test_kilometres_weigh_the_tonnes_of_the_whole_chain() -> None:
    result = trace(network(two_makers(1)), cars_plan(60.0, 40.0))
    row = kilometres(result).row(0, named=True)
    # Parts of 0.1 t: 0.1 · (0.6·200 + 0.4·20000) = 812 tkm; the car of 1 t: 700 tkm; 1.1 t moved in all.
    assert row["tkm_per_unit"] == pytest.approx(1512.0, rel=1e-12)
    assert row["km_mean"] == pytest.approx(1512.0 / 1.1, rel=1e-12)
    # Days: 0.1 · (0.6·2 + 0.4·40) + 1 = 2.72 t·days; 0.04 of 1.1 t crossed a customs border.
    assert row["days_mean"] == pytest.approx(2.72 / 1.1, rel=1e-12)
    assert row["borders_mean"] == pytest.approx(0.04 / 1.1, rel=1e-12)


def test_every_upstream_product_has_makers_whose_shares_add_to_one() -> None:
    result = trace(network(two_makers(1)), cars_plan(60.0, 40.0))
    parts = origin_by_site(result).filter(pl.col("of_product") == "part")
    assert values(parts, "origin_site", "share") == {"far": pytest.approx(0.4), "near": pytest.approx(0.6)}
    regions = origin_by_region(result).filter(pl.col("of_product") == "part")
    assert values(regions, "origin_region", "quantity_per_unit") == {"china": pytest.approx(0.4), "north_america": pytest.approx(0.6)}


# STANDARDS of the field: mine shares through blending (ISO 22095, physical attribution).


def mines() -> Tables:
    tables = two_makers(1)
    tables["products"] = [
        {"product_id": name, "unit": "t", "mass_kg_per_unit": 1000.0, "stage": name} for name in ("ore", "nickel", "pcam")
    ]
    tables["sites"] = [
        {"site_id": site, "country": country}
        for site, country in (("m1", "CN"), ("m2", "US"), ("a", "CN"), ("b", "US"), ("pcam_plant", "US"))
    ]
    tables["recipes"] = [{"recipe_id": "refine", "product_id": "nickel"}, {"recipe_id": "precipitate", "product_id": "pcam"}]
    tables["recipe_lines"] = [
        {"recipe_id": "refine", "product_id": "ore", "role": "input", "quantity_per_unit": 1.0},
        {"recipe_id": "precipitate", "product_id": "nickel", "role": "input", "quantity_per_unit": 1.0},
    ]
    tables["processes"] = [{"site_id": site, "product_id": "ore", "capacity_per_year": 500.0} for site in ("m1", "m2")]
    tables["processes"] += [{"site_id": site, "recipe_id": "refine", "capacity_per_year": 500.0} for site in ("a", "b")]
    tables["processes"] += [{"site_id": "pcam_plant", "recipe_id": "precipitate", "capacity_per_year": 500.0}]
    tables["demand"] = [
        {"site_id": "pcam_plant", "product_id": "pcam", "period_id": "2026", "quantity": 100.0, "shortage_cost_per_unit": 1.0}
    ]
    given = {"cost_per_unit": 0.0, "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}
    tables["lanes"] = [
        {"lane_id": f"{start}-{end}", "from_site": start, "to_site": end, "product_id": product, **given}
        for start, end, product in (
            ("m1", "a", "ore"), ("m2", "a", "ore"), ("m2", "b", "ore"), ("a", "pcam_plant", "nickel"), ("b", "pcam_plant", "nickel"),
        )
    ]  # fmt: skip
    return tables


def test_mine_shares_pass_through_two_refineries_into_the_blend() -> None:
    # 70/30 into refinery A (60 t), pure mine 2 into B (40 t): mine 1 = 0.7·60 % = 42 %, mine 2 = 58 %.
    plan = hand_plan(
        flows=[flow("m1-a", "ore", 42.0), flow("m2-a", "ore", 18.0), flow("m2-b", "ore", 40.0), flow("a-pcam_plant", "nickel", 60.0),
               flow("b-pcam_plant", "nickel", 40.0)],
        outputs=[
            {"site_id": "m1", "product_id": "ore", "quantity": 42.0},
            {"site_id": "m2", "product_id": "ore", "quantity": 58.0},
            {"site_id": "a", "recipe_id": "refine", "product_id": "nickel", "quantity": 60.0},
            {"site_id": "b", "recipe_id": "refine", "product_id": "nickel", "quantity": 40.0},
            {"site_id": "pcam_plant", "recipe_id": "precipitate", "product_id": "pcam", "quantity": 100.0},
        ],
        delivered=[{"site_id": "pcam_plant", "product_id": "pcam", "segment": "", "quantity": 100.0}],
    )  # fmt: skip
    result = trace(network(mines()), plan)
    ore = origin_by_site(result).filter(pl.col("of_product") == "ore")
    assert values(ore, "origin_site", "share") == {"m1": pytest.approx(0.42, abs=1e-12), "m2": pytest.approx(0.58, abs=1e-12)}
    nickel = origin_by_site(result).filter(pl.col("of_product") == "nickel")
    assert values(nickel, "origin_site", "share") == {"a": pytest.approx(0.6), "b": pytest.approx(0.4)}
    assert values(origin_by_country(result).filter(pl.col("of_product") == "ore"), "origin_country", "share") == {
        "CN": pytest.approx(0.42), "US": pytest.approx(0.58)}  # fmt: skip


# Recycling: offcuts of the plant go back into its metal.


def recycling() -> Tables:
    tables = two_makers(1)
    tables["products"] = [
        {
            "product_id": name,
            "unit": "kg",
            "mass_kg_per_unit": 1.0,
            "stage": name,
            "disposal_cost_per_unit": 3.0 if name == "dust" else None,
        }
        for name in ("metal", "cell", "offcut", "dust")
    ]
    tables["sites"] = [
        {"site_id": "plant", "country": "US"},
        {"site_id": "recycler", "country": "US"},
        {"site_id": "town", "country": "US"},
    ]
    tables["recipes"] = [{"recipe_id": "cut", "product_id": "cell"}, {"recipe_id": "melt", "product_id": "metal"}]
    tables["recipe_lines"] = [
        {"recipe_id": "cut", "product_id": "metal", "role": "input", "quantity_per_unit": 1.25},
        {"recipe_id": "cut", "product_id": "offcut", "role": "coproduct", "quantity_per_unit": 0.25},
        {"recipe_id": "melt", "product_id": "offcut", "role": "input", "quantity_per_unit": 1.0},
    ]
    tables["processes"] = [
        {"site_id": "plant", "recipe_id": "cut", "capacity_per_year": 500.0, "conversion_cost_per_unit": 2.0},
        {"site_id": "recycler", "recipe_id": "melt", "capacity_per_year": 500.0, "conversion_cost_per_unit": 4.0},
    ]
    tables["purchases"] = [
        {"site_id": "plant", "product_id": "metal", "offer_id": "", "price_per_unit": 10.0, "co2e_kg_per_unit": 5.0, "origin_country": "CN"}
    ]
    tables["demand"] = [
        {"site_id": "town", "product_id": "cell", "period_id": "2026", "quantity": 100.0, "shortage_cost_per_unit": 1.0},
        {"site_id": "town", "product_id": "offcut", "period_id": "2026", "quantity": 5.0, "shortage_cost_per_unit": 1.0},
    ]
    given = {"cost_per_unit": 0.0, "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}
    tables["lanes"] = [
        {"lane_id": lane, "from_site": start, "to_site": end, "product_id": product, **given}
        for lane, start, end, product in (
            ("cells", "plant", "town", "cell"), ("sold", "plant", "town", "offcut"), ("back", "plant", "recycler", "offcut"),
            ("again", "recycler", "plant", "metal"),
        )
    ]  # fmt: skip
    return tables


def recycling_plan() -> Plan:
    """125 kg of metal, 105 bought and 20 from offcuts, make 100 cells and 25 offcuts, of which 5 are sold."""
    return hand_plan(
        flows=[flow("cells", "cell", 100.0), flow("sold", "offcut", 5.0), flow("back", "offcut", 20.0), flow("again", "metal", 20.0)],
        outputs=[
            {"site_id": "plant", "recipe_id": "cut", "product_id": "cell", "quantity": 100.0},
            {"site_id": "recycler", "recipe_id": "melt", "product_id": "metal", "quantity": 20.0},
        ],
        purchased=[{"site_id": "plant", "product_id": "metal", "offer_id": "", "quantity": 105.0}],
        delivered=[
            {"site_id": "town", "product_id": "cell", "segment": "", "quantity": 100.0},
            {"site_id": "town", "product_id": "offcut", "segment": "", "quantity": 5.0},
        ],
    )


def test_recycling_is_solved_as_the_loop_it_is() -> None:
    result = trace(network(recycling()), recycling_plan(), allocation="mass")
    # By mass a cell takes 0.8 and its offcut 0.2. M = 1050 + R, R = 80 + 0.8·O, O = 0.2·(M + 200):
    # 0.84 M = 1162, M = 1383.33; cells 0.8·(M + 200) = 1266.67 and the 5 sold offcuts 63.33: in all 1330 = 1050 + 200 + 80.
    per_unit = result.costs.group_by("product_id").agg(pl.col("per_unit").sum())
    expected = 0.8 * (1162 / 0.84 + 200) / 100
    assert values(per_unit, "product_id", "per_unit") == {
        "cell": pytest.approx(expected, rel=1e-13),
        "offcut": pytest.approx(expected, rel=1e-13),
    }
    assert closed(result, "cost")["delivered"] == pytest.approx(1330.0, rel=1e-13)
    assert result.loops == 1
    assert "used: mass" in result.choices
    assert closes(result)


def test_recycled_metal_counts_each_time_it_is_made() -> None:
    result = trace(network(recycling()), recycling_plan(), allocation="mass")
    # A cell's metal passed the plant 1.25·0.8/0.84 = 1.190476 times: 1 kg bought, 20/125 of the throughput recycled.
    metal = origin_by_country(result).filter((pl.col("of_product") == "metal") & (pl.col("product_id") == "cell"))
    throughput = 1.25 * 0.8 / 0.84
    assert values(metal, "origin_country", "quantity_per_unit") == {
        "CN": pytest.approx(throughput * 105 / 125, rel=1e-13), "US": pytest.approx(throughput * 20 / 125, rel=1e-13)}  # fmt: skip


def test_goods_going_round_without_an_outlet_are_named_by_their_sites() -> None:
    tables = recycling()
    tables["recipe_lines"] = []
    tables["lanes"].append({"lane_id": "out", "from_site": "plant", "to_site": "recycler", "product_id": "metal", "cost_per_unit": 0.0,
                            "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0})  # fmt: skip
    plan = hand_plan(flows=[flow("out", "metal", 20.0), flow("again", "metal", 20.0)])
    with pytest.raises(UntraceablePlan, match="in 2026 metal goes round between plant and recycler and never leaves"):
        trace(network(tables), plan)


# Co-products and scrap.


def refinery(role: str = "coproduct", *, cobalt_value: float | None = 30.0) -> Tables:
    """10 ore (2 each) make 1 nickel and 0.2 cobalt; refining costs 4 a nickel."""
    tables = two_makers(1)
    tables["products"] = [
        {
            "product_id": name,
            "unit": "kg",
            "mass_kg_per_unit": 1.0,
            "stage": name,
            "disposal_cost_per_unit": 1.5 if name == "cobalt" else None,
        }
        for name in ("ore", "nickel", "cobalt")
    ]
    tables["sites"] = [{"site_id": "refinery", "country": "CN"}, {"site_id": "depot", "country": "CN"}]
    tables["recipes"] = [{"recipe_id": "refine", "product_id": "nickel"}]
    tables["recipe_lines"] = [
        {"recipe_id": "refine", "product_id": "ore", "role": "input", "quantity_per_unit": 10.0},
        {"recipe_id": "refine", "product_id": "cobalt", "role": role, "quantity_per_unit": 0.2},
    ]
    tables["processes"] = [{"site_id": "refinery", "recipe_id": "refine", "capacity_per_year": 500.0, "conversion_cost_per_unit": 4.0}]
    tables["purchases"] = [{"site_id": "refinery", "product_id": "ore", "offer_id": "", "price_per_unit": 2.0}]
    tables["demand"] = [
        {"site_id": "refinery", "product_id": product, "period_id": "2026", "quantity": quantity, "shortage_cost_per_unit": 1.0}
        for product, quantity in (("nickel", 100.0), ("cobalt", 20.0))
    ]
    tables["lanes"] = [{"lane_id": "out", "from_site": "refinery", "to_site": "depot", "product_id": "nickel", "cost_per_unit": 0.0,
                        "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}]  # fmt: skip
    told = {"nickel": 16.0, "cobalt": cobalt_value}
    tables["product_values"] = [
        {"product_id": product, "from_group": None, "valid_from": date(2026, 1, 1), "value_per_unit": value}
        for product, value in told.items()
        if value is not None
    ]
    return tables


def refinery_plan(sold: float = 20.0) -> Plan:
    thrown = [{"site_id": "refinery", "product_id": "cobalt", "quantity": 20.0 - sold}] if sold < 20 else []
    return hand_plan(
        outputs=[{"site_id": "refinery", "recipe_id": "refine", "product_id": "nickel", "quantity": 100.0}],
        purchased=[{"site_id": "refinery", "product_id": "ore", "offer_id": "", "quantity": 1000.0}],
        delivered=[
            {"site_id": "refinery", "product_id": product, "segment": "", "quantity": quantity}
            for product, quantity in (("nickel", 100.0), ("cobalt", sold))
            if quantity
        ],
        **({"disposed": thrown} if thrown else {}),
    )


@pytest.mark.parametrize(
    ("allocation", "nickel", "cobalt"),
    [
        ("value", 24 * 16 / 22, 24 * 6 / 22 / 0.2),  # 16 for the nickel, 0.2 · 30 = 6 for the cobalt
        ("mass", 24 / 1.2, 24 / 1.2),  # 1 kg and 0.2 kg
        ("none", 24.0, 0.0),
    ],
)
def test_co_products_share_their_recipe_as_asked(allocation: Any, nickel: float, cobalt: float) -> None:
    result = trace(network(refinery()), refinery_plan(), allocation=allocation)
    per_unit = values(result.costs.group_by("product_id").agg(pl.col("per_unit").sum()), "product_id", "per_unit")
    assert per_unit["nickel"] == pytest.approx(nickel, rel=1e-13)
    assert per_unit.get("cobalt", 0.0) == pytest.approx(cobalt, rel=1e-13)
    assert set(result.allocations["basis"]) == {allocation}
    assert closes(result)


def test_a_co_product_without_a_value_is_worth_nothing_and_the_basis_says_value() -> None:
    result = trace(network(refinery(cobalt_value=None)), refinery_plan())
    assert values(result.allocations, "product_id", "share") == {"nickel": 1.0, "cobalt": 0.0}
    assert set(result.allocations["basis"]) == {"value"}


def test_a_good_without_a_value_is_allocated_by_mass_and_says_so() -> None:
    tables = refinery()
    tables["product_values"] = [row for row in tables["product_values"] if row["product_id"] == "cobalt"]
    result = trace(network(tables), refinery_plan())
    assert set(result.allocations["basis"]) == {"mass"}
    assert "used: mass" in result.choices


def test_scrap_carries_nothing_and_its_maker_pays_for_throwing_it_away() -> None:
    result = trace(network(refinery("scrap")), refinery_plan(sold=0.0))
    # 20 ore + 4 refining + 0.2 · 1.5 disposal = 24.3 a nickel; nothing leaves with the scrap.
    assert result.costs["per_unit"].sum() == pytest.approx(24.3, rel=1e-13)
    assert closed(result, "cost")["disposed"] == 0.0
    assert result.allocations.height == 0
    assert closes(result)


def test_a_co_product_thrown_away_takes_its_share_with_it() -> None:
    result = trace(network(refinery()), refinery_plan(sold=10.0), allocation="mass")
    # Cobalt: 20 a kg, and half of the disposal cost of 10 · 1.5 = 15, which the pool's 20 kg share; 10 kg are thrown away.
    row = closed(result, "cost")
    assert row["disposed"] == pytest.approx(10 * 20 + 7.5, rel=1e-13)
    assert row["delivered"] == pytest.approx(100 * 20 + 10 * 20 + 7.5, rel=1e-13)


# Stocks.


def test_a_stock_mixes_this_year_with_last_and_carries_its_opening() -> None:
    tables = two_makers(2)
    tables["stocks"] = [
        {"site_id": "town", "product_id": "car", "initial_quantity": 10.0, "initial_cost_per_unit": 70.0, "initial_co2e_kg_per_unit": 7.0,
         "initial_origin_country": "CN"}
    ]  # fmt: skip
    parts = {("far", "2026"): 110.0, ("near", "2027"): 85.0}
    plan = hand_plan(
        flows=[flow(f"{site}-plant", "part", made, period) for (site, period), made in parts.items()]
        + [flow("plant-town", "car", made, period) for (_, period), made in parts.items()],
        outputs=[{"site_id": site, "product_id": "part", "quantity": made, "period_id": period} for (site, period), made in parts.items()]
        + [
            {"site_id": "plant", "recipe_id": "car_from_part", "product_id": "car", "quantity": made, "period_id": period}
            for (_, period), made in parts.items()
        ],
        delivered=[
            {"site_id": "town", "product_id": "car", "segment": "", "quantity": 100.0, "period_id": period} for period in ("2026", "2027")
        ],
        stocked=[
            {"site_id": "town", "product_id": "car", "quantity": 20.0, "period_id": "2026"},
            {"site_id": "town", "product_id": "car", "quantity": 5.0, "period_id": "2027"},
        ],
    )
    result = trace(network(tables), plan)
    # 2026: 110 new cars at 6 + 2 + 50 + 3 = 61, 10 old at 70: (6710 + 700) / 120 = 61.75.
    # 2027: 20 of these and 85 at 10 + 1 + 50 + 3 = 64: (1235 + 5440) / 105 = 63.571428...
    per_unit = values(result.costs.group_by("period_id").agg(pl.col("per_unit").sum()), "period_id", "per_unit")
    assert per_unit == {"2026": pytest.approx(61.75, rel=1e-13), "2027": pytest.approx(6675 / 105, rel=1e-13)}
    row = closed(result, "cost")
    assert row["closing_stock"] == pytest.approx(5 * 6675 / 105, rel=1e-13)
    assert row["opening_stock"] == 700.0
    assert row["plan_total"] == 110 * 61 + 85 * 64
    opened = result.costs.filter(pl.col("kind") == "opening_stock").select("period_id", "cost_country", "per_unit").rows()
    assert opened == [("2026", "CN", pytest.approx(700 / 120)), ("2027", "CN", pytest.approx(700 / 120 * 20 / 105))]
    cars = result.origins.filter((pl.col("of_product") == "car") & (pl.col("period_id") == "2026"))
    assert values(cars, "origin_site", "quantity_per_unit") == {None: pytest.approx(10 / 120), "plant": pytest.approx(110 / 120)}
    assert closes(result)


# What stands whether or not anything is made.


def test_idle_sites_and_unused_modules_stay_unallocated() -> None:
    tables = two_makers(1)
    tables["sites"][0]["fixed_cost_per_year"] = 40.0  # near
    tables["sites"][1]["fixed_cost_per_year"] = 90.0  # far
    tables["processes"][0] |= {"module_capacity_per_year": 50.0, "max_modules": 1, "module_cost": 1000.0, "asset_life_years": 10.0}
    tables["settings"][3]["value"] = "0"
    plan = cars_plan(0.0, 100.0, modules=[{"site_id": "near", "product_id": "part", "added": 1}])
    result = trace(network(tables), plan)
    # Without interest a tenth of the module's 1000 is paid in the year; near makes nothing, far carries 90 / 100 a car.
    assert unallocated(result) == {("cost:capital", "unused_modules", 100.0), ("cost:fixed", "idle_site", 40.0)}
    assert result.costs.filter(pl.col("kind") == "fixed")["per_unit"].to_list() == [pytest.approx(0.9, rel=1e-13)]
    assert closes(result)


def test_what_a_site_pays_once_is_carried_by_its_output_of_all_years() -> None:
    tables = two_makers(2)
    tables["sites"][1] |= {"status": "candidate", "opening_cost": 300.0}
    parts = {"2026": 100.0, "2027": 50.0}
    plan = hand_plan(
        flows=[flow("far-plant", "part", made, period) for period, made in parts.items()]
        + [flow("plant-town", "car", made, period) for period, made in parts.items()],
        outputs=[{"site_id": "far", "product_id": "part", "quantity": made, "period_id": period} for period, made in parts.items()]
        + [
            {"site_id": "plant", "recipe_id": "car_from_part", "product_id": "car", "quantity": made, "period_id": period}
            for period, made in parts.items()
        ],
        delivered=[
            {"site_id": "town", "product_id": "car", "segment": "", "quantity": made, "period_id": period} for period, made in parts.items()
        ],
        openings=[
            {"site_id": "far", "open": 1, "started": 1, "stopped": 0},
            {"site_id": "far", "open": 1, "started": 0, "stopped": 0, "period_id": "2027"},
        ],
    )
    result = trace(network(tables), plan)
    # 300 over 150 parts of one value: 2 a part in both years, though all was paid in the first.
    assert result.costs.filter(pl.col("kind") == "opening")["per_unit"].to_list() == [pytest.approx(2.0), pytest.approx(2.0)]
    assert closes(result)


def test_site_costs_follow_the_value_of_what_the_site_makes() -> None:
    tables = refinery()
    tables["sites"][0]["fixed_cost_per_year"] = 2200.0
    result = trace(network(tables), refinery_plan())
    # Output worth 100 · 16 and 20 · 30: the nickel carries 1600, the cobalt 600.
    fixed = result.costs.filter(pl.col("kind") == "fixed")
    assert values(fixed, "product_id", "per_unit") == {"nickel": pytest.approx(16.0, rel=1e-13), "cobalt": pytest.approx(30.0, rel=1e-13)}
    assert values(fixed, "product_id", "stage") == {"nickel": "nickel", "cobalt": "cobalt"}


def test_a_train_is_paid_by_the_tonnes_on_it_and_its_lanes_tests_by_all_they_ever_carry() -> None:
    tables = two_makers(1)
    tables["lane_groups"] = [{"capacity_group": "train", "fixed_cost_per_year": 110.0}]
    tables["lanes"][1]["capacity_group"] = "train"  # far-plant: 100 parts of 0.1 t
    tables["lanes"][2]["capacity_group"] = "train"  # plant-town: 100 cars of 1 t
    tables["lanes"][1]["qualification_cost"] = 50.0
    result = trace(network(tables), cars_plan(0.0, 100.0))
    # 110 over 10 t of parts and 100 t of cars: 0.1 and 1 a car; the test 0.5 a part.
    rows = (
        result.costs.filter(pl.col("kind").is_in(["lane_fixed", "qualification"])).select("stage", "kind", "cost_site", "per_unit").rows()
    )
    assert rows == [
        ("car", "lane_fixed", None, pytest.approx(1.0, rel=1e-13)),
        ("part", "lane_fixed", None, pytest.approx(0.1, rel=1e-13)),
        ("part", "qualification", None, pytest.approx(0.5, rel=1e-13)),
    ]
    assert closes(result)


def test_a_contract_is_carried_by_its_goods_and_what_was_not_taken_by_nobody() -> None:
    tables = two_makers(1)
    tables["contracts"] = [
        {"contract_id": "deal", "supplier": "near", "buyer": "plant", "product_id": "part", "status": "signed", "sign_cost": 30.0}
    ]
    tables["contract_phases"] = [
        {"contract_id": "deal", "start_date": date(2026, 1, 1), "min_quantity_per_year": 100.0, "take_or_pay_share": 0.8}
    ]
    tables["contract_prices"] = [{"contract_id": "deal", "start_date": date(2026, 1, 1), "from_quantity": 0.0, "price_per_unit": 12.0}]
    result = trace(network(tables), cars_plan(60.0, 40.0))
    # 60 parts carry the 30 of signing: 0.3 a car; 80 were promised, 20 not taken at 12 each.
    assert result.costs.filter(pl.col("kind") == "sign")["per_unit"].to_list() == [pytest.approx(0.3, rel=1e-13)]
    assert unallocated(result) == {("cost:take_or_pay", "take_or_pay", 240.0)}
    assert closes(result)


def test_goods_that_never_leave_are_left_over_not_lost() -> None:
    plan = cars_plan(60.0, 40.0)
    short = plan.with_table("delivered", plan["delivered"].head(0))
    result = trace(network(two_makers(1)), short)
    # The cars reach the town and nobody takes them: all they carry, 58.4 + 4.4 a car, is left over there.
    costs = {
        satellite: amount for satellite, reason, amount in unallocated(result) if reason == "left_over" and satellite.startswith("cost")
    }
    assert costs == {"cost:conversion": 5840.0, "cost:freight": 440.0}
    assert result.costs.height == 0
    assert closes(result)


# Plans that cannot be traced.


def test_a_plan_that_names_what_the_network_does_not_have_is_refused_in_words() -> None:
    plan = cars_plan(60.0, 40.0, disposed=[{"site_id": "nowhere", "product_id": "part", "quantity": 1.0}])
    with pytest.raises(UntraceablePlan, match="nowhere"):
        trace(network(two_makers(1)), plan)


def test_making_without_a_line_is_refused() -> None:
    tables = two_makers(1)
    tables["processes"][0]["capacity_per_year"] = 0.0
    with pytest.raises(UntraceablePlan, match="near makes part in 2026"):
        trace(network(tables), cars_plan(60.0, 40.0))


def test_an_unknown_allocation_is_refused() -> None:
    with pytest.raises(HinterlandError, match="value, mass, none"):
        trace(network(two_makers(1)), cars_plan(60.0, 40.0), allocation="price")


def test_readings_average_over_years_by_quantity_or_keep_them_apart() -> None:
    tables = two_makers(2)
    tables["periods"] = years(2026, 2)
    base = {"segment": "", "site_id": "town", "product_id": "car"}
    parts = {("far", "2026"): 100.0, ("near", "2027"): 50.0}
    plan = hand_plan(
        flows=[flow(f"{site}-plant", "part", made, period) for (site, period), made in parts.items()]
        + [flow("plant-town", "car", made, period) for (_, period), made in parts.items()],
        outputs=[{"site_id": site, "product_id": "part", "quantity": made, "period_id": period} for (site, period), made in parts.items()]
        + [
            {"site_id": "plant", "recipe_id": "car_from_part", "product_id": "car", "quantity": made, "period_id": period}
            for (_, period), made in parts.items()
        ],
        delivered=[{**base, "quantity": made, "period_id": period} for (_, period), made in parts.items()],
    )
    result = trace(network(tables), plan)
    # Conversion 56 in 100 cars of 2026, 60 in 50 cars of 2027: 172/3 on average.
    assert values(cost_by_kind(result), "kind", "per_unit")["conversion"] == pytest.approx(172 / 3, rel=1e-13)
    by_year = cost_by_kind(result, by=["period_id"]).filter(pl.col("kind") == "conversion")
    assert values(by_year, "period_id", "per_unit") == {"2026": pytest.approx(56.0), "2027": pytest.approx(60.0)}


def test_goods_that_go_round_a_hundred_million_times_are_refused_rather_than_told_wrong() -> None:
    tables = recycling()
    tables["recipe_lines"] = []
    tables["lanes"].append({**tables["lanes"][3], "lane_id": "out", "from_site": "plant", "to_site": "recycler"})
    tables["demand"] = [{"site_id": "recycler", "product_id": "metal", "period_id": "2026", "quantity": 3.0, "shortage_cost_per_unit": 1.0}]
    for often in (1e2, 1e4):
        plan = round_and_round(often)
        assert trace(network(tables), plan).costs["per_unit"].sum() == pytest.approx(10.0, rel=1e-9)
    with pytest.raises(UntraceablePlan, match="hardly anything leaves"):
        trace(network(tables), round_and_round(3e8 / 7))


def round_and_round(often: float) -> Plan:
    """3 kg bought and delivered, which meanwhile go round `often` times."""
    return hand_plan(
        flows=[flow("out", "metal", 3.0 * (often + 1)), flow("again", "metal", 3.0 * often)],
        purchased=[{"site_id": "plant", "product_id": "metal", "offer_id": "", "quantity": 3.0}],
        delivered=[{"site_id": "recycler", "product_id": "metal", "segment": "", "quantity": 3.0}],
    )
