"""`hinterland route` explains a way on the terminal and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import hinterland

SEED = Path(hinterland.__file__).parent / "model" / "samples" / "seed_chain"


def told(*words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from hinterland.cli import main; main()", "route", str(SEED), *words]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_a_route_is_told_leg_by_leg_and_longer_without_suez():
    chain = ["--from", "jiangmen", "--to", "nysa", "--mode-chain", "truck+container_ship+truck", "--json"]
    ways = [json.loads(told(*chain, *more).stdout)["routes"][0] for more in ([], ["--avoid", "suez"])]
    assert [leg["mode_id"] for leg in ways[0]["legs"]] == ["truck", "container_ship", "truck"]
    assert ways[0]["legs"][0]["from"] == "jiangmen"
    assert ways[0]["km"] == round(sum(leg["km"] for leg in ways[0]["legs"]), 1)
    assert "suez" in ways[0]["passages"]
    assert "cape_of_good_hope" in ways[1]["passages"]
    for figure in ("km", "days", "co2e_kg_per_t"):
        assert ways[1][figure] > ways[0][figure]


def test_ports_go_by_name_on_the_terminal():
    shown = told("--from", "jiangmen", "--to", "nysa", "--mode-chain", "truck+container_ship+truck", "--via", "CNSHA+DEHAM")
    assert shown.returncode == 0
    assert "Hamburg, DE" in shown.stdout
    assert "passages:" in shown.stdout


def test_a_passage_that_is_none_ends_with_two_and_the_nearest_name():
    shown = told("--from", "jiangmen", "--to", "nysa", "--avoid", "sues")
    assert shown.returncode == 2
    assert "suez" in shown.stderr


def test_ports_of_a_leg_by_sea_come_with_name_and_country_in_json():
    chain = ["--from", "jiangmen", "--to", "nysa", "--mode-chain", "truck+container_ship+truck", "--via", "CNSHA+DEHAM", "--json"]
    legs = json.loads(told(*chain).stdout)["routes"][0]["legs"]
    assert legs[1]["from_port"] == {"code": "CNSHA", "name": "Shanghai", "country": "CN"}
    assert legs[1]["to_port"] == {"code": "DEHAM", "name": "Hamburg", "country": "DE"}
    assert legs[0]["to_port"] is None


def test_planes_are_explained_and_a_way_without_a_rate_has_no_cost(tmp_path):
    import shutil

    tables = tmp_path / "planes"
    shutil.copytree(SEED, tables)
    with (tables / "modes.csv").open("a", encoding="utf-8") as modes:
        modes.write("plane,air,0.6,1.5,8000,1,S65,assumed,\n")
    program = [sys.executable, "-c", "from hinterland.cli import main; main()", "route", str(tables), "--from", "jiangmen", "--to", "nysa"]
    shown = subprocess.run(program, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert "airport of jiangmen" in shown.stdout
    assert "cost not known" in shown.stdout
    document = json.loads(subprocess.run([*program, "--json"], capture_output=True, text=True, check=False).stdout)
    flown = document["routes"][-1]
    assert flown["mode_chain"] == "truck+plane+truck"
    assert flown["cost_per_t"] is None
    assert "airports" in flown["notes"][0]


def test_from_a_site_to_itself_ends_with_words_not_with_a_trace():
    shown = told("--from", "nysa", "--to", "nysa")
    assert shown.returncode == 2
    assert "both ends" in shown.stderr
