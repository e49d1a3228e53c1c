"""`hinterland currency`: what a plan pays in which currency, and what a move of one would cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hinterland.cli.endings import ended_well
from hinterland.cli.shows import plain, say, show_json, show_table

__all__ = ["currency"]


def currency(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder; or tables, together with --plan")],
    plan: Annotated[Path | None, typer.Option(metavar="PLAN", help="plan folder or run to judge in these tables")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", "-s", metavar="NAME", help="scenario to apply; several apply in order")
    ] = None,
    move: Annotated[
        list[str] | None, typer.Option("--move", metavar="CODE=PERCENT", help="move to price, as CNY=+10%; several happen together")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")] = False,
) -> None:
    """Show in which currencies a plan is paid, and what it would cost if they moved; the plan itself stays as it is."""
    from hinterland import app as doors
    from hinterland.app.auditing import audited_in
    from hinterland.app.currencies import moves_of

    with ended_well(as_json=as_json):
        moves = moves_of(move or ())
        net, made = audited_in(run, plan)
        told = doors.currency_exposure(net, made, scenario=scenario)
        moved = doors.move_currencies(net, made, moves, scenario=scenario) if moves else None
        unit = net.settings.currency
        if as_json:
            show_json(
                plain(
                    {
                        "currency": unit,
                        "exposure": told.to_dicts(),
                        "moved": None
                        if moved is None
                        else {"moves": dict(moved.moves), "npv": moved.npv, "npv_moved": moved.npv_moved, "change": moved.change},
                    }
                )
            )
            return
        show_table(
            f"cost at base date by the currency it is paid in, {unit}",
            ("currency", unit, "share", "a tenth dearer"),
            [(name, npv, share, change) for name, npv, share, change in told.iter_rows()],
        )
        if moved is not None:
            words = ", ".join(f"{name} {one:+.4g} %" for name, one in ((name, 100 * one) for name, one in moved.moves.items()))
            say(f"{words}: {moved.npv:,.0f} becomes {moved.npv_moved:,.0f} {unit}, {moved.change:+,.0f}")
