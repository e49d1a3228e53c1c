"""The door of the room: build, minimise the objectives in order, fix the whole numbers, solve once more, prove."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from hinterland.core.errors import Cancelled, InvalidTables, Issue, OutOfTime, UnprovenPlan
from hinterland.core.progress import SILENT
from hinterland.design.build import Blueprint, build
from hinterland.design.engine import Engine, Matrix, Outcome, gap_between
from hinterland.design.extract import claims_of, plan_of, settled, steering_of
from hinterland.design.finishing import finish
from hinterland.design.fixing import Given, complete_plan, forced_by, keep_decisions, refuse_unsigned
from hinterland.design.infeasible import explain
from hinterland.design.objectives import Objective, column_periods, objective_of, tie_breaking
from hinterland.design.result import DesignResult, Proof, Step
from hinterland.design.scaling import matrix_of
from hinterland.design.shadow import no_shadow_prices, shadow_prices
from hinterland.design.stopping import Stopper
from hinterland.model.arrays import arrays_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hinterland.core.calendar import Floats
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["design"]

_DEFAULT = ("shortage", "cost")
_FINISH_SHARE = 0.1
"""Part of the given time kept for solving once more with whole numbers fixed."""
_FINISH_SECONDS = 1.0
"""A plan that was found is finished for at least so long, even past the given time."""
_ROUNDING, _LOOSER = 1e-9, 1e-7


def _told(stopper: Stopper, name: str, number: int, steps: int) -> Callable[[float, float], bool]:
    """What the engine asks along the way: tells the progress of a step, answers whether to stop."""

    def stop(value: float, bound: float) -> bool:
        found = abs(value) < 1e25
        share = max(0.0, 1.0 - gap_between(value, bound)) if found and abs(bound) < 1e25 else 0.0
        note = f"{name} {value:,.0f}, within {1 - share:.2%}" if found else name
        stopper.progress.advanced("solve", (number + share) / steps, note)
        return stopper.asked

    return stop


def _search(b: Blueprint, engine: Engine, goals: list[Objective], stopper: Stopper, gap: float) -> tuple[list[Step], Outcome]:
    """Minimise the objectives in order; each later one may give up the tolerance of those before."""
    tolerance = b.draft.arrays.settings.objective_tolerance_share
    periods = column_periods(b)
    steps: list[Step] = []
    best = Outcome("failed", None, np.inf, -np.inf, np.inf)
    for number, goal in enumerate(goals):
        last = number == len(goals) - 1
        free = np.isinf(engine.matrix.lower)  # a credit may be taken back: a price on it would pay without end
        ties = np.where(free, 0.0, tie_breaking(goal.vector, engine.matrix.scale)) if last else 0.0
        engine.objective(goal.vector + ties, goal.constant)  # afresh: with the last plan as a start HiGHS 1.16 ends on worse ones
        began = time.perf_counter()
        found = engine.run(gap=gap, seconds=_seconds(engine, stopper), stop=_told(stopper, goal.name, number, len(goals)))
        if found.status == "infeasible" and number:  # the plan of the objective before does fit: rounding shut it out
            engine.loosen(_LOOSER)
            found = engine.run(gap=gap, seconds=_seconds(engine, stopper), stop=_told(stopper, goal.name, number, len(goals)))
        kept = found
        if found.x is None and best.x is not None and len(engine.matrix.whole):
            kept = Outcome(found.status, best.x, goal.total(best.x), -np.inf, np.inf)  # the plan of the objective before
        value = goal.total(kept.x) if kept.x is not None else np.inf
        bound = min(kept.bound, value)
        steps.append(Step(goal.name, kept.status, value, bound, gap_between(value, bound), time.perf_counter() - began))
        best = kept
        if kept.x is None or kept.status in {"cancelled", "time_limit"} or found.x is None:
            break
        if not last:
            _hold(engine, goal, kept.x, tolerance, periods)
    return steps, best


def _seconds(engine: Engine, stopper: Stopper) -> float | None:
    """Time for a search: what is left, less what finishing a plan with whole numbers takes."""
    left = stopper.left
    return None if left is None else left * (1.0 - (_FINISH_SHARE if len(engine.matrix.whole) else 0.0))


def _hold(engine: Engine, goal: Objective, x: Floats, tolerance: float, periods: np.ndarray) -> None:
    """Keep an objective's value × (1 + tolerance); what has come to nothing and can only grow is shut."""
    vector, reached = goal.vector, goal.total(x) - goal.constant
    paid = np.flatnonzero(vector)
    size = float(np.abs(vector[paid] * engine.matrix.scale[paid]).max(initial=0.0))
    if reached <= _ROUNDING * size and (vector[paid] > 0).all() and (engine.matrix.lower[paid] == 0).all():
        engine.close(paid[~np.isin(paid, engine.matrix.whole)])
        return
    room = (abs(reached + goal.constant)) * (tolerance + _ROUNDING) + _ROUNDING * size
    engine.hold(vector, periods, reached + room)


