"""Plans moved through the same events, side by side: what they lose, what they serve late, what they do not survive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.app.given import network_of, plan_of
from hinterland.core.errors import Cancelled, HinterlandError, InvalidTables, Issue
from hinterland.core.progress import SILENT
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor
    from datetime import date

    from hinterland.app.given import GivenPlan
    from hinterland.comparison import StressBoard
    from hinterland.comparison.stress_frames import Moved
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.exposure.expose import ExposureResult
    from hinterland.stress.hands import DaskClient
    from hinterland.stress.simulate import StressResult
    from hinterland.stress.spans import Span

__all__ = ["stress_test", "stress_test_worlds", "stress_where_hazards"]

_MOST_TRACED = 20_000_000
"""Replications times steps of which traces are kept (8 bytes each); beyond, fans are drawn from the first replications."""
_DUST = 1e-9
_UNSAID = ("note", "source_id", "quality", "known_from", "_row")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is the same for every plan."""

    replications: int
    seed: int
    start: str | date | None
    end: str | date | None
    step_days: int
    safety_days: float
    each_hazard: bool
    exposure: str | None
    what_if: bool
    period_id: str | None
    executor: Executor | DaskClient | None


class _Told:
    """Progress of one plan: the task is named after it, and what was stopped is no comparison."""

    def __init__(self, inner: Progress, name: str) -> None:
        self.inner, self.name = inner, name

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        """Pass on, with the plan's name."""
        self.inner.advanced(f"{task} {self.name}", done_share, note)

    def cancelled(self) -> bool:
        """Pass on."""
        return self.inner.cancelled()


def stress_test(
    net: Network,
    plans: Mapping[str, GivenPlan],
    *,
    replications: int = 1000,
    seed: int = 0,
    against: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    days: bool = False,
    safety_days: float = 0.0,
    each_hazard: bool = True,
    exposure: str | None = "weekly",
    what_if: bool = False,
    period: str | None = None,
    progress: Progress = SILENT,
    executor: Executor | DaskClient | None = None,
) -> StressBoard:
    """Move plans through the same events, with lost sales and with serving late, and lay what comes of it side by side.

    Each plan moves in the world it was made under; hazards and rows of `events` must say the same in all of them. `against` names the
    baseline (default: the first). `exposure` is a method of `expose` or None, `period` the period of the exposure (default: the one in
    which the baseline delivers most), `what_if` tries options at the weakest nodes, `each_hazard` replays each hazard alone. The result is
    the same bit for bit whatever the executor.

    Raises InvalidTables where worlds have other hazards or days, nothing can happen, or nothing would be simulated; HinterlandError
    where there is no plan or `against` names none; Cancelled without a result, for plans are compared over all events or not at all.
    """
    if not hasattr(plans, "items") or not plans:
        raise HinterlandError("there is nothing to compare: plans go by name, as {'global': plan, 'local-for-local': another}")
    world = network_of(net)
    made = {name: plan_of(one, world) for name, one in plans.items()}
    return stress_test_worlds(
        {name: resolve(world, one.scenarios) for name, one in made.items()}, made, replications=replications, seed=seed, against=against,
        start=start, end=end, days=days, safety_days=safety_days, each_hazard=each_hazard, exposure=exposure, what_if=what_if, period=period,
        progress=progress, executor=executor,
    )  # fmt: skip


