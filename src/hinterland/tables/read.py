"""Readers: a folder of CSV files, a workbook, a Parquet folder, or a dict of frames. All end in the same typed frames.

Nothing raises: whatever is wrong with a source is a problem in the list, and the other tables are still read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.csv_files import Raw, read_csv, refuse
from hinterland.tables.declared import TABLES
from hinterland.tables.frames import frame_of
from hinterland.tables.typing import nearest, typed_frame
from hinterland.tables.workbooks import is_aside, read_sheet, sheets, workbook_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hinterland.tables.schema import Table

__all__ = ["BYTES_LIMIT", "ROWS_LIMIT", "Source", "read_tables"]

BYTES_LIMIT = 2_000_000_000
"""Largest file that is read."""
ROWS_LIMIT = 20_000_000
"""Most rows of one table."""
Source = Path | str | Mapping[str, Any]
"""A folder, a workbook, or tables by name."""

_Found = tuple[str, pl.DataFrame | None, list[Issue]]
_SAVE_AGAIN = "open it in the program that wrote it and save it again"
_WAYS = "tables come as a folder of CSV or Parquet files, or as one .xlsx workbook"


def _unknown(name: str, known: Mapping[str, Table]) -> Issue:
    return refuse(
        name, "unknown_table", f"there is no table {name!r}", "a table that nobody reads hides a mistake", nearest(name, list(known))
    )


def _too_many(name: str, rows: int) -> Issue:
    return refuse(name, "too_large", f"{rows} rows", f"at most {ROWS_LIMIT} are read", "split the network")


def _from_dict(source: Mapping[str, Any], known: Mapping[str, Table]) -> Iterator[_Found]:
    for name, rows in source.items():
        if name not in known:
            yield str(name), None, [_unknown(str(name), known)]
            continue
        try:
            yield name, *frame_of(name, rows)
        except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as broken:
            yield name, None, [refuse(name, "unreadable", "the table cannot be read", str(broken)[:200], "give it as a list of dicts")]


def _from_workbook(path: Path, known: Mapping[str, Table]) -> Iterator[_Found]:
    why = workbook_problems(path)
    if why:
        code = "too_large" if "unpacks" in why[0] else "unreadable"
        yield path.name, None, [refuse(path.name, code, f"{path.name} cannot be read", why[0], _SAVE_AGAIN)]
        return
    try:
        for name, sheet, values in sheets(path):
            if name in known:
                yield name, *read_sheet(known[name], sheet, values)
            elif is_aside(name):
                what, reason = f"sheet {name!r} is left aside", "sheets named notes or readme, and those that start with #, hold no table"
                yield name, None, [Issue(name, None, None, "ignored_sheet", what, reason, "nothing to do", severity="note")]
            else:
                yield name, None, [_unknown(name, known)]
    except Exception as broken:
        what = f"{path.name} cannot be read"
        yield path.name, None, [refuse(path.name, "unreadable", what, f"{type(broken).__name__}: {str(broken)[:200]}", _SAVE_AGAIN)]


def _file(table: Table, file: Path) -> Raw:
    """One file of a folder."""
    try:
        if not file.is_file():
            return None, [refuse(table.name, "unreadable", f"{file.name} is a folder", "a table is a file", "take the folder away")]
        if file.stat().st_size > BYTES_LIMIT:
            what = f"{file.name} has {file.stat().st_size} bytes"
            return None, [refuse(table.name, "too_large", what, f"at most {BYTES_LIMIT} are read", "split the network")]
        if file.suffix.lower() == ".csv":
            return read_csv(table, file.read_bytes())
        rows = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
        return (None, [_too_many(table.name, rows)]) if rows > ROWS_LIMIT else (pl.read_parquet(file, glob=False), [])
    except (OSError, pl.exceptions.PolarsError, MemoryError) as broken:
        return None, [refuse(table.name, "unreadable", f"{file.name} cannot be read", str(broken)[:200], _SAVE_AGAIN)]


def _mistaken(folder: Path, known: Mapping[str, Table]) -> Issue | None:
    """What a folder is that holds no network: a run, or a plan."""
    if "settings" not in known or (folder / "settings.csv").exists() or (folder / "settings.parquet").exists():
        return None
    if (folder / "manifest.json").is_file():
        what, fix = (
            f"{folder} is a run, and no network",
            f"use {folder / 'inputs'} for its tables; `hinterland verify {folder}` proves it again",
        )
        return refuse(folder.name, "unreadable", what, "its tables lie in inputs, its plan in plan", fix)
    if (folder / "plan.json").is_file():
        what, why = f"{folder} is a plan, and no network", "a plan is read beside the tables it was made for"
        fix = f"hinterland verify TABLES --plan {folder}, or hinterland solve TABLES --complete {folder}"
        return refuse(folder.name, "unreadable", what, why, fix)
    return None


def _from_folder(folder: Path, known: Mapping[str, Table]) -> Iterator[_Found]:
    seen, mistaken = 0, _mistaken(folder, known)
    if mistaken is not None:
        yield folder.name, None, [mistaken]
        return
    for file in sorted(folder.iterdir()):
        if file.name.startswith((".", "~")):
            continue
        if file.suffix.lower() in {".csv", ".parquet"}:
            seen += 1
            if file.stem in known:
                yield file.stem, *_file(known[file.stem], file)
            else:
                yield file.stem, None, [_unknown(file.stem, known)]
        elif file.stem in known and file.is_file():
            what, why = f"{file.name} is not read", "a folder's tables are .csv or .parquet files"
            fix = "save it as CSV UTF-8, or take it away"
            yield file.stem, None, [Issue(file.stem, None, None, "unread_file", what=what, why=why, fix=fix, severity="warning")]
    if not seen:
        what, fix = (
            f"{folder.name} is not a network folder: it holds no table",
            "give the folder that holds settings.csv; `hinterland new` writes one",
        )
        yield folder.name, None, [refuse(folder.name, "unreadable", what, _WAYS, fix)]


def _raw(source: Source, known: Mapping[str, Table]) -> Iterator[_Found]:
    """Yield (table, frame or None, problems) for everything the source holds."""
    if isinstance(source, Mapping):
        yield from _from_dict(source, known)
        return
    if not isinstance(source, Path | str):
        what = f"{type(source).__name__} is no source of tables"
        yield "source", None, [refuse("source", "unreadable", what, _WAYS, "give a path, or a dict of frames")]
        return
    try:
        path = Path(source)
        if path.is_file() and path.suffix.lower() in {".xlsx", ".xlsm"}:
            yield from _from_workbook(path, known)
        elif path.is_dir():
            yield from _from_folder(path, known)
        else:
            yield path.name, None, [_not_a_source(path)]
    except (OSError, ValueError) as broken:
        name = str(source)[:80]
        yield name, None, [refuse(name, "unreadable", f"{name} cannot be read", str(broken)[:200], "check the path and who may read it")]


def _not_a_source(path: Path) -> Issue:
    name = path.name or str(path)
    if not path.exists():
        return refuse(name, "unreadable", f"{path} does not exist", "there is nothing to read", "check the path")
    if path.suffix.lower() in {".xls", ".xlsb", ".ods", ".numbers"}:
        return refuse(name, "unreadable", f"{name} is a {path.suffix} workbook", _WAYS, "save it as .xlsx (Excel workbook)")
    if path.suffix.lower() in {".csv", ".parquet"}:
        return refuse(name, "unreadable", f"{name} is one table", "a network is several tables", f"give the folder {path.parent}")
    return refuse(name, "unreadable", f"{name} is neither a folder nor a workbook", _WAYS, "give such a folder or file")


def read_tables(source: Source, known: Mapping[str, Table] = TABLES) -> tuple[dict[str, pl.DataFrame], list[Issue]]:
    """Read a network's tables: every declared table is in the result, typed and with defaults, absent ones empty.

    The second value lists every problem of reading and typing; `check_tables` looks at what the tables say. Never raises.
    """
    tables: dict[str, pl.DataFrame] = {}
    issues: list[Issue] = []
    for name, raw, found in _raw(source, known):
        issues += found
        if raw is None:
            continue
        if name in tables:
            issues.append(refuse(name, "ambiguous_table", f"{name} is there twice", "it is not clear which one counts", "keep one of them"))
        elif raw.height > ROWS_LIMIT:
            issues.append(_too_many(name, raw.height))
        else:
            tables[name], problems = typed_frame(known[name], raw)
            issues += problems
    for name, table in known.items():
        tables.setdefault(name, table.empty())
    return tables, issues
