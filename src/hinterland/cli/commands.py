"""The verbs. Each reads its words, calls one function of `app`, and shows what came back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from hinterland.cli.bars import bars
from hinterland.cli.endings import CODES, ended_well, show_issues
from hinterland.cli.route import route
from hinterland.cli.shows import plain, say, show_json, show_table

if TYPE_CHECKING:
    from hinterland.design import DesignResult

__all__ = ["app", "main"]

app = typer.Typer(
    name="hinterland",
    help="Plan and prove local-for-local supply networks. Exit codes: 0 done, 1 a defect of hinterland, 2 your tables, "
    "3 no plan keeps every rule, 130 stopped.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Tables = Annotated[Path, typer.Argument(metavar="TABLES", help="folder of CSV or Parquet files, or an .xlsx workbook")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")]
Scenario = Annotated[list[str] | None, typer.Option("--scenario", "-s", metavar="NAME", help="scenario to apply; several apply in order")]
Runs = Annotated[list[Path], typer.Argument(metavar="RUN...", help="run folders that `hinterland solve --out` wrote")]


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
    supply: Annotated[
        bool, typer.Option("--supply", help="also show what is available against what is needed, by product and period")
    ] = False,
    as_json: Json = False,
) -> None:
    """List every problem of the tables: table, row, column, what, why, how to fix."""
    from dataclasses import asdict

    from hinterland import app as doors

    with ended_well(as_json=as_json):
        issues = doors.check(tables, scenario)
        broken = any(one.severity == "error" for one in issues)
        there = doors.supply_of(doors.read(tables), scenario) if supply and not broken else None
        if as_json:
            told = {"problems": [asdict(one) for one in issues]}
            show_json(plain(told if there is None else told | {"supply": there.to_dicts()}))
        else:
            show_issues(issues, stream="stdout")
            if there is not None:
                _show_supply(there)
        if broken:
            raise SystemExit(CODES["tables"])


def _show_supply(there: Any) -> None:
    """What can be made with every module, and bought, over what is needed; a line a product, a column a period."""
    periods = list(dict.fromkeys(there["period_id"].to_list()))
    held: dict[tuple[str, str], dict[str, float | None]] = {}
    for stage, product, period, ratio in there.select("stage", "product_id", "period_id", "ratio").iter_rows():
        held.setdefault((stage, product), {})[period] = ratio
    told = {key: row for key, row in held.items() if any(one is not None and one < float("inf") for one in row.values())}
    wide = max((len(f"{stage} {product}") for stage, product in told), default=0)
    say("", "available over needed, every module built (1.0 is just enough; ∞ bought without limit)")
    say(" " * wide + "".join(f"{period[-7:]:>8}" for period in periods))
    for (stage, product), row in told.items():
        cells = [
            "–" if one is None else "∞" if one == float("inf") else f"{one:.1f}" if one >= 1 else f"{one:.2f}"
            for one in map(row.get, periods)
        ]
        say(f"{f'{stage} {product}':<{wide}}" + "".join(f"{cell:>8}" for cell in cells))


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


def _plan_of(path: Path | None, net: Any) -> Any:
    """A plan from a plan folder or from a run folder."""
    from hinterland import app as doors

    if path is None:
        return None
    return doors.read_run(path).plan if (path / "manifest.json").is_file() else doors.read_plan(path, net)


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
    from hinterland import app as doors
    from hinterland.core.errors import Cancelled
    from hinterland.store import Logged, refuse_taken

    with ended_well(as_json=as_json):
        if out is not None:  # before hours of solving, not after
            refuse_taken(out, replace=replace)
        net = doors.read(tables)
        with bars(quiet=as_json) as drawn:
            logged, stopped = Logged(drawn), None
            kept, partial = _plan_of(fix, net), _plan_of(complete, net)
            try:
                found = doors.solve(net, scenario, gap=gap, seconds=seconds, seed=seed, fix=kept, complete=partial, progress=logged)
            except Cancelled as early:
                if early.result is None:
                    raise
                found, stopped = cast("DesignResult", early.result), early
        if out is not None:
            doors.write_run(out, net, found, log=logged.lines, replace=replace)
        told = doors.told_of(net, found)
        if as_json:
            show_json(told | {"run": None if out is None else str(out)})
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
        story = doors.story_of(doors.trace(kept.network, kept.plan, allocation=allocation), site, product, period)
        if as_json:
            show_json({name: frame.to_dicts() for name, frame in story.items()})
        else:
            for name, frame in story.items():
                show_table(name, frame.columns, frame.iter_rows())


@app.command()
def compare(
    runs: Runs,
    against: Annotated[
        str | None, typer.Option(metavar="NAME", help="run folder's name that the others are compared with; default the first")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="report to write as well (.html)")] = None,
    as_json: Json = False,
) -> None:
    """Put runs side by side: cost, CO2e, distance, borders, concentration; only at equal delivered quantity."""
    from hinterland import app as doors

    with ended_well(as_json=as_json):
        board = doors.compare_runs(runs, against=against)
        if out is not None:
            doors.render(board, out)
        if as_json:
            show_json(doors.summary(board))
        else:
            show_board(board)
            if out is not None:
                say(f"report written to {out}")


def show_board(board: Any) -> None:
    """Print key figures, one row each, a column per strategy."""
    from hinterland import app as doors

    header, rows = doors.side_by_side(board)
    show_table(board.title, header, rows)


@app.command()
def render(
    runs: Runs,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="report to write (.html)")] = Path("report.html"),
    against: Annotated[
        str | None, typer.Option(metavar="NAME", help="run folder's name that the others are compared with; default the first")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write one self-contained report of runs: no server, no network, no script."""
    from hinterland import app as doors

    with ended_well(as_json=as_json):
        written = doors.render(doors.compare_runs(runs, against=against), out)
        show_json({"report": str(written)}) if as_json else say(f"report written to {written}")


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
            report = doors.verify_run(run)
        else:
            net = doors.read(run)
            report = doors.verify(net, _plan_of(plan, net), scenario=scenario)
        broken = report.lines.filter(~report.lines["ok"])
        if as_json:
            show_json(
                {
                    "ok": report.ok,
                    "max_relative_error": report.max_relative_error,
                    "checks": report.lines.height,
                    "broken": broken.to_dicts(),
                }
            )
        else:
            words = "holds" if report.ok else "does NOT hold"
            say(f"the plan {words}: {report.lines.height:,} checks, largest relative error {report.max_relative_error:.1e}")
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

    with ended_well(as_json=as_json), bars(quiet=as_json) as drawn:
        if reference:
            shown = doors.demo_reference(out or Path("out/reference"), workers=2, progress=drawn)
        else:
            shown = doors.demo(out or Path("out/demo"), workers=2, progress=drawn)
        drawn.close()
        if as_json:
            show_json(shown.summary)
        else:
            show_board(shown.board)
            say(*shown.sentences, f"report: {shown.report}", f"summary: {shown.summary_file}", f"runs: {shown.runs}")


app.command()(route)


def main() -> None:
    """Run the command line."""
    app()
