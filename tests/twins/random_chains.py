"""Random chains for the kernel and its twin: layered pools, several inputs, leads, capacities, backups, hits."""

from __future__ import annotations

import itertools

import numpy as np

from hinterland.stress.chain import Chain, Means, Reactions, Struck, no_spread
from hinterland.stress.kernel import BLOCK


def random_leads(rng, chain: Chain) -> Chain:
    """Give every third activity lead times of 0 to 6 steps at random."""
    count = len(chain.into)
    some = np.flatnonzero(rng.random(count) < 0.35)
    above = [np.sort(rng.random(int(rng.integers(0, 5)))) for _ in some]
    least = rng.integers(0, 3, len(some))
    varies = np.full(count, -1)
    varies[some] = np.arange(len(some))
    size = chain.lead.copy()
    size[some] = [max(int(low) + len(one), int(chain.lead[a]), 1) for a, low, one in zip(some, least, above, strict=True)]
    first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    return chain._replace(
        ring_first=first, on_the_way=rng.uniform(0, 1, int(first[-1])), varies=varies,
        lead_key=rng.integers(0, 2**63, len(some)).astype(np.uint64), lead_least=least,
        lead_first=np.concatenate([[0], np.cumsum([len(one) for one in above])]).astype(np.int64),
        lead_above=np.concatenate([np.zeros(0), *above]), day=20_000 + 7 * np.arange(chain.planned.shape[1]),
    )  # fmt: skip


def random_chain(seed: int, steps: int = 30):
    """Return chain, reactions, means and what strikes a random layered network that need not be in balance."""
    rng = np.random.default_rng(seed)
    tiers = [list(range(k * 3, k * 3 + 3)) for k in range(int(rng.integers(2, 5)))]
    pools = 3 * len(tiers)
    into, lead, uses = [], [], []
    for pool in tiers[0]:
        into.append(pool), lead.append(int(rng.integers(0, 3))), uses.append([])
    for above, below in itertools.pairwise(tiers):
        for pool in below:
            for _ in range(int(rng.integers(1, 4))):
                inputs = rng.choice(above, size=int(rng.integers(1, 3)), replace=False)
                into.append(pool), lead.append(int(rng.integers(0, 5)))
                uses.append([(int(i), float(rng.uniform(0.5, 2))) for i in inputs])
    count = len(into)
    into, lead = np.array(into), np.array(lead)
    use_first = np.concatenate([[0], np.cumsum([len(one) for one in uses])]).astype(np.int64)
    use_pool = np.array([pool for one in uses for pool, _ in one], dtype=np.int64)
    per_unit = np.repeat(np.array([q for one in uses for _, q in one])[:, None], steps, axis=1)
    order = np.arange(pools)
    slot = np.array([max([-1, *(pool for pool, _ in one)]) + 1 for one in uses])
    ready = np.argsort(slot, kind="stable")
    by_pool = np.argsort(into, kind="stable")
    most = np.where(rng.random((count, 1)) < 0.4, np.inf, rng.uniform(0.5, 4, (count, 1))) * np.ones(steps)
    demands = np.sort(rng.choice(tiers[-1], size=int(rng.integers(1, 4))))
    ring_first = np.concatenate([[0], np.cumsum(lead)]).astype(np.int64)
    chain = Chain(
        into, lead, use_first, use_pool, per_unit,
        np.concatenate([[0], np.full(count, 1)]).astype(np.int64), np.array([int(rng.integers(pools))]), rng.uniform(0, 0.2, (1, steps)),
        np.searchsorted(into[by_pool], np.arange(pools + 1)), by_pool, order, np.searchsorted(slot[ready], np.arange(pools + 2)), ready,
        rng.uniform(0, 2, (count, steps)), rng.uniform(0, 1, (count, steps)), most,
        rng.choice([0.0, 0.0, 0.5], (count, 1)) * np.ones(steps), rng.choice([0.0, 0.0, 0.7], (count, 1)) * np.ones(steps), ring_first, rng.uniform(0, 1, int(ring_first[-1])),
        *no_spread(count, np.arange(steps)).values(),
        rng.uniform(0, 8, (pools, steps)), rng.uniform(0, 2, (pools, steps)), rng.uniform(0, 3, pools),
        np.searchsorted(demands, np.arange(pools + 1)), rng.uniform(0, 2, (len(demands), steps)),
    )  # fmt: skip
    backups = sorted(rng.choice(count, size=2, replace=False)) if count > 3 else []
    pairs = [(int(a), int(o)) for a in backups for o in rng.permutation(np.flatnonzero(into == into[a]))[:2] if a != o]
    first = np.searchsorted([a for a, _ in pairs], np.arange(count + 1)).astype(np.int64)
    causes = [[a if rng.random() < 0.7 else -1, *rng.integers(-1, count, int(rng.integers(0, 3))).tolist()] for a, _ in pairs]
    reactions = Reactions(
        first, np.array([o for _, o in pairs], dtype=np.int64), rng.choice([0.0, 1.0, 1.4, 2.0], len(pairs)),
        np.concatenate([[0], np.cumsum([len(one) for one in causes])]).astype(np.int64),
        np.array([one for some in causes for one in some], dtype=np.int64), rng.integers(0, 2, count),
        *_lending(seed, count, steps),
    )  # fmt: skip
    backup = np.isin(np.arange(count), [o for _, o in pairs])[:, None]
    means = Means(rng.uniform(0, 3, (count, steps)) * backup, rng.uniform(0, 3, (count, steps)) * backup, rng.uniform(0, 3, (count, steps)),
                  rng.uniform(0, 2, pools), rng.uniform(1, 5, len(demands)), bool(rng.integers(0, 2)))  # fmt: skip
    struck = rng.choice(count, size=2, replace=False)
    if backups and rng.random() < 0.7:
        struck[0] = backups[0]
    hit = np.full(count, -1)
    hit[struck] = [0, 1]
    left = np.where(rng.random((2, steps, BLOCK)) < 0.4, rng.choice([0.0, 0.5], (2, steps, BLOCK)), 1.0)
    scaled = np.where(np.arange(len(demands)) == 0, 0, -1)
    scale, dear = rng.uniform(0, 2, (1, steps, BLOCK)), rng.uniform(0.5, 3, (2, steps, BLOCK))
    told = np.sort(rng.integers(0, steps, 4 * BLOCK))
    dearer = np.full(count, -1)
    dearer[rng.choice(count, size=2, replace=False)] = [0, 1]
    what = Struck(int(rng.integers(0, 50)) * BLOCK, left, hit, scale, scaled, dear, dearer, np.searchsorted(told, np.arange(steps + 1)),
                  rng.integers(0, 2, len(told)), rng.integers(0, BLOCK, len(told)), rng.choice([0.5, 1.0, 2.0], len(told)))  # fmt: skip
    return random_leads(rng, chain) if seed % 2 else chain, reactions, means, what


