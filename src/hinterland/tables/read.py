"""Readers: a folder of CSV files, a workbook, a Parquet folder, or a dict of frames. All end in the same typed frames."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.declared import TABLES
from hinterland.tables.typing import nearest, typed_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hinterland.tables.schema import Table

__all__ = ["BYTES_LIMIT", "ROWS_LIMIT", "read_tables"]

BYTES_LIMIT = 2_000_000_000
"""Largest file that is read."""
ROWS_LIMIT = 20_000_000
"""Most rows of one table."""

Raw = tuple[pl.DataFrame | None, list[Issue]]


def _refuse(table: str, code: str, what: str, why: str, fix: str, row: int | None = None) -> Issue:
    return Issue(table, row, None, code, what=what, why=why, fix=fix)


def _strict_rows(table: str, text: str, separator: str, width: int) -> list[Issue]:
    """Ragged rows, counted without parsing where no quotes are in the way."""
    if '"' in text:
        reader = csv.reader(io.StringIO(text), delimiter=separator)
        sizes = [(reader.line_num, len(row)) for row in reader if row and not row[0].startswith("#")]
        bad = [(line, size) for line, size in sizes if size != width]
    else:
        lines = pl.Series(text.splitlines()).to_frame("line").with_row_index("at", offset=1)
        counted = lines.filter((pl.col("line").str.strip_chars() != "") & ~pl.col("line").str.starts_with("#")).with_columns(
            size=pl.col("line").str.count_matches(separator, literal=True) + 1
        )
        bad = list(counted.filter(pl.col("size") != width).select("at", "size").iter_rows())
    return [
        _refuse(
            table,
            "ragged_row",
            f"{size} cells in a row of {width} columns",
            "cells would shift into other columns",
            "give every row as many cells as the header; quote text that holds the separator",
            line,
        )
        for line, size in bad[:1000]
    ]


def _csv(table: Table, data: bytes) -> Raw:
    if not data.strip():
        return None, [
            _refuse(table.name, "empty_table", "the file is empty", "a table has at least a header", "write a header, or delete the file")
        ]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = data[: broken.start].count(b"\n") + 1
        return None, [
            _refuse(
                table.name,
                "not_utf8",
                f"byte {broken.start} is not UTF-8",
                "letters would be read wrongly (the file looks like Latin-1)",
                "save the file as CSV UTF-8",
                line,
            )
        ]
    lines = text.splitlines()
    at, head = next(((n, line) for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), (0, ""))
    known = {column.name for column in table.columns}
    issues: list[Issue] = []
    separator = ","
    by_semicolon = [cell.strip().strip('"') for cell in head.split(";")]
    if len(by_semicolon) > 1 and sum(cell in known for cell in by_semicolon) > len(by_semicolon) / 2:
        separator = ";"
        issues.append(
            Issue(
                table.name,
                at + 1,
                None,
                "semicolons",
                what="the file is separated by semicolons",
                why="its header matches the table",
                fix="nothing to do; commas are the usual form",
                severity="note",
            )
        )
    header = [cell.strip() for cell in next(csv.reader([head], delimiter=separator), [])]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        return None, [
            *issues,
            _refuse(
                table.name,
                "doubled_header",
                f"the header names {', '.join(doubled)} twice",
                "it is not clear which cell counts",
                "keep one of the columns",
                at + 1,
            ),
        ]
    ragged = _strict_rows(table.name, text, separator, len(header))
    if ragged:
        return None, issues + ragged
    body = "\n".join(lines[at + 1 :])
    frame = pl.read_csv(
        body.encode() if body.strip() else b"",
        separator=separator,
        has_header=False,
        new_columns=header,
        infer_schema=False,
        comment_prefix="#",
        raise_if_empty=False,
    )
    if frame.width == 0:
        frame = pl.DataFrame(schema=dict.fromkeys(header, pl.String))
    numbers = [n for n, line in enumerate(lines[at + 1 :], start=at + 2) if line.strip() and not line.startswith("#")]
    frame = frame.filter(~pl.all_horizontal(pl.all().is_null())) if frame.height > len(numbers) else frame
    exact = len(numbers) == frame.height
    frame = frame.with_columns(_row=pl.Series(numbers if exact else range(at + 2, at + 2 + frame.height), dtype=pl.Int64))
    again = frame.filter(pl.col(header[0]).str.strip_chars() == header[0])["_row"].to_list() if frame.height else []
    issues += [
        _refuse(table.name, "doubled_header", "the header is repeated as a row", "it would be read as data", "delete the row", row)
        for row in again[:1000]
    ]
    return frame, issues


def _sheet(table: Table, sheet: Any) -> Raw:
    if sheet.merged_cells.ranges:
        places = ", ".join(sorted(str(one) for one in sheet.merged_cells.ranges)[:5])
        return None, [
            _refuse(
                table.name,
                "merged_cells",
                f"merged cells: {places}",
                "a merged cell hides which row has the value",
                "unmerge the cells and fill each one",
            )
        ]
    rows = [(n, row) for n, row in enumerate(sheet.iter_rows(values_only=True), start=1) if any(cell not in (None, "") for cell in row)]
    rows = [(n, row) for n, row in rows if not str(row[0] or "").startswith("#")]
    if not rows:
        return None, [
            _refuse(table.name, "empty_table", "the sheet is empty", "a table has at least a header", "write a header, or delete the sheet")
        ]
    header = [str(cell).strip() if cell is not None else "" for cell in rows[0][1]]
    while header and not header[-1]:
        header.pop()
    doubled = sorted({name or "an empty name" for name in header if header.count(name) > 1})
    if doubled:
        return None, [
            _refuse(
                table.name,
                "doubled_header",
                f"the header names {', '.join(doubled)} twice",
                "it is not clear which cell counts",
                "keep one of the columns",
                rows[0][0],
            )
        ]
    issues = [
        _refuse(table.name, "ragged_row", "cells beyond the last column", "they belong to no column", "delete them or name the column", n)
        for n, row in rows[1:]
        if any(cell not in (None, "") for cell in row[len(header) :])
    ]

    def told(cell: object) -> str | None:
        if cell is None:
            return None
        return cell.isoformat()[:10] if hasattr(cell, "isoformat") else str(cell)

    columns = {name: pl.Series(name, [told(row[at]) for _, row in rows[1:]], dtype=pl.String) for at, name in enumerate(header)}
    return pl.DataFrame([*columns.values(), pl.Series("_row", [n for n, _ in rows[1:]], dtype=pl.Int64)]), issues


def _workbook(path: Path) -> Iterator[tuple[str, Any]]:
    from openpyxl import load_workbook

    book = load_workbook(path, data_only=True)
    for name in book.sheetnames:
        yield name, book[name]


def _unknown(name: str, known: Mapping[str, Table]) -> Issue:
    return _refuse(
        name, "unknown_table", f"there is no table {name!r}", "a table that nobody reads hides a mistake", nearest(name, list(known))
    )


def _raw(source: Path | str | Mapping[str, Any], known: Mapping[str, Table]) -> Iterator[tuple[str, pl.DataFrame | None, list[Issue]]]:
    """Yield (table, frame or None, problems) for everything the source holds."""
    if not isinstance(source, Path | str):
        for name, rows in source.items():
            if name not in known:
                yield name, None, [_unknown(name, known)]
                continue
            frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, strict=False)
            yield name, frame, []
        return
    path = Path(source)
    if path.is_file() and path.suffix.lower() in {".xlsx", ".xlsm"}:
        for name, sheet in _workbook(path):
            if name not in known:
                yield name, None, [_unknown(name, known)]
            else:
                read, issues = _sheet(known[name], sheet)
                yield name, read, issues
        return
    if not path.is_dir():
        yield (
            path.name,
            None,
            [
                _refuse(
                    path.name,
                    "unreadable",
                    f"{path.name} is neither a folder nor a workbook",
                    "tables come as a folder of CSV or Parquet files, or as one .xlsx",
                    "give such a folder or file",
                )
            ],
        )
        return
    for file in sorted(path.iterdir()):
        kind = file.suffix.lower()
        if kind not in {".csv", ".parquet"} or file.name.startswith("."):
            continue
        if file.stem not in known:
            yield file.stem, None, [_unknown(file.stem, known)]
        elif file.stat().st_size > BYTES_LIMIT:
            yield (
                file.stem,
                None,
                [
                    _refuse(
                        file.stem,
                        "too_large",
                        f"{file.name} has {file.stat().st_size} bytes",
                        f"at most {BYTES_LIMIT} are read",
                        "split the network",
                    )
                ],
            )
        elif kind == ".csv":
            read, issues = _csv(known[file.stem], file.read_bytes())
            yield file.stem, read, issues
        else:
            yield file.stem, pl.read_parquet(file), []


def read_tables(source: Path | str | Mapping[str, Any], known: Mapping[str, Table] = TABLES) -> tuple[dict[str, pl.DataFrame], list[Issue]]:
    """Read a network's tables: every declared table is in the result, typed and with defaults, absent ones empty.

    The second value lists every problem of reading and typing; `check_tables` looks at what the tables say.
    """
    tables: dict[str, pl.DataFrame] = {}
    issues: list[Issue] = []
    try:
        for name, raw, found in _raw(source, known):
            issues += found
            if name in tables:
                issues.append(
                    _refuse(name, "ambiguous_table", f"{name} is there twice", "it is not clear which one counts", "keep one of them")
                )
            elif raw is not None and raw.height > ROWS_LIMIT:
                issues.append(_refuse(name, "too_large", f"{raw.height} rows", f"at most {ROWS_LIMIT} are read", "split the network"))
            elif raw is not None:
                tables[name], problems = typed_frame(known[name], raw)
                issues += problems
    except (OSError, pl.exceptions.PolarsError, ValueError, TypeError, KeyError) as broken:
        issues.append(
            _refuse(
                str(getattr(source, "name", "source")),
                "unreadable",
                "the source cannot be read",
                str(broken)[:200],
                "open it in the program that wrote it and save it again",
            )
        )
    for name, table in known.items():
        tables.setdefault(name, table.empty())
    return tables, issues
