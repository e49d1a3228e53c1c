"""The teaching problem of the risk exposure index, and a two-supplier case solved by hand: both solvers must reproduce them.

Teaching problem: suppliers of 30, 45 and 60 a period feed two products with demand 75 and 50, stock 20 and 25, loss 5,000 and
6,500 a unit, two periods to recover: lost units 0, 0, 25, 55; loss 0, 0, 125,000, 275,000; survival for ever, 2.25, 1.286, 0.900
(after Simchi-Levi, Schmidt and Wei, Harvard Business Review 2014). The second: demand 10 a week, margin 5, suppliers of 6 and 7,
stock 12: without the first four weeks are survived, eight cost 60, six cost 30, four nothing.
"""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

from hinterland.stress.exposure.block import Block, BlockSolver
from hinterland.stress.exposure.weekly import Weekly, WeeklySolver

NOBODY, EVER = np.zeros(0, dtype=np.int64), np.inf


def teaching():
    brings = np.array([[1.0, 1, 1, -1, -1], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]])
    return Block(
        scipy.sparse.csc_array(brings),
        np.array([30.0, 45, 60, np.inf, np.inf]),
        np.array([0.0, 20, 25]),
        np.array([1, 2]),
        np.array([75.0, 50]),
        np.array([5000.0, 6500]),
    )


@pytest.mark.parametrize(
    ("down", "units", "loss", "survives"),
    [(NOBODY, 0, 0, EVER), ([0], 0, 0, 2.25), ([1], 25, 125_000, 1.2857142857), ([2], 55, 275_000, 0.9)],
)
def test_the_teaching_problem_is_reproduced(down, units, loss, survives):
    solver = BlockSolver(teaching())
    lost, by_product = solver.loss(np.asarray(down, dtype=np.int64), 2.0)
    assert (lost, by_product.sum()) == (pytest.approx(loss, abs=1e-4), pytest.approx(units, abs=1e-7))
    assert solver.survival_days(np.asarray(down, dtype=np.int64)) == pytest.approx(survives)


def test_a_solver_that_has_seen_other_nodes_says_the_same_as_a_fresh_one():
    warm = BlockSolver(teaching())
    for down in ([2], [1], [0], [1], [2]):
        warm.loss(np.array(down), 2.0)
        warm.survival_days(np.array(down))
    for down in ([0], [1], [2]):
        fresh = BlockSolver(teaching())
        assert warm.loss(np.array(down), 2.0)[0] == pytest.approx(fresh.loss(np.array(down), 2.0)[0], abs=1e-6)
        assert warm.survival_days(np.array(down)) == pytest.approx(fresh.survival_days(np.array(down)))


def two_suppliers():
    return Block(
        scipy.sparse.csc_array(np.ones((1, 2))), np.array([6.0, 7]), np.array([12.0]), np.array([0]), np.array([10.0]), np.array([5.0])
    )


@pytest.mark.parametrize(("weeks", "loss"), [(8, 60), (6, 30), (4, 0)])
def test_two_suppliers_lose_what_hand_arithmetic_says(weeks, loss):
    assert BlockSolver(two_suppliers()).loss(np.array([0]), weeks)[0] == pytest.approx(loss, abs=1e-7)


def test_two_suppliers_survive_four_weeks():
    assert BlockSolver(two_suppliers()).survival_days(np.array([0])) == pytest.approx(4.0)


def weekly(lead, weeks=12):
    due = np.zeros((1, weeks))
    for supplier, rate in enumerate((5.0, 5.0)):
        due[0, : lead[supplier]] += rate
    none = np.zeros(0, dtype=np.int64)
    return Weekly(weeks, np.zeros(2, dtype=np.int64), np.array(lead), none, none, np.zeros(0), np.array([6.0, 7]), np.array([12.0]), due,
                  np.array([0]), np.array([10.0]), np.array([5.0]))  # fmt: skip


@pytest.mark.parametrize(("weeks", "loss"), [(8, 60), (6, 30), (4, 0)])
def test_week_by_week_without_lead_times_it_is_the_same(weeks, loss):
    solver = WeeklySolver(weekly([0, 0]))
    assert solver.loss(np.array([0]), weeks)[0] == pytest.approx(loss, abs=1e-6)
    assert solver.survival_weeks(np.array([0]), 10) == 4


def test_what_is_on_the_way_arrives_and_its_gap_shows_later():
    """The first supplier ships three weeks ahead: 15 units still arrive, and three weeks after it is back the gap is over.

    The second can give 7 at once: two more a week than planned. Down for 8 weeks, weeks 3 to 10 lack 6 + ... : need 10, have 7,
    24 in all; stock 12 and the 2 x 3 units that weeks 0 to 2 put aside cover 18; 6 are lost, 30 of money.
    """
    solver = WeeklySolver(weekly([3, 0]))
    assert solver.loss(np.array([0]), 8)[0] == pytest.approx(30.0, abs=1e-6)
    assert solver.survival_weeks(np.array([0]), 10) == 6
