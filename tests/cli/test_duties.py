"""`hinterland duties` explains a stack on the terminal and as JSON, from the shipped rules, a network or a pack."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def told(*words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from hinterland.cli import main; main()", "duties", *words]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_a_stack_is_told_layer_by_layer_with_what_turns_a_layer_off_and_its_source():
    shown = told(
        "--from", "CN", "--to", "US", "--hs", "8507600010", "--use", "auto-part", "--on", "2026-10-01", "--value", "10000", "--json"
    )
    found = json.loads(shown.stdout)
    assert (found["total"], found["total_share"]) == (5340.0, 0.534)
    layers = {one["programme"]: one for one in found["layers"]}
    assert {name: one["adds"] for name, one in layers.items()} == {
        "mfn": 340.0,
        "section_301_cn": 2500.0,
        "section_232_auto": 2500.0,
        "section_301_fl": 0.0,
    }
    assert layers["section_301_fl"]["off_by"] == "section_232_auto"
    assert all(one["source"] and one["quality"] for one in found["layers"])


def test_a_short_code_lists_the_lines_under_it_that_rows_name():
    words = ["--from", "CN", "--to", "US", "--hs", "8507.60", "--on", "2025-10-01"]
    found = json.loads(told(*words, "--json").stdout)
    assert found["total_share"] == pytest.approx(0.034 + 0.075)
    assert [(one["hs"], one["total_share"]) for one in found["branches"]] == [("8507600010", pytest.approx(0.034 + 0.25))]
    shown = told(*words)
    assert shown.returncode == 0
    assert "8507600010" in shown.stdout
    assert "10.9 %" in shown.stdout


def test_a_claim_stands_in_place_of_the_ordinary_duty_and_a_wrong_one_is_refused():
    words = ["--from", "MX", "--to", "US", "--hs", "850760", "--on", "2026-10-01"]
    assert json.loads(told(*words, "--json").stdout)["total_share"] == pytest.approx(0.034 + 0.10)
    claimed = json.loads(told(*words, "--claim", "usmca", "--json").stdout)
    assert claimed["total"] == 0
    assert {one["programme"]: one["off_by"] for one in claimed["layers"]} == {"usmca": None, "mfn": "usmca"}
    wrong = told(*words, "--claim", "uscma")
    assert wrong.returncode == 2
    assert "usmca" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--from", "XX", "--to", "US", "--hs", "850760"], "unknown_reference"),
        (["--from", "CN", "--to", "US", "--hs", "85O760"], "bad_tariff_line"),
        (["--from", "CN", "--to", "US", "--hs", "850760", "--use", "toy"], "unknown_reference"),
        (["--from", "CN", "--to", "US", "--hs", "850760", "--scenario", "s"], "unknown_reference"),
    ],
)
def test_what_no_rule_knows_ends_with_two_and_says_so(words, code):
    shown = told(*words, "--on", "2026-10-01", "--json")
    assert shown.returncode == 2
    assert [one["code"] for one in json.loads(shown.stdout)["problems"]] == [code]


def test_rules_of_a_network_count_as_known_in_its_scenario():
    words = ["--from", "CN", "--to", "US", "--hs", "2841.90.50", "--on", "2026-10-01", "--network", "seed_chain", "--json"]
    plain, later = (json.loads(told(*words, *more).stdout) for more in ([], ["-s", "tariffs-2026"]))
    assert {one["programme"] for one in later["layers"]} > {one["programme"] for one in plain["layers"]}
    assert later["total"] > plain["total"]
    assert later["currency"] == "USD"


def test_a_line_whose_ordinary_duty_no_row_knows_is_said_to_be_told_in_part():
    words = ["--from", "CN", "--to", "US", "--hs", "8711.60", "--on", "2027-02-03"]
    shown = told(*words)
    assert "know no ordinary duty of US on line 871160" in shown.stdout
    assert "known part 12.5 " in shown.stdout
    found = json.loads(told(*words, "--json").stdout)
    assert not found["ordinary_duty_known"]
    assert "850760" in found["ordinary_lines"]
    assert json.loads(told(*words[:4], "--hs", "850760", "--json").stdout)["ordinary_duty_known"]
