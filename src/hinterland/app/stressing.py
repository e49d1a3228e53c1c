"""Plans moved through what may happen, and what is lost while a node is down: simulate and expose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hinterland.app.given import network_of, plan_of
from hinterland.core.errors import InvalidTables, Issue
from hinterland.core.progress import SILENT
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from datetime import date

    import polars as pl

    from hinterland.app.given import GivenPlan
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.stress.exposure.expose import ExposureResult
    from hinterland.stress.hands import DaskClient
    from hinterland.stress.simulate import StressResult
    from hinterland.stress.spans import Span

__all__ = ["expose", "exposure_told", "happens_once", "replay_events", "replays", "simulate", "stress_told"]


def _world(net: Network, plan: GivenPlan, scenario: str | Sequence[str] | None) -> tuple[Network, Any]:
    """The named world, else the one the plan was made under, and the plan."""
    given = network_of(net)
    made = plan_of(plan, given)
    return resolve(given, made.scenarios if scenario is None else scenario), made


def happens_once(net: Network, plan: GivenPlan, scenario: str | Sequence[str] | None = None) -> bool:
    """Whether every replication would be the same: rows of the table `events` hold in all of them, and no lead time varies."""
    world, _ = _world(net, plan, scenario)
    rows, spread = world["events"], world["lanes"]["lead_time_sigma"].fill_null(0.0)
    return bool(rows.height) and rows["replication"].is_null().all() and not (spread > 0).any()


def simulate(
    net: Network,
    plan: GivenPlan,
    scenario: str | Sequence[str] | None = None,
    *,
    replications: int = 1000,
    seed: int = 0,
    start: str | date | None = None,
    end: str | date | None = None,
    periods: Sequence[str] | None = None,
    days: bool = False,
    late: bool = False,
    safety_days: float = 0.0,
    events: pl.DataFrame | None = None,
    replay: str | None = None,
    until_share: float | None = None,
    each_hazard: bool = False,
    traces: bool = False,
    progress: Progress = SILENT,
    executor: Executor | DaskClient | None = None,
) -> StressResult:
    """Move a plan through `replications` draws of the world's hazards, week by week or day by day (`days`).

    `events` (rows of the table `events`) or `replay` (a name of `replays`) are replayed instead of drawing. The same seed brings the
    same events to every plan. Lost sales by default, `late` serves shortage later. `until_share` stops when the fill rate is known to ± that
    share; `each_hazard` says what each loses alone. Raises InvalidTables for what cannot be simulated, InvalidScenario, Cancelled.
    """
    from hinterland.stress.simulate import simulate as moved
    from hinterland.stress.spans import span_of

    world, made = _world(net, plan, scenario)
    told: tuple[str, ...] = ()
    if replay is not None:
        events, said = _replayed(replay, world, span_of(world.calendar, start, end, periods, 1 if days else 7))
        told = (said,)
    found = moved(
        world, made, replications=replications, seed=seed, start=start, end=end, periods=periods, step_days=1 if days else 7, late=late,
        safety_days=safety_days, events=events, until_share=until_share, each_hazard=each_hazard, traces=traces, progress=progress,
        executor=executor,
    )  # fmt: skip
    return replace(found, notes=(*told, *found.notes))


def expose(
    net: Network,
    plan: GivenPlan,
    scenario: str | Sequence[str] | None = None,
    *,
    period: str | None = None,
    method: str = "weekly",
    kinds: Sequence[str] | None = None,
    recovery_days: tuple[float, float] = (28.0, 56.0),
    worst: int = 0,
    what_if: bool = False,
    progress: Progress = SILENT,
    executor: Executor | DaskClient | None = None,
) -> ExposureResult:
    """For each node of a plan: the margin lost while it recovers, the days nothing is lost, and its risk exposure index.

    Looks at one period, by default the one that delivers most. `recovery_days` (low, high) holds where the table `recoveries` is silent.
    """
    from hinterland.stress.exposure.expose import expose as measured
    from hinterland.stress.exposure.nodes import KINDS

    world, made = _world(net, plan, scenario)
    return measured(
        world, made, period_id=period, method=method, kinds=KINDS if kinds is None else kinds, recovery_days=recovery_days, worst=worst,
        what_if=what_if, progress=progress, executor=executor,
    )  # fmt: skip


def replays() -> pl.DataFrame:
    """Events of the past that can be replayed: name, title, first day, rows."""
    from hinterland.stress.replays import listed

    return listed()


def replay_events(name: str, net: Network, start: str | date | None = None) -> pl.DataFrame:
    """Rows of a replay, moved by whole years to the first simulated year in which they fit. Raises InvalidTables for an unknown name."""
    from hinterland.stress.event_table import moved_by_years
    from hinterland.stress.replays import read_replay
    from hinterland.stress.spans import span_of

    span = span_of(net.calendar, start, None, None, 7)
    return moved_by_years(read_replay(name), span.date_of(span.first_day))


def _replayed(name: str, net: Network, span: Span) -> tuple[pl.DataFrame, str]:
    """Rows of a replay in the days of a span, and what is said of it. Raises InvalidTables, with days to simulate, where it does not fit."""
    from hinterland.stress.event_table import from_table, moved_by_years
    from hinterland.stress.replays import read_replay
    from hinterland.stress.spans import span_of

    past = read_replay(name)
    rows = moved_by_years(past, span.date_of(span.first_day))
    starts = from_table(rows)["start_day"].to_numpy()
    happened, first = (span.date_of(from_table(one)["start_day"].to_numpy().min()) for one in (past, rows))
    if starts.max() <= span.last_day:
        return rows, f"{name} happened on {happened} and is replayed on {first}, the same day of a simulated year"
    whole = span_of(net.calendar, None, None, None, 1)
    early = from_table(moved_by_years(past, whole.date_of(whole.first_day)))
    starts, lasts = early["start_day"].to_numpy(), (early["duration_days"] + early["recovery_days"]).to_numpy()
    opens, closes = span.date_of(starts.min()), span.date_of((starts + lasts).max() - 1e-9)
    held = starts.max() <= whole.last_day
    fix = f"simulate at least {opens} to {min(closes, whole.date_of(whole.last_day))}" if held else f"add periods up to {closes}"
    what, why = f"{name} would be replayed on {first}", f"simulated are {span.date_of(span.first_day)} to {span.date_of(span.last_day)}"
    raise InvalidTables([Issue("simulate", None, "replay", "events_out_of_span", what, why, fix)])


def stress_told(result: StressResult) -> dict[str, Any]:
    """A simulation as one document."""
    from hinterland.stress.summary import convergence, summary

    return {
        "scenario": list(result.scenarios),
        "currency": result.currency,
        "replications": result.replications.height,
        "seed": result.seed,
        "steps": result.steps,
        "step_days": result.step_days,
        "events": result.events.height,
        "transition_share": result.transition,
        "measures": summary(result).to_dicts(),
        "convergence": convergence(result).to_dicts(),
        "hazards": None if result.hazards is None else result.hazards.to_dicts(),
        "notes": list(result.notes),
    }


def exposure_told(result: ExposureResult) -> dict[str, Any]:
    """An exposure as one document."""
    return {
        "scenario": list(result.scenarios),
        "currency": result.currency,
        "period_id": result.period_id,
        "method": result.method,
        "horizon_days": result.horizon_days,
        "nodes": result.nodes.to_dicts(),
        "worst": None if result.worst is None else result.worst.to_dicts(),
        "options": None if result.options is None else result.options.to_dicts(),
        "option_rows": None if result.option_rows is None else result.option_rows.to_dicts(),
        "notes": list(result.notes),
    }
