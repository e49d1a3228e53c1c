"""The main job on the sample: three strategies solved, proved, compared and reported."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hinterland.core.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.comparison import Board
    from hinterland.core.progress import Progress

__all__ = ["DemoResult", "demo"]

STRATEGIES = ("global", "local-for-local", "least-co2e")
WITHOUT = "local-without-exclusivity"
"""The second strategy with its contract free of exclusivity: the difference of the two is the price of exclusivity."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a demo leaves: the board, the summary, sentences for people, and where the files are."""

    board: Board
    summary: dict[str, Any]
    sentences: tuple[str, ...]
    report: Path
    summary_file: Path
    runs: Path


class _Part:
    """One of several equal parts of a piece of work, told under its own name."""

    def __init__(self, inner: Progress, name: str) -> None:
        self._inner, self._name = inner, name

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        if task == "solve":
            self._inner.advanced(f"solve {self._name}", done_share, note)

    def cancelled(self) -> bool:
        return self._inner.cancelled()


def demo(out: str | Path = "out/demo", *, gap: float = 1e-4, seed: int = 0, progress: Progress = SILENT) -> DemoResult:
    """Solve the seed chain under three strategies, compare them and write report.html, summary.json and runs/<strategy>.

    Every plan is solved anew. Raises Cancelled when stopped; runs that were finished stay.
    """
    from hinterland.app.comparing import compare, render
    from hinterland.app.planning import solve, write_run
    from hinterland.app.reading import read
    from hinterland.app.telling import summary
    from hinterland.model.samples import sample_path
    from hinterland.store import Logged

    place = Path(out)
    net = read(sample_path("seed_chain"))
    found = {}
    for name in (*STRATEGIES, WITHOUT):
        logged = Logged(_Part(progress, name))
        found[name] = solve(net, name, gap=gap, seed=seed, progress=logged)
        progress.advanced(f"solve {name}", 1.0, f"{found[name].proof.seconds:.1f} s")
        if name in STRATEGIES:
            write_run(place / "runs" / name, net, found[name], log=logged.lines, replace=True)
    board = compare(net, {name: found[name] for name in STRATEGIES}, price_of={"local-for-local": found[WITHOUT]})
    progress.advanced("compare", 1.0)
    report = render(board, place / "report.html")
    progress.advanced("report", 1.0)
    told = summary(board)
    file = place / "summary.json"
    file.write_text(json.dumps(told, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return DemoResult(board, told, _sentences(told), report, file, place / "runs")


def _sentences(told: dict[str, Any]) -> Sequence[str]:
    price = told.get("price_of_exclusivity") or {}
    return (f"price of exclusivity: {price['value']:,.0f} {price['unit']} ({price['of']})",) if price else ()
