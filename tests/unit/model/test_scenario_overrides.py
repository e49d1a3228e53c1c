"""Overrides are typed as cells of a file are, mean the rows that `where` names, and never change anything silently."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from hinterland.app import read
from hinterland.core.errors import InvalidScenario
from hinterland.model.scenario import resolve, scenario_issues
from worlds import network, two_makers


def world(*overrides, scenario="s", **more):
    """two_makers with one scenario of overrides (table, where, column, value, action)."""
    tables = two_makers() | more
    tables["scenarios"] = [{"scenario_id": scenario}]
    names = ("table", "where", "column", "value", "action")
    tables["overrides"] = [
        {"scenario_id": scenario, "order": at, **dict(zip(names, row, strict=False))} for at, row in enumerate(overrides)
    ]
    return read(tables)


def codes(net, names=("s",)):
    return [(issue.code, issue.severity) for issue in scenario_issues(net, names)]


def cost(net):
    return dict(net["lanes"].select("lane_id", "cost_per_unit").iter_rows())


@pytest.mark.parametrize(
    ("action", "value", "costs"),
    [("set", "4", [4.0, 4.0, 3.0]), ("scale", "1.5", [1.5, 3.0, 3.0]), ("add", "-0.5", [0.5, 1.5, 3.0])],
)
def test_set_scale_and_add_move_the_rows_meant_and_no_others(action, value, costs):
    net = resolve(world(("lanes", "product_id=part", "cost_per_unit", value, action)), "s")
    assert [cost(net)[lane] for lane in ("near-plant", "far-plant", "plant-town")] == costs


def test_drop_takes_the_rows_out():
    net = resolve(world(("lanes", "lane_id=far-plant", None, None, "drop")), "s")
    assert net["lanes"]["lane_id"].to_list() == ["near-plant", "plant-town"]


def test_an_empty_value_is_the_columns_default_and_not_a_hole():
    net = resolve(world(("processes", "site_id=near", "conversion_cost_per_unit", "", "set")), "s")
    assert net["processes"].filter(pl.col("site_id") == "near")["conversion_cost_per_unit"].item() == 0.0


def test_a_date_a_flag_and_a_whole_number_are_typed():
    rows = (
        ("sites", "site_id=near", "earliest_date", "2027-01-01"),
        ("recipes", "*", "confers_origin", "no"),
        ("sites", "site_id=near", "jobs", "12"),
    )
    net = resolve(world(*rows), "s")
    assert net["sites"]["earliest_date"][0] == date(2027, 1, 1)
    assert net["recipes"]["confers_origin"][0] is False
    assert net["sites"]["jobs"][0] == 12


@pytest.mark.parametrize(
    ("override", "code"),
    [
        (("lanes", "*", "cost_per_unit", "dear"), "wrong_type"),
        (("lanes", "*", "cost_per_unit", "1,5"), "decimal_comma"),
        (("lanes", "*", "cost_per_unit", "nan"), "not_finite"),
        (("lanes", "*", "cost_per_unit", "inf"), "not_finite"),
        (("recipes", "*", "confers_origin", "perhaps"), "wrong_type"),
        (("sites", "*", "earliest_date", "1.1.2027"), "wrong_type"),
        (("sites", "site_id=near", "jobs", "2.5"), "wrong_type"),
        (("processes", "site_id=near", "max_modules", "1.5", "scale"), "changes_nothing"),
        (("lanes", "*", "lane_id", "2", "scale"), "wrong_type"),
        (("periods", "*", "start_date", "2", "add"), "wrong_type"),
        (("lanes", "*", "cost_per_unit", "", "scale"), "empty_cell"),
        (("lanes", "*", "from_site", ""), "empty_cell"),
        (("processes", "site_id=near", "available_share", "25"), "share_over_one"),
        (("processes", "site_id=near", "capacity_per_year", "-1"), "bounds"),
        (("processes", "site_id=near", "capacity_per_year", "-1", "scale"), "bounds"),
        (("lanes", "lane_id=near-plant", "from_site", "nowhere"), "unknown_reference"),
        (("lanes", "*", "lane_id", "one"), "duplicate_key"),
        (("sites", "site_id=near", "status", "planned"), "wrong_choice"),
        (("periods", "period_id=2027", "start_date", "2027-01-05"), "period_gap"),
        (("settings", "key=base_date", "value", "soon"), "wrong_type"),
        (("settings", "key=objective", "value", "beauty"), "wrong_choice"),
        (("sites", "site_id=near", None, None, "drop"), "unknown_reference"),
        (("lanes", "*", "_row", "1"), "unknown_column"),
        (("lanes", "_row=2", "cost_per_unit", "1"), "unknown_column"),
        (("overrides", "*", "value", "1"), "not_supported_yet"),
    ],
)
def test_an_override_goes_through_the_checks_that_typed_cells_go_through(override, code):
    net = world(override)
    found = scenario_issues(net, ["s"])
    assert code in {issue.code for issue in found}
    if code != "changes_nothing":
        with pytest.raises(InvalidScenario):
            resolve(net, "s")
    assert all(issue.what and issue.why and issue.fix for issue in found)


def test_all_problems_of_a_scenario_come_at_once():
    net = world(("lanes", "lane_id=x", "cost_per_unit", "1"), ("lanes", "*", "cost", "1"), ("moon", "*", "x", "1"))
    assert [code for code, _ in codes(net)] == ["matches_nothing", "unknown_column", "unknown_table"]


def test_a_setting_of_numbers_can_be_scaled_and_one_of_words_cannot():
    tables = two_makers()
    tables["settings"].append({"key": "carbon_price_per_t", "value": "40"})
    more = {"settings": tables["settings"]}
    net = resolve(world(("settings", "key=carbon_price_per_t", "value", "2", "scale"), **more), "s")
    assert net.settings.carbon_price_per_t == 80.0
    assert codes(world(("settings", "key=currency", "value", "2", "scale"), **more)) == [("wrong_type", "error")]


@pytest.mark.parametrize(
    ("where", "lanes"),
    [
        ("*", 3),
        ("", 3),
        (None, 3),
        ("from_site=near|far", 2),
        ("from_site=near | far; to_site=plant", 2),
        ("from_site=*", 3),
        ("from_site=@home", 2),
        ("from_site=@north_america", 2),
        ("from_site=@US|far", 3),
        ("from_site=@ring", 1),
        ("distance_km=200", 1),
        ("distance_km=200.0|700", 2),
        ("product_id=@parts", 2),
    ],
)
def test_where_names_rows_by_values_groups_regions_and_stages(where, lanes):
    groups = [
        {"group_id": "home", "member": "US"},
        {"group_id": "ring", "member": "@inner"},
        {"group_id": "inner", "member": "far"},
        {"group_id": "parts", "member": "part"},
    ]
    net = resolve(world(("lanes", where, "cost_per_unit", "9"), groups=groups), "s")
    assert net["lanes"]["cost_per_unit"].to_list().count(9.0) == lanes


def test_an_override_that_changes_nothing_is_a_warning_and_does_not_stop():
    net = world(("lanes", "lane_id=near-plant", "cost_per_unit", "1"))
    assert codes(net) == [("changes_nothing", "warning")]
    assert resolve(net, "s").digest == network(two_makers()).digest
