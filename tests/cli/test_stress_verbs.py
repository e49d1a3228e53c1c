"""simulate and expose on a terminal: the answer first, then the table; for machines one document."""

from __future__ import annotations

import json

import polars as pl
import pytest
from typer.testing import CliRunner

import hinterland as hl
from hinterland.cli.commands import app
from hinterland.stress.replays import names, read_replay
from hinterland.tables.declared import TABLES
from stress_worlds import car_a_day, event, plan_from_afar

FLOOD = {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 2.0, "duration_days_mean": 20.0,
         "duration_sigma": 0.8, "capacity_loss_share": 1.0}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    tables = {**car_a_day(), "hazards": [FLOOD], "recoveries": [{"site_id": "far", "recovery_days_low": 21.0, "recovery_days_high": 42.0}]}
    tables["processes"][1] |= {"module_cost": 1000.0, "module_capacity_per_year": 100.0}
    for name, rows in tables.items():
        pl.DataFrame(rows, infer_schema_length=None).write_csv(tmp_path / f"{name}.csv")
    plan_from_afar().write(tmp_path / "plan")
    return tmp_path


def run(folder, verb, *more):
    return CliRunner().invoke(app, [verb, str(folder), "--plan", str(folder / "plan"), *more])


def test_simulate_says_the_fill_rate_first(folder):
    ended = run(folder, "simulate", "-n", "64", "--seed", "7", "--each-hazard", "--out", str(folder / "out"))
    assert ended.exit_code == 0, ended.output
    assert "of demand is served" in ended.output.splitlines()[0]
    assert "lost margin" in ended.output
    assert "flood" in ended.output
    assert pl.read_parquet(folder / "out" / "replications.parquet").height == 64
    assert pl.read_parquet(folder / "out" / "events.parquet")["hazard_id"].unique().to_list() == ["flood"]


def test_machines_read_one_document(folder):
    ended = run(folder, "simulate", "-n", "32", "--from", "2026-03-01", "--to", "2026-08-31", "--late", "--days", "--json")
    told = json.loads(ended.stdout)
    assert (told["replications"], told["step_days"], told["steps"]) == (32, 1, 184)
    assert {row["measure"] for row in told["measures"]} >= {"fill_rate", "lost_margin"}


@pytest.mark.parametrize("more", [("-n", "0"), ("--from", "2019-01-01"), ("--replay", "tuesday"), ("--from", "soon")])
def test_what_cannot_be_simulated_ends_with_two(folder, more):
    assert run(folder, "simulate", *more).exit_code == 2


def test_a_replay_is_played_once(folder):
    ended = run(folder, "simulate", "--replay", "panama_drought_2023", "--json")
    told = json.loads(ended.stdout)
    assert (told["replications"], told["events"]) == (1, 1)


def test_a_replay_says_on_which_day_it_is_replayed_and_on_which_days_it_could_be(folder):
    """It began on 23 March 2021; summer 2026 has no 23 March, the year has."""
    told = json.loads(run(folder, "simulate", "--replay", "suez_2021", "--json").stdout)
    assert "suez_2021 happened on 2021-03-23 and is replayed on 2026-03-23" in told["notes"][0]
    refused = run(folder, "simulate", "--replay", "suez_2021", "--from", "2026-06-01", "--to", "2026-08-31", "--json")
    assert refused.exit_code == 2
    (problem,) = json.loads(refused.stdout)["problems"]
    assert (problem["code"], problem["column"]) == ("events_out_of_span", "replay")
    assert problem["fix"] == "simulate at least 2026-03-23 to 2026-03-28"  # six days


@pytest.mark.parametrize(
    ("replication", "sigma", "more", "count"),
    [(None, None, (), 1), (None, None, ("-n", "3"), 3), (1, None, (), 1000), (None, 0.2, (), 1000)],
)
def test_what_happens_every_time_is_simulated_once(folder, replication, sigma, more, count):
    row = {**event("site", "far", 10, 2), "start_date": "2026-03-12", "replication": replication}
    pl.DataFrame([row]).write_csv(folder / "events.csv")
    lanes = pl.read_csv(folder / "lanes.csv")
    lanes.with_columns(lead_time_sigma=pl.lit(sigma, dtype=pl.Float64)).write_csv(folder / "lanes.csv")
    told = json.loads(run(folder, "simulate", "--json", *more).stdout)
    assert told["replications"] == count
    assert any("simulated once" in one for one in told["notes"]) == (count == 1)


