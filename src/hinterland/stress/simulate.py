"""The door of the room: a plan moved day by day or week by week through many replications of what may happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import Cancelled, InvalidTables
from hinterland.core.progress import SILENT
from hinterland.model.route_problems import hit_passages
from hinterland.stress.event_table import every_replication, from_table, to_table
from hinterland.stress.events import EVENT_COLUMNS, draw_events
from hinterland.stress.hands import hands_of
from hinterland.stress.kernel import BLOCK, MEASURES
from hinterland.stress.prepared import prepare
from hinterland.stress.spans import event_notes, refuse_events, refuse_numbers, span_of
from hinterland.stress.summary import interval
from hinterland.stress.work import Piece, pieces_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from datetime import date

    from hinterland.core.calendar import Floats
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.hands import DaskClient, Hands
    from hinterland.stress.left import Hits
    from hinterland.stress.prepared import Prepared
    from hinterland.stress.spans import Span
    from hinterland.stress.work import Job

__all__ = ["StressResult", "simulate"]

_FIRST = 64
"""Replications before an interval is believed."""


@dataclass(frozen=True)
class StressResult:
    """What a plan did in each replication (`replications`), what happened (`events`), and what it does undisturbed (`calm`).

    `served` (replications, steps) is there when traces were asked for, `hazards` when each hazard was replayed alone. `notes` say in
    words what a reader must know.
    """

    replications: pl.DataFrame
    events: pl.DataFrame
    calm: dict[str, float]
    steps: int
    step_days: int
    first_day: int
    seed: int
    demands: int = 1
    currency: str = "USD"
    scenarios: tuple[str, ...] = ()
    served: Floats | None = None
    hazards: pl.DataFrame | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the size, not the tables."""
        return f"StressResult({self.replications.height} replications, {self.steps} steps of {self.step_days} days, seed {self.seed})"

    @property
    def transition(self) -> float:
        """Share of demand that the undisturbed plan itself serves late or never, where its periods differ."""
        missed = self.calm["wanted"] - self.calm["on_time"]
        return missed / self.calm["wanted"] if self.calm["wanted"] > 0 else 0.0

    @property
    def event_table(self) -> pl.DataFrame:
        """What happened as rows of the table `events`: to be saved, edited and replayed."""
        return to_table(self.events)


def _events(net: Network, given: pl.DataFrame | None, span: Span, replications: int, seed: int) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """What happens: given events, else the rows of the table `events`, else draws of the hazards."""
    wrong = hit_passages(net)
    if wrong:
        raise InvalidTables(wrong)
    told: tuple[str, ...] = ()
    if given is None and net["events"].height:
        given = net["events"]
        told = (f"{given.height} rows of the table events are replayed; hazards are not drawn",)
    if given is not None:
        rows = given if "start_day" in given.columns else from_table(given)
        refuse_events(rows, span, replications)
        return every_replication(rows, replications), (*told, *event_notes(rows, replications))
    if not net["hazards"].height:
        told = ("there are no hazards: nothing happens",)
    return draw_events(net, replications=replications, seed=seed, first_day=span.first_day, last_day=span.last_day), told


def _idle(hits: Hits) -> tuple[str, ...]:
    """Places that replayed events hit and where the plan does nothing: a loss of 0 there says nothing of its strength."""
    nothing = (np.diff(hits.first) == 0) & (np.diff(hits.demand_first) == 0)
    names = [f"{kind} {value}" for (kind, value), at in hits.scopes.items() if nothing[at]]
    if not names:
        return ()
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
    return (f"the plan does nothing at {shown}: events there hit nothing",)


def _calm(ready: Prepared) -> dict[str, float]:
    nothing = pl.DataFrame(schema=EVENT_COLUMNS)
    return dict(zip(MEASURES, Piece(nothing, range(1), traces=False)(ready.job(nothing, steady=True))[0][:, 0].tolist(), strict=True))


def _narrow(sums: list[Floats], until_share: float | None) -> bool:
    """Whether the fill rate is known to ± `until_share` (95 %, normal), by what is there."""
    if until_share is None:
        return False
    table = np.concatenate(sums, axis=1)
    wanted, served = table[0], table[1] + table[2]
    if table.shape[1] < _FIRST:
        return False
    rate = np.divide(served, wanted, out=np.ones_like(served), where=wanted > 0)
    return bool(1.96 * rate.std(ddof=1) / len(rate) ** 0.5 <= until_share)


