"""What the tables say together: keys, references, bounds, dates, periods, money. Every problem at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue, Severity
from hinterland.tables.amounts import amount_problems
from hinterland.tables.audited import rule_problems
from hinterland.tables.chain import chain_problems
from hinterland.tables.changes import change_problems
from hinterland.tables.counted import counted_problems
from hinterland.tables.declared import TABLES
from hinterland.tables.declared.agreeing import POLICY_KINDS_LATER
from hinterland.tables.effects import effect_problems
from hinterland.tables.hazard_checks import hazard_problems
from hinterland.tables.idle import idle_problems
from hinterland.tables.money import money_problems
from hinterland.tables.origin_checks import origin_problems
from hinterland.tables.pacts import pact_problems
from hinterland.tables.references import reference_problems
from hinterland.tables.settings import setting_problems
from hinterland.tables.standards_checks import standard_problems
from hinterland.tables.time import time_problems
from hinterland.tables.trade_checks import trade_problems
from hinterland.tables.typing import as_typed, bad_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hinterland.tables.schema import Column, Table

__all__ = ["NEEDED", "check_tables"]

NEEDED = ("settings", "periods", "products", "sites", "processes", "lanes", "demand")
"""The tables a first plan needs."""
_POLE = 90.0
UNREAD_CODES = frozenset(
    {
        "unreadable",
        "not_utf8",
        "empty_table",
        "merged_cells",
        "doubled_header",
        "ragged_row",
        "too_large",
        "broken_quotes",
        "unknown_column",
    }
)
"""Problems of reading after which a table may have fewer rows than its file."""


def _missing(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    issues = []
    for name in NEEDED:
        if tables[name].height or (name == "lanes" and tables["lane_rules"].height):
            continue
        why = "a plan needs it, or lane_rules that make lanes" if name == "lanes" else "a plan needs it"
        issues.append(
            Issue(
                name,
                None,
                None,
                "missing_table",
                what=f"{name} is missing or has no rows",
                why=why,
                fix=f"add {name} with at least one row; `hinterland new` writes an empty one",
            )
        )
    return issues


def _range(table: Table, column: Column, frame: pl.DataFrame) -> list[Issue]:
    """Cells below or above what the column allows; a share above its limit has a code of its own."""
    low, high = frame[column.name].min(), frame[column.name].max()
    cell, issues = pl.col(column.name), []
    rows = frame.select("_row", column.name)
    if column.high is not None and high > column.high:  # type: ignore[operator]
        above = rows.filter(cell > column.high).select("_row", cell=as_typed(cell))
        if column.kind == "share":
            why = f"a share lies between 0 and {column.high:g}"
            issues += bad_cells(table.name, column, above, "share_over_one", why, column.mend)
        else:
            issues += bad_cells(table.name, column, above, "bounds", _limits(column), column.mend)
    if column.low is not None and low < column.low:  # type: ignore[operator]
        below = rows.filter(cell < column.low).select("_row", cell=as_typed(cell))
        issues += bad_cells(table.name, column, below, "bounds", _limits(column), column.mend)
    if column.name == "latitude" and table.name == "sites":
        issues = _swapped(issues, frame)
    if column.name == "yield_share" and table.name == "processes" and low == 0:
        zero = rows.filter(cell == 0).select("_row", cell=as_typed(cell))
        issues += bad_cells(table.name, column, zero, "bounds", "a yield of 0 never makes anything", column.mend)
    return issues


def _swapped(issues: list[Issue], sites: pl.DataFrame) -> list[Issue]:
    """Latitudes that no place has beside a longitude that would be one: the two are exchanged."""
    other = dict(sites.filter(pl.col("longitude").abs() <= _POLE).select("_row", "longitude").iter_rows())
    return [
        replace(one, fix=f"exchange latitude and longitude: {other[one.row]:g} may be the latitude") if one.row in other else one
        for one in issues
    ]


def _limits(column: Column) -> str:
    if column.high is None:
        return f"it must be {column.low:g} or more"
    return f"it must be {column.high:g} or less" if column.low is None else f"it must lie in {column.low:g} … {column.high:g}"


def _cells(table: Table, frame: pl.DataFrame) -> list[Issue]:
    """Bounds, choices and columns that nobody reads yet, for one table."""
    issues: list[Issue] = []
    for column in table.columns:
        filled = frame[column.name].null_count() < frame.height
        if not filled:
            continue
        if column.low is not None or column.high is not None:
            issues += _range(table, column, frame)
        if column.choices:
            odd = frame.filter(~pl.col(column.name).is_in(column.choices)).select("_row", cell=pl.col(column.name))
            issues += bad_cells(table.name, column, odd, "wrong_choice", "it is none of the words allowed here", column.mend)
        given = not column.used and (column.default is None or bool((frame[column.name] != column.default).any()))
        if given:
            issues.append(
                Issue(
                    table.name,
                    None,
                    column.name,
                    "not_used_yet",
                    what=f"{column.name} is filled",
                    why="no engine reads this column yet",
                    fix="nothing to do: it is kept and ignored",
                    severity="warning",
                )
            )
    if not table.used and frame.height:
        issues.append(
            Issue(
                table.name,
                None,
                None,
                "not_used_yet",
                what=f"{table.name} has {frame.height} rows",
                why="no engine reads this table yet",
                fix="nothing to do: it is kept and ignored",
                severity="warning",
            )
        )
    return issues


def _duplicates(table: Table, frame: pl.DataFrame) -> list[Issue]:
    """Rows whose key is there already; rows without a key that must be filled are reported as empty cells instead."""
    if not table.keys or frame.height < 2:
        return []
    keyed = frame.select("_row", *table.keys)
    needed = [name for name in table.keys if table.by_name[name].required and keyed[name].has_nulls()]
    keyed = keyed.drop_nulls(needed) if needed else keyed
    count = keyed[table.keys[0]].n_unique() if len(table.keys) == 1 else keyed.select(table.keys).n_unique()
    if count == keyed.height:
        return []
    again = keyed.filter(~pl.struct(table.keys).is_first_distinct())
    first = keyed.filter(pl.struct(table.keys).is_first_distinct())
    pairs = again.head(1000).join(first, on=table.keys, nulls_equal=True, how="left", suffix="_first", maintain_order="left")
    issues = []
    for row, before, *cells in pairs.select("_row", "_row_first", *table.keys).iter_rows():
        what, why = (
            f"{', '.join('' if cell is None else str(cell) for cell in cells)} is in row {before} already",
            f"{' + '.join(table.keys)} names one row",
        )
        issues.append(
            Issue(table.name, row, table.keys[0], "duplicate_key", what=what, why=why, fix="delete one of the rows or change its key")
        )
    return issues


def _unsupported(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Choices that are declared and that no engine can follow yet."""
    issues = []
    later: tuple[tuple[str, str, tuple[str, ...], Severity], ...] = (
        ("policies", "kind", POLICY_KINDS_LATER, "warning"),
        ("incentives", "basis", ("capital_share", "lump_sum"), "warning"),
    )
    for name, column, values, severity in later:
        key = TABLES[name].keys[0]
        for row, who, cell in tables[name].filter(pl.col(column).is_in(values)).select("_row", key, column).iter_rows():
            code = "not_supported_yet" if severity == "error" else "not_used_yet"
            bare = "no engine can follow it yet"
            issues.append(
                Issue(
                    name,
                    row,
                    column,
                    code,
                    what=f"{cell} in {column}" if severity == "error" else f"{who} does nothing: {column} {cell}",
                    why=bare if severity == "error" else f"{bare}: plans are made as if the row were not there",
                    fix="leave the row out, or use another choice",
                    severity=severity,
                )
            )
    return issues


