"""A published optimum of capacitated facility location, reached through plain tables.

Source: J. E. Beasley, OR-Library: distributing test problems by electronic mail, Journal of the Operational Research
Society 41 (1990) 1069-1072; instance cap41 of the capacitated warehouse location files, optimum 1 040 444.375
(http://people.brunel.ac.uk/~mastjjb/jeb/orlib/capinfo.html).
"""

from __future__ import annotations

import math
from pathlib import Path

from hinterland.design import design
from worlds import Tables, network, years

OPTIMUM = 1_040_444.375
CAPACITY = 5000.0
"""Of each warehouse in cap41; the larger files capa to capc write the word `capacity` there and leave the number to the reader."""


def warehouses(path: Path) -> Tables:
    """16 candidate warehouses, 50 customers, and a lane for each pair; the file gives the cost of serving a customer whole."""
    numbers = iter(path.read_text(encoding="ascii").split())
    count, customers = int(next(numbers)), int(next(numbers))
    opening = []
    for _ in range(count):
        capacity, cost = next(numbers), float(next(numbers))
        assert float(capacity) == CAPACITY
        opening.append(cost)
    sites = [
        {"site_id": f"warehouse{w:02}", "country": "GB", "status": "candidate", "opening_cost": cost} for w, cost in enumerate(opening)
    ]
    lanes, demand = [], []
    for c in range(customers):
        quantity = float(next(numbers))
        town = f"town{c:02}"
        sites.append({"site_id": town, "country": "GB"})
        demand.append({"site_id": town, "product_id": "good", "period_id": "2026", "quantity": quantity, "shortage_cost_per_unit": 1e4})
        for site in sites[:count]:
            whole = float(next(numbers))
            lanes.append(
                {"lane_id": f"{site['site_id']}-{town}", "from_site": site["site_id"], "to_site": town, "product_id": "good",
                 "cost_per_unit": whole / quantity, "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}
            )  # fmt: skip
    assert next(numbers, None) is None
    return {
        "settings": [
            {"key": "currency", "value": "GBP"},
            {"key": "base_date", "value": "2026-01-01"},
            {"key": "discount_rate_share", "value": "0"},
            {"key": "objective", "value": "shortage,cost"},
        ],
        "periods": years(2026, 1),
        "countries": [{"country": "GB", "region": "europe"}],
        "products": [{"product_id": "good", "unit": "t"}],
        "sites": sites,
        "processes": [{"site_id": site["site_id"], "product_id": "good", "capacity_per_year": CAPACITY} for site in sites[:count]],
        "lanes": lanes,
        "demand": demand,
    }


def test_cap41_of_the_or_library_is_solved_to_its_published_optimum() -> None:
    result = design(network(warehouses(Path(__file__).with_name("or_library_cap41.txt"))), gap=0)
    told = dict(result.objective)
    assert told["shortage"] == 0
    assert math.isclose(told["cost"], OPTIMUM, rel_tol=1e-9)
    assert result.proof.verify.ok
