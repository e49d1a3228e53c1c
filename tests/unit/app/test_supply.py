import math

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


def test_needs_without_bound_have_no_ratio():
    tables = two_makers(1)
    tables["recipes"].append({"recipe_id": "part_again", "product_id": "part"})
    tables["recipe_lines"].append({"recipe_id": "part_again", "product_id": "part", "quantity_per_unit": 2.0})
    tables["processes"].append({"site_id": "near", "recipe_id": "part_again", "capacity_per_year": 5.0})
    rows = {row["product_id"]: row for row in supply_of(network(tables)).iter_rows(named=True)}
    assert math.isinf(rows["part"]["needed"])
    assert rows["part"]["ratio"] is None
    assert rows["car"]["ratio"] == pytest.approx(1.2)
