"""Who works, as a command line names it: processes of this machine, or a cluster."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from hinterland.core.errors import InvalidTables, Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor, ProcessPoolExecutor

__all__ = ["workers_of"]

_EACH_CORE = 4


def _deaf() -> None:
    """Start a worker: Ctrl-C is the caller's to hear."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: what they still do is of no use, and one that was killed may hold the lock the others wait for."""
    for one in list((pool._processes or {}).values()):
        one.terminate()
    pool.shutdown(cancel_futures=True)


def _refuse(cluster: str | None, workers: int | None) -> None:
    issues = []
    most = _EACH_CORE * (os.cpu_count() or 1)
    if workers is not None and not 1 <= workers <= most:
        why, fix = f"this machine has {os.cpu_count() or 1} cores", f"name 1 to {most}; one a core is as fast as it gets"
        issues.append(Issue("workers", None, None, "bad_workers", f"{workers} worker processes", why, fix))
    if workers is not None and cluster is not None:
        what, why = "both --workers and --cluster", "a cluster has its own workers"
        issues.append(Issue("workers", None, None, "bad_workers", what, why, "name one of them"))
    if issues:
        raise InvalidTables(issues)


@contextmanager
def workers_of(cluster: str | None = None, workers: int | None = None) -> Iterator[Executor | None]:
    """The cluster at an address, so many processes of this machine (nothing listens anywhere), or None: threads.

    Raises InvalidTables for what cannot be had.
    """
    _refuse(cluster, workers)
    with ExitStack() as kept:
        if cluster is not None:
            from hinterland.stress.clusters import cluster as cluster_at

            yield kept.enter_context(cluster_at(cluster))
        elif workers is not None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_deaf)
            kept.callback(_end, pool)
            yield pool
        else:
            yield None
