"""Run by a test in a process of its own: solves a hard network, tells when a first plan is there, and how a Ctrl-C ended it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


class Telling:
    """Prints `ready` once the solver has a plan."""

    def __init__(self) -> None:
        self.ready = False

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        if not self.ready and task == "solve" and "within" in note:
            self.ready = True
            sys.stdout.write("ready\n")
            sys.stdout.flush()

    def cancelled(self) -> bool:
        return False


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2]))  # tests/, as pytest has it
    from design_worlds import open_plants
    from hinterland.core.errors import Cancelled
    from hinterland.design import design
    from worlds import network

    net = network(open_plants(40, 100))
    began = time.perf_counter()
    try:
        design(net, gap=0.0, seconds=120.0, progress=Telling())
    except Cancelled as stopped:
        proof = stopped.result.proof  # type: ignore[attr-defined]
        told = {
            "message": str(stopped),
            "status": proof.status,
            "gap_share": proof.gap_share,
            "verified": proof.verify.ok,
            "flows": stopped.result.plan["flows"].height,  # type: ignore[attr-defined]
            "seconds": time.perf_counter() - began,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        return
    sys.stdout.write(json.dumps({"message": "not stopped"}) + "\n")


if __name__ == "__main__":
    main()
