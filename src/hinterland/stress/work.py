"""Blocks of replications as pieces of work that anyone can do: the big arrays are shared, each piece brings its events.

A block is always the same 32 replications, whoever moves it: results are the same bit for bit in threads, in processes and
on a cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.stress.kernel import BLOCK, MEASURES, move
from hinterland.stress.left import blocks_left, scoped

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.stress.chain import Chain, Means, Reactions
    from hinterland.stress.left import Hits

__all__ = ["Job", "Piece", "pieces_of"]

_PIECES, _BLOCKS = 32, 8
"""At least so many pieces where there are as many blocks, at most so many blocks in one: whoever does them and however many there are.
Progress moves and stopping works between them."""


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that all blocks share."""

    chain: Chain
    reactions: Reactions
    means: Means
    hits: Hits
    span: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some blocks of a job, with their events alone."""

    events: pl.DataFrame
    blocks: range
    traces: bool

    def __call__(self, job: Job) -> tuple[Floats, Floats]:
        """Sums (measures, replications) and what was served (steps, replications or 0)."""
        things = len(job.chain.into), len(job.chain.wanted)
        found, served = [], []
        for block in self.blocks:
            struck = blocks_left(job.hits, self.events, things, job.span, block)
            sums = np.zeros((len(MEASURES), BLOCK))
            trace = np.zeros((job.span[2], BLOCK if self.traces else 0))
            move(job.chain, job.reactions, job.means, struck, sums, trace)
            found.append(sums)
            served.append(trace)
        return np.concatenate(found, axis=1), np.concatenate(served, axis=1)


def pieces_of(job: Job, events: pl.DataFrame, replications: int, *, traces: bool) -> list[Piece]:
    """Cut replications into pieces of whole blocks, each with its events."""
    blocks = -(-replications // BLOCK)
    size = min(max(blocks // _PIECES, 1), _BLOCKS)
    spread = scoped(job.hits, events).drop("hazard_id", strict=False).with_columns(piece=pl.col("replication") // (BLOCK * size))
    parts = spread.partition_by("piece", as_dict=True, include_key=False)
    none = spread.clear().drop("piece")
    starts = range(0, blocks, size)
    return [Piece(parts.get((at,), none), range(first, min(first + size, blocks)), traces) for at, first in enumerate(starts)]
