"""20,000 replications in one thread, in two plain processes and on two one-thread Dask workers in processes of their own.

Counted: from the pieces to the results in order, handing over what all pieces share included; every worker has compiled before. The
three ways take turns; told is the median over the rounds of each round's ratio, for other work on the machine slows all three.
The bar: Dask workers give at least 0.9 of the speed-up that plain processes give in the same run; on an idle machine processes
give at least 1.7. All three must find the same, bit for bit. `python -m benchmarks.cluster [rounds] [chains]` prints it, and the
peak of memory of this process for 2,000 and for 20,000 replications.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks.measuring import Stopwatch
from hinterland.app import read
from hinterland.model.plan import Plan
from hinterland.stress.hands import hands_of
from hinterland.stress.simulate import simulate

if TYPE_CHECKING:
    from hinterland.model.network import Network

__all__ = ["main", "report", "world"]

REPLICATIONS = 20_000
FIRST, YEARS = 2028, 5


def world(chains: int = 60) -> tuple[Network, Plan]:
    """Chains of a maker, a plant and a town over five years, a car a day each; makers are flooded twice a year, plants strike."""
    from hinterland.model.scenario import resolve

    every, years = range(chains), [str(FIRST + at) for at in range(YEARS)]
    makers, plants, towns = ([f"{kind}{at}" for at in every] for kind in ("maker", "plant", "town"))
    into, out = (
        [f"{one}-{other}" for one, other in zip(first, second, strict=True)] for first, second in ((makers, plants), (plants, towns))
    )
    net = read(
        {
            "settings": [{"key": "currency", "value": "USD"}, {"key": "base_date", "value": f"{FIRST}-01-01"}],
            "periods": [{"period_id": year, "start_date": date(int(year), 1, 1), "end_date": date(int(year), 12, 31)} for year in years],
            "products": [{"product_id": name, "unit": "piece", "mass_kg_per_unit": 10.0} for name in ("part", "car")],
            "sites": [{"site_id": one, "country": "US"} for one in (*makers, *plants, *towns)],
            "recipes": [{"recipe_id": "car_from_part", "product_id": "car"}],
            "recipe_lines": [{"recipe_id": "car_from_part", "product_id": "part", "role": "input", "quantity_per_unit": 1.0}],
            "processes": [
                *({"site_id": one, "product_id": "part", "capacity_per_year": 730.0} for one in makers),
                *({"site_id": one, "recipe_id": "car_from_part", "capacity_per_year": 730.0} for one in plants),
            ],
            "lanes": [
                {"lane_id": lane, "from_site": start, "to_site": end, "product_id": good, "cost_per_unit": 1.0, "lead_time_days": 14.0,
                 "co2e_kg_per_unit": 1.0}
                for good, lanes, starts, ends in (("part", into, makers, plants), ("car", out, plants, towns))
                for lane, start, end in zip(lanes, starts, ends, strict=True)
            ],
            "demand": [{"site_id": one, "product_id": "car", "period_id": year, "quantity": 365.0} for one in towns for year in years],
            "hazards": [
                {"hazard_id": f"{kind} {one}", "scope_kind": "site", "scope_value": one, "events_per_year": often, "duration_days_mean": 20.0,
                 "duration_sigma": 0.8, "capacity_loss_share": 1.0}
                for kind, often, sites in (("flood", 0.2, makers), ("strike", 0.1, plants))
                for one in sites
            ],
        }
    )  # fmt: skip
    flows = pl.DataFrame({"lane_id": into + out, "product_id": ["part"] * chains + ["car"] * chains})
    outputs = pl.DataFrame(
        {
            "site_id": makers + plants,
            "recipe_id": [""] * chains + ["car_from_part"] * chains,
            "product_id": ["part"] * chains + ["car"] * chains,
            "vintage": "existing",
        }
    )
    delivered = pl.DataFrame({"site_id": towns, "product_id": "car"})
    when = pl.DataFrame({"period_id": years, "quantity": 365.0})
    return resolve(net), Plan(
        {name: frame.join(when, how="cross") for name, frame in (("flows", flows), ("outputs", outputs), ("delivered", delivered))}
    )


def _work(net: Network, plan: Plan) -> tuple[Any, list[Any]]:
    """What all pieces share, and the pieces."""
    from hinterland.stress.events import draw_events
    from hinterland.stress.prepared import prepare
    from hinterland.stress.spans import span_of
    from hinterland.stress.work import pieces_of

    span = span_of(net.calendar, None, None, None, 7)
    events = draw_events(net, replications=REPLICATIONS, seed=7, first_day=span.first_day, last_day=span.last_day)
    job = prepare(net, plan, span, late=False, safety_days=0.0, seed=7).job(events)
    return job, pieces_of(job, events, REPLICATIONS, traces=False)


def _timed(executor: Any, job: Any, pieces: list[Any]) -> tuple[float, np.ndarray]:
    began = time.perf_counter()
    with hands_of(executor) as hands:
        found = [sums for sums, _ in hands.finished(job, pieces)]
    return time.perf_counter() - began, np.concatenate(found, axis=1)


def report(*, rounds: int = 3, chains: int = 60) -> list[str]:
    """What is measured, as lines for people."""
    from distributed import Client, LocalCluster

    net, plan = world(chains)
    watch, lines = Stopwatch(), []
    for some in (REPLICATIONS // 10, REPLICATIONS):
        with watch.step(str(some)):
            simulate(net, plan, replications=some, seed=7)
    job, pieces = _work(net, plan)
    with ExitStack() as kept:
        local = LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=logging.ERROR
        )
        ways = {
            "one thread": kept.enter_context(ThreadPoolExecutor(1)),
            "two processes": kept.enter_context(ProcessPoolExecutor(2, mp_context=get_context("spawn"))),
            "two Dask workers": kept.enter_context(Client(kept.enter_context(local), set_as_default=False)),
        }
        whole = [_timed(executor, job, pieces[:40])[1] for executor in ways.values()]
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, executor in ways.items():
                took, found = _timed(executor, job, pieces)
                seconds[name].append(took)
                whole.append(found)
    alike = all(np.array_equal(one, whole[0] if at < len(ways) else whole[len(ways)]) for at, one in enumerate(whole))
    cells = len(job.chain.into) * job.span[2] * REPLICATIONS
    for name, took in seconds.items():
        rate = cells / statistics.median(took) / 1e6
        lines.append(f"{name}: {statistics.median(took):.1f} s, {rate:,.0f} million lane-periods a second")
    thread, plain, dask = (np.array(seconds[name]) for name in ways)
    lines.append(f"speed-up of two processes over one thread: {np.median(thread / plain):.2f} (idle machine: at least 1.7)")
    lines.append(f"speed-up of two Dask workers over one thread: {np.median(thread / dask):.2f}")
    lines.append(f"Dask workers over processes: {np.median(plain / dask):.2f} of the speed-up (the bar is 0.9), {rounds} rounds")
    lines.append(f"all three find the same bit for bit: {'yes' if alike else 'NO'}")
    few, many = (watch.figures[f"{some}_peak_mb"] for some in (REPLICATIONS // 10, REPLICATIONS))
    lines.append(f"peak of memory: {few:.0f} MB for {REPLICATIONS // 10:,} replications, {many:.0f} MB for {REPLICATIONS:,}")
    return lines


def main() -> None:
    """Print the report; the arguments are the number of rounds and of chains."""
    chosen = [int(one) for one in sys.argv[1:] if one.isdigit()]
    sys.stdout.write("\n".join(report(**dict(zip(("rounds", "chains"), chosen, strict=False)))) + "\n")


if __name__ == "__main__":
    main()
