"""Cells that name something: plain keys of other tables, and cells that may also name groups, places and stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.countries import COUNTRY_CODES
from hinterland.core.errors import Issue
from hinterland.tables.declared import TABLES
from hinterland.tables.typing import bad_cells, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from hinterland.tables.schema import Column, Table

__all__ = ["reference_problems"]

_FREE = frozenset({"countries", "sources"})
"""Tables that a first plan may leave out: a name of theirs is looked for only where they have rows."""
_NAMED = frozenset({"sites", "products", "countries", "groups"})
"""Tables that give the names which cells with groups may hold."""
_OF_THE_WORLD = frozenset({"duties", "origin_rules", "product_codes"})
"""Tables that may speak of countries which no site of the network is in."""


def _names(tables: Mapping[str, pl.DataFrame]) -> tuple[set[str], set[str]]:
    """Every name of a place and of a product that a grouped cell may hold."""
    groups = set(tables["groups"]["group_id"].drop_nulls().to_list())
    places = set(tables["sites"]["site_id"].drop_nulls().to_list())
    places |= set(tables["sites"]["country"].drop_nulls().to_list())
    for column in ("country", "region", "customs_territory"):
        places |= set(tables["countries"][column].drop_nulls().to_list())
    products = set(tables["products"]["product_id"].drop_nulls().to_list()) | set(tables["products"]["stage"].drop_nulls().to_list())
    named = {f"@{group}" for group in groups}
    return (
        places | named | {f"@{place}" for place in places},
        products | named | {f"@{product}" for product in products},
    )


def _rows_of(frame: pl.DataFrame, column: str, cells: list[str]) -> pl.DataFrame:
    return frame.select("_row", cell=pl.col(column)).filter(pl.col("cell").is_in(cells)).sort("_row")


def _plain(table: Table, column: Column, frame: pl.DataFrame, target: pl.Series) -> list[Issue]:
    known = set(target.drop_nulls().unique().to_list())
    unknown = sorted(set(frame[column.name].drop_nulls().unique().to_list()) - known)
    if column.name == "source_id":  # one figure may rest on several sources, `S1;S2`
        unknown = [cell for cell in unknown if not {name.strip() for name in cell.split(";")} <= known]
    if not unknown:
        return []
    hint = nearest(unknown[0], sorted(known)) if known else f"{column.refers_to} is empty"
    why, fix = f"{column.refers_to} has no such row", f"add it to {column.refers_to} or correct the cell ({hint})"
    return bad_cells(table.name, column, _rows_of(frame, column.name, unknown), "unknown_reference", why, fix)


def _grouped(table: Table, column: Column, frame: pl.DataFrame, known: set[str]) -> list[Issue]:
    """Cells `a|b|@c`: the cell is reported as a whole, the name that is not known in the reason."""
    lost: dict[str, list[str]] = {}
    for cell in frame[column.name].drop_nulls().unique().to_list():
        names = [name.strip() for name in cell.split("|")]
        for name in names:
            if name not in known and name not in {"", "*"}:
                lost.setdefault(name, []).append(cell)
    issues = []
    for name, cells in sorted(lost.items()):
        fix = f"use an id, a group written @group, or * ({nearest(name, sorted(known))})"
        rows = _rows_of(frame, column.name, cells)
        issues += bad_cells(table.name, column, rows, "unknown_reference", f"nothing has the name {name!r}", fix)
    return issues


def reference_problems(tables: Mapping[str, pl.DataFrame], unread: Set[str] = frozenset()) -> list[Issue]:
    """Names that are not there, groups and scenarios that hold themselves, and processes that do not say what they make.

    Names of a table that could not be read (`unread`) are not looked for.
    """
    places, products = _names(tables)
    issues: list[Issue] = []
    for name, table in TABLES.items():
        frame = tables[name]
        if not frame.height:
            continue
        for column in table.columns:
            if frame[column.name].null_count() == frame.height:
                continue
            if column.groups:
                if unread & _NAMED:
                    continue
                about_products = column.refers_to == "products" or column.name == "product"
                there = places | COUNTRY_CODES if name in _OF_THE_WORLD else places
                issues += _grouped(table, column, frame, products if about_products else there)
            elif column.refers_to and column.refers_to not in unread and (tables[column.refers_to].height or column.refers_to not in _FREE):
                target = tables[column.refers_to]
                issues += _plain(table, column, frame, target[TABLES[column.refers_to].keys[0]])
    if not unread & _NAMED:
        issues += _group_problems(tables, places | products | COUNTRY_CODES)
    return issues + _process_problems(tables) + _scenario_rings(tables["scenarios"]) + _zones(tables)


def _zones(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Energy zones and heat carriers that the energy table does not name."""
    energy, issues = tables["energy"], list[Issue]()
    if not energy.height:
        return issues
    for name, column, target in (("sites", "energy_zone", "zone"), ("processes", "heat_carrier", "carrier")):
        known = sorted(energy[target].drop_nulls().unique().to_list())
        rows = tables[name].filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known)).select("_row", cell=column)
        if rows.height:
            why, hint = f"energy has no such {target}", nearest(rows["cell"][0], known)
            fix = f"add it to energy or correct the cell ({hint})"
            issues += bad_cells(name, TABLES[name].by_name[column], rows, "unknown_reference", why, fix)
    return issues


