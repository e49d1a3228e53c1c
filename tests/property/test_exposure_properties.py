"""What holds of exposure in any chain: the block is a bound of the weekly LP, longer is never better, stock and help never hurt."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure_worlds import small_chain, small_nodes
from hinterland.stress.exposure import worst
from hinterland.stress.exposure.block import NOBODY, BlockSolver
from hinterland.stress.exposure.shares import Share, shares_of, weeks_of
from hinterland.stress.exposure.weekly import WeeklySolver
from hinterland.stress.exposure.worst import worst_sets

SEEDS = st.integers(0, 10_000)
HORIZON = 14


def near(chain):
    """What the solvers' tolerances may add up to, in money."""
    return 1e-5 * float(chain.margin @ chain.wanted) * 30


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost_while_nothing_stands_still(seed):
    chain = small_chain(seed)
    assert BlockSolver(chain.block()).loss(NOBODY, 28.0)[0] <= near(chain)
    assert WeeklySolver(chain.weekly(HORIZON)).loss(NOBODY, 4)[0] <= near(chain)


@given(SEEDS, st.floats(1.0, 45.0))
@settings(max_examples=60, deadline=None)
def test_the_block_loses_no_more_than_the_weeks_and_survives_no_less(seed, days):
    chain = small_chain(seed)
    horizon = max(weeks_of(days), 9) + 2 * chain.longest_lead_weeks + 1
    block, weekly = BlockSolver(chain.block()), WeeklySolver(chain.weekly(horizon))
    for node in small_nodes(chain, seed, 3):
        assert block.loss(node.down, days, opens=node.opens)[0] <= weekly.loss(node.down, weeks_of(days), opens=node.opens)[0] + near(chain)
        survived = weekly.survival_weeks(node.down, 9, opens=node.opens)
        assert block.survival_days(node.down, opens=node.opens) >= survived * 7 * (1 - 1e-5)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_longer_never_loses_less_and_survival_ends_where_loss_begins(seed):
    chain = small_chain(seed)
    block, weekly = BlockSolver(chain.block()), WeeklySolver(chain.weekly(HORIZON))
    for node in small_nodes(chain, seed, 3):
        weeks = [weekly.loss(node.down, one, opens=node.opens)[1].sum() for one in range(10)]
        losses = [weekly.loss(node.down, one, opens=node.opens)[0] for one in range(10)]
        assert all(one <= more + near(chain) for one, more in pairwise(losses))
        assert weekly.survival_weeks(node.down, 9, opens=node.opens) == max(at for at, lost in enumerate(weeks) if not lost)
        stretches = [block.loss(node.down, one, opens=node.opens)[0] for one in (3.0, 7.0, 13.0, 20.0, 31.0, 45.0)]
        assert all(one <= more + near(chain) for one, more in pairwise(stretches))
        survived = block.survival_days(node.down, opens=node.opens)
        if 0 < survived < np.inf:
            assert block.loss(node.down, survived * 0.999, opens=node.opens)[0] <= near(chain)
            assert block.loss(node.down, survived * 2 + 20, opens=node.opens)[0] > 0


@given(SEEDS, st.floats(0.0, 50.0))
@settings(max_examples=30, deadline=None)
def test_more_stock_and_more_help_never_hurt(seed, stock):
    chain = small_chain(seed)
    richer = replace(chain, cover=chain.cover + stock)
    for node in small_nodes(chain, seed, 2):
        for solver, ask in ((lambda one: BlockSolver(one.block()), 28.0), (lambda one: WeeklySolver(one.weekly(HORIZON)), 4)):
            plain, rich = solver(chain), solver(richer)
            loss = plain.loss(node.down, ask, opens=node.opens)[0]
            assert rich.loss(node.down, ask, opens=node.opens)[0] <= loss + near(chain)
            assert loss <= plain.loss(node.down, ask)[0] + near(chain)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_no_loss_is_pushed_beyond_the_end_of_the_horizon(seed):
    """More weeks leave more time to be whole again, never less: who looks farther finds no loss that a shorter look had missed."""
    chain = small_chain(seed)
    horizon = 5 + 2 * chain.longest_lead_weeks + 1
    short, long = (WeeklySolver(chain.weekly(weeks)) for weeks in (horizon, horizon + 9))
    for node in small_nodes(chain, seed, 3):
        assert long.loss(node.down, 5, opens=node.opens)[0] <= short.loss(node.down, 5, opens=node.opens)[0] + near(chain)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_too_short_a_horizon_still_tells_a_loss(seed):
    chain = small_chain(seed)
    solver = WeeklySolver(chain.weekly(4))
    for node in small_nodes(chain, seed, 3):
        assert solver.loss(node.down, 4, opens=node.opens)[0] >= 0


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_figures_do_not_depend_on_who_was_measured_before(seed):
    chain = small_chain(seed)
    nodes = small_nodes(chain, seed)
    for model in ((chain.block(), chain.weekly(6 + 2 * chain.longest_lead_weeks + 1)), (chain.block(), None)):
        whole = Share(nodes, 6)(model)
        shares, place = shares_of([*nodes, *nodes[:2]], 3, 6)
        parts = [one for share in shares for one in share(model)]
        for at, number in enumerate(place):
            assert parts[number] == pytest.approx(whole[at % len(nodes)], rel=1e-6, abs=near(chain))


@given(SEEDS, st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_the_milp_finds_what_trying_every_set_finds(seed, k):
    chain = small_chain(seed)
    block, nodes = chain.block(), small_nodes(chain, seed + 1)
    every = worst_sets(block, nodes, k) if k < 3 else tried(block, nodes, k)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worst, "ENUMERATED", 0)
        patch.setattr(worst, "_WIDTH", 1)
        found = worst_sets(block, nodes, k).row(0, named=True)
    assert found["method"] == "milp"
    assert found["proved"]
    assert found["loss"] == pytest.approx(every.row(0, named=True)["loss"], rel=1e-5, abs=near(chain))


def tried(block, nodes, k):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worst, "ENUMERATED", k)
        return worst_sets(block, nodes, k)
