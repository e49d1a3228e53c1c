"""Runs side by side: the same numbers written in two ways are the same tables, other numbers are named."""

import copy

import polars as pl
import pytest

from hinterland.app import compare_runs, read, remarks_of, solve, verify_run, write_run
from hinterland.core.errors import InvalidTables
from worlds import two_makers


def tables():
    rows = two_makers()
    rows["scenarios"] = [{"scenario_id": "near"}]
    rows["policies"] = [{"policy_id": "home", "kind": "forbid_origin", "product": "part", "from_group": "CN", "valid_from": "2040-01-01"}]
    rows["overrides"] = [
        {"scenario_id": "near", "order": 1, "table": "policies", "where": "policy_id=home", "action": "set", "column": "valid_from", "value": "2026-01-01"}
    ]  # fmt: skip
    rows["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": "8712.00"}]
    return rows


def made(folder, rows, scenario=None):
    net = read(rows)
    return write_run(folder, net, solve(net, scenario))


def test_new_scenarios_remarks_and_ways_to_write_a_number_are_no_other_tables(tmp_path):
    first, second = tables(), tables()
    second["scenarios"] = [{"scenario_id": "near", "note": "told otherwise"}, {"scenario_id": "cheap"}]
    second["overrides"] = [second["overrides"][0], second["overrides"][0] | {"scenario_id": "cheap"}]
    second["sources"] = [{"source_id": "S1", "title": "A page"}]
    second["sites"] = [row | {"note": "a remark", "source_id": "S1", "quality": "assumed"} for row in second["sites"]]
    second["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": "8712"}]
    second["demand"] = list(reversed(second["demand"]))
    board = compare_runs([made(tmp_path / "free", first), made(tmp_path / "cheap", second, "cheap")])
    # per car far 6 + 2, near 10 + 1, both 50 + 3; `cheap` is a scenario that only the second run knows
    assert [board.kpi(name, "cost_per_piece") for name in ("free", "cheap")] == pytest.approx([61.0, 64.0])


def test_every_table_that_differs_is_named_with_its_first_row(tmp_path):
    first = tables()
    second = copy.deepcopy(first)
    second["processes"][1]["conversion_cost_per_unit"] = 7.5
    second["lanes"].append(second["lanes"][0] | {"lane_id": "new"})
    folders = [made(tmp_path / "old", first), made(tmp_path / "same", first, "near"), made(tmp_path / "new", second)]
    with pytest.raises(InvalidTables) as caught:
        compare_runs(folders)
    told = {(one.table, one.row, one.column): one for one in caught.value.issues}
    assert set(told) == {("processes", 3, "conversion_cost_per_unit"), ("lanes", None, None)}
    assert {one.code for one in told.values()} == {"other_tables"}
    process = told["processes", 3, "conversion_cost_per_unit"]
    assert process.what == "site_id far, recipe_id None, product_id part: conversion_cost_per_unit is 6.0 in old and 7.5 in new"
    assert process.fix.endswith("old, same | new")  # which go together
    assert "lane_id new" in told["lanes", None, None].what
    assert compare_runs(folders[:2]).strategies == ("old", "same")


def test_a_run_may_be_judged_under_another_scenario(tmp_path):
    folder = made(tmp_path / "free", tables())
    assert verify_run(folder).ok
    judged = verify_run(folder, "near")
    assert not judged.ok
    assert judged.failures["check"].unique().to_list() == ["policy"]


def test_opening_stock_is_said_to_be_left_out(tmp_path):
    rows = tables()
    assert not any("opening stock" in one for one in remarks_of(compare_runs([made(tmp_path / "none", rows)])))
    rows["stocks"] = [
        {"site_id": "plant", "product_id": "part", "initial_quantity": 10.0, "initial_cost_per_unit": 7.0, "initial_co2e_kg_per_unit": 50.0}
    ]
    said = remarks_of(compare_runs([made(tmp_path / "some", rows)]))
    assert any("70 USD and 0.5 t CO2e in some" in one and "a trace counts it" in one for one in said)


def test_rules_that_are_broken_are_said(tmp_path):
    rows = tables()
    rows["policies"] = [
        {"policy_id": "home", "kind": "min_regional_share", "product": "part", "to_group": "plant", "value": 0.5, "penalty_per_unit": 0.01}
    ]
    rows["overrides"] = []
    said = remarks_of(compare_runs([made(tmp_path / "free", rows)]))
    assert said[0] == "Free breaks the soft rule home (Plant) in 2 periods, at worst in 2026: 0 % against 50.0 %, at penalties of 1.00 USD."


def test_sums_stand_below_a_story():
    from hinterland.app import sums_of, with_sum

    frame = pl.DataFrame({"stage": ["a", "b"], "kind": ["x", None], "per_unit": [1.5, 2.0]})
    assert sums_of(frame) == {"per_unit": 3.5}
    assert with_sum(frame).row(2) == ("sum", None, 3.5)
    assert with_sum(frame.clear()).height == 0
