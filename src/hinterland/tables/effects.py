"""Rows that can have no effect, and silences that decide a plan: told as warnings, for each of them looks like a rule at work."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.declared.agreeing import POLICY_KINDS
from hinterland.tables.where import Members, matching_rows, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["effect_problems"]

Tables = dict[str, pl.DataFrame]
_FLOORS = ("min_regional_share", "min_flow", "min_renewable_share")
_CEILINGS = ("max_co2e", "max_co2e_per_unit", "max_sites")
"""Limits that nobody writes as 0: an empty cell counts as 0. A country, site or flow share of 0 is a ban and may be meant."""


def _warn(table: str, row: int | None, column: str, code: str, what: str, why: str, fix: str) -> Issue:
    return Issue(table, row, column, code, what=what, why=why, fix=fix, severity="warning")


def _moved_later(tables: Mapping[str, pl.DataFrame], table: str, column: str) -> pl.Series:
    """Rows whose cell a scenario or a dated change fills: what stands in the table is a switch, not an oversight."""
    frame, members = tables[table], Members.of(tables)
    moved = pl.Series([False] * frame.height, dtype=pl.Boolean)
    for name in ("overrides", "changes"):
        rows = tables[name].filter((pl.col("table") == table) & (pl.col("column") == column))
        for where in rows["where"].to_list():
            try:
                moved = moved | matching_rows(frame, where, members)
            except (ValueError, KeyError):
                continue  # told by the checks of overrides and changes
    return moved


def _policies(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Policies that never hold within the periods, or whose limit is empty or 0 and asks for nothing or allows nothing."""
    rows = tables["policies"].filter(pl.col("kind").is_in(POLICY_KINDS))
    if not rows.height:
        return
    first, last = tables["periods"]["start_date"].min(), tables["periods"]["end_date"].max()
    for row, name, start, end in rows.select("_row", "policy_id", "valid_from", "valid_to").iter_rows():
        what, fix = f"policy {name} holds in no period", "correct the date, or leave the row out"
        if isinstance(last, date) and start is not None and start > last:
            yield _warn("policies", row, "valid_from", "binds_nothing", what, f"it begins {start}, the last period ends {last}", fix)
        elif isinstance(first, date) and end is not None and end < first:
            yield _warn("policies", row, "valid_to", "binds_nothing", what, f"it ends {end}, the first period starts {first}", fix)
    empty = rows.filter((pl.col("value") == 0) & pl.col("kind").is_in([*_FLOORS, *_CEILINGS]))
    if not empty.height:
        return
    switched = set(tables["policies"].filter(_moved_later(tables, "policies", "value"))["_row"].to_list())
    for row, name, kind in empty.select("_row", "policy_id", "kind").iter_rows():
        if row in switched:
            continue
        if kind in _FLOORS:
            what, why = f"policy {name} asks for {kind} of 0", "an empty value counts as 0, and at least nothing is kept by every plan"
            yield _warn("policies", row, "value", "binds_nothing", what, why, "fill value, or let a scenario set it")
        else:
            what, why = f"policy {name} allows {kind} of 0", "an empty value counts as 0: nothing is allowed"
            yield _warn("policies", row, "value", "allows_nothing", what, why, "fill value, or write forbid_site where a ban is meant")


