"""The verbs as a user types them: what goes to stdout, what to stderr, and the exit code."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from typer.testing import CliRunner

from hinterland.cli.commands import app
from hinterland.cli.endings import CODES
from worlds import two_makers

COMMAND = [sys.executable, "-c", "from hinterland.cli import main; main()"]


def run(*words, cwd):
    """One command in this process: what a user types, with its folder."""
    with contextlib.chdir(cwd):
        done = CliRunner().invoke(app, [str(word) for word in words])
    return SimpleNamespace(returncode=done.exit_code, stdout=done.stdout, stderr=done.stderr)


def write(tables, folder):
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        pl.DataFrame(rows, infer_schema_length=None).write_csv(folder / f"{name}.csv")
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    tables = two_makers()
    tables["scenarios"] = [{"scenario_id": "near-only"}]
    tables["policies"] = [{"policy_id": "home", "kind": "forbid_origin", "product": "part", "from_group": "CN", "valid_from": "2030-01-01"}]
    tables["overrides"] = [
        {
            "scenario_id": "near-only",
            "order": 1,
            "table": "policies",
            "where": "policy_id=home",
            "action": "set",
            "column": "valid_from",
            "value": "2026-01-01",
        }
    ]
    write(tables, folder / "net")
    for name in ("", "near-only"):
        words = ("solve", "net", "--out", name or "free", *(("--scenario", name) if name else ()))
        done = run(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


def test_check_of_good_tables_ends_with_0_and_of_bad_ones_with_2_telling_every_problem(place, tmp_path):
    good = run("check", "net", cwd=place)
    assert good.returncode == CODES["done"]
    tables = two_makers()
    tables["lanes"][0]["to_site"] = "plnt"
    tables["processes"][0]["capacity_per_year"] = -1.0
    bad = run("check", write(tables, tmp_path / "bad"), "--json", cwd=tmp_path)
    assert bad.returncode == CODES["tables"]
    told = {(one["table"], one["row"], one["column"], one["code"]) for one in json.loads(bad.stdout)["problems"]}
    assert {("lanes", 2, "to_site", "unknown_reference"), ("processes", 2, "capacity_per_year", "bounds")} <= told
    shown = run("check", "bad", cwd=tmp_path)
    assert "plnt" in shown.stdout
    assert "did you mean plant?" in " ".join(shown.stdout.split())


def test_more_than_20_problems_go_to_a_file_that_no_spreadsheet_takes_for_formulas(tmp_path):
    tables = two_makers()
    tables["lanes"] = [tables["lanes"][0] | {"lane_id": f"l{at}", "to_site": f"=cmd{at}"} for at in range(30)]
    done = run("check", write(tables, tmp_path / "bad"), "--out", "hinterland-problems.csv", cwd=tmp_path)
    assert "all 3" in done.stdout
    text = (tmp_path / "hinterland-problems.csv").read_text()
    assert text.count("unknown_reference") == 30
    assert not any(cell[:1] in "=+@" for line in text.splitlines() for cell in line.split(",") if cell)


def test_no_file_is_written_unasked_and_none_over_what_is_no_list_of_problems(tmp_path):
    tables = two_makers()
    tables["lanes"] = [tables["lanes"][0] | {"lane_id": f"l{at}", "to_site": f"moon{at}"} for at in range(30)]
    done = run("check", write(tables, tmp_path / "bad"), cwd=tmp_path)
    file = Path(done.stdout.split(" are in ")[1].strip())
    assert file.parent == Path(tempfile.gettempdir())
    assert file.read_text().count("unknown_reference") == 30
    file.unlink()
    assert [one.name for one in tmp_path.iterdir()] == ["bad"]
    (tmp_path / "thesis.csv").write_text("mine")
    taken = run("check", "bad", "--out", "thesis.csv", cwd=tmp_path)
    assert taken.returncode == CODES["tables"]
    assert (tmp_path / "thesis.csv").read_text() == "mine"
    for _ in range(2):  # an older list of problems is written anew
        run("check", "bad", "--out", "problems.csv", cwd=tmp_path)
    assert (tmp_path / "problems.csv").read_text().count("unknown_reference") == 30


def test_check_shows_what_is_needed_and_what_there_is_and_where_it_is_short(tmp_path):
    tables = two_makers()
    tables["demand"][1]["quantity"] = 400.0
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 30.0, "limit_per_year": 20.0}]
    shown = run("check", write(tables, tmp_path / "net"), cwd=tmp_path).stdout
    lines = [line.split() for line in shown.splitlines()]
    assert ["part", "part", "piece", "2027", "400", "300", "20", "0.80"] in lines
    assert ["car", "car", "piece", "2026", "100", "120", "0", "1.2"] in lines
    assert "2 of 2 products fall short" in shown
    told = json.loads(run("check", "net", "--json", cwd=tmp_path).stdout)["supply"]
    (part,) = [row for row in told if (row["product_id"], row["period_id"]) == ("part", "2027")]
    assert (part["needed"], part["with_modules"], part["bought"], part["ratio"]) == (400.0, 300.0, 20.0, pytest.approx(0.8))
    tables["lanes"][0]["to_site"] = "moon"
    broken = json.loads(run("check", write(tables, tmp_path / "bad"), "--json", cwd=tmp_path).stdout)
    assert broken["supply"] is None


def test_a_long_table_of_needs_shows_the_tightest_period_and_a_share_for_each(tmp_path):
    tables = two_makers(20)
    tables["demand"][13]["quantity"] = 240.0
    shown = run("check", write(tables, tmp_path / "net"), cwd=tmp_path).stdout
    lines = [line.split() for line in shown.splitlines()]
    assert ["car", "car", "piece", "2039", "240", "120", "0", "0.50"] in lines
    assert sum(line[:3] == ["car", "car", "piece"] for line in lines) == 1
    every = run("check", "net", "--supply", cwd=tmp_path).stdout
    assert sum(line.split()[:3] == ["car", "car", "piece"] for line in every.splitlines()) == 20


def test_solve_repeats_the_warnings_and_says_what_stays_short(tmp_path):
    tables = two_makers(1)
    tables["processes"][2]["capacity_per_year"] = 60.0
    tables["sites"].append({"site_id": "field", "country": "US", "status": "candidate"})
    done = run("solve", write(tables, tmp_path / "net"), cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.count("idle_site") == 1
    assert "NOT all is delivered: 60 % of what is asked for, 40 % stays short" in done.stdout
    told = json.loads(run("solve", "net", "--json", cwd=tmp_path).stdout)
    assert [one["code"] for one in told["warnings"]] == ["idle_site"]
    tables = two_makers(1)
    whole = run("solve", write(tables, tmp_path / "enough"), cwd=tmp_path)
    assert "NOT all" not in whole.stdout


@pytest.mark.parametrize("words", [("--gap", "5"), ("--gap", "-1"), ("-s", "")])
def test_options_that_mean_nothing_are_refused(place, words):
    assert run("solve", "net", *words, cwd=place).returncode == CODES["tables"]


def test_nothing_is_solved_or_written_from_bad_tables(tmp_path):
    tables = two_makers()
    tables["demand"][0]["quantity"] = -5.0
    done = run("solve", write(tables, tmp_path / "bad"), "--out", "run", "--json", cwd=tmp_path)
    assert done.returncode == CODES["tables"]
    assert json.loads(done.stdout)["error"] == "InvalidTables"
    assert not (tmp_path / "run").exists()


def test_an_unknown_scenario_is_told_with_those_that_are_there(place):
    done = run("solve", "net", "--scenario", "near", cwd=place)
    assert done.returncode == CODES["tables"]
    assert "near-only" in done.stderr


def test_solve_tells_cost_proof_and_shortage_as_json_and_nothing_else_on_stdout(place):
    done = run("solve", "net", "--json", cwd=place)
    told = json.loads(done.stdout)
    assert told["verified"] is True
    assert told["cost_total"] == pytest.approx(2 * 100 * (6 + 2 + 50 + 3))
    assert told["co2e_total_t"] == pytest.approx(2 * 100 * (3 + 10 + 5) / 1000)
    assert told["shortage_share"] == 0


def test_a_plan_that_cannot_be_ends_with_3_and_names_the_rules(place, tmp_path):
    tables = two_makers()
    tables["policies"] = [
        {"policy_id": "all_near", "kind": "min_flow", "from_group": "near", "to_group": "plant", "product": "part", "value": 500.0}
    ]
    done = run("solve", write(tables, tmp_path / "net"), "--json", cwd=tmp_path)
    assert done.returncode == CODES["infeasible"], done.stderr
    told = json.loads(done.stdout)
    assert any("all_near" in one for one in told["conflict"])
    assert "highs" not in done.stdout.lower()
    shown = run("solve", "net", cwd=tmp_path)
    assert "all_near" in shown.stderr


def test_a_run_verifies_traces_compares_and_renders(place):
    proved = json.loads(run("verify", "free", "--json", cwd=place).stdout)
    assert proved["ok"] is True
    assert proved["broken"] == []
    story = json.loads(run("trace", "free", "--period", "2026", "--json", cwd=place).stdout)
    assert sum(row["per_unit"] for row in story["cost per unit"]) == pytest.approx(61.0)
    compared = json.loads(run("compare", "free", "near-only", "--json", cwd=place).stdout)
    costs = {name: one["cost_per_piece"] for name, one in compared["strategies"].items()}
    assert costs == {"free": pytest.approx(61.0), "near-only": pytest.approx(64.0)}
    done = run("render", "free", "near-only", "--out", "pair.html", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "<script" not in (place / "pair.html").read_text().lower()


def test_runs_whose_folders_share_a_name_are_not_merged(place, tmp_path):
    (tmp_path / "free").symlink_to(place / "free")
    shutil.copytree(place / "near-only", tmp_path / "other" / "free")
    done = run("compare", tmp_path / "free", tmp_path / "other" / "free", "--json", cwd=tmp_path)
    assert done.returncode == CODES["tables"]
    assert json.loads(done.stdout)["problems"][0]["what"] == "several runs are named free"


def test_a_plan_that_was_tampered_with_does_not_verify(place, tmp_path):
    run("solve", place / "net", "--out", "run", cwd=tmp_path)
    file = tmp_path / "run" / "plan" / "flows.csv"
    frame = pl.read_csv(file)
    frame.with_columns(quantity=pl.col("quantity") * 0.9).write_csv(file)
    done = run("verify", "run", "--json", cwd=tmp_path)
    assert done.returncode == CODES["tables"]
    assert json.loads(done.stdout)["ok"] is False


def test_a_plan_folder_can_be_judged_and_completed(place):
    plan = place / "today"
    plan.mkdir()
    (plan / "flows.csv").write_text("from_site,to_site,product_id,period_id,quantity\nnear,plant,part,2026,40\n")
    judged = run("verify", "net", "--plan", "today", "--json", cwd=place)
    assert judged.returncode == CODES["tables"]  # parts arrive and nothing is made of them
    done = run("solve", "net", "--complete", "today", "--out", "completed", cwd=place)
    assert done.returncode == 0, done.stderr
    kept = pl.read_csv(place / "completed" / "plan" / "flows.csv").filter(
        (pl.col("lane_id") == "near-plant") & (pl.col("period_id") == 2026)
    )
    assert kept["quantity"].to_list() == [40.0]


def test_new_writes_templates_once(tmp_path):
    assert run("new", "mine", cwd=tmp_path).returncode == 0
    assert (tmp_path / "mine" / "lanes.csv").is_file()
    again = run("new", "mine", cwd=tmp_path)
    assert again.returncode == CODES["tables"]
    assert "Traceback" not in again.stderr


def test_a_folder_that_is_taken_is_not_written_over(place, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    done = run("solve", place / "net", "--out", "thesis", "--replace", cwd=tmp_path)
    assert done.returncode == CODES["tables"]
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "mine"


def test_a_name_with_markup_stays_text_on_the_terminal(tmp_path):
    tables = two_makers()
    tables["lanes"][0]["to_site"] = "[bold red]plant[/]"
    shown = run("check", write(tables, tmp_path / "net"), cwd=tmp_path)
    assert "'[bold red]plant[/]' in to_site" in shown.stdout


def test_ctrl_c_before_the_first_plan_ends_with_130(place):
    if os.name != "posix":
        pytest.skip("signals of posix")
    task = subprocess.Popen([*COMMAND, "demo", "--out", "stopped"], cwd=place, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(6)
    task.send_signal(signal.SIGINT)
    _, told = task.communicate(timeout=60)
    assert task.returncode == CODES["stopped"], told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("trace", "free", "--allocation", "price"), "value, mass, none"),
        (("render", "free", "--out", "net"), "it is a folder"),
        (("compare", "free", "--out", "net/lanes.csv/r.html"), "lanes.csv is a file, not a folder"),
        (("solve", "net", "--out", "net/lanes.csv/run"), "lanes.csv is a file, not a folder"),
        (("render", "free", "--out", "/proc/hinterland.html"), "takes no files"),
        (("solve", "net", "--out", "/proc/hinterland"), "takes no files"),
    ],
)
def test_what_cannot_be_done_or_written_ends_with_2_and_words(place, words, told):
    if "/proc" in words[-1] and not os.path.isdir("/proc/self"):
        pytest.skip("a place that takes no files")
    done = run(*words, cwd=place)
    assert done.returncode == CODES["tables"]
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_report_that_is_replaced_is_said_to_be(place, tmp_path):
    first = run("render", place / "free", "--out", "r.html", cwd=tmp_path)
    assert first.stdout == "report written to r.html\n"
    assert run("render", place / "free", "--out", "r.html", cwd=tmp_path).stdout == "report written to r.html (replaced)\n"
    told = json.loads(run("render", place / "free", "--out", "r.html", "--json", cwd=tmp_path).stdout)
    assert told == {"report": "r.html", "replaced": True}


def test_verify_says_which_scenario_it_judged_and_judges_another_one_when_asked(place):
    assert "the plan holds in the plain tables, without a scenario" in run("verify", "free", cwd=place).stdout
    assert "the plan holds under near-only" in run("verify", "near-only", cwd=place).stdout
    other = run("verify", "free", "--scenario", "near-only", "--json", cwd=place)
    assert other.returncode == CODES["tables"]  # it buys from afar, which near-only forbids
    assert json.loads(other.stdout)["scenario"] == ["near-only"]
    assert {row["check"] for row in json.loads(other.stdout)["broken"]} == {"policy"}
    judged = run("verify", "net", "--plan", "near-only", "--json", cwd=place)
    assert json.loads(judged.stdout)["scenario"] == ["near-only"]


def test_a_trace_ends_with_its_sums_and_its_choices(place):
    shown = run("trace", "free", "--period", "2026", cwd=place).stdout
    assert ["sum", "–", "61"] in [line.split() for line in shown.splitlines()]  # 6 + 2 for the part, 50 + 3 for the car
    assert "Co-products: by value" in shown
    assert "Accounting: a unit carries the average" in " ".join(shown.split())
    told = json.loads(run("trace", "free", "--period", "2026", "--json", cwd=place).stdout)
    assert told["sums"]["cost per unit"]["per_unit"] == pytest.approx(61.0)


def test_time_that_is_over_before_a_first_plan_ends_with_4(place):
    from hinterland.app import sample_path

    done = run("solve", sample_path("seed_chain"), "--seconds", "0.01", "--json", cwd=place)
    assert done.returncode == CODES["time"] == 4
    assert "the time was over before a first plan was found" in json.loads(done.stdout)["message"]


def test_what_a_disk_refuses_is_no_defect(place, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "pair.html")

    monkeypatch.setattr("hinterland.report.render", full)
    done = run("render", "free", "--out", "pair.html", cwd=place)
    assert done.returncode == CODES["tables"]
    assert "pair.html cannot be read or written: No space left on device" in done.stderr
