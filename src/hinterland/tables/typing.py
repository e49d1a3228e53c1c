"""From cells as typed by people to typed columns: every cell that does not fit is a problem with its row."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.core.units import UNITS

if TYPE_CHECKING:
    from hinterland.tables.schema import Column, Table

__all__ = ["CELL_LIMIT", "ISSUE_LIMIT", "nearest", "typed_frame"]

ISSUE_LIMIT = 1000
"""Most problems reported per table and column; the last one counts the rest."""
CELL_LIMIT = 10_000
"""Most characters of one cell."""
_TRUE, _FALSE = ["true", "yes", "1", "wahr", "ja"], ["false", "no", "0", "falsch", "nein"]
_NOT_FINITE = r"(?i)^[+-]?(nan|inf|infinity|#n/a|#num!|#div/0!)$"


def nearest(name: str, known: list[str]) -> str:
    """Nearest known name as a question for people, or the beginning of the list."""
    close = get_close_matches(name.lower(), [one.lower() for one in known], n=1, cutoff=0.6)
    if close:
        return f"did you mean {next(one for one in known if one.lower() == close[0])}?"
    return f"known: {', '.join(known[:8])}{' …' if len(known) > 8 else ''}"


def bad_cells(table: str, column: Column, rows: pl.DataFrame, code: str, why: str, fix: str) -> list[Issue]:
    """One issue per row of (`_row`, `cell`), capped."""
    issues = [
        Issue(table, row, column.name, code, what=f"{cell!r} in {column.name}", why=why, fix=fix)
        for row, cell in rows.head(ISSUE_LIMIT).select("_row", "cell").iter_rows()
    ]
    if rows.height > ISSUE_LIMIT:
        issues.append(Issue(table, None, column.name, code, what=f"{rows.height - ISSUE_LIMIT} more cells like these", why=why, fix=fix))
    return issues


def _cast(cells: pl.Expr, column: Column) -> pl.Expr:
    if column.kind in {"number", "share"}:
        return cells.cast(pl.Float64, strict=False)
    if column.kind == "whole":
        return cells.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
    if column.kind == "date":
        return cells.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    if column.kind == "flag":
        low = cells.str.to_lowercase()
        return pl.when(low.is_in(_TRUE)).then(pl.lit(value=True)).when(low.is_in(_FALSE)).then(pl.lit(value=False))
    return cells


def _text_problems(table: Table, column: Column, cells: pl.DataFrame) -> list[Issue]:
    """Problems of cells that would not cast; `cells` has _row and cell (text)."""
    issues: list[Issue] = []
    finite = pl.col("cell").str.contains(_NOT_FINITE)
    comma = pl.col("cell").str.contains(r"^[+-]?\d{1,3}(\.\d{3})*,\d+$|^[+-]?\d+,\d+$")
    numeric = column.kind in {"number", "share", "whole"}
    odd = cells.filter(finite) if numeric else cells.clear()
    issues += bad_cells(
        table.name, column, odd, "not_finite", "a quantity must be a finite number", "leave the cell empty or write a number"
    )
    commas = cells.filter(comma & ~finite) if numeric else cells.clear()
    issues += bad_cells(
        table.name, column, commas, "decimal_comma", "numbers are written with a decimal point", "write 1234.5 instead of 1.234,5"
    )
    rest = cells.filter(~finite & ~comma) if numeric else cells
    why = {"date": "it is no date", "flag": "it is neither true nor false", "whole": "it is no whole number"}.get(
        column.kind, "it is no number"
    )
    return issues + bad_cells(table.name, column, rest, "wrong_type", why, column.mend)


def _typed_column(table: Table, column: Column, frame: pl.DataFrame) -> tuple[pl.Series, list[Issue]]:
    series = frame[column.name]
    if series.dtype != pl.String:
        if column.kind == "text":
            series = series.cast(pl.String)
        elif column.kind in {"number", "share", "whole"} and series.dtype.is_numeric():
            wide = series.cast(pl.Float64)
            odd = frame.select("_row", cell=wide.cast(pl.String)).filter(~wide.is_finite().fill_null(value=True))
            issues = bad_cells(
                table.name, column, odd, "not_finite", "a quantity must be a finite number", "leave the cell empty or write a number"
            )
            if column.kind == "whole":
                part = frame.select("_row", cell=wide.cast(pl.String)).filter(
                    (wide != wide.floor()).fill_null(value=False) & wide.is_finite()
                )
                issues += bad_cells(table.name, column, part, "wrong_type", "it is no whole number", column.mend)
                return wide.fill_nan(None).cast(pl.Int64, strict=False).alias(column.name), issues
            return wide.alias(column.name), issues
        elif series.dtype == column.dtype:
            return series, []
        elif series.dtype == pl.Null:
            return series.cast(column.dtype), []
        elif isinstance(series.dtype, pl.Datetime) and column.kind == "date":
            return series.cast(pl.Date), []
        else:
            series = series.cast(pl.String)
    told = series.str.strip_chars()
    told = pl.select(pl.when(told != "").then(told)).to_series().alias(column.name) if told.len() else told
    long = frame.select("_row", cell=told.str.slice(0, 40)).filter((told.str.len_bytes() > CELL_LIMIT).fill_null(value=False))
    issues = bad_cells(table.name, column, long, "too_large", f"a cell holds at most {CELL_LIMIT} characters", "shorten the text")
    if column.kind == "text":
        return told, issues
    cast = told.to_frame().select(_cast(pl.col(column.name), column)).to_series()
    failed = told.is_not_null() & cast.is_null()
    if column.kind in {"number", "share"}:
        failed = failed | ~cast.is_finite().fill_null(value=True)
    if column.kind == "whole":
        amount = told.cast(pl.Float64, strict=False)
        failed = failed | (amount != amount.floor()).fill_null(value=False)
    if failed.any():
        issues += _text_problems(table, column, frame.select("_row", cell=told).filter(failed))
    return cast.alias(column.name), issues


def _columns(table: Table, frame: pl.DataFrame) -> list[Issue]:
    """Problems of the header: unknown columns with the nearest name, or the unit that was meant."""
    issues = []
    known = [column.name for column in table.columns]
    for name in frame.columns:
        if name in known or name == "_row":
            continue
        stem = [part for part in name.split("_") if part not in UNITS and part != "per"]
        twin = next((one for one in known if [p for p in one.split("_") if p not in UNITS and p != "per"] == stem and stem), None)
        if twin is not None and any(part in UNITS for part in name.split("_")):
            issues.append(
                Issue(
                    table.name,
                    1,
                    name,
                    "unit_mismatch",
                    what=f"column {name} carries another unit than {twin}",
                    why="the name of a column states its unit, and values are not converted silently",
                    fix=f"convert the values and name the column {twin}",
                )
            )
        else:
            issues.append(
                Issue(
                    table.name,
                    1,
                    name,
                    "unknown_column",
                    what=f"{table.name} has no column {name!r}",
                    why="a column that nobody reads hides a mistake",
                    fix=nearest(name, known),
                )
            )
    return issues


def typed_frame(table: Table, raw: pl.DataFrame) -> tuple[pl.DataFrame, list[Issue]]:
    """Type every declared column of a raw frame (`_row` holds the user's row numbers), fill defaults, list problems."""
    issues = _columns(table, raw)
    frame = raw if "_row" in raw.columns else raw.with_columns(_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
    typed: list[pl.Series] = []
    for column in table.columns:
        if column.name not in frame.columns:
            filled = pl.select(pl.repeat(column.default, frame.height, dtype=column.dtype).alias(column.name)).to_series()
            typed.append(filled)
            continue
        series, found = _typed_column(table, column, frame)
        issues += found
        typed.append(series if column.default is None else series.fill_null(column.default))
    whole = pl.DataFrame([*typed, frame["_row"].cast(pl.Int64)])
    for column in table.columns:
        if column.required and column.name in frame.columns:
            gaps = whole.filter(pl.col(column.name).is_null()).select("_row", cell=pl.lit(""))
            reported = {issue.row for issue in issues if issue.column == column.name}
            gaps = gaps.filter(~pl.col("_row").is_in(sorted(row for row in reported if row is not None)))
            issues += bad_cells(table.name, column, gaps, "empty_cell", "the cell must be filled", column.mend)
        elif column.required and whole.height:
            issues.append(
                Issue(
                    table.name,
                    1,
                    column.name,
                    "empty_cell",
                    what=f"column {column.name} is not there",
                    why=f"every row needs it: {column.doc}",
                    fix=f"add the column {column.name}",
                )
            )
    return whole, issues
