"""The doors that read: what is no network is named as what it is, and worlds come with their warnings."""

from __future__ import annotations

import pytest

from hinterland.app import check, examine, prepare, read, read_plan, solve, write_run
from hinterland.core.errors import InvalidScenario, InvalidTables
from worlds import two_makers


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    net = read(two_makers(1))
    return write_run(tmp_path_factory.mktemp("runs") / "kept", net, solve(net))


def only(source):
    """The one problem of a source that is no network."""
    (issue,) = check(source)
    assert issue.code == "unreadable"
    return issue


def test_a_run_and_a_plan_are_called_by_their_names(kept):
    run, plan = only(kept), only(kept / "plan")
    assert "is a run" in run.what
    assert str(kept / "inputs") in run.fix
    assert "is a plan" in plan.what
    assert check(kept / "inputs") == []
    assert read_plan(kept / "plan").complete


@pytest.mark.parametrize(
    ("name", "made", "word"),
    [("nowhere", None, "does not exist"), ("old.xls", b"\xd0\xcf\x11\xe0", ".xls workbook"), ("empty", "folder", "not a network folder"),
     ("one.csv", b"site_id\n", "is one table"), ("broken.xlsx", b"no zip", "cannot be read")],
)  # fmt: skip
def test_what_is_no_network_is_one_problem_and_no_table_is_called_missing(tmp_path, name, made, word):
    if made == "folder":
        (tmp_path / name).mkdir()
    elif made is not None:
        (tmp_path / name).write_bytes(made)
    assert word in only(tmp_path / name).what


def test_a_folder_with_some_tables_is_told_those_that_are_missing(tmp_path):
    (tmp_path / "products.csv").write_text("product_id,unit\ncar,piece\n")
    missing = {one.table for one in check(tmp_path) if one.code == "missing_table"}
    assert missing == {"settings", "periods", "sites", "processes", "lanes", "demand"}


@pytest.mark.parametrize("names", ["", " ", ["", "s"]])
def test_a_scenario_without_a_name_is_refused(names):
    tables = two_makers() | {"scenarios": [{"scenario_id": "s"}]}
    assert ("scenarios", "unknown_scenario") in {(one.table, one.code) for one in check(tables, names)}
    with pytest.raises(InvalidScenario):
        prepare(tables, names)


def test_a_world_is_prepared_with_its_own_warnings_and_none_of_other_worlds():
    tables = two_makers()
    tables["scenarios"] = [{"scenario_id": "greedy"}]
    tables["overrides"] = [
        {"scenario_id": "greedy", "order": 1, "table": "settings", "where": "key=objective", "column": "value", "value": "cost"}
    ]
    world, warnings = prepare(tables)
    assert (world.resolved, world.scenarios, warnings) == (True, (), [])
    world, warnings = prepare(tables, "greedy")
    assert world.scenarios == ("greedy",)
    assert [(one.table, one.code) for one in warnings] == [("settings", "free_shortage")]
    with pytest.raises(InvalidTables):
        prepare(tables | {"demand": []})


def test_what_was_examined_comes_with_its_world_and_bad_tables_with_none():
    assert examine(two_makers())[1] is not None
    issues, world = examine(two_makers() | {"demand": []})
    assert world is None
    assert issues


def test_going_short_is_free_where_nothing_prices_it_and_then_nothing_is_shipped():
    """What the warning free_shortage says is true, and with a price it is not."""
    tables = two_makers(1)
    assert solve(read(tables)).plan["delivered"]["quantity"].sum() == pytest.approx(100.0)
    tables["demand"][0]["shortage_cost_per_unit"] = None
    assert [one.code for one in check(tables)] == ["free_shortage"]
    assert solve(read(tables)).plan["delivered"]["quantity"].sum() == pytest.approx(0.0)
    tables["demand"][0]["shortage_cost_per_unit"] = 1000.0
    tables["settings"][4]["value"] = "cost,shortage"
    assert [one.code for one in check(tables)] == ["free_shortage"]
    assert solve(read(tables)).plan["delivered"]["quantity"].sum() == pytest.approx(0.0)
