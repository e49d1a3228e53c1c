"""Rows of lane groups, least quantities and qualification, term by term against rows worked out by hand."""

from __future__ import annotations

from lp_text import same_rows
from worlds import Tables, two_makers


def grouped(**row: object) -> Tables:
    """Both lanes of parts share one train."""
    tables = two_makers(1)
    tables["lane_groups"] = [{"capacity_group": "train", **row}]
    for lane in tables["lanes"][:2]:
        lane["capacity_group"] = "train"
    return tables


def test_lane_groups() -> None:
    """A part weighs 0.1 t. Without the limit 100 parts by each lane could be needed, 20 t: the 15 t are the tighter bound."""
    same_rows(
        grouped(capacity_t_per_year=15.0, fixed_cost_per_year=500.0),
        ("lane_group_capacity", "lane_group_used"),
        """
        0.1 flow[near-plant|part|2026] + 0.1 flow[far-plant|part|2026] <= 15
        0.1 flow[near-plant|part|2026] + 0.1 flow[far-plant|part|2026] - 15 group_used[train|2026] <= 0
        """,
    )


def test_lane_groups_count_goods_without_mass_by_the_unit() -> None:
    tables = grouped(capacity_t_per_year=15.0, fixed_cost_per_year=500.0)
    tables["products"][0]["mass_kg_per_unit"] = None
    same_rows(tables, "lane_group_used", "flow[near-plant|part|2026] + flow[far-plant|part|2026] - 200 group_used[train|2026] <= 0")


def test_least_quantity() -> None:
    """At least 20 if any, at most the 100 that are needed, or the lane's own 60."""
    tables = two_makers(1)
    tables["lanes"][0]["min_quantity_if_used"] = 20.0
    tables["lanes"][1] |= {"min_quantity_if_used": 30.0, "capacity_per_year": 60.0}
    same_rows(
        tables,
        ("lane_least", "lane_most"),
        """
        flow[near-plant|part|2026] - 20 lane_used[near-plant|part|2026] >= 0
        flow[near-plant|part|2026] - 100 lane_used[near-plant|part|2026] <= 0
        flow[far-plant|part|2026] - 30 lane_used[far-plant|part|2026] >= 0
        flow[far-plant|part|2026] - 60 lane_used[far-plant|part|2026] <= 0
        """,
    )


def test_qualification() -> None:
    tables = two_makers(2)
    tables["lanes"][1]["qualification_cost"] = 300.0
    same_rows(
        tables,
        ("lane_needs_test", "test_holds"),
        """
        flow[far-plant|part|2026] - 100 lane_tested[far-plant|part|2026] <= 0
        flow[far-plant|part|2027] - 100 lane_tested[far-plant|part|2027] <= 0
        lane_tested[far-plant|part|2027] - lane_tested[far-plant|part|2026] >= 0
        """,
    )
