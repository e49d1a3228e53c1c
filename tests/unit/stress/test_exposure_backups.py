"""Exposure counts on those who step in and on ways around: a car a day, the far maker or its canal shut; every figure worked on paper."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hinterland.core.errors import InvalidTables
from hinterland.stress.exposure.expose import expose, worst_failures
from stress_worlds import broken, car_a_day, plan_from_afar

STEP_IN = {"site_id": "far", "product_id": "part", "alternate_site_id": "near", "qualification_days": 14.0, "max_share": 0.5}
AROUND = {"reaction_id": "round", "kind": "reroute", "product": "part", "lead_time_days": 42.0}
ROWS = [{"site_id": "far", "recovery_days_low": 21.0, "recovery_days_high": 42.0}]


def node(kind, name, plan=None, how=None, tables=None, **rows):
    net = broken(tables or car_a_day(), recoveries=ROWS, **rows)
    found = expose(net, plan or plan_from_afar(), **(how or {}))
    return {(row["kind"], row["node"]): row for row in found.nodes.iter_rows(named=True)}[kind, name]


def test_who_steps_in_after_two_weeks_supplies_half_until_the_gap_is_closed():
    """Down for weeks 0 to 5; the far parts are missing in weeks 4 to 9 of the plant. Near ships 3.5 a week from week 2, there from week 3:
    the parts of week 3 wait a week in stock, so weeks 4 to 9 have 3.5 each and 3.5 beside: 42 - 21 - 3.5 are lost."""
    row = node("site", "far", alternates=[STEP_IN])
    assert row["lost_units"] == pytest.approx(42 - 21 - 3.5)
    assert row["survival_days"] == 7, "one week of gap is covered by what was put aside"
    assert node("site", "far")["lost_units"] == pytest.approx(42)


def test_a_reaction_adds_its_delay():
    """Four weeks later near ships from week 6, there from week 7: weeks 7, 8 and 9 have half."""
    row = node("site", "far", alternates=[STEP_IN], reactions=[{"reaction_id": "slow", "kind": "alternate", "delay_days": 28.0}])
    assert row["lost_units"] == pytest.approx(42 - 10.5)


def test_as_one_stretch_those_who_step_in_count_for_the_days_after_their_qualification():
    """42 days need 42; 35 are on the way; 28 days of half are 14: nothing is lost in 42 days, and the worst stretch is none."""
    row = node("site", "far", how={"method": "block"}, alternates=[STEP_IN])
    assert row["loss_high"] == pytest.approx(0, abs=1e-6)
    late = {**STEP_IN, "qualification_days": 40.0}
    assert node("site", "far", how={"method": "block"}, alternates=[late])["lost_units"] == pytest.approx(42 - 35 - 1)
    assert node("site", "far", how={"method": "block"}, alternates=[late])["survival_days"] == pytest.approx(35)
    assert node("site", "far", how={"method": "block"}, alternates=[STEP_IN])["survival_days"] == pytest.approx((35 - 7) / 0.5)


def test_who_stands_still_too_steps_in_when_it_is_back():
    """Both stand still for 28 days: near is qualified and back in week 4, there in week 5: half of weeks 5, 6 and 7."""
    tables = car_a_day()
    for row in tables["sites"]:
        row["operator"] = "both" if row["site_id"] in {"far", "near"} else "others"
    rows = [{"site_id": "far", "recovery_days_low": 28.0, "recovery_days_high": 28.0}]
    found = expose(broken(tables, recoveries=rows, alternates=[STEP_IN]), plan_from_afar(), kinds=["operator"])
    row = {one["node"]: one for one in found.nodes.iter_rows(named=True)}["both"]
    assert row["lost_units"] == pytest.approx(28 - 10.5)


def test_a_line_does_not_serve_its_own_customers_and_those_it_steps_in_for_at_once():
    """Near makes 3.5 a week and the plan takes 1.75 of it. In response it may send 3.5 on its own lane or as the alternate, not both.

    Weeks 4 to 9 need 7 and have 3.5: 21 are missing; 1.75 more than planned arrive in weeks 1, 2 and 3, the week 0 is on its way: 15.75.
    """
    tables = car_a_day()
    tables["processes"][0]["capacity_per_year"] = 182.5
    plan = plan_from_afar(amount=273.0)
    rows = plan.tables
    more = {
        "flows": [{"lane_id": "near-plant", "product_id": "part", "period_id": "2026", "quantity": 91.0}],
        "outputs": [
            {"site_id": "near", "recipe_id": "", "product_id": "part", "vintage": "existing", "period_id": "2026", "quantity": 91.0}
        ],
    }
    for name, some in more.items():
        plan = plan.with_table(name, pl.concat([rows[name], pl.DataFrame(some)], how="diagonal_relaxed"))
    up = {"plant-town": 91.0}
    flows = plan.tables["flows"].with_columns(quantity=pl.col("quantity") + pl.col("lane_id").replace_strict(up, default=0.0))
    outputs = plan.tables["outputs"].with_columns(
        quantity=pl.col("quantity") + pl.when(pl.col("site_id") == "plant").then(91.0).otherwise(0.0)
    )
    plan = (
        plan.with_table("flows", flows)
        .with_table("outputs", outputs)
        .with_table("delivered", rows["delivered"].with_columns(quantity=pl.lit(364.0)))
    )
    alone = node("site", "far", plan, tables=tables)
    helped = node("site", "far", plan, tables=tables, alternates=[{**STEP_IN, "qualification_days": 0.0, "max_share": 1.0}])
    assert alone["lost_units"] == pytest.approx(15.75)
    assert helped["lost_units"] == pytest.approx(alone["lost_units"], abs=1e-6)


def test_a_closed_passage_is_gone_around_two_weeks_later():
    """28 days of canal: 28 parts are missing in weeks 4 to 7. Those sent round from week 0 on are there from week 6 on: two weeks are lost."""
    assert node("passage", "panama", how={"recovery_days": (28.0, 28.0)}, reactions=[AROUND])["lost_units"] == pytest.approx(14)
    assert node("passage", "panama", how={"recovery_days": (28.0, 28.0)})["lost_units"] == pytest.approx(28)


def test_no_way_around_a_site_that_stands_still():
    assert node("site", "far", reactions=[AROUND])["lost_units"] == pytest.approx(42)


def test_a_way_that_nobody_can_compute_is_told_and_not_refused():
    net = broken(car_a_day(), reactions=[{**AROUND, "lead_time_days": None}])
    found = expose(net, plan_from_afar(), kinds=["passage"])
    assert any("no other way around" in one for one in found.notes)


def test_who_is_the_only_way_of_a_good_is_a_single_point_of_failure():
    found = expose(broken(car_a_day(), alternates=[STEP_IN]), plan_from_afar(), kinds=["site", "lane", "product_group", "product"])
    told = {row["node"]: row["single_point_of"] for row in found.nodes.iter_rows(named=True)}
    assert told["plant"] == told["plant-town"] == told["car"] == "car"
    assert told["far"] is None, "near steps in"
    assert {row["node"]: row["single_point_of"] for row in expose(broken(car_a_day()), plan_from_afar()).nodes.iter_rows(named=True)}[
        "far"
    ] == "car"


def test_a_product_group_is_a_stage_or_group_of_several_products():
    tables = car_a_day()
    for row in tables["products"]:
        row["stage"] = "metal"
    tables["groups"] = [{"group_id": "all", "member": one} for one in ("part", "car")]
    nodes = expose(broken(tables), plan_from_afar(), kinds=["product_group"]).nodes
    assert set(nodes["node"]) == {"metal", "@all"}
    assert nodes["loss_high"].n_unique() == 1


def test_each_kind_of_node_is_told_and_its_days_are_a_range():
    tables = car_a_day()
    tables["sites"][1]["operator"] = "far away ltd"
    found = expose(broken(tables, recoveries=ROWS), plan_from_afar())
    assert set(found.nodes["kind"]) == {"site", "operator", "country", "region", "passage", "lane", "product"}
    told = {(one["kind"], one["node"]): one for one in found.nodes.iter_rows(named=True)}
    row = told["operator", "far away ltd"]
    assert (row["recovery_days_low"], row["recovery_days_high"]) == (21, 42)
    assert (row["loss_low"], row["loss_high"]) == (pytest.approx(2100), pytest.approx(4200))
    assert not row["survives"]


def test_fewer_than_no_failures_are_refused():
    for ask in (lambda net: expose(net, plan_from_afar(), worst=-1), lambda net: worst_failures(net, plan_from_afar(), -1)):
        with pytest.raises(InvalidTables) as refused:
            ask(broken(car_a_day()))
        assert refused.value.issues[0].code == "bounds"


def test_sites_that_fail_together_are_down_as_long_as_the_slowest():
    pairs = worst_failures(broken(car_a_day(), recoveries=ROWS), plan_from_afar(), 2, recovery_days=(7.0, 14.0))
    told = {row["nodes"]: row for row in pairs.iter_rows(named=True)}
    assert told["far + plant"]["recovery_days"] == 42
    three = worst_failures(broken(car_a_day(), recoveries=ROWS), plan_from_afar(), 3, recovery_days=(7.0, 14.0))
    assert three.height <= 1
    assert np.isfinite(pairs["loss"].to_numpy()).all()