def _shortage(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Demand that may stay unmet for nothing, so that the best plan may ship nothing.

    The shortage objective is Σ shortage_cost_per_unit · short; cost and CO2e do not count what is short.
    """
    told = {key: (row, value) for row, key, value in tables["settings"].select("_row", "key", "value").iter_rows()}
    at, text = told.get("objective", (None, None))
    order = [part.strip() for part in (text or "shortage,cost").split(",") if part.strip()]
    if order and order[0] != "shortage" and set(order) <= {"shortage", "cost", "co2e"}:
        what = f"the objective is {text}: going short costs nothing in {order[0]}"
        why, fix = "the best plan may ship nothing, but for what policies and contracts force", "put shortage first: shortage,cost"
        yield _warn("settings", at, "value", "free_shortage", what, why, fix)
        return
    free = tables["demand"].filter((pl.col("quantity") > 0) & (pl.col("shortage_cost_per_unit").fill_null(0.0) == 0))
    if not free.height:
        return
    moved = set(tables["demand"].filter(_moved_later(tables, "demand", "shortage_cost_per_unit"))["_row"].to_list())
    free = free.filter(~pl.col("_row").is_in(sorted(moved)))
    for (site, product), rows in free.group_by(["site_id", "product_id"], maintain_order=True):
        what = f"{product} at {site} may stay short for nothing" + (f" in {rows.height} rows" if rows.height > 1 else "")
        why = "shortage_cost_per_unit is empty or 0: a plan that delivers nothing is as good as one that delivers all, and cheaper"
        fix = "fill shortage_cost_per_unit, well above what a unit costs to make and move (it steers, and is no real cost)"
        yield _warn("demand", int(rows["_row"].min()), "shortage_cost_per_unit", "free_shortage", what, why, fix)  # type: ignore[arg-type]


def _sites(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Candidates that could open and then do nothing: no line, offer, stock or demand, and no lane through them."""
    busy: set[str] = set()
    for name in ("processes", "purchases", "stocks", "demand"):
        busy |= set(tables[name]["site_id"].drop_nulls().to_list())
    through = set(tables["lanes"]["from_site"].drop_nulls().to_list()) & set(tables["lanes"]["to_site"].drop_nulls().to_list())
    for row, site in tables["sites"].filter(pl.col("status") == "candidate").select("_row", "site_id").iter_rows():
        if site not in busy | through:
            what, why = f"candidate {site} has no process", "it could open and would make, buy, store and pass on nothing"
            yield _warn("sites", row, "status", "idle_site", what, why, "add a row to processes, or leave the site out")


def _dates(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Ramps that start after their year 0, and money discounted to a day after all periods."""
    for (ramp,), rows in tables["ramps"].drop_nulls("years_since_start").group_by(["ramp_id"], maintain_order=True):
        point = rows.sort("years_since_start").row(0, named=True)
        if point["years_since_start"] > 0:
            what, why = f"ramp {ramp} starts at year {point['years_since_start']:g}", "until then its lines make nothing"
            fix = "add a point at years_since_start 0"
            yield _warn("ramps", point["_row"], "years_since_start", "late_ramp", what, why, fix)
    last = tables["periods"]["end_date"].max()
    for row, value in tables["settings"].filter(pl.col("key") == "base_date").select("_row", "value").drop_nulls().iter_rows():
        try:
            day = date.fromisoformat(value.strip())
        except ValueError:
            continue
        if isinstance(last, date) and day > last:
            what, why = f"base_date {day} lies after the last period, which ends {last}", "all money would be compounded up to that day"
            yield _warn("settings", row, "value", "late_base_date", what, why, "write a day at or before the first period")


def _regions(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Rules that ask for regions where no table says which country is in which."""
    if tables["countries"].height:
        return
    own = (pl.col("kind") == "min_regional_share") & (pl.col("from_group").fill_null("") == "")
    asked = [("policies", "each", tables["policies"].filter((own | (pl.col("each") == "region")).fill_null(value=False)), "policy_id")]
    asked.append(("lane_rules", "same_region", tables["lane_rules"].filter(pl.col("same_region").fill_null(value=False)), "rule_id"))
    for name, column, rows, key in asked:
        for row, who in rows.select("_row", key).iter_rows():
            what, why = (
                f"{who} asks for regions",
                "there is no table countries: every site is in no region, and no region differs from another",
            )
            yield _warn(name, row, column, "no_region", what, why, "add countries with a region for each")


def _importers(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Duties of a country that is inside a larger customs territory: its neighbours there would import without them."""
    union: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    for country, territory in tables["countries"].select("country", "customs_territory").drop_nulls().iter_rows():
        members.setdefault(territory, set()).add(country)
        if territory != country:
            union[country] = territory
    for row, rule, cell in tables["duties"].select("_row", "rule_id", "importer").drop_nulls("importer").iter_rows():
        named = {name.removeprefix("@") for name in tokens(cell)}
        for country in sorted(named & union.keys()):
            lost = sorted(members[union[country]] - named)
            if lost and union[country] not in named:
                what = f"{rule} names importer {country}, which is in the customs territory {union[country]}"
                why = f"goods for {', '.join(lost[:4])}{' …' if len(lost) > 4 else ''} would enter without this duty"
                yield _warn("duties", row, "importer", "within_territory", what, why, f"write {union[country]}")


def effect_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Everything that reads like a rule and does nothing, as far as the tables alone can tell."""
    parts = (_policies, _shortage, _sites, _dates, _regions, _importers)
    return [issue for part in parts for issue in part(tables)]
