"""Contracts nobody can keep: phases, power contracts and sums of them that ask for more than there is."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.where import Members, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["pact_problems"]

_OVER = 1 + 1e-9


def _live(first: str, last: str, day: date) -> pl.Expr:
    starts = pl.col(first).is_null() | (pl.col(first) <= day)
    return starts & (pl.col(last).is_null() | (pl.col(last) >= day))


def _days(rows: pl.DataFrame, first: str) -> list[date]:
    """First days of the rows: what holds together does so on one of them."""
    days = rows[first].drop_nulls().unique().sort().to_list()
    return [date.min, *days] if rows[first].has_nulls() else days


def _since(day: date) -> str:
    return "from the start" if day == date.min else f"from {day}"


def _phase(row: int, column: str, what: str, why: str, fix: str) -> Issue:
    return Issue("contract_phases", row, column, "contract_too_much", what=what, why=why, fix=fix)


def _shares(phases: pl.DataFrame) -> list[Issue]:
    """Least shares of one buyer and product that add to more than all on some day, and two that both shut out all others."""
    issues = []
    for (buyer, product), rows in phases.group_by(["buyer", "product_id"], maintain_order=True):
        for day in _days(rows, "start_date"):
            live = rows.filter(_live("start_date", "end_date", day))
            if live.height < 2:
                continue
            row = int(live["_row"].max())  # type: ignore[arg-type]
            if live["min_share"].sum() > _OVER:
                what = f"{_since(day)} contracts ask {live['min_share'].sum():.0%} of {buyer}'s {product}"
                issues.append(_phase(row, "min_share", what, "there is no more than all of it", "lower min_share of one of them"))
                break
            shut = live.filter((pl.col("exclusive") >= 1) & pl.col("exclusive_scope").is_null())
            if shut.height > 1:
                what = f"{_since(day)} {shut.height} contracts for {buyer}'s {product} each shut out all others"
                fix = "lower exclusive of one of them, or name its exclusive_scope"
                issues.append(_phase(row, "exclusive", what, "only one of them can be kept", fix))
                break
    return issues


def _most_made(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], float]:
    """Most good output a year of each (site, product), with every module built."""
    good = tables["recipes"].select("recipe_id", good="product_id")
    lines = tables["processes"].join(good, on="recipe_id", how="left").with_columns(product=pl.coalesce("good", "product_id"))
    modules = pl.col("module_capacity_per_year").fill_null(0.0) * pl.col("max_modules").fill_null(0)
    most = pl.col("capacity_per_year").fill_null(0.0) * pl.col("available_share").fill_null(1.0) + modules
    made = {(site, product): amount for site, product, amount in lines.group_by("site_id", "product").agg(most.sum()).iter_rows()}
    for recipe, product in tables["recipe_lines"].filter(pl.col("role") != "input").select("recipe_id", "product_id").iter_rows():
        for site in tables["processes"].filter(pl.col("recipe_id") == recipe)["site_id"].to_list():
            made[site, product] = float("inf")  # a by-product has no capacity of its own
    return made


def _quantities(tables: Mapping[str, pl.DataFrame], phases: pl.DataFrame) -> list[Issue]:
    """Least quantities of one supplier and product that add to more than it can ever make or buy."""
    made, members, issues = _most_made(tables), Members.of(tables), []
    bought = set(tables["purchases"].select("site_id", "product_id").iter_rows())
    asked = phases.filter((pl.col("min_quantity_per_year") > 0) & (pl.col("take_or_pay_share").fill_null(0.0) == 0))
    for (supplier, product), rows in asked.group_by(["supplier", "product_id"], maintain_order=True):
        sites = {site for token in tokens(str(supplier)) for site in members.opened(token)}
        goods = {one for token in tokens(str(product)) for one in members.opened(token)}
        pools = [pool for pool in made if pool[0] in sites and pool[1] in goods]
        if not pools or any(pool in bought for pool in itertools.product(sites, goods)):
            continue
        most = sum(made[pool] for pool in pools)
        for day in _days(rows, "start_date"):
            live = rows.filter(_live("start_date", "end_date", day))
            least = float(live["min_quantity_per_year"].sum())
            if least > most * _OVER:
                who = " and ".join(live["contract_id"].unique().sort().to_list())
                what = f"{who} {'ask' if live.height > 1 else 'asks'} {least:g} of {product} a year {_since(day)}, {supplier} can make {most:g}"
                fix = "lower min_quantity_per_year or raise the supplier's capacity"
                issues.append(_phase(int(live["_row"].max()), "min_quantity_per_year", what, "the contract cannot be kept", fix))  # type: ignore[arg-type]
                break
    return issues


def _power(frame: pl.DataFrame) -> list[Issue]:
    """Power contracts of one site that cover more than all its electricity on some day."""
    issues = []
    for (site,), rows in frame.drop_nulls("share").group_by(["site_id"], maintain_order=True):
        for day in _days(rows, "start_date"):
            live = rows.filter(_live("start_date", "end_date", day))
            if live.height > 1 and live["share"].sum() > _OVER:
                what = f"{_since(day)} power contracts cover {live['share'].sum():.0%} of {site}'s electricity"
                row, why, fix = int(live["_row"].max()), "there is no more than all of it", "lower a share, or end a contract earlier"  # type: ignore[arg-type]
                issues.append(Issue("power_contracts", row, "share", "contract_too_much", what=what, why=why, fix=fix))
                break
    return issues


def pact_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Problems of contracts that only show when several rows are added up."""
    told = (
        tables["contracts"].filter(pl.col("status") == "signed").select("contract_id", "supplier", "buyer", "product_id", "exclusive_scope")
    )
    phases = tables["contract_phases"].join(told, on="contract_id")
    return _shares(phases) + _quantities(tables, phases) + _power(tables["power_contracts"])
