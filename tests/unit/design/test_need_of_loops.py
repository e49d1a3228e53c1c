"""Need of products that are made of each other: a loop that settles has its limit, one that does not has no bound."""

from __future__ import annotations

import numpy as np
import pytest

from hinterland.design.bounds import total_need
from hinterland.model.arrays import arrays_of
from worlds import network, two_makers


def looped(part_per_car: float, car_per_part: float):
    """Cars take parts, and parts take worn cars: need of cars = 100 + car_per_part · need of parts."""
    tables = two_makers(1)
    tables["recipe_lines"][0]["quantity_per_unit"] = part_per_car
    tables["recipes"].append({"recipe_id": "part_from_car", "product_id": "part"})
    tables["recipe_lines"].append(
        {"recipe_id": "part_from_car", "product_id": "car", "role": "input", "quantity_per_unit": car_per_part},
    )
    tables["processes"].append({"site_id": "plant", "recipe_id": "part_from_car", "capacity_per_year": 50.0})
    a = arrays_of(network(tables))
    return dict(zip(a.products.ids, total_need(a)[:, 0].tolist(), strict=True))


def test_a_loop_that_soon_settles_has_the_need_of_its_series():
    need = looped(1.0, 0.2)
    assert need["car"] == pytest.approx(100 / (1 - 0.2))
    assert need["part"] == pytest.approx(100 / (1 - 0.2))


@pytest.mark.parametrize(("part_per_car", "car_per_part"), [(1.1, 1.0), (1.0, 0.97)])
def test_a_loop_that_grows_or_hardly_settles_has_no_bound(part_per_car, car_per_part):
    need = looped(part_per_car, car_per_part)
    assert np.isinf(need["car"])
    assert np.isinf(need["part"])
