"""More of the textbook: lots of constant demand, service of base stock, and serial systems that others publish with their best cost.

Figures: Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed. 2019 (Example 3.1; Problems 6.1, 6.2, 6.16 as the package stockpyl
ships them under those names, with the best costs that its own tests state, found on coarse grids); Shang and Song, Management
Science 49(5), 2003, Table 1, rows 1, 9, 17 and 25. `best` is the exact recursion of Clark and Scarf in the form of Chen and Zheng (1994) on
a fine grid: it must have the published cost, and the kernel must have its.
"""

from __future__ import annotations

from functools import lru_cache
from unittest.mock import patch

import numpy as np
import pytest
from scipy.stats import norm, poisson

from golden import test_inventory_theory as theory
from hinterland.stress.kernel import BLOCK

BURN, STEPS = 400, 6400


def rates(leads, targets, mean, demand, measures, **more):
    """Per step and replication, after a burn-in: a measure with the value of each pool."""
    found = []
    for steps in (BURN, STEPS):
        with patch.object(theory, "STEPS", steps):
            rate = theory.serial(leads, targets, mean, np.ascontiguousarray(demand[:, :steps]), **more)
            found.append([rate(np.asarray(value, dtype=float), name) * steps for name, value in measures])
    return [(whole - first) / (STEPS - BURN) for first, whole in zip(*found, strict=True)]


def holds(costs, truth):
    """The 99 % interval of the mean over replications holds the truth, and is narrow."""
    half = 2.576 * costs.std(ddof=1) / len(costs) ** 0.5
    assert half < 0.02 * truth, "too few replications to tell"
    return abs(costs.mean() - truth) <= half


def demands(kind, mean, spread, seed=11):
    draw = np.random.default_rng(seed)
    size = (1, STEPS, BLOCK)
    return draw.poisson(mean, size).astype(float) if kind == "poisson" else draw.normal(mean, spread, size)


def test_lots_of_the_best_size_have_the_cost_of_example_3_1():
    """K 8, h 0.225 a year, 1,300 a year: 304.05 a lot and 68.41 a year. Sixteen steps are a lot, ordered a step before nothing is left; stock
    within a step lies half its demand above what is left at its end."""
    cost, holding, yearly, steps = 8.0, 0.225, 1300.0, 16
    lot = (2 * cost * yearly / holding) ** 0.5
    unit = lot / steps
    even = np.ones((1, STEPS, BLOCK))
    stock, wished = rates([1], [0.0], 1.0, even, [("stock_value", [1.0]), ("wanted", [0.0])], lot=float(steps))
    assert wished == pytest.approx(1.0)
    assert stock == pytest.approx((steps - 1) / 2, abs=1e-12)
    half_lot = (stock + 0.5) * unit
    assert half_lot == pytest.approx(lot / 2)
    orders = yearly / lot
    assert half_lot * holding + orders * cost == pytest.approx(68.41052550594829, rel=1e-12)


def test_lots_arrive_as_often_as_demand_over_lot():
    """Ordered at two with three steps to come, the last unit leaves in the step before the next lot: nothing is ever short."""
    even = np.ones((1, STEPS, BLOCK))
    stock, way, short = rates([3], [2.0], 1.0, even, [("stock_value", [1.0]), ("pipeline_value", [1.0]), ("short_steps", [0.0])], lot=8.0)
    assert short == pytest.approx(0.0)
    assert stock == pytest.approx(3.5, abs=1e-12)
    assert way == pytest.approx(3.0, abs=1e-12)  # 8 units for 3 of 8 steps: orders come every eighth step


def lost_units(kind, level, mean, spread, steps):
    """Expected demand of some steps above a level."""
    if steps == 0:
        return 0.0
    if kind == "poisson":
        counts = np.arange(int(level), int(mean * steps + 40 * (mean * steps) ** 0.5))
        return float(poisson.sf(counts, mean * steps).sum())
    deviation = spread * steps**0.5
    z = (level - mean * steps) / deviation
    return float(deviation * (norm.pdf(z) - z * norm.sf(z)))


@pytest.mark.parametrize(("kind", "mean", "spread", "lead", "level"), [
    ("poisson", 6.0, 0.0, 1, 8.0), ("poisson", 6.0, 0.0, 4, 28.0), ("poisson", 2.5, 0.0, 3, 8.0),
    ("normal", 50.0, 8.0, 1, 56.604), ("normal", 50.0, 10.0, 4, 220.0), ("normal", 50.0, 10.0, 2, 95.0),
])  # fmt: skip
def test_base_stock_serves_what_the_closed_forms_say(kind, mean, spread, lead, level):
    """Type 1: P(demand of the lead time <= level). Type 2: what is short of new demand is what demand of the lead time has above the
    level, less what that of one step less has."""
    zero = [0.0]
    short, on_time, wanted = rates(
        [lead], [level], mean, demands(kind, mean, spread), [("short_steps", zero), ("on_time", zero), ("wanted", zero)]
    )
    type_1 = float(poisson.cdf(level, mean * lead)) if kind == "poisson" else float(norm.cdf(level, mean * lead, spread * lead**0.5))
    missed = lost_units(kind, level, mean, spread, lead) - lost_units(kind, level, mean, spread, lead - 1)
    assert holds(1 - short, type_1)
    assert holds(on_time / wanted, 1 - missed / mean)