def _nothing_found(b: Blueprint, given: Given, matrix: Matrix, outcome: Outcome, stopper: Stopper) -> Exception:
    """Why there is no plan, as the error to raise."""
    if outcome.status in {"infeasible", "unbounded", "unbounded_or_infeasible"}:
        plain = Engine(matrix)
        check = plain.run(gap=0.0, seconds=stopper.left, stop=lambda _value, _bound: stopper.asked)
        if check.status == "infeasible":
            return explain(b, given, matrix, stopper)
        if outcome.status != "infeasible" and check.x is not None:
            return InvalidTables(
                [
                    Issue(
                        "settings",
                        None,
                        "value",
                        "endless_gain",
                        what="the objective has no least value: more and more of something pays without end",
                        why="something is bought, made or thrown away for less than nothing, and no limit stops it",
                        fix="look for negative prices and costs and for incentives above the cost of making, and give them a limit",
                    )
                ]
            )
    if outcome.status in {"cancelled", "time_limit"}:
        why = "stopped" if outcome.status == "cancelled" else "the time was over"
        kind = "a linear model has no plan before its end" if not len(matrix.whole) else "no plan was found so far"
        told = f"{why} before a first plan was found: {kind}, nothing is kept"
        return OutOfTime(None, f"{told}; give it more") if outcome.status == "time_limit" else Cancelled(None, told)
    return UnprovenPlan(None, f"the solver ended with {outcome.status} and no plan")


def design(
    net: Network,
    *,
    gap: float = 1e-4,
    seconds: float | None = None,
    progress: Progress = SILENT,
    fix: Plan | None = None,
    complete: Plan | None = None,
    seed: int = 0,
) -> DesignResult:
    """Design a resolved network: the plan that minimises settings.objective in order, proved without the solver.

    Without settings.objective: shortage, then cost. `gap` is relative to each objective as reported (constant costs and
    penalties included); `seconds` bounds the whole design, of which a tenth is kept for finishing a plan; the same
    input and seed give the same plan unless time runs out. `fix` keeps openings, modules and contracts of a plan and
    re-optimises the rest; `complete` keeps every row of a planner's partial plan, in whatever table, and fills in the
    rest.

    Raises InfeasibleDesign in planner's words; Cancelled when stopped, with the best plan so far as its `.result` if
    there is one; InvalidScenario where a kept plan has signed a contract this world has not; InvalidTables where the
    tables cannot be evaluated; UnprovenPlan when verify disagrees (a defect of ours).
    """
    began = time.perf_counter()
    with Stopper(progress, seconds) as stopper:
        progress.advanced("build", 0.0)
        a = arrays_of(net)
        for plan in (fix, complete):
            if plan is not None:
                refuse_unsigned(a, plan)
        b = build(a, None if complete is None else forced_by(a, complete))
        given = Given()
        if fix is not None:
            given = keep_decisions(b, fix)
        if complete is not None:
            given = complete_plan(b, complete)
        matrix = matrix_of(b)
        engine = Engine(matrix, seed=seed)
        progress.advanced("build", 1.0)
        goals = [objective_of(b, name) for name in (a.settings.objective or _DEFAULT)]
        searching = time.perf_counter()
        steps, outcome = _search(b, engine, goals, stopper, gap)
        if outcome.x is None:
            raise _nothing_found(b, given, matrix, outcome, stopper)
        progress.advanced("solve", 1.0, "finishing the plan")

        def run() -> Outcome:
            left = stopper.left
            return engine.run(gap=0.0, seconds=None if left is None else max(left, _FINISH_SECONDS), stop=lambda _value, _bound: False)

        x, linear = finish(b, engine, outcome, run)
        found = time.perf_counter()
        last = goals[len(steps) - 1]
        prices = shadow_prices(b, given, engine, last) if linear else no_shadow_prices()
        result = _proved(net, b, x, goals, steps, prices, began=began, seed=seed, search_seconds=found - searching, matrix=matrix)
        if outcome.status == "cancelled":
            raise Cancelled(result, f"stopped with a plan {_distance(result.proof.gap_share)} the best possible {last.name}")
        return result


def _distance(gap_share: float) -> str:
    return f"within {gap_share:.2%} of" if np.isfinite(gap_share) else "at an unknown distance from"


def _proved(
    net: Network, b: Blueprint, x: Floats, goals: list[Objective], steps: list[Step], prices: object, *,
    began: float, seed: int, search_seconds: float, matrix: Matrix,
) -> DesignResult:  # fmt: skip
    """Read the plan off, count it again from the tables, and put plan and proof together."""
    from hinterland.model.verify import verify

    x = settled(b, x)
    plan = plan_of(b, x, "hinterland.design")
    claims = claims_of(b, x)
    report = verify(net, plan, claims)
    if not report.ok:
        raise UnprovenPlan(report, f"verify disagrees with the solver by {report.max_relative_error:.1e}: {report.worst(3)}")
    last, goal = steps[-1], goals[len(steps) - 1]
    value = goal.total(x)
    bound = min(last.bound, value)
    objective = [(one.name, one.real_total(x)) for one in goals]
    if b.soft:
        objective.append(("penalties", sum(one.penalties(x) for one in goals)))
    proof = Proof(
        status=last.status,
        objective=value,
        bound=bound,
        gap_share=gap_between(value, bound),
        verify=report,
        input_digest=net.digest,
        scenarios=net.scenarios,
        versions={name: version(name) for name in ("hinterland", "highspy", "linopy", "polars", "numpy")},
        seconds=time.perf_counter() - began,
        seed=seed,
        size={"rows": matrix.a.shape[0], "columns": matrix.a.shape[1], "whole_numbers": len(matrix.whole)},
        steps=tuple(steps),
        search_seconds=search_seconds,
    )
    return DesignResult(plan, objective, {**claims, "steering": steering_of(b, x), "shadow_prices": prices}, proof)  # type: ignore[dict-item]
