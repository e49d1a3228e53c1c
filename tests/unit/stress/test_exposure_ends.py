"""Ends of what exposure looks at: backups that come too late, stock that outlasts the search, every period of a plan at rest."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

from hinterland.app import read, solve
from hinterland.model.arrays import arrays_of
from hinterland.model.samples import sample_path
from hinterland.model.scenario import resolve
from hinterland.stress.exposure.block import NOBODY, Block, BlockSolver
from hinterland.stress.exposure.expose import expose
from hinterland.stress.exposure.interdiction import worst_attack
from hinterland.stress.exposure.nodes import Node
from hinterland.stress.exposure.period import period_of
from hinterland.stress.exposure.weekly import WeeklySolver
from stress_worlds import broken, car_a_day, plan_from_afar


@pytest.mark.parametrize(("days", "loss"), [(10.0, 100.0), (20.0, 200.0), (30.0, 0.0)])
def test_help_without_limit_that_comes_after_the_stretch_is_none(days, loss):
    """Five a day at 2 each; who helps brings as much as is asked for, after twenty days, and may then make good what is due in the stretch."""
    block = Block(
        scipy.sparse.csc_array(np.ones((1, 2))), np.array([10.0, np.inf]), np.zeros(1), np.array([0]), np.array([5.0]), np.array([2.0]),
        backup=np.array([1]), delay_days=np.array([20.0]),
    )  # fmt: skip
    node = Node("site", "only", np.array([0]), (days, days), np.array([0]))
    attack, exact = worst_attack(block, [node], 1, days, lasts=[True], cut_off=0.0, seconds=10.0)
    assert exact
    assert attack.proved
    assert attack.loss == pytest.approx(loss, abs=1e-6)
    assert attack.bound == pytest.approx(loss, abs=1e-6)


def test_a_stock_that_outlasts_the_search_is_not_said_to_last_for_ever():
    """A part a day, 3,000 in stock: far is survived for about eight years, and the search ends after the eight weeks of the recovery."""
    stock = {"site_id": "plant", "product_id": "part", "policy": "plan", "safety_quantity": 3000.0}
    net = broken(car_a_day(), replenishment=[stock])
    found = {row["node"]: row for row in expose(net, plan_from_afar(), kinds=["site"]).nodes.iter_rows(named=True)}
    screen = {row["node"]: row for row in expose(net, plan_from_afar(), kinds=["site"], method="block").nodes.iter_rows(named=True)}
    assert found["far"]["survival_days"] == 56.0
    assert found["far"]["survives"]
    assert found["far"]["loss_high"] == 0.0
    assert 3000 < screen["far"]["survival_days"] < 3100


def at_rest(sample, world, strategy, **how):
    """Of each period of a solved plan: lost margin over 56 days in which nothing stands still, over the margin of a week; as one stretch, by weeks."""
    net = read(sample_path(sample))
    result = solve(net, [*world, strategy], **how)
    arrays = arrays_of(resolve(net, [*world, strategy]))
    found = []
    for period in arrays.calendar.ids:
        chain = period_of(arrays, result.plan, period)
        solver = WeeklySolver(chain.weekly(8 + 2 * chain.longest_lead_weeks + 1))
        margin = 7 * float(chain.wanted @ chain.margin)
        losses = BlockSolver(chain.block()).loss(NOBODY, 56.0)[0] / margin, solver.loss(NOBODY, 8)[0] / margin
        found.append((period, float(chain.drawn.sum()) > 1e-6, *losses))
    return found


def at_the_end(self, units):
    """Instead of giving up that the plan must go on after the horizon."""
    raise AssertionError("at rest the chain is whole at the end of its horizon")


@pytest.mark.parametrize(
    ("sample", "world", "strategy", "how"),
    [
        ("seed_chain", [], "global", {}),
        ("seed_chain", [], "local-for-local", {}),
        pytest.param("battery_gen6", ["announced-2023"], "global", {"gap": 0.01, "seconds": 120}, marks=pytest.mark.slow),
        pytest.param("battery_gen6", ["announced-2023"], "local-for-local", {"gap": 0.01, "seconds": 120}, marks=pytest.mark.slow),
    ],
)
def test_no_period_of_a_plan_loses_anything_while_nothing_stands_still(monkeypatch, sample, world, strategy, how):
    """Periods build up stock and live on it; whatever they take from before, each of them can go on as it is."""
    monkeypatch.setattr(WeeklySolver, "_must_leave", at_the_end)
    found = at_rest(sample, world, strategy, **how)
    assert any(drawn for _, drawn, _, _ in found), "some period lives on what was built before"
    for period, _, stretch, weeks in found:
        assert stretch <= 1e-6, period
        assert weeks <= 1e-6, period
