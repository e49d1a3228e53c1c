"""The door of exposure: for each node, what is lost while it recovers, how long nothing is, and how it ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import scipy.sparse

from hinterland.core.errors import Cancelled
from hinterland.core.progress import SILENT
from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.stress.activities import activities_of
from hinterland.stress.exposure.block import Block, BlockSolver
from hinterland.stress.exposure.nodes import KINDS, nodes_of
from hinterland.stress.money import means_of
from hinterland.stress.pace import down_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Ints
    from hinterland.core.progress import Progress
    from hinterland.model.arrays import Arrays
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.activities import Activities

__all__ = ["ExposureResult", "block_of", "expose"]


@dataclass(frozen=True)
class ExposureResult:
    """Nodes by loss, largest first; `period_id` is the period that was looked at, `method` how."""

    nodes: pl.DataFrame
    period_id: str
    method: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the size, not the table."""
        return f"ExposureResult({self.nodes.height} nodes in {self.period_id}, {self.method})"


def block_of(a: Arrays, act: Activities, demand: tuple[Ints, np.ndarray], cover: np.ndarray, margin: np.ndarray, period: int) -> Block:  # type: ignore[type-arg]
    """One period of a plan as rates per day; stock is what the plan keeps and what is on the way."""
    days, pools = a.calendar.days[period], len(a.pools)
    used = np.divide(
        act.used[:, period],
        act.amount[act.use_activity, period],
        out=np.zeros(len(act.used)),
        where=act.amount[act.use_activity, period] > 0,
    )
    mean = np.divide(act.used.sum(axis=1), act.amount[act.use_activity].sum(axis=1))
    used = np.where(used > 0, used, mean)
    given = np.divide(act.given.sum(axis=1), act.amount[act.give_activity].sum(axis=1)) if len(act.given) else np.zeros(0)
    every = np.arange(len(act))
    matrix = scipy.sparse.csc_array(
        (
            np.concatenate([np.ones(len(act)), -used, given]),
            (np.concatenate([act.into, act.use_pool, act.give_pool]), np.concatenate([every, act.use_activity, act.give_activity])),
        ),
        shape=(pools, len(act)),
    )
    stock = cover[:, period].copy()
    np.add.at(stock, act.into, act.amount[:, period] / days * act.days)
    room = np.maximum(act.room[:, period], act.amount[:, period]) / days
    return Block(matrix, room, stock, demand[0], demand[1][:, period] / days, margin)


def expose(
    net: Network,
    plan: Plan,
    *,
    period_id: str | None = None,
    kinds: Sequence[str] = KINDS,
    recovery_days: tuple[float, float] = (28.0, 56.0),
    progress: Progress = SILENT,
) -> ExposureResult:
    """Exposure of a plan of a resolved network in one period (default: the one that delivers most), by the block LP.

    The response set is the plan: its sites, lanes and purchases with what capacity they have to spare. `recovery_days` (low,
    high) holds where `recoveries` says nothing.
    """
    a = arrays_of(net)
    placed = place_plan(a, plan)
    act = activities_of(a, placed)
    pools, place = np.unique(a.demand.pool, return_inverse=True)
    asked = np.zeros((len(pools), len(a.calendar)))
    np.add.at(asked, (place[placed.served_row], a.demand.period[placed.served_row]), placed.served)
    cover = np.zeros((len(a.pools), len(a.calendar)))
    np.add.at(cover, (a.stocks.pool[placed.held_row], placed.held_period), placed.held)
    order = down_order(len(a.pools), act.use_pool, act.into[act.use_activity])
    means, priced = means_of(a, act, order, pools, np.ones((1, len(a.calendar))) / len(a.calendar), late=False)
    period = int(asked.sum(axis=0).argmax()) if period_id is None else list(a.calendar.ids).index(period_id)
    solver = BlockSolver(block_of(a, act, (pools, asked), cover, np.maximum(means.margin_per_unit, 1e-9), period))
    rows = []
    nodes = nodes_of(a, act, pools, kinds, recovery_days=recovery_days)
    for done, node in enumerate(nodes):
        low, high = node.recovery_days
        (loss_low, _), (loss_high, units) = solver.loss(node.down, low), solver.loss(node.down, high)
        rows.append((node.kind, node.name, low, high, loss_low, loss_high, float(units.sum())))
        if done % 50 == 0:
            progress.advanced("loss", done / len(nodes))
            if progress.cancelled():
                raise Cancelled(f"stopped after {done} of {len(nodes)} nodes")
    survive = [solver.survival_days(node.down) for node in nodes]
    schema = {"kind": pl.String, "node": pl.String, "recovery_days_low": pl.Float64, "recovery_days_high": pl.Float64,
              "loss_low": pl.Float64, "loss_high": pl.Float64, "lost_units": pl.Float64}  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(survival_days=pl.Series(survive, dtype=pl.Float64))
    top = pl.col("loss_high").max()
    frame = frame.with_columns(
        exposure_index=pl.when(top > 0).then(pl.col("loss_high") / top).otherwise(0.0),
        survives=pl.col("survival_days") >= pl.col("recovery_days_high"),
    ).sort(["loss_high", "kind", "node"], descending=[True, False, False])
    notes = ("arrival times are left aside: losses are at least this, survival at most this",)
    if not priced:
        notes += ("no price or value of some product that is delivered: its lost margin counts nothing",)
    return ExposureResult(frame, a.calendar.ids[period], "block", notes)
