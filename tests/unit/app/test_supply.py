import math

import numpy as np
import pytest

from hinterland.app import supply_of
from worlds import network, two_makers


def test_supply_stands_beside_the_exploded_demand():
    tables = two_makers(1)
    tables["recipe_lines"][0]["quantity_per_unit"] = 2.0  # two parts a car
    tables["processes"][0] |= {"module_capacity_per_year": 40.0, "max_modules": 2, "module_cost": 1.0, "asset_life_years": 10.0}
    tables["processes"][1]["available_share"] = 0.5
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 30.0, "limit_per_year": 20.0}]
    rows = {row["product_id"]: row for row in supply_of(network(tables)).iter_rows(named=True)}
    part = rows["part"]
    assert part["needed"] == pytest.approx(200.0)
    assert part["available"] == pytest.approx(150.0 + 75.0)
    assert part["with_modules"] == pytest.approx(225.0 + 80.0)
    assert part["bought"] == pytest.approx(20.0)
    assert part["ratio"] == pytest.approx(325.0 / 200.0)
    assert rows["car"]["ratio"] == pytest.approx(1.2)


def test_an_offer_without_limit_has_no_end():
    tables = two_makers(1)
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 30.0}]
    part = next(row for row in supply_of(network(tables)).iter_rows(named=True) if row["product_id"] == "part")
    assert math.isinf(part["ratio"])


def test_needs_without_bound_have_no_ratio(monkeypatch):
    """Recipes that feed each other may leave no bound on a need: then there is nothing to divide by."""

    def unbounded(a):
        need = np.full((len(a.products.ids), 1), 100.0)
        need[a.products.ids.index("part")] = np.inf
        return need

    monkeypatch.setattr("hinterland.design.bounds.total_need", unbounded)
    rows = {row["product_id"]: row for row in supply_of(network(two_makers(1))).iter_rows(named=True)}
    assert rows["part"]["ratio"] is None
    assert rows["car"]["ratio"] == pytest.approx(1.2)
