"""The kernel has the cost of textbook inventory systems within its 99 % interval: Snyder and Shen, Fundamentals of Supply Chain Theory.

Figures: Example 6.1 (serial system, 3 stages, cost 47.65 at S = 6.49, 5.53, 10.69), Example 4.3 (newsvendor, 1.9976 at 56.60),
Problem 4.5-like (r, Q) by the exact formula of the chapter on one normal lead time, evaluated here by numerical integration.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import lognorm, norm

from hinterland.stress.chain import Chain, Means, no_reactions, no_spread, nothing_happens
from hinterland.stress.kernel import BLOCK, MEASURES, move
from hinterland.stress.leads import TAIL_SHARE, varied

STEPS = 1200
NONE = np.zeros(0, dtype=np.int64)


def serial(leads, targets, mean, demand, *, trigger=0.0, lot=0.0, spread=None):
    """A line of stages, upstream first; stage k is fed by k - 1, the first from outside; returns a mover of cost rates."""
    count = len(leads)
    whole = np.ones((count, STEPS))
    lead = np.array(leads)
    ring = np.concatenate([[0], np.cumsum(lead)])
    chain = Chain(
        into=np.arange(count), lead=lead,
        use_first=np.array([0, *range(count)]), use_pool=np.arange(count - 1), use_per_unit=np.ones((count - 1, STEPS)),
        give_first=np.zeros(count + 1, dtype=np.int64), give_pool=NONE, give_per_unit=np.zeros((0, STEPS)),
        make_first=np.arange(count + 1), make_activity=np.arange(count), pools_down=np.arange(count),
        ready_first=np.minimum(np.arange(count + 2), count), ready=np.arange(count),
        planned=mean * whole, share=whole, most=np.inf * whole, trigger=trigger * whole, lot=lot * whole,
        ring_first=ring, on_the_way=np.full(int(ring[-1]), mean), **no_spread(count, np.arange(STEPS)),
        target=np.array(targets)[:, None] * whole, leaving=mean * whole, stock=np.maximum(np.array(targets) - mean * lead, 0.0),
        demand_first=np.array([0] * count + [1]), wanted=np.ones((1, STEPS)),
    )  # fmt: skip
    if spread is not None:
        days, sigma = spread
        chain = varied(chain, np.full(count, days), np.full(count, sigma), ["lane"] * count, 7.0, seed=61)
    quiet = no_reactions(count)

    def rate(value, measure):
        means = Means(*np.zeros((3, count, STEPS)), np.asarray(value, dtype=float), np.zeros(1), late=True)
        sums = np.zeros((len(MEASURES), BLOCK))
        struck = nothing_happens(count, 1, STEPS)._replace(scale=demand, scaled=np.zeros(1, dtype=np.int64))
        move(chain, quiet, means, struck, sums, np.zeros((STEPS, 0)))
        return sums[MEASURES.index(measure)] / STEPS

    return rate


def within(costs, truth):
    """The mean over replications, with its 99 % interval, holds the published figure."""
    half = 2.576 * costs.std(ddof=1) / len(costs) ** 0.5
    assert half < 0.05 * truth, "too few replications to tell"
    return abs(costs.mean() - truth) <= half


def demand(mean, spread):
    return np.random.default_rng(61).normal(mean, spread, (1, STEPS, BLOCK))


def test_a_serial_system_at_its_best_base_stock_has_the_cost_of_example_6_1():
    rate = serial([2, 1, 1], [10.69, 5.53, 6.49], 5.0, demand(5, 1))
    on_hand, under_way = rate([2.0, 4.0, 7.0], "stock_value"), rate([0.0, 2.0, 4.0], "pipeline_value")
    backlog = rate([0.0, 0.0, 0.0], "backlog")
    assert within(on_hand + under_way + 37.12 * backlog, 47.65)


def test_a_newsvendor_at_its_best_stock_has_the_cost_of_example_4_3():
    rate = serial([1], [56.604], 50.0, demand(50, 8))
    assert within(rate([0.18], "stock_value") + 0.70 * rate([0.0], "backlog"), 1.9976)


@pytest.mark.parametrize(("reorder", "lot"), [(213.3, 318.5), (240.0, 150.0)])
def test_lots_at_a_reorder_point_have_the_cost_of_the_r_q_formula(reorder, lot):
    mean, spread, lead, holding, penalty = 50.0, 10.0, 4, 0.225, 7.5
    deviation = spread * lead**0.5

    def loss(level):
        z = (level - mean * lead) / deviation
        short = deviation * (norm.pdf(z) - z * (1 - norm.cdf(z)))
        return holding * (level - mean * lead + short) + penalty * short

    truth = integrate.quad(loss, reorder, reorder + lot)[0] / lot
    rate = serial([lead], [reorder], mean, demand(mean, spread), lot=lot)
    assert within(rate([holding], "stock_value") + penalty * rate([0.0], "backlog"), truth)


@pytest.mark.parametrize(("days", "sigma", "stock"), [(28.0, 0.35, 20.0), (42.0, 0.6, 25.0)])
def test_base_stock_with_random_lead_times_has_the_backlog_of_independent_orders(days, sigma, stock):
    """Orders may overtake: the number that is out is a sum of independent draws, one for each age, with P(lead > age).

    So its mean is the mean lead (Little's law), and backlog and service follow from its distribution, convolved here.
    """
    mean, lead = 5.0, int(days // 7)
    law = lognorm(s=sigma, scale=days * np.exp(-(sigma**2) / 2))
    later = law.sf(days + (np.arange(400) + 0.5 - lead) * 7.0)
    later = later[later > TAIL_SHARE]
    chance = np.ones(1)
    for one in later:
        chance = np.convolve(chance, [1 - one, one])
    out = mean * np.arange(len(chance))
    backlog = float(chance @ np.maximum(out - stock, 0.0))
    service = float(chance[out <= stock].sum())
    rate = serial([lead], [stock], mean, np.full((1, STEPS, BLOCK), mean), spread=(days, sigma))
    assert within(rate([1.0], "pipeline_value"), mean * later.sum())
    assert within(rate([0.0], "backlog"), backlog)
    assert within(1.0 - rate([0.0], "short_steps"), service)
