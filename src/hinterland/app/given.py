"""What callers hand in: a plan in any of the forms in which one can be had, and a network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from hinterland.core.errors import HinterlandError
from hinterland.model.network import Network
from hinterland.model.plan import Plan

if TYPE_CHECKING:
    from hinterland.store import Run

__all__ = ["GivenPlan", "HasPlan", "network_of", "plan_of", "run_of"]


@runtime_checkable
class HasPlan(Protocol):
    """A result that brings its plan along: a design, a run, and what else has a `.plan`."""

    @property
    def plan(self) -> Plan:
        """The plan."""
        ...


GivenPlan = Plan | HasPlan | str | os.PathLike[str]
"""A plan, a result that holds one, or the path of a plan folder or a run folder."""


def network_of(given: object) -> Network:
    """The network itself; HinterlandError where it is something else."""
    if isinstance(given, Network):
        return given
    hint = "read it first: hinterland.read(path)" if isinstance(given, str | os.PathLike) else "give what hinterland.read returns"
    raise HinterlandError(f"this is no network but a {type(given).__name__}: {hint}")


def run_of(path: str | os.PathLike[str]) -> Run | None:
    """The run that a folder holds; None where it holds none."""
    from hinterland.store import read_run

    folder = Path(path)
    return read_run(folder) if (folder / "manifest.json").is_file() else None


def plan_of(given: object, net: Network | None = None) -> Plan:
    """The plan that is meant. With `net` a plan folder is looked up in it.

    Raises InvalidTables where a folder holds no plan that can be read, HinterlandError where no plan is meant at all.
    """
    if isinstance(given, Plan):
        return given
    if isinstance(given, str | os.PathLike):
        from hinterland.model.plan_reading import read_plan

        run = run_of(given)
        return read_plan(Path(given), net) if run is None else run.plan
    plan = getattr(given, "plan", None)
    if isinstance(plan, Plan):
        return plan
    raise HinterlandError(f"this is no plan but a {type(given).__name__}: give a plan, a design, a run, or the path of one")