SERIAL = {
    # leads in steps and echelon holding costs from the market up, penalty, demand of a step; published best cost and how near it is
    "problem 6.1": ((1, 1), (1, 1), 15, ("normal", 100, 15), 167.7, 0.01),
    "problem 6.2a": ((1,) * 5, (2, 2, 1, 1, 1), 24, ("normal", 32, 8 / 2**0.5), 458.5, 0.02),
    "problem 6.2b": ((1,) * 5, (2, 2, 1, 1, 1), 24, ("poisson", 32, 0), 453.69, 0.001),
    "problem 6.16": ((8, 3), (5, 2), 24, ("normal", 20, 4), 442.2, 0.025),
    "shang song 1": ((1,) * 4, (0.25,) * 4, 9, ("poisson", 4, 0), 12.688, 0.004),
    "shang song 9": ((1,) * 4, (0.25, 2.5, 2.5, 0.25), 9, ("poisson", 4, 0), 53.008, 0.001),
    "shang song 17": ((1,) * 4, (0.25,) * 4, 99, ("poisson", 4, 0), 16.206, 0.004),
    "shang song 25": ((1,) * 4, (0.25, 2.5, 2.5, 0.25), 99, ("poisson", 4, 0), 74.564, 0.001),
}  # fmt: skip
BEST_LEVELS = {"shang song 1": (8, 13, 18, 22), "shang song 9": (9, 10, 13, 19), "shang song 17": (11, 17, 22, 27),
               "shang song 25": (11, 14, 18, 26), "problem 6.2b": (41, 74, 109, 142, 174)}  # fmt: skip


@lru_cache
def best(name):
    """Best echelon levels from the market up, and their cost a step, on a grid of 1 (Poisson) or 1/12 of a deviation or finer."""
    leads, holding, penalty, (kind, mean, spread), _, _ = SERIAL[name]
    grid = 1.0 if kind == "poisson" else spread / 60
    most = sum(leads) * mean + 8 * max(spread, mean**0.5) * sum(leads) ** 0.5
    x = np.arange(-round(most / grid), round(most / grid) + 1) * grid
    below = (penalty + sum(holding)) * np.maximum(-x, 0.0)
    levels = []
    cost = 0.0
    for lead, rate in zip(leads, holding, strict=True):
        now = rate * x + below
        top = lead * mean + 8 * max(spread, mean**0.5) * lead**0.5
        units = np.arange(0, round(top / grid) + 1)
        if kind == "poisson":
            chance = poisson.pmf(units, lead * mean)
        else:
            edges = norm.cdf((np.arange(len(units) + 1) - 0.5) * grid, lead * mean, spread * lead**0.5)
            chance = np.diff(edges)
        slope = now[1] - now[0]
        before = now[0] + slope * np.arange(-len(units) + 1, 0)  # below the grid everything is a straight line
        after = np.convolve(np.concatenate([before, now]), chance, mode="valid")
        at = int(np.argmin(after))
        levels.append(float(x[at]))
        cost = float(after[at])
        below = after[np.minimum(np.arange(len(x)), at)]
    return tuple(levels), cost


@pytest.mark.parametrize("name", SERIAL)
def test_the_exact_recursion_has_the_published_cost(name):
    levels, cost = best(name)
    *_, published, near = SERIAL[name]
    assert cost == pytest.approx(published, rel=near)
    if name in BEST_LEVELS:
        assert levels == BEST_LEVELS[name]


@pytest.mark.parametrize("name", SERIAL)
def test_the_kernel_has_the_best_cost_of_published_serial_systems(name):
    leads, holding, penalty, (kind, mean, spread), _, _ = SERIAL[name]
    levels, cost = best(name)
    count = len(leads)
    settled = [min(levels[at:]) for at in range(count)]  # an echelon never holds more than the one above it lets through
    local = [settled[at] - (settled[at - 1] if at else 0.0) for at in range(count)][::-1]
    own = np.cumsum(np.array(holding[::-1], dtype=float))  # from the source down: what a unit there has cost so far
    above = np.concatenate([[0.0], own[:-1]])
    stock, way, backlog = rates(
        list(leads[::-1]), local, float(mean), demands(kind, mean, spread),
        [("stock_value", own), ("pipeline_value", above), ("backlog", np.zeros(count))],
    )  # fmt: skip
    assert holds(stock + way + penalty * backlog, cost)
