"""`hinterland simulate`: a plan moved through what may happen, and what is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from hinterland.cli.bars import bars
from hinterland.cli.endings import CODES, ended_well
from hinterland.cli.shows import figure, plain, say, show_json, show_table

if TYPE_CHECKING:
    from hinterland.stress.simulate import StressResult

__all__ = ["simulate"]

_WORDS = {
    "fill_rate": "fill rate (served of wanted)",
    "on_time_share": "served on time",
    "steps_without_shortage_share": "steps without shortage",
    "lost": "lost",
    "lost_margin": "lost margin",
    "backlog": "backlog",
    "longest_spell_days": "longest shortage",
    "stock_value": "value in stock",
    "pipeline_value": "value on the way",
    "cash_to_cash_days": "cash to cash",
    "extra_cost": "extra cost",
    "extra_cost_per_unit": "extra cost",
    "extra_co2e_kg": "extra CO2e",
    "extra_co2e_kg_per_unit": "extra CO2e",
}
_FEW = 3
"""Points of a running interval below which nothing is said of it."""
_SLACK = 1.05
"""A stop by the normal interval may leave Student's a little wider."""
_ONCE = "the rows of events hold in every replication and no lead time varies: every replication is the same, simulated once"
_TWICE = "it is not clear which of them happens"


def simulate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder; or tables, together with --plan")],
    plan: Annotated[Path | None, typer.Option(metavar="PLAN", help="plan folder or run to simulate in these tables")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", "-s", metavar="NAME", help="scenario to apply; several apply in order")
    ] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", "-n", metavar="NUMBER", help="how often the future is drawn; default 1000")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, metavar="NUMBER", help="seed of the events")] = 0,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="first day; default the plan's")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="last day; default the plan's")] = None,
    days: Annotated[bool, typer.Option("--days", help="step by day instead of by week")] = False,
    late: Annotated[bool, typer.Option("--late", help="shortage is served later instead of lost")] = False,
    safety: Annotated[float, typer.Option("--safety-days", min=0.0, metavar="DAYS", help="extra stock wherever lanes arrive")] = 0.0,
    until: Annotated[float | None, typer.Option("--until", metavar="SHARE", help="stop when the fill rate is known to ± this")] = None,
    each_hazard: Annotated[bool, typer.Option("--each-hazard", help="say what each hazard loses alone")] = False,
    replay: Annotated[str | None, typer.Option(metavar="NAME", help="replay events of the past, `list` names them")] = None,
    events: Annotated[
        Path | None, typer.Option(metavar="FILE", help="replay events that were saved or typed (.parquet, .csv), as the table events")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="new folder for what is found; default RUN/stress, where the next one replaces it"
        ),
    ] = None,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask cluster to spread the work over: tcp://host:port")] = None,
    workers: Annotated[int | None, typer.Option(metavar="NUMBER", help="processes to spread the work over; default threads")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")] = False,
) -> None:
    """Move a plan through many draws of its hazards: fill rate, lost margin, time short, extra cost and CO2e; RUN/stress keeps it."""
    from hinterland import app as doors
    from hinterland.app.auditing import audited_in
    from hinterland.app.keeping import events_from, keep_in_run, run_place, saved_days, write_stress
    from hinterland.app.stressing import happens_once, replays, stress_told
    from hinterland.app.workers import workers_of
    from hinterland.core.errors import Cancelled, InvalidTables, Issue
    from hinterland.store import ABOUT, refuse_taken

    with ended_well(as_json=as_json), workers_of(cluster, workers) as executor:
        if replay == "list":
            listed = replays()
            show_json(listed.to_dicts()) if as_json else show_table("replays", listed.columns, listed.iter_rows())
            return
        if out is not None:  # before minutes of work, not after
            refuse_taken(out, replace=False, mark=ABOUT)
        net, made = audited_in(run, plan)
        if replay is not None and events is not None:
            raise InvalidTables([Issue("simulate", None, "events", "two_events", "both --replay and --events", _TWICE, "name one of them")])
        rows, saved = None, dict[str, Any]({"replications": 1 if replay else 1000, "start": None, "end": None})
        if events is not None:
            rows = events_from(events, net)
            saved = saved_days(events, rows)
        once = events is None and replay is None and replications is None and happens_once(net, made, scenario)
        count = 1 if once else saved["replications"] if replications is None else replications
        first, last = start or saved["start"], end or saved["end"]
        stopped = None
        with bars(quiet=as_json) as drawn:
            try:
                found = doors.simulate(
                    net, made, scenario, replications=count, seed=seed, start=first, end=last, days=days, late=late, safety_days=safety,
                    until_share=until, each_hazard=each_hazard, events=rows, replay=replay, progress=drawn, executor=executor,
                )  # fmt: skip
            except Cancelled as early:
                if early.result is None:
                    raise
                found, stopped = cast("StressResult", early.result), early
        if once:
            found = replace(found, notes=(*found.notes, _ONCE))
        about: dict[str, object] = {
            "rule": "late" if late else "lost", "safety_days": safety, "start": first, "end": last, "replay": replay,
            "events_from": None if events is None else str(events), "stopped": stopped is not None,
        }  # fmt: skip
        named = f"stress-{replay}" if replay else f"stress-{events.stem}" if events is not None else "stress"
        place, kept = run_place(run, plan, made, scenario, named)
        if out is not None:
            kept = f"written to {write_stress(out, found, about=about)}"
        elif place is not None:
            kept = keep_in_run(place, found, net, about)
        if as_json:
            show_json(plain(stress_told(found) | {"kept": kept or None, "stopped": None if stopped is None else str(stopped)}))
        else:
            _show(found, kept, until, "" if stopped is None else f"{stopped}: ")
        if stopped is not None:
            raise SystemExit(CODES["stopped"])


