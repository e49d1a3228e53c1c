"""`hinterland packs`: what can be put behind a world, in two lines each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hinterland.cli.endings import ended_well
from hinterland.cli.shows import say, show_json

__all__ = ["packs"]


def packs(
    tables: Annotated[Path | None, typer.Argument(metavar="[TABLES]", help="folder of a network, to list the packs beside it too")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")] = False,
) -> None:
    """List packs: shocks and rules, ready to put behind a world, as -s status-2026 -s pack:suez_closure."""
    from hinterland import app as doors

    with ended_well(as_json=as_json):
        found = doors.packs(tables)
        if as_json:
            show_json({"packs": found})
            return
        wide = max((len(one["name"]) for one in found), default=0)
        for one in found:
            rows = f"{one['rows']} row{'s' if one['rows'] != 1 else ''}"
            told = f"{one['from']}, {rows}, {' and '.join(one['quality']) or 'no quality said'}; {'; '.join(one['sources']) or 'no source said'}"
            say(f"{one['name']:<{wide}}  {one['title']}", f"{'':<{wide}}  {told}")
            if one["problems"]:
                say(f"{'':<{wide}}  has problems: hinterland check {tables} -s {one['name']}")
