"""Objectives in their order, their tolerance, real cost and penalties apart, the gap, and the proof of the last step."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from design_worlds import open_plants
from hinterland.core.errors import InvalidTables
from hinterland.design import design
from hinterland.design.engine import Engine, Matrix, gap_between
from hinterland.design.objectives import tie_breaking
from worlds import Tables, network, two_makers

DELTA = (1 - 1 / 1.08) / np.log(1.08)
"""Worth of a unit of money spent evenly over the first year at 8 %: ∫ 1.08^−τ dτ."""


def ordered(tables: Tables, objective: str, tolerance: float = 0.0) -> Tables:
    kept = [row for row in tables["settings"] if row["key"] != "objective"]
    tables["settings"] = [
        *kept,
        {"key": "objective", "value": objective},
        {"key": "objective_tolerance_share", "value": str(tolerance)},
    ]
    return tables


def test_without_an_objective_shortage_comes_first_then_cost() -> None:
    tables = two_makers(1)
    tables["settings"] = [row for row in tables["settings"] if row["key"] != "objective"]
    result = design(network(tables))
    assert [name for name, _ in result.objective] == ["shortage", "cost"]
    # 100 cars: a part from afar 6 + 2, the car 50 + 3
    assert result.objective == [("shortage", pytest.approx(0.0)), ("cost", pytest.approx(6100 * DELTA))]


def test_the_order_decides_what_is_given_up() -> None:
    cheap = design(network(ordered(two_makers(1), "shortage,cost,co2e")))
    clean = design(network(ordered(two_makers(1), "shortage,co2e,cost")))
    # a part from afar: 8 money, 13 kg; from near: 11 money, 2 kg; a car's own way 5 kg
    assert cheap.objective == [("shortage", 0.0), ("cost", pytest.approx(6100 * DELTA)), ("co2e", pytest.approx(1800.0))]
    assert clean.objective == [("shortage", 0.0), ("co2e", pytest.approx(700.0)), ("cost", pytest.approx(6400 * DELTA))]


def test_a_tolerance_is_room_for_the_objectives_behind() -> None:
    # 10 % of 700 kg are 70 kg: 70 / 11 parts may come from afar, each 3 cheaper
    result = design(network(ordered(two_makers(1), "shortage,co2e,cost", 0.1)))
    told = dict(result.objective)
    assert told["co2e"] == pytest.approx(770.0)
    assert told["cost"] == pytest.approx((6400 - 3 * 70 / 11) * DELTA)
    assert result.proof.objective == pytest.approx(told["cost"])
    assert [step.name for step in result.proof.steps] == ["shortage", "co2e", "cost"]
    assert result.proof.steps[1].value == pytest.approx(700.0)


def test_totals_by_period_hold_an_objective_as_one_row_would(monkeypatch: pytest.MonkeyPatch) -> None:
    from hinterland.design import engine

    one_row = design(network(ordered(two_makers(3), "shortage,co2e,cost", 0.1)))
    monkeypatch.setattr(engine, "_LONG_ROW", 0)
    by_period = design(network(ordered(two_makers(3), "shortage,co2e,cost", 0.1)))
    assert dict(by_period.objective) == pytest.approx(dict(one_row.objective))


def test_a_penalty_steers_and_is_no_cost() -> None:
    tables = two_makers(1)
    # at least half of the parts from the plant's own region, or 20 money per part that is missing: then near is worth its 3
    tables["policies"] = [
        {"policy_id": "home", "kind": "min_regional_share", "product": "part", "to_group": "plant", "value": 0.5, "penalty_per_unit": 20.0}
    ]
    obeyed = design(network(tables))
    assert obeyed.objective == [
        ("shortage", 0.0), ("cost", pytest.approx((6100 + 50 * 3) * DELTA)), ("penalties", pytest.approx(0.0, abs=1e-6)),
    ]  # fmt: skip
    tables["policies"][0]["penalty_per_unit"] = 2.0
    paid = design(network(tables))
    assert paid.objective == [
        ("shortage", 0.0), ("cost", pytest.approx(6100 * DELTA)), ("penalties", pytest.approx(100 * DELTA)),
    ]  # fmt: skip
    assert paid.proof.objective == pytest.approx((6100 + 100) * DELTA)  # what was minimised
    assert paid.tables["claimed_costs"]["discounted"].sum() == pytest.approx(6100 * DELTA)  # what is paid
    assert paid.tables["steering"].filter(pl.col("kind") == "policy")["violation"].to_list() == [pytest.approx(50.0)]


def test_costs_that_no_decision_moves_are_part_of_cost_bound_and_gap() -> None:
    tables = two_makers(1)
    tables["sites"][2]["fixed_cost_per_year"] = 1e6
    result = design(network(tables))
    assert dict(result.objective)["cost"] == pytest.approx((6100 + 1e6) * DELTA)
    assert result.proof.bound == pytest.approx((6100 + 1e6) * DELTA)
    assert result.proof.gap_share == 0.0


def test_the_gap_is_the_distance_between_plan_and_bound_relative_to_the_plan() -> None:
    result = design(network(open_plants(25, 60)), gap=0.1)
    proof = result.proof
    assert proof.status == "optimal"
    assert 0.0 <= proof.gap_share <= 0.1
    assert proof.gap_share == pytest.approx(gap_between(proof.objective, proof.bound))
    best = design(network(open_plants(25, 60)), gap=0.0).proof
    assert best.gap_share == 0.0
    assert proof.bound <= best.objective * (1 + 1e-9) <= proof.objective * (1 + 2e-9)


def test_proof_names_input_world_seed_versions_and_size() -> None:
    net = network(two_makers(2))
    proof = design(net, seed=5).proof
    assert (proof.input_digest, proof.scenarios, proof.seed) == (net.digest, (), 5)
    assert {"hinterland", "highspy", "linopy", "polars", "numpy"} == set(proof.versions)
    assert proof.size["columns"] > proof.size["whole_numbers"] == 0
    assert proof.seconds >= proof.search_seconds > 0
    assert proof.verify.ok


def test_what_pays_without_end_is_a_fault_of_the_tables() -> None:
    tables = two_makers(1)
    tables["products"][0]["disposal_cost_per_unit"] = 1.0
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 1.0}]
    tables["incentives"] = [
        {"incentive_id": "gift", "site_or_group": "near", "product_id": "part", "basis": "per_unit", "amount": 50.0, "currency": "USD"}
    ]
    tables["changes"] = [{"change_id": "paid", "table": "purchases", "where": "product_id=part", "column": "price_per_unit",
                          "action": "set", "value": -5.0}]  # fmt: skip
    with pytest.raises(InvalidTables) as refused:
        design(network(tables))
    assert [issue.code for issue in refused.value.issues] == ["endless_gain"]


def test_ties_are_broken_by_less_than_any_price_can_show() -> None:
    cost, scale = np.array([1e9, 0.01, 0.0, 5.0]), np.array([1.0, 1e6, 1e3, 1.0])
    ties = tie_breaking(cost, scale)
    assert (ties >= 0).all()
    assert ties[0] <= 1.0  # a billionth of a plant
    assert ties[1] <= 0.01 * 1e-9 * 1e3
    assert ties[2] > 0  # free decisions have an order too


def _two_columns(low: float, high: float) -> Matrix:
    """x + y between low and high, x ≤ 4, y ≤ 10, both real and counted in ones."""
    import scipy.sparse

    a = scipy.sparse.csr_array(np.array([[1.0, 1.0]]))
    return Matrix(a, np.array([low]), np.array([high]), np.zeros(2), np.array([4.0, 10.0]), np.zeros(0, dtype=np.int64), np.ones(2))


def test_an_engine_holds_what_was_reached_and_can_loosen_it() -> None:
    engine = Engine(_two_columns(6.0, np.inf))
    engine.objective(np.array([1.0, 3.0]), offset=100.0)
    first = engine.run(gap=0.0, seconds=None, stop=lambda _value, _bound: False)
    assert first.x is not None
    assert first.x.tolist() == [4.0, 2.0]
    assert first.value == first.bound == 110.0
    engine.hold(np.array([1.0, 3.0]), np.zeros(2, dtype=np.int64), 10.0)
    engine.objective(np.array([1.0, 0.0]))
    second = engine.run(gap=0.0, seconds=None, stop=lambda _value, _bound: False)
    assert second.value == pytest.approx(4.0)  # fewer x would cost more y
    engine.loosen(0.2)
    third = engine.run(gap=0.0, seconds=None, stop=lambda _value, _bound: False)
    assert third.value == pytest.approx(3.0)  # 12 to spend: x + 3 (6 − x) ≤ 12


def test_duals_are_money_per_unit_whatever_the_scale() -> None:
    engine = Engine(_two_columns(6.0, np.inf))
    engine.objective(np.array([1e-5, 3e-5]))
    engine.run(gap=0.0, seconds=None, stop=lambda _value, _bound: False)
    rows, columns = engine.duals()
    assert rows.tolist() == pytest.approx([3e-5])  # one more costs a y
    assert columns.tolist() == pytest.approx([-2e-5, 0.0])  # one x more saves a y and costs an x


def test_nothing_of_the_solver_reaches_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    design(network(open_plants(8, 10)))
    assert capfd.readouterr().out == ""
