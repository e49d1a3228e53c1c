"""The reference network in its worlds: every strategy solved, compared within its world, and judged in another."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hinterland.app.demonstrating import DemoResult
from hinterland.core.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.comparison import StressBoard
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network

__all__ = ["demo_reference"]

WORLDS = ("announced-2023", "status-2026", "announced-2023-slow", "status-2026-half-electric")
STRATEGIES = ("global", "local-for-local", "least-co2e")
BASELINE = "as-announced"
"""A partial plan of the announcement, completed: the baseline of the first world."""
JUDGED = "status-2026-kept"
"""The world in which the first world's plans are judged: later tariffs and demand, what was decided stands."""
GAP = 4e-3
REPLICATIONS = 300
"""How often the future is drawn for the plans of the two main worlds."""
START, END = "2028-01-01", "2032-12-31"
"""Days that plans are moved over: five years, by which the lines of the announcement have ramped up."""


def demo_reference(
    out: str | Path = "out/reference",
    *,
    gap: float = GAP,
    seed: int = 0,
    workers: int = 1,
    tables: str | Path | None = None,
    progress: Progress = SILENT,
) -> DemoResult:
    """Solve the reference network in every world under every strategy, judge the first world's plans in the later one.

    `tables` may name another folder of tables with the same scenarios and a partial plan in plans/as_announced. Writes <world>.html for the two main worlds, summary.json (worlds, regret) and runs/<world>/<strategy>. Raises
    Cancelled when stopped; runs that were finished stay.
    """
    from hinterland.app.comparing import compare, render
    from hinterland.app.planning import read_run
    from hinterland.app.solving_apart import Job, solve_apart, solve_in_turn
    from hinterland.app.telling import summary
    from hinterland.comparison import answers, regret_of
    from hinterland.model.samples import sample_path

    place, source = Path(out), sample_path("battery_gen6") if tables is None else Path(tables)
    runs = place / "runs"
    first = [BASELINE, *STRATEGIES]
    jobs = [Job(f"{world} {one}", (world, one), runs / world / one) for world in WORLDS for one in reversed(STRATEGIES)]
    jobs.append(
        Job(f"{WORLDS[0]} {BASELINE}", (WORLDS[0], BASELINE), runs / WORLDS[0] / BASELINE, complete=source / "plans" / "as_announced")
    )
    jobs.append(Job(f"{JUDGED} best", (JUDGED, "global"), runs / JUDGED / "best"))
    later = [Job(f"{JUDGED} {one}", (JUDGED, one), runs / JUDGED / one, fix=runs / WORLDS[0] / one) for one in first]
    for stage in (jobs, later):
        if workers > 1:
            solve_apart(source, stage, gap=gap, seed=seed, workers=workers, progress=progress)
        else:
            solve_in_turn(source, stage, gap=gap, seed=seed, progress=progress)

    kept = {world: {one: read_run(runs / world / one) for one in (first if world == WORLDS[0] else STRATEGIES)} for world in WORLDS}
    net = kept[WORLDS[0]]["global"].network
    judged = {one: read_run(runs / JUDGED / one).plan for one in first}
    best = [read_run(runs / JUDGED / "best").plan]
    regret = regret_of(net, {one: run.plan for one, run in kept[WORLDS[0]].items()}, judged, best)
    boards = {}
    for world, plans in kept.items():
        boards[world] = compare(plans["global"].network, plans)
        progress.advanced(f"compare {world}", 1.0)
    held = _held(runs, {world: list(kept[world]) for world in WORLDS[:2]}, seed, workers, progress)
    for world in WORLDS[:2]:
        boards[world] = replace(boards[world], stress=held[world])
        render(boards[world], place / f"{world}.html", regret=regret if world == WORLDS[0] else None, regret_in="the world of 2026")
        progress.advanced(f"report {world}", 1.0)
    told: dict[str, Any] = {"worlds": {world: summary(board) for world, board in boards.items()}, "regret": regret.to_dicts()}
    file = place / "summary.json"
    file.write_text(json.dumps(told, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    sentences = [
        f"{row['plan']}: {row['judged_cost']:,.0f} {boards[WORLDS[0]].currency} in the world of 2026, regret {row['regret']:,.0f}"
        for row in regret.iter_rows(named=True)
    ]
    sentences += [f"{world}: {one}" for world in WORLDS[:2] for one in answers(boards[world])]
    return DemoResult(boards[WORLDS[0]], told, tuple(sentences), place / f"{WORLDS[0]}.html", file, runs)


def _stressed(runs: Path, world: str, names: Sequence[str], seed: int, progress: Progress = SILENT) -> StressBoard | None:
    """Plans of one world through the same events, read from their runs: fits a process of its own."""
    from hinterland.app.planning import read_run
    from hinterland.app.stress_testing import stress_where_hazards

    kept = {one: read_run(runs / world / one) for one in names}
    nets = {one: run.network for one, run in kept.items()}
    start, end = _stretch(nets[STRATEGIES[0]])
    asked: dict[str, Any] = {"replications": REPLICATIONS, "start": start, "end": end, "exposure": "block", "against": STRATEGIES[0]}
    return stress_where_hazards(nets, kept, seed=seed, progress=progress, **asked)


def _held(runs: Path, worlds: Mapping[str, Sequence[str]], seed: int, workers: int, progress: Progress) -> dict[str, StressBoard | None]:
    """How the plans of each world hold; with several workers the first world here and the others beside it."""
    if workers < 2:
        return {world: _stressed(runs, world, names, seed, progress) for world, names in worlds.items()}
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    (first, names), *others = worlds.items()
    beside = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        waiting = {world: beside.submit(_stressed, runs, world, more, seed) for world, more in others}
        return {first: _stressed(runs, first, names, seed, progress)} | {world: one.result() for world, one in waiting.items()}
    finally:
        beside.shutdown(wait=False, cancel_futures=True)


def _stretch(net: Network) -> tuple[str | None, str | None]:
    """The days that plans are moved over: START to END where the periods hold them, else all."""
    first, last = net.calendar.start[0], net.calendar.stop[-1] - 1
    low, high = ((date.fromisoformat(one) - date(1970, 1, 1)).days for one in (START, END))
    return (START, END) if first <= low and high <= last else (None, None)
