"""Rows of sites, balances, capacities and stocks, term by term against rows worked out by hand."""

from __future__ import annotations

from lp_text import same_rows
from worlds import Tables, two_makers


def candidate(count: int, **line: object) -> Tables:
    """Two makers, the near one a candidate that may start at once; keywords change its line."""
    tables = two_makers(count)
    tables["sites"][0]["status"] = "candidate"
    tables["processes"][0] |= line
    return tables


def stocked(count: int, site: str, product: str, **row: object) -> Tables:
    tables = candidate(count)
    tables["stocks"] = [{"site_id": site, "product_id": product, **row}]
    return tables


def test_balance() -> None:
    """Yield 0.8 turns 1 part into 1.25 per car and 0.2 chips into 0.25; the plant holds parts, 7 of them from before."""
    tables = two_makers(2)
    tables["products"].append({"product_id": "chip", "unit": "kg", "disposal_cost_per_unit": 1.0})
    tables["recipe_lines"].append({"recipe_id": "car_from_part", "product_id": "chip", "role": "scrap", "quantity_per_unit": 0.2})
    tables["processes"][2]["yield_share"] = 0.8
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 20.0}]
    tables["stocks"] = [{"site_id": "plant", "product_id": "part", "initial_quantity": 7.0}]
    same_rows(
        tables,
        "balance",
        """
        made[near|part|existing|2026] - flow[near-plant|part|2026] = 0
        made[near|part|existing|2027] - flow[near-plant|part|2027] = 0
        made[far|part|existing|2026] - flow[far-plant|part|2026] = 0
        made[far|part|existing|2027] - flow[far-plant|part|2027] = 0
        flow[near-plant|part|2026] + flow[far-plant|part|2026] + bought[plant|part|2026] - 1.25 made[plant|car|existing|2026] - stock[plant|part|2026] = -7
        flow[near-plant|part|2027] + flow[far-plant|part|2027] + bought[plant|part|2027] - 1.25 made[plant|car|existing|2027] + stock[plant|part|2026] - stock[plant|part|2027] = 0
        0.25 made[plant|car|existing|2026] - disposed[plant|chip|2026] = 0
        0.25 made[plant|car|existing|2027] - disposed[plant|chip|2027] = 0
        made[plant|car|existing|2026] - flow[plant-town|car|2026] = 0
        made[plant|car|existing|2027] - flow[plant-town|car|2027] = 0
        flow[plant-town|car|2026] + short[town|car|2026] = 100
        flow[plant-town|car|2027] + short[town|car|2027] = 100
        """,
    )


def test_open_from_start() -> None:
    same_rows(
        candidate(2),
        "open_from_start",
        """
        open[near|2026] - start[near|2026] + stop[near|2026] = 0
        open[near|2027] - open[near|2026] - start[near|2027] + stop[near|2027] = 0
        """,
    )


def test_once() -> None:
    same_rows(
        candidate(2),
        ("start_once", "stop_once"),
        """
        start[near|2026] + start[near|2027] <= 1
        stop[near|2026] + stop[near|2027] <= 1
        """,
    )


def test_presence() -> None:
    """Far may send parts to near, which passes them on: in all at most the 100 that 100 cars need."""
    tables = candidate(1)
    tables["lanes"].append(tables["lanes"][1] | {"lane_id": "far-near", "to_site": "near"})
    same_rows(tables, "presence", "flow[far-near|part|2026] - 100 open[near|2026] <= 0")


def test_presence_is_as_wide_as_a_floor_upstream_forces() -> None:
    """Far must make 0.9 · 150 = 135 parts and may throw some away anywhere: near can take what far can make, 150, and make 150 itself."""
    tables = candidate(1)
    tables["lanes"].append(tables["lanes"][1] | {"lane_id": "far-near", "to_site": "near"})
    tables["processes"][1]["min_utilisation_share"] = 0.9
    tables["products"][0]["disposal_cost_per_unit"] = 1.0
    same_rows(tables, "presence", "flow[far-near|part|2026] - 300 open[near|2026] <= 0")


def test_stock_needs_site() -> None:
    """At least 5 and at most 30 while open; the last period leaves the 8 that were there at first."""
    tables = stocked(2, "near", "part", min_quantity=5.0, max_quantity=30.0, initial_quantity=8.0)
    tables["settings"].append({"key": "terminal_stock", "value": "initial"})
    same_rows(
        tables,
        ("stock_needs_site", "stock_floor"),
        """
        stock[near|part|2026] - 30 open[near|2026] <= 0
        stock[near|part|2027] - 30 open[near|2027] <= 0
        stock[near|part|2026] - 5 open[near|2026] >= 0
        stock[near|part|2027] - 8 open[near|2027] >= 0
        """,
    )


