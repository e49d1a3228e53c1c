"""Warnings a planner would want: sites that nothing reaches, products that nothing makes, demand where nothing happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["idle_problems"]

Pairs = set[tuple[str, str]]


def _warn(table: str, row: int, column: str, code: str, what: str, why: str, fix: str) -> Issue:
    return Issue(table, row, column, code, what=what, why=why, fix=fix, severity="warning")


def _had(tables: Mapping[str, pl.DataFrame]) -> tuple[Pairs, Pairs]:
    """Pairs (site, product) that are made, bought or in stock there, and pairs that lines there need."""
    pair = ["site_id", "product_id"]
    lines = tables["processes"].select("site_id", "recipe_id", own="product_id")
    good = lines.join(tables["recipes"].select("recipe_id", good="product_id"), on="recipe_id", how="left")
    had = set(good.select("site_id", pl.coalesce("good", "own")).iter_rows())
    used = lines.join(tables["recipe_lines"].select("recipe_id", "product_id", "role"), on="recipe_id")
    had |= set(used.filter(pl.col("role") != "input").select(pair).iter_rows()) | set(tables["purchases"].select(pair).iter_rows())
    had |= set(tables["stocks"].filter(pl.col("initial_quantity") > 0).select(pair).iter_rows())
    return had, set(used.filter(pl.col("role") == "input").select(pair).iter_rows())


def _products(tables: Mapping[str, pl.DataFrame], had: Pairs, needed: Pairs) -> list[Issue]:
    available = {product for _, product in had}
    wanted = {product for _, product in needed} | set(tables["demand"]["product_id"].drop_nulls().to_list())
    issues = []
    for row, product in tables["products"].select("_row", "product_id").iter_rows():
        if product in wanted and product not in available:
            what, why = f"{product} is needed and nobody makes or sells it", "all of what needs it will be short"
            issues.append(_warn("products", row, "product_id", "no_source", what, why, "add a process, a purchase or an opening stock"))
    return issues


def _places(tables: Mapping[str, pl.DataFrame], had: Pairs, needed: Pairs) -> list[Issue]:
    """Sites without lanes, demand at closed sites, and demand that no lane leads to."""
    lanes = tables["lanes"]
    into = set(lanes["to_site"].drop_nulls().unique().to_list())
    if tables["lane_rules"].height:  # rules may link any site: routing tells those that link nothing
        into = set(tables["sites"]["site_id"].drop_nulls().to_list())
    linked = into | set(lanes["from_site"].drop_nulls().unique().to_list())
    issues = []
    wants: dict[tuple[str, str], int] = {}
    for row, site, product in tables["demand"].select("_row", "site_id", "product_id").iter_rows():
        wants.setdefault((site, product), row)
    served = {site for site, product in wants if (site, product) in had}
    closed = set(tables["sites"].filter(pl.col("status") == "closed")["site_id"].to_list())
    working = {site for site, _ in had | needed | set(wants)}
    for row, site in tables["sites"].select("_row", "site_id").iter_rows():
        if site in working and site not in linked and site not in served | closed:
            what, why = f"no lane starts or ends at {site}", "nothing can reach or leave it"
            issues.append(_warn("sites", row, "site_id", "no_lane", what, why, "add a lane, or leave the site out"))
    for (site, product), row in wants.items():
        if site in closed:
            what, why = f"{site} is closed and asks for {product}", "nothing is delivered to a closed site"
            issues.append(_warn("demand", row, "site_id", "closed_site", what, why, "move the demand, or change the site's status"))
        elif site in linked - into and (site, product) not in had:
            what, why = f"no lane ends at {site}, which asks for {product}", "all of it will be short"
            issues.append(_warn("demand", row, "site_id", "no_lane", what, why, "add a lane to the site"))
    return issues


def idle_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """What will come to nothing though no row is wrong."""
    if not (tables["lanes"].height or tables["lane_rules"].height) or not tables["demand"].height:
        return []
    had, needed = _had(tables)
    return _products(tables, had, needed) + _places(tables, had, needed)
