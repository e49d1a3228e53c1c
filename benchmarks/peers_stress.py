"""The kernel beside SimPy and SupplyNetPy: one network, one demand, one process; all must serve the same before any is timed.

Ten chains of six sites, four days from one to the next, base stock everywhere, random demand at each market, shortage served late. Bars:
200 × SimPy and 1,500 × SupplyNetPy in node-periods a second (a site for a day). SupplyNetPy is no dependency: it takes part where it
is installed (`pip install SupplyNetPy`). `python -m benchmarks.peers_stress [rounds]` prints medians of interleaved rounds.
"""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.kernel import DEPTH, LEAD, serial_chains
from hinterland.stress.chain import Chain, Means, no_reactions, nothing_happens
from hinterland.stress.kernel import BLOCK, MEASURES, move

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["by_kernel", "by_simpy", "by_supplynetpy", "main", "report"]

CHAINS, DAYS = 10, 260
LEVELS = (90,) * (DEPTH - 1) + (47,)
"""Base stock from the source to the market; only the last is ever short, so that it does not matter who sends part of an order."""
BLOCKS = 64


def demand(seed: int = 3) -> np.ndarray:
    """Whole units wanted, 5 to 15: shape (chains, days, replications of a block)."""
    return np.random.default_rng(seed).integers(5, 16, (CHAINS, DAYS, BLOCK)).astype(np.float64)


def _chain() -> Chain:
    """Everything lies in stock at the start, nothing is under way."""
    chain = serial_chains(CHAINS, DAYS)
    level = np.tile(np.array(LEVELS, dtype=np.float64), CHAINS)
    whole = np.ones((1, DAYS))
    return chain._replace(target=level[:, None] * whole, stock=level, on_the_way=0.0 * chain.on_the_way, wanted=np.ones((CHAINS, DAYS)))


def by_kernel(wanted: np.ndarray, workers: int = 2, blocks: int = BLOCKS) -> tuple[float, np.ndarray]:
    """Seconds of `blocks` blocks, and the share served on time of each replication of one."""
    chain, count = _chain(), CHAINS * DEPTH
    zero = np.zeros((count, DAYS))
    means = Means(zero, zero, zero, np.zeros(count), np.ones(CHAINS), late=True)
    quiet, struck = no_reactions(count), nothing_happens(count, CHAINS, DAYS)._replace(scale=wanted, scaled=np.arange(CHAINS))

    def one(_: int) -> np.ndarray:
        sums = np.zeros((len(MEASURES), BLOCK))
        move(chain, quiet, means, struck, sums, np.zeros((DAYS, 0)))
        return sums

    one(0)
    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as hands:
        sums = list(hands.map(one, range(blocks)))[-1]
    return time.perf_counter() - began, sums[MEASURES.index("on_time")] / sums[MEASURES.index("wanted")]


def by_simpy(wanted: np.ndarray, lane: int) -> tuple[float, float]:
    """Seconds of one replication, and the share served on time: a process for each site, and one for each shipment."""
    import simpy

    world = simpy.Environment()
    stock = [float(one) for _ in range(CHAINS) for one in LEVELS]
    position, owed = stock.copy(), [0.0] * len(stock)
    on_time = [0.0]

    def arrival(site: int, amount: float):  # type: ignore[no-untyped-def]
        yield world.timeout(LEAD - 0.3)
        stock[site] += amount

    def site(chain: int, level: int):  # type: ignore[no-untyped-def]
        j = chain * DEPTH + level
        for day in range(DAYS):
            yield world.timeout(day + 0.1 - world.now)
            if level == DEPTH - 1:
                asked = float(wanted[chain, day, lane])
                given = min(stock[j], asked + owed[j])
                stock[j] -= given
                position[j] -= asked
                on_time[0] += max(given - owed[j], 0.0)
                owed[j] += asked - given
            yield world.timeout(0.01 * (DEPTH - level))
            order = LEVELS[level] - position[j]
            position[j] += order
            if level:
                position[j - 1] -= order
                owed[j - 1] += order
            else:
                world.process(arrival(j, order))
            yield world.timeout(day + 0.2 + 0.01 * level - world.now)
            if level < DEPTH - 1:
                sent = min(stock[j], owed[j])
                stock[j] -= sent
                owed[j] -= sent
                world.process(arrival(j + 1, sent))

    for chain in range(CHAINS):
        for level in range(DEPTH):
            world.process(site(chain, level))
    began = time.perf_counter()
    world.run()
    return time.perf_counter() - began, on_time[0] / float(wanted[:, :, lane].sum())