def test_throughput() -> None:
    """A part weighs 0.1 t, a car 1 t; what the town is not short of is delivered: 100 − short ≤ 90."""
    tables = candidate(1)
    for site, tonnes in enumerate((5.0, None, 60.0, 90.0)):
        tables["sites"][site]["throughput_t_per_year"] = tonnes
    same_rows(
        tables,
        "throughput",
        """
        0.1 flow[near-plant|part|2026] - 5 open[near|2026] <= 0
        flow[plant-town|car|2026] <= 60
        - short[town|car|2026] <= -10
        """,
    )


def test_throughput_of_a_site_with_stock_lets_it_clear_after_closing() -> None:
    tables = stocked(1, "near", "part")
    tables["sites"][0]["throughput_t_per_year"] = 5.0
    same_rows(tables, "throughput", "0.1 flow[near-plant|part|2026] <= 5")


def test_existing_capacity() -> None:
    """150 a year of which others leave 0.8, and none after the end of June (181 of 365 days) 2027."""
    from datetime import date

    same_rows(
        candidate(2, available_share=0.8, end_date=date(2027, 6, 30), capacity_per_year=365.0),
        "existing_capacity",
        """
        made[near|part|existing|2026] - 292 open[near|2026] <= 0
        made[near|part|existing|2027] - 144.8 open[near|2027] <= 0
        """,
    )


def expanding() -> Tables:
    """Near may add two modules of 40 a year, half as strong in their first year; built in 2026 they die after 2027."""
    tables = candidate(2, module_capacity_per_year=40.0, max_modules=2, asset_life_years=2.0, ramp_id="half", min_utilisation_share=0.3)
    tables["ramps"] = [
        {"ramp_id": "half", "years_since_start": 0.0, "capacity_share": 0.5, "yield_share": 1.0},
        {"ramp_id": "half", "years_since_start": 1.0, "capacity_share": 1.0, "yield_share": 1.0},
    ]
    return tables


def test_module_capacity() -> None:
    same_rows(
        expanding(),
        ("module_capacity", "module_needs_site"),
        """
        made[near|part|2026|2026] - 20 module[near|part|2026] <= 0
        made[near|part|2026|2027] - 40 module[near|part|2026] <= 0
        made[near|part|2027|2027] - 20 module[near|part|2027] <= 0
        made[near|part|2026|2026] - 40 open[near|2026] <= 0
        made[near|part|2026|2027] - 80 open[near|2027] <= 0
        made[near|part|2027|2027] - 40 open[near|2027] <= 0
        """,
    )


def test_modules_allowed() -> None:
    same_rows(
        expanding(),
        ("modules_in_all", "module_start_needs_site"),
        """
        module[near|part|2026] + module[near|part|2027] <= 2
        module[near|part|2026] - 2 open[near|2026] <= 0
        module[near|part|2027] - 2 open[near|2027] <= 0
        """,
    )


def test_floor() -> None:
    """0.3 of 150 is 45; of a module 6 in its first year and 12 later; the largest value of the modules' floor is 12, later 24."""
    same_rows(
        expanding(),
        "floor",
        """
        made[near|part|existing|2026] + made[near|part|2026|2026] - 6 module[near|part|2026] - 57 open[near|2026] >= -12
        made[near|part|existing|2027] + made[near|part|2026|2027] + made[near|part|2027|2027] - 12 module[near|part|2026] - 6 module[near|part|2027] - 69 open[near|2027] >= -24
        """,
    )


def test_floor_of_an_operating_site_is_a_number() -> None:
    tables = two_makers(1)
    tables["processes"][1]["min_utilisation_share"] = 0.5
    same_rows(tables, "floor", "made[far|part|existing|2026] >= 75")


def test_cover() -> None:
    """36.5 days are a tenth of a year: of deliveries at the town, of use at the plant, of what leaves at near."""
    tables = two_makers(1)
    for site, product in (("town", "car"), ("plant", "part"), ("near", "part")):
        tables.setdefault("stocks", []).append({"site_id": site, "product_id": product, "days_of_cover": 36.5})
    same_rows(
        tables,
        "cover",
        """
        stock[town|car|2026] + 0.1 short[town|car|2026] >= 10
        stock[plant|part|2026] - 0.1 made[plant|car|existing|2026] >= 0
        stock[near|part|2026] - 0.1 flow[near-plant|part|2026] >= 0
        """,
    )


def test_cover_is_not_asked_of_the_last_period_where_terminal_stock_is_free() -> None:
    tables = stocked(2, "plant", "part", days_of_cover=73.0)
    tables["settings"].append({"key": "terminal_stock", "value": "free"})
    same_rows(tables, "cover", "stock[plant|part|2026] - 0.2 made[plant|car|existing|2026] >= 0")
