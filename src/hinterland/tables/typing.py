"""From cells as typed by people to typed columns: every cell that does not fit is a problem with its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.headers import code_as_number, header_issues, nearest

if TYPE_CHECKING:
    from hinterland.tables.schema import Column, Table

__all__ = ["CELL_LIMIT", "ISSUE_LIMIT", "as_typed", "bad_cells", "nearest", "typed_column", "typed_frame"]

ISSUE_LIMIT = 1000
"""Most problems reported per table and column; the last one counts the rest."""
CELL_LIMIT = 10_000
"""Most characters of one cell."""
_SHOWN = 60
_TRUE, _FALSE = ["true", "yes", "1", "wahr", "ja"], ["false", "no", "0", "falsch", "nein"]
_NOT_FINITE = r"(?i)^[+-]?(nan|inf|infinity|#n/a|#num!|#div/0!|#value!|#ref!|#name\?|#null!)$"
_GROUPED = r"^[+-]?\d{1,3}([ \u{a0}\u{2009}\u{202f}'’]\d{3})+(\.\d+)?$"
_MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?$"
_NUMERIC = frozenset({"number", "share", "whole"})


def bad_cells(table: str, column: Column, rows: pl.DataFrame, code: str, why: str, fix: str) -> list[Issue]:
    """One issue per row of (`_row`, `cell`), capped."""
    issues = [
        Issue(table, row, column.name, code, what=f"{_short(cell)} in {column.name}", why=why, fix=fix)
        for row, cell in rows.head(ISSUE_LIMIT).select("_row", "cell").iter_rows()
    ]
    if rows.height > ISSUE_LIMIT:
        issues.append(Issue(table, None, column.name, code, what=f"{rows.height - ISSUE_LIMIT} more cells like these", why=why, fix=fix))
    return issues


def as_typed(number: pl.Expr) -> pl.Expr:
    """Numbers as people type them: 25, not 25.0."""
    whole = (number == number.floor()) & (number.abs() < 2**53)
    return pl.when(whole.fill_null(value=False)).then(number.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(number.cast(pl.String))


def _short(cell: object) -> str:
    text = str(cell) if isinstance(cell, str) else repr(cell)
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _cast(cells: pl.Expr, column: Column) -> pl.Expr:
    if column.kind in _NUMERIC:
        return cells.cast(pl.Float64, strict=False)
    if column.kind == "date":
        return cells.str.replace(_MIDNIGHT, "").str.to_date("%Y-%m-%d", strict=False)
    low = cells.str.to_lowercase()
    return pl.when(low.is_in(_TRUE)).then(pl.lit(value=True)).when(low.is_in(_FALSE)).then(pl.lit(value=False))


def _text_problems(table: Table, column: Column, cells: pl.DataFrame) -> list[Issue]:
    """Problems of cells that would not cast; `cells` has _row, cell (text) and amount (what became of it)."""
    if column.kind not in _NUMERIC:
        why = {"date": "it is no date", "flag": "it is neither true nor false"}[column.kind]
        return bad_cells(table.name, column, cells, "wrong_type", why, column.mend)
    finite = pl.col("cell").str.contains(_NOT_FINITE) | pl.col("amount").is_infinite().fill_null(value=False)
    comma = pl.col("cell").str.contains(r"^[+-]?\d{1,3}(\.\d{3})*,\d+$|^[+-]?\d*,\d+$") & ~finite
    grouped = pl.col("cell").str.contains(_GROUPED) & ~finite & ~comma
    percent = pl.col("cell").str.contains(r"^[+-]?\d+([.,]\d+)?\s*%$")
    other, why = ~finite & ~comma & ~grouped, "it is no whole number" if column.kind == "whole" else "it is no number"
    cases = (
        (finite, "not_finite", "a quantity must be a finite number", "leave the cell empty or write a number"),
        (comma, "decimal_comma", "numbers are written with a decimal point", "write 1234.5 instead of 1.234,5"),
        (grouped, "wrong_type", "digits are not set apart", "write 80000 instead of 80 000"),
        (other & percent, "wrong_type", "a share is written as a number", "write 0.25 for 25 %"),
        (other & ~percent, "wrong_type", why, column.fix or "write a number with a decimal point, without unit or blanks"),
    )
    return [issue for wrong, code, why, fix in cases for issue in bad_cells(table.name, column, cells.filter(wrong), code, why, fix)]


def _cleaned(table: Table, column: Column, told: pl.Series, rows: pl.Series) -> tuple[pl.Series, list[Issue]]:
    """Text without blanks around it, empty text as no value."""
    issues: list[Issue] = []
    sizes = told.str.len_bytes()
    if (sizes.max() or 0) > CELL_LIMIT:  # type: ignore[operator]
        long = pl.DataFrame([rows, told.str.slice(0, _SHOWN).alias("cell")]).filter((sizes > CELL_LIMIT).fill_null(value=False))
        issues = bad_cells(table.name, column, long, "too_large", f"a cell holds at most {CELL_LIMIT} characters", "shorten the text")
    plain = told.str.strip_chars()
    blanks = (plain.str.len_bytes() != sizes).fill_null(value=False)
    if blanks.any():
        what, first = f"blanks around {blanks.sum()} cells of {column.name}", int(rows.filter(blanks)[0])
        why, fix = "names with and without blanks are the same", "nothing to do: they were removed"
        issues.append(Issue(table.name, first, column.name, "trimmed", what=what, why=why, fix=fix, severity="note"))
    if (sizes.min() == 0) or blanks.any():
        plain = plain.replace("", None)
    return plain.alias(column.name), issues


def _as_text(series: pl.Series) -> pl.Series | None:
    """Cells of a frame as a person would type them; None for types that are no cells."""
    kind = series.dtype
    if kind.is_float() or kind.is_decimal():
        whole = (series == series.floor()) & (series.abs() < 2**53)
        parts = pl.DataFrame([series.alias("x"), whole.fill_null(value=False).alias("whole")])
        number = pl.col("x").cast(pl.Int64, strict=False).cast(pl.String)
        return parts.select(pl.when("whole").then(number).otherwise(pl.col("x").cast(pl.String)).alias(series.name)).to_series()
    if isinstance(kind, pl.Datetime):
        return series.dt.to_string("%Y-%m-%d %H:%M:%S")
    if kind.is_nested() or kind in (pl.Object, pl.Binary):
        return None
    return series.cast(pl.String)


def _of_frame(table: Table, column: Column, series: pl.Series, rows: pl.Series) -> tuple[pl.Series, list[Issue]] | pl.Series:
    """Columns that are typed already; a series of text where the cells must still be read."""
    kind = series.dtype
    if kind == pl.Null:
        return series.cast(column.dtype), []
    if column.kind in _NUMERIC and (kind.is_numeric() or kind.is_decimal()):
        wide = series.cast(pl.Float64)
        low, high = wide.min(), wide.max()
        if wide.has_nulls() or wide.is_nan().any() or low in (float("-inf"),) or high in (float("inf"),):
            odd = pl.DataFrame([rows, wide.cast(pl.String).alias("cell")]).filter(~wide.is_finite().fill_null(value=True))
            why, fix = "a quantity must be a finite number", "leave the cell empty or write a number"
            issues = bad_cells(table.name, column, odd, "not_finite", why, fix)
            wide = wide.to_frame("x").select(pl.when(pl.col("x").is_finite()).then("x").alias(column.name)).to_series() if issues else wide
        else:
            issues = []
        return _whole(table, column, wide, rows, issues) if column.kind == "whole" else (wide.alias(column.name), issues)
    if kind == column.dtype and kind != pl.String:
        return series, []
    if isinstance(kind, pl.Datetime) and column.kind == "date":
        series = series.dt.replace_time_zone(None)
    fits = (
        column.kind == "text" or kind in (pl.String, pl.Categorical, pl.Enum, pl.Date) or isinstance(kind, pl.Datetime) or kind.is_numeric()
    )
    told = _as_text(series) if fits or (kind == pl.Boolean and column.kind == "flag") else None
    if told is None:
        what, why = f"column {column.name} holds {kind}", f"it is a column of kind {column.kind}"
        issue = Issue(table.name, None, column.name, "wrong_type", what=what, why=why, fix=column.mend)
        return pl.Series(column.name, [None] * series.len(), dtype=column.dtype), [issue]
    return told


def _whole(table: Table, column: Column, wide: pl.Series, rows: pl.Series, issues: list[Issue]) -> tuple[pl.Series, list[Issue]]:
    part = ((wide != wide.floor()) | (wide.abs() >= 2**53)).fill_null(value=False)
    if part.any():
        cells = pl.DataFrame([rows, wide.cast(pl.String).alias("cell")]).filter(part)
        issues = issues + bad_cells(table.name, column, cells, "wrong_type", "it is no whole number", column.mend)
    return wide.cast(pl.Int64, strict=False).alias(column.name), issues


def typed_column(table: Table, column: Column, series: pl.Series, rows: pl.Series) -> tuple[pl.Series, list[Issue]]:
    """Type one column; cells that do not fit become empty and are listed. `rows` (`_row`) are the user's row numbers."""
    issues: list[Issue] = []
    if series.dtype != pl.String:
        typed = _of_frame(table, column, series, rows)
        if isinstance(typed, tuple):
            return typed
        if column.name.startswith("hs_") and series.dtype.is_numeric() and typed.drop_nulls().len():
            issues.append(code_as_number(table, column.name))
        series = typed
    told, found = _cleaned(table, column, series, rows)
    issues += found
    if column.kind == "text" or not told.len():
        return told.cast(column.dtype), issues
    cast = told.to_frame().select(_cast(pl.col(column.name), column)).to_series()
    failed = told.is_not_null() & cast.is_null()
    if column.kind in _NUMERIC:
        failed = failed | ~cast.is_finite().fill_null(value=True)
    if failed.any():
        cells = pl.DataFrame([rows, told.alias("cell"), cast.alias("amount")]).filter(failed)
        issues += _text_problems(table, column, cells)
        cast = pl.DataFrame([cast.alias("x"), failed.alias("bad")]).select(pl.when(~pl.col("bad")).then("x")).to_series()
    if column.kind == "whole":
        return _whole(table, column, cast, rows, issues)
    return cast.alias(column.name), issues


