"""Requirements, require_certificate and renewable shares: the design against trying everything."""

from __future__ import annotations

import math

import brute_asked
import brute_standards
import pytest
from brute_force import World, judge
from brute_standards import standards_world
from plan_points import point_of
from test_brute_asked import asked_choice_of

from hinterland.core.errors import InfeasibleDesign
from hinterland.design import design
from worlds import network

QUICK = (0, 3, 4, 8, 11)


def hold(seed: int) -> str:
    """What became of a world: no plan, a rule kept, or a rule broken for its penalty."""
    tables = standards_world(seed)
    world = World(tables)
    verdict = brute_standards.best(world)
    if verdict is None:
        with pytest.raises(InfeasibleDesign):
            design(network(tables), gap=0)
        return "none"
    result = design(network(tables), gap=0)
    told = dict(result.objective)
    assert math.isclose(told["shortage"], verdict.shortage, rel_tol=1e-6, abs_tol=1e-4), (seed, told, verdict.shortage)
    asked = told["cost"] + told.get("penalties", 0.0)
    assert math.isclose(asked, verdict.cost, rel_tol=1e-6, abs_tol=1e-4), (seed, told, verdict.cost)
    shortage, cost, worst, where = judge(
        world, asked_choice_of(world, result.plan), point_of(world, result.plan), brute_standards.build, brute_asked.whole_cost, brute_asked.completed
    )  # fmt: skip
    assert worst < 1e-6, (seed, worst, where)
    assert math.isclose(shortage, verdict.shortage, rel_tol=1e-6, abs_tol=1e-3), seed
    assert math.isclose(cost, verdict.cost, rel_tol=1e-6, abs_tol=1e-3), seed
    return "broken" if told.get("penalties", 0.0) > 1e-9 else "kept"


@pytest.mark.parametrize("seed", QUICK)
def test_design_finds_what_trying_everything_finds_under_standards(seed: int) -> None:
    hold(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(80))
def test_design_finds_what_trying_everything_finds_under_many_standards(seed: int) -> None:
    hold(seed)
