"""The door of the room: build, minimise the objectives in order, fix the whole numbers, solve once more, prove."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import scipy.sparse

from hinterland.core.errors import Cancelled, UnprovenPlan
from hinterland.core.money import discount_mean
from hinterland.core.progress import SILENT
from hinterland.design.build import Blueprint, build
from hinterland.design.engine import Engine, Matrix, Outcome
from hinterland.design.extract import claims_of, plan_of, steering_of
from hinterland.design.infeasible import explain
from hinterland.design.result import DesignResult, Proof
from hinterland.model.arrays import arrays_of

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["design", "matrix_of", "objective_vectors"]

_TIE = 1e-9
"""Size of the key-ordered perturbation that makes ties repeatable, relative to each cost."""


def matrix_of(b: Blueprint) -> Matrix:
    """The built model as plain arrays, each column with its scale."""
    matrices = b.draft.model.matrices
    low = np.where(matrices.sense == "<", -np.inf, matrices.b)
    high = np.where(matrices.sense == ">", np.inf, matrices.b)
    scale = np.ones(len(matrices.vlabels))
    a = b.draft.arrays
    need = b.need.max(axis=1)
    power = np.where(
        (need > 0) & np.isfinite(need), 10.0 ** np.floor(np.log10(np.where((need > 0) & np.isfinite(need), need, 1.0)) - 1), 1.0
    )
    of_pool = power[a.pools.product]
    out = a.making.outputs
    by_variable = {
        "flow": power[a.flows.product[a.flows.lane]],
        "made": power[a.making.lines.product[out.line]],
        "bought": of_pool[a.offers.pool[a.offers.offer]],
        "short": of_pool[a.demand.pool],
        "stock": np.repeat(of_pool[a.stocks.pool], b.draft.periods),
        "disposed": of_pool[a.disposal.pool],
    }
    for variable, values in by_variable.items():
        if b.draft.has(variable):
            scale[b.draft.labels(variable)] = values
    whole = np.flatnonzero(matrices.vtypes != "C")
    grid = matrices.A
    if grid is None:
        grid = scipy.sparse.csr_array((0, len(scale)))
    return Matrix(grid.tocsr(), low, high, matrices.lb, matrices.ub, whole, scale)


def objective_vectors(b: Blueprint) -> dict[str, Floats]:
    """Cost vectors by name, over the columns: shortage cost, discounted cost with soft penalties, kgCO2e."""
    d, a = b.draft, b.draft.arrays
    size = int(d.model.nvars)
    shortage, cost, co2e = np.zeros(size), np.zeros(size), np.zeros(size)
    if d.has("short"):
        shortage[d.labels("short")] = a.demand.shortage_cost
    for vector, parts, paid in ((cost, b.costs, True), (co2e, b.co2e, False)):
        for one in parts:
            if len(one.entries):
                np.add.at(vector, d.labels(one.variable)[one.entries], one.discounted if paid else one.amount)
    if b.soft:
        delta = discount_mean(a.calendar.tau_start, a.calendar.tau_stop, a.settings.discount_rate_share)
        cost[d.labels("broken")] = [(b.rules[at].penalty or 0.0) * delta[b.rules[at].period] for at in b.soft]
    return {"shortage": shortage, "cost": cost, "co2e": co2e}


def _without_ties(cost: Floats, scale: Floats) -> Floats:
    """Perturb each cost by up to 1e-9 of itself, or of a typical one where it is smaller: a plant's price must not tilt a lane's."""
    size = np.abs(cost) * scale
    typical = float(np.median(size[size > 0])) if (size > 0).any() else 0.0
    return cost + _TIE * np.linspace(0.0, 1.0, len(cost)) * np.maximum(size, typical) / scale


def _lexicographic(
    b: Blueprint, engine: Engine, *, gap: float, seconds: float | None, progress: Progress
) -> tuple[list[tuple[str, float]], Outcome]:
    """Minimise the objectives in order; each later one may give up the tolerance of those before."""
    vectors, settings = objective_vectors(b), b.draft.arrays.settings
    began = time.perf_counter()
    values: list[tuple[str, float]] = []
    steps = list(settings.objective) or ["shortage", "cost"]
    outcome = Outcome("failed", None, np.inf, -np.inf, np.inf)
    for number, name in enumerate(steps):
        last = number == len(steps) - 1
        cost = vectors[name]
        if last:
            cost = _without_ties(cost, engine.matrix.scale)
        engine.objective(cost)  # without the last plan as a start: HiGHS 1.16 then calls plans optimal that are 4 % off

        def stop(primal: float, bound: float, name: str = name, number: int = number) -> bool:
            known = np.isfinite(primal) and np.isfinite(bound) and abs(primal) > 0 and abs(primal) < 1e25
            share = max(0.0, 1.0 - abs(primal - bound) / abs(primal)) if known else 0.0
            progress.advanced("solve", (number + share) / len(steps), f"{name} {primal:,.0f}" if known else name)
            return progress.cancelled()

        left = None if seconds is None else seconds - (time.perf_counter() - began)
        step = engine.run(gap=gap, seconds=left, stop=stop)
        if step.status == "infeasible" and number == 0:
            return values, step
        if step.x is None:
            if outcome.x is None:
                return values, step
            return values, Outcome(step.status, outcome.x, float(cost @ outcome.x), -np.inf, np.inf)
        values.append((name, float(vectors[name] @ step.x)))
        outcome = step
        if step.status in {"cancelled", "time_limit"}:
            break
        if not last:
            reached = float(vectors[name] @ step.x)
            room = abs(reached) * (settings.objective_tolerance_share + 1e-9) + 1e-9 * float(np.abs(vectors[name]).max(initial=0.0))
            engine.add_row(vectors[name], -np.inf, reached + room)
    return values, outcome


def _polish(b: Blueprint, engine: Engine, outcome: Outcome, progress: Progress) -> Floats:
    """Round and fix the whole numbers and solve the linear rest: the plan that is verified and its shadow prices."""
    assert outcome.x is not None  # noqa: S101 -- callers hand in outcomes with a plan alone
    if not len(engine.matrix.whole):
        return outcome.x
    engine.fix_whole(outcome.x)
    progress.advanced("solve", 1.0, "fixing whole numbers")
    final = engine.run(gap=0.0, seconds=None, stop=lambda _primal, _bound: False)
    return outcome.x if final.x is None else final.x


def _shadow_prices(b: Blueprint, engine: Engine) -> pl.DataFrame:
    """Duals of named rows: what one unit more of a capacity, contract or policy is worth, in money of base_date."""
    from hinterland.design.wording import row_words

    words = row_words(b)
    duals = engine.duals()
    live = np.flatnonzero(np.abs(duals[: len(words)]) > 1e-9)
    rows = [(words[at][0], words[at][1], words[at][2], float(duals[at])) for at in live if words[at][0] != "balance"]
    schema = {"block": pl.String, "row": pl.String, "period_id": pl.String, "dual": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("block", "row", "period_id")


def design(
    net: Network, *, gap: float = 1e-4, seconds: float | None = None, progress: Progress = SILENT, fix: Plan | None = None, seed: int = 0
) -> DesignResult:
    """Design a resolved network: the plan that minimises settings.objective in order, proved without the solver.

    `gap` is relative to each objective; `seconds` bounds the solve; `fix` keeps openings, modules and contracts of a plan
    and re-optimises the rest.

    Raises InfeasibleDesign in planner's words, Cancelled when stopped before a first plan, UnprovenPlan when verify
    disagrees (a defect of ours).
    """
    began = time.perf_counter()
    progress.advanced("build", 0.0)
    a = arrays_of(net)
    b = build(a)
    if fix is not None:
        from hinterland.design.fixing import fix_decisions

        fix_decisions(b, fix)
    matrix = matrix_of(b)
    engine = Engine(matrix, seed=seed)
    progress.advanced("build", 1.0)
    values, outcome = _lexicographic(b, engine, gap=gap, seconds=seconds, progress=progress)
    if outcome.status == "infeasible":
        raise explain(b, matrix, progress)
    if outcome.x is None:
        if outcome.status in {"cancelled", "time_limit"}:
            raise Cancelled(None, "stopped before a first plan was found: nothing is kept")
        raise UnprovenPlan(None, f"the solver ended with {outcome.status} and no plan")
    x = _polish(b, engine, outcome, progress)
    plan = plan_of(b, x, "hinterland.design")
    vectors = objective_vectors(b)
    constant = float(b.constants["discounted"].sum())
    names = [name for name, _ in values]
    values = [(name, float(vectors[name] @ x) + (constant if name == "cost" else 0.0)) for name in names]
    from hinterland.model.verify import verify

    claims = claims_of(b, x)
    report = verify(net, plan, claims)
    if not report.ok:
        raise UnprovenPlan(report, f"verify disagrees with the solver by {report.max_relative_error:.1e}: {report.worst(3)}")
    offset = constant if names and names[-1] == "cost" else 0.0
    proof = Proof(
        status=outcome.status,
        objective=values[-1][1] if values else 0.0,
        bound=min(outcome.bound + offset, values[-1][1]) if values else 0.0,
        gap_share=outcome.gap_share,
        verify=report,
        input_digest=net.digest,
        scenarios=net.scenarios,
        versions={name: version(name) for name in ("highspy", "linopy", "polars", "numpy")},
        seconds=time.perf_counter() - began,
        seed=seed,
        size={"rows": matrix.a.shape[0], "columns": matrix.a.shape[1], "whole_numbers": len(matrix.whole)},
    )
    tables = {**claims, "steering": steering_of(b, x), "shadow_prices": _shadow_prices(b, engine)}
    result = DesignResult(plan, values, tables, proof)
    if outcome.status == "cancelled":
        raise Cancelled(result, f"stopped with a plan within {outcome.gap_share:.2%} of the best possible")
    return result
