"""The stress kernel: lane-periods per second, 10,000 × 260 weeks, SimPy on the same network, exposure of 1,700 nodes.

Bars: 100 million lane-periods a second on two cores for the plain policy; 200 × SimPy in node-periods on the same network in one
run (both must lose the same); TTR loss and TTS of all tier-2 and tier-3 nodes of a 200 / 500 / 1,000 network in 10 s by the block
LP and in 5 minutes week by week. `python -m benchmarks.kernel [chains]` prints what is measured.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.sparse

from hinterland.stress.chain import Chain, Means, no_reactions, no_spread, nothing_happens
from hinterland.stress.exposure.block import Block
from hinterland.stress.exposure.nodes import Node
from hinterland.stress.exposure.shares import shares_of
from hinterland.stress.exposure.weekly import Weekly
from hinterland.stress.kernel import BLOCK, MEASURES, move

__all__ = ["main", "report"]

NONE = np.zeros(0, dtype=np.int64)
DEPTH, LEAD, MEAN = 6, 4, 10.0


def serial_chains(chains: int, steps: int) -> Chain:
    """Independent chains of `DEPTH` pools, a lane of `LEAD` steps into each, a market at the end of each; stock of a step."""
    count = chains * DEPTH
    every, level = np.arange(count), np.arange(count) % DEPTH
    whole = np.ones((count, steps))
    fed = every[level > 0]
    use_first = np.concatenate([[0], np.cumsum(level > 0)])
    slot = np.where(level > 0, every, 0)  # the slot of a lane is one past the place of the pool it draws from
    ready = np.argsort(slot, kind="stable")
    last = every[level == DEPTH - 1]
    return Chain(
        into=every, lead=np.full(count, LEAD),
        use_first=use_first, use_pool=fed - 1, use_per_unit=np.ones((len(fed), steps)),
        give_first=np.zeros(count + 1, dtype=np.int64), give_pool=NONE, give_per_unit=np.zeros((0, steps)),
        make_first=np.arange(count + 1), make_activity=every, pools_down=every,
        ready_first=np.searchsorted(slot[ready], np.arange(count + 2)), ready=ready,
        planned=MEAN * whole, share=whole, most=np.inf * whole, trigger=0.0 * whole, lot=0.0 * whole,
        ring_first=np.arange(count + 1) * LEAD, on_the_way=np.full(count * LEAD, MEAN), **no_spread(count, np.arange(steps)),
        target=MEAN * (LEAD + 1) * whole, leaving=MEAN * whole, stock=np.full(count, MEAN),
        demand_first=np.searchsorted(last, np.arange(count + 1)), wanted=np.full((chains, steps), MEAN),
    )  # fmt: skip


def _moved(chain: Chain, left: np.ndarray, hit: np.ndarray, blocks: int, workers: int) -> tuple[float, np.ndarray]:
    """Seconds, and lost units of the last block."""
    count, steps = chain.planned.shape
    zero = np.zeros((count, steps))
    means = Means(zero, zero, zero, np.zeros(count), np.ones(len(chain.wanted)), late=False)
    quiet, struck = no_reactions(count), nothing_happens(count, len(chain.wanted), steps)._replace(left=left, hit=hit)

    def one(_: int) -> np.ndarray:
        sums = np.zeros((len(MEASURES), BLOCK))
        move(chain, quiet, means, struck, sums, np.zeros((steps, 0)))
        return sums

    one(0)
    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as hands:
        found = list(hands.map(one, range(blocks)))
    return time.perf_counter() - began, found[-1][MEASURES.index("lost")]


def outages(count: int, steps: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Every tenth lane stands still for some weeks, at random."""
    rng = np.random.default_rng(seed)
    rows = np.arange(0, count, 10)
    hit = np.full(count, -1)
    hit[rows] = np.arange(len(rows))
    left = np.ones((len(rows), steps, BLOCK))
    for row in range(len(rows)):
        for lane in range(BLOCK):
            start = int(rng.integers(0, steps))
            left[row, start : start + int(rng.integers(1, 9)), lane] = 0.0
    return left, hit


def by_simpy(chains: int, steps: int, left: np.ndarray, hit: np.ndarray, lane: int) -> tuple[float, float]:
    """Seconds and lost units of one replication in SimPy: a process for each pool, and one for each shipment."""
    import simpy

    world, count = simpy.Environment(), chains * DEPTH
    stock, coming, want, order = [MEAN] * count, [MEAN * LEAD] * count, [0.0] * count, [0.0] * count
    lost = [0.0]

    def arrival(pool: int, amount: float, delay: float):  # type: ignore[no-untyped-def]
        yield world.timeout(delay)
        stock[pool] += amount
        coming[pool] -= amount

    def pool(j: int):  # type: ignore[no-untyped-def]
        level, target = j % DEPTH, MEAN * (LEAD + 1)
        ask, ship = 0.1 * (DEPTH - level) / DEPTH, 0.3 + 0.1 * level / DEPTH
        for t in range(steps):
            yield world.timeout(t + ask - world.now)
            if level == DEPTH - 1:
                want[j] = MEAN
            order[j] = max(MEAN + target - (stock[j] + coming[j]) + want[j] - MEAN, 0.0)
            if level:
                want[j - 1] = order[j]
            yield world.timeout(t + ship - world.now)
            if level == DEPTH - 1:
                given = min(stock[j], MEAN)
                stock[j] -= given
                lost[0] += MEAN - given if MEAN - given > 1e-9 * MEAN else 0.0
            else:
                below = j + 1
                share = 1.0 if stock[j] >= want[j] or want[j] <= 0 else max(stock[j], 0.0) / want[j]
                sent = order[below] * share * (left[hit[below], t, lane] if hit[below] >= 0 else 1.0)
                stock[j] -= sent
                coming[below] += sent
                world.process(arrival(below, sent, LEAD + 0.2 - ship))
            if not level:
                sent = order[j] * (left[hit[j], t, lane] if hit[j] >= 0 else 1.0)
                coming[j] += sent
                world.process(arrival(j, sent, LEAD + 0.2 - ship))

    for j in range(count):
        for k in range(LEAD):
            world.process(arrival(j, MEAN, k + 0.2))
        world.process(pool(j))
    began = time.perf_counter()
    world.run()
    return time.perf_counter() - began, lost[0]


