"""The kernel says what a plain reading of the same chain says, bit for bit, and never anything that is not a number."""

from __future__ import annotations

import numpy as np
import pytest
from plain_kernel import PlainChain
from random_chains import extreme, random_chain

from hinterland.stress.chain import Chain, Means, no_reactions, no_spread, nothing_happens
from hinterland.stress.kernel import BLOCK, MEASURES, move


def agree(chain, reactions, means, struck, lanes):
    steps = chain.planned.shape[1]
    sums, served = np.zeros((len(MEASURES), BLOCK)), np.zeros((steps, BLOCK))
    move(chain, reactions, means, struck, sums, served)
    assert np.isfinite(sums).all()
    assert np.isfinite(served).all()
    for lane in lanes:
        plain = PlainChain(chain, reactions, means, struck, lane)
        told = plain.run(steps)
        assert dict(zip(MEASURES, sums[:, lane].tolist(), strict=True)) == told
        assert served[:, lane].tolist() == plain.served
    return dict(zip(MEASURES, sums, strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_the_kernel_equals_its_plain_twin_bit_for_bit(seed):
    agree(*random_chain(seed), (0, 7, BLOCK - 1))


@pytest.mark.parametrize("seed", range(60))
def test_nothing_huge_tiny_or_without_limit_makes_a_number_that_is_none(seed):
    agree(*extreme(seed), (3,))


def test_random_chains_use_what_the_kernel_can_do():
    """A twin proves nothing of what never happens: backups, surcharges, shortage, lateness and leads that vary all occur."""
    seen = [random_chain(seed) for seed in range(60)]
    told = [agree(*one, ()) for one in seen]
    assert sum((one["extra_co2e_kg"] > 0).any() for one in told) > 20
    assert sum((one["extra_cost"] != one["extra_co2e_kg"]).any() for one in told) > 50
    assert sum((one["late"] > 0).any() for one in told) > 15
    assert sum((one["lost"] > 0).any() for one in told) > 50
    assert sum((one[0].varies >= 0).any() for one in seen) > 20
    assert sum(bool(one[1].waits[one[3].hit >= 0].any()) for one in seen) > 20


def one_pool(wanted, stock, *, late=False):
    """A pool with `stock` at the start, nothing that brings more, and demand rows in the order in which they are served."""
    none, steps, demands = np.zeros(0, dtype=np.int64), len(wanted[0]), len(wanted)
    empty = np.zeros((0, steps))
    chain = Chain(
        none, none, np.zeros(1, dtype=np.int64), none, empty, np.zeros(1, dtype=np.int64), none, empty, np.zeros(2, dtype=np.int64), none,
        np.zeros(1, dtype=np.int64), np.zeros(3, dtype=np.int64), none, empty, empty, empty, empty, empty, np.zeros(1, dtype=np.int64),
        np.zeros(0), *no_spread(0, np.arange(steps)).values(), np.zeros((1, steps)), np.zeros((1, steps)), np.array([stock]),
        np.array([0, demands]), np.array(wanted, dtype=np.float64),
    )  # fmt: skip
    means = Means(empty, empty, empty, np.zeros(1), 10.0 ** np.arange(demands), late)
    return agree(chain, no_reactions(0), means, nothing_happens(0, demands, steps), (0,))


def test_who_stands_first_is_served_first_and_who_waits_keeps_his_place():
    """9 in stock. The first asks 4 and 4, the second 3 and 3, the third 1 and 1: in step 1 all get theirs (8), in step 2 the first 1 of 4.

    Lost margins are 1, 10 and 100 a unit: 3 of the first, 3 of the second, 1 of the third.
    """
    told = one_pool([[4, 4], [3, 3], [1, 1]], 9.0)
    assert told["lost_margin"][0] == 3 * 1 + 3 * 10 + 1 * 100
    assert one_pool([[4, 4], [3, 3], [1, 1]], 11.0)["lost_margin"][0] == 1 + 30 + 100
    assert one_pool([[4, 4], [3, 3], [1, 1]], 13.0)["lost_margin"][0] == 20 + 100
    late = one_pool([[4, 0], [3, 3], [1, 0]], 5.0, late=True)
    assert (late["on_time"][0], late["late"][0], late["lost"][0]) == (5, 0, 6)
