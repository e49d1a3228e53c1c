"""The kernel says what a plain reading of the same chain says, bit for bit, and never anything that is not a number."""

from __future__ import annotations

import numpy as np
import pytest
from plain_kernel import PlainChain
from random_chains import random_chain

from hinterland.stress.kernel import BLOCK, MEASURES, move


@pytest.mark.parametrize("seed", range(40))
def test_the_kernel_equals_its_plain_twin_bit_for_bit(seed):
    chain, reactions, means, struck = random_chain(seed)
    steps = chain.planned.shape[1]
    sums, served = np.zeros((len(MEASURES), BLOCK)), np.zeros((steps, BLOCK))
    move(chain, reactions, means, struck, sums, served)
    assert np.isfinite(sums).all()
    for lane in (0, 7, BLOCK - 1):
        plain = PlainChain(chain, reactions, means, struck, lane)
        told = plain.run(steps)
        assert dict(zip(MEASURES, sums[:, lane].tolist(), strict=True)) == told
        assert served[:, lane].tolist() == plain.served
