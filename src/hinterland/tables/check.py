"""What the tables say together: keys, references, bounds, dates, periods, money. Every problem at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue, Severity
from hinterland.core.units import PRODUCT_UNITS
from hinterland.tables.chain import chain_problems
from hinterland.tables.declared import TABLES
from hinterland.tables.declared.agreeing import POLICY_KINDS_LATER
from hinterland.tables.references import reference_problems
from hinterland.tables.settings import setting_problems
from hinterland.tables.time import time_problems
from hinterland.tables.typing import bad_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.tables.schema import Column, Table

__all__ = ["NEEDED", "check_tables"]

NEEDED = ("settings", "periods", "products", "sites", "processes", "lanes", "demand")
"""The tables a first plan needs."""


def _missing(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    issues = []
    for name in NEEDED:
        if tables[name].height:
            continue
        why = (
            "lane_rules make lanes in a later part; until then lanes are given"
            if name == "lanes" and tables["lane_rules"].height
            else "a plan needs it"
        )
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
    cell = pl.col(column.name)
    rows = frame.select("_row", column.name)
    over = cell > column.high if column.high is not None else pl.lit(value=False)
    if column.kind == "share" and column.high == 1.0:
        high = rows.filter(over).select("_row", cell=cell.cast(pl.String))
        issues = bad_cells(table.name, column, high, "share_over_one", "a share lies between 0 and 1", column.mend)
        over = pl.lit(value=False)
    else:
        issues = []
    under = cell < column.low if column.low is not None else pl.lit(value=False)
    limits = f"it must be {column.low:g} or more" if column.high is None else f"it must lie in {column.low:g} … {column.high:g}"
    outside = rows.filter(over | under).select("_row", cell=cell.cast(pl.String))
    issues += bad_cells(table.name, column, outside, "bounds", limits, column.mend)
    if column.name == "yield_share" and table.name == "processes":
        zero = rows.filter(cell == 0).select("_row", cell=cell.cast(pl.String))
        issues += bad_cells(table.name, column, zero, "bounds", "a yield of 0 never makes anything", column.mend)
    return issues


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
    if not table.keys or frame.height < 2:
        return []
    keyed = frame.select("_row", *[pl.col(name).cast(pl.String).fill_null("") for name in table.keys])
    again = keyed.filter(~pl.struct(table.keys).is_first_distinct())
    return [
        Issue(
            table.name,
            int(row),
            table.keys[0],
            "duplicate_key",
            what=f"{', '.join(cells)} is there already",
            why=f"{' + '.join(table.keys)} names one row",
            fix="delete one of the rows or change its key",
        )
        for row, *cells in again.head(1000).iter_rows()
    ]


def _money(tables: Mapping[str, pl.DataFrame], currency: str) -> list[Issue]:
    rates = set(tables["exchange_rates"]["currency"].to_list()) | {currency}
    issues = []
    for name, frame in tables.items():
        if name == "exchange_rates" or "currency" not in frame.columns:
            continue
        odd = frame.filter(pl.col("currency").is_not_null() & ~pl.col("currency").is_in(sorted(rates)))
        for row, cell in odd.head(1000).select("_row", "currency").iter_rows():
            issues.append(
                Issue(
                    name,
                    row,
                    "currency",
                    "missing_exchange_rate",
                    what=f"{cell} has no exchange rate",
                    why=f"money is counted in {currency}",
                    fix=f"add {cell} to exchange_rates",
                )
            )
    return issues


def _unsupported(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Choices that are declared and that no engine can follow yet."""
    issues = []
    later: tuple[tuple[str, str, tuple[str, ...], Severity], ...] = (
        ("duties", "stacking", ("net_of_mfn", "cap_all_in", "replace"), "error"),
        ("policies", "kind", POLICY_KINDS_LATER, "warning"),
        ("incentives", "basis", ("capital_share", "lump_sum"), "warning"),
    )
    for name, column, values, severity in later:
        for row, cell in tables[name].filter(pl.col(column).is_in(values)).select("_row", column).iter_rows():
            code = "not_supported_yet" if severity == "error" else "not_used_yet"
            issues.append(
                Issue(
                    name,
                    row,
                    column,
                    code,
                    what=f"{cell} in {column}",
                    why="no engine can follow it yet",
                    fix="leave the row out, or use another choice",
                    severity=severity,
                )
            )
    units = [*PRODUCT_UNITS]
    odd = tables["products"].filter(pl.col("unit").is_not_null() & ~pl.col("unit").is_in(units))
    issues += bad_cells(
        "products",
        TABLES["products"].by_name["unit"],
        odd.select("_row", cell="unit"),
        "unit_mismatch",
        "it is no unit of the registry",
        f"write one of: {', '.join(units)}",
    )
    return issues


def check_tables(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Every problem of complete, typed tables: errors, warnings and notes, in the order of the tables."""
    issues = _missing(tables)
    for name, table in TABLES.items():
        if tables[name].height:
            issues += _cells(table, tables[name]) + _duplicates(table, tables[name])
    issues += reference_problems(tables)
    found, currency = setting_problems(tables)
    issues += found + _money(tables, currency) + _unsupported(tables) + time_problems(tables) + chain_problems(tables)
    order = {name: at for at, name in enumerate(TABLES)}
    rank = {"error": 0, "warning": 1, "note": 2}
    return sorted(issues, key=lambda one: (rank[one.severity], order.get(one.table, 99), one.row or 0, one.column or "", one.code))
