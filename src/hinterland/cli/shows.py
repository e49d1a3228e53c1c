"""Results on a terminal: numbers rounded for reading, text never taken for markup."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["figure", "plain", "say", "show_json", "show_table"]


def figure(value: object, digits: int = 3) -> str:
    """A number as people read it: a few significant digits, thousands apart.

    >>> figure(1234567.0), figure(0.012345), figure(None), figure(True), figure(12.0)
    ('1,234,567', '0.0123', '–', 'yes', '12')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return str(value)
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: object) -> object:
    """A value that JSON can hold: what is not finite becomes null.

    >>> plain({"a": [1.0, float("inf")]})
    {'a': [1.0, None]}
    """
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def say(*lines: str) -> None:
    """Print lines on stdout as they are."""
    sys.stdout.write("\n".join(lines) + "\n")


def show_json(value: object) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(json.dumps(value, indent=2, default=str, allow_nan=False) + "\n")


def show_table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]], styles: Mapping[int, str] | None = None) -> None:
    """Print a table: text to the left, numbers to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    listed = [list(row) for row in rows]
    shown = Table(title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for at, name in enumerate(header):
        numeric = any(isinstance(row[at], int | float) and not isinstance(row[at], bool) for row in listed)
        shown.add_column(Text(name), justify="right" if numeric else "left", style=(styles or {}).get(at, ""), overflow="fold")
    for row in listed:
        shown.add_row(*(Text(cell if isinstance(cell, str) else figure(cell)) for cell in row))
    console = Console()
    console.print(shown)
