"""One million flow variables built and handed to HiGHS: hinterland beside the same model in bare linopy.

Both sides start from the same frames in memory, in a fresh process, after a small network has warmed up every import.
Counted as `build`: from arrays (ids looked up, periods priced) to HiGHS holding matrix, bounds and the cost objective;
this is the ratio that the bar of 1.6 speaks of. Measured apart as `arrays`: from frames to arrays, where hinterland
evaluates far more than this network needs (legs, duties, CO2e, values, holding) and bare linopy looks up ids alone.
Peak memory is that of the whole process while the step runs, interpreter, libraries and frames included.

    python -m benchmarks build_million
"""

from __future__ import annotations

import gc
import json
import sys
from typing import TYPE_CHECKING

from benchmarks.measuring import Stopwatch, in_fresh_process, medians
from benchmarks.networks import Size, hub

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

__all__ = ["BAR", "MILLION", "SMALL", "bare", "hinterland", "report"]

MILLION = Size(makers=500, customers=500, products=20, direct=8, years=10)
SMALL = Size(makers=5, customers=5, products=2, direct=2, years=2)
BAR = 1.6


def hinterland(tables: Mapping[str, pl.DataFrame], watch: Stopwatch) -> dict[str, float]:
    """Read and resolve uncounted, then arrays, then build: rows, columns and nonzeros that HiGHS holds."""
    from hinterland.app import read
    from hinterland.design.build import build
    from hinterland.design.engine import Engine
    from hinterland.design.objectives import objective_of
    from hinterland.design.scaling import matrix_of
    from hinterland.model.arrays import arrays_of
    from hinterland.model.scenario import resolve

    net = resolve(read(tables), None)
    gc.collect()
    with watch.step("arrays"):
        a = arrays_of(net)
    with watch.step("build"):
        b = build(a)
        engine = Engine(matrix_of(b))
        engine.objective(objective_of(b, "cost").vector)
    return _held(engine.highs)


def bare(tables: Mapping[str, pl.DataFrame], watch: Stopwatch) -> dict[str, float]:
    """The same network in bare linopy."""
    from benchmarks.bare import facts_of, load, model_of

    gc.collect()
    with watch.step("arrays"):
        facts = facts_of(tables)
    with watch.step("build"):
        highs = load(model_of(facts))
    return _held(highs)


def _held(highs: object) -> dict[str, float]:
    return {"rows": highs.getNumRow(), "columns": highs.getNumCol(), "nonzeros": highs.getNumNz()}  # type: ignore[attr-defined]


_SIDES = {"hinterland": hinterland, "bare": bare}


def report(size: Size = MILLION, repeats: int = 3) -> list[str]:
    """Run both sides in turn and tell medians and ratios."""
    name = ",".join(str(value) for value in (size.makers, size.customers, size.products, size.direct, size.years))
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in _SIDES}
    for _ in range(repeats):
        for side, done in runs.items():
            done.append(in_fresh_process("benchmarks.build_million", side, name))
    told = {side: medians(done) for side, done in runs.items()}
    ours, theirs = told["hinterland"], told["bare"]
    lines = [
        f"{size.flows:,} flow variables, {size.lanes:,} lanes, hub {size.products * (size.makers + size.customers) / size.lanes:.0%} of them; "
        f"median of {repeats}",
        f"rows {ours['rows']:,.0f} / {theirs['rows']:,.0f}, columns {ours['columns']:,.0f} / {theirs['columns']:,.0f}, "
        f"nonzeros {ours['nonzeros']:,.0f} / {theirs['nonzeros']:,.0f}",
    ]
    for figure, unit in (
        ("build_seconds", "s"),
        ("build_cpu_seconds", "s"),
        ("build_peak_mb", "MB"),
        ("arrays_seconds", "s"),
        ("arrays_peak_mb", "MB"),
        ("total_seconds", "s"),
    ):
        bar = f"  (bar {BAR})" if figure.startswith("build") else ""
        lines.append(f"{figure:17} {ours[figure]:8.2f} / {theirs[figure]:8.2f} {unit:2} = {ours[figure] / theirs[figure]:.2f}{bar}")
    return lines


def _main(side: str, name: str) -> None:
    watch = Stopwatch()
    _SIDES[side](hub(SMALL), Stopwatch())
    held = _SIDES[side](hub(Size(*(int(part) for part in name.split(",")))), watch)
    figures = watch.figures | held
    figures["total_seconds"] = figures["arrays_seconds"] + figures["build_seconds"]
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
