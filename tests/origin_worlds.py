"""Worlds of origin: a plant that puts goods together of bought parts, and a market across a border that asks where they come from."""

from __future__ import annotations

from typing import Any

from worlds import Tables, two_makers, years

Rows = list[dict[str, Any]]


def assembly(
    parts: dict[str, tuple[float, str]], *, value: float, rules: Rows, duty_share: float, net_cost: float | None = None,
    first: int = 2026, count: int = 1, at: str = "MX", into: str = "US", group: tuple[str, ...] = ("MX", "US", "CA"),
    quantity: float = 1.0, accounting: str = "average",
) -> Tables:  # fmt: skip
    """One unit of each part (value, country of origin) per good; the plant's goods pay `duty_share` unless they originate."""
    periods = years(first, count)
    shares = {"US": "north_america", "MX": "north_america", "CA": "north_america", "GB": "uk", "DE": "eu"}
    countries = sorted({at, into, *group, *(country for _, country in parts.values())})
    return {
        "settings": [
            {"key": "currency", "value": "USD"},
            {"key": "base_date", "value": f"{first}-01-01"},
            {"key": "decision_date", "value": f"{first}-01-01"},
            {"key": "discount_rate_share", "value": "0"},
            {"key": "origin_accounting", "value": accounting},
        ],
        "periods": periods,
        "countries": [{"country": one, "region": shares.get(one, "elsewhere")} for one in countries],
        "groups": [{"group_id": "cumulation", "member": one, "kind": "country"} for one in group],
        "products": [
            {"product_id": "good", "unit": "piece", "mass_kg_per_unit": 100.0},
            *({"product_id": part, "unit": "piece", "mass_kg_per_unit": 1.0} for part in parts),
        ],
        "product_codes": [
            {"product_id": "good", "importer": "*", "hs_code": "8507.60"},
            *({"product_id": part, "importer": "*", "hs_code": "8507.90"} for part in parts),
        ],
        "product_values": [
            {"product_id": "good", "value_per_unit": value, "net_cost_per_unit": net_cost},
            *({"product_id": part, "value_per_unit": worth} for part, (worth, _) in parts.items()),
        ],
        "sites": [
            {"site_id": "plant", "country": at, "latitude": 35.0, "longitude": -80.0},
            {"site_id": "market", "country": into, "latitude": 36.0, "longitude": -82.0},
        ],
        "recipes": [{"recipe_id": "assembled", "product_id": "good"}],
        "recipe_lines": [{"recipe_id": "assembled", "product_id": part, "role": "input", "quantity_per_unit": 1.0} for part in parts],
        "processes": [{"site_id": "plant", "recipe_id": "assembled", "capacity_per_year": 1000.0}],
        "purchases": [
            {"site_id": "plant", "product_id": part, "price_per_unit": worth, "origin_country": country}
            for part, (worth, country) in parts.items()
        ],
        "lanes": [
            {"lane_id": "plant-market", "from_site": "plant", "to_site": "market", "product_id": "good", "cost_per_unit": 1.0,
             "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}
        ],
        "demand": [
            {"site_id": "market", "product_id": "good", "period_id": period["period_id"], "quantity": quantity,
             "shortage_cost_per_unit": 1e6}
            for period in periods
        ],
        "duties": [
            {"rule_id": "mfn", "programme": "mfn", "importer": into, "hs_prefix": "8507", "ad_valorem_share": duty_share},
            {"rule_id": "free", "programme": "mfn", "importer": into, "origin": "@cumulation", "hs_prefix": "8507.60",
             "ad_valorem_share": 0.0, "origin_rule_id": "agreement"},
        ],
        "origin_rules": [{"origin_rule_id": "agreement", "hs_prefix": "8507.60", "cumulation_group": "@cumulation", **rule} for rule in rules],
    }  # fmt: skip


def exporting() -> Tables:
    """Far parts pay 4 at the border of the plant, 3 of which come back for what leaves in cars: 40 go abroad, 100 stay."""
    tables = two_makers(1)
    tables["countries"].append({"country": "CA", "region": "north_america"})
    tables["sites"][2]["drawback_share"] = 0.75
    tables["processes"][2]["yield_share"] = 0.8
    tables["sites"].append({"site_id": "abroad", "country": "CA", "latitude": 50.0, "longitude": -100.0})
    tables["lanes"].append(tables["lanes"][2] | {"lane_id": "plant-abroad", "to_site": "abroad"})
    tables["demand"].append(tables["demand"][0] | {"site_id": "abroad", "quantity": 40.0})
    tables["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": "8708.99"}]
    tables["product_values"] = [{"product_id": "part", "value_per_unit": 40.0}]
    tables["duties"] = [{"rule_id": "mfn", "importer": "US", "ad_valorem_share": 0.1}]
    return tables
