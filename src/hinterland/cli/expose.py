"""`hinterland expose`: what is lost while a node recovers, how long nothing is, and what would help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from hinterland.cli.bars import bars
from hinterland.cli.endings import CODES, ended_well
from hinterland.cli.shows import figure, plain, say, show_json, show_table

if TYPE_CHECKING:
    import polars as pl

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
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="site, operator, country, region, passage, lane, product, product_group; several"),
    ] = None,
    worst: Annotated[
        int, typer.Option("--worst", metavar="K", min=0, help="the worst joint failures of so many sites as well; beyond 2 by a MILP")
    ] = 0,
    pairs: Annotated[bool, typer.Option("--pairs", help="the same as --worst 2")] = False,
    what_if: Annotated[
        bool, typer.Option("--what-if", help="try a buffer, a second source, call-off rights and a standby at the weakest nodes")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="new folder for what is found; default RUN/exposure, where the next one replaces it"
        ),
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
                    net, made, scenario, period=period, method=method, kinds=kind, worst=worst or 2 * pairs, what_if=what_if, progress=drawn,
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
            show_json(plain(exposure_told(found) | {"kept": kept or None, "stopped": None if stopped is None else str(stopped)}))
        else:
            _show(found, "" if stopped is None else f"{stopped}: of those measured, ")
            if kept:
                say(kept)
        if stopped is not None:
            raise SystemExit(CODES["stopped"])


def _days(value: float) -> str:
    return "for ever" if value == float("inf") else f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _show(found: ExposureResult, before: str) -> None:
    nodes, money = found.nodes, found.currency
    weak = nodes.filter(~nodes["survives"])
    if weak.height:
        worst = weak.row(0, named=True)
        say(
            f"{before}{weak.height} of {nodes.height} nodes are not survived as long as they take to recover; the worst is {worst['kind']} "
            f"{worst['node']}: {figure(worst['loss_high'])} {money} lost in {worst['recovery_days_high']:.0f} days, survived {_days(worst['survival_days'])} days"
        )
    else:
        say(f"{before}every one of {nodes.height} nodes is survived as long as it takes to recover")
    size, unit = (1e6, f"million {money}") if (nodes["loss_high"] >= 1e7).any() else (1.0, money)
    show_table(
        f"period {found.period_id}, {found.method}",
        ("kind", "node", "recovers in days", "survived days", "", f"loss, {unit}", "index"),
        [
            (row["kind"], row["node"], _range(row["recovery_days_low"], row["recovery_days_high"]), _days(row["survival_days"]),
             "enough" if row["survives"] else "too short", _range(row["loss_low"] / size, row["loss_high"] / size), row["exposure_index"])
            for row in nodes.head(_SHOWN).iter_rows(named=True)
        ],
    )  # fmt: skip
    if nodes.height > _SHOWN:
        say(f"the first {_SHOWN} of {nodes.height}, {max(weak.height - _SHOWN, 0)} more of those not survived; --json has every one")
    _show_single_points(nodes)
    if found.worst is not None:
        _show_worst(found.worst, money)
    if found.options is not None:
        _show_options(found.options, found.option_rows, money)
    say(*(f"note: {one}" for one in found.notes))


def _range(low: float, high: float) -> str:
    return figure(high) if low == high else f"{figure(low)} – {figure(high)}"


def _show_single_points(nodes: pl.DataFrame) -> None:
    single = nodes.filter(nodes["single_point_of"].is_not_null())
    if single.height:
        rows = [(row["kind"], row["node"], row["single_point_of"].replace("|", ", ")) for row in single.head(_SHOWN).iter_rows(named=True)]
        told = f"single points of failure: {single.height} nodes without which a good reaches no market"
        show_table(told, ("kind", "node", "goods"), rows)


def _show_worst(worst: pl.DataFrame, money: str) -> None:
    rows = [(row["nodes"], row["recovery_days"], row["loss"], row["lost_units"]) for row in worst.head(_SHOWN).iter_rows(named=True)]
    show_table("sites that fail together (block)", ("sites", "days", f"loss {money}", "lost units"), rows)
    for row in worst.filter(worst["method"] == "milp").iter_rows(named=True):
        told = (
            "proved: no other set loses more" if row["proved"] else f"not proved: another set may lose up to {figure(row['bound'])} {money}"
        )
        say(told)


def _show_options(options: pl.DataFrame, rows: pl.DataFrame | None, money: str) -> None:
    shown = ("kind", "node", "option", "amount", "unit", "avoided", "cost_per_year", "avoided_per_cost")
    header = ("kind", "node", "option", "amount", "unit", f"avoided {money}", f"cost {money} a year", "per cost")
    show_table("what would help, one at a time", header, options.select(shown).iter_rows())
    for option, told in options.select("option", "assumed").drop_nulls().unique(maintain_order=True).iter_rows():
        say(f"assumed for {option}: {told}")
    if rows is not None and rows.height and options.height:
        best = options.row(0, named=True)
        mine = rows.filter((rows["kind"] == best["kind"]) & (rows["node"] == best["node"]) & (rows["option"] == best["option"]))
        if mine.height:
            say(f"rows for {best['option']} at {best['node']} (--json has those of every option):")
            say(*(f"  {table}: {row}" for table, row in mine.select("table", "row").head(_SHOWN).iter_rows()))