def _known(found: StressResult, told: list[dict[str, float]], until: float | None) -> list[str]:
    """How well the fill rate is known after growing numbers of replications, and whether that is as well as was asked for."""
    if len(told) < _FEW:
        return []
    halves = [(one["replications"], 50 * (one["high"] - one["low"])) for one in told]
    count, half = halves[-1]
    steps = [next(one for one in halves if one[0] >= count * share) for share in (0.1, 0.3)]
    grown = ", ".join(f"± {figure(wide)} after {number:,}" for number, wide in dict(steps).items() if number < count)
    said = f"the fill rate is known to ± {figure(half)} points after {count:,} replications" + (f" ({grown})" if grown else "")
    if until is not None and half > 100 * until * _SLACK and found.replications.height == count:
        more = round(count * (half / (100 * until)) ** 2, -2)
        return [said, f"± {100 * until:.3g} points were asked for and not reached: about {figure(float(more))} replications would do"]
    return [said]


def _show(found: StressResult, kept: str, until: float | None, before: str) -> None:
    from hinterland.app.stressing import stress_told

    told = stress_told(found)
    rows = {row["measure"]: row for row in told["measures"]}
    fill, margin = rows["fill_rate"], rows["lost_margin"]
    alone = told["replications"] == 1
    known = "in this one future" if alone else f"(95 % interval {100 * fill['low']:.4g} to {100 * fill['high']:.4g} %)"
    tail = "" if alone else f", in the worst 5 % of futures {figure(margin['cvar95'])} {told['currency']}"
    say(f"{before}{100 * fill['mean']:.3g} % of demand is served {known}; lost margin {figure(margin['mean'])} {told['currency']}{tail}")
    times = f"{told['replications']:,} replication{'' if alone else 's'}"
    events = f"{told['events']:,} event{'' if told['events'] == 1 else 's'}"
    under = f"under {' + '.join(told['scenario'])}" if told["scenario"] else "in the plain tables"
    unit = "days" if found.step_days == 1 else f"steps of {found.step_days} days"
    money = {"money": told["currency"]}
    show_table(
        f"{times} of {found.steps} {unit} {under}, {events}, seed {found.seed}",
        ("", "mean", "low", "high", "VaR 95 %", "CVaR 95 %", "unit"),
        [
            (_WORDS.get(name, name.replace("_", " ")), *(row[column] for column in ("mean", "low", "high", "var95", "cvar95")),
             " ".join(money.get(word.rstrip(","), word) for word in row["unit"].replace("money,", "money").split()))
            for name, row in rows.items()
        ],
    )  # fmt: skip
    if found.hazards is not None:
        show_table(
            "each hazard alone", ("hazard", "events", "struck share", "lost units", f"lost margin {told['currency']}", "low", "high"),
            found.hazards.drop("backlog").iter_rows(),
        )  # fmt: skip
    if found.transition > 1e-9:
        say(f"transition: the undisturbed plan itself serves {100 * found.transition:.3g} % late or never, where its periods differ")
    say(*_known(found, told["convergence"], until), *(f"note: {one}" for one in found.notes), *([kept] if kept else []))
