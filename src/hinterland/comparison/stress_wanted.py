"""What is wanted in each step of a simulation: what the plan delivers, scaled by the demand events of each replication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.stress.kernel import BLOCK
from hinterland.stress.left import blocks_left
from hinterland.stress.prepared import prepare
from hinterland.stress.spans import Span

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.simulate import StressResult

__all__ = ["wanted_of"]


def wanted_of(net: Network, plan: Plan, result: StressResult) -> Floats:
    """Units wanted in each step of a simulation of a plan; shape (replications, steps), or (1, steps) where no event changes demand."""
    span = Span(result.first_day, result.step_days, result.steps)
    ready = prepare(net, plan, span, late=False, safety_days=0.0)
    plain = ready.chain.wanted
    events = result.events.filter(pl.col("demand_change_share") != 0)
    if not events.height:
        return np.asarray(plain.sum(axis=0)[None, :])
    job, count = ready.job(events), result.replications.height
    things = len(ready.chain.into), len(plain)
    found = np.zeros((count, result.steps))
    for block in range(-(-count // BLOCK)):
        struck = blocks_left(job.hits, events, things, job.span, block)
        rows = slice(block * BLOCK, min((block + 1) * BLOCK, count))
        some = struck.scaled >= 0
        moved = np.einsum("dt,dtb->bt", plain[some], struck.scale[struck.scaled[some]])
        found[rows] = (plain[~some].sum(axis=0)[None, :] + moved)[: rows.stop - rows.start]
    return found
