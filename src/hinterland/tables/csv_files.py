"""One CSV file: bytes to a frame of cells with the user's row numbers, or the reasons why not.

Files without quotes are parsed by polars, numbers at once; all others, and every file with something odd about its
rows, by Python's csv module, which knows where a quoted line break leaves the row numbers.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.core.errors import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hinterland.tables.schema import Table

__all__ = ["Raw", "header_problems", "read_csv", "refuse"]

Raw = tuple[pl.DataFrame | None, list[Issue]]
"""Cells with `_row`, or None where nothing can be read, and what is wrong."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_SEPARATORS = {";": "semicolons", "\t": "tabs"}
_RAGGED_LIMIT = 1000


class _Head(NamedTuple):
    """Header line: its number, where the body starts, separator, names without trailing empty ones, cells as written."""

    line: int
    body: int
    separator: str
    names: list[str]
    width: int


def refuse(table: str, code: str, what: str, why: str, fix: str, row: int | None = None) -> Issue:
    """An error that speaks of a whole table or row."""
    return Issue(table, row, None, code, what=what, why=why, fix=fix)


def header_problems(table: str, names: list[str], row: int) -> list[Issue]:
    """Columns named twice and columns without a name."""
    issues = []
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        what, why = f"the header names {', '.join(doubled)} twice", "it is not clear which cell counts"
        issues.append(refuse(table, "doubled_header", what, why, "keep one of the columns", row))
    unnamed = [str(at) for at, name in enumerate(names, start=1) if not name]
    if unnamed:
        what, why = f"column {', '.join(unnamed)} has no name", "its cells belong to nothing"
        issues.append(refuse(table, "unknown_column", what, why, "name the column, or delete it", row))
    return issues


def _not_utf8(table: Table, data: bytes, at: int) -> Issue:
    looks = "it looks like UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "it looks like Latin-1"
    what, why = f"byte {at} is not UTF-8", f"letters would be read wrongly ({looks})"
    return refuse(table.name, "not_utf8", what, why, "save the file as CSV UTF-8", data[:at].count(b"\n") + 1)


def _head(table: Table, data: bytes) -> _Head | None:
    """The first line that is neither blank nor a comment."""
    line, start = 0, 0
    while start < len(data):
        line += 1
        stop = data.find(b"\n", start)
        stop = len(data) if stop < 0 else stop
        text = data[start:stop].decode().strip("\r")
        if text.strip() and not text.startswith("#"):
            known, separator = set(table.by_name), ","
            for other in _SEPARATORS:
                cells = [cell.strip().strip('"') for cell in text.split(other)]
                if len(cells) > 1 and 2 * sum(cell in known for cell in cells) > len(cells):
                    separator = other
            cells = [cell.strip() for cell in next(csv.reader([text], delimiter=separator), [])]
            names = list(cells)
            while names and not names[-1]:
                names.pop()
            return _Head(line, min(stop + 1, len(data)), separator, names, len(cells))
        start = stop + 1
    return None


def _spans(body: bytes) -> tuple[Ints, Ints, Bools]:
    """Where lines start and end (at their line break), and which are empty or comments; shape (lines,)."""
    letters = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(letters == 10)
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    first = letters[starts]
    return starts, ends, (first == 10) | (first == 13) | (first == 35)


def _regular(body: bytes, starts: Ints, ends: Ints, head: _Head) -> bool:
    """Whether every line has as many separators as the header and none starts with a blank."""
    letters = np.frombuffer(body, dtype=np.uint8)
    marks, each = np.flatnonzero(letters == ord(head.separator)), head.width - 1
    if len(marks) != each * len(ends) or np.any(letters[starts] == 32):
        return False
    rows = marks.reshape(len(ends), each)
    return each == 0 or not len(ends) or bool(np.all(rows[:, 0] >= starts) and np.all(rows[:, -1] < ends))


def _plain(table: Table, data: bytes, head: _Head) -> pl.DataFrame | None:
    """Parse a file without quotes; None where anything is odd: a ragged row, a number that is none."""
    lone = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")
    if b'"' in data or lone or len(head.names) != head.width:
        return None
    body = data[head.body :]
    if not body.endswith(b"\n"):
        body += b"\n"
    starts, ends, skipped = _spans(body)
    numbers = head.line + 1 + np.flatnonzero(~skipped)
    if skipped.any():
        edges = np.flatnonzero(np.diff(np.concatenate([[0], (~skipped).view(np.int8), [0]])))
        body = b"".join(body[starts[low] : ends[high - 1] + 1] for low, high in zip(edges[::2], edges[1::2], strict=True))
        starts, ends, _ = _spans(body)
    if not _regular(body, starts, ends, head):
        return None
    kinds = {name: table.by_name[name].kind if name in table.by_name else "text" for name in head.names}
    types = {name: pl.Float64 if kind in {"number", "share", "whole"} else pl.String for name, kind in kinds.items()}
    if not len(numbers):
        return pl.DataFrame(schema={**types, "_row": pl.Int64})
    try:
        frame = pl.read_csv(body, separator=head.separator, has_header=False, schema=types, quote_char=None, low_memory=False)
    except pl.exceptions.PolarsError:
        return None
    if frame.height != len(numbers):
        return None
    frame = frame.with_columns(_row=pl.Series(numbers, dtype=pl.Int64))
    blank = frame[head.names[0]].null_count() > 0
    return frame.filter(~pl.all_horizontal(pl.col(head.names).is_null())) if blank else frame


