"""Networks of any size as dicts of frames: the same facts for every engine that is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

__all__ = ["Size", "hub"]


@dataclass(frozen=True, slots=True)
class Size:
    """How many makers, customers, products and years; `direct` lanes reach each customer's product besides the hub."""

    makers: int
    customers: int
    products: int
    direct: int
    years: int

    @property
    def lanes(self) -> int:
        """Lanes of the network: direct ones, and one into and one out of the hub for each place and product."""
        return self.products * (self.makers + self.customers * (1 + self.direct))

    @property
    def flows(self) -> int:
        """Flow variables: one per lane and year."""
        return self.lanes * self.years


def _ids(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{at:05d}" for at in range(count)]


def _periods(count: int) -> pl.DataFrame:
    years = range(2026, 2026 + count)
    return pl.DataFrame(
        {
            "period_id": [str(year) for year in years],
            "start_date": [date(year, 1, 1) for year in years],
            "end_date": [date(year, 12, 31) for year in years],
        }
    )


def hub(size: Size, seed: int = 7) -> dict[str, pl.DataFrame]:
    """Makers send products to customers directly or through one hub that a fifth of the lanes touch (with direct = 8).

    Every maker makes every product, every customer wants every product in every year. Costs, capacities and demand are
    drawn, so that the optimum uses both ways.
    """
    draw = np.random.default_rng(seed)
    makers, customers, products = _ids("m", size.makers), _ids("c", size.customers), _ids("p", size.products)
    periods = _periods(size.years)
    into = [(f"{maker}>hub:{product}", maker, "hub", product) for maker in makers for product in products]
    out = [(f"hub>{customer}:{product}", "hub", customer, product) for customer in customers for product in products]
    direct = []
    for customer in customers:
        for product in products:
            near = draw.choice(size.makers, size.direct, replace=False)
            direct += [(f"{makers[at]}>{customer}:{product}", makers[at], customer, product) for at in near]
    rows = into + out + direct
    lanes = pl.DataFrame(rows, schema=["lane_id", "from_site", "to_site", "product_id"], orient="row").with_columns(
        cost_per_unit=pl.Series(draw.uniform(1.0, 9.0, len(rows)).round(3)),
        capacity_per_year=pl.Series(
            np.concatenate([np.full(len(into) + len(out), 5000.0), draw.uniform(20.0, 90.0, len(direct)).round(1)])
        ),
        lead_time_days=pl.lit(5.0),
        co2e_kg_per_unit=pl.lit(1.0),
    )
    made = len(makers) * len(products)
    wanted = len(customers) * len(products) * size.years
    return {
        "settings": pl.DataFrame(
            {
                "key": ["currency", "base_date", "decision_date", "discount_rate_share", "objective"],
                "value": ["USD", "2026-01-01", "2026-01-01", "0.08", "shortage,cost"],
            }
        ),
        "periods": periods,
        "countries": pl.DataFrame({"country": ["US"], "region": ["north_america"]}),
        "products": pl.DataFrame({"product_id": products, "unit": "piece", "mass_kg_per_unit": 10.0}),
        "sites": pl.DataFrame({"site_id": ["hub", *makers, *customers], "country": "US", "latitude": 35.0, "longitude": -80.0}),
        "processes": pl.DataFrame(
            {
                "site_id": [maker for maker in makers for _ in products],
                "product_id": products * len(makers),
                "capacity_per_year": draw.uniform(100.0, 300.0, made).round(1),
                "conversion_cost_per_unit": draw.uniform(5.0, 15.0, made).round(3),
            }
        ),
        "lanes": lanes,
        "demand": pl.DataFrame(
            {
                "site_id": [customer for customer in customers for _ in range(len(products) * size.years)],
                "product_id": [product for product in products for _ in range(size.years)] * len(customers),
                "period_id": periods["period_id"].to_list() * (len(customers) * len(products)),
                "quantity": draw.uniform(50.0, 150.0, wanted).round(1),
                "shortage_cost_per_unit": 1000.0,
            }
        ),
    }
