"""`--stress` of `compare` and `render`: plans put through the same events, and how a terminal shows what came of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hinterland.cli.shows import figure, say, show_table

__all__ = ["Cluster", "Exposure", "From", "Replications", "Seed", "Stress", "To", "WhatIf", "Workers", "show_stress", "stress_asked"]

_STAR = "* where shortage is served later instead of lost"
Stress = Annotated[bool, typer.Option("--stress", help="move the plans through the same events as well, and tell who holds better")]
Replications = Annotated[
    int | None, typer.Option("--replications", "-n", metavar="NUMBER", help="of --stress: how often the future is drawn; default 1000")
]
Seed = Annotated[int | None, typer.Option(min=0, max=2**31 - 1, metavar="NUMBER", help="of --stress: seed of the events; default 0")]
From = Annotated[str | None, typer.Option("--from", metavar="DATE", help="of --stress: first day; default the plans'")]
To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="of --stress: last day; default the plans'")]
Exposure = Annotated[
    str | None, typer.Option(metavar="NAME", help="of --stress: how nodes are measured: weekly (default), block (a quick screen) or none")
]
WhatIf = Annotated[bool, typer.Option("--what-if", help="of --stress: try what would help at the weakest nodes")]
Cluster = Annotated[str | None, typer.Option(metavar="ADDRESS", help="of --stress: Dask cluster to spread the work over: tcp://host:port")]
Workers = Annotated[int | None, typer.Option(metavar="NUMBER", help="of --stress: processes to spread the work over; default threads")]


def stress_asked(
    stress: bool,
    replications: int | None,
    seed: int | None,
    start: str | None,
    end: str | None,
    exposure: str | None,
    what_if: bool,
    cluster: str | None = None,
    workers: int | None = None,
) -> dict[str, Any] | None:
    """What `stress_test` is asked, None where nobody asks. Raises InvalidTables for words of --stress without it."""
    from hinterland.core.errors import InvalidTables, Issue

    told = {"replications": replications, "seed": seed, "start": start, "end": end, "exposure": exposure}
    asked: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    if what_if:
        asked["what_if"] = True
    if not stress:
        asked |= {name: value for name, value in (("cluster", cluster), ("workers", workers)) if value is not None}
        if asked:
            names = {"start": "from", "end": "to", "what_if": "what-if"}
            what = ", ".join(f"--{names.get(name, name)}" for name in asked)
            raise InvalidTables(
                [Issue("stress", None, None, "stress_not_asked", f"{what} without --stress", "nothing would follow it", "add --stress")]
            )
        return None
    if exposure == "none":
        asked["exposure"] = None
    return asked


def show_stress(board: Any, *, answered: bool = True) -> None:
    """Print what plans under the same events lose, and the sentence of each against the baseline; nothing where they were not moved.

    `answered`: with the differences, the sentences and the notes; else the means alone, the rest stands elsewhere.
    """
    from hinterland import app as doors
    from hinterland.comparison import answers

    stress = board.stress
    if stress is None:
        return
    header, rows, apart = doors.stress_side_by_side(stress)
    days = f"{stress.first_day} to {stress.last_day}"
    times = f"{stress.replications:,} replication{'' if stress.replications == 1 else 's'}"
    events = f"{stress.events:,} event{'' if stress.events == 1 else 's'}"
    show_table(f"{times} of {days}, {events}, seed {stress.seed}", header, rows)
    if not answered:
        say(_STAR)
        return
    for name, differences in apart.items():
        show_table(
            f"{name} less {stress.against}, under the same events", ("", "difference", "95 % interval", ""),
            [(words, mean, f"{figure(low)} to {figure(high)}" if stress.replications > 1 else "–", "" if certain else "may be chance")
             for words, mean, low, high, certain in differences],
        )  # fmt: skip
    say(_STAR, *answers(board), *(f"note: {one}" for one in stress.notes))
