"""Runs put through the same events on a terminal; what simulate and expose find stays with the run, and saved events happen again."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import hinterland as hl
from hinterland import app as doors
from hinterland.cli.bars import bars
from hinterland.cli.commands import app
from hinterland.core.errors import Cancelled
from hinterland.model.scenario import resolve
from stress_worlds import car_a_day

FLOOD = {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 2.0, "duration_days_mean": 20.0,
         "duration_sigma": 0.8, "capacity_loss_share": 1.0}  # fmt: skip


def tables(**more):
    rows = car_a_day()
    rows["policies"] = [{"policy_id": "home", "kind": "forbid_origin", "product": "part", "from_group": "CN", "valid_from": "2040-01-01"}]
    rows["scenarios"] = [{"scenario_id": "near"}, {"scenario_id": "stormy"}]
    rows["overrides"] = [
        {"scenario_id": "near", "order": 1, "table": "policies", "where": "policy_id=home", "action": "set", "column": "valid_from", "value": "2026-01-01"},
        {"scenario_id": "stormy", "order": 1, "table": "hazards", "where": "hazard_id=flood", "action": "set", "column": "events_per_year", "value": "3"},
    ]  # fmt: skip
    return {**rows, "hazards": [FLOOD], **more}


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Two runs of one set of tables: parts from afar, and from nearby."""
    place, net = tmp_path_factory.mktemp("runs"), hl.read(tables())
    for name, scenario in (("global", None), ("local", "near")):
        hl.write_run(place / name, resolve(net, scenario), hl.solve(net, scenario))
    return place


@pytest.fixture
def runs(solved, tmp_path):
    """The two runs, to be written into."""
    return Path(shutil.copytree(solved, tmp_path / "runs"))


