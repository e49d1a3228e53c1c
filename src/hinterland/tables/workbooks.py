"""One .xlsx workbook: a sheet per table, refused before it is opened when it would not fit in memory."""

from __future__ import annotations

import warnings
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.tables.csv_files import Raw, header_problems, refuse
from hinterland.tables.headers import code_as_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hinterland.tables.schema import Table

__all__ = ["is_aside", "read_sheet", "sheets", "workbook_problems"]

UNPACKED_LIMIT = 1_000_000_000
"""Most bytes of an unpacked workbook: a small file that unpacks to more is no workbook of people."""
CELLS_LIMIT = 60_000_000
COLUMNS_LIMIT = 1000


_ASIDE = frozenset({"note", "notes", "readme", "read me", "about"})
"""Sheets that people keep beside their tables."""


def is_aside(name: str) -> bool:
    """Whether a sheet is left aside: its name starts with # or says that it holds notes.

    >>> is_aside("#old lanes"), is_aside("ReadMe"), is_aside("lanes")
    (True, True, False)
    """
    return name.startswith("#") or name.strip().lower() in _ASIDE


def workbook_problems(path: Path) -> list[str]:
    """Why a file is no workbook that can be opened; empty when it is."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
            if "xl/workbook.xml" not in packed.namelist():
                return ["it is a zip file and no workbook"]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        return [f"it is no .xlsx workbook ({broken})"]
    return [f"it unpacks to {size} bytes, at most {UNPACKED_LIMIT} are read"] if size > UNPACKED_LIMIT else []


def sheets(path: Path) -> Iterator[tuple[str, Any, Any]]:
    """Yield (name, sheet of formulas, sheet of values or None); the second book is opened only when there are formulas."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl does not keep: nothing is written back
        book = load_workbook(path)
        values: Any = None
        for sheet in book.worksheets:
            if _small(sheet) and any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row):
                values = values or load_workbook(path, data_only=True)
                yield sheet.title, sheet, values[sheet.title]
            else:
                yield sheet.title, sheet, None


def _small(sheet: Any) -> bool:
    return bool(sheet.max_column <= COLUMNS_LIMIT and sheet.max_row * sheet.max_column <= CELLS_LIMIT)


def _told(cell: object) -> str | None:
    """A cell as a person would type it: 17 for 17.0, a date without the midnight that Excel adds."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


def _empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _formulas(table: Table, sheet: Any, values: Any) -> Raw | None:
    """Formulas that were never computed have no value to read."""
    bare = [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and values[cell.coordinate].value is None
    ]  # fmt: skip
    if not bare:
        return None
    what, why = f"{', '.join(bare[:5])} {'hold formulas' if len(bare) > 1 else 'holds a formula'} without a value", "it was never computed"
    return None, [refuse(table.name, "unreadable", what, why, "open the workbook in Excel, save it, and read it again")]


def read_sheet(table: Table, sheet: Any, values: Any = None) -> Raw:
    """Read one sheet; rows are numbered as the sheet does. Rows whose first cell starts with # are comments."""
    if sheet.merged_cells.ranges:
        places = ", ".join(sorted(str(one) for one in sheet.merged_cells.ranges)[:5])
        why, fix = "a merged cell hides which row has the value", "unmerge the cells and fill each one"
        return None, [refuse(table.name, "merged_cells", f"merged cells: {places}", why, fix)]
    if not _small(sheet):
        what, fix = f"the sheet reaches to row {sheet.max_row}, column {sheet.max_column}", "delete cells far outside the table"
        return None, [refuse(table.name, "too_large", what, f"at most {COLUMNS_LIMIT} columns and {CELLS_LIMIT} cells are read", fix)]
    if values is not None:
        bare = _formulas(table, sheet, values)
        if bare is not None:
            return bare
    rows = [(at, row) for at, row in enumerate((values or sheet).iter_rows(values_only=True), start=1) if not all(map(_empty, row))]
    rows = [(at, row) for at, row in rows if not str(row[0] or "").startswith("#")]
    if not rows:
        fix = "write a header, or delete the sheet"
        return None, [refuse(table.name, "empty_table", "the sheet is empty", "a table has at least a header", fix)]
    line, cells = rows[0]
    names = ["" if _empty(cell) else str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    issues = header_problems(table.name, names, line)
    if issues:
        return None, issues
    wide = [at for at, row in rows[1:] if not all(map(_empty, row[len(names) :]))]
    fix = "delete them or name the column"
    issues = [refuse(table.name, "ragged_row", "cells beyond the last column", "they belong to no column", fix, at) for at in wide[:1000]]
    again = [at for at, row in rows[1:] if [str(cell or "").strip() for cell in row[: len(names)]] == names]
    issues += [
        refuse(table.name, "doubled_header", "the header is repeated as a row", "it would be read as data", "delete it", at) for at in again
    ]
    kept = [(at, row) for at, row in rows[1:] if at not in set(again)]
    columns = [pl.Series(name, [_told(row[at]) for _, row in kept], dtype=pl.String) for at, name in enumerate(names)]
    for at, name in enumerate(names):
        if name.startswith("hs_") and any(isinstance(row[at], int | float) for _, row in kept):
            issues.append(code_as_number(table, name))
    return pl.DataFrame([*columns, pl.Series("_row", [at for at, _ in kept], dtype=pl.Int64)]), issues
