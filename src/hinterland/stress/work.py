"""Blocks of replications as pieces of work that any executor can do: the big arrays travel once, each piece brings its events.

A block is always the same 32 replications, whoever moves it: results are the same bit for bit in threads, in processes and
on a cluster.
"""

from __future__ import annotations

import pickle
import uuid
from collections import OrderedDict
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.stress.kernel import BLOCK, MEASURES, move
from hinterland.stress.left import blocks_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

    from hinterland.core.calendar import Floats
    from hinterland.stress.chain import Chain, Means, Reactions
    from hinterland.stress.left import Hits

__all__ = ["Job", "Piece", "finished", "pieces_of", "pool"]

_OPENED: OrderedDict[str, Job] = OrderedDict()
_KEPT = 4
_PIECES = 40
"""Pieces that a simulation is cut into at most: progress moves and stopping works between them."""


@dataclass(frozen=True)
class Job:
    """Everything that all blocks share. Pickled once: each piece carries the same bytes, and a worker opens them once."""

    chain: Chain
    reactions: Reactions
    means: Means
    hits: Hits
    span: tuple[int, int, int]

    def __reduce__(self) -> tuple[Callable[..., Job], tuple[str, bytes]]:
        """Bytes made once, with a name that workers know them by."""
        sent = self.__dict__.get("_sent")
        if sent is None:
            sent = uuid.uuid4().hex, pickle.dumps(tuple(getattr(self, one.name) for one in fields(self)), protocol=5)
            self.__dict__["_sent"] = sent
        return _open, sent


def _open(name: str, sent: bytes) -> Job:
    if name not in _OPENED:
        _OPENED[name] = Job(*pickle.loads(sent))  # noqa: S301  # our own bytes, from the process that asks
        while len(_OPENED) > _KEPT:
            _OPENED.popitem(last=False)
    return _OPENED[name]


@dataclass(frozen=True)
class Piece:
    """Some blocks of a job, with their events alone."""

    job: Job
    events: pl.DataFrame
    blocks: range
    traces: bool

    def __call__(self) -> tuple[Floats, Floats]:
        """Sums (measures, replications) and what was served (steps, replications or 0)."""
        job = self.job
        things = len(job.chain.into), len(job.chain.wanted)
        found, served = [], []
        for block in self.blocks:
            left, hit, scale, scaled = blocks_left(job.hits, self.events, things, job.span, block)
            sums = np.zeros((len(MEASURES), BLOCK))
            trace = np.zeros((job.span[2], BLOCK if self.traces else 0))
            move(job.chain, job.reactions, job.means, left, hit, scale, scaled, sums, trace)
            found.append(sums)
            served.append(trace)
        return np.concatenate(found, axis=1), np.concatenate(served, axis=1)


def _do(piece: Piece) -> tuple[Floats, Floats]:
    return piece()


def pieces_of(job: Job, events: pl.DataFrame, replications: int, *, traces: bool) -> list[Piece]:
    """Cut replications into pieces of whole blocks, each with its events."""
    blocks = -(-replications // BLOCK)
    size = -(-blocks // _PIECES)
    spread = events.with_columns(piece=pl.col("replication") // (BLOCK * size))
    parts = spread.partition_by("piece", as_dict=True, include_key=False)
    none = events.clear()
    starts = range(0, blocks, size)
    return [Piece(job, parts.get((at,), none), range(first, min(first + size, blocks)), traces) for at, first in enumerate(starts)]


@contextmanager
def pool(executor: Executor | None) -> Iterator[Executor]:
    """The executor that is handed in, left as it is; else threads of our own, ended afterwards."""
    if executor is not None:
        yield executor
        return
    own = ThreadPoolExecutor()
    try:
        yield own
    finally:
        own.shutdown(cancel_futures=True)


def finished(pieces: list[Piece], executor: Executor) -> Iterator[tuple[Floats, Floats]]:
    """Results in the order of the pieces. Where workers die, what they had not handed back is done here: time is lost, nothing else."""
    waiting = []
    with suppress(BrokenExecutor):
        waiting = [executor.submit(_do, piece) for piece in pieces]
    try:
        for at, piece in enumerate(pieces):
            try:
                yield waiting[at].result() if at < len(waiting) else piece()
            except BrokenExecutor:
                yield piece()
    finally:
        for one in waiting:
            one.cancel()