def _unread(issues: Iterable[Issue]) -> frozenset[str]:
    """Tables of which nothing could be read: what names their rows is not reported once more for each row."""
    return frozenset(issue.table for issue in issues if issue.code in UNREAD_CODES and issue.column is None and issue.severity == "error")


def _nothing_read(tables: Mapping[str, pl.DataFrame], after: Iterable[Issue]) -> bool:
    """Whether the source itself is no network: that is told once, and no table is called missing on top."""
    lost = any(one.code in {"unreadable", "too_large"} and one.table not in TABLES and one.severity == "error" for one in after)
    return lost and not any(frame.height for frame in tables.values())


def check_tables(tables: Mapping[str, pl.DataFrame], after: Iterable[Issue] = ()) -> list[Issue]:
    """Every problem of complete, typed tables: errors, warnings and notes, in the order of the tables.

    `after` are the problems of reading them: tables that could not be read are not called missing, nor their names unknown.
    """
    after = tuple(after)
    if _nothing_read(tables, after):
        return []
    unread = _unread(after)
    issues = [issue for issue in _missing(tables) if issue.table not in unread]
    for name, table in TABLES.items():
        if tables[name].height:
            issues += _cells(table, tables[name]) + _duplicates(table, tables[name])
    issues += reference_problems(tables, unread)
    found, currency = setting_problems(tables)
    issues += found + _unsupported(tables)
    if not unread & {"settings", "exchange_rates"}:
        issues += money_problems(tables, currency)
    if not unread:
        issues += change_problems(tables) + counted_problems(tables) + idle_problems(tables) + effect_problems(tables)
    issues += time_problems(tables) + chain_problems(tables) + pact_problems(tables) + amount_problems(tables)
    issues += origin_problems(tables) + ([] if unread else hazard_problems(tables))
    issues += rule_problems(tables) + standard_problems(tables) + trade_problems(tables)
    spoiled = {(issue.table, issue.row) for issue in after if issue.severity == "error"}
    issues = [issue for issue in issues if issue.code != "lane_legs" or (issue.table, issue.row) not in spoiled]
    order = {name: at for at, name in enumerate(TABLES)}
    rank = {"error": 0, "warning": 1, "note": 2}
    return sorted(issues, key=lambda one: (rank[one.severity], order.get(one.table, 99), one.row or 0, one.column or "", one.code))
