"""Claims as an overlay against origin as two grades of goods: the same least cost, with and without separate keeping."""

from __future__ import annotations

import pytest
from graded_goods import drawn, least_cost

from hinterland.app import solve
from worlds import network


@pytest.mark.parametrize("accounting", ["segregated", "average"])
@pytest.mark.parametrize("seed", range(25))
def test_the_overlay_and_the_grades_agree(seed: int, accounting: str):
    tables = drawn(seed, accounting)
    result = solve(network(tables), gap=1e-9)
    found = sum(value for _, value in result.objective)
    assert found == pytest.approx(least_cost(tables), rel=1e-6)


def test_the_worlds_that_are_drawn_have_claims_met_and_not_met():
    """The twin is worth something only where claims are made in some worlds, cost something in some, and fail in some."""
    plans = [solve(network(drawn(seed, "average"))).plan for seed in range(25)]
    claimed = [plan["claims"].filter(product_id="car").height > 0 for plan in plans]
    dearer = [least_cost(drawn(seed, "average")) > least_cost(drawn(seed, "segregated")) * (1 + 1e-9) for seed in range(25)]
    assert any(claimed)
    assert not all(claimed)
    assert any(dearer)
