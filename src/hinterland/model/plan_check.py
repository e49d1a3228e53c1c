"""Whether a network knows what a plan's rows speak of: names, lanes, lines, offers, demand, stocks. Every problem at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.model.accounts.placing import AMBIGUOUS, NOWHERE, lane_positions
from hinterland.model.lanes import lane_products
from hinterland.tables.typing import ISSUE_LIMIT, as_typed, bad_cells, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.model.network import Network
    from hinterland.tables.schema import Table

__all__ = ["completed_flows", "plan_issues", "table_issues"]

_KEY_OF = {
    "sites": "site_id", "products": "product_id", "periods": "period_id", "recipes": "recipe_id", "lanes": "lane_id",
    "contracts": "contract_id",
}  # fmt: skip


def table_issues(table: Table, frame: pl.DataFrame) -> list[Issue]:
    """Numbers that are missing, not finite or out of bounds, and keys that are there twice; `frame` has `_row`."""
    issues: list[Issue] = []
    for column in table.own:
        if column.kind not in {"number", "whole"} or not frame.height:
            continue
        cell = pl.col(column.name).cast(pl.Float64)
        odd = frame.filter(~cell.is_finite()).select("_row", cell=cell.cast(pl.String))
        issues += bad_cells(table.name, column, odd, "not_finite", "a quantity must be a finite number", column.mend)
        out = (cell < column.low) | (cell > column.high if column.high is not None else pl.lit(value=False))
        rows = frame.filter(cell.is_finite() & out).select("_row", cell=as_typed(cell))
        limit = f"it must be {column.low:g} or more" if column.high is None else f"it is {column.low:g} or {column.high:g}"
        issues += bad_cells(table.name, column, rows, "bounds", limit, column.mend)
    keys = [pl.col(name).fill_null("") for name in table.keys]
    doubled = frame.select("_row", *keys).filter(pl.struct(table.keys).is_duplicated()).sort("_row")
    places: dict[tuple[object, ...], list[int]] = {}
    for row, *names in doubled.iter_rows():
        places.setdefault(tuple(names), []).append(row)
    for cells, at in list(places.items())[:ISSUE_LIMIT]:
        what = f"{' '.join(str(cell) for cell in cells if cell)} is there {len(at)} times"
        why = f"rows {', '.join(map(str, at[:5]))} have the same key, and it is not clear which quantity counts"
        issues.append(Issue(table.name, at[1], table.keys[0], "duplicate_key", what=what, why=why, fix="keep one row, or add them up"))
    return issues


def _unknown_names(net: Network, name: str, frame: pl.DataFrame, table: Table) -> list[Issue]:
    issues = []
    for column in table.own:
        targets = {"vintage": "periods"}.get(column.name, column.refers_to)
        if targets not in _KEY_OF or column.name not in frame.columns:
            continue
        known = sorted(net[targets][_KEY_OF[targets]].drop_nulls().to_list()) + (["existing"] if column.name == "vintage" else [])
        odd = frame.filter(~pl.col(column.name).is_in(known)).select("_row", cell=pl.col(column.name))
        for (cell,), rows in odd.group_by("cell", maintain_order=True):
            fix = f"correct the cell ({nearest(str(cell), known)})" if known else f"{targets} is empty"
            issues += bad_cells(name, column, rows, "unknown_reference", f"{targets} has no such row", fix)
    return issues


class _Rows:
    """Rows of one plan table that the network's own table must know; those with a problem already are left alone.

    Where a needed column is missing altogether, every row has that problem.
    """

    def __init__(self, name: str, frame: pl.DataFrame, told: Sequence[Issue]) -> None:
        bad = sorted({issue.row for issue in told if issue.table == name and issue.row is not None})
        headless = any(issue.table == name and issue.row == 1 and issue.code == "empty_cell" for issue in told)
        self.name, self.frame = name, frame.clear() if headless else frame.filter(~pl.col("_row").is_in(bad))

    def report(self, rows: pl.DataFrame, column: str, code: str, words: Sequence[str], why: str, fix: str) -> list[Issue]:
        told = rows.select("_row", told=pl.concat_str([pl.col(one).fill_null("") for one in words], separator=" ")).head(ISSUE_LIMIT)
        return [
            Issue(self.name, row, column, code, what=" ".join(what.split()), why=why, fix=fix)
            for row, what in told.sort("_row").iter_rows()
        ]

    def missing(self, known: pl.DataFrame, keys: list[str], column: str, why: str, fix: str) -> list[Issue]:
        filled = [pl.col(key).fill_null("") for key in keys]
        lost = self.frame.with_columns(filled).join(known.select(filled).unique(), on=keys, how="anti")
        return self.report(lost, column, "not_in_network", keys, why, fix)


def _flow_issues(net: Network, rows: _Rows) -> list[Issue]:
    frame, lanes = rows.frame, lane_products(net)
    at = pl.Series("at", lane_positions(frame, lanes))
    ends = ("from_site", "to_site", "product_id")
    by_lane = pl.col("lane_id").fill_null("") != ""
    found = frame.with_columns(at)
    halves = ~by_lane & (pl.col("from_site").is_null() | pl.col("to_site").is_null())
    issues = rows.report(
        found.filter(halves), "lane_id", "empty_cell", ends, "a flow names its lane, or the two sites it links",
        "fill lane_id, or from_site and to_site",
    )  # fmt: skip
    nowhere = found.filter((pl.col("at") == NOWHERE) & ~halves)
    why = "no lane carries this product there"
    issues += rows.report(
        nowhere.filter(by_lane), "lane_id", "not_in_network", ("product_id", "lane_id"), "the lane does not carry this product",
        "name a lane whose product_id covers it, or add the product to the lane",
    )  # fmt: skip
    issues += rows.report(
        nowhere.filter(~by_lane), "from_site", "not_in_network", ends, why, "add the lane to the network, or correct the sites"
    )
    several = found.filter(pl.col("at") == AMBIGUOUS)
    issues += rows.report(
        several, "lane_id", "several_lanes", ends, "several lanes link these sites for this product", "name the lane_id, or the mode_chain"
    )
    told = lanes.select("from_site", "to_site", "mode_chain", at=pl.int_range(pl.len(), dtype=pl.Int64))
    both = found.filter(by_lane & (pl.col("at") >= 0)).join(told, on="at", how="left", suffix="_of_lane")
    for column in ("from_site", "to_site", "mode_chain"):
        cell = pl.col(column)
        odd = both.filter(cell.is_not_null() & (cell != "") & cell.ne_missing(pl.col(f"{column}_of_lane")))
        words = f"the lane has another {column}"
        issues += rows.report(odd, column, "contradiction", ("lane_id", column), words, f"empty {column}, or name the lane that is meant")
    return issues


def _line_issues(net: Network, rows: _Rows, *, modules: bool) -> list[Issue]:
    frame = rows.frame
    plain = pl.when(pl.col("recipe_id").fill_null("") == "").then("product_id").otherwise(pl.lit("")).fill_null("")
    lines = net["processes"].filter(pl.col("max_modules").fill_null(0) > 0) if modules else net["processes"]
    keys = ["site_id", "recipe_id", "plain"]
    known = lines.with_columns(plain=plain, recipe_id=pl.col("recipe_id").fill_null("")).select(keys).unique()
    asked = frame.with_columns(plain=plain, recipe_id=pl.col("recipe_id").fill_null(""))
    neither = (pl.col("recipe_id") == "") & (pl.col("plain") == "")
    issues = rows.report(
        asked.filter(neither), "recipe_id", "empty_cell", ("site_id",), "a line runs a recipe, or makes a product without inputs",
        "fill recipe_id, or product_id for a line without inputs",
    )  # fmt: skip
    lost = asked.filter(~neither).join(known, on=keys, how="anti")
    why = "processes has no line with modules for it there" if modules else "processes has no line for it there"
    issues += rows.report(
        lost, "recipe_id", "not_in_network", ("site_id", "recipe_id", "product_id"), why, "add the line to processes, or correct the row"
    )
    good = net["recipes"].select("recipe_id", good="product_id")
    other = asked.join(good, on="recipe_id", how="inner").filter(pl.col("product_id") != pl.col("good"))
    issues += rows.report(
        other, "product_id", "contradiction", ("recipe_id", "product_id"), "the recipe makes another product",
        "empty product_id, or name the recipe that is meant",
    )  # fmt: skip
    return issues + (_too_many(asked, lines.with_columns(plain=plain, recipe_id=pl.col("recipe_id").fill_null(""))) if modules else [])


def _too_many(asked: pl.DataFrame, lines: pl.DataFrame) -> list[Issue]:
    """Lines of which a plan builds more modules, over all periods, than processes allows."""
    keys, issues = ["site_id", "recipe_id", "plain"], list[Issue]()
    added = asked.group_by(keys, maintain_order=True).agg(pl.col("added").sum(), pl.col("_row").max())
    most = lines.group_by(keys).agg(pl.col("max_modules").sum())
    for site, recipe, plain, count, row, limit in added.join(most, on=keys).select(*keys, "added", "_row", "max_modules").iter_rows():
        if count > limit:
            what = f"{count} modules of {recipe or plain} at {site}"
            why, fix = f"its max_modules in processes is {limit}", f"add {limit} at most over all periods, or raise max_modules"
            issues.append(Issue("modules", row, "added", "bounds", what=what, why=why, fix=fix))
    return issues


def _rule_issues(net: Network, tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Claims and grades under rules that the network does not have: they count nothing, which may be meant (warning)."""
    origin = set(net["origin_rules"]["origin_rule_id"].drop_nulls().to_list())
    known = sorted(origin | set(net["condition_rules"]["condition_rule_id"].drop_nulls().to_list()))
    told: list[tuple[str, int, str, str]] = []
    for row, rule in tables["claims"].select("_row", "rule_id").iter_rows():
        if rule is not None and rule not in known:
            told.append(("claims", row, "rule_id", rule))
    for row, grade in tables["flows"].filter(pl.col("grade").fill_null("") != "").select("_row", "grade").iter_rows():
        told += [("flows", row, "grade", name.strip()) for name in grade.split("+") if name.strip() not in origin]
    return [
        Issue(
            table, row, column, "unknown_reference", what=f"{rule!r} in {column}", why="no rule has this name here: the claim counts nothing",
            fix=f"correct the cell ({nearest(rule, known)})" if known else "empty the cell, or judge the plan in a world with the rule",
            severity="warning",
        )
        for table, row, column, rule in told[:ISSUE_LIMIT]
    ]  # fmt: skip