@pytest.mark.parametrize("name", names())
def test_every_replay_is_an_event_table_with_source_and_quality(name):
    rows = read_replay(name)
    assert set(rows.columns) <= set(TABLES["events"].by_name)
    assert rows.select(pl.col("source_id", "quality", "note").is_not_null().all()).row(0) == (True,) * 3
    assert rows["capacity_loss_share"].is_between(0, 1).all()


def test_expose_says_what_is_not_survived(folder):
    ended = run(folder, "expose", "--worst", "2", "--what-if")
    assert ended.exit_code == 0, ended.output
    assert "are not survived as long as they take to recover" in ended.output.splitlines()[0]
    assert "sites that fail together" in ended.output
    assert "buffer" in ended.output


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--worst", "2"), "block LP: arrival times are left aside: losses are at least this"),
        (("--worst", "99"), "99 sites cannot fail together"),
    ],
)
def test_sets_of_sites_say_how_they_are_measured_or_why_there_are_none(folder, more, told):
    found = json.loads(run(folder, "expose", *more, "--json").stdout)
    assert any(told in one for one in found["notes"])
    assert bool(found["worst"]) == (more[1] == "2")
    block = json.loads(run(folder, "expose", *more, "--method", "block", "--json").stdout)
    assert any("block LP" in one for one in block["notes"]) is False
    assert not any("fail together" in one for one in json.loads(run(folder, "expose", "--json").stdout)["notes"])


def test_expose_as_a_document_by_both_methods(folder):
    weekly, block = (json.loads(run(folder, "expose", "--method", name, "--kind", "site", "--json").stdout) for name in ("weekly", "block"))
    losses = [{row["node"]: row["loss_high"] for row in one["nodes"]} for one in (weekly, block)]
    assert losses[0]["far"] >= losses[1]["far"] - 1e-6
    assert run(folder, "expose", "--period", "2099").exit_code == 2
    assert run(folder, "expose", "--kind", "planet").exit_code == 2


def test_without_the_far_maker_six_weeks_lose_six_weeks_of_cars_by_hand(folder):
    """28 + 7 days under way cover 35 of 42 days in one stretch (block); week by week each week of standstill is lost later: 42 cars."""
    net = hl.read(folder)
    site = {row["node"]: row for row in hl.expose(net, plan_from_afar(), kinds=["site"]).nodes.iter_rows(named=True)}["far"]
    assert site["recovery_days_high"] == 42
    assert site["lost_units"] == pytest.approx(42)
    assert site["loss_high"] == pytest.approx(42 * 100)
    assert site["survival_days"] == 0
    block = {row["node"]: row for row in hl.expose(net, plan_from_afar(), kinds=["site"], method="block").nodes.iter_rows(named=True)}[
        "far"
    ]
    assert block["lost_units"] == pytest.approx(7)
    assert block["survival_days"] == pytest.approx(35)


def test_what_would_help_is_ranked_by_what_it_avoids_per_cost(folder):
    """A standby of half saves 21 of 42 cars: 2,100; its capacity of 0.5 a day costs 1000 per 100 a year at 8 % over 10 years."""
    options = hl.expose(hl.read(folder), plan_from_afar(), kinds=["site"], what_if=True).options
    row = options.filter((pl.col("node") == "far") & (pl.col("option") == "standby")).row(0, named=True)
    assert row["avoided"] == pytest.approx(2100)
    from math import exp, log

    rho = log(1.08)
    assert row["cost_per_year"] == pytest.approx(1000 / 100 * 0.5 * 365.25 * rho / (1 - exp(-10 * rho)), rel=1e-6)
    buffer = options.filter((pl.col("node") == "far") & (pl.col("option") == "buffer")).row(0, named=True)
    assert buffer["avoided"] == pytest.approx(14 * 100)
