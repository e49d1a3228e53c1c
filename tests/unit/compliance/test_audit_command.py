"""`hinterland audit` as a planner types it, and what meeting a broken rule costs."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import hinterland as hl
from audit_worlds import audited, buy, of_rule, one_plant, only, plan_of
from hinterland.cli.commands import app
from worlds import two_makers


def _typed(*words: object, cwd: Any) -> Any:
    with contextlib.chdir(cwd):
        return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tables and a plan by hand: packs for Germany of which 10 % of the nickel is recovered."""
    place = tmp_path_factory.mktemp("audit")
    tables = one_plant("DE", "pack", {"nickel": 60.0}, first=2031)
    buy(tables, "nickel", recycled_share=0.1)
    tables["contents"] = [{"product_id": "nickel", "element": "Ni", "mass_kg_per_unit": 1.0}]
    (place / "net").mkdir()
    for name, rows in tables.items():
        pl.DataFrame(rows, infer_schema_length=None).write_csv(place / "net" / f"{name}.csv")
    plan_of(tables, {("nickel", ""): 600.0}).write(place / "plan")
    return place


def test_every_rule_stands_on_the_screen_with_a_sign_and_words(folder):
    done = _typed("audit", "net", "--plan", "plan", "--as-of", "2031-09-01", cwd=folder)
    assert done.exit_code == 0
    for words in (
        "✓",
        "✗",
        "–",
        "?",
        "rules of 2031-09-01",
        "left out as drafts",
        "Regulation (EU) 2023/1542, Article 8(2)",
        "contents has no row for Co",
    ):
        assert words in done.stdout


def test_json_holds_every_finding_with_its_evidence(folder):
    done = _typed("audit", "net", "--plan", "plan", "--json", "--drafts", cwd=folder)
    told = json.loads(done.stdout)
    assert sum(told["counts"].values()) == len(told["findings"])
    assert all(row["evidence"] and row["citation"] and row["source_id"] for row in told["findings"])
    assert "eu_carbon_footprint_declaration" in {row["rule_id"] for row in told["findings"]}
    nickel = next(row for row in told["findings"] if row["rule_id"] == "eu_recycled_nickel")
    assert (nickel["status"], round(nickel["value"], 9)) == ("met", 0.1)


def test_a_wrong_day_and_a_missing_plan_end_with_the_code_for_tables(folder):
    assert _typed("audit", "net", "--plan", "plan", "--as-of", "1.9.2031", cwd=folder).exit_code == 2
    assert _typed("audit", "net", "--plan", "nowhere", cwd=folder).exit_code == 2
    assert _typed("audit", "net", cwd=folder).exit_code == 2


def test_the_door_takes_the_plans_own_world_unless_another_is_named():
    tables = two_makers()
    tables["policies"] = [
        {
            "policy_id": "near",
            "kind": "min_regional_share",
            "product": "part",
            "to_group": "north_america",
            "value": 0.0,
            "penalty_per_unit": 0.1,
        }
    ]
    tables["scenarios"] = [{"scenario_id": "half"}]
    tables["overrides"] = [
        {"scenario_id": "half", "order": 1, "table": "policies", "where": "policy_id=near", "column": "value", "value": "0.5"}
    ]
    net = hl.read(tables)
    plan = hl.solve(net).plan
    assert {row["status"] for row in of_rule(hl.audit(net, plan), "own_policies")} == {"not_applicable"}
    assert {row["status"] for row in of_rule(hl.audit(net, plan, scenario="half"), "own_policies")} == {"not_met"}


def test_the_price_of_a_soft_policy_is_what_keeping_it_costs():
    tables = two_makers(1)
    tables["settings"] = [row | {"value": "0"} if row["key"] == "discount_rate_share" else row for row in tables["settings"]]
    tables["policies"] = [
        {
            "policy_id": "near",
            "kind": "min_regional_share",
            "product": "part",
            "to_group": "north_america",
            "value": 0.5,
            "penalty_per_unit": 0.1,
        }
    ]
    net = hl.read(tables)
    found = hl.audit(net, hl.solve(net).plan, price=True, seconds=30)
    (row,) = found.prices.filter(pl.col("rule_id") == "own_policies").to_dicts()
    assert row["outcome"] == "priced"
    assert row["price"] == pytest.approx(50 * (11 - 8), abs=1e-6)  # half of 100 parts from near: 11 instead of 8 each
    assert "far makes 50 less" in row["note"]


