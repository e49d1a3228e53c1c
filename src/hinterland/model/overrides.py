"""One override at a time: which rows it means, and the value it gives them, typed as the tables' own cells are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue, Severity
from hinterland.model.where import Members, matching_rows
from hinterland.tables import TABLES
from hinterland.tables.headers import nearest
from hinterland.tables.schema import Column
from hinterland.tables.typing import typed_column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.tables.schema import Table

__all__ = ["apply_override"]

Tables = dict[str, pl.DataFrame]
_AMOUNT = Column("value", "number", "amount to scale or add by")
_OWN = ("scenarios", "overrides")


def _issue(row: int | None, column: str, code: str, what: str, why: str, fix: str, severity: Severity = "error") -> Issue:
    return Issue("overrides", row, column, code, what=what, why=why, fix=fix, severity=severity)


def _typed(table: Table, column: Column, value: str, row: int | None) -> tuple[object, list[Issue]]:
    """The value of a cell typed as a file's cell is; an empty one is the column's default."""
    rows = pl.Series("_row", [row or 0], dtype=pl.Int64)
    series, found = typed_column(table, column, pl.Series(column.name, [value], dtype=pl.String), rows)
    issues = [
        _issue(row, "value", one.code, f"{value!r} for {table.name}.{column.name}", one.why, one.fix)
        for one in found
        if one.severity == "error"
    ]
    cell = series[0]
    if cell is None and not issues:
        if column.required:
            what, why = f"no value for {table.name}.{column.name}", "the cell must be filled"
            issues.append(_issue(row, "value", "empty_cell", what, why, column.mend))
        cell = column.default
    return cell, issues


def _set(
    frame: pl.DataFrame, mask: pl.Series, table: Table, column: Column, value: str, row: int | None
) -> tuple[pl.DataFrame, list[Issue]]:
    cell, issues = _typed(table, column, value, row)
    if issues:
        return frame, issues
    told = pl.lit(cell, dtype=column.dtype)
    return frame.with_columns(pl.when(mask).then(told).otherwise(pl.col(column.name)).alias(column.name)), []


def _move(
    frame: pl.DataFrame, mask: pl.Series, table: Table, column: Column, rule: tuple[str, str], row: int | None
) -> tuple[pl.DataFrame, list[Issue]]:
    """Scale or add: numbers only, in tables or in the text of a setting. Empty cells stay empty."""
    action, value = rule
    amount, issues = _typed(table, _AMOUNT, value, row)
    place = f"{table.name}.{column.name}"
    if not issues and not isinstance(amount, float):
        issues = [_issue(row, "value", "empty_cell", f"nothing to {action} {place} by", "the cell must be filled", "write a number")]
    if issues:
        return frame, issues
    cells = frame[column.name]
    numbers = cells.cast(pl.Float64, strict=False) if column.kind in {"number", "share", "whole"} or table.name == "settings" else None
    if numbers is None or (mask & cells.is_not_null() & numbers.is_null()).any():
        what, why = (
            f"{place} cannot {action} by {value}",
            f"it holds {column.kind}" if numbers is None else "not every matching cell is a number",
        )
        return frame, [_issue(row, "action", "wrong_type", what, why, "use the action set, or correct `where`")]
    moved = numbers * amount if action == "scale" else numbers + amount
    if column.kind == "whole" and (mask & (moved != moved.floor())).any():
        what = f"{place} would become {moved.filter(mask).drop_nulls()[0]:g}"
        return frame, [_issue(row, "value", "wrong_type", what, "it is a whole number", "use the action set with a whole number")]
    told = moved.cast(column.dtype)
    return frame.with_columns(pl.when(mask).then(told).otherwise(pl.col(column.name)).alias(column.name)), []


def _rows(tables: Mapping[str, pl.DataFrame], table: str, where: str | None, row: int | None) -> tuple[pl.Series | None, list[Issue]]:
    try:
        mask = matching_rows(tables[table], where, Members.of(tables))
    except ValueError as broken:
        fix = "write column=value; column=value, and * for any value"
        return None, [_issue(row, "where", "broken_where", f"{str(broken)!r} is no term", "a term is column=value", fix)]
    except KeyError as missing:
        name, known = str(missing.args[0]), [one.name for one in TABLES[table].columns]
        what, why = f"{table} has no column {name!r}", "where names columns of its table"
        return None, [_issue(row, "where", "unknown_column", what, why, nearest(name, known))]
    if mask.any():
        return mask, []
    what, why = f"no row of {table} matches {where or '*'!r}", "an override that changes nothing hides a misunderstanding"
    fix = "add the setting to settings first: an override changes a row" if table == "settings" else "correct `where` or remove the row"
    return None, [_issue(row, "where", "matches_nothing", what, why, fix)]


def apply_override(tables: Tables, rule: Mapping[str, object]) -> list[Issue]:
    """Apply one row of `overrides` to `tables` (the mapping's frame is replaced); what is wrong with it is returned.

    `set` types the value as a cell of a file and an empty value is the column's default; money is in the row's own
    currency. Rows are those of the tables as earlier overrides left them.
    """
    row = rule.get("_row")
    at = row if isinstance(row, int) else None
    name, action = str(rule["table"] or ""), str(rule["action"] or "set")
    column, value, where = str(rule["column"] or ""), str(rule["value"] or ""), rule["where"]
    if name not in TABLES:
        return [
            _issue(
                at,
                "table",
                "unknown_table",
                f"there is no table {name!r}",
                "an override changes a declared table",
                nearest(name, [*TABLES]),
            )
        ]
    if name in _OWN:
        what, why = f"an override of {name}", "scenarios change the world and the strategy, not each other"
        return [_issue(at, "table", "not_supported_yet", what, why, "let one scenario extend another")]
    table = TABLES[name]
    mask, issues = _rows(tables, name, None if where is None else str(where), at)
    if action != "drop" and column not in table.by_name:
        known = [one.name for one in table.columns]
        what, why = f"{name} has no column {column!r}", "an override sets a declared column"
        issues.append(_issue(at, "column", "unknown_column", what, why, nearest(column, known)))
    if issues or mask is None:
        return issues
    frame = tables[name]
    if action == "drop":
        tables[name] = frame.filter(~mask)
        return []
    declared = table.by_name[column]
    if action == "set":
        changed, issues = _set(frame, mask, table, declared, value, at)
    elif action in {"scale", "add"}:
        changed, issues = _move(frame, mask, table, declared, (action, value), at)
    else:
        return [_issue(at, "action", "wrong_choice", f"{action!r} is no action", "overrides set, scale, add or drop", "write one of these")]
    if issues:
        return issues
    tables[name] = changed
    if changed[column].equals(frame[column], null_equal=True):
        what = f"{action} {value!r} leaves {name}.{column} as it is in every matching row"
        return [_issue(at, "value", "changes_nothing", what, "the override has no effect", "remove it, or correct the value", "warning")]
    return []
