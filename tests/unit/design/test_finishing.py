"""Dust is no decision: what is below a billionth of a product's need is removed and the rest solved again."""

from __future__ import annotations

import numpy as np
import pytest

from hinterland.design.build import build
from hinterland.design.engine import Engine, Outcome
from hinterland.design.finishing import finish, smallest_decisions
from hinterland.design.objectives import objective_of
from hinterland.design.scaling import matrix_of
from hinterland.model.arrays import arrays_of
from worlds import network, two_makers


def test_a_quantity_counts_from_a_billionth_of_its_product_s_need_on() -> None:
    b = build(arrays_of(network(two_makers(2))))  # 100 cars a year need 100 parts a year: 200 of each in all
    limits = smallest_decisions(b)
    assert limits[b.draft.labels("flow")].tolist() == [pytest.approx(2e-7)] * 6
    assert limits[b.draft.labels("short")].tolist() == [pytest.approx(1e-7)] * 2


def test_dust_goes_and_the_rest_is_solved_again() -> None:
    b = build(arrays_of(network(two_makers(1))))
    matrix = matrix_of(b)
    engine = Engine(matrix)
    engine.objective(objective_of(b, "cost").vector + 1e3 * objective_of(b, "shortage").vector)

    def run() -> Outcome:
        return engine.run(gap=0.0, seconds=None, stop=lambda _value, _bound: False)

    best = run()
    assert best.x is not None
    near = b.draft.labels("flow")[b.draft.arrays.flows.rates.lanes["lane_id"].to_list().index("near-plant")]
    far = b.draft.labels("flow")[b.draft.arrays.flows.rates.lanes["lane_id"].to_list().index("far-plant")]
    dusty = best.x.copy()
    dusty[near], dusty[far] = 5e-8, dusty[far] - 5e-8
    x, linear = finish(b, engine, Outcome("optimal", dusty, best.value, best.value, 0.0), run)
    assert linear
    assert x[near] == 0.0
    assert x[far] == pytest.approx(100.0, rel=1e-12)


def test_what_a_rule_needs_is_no_dust() -> None:
    tables = two_makers(1)
    tables["demand"][0]["quantity"] = 1e12
    tables["demand"].append(
        {"site_id": "plant", "product_id": "part", "period_id": "2026", "quantity": 1e-3, "shortage_cost_per_unit": 1.0}
    )
    b = build(arrays_of(network(tables)))
    matrix = matrix_of(b)
    engine = Engine(matrix)
    engine.objective(objective_of(b, "shortage").vector)
    matrix.upper[b.draft.labels("short")] = 0.0
    x = np.zeros(matrix.a.shape[1])
    x[b.draft.labels("flow")[0]] = 1e-3
    kept, linear = finish(b, engine, Outcome("optimal", x, 0.0, 0.0, 0.0), lambda: Outcome("infeasible", None, np.inf, -np.inf, np.inf))
    assert not linear  # nothing could be solved without it: the plan stands as it was
    assert kept[b.draft.labels("flow")[0]] == 1e-3


def test_small_quantities_that_are_worth_money_stay() -> None:
    # the far line lacks half a billionth of what is needed: without that part from near a car is missing, and dear
    tables = two_makers(1)
    tables["processes"][1]["capacity_per_year"] = 100.0 - 5e-8
    tables["demand"][0]["shortage_cost_per_unit"] = 1e6
    b = build(arrays_of(network(tables)))
    engine = Engine(matrix_of(b))
    engine.objective(objective_of(b, "cost").vector + objective_of(b, "shortage").vector)

    def run() -> Outcome:
        return engine.run(gap=0.0, seconds=None, stop=lambda _value, _bound: False)

    best = run()
    x, linear = finish(b, engine, best, run)
    near = b.draft.labels("flow")[b.draft.arrays.flows.rates.lanes["lane_id"].to_list().index("near-plant")]
    assert linear
    assert x[near] == pytest.approx(5e-8, rel=0.1)
