"""One network with everything a roll-up meets, and random plans on it: loops, stocks, scrap, co-products, idle sites."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import polars as pl

from hinterland.model.plan import Plan

Rows = list[dict[str, Any]]
PERIODS = ("2026", "2027h1")


def rollup_world() -> dict[str, Rows]:
    """Mine → smelter → plant → hub → town; offcuts go to a recycler and come back as metal; cells may come back to the plant."""
    first = date(2026, 1, 1)
    free = {"cost_per_unit": 1.0, "co2e_kg_per_unit": 0.5, "lead_time_days": 3.0, "distance_km": 120.0}
    ends = (
        ("mine", "smelter", "ore"), ("smelter", "plant", "metal"), ("smelter", "plant2", "metal"), ("plant", "hub", "cell"),
        ("plant2", "hub", "cell"), ("hub", "town", "cell"), ("hub", "plant", "cell"), ("plant", "recycler", "offcut"),
        ("plant2", "recycler", "offcut"), ("recycler", "plant", "metal"), ("recycler", "smelter", "offcut"),
    )  # fmt: skip
    lanes = [
        {"lane_id": f"{start}-{end}-{product}", "from_site": start, "to_site": end, "product_id": product, **free}
        for start, end, product in ends
    ]
    lanes[1] |= {"passages": "suez|malacca", "mode_chain": "truck", "qualification_cost": 70.0}
    lanes[5] |= {"capacity_group": "train"}
    lanes[6] |= {"capacity_group": "train", "qualification_cost": 20.0}
    mass = {"ore": 1000.0, "metal": 1.0, "offcut": 1.0, "cell": 2.0, "dust": 1.0}
    return {
        "settings": [
            {"key": "currency", "value": "USD"},
            {"key": "base_date", "value": "2026-01-01"},
            {"key": "decision_date", "value": "2025-01-01"},
            {"key": "discount_rate_share", "value": "0.05"},
            {"key": "carbon_price_per_t", "value": "90"},
        ],
        "periods": [
            {"period_id": "2026", "start_date": first, "end_date": date(2026, 12, 31)},
            {"period_id": "2027h1", "start_date": date(2027, 1, 1), "end_date": date(2027, 6, 30)},
        ],
        "countries": [{"country": "US", "region": "north_america"}, {"country": "CA", "region": "north_america"}, {"country": "CN", "region": "asia"}],
        "products": [
            {"product_id": name, "unit": "t" if name == "ore" else "kg", "mass_kg_per_unit": kg, "stage": name,
             "disposal_cost_per_unit": 0.4 if name in ("dust", "offcut", "cell") else None}
            for name, kg in mass.items()
        ],
        "sites": [
            {"site_id": "mine", "country": "CA", "fixed_cost_per_year": 300.0},
            {"site_id": "smelter", "country": "CN", "fixed_cost_per_year": 50.0},
            {"site_id": "plant", "country": "US", "fixed_cost_per_year": 200.0},
            {"site_id": "plant2", "country": "US", "status": "candidate", "opening_cost": 500.0, "closing_cost": 60.0, "fixed_cost_per_year": 80.0},
            {"site_id": "recycler", "country": "CA"},
            {"site_id": "hub", "country": "US", "fixed_cost_per_year": 30.0},
            {"site_id": "town", "country": "US"},
        ],
        "recipes": [
            {"recipe_id": "smelt", "product_id": "metal"},
            {"recipe_id": "cut", "product_id": "cell"},
            {"recipe_id": "melt", "product_id": "metal"},
        ],
        "recipe_lines": [
            {"recipe_id": "smelt", "product_id": "ore", "role": "input", "quantity_per_unit": 0.01},
            {"recipe_id": "smelt", "product_id": "offcut", "role": "input", "quantity_per_unit": 0.05},
            {"recipe_id": "smelt", "product_id": "dust", "role": "scrap", "quantity_per_unit": 0.2},
            {"recipe_id": "cut", "product_id": "metal", "role": "input", "quantity_per_unit": 1.25},
            {"recipe_id": "cut", "product_id": "offcut", "role": "coproduct", "quantity_per_unit": 0.25},
            {"recipe_id": "cut", "product_id": "dust", "role": "scrap", "quantity_per_unit": 0.01},
            {"recipe_id": "melt", "product_id": "offcut", "role": "input", "quantity_per_unit": 1.1},
        ],
        "processes": [
            {"site_id": "mine", "product_id": "ore", "capacity_per_year": 900.0, "conversion_cost_per_unit": 30.0, "direct_co2e_kg_per_unit": 80.0},
            {"site_id": "smelter", "recipe_id": "smelt", "capacity_per_year": 900.0, "conversion_cost_per_unit": 1.0, "yield_share": 0.8,
             "electricity_kwh_per_unit": 6.0, "direct_co2e_kg_per_unit": 1.5},
            {"site_id": "plant", "recipe_id": "cut", "capacity_per_year": 900.0, "conversion_cost_per_unit": 4.0, "electricity_kwh_per_unit": 2.0,
             "module_capacity_per_year": 100.0, "max_modules": 2, "module_cost": 800.0, "asset_life_years": 8.0, "ramp_id": "slow"},
            {"site_id": "plant2", "recipe_id": "cut", "capacity_per_year": 900.0, "conversion_cost_per_unit": 3.0, "yield_share": 0.9},
            {"site_id": "recycler", "recipe_id": "melt", "capacity_per_year": 900.0, "conversion_cost_per_unit": 2.0, "direct_co2e_kg_per_unit": 0.3},
        ],
        "ramps": [
            {"ramp_id": "slow", "years_since_start": 0.0, "capacity_share": 0.5, "yield_share": 0.75},
            {"ramp_id": "slow", "years_since_start": 0.5, "capacity_share": 1.0, "yield_share": 1.0},
        ],
        "purchases": [
            {"site_id": "plant", "product_id": "metal", "offer_id": "spot", "price_per_unit": 9.0, "co2e_kg_per_unit": 7.0, "origin_country": "CN"},
            {"site_id": "plant", "product_id": "metal", "offer_id": "green", "price_per_unit": 12.0, "co2e_kg_per_unit": 1.0, "origin_country": "CA"},
            {"site_id": "smelter", "product_id": "ore", "offer_id": "", "price_per_unit": 55.0, "co2e_kg_per_unit": 60.0},
        ],
        "demand": [
            {"site_id": site, "product_id": product, "period_id": period, "segment": segment, "quantity": 1e6, "shortage_cost_per_unit": 1.0}
            for period in PERIODS
            for site, product, segment in (("town", "cell", ""), ("town", "cell", "fleet"), ("recycler", "metal", ""), ("plant", "cell", ""))
        ],
        "modes": [{"mode_id": "truck", "kind": "road", "co2e_kg_per_tkm": 0.08, "speed_km_per_day": 600.0}],
        "lanes": lanes,
        "lane_groups": [{"capacity_group": "train", "fixed_cost_per_year": 40.0}],
        "energy": [
            {"zone": zone, "carrier": "electricity", "valid_from": first, "price_per_kwh": price, "co2e_kg_per_kwh": kg}
            for zone, price, kg in (("US", 0.1, 0.4), ("CN", 0.06, 0.6))
        ],
        "power_contracts": [{"power_contract_id": "sun", "site_id": "plant", "start_date": first, "kind": "ppa", "share": 0.5}],
        "product_values": [
            {"product_id": product, "from_group": group, "valid_from": first, "value_per_unit": value}
            for product, group, value in (("ore", None, 60.0), ("metal", None, 9.0), ("cell", None, 20.0), ("offcut", "US", 3.0))
        ],
        "stocks": [
            {"site_id": "plant", "product_id": "metal", "initial_quantity": 40.0, "initial_cost_per_unit": 8.0, "initial_co2e_kg_per_unit": 6.0,
             "initial_origin_country": "CN", "holding_cost_share_per_year": 0.1},
            {"site_id": "hub", "product_id": "cell", "holding_cost_share_per_year": 0.2},
            {"site_id": "recycler", "product_id": "offcut", "initial_quantity": 5.0, "initial_cost_per_unit": 1.0},
        ],
        "contracts": [{"contract_id": "deal", "supplier": "smelter", "buyer": "plant", "product_id": "metal", "status": "signed", "sign_cost": 33.0}],
        "contract_phases": [{"contract_id": "deal", "start_date": first, "min_quantity_per_year": 300.0, "take_or_pay_share": 0.9}],
        "contract_prices": [{"contract_id": "deal", "start_date": first, "from_quantity": 0.0, "price_per_unit": 10.0}],
        "incentives": [
            {"incentive_id": "cells", "site_or_group": "US", "product_id": "cell", "basis": "per_unit", "amount": 1.5},
            {"incentive_id": "power", "site_or_group": "CA", "product_id": None, "basis": "cost_share", "amount": 0.1},
        ],
    }  # fmt: skip


def quantities() -> list[tuple[str, dict[str, Any]]]:
    """Every row a plan of this world may have, in a fixed order: (table, keys)."""
    rows: list[tuple[str, dict[str, Any]]] = []

    def add(table: str, columns: str, *cells: tuple[str | None, ...], **more: str) -> None:
        rows.extend((table, dict(zip(columns.split(), row, strict=True)) | more) for row in cells)

    for period in PERIODS:
        add("flows", "lane_id product_id", *((lane["lane_id"], lane["product_id"]) for lane in rollup_world()["lanes"]), period_id=period)
        made = (
            ("mine", None, "ore"), ("smelter", "smelt", "metal"), ("plant", "cut", "cell"), ("plant2", "cut", "cell"), ("recycler", "melt", "metal"),
        )  # fmt: skip
        add("outputs", "site_id recipe_id product_id", *made, vintage="existing", period_id=period)
        add("outputs", "site_id recipe_id product_id", made[2], vintage="2026", period_id=period)
        bought = (("plant", "metal", "spot"), ("plant", "metal", "green"), ("smelter", "ore", ""))
        add("purchased", "site_id product_id offer_id", *bought, period_id=period)
        served = (("town", "cell", ""), ("town", "cell", "fleet"), ("recycler", "metal", ""), ("plant", "cell", ""))
        add("delivered", "site_id product_id segment", *served, period_id=period)
        add("stocked", "site_id product_id", ("plant", "metal"), ("hub", "cell"), ("recycler", "offcut"), period_id=period)
        thrown = (("smelter", "dust"), ("plant", "dust"), ("plant2", "dust"), ("plant", "offcut"), ("hub", "cell"))
        add("disposed", "site_id product_id", *thrown, period_id=period)
    return rows


def rollup_plan(amounts: list[float]) -> Plan:
    """A plan with these amounts, one per row of `quantities`: it need not balance, the roll-up must close all the same."""
    tables: dict[str, Rows] = {}
    for (table, keys), amount in zip(quantities(), amounts, strict=True):
        if amount > 0:
            tables.setdefault(table, []).append({**keys, "quantity": amount})
    tables["modules"] = [{"site_id": "plant", "recipe_id": "cut", "product_id": "cell", "period_id": "2026", "added": 1}]
    tables["openings"] = [
        {"site_id": "plant2", "period_id": "2026", "open": 1, "started": 1, "stopped": 0},
        {"site_id": "plant2", "period_id": "2027h1", "open": 0, "started": 0, "stopped": 1},
    ]
    return Plan({name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in tables.items()})


def random_amounts(seed: int, *, share: float = 0.7) -> list[float]:
    """Amounts over six powers of ten, a share of them above zero."""
    draw = random.Random(seed)
    return [10 ** draw.uniform(-3, 3) if draw.random() < share else 0.0 for _ in quantities()]
