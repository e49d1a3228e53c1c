"""The same tables give the same plan; a plan's own rows, however many are given, never make it dearer."""

from __future__ import annotations

import random

import polars as pl
import pytest
from small_worlds import small_world

from hinterland.core.errors import InfeasibleDesign
from hinterland.design import DesignResult, design
from hinterland.model.plan import Plan
from worlds import network

SEEDS = (0, 4, 7, 12)


def designed(seed: int) -> DesignResult:
    try:
        return design(network(small_world(seed)), gap=0.0)
    except InfeasibleDesign:
        pytest.skip("this world has no plan")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_tables_and_seed_give_the_same_plan_whatever_the_order_of_rows(seed: int) -> None:
    tables = small_world(seed)
    draw = random.Random(seed)
    shuffled = {name: draw.sample(rows, len(rows)) for name, rows in tables.items()}
    plans = [design(network(world), gap=0.0, seed=3).plan for world in (tables, tables, shuffled)]
    for name in plans[0].tables:
        assert plans[0][name].equals(plans[1][name]), name
        assert plans[0][name].equals(plans[2][name]), name


@pytest.mark.parametrize("seed", SEEDS)
def test_any_part_of_a_plan_is_completed_to_the_same_shortage_and_cost(seed: int) -> None:
    best = designed(seed)
    draw = random.Random(seed)
    some = {
        name: frame.filter(pl.Series([draw.random() < 0.5 for _ in range(frame.height)], dtype=pl.Boolean))
        for name, frame in best.plan.tables.items()
        if name != "signed"
    }
    again = design(network(small_world(seed)), gap=0.0, complete=Plan(some, complete=False))
    assert dict(again.objective) == pytest.approx(dict(best.objective), rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_keeping_a_plan_s_decisions_in_its_own_world_changes_nothing(seed: int) -> None:
    best = designed(seed)
    again = design(network(small_world(seed)), gap=0.0, fix=best.plan)
    assert dict(again.objective) == pytest.approx(dict(best.objective), rel=1e-6, abs=1e-3)
    assert again.plan["openings"].equals(best.plan["openings"])
    assert again.plan["modules"].equals(best.plan["modules"])