def _lending(seed: int, count: int, steps: int):
    """Two activities that have what some others leave, in every third chain."""
    rng = np.random.default_rng(seed + 500)
    none, one = np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
    if seed % 3:
        return np.zeros((0, 0)), one, none, one, none
    drawn = rng.permutation(count)
    return rng.uniform(0, 4, (1, steps)), np.array([0, len(drawn[2:4])]), drawn[2:4], np.array([0, len(drawn[:2])]), drawn[:2]


def extreme(seed: int):
    """A random chain whose numbers are nothing, tiny, huge or without limit."""
    chain, reactions, means, struck = random_chain(seed)
    rng = np.random.default_rng(seed + 1000)

    def some(array: np.ndarray, *of: float, share: float = 0.3) -> np.ndarray:
        drawn = rng.choice(of, array.shape)
        return np.where(rng.random(array.shape) < share, drawn, array)

    sizes = 0.0, 1e-300, 1e-9, 1e9, 1e30
    chain = chain._replace(
        most=some(chain.most, 0.0, 1e-300, 1e12, np.inf), planned=some(chain.planned, *sizes), target=some(chain.target, *sizes),
        use_per_unit=some(chain.use_per_unit, 0.0, 1e-9, 1e6), leaving=some(chain.leaving, *sizes), wanted=some(chain.wanted, *sizes),
        stock=some(chain.stock, *sizes), trigger=some(chain.trigger, 0.0, 1e12), lot=some(chain.lot, 1e-6, 1e12),
        share=some(chain.share, 0.0, 1.0),
    )  # fmt: skip
    struck = struck._replace(
        left=some(struck.left, 0.0, 1e-300, 1.0), scale=some(struck.scale, 0.0, 1e9), dear=some(struck.dear, 0.0, 1e6),
        told_steps=some(struck.told_steps, 1e-9, 1e9),
    )  # fmt: skip
    return chain, reactions, means._replace(value_per_unit=some(means.value_per_unit, *sizes)), struck
