"""`hinterland expose`: what is lost while a node recovers, how long nothing is, and what would help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from hinterland.cli.bars import bars
from hinterland.cli.endings import ended_well
from hinterland.cli.shows import figure, plain, say, show_json, show_table

if TYPE_CHECKING:
    from hinterland.stress.exposure.expose import ExposureResult

__all__ = ["expose"]

_SHOWN = 20


def expose(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder; or tables, together with --plan")],
    plan: Annotated[Path | None, typer.Option(metavar="PLAN", help="plan folder or run to look at in these tables")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", "-s", metavar="NAME", help="scenario to apply; several apply in order")
    ] = None,
    period: Annotated[str | None, typer.Option(metavar="ID", help="period to look at; default the one that delivers most")] = None,
    method: Annotated[
        str, typer.Option(metavar="NAME", help="weekly, or block: a quick screen that leaves arrival times aside")
    ] = "weekly",
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="KIND", help="site, operator, country, region, passage, lane, product; several")
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="the worst joint failures of two sites as well")] = False,
    what_if: Annotated[bool, typer.Option("--what-if", help="try a buffer and a standby at the weakest nodes")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FOLDER", help="folder for what is found; default RUN/exposure, replaced each time"),
    ] = None,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask cluster to spread the work over: tcp://host:port")] = None,
    workers: Annotated[int | None, typer.Option(metavar="NUMBER", help="processes to spread the work over; default threads")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")] = False,
) -> None:
    """Rank sites, operators, countries, passages, lanes by what their standstill loses, and say how long each is survived; RUN/exposure keeps it."""
    from hinterland import app as doors
    from hinterland.app.auditing import audited_in
    from hinterland.app.keeping import keep_in_run, run_place, write_exposure
    from hinterland.app.stressing import exposure_told
    from hinterland.app.workers import workers_of
    from hinterland.core.errors import Cancelled
    from hinterland.store import ABOUT, refuse_taken

    with ended_well(as_json=as_json), workers_of(cluster, workers) as executor:
        if out is not None:  # before minutes of work, not after
            refuse_taken(out, replace=False, mark=ABOUT)
        net, made = audited_in(run, plan)
        stopped = None
        with bars(quiet=as_json) as drawn:
            try:
                found = doors.expose(
                    net, made, scenario, period=period, method=method, kinds=kind, pairs=pairs, what_if=what_if, progress=drawn,
                    executor=executor,
                )  # fmt: skip
            except Cancelled as early:
                if early.result is None:
                    raise
                found, stopped = cast("ExposureResult", early.result), early
        about: dict[str, object] = {"stopped": stopped is not None}
        place, kept = run_place(run, plan, made, scenario, "exposure")
        if out is not None:
            kept = f"written to {write_exposure(out, found, about=about)}"
        elif place is not None:
            kept = keep_in_run(place, found, net, about)
        if as_json:
            show_json(plain(exposure_told(found) | {"kept": kept or None}))
        else:
            _show(found)
            if kept:
                say(kept)
        if stopped is not None:
            raise stopped


def _days(value: float) -> str:
    return "for ever" if value == float("inf") else f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _show(found: ExposureResult) -> None:
    nodes, money = found.nodes, found.currency
    weak = nodes.filter(~nodes["survives"])
    if weak.height:
        worst = weak.row(0, named=True)
        say(
            f"{weak.height} of {nodes.height} nodes are not survived as long as they take to recover; the worst is {worst['kind']} "
            f"{worst['node']}: {figure(worst['loss_high'])} {money} lost in {worst['recovery_days_high']:.0f} days, survived {_days(worst['survival_days'])} days"
        )
    else:
        say(f"every one of {nodes.height} nodes is survived as long as it takes to recover")
    show_table(
        f"period {found.period_id}, {found.method}", ("kind", "node", "recovers in days", "survived days", f"loss {money}", "lost units", "index"),
        [
            (row["kind"], row["node"], f"{row['recovery_days_low']:.0f} – {row['recovery_days_high']:.0f}", _days(row["survival_days"]),
             row["loss_high"], row["lost_units"], row["exposure_index"])
            for row in nodes.head(_SHOWN).iter_rows(named=True)
        ],
    )  # fmt: skip
    if nodes.height > _SHOWN:
        say(f"the first {_SHOWN} of {nodes.height}; --json has every one")
    if found.pairs is not None:
        show_table("two sites at once (block)", ("sites", "days", f"loss {money}", "lost units"), found.pairs.head(_SHOWN).iter_rows())
    if found.options is not None:
        show_table(
            "what would help, one at a time", ("kind", "node", "option", "amount", "unit", f"avoided {money}", f"cost {money} a year", "per cost"),
            found.options.select("kind", "node", "option", "amount", "unit", "avoided", "cost_per_year", "avoided_per_cost").iter_rows(),
        )  # fmt: skip
    say(*(f"note: {one}" for one in found.notes))
