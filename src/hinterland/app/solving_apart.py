"""Several scenarios solved at once, each in a process of its own; run folders are what comes back."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hinterland.core.errors import Cancelled, HinterlandError
from hinterland.core.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.core.progress import Progress

__all__ = ["solve_apart", "solve_in_turn"]

_WAIT_SECONDS = 0.1
_LINK: dict[str, Any] = {}
"""In a worker: the wish to stop and the way to tell progress, handed over when the worker starts."""


class _Named:
    """Progress of one of several solves, told under its scenario's name."""

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


def _solve_into(tables: str | Path, name: str, folder: str | Path, gap: float, seed: int, progress: Progress) -> None:
    from hinterland.app.planning import solve, write_run
    from hinterland.app.reading import read
    from hinterland.store import Logged

    logged, net = Logged(_Named(progress, name)), read(tables)
    write_run(folder, net, solve(net, name, gap=gap, seed=seed, progress=logged), log=logged.lines, replace=True)


def _solve_one(tables: str, name: str, folder: str, gap: float, seed: int) -> tuple[str, str]:
    """Solve one scenario into its run folder; returns (what went wrong in a word, the words)."""
    try:
        _solve_into(tables, name, folder, gap, seed, _Caller())
    except Cancelled as stopped:
        return "stopped", str(stopped)
    except HinterlandError as refused:
        return "refused", str(refused)
    return "", ""


def solve_in_turn(tables: str | Path, runs: Mapping[str, Path], *, gap: float = 1e-4, seed: int = 0, progress: Progress = SILENT) -> None:
    """Solve each scenario of `runs` into its folder, one after the other; raises as `solve` does."""
    for name, folder in runs.items():
        _solve_into(tables, name, folder, gap, seed, progress)
        progress.advanced(f"solve {name}", 1.0, "done")


def solve_apart(
    tables: str | Path, runs: Mapping[str, Path], *, gap: float = 1e-4, seed: int = 0, workers: int = 2, progress: Progress = SILENT
) -> None:
    """Solve each scenario of `runs` into its folder, `workers` at a time; same results as one after the other.

    Raises Cancelled when stopped: runs that were finished stay. HinterlandError tells which scenario could not be solved.
    """
    context = get_context("spawn")
    stop, said = context.Event(), context.SimpleQueue()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_join, initargs=(stop, said)) as pool:
        waiting = {pool.submit(_solve_one, str(tables), name, str(folder), gap, seed): name for name, folder in runs.items()}
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
