"""Empty tables to fill: a folder of CSV files with commented headers, or one workbook with notes on its header cells."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from hinterland.core.errors import InvalidTables, Issue
from hinterland.tables.check import NEEDED
from hinterland.tables.declared import TABLES
from hinterland.tables.examples import example_rows
from hinterland.tables.typing import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.tables.schema import Column, Table

__all__ = ["USUAL", "write_templates"]

USUAL = (*NEEDED, "countries", "recipes", "recipe_lines", "purchases", "modes", "freight_rates", "energy", "sources")
"""The needed seven and those that nearly every network has, for callers who want more than the least."""


def _filling(table: Table) -> list[Column]:
    """Columns of a template: every one that an engine reads."""
    return [column for column in table.columns if column.used or not table.used]


def _about(column: Column) -> str:
    """One line: meaning, type, unit, whether it must be filled, default and allowed words."""
    facts = [column.kind + (f" in {column.unit}" if column.unit and column.unit != column.kind else "")]
    if column.key:
        facts.append("key")
    if column.required:
        facts.append("must be filled")
    elif column.default not in (None, ""):
        facts.append(f"empty: {str(column.default).lower() if isinstance(column.default, bool) else column.default}")
    if column.choices:
        facts.append("one of " + ", ".join(column.choices))
    if column.groups:
        facts.append("@group allowed")
    elif column.refers_to:
        facts.append(f"names a row of {column.refers_to}")
    return f"{column.name}: {column.doc} ({'; '.join(facts)})"


def _examples(table: Table, columns: Sequence[Column], names: Sequence[str]) -> list[list[str]]:
    """Example rows in the order of the columns; those of several tables fit together."""
    return [[row.get(column.name, "") for column in columns] for row in example_rows(table, names)]


def _csv(table: Table, names: Sequence[str], *, example: bool) -> str:
    columns = _filling(table)
    told = io.StringIO()
    told.write(f"# {table.name}: {table.row_is}. Lines that start with # are not read.\n")
    told.writelines(f"# {_about(column)}\n" for column in columns)
    rows = csv.writer(told, lineterminator="\n")
    rows.writerow([column.name for column in columns])
    if example:
        for row in _examples(table, columns, names):
            rows.writerow([f"#{row[0]}", *row[1:]])
    return told.getvalue()


def _workbook(path: Path, names: Sequence[str], *, example: bool) -> None:
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    needed, free = PatternFill("solid", fgColor="DDE8F0"), PatternFill("solid", fgColor="F2F2F2")
    for name in names:
        table = TABLES[name]
        sheet, columns = book.create_sheet(name), _filling(table)
        for at, column in enumerate(columns, start=1):
            cell = sheet.cell(1, at, column.name)
            cell.font, cell.fill = Font(bold=True), needed if column.required else free
            cell.comment = Comment(_about(column), "hinterland", width=320, height=110)
            sheet.column_dimensions[get_column_letter(at)].width = max(12, len(column.name) + 2)
        sheet.freeze_panes = "A2"
        for down, row in enumerate(_examples(table, columns, names) if example else [], start=2):
            for at, text in enumerate([f"#{row[0]}", *row[1:]], start=1):
                cell = sheet.cell(down, at, text or None)
                cell.font = Font(italic=True, color="808080")
                cell.number_format = "@"
    book.save(path)


def _taken(table: str, place: Path) -> Issue:
    return Issue(
        table,
        None,
        None,
        "already_there",
        what=f"{place} is there already",
        why="nothing is written over",
        fix="name another place, or move the file away",
    )


def write_templates(target: str | Path, *, tables: Sequence[str] | None = None, example: bool = True) -> list[Path]:
    """Write empty tables: a folder of CSV files, or one workbook when `target` ends in .xlsx. Returns the files written.

    `tables` names them (default: the seven that a first plan needs). The example rows are comments that fit together: without their # they
    are a network that checks clean. Raises
    InvalidTables, with nothing written, for a table that is not declared or a file that is there already.
    """
    place, names = Path(target), list(dict.fromkeys(tables or NEEDED))
    issues = [
        Issue(
            name,
            None,
            None,
            "unknown_table",
            f"there is no table {name!r}",
            "templates are those of declared tables",
            nearest(name, [*TABLES]),
        )
        for name in names
        if name not in TABLES
    ]
    in_book = place.suffix.lower() == ".xlsx"
    files = [place] if in_book else [place / f"{name}.csv" for name in names]
    if in_book:
        issues += [_taken("workbook", place)] if place.exists() else []
    elif place.exists() and not place.is_dir():
        issues.append(_taken("folder", place))
    else:
        issues += [
            _taken(name, other)
            for name in names
            for other in (place / f"{name}.csv", place / f"{name}.parquet")
            if place.is_dir() and os.path.lexists(other)
        ]
    if issues:
        raise InvalidTables(issues)
    done: list[Path] = []
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if in_book:
            _workbook(place, names, example=example)
            return files
        place.mkdir(exist_ok=True)
        for name, file in zip(names, files, strict=True):
            with file.open("x", encoding="utf-8", newline="") as out:
                done.append(file)
                out.write(_csv(TABLES[name], names, example=example))
    except OSError as broken:
        for file in done:
            file.unlink(missing_ok=True)
        raise InvalidTables(
            [
                Issue(
                    place.name,
                    None,
                    None,
                    "not_writable",
                    f"{place} cannot be written",
                    str(broken.strerror or broken),
                    "name another place",
                )
            ]
        ) from broken
    return files
