"""The door of the room: a plan moved day by day or week by week through many replications of what may happen."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import Cancelled
from hinterland.core.progress import SILENT
from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.stress.activities import activities_of
from hinterland.stress.chain import Reactions
from hinterland.stress.events import EVENT_COLUMNS, draw_events
from hinterland.stress.kernel import BLOCK, MEASURES, move
from hinterland.stress.left import blocks_left, hits_of
from hinterland.stress.money import means_of
from hinterland.stress.pace import down_order, paced, step_weights_of

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.chain import Chain, Means
    from hinterland.stress.left import Hits

__all__ = ["StressResult", "simulate"]


@dataclass(frozen=True)
class StressResult:
    """What a plan did in each replication (`replications`), what happened (`events`), and what it does undisturbed (`calm`).

    `served` (replications, steps) is there when traces were asked for. `notes` says in words what a reader must know.
    """

    replications: pl.DataFrame
    events: pl.DataFrame
    calm: dict[str, float]
    steps: int
    step_days: int
    first_day: int
    seed: int
    demands: int = 1
    served: Floats | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the size, not the tables."""
        return f"StressResult({self.replications.height} replications, {self.steps} steps of {self.step_days} days, seed {self.seed})"


def _nothing(activities: int) -> Reactions:
    none = np.zeros(0, dtype=np.int64)
    return Reactions(
        np.zeros(activities + 1, dtype=np.int64), none, none, np.zeros(1, dtype=np.int64), none, np.zeros(activities, np.int64)
    )


@dataclass(frozen=True)
class Task:
    """Everything that a worker needs for one block of replications."""

    chain: Chain
    reactions: Reactions
    means: Means
    hits: Hits
    events: pl.DataFrame
    span: tuple[int, int, int]
    block: int
    traces: bool

    def __call__(self) -> tuple[Floats, Floats]:
        """Move the block; returns sums (measures, BLOCK) and what was served (steps, BLOCK or 0)."""
        things = len(self.chain.into), len(self.chain.wanted)
        left, hit, scale, scaled = blocks_left(self.hits, self.events, things, self.span, self.block)
        sums = np.zeros((len(MEASURES), BLOCK))
        served = np.zeros((self.span[2], BLOCK if self.traces else 0))
        move(self.chain, self.reactions, self.means, left, hit, scale, scaled, sums, served)
        return sums, served


def _run(task: Task) -> tuple[Floats, Floats]:
    return task()


def simulate(
    net: Network,
    plan: Plan,
    *,
    replications: int = 1000,
    seed: int = 0,
    first_day: int | None = None,
    steps: int | None = None,
    step_days: int = 7,
    late: bool = False,
    events: pl.DataFrame | None = None,
    traces: bool = False,
    progress: Progress = SILENT,
    executor: Executor | None = None,
) -> StressResult:
    """Move a plan of a resolved network through `replications` draws of its hazards (or through given events).

    The plan is followed: orders keep each pool at the plan's stock and pipeline, and make good what is missing as far as
    capacity allows. `late` serves shortage later; else it is lost. The same seed gives every plan the same events.
    """
    a = arrays_of(net)
    placed = place_plan(a, plan)
    act = activities_of(a, placed)
    begin = int(a.calendar.start[0]) if first_day is None else first_day
    count = int(np.ceil((int(a.calendar.stop[-1]) - begin) / step_days - 1e-9)) if steps is None else steps
    pools, place = np.unique(a.demand.pool, return_inverse=True)
    asked = np.zeros((len(pools), len(a.calendar)))
    np.add.at(asked, (place[placed.served_row], a.demand.period[placed.served_row]), placed.served)
    cover = np.zeros((len(a.pools), len(a.calendar)))
    np.add.at(cover, (a.stocks.pool[placed.held_row], placed.held_period), placed.held)
    span = begin, step_days, count
    chain, _ = paced(act, a.calendar, len(a.pools), (pools, asked), cover, span)
    order = down_order(len(a.pools), act.use_pool, act.into[act.use_activity])
    weights = step_weights_of(a.calendar, begin, step_days, count, np.zeros(1))[0]
    means, priced = means_of(a, act, order, pools, weights, late=late)
    happening = events
    if happening is None:
        happening = draw_events(net, replications=replications, seed=seed, first_day=begin, last_day=begin + step_days * count - 1)
    hits = hits_of(a, act, pools, happening)
    quiet = Task(chain, _nothing(len(act)), means, hits, pl.DataFrame(schema=EVENT_COLUMNS), span, 0, traces=False)
    calm = dict(zip(MEASURES, quiet()[0][:, 0].tolist(), strict=True))
    blocks = -(-replications // BLOCK)
    by_block = happening.with_columns(block=pl.col("replication") // BLOCK).partition_by("block", as_dict=True, include_key=False)
    empty = happening.clear()
    tasks = [Task(chain, quiet.reactions, means, hits, by_block.get((block,), empty), span, block, traces) for block in range(blocks)]
    sums, served = [], []
    own = ThreadPoolExecutor() if executor is None else None
    try:
        for done, (one, trace) in enumerate((executor or own).map(_run, tasks)):  # type: ignore[union-attr]
            sums.append(one)
            served.append(trace)
            progress.advanced("simulate", (done + 1) / blocks)
            if progress.cancelled():
                raise Cancelled(f"stopped after {(done + 1) * BLOCK} replications")
    finally:
        if own is not None:
            own.shutdown(cancel_futures=True)
    table = np.concatenate(sums, axis=1)[:, :replications]
    frame = pl.DataFrame({"replication": np.arange(replications), **dict(zip(MEASURES, table, strict=True))})
    notes = () if priced else ("no price or value of some product that is delivered: its lost margin counts nothing",)
    all_served = np.concatenate(served, axis=1).T[:replications] if traces else None
    return StressResult(frame, happening, calm, count, step_days, begin, seed, len(pools), all_served, notes)
