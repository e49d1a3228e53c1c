"""What would help: each measure is the rows a planner would add, and adding them gives the loss that is told; money worked on paper."""

from __future__ import annotations

import polars as pl
import pytest

from hinterland.stress.exposure.expose import expose
from hinterland.tables.declared import TABLES
from stress_worlds import broken, car_a_day, plan_from_afar

ROWS = [{"site_id": "far", "recovery_days_low": 21.0, "recovery_days_high": 42.0}]
TOLD = {"site_id": "far", "product_id": "part", "alternate_site_id": "near", "qualification_days": 70.0, "extra_cost_per_unit": 4.0}


def world(**rows):
    tables = car_a_day()
    tables["product_values"] = [{"product_id": "part", "value_per_unit": 10.0}]
    return broken(tables, recoveries=ROWS, **rows)


def options(found, node="far", kind="site"):
    mine = found.options.filter((pl.col("node") == node) & (pl.col("kind") == kind))
    return {row["option"]: row for row in mine.iter_rows(named=True)}


def as_rows(found, node, option):
    """Rows of the result as rows of tables."""
    told = found.option_rows.filter((pl.col("node") == node) & (pl.col("option") == option))
    tables: dict[str, list[dict[str, object]]] = {}
    for table, text in told.select("table", "row").iter_rows():
        cells = dict(one.split("=", 1) for one in text.split("; "))
        numbers = {name for name in cells if TABLES[table].by_name[name].dtype == pl.Float64}
        tables.setdefault(table, []).append({name: float(cell) if name in numbers else cell for name, cell in cells.items()})
    return tables


@pytest.mark.parametrize("method", ["weekly", "block"])
@pytest.mark.parametrize("option", ["buffer", "second_source", "call_off"])
def test_whoever_adds_the_rows_finds_the_loss_that_was_told(option, method):
    found = expose(world(), plan_from_afar(), kinds=["site"], method=method, what_if=True)
    told = options(found)[option]
    again = expose(world(**as_rows(found, "far", option)), plan_from_afar(), kinds=["site"], method=method)
    row = {one["node"]: one for one in again.nodes.iter_rows(named=True)}["far"]
    assert row["loss_high"] == pytest.approx(told["loss_after"], abs=1e-6)


def test_two_weeks_of_stock_at_the_plant_save_two_weeks_and_cost_what_holding_costs():
    """14 parts worth 10 each, held for a year at the assumed 10 %: 14."""
    found = expose(world(), plan_from_afar(), kinds=["site"], what_if=True)
    row = options(found)["buffer"]
    assert row["avoided"] == pytest.approx(1400)
    assert row["cost_per_year"] == pytest.approx(14 * 10 * 0.1)
    assert "10%" in row["assumed"]
    assert as_rows(found, "far", "buffer") == {
        "replenishment": [{"site_id": "plant", "product_id": "part", "policy": "plan", "safety_quantity": 14.0}]
    }


def test_a_row_of_stocks_without_a_holding_cost_tells_none():
    """The empty cell is no 0: what nobody told is assumed, and the buffer keeps its rank by cost."""
    kept = [{"site_id": "plant", "product_id": "part", "max_quantity": 100.0}]
    told = options(expose(world(stocks=kept), plan_from_afar(), kinds=["site"], what_if=True))["buffer"]
    assert told["cost_per_year"] == pytest.approx(14.0)
    assert "10%" in told["assumed"]


def test_a_second_source_qualified_in_advance_saves_all_but_nothing_of_its_cost():
    """Near ships from week 0 and is there a week later: the gap of weeks 4 to 9 is filled. 365.25 parts a year worth 10: 1 % of it."""
    found = expose(world(), plan_from_afar(), kinds=["site"], what_if=True)
    row = options(found)["second_source"]
    assert row["loss_after"] == pytest.approx(0, abs=1e-6)
    assert row["cost_per_year"] == pytest.approx(365.25 * 10 * 0.01)
    assert as_rows(found, "far", "second_source")["alternates"][0]["alternate_site_id"] == "near"


def test_a_second_source_that_the_table_names_is_taken_with_its_extra_cost():
    found = expose(world(alternates=[TOLD]), plan_from_afar(), kinds=["site"], what_if=True)
    row = options(found)["second_source"]
    assert row["loss"] == pytest.approx(4200), "ten weeks of qualification come too late"
    assert row["avoided"] == pytest.approx(4200)
    assert row["cost_per_year"] == pytest.approx(365.25 * (10 * 0.01 + 4 * 0.05))


