"""Stopping a design: what is kept, what it is worth, and what is said where nothing can be kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from design_worlds import open_plants
from hinterland.core.errors import Cancelled
from hinterland.design import design
from hinterland.design.stopping import Stopper
from worlds import network, two_makers


class Caller:
    """Wants to stop once a note holds a word; remembers what it was told."""

    def __init__(self, word: str | None = None) -> None:
        self.word, self.notes, self.stop = word, [], False  # type: ignore[var-annotated]

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        assert 0.0 <= done_share <= 1.0
        self.notes.append((task, note))
        self.stop = self.stop or (self.word is not None and self.word in note)

    def cancelled(self) -> bool:
        return self.stop


def test_a_stop_after_the_first_plan_keeps_it_proved_and_with_its_gap() -> None:
    caller = Caller("within")
    with pytest.raises(Cancelled) as stopped:
        design(network(open_plants(40, 100)), gap=0.0, progress=caller)
    result = stopped.value.result
    assert result is not None
    proof = result.proof  # type: ignore[attr-defined]
    assert proof.status == "cancelled"
    assert proof.verify.ok
    assert 0.0 < proof.gap_share < 0.5
    assert proof.bound < proof.objective
    assert proof.objective == pytest.approx(dict(result.objective)["cost"])  # type: ignore[attr-defined]
    assert f"within {proof.gap_share:.2%}" in str(stopped.value)
    assert any("within" in note for task, note in caller.notes if task == "solve")


def test_the_end_of_the_time_keeps_the_plan_and_bounds_the_whole_design() -> None:
    network_of_many = network(open_plants(60, 200))
    design(network(two_makers(1)))  # imports are done: the time is the design's own
    began = time.perf_counter()
    result = design(network_of_many, gap=0.0, seconds=4.0)
    assert time.perf_counter() - began < 60.0  # the search alone would take minutes
    assert result.proof.status == "time_limit"
    assert result.proof.verify.ok
    assert 0.0 < result.proof.gap_share < 0.5
    assert result.proof.bound < result.proof.objective


def test_a_linear_design_that_is_stopped_keeps_nothing_and_says_so() -> None:
    caller = Caller("cost")
    caller.stop = True
    with pytest.raises(Cancelled, match="a linear model has no plan before its end, nothing is kept") as stopped:
        design(network(two_makers(1)), progress=caller)
    assert stopped.value.result is None


def test_no_time_at_all_is_said_to_be_no_time() -> None:
    with pytest.raises(Cancelled, match="nothing is kept") as stopped:
        design(network(open_plants(20, 60)), seconds=0.0)
    assert stopped.value.result is None


def test_ctrl_c_during_a_solve_keeps_the_best_plan_so_far() -> None:
    script = Path(__file__).parent / "interrupted_solve.py"
    solving = subprocess.Popen([sys.executable, "-W", "error", str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert solving.stdout is not None
    assert solving.stdout.readline() == "ready\n", solving.stderr.read() if solving.stderr else ""
    os.kill(solving.pid, signal.SIGINT)
    out, err = solving.communicate(timeout=60)
    assert solving.returncode == 0, err
    told = json.loads(out)
    assert told["status"] == "cancelled"
    assert told["verified"]
    assert told["flows"] > 0
    assert 0.0 < told["gap_share"] < 0.5
    assert told["message"].startswith("stopped with a plan within")


def test_ctrl_c_is_a_wish_first_and_an_interrupt_when_pressed_again() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Stopper(Caller()) as stopper:
        signal.raise_signal(signal.SIGINT)
        assert stopper.asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_caller_that_listens_to_ctrl_c_itself_keeps_its_handler() -> None:
    heard = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    try:
        with Stopper(Caller()) as stopper:
            signal.raise_signal(signal.SIGINT)
            assert not stopper.asked
        assert heard == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_caller_whose_progress_breaks_gets_its_own_error_and_the_solver_ends() -> None:
    class Broken(Caller):
        def advanced(self, task: str, done_share: float, note: str = "") -> None:
            if "within" in note:
                raise RuntimeError("the bar is gone")

    with pytest.raises(RuntimeError, match="the bar is gone"):
        design(network(open_plants(40, 100)), gap=0.0, progress=Broken())


def test_a_design_in_another_thread_works_without_ctrl_c() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(design, network(two_makers(1))).result()
    assert result.proof.status == "optimal"
