"""The door of exposure: for each node, what is lost while it recovers, how long nothing is, and how it ranks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import Cancelled
from hinterland.core.progress import SILENT
from hinterland.model.arrays import arrays_of
from hinterland.stress.exposure.block import BlockSolver
from hinterland.stress.exposure.nodes import KINDS, nodes_of, passages_of
from hinterland.stress.exposure.period import period_of
from hinterland.stress.exposure.shares import shares_of, weeks_of
from hinterland.stress.exposure.what_if import options_for
from hinterland.stress.hands import hands_of
from hinterland.stress.spans import refuse_kinds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.exposure.period import PeriodChain
    from hinterland.stress.exposure.shares import Measured
    from hinterland.stress.hands import DaskClient

__all__ = ["ExposureResult", "expose", "worst_failures"]

_SCHEMA = {"kind": pl.String, "node": pl.String, "recovery_days_low": pl.Float64, "recovery_days_high": pl.Float64,
           "loss_low": pl.Float64, "loss_high": pl.Float64, "lost_units": pl.Float64, "survival_days": pl.Float64}  # fmt: skip
NOTES = {
    "block": "arrival times are left aside: losses are at least this, survival at most this",
    "weekly": "weeks are whole: days to recover are rounded up, survival is rounded down and told up to the horizon",
}


@dataclass(frozen=True)
class ExposureResult:
    """Nodes by loss, largest first; `period_id` is the period that was looked at, `method` how, `horizon_days` how far.

    `pairs` has the worst joint failures of two sites and `options` what would help, where they were asked for.
    """

    nodes: pl.DataFrame
    period_id: str
    method: str
    horizon_days: float
    currency: str = "USD"
    scenarios: tuple[str, ...] = ()
    pairs: pl.DataFrame | None = None
    options: pl.DataFrame | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the size, not the table."""
        return f"ExposureResult({self.nodes.height} nodes in {self.period_id}, {self.method})"


def expose(
    net: Network,
    plan: Plan,
    *,
    period_id: str | None = None,
    method: str = "weekly",
    kinds: Sequence[str] = KINDS,
    recovery_days: tuple[float, float] = (28.0, 56.0),
    horizon_weeks: int | None = None,
    pairs: bool = False,
    what_if: bool = False,
    weakest: int = 5,
    buffer_days: float = 14.0,
    standby_share: float = 0.5,
    progress: Progress = SILENT,
    executor: Executor | DaskClient | None = None,
) -> ExposureResult:
    """Exposure of a plan of a resolved network in one period (default: the one that delivers most).

    The response set is the plan: its sites, lanes and purchases with what they have to spare. `recovery_days` (low, high) holds
    where `recoveries` says nothing. `method`: `weekly` (time-expanded, default) or `block` (a screen that leaves arrival times
    aside). The horizon covers the longest recovery and the longest way to the market behind it, unless given. `pairs` adds the worst
    joint failures of two sites (block LP); `what_if` tries a buffer and a standby at the `weakest` nodes, one at a time.

    Raises InvalidTables for a period, kind or method that is not there; Cancelled with the nodes that were measured (`.result`).
    """
    refuse_kinds([method], list(NOTES), "method")
    refuse_kinds(kinds, KINDS, "kind")
    a = arrays_of(net)
    chain = period_of(a, plan, period_id, passages_of(a) if "passage" in kinds else ())
    nodes = nodes_of(chain, kinds, recovery_days=recovery_days)
    slowest = max((node.recovery_days[1] for node in nodes), default=0.0)
    weeks = weeks_of(slowest) + chain.longest_lead_weeks + 1 if horizon_weeks is None else horizon_weeks
    shares, place = shares_of(nodes, 16 if method == "weekly" else 4, weeks - chain.longest_lead_weeks)
    count = sum(len(share.nodes) for share in shares)
    found: list[Measured] = []
    with hands_of(executor) as hands:
        for some in hands.finished(chain.weekly(weeks) if method == "weekly" else chain.block(), shares, progress.cancelled):
            found += some
            progress.advanced("expose", len(found) / max(count, 1), f"{sum(at < len(found) for at in place)} nodes{hands.told}")
            if progress.cancelled():
                break
    rows = [(one.kind, one.name, *one.recovery_days, *found[at]) for one, at in zip(nodes, place, strict=True) if at < len(found)]
    stopped = len(rows) < len(nodes)
    frame = _ranked(pl.DataFrame(rows, schema=_SCHEMA, orient="row"))
    notes: tuple[str, ...] = (NOTES[method], *chain.notes)
    if not chain.priced:
        notes += ("no price or value of some product that is delivered: its lost units count as one of money each",)
    if not np.isfinite(frame["loss_high"].to_numpy()).all():
        raise ArithmeticError("a loss is not a number: a defect of hinterland, not of the tables")
    worst = _pairs_of(chain, recovery_days) if pairs and not stopped else None
    options = None
    if what_if and not stopped:
        by_name = {(node.kind, node.name): node for node in nodes}
        weak = [
            (by_name[kind, name], loss)
            for kind, name, loss in frame.filter(pl.col("loss_high") > 0).select("kind", "node", "loss_high").head(weakest).iter_rows()
        ]
        options = options_for(chain, weak, method=method, weeks=weeks, buffer_days=buffer_days, standby_share=standby_share)
    result = ExposureResult(frame, chain.period_id, method, weeks * 7.0, net.settings.currency, net.scenarios, worst, options, notes)
    if stopped:
        raise Cancelled(result, f"stopped after {len(rows)} of {len(nodes)} nodes")
    return result


def _ranked(frame: pl.DataFrame) -> pl.DataFrame:
    top = pl.col("loss_high").max()
    return frame.with_columns(
        exposure_index=pl.when(top > 0).then(pl.col("loss_high") / top).otherwise(0.0),
        survives=pl.col("survival_days") >= pl.col("recovery_days_high"),
    ).sort(["loss_high", "kind", "node"], descending=[True, False, False])


def _pairs_of(
    chain: PeriodChain, recovery_days: tuple[float, float], kinds: Sequence[str] = ("site",), k: int = 2, most: int = 20
) -> pl.DataFrame:
    nodes = nodes_of(chain, kinds, recovery_days=recovery_days)
    solver, rows = BlockSolver(chain.block()), []
    for some in combinations(nodes, k):
        days = max(node.recovery_days[1] for node in some)
        loss, units = solver.loss(np.unique(np.concatenate([node.down for node in some])), days)
        rows.append((" + ".join(node.name for node in some), days, loss, float(units.sum())))
    schema = {"nodes": pl.String, "recovery_days": pl.Float64, "loss": pl.Float64, "lost_units": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(["loss", "nodes"], descending=[True, False]).head(most)


def worst_failures(
    net: Network, plan: Plan, k: int = 2, *, kinds: Sequence[str] = ("site",), period_id: str | None = None,
    recovery_days: tuple[float, float] = (28.0, 56.0), most: int = 20,
) -> pl.DataFrame:  # fmt: skip
    """The sets of k nodes whose joint failure loses most, by the block LP, every set tried; down as long as the slowest.

    Raises ValueError for k beyond 2: that many sets are not enumerated.
    """
    if k not in {1, 2}:
        raise ValueError("sets of one or two nodes are enumerated")
    return _pairs_of(period_of(arrays_of(net), plan, period_id), recovery_days, kinds, k, most)
