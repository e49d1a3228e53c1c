"""The two makers with power, values, duties and risk, and hand-made plans that share the year's 100 parts between them."""

from __future__ import annotations

from typing import Any

import polars as pl

from hinterland.model.plan import Plan
from worlds import Tables, two_makers

YEARS = ("2026", "2027")


def priced_makers() -> Tables:
    """Two makers; per part: near 10 kWh at 0.12 and 0.2 kg (half under contract), far 20 kWh at 0.05 and 0.6 kg, 25 % duty on 8.

    A part is worth 8 afar and 12 nearby, a car 100; risk 0.1 in the US, 0.5 in China; the far lane passes two canals; no discounting.
    """
    tables = two_makers()
    tables["settings"] = [row for row in tables["settings"] if row["key"] != "discount_rate_share"]
    tables["settings"] += [{"key": "discount_rate_share", "value": "0"}, {"key": "name", "value": "two makers"}]
    for row, risk in zip(tables["countries"], (0.1, 0.5), strict=True):
        row["risk_score_share"] = risk
    for row, kwh in zip(tables["processes"], (10.0, 20.0, 0.0), strict=True):
        row["electricity_kwh_per_unit"] = kwh
    tables["lanes"][1]["passages"] = "suez|malacca"
    tables["energy"] = [
        {"zone": "US", "carrier": "electricity", "co2e_kg_per_kwh": 0.4, "price_per_kwh": 0.10},
        {"zone": "CN", "carrier": "electricity", "co2e_kg_per_kwh": 0.6, "price_per_kwh": 0.05},
    ]
    tables["power_contracts"] = [
        {"power_contract_id": "wind", "site_id": "near", "kind": "ppa", "share": 0.5, "co2e_kg_per_kwh": 0.0, "premium_per_kwh": 0.04}
    ]
    tables["product_values"] = [
        {"product_id": "part", "from_group": "CN", "value_per_unit": 8.0},
        {"product_id": "part", "from_group": "US", "value_per_unit": 12.0},
        {"product_id": "car", "value_per_unit": 100.0},
    ]
    tables["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": "8708.99"}]
    tables["duties"] = [{"rule_id": "mfn", "importer": "US", "origin": "CN", "hs_prefix": "8708", "ad_valorem_share": 0.25}]
    return tables


def shared_plan(near: dict[str, float] | float, cars: float = 100.0, scenarios: tuple[str, ...] = ()) -> Plan:
    """`near` parts a year (or by year) from the near maker, the rest from afar; `cars` made and delivered a year."""
    share = near if isinstance(near, dict) else dict.fromkeys(YEARS, near)
    flows: list[dict[str, Any]] = []
    outputs: list[dict[str, Any]] = []
    delivered: list[dict[str, Any]] = []
    for year in YEARS:
        for maker, parts in (("near", share[year]), ("far", cars - share[year])):
            if parts > 0:
                flows.append(
                    {
                        "lane_id": f"{maker}-plant",
                        "from_site": maker,
                        "to_site": "plant",
                        "product_id": "part",
                        "period_id": year,
                        "quantity": parts,
                    }
                )
                outputs.append(
                    {"site_id": maker, "recipe_id": None, "product_id": "part", "vintage": "existing", "period_id": year, "quantity": parts}
                )
        flows.append(
            {"lane_id": "plant-town", "from_site": "plant", "to_site": "town", "product_id": "car", "period_id": year, "quantity": cars}
        )
        outputs.append(
            {
                "site_id": "plant",
                "recipe_id": "car_from_part",
                "product_id": "car",
                "vintage": "existing",
                "period_id": year,
                "quantity": cars,
            }
        )
        delivered.append({"site_id": "town", "product_id": "car", "segment": "", "period_id": year, "quantity": cars})
    frames = {"flows": flows, "outputs": outputs, "delivered": delivered}
    return Plan({name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in frames.items()}, scenarios)
