"""Plans made, judged and proved: solve, trace, verify, and the runs they are kept in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hinterland.app.given import network_of, plan_of
from hinterland.core.progress import SILENT
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.app.given import GivenPlan
    from hinterland.core.progress import Progress
    from hinterland.design import DesignResult
    from hinterland.embodied import TraceResult
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.model.verify import VerifyReport
    from hinterland.store import Run

__all__ = ["read_plan", "read_run", "solve", "trace", "verify", "write_run"]


def _world_of(net: Network, plan: Plan, scenario: str | Sequence[str] | None) -> Network:
    """The network a plan is judged in: the named scenario, else the one the plan was made under."""
    return resolve(network_of(net), plan.scenarios if scenario is None else scenario)


def solve(
    net: Network,
    scenario: str | Sequence[str] | None = None,
    *,
    gap: float = 1e-4,
    seconds: float | None = None,
    seed: int = 0,
    fix: GivenPlan | None = None,
    complete: GivenPlan | None = None,
    progress: Progress = SILENT,
) -> DesignResult:
    """Design a network under a scenario (or a list of them, applied in order) and prove the plan without the solver.

    `gap` is the relative distance to the best possible that is good enough; `seconds` bounds the solve; `fix` keeps the
    openings, modules and contracts of a plan and moves its flows anew; `complete` keeps every row of a planner's partial
    plan and fills in the rest.

    Raises InvalidScenario, InvalidTables, InfeasibleDesign in planner's words, Cancelled, OutOfTime where `seconds` are over
    before a first plan is found, or UnprovenPlan (our defect).
    """
    from hinterland.design import design

    kept, partial = (None if one is None else plan_of(one, network_of(net)) for one in (fix, complete))
    world = net if scenario is None and network_of(net).resolved else resolve(network_of(net), scenario)
    return design(world, gap=gap, seconds=seconds, seed=seed, fix=kept, complete=partial, progress=progress)


def trace(net: Network, plan: GivenPlan, *, scenario: str | Sequence[str] | None = None, allocation: str = "value") -> TraceResult:
    """What one delivered unit carries: cost by stage and kind, CO2e by stage and cause, kilometres, origins.

    `plan` is a plan, a design, a run, or the path of one. What lay in stock before the first period carries what `stocks` says
    it cost and emitted (kind opening_stock); a comparison leaves that out. `allocation` splits what a recipe emits and costs between its products: by value, by mass, or none.
    """
    from hinterland.embodied import trace as roll_up

    given = plan_of(plan, network_of(net))
    return roll_up(_world_of(net, given, scenario), given, allocation=allocation)


def verify(net: Network, plan: GivenPlan, *, scenario: str | Sequence[str] | None = None, tolerance: float = 1e-6) -> VerifyReport:
    """Recompute balances, limits, contracts, policies and costs of a plan from the tables; no solver is asked.

    `plan` is a plan, a design, a run, or the path of one; it is judged under `scenario`, else under the one it was made for.
    """
    from hinterland.model.verify import verify as prove

    given = plan_of(plan, network_of(net))
    return prove(_world_of(net, given, scenario), given, tolerance=tolerance)


def read_plan(folder: str | Path, net: Network | None = None) -> Plan:
    """Read a plan folder; with `net` every id is looked up in it. Raises InvalidTables with every problem at once."""
    from hinterland.model.plan_reading import read_plan as read

    return read(folder, net)


def write_run(
    folder: str | Path, net: Network, result: DesignResult, *, log: Sequence[Mapping[str, object]] = (), replace: bool = False
) -> Path:
    """Keep a design in a run folder; `net` is any network the result's scenarios resolve in, `log` becomes log.jsonl."""
    from hinterland.store import write_run as write

    return write(folder, resolve(net, result.plan.scenarios), result, log=log, replace=replace)


def read_run(folder: str | Path) -> Run:
    """Read a run folder back. Raises InvalidTables when its inputs are not those it was solved with."""
    from hinterland.store import read_run as read

    return read(Path(folder))
