"""The verbs. Each reads its words, calls one function of `app`, and shows what came back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from hinterland.cli.audit import audit
from hinterland.cli.bars import bars
from hinterland.cli.currency import currency
from hinterland.cli.duties import duties
from hinterland.cli.endings import CODES, ended_well, refuse_foreign, show_issues
from hinterland.cli.expose import expose
from hinterland.cli.packs import packs
from hinterland.cli.route import route
from hinterland.cli.shows import plain, say, show_json, show_supply, show_table, warn_short
from hinterland.cli.simulate import simulate
from hinterland.cli.stressed import Cluster, Exposure, From, Replications, Seed, Stress, To, WhatIf, Workers, show_stress, stress_asked

if TYPE_CHECKING:
    from hinterland.design import DesignResult

__all__ = ["app", "main"]

_DUST = 1e-9

app = typer.Typer(
    name="hinterland",
    help="Plan and prove local-for-local supply networks. Exit codes: 0 done, 1 a defect of hinterland, 2 your tables, "
    "3 no plan keeps every rule, 4 no plan found in the time given, 130 stopped.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Tables = Annotated[Path, typer.Argument(metavar="TABLES", help="folder of CSV or Parquet files, or an .xlsx workbook")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")]
Scenario = Annotated[list[str] | None, typer.Option("--scenario", "-s", metavar="NAME", help="scenario to apply; several apply in order")]
Runs = Annotated[list[Path], typer.Argument(metavar="RUN...", help="run folders that `hinterland solve --out` wrote")]

Against = Annotated[str | None, typer.Option(metavar="NAME", help="run folder's name that the others are compared with; default the first")]


def _version(asked: bool) -> None:
    if asked:
        import hinterland

        say(hinterland.__version__)
        raise typer.Exit


@app.callback()
def _root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")] = False) -> None:
    """Plan and prove local-for-local supply networks."""


@app.command()
def check(
    tables: Tables,
    scenario: Scenario = None,
    supply: Annotated[bool, typer.Option("--supply", help="show every product and period, not only the tightest of each product")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="file to write every problem into as well (.csv)")] = None,
    as_json: Json = False,
) -> None:
    """List every problem of the tables (table, row, column, what, why, how to fix), then what is available against what is needed."""
    from dataclasses import asdict

    from hinterland import app as doors

    with ended_well(as_json=as_json):
        if out is not None:
            refuse_foreign(out)
        issues, world = doors.examine(tables, scenario)
        there = None if world is None else doors.supply_of(world, world.scenarios)
        if as_json:
            show_json(plain({"problems": [asdict(one) for one in issues], "supply": None if there is None else there.to_dicts()}))
        else:
            show_issues(issues, stream="stdout", out=out)
            if there is not None:
                show_supply(there, every=supply)
        if world is None:
            raise SystemExit(CODES["tables"])


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="folder to write the templates into")], as_json: Json = False
) -> None:
    """Write empty templates of the tables that a first plan needs; nothing is written over."""
    from hinterland import app as doors

    with ended_well(as_json=as_json):
        written = doors.new(folder)
        if as_json:
            show_json({"folder": str(folder), "files": sorted(file.name for file in written)})
        else:
            say(*(f"{folder / file.name}" for file in sorted(written)), f"fill them, then: hinterland check {folder}")


@app.command()
def solve(
    tables: Tables,
    scenario: Scenario = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="RUN", help="run folder to write")] = None,
    replace: Annotated[bool, typer.Option(help="replace an older run in that folder")] = False,
    gap: Annotated[
        float, typer.Option(min=0.0, max=1.0, metavar="SHARE", help="relative distance to the best possible that is good enough")
    ] = 1e-4,
    seconds: Annotated[float | None, typer.Option(min=0.01, metavar="SECONDS", help="longest time for the solver")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, metavar="NUMBER", help="seed of the solver")] = 0,
    fix: Annotated[Path | None, typer.Option(metavar="PLAN", help="plan or run whose openings, modules and contracts are kept")] = None,
    complete: Annotated[Path | None, typer.Option(metavar="PLAN", help="partial plan folder to keep and fill in")] = None,
    as_json: Json = False,
) -> None:
    """Find the best plan under a scenario and prove it; Ctrl-C keeps the best so far."""
    from dataclasses import asdict

    from hinterland import app as doors
    from hinterland.core.errors import Cancelled
    from hinterland.store import Logged, refuse_taken

    with ended_well(as_json=as_json):
        if out is not None:  # before hours of solving, not after
            refuse_taken(out, replace=replace)
        net, warnings = doors.prepare(tables, scenario)
        if warnings and not as_json:
            show_issues(warnings)
        with bars(quiet=as_json, keeps="the best plan so far") as drawn:
            logged, stopped = Logged(drawn), None
            try:
                found = doors.solve(net, scenario, gap=gap, seconds=seconds, seed=seed, fix=fix, complete=complete, progress=logged)
            except Cancelled as early:
                if early.result is None:
                    raise
                found, stopped = cast("DesignResult", early.result), early
        if out is not None:
            doors.write_run(out, net, found, log=logged.lines, replace=replace)
        told = doors.told_of(net, found)
        if as_json:
            show_json(told | {"run": None if out is None else str(out), "warnings": [asdict(one) for one in warnings]})
        else:
            _show_solved(told, out)
        if stopped is not None:
            raise stopped


def _show_solved(told: dict[str, Any], out: Path | None) -> None:
    unit = told["currency"]
    show_table(
        f"{told['name']} · {told['status']}, gap {told['gap_share']:.2%}, {'verified' if told['verified'] else 'NOT verified'} to "
        f"{told['verify_max_relative_error']:.1e}",
        ("", "value", "unit"),
        [
            ("real cost, undiscounted", told["cost_total"], unit),
            ("real cost at base date", told["cost_npv"], unit),
            ("CO2e", told["co2e_total_t"], "t"),
            ("shortage", told["shortage_share"], "share of demand"),
            ("penalties (steer only)", told["penalties"], unit),
            ("seconds", told["seconds"], "s"),
        ],
    )
    if told["shortage_share"] > _DUST:
        warn_short(told["shortage_share"])
    if out is not None:
        say(f"run written to {out}")


@app.command()
def trace(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder")],
    allocation: Annotated[
        str, typer.Option(metavar="RULE", help="how recipes split their burden between products: value, mass or none")
    ] = "value",
    site: Annotated[str | None, typer.Option(metavar="ID", help="only units delivered at this site")] = None,
    product: Annotated[str | None, typer.Option(metavar="ID", help="only units of this product")] = None,
    period: Annotated[str | None, typer.Option(metavar="ID", help="only this period")] = None,
    as_json: Json = False,
) -> None:
    """Show what one delivered unit carries: cost, CO2e, origins, kilometres."""
    from hinterland import app as doors

    with ended_well(as_json=as_json):
        kept = doors.read_run(run)
        found = doors.trace(kept.network, kept.plan, allocation=allocation)
        story = doors.story_of(found, site, product, period)
        if as_json:
            sums = {name: doors.sums_of(frame) for name, frame in story.items() if name in doors.SUMMED}
            show_json({name: frame.to_dicts() for name, frame in story.items()} | {"sums": sums, "choices": found.choices})
        else:
            for name, frame in story.items():
                shown = doors.with_sum(frame) if name in doors.SUMMED else frame
                show_table(name, shown.columns, shown.iter_rows())
            say(found.choices)


@app.command()
def compare(
    runs: Runs,
    against: Against = None,
    stress: Stress = False,
    replications: Replications = None,
    seed: Seed = None,
    start: From = None,
    end: To = None,
    exposure: Exposure = None,
    what_if: WhatIf = False,
    cluster: Cluster = None,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="report to write as well (.html)")] = None,
    as_json: Json = False,
) -> None:
    """Put runs side by side: cost, CO2e, distance, borders, concentration; only at equal delivered quantity. With --stress: what holds when things break."""
    from hinterland import app as doors
    from hinterland.app.workers import workers_of
    from hinterland.store import refuse_unwritable

    with ended_well(as_json=as_json):
        if out is not None:  # before minutes of work, not after
            refuse_unwritable(out)
        asked = stress_asked(stress, replications, seed, start, end, exposure, what_if, cluster, workers)
        with workers_of(cluster, workers) as executor, bars(quiet=as_json or asked is None) as drawn:
            board = doors.compare_runs(
                runs, against=against, stress=None if asked is None else asked | {"executor": executor}, progress=drawn
            )
        said = "" if out is None else _rendered(board, out)
        if as_json:
            show_json(doors.summary(board))
        else:
            show_board(board)
            show_stress(board)
            say(*doors.remarks_of(board), *([said] if said else []))


def _rendered(board: Any, out: Path) -> str:
    """Write the report and say so; a file that was there is replaced, which is told."""
    from hinterland import app as doors

    there = out.is_file()
    return f"report written to {doors.render(board, out)}{' (replaced)' if there else ''}"


def show_board(board: Any) -> None:
    """Print key figures, one row each, a column per strategy."""
    from hinterland import app as doors

    header, rows = doors.side_by_side(board)
    show_table(board.title, header, rows)


@app.command()
def render(
    runs: Runs,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="report to write (.html)")] = Path("report.html"),
    against: Against = None,
    stress: Stress = False,
    replications: Replications = None,
    seed: Seed = None,
    start: From = None,
    end: To = None,
    exposure: Exposure = None,
    what_if: WhatIf = False,
    cluster: Cluster = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Write one self-contained report of runs: no server, no network, no script. With --stress it says what holds when things break."""
    from hinterland import app as doors
    from hinterland.app.workers import workers_of
    from hinterland.store import refuse_unwritable

    with ended_well(as_json=as_json):
        refuse_unwritable(out)  # before minutes of work, not after
        asked = stress_asked(stress, replications, seed, start, end, exposure, what_if, cluster, workers)
        with workers_of(cluster, workers) as executor, bars(quiet=as_json or asked is None) as drawn:
            board = doors.compare_runs(
                runs, against=against, stress=None if asked is None else asked | {"executor": executor}, progress=drawn
            )
        there, said = out.is_file(), _rendered(board, out)
        show_json({"report": str(out), "replaced": there}) if as_json else say(said)


