"""Worlds of a few sites for audits, with plans made by hand: every number can be checked on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

import hinterland as hl
from hinterland.compliance import AuditResult
from hinterland.model.plan import Plan
from worlds import Tables, years

Rows = list[dict[str, Any]]


def base(first: int, count: int, currency: str = "USD") -> Tables:
    """Settings, periods and sources that every world needs."""
    return {
        "settings": [{"key": "currency", "value": currency}, {"key": "base_date", "value": f"{first}-01-01"}, {"key": "discount_rate_share", "value": "0"}],
        "periods": years(first, count),
        "sources": [{"source_id": "S", "title": "a source"}],
        "lanes": [],
    }  # fmt: skip


def one_plant(
    country: str,
    product: str,
    inputs: dict[str, float],
    *,
    first: int = 2026,
    count: int = 1,
    currency: str = "USD",
    stage: str = "pack",
    unit: str = "piece",
    quantity: float = 10.0,
) -> Tables:
    """A plant that makes `quantity` of a product a year from bought inputs (units per product) and delivers it to a market next door."""
    tables = base(first, count, currency)
    tables |= {
        "countries": [{"country": country, "region": "here"}] + [{"country": one, "region": "far"} for one in ("CN", "JP") if one != country],
        "products": [{"product_id": product, "unit": unit, "stage": stage, "name": "A product", "mass_kg_per_unit": 500.0}]
        + [{"product_id": one, "unit": "kg", "stage": "purchased", "mass_kg_per_unit": 1.0} for one in inputs],
        "sites": [{"site_id": "plant", "country": country, "operator": "Maker", "latitude": 48.0, "longitude": 12.0},
                  {"site_id": "market", "country": country, "operator": "Seller", "latitude": 48.2, "longitude": 11.6}],
        "recipes": [{"recipe_id": "assemble", "product_id": product}],
        "recipe_lines": [{"recipe_id": "assemble", "product_id": one, "role": "input", "quantity_per_unit": need} for one, need in inputs.items()],
        "processes": [{"site_id": "plant", "recipe_id": "assemble", "capacity_per_year": 10 * quantity}],
        "purchases": [],
        "lanes": [{"lane_id": "out", "from_site": "plant", "to_site": "market", "product_id": product, "cost_per_unit": 1.0,
                   "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0, "distance_km": 50.0}],
        "demand": [{"site_id": "market", "product_id": product, "period_id": str(first + t), "quantity": quantity} for t in range(count)],
    }  # fmt: skip
    return tables


def buy(tables: Tables, product: str, offer: str = "", **cells: Any) -> None:
    """Add an offer at the plant."""
    tables["purchases"].append({"site_id": "plant", "product_id": product, "offer_id": offer, "price_per_unit": 1.0, **cells})


def plan_of(tables: Tables, bought: dict[tuple[str, str], float], quantity: float = 10.0) -> Plan:
    """The plan of `one_plant`: makes, ships and delivers `quantity` in every period, buying what is said (product, offer) each time."""
    periods = [row["period_id"] for row in tables["periods"]]
    product = tables["recipes"][0]["product_id"]

    def every(**cells: Any) -> pl.DataFrame:
        return pl.DataFrame([{**cells, "period_id": period, "quantity": quantity} for period in periods])

    rows = [
        {"site_id": "plant", "product_id": one, "offer_id": offer, "period_id": period, "quantity": amount}
        for period in periods
        for (one, offer), amount in bought.items()
    ]
    return Plan(
        {
            "outputs": every(site_id="plant", recipe_id="assemble", vintage="existing"),
            "flows": every(lane_id="out", product_id=product),
            "delivered": every(site_id="market", product_id=product, segment=""),
            "purchased": pl.DataFrame(rows),
        }
    )


def audited(tables: Tables, plan: Plan, as_of: str | date | None = None, **how: Any) -> AuditResult:
    """Read, check and audit."""
    return hl.audit(hl.read(tables), plan, as_of, **how)


def of_rule(found: AuditResult, rule_id: str) -> Rows:
    """Findings of one rule, by period."""
    return found.findings.filter(pl.col("rule_id") == rule_id).sort("period_id", "subject").to_dicts()


def only(found: AuditResult, rule_id: str) -> dict[str, Any]:
    """The one finding of a rule."""
    (row,) = of_rule(found, rule_id)
    return row
