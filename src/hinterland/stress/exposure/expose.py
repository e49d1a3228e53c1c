"""The door of exposure: for each node, what is lost while it recovers, how long nothing is, and how it ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import Cancelled, InvalidTables, Issue
from hinterland.core.progress import SILENT
from hinterland.model.arrays import arrays_of
from hinterland.stress.exposure.nodes import KINDS, nodes_of, passages_of
from hinterland.stress.exposure.period import period_of
from hinterland.stress.exposure.shares import shares_of, weeks_of
from hinterland.stress.exposure.singles import goods_cut_off
from hinterland.stress.exposure.what_if import options_for
from hinterland.stress.exposure.worst import worst_sets
from hinterland.stress.hands import hands_of
from hinterland.stress.spans import refuse_kinds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.exposure.nodes import Node
    from hinterland.stress.exposure.shares import Measured
    from hinterland.stress.hands import DaskClient

__all__ = ["ExposureResult", "expose", "worst_failures"]

_SCHEMA = {"kind": pl.String, "node": pl.String, "recovery_days_low": pl.Float64, "recovery_days_high": pl.Float64,
           "loss_low": pl.Float64, "loss_high": pl.Float64, "lost_units": pl.Float64, "survival_days": pl.Float64}  # fmt: skip
NOTES = {
    "block": "arrival times are left aside: losses are at least this, survival at most this",
    "weekly": "weeks are whole: days to recover are rounded up, survival is rounded down and looked for up to {weeks} weeks",
}


@dataclass(frozen=True)
class ExposureResult:
    """Nodes by loss, largest first; `period_id` is the period that was looked at, `method` how, `horizon_days` how far.

    `single_point_of` of a node names the goods that reach no market without it. `worst` has the worst joint failures of so many sites as
    were asked for, `options` what would help, one measure at a time, and `option_rows` what a planner would add to the tables for each.
    """

    nodes: pl.DataFrame
    period_id: str
    method: str
    horizon_days: float
    currency: str = "USD"
    scenarios: tuple[str, ...] = ()
    worst: pl.DataFrame | None = None
    options: pl.DataFrame | None = None
    notes: tuple[str, ...] = ()
    option_rows: pl.DataFrame | None = None

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
    worst: int = 0,
    worst_seconds: float = 60.0,
    what_if: bool = False,
    weakest: int = 5,
    buffer_days: float = 14.0,
    standby_share: float = 0.5,
    progress: Progress = SILENT,
    executor: Executor | DaskClient | None = None,
) -> ExposureResult:
    """Exposure of a plan of a resolved network in one period (default: the one that delivers most).

    The response set is the plan: its sites, lanes and purchases with what they have to spare, those of `alternates` after their
    qualification, and ways around that `reactions` allow. `recovery_days` (low, high) holds where `recoveries` says nothing. `method`: `weekly` (time-expanded, default) or `block` (a screen that leaves arrival times
    aside). The horizon covers the longest recovery and twice the longest way to the market, unless given: once for gaps to
    arrive, once so that nobody lives on goods whose takers lie beyond the end. `worst` adds the worst
    joint failures of so many sites (block LP; beyond two by a MILP that may take `worst_seconds`); `what_if` tries a buffer, a second source, rights to
    call off goods from another region and a standby at the `weakest` nodes, one at a time.

    Raises InvalidTables for a period, kind or method that is not there; Cancelled with the nodes that were measured (`.result`).
    """
    refuse_kinds([method], list(NOTES), "method")
    refuse_kinds(kinds, KINDS, "kind")
    _refuse_worst(worst)
    a = arrays_of(net)
    chain = period_of(a, plan, period_id, passages_of(a) if "passage" in kinds else ())
    nodes = nodes_of(chain, kinds, recovery_days=recovery_days)
    slowest = max((node.recovery_days[1] for node in nodes), default=0.0)
    behind = 2 * chain.longest_lead_weeks + 1
    weeks = weeks_of(slowest) + behind if horizon_weeks is None else horizon_weeks
    most = max(weeks - behind, 1)
    shares, place = shares_of(nodes, 8 if method == "weekly" else 4, most)
    count = sum(len(share.nodes) for share in shares)
    models = chain.block(), chain.weekly(weeks) if method == "weekly" else None
    found: list[Measured] = []
    with hands_of(executor) as hands:
        for some in hands.finished(models, shares, progress.cancelled):
            found += some
            progress.advanced("expose", len(found) / max(count, 1), f"{sum(at < len(found) for at in place)} nodes{hands.told}")
            if progress.cancelled():
                break
    rows = [(one.kind, one.name, *one.recovery_days, *found[at]) for one, at in zip(nodes, place, strict=True) if at < len(found)]
    stopped = len(rows) < len(nodes)
    if stopped and not rows:
        raise Cancelled(None, f"stopped before the first of {len(nodes)} nodes was measured")
    cut_off = pl.Series("single_point_of", goods_cut_off(chain, nodes)[: len(rows)] if not stopped else [None] * len(rows), dtype=pl.String)
    frame = _ranked(pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(cut_off))
    notes: tuple[str, ...] = (NOTES[method].format(weeks=most), *chain.notes)
    if not chain.priced:
        notes += ("no price or value of some product that is delivered: its lost units count as one of money each",)
    if not np.isfinite(frame["loss_high"].to_numpy()).all():
        raise ArithmeticError("a loss is not a number: a defect of hinterland, not of the tables")
    sets = None
    if worst and not stopped:
        sites = nodes_of(chain, ("site",), recovery_days=recovery_days)
        sets = worst_sets(chain.block(), sites, worst, seconds=worst_seconds, progress=progress)
        if worst > len(sites):
            notes += (f"{worst} sites cannot fail together: there are {len(sites)}",)
        elif method != "block":
            notes += (f"sites that fail together are measured by the block LP: {NOTES['block']}",)
    options = option_rows = None
    if what_if and not stopped:
        weak = _weakest(frame, nodes, weakest)
        options, option_rows = options_for(
            chain, plan, weak, method=method, weeks=weeks, buffer_days=buffer_days, standby_share=standby_share
        )
    result = ExposureResult(
        frame, chain.period_id, method, weeks * 7.0, net.settings.currency, net.scenarios, sets, options, notes, option_rows
    )
    if stopped:
        raise Cancelled(result, f"stopped after {len(rows)} of {len(nodes)} nodes")
    return result


def _weakest(frame: pl.DataFrame, nodes: Sequence[Node], count: int) -> list[tuple[Node, float]]:
    """The nodes that lose most, each with its loss: of those that stop the same for as long the narrowest, a site for its operator."""
    by_name = {(node.kind, node.name): node for node in nodes}
    rows = sorted(frame.filter(pl.col("loss_high") > 0).select("loss_high", "kind", "node").iter_rows(),
                  key=lambda row: (-row[0], KINDS.index(row[1]), row[2]))  # fmt: skip
    apart: dict[tuple[bytes, bytes, float], tuple[Node, float]] = {}
    for loss, kind, name in rows:
        node = by_name[kind, name]
        apart.setdefault((node.down.tobytes(), node.opens.tobytes(), node.recovery_days[1]), (node, loss))
    return list(apart.values())[:count]


def _ranked(frame: pl.DataFrame) -> pl.DataFrame:
    top = pl.col("loss_high").max()
    return frame.with_columns(
        exposure_index=pl.when(top > 0).then(pl.col("loss_high") / top).otherwise(0.0),
        survives=pl.col("survival_days") >= pl.col("recovery_days_high"),
    ).sort(["loss_high", "kind", "node"], descending=[True, False, False])


def _refuse_worst(k: int) -> None:
    if k < 0:
        what, why = f"the worst {k} failures", "fewer than none cannot fail"
        raise InvalidTables([Issue("expose", None, "worst", "bounds", what=what, why=why, fix="ask for 1 or more, or for 0: none")])


def worst_failures(
    net: Network, plan: Plan, k: int = 2, *, kinds: Sequence[str] = ("site",), period_id: str | None = None,
    recovery_days: tuple[float, float] = (28.0, 56.0), most: int = 20, seconds: float = 60.0, progress: Progress = SILENT,
) -> pl.DataFrame:  # fmt: skip
    """The sets of k nodes whose joint failure loses most, by the block LP; all are down as long as the slowest of them.

    Up to two, every set is tried and the worst `most` are told; beyond, a MILP finds the worst one and proves it, or says in
    `gap_share` how far it came in so many `seconds`. Raises InvalidTables for a negative k or an unknown kind.
    """
    refuse_kinds(kinds, KINDS, "kind")
    _refuse_worst(k)
    chain = period_of(arrays_of(net), plan, period_id)
    return worst_sets(chain.block(), nodes_of(chain, kinds, recovery_days=recovery_days), k, most=most, seconds=seconds, progress=progress)
