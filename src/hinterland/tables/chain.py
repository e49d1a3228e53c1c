"""Problems of the chain itself: recipe loops without a source, lanes whose legs do not fit, sites in the sea."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.land import off_land_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["chain_problems"]


def _loops(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Products that can never be had because every way to make them needs themselves.

    Fixed point: a product can be had when it is bought, opens as stock, needs no inputs, or has a recipe whose inputs
    can all be had. Products that only lack a maker are no loop and are left to the plan's shortage.
    """
    recipes = dict(tables["recipes"].select("recipe_id", "product_id").iter_rows())
    inputs: dict[str, set[str]] = {recipe: set() for recipe in recipes}
    gives: dict[str, set[str]] = {recipe: {product} for recipe, product in recipes.items()}
    for recipe, product, role in tables["recipe_lines"].select("recipe_id", "product_id", "role").iter_rows():
        if recipe in inputs:
            (inputs if role == "input" else gives)[recipe].add(product)
    had = set(tables["purchases"]["product_id"].to_list())
    had |= set(tables["stocks"].filter(pl.col("initial_quantity") > 0)["product_id"].to_list())
    had |= set(tables["processes"].filter(pl.col("recipe_id").is_null())["product_id"].to_list())
    grew = True
    while grew:
        grew = False
        for recipe, needs in inputs.items():
            if needs <= had and not gives[recipe] <= had:
                had |= gives[recipe]
                grew = True
    made = {product: recipe for recipe, product in recipes.items()}
    issues = []
    for product in sorted(set(made) - had):
        ring, step = [product], product
        while True:
            lacking = sorted(one for one in inputs[made[step]] - had if one in made)
            if not lacking:
                ring = []
                break
            step = lacking[0]
            if step in ring:
                ring = ring[ring.index(step) :]
                break
            ring.append(step)
        if ring and product == min(ring):
            row = tables["recipes"].filter(pl.col("product_id") == product)["_row"][0]
            issues.append(
                Issue(
                    "recipes",
                    row,
                    "product_id",
                    "recipe_loop",
                    what=f"{' → '.join([*ring, ring[0]])} feed each other",
                    why="nothing of the loop comes from outside, so it can never start",
                    fix="add a purchase, an opening stock or a recipe without these inputs",
                )
            )
    return issues


def _lanes(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Lanes whose legs and kilometres do not fit, whose modes are unknown, or that have neither cost nor legs."""
    lanes = tables["lanes"]
    if not lanes.height:
        return []
    legs = pl.col("mode_chain").str.split("+").list.len()
    parts = pl.col("leg_km").str.split("+").list.len()
    given = pl.col("cost_per_unit").is_not_null() & pl.col("co2e_kg_per_unit").is_not_null() & pl.col("lead_time_days").is_not_null()
    issues = []
    cases = (
        (
            pl.col("leg_km").is_not_null() & (legs != parts),
            "leg_km has another number of legs than mode_chain",
            "write one distance for each mode",
        ),
        (
            pl.col("leg_km").is_not_null() & ~pl.col("leg_km").str.contains(r"^\s*\d+(\.\d+)?(\s*\+\s*\d+(\.\d+)?)*\s*$"),
            "leg_km is no list of kilometres",
            "write kilometres joined by +, e.g. 95+11500+300",
        ),
        (
            ~given & pl.col("mode_chain").is_null(),
            "the lane has no modes, and not all of cost, CO2e and lead time",
            "fill mode_chain, or all three values",
        ),
        (pl.col("from_site") == pl.col("to_site"), "the lane starts where it ends", "name two sites"),
    )
    for wrong, why, fix in cases:
        for row, lane in lanes.filter(wrong.fill_null(value=False)).head(1000).select("_row", "lane_id").iter_rows():
            issues.append(Issue("lanes", row, "mode_chain", "lane_legs", what=f"lane {lane}", why=why, fix=fix))
    chains = lanes.select("mode_chain").drop_nulls().unique().with_columns(mode=pl.col("mode_chain").str.split("+")).explode("mode")
    unknown = chains.with_columns(pl.col("mode").str.strip_chars()).join(tables["modes"].select(mode="mode_id"), on="mode", how="anti")
    for row, lane, chain in (
        lanes.filter(pl.col("mode_chain").is_in(unknown["mode_chain"].implode()))
        .head(1000)
        .select("_row", "lane_id", "mode_chain")
        .iter_rows()
    ):
        issues.append(
            Issue(
                "lanes",
                row,
                "mode_chain",
                "lane_legs",
                what=f"lane {lane}: {chain}",
                why="modes has no such row",
                fix="add the mode to modes or correct the chain",
            )
        )
    return issues


def chain_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Problems that several tables make together."""
    return _loops(tables) + _lanes(tables) + off_land_problems(tables["sites"])