def tiers(seed: int = 9) -> tuple[Block, np.ndarray]:
    """200 plants, 500 tier-2 and 1,000 tier-3 nodes, each a line with its lanes; and the days that each tier-2 and tier-3 node recovers in."""
    rng = np.random.default_rng(seed)
    sizes = (1000, 500, 200)
    first = np.concatenate([[0], np.cumsum(sizes)])
    pools = int(first[-1])
    into = [*range(pools)]
    uses: list[tuple[int, int, float]] = []
    for tier in (1, 2):
        for j in range(first[tier], first[tier + 1]):
            for i in rng.choice(np.arange(first[tier - 1], first[tier]), 4 if tier == 1 else 5, replace=False):
                uses.append((j, int(i), 0.5))  # noqa: PERF401  # two loops read better
    need = np.zeros(pools)
    need[first[2] :] = rng.uniform(5, 15, sizes[2])
    for j in range(pools - 1, first[1] - 1, -1):
        for _, i, q in (one for one in uses if one[0] == j):
            need[i] += q * need[j]
    need[need == 0] = 1.0
    rows = np.array(into + [i for _, i, _ in uses])
    columns = np.array(into + [j for j, _, _ in uses])
    cells = np.array([1.0] * pools + [-q for _, _, q in uses])
    matrix = scipy.sparse.csc_array((cells, (rows, columns)), shape=(pools, pools))
    block = Block(
        matrix, need * 1.2, need * rng.uniform(5, 40, pools), np.arange(first[2], pools), need[first[2] :], rng.uniform(1, 9, sizes[2])
    )
    return block, rng.uniform(14, 60, first[2])


def _nodes(days: np.ndarray) -> list[Node]:
    return [Node("site", str(at), np.array([at]), (float(lasts), float(lasts))) for at, lasts in enumerate(days)]


def _exposed(chain: tuple[Block, Weekly | None], days: np.ndarray, most: int = 0) -> float:
    """Seconds for loss and survival of every node in two threads, as `expose` shares them out."""
    shares, _ = shares_of(_nodes(days), 8, most)
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as hands:
        list(hands.map(lambda share: share(chain), shares))
    return time.perf_counter() - began


def _weekly(block: Block, weeks: int = 12) -> Weekly:
    """The same network week by week; every good is a week on its way."""
    coo = block.matrix.tocoo()
    takes = coo.data < 0
    due = np.zeros((len(block.stock), weeks))
    due[:, 0] = block.most / 1.2 * 7
    return Weekly(
        weeks, np.arange(len(block.most)), np.ones(len(block.most), dtype=np.int64), coo.col[takes], coo.row[takes], -coo.data[takes],
        block.most * 7, block.stock, due, block.demand_pool, block.wanted * 7, block.margin,
    )  # fmt: skip


def report(*, chains: int = 60, weekly: bool = True) -> list[str]:
    """What is measured, as lines for people."""
    steps, lines = 260, []
    chain = serial_chains(chains, steps)
    count = chains * DEPTH
    left, hit = outages(count, steps)
    blocks = 64
    for workers in (1, 2):
        seconds, _ = _moved(chain, left, hit, blocks, workers)
        rate = count * steps * blocks * BLOCK / seconds
        lines.append(f"{workers} threads: {rate / 1e6:,.0f} million lane-periods a second ({count} lanes, {blocks * BLOCK} replications)")
    lines.append(f"10,000 replications of {steps} weeks of {count} lanes at that rate: {10_000 * steps * count / rate:.1f} s")
    small = serial_chains(10, steps)
    left, hit = outages(10 * DEPTH, steps)
    seconds, lost = _moved(small, left, hit, 64, 2)
    ours = 10 * DEPTH * steps * 64 * BLOCK / seconds
    told = [by_simpy(10, steps, left, hit, lane) for lane in range(3)]
    theirs = 10 * DEPTH * steps * len(told) / sum(one for one, _ in told)
    apart = max(abs(one - lost[lane]) for lane, (_, one) in enumerate(told))
    lines.append(f"SimPy {theirs:,.0f} node-periods a second, the kernel {ours / theirs:,.0f} × that; lost units differ by {apart:.1e}")
    block, days = tiers()
    lines.append(f"exposure of {len(days)} nodes, block: {_exposed((block, None), days):.1f} s for loss and survival")
    if weekly:
        lines.append(f"exposure of {len(days)} nodes, week by week (12 weeks): {_exposed((block, _weekly(block)), days, 10):.0f} s")
    return lines


def main() -> None:
    """Print the report; the first argument is the number of chains, `quick` leaves the weekly exposure out."""
    chosen = [one for one in sys.argv[1:] if one.isdigit()]
    sys.stdout.write("\n".join(report(chains=int(chosen[0]) if chosen else 60, weekly="quick" not in sys.argv)) + "\n")


if __name__ == "__main__":
    main()
