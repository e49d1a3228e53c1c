"""`python -m benchmarks [NAME …] [--repeats N]`: run benchmarks of the registry and print what they say."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from benchmarks import build_million, route_ten_thousand
from benchmarks.measuring import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _duties_million(repeats: int) -> list[str]:
    return lines_of("benchmarks.duties_million") if repeats else []


def _read_million(repeats: int) -> list[str]:
    return lines_of("benchmarks.read_million") if repeats else []


REGISTRY: dict[str, Callable[[int], list[str]]] = {
    "build_million": lambda repeats: build_million.report(repeats=repeats),
    "cluster": lambda repeats: lines_of("benchmarks.cluster", str(repeats)),
    "kernel": lambda repeats: lines_of("benchmarks.kernel") if repeats else [],
    "duties_million": _duties_million,
    "peers_stress": lambda repeats: lines_of("benchmarks.peers_stress", str(repeats)) if repeats else [],
    "read_million": _read_million,
    "route_ten_thousand": lambda repeats: route_ten_thousand.report(repeats=repeats),
}
"""Name to a function that runs the benchmark so many times and returns lines for people."""


def main(arguments: list[str] | None = None) -> int:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Time and memory of hinterland on sized networks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(REGISTRY)}; none: all")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each side; the median is told")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.names) - set(REGISTRY))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(REGISTRY)}")
    for name in chosen.names or REGISTRY:
        sys.stdout.write(f"\n{name}\n")
        for line in REGISTRY[name](chosen.repeats):
            sys.stdout.write(f"  {line}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
