"""The main job on the sample: three strategies solved, proved, compared and reported."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hinterland.core.progress import SILENT

if TYPE_CHECKING:
    from hinterland.comparison import Board
    from hinterland.core.progress import Progress

__all__ = ["DemoResult", "demo"]

STRATEGIES = ("global", "local-for-local", "least-co2e")
WITHOUT = "local-without-exclusivity"
"""The second strategy with its contract free of exclusivity: the difference of the two is the price of exclusivity."""
REPLICATIONS = 200
"""How often the future is drawn for the plans: the whole demo takes seconds."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a demo leaves: the board, the summary, sentences for people, and where the files are."""

    board: Board
    summary: dict[str, Any]
    sentences: tuple[str, ...]
    report: Path
    summary_file: Path
    runs: Path


def demo(out: str | Path = "out/demo", *, gap: float = 5e-4, seed: int = 0, workers: int = 1, progress: Progress = SILENT) -> DemoResult:
    """Solve the seed chain under three strategies, compare them and write report.html, summary.json and runs/<strategy>.

    The plans are moved through the same events as well, where the tables have hazards.
    Every plan is solved anew; with `workers` > 1 several at once, in processes (a script that does so needs the usual
    `if __name__ == "__main__":`). Raises Cancelled when stopped; runs that were finished stay.
    """
    from hinterland.app.comparing import compare, render
    from hinterland.app.planning import read_run
    from hinterland.app.solving_apart import Job, solve_apart, solve_in_turn
    from hinterland.app.stress_testing import stress_where_hazards
    from hinterland.app.telling import summary
    from hinterland.comparison import answers
    from hinterland.model.samples import sample_path

    place = Path(out)
    folders = {name: place / "runs" / name for name in reversed(STRATEGIES)} | {WITHOUT: place / "without_exclusivity"}
    jobs = [Job(name, (name,), folder) for name, folder in folders.items()]
    source = sample_path("seed_chain")
    if workers > 1:
        solve_apart(source, jobs, gap=gap, seed=seed, workers=workers, progress=progress)
    else:
        solve_in_turn(source, jobs, gap=gap, seed=seed, progress=progress)
    runs = {name: read_run(folder) for name, folder in folders.items()}
    net = runs[WITHOUT].network
    board = compare(net, {name: runs[name] for name in STRATEGIES}, price_of={"local-for-local": runs[WITHOUT]})
    progress.advanced("compare", 1.0)
    named = {name: runs[name] for name in STRATEGIES}
    worlds = {name: run.network for name, run in named.items()}
    held = stress_where_hazards(worlds, named, replications=REPLICATIONS, seed=seed, exposure="block", what_if=True, progress=progress)
    board = replace(board, stress=held)
    report = render(board, place / "report.html")
    progress.advanced("report", 1.0)
    told = summary(board)
    file = place / "summary.json"
    file.write_text(json.dumps(told, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return DemoResult(board, told, (*_sentences(told), *answers(board)), report, file, place / "runs")


def _sentences(told: dict[str, Any]) -> tuple[str, ...]:
    price = told.get("price_of_exclusivity") or {}
    return (f"price of exclusivity: {price['value']:,.0f} {price['unit']} ({price['of']})",) if price else ()