def called(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def document(*words):
    ended = called(*words, "--json")
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def test_compare_answers_in_a_sentence_below_its_table(runs):
    ended = called("compare", runs / "global", runs / "local", "--stress", "-n", "64", "--seed", "3")
    assert ended.exit_code == 0, ended.output
    assert "local against global, from 2026-01-01 to 2026-12-30: it loses" in ended.output
    assert "less margin (95 % interval" in ended.output
    assert "it costs 1,090 USD more (+4.9 %)" in ended.output  # 364 cars, 3 dearer each, over 61 each
    assert "against 11 of 11" in ended.output  # sites, countries, regions, lanes, a passage and products: all stop the only chain


def test_a_document_has_measures_differences_and_the_sentence(runs):
    told = document("compare", runs / "global", runs / "local", "--stress", "-n", "32", "--exposure", "block")["stress"]
    assert (told["against"], told["replications"], told["exposure"]["method"]) == ("global", 32, "block")
    lost = told["measures"]["global"]["lost_margin"]["mean"]
    assert lost > 0
    assert told["differences"]["local"]["lost_margin"]["mean"] == pytest.approx(-lost)
    assert told["answers"][0].startswith("local against global")
    assert "stress" not in document("compare", runs / "global", runs / "local")


def test_a_report_holds_what_was_found(runs, tmp_path):
    words = ("render", runs / "global", runs / "local", "--out")
    assert called(*words, tmp_path / "plain.html").exit_code == 0
    ended = called(*words, tmp_path / "held.html", "--stress", "-n", "32", "--exposure", "none")
    assert ended.exit_code == 0, ended.output
    plain, held = ((tmp_path / name).read_text(encoding="utf-8") for name in ("plain.html", "held.html"))
    assert "flood" in held.lower()
    assert "flood" not in plain.lower()


@pytest.mark.parametrize(("words", "code"), [
    (("--replications", "5"), "stress_not_asked"), (("--stress", "-n", "0"), "nothing_to_simulate"), (("--stress", "--from", "2019-01-01"), "nothing_to_simulate"),
    (("--stress", "--exposure", "yearly"), "unknown_kind"),
])  # fmt: skip
def test_what_cannot_be_compared_ends_with_two(runs, words, code):
    ended = called("compare", runs / "global", runs / "local", *words, "--json")
    assert ended.exit_code == 2
    assert [one["code"] for one in json.loads(ended.stdout)["problems"]] == [code]


def test_without_hazards_it_is_said_how_to_add_them(tmp_path):
    net = hl.read(tables(hazards=[], overrides=tables()["overrides"][:1]))
    hl.write_run(tmp_path / "calm", net, hl.solve(net))
    ended = called("compare", tmp_path / "calm", "--stress")
    assert ended.exit_code == 2
    assert "hazards.csv" in ended.output


def test_what_simulate_finds_is_kept_with_the_run_and_replaced_by_the_next(runs):
    run = runs / "global"
    ended = called("simulate", run, "-n", "64", "--each-hazard", "--seed", "5")
    assert ended.exit_code == 0, ended.output
    assert "kept in" in ended.output
    about = json.loads((run / "stress" / "about.json").read_text())
    assert {name: about[name] for name in ("replications", "seed", "rule", "first_day", "what")} == {
        "replications": 64, "seed": 5, "rule": "lost", "first_day": "2026-01-01", "what": "simulate",
    }  # fmt: skip
    assert (run / "stress" / "hazards.parquet").is_file()
    assert called("simulate", run, "-n", "33", "--late").exit_code == 0
    about = json.loads((run / "stress" / "about.json").read_text())
    assert (about["replications"], about["rule"]) == (33, "late")
    assert not (run / "stress" / "hazards.parquet").exists()
    assert called("verify", run).exit_code == 0  # a run with findings is the same run


def test_what_expose_finds_is_kept_with_the_run(runs):
    assert called("expose", runs / "global", "--pairs").exit_code == 0
    nodes = pl.read_parquet(runs / "global" / "exposure" / "nodes.parquet")
    assert nodes.filter(pl.col("node") == "far")["lost_units"][0] == pytest.approx(56)
    assert (runs / "global" / "exposure" / "worst.parquet").is_file()
    assert json.loads((runs / "global" / "exposure" / "about.json").read_text())["method"] == "weekly"


def stopping(monkeypatch, verb, table, told):
    """The verb is stopped after its first row."""
    whole = getattr(doors, verb)

    def early(*given, **more):
        found = whole(*given, **more)
        raise Cancelled(replace(found, **{table: getattr(found, table).head(1)}), told)

    monkeypatch.setattr(doors, verb, early)


@pytest.mark.parametrize(
    ("verb", "table", "name", "told"),
    [
        ("expose", "nodes", "exposure", "stopped after 1 of 9 nodes"),
        ("simulate", "replications", "stress", "stopped after 1 of 40 replications"),
    ],
)
def test_what_was_stopped_says_how_much_is_known_and_takes_the_place_of_nothing(runs, monkeypatch, verb, table, name, told):
    words, file = [verb, runs / "global", *(["-n", "40"] if verb == "simulate" else [])], runs / "global" / name / f"{table}.parquet"
    with monkeypatch.context() as patched:
        stopping(patched, verb, table, told)
        assert called(*words).exit_code == 130
        assert pl.read_parquet(file).height == 1  # nothing older was there
        assert json.loads((file.parent / "about.json").read_text())["stopped"] is True
    assert called(*words).exit_code == 0
    whole = pl.read_parquet(file).height
    assert whole > 1
    stopping(monkeypatch, verb, table, told)
    ended = called(*words)
    assert ended.output.startswith(told)
    assert "not kept" in ended.output
    assert pl.read_parquet(file).height == whole
    machine = called(*words, "--json")
    assert (machine.exit_code, json.loads(machine.stdout)["stopped"]) == (130, told)


@pytest.mark.parametrize(
    ("more", "kept"), [({}, "keeping what is there"), ({"keeps": "the best plan so far"}, "keeping the best plan so far")]
)
def test_who_stops_reads_what_is_kept(capsys, more, kept):
    with bars(quiet=True, **more) as drawn:
        drawn.wish(2, None)
    assert kept in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["render", "compare"])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_simulated(runs, monkeypatch, verb):
    monkeypatch.setattr(doors, "compare_runs", lambda *_given, **_more: pytest.fail("simulated all the same"))
    ended = called(verb, runs / "global", runs / "local", "--stress", "-n", "8", "--out", runs)
    assert ended.exit_code == 2, ended.output
    assert "folder" in ended.output


def test_a_folder_is_no_file_of_events(runs):
    ended = called("simulate", runs / "global", "--events", runs, "--json")
    (problem,) = json.loads(ended.stdout)["problems"]
    assert (ended.exit_code, problem["why"]) == (2, "it is a folder")
    assert problem["fix"].endswith("events.parquet")


@pytest.mark.parametrize("verb", ["simulate", "expose"])
def test_tables_without_a_plan_are_told_of_plan(tmp_path, verb):
    (tmp_path / "sites.csv").write_text("site_id\n")
    ended = called(verb, tmp_path, "--json")
    (problem,) = json.loads(ended.stdout)["problems"]
    assert (ended.exit_code, problem["code"]) == (2, "unreadable")
    assert "--plan" in problem["fix"]