def stress_test_worlds(
    nets: Mapping[str, Network],
    plans: Mapping[str, GivenPlan],
    *,
    replications: int = 1000,
    seed: int = 0,
    against: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    days: bool = False,
    safety_days: float = 0.0,
    each_hazard: bool = True,
    exposure: str | None = "weekly",
    what_if: bool = False,
    period: str | None = None,
    progress: Progress = SILENT,
    executor: Executor | DaskClient | None = None,
) -> StressBoard:
    """As `stress_test`, each plan in a resolved network of its own."""
    from hinterland.comparison import STRESS_FRAMES, StressBoard
    from hinterland.comparison import stress_frames as frames
    from hinterland.stress.exposure.expose import NOTES
    from hinterland.stress.spans import refuse_kinds, refuse_numbers

    made = {name: plan_of(one) for name, one in plans.items()}
    base = next(iter(made)) if against is None else against
    if base not in made:
        raise HinterlandError(f"there is no plan {base!r}; the plans are {', '.join(made)}")
    refuse_numbers(replications, None)
    if exposure is not None:
        refuse_kinds([exposure], list(NOTES), "method")
    asked = _Asked(replications, seed, start, end, 1 if days else 7, safety_days, each_hazard, exposure, what_if, period, executor)
    span = _refuse_other_worlds(nets, base, asked)
    order = [base, *(name for name in made if name != base)]
    moved: dict[str, Moved] = {}
    fans: dict[str, pl.DataFrame] = {}
    exposed: dict[str, ExposureResult] = {}
    try:
        for name in order:
            told = _Told(progress, name)
            moved[name], fans[name] = _moved(name, nets[name], made[name], moved.get(base), asked, told)
            if exposure is not None:
                picked = exposed[base].period_id if name != base else period
                exposed[name] = _exposed(nets[name], made[name], picked, asked, told)
    except Cancelled as early:
        raise Cancelled(None, "stopped: plans are compared over all the events or not at all") from early
    currency, unit = nets[base].settings.currency, _unit(nets[base], made[base])
    titles = _titles(nets[base])
    one = moved[base].lost

    def stacked(parts: list[pl.DataFrame], kind: str) -> pl.DataFrame:
        return pl.concat(parts) if parts else pl.DataFrame(schema=dict(STRESS_FRAMES[kind]))

    others = [name for name in made if name != base]
    return StressBoard(
        strategies=tuple(made), against=base, currency=currency, unit=unit, replications=one.replications.height, seed=seed,
        first_day=span.date_of(span.first_day), last_day=_last_day(nets[base], end),
        period_id=exposed[base].period_id if exposed else "",
        measures=stacked([frames.measures_of(name, moved[name]) for name in made], "measures"),
        differences=stacked([frames.differences_of(name, moved[name], base, moved[base]) for name in others], "differences"),
        fans=stacked([fans[name] for name in made], "fans"),
        hazards=stacked([frames.hazards_of(name, moved[name].lost, titles) for name in made], "hazards"),
        convergence=stacked([frames.convergence_of(name, moved[name].lost) for name in made], "convergence"),
        exposure=stacked([frames.exposure_of(name, nets[name], exposed[name]) for name in made if name in exposed], "exposure"),
        options=stacked([frames.options_of(name, exposed[name]) for name in made if name in exposed], "options"),
        events=one.events.height, step_days=asked.step_days, method=exposed[base].method if exposed else "",
        notes=_notes(moved, exposed, asked, span),
    )  # fmt: skip


def stress_where_hazards(nets: Mapping[str, Network], plans: Mapping[str, GivenPlan], **asked: Any) -> StressBoard | None:
    """As `stress_test_worlds`, None where the baseline's world has nothing that can happen: demos run on tables with and without."""
    first = nets[asked.get("against") or next(iter(plans))]
    some = first["hazards"].height or first["events"].height
    return stress_test_worlds(nets, plans, **asked) if some else None


def _moved(
    name: str, net: Network, plan: Plan, base: Moved | None, asked: _Asked, progress: Progress
) -> tuple[Moved, pl.DataFrame]:  # fmt: skip
    """One plan under both rules, and the fan of what it serves under lost sales."""
    from hinterland.comparison.stress_frames import Moved, fans_of
    from hinterland.comparison.stress_wanted import wanted_of
    from hinterland.stress.simulate import simulate

    def run(
        *, count: int = asked.replications, late: bool = False, traces: bool = False, events: pl.DataFrame | None = None
    ) -> StressResult:
        return simulate(
            net, plan, replications=count, seed=asked.seed, start=asked.start, end=asked.end, step_days=asked.step_days, late=late,
            safety_days=asked.safety_days, events=events, each_hazard=asked.each_hazard and not late and count == asked.replications,
            traces=traces, progress=progress, executor=asked.executor,
        )  # fmt: skip

    few = _few(asked, _span(net, asked))
    lost = run(traces=few == asked.replications)
    if base is not None and not lost.events.equals(base.lost.events):
        raise _other_hazards(name, "scopes of its hazards cover other sites or products than those of the baseline's world")
    traced = lost
    if few < asked.replications:
        traced = run(count=few, traces=True, events=lost.events.filter(pl.col("replication") < few))
    fan = fans_of(name, traced, wanted_of(net, plan, traced))
    late = run(late=True, events=lost.events)
    return Moved(net, lost, late), fan


def _exposed(net: Network, plan: Plan, period: str | None, asked: _Asked, progress: Progress) -> ExposureResult:
    from hinterland.stress.exposure.expose import expose

    return expose(
        net, plan, period_id=period, method=asked.exposure or "weekly", what_if=asked.what_if, progress=progress, executor=asked.executor
    )


def _span(net: Network, asked: _Asked) -> Span:
    from hinterland.stress.spans import span_of

    return span_of(net.calendar, asked.start, asked.end, None, asked.step_days)