def _lines(text: str) -> Iterator[str]:
    """Physical lines, comments outside quotes emptied so that the csv module neither parses nor miscounts them."""
    inside = False
    for line in io.StringIO(text, newline=""):
        if not inside and line.startswith("#"):
            yield "\n"
            continue
        inside ^= line.count('"') % 2 == 1
        yield line


def _careful(table: Table, text: str, head: _Head) -> Raw:
    """Parse anything row by row; every row that is not as wide as the header is a problem, the others are kept."""
    width, issues, kept, numbers = len(head.names), list[Issue](), list[list[str]](), list[int]()
    reader, begins, ragged = csv.reader(_lines(text), delimiter=head.separator, strict=True), 1, 0
    try:
        for row in reader:
            line, begins = begins, reader.line_num + 1
            if line <= head.line or not any(cell.strip() for cell in row):
                continue
            if len(row) < width or any(cell.strip() for cell in row[width:]):
                ragged += 1
                if ragged <= _RAGGED_LIMIT:
                    what, why = f"{len(row)} cells in a row of {width} columns", "cells would shift into other columns"
                    fix = "give every row as many cells as the header; quote text that holds the separator"
                    issues.append(refuse(table.name, "ragged_row", what, why, fix, line))
                continue
            kept.append(row[:width])
            numbers.append(line)
    except csv.Error as broken:
        long = "field limit" in str(broken)
        code, why = ("too_large", "a cell is longer than allowed") if long else ("broken_quotes", str(broken))
        fix = "shorten the text" if long else 'close every quote; a quote within quoted text is written twice: ""'
        return None, [*issues, refuse(table.name, code, f"the row that starts in line {begins} cannot be read", why, fix, begins)]
    columns = list(zip(*kept, strict=True)) or [()] * width
    series = [pl.Series(name, cells, dtype=pl.String) for name, cells in zip(head.names, columns, strict=True)]
    frame = pl.DataFrame([*series, pl.Series("_row", numbers, dtype=pl.Int64)])
    return frame.with_columns(pl.col(head.names).replace("", None)), issues


def _repeated(table: Table, frame: pl.DataFrame, names: list[str]) -> tuple[pl.DataFrame, list[Issue]]:
    """Take out rows that repeat the header."""
    texts = [name for name in names if frame.schema[name] == pl.String]
    if not frame.height or not texts or len(texts) < len(names):
        return frame, []  # a column of clean numbers holds no name
    same = frame.select(m=pl.all_horizontal(pl.col(name).str.strip_chars() == name for name in texts).fill_null(value=False))["m"]
    if not same.any():
        return frame, []
    issues = [
        refuse(table.name, "doubled_header", "the header is repeated as a row", "it would be read as data", "delete the row", row)
        for row in frame.filter(same)["_row"].head(_RAGGED_LIMIT).to_list()
    ]
    return frame.filter(~same), issues


def read_csv(table: Table, data: bytes) -> Raw:
    """Read one file; `_row` counts lines as an editor does, the header being the first that is not a comment."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data or data.isspace():
        fix = "write a header, or delete the file"
        return None, [refuse(table.name, "empty_table", "the file is empty", "a table has at least a header", fix)]
    try:
        text = "" if data.isascii() else data.decode()
    except UnicodeDecodeError as broken:
        return None, [_not_utf8(table, data, broken.start)]
    if b"\x00" in data:
        fix = "save it as CSV UTF-8"
        return None, [refuse(table.name, "unreadable", "the file holds zero bytes", "it is no text file", fix)]
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
        text = ""
    try:
        head = _head(table, data)
    except csv.Error as broken:
        return None, [refuse(table.name, "broken_quotes", "the header cannot be read", str(broken), "write the header without quotes", 1)]
    if head is None or not head.names:
        fix = "write a header, or delete the file"
        return None, [refuse(table.name, "empty_table", "the file has no header", "a table has at least a header", fix)]
    issues = []
    if head.separator in _SEPARATORS:
        what, why = f"the file is separated by {_SEPARATORS[head.separator]}", "its header matches the table"
        fix = "nothing to do; commas are the usual form"
        issues.append(Issue(table.name, head.line, None, "semicolons", what=what, why=why, fix=fix, severity="note"))
    broken_head = header_problems(table.name, head.names, head.line)
    if broken_head:
        return None, issues + broken_head
    frame = _plain(table, data, head)
    if frame is None:
        frame, found = _careful(table, text or data.decode(), head)
        issues += found
        if frame is None:
            return None, issues
    frame, found = _repeated(table, frame, head.names)
    return frame, issues + found
