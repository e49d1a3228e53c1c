"""One small network in which every kind of cost and every cause of CO2e is paid, with a plan and its account by hand.

A mine in China sends ore to a new smelter in the US; an old smelter runs a last year; a town takes 100 t of metal a
year. Rates are 0, years have 365 days: every number below can be checked on paper (`AMOUNTS`, `KG`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from hinterland.model.plan import Plan
from worlds import Tables, years

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def rich_tables() -> Tables:
    """Per t of metal at the smelter (yield 0.8): 2.5 ore, 0.625 flux, 1.25 slag, 10 kWh electricity, 20 kWh gas."""
    return {
        "settings": [
            {"key": "currency", "value": "USD"},
            {"key": "base_date", "value": "2026-01-01"},
            {"key": "decision_date", "value": "2026-01-01"},
            {"key": "discount_rate_share", "value": "0"},
            {"key": "carbon_price_per_t", "value": "50"},
            {"key": "objective", "value": "shortage,cost"},
            {"key": "electricity_basis", "value": "market"},
            {"key": "terminal_stock", "value": "cover"},
        ],
        "periods": years(2026, 2),
        "countries": [{"country": "US", "region": "north_america"}, {"country": "CN", "region": "china"}],
        "products": [
            {"product_id": name, "unit": "t", "mass_kg_per_unit": 1000.0, "stage": name, "disposal_cost_per_unit": cost}
            for name, cost in (("ore", None), ("flux", None), ("metal", None), ("slag", 3.0))
        ],
        "product_codes": [{"product_id": "ore", "importer": "US", "valid_from": date(2020, 1, 1), "hs_code": "2603.00"}],
        "product_values": [
            {"product_id": "ore", "valid_from": date(2020, 1, 1), "value_per_unit": 10.0},
            {"product_id": "metal", "valid_from": date(2020, 1, 1), "value_per_unit": 40.0},
        ],
        "sites": [
            {"site_id": "mine", "country": "CN", "latitude": 31.0, "longitude": 112.0},
            {"site_id": "smelter", "country": "US", "status": "candidate", "opening_cost": 1000.0, "closing_cost": 5000.0,
             "fixed_cost_per_year": 500.0, "latitude": 35.0, "longitude": -80.0},
            {"site_id": "old", "country": "US", "status": "paused", "restart_cost": 300.0, "closing_cost": 150.0,
             "fixed_cost_per_year": 200.0, "latitude": 36.0, "longitude": -80.0},
            {"site_id": "town", "country": "US", "fixed_cost_per_year": 10.0, "throughput_t_per_year": 110.0,
             "latitude": 40.0, "longitude": -84.0},
        ],
        "recipes": [{"recipe_id": "smelting", "product_id": "metal"}],
        "recipe_lines": [
            {"recipe_id": "smelting", "product_id": "ore", "role": "input", "quantity_per_unit": 2.0},
            {"recipe_id": "smelting", "product_id": "flux", "role": "input", "quantity_per_unit": 0.5},
            {"recipe_id": "smelting", "product_id": "slag", "role": "scrap", "quantity_per_unit": 1.0},
        ],
        "processes": [
            {"site_id": "mine", "product_id": "ore", "capacity_per_year": 400.0, "conversion_cost_per_unit": 0.5},
            {"site_id": "smelter", "recipe_id": "smelting", "module_capacity_per_year": 80.0, "max_modules": 2, "module_cost": 400.0,
             "asset_life_years": 4.0, "min_utilisation_share": 0.5, "yield_share": 0.8, "conversion_cost_per_unit": 6.0,
             "electricity_kwh_per_unit": 10.0, "heat_kwh_per_unit": 20.0, "heat_carrier": "gas", "direct_co2e_kg_per_unit": 1.0},
            {"site_id": "old", "product_id": "metal", "capacity_per_year": 40.0, "conversion_cost_per_unit": 7.0,
             "min_utilisation_share": 0.5},
        ],
        "energy": [
            {"zone": "US", "carrier": "electricity", "valid_from": date(2020, 1, 1), "price_per_kwh": 0.05, "co2e_kg_per_kwh": 0.4},
            {"zone": "US", "carrier": "gas", "valid_from": date(2020, 1, 1), "price_per_kwh": 0.03, "co2e_kg_per_kwh": 0.2},
        ],
        "power_contracts": [
            {"power_contract_id": "wind", "site_id": "smelter", "kind": "ppa", "share": 0.5, "co2e_kg_per_kwh": 0.0, "premium_per_kwh": 0.01},
        ],
        "purchases": [
            {"site_id": "smelter", "product_id": "flux", "offer_id": "spot", "price_per_unit": 4.0, "co2e_kg_per_unit": 2.0,
             "limit_per_year": 70.0, "origin_country": "US"},
            {"site_id": "smelter", "product_id": "ore", "offer_id": "dear", "price_per_unit": 90.0, "origin_country": "CN"},
        ],
        "demand": [
            {"site_id": "town", "product_id": "metal", "period_id": str(year), "quantity": 100.0, "shortage_cost_per_unit": 1000.0}
            for year in (2026, 2027)
        ],
        "stocks": [{"site_id": "town", "product_id": "metal", "days_of_cover": 18.25, "max_quantity": 12.0, "holding_cost_share_per_year": 0.1}],
        "lanes": [
            {"lane_id": "mine-smelter", "from_site": "mine", "to_site": "smelter", "product_id": "ore", "cost_per_unit": 0.2,
             "co2e_kg_per_unit": 0.5, "lead_time_days": 40.0, "distance_km": 12000.0, "qualification_cost": 60.0,
             "capacity_per_year": 300.0, "min_quantity_if_used": 50.0},
            {"lane_id": "smelter-town", "from_site": "smelter", "to_site": "town", "product_id": "metal", "cost_per_unit": 0.5,
             "co2e_kg_per_unit": 0.25, "lead_time_days": 36.5, "distance_km": 700.0, "capacity_group": "train"},
            {"lane_id": "old-town", "from_site": "old", "to_site": "town", "product_id": "metal", "cost_per_unit": 1.0,
             "co2e_kg_per_unit": 0.0, "lead_time_days": 0.0, "distance_km": 600.0},
        ],
        "lane_groups": [{"capacity_group": "train", "capacity_t_per_year": 99.0, "fixed_cost_per_year": 70.0}],
        "duties": [{"rule_id": "mfn_ore", "programme": "mfn", "importer": "US", "origin": "CN", "hs_prefix": "2603", "ad_valorem_share": 0.05}],
        "incentives": [
            {"incentive_id": "per_tonne", "site_or_group": "smelter", "product_id": "metal", "basis": "per_unit", "amount": 0.5},
            {"incentive_id": "tenth", "site_or_group": "smelter", "product_id": "metal", "basis": "cost_share", "amount": 0.1, "cap_amount": 100.0},
        ],
        "contracts": [
            {"contract_id": "ore_deal", "supplier": "mine", "buyer": "smelter", "product_id": "ore", "status": "signed", "sign_cost": 30.0},
        ],
        "contract_phases": [
            {"contract_id": "ore_deal", "start_date": FIRST, "min_share": 0.5, "exclusive": 1.0, "min_quantity_per_year": 300.0,
             "take_or_pay_share": 0.8, "max_quantity_per_year": 300.0},
        ],
        "contract_prices": [{"contract_id": "ore_deal", "start_date": FIRST, "from_quantity": 0.0, "price_per_unit": 2.0}],
        "policies": [
            {"policy_id": "last_year", "kind": "force_open", "site_group": "old", "valid_from": FIRST, "valid_to": LAST},
            {"policy_id": "then_over", "kind": "forbid_site", "site_group": "old", "valid_from": date(2027, 1, 1)},
            {"policy_id": "cap", "kind": "max_co2e", "value": 1.0},
            {"policy_id": "home_metal", "kind": "min_regional_share", "product": "metal", "to_group": "town", "value": 0.9},
            {"policy_id": "soft_ore", "kind": "max_flow", "product": "ore", "value": 225.0, "penalty_per_unit": 3.0},
        ],
    }  # fmt: skip


def rich_plan() -> Plan:
    """80 t of new and 30 t of old metal in 2026, 10 t kept; 95 t of new metal in 2027, 5 t kept."""

    def frame(names: str, *rows: tuple[Any, ...]) -> pl.DataFrame:
        return pl.DataFrame(list(rows), schema=names.split(), orient="row")

    return Plan(
        {
            "flows": frame(
                "lane_id from_site to_site product_id period_id quantity",
                ("mine-smelter", "mine", "smelter", "ore", "2026", 200.0),
                ("mine-smelter", "mine", "smelter", "ore", "2027", 237.5),
                ("smelter-town", "smelter", "town", "metal", "2026", 80.0),
                ("smelter-town", "smelter", "town", "metal", "2027", 95.0),
                ("old-town", "old", "town", "metal", "2026", 30.0),
            ),
            "outputs": frame(
                "site_id recipe_id product_id vintage period_id quantity",
                ("mine", None, "ore", "existing", "2026", 200.0),
                ("mine", None, "ore", "existing", "2027", 237.5),
                ("smelter", "smelting", "metal", "2026", "2026", 80.0),
                ("smelter", "smelting", "metal", "2026", "2027", 50.0),
                ("smelter", "smelting", "metal", "2027", "2027", 45.0),
                ("old", None, "metal", "existing", "2026", 30.0),
            ),
            "purchased": frame(
                "site_id product_id offer_id period_id quantity",
                ("smelter", "flux", "spot", "2026", 50.0),
                ("smelter", "flux", "spot", "2027", 59.375),
            ),
            "delivered": frame(
                "site_id product_id segment period_id quantity",
                ("town", "metal", "", "2026", 100.0),
                ("town", "metal", "", "2027", 100.0),
            ),
            "stocked": frame(
                "site_id product_id period_id quantity", ("town", "metal", "2026", 10.0), ("town", "metal", "2027", 5.0)
            ),
            "disposed": frame(
                "site_id product_id period_id quantity", ("smelter", "slag", "2026", 100.0), ("smelter", "slag", "2027", 118.75)
            ),
            "openings": frame(
                "site_id period_id open started stopped",
                ("smelter", "2026", 1, 1, 0),
                ("smelter", "2027", 1, 0, 0),
                ("old", "2026", 1, 1, 0),
                ("old", "2027", 0, 0, 1),
            ),
            "modules": frame(
                "site_id recipe_id product_id period_id added",
                ("smelter", "smelting", "metal", "2026", 1),
                ("smelter", "smelting", "metal", "2027", 1),
            ),
            "signed": frame("contract_id start_date", ("ore_deal", FIRST)),
        }
    )  # fmt: skip


AMOUNTS: dict[str, tuple[float, float]] = {
    "purchase": (50 * 4.0, 59.375 * 4.0),
    "conversion": (200 * 0.5 + 80 * 6.0 + 30 * 7.0, 237.5 * 0.5 + 95 * 6.0),
    "electricity": (80 * 10 * 0.055, 95 * 10 * 0.055),  # half of it pays the premium of 0.01
    "heat": (80 * 20 * 0.03, 95 * 20 * 0.03),
    "freight": (200 * 0.2 + 80 * 0.5 + 30 * 1.0, 237.5 * 0.2 + 95 * 0.5),
    "transit_holding": (80 * 40 * 0.1 * 0.1, 95 * 40 * 0.1 * 0.1),  # a tenth of a year at a tenth of the value a year
    "duty": (200 * 10 * 0.05, 237.5 * 10 * 0.05),
    "disposal": (100 * 3.0, 118.75 * 3.0),
    "holding": (10 * 40 * 0.1, 5 * 40 * 0.1),
    "fixed": (500 + 200 + 10.0, 500 + 10.0),
    "opening": (1000.0, 0.0),
    "restart": (300.0, 0.0),
    "closing": (0.0, 150.0),
    "capital": (400 / 4, 2 * 400 / 4),
    "lane_fixed": (70.0, 70.0),
    "qualification": (60.0, 0.0),
    "take_or_pay": ((0.8 * 300 - 200) * 2.0, (0.8 * 300 - 237.5) * 2.0),
    "sign": (30.0, 0.0),
    "carbon": (0.780 * 50, 0.92625 * 50),
    "credit": (-(80 * 0.5 + 80 * 0.1 * 7.15), -(95 * 0.5 + 100 - 80 * 0.1 * 7.15)),  # 6 + 0.55 + 0.6 a tonne; 100 in all
}
"""Money of 2026 and 2027 by kind, worked by hand."""

KG: dict[str, tuple[float, float]] = {
    "electricity": (80 * 10 * 0.2, 95 * 10 * 0.2),  # half wind
    "heat": (80 * 20 * 0.2, 95 * 20 * 0.2),
    "direct": (80 * 1.0, 95 * 1.0),
    "purchased": (50 * 2.0, 59.375 * 2.0),
    "transport": (200 * 0.5 + 80 * 0.25, 237.5 * 0.5 + 95 * 0.25),
}
"""kgCO2e of 2026 and 2027 by cause, worked by hand, market basis."""


def rich_claims() -> dict[str, pl.DataFrame]:
    """The account by hand as a plan's maker would claim it; at a rate of 0 both moneys are one."""
    costs = [(kind, str(2026 + at), amount, amount) for kind, both in AMOUNTS.items() for at, amount in enumerate(both) if amount]
    kg = [(cause, str(2026 + at), amount) for cause, both in KG.items() for at, amount in enumerate(both)]
    return {
        "claimed_costs": pl.DataFrame(costs, schema=["kind", "period_id", "amount", "discounted"], orient="row"),
        "claimed_co2e": pl.DataFrame(kg, schema=["cause", "period_id", "kg"], orient="row"),
    }