def test_call_off_rights_lie_in_another_region_and_begin_after_four_weeks():
    """Half of the flow from week 4 on, there from week 5: weeks 5 to 9 lack half, week 4 all."""
    found = expose(world(), plan_from_afar(), kinds=["site"], what_if=True)
    row = options(found)["call_off"]
    assert row["avoided"] == pytest.approx(5 * 3.5 * 100)
    assert row["cost_per_year"] == pytest.approx(365.25 * 0.5 * 10 * 0.03)
    same = car_a_day()
    same["product_values"] = [{"product_id": "part", "value_per_unit": 10.0}]
    same["sites"][0]["country"] = "CN"
    assert "call_off" not in options(expose(broken(same, recoveries=ROWS), plan_from_afar(), kinds=["site"], what_if=True))


def test_a_standby_without_a_module_cost_is_assumed_to_cost_a_tenth_of_its_output():
    row = options(expose(world(), plan_from_afar(), kinds=["site"], what_if=True))["standby"]
    assert row["cost_per_year"] == pytest.approx(365.25 * 10 * 0.5 * 0.1)
    assert "assumed" not in row["option"]
    assert row["assumed"]


def test_a_way_that_is_shut_has_a_second_source_by_another_way():
    row = options(expose(world(), plan_from_afar(), kinds=["passage"], what_if=True, recovery_days=(42.0, 42.0)), "panama", "passage")
    assert row["second_source"]["loss_after"] == pytest.approx(0, abs=1e-6)
    assert row["buffer"]["avoided"] == pytest.approx(1400)


def test_a_pool_that_orders_by_its_own_rule_keeps_it():
    own = [{"site_id": "plant", "product_id": "part", "policy": "days_of_cover", "cover_days": 7.0}]
    found = expose(world(replenishment=own), plan_from_afar(), kinds=["site"], what_if=True)
    assert options(found)["buffer"]["loss"] == pytest.approx(3500)
    assert options(found)["buffer"]["loss_after"] == pytest.approx(2100)
    assert as_rows(found, "far", "buffer")["replenishment"][0]["policy"] == "days_of_cover"


def owned(*sites, **rows):
    """The world in which these sites have one operator."""
    tables = car_a_day()
    tables["product_values"] = [{"product_id": "part", "value_per_unit": 10.0}, {"product_id": "car", "value_per_unit": 100.0}]
    for row in tables["sites"]:
        row["operator"] = "both" if row["site_id"] in sites else "others"
    return expose(broken(tables, recoveries=ROWS, **rows), plan_from_afar(), kinds=["operator"], what_if=True)


def test_no_stock_is_bought_for_a_line_that_stands_still_too():
    """Far and the plant stand still for 42 days: parts at the plant would wait with it; 14 cars at the market sell, and cost 14 x 100 x 10 %."""
    found = owned("far", "plant")
    row = options(found, "both", "operator")["buffer"]
    assert as_rows(found, "both", "buffer") == {
        "replenishment": [{"site_id": "town", "product_id": "car", "policy": "plan", "safety_quantity": 14.0}]
    }
    assert row["avoided"] == pytest.approx(1400)
    assert row["cost_per_year"] == pytest.approx(140)


def test_who_stands_still_with_the_node_is_no_second_source():
    """Near may be named by the table or found, and does nothing in the plan: as long as it has the operator of far it stands still, too."""
    for rows in ({}, {"alternates": [TOLD]}):
        assert {"second_source", "call_off"} <= set(options(owned("far", **rows), "both", "operator"))
        assert set(options(owned("far", "near", **rows), "both", "operator")) == {"buffer", "standby"}


def test_nobody_is_a_second_source_of_a_product_that_nobody_can_make():
    found = expose(world(), plan_from_afar(), kinds=["product"], what_if=True)
    assert set(options(found, "part", "product")) == {"buffer", "standby"}


def test_who_stops_the_same_is_helped_once_by_the_narrowest_name():
    """Far is all that its country and its region have: the site is told, and the room it leaves goes to others."""
    kinds = ["country", "region", "site"]
    found = expose(world(), plan_from_afar(), kinds=kinds, what_if=True)
    lone = found.nodes.filter(pl.col("loss_high") == found.nodes.filter(pl.col("node") == "far")["loss_high"][0])
    assert set(lone["kind"]) == set(kinds)
    told = set(found.options.select("kind", "node").iter_rows())
    assert ("site", "far") in told
    assert not {(kind, name) for kind, name in lone.select("kind", "node").iter_rows() if kind != "site"} & told