def test_another_world_tables_with_a_plan_and_replays_do_not_take_its_place(runs, tmp_path):
    run = runs / "global"
    ended = called("simulate", run, "-n", "4", "-s", "stormy")
    assert "not kept" in ended.output
    assert called("simulate", run, "--plan", runs / "local", "-n", "4").exit_code == 0
    assert not (run / "stress").exists()
    assert called("simulate", run, "--replay", "panama_drought_2023").exit_code == 0
    assert [file.name for file in run.iterdir() if file.name.startswith("stress")] == ["stress-panama_drought_2023"]


def test_a_run_that_takes_no_files_is_told_and_simulated_all_the_same(runs, monkeypatch):
    def no(*_args, **_more):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("hinterland.store.folders.tempfile.mkdtemp", no)
    told = document("simulate", runs / "global", "-n", "8")
    assert told["replications"] == 8
    assert "not kept" in told["kept"]
    assert "Read-only" in told["kept"]


def test_saved_events_happen_again_bit_for_bit(runs):
    run = runs / "global"
    first = document("simulate", run, "-n", "40", "--seed", "11", "--from", "2026-03-01", "--to", "2026-10-31")
    again = document("simulate", run, "--events", run / "stress" / "events.parquet", "--seed", "99")
    assert again["measures"] == first["measures"]
    assert (again["replications"], again["steps"]) == (40, first["steps"])
    assert (run / "stress-events").is_dir()


def test_events_that_were_edited_happen_as_edited(runs, tmp_path):
    """Four weeks without the far maker, typed by hand: 28 of 364 cars are lost."""
    file = tmp_path / "typed.csv"
    file.write_text("event_id,scope_kind,scope_value,start_date,duration_days,capacity_loss_share\nE1,site,far,2026-03-12,28,1\n")
    told = document("simulate", runs / "global", "--events", file)
    lost = next(row for row in told["measures"] if row["measure"] == "lost")
    assert lost["mean"] == pytest.approx(28)
    assert told["replications"] == 1


@pytest.mark.parametrize(("text", "code"), [
    ("event_id,scope_kind,scope_value,start_date,duration_days\nE1,site,atlantis,2026-03-12,28\n", "unknown_scope"),
    ("event_id,scope_kind,scope_value,start_date,duration_days\nE1,site,far,soon,28\n", "wrong_type"),
    ("event_id,scope_kind,scope_value,start_date,duration_days,capacity_loss_share\nE1,site,far,2026-03-12,28,1.5\n", "share_over_one"),
    ("event_id,scope_kind,scope_value,start_date,duration_days\nE1,site,far,2019-03-12,28\n", "events_out_of_span"),
    ("event_id,scope_kind,scope_value,start_date,duration_days\n", "empty_table"),
    ("", "empty_table"),
])  # fmt: skip
def test_events_are_checked_as_the_table_is(runs, tmp_path, text, code):
    file = tmp_path / "typed.csv"
    file.write_text(text)
    ended = called("simulate", runs / "global", "--events", file, "--json")
    assert ended.exit_code == 2, ended.output
    assert code in {one["code"] for one in json.loads(ended.stdout)["problems"]}


def test_events_that_are_no_file_or_named_twice_are_refused(runs, tmp_path):
    for file in (tmp_path / "nowhere.csv", tmp_path, tmp_path / "events.txt"):
        assert called("simulate", runs / "global", "--events", file).exit_code == 2
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    assert called("simulate", runs / "global", "--events", tmp_path / "broken.parquet").exit_code == 2
    ended = called("simulate", runs / "global", "--replay", "suez_2021", "--events", tmp_path / "broken.parquet", "--json")
    assert [one["code"] for one in json.loads(ended.stdout)["problems"]] == ["two_events"]


def test_a_folder_for_findings_that_is_taken_is_refused_before_anything_runs(runs, tmp_path, monkeypatch):
    (tmp_path / "thesis.txt").write_text("years of work")
    monkeypatch.setattr("hinterland.stress.simulate.simulate", lambda *_a, **_k: pytest.fail("it ran"))
    for verb in ("simulate", "expose"):
        ended = called(verb, runs / "global", "--out", tmp_path)
        assert ended.exit_code == 2
        assert "there already" in ended.output


def test_how_well_the_answer_is_known_is_told(runs):
    ended = called("simulate", runs / "global", "-n", "200")
    assert "the fill rate is known to ±" in ended.output
    assert "after 200 replications" in ended.output
    missed = called("simulate", runs / "global", "-n", "100", "--until", "0.00001")
    assert "not reached" in missed.output
    stopped = called("simulate", runs / "global", "-n", "5000", "--until", "0.02")
    assert "stopped after" in stopped.output
    assert "not reached" not in stopped.output
