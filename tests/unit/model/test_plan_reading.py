from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hinterland.core.errors import InvalidTables
from hinterland.model.plan import Plan
from hinterland.model.plan_reading import check_plan, read_plan
from hinterland.model.verify import verify
from rich_world import rich_plan, rich_tables
from worlds import network, two_makers


def _write(folder: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def _problems(folder: Path, net=None) -> dict[tuple[str, int | None, str | None], str]:
    with pytest.raises(InvalidTables) as caught:
        read_plan(folder, net)
    return {(issue.table, issue.row, issue.column): issue.code for issue in caught.value.issues}


@pytest.fixture(scope="module")
def makers():
    return network(two_makers())


def test_a_plan_comes_back_from_its_folder_as_it_was_written(tmp_path):
    plan = rich_plan()
    again = read_plan(plan.write(tmp_path / "plan"), network(rich_tables()))
    for name, frame in plan.tables.items():
        known = frame.drop("mode_chain", "grade") if name == "flows" else frame
        assert again[name].select(known.columns).equals(known), name
    assert (again.complete, again.maker, again.scenarios) == (True, "hand", ())


def test_odd_numbers_survive_the_folder_to_the_last_digit(tmp_path):
    plan = Plan({"disposed": pl.DataFrame({"site_id": ["a"], "product_id": ["p"], "period_id": ["1"], "quantity": [0.1 + 0.2]})})
    assert read_plan(plan.write(tmp_path))["disposed"]["quantity"].to_list() == [0.1 + 0.2]


def test_a_parquet_plan_is_read_as_well(tmp_path):
    plan = rich_plan()
    for name, frame in plan.tables.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    assert read_plan(tmp_path)["outputs"].equals(plan["outputs"])


def test_a_hand_made_plan_without_plan_json_is_not_complete(tmp_path):
    plan = read_plan(_write(tmp_path, signed="contract_id\ndeal\n"))
    assert (plan.complete, plan.maker) == (False, "hand")
    assert plan["signed"].rows() == [("deal", None)]
    assert plan["flows"].height == 0


def test_plan_json_says_who_made_the_plan_and_in_which_world(tmp_path):
    _write(tmp_path, signed="contract_id,start_date\ndeal,2026-01-01\n")
    (tmp_path / "plan.json").write_text(json.dumps({"scenarios": ["local"], "maker": "Ann", "complete": True}), encoding="utf-8")
    plan = read_plan(tmp_path)
    assert (plan.scenarios, plan.maker, plan.complete) == (("local",), "Ann", True)
    assert plan["signed"]["start_date"].to_list() == [date(2026, 1, 1)]


@pytest.mark.parametrize("text", ["{", "[]", '{"scenarios": "local"}', '{"complete": "yes"}'])
def test_a_plan_json_that_says_nothing_clear_is_a_problem(tmp_path, text):
    _write(tmp_path, signed="contract_id\ndeal\n")
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    assert _problems(tmp_path) == {("plan.json", None, None): "unreadable"}


def test_a_flow_may_name_two_sites_that_one_lane_links(tmp_path, makers):
    plan = read_plan(_write(tmp_path, flows="from_site,to_site,product_id,period_id,quantity\nnear,plant,part,2026,5\n"), makers)
    assert plan["flows"].select("lane_id", "from_site", "to_site").rows() == [("near-plant", "near", "plant")]


def test_two_sites_that_several_lanes_link_need_the_mode_chain(tmp_path):
    tables = two_makers()
    tables["modes"] = [{"mode_id": "rail", "kind": "rail"}, {"mode_id": "truck", "kind": "road"}]
    tables["lanes"][0]["mode_chain"] = "truck"
    tables["lanes"].append(tables["lanes"][0] | {"lane_id": "near-plant-rail", "mode_chain": "rail"})
    net = network(tables)
    _write(tmp_path, flows="from_site,to_site,product_id,period_id,quantity\nnear,plant,part,2026,5\n")
    assert _problems(tmp_path, net) == {("flows", 2, "lane_id"): "several_lanes"}
    _write(tmp_path, flows="from_site,to_site,product_id,mode_chain,period_id,quantity\nnear,plant,part,rail,2026,5\n")
    assert read_plan(tmp_path, net)["flows"]["lane_id"].to_list() == ["near-plant-rail"]


def test_every_problem_of_a_folder_is_reported_at_once(tmp_path, makers):
    _write(
        tmp_path,
        flows="lane_id,product_id,period_id,quantity\nnear-plant,part,2026,-5\nnear-plnt,part,2026,5\nnear-plant,car,2026,5\n"
        "near-plant,part,2027,ten\nnear-plant,part,2026,1\n",
        outputs="site_id,product_id,vintage,period_id,quantity\nnaer,part,,2026,5\nnear,part,2040,2026,5\nnear,car,,2026,5\n",
        delivered="site_id,product_id,period_id,quantity,colour\ntown,car,2026,NaN,red\nplant,car,2026,5,red\n",
        opening="site_id\nnear\n",
    )
    assert _problems(tmp_path, makers) == {
        ("flows", 2, "quantity"): "bounds",
        ("flows", 3, "lane_id"): "unknown_reference",
        ("flows", 4, "lane_id"): "not_in_network",
        ("flows", 5, "quantity"): "wrong_type",
        ("flows", 6, "lane_id"): "duplicate_key",
        ("outputs", 2, "site_id"): "unknown_reference",
        ("outputs", 3, "vintage"): "unknown_reference",
        ("outputs", 4, "recipe_id"): "not_in_network",
        ("delivered", 1, "colour"): "unknown_column",
        ("delivered", 2, "quantity"): "not_finite",
        ("delivered", 3, "site_id"): "not_in_network",
        ("opening", None, None): "unknown_table",
    }


def test_the_nearest_name_is_offered(tmp_path, makers):
    _write(tmp_path, outputs="site_id,product_id,period_id,quantity\nnaer,part,2026,5\n", opening="site_id\nnear\n")
    with pytest.raises(InvalidTables) as caught:
        read_plan(tmp_path, makers)
    fixes = {issue.table: issue.fix for issue in caught.value.issues}
    assert "near" in fixes["outputs"]
    assert "openings" in fixes["opening"]


def test_without_a_network_names_are_taken_as_they_are(tmp_path):
    plan = read_plan(_write(tmp_path, outputs="site_id,product_id,period_id,quantity\nmoon,cheese,2026,5\n"))
    assert plan["outputs"].select("site_id", "vintage").rows() == [("moon", "existing")]


@pytest.mark.parametrize(
    ("table", "text", "column", "code"),
    [
        ("flows", "lane_id,from_site,product_id,period_id,quantity\nnear-plant,far,part,2026,5\n", "from_site", "contradiction"),
        ("flows", "from_site,product_id,period_id,quantity\nnear,part,2026,5\n", "lane_id", "empty_cell"),
        ("flows", "from_site,to_site,product_id,period_id,quantity\nnear,town,part,2026,5\n", "from_site", "not_in_network"),
        ("outputs", "site_id,recipe_id,product_id,period_id,quantity\nplant,car_from_part,part,2026,5\n", "product_id", "contradiction"),
        ("outputs", "site_id,period_id,quantity\nplant,2026,5\n", "recipe_id", "empty_cell"),
        ("modules", "site_id,recipe_id,period_id,added\nplant,car_from_part,2026,1\n", "recipe_id", "not_in_network"),
        ("purchased", "site_id,product_id,period_id,quantity\nplant,part,2026,5\n", "offer_id", "not_in_network"),
        ("stocked", "site_id,product_id,period_id,quantity\nplant,part,2026,5\n", "site_id", "not_in_network"),
        ("disposed", "site_id,product_id,period_id,quantity\nplant,part,2026,5\n", "product_id", "not_in_network"),
        ("disposed", "site_id,product_id,period_id,quantity\nplant,part,2040,5\n", "period_id", "unknown_reference"),
        ("openings", "site_id,period_id,open\nplant,2026,2\n", "open", "bounds"),
        ("signed", "contract_id\nhandshake\n", "contract_id", "unknown_reference"),
    ],
)  # fmt: skip
def test_each_row_that_the_network_cannot_mean_is_named(tmp_path, makers, table, text, column, code):
    assert _problems(_write(tmp_path, **{table: text}), makers) == {(table, 2, column): code}


def test_a_column_that_is_not_there_is_one_problem_and_not_one_for_each_row(tmp_path, makers):
    _write(tmp_path, flows="from_site,to_site,period_id,quantity\nnear,plant,2026,5\nfar,plant,2026,5\n")
    assert _problems(tmp_path, makers) == {("flows", 1, "product_id"): "empty_cell"}


def test_more_modules_than_a_line_may_have_are_told_with_the_column_that_says_so(tmp_path):
    tables = two_makers()
    tables["processes"][2] |= {"module_capacity_per_year": 10.0, "max_modules": 4, "module_cost": 1.0, "asset_life_years": 10.0}
    net = network(tables)
    _write(tmp_path, modules="site_id,recipe_id,period_id,added\nplant,car_from_part,2026,3\nplant,car_from_part,2027,4\n")
    with pytest.raises(InvalidTables) as caught:
        read_plan(tmp_path, net)
    (issue,) = caught.value.issues
    assert (issue.table, issue.row, issue.column, issue.code) == ("modules", 3, "added", "bounds")
    assert issue.what == "7 modules of car_from_part at plant"
    assert "max_modules" in issue.why
    _write(tmp_path, modules="site_id,recipe_id,period_id,added\nplant,car_from_part,2026,3\nplant,car_from_part,2027,1\n")
    assert read_plan(tmp_path, net)["modules"]["added"].sum() == 4


def test_a_plan_made_in_code_is_checked_the_same_way(makers):
    flows = pl.DataFrame(
        {
            "lane_id": ["near-plant", "near-plant"],
            "product_id": ["part", "part"],
            "period_id": ["2026", "2026"],
            "quantity": [1.0, float("inf")],
        }
    )
    issues = check_plan(makers, Plan({"flows": flows}))
    assert {(issue.row, issue.code) for issue in issues} == {(3, "not_finite"), (3, "duplicate_key")}
    assert check_plan(network(rich_tables()), rich_plan()) == []


def test_an_empty_folder_is_no_plan(tmp_path):
    assert set(_problems(tmp_path).values()) == {"unreadable"}


def test_a_flow_made_in_code_without_a_lane_is_proved_on_the_one_that_fits():
    plan = rich_plan()
    bare = plan.with_table("flows", plan["flows"].with_columns(lane_id=pl.lit(None, dtype=pl.String)))
    assert verify(network(rich_tables()), bare).ok
