"""10,000 lanes between 500 sites routed: lane rules opened, ports chosen, sea routes found, dominated chains dropped.

Counted: everything between tables in memory and the lanes table that engines read, in a fresh process, the sea network's file
and the land outlines included. The bar is 5 seconds on two cores.

    python -m benchmarks route_ten_thousand
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hinterland.model.network import Network

__all__ = ["BAR_SECONDS", "main", "network", "report"]

BAR_SECONDS = 5.0
_MAKERS, _PRODUCTS = 250, 10
_TAKERS, _TAKEN = 250, 4
_NEAREST = 12


def network() -> Network:
    """250 makers and 250 takers at real seaports and up to 500 km inland; each taker wants 4 products from 10 makers each."""
    import numpy as np

    from hinterland.app import read
    from hinterland.freight import landmasses, sea_network

    sea, rng = sea_network(), np.random.default_rng(7)
    rows = np.flatnonzero(sea.seaport)[rng.permutation(int(sea.seaport.sum()))]
    north, east = sea.port_place(np.repeat(rows, 3))
    north, east = north + rng.uniform(-3, 3, len(north)), (east + rng.uniform(-3, 3, len(east)) + 180) % 360 - 180
    land = np.flatnonzero((landmasses(north, east) >= 0) & (np.abs(north) < 66))[: _MAKERS + _TAKERS]
    sites = [
        {"site_id": f"s{at}", "country": "US", "latitude": round(float(north[i]), 3), "longitude": round(float(east[i]), 3)}
        for at, i in enumerate(land)
    ]
    made = [{"site_id": f"s{at}", "product_id": f"p{at % _PRODUCTS}", "capacity_per_year": 1e6} for at in range(_MAKERS)]
    wanted = [
        {"site_id": f"s{_MAKERS + at}", "product_id": f"p{(at + k) % _PRODUCTS}", "period_id": "2026", "quantity": 1.0}
        for at in range(_TAKERS)
        for k in range(_TAKEN)
    ]
    tables = {
        "settings": [{"key": "currency", "value": "USD"}, {"key": "base_date", "value": "2026-01-01"}],
        "periods": [{"period_id": "2026", "start_date": "2026-01-01", "end_date": "2026-12-31"}],
        "products": [{"product_id": f"p{at}", "unit": "t", "mass_kg_per_unit": 1000.0} for at in range(_PRODUCTS)],
        "sites": sites,
        "processes": made,
        "demand": wanted,
        "modes": [
            {"mode_id": "truck", "kind": "road", "co2e_kg_per_tkm": 0.095, "speed_km_per_day": 600.0, "handling_days": 0.5},
            {"mode_id": "ship", "kind": "sea", "co2e_kg_per_tkm": 0.02, "speed_km_per_day": 580.0, "handling_days": 6.0},
        ],
        "freight_rates": [
            {"mode_id": "truck", "cost_per_t": 4.0, "cost_per_tkm": 0.1}, {"mode_id": "ship", "cost_per_t": 25.0, "cost_per_tkm": 0.017},
        ],
        "lane_rules": [{"rule_id": "any", "mode_chain": "truck+ship+truck", "nearest_k": _NEAREST}],
    }  # fmt: skip
    return read(tables)


def report(*, repeats: int = 1) -> list[str]:
    """Route the network and tell the seconds; `repeats` beyond the first read from memory and are told apart."""
    from hinterland.model.scenario import resolve

    net = network()
    told = []
    for at in range(repeats):
        wall, own = time.perf_counter(), time.process_time()
        lanes = resolve(net)["lanes"]
        seconds = f"{time.perf_counter() - wall:.2f} s on the clock, {time.process_time() - own:.2f} s of processor"
        told.append(
            f"{lanes.height:,} lanes between {net['sites'].height} sites{' again' if at else ''}: {seconds}; the bar is {BAR_SECONDS:.0f} s"
        )
    return told


def main() -> int:
    """Print the report; exit 1 beyond the bar."""
    wall = time.perf_counter()
    lines = report()
    sys.stdout.write("\n".join(lines) + f"\n(with the network made: {time.perf_counter() - wall:.1f} s)\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
