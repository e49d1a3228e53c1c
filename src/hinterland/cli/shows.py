"""Results on a terminal: numbers rounded for reading, text never taken for markup."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["figure", "plain", "say", "show_json", "show_supply", "show_table", "warn_short"]

_DUST = 1e-12
"""Below, a number is what is left of rounding."""


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
    if abs(value) < _DUST:
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


def warn_short(share: float) -> None:
    """Say loudly that a plan does not deliver all that is asked for."""
    from rich.console import Console
    from rich.text import Text

    text = f"NOT all is delivered: {100 * (1 - share):.4g} % of what is asked for, {100 * share:.4g} % stays short"
    Console().print(Text(text, style="bold red"), soft_wrap=True)


_LINES = 24
_JUST = 1.0 - 1e-9


def _ratio(value: float | None) -> Any:
    """Available over needed: red and below 1 where short."""
    from rich.text import Text

    if value is None:
        return Text("–")
    if value >= _JUST:
        return Text("∞" if math.isinf(value) else f"{value:,.1f}" if value < 100 else "> 99")
    return Text(f"{min(value, 0.99):.2f}", style="bold red")


def brief(value: float) -> str:
    """A large number in few letters.

    >>> brief(414_278_784.0), brief(935_000.0), brief(1234.0), brief(float("inf"))
    ('414 M', '935 k', '1,234', '∞')
    """
    if math.isinf(value):
        return "∞"
    for size, word in ((1e9, " bn"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= size * (1 - 5e-4):
            return f"{figure(value / (1e3 if word == ' k' else size))}{word}"
    return figure(value)


def show_supply(there: Any, *, every: bool = False) -> None:
    """What is needed, what lines can make with every module, what can be bought, and their ratio; red where it is short.

    A line for each product and period, or, where that would be more than a screen and `every` is not asked for, for each
    product in its tightest period, with the ratio of every period behind it.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = [row for row in there.iter_rows(named=True) if row["needed"] > 0]
    bounded = {row["product_id"] for row in rows if row["ratio"] is None or math.isfinite(row["ratio"])}
    free = sorted({row["product_id"] for row in rows} - bounded)
    rows = rows if every else [row for row in rows if row["product_id"] in bounded]
    periods = list(dict.fromkeys(there["period_id"].to_list()))
    whole = every or len(rows) <= _LINES
    held: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        held.setdefault(row["product_id"], {})[row["period_id"]] = row
    shown = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("stage", "product", "unit", "period" if whole else "tightest", "needed", "make", "buy", "share"):
        shown.add_column(Text(name), justify="right" if name in {"needed", "make", "buy", "share"} else "left", overflow="fold")
    for by_period in held.values():
        told = (
            list(by_period.values())
            if whole
            else [min(by_period.values(), key=lambda row: math.inf if row["ratio"] is None else row["ratio"])]
        )
        for row in told:
            words = (row["stage"], row["product_id"], row["unit"], row["period_id"])
            numbers = (brief(row[name]) for name in ("needed", "with_modules", "bought"))
            shown.add_row(*map(Text, words), *map(Text, numbers), _ratio(row["ratio"]))
    console = Console()
    if held:
        console.print(Text("needed and available (make: with every module; buy: at most)", style="bold"))
        console.print(shown)
    if not whole and len(periods) > 1:
        wide = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
        wide.add_column(Text("product"), overflow="fold")
        for period in periods:
            wide.add_column(Text(period[-7:]), justify="right", no_wrap=True)
        for product, by_period in held.items():
            wide.add_row(Text(product), *(_ratio(by_period[one]["ratio"] if one in by_period else None) for one in periods))
        console.print(Text("share by period (1.0 is just enough)", style="bold"))
        console.print(wide)
    short = sum(any(row["ratio"] is not None and row["ratio"] < _JUST for row in by_period.values()) for by_period in held.values())
    if short:
        why = "each need is counted by the recipe that takes most: what is short here is short in the plan unless another recipe does without it"
        console.print(Text(f"{short} of {len(held)} products fall short of their need in some period; {why}", style="red"))
    if free and not every:
        console.print(Text(f"bought without limit, so never short: {', '.join(free)}", style="dim"))
