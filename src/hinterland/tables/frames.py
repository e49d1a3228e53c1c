"""Tables handed over in memory: polars and pandas frames, Arrow tables, lists of rows, dicts of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from hinterland.tables.csv_files import Raw, refuse

__all__ = ["frame_of"]


def _told(cell: object) -> str | None:
    """Text of a cell among cells of several types."""
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _plain(cell: object) -> object:
    """A Python value in place of a NumPy or pandas one."""
    item = getattr(cell, "item", None)
    if callable(item) and getattr(cell, "shape", None) == ():
        return item()
    stamp = getattr(cell, "to_pydatetime", None)
    return stamp() if callable(stamp) and not isinstance(cell, type) else cell


def _series(name: str, cells: Sequence[object]) -> pl.Series:
    """A column of one type where every cell has it, of text where types are mixed: nothing is dropped to fit."""
    values = [_plain(cell) for cell in cells]
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pl.Series(name, [None] * len(values), dtype=pl.Null)
    if kinds == {str}:
        return pl.Series(name, values, dtype=pl.String)
    if kinds == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds <= {int, float}:
        return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)  # type: ignore[arg-type]
    if kinds == {date}:
        return pl.Series(name, values, dtype=pl.Date)
    return pl.Series(name, [_told(value) for value in values], dtype=pl.String)


def _of_columns(table: str, columns: Mapping[str, Sequence[object]]) -> Raw:
    odd = [str(name) for name, cells in columns.items() if isinstance(cells, str) or not hasattr(cells, "__len__")]
    if odd:
        what, why = f"{', '.join(odd[:5])} is no list of cells", "a dict of columns holds one list for each"
        return None, [refuse(table, "unreadable", what, why, "give every column as a list, or the table as a list of rows")]
    sizes = {str(name): len(cells) for name, cells in columns.items()}
    if len(set(sizes.values())) > 1:
        what = "columns of different length: " + ", ".join(f"{name} {size}" for name, size in list(sizes.items())[:5])
        return None, [refuse(table, "ragged_row", what, "cells would shift into other rows", "give every column as many cells")]
    return pl.DataFrame([_series(str(name), list(cells)) for name, cells in columns.items()]), []


def _of_rows(table: str, rows: Sequence[object]) -> Raw:
    odd = [at for at, row in enumerate(rows, start=2) if not isinstance(row, Mapping)]
    if odd:
        why = "a row is a dict of column to value"
        return None, [refuse(table, "unreadable", "a row is no dict", why, "give every row as a dict", at) for at in odd[:10]]
    dicts = [row for row in rows if isinstance(row, Mapping)]
    names = list(dict.fromkeys(str(name) for row in dicts for name in row))
    return pl.DataFrame([_series(name, [row.get(name) for row in dicts]) for name in names]), []


def _of_pandas(table: str, rows: Any) -> Raw:
    """Missing values of pandas are empty cells; an index with a name is a column."""
    if any(name is not None for name in rows.index.names):
        rows = rows.reset_index()
    names = [str(name) for name in rows.columns]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        what = f"the frame names {', '.join(doubled)} twice"
        return None, [refuse(table, "doubled_header", what, "it is not clear which cell counts", "keep one of the columns", 1)]
    columns = {}
    for at, name in enumerate(names):
        cells, gaps = rows.iloc[:, at], rows.iloc[:, at].isna().to_numpy()
        columns[name] = [None if gap else cell for cell, gap in zip(cells.tolist(), gaps, strict=True)]
    return _of_columns(table, columns)


def frame_of(table: str, rows: Any) -> Raw:
    """A polars frame of whatever holds rows; columns of mixed types become text, so that typing can point at the cell."""
    if isinstance(rows, pl.LazyFrame):
        rows = rows.collect()
    if isinstance(rows, pl.DataFrame):
        return rows, []
    if type(rows).__module__.partition(".")[0] == "pandas" and hasattr(rows, "columns"):
        return _of_pandas(table, rows)
    if hasattr(rows, "__arrow_c_stream__"):
        return pl.DataFrame(rows), []
    if isinstance(rows, Mapping):
        return _of_columns(table, rows)
    if isinstance(rows, Sequence) and not isinstance(rows, str | bytes):
        return _of_rows(table, rows)
    what, why = f"{type(rows).__name__} is no table", "tables are frames, lists of rows or dicts of columns"
    return None, [refuse(table, "unreadable", what, why, "give a polars or pandas frame, a list of dicts, or a dict of lists")]