def by_supplynetpy(library: Any, wanted: np.ndarray, lane: int) -> tuple[float, float]:
    """Seconds of one replication, and the share served on time; building the network is not counted.

    A customer comes at whole days, sites review half a day later, the market first; goods arrive before the next customer.
    """

    def quantities(chain: int) -> Callable[[], float]:
        told = iter([1.0, 1.0, *wanted[chain, :, lane].tolist(), *[1.0] * 9])  # the first two are asked for when the network is checked
        return lambda: next(told)

    nodes: list[dict[str, Any]] = []
    links, markets = [], []
    for chain in range(CHAINS):
        nodes.append({"ID": f"source{chain}", "name": "source", "node_type": "infinite_supplier"})
        for level, most in enumerate(LEVELS):
            review = {"s": most - 0.5, "S": most, "period": 1, "first_review_delay": 0.5 + 0.01 * (DEPTH - level)}
            nodes.append(
                {"ID": f"n{chain}.{level}", "name": "site", "node_type": "distributor", "capacity": 10_000, "initial_level": most,
                 "inventory_holding_cost": 0.0, "replenishment_policy": library.SSReplenishment, "policy_param": review,
                 "product_buy_price": 1.0, "product_sell_price": 1.0}
            )  # fmt: skip
            source = f"n{chain}.{level - 1}" if level else f"source{chain}"
            links.append(
                {"ID": f"l{chain}.{level}", "source": source, "sink": f"n{chain}.{level}", "cost": 0.0, "lead_time": lambda: LEAD - 0.7}
            )
        markets.append(
            {"ID": f"d{chain}", "name": "market", "demand_node": f"n{chain}.{DEPTH - 1}", "order_arrival_model": lambda: 1,
             "order_quantity_model": quantities(chain), "tolerance": float("inf"), "order_min_split_ratio": 0.01}
        )  # fmt: skip
    world = library.create_sc_net(nodes=nodes, links=links, demands=markets)
    began = time.perf_counter()
    world = library.simulate_sc_net(world, sim_time=DAYS - 0.05, logging=False)
    seconds = time.perf_counter() - began
    short = sum(world["nodes"][f"n{chain}.{DEPTH - 1}"].stats.orders_shortage[1] for chain in range(CHAINS))
    return seconds, 1.0 - short / float(wanted[:, :, lane].sum())


def report(*, rounds: int = 5) -> list[str]:
    """What is measured, as lines for people."""
    wanted, sites = demand(), CHAINS * DEPTH
    try:
        library: Any = importlib.import_module("SupplyNetPy.Components")
    except ImportError:
        library = None
    _, ours = by_kernel(wanted, blocks=1)
    served = {"SimPy": by_simpy(wanted, 0)[1]}
    if library:
        served["SupplyNetPy"] = by_supplynetpy(library, wanted, 0)[1]
    lines = [f"{CHAINS} chains of {DEPTH} sites, {DAYS} days: {ours[0]:.6%} served on time in replication 0"]
    for name, share in served.items():
        if abs(share - ours[0]) > 1e-9:
            raise ArithmeticError(f"{name} serves {share:.6%} on time, the kernel {ours[0]:.6%}: not the same network, nothing to time")
        lines[0] += f", {name} the same"
    seconds: dict[str, list[float]] = {name: [] for name in ("kernel, 2 threads", "kernel, 1 thread", *served)}
    for at in range(rounds):
        seconds["kernel, 2 threads"].append(by_kernel(wanted)[0] / (BLOCKS * BLOCK))
        seconds["kernel, 1 thread"].append(by_kernel(wanted, workers=1)[0] / (BLOCKS * BLOCK))
        seconds["SimPy"].append(by_simpy(wanted, at % BLOCK)[0])
        if library:
            seconds["SupplyNetPy"].append(by_supplynetpy(library, wanted, at % BLOCK)[0])
    rate = {name: sites * DAYS / statistics.median(some) for name, some in seconds.items()}
    for name, each in rate.items():
        ratio = "" if name.startswith("kernel") else f"; the kernel {rate['kernel, 2 threads'] / each:,.0f} × that ({rate['kernel, 1 thread'] / each:,.0f} × in one thread)"  # fmt: skip
        lines.append(f"{name}: {each:,.0f} node-periods a second{ratio}")
    if not library:
        lines.append("SupplyNetPy: not installed (pip install SupplyNetPy)")
    return lines


def main() -> None:
    """Print the report; the first argument is the number of rounds."""
    sys.stdout.write("\n".join(report(rounds=int(sys.argv[1]) if sys.argv[1:] else 5)) + "\n")


if __name__ == "__main__":
    main()
