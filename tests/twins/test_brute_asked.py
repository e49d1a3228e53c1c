"""Contracts, policies, duties, incentives, lane groups and qualification: the design against trying everything."""

from __future__ import annotations

import math

import brute_asked
import pytest
from asked_worlds import FEATURES, asked_world, features_of
from brute_force import World, judge
from plan_points import choice_of, point_of

from hinterland.core.errors import InfeasibleDesign
from hinterland.design import design
from worlds import network

QUICK = (5, 9, 12, 25, 27)
ALL = range(6 * len(FEATURES))


def asked_choice_of(world: World, plan) -> brute_asked.AskedChoice:
    """The plan's whole decisions; lanes are qualified at first use or, where that is dearer, before."""
    plain = choice_of(world, plan)
    moved: dict[tuple[str, str], list[int]] = {}
    used: dict[str, set[int]] = {}
    index = {period[0]: t for t, period in enumerate(world.periods)}
    groups = {row["lane_id"]: row.get("capacity_group") for row in world.rows("lanes")}
    for lane, product, period in plan["flows"].select("lane_id", "product_id", "period_id").iter_rows():
        moved.setdefault((lane, product), []).append(index[period])
        used.setdefault(groups[lane] or "", set()).add(index[period])
    tested = {}
    for pair in brute_asked.tested_lanes(world):
        first = min(moved.get(pair, [world.count]))
        tested[pair] = min(range(first + 1), key=lambda t: world.delta_start[t]) if first < world.count else None
    grouped = {
        row["capacity_group"]: tuple(t in used.get(row["capacity_group"], ()) for t in range(world.count))
        for row in world.rows("lane_groups")
    }
    paying = {row["capacity_group"] for row in world.rows("lane_groups") if row.get("fixed_cost_per_year")}
    return brute_asked.AskedChoice(
        plain.sites, plain.modules, plain.used, tested, {group: use for group, use in grouped.items() if group in paying}
    )


def hold_against_brute_force(seed: int) -> bool:
    """Whether a plan exists at all; if so the design's is as good as any, and the referee finds nothing wrong with it."""
    tables = asked_world(seed)
    world = World(tables)
    verdict = brute_asked.best(world)
    if verdict is None:
        with pytest.raises(InfeasibleDesign):
            design(network(tables), gap=0)
        return False
    result = design(network(tables), gap=0)
    told = dict(result.objective)
    assert math.isclose(told["shortage"], verdict.shortage, rel_tol=1e-6, abs_tol=1e-4), (seed, features_of(seed), told, verdict.shortage)
    asked = told["cost"] + told.get("penalties", 0.0)
    assert math.isclose(asked, verdict.cost, rel_tol=1e-6, abs_tol=1e-4), (seed, features_of(seed), told, verdict.cost)
    shortage, cost, worst, where = judge(
        world, asked_choice_of(world, result.plan), point_of(world, result.plan),
        brute_asked.build, brute_asked.whole_cost, brute_asked.completed,
    )  # fmt: skip
    assert worst < 1e-6, (seed, features_of(seed), worst, where)
    assert math.isclose(shortage, verdict.shortage, rel_tol=1e-6, abs_tol=1e-3), seed
    assert math.isclose(cost, verdict.cost, rel_tol=1e-6, abs_tol=1e-3), seed
    return True


def test_every_feature_is_asked_for_by_some_world() -> None:
    assert set().union(*(features_of(seed) for seed in ALL)) == set(FEATURES)


@pytest.mark.parametrize("seed", QUICK)
def test_design_finds_what_trying_everything_finds_under_agreements(seed: int) -> None:
    hold_against_brute_force(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ALL)
def test_design_finds_what_trying_everything_finds_under_many_agreements(seed: int) -> None:
    hold_against_brute_force(seed)
