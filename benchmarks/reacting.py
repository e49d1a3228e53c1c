"""10,000 replications × 260 weeks of the reference network: the plain policy, and all reactions on (bars: 10 s and 30 s on two cores).

`python -m benchmarks.reacting RUN [REPLICATIONS]` takes the plan and the scenarios of a solved run of battery_gen6. Kinds of reactions, and
alternates, that the sample does not have yet are added: every maker may be stood in for by two others of the same product, every lane may
be sped up for a fifth of its flow, goods on closed lanes wait.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import polars as pl

import hinterland as hl
from hinterland.model.network import Network
from hinterland.model.scenario import resolve
from hinterland.stress.prepared import prepare
from hinterland.stress.simulate import simulate
from hinterland.stress.spans import span_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "report"]

FIRST, LAST = "2028-01-01", "2032-12-24"
"""260 weeks."""
KINDS: dict[str, dict[str, Any]] = {
    "reroute": {"delay_days": 7.0},
    "alternate": {"delay_days": 7.0},
    "expedite": {"lead_time_days": 7.0, "max_share": 0.2, "cost_per_unit": 5.0},
    "wait": {},
}


def _stand_ins(tables: dict[str, pl.DataFrame]) -> list[dict[str, Any]]:
    goods = tables["recipes"].select("recipe_id", good="product_id")
    made = tables["processes"].join(goods, on="recipe_id", how="left").select("site_id", product=pl.coalesce("good", "product_id"))
    rows = []
    for (product,), some in made.drop_nulls().unique().sort("product", "site_id").group_by(["product"], maintain_order=True):
        sites = some["site_id"].to_list()
        for at, site in enumerate(sites):
            rows += [{"site_id": site, "product_id": product, "alternate_site_id": other, "qualification_days": 28.0, "max_share": 0.5}
                     for other in (sites[at + 1 :] + sites[:at])[:2]]  # fmt: skip
    return rows


def networks(scenarios: Sequence[str]) -> dict[str, Network]:
    """The reference network without and with every reaction."""
    net = hl.read(hl.sample_path("battery_gen6"))
    tables = dict(net.base or net.tables)
    there = set(tables["reactions"]["kind"])
    missing = [{"reaction_id": f"all_{kind}", "kind": kind, **more} for kind, more in KINDS.items() if kind not in there]
    added = {"reactions": missing, "alternates": [] if tables["alternates"].height else _stand_ins(tables)}
    plain = tables | {name: tables[name].clear() for name in added}
    for name, rows in added.items():
        extra = pl.DataFrame(rows, schema_overrides=tables[name].schema) if rows else tables[name].clear()
        tables[name] = pl.concat([tables[name], extra], how="diagonal").with_columns(_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
    return {name: resolve(Network(some, packs=net.packs), scenarios) for name, some in (("plain", plain), ("all reactions", tables))}


def report(run: str, replications: int = 10_000) -> list[str]:
    """What is measured, as lines for people: seconds by the clock and of the processor, getting ready apart."""
    done, lines = hl.read_run(run), []
    for name, net in networks(done.network.scenarios).items():
        span = span_of(net.calendar, FIRST, LAST, None, 7)
        began = time.perf_counter()
        chain = prepare(net, done.plan, span, late=False, safety_days=0.0).chain
        ready = time.perf_counter() - began
        simulate(net, done.plan, replications=64, seed=7, start=FIRST, end=LAST)
        began, busy = time.perf_counter(), time.process_time()
        result = simulate(net, done.plan, replications=replications, seed=7, start=FIRST, end=LAST)
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        lines.append(
            f"{name}: {replications:,} × {span.steps} weeks of {len(chain.into)} activities in {seconds:.1f} s ({busy:.1f} s of processor; "
            f"of both {ready:.1f} s to get ready); {result.events.height:,} events, mean lost margin {result.replications['lost_margin'].mean():.4g}"
        )
    return lines


def main() -> None:
    """Print the report of a run."""
    sys.stdout.write("\n".join(report(sys.argv[1], *(int(one) for one in sys.argv[2:3]))) + "\n")


if __name__ == "__main__":
    main()
