"""Many designs of one set of tables at once, each in a process of its own; run folders are what comes back."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from hinterland.core.errors import Cancelled, HinterlandError
from hinterland.core.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hinterland.core.progress import Progress
    from hinterland.model.network import Network

__all__ = ["Job", "solve_apart", "solve_in_turn"]

_WAIT_SECONDS = 0.1
_LINK: dict[str, Any] = {}
"""In a worker: the wish to stop and the way to tell progress, handed over when the worker starts, and tables once read."""


@dataclass(frozen=True, slots=True)
class Job:
    """One design: the scenarios it is made under, and the run folder it goes to.

    `complete` is a planner's partial plan (folder) to keep and fill in, `fix` a run whose openings, modules and contracts
    are kept.
    """

    name: str
    scenarios: tuple[str, ...]
    folder: Path
    complete: Path | None = None
    fix: Path | None = None


class _Named:
    """Progress of one of several solves, told under its job's name."""

    def __init__(self, inner: Progress, name: str) -> None:
        self._inner, self._name = inner, name

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        if task == "solve":
            self._inner.advanced(f"solve {self._name}", min(done_share, 0.99), note)

    def cancelled(self) -> bool:
        return self._inner.cancelled()


class _Caller:
    """Progress of a worker: what it says goes to the caller, what the caller wishes comes back."""

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        _LINK["said"].put((task, done_share, note))

    def cancelled(self) -> bool:
        return bool(_LINK["stop"].is_set())


def _join(stop: Any, said: Any) -> None:
    """Start a worker: Ctrl-C is the caller's to hear."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _LINK.update(stop=stop, said=said)


def _solve_into(net: Network, job: Job, gap: float, seed: int, progress: Progress) -> None:
    from hinterland.app.planning import read_plan, read_run, solve, write_run
    from hinterland.store import Logged

    logged = Logged(_Named(progress, job.name))
    kept = None if job.fix is None else read_run(job.fix).plan
    partial = None if job.complete is None else read_plan(job.complete)
    found = solve(net, job.scenarios, gap=gap, seed=seed, fix=kept, complete=partial, progress=logged)
    write_run(job.folder, net, found, log=logged.lines, replace=True)


def _solve_one(tables: str, job: Job, gap: float, seed: int) -> tuple[str, str]:
    """Solve one job into its run folder; returns (what went wrong in a word, the words)."""
    from hinterland.app.reading import read

    try:
        if tables not in _LINK:  # a worker reads the tables once for all its jobs
            _LINK[tables] = read(tables)
        _solve_into(_LINK[tables], job, gap, seed, _Caller())
    except Cancelled as stopped:
        return "stopped", str(stopped)
    except HinterlandError as refused:
        return "refused", str(refused)
    return "", ""


def solve_in_turn(tables: str | Path, jobs: Sequence[Job], *, gap: float = 1e-4, seed: int = 0, progress: Progress = SILENT) -> None:
    """Solve each job into its folder, one after the other; raises as `solve` does."""
    from hinterland.app.reading import read

    net = read(tables)
    for job in jobs:
        _solve_into(net, job, gap, seed, progress)
        progress.advanced(f"solve {job.name}", 1.0, "done")


def solve_apart(
    tables: str | Path, jobs: Sequence[Job], *, gap: float = 1e-4, seed: int = 0, workers: int = 2, progress: Progress = SILENT
) -> None:
    """Solve each job into its folder, `workers` at a time; the same results as one after the other.

    Raises Cancelled when stopped: runs that were finished stay. HinterlandError tells which job could not be solved.
    """
    context = get_context("spawn")
    stop, said = context.Event(), context.SimpleQueue()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_join, initargs=(stop, said)) as pool:
        waiting = {pool.submit(_solve_one, str(tables), job, gap, seed): job.name for job in jobs}
        pending = set(waiting)
        while pending:
            done, pending = wait(pending, timeout=_WAIT_SECONDS)
            while not said.empty():
                progress.advanced(*said.get())
            if progress.cancelled() and not stop.is_set():
                stop.set()
                for one in pending:
                    one.cancel()  # what has not begun; what runs hears the wish
            pending = {one for one in pending if not one.cancelled()}
            for one in done:
                if not one.cancelled():
                    progress.advanced(f"solve {waiting[one]}", 1.0, "done")
        told = [(waiting[one], *one.result()) for one in waiting if not one.cancelled()]
    if stop.is_set():
        raise Cancelled(None, "stopped: the runs that were finished are kept")
    for name, kind, words in told:
        if kind:
            raise HinterlandError(f"{name}: {words}")
