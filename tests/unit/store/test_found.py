"""What is found out about a run is kept whole or not at all, and nothing of somebody else's is ever written over."""

from __future__ import annotations

import json

import polars as pl
import pytest

from hinterland.core.errors import InvalidTables
from hinterland.store import about_of, write_found

FRAMES = {"summary": pl.DataFrame({"measure": ["lost"], "mean": [28.0]}), "events": pl.DataFrame({"event_id": ["r0-0"]})}


def test_tables_and_how_they_came_about_are_read_back(tmp_path):
    folder = write_found(tmp_path / "stress", FRAMES, {"seed": 7, "late": float("inf")})
    assert pl.read_parquet(folder / "summary.parquet").equals(FRAMES["summary"])
    assert (about_of(folder)["seed"], about_of(folder)["late"]) == (7, None)
    assert sorted(file.name for file in folder.iterdir()) == ["about.json", "events.parquet", "summary.parquet"]


def test_the_next_finding_takes_the_place_of_the_older_one_only_where_asked(tmp_path):
    folder = write_found(tmp_path / "stress", FRAMES, {"seed": 7})
    with pytest.raises(InvalidTables, match="a finding already"):
        write_found(folder, FRAMES, {"seed": 8})
    write_found(folder, {"summary": FRAMES["summary"]}, {"seed": 8}, replace=True)
    assert sorted(file.name for file in folder.iterdir()) == ["about.json", "summary.parquet"]
    assert about_of(folder)["seed"] == 8


@pytest.mark.parametrize("replace", [True, False])
def test_a_folder_of_somebody_else_stays_as_it_is(tmp_path, replace):
    other = tmp_path / "stress"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(InvalidTables, match="not a finding of ours"):
        write_found(other, FRAMES, {}, replace=replace)
    assert [file.name for file in other.iterdir()] == ["thesis.txt"]


def test_a_run_is_no_finding_and_is_never_replaced_by_one(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "manifest.json").write_text("{}")
    with pytest.raises(InvalidTables, match="not a finding of ours"):
        write_found(run, FRAMES, {}, replace=True)
    assert (run / "manifest.json").read_text() == "{}"


def test_a_full_disk_leaves_the_older_finding_and_no_half_one(tmp_path, monkeypatch):
    folder = write_found(tmp_path / "stress", FRAMES, {"seed": 7})
    before = json.loads((folder / "about.json").read_text())
    whole = pl.DataFrame.write_parquet
    written = []

    def full(frame, file, **more):
        if written:
            raise OSError(28, "No space left on device")
        written.append(file)
        whole(frame, file, **more)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(InvalidTables, match="No space left"):
        write_found(folder, FRAMES, {"seed": 8}, replace=True)
    assert written
    assert json.loads((folder / "about.json").read_text()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["stress"]