def _scenario_rings(scenarios: pl.DataFrame) -> list[Issue]:
    parent = dict(scenarios.select("scenario_id", "extends").iter_rows())
    issues, told = [], set[str]()
    for row, name in scenarios.select("_row", "scenario_id").iter_rows():
        chain, step = [], name
        while step is not None and step in parent and step not in chain:
            chain.append(step)
            step = parent[step]
        if step is not None and step == name and name not in told:
            told |= set(chain)
            what, why = " extends ".join([*chain, step]), "a scenario cannot extend itself"
            fix = "empty one `extends` of this ring"
            issues.append(Issue("scenarios", row, "extends", "scenario_cycle", what=what, why=why, fix=fix))
    return issues


def _group_problems(tables: Mapping[str, pl.DataFrame], known: set[str]) -> list[Issue]:
    rows = tables["groups"]
    issues = []
    inside: dict[str, set[str]] = {}
    for group, member in rows.select("group_id", "member").iter_rows():
        if member and member.startswith("@"):
            inside.setdefault(group, set()).add(member[1:])
    for row, group, member in rows.select("_row", "group_id", "member").iter_rows():
        if member is not None and member not in known and f"@{member}" not in known:
            issues.append(
                Issue(
                    "groups",
                    row,
                    "member",
                    "unknown_reference",
                    what=f"{member!r} in member",
                    why="nothing has this name",
                    fix=f"name a site, country, region, product or @group ({nearest(member, sorted(known))})",
                )
            )
        seen, stack = set[str](), [member[1:]] if member and member.startswith("@") else []
        while stack:
            step = stack.pop()
            if step not in seen:
                seen.add(step)
                stack += inside.get(step, set())
        if group in seen:
            issues.append(
                Issue(
                    "groups",
                    row,
                    "member",
                    "scenario_cycle",
                    what=f"group {group} holds itself",
                    why="its members never end",
                    fix="take one of the groups out of the ring",
                )
            )
    return issues


def _process_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    issues = []
    for row, recipe, product in tables["processes"].select("_row", "recipe_id", "product_id").iter_rows():
        if (recipe is None) == (product is None):
            what = "neither recipe_id nor product_id is filled" if recipe is None else "recipe_id and product_id are both filled"
            issues.append(
                Issue(
                    "processes",
                    row,
                    "recipe_id",
                    "empty_cell",
                    what=what,
                    why="a line runs a recipe, or makes a product without inputs",
                    fix="fill recipe_id, or product_id for a line without inputs",
                )
            )
    return issues
