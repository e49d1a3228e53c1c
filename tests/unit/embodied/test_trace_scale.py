"""The reference size: 2,000 lane-products over 10 periods are traced in a second."""

from __future__ import annotations

import itertools
import time
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from hinterland.embodied import trace
from hinterland.model.plan import Plan
from worlds import Tables, network, two_makers

TIERS = (("ore", 60), ("nickel", 50), ("pcam", 40), ("cam", 40), ("cell", 40), ("pack", 40), ("car", 40))
YEARS = range(2026, 2036)
FEEDS = 7


def reference(rng: np.random.Generator) -> tuple[Tables, Plan]:
    """Seven tiers of 40 to 60 sites, each fed by 7 of the tier before, 40 markets, and a plan that uses every lane."""
    tables = two_makers(len(YEARS))
    countries = ("US", "CN", "KR", "PL", "DE", "JP", "CA", "MX")
    tables["countries"] = [{"country": one, "region": f"region{at // 2}"} for at, one in enumerate(countries)]
    tables["products"] = [{"product_id": name, "unit": "t", "mass_kg_per_unit": 1000.0, "stage": name} for name, _ in TIERS]
    places = [f"{name}{at}" for name, count in (*TIERS, ("market", 40)) for at in range(count)]
    tables["sites"] = [{"site_id": one, "country": countries[at % 8], "fixed_cost_per_year": 5.0} for at, one in enumerate(places)]
    steps = list(itertools.pairwise(TIERS))
    tables["recipes"] = [{"recipe_id": f"to_{good}", "product_id": good} for _, (good, _) in steps]
    tables["recipe_lines"] = [
        {"recipe_id": f"to_{good}", "product_id": part, "role": "input", "quantity_per_unit": 1.1} for (part, _), (good, _) in steps
    ]
    line = {"capacity_per_year": 1e6, "conversion_cost_per_unit": 3.0, "electricity_kwh_per_unit": 10.0, "direct_co2e_kg_per_unit": 1.0}
    tables["processes"] = [
        {"site_id": f"{name}{at}", **({"product_id": name} if name == "ore" else {"recipe_id": f"to_{name}"}), **line}
        for name, count in TIERS
        for at in range(count)
    ]
    tables["energy"] = [
        {"zone": one, "carrier": "electricity", "valid_from": date(2026, 1, 1), "price_per_kwh": 0.1, "co2e_kg_per_kwh": 0.3}
        for one in countries
    ]
    feeds: dict[str, list[str]] = {}
    for (name, count), (after, many) in (*steps, (TIERS[-1], ("market", 40))):
        for at in range(many):
            feeds[f"{after}{at}"] = [f"{name}{one}" for one in rng.choice(count, FEEDS, replace=False)]
    good = {f"{name}{at}": name for name, count in TIERS for at in range(count)}
    tables["lanes"] = [
        {"lane_id": f"{start}-{end}", "from_site": start, "to_site": end, "product_id": good[start], "cost_per_unit": 2.0,
         "co2e_kg_per_unit": 1.0, "lead_time_days": 5.0, "distance_km": 500.0}
        for end, starts in feeds.items()
        for start in starts
    ]  # fmt: skip
    flows: list[dict[str, Any]] = []
    outputs: list[dict[str, Any]] = []
    delivered: list[dict[str, Any]] = []
    for year in map(str, YEARS):
        need = {f"market{at}": 100.0 for at in range(40)}
        delivered += [{"site_id": one, "product_id": "car", "segment": "", "period_id": year, "quantity": q} for one, q in need.items()]
        for name, _ in reversed(TIERS):
            made: dict[str, float] = {}
            for end, quantity in need.items():
                for start, share in zip(feeds[end], rng.dirichlet(np.ones(FEEDS)), strict=True):
                    flows.append({"lane_id": f"{start}-{end}", "product_id": name, "period_id": year, "quantity": quantity * share})
                    made[start] = made.get(start, 0.0) + quantity * share
            recipe = None if name == "ore" else f"to_{name}"
            outputs += [
                {"site_id": one, "recipe_id": recipe, "product_id": name, "vintage": "existing", "period_id": year, "quantity": q}
                for one, q in made.items()
            ]
            need = {one: 1.1 * quantity for one, quantity in made.items()}
    tables["demand"] = [{**row, "shortage_cost_per_unit": 1.0} for row in delivered]
    frames = {"flows": flows, "outputs": outputs, "delivered": delivered}
    return tables, Plan({name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in frames.items()})


@pytest.mark.bench
def test_the_reference_network_is_traced_in_a_second() -> None:
    tables, plan = reference(np.random.default_rng(1))
    net = network(tables)
    assert len(tables["lanes"]) == pytest.approx(2000, rel=0.02)
    spent = []
    for _ in range(3):
        began = time.process_time()
        result = trace(net, plan)
        spent.append(time.process_time() - began)
    # A car holds 1.1 packs, 1.1² cells, … 1.1⁶ ore: 3 to make each and 2 to move each.
    each = sum(1.1**at for at in range(7))
    cost = result.costs.filter(pl.col("kind").is_in(["conversion", "freight"])).join(
        result.delivered, on=["site_id", "product_id", "period_id"]
    )
    assert float((cost["per_unit"] * cost["quantity"]).sum()) == pytest.approx(5 * each * 40 * 100 * len(YEARS), rel=1e-9)
    assert result.closure["relative_error"].max() < 1e-9
    assert min(spent) < 1.0, f"{spent} seconds of processor time"
