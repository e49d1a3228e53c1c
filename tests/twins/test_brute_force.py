"""Sites, modules, ramps, floors, stocks, closing and capital: the design against trying every yes/no and whole number."""

from __future__ import annotations

import math

import pytest
from brute_force import World, best, judge
from plan_points import choice_of, point_of
from small_worlds import small_world

from hinterland.core.errors import InfeasibleDesign
from hinterland.design import design
from worlds import network

QUICK = (0, 2, 5, 29, 196)
ALL = range(240)


def hold_against_brute_force(seed: int) -> None:
    """Same least shortage, same discounted cost, and the referee finds nothing wrong with the design's plan."""
    tables = small_world(seed)
    world = World(tables)
    verdict = best(world)
    if verdict is None:
        with pytest.raises(InfeasibleDesign):
            design(network(tables), gap=0)
        return
    result = design(network(tables), gap=0)
    told = dict(result.objective)
    assert math.isclose(told["shortage"], verdict.shortage, rel_tol=1e-6, abs_tol=1e-4), (seed, told, verdict.shortage)
    assert math.isclose(told["cost"], verdict.cost, rel_tol=1e-6, abs_tol=1e-4), (seed, told, verdict.cost)
    shortage, cost, worst, where = judge(world, choice_of(world, result.plan), point_of(world, result.plan))
    assert worst < 1e-6, (seed, worst, where)
    assert math.isclose(shortage, verdict.shortage, rel_tol=1e-6, abs_tol=1e-3), seed
    assert math.isclose(cost, verdict.cost, rel_tol=1e-6, abs_tol=1e-3), seed


@pytest.mark.parametrize("seed", QUICK)
def test_design_finds_what_trying_everything_finds(seed: int) -> None:
    hold_against_brute_force(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ALL)
def test_design_finds_what_trying_everything_finds_in_many_worlds(seed: int) -> None:
    hold_against_brute_force(seed)
