"""Plans that are given: yesterday's openings in tomorrow's world, and a planner's own rows completed or refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from hinterland.core.errors import InfeasibleDesign, InvalidScenario
from hinterland.design import design
from hinterland.model.plan import Plan
from worlds import Tables, network, two_makers


def partial(**tables: list[dict[str, Any]]) -> Plan:
    return Plan({name: pl.DataFrame(rows) for name, rows in tables.items()}, complete=False)


def flow(lane: str, start: str, end: str, product: str, period: str, quantity: float) -> dict[str, Any]:
    return {"lane_id": lane, "from_site": start, "to_site": end, "product_id": product, "period_id": period, "quantity": quantity}


def told_of(plan: Plan, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return plan[table].select(*columns).rows()


NEAR_30 = flow("near-plant", "near", "plant", "part", "2026", 30.0)


def candidate(count: int = 2, **near: Any) -> Tables:
    tables = two_makers(count)
    tables["sites"][0] |= {"status": "candidate", "opening_cost": 40.0, "fixed_cost_per_year": 5.0} | near
    return tables


def test_given_flows_stand_and_the_rest_is_filled_in_at_least_cost() -> None:
    net = network(two_makers(2))
    result = design(net, complete=partial(flows=[NEAR_30]))
    assert told_of(result.plan, "flows", "lane_id", "period_id", "quantity") == [
        ("far-plant", "2026", pytest.approx(70.0)),
        ("far-plant", "2027", pytest.approx(100.0)),
        ("near-plant", "2026", pytest.approx(30.0)),
        ("plant-town", "2026", pytest.approx(100.0)),
        ("plant-town", "2027", pytest.approx(100.0)),
    ]
    assert told_of(result.plan, "outputs", "site_id", "period_id", "quantity")[:3] == [
        ("far", "2026", pytest.approx(70.0)),
        ("far", "2027", pytest.approx(100.0)),
        ("near", "2026", pytest.approx(30.0)),
    ]
    # 30 parts from near cost 11 each instead of 8, in money of the year's mean day
    free, delta = design(net), (1 - 1 / 1.08) / 0.0769610411361284
    assert dict(result.objective)["cost"] - dict(free.objective)["cost"] == pytest.approx(30 * 3 * delta)


def test_a_row_without_its_lane_stands_for_all_lanes_that_fit() -> None:
    tables = two_makers(1)
    tables["lanes"].append(tables["lanes"][0] | {"lane_id": "near-plant-2", "capacity_per_year": 20.0, "cost_per_unit": 0.5})
    row = NEAR_30 | {"lane_id": None}
    result = design(network(tables), complete=partial(flows=[row]))
    assert told_of(result.plan, "flows", "lane_id", "quantity")[1:3] == [
        ("near-plant", pytest.approx(10.0)),
        ("near-plant-2", pytest.approx(20.0)),
    ]


def test_outputs_purchases_deliveries_stocks_and_disposal_are_kept() -> None:
    tables = two_makers(1)
    tables["products"][0]["disposal_cost_per_unit"] = 1.0
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 90.0, "offer_id": "spot"}]
    tables["stocks"] = [{"site_id": "plant", "product_id": "part", "max_quantity": 50.0}]
    given = partial(
        outputs=[{"site_id": "near", "product_id": "part", "period_id": "2026", "quantity": 25.0}],
        purchased=[{"site_id": "plant", "product_id": "part", "offer_id": "spot", "period_id": "2026", "quantity": 5.0}],
        delivered=[{"site_id": "town", "product_id": "car", "period_id": "2026", "quantity": 80.0}],
        stocked=[{"site_id": "plant", "product_id": "part", "period_id": "2026", "quantity": 12.0}],
        disposed=[{"site_id": "plant", "product_id": "part", "period_id": "2026", "quantity": 3.0}],
    )
    plan = design(network(tables), complete=given).plan
    for table, rows in given.tables.items():
        for row in rows.iter_rows(named=True):
            found = plan[table].filter(*[pl.col(name) == row[name] for name in ("site_id", "product_id") if row.get(name)])
            assert found["quantity"].to_list() == [pytest.approx(row["quantity"])], table
    # 80 cars + 12 kept + 3 thrown away = 95 parts, of which 25 and 5 are given
    assert plan["outputs"].filter(pl.col("site_id") == "far")["quantity"].to_list() == [pytest.approx(65.0)]


def test_a_delivery_below_demand_is_shortage() -> None:
    given = partial(delivered=[{"site_id": "town", "product_id": "car", "period_id": "2026", "quantity": 60.0}])
    result = design(network(two_makers(1)), complete=given)
    assert dict(result.objective)["shortage"] == pytest.approx(40 * 1000.0)


def test_given_openings_and_modules_are_kept() -> None:
    tables = candidate()
    tables["processes"][0] |= {"module_capacity_per_year": 40.0, "max_modules": 2, "module_cost": 100.0, "asset_life_years": 10.0}
    given = partial(
        openings=[{"site_id": "near", "period_id": "2026", "open": 0}, {"site_id": "near", "period_id": "2027", "open": 1}],
        modules=[{"site_id": "near", "product_id": "part", "period_id": "2027", "added": 2}],
    )
    plan = design(network(tables), complete=given).plan
    assert told_of(plan, "openings", "period_id", "open", "started") == [("2026", 0, 0), ("2027", 1, 1)]
    assert told_of(plan, "modules", "period_id", "added") == [("2027", 2)]


def test_a_given_flow_that_no_lane_can_carry_is_refused_by_its_row() -> None:
    tables = two_makers(1)
    tables["lanes"][0]["capacity_per_year"] = 20.0
    with pytest.raises(InfeasibleDesign) as refused:
        design(network(tables), complete=partial(flows=[NEAR_30]))
    assert refused.value.conflict == (
        "the plan's flow of part near → plant on lane near-plant (30 piece) in 2026",
        "capacity of lane near-plant is 20 piece in 2026",
    )
    assert refused.value.relaxed == ("the plan's flow of part near → plant on lane near-plant (30 piece) in 2026: 10 piece less",)


def test_given_outputs_that_together_exceed_demand_are_both_named() -> None:
    rows = [{"site_id": site, "product_id": "part", "period_id": "2026", "quantity": 70.0} for site in ("near", "far")]
    with pytest.raises(InfeasibleDesign) as refused:
        design(network(two_makers(1)), complete=partial(outputs=rows))
    assert refused.value.conflict == (
        "the plan's output of part at far (70 piece) in 2026",
        "the plan's output of part at near (70 piece) in 2026",
        "demand for car at town is 100 piece in 2026",
    )


def test_a_delivery_above_demand_says_how_much_less_would_do() -> None:
    given = partial(delivered=[{"site_id": "town", "product_id": "car", "period_id": "2026", "quantity": 160.0}])
    with pytest.raises(InfeasibleDesign) as refused:
        design(network(two_makers(1)), complete=given)
    assert refused.value.relaxed == ("the plan's delivery of car at town (160 piece) in 2026: 60 piece less",)


def test_rows_that_the_tables_do_not_know_are_all_named_at_once() -> None:
    given = partial(
        flows=[flow("sea", "near", "town", "part", "2026", 1.0), flow("near-plant", "near", "plant", "part", "2031", 2.0)],
        openings=[{"site_id": "far", "period_id": "2026", "open": 0}],
    )
    with pytest.raises(InfeasibleDesign) as refused:
        design(network(two_makers(1)), complete=given)
    assert refused.value.conflict == (
        "the plan's flow of part near → plant on lane near-plant (2 piece) in 2031: nothing in the tables allows it there and then",
        "the plan's flow of part near → town on lane sea (1 piece) in 2026: nothing in the tables allows it there and then",
        "the plan has far shut in 2026: the site is operating",
    )


def test_a_plan_that_asks_for_more_than_anybody_needs_is_completed_where_waste_is_allowed() -> None:
    tables = candidate(1)
    tables["products"][0]["disposal_cost_per_unit"] = 1.0
    given = partial(flows=[flow("near-plant", "near", "plant", "part", "2026", 140.0)])
    plan = design(network(tables), complete=given).plan
    assert plan["flows"].filter(pl.col("lane_id") == "near-plant")["quantity"].to_list() == [pytest.approx(140.0)]
    assert plan["disposed"]["quantity"].to_list() == [pytest.approx(40.0)]


def test_a_design_s_own_plan_is_complete() -> None:
    net = network(candidate())
    once = design(net)
    again = design(net, complete=once.plan)
    assert dict(again.objective) == pytest.approx(dict(once.objective))
    for name, table in once.plan.tables.items():
        assert table.equals(again.plan[name]), name


def test_fixing_keeps_openings_and_moves_the_flows_anew() -> None:
    always = [{"site_id": "near", "period_id": period, "open": 1} for period in ("2026", "2027")]
    opened = design(network(candidate()), complete=partial(openings=always)).plan
    dear = candidate()
    dear["lanes"][1]["cost_per_unit"] = 20.0  # a tariff on what comes from afar: near is now the cheaper one
    kept = design(network(dear), fix=opened)
    assert kept.plan["openings"].equals(opened["openings"])
    assert kept.plan["flows"].filter(pl.col("lane_id") == "near-plant")["quantity"].to_list() == [pytest.approx(100.0)] * 2
    assert opened["flows"].filter(pl.col("lane_id") == "near-plant").height == 0


def test_fixing_opens_nothing_that_the_plan_did_not() -> None:
    dear = candidate()
    dear["lanes"][1]["cost_per_unit"] = 500.0
    shut = design(network(candidate())).plan
    assert shut["openings"]["open"].sum() == 0
    kept = design(network(dear), fix=shut)
    assert kept.plan["openings"]["open"].sum() == 0
    assert design(network(dear)).plan["openings"]["open"].sum() == 2


def test_an_opening_that_tomorrow_s_world_does_not_allow_is_named() -> None:
    opened = design(
        network(candidate()), complete=partial(openings=[{"site_id": "near", "period_id": "2027", "open": 1, "started": 1}])
    ).plan
    late = network(candidate(latest_date=date(2026, 6, 1)))
    with pytest.raises(InfeasibleDesign) as refused:
        design(late, fix=opened)
    assert refused.value.conflict == ("the plan's start of near (started = 1) in 2027", "near cannot start in 2027")


def test_a_contract_of_the_kept_plan_that_this_world_has_not_signed_is_refused() -> None:
    tables = two_makers(1)
    tables["contracts"] = [{"contract_id": "near_plant", "supplier": "near", "buyer": "plant", "product_id": "part", "status": "option"}]
    tables["contract_phases"] = [{"contract_id": "near_plant", "start_date": date(2026, 1, 1), "min_share": 1.0}]
    signed = two_makers(1) | tables
    signed["contracts"] = [tables["contracts"][0] | {"status": "signed"}]
    plan = design(network(signed)).plan
    with pytest.raises(InvalidScenario) as refused:
        design(network(tables), fix=plan)
    (issue,) = refused.value.issues
    assert (issue.table, issue.code) == ("contracts", "contract_not_signed")
    assert "near_plant" in issue.what
    assert "an option under the plain tables" in issue.why