def simulate(
    net: Network,
    plan: Plan,
    *,
    replications: int = 1000,
    seed: int = 0,
    start: str | date | None = None,
    end: str | date | None = None,
    periods: Sequence[str] | None = None,
    step_days: int = 7,
    late: bool = False,
    safety_days: float = 0.0,
    events: pl.DataFrame | None = None,
    until_share: float | None = None,
    each_hazard: bool = False,
    traces: bool = False,
    progress: Progress = SILENT,
    executor: Executor | DaskClient | None = None,
) -> StressResult:
    """Move a plan of a resolved network through `replications` draws of its hazards, or through given events.

    The plan is followed: orders keep each pool at the plan's stock and pipeline (plus `safety_days` where lanes feed it), and make
    good what is missing as far as capacity allows; rows of `replenishment` order otherwise, rows of `reactions` and `alternates`
    help. `late` serves shortage later; else it is lost. `until_share` stops as soon as the 95 % interval of the fill rate is that
    narrow on either side; `each_hazard` replays each hazard alone. The same seed gives every plan the same events, and the result is the
    same bit for bit whatever the executor.

    Raises InvalidTables for numbers, days, periods and events that cannot be simulated, before anything runs; Cancelled with the
    replications that were there (`.result`).
    """
    refuse_numbers(replications, until_share)
    span = span_of(net.calendar, start, end, periods, step_days)
    happening, told = _events(net, events, span, replications, seed)
    ready = prepare(net, plan, span, late=late, safety_days=safety_days, seed=seed)
    calm = _calm(ready)
    job = ready.job(happening)
    if events is not None or net["events"].height:
        told = (*told, *_idle(job.hits))
    sums: list[Floats] = []
    served: list[Floats] = []
    pieces = pieces_of(job, happening, replications, traces=traces)
    stopped = False
    with hands_of(executor) as hands:
        for one, trace in hands.finished(job, pieces, progress.cancelled):
            sums.append(one)
            served.append(trace)
            done = sum(part.shape[1] for part in sums)
            progress.advanced("simulate", min(done / replications, 1.0), f"{min(done, replications):,} replications{hands.told}")
            stopped = progress.cancelled()
            if stopped or _narrow(sums, until_share):
                break
        else:
            stopped = len(sums) < len(pieces)
        if not sums:
            raise Cancelled(None, "stopped before the first replications were there")
        table, traced = np.concatenate(sums, axis=1), np.concatenate(served, axis=1).T
        count = min(replications, table.shape[1])
        if until_share is not None and not stopped and count < replications:
            told = (*told, f"stopped after {count:,} replications: the fill rate is known to ± {until_share:.2%}")
        if count < replications:
            happening = happening.filter(pl.col("replication") < count)
        alone = None if stopped or not each_hazard else _alone(job, happening, count, calm, hands, progress)
    if not np.isfinite(table).all():
        raise ArithmeticError("the kernel handed back what is not a number: a defect of hinterland, not of the tables")
    progress.advanced("simulate", 1.0, f"{count:,} replications")
    frame = pl.DataFrame({"replication": np.arange(count), **dict(zip(MEASURES, table[:, :count], strict=True))})
    result = StressResult(
        frame, happening, calm, span.steps, step_days, span.first_day, seed, len(ready.demand_pool), net.settings.currency, net.scenarios,
        traced[:count] if traces else None, alone, (*ready.notes, *told),
    )  # fmt: skip
    if stopped:
        raise Cancelled(result, f"stopped after {count:,} of {replications:,} replications")
    hazards = happening["hazard_id"].drop_nulls().n_unique()
    if alone is not None and alone.height < hazards:
        raise Cancelled(result, f"stopped after {alone.height} of {hazards} hazards alone")
    return result


def _alone(job: Job, events: pl.DataFrame, count: int, calm: dict[str, float], hands: Hands, progress: Progress) -> pl.DataFrame:
    """Each hazard replayed alone: what it loses by itself, mean over all replications, with the 95 % interval.

    Only replications that it strikes are moved: the others are calm, unless lead times vary.
    """
    rows = []
    whole = -(-count // BLOCK) * BLOCK
    before = np.array([[calm[name]] for name in MEASURES])
    varies = bool((job.chain.varies >= 0).any())
    if varies:  # what lead times lose by themselves is no hazard's
        pieces = pieces_of(job, events.clear(), whole, traces=False)
        parts = [one for one, _ in hands.finished(job, pieces, progress.cancelled)]
        if len(parts) == len(pieces):  # else somebody stopped it, and no hazard is begun
            before = np.concatenate(parts, axis=1)[:, :count]
    names = events["hazard_id"].drop_nulls().unique().sort().to_list()
    at = {name: MEASURES.index(name) for name in ("lost", "lost_margin", "backlog")}
    for number, name in enumerate(names):
        mine = events.filter(pl.col("hazard_id") == name)
        hit = mine["replication"].unique().sort().to_numpy()
        struck = len(hit)
        if not varies:
            mine = mine.with_columns(replication=pl.Series(np.searchsorted(hit, mine["replication"].to_numpy()), dtype=pl.Int64))
        pieces = pieces_of(job, mine, whole if varies else -(-struck // BLOCK) * BLOCK, traces=False)
        parts = [one for one, _ in hands.finished(job, pieces, progress.cancelled)]
        if len(parts) < len(pieces):
            break
        if varies:
            table = np.concatenate(parts, axis=1)[:, :count] - before
        else:
            table = np.zeros((len(MEASURES), count))
            table[:, hit] = np.concatenate(parts, axis=1)[:, :struck] - before
        extra = table[at["lost_margin"]]
        mean, _, low, high = interval(extra)
        rows.append(
            (name, mine.height, struck / count, float(table[at["lost"]].mean()), mean, low, high,
             float(table[at["backlog"]].mean()))
        )  # fmt: skip
        progress.advanced("each hazard alone", (number + 1) / len(names), name)
        if progress.cancelled():
            break
    schema = {"hazard_id": pl.String, "events": pl.Int64, "struck_share": pl.Float64, "lost": pl.Float64, "lost_margin": pl.Float64,
              "low": pl.Float64, "high": pl.Float64, "backlog": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").sort(["lost_margin", "lost", "hazard_id"], descending=[True, True, False])
