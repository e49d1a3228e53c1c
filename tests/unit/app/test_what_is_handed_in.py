"""Plans in every form in which one can be had, and what is none of them."""

import os
from pathlib import Path

import pytest

from hinterland.app import compare, read, read_run, render, solve, trace, verify, write_run
from hinterland.core.errors import HinterlandError, InvalidTables, OutOfTime
from worlds import two_makers


class Place(os.PathLike):
    """A path that is neither str nor Path."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    net = read(two_makers())
    result = solve(net)
    folder = write_run(tmp_path_factory.mktemp("runs") / "run", net, result)
    return net, result, folder


class Stressed:
    """What a simulation might hand back: a result with its plan."""

    def __init__(self, plan):
        self.plan = plan


def test_a_plan_is_taken_from_whatever_holds_one(solved):
    net, result, folder = solved
    cost = trace(net, result.plan).costs["per_unit"].sum()
    for given in (
        result,
        Stressed(result.plan),
        read_run(folder),
        folder,
        str(folder),
        Place(folder),
        folder / "plan",
        Place(folder / "plan"),
    ):
        assert verify(net, given).ok
        assert trace(net, given).costs["per_unit"].sum() == pytest.approx(cost)
    assert solve(net, fix=folder).plan["flows"].equals(result.plan["flows"])
    board = compare(net, {"run": Place(folder), "plan": folder / "plan", "design": result})
    assert board.proofs["run"]["status"] == "optimal"
    assert "status" not in board.proofs["plan"]  # a bare plan brings no proof of how it was found


@pytest.mark.parametrize("door", [trace, verify])
def test_what_is_no_plan_or_no_network_is_told_in_words(solved, door):
    net, result, _ = solved
    with pytest.raises(HinterlandError, match="this is no plan but a list"):
        door(net, [])
    with pytest.raises(HinterlandError, match="no network but a str: read it first"):
        door("tables", result.plan)


def test_what_cannot_be_compared_or_drawn_is_told_in_words(solved, tmp_path):
    net, result, folder = solved
    with pytest.raises(HinterlandError, match="plans go by name"):
        compare(net, [result])
    with pytest.raises(HinterlandError, match="no plan but a NoneType"):
        compare(net, {"one": None})
    with pytest.raises(HinterlandError, match="no board but a DesignResult"):
        render(result, tmp_path / "r.html")
    board = compare(net, {"one": result})
    (tmp_path / "file").write_text("mine")
    for target, why in (
        (folder, "it is a folder"),
        (tmp_path / "file" / "r.html", "is a file"),
        (tmp_path / "file" / "a" / "r.html", "is a file"),
    ):
        with pytest.raises(InvalidTables) as caught:
            render(board, target)
        assert why in caught.value.issues[0].why
    assert (tmp_path / "file").read_text() == "mine"
    assert render(board, Place(tmp_path / "deep" / "r.html")).is_file()
    assert [one.name for one in (tmp_path / "deep").iterdir()] == ["r.html"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a place that takes no files")
def test_a_place_that_takes_no_files_is_told_before_anything_is_made(solved):
    net, result, _ = solved
    with pytest.raises(InvalidTables, match="cannot be written"):
        render(compare(net, {"one": result}), "/proc/hinterland")
    with pytest.raises(InvalidTables, match="cannot be written"):
        write_run("/proc/hinterland", net, result)


def test_no_time_at_all_is_no_stop_and_keeps_nothing():
    tables = two_makers(12)
    with pytest.raises(OutOfTime, match="before a first plan was found"):
        solve(read(tables), seconds=1e-9)


def test_results_say_what_they_are_in_a_line(solved):
    net, result, folder = solved
    board = compare(net, {"one": result})
    for shown in (
        repr(trace(net, result)),
        repr(board),
        repr(read_run(folder)),
        repr(result),
        repr(result.plan),
        repr(verify(net, result)),
        repr(net),
    ):
        assert "shape:" not in shown
        assert len(shown) < 400
    assert repr(board).startswith("Board('network': one against one")


def test_packs_beside_a_network_that_is_not_there_are_no_empty_list(tmp_path):
    from hinterland.app import packs
    from hinterland.core.errors import InvalidTables

    with pytest.raises(InvalidTables) as caught:
        packs(tmp_path / "nosuch")
    assert caught.value.issues[0].code == "unreadable"
    assert {one["from"] for one in packs(None)} == {"shipped"}
