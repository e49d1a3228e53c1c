"""The roll-up and a slow plain twin tell the same story: random plans with loops and stocks, and designed plans of random networks."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Literal

import polars as pl
import pytest
from plain_rollup import Embodied, roll_up
from rollup_worlds import random_amounts, rollup_plan, rollup_world
from small_worlds import small_world

from hinterland.core.errors import InfeasibleDesign
from hinterland.design import design
from hinterland.embodied import TraceResult, UntraceablePlan, trace
from hinterland.model.accounts import account
from hinterland.model.network import Network
from hinterland.model.plan import Plan
from worlds import network

Allocation = Literal["value", "mass", "none"]
KEYS = ["site_id", "product_id", "period_id"]


def _told(result: TraceResult) -> dict[tuple[str, ...], dict[tuple[Any, ...], float]]:
    """The frames of a trace by delivered pool and the twin's labels."""
    found: dict[tuple[str, ...], dict[tuple[Any, ...], float]] = {
        row: defaultdict(float) for row in result.delivered.select(KEYS).iter_rows()
    }
    for *pool, kind, site, amount in result.costs.select(*KEYS, "kind", "cost_site", "per_unit").iter_rows():
        found[tuple(pool)]["cost", kind, site] += amount
    for *pool, cause, site, kg in result.co2e.select(*KEYS, "cause", "kg_site", "kg_market_per_unit").iter_rows():
        found[tuple(pool)]["co2e", cause, site] += kg
    for *pool, product, site, quantity in result.origins.select(*KEYS, "of_product", "origin_site", "quantity_per_unit").iter_rows():
        found[tuple(pool)]["origin", product, site] += quantity
    for *pool, tkm in result.transport.select(*KEYS, "tkm_per_unit").iter_rows():
        found[tuple(pool)]["tkm",] += tkm
    return found


def _twin(tables: dict[str, Any], net: Network, plan: Plan, allocation: Allocation) -> Embodied:
    accounts = account(net, plan)
    rows = {name: frame.filter(pl.col("quantity") > 0).to_dicts() for name, frame in plan.tables.items() if "quantity" in frame.columns}
    return roll_up(tables, rows, accounts.costs.to_dicts(), accounts.co2e.to_dicts(), allocation)


def _assert_same(result: TraceResult, twin: Embodied) -> None:
    told = _told(result)
    assert set(told) == set(twin.per_unit)
    for pool, labels in twin.per_unit.items():
        size = max((abs(amount) for amount in labels.values()), default=0.0)
        for label in set(labels) | set(told[pool]):
            assert told[pool].get(label, 0.0) == pytest.approx(labels.get(label, 0.0), rel=1e-9, abs=1e-12 * size), (pool, label)
    nobody = result.unallocated.filter(pl.col("satellite").str.starts_with("cost:") & (pl.col("reason") != "left_over"))
    lost = dict(nobody.group_by(pl.col("satellite").str.slice(5)).agg(pl.col("amount").sum()).iter_rows())
    assert lost == {kind: pytest.approx(amount) for kind, amount in twin.unallocated.items() if amount}


@pytest.mark.parametrize(
    ("seed", "share", "allocation"),
    [(0, 0.9, "value"), (0, 0.9, "mass"), (1, 0.75, "none"), (2, 0.6, "value"), (3, 0.45, "mass")],
)
def test_random_plans_with_loops_and_stocks_agree_with_the_twin(seed: int, share: float, allocation: Allocation) -> None:
    net = network(rollup_world())
    plan = rollup_plan(random_amounts(seed, share=share))
    try:
        result = trace(net, plan, allocation=allocation)
    except UntraceablePlan as shut:
        pytest.fail(f"draw another seed: {shut}")
    _assert_same(result, _twin(rollup_world(), net, plan, allocation))


def _designed(seed: int) -> None:
    tables = small_world(seed)
    net = network(tables)
    try:
        plan = design(net, gap=0.0).plan
    except InfeasibleDesign:
        return
    for allocation in ("value", "mass", "none"):
        result = trace(net, plan, allocation=allocation)
        assert result.closure.filter(pl.col("relative_error") > 1e-9).height == 0
    _assert_same(result, _twin({**tables, "lanes": _with_kilometres(tables["lanes"])}, net, plan, "none"))


def _with_kilometres(lanes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lanes by id with the kilometres and product that the twin reads."""
    return [{"distance_km": 0.0, **lane} for lane in lanes]


@pytest.mark.parametrize("seed", [2, 3, 5, 8])
def test_designed_plans_of_random_networks_agree_with_the_twin_and_close(seed: int) -> None:
    _designed(seed)


@pytest.mark.slow
def test_many_designed_plans_agree_with_the_twin_and_close() -> None:
    for seed in range(100, 160):
        _designed(seed)