def _last_day(net: Network, end: str | date | None) -> date:
    """The last day that was asked for; the last step may run over it."""
    from hinterland.stress.spans import span_of

    asked = span_of(net.calendar, end, end, None, 1) if end is not None else span_of(net.calendar, None, None, None, 1)
    return asked.date_of(asked.last_day)


def _other_hazards(name: str, why: str) -> InvalidTables:
    what = f"{name} would face other events than the baseline"
    fix = "put hazards and events into the tables, or into a scenario that every plan is made under"
    return InvalidTables([Issue("hazards", None, None, "other_hazards", what, why, fix)])


def _refuse_other_worlds(nets: Mapping[str, Network], base: str, asked: _Asked) -> Span:
    """The span all plans are moved over. Raises InvalidTables, with every reason, where worlds differ in what may happen or when."""
    first, issues = nets[base], list[Issue]()
    if not first["hazards"].height and not first["events"].height:
        what, why = "nothing can happen", "there are neither hazards nor events, so no plan could be told from another"
        fix = "add rows to hazards.csv: docs/tables.md has its columns, docs/stress.md says how they are drawn"
        raise InvalidTables([Issue("hazards", None, None, "no_hazards", what, why, fix)])
    span = _span(first, asked)
    for name, net in nets.items():
        if name == base:
            continue
        for table in ("hazards", "events"):
            lost = _differs(first[table], net[table])
            if lost:
                issues += _other_hazards(name, f"{table} of its world and of {base}'s differ: {lost}").issues
        other = _span(net, asked)
        if (other.first_day, other.steps) != (span.first_day, span.steps):
            days = [f"{one.date_of(one.first_day)} to {one.date_of(one.last_day)}" for one in (span, other)]
            what, why = f"{name} runs over other days than {base}", f"{base} over {days[0]}, {name} over {days[1]}"
            issues.append(Issue("periods", None, None, "other_days", what, why, "name days that both have, with --from and --to"))
        if net.settings.currency != first.settings.currency:
            what, why = f"{name} counts in {net.settings.currency}", f"{base} counts in {first.settings.currency}"
            issues.append(Issue("settings", None, "currency", "other_tables", what, why, "compare plans of one currency"))
    if issues:
        raise InvalidTables(issues)
    return span


def _differs(here: pl.DataFrame, there: pl.DataFrame) -> str:
    """What differs between two tables of one name, in words; empty where they say the same."""
    key = "hazard_id" if "start_date" not in here.columns else "event_id"
    columns = [name for name in here.columns if name in there.columns and name not in _UNSAID]
    one, other = here.select(columns), there.select(columns)
    odd = [*one.join(other, on=columns, how="anti", nulls_equal=True)[key], *other.join(one, on=columns, how="anti", nulls_equal=True)[key]]
    names = sorted({str(name) for name in odd})
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _titles(net: Network) -> dict[str, str | None]:
    """Titles of hazards, where the table has them."""
    table = net["hazards"]
    return dict(table.select("hazard_id", "title").iter_rows()) if "title" in table.columns else {}


def _unit(net: Network, plan: Plan) -> str:
    """The unit of what is delivered, or the word for several."""
    delivered = plan["delivered"].join(net["products"].select("product_id", "unit"), on="product_id", how="left")
    units = delivered["unit"].drop_nulls().unique().to_list()
    return str(units[0]) if len(units) == 1 else "units"


def _few(asked: _Asked, span: Span) -> int:
    """Replications whose traces are kept."""
    return min(asked.replications, max(_MOST_TRACED // span.steps, 1))


def _notes(moved: Mapping[str, Moved], exposed: Mapping[str, ExposureResult], asked: _Asked, span: Span) -> tuple[str, ...]:
    """What a reader must know, each sentence once; of several plans with their names."""
    said: dict[str, list[str]] = {}
    for name, one in moved.items():
        told = [*one.lost.notes, *(exposed[name].notes if name in exposed else ())]
        if one.lost.transition > _DUST:
            told.append(f"the undisturbed plan itself serves {100 * one.lost.transition:.3g} % late or never, where its periods differ")
        if not one.lost.events.height:
            told.append("no event falls into the simulated days")
        for sentence in dict.fromkeys(told):
            said.setdefault(sentence, []).append(name)
    every = [sentence if len(names) == len(moved) else f"{', '.join(names)}: {sentence}" for sentence, names in said.items()]
    if _few(asked, span) < asked.replications:
        every.append(f"fans show the first {_few(asked, span):,} replications")
    if len(moved) > 1:
        every.append(
            "a lost unit counts its price less what it would have cost: the dearer plan loses less margin for each, lost units tell both alike"
        )
    return tuple(every)