def _asked_of_parts(**cells: Any) -> Any:
    """The two makers for a year, undiscounted: near holds IRMA, far does not; parts for the plant should come with it, or pay 0.1."""
    tables = two_makers(1)
    tables["settings"] = [row | {"value": "0"} if row["key"] == "discount_rate_share" else row for row in tables["settings"]]
    tables["certificates"] = [{"site_id": "near", "scheme": "IRMA", "valid_from": "2026-01-01", "valid_to": "2026-12-31"}]
    tables["requirements"] = [
        {"requirement_id": "parts", "scheme": "IRMA", "product": "part", "region": "north_america", "penalty_per_unit": 0.1}
    ]
    tables["processes"][0] |= cells
    net = hl.read(tables)
    found = hl.audit(net, hl.solve(net).plan, price=True, seconds=30)
    assert (only(found, "own_requirements")["status"], only(found, "own_requirements")["value"]) == ("not_met", 0.0)
    (row,) = found.prices.filter(pl.col("rule_id") == "own_requirements").to_dicts()
    assert row["subject"] == "requirement parts"
    return row


def test_the_price_of_a_requirement_is_what_keeping_it_costs():
    row = _asked_of_parts()
    assert row["outcome"] == "priced"
    assert row["price"] == pytest.approx(100 * (11 - 8), abs=1e-6)  # all 100 parts from near: 11 instead of 8 each; no penalty in either
    assert "far makes 100 less" in row["note"]
    assert "near makes 100 more" in row["note"]


def test_a_requirement_that_leaves_too_little_is_priced_by_what_is_then_missing():
    row = _asked_of_parts(capacity_per_year=40.0)
    # 40 cars at 11 + 50 + 3 instead of 100 at 8 + 50 + 3; what is missing costs nothing real, so the note must tell it
    assert (row["outcome"], row["price"]) == ("priced", pytest.approx(40 * 64 - 100 * 61))
    assert "delivers 60 less of car" in row["note"]


def test_listed_makers_are_priced_by_keeping_them_out():
    tables = two_makers(1)
    tables["settings"] = [row | {"value": "0"} if row["key"] == "discount_rate_share" else row for row in tables["settings"]]
    tables["sources"] = [{"source_id": "S", "title": "a source"}]
    tables["sites"][1]["operator"] = "Bad"
    for row in (tables["sites"][at] for at in (0, 2, 3)):
        row["operator"] = "Good"
    tables["entities"] = [{"entity": "Bad", "list_id": "uflpa"}]
    tables["processes"][0]["capacity_per_year"] = 200.0
    net = hl.read(tables)
    found = hl.audit(net, hl.solve(net).plan, price=True, seconds=30)
    (row,) = found.prices.filter(pl.col("rule_id") == "us_forced_labour").to_dicts()
    assert (row["outcome"], row["price"]) == ("priced", pytest.approx(100 * (11 - 8)))


def test_rules_that_the_optimiser_cannot_be_asked_for_say_why():
    tables = one_plant("US", "cell", {"foil": 1.0}, stage="cell", unit="kWh")
    buy(tables, "foil", producer="P")
    tables["entities"] = [{"entity": "P", "list_id": "pfe"}]
    found = audited(tables, plan_of(tables, {("foil", ""): 10.0}), price=True)
    row = found.prices.filter(pl.col("rule_id") == "us_45x_material_assistance").row(0, named=True)
    assert (row["outcome"], row["price"]) == ("not_expressible", None)
    assert "the ratio is tested line by line" in row["note"]
    assert only(found, "us_45x_material_assistance")["status"] == "not_met"


def test_nothing_is_solved_unless_a_price_is_asked_for(monkeypatch):
    tables = one_plant("US", "cell", {"foil": 1.0}, stage="cell", unit="kWh")
    buy(tables, "foil", producer="P")
    monkeypatch.setattr("hinterland.design.design", lambda *_, **__: pytest.fail("a design was asked for"))
    assert audited(tables, plan_of(tables, {("foil", ""): 10.0})).prices.height == 0
