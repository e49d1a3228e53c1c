"""Time and memory of a piece of work in a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Stopwatch", "in_fresh_process", "lines_of", "medians"]

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Stopwatch:
    """Seconds by the clock and of the processor, and peak resident memory (MB) of named steps; Linux alone tells a step's peak."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        if _RESET.exists():
            _RESET.write_text("5")  # resets the peak to what is resident now
        began, worked = time.perf_counter(), time.process_time()
        yield
        self.figures[f"{name}_seconds"] = time.perf_counter() - began
        self.figures[f"{name}_cpu_seconds"] = time.process_time() - worked
        self.figures[f"{name}_peak_mb"] = _peak_mb()


def _peak_mb() -> float:
    if not _STATUS.exists():
        return float("nan")
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024.0


def lines_of(module: str, *arguments: str) -> list[str]:
    """Run `python -m module arguments` in a process of its own; what it prints, line by line."""
    told = subprocess.run([sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True)
    return told.stdout.strip().splitlines()


def in_fresh_process(module: str, *arguments: str) -> dict[str, float]:
    """The figures of a module whose last line is JSON."""
    figures: dict[str, float] = json.loads(lines_of(module, *arguments)[-1])
    return figures


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """Median of each figure over the runs."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}
