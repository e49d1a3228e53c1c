"""The reference pages docs/tables.md and docs/problems.md, made from the declarations.

`python -m hinterland.tables.describe docs` writes them anew; a test keeps them equal to what is declared.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hinterland.tables.check import NEEDED
from hinterland.tables.declared import TABLES
from hinterland.tables.problems import PROBLEMS
from hinterland.tables.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.tables.schema import Column, Table

__all__ = ["PAGES", "problems_page", "tables_page", "write_pages"]

_TABLES_HEAD = """# Tables

<!-- Made from the declarations by `python -m hinterland.tables.describe docs`; change those, not this page. -->

A network is a set of tables: a folder of CSV files, one workbook with a sheet per table, a Parquet folder, or a dict of frames.
Seven are enough for a first plan: {needed}. `hinterland new FOLDER` writes empty ones, `hinterland check` lists every problem.

- The end of a column's name is its unit: `_per_unit` is per the product's own unit, `_share` is 0 to 1 (0.25 for 25 %), `_days` are days.
- Money is in the row's `currency`, or else in `settings.currency`; it converts at the rate of the period, one-time costs at that of its first day.
- Dates are written YYYY-MM-DD; both dates of a pair are inclusive. Numbers have a decimal point and no unit. `true` and `false` are words.
- Where groups are allowed, a cell may hold an id, a country, a region, a stage, `@group`, several joined by `|`, or `*` for everything.
- Lines of a CSV file that start with `#` are comments. Blank rows are skipped. UTF-8, with or without byte-order mark.
- A column marked *not used yet* is accepted with a warning: it is kept, and no engine reads it.

Columns in **bold** are the key of the row: no two rows share it.
"""
_PROBLEMS_HEAD = """# Problems

<!-- Made from the declarations by `python -m hinterland.tables.describe docs`; change those, not this page. -->

Every problem names its table, row (the header is row 1), column, what is wrong, why, and how to fix it. An *error* stops the work
and nothing is written; a *warning* or *note* does not. The code stands in brackets at the end of the line.
"""


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _allowed(column: Column) -> str:
    if column.choices:
        return ", ".join(f"`{word}`" for word in column.choices)
    if column.groups:
        return "groups"
    if column.refers_to:
        return f"a row of [{column.refers_to}](#{column.refers_to})"
    low, high = column.low, column.high
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"{low:g} or more" if low is not None else ""


def _empty(column: Column) -> str:
    """What an empty cell means."""
    if column.required:
        return "must be filled"
    if column.default is None or column.default == "":
        return ""
    return f"`{str(column.default).lower() if isinstance(column.default, bool) else column.default}`"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _column(column: Column) -> str:
    name = f"**{column.name}**" if column.key else column.name
    kind = column.kind + (f", {column.unit}" if column.unit and column.unit != column.kind else "")
    doc = column.doc + ("" if column.used else " (*not used yet*)")
    return _row([name, kind, doc, _empty(column), _allowed(column), f"`{column.example}`" if column.example else ""])


def _section(table: Table) -> str:
    title = f"## {table.name}\n\nOne row is {table.row_is}."
    if table.name in NEEDED:
        title += " *Needed.*"
    if not table.used:
        title += " *Not used yet: no engine reads this table.*"
    everywhere = {"known_from", "source_id", "quality", "note"} - {column.name for column in table.own}
    columns = [column for column in table.columns if column.name not in everywhere]
    lines = [title, "", "| column | type | meaning | when empty | allowed | example |", "|---|---|---|---|---|---|", *map(_column, columns)]
    if table.name == "settings":
        lines += ["", "| setting | type | meaning | example |", "|---|---|---|---|"]
        lines += [_row([f"`{key}`", kind.partition(":")[0], meaning, f"`{example}`"]) for key, (kind, meaning, example) in SETTINGS.items()]
    return "\n".join(lines) + "\n"


def tables_page() -> str:
    """The page of every declared table and column, as Markdown."""
    shared = [column for column in TABLES["sources"].columns if column.name in {"known_from", "quality", "note"}]
    shared.insert(1, TABLES["sites"].by_name["source_id"])
    everywhere = [
        "## Columns of every table\n",
        "| column | type | meaning | when empty | allowed | example |",
        "|---|---|---|---|---|---|",
    ]
    everywhere += [_column(column) for column in shared]
    head = _TABLES_HEAD.format(needed=", ".join(f"[{name}](#{name})" for name in NEEDED))
    return "\n".join([head, *map(_section, TABLES.values()), "\n".join(everywhere)]) + "\n"


def problems_page() -> str:
    """The page of every problem code, as Markdown."""
    lines = [_PROBLEMS_HEAD, "| code | weight | meaning |", "|---|---|---|"]
    for code, meaning in PROBLEMS.items():
        weight = next((word for word in ("warning", "note") if meaning.endswith(f"({word})")), "error")
        lines.append(_row([f"`{code}`", weight, meaning.removesuffix(f"({weight})").strip()]))
    return "\n".join(lines) + "\n"


PAGES = {"tables.md": tables_page, "problems.md": problems_page}
"""File name to the function that makes it."""


def write_pages(folder: str | Path) -> list[Path]:
    """Write both pages into `folder`, over what is there."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (place / name).write_text(page(), encoding="utf-8")
    return [place / name for name in PAGES]


if __name__ == "__main__":
    write_pages(sys.argv[1] if len(sys.argv) > 1 else "docs")
