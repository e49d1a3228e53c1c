import json

import polars as pl
import pytest

from hinterland.app import solve
from hinterland.core.errors import InvalidTables
from hinterland.store import Logged, read_run, safe_name, write_run
from worlds import network, two_makers


@pytest.fixture(scope="module")
def solved():
    net = network(two_makers())
    return net, solve(net)


def test_a_run_reads_back_as_it_was_written(tmp_path, solved):
    net, result = solved
    run = read_run(write_run(tmp_path / "run", net, result))
    assert run.network.digest == net.digest
    assert run.plan["flows"].equals(result.plan["flows"])
    assert run.manifest["verified"] is True
    assert run.manifest["status"] == "optimal"
    assert run.tables["claimed_costs"].equals(result.tables["claimed_costs"])


def test_a_run_whose_inputs_were_changed_is_refused(tmp_path, solved):
    net, result = solved
    folder = write_run(tmp_path / "run", net, result)
    file = folder / "inputs" / "demand.parquet"
    pl.read_parquet(file).with_columns(quantity=pl.col("quantity") * 2).write_parquet(file)
    with pytest.raises(InvalidTables, match="not those it was solved with"):
        read_run(folder)


def test_an_older_run_is_kept_unless_told_otherwise_and_any_other_folder_always(tmp_path, solved):
    net, result = solved
    folder = write_run(tmp_path / "run", net, result)
    with pytest.raises(InvalidTables, match="there already"):
        write_run(folder, net, result)
    write_run(folder, net, result, replace=True)
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("years of work")
    with pytest.raises(InvalidTables, match="not a run of ours"):
        write_run(other, net, result, replace=True)
    assert (other / "chapter.txt").read_text() == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "thesis"]


def test_a_crash_while_writing_leaves_the_older_run_and_no_half_one(tmp_path, solved, monkeypatch):
    net, result = solved
    folder = write_run(tmp_path / "run", net, result)
    before = (folder / "manifest.json").read_text()
    monkeypatch.setattr(pl.DataFrame, "write_parquet", lambda *_a, **_k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_run(folder, net, result, replace=True)
    assert (folder / "manifest.json").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_is_no_run_is_told_apart(tmp_path):
    with pytest.raises(InvalidTables, match="no run folder"):
        read_run(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(InvalidTables, match="another layout"):
        read_run(tmp_path)


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ".hidden", "", "x" * 300, "a\x00b", "ü"])
def test_a_users_id_never_becomes_a_path(name, tmp_path):
    safe = safe_name(name)
    assert (tmp_path / safe).resolve().parent == tmp_path.resolve()
    assert not safe.startswith(".")
    assert 0 < len(safe) <= 80


def test_the_log_keeps_a_line_where_something_moved():
    told = []

    class Screen:
        def advanced(self, task, done_share, note=""):
            told.append(done_share)

        def cancelled(self):
            return True

    logged = Logged(Screen())
    for share in (0.0, 0.001, 0.5, 0.5, 1.0):
        logged.advanced("solve", share)
    assert [line["done_share"] for line in logged.lines] == [0.0, 0.5, 1.0]
    assert len(told) == 5
    assert logged.cancelled()
