"""Rows of requirements, require_certificate and min_renewable_share, term by term against rows worked out by hand."""

from __future__ import annotations

from typing import Any

from lp_text import same_rows
from worlds import Tables, two_makers

BOTH = ("policy_least", "policy_most")


def asked(tables: Tables | None = None, **cells: Any) -> Tables:
    found = two_makers(1) if tables is None else tables
    found["requirements"] = [{"requirement_id": "rule", "scheme": "RMAP", "product": "part", "region": "US", **cells}]
    found["certificates"] = [{"site_id": "near", "scheme": "RMAP"}]
    return found


def test_gates_of() -> None:
    """Near holds the standard, far does not: what far sends is 0, or pays."""
    same_rows(asked(), BOTH, "flow[far-plant|part|2026] <= 0")
    same_rows(asked(penalty_per_unit=3.0), BOTH, "flow[far-plant|part|2026] - broken[rule|2026] <= 0")


def test_purchases_are_a_row_of_their_own() -> None:
    tables = asked()
    tables["purchases"] = [
        {"site_id": "plant", "product_id": "part", "offer_id": "plain", "price_per_unit": 30.0},
        {"site_id": "near", "product_id": "part", "offer_id": "sure", "price_per_unit": 30.0, "certified": "RMAP"},
    ]
    same_rows(tables, BOTH, "flow[far-plant|part|2026] <= 0\nbought[plant|part|2026] <= 0")


def test_own_use_is_at_most_what_comes_from_others() -> None:
    """The plant makes parts as well, and holds nothing: 1 part per car, less what comes over lanes."""
    tables = asked()
    tables["processes"].append({"site_id": "plant", "product_id": "part", "capacity_per_year": 10.0})
    same_rows(
        tables,
        BOTH,
        "flow[far-plant|part|2026] <= 0\nmade[plant|car|existing|2026] - flow[near-plant|part|2026] - flow[far-plant|part|2026] <= 0",
    )


def test_own_delivery_counts_what_is_not_short() -> None:
    """100 cars are asked for where they are made: 100 − short ≤ 0 from others."""
    tables = asked(product="car")
    tables["demand"][0]["site_id"] = "plant"
    same_rows(tables, BOTH, "flow[plant-town|car|2026] <= 0\n- short[plant|car|2026] <= -100")


def test_require_certificate_speaks_of_its_sources_alone() -> None:
    tables = two_makers(1)
    tables["policies"] = [
        {"policy_id": "rule", "kind": "require_certificate", "value_unit": "RMAP", "from_group": "CN", "to_group": "plant"}
    ]
    same_rows(tables, BOTH, "flow[far-plant|part|2026] <= 0")


def test_min_renewable_share_weighs_kwh() -> None:
    """Near: 5 kWh of a grid with 0.9, far 10 kWh with 0.2; at least 0.5, or a penalty per kWh."""
    tables = two_makers(1)
    tables["energy"] = [
        {"zone": zone, "carrier": "electricity", "price_per_kwh": 0.1, "renewable_share": share}
        for zone, share in (("US", 0.9), ("CN", 0.2))
    ]
    tables["processes"][0]["electricity_kwh_per_unit"], tables["processes"][1]["electricity_kwh_per_unit"] = 5.0, 10.0
    tables["policies"] = [{"policy_id": "rule", "kind": "min_renewable_share", "value": 0.5, "penalty_per_unit": 1.0}]
    same_rows(tables, BOTH, "2 made[near|part|existing|2026] - 3 made[far|part|existing|2026] + broken[rule|2026] >= 0")