@app.command()
def verify(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder; or tables, together with --plan")],
    plan: Annotated[Path | None, typer.Option(metavar="PLAN", help="plan folder to judge in these tables")] = None,
    scenario: Scenario = None,
    as_json: Json = False,
) -> None:
    """Recompute a plan from its tables without a solver: balances, limits, contracts, policies, every cost line."""
    from hinterland import app as doors

    with ended_well(as_json=as_json):
        if plan is None:
            report, world = doors.verify_run(run, scenario=scenario), doors.judged_in(doors.read_run(run).plan, scenario)
        else:
            net = doors.read(run)
            given = doors.plan_of(plan, net)
            report, world = doors.verify(net, given, scenario=scenario), doors.judged_in(given, scenario)
        broken = report.lines.filter(~report.lines["ok"])
        if as_json:
            show_json(
                {
                    "ok": report.ok,
                    "scenario": list(world),
                    "max_relative_error": report.max_relative_error,
                    "checks": report.lines.height,
                    "broken": broken.to_dicts(),
                }
            )
        else:
            words = "holds" if report.ok else "does NOT hold"
            under = f"under {' + '.join(world)}" if world else "in the plain tables, without a scenario"
            say(f"the plan {words} {under}: {report.lines.height:,} checks, largest relative error {report.max_relative_error:.1e}")
            if broken.height:
                show_table(
                    "what does not hold",
                    ("check", "where", "period", "found", "asked"),
                    broken.select("check", "words", "period_id", "left", "right").head(20).iter_rows(),
                )
        if not report.ok:
            raise SystemExit(CODES["tables"])


@app.command()
def demo(
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FOLDER", help="folder for report, summary and runs; default out/demo or out/reference"),
    ] = None,
    reference: Annotated[bool, typer.Option("--reference", help="the reference network in its worlds instead (minutes)")] = False,
    as_json: Json = False,
) -> None:
    """Compare three strategies on the seed chain: cheapest, local-for-local, least CO2e; write the report."""
    from hinterland import app as doors

    with ended_well(as_json=as_json), bars(quiet=as_json, keeps="the best plan so far") as drawn:
        if reference:
            shown = doors.demo_reference(out or Path("out/reference"), workers=2, progress=drawn)
        else:
            shown = doors.demo(out or Path("out/demo"), workers=2, progress=drawn)
        drawn.close()
        if as_json:
            show_json(shown.summary)
        else:
            show_board(shown.board)
            show_stress(shown.board, answered=False)
            say(*shown.sentences, f"report: {shown.report}", f"summary: {shown.summary_file}", f"runs: {shown.runs}")


app.command()(audit)
app.command()(route)
app.command()(duties)
app.command()(currency)
app.command()(packs)
app.command()(simulate)
app.command()(expose)


def main() -> None:
    """Run the command line."""
    app()
