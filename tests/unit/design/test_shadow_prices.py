"""What one unit more of a limit is worth, held against designing again with one unit more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hinterland.design import DesignResult, design
from worlds import Tables, network, two_makers


def price(result: DesignResult, block: str, row: str, period: str) -> float:
    found = result.tables["shadow_prices"].filter(block=block, row=row, period_id=period)
    assert found.height == 1, result.tables["shadow_prices"].select("block", "row", "period_id").rows()
    return float(found["dual"][0])


def more(make: Callable[[], Tables], change: Callable[[Tables], Any], by: float) -> float:
    """Cost with the change less cost without it, per unit of the change."""
    changed = make()
    change(changed)
    costs = [dict(design(network(tables)).objective)["cost"] for tables in (make(), changed)]
    return (costs[1] - costs[0]) / by


def short_of_parts(count: int = 2) -> Tables:
    """The far line makes 60 of 100 parts, its lane carries 50: the near one, 3 dearer, makes the rest."""
    tables = two_makers(count)
    tables["processes"][1]["capacity_per_year"] = 60.0
    return tables


def narrow_lane() -> Tables:
    tables = short_of_parts()
    tables["lanes"][1]["capacity_per_year"] = 50.0
    return tables


def test_a_line_that_is_full() -> None:
    result = design(network(short_of_parts()))
    told = [price(result, "line_capacity", "capacity of the part line of far", period) for period in ("2026", "2027")]
    assert told == [pytest.approx(-3 * 0.9624880), pytest.approx(-3 * 0.8911926)]  # 11 − 8, by the mean of 1.08^−τ over the year
    grown = more(short_of_parts, lambda tables: tables["processes"][1].update(capacity_per_year=61.0), 1.0)
    assert sum(told) == pytest.approx(grown)


def test_a_lane_that_is_full() -> None:
    result = design(network(narrow_lane()))
    told = [price(result, "lane_capacity", "capacity of lane far-plant", period) for period in ("2026", "2027")]
    assert sum(told) == pytest.approx(more(narrow_lane, lambda tables: tables["lanes"][1].update(capacity_per_year=51.0), 1.0))
    assert all(one < 0 for one in told)


def test_one_car_more() -> None:
    result = design(network(short_of_parts()))
    told = price(result, "balance", "demand for car at town", "2027")
    assert told == pytest.approx(more(short_of_parts, lambda tables: tables["demand"][1].update(quantity=101.0), 1.0))
    assert told > 0


def contracted() -> Tables:
    tables = two_makers(2)
    tables["contracts"] = [{"contract_id": "near_plant", "supplier": "near", "buyer": "plant", "product_id": "part", "status": "signed"}]
    tables["contract_phases"] = [{"contract_id": "near_plant", "start_date": date(2026, 1, 1), "min_quantity_per_year": 40.0}]
    return tables


def test_a_contract_s_least_quantity_costs() -> None:
    result = design(network(contracted()))
    row = "contract near_plant (near → plant, part) asks for at least 40 piece"
    told = [price(result, "contract_min_quantity", row, period) for period in ("2026", "2027")]
    grown = more(contracted, lambda tables: tables["contract_phases"][0].update(min_quantity_per_year=41.0), 1.0)
    assert sum(told) == pytest.approx(grown)
    words = result.tables["shadow_prices"].filter(block="contract_min_quantity", period_id="2026")
    assert words["unit"].to_list() == ["USD per piece"]
    assert words["words"].to_list() == [f"{row} in 2026: one piece more costs 2.887 USD"]  # 3 · 0.96249


def capped() -> Tables:
    tables = two_makers(1)
    tables["policies"] = [{"policy_id": "clean", "kind": "max_co2e", "value": 1.0}]
    return tables


def test_a_cap_on_co2e_has_a_price_per_tonne() -> None:
    # 700 kg at the cleanest; each part from afar saves 3 money and emits 11 kg: 3 / 0.011 money a tonne
    result = design(network(capped()))
    told = price(result, "policy_most", "policy clean allows at most 1 t CO2e a year", "2026")
    assert told == pytest.approx(-3 / 0.011 * 0.9624880)
    assert told == pytest.approx(more(capped, lambda tables: tables["policies"][0].update(value=1.01), 0.01))
    assert result.tables["shadow_prices"].filter(block="policy_most")["unit"].to_list() == ["USD per t CO2e"]


def gated() -> Tables:
    """The far maker may open for 100: it does, and is full."""
    tables = short_of_parts(1)
    tables["sites"][1] |= {"status": "candidate", "opening_cost": 100.0}
    return tables


def test_a_line_of_a_site_that_may_open_is_priced_at_the_openings_of_the_plan() -> None:
    told = price(design(network(gated())), "line_capacity", "capacity of the part line of far", "2026")
    assert told == pytest.approx(more(gated, lambda tables: tables["processes"][1].update(capacity_per_year=61.0), 1.0))
    assert told < 0


def test_a_limit_that_does_not_bind_has_no_price() -> None:
    rows = design(network(two_makers(1))).tables["shadow_prices"]
    assert rows.filter(block="line_capacity").height == 0
    assert rows.filter(block="lane_capacity").height == 0


def test_prices_are_in_kilograms_where_co2e_was_minimised_last() -> None:
    tables = contracted()
    tables["settings"] = [row for row in tables["settings"] if row["key"] != "objective"] + [{"key": "objective", "value": "shortage,co2e"}]
    tables["contract_phases"][0]["contract_id"] = "near_plant"
    tables["contracts"][0]["supplier"] = "far"
    rows = design(network(tables)).tables["shadow_prices"].filter(block="contract_min_quantity", period_id="2026")
    assert rows["unit"].to_list() == ["kgCO2e per piece"]
    assert rows["dual"].to_list() == [pytest.approx(11.0)]  # a part from afar emits 13 kg, from near 2
