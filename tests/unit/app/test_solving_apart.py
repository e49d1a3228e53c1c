import polars as pl
import pytest

from hinterland.app import read_run
from hinterland.app.solving_apart import Job, solve_apart, solve_in_turn
from hinterland.core.errors import HinterlandError
from worlds import two_makers


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("net")
    rows = two_makers()
    rows["scenarios"] = [{"scenario_id": "near"}, {"scenario_id": "clash"}]
    rows["policies"] = [
        {"policy_id": "home", "kind": "forbid_origin", "product": "part", "from_group": "CN", "valid_from": "2040-01-01"},
        {"policy_id": "much", "kind": "min_flow", "from_group": "near", "to_group": "plant", "product": "part", "value": 0.0},
    ]
    rows["overrides"] = [
        {
            "scenario_id": "near",
            "order": 1,
            "table": "policies",
            "where": "policy_id=home",
            "action": "set",
            "column": "valid_from",
            "value": "2026-01-01",
        },
        {
            "scenario_id": "clash",
            "order": 1,
            "table": "policies",
            "where": "policy_id=much",
            "action": "set",
            "column": "value",
            "value": "900",
        },
    ]
    for name, listed in rows.items():
        pl.DataFrame(listed, infer_schema_length=None).write_csv(folder / f"{name}.csv")
    return folder


def test_designs_side_by_side_are_those_made_one_after_the_other(tables, tmp_path):
    apart = [Job("free", (), tmp_path / "a" / "free"), Job("near", ("near",), tmp_path / "a" / "near")]
    turns = [Job("free", (), tmp_path / "t" / "free"), Job("near", ("near",), tmp_path / "t" / "near")]
    solve_apart(tables, apart, workers=2)
    solve_in_turn(tables, turns)
    for one, other in zip(apart, turns, strict=True):
        left, right = read_run(one.folder), read_run(other.folder)
        assert left.plan["flows"].equals(right.plan["flows"])
        assert left.network.digest == right.network.digest
    assert read_run(apart[1].folder).plan["flows"].filter(pl.col("from_site") == "far").is_empty()


def test_a_job_keeps_what_was_decided_or_given(tables, tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    (given / "flows.csv").write_text("lane_id,product_id,period_id,quantity\nnear-plant,part,2026,30\n")
    solve_in_turn(tables, [Job("given", (), tmp_path / "run", complete=given)])
    solve_in_turn(tables, [Job("fixed", (), tmp_path / "again", fix=tmp_path / "run")])
    kept = read_run(tmp_path / "run").plan["flows"].filter((pl.col("lane_id") == "near-plant") & (pl.col("period_id") == "2026"))
    assert kept["quantity"].to_list() == [30.0]
    assert (tmp_path / "again" / "manifest.json").is_file()


def test_a_job_that_cannot_be_is_named(tables, tmp_path):
    with pytest.raises(HinterlandError, match=r"clash: .*much"):
        solve_apart(tables, [Job("clash", ("clash",), tmp_path / "x")], workers=1)
    assert not (tmp_path / "x").exists()