def plan_issues(net: Network, tables: Mapping[str, pl.DataFrame], told: Sequence[Issue]) -> list[Issue]:
    """What of a plan's typed tables (with `_row`) the network does not know; rows with problems in `told` are left alone."""
    from hinterland.model.plan import PLAN_TABLES

    issues: list[Issue] = []
    for name, frame in tables.items():
        if frame.height:
            issues += _unknown_names(net, name, frame, PLAN_TABLES[name])
    known = [*told, *issues]
    issues += _rule_issues(net, tables)

    def rows(name: str) -> _Rows:
        return _Rows(name, tables[name], known)

    issues += _flow_issues(net, rows("flows"))
    issues += _line_issues(net, rows("outputs"), modules=False) + _line_issues(net, rows("modules"), modules=True)
    fix = "add it to the network's table, or correct the row"
    issues += rows("purchased").missing(
        net["purchases"], ["site_id", "product_id", "offer_id"], "offer_id", "purchases has no such offer", fix
    )
    issues += rows("delivered").missing(
        net["demand"], ["site_id", "product_id", "period_id", "segment"], "site_id", "demand has no such row: nobody asks for it", fix
    )
    issues += rows("stocked").missing(
        net["stocks"], ["site_id", "product_id"], "site_id", "stocks has no such row: none is kept there", fix
    )
    may = net["products"].filter(pl.col("disposal_cost_per_unit").is_not_null())
    return issues + rows("disposed").missing(
        may, ["product_id"], "product_id", "its disposal_cost_per_unit is empty: it may not be thrown away", fix
    )


def completed_flows(net: Network, flows: pl.DataFrame) -> pl.DataFrame:
    """Flows with lane, ends and mode chain filled from the lane each row takes."""
    if not flows.height:
        return flows
    lanes = lane_products(net)
    taken = lanes[lane_positions(flows, lanes)]
    return flows.with_columns([taken[name] for name in ("lane_id", "from_site", "to_site", "mode_chain")])