def typed_frame(table: Table, raw: pl.DataFrame) -> tuple[pl.DataFrame, list[Issue]]:
    """Type every declared column of a raw frame (`_row` holds the user's row numbers), fill defaults, list problems."""
    if "_row" in raw.columns and raw.schema["_row"].is_integer() and not raw["_row"].has_nulls():
        rows, frame = raw["_row"].cast(pl.Int64), {name: raw[name] for name in raw.columns if name != "_row"}
    else:
        rows, frame = pl.int_range(2, raw.height + 2, dtype=pl.Int64, eager=True).alias("_row"), {name: raw[name] for name in raw.columns}
    issues = header_issues(table, list(frame))
    typed: list[pl.Series] = []
    for column in table.columns:
        if column.name not in frame:
            typed.append(pl.repeat(column.default, raw.height, dtype=column.dtype, eager=True).alias(column.name))
            if column.required and raw.height:
                what, why = f"column {column.name} is not there", f"every row needs it: {column.doc}"
                issues.append(Issue(table.name, 1, column.name, "empty_cell", what=what, why=why, fix=f"add the column {column.name}"))
            continue
        series, found = typed_column(table, column, frame[column.name], rows)
        issues += found
        if column.required and series.has_nulls():
            reported = {issue.row for issue in found if issue.severity == "error"}
            gaps = pl.DataFrame([rows, pl.Series("cell", [""] * raw.height)]).filter(series.is_null())
            gaps = (
                gaps.filter(~pl.col("_row").is_in([row for row in reported if row is not None])) if None not in reported else gaps.clear()
            )
            issues += bad_cells(table.name, column, gaps, "empty_cell", "the cell must be filled", column.mend)
        typed.append(series.fill_null(column.default) if column.default is not None and series.has_nulls() else series)
    return pl.DataFrame([*typed, rows]), issues
