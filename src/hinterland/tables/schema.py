"""The schema language: a table is a name and its columns; types, units, defaults, bounds and docs live here alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from hinterland.core.units import unit_of

__all__ = ["Column", "Kind", "Table", "choice", "day", "flag", "key", "money", "number", "share", "text", "whole"]

Kind = Literal["text", "number", "whole", "share", "date", "flag"]
_POLARS: dict[str, pl.DataType] = {
    "text": pl.String(),
    "number": pl.Float64(),
    "share": pl.Float64(),
    "whole": pl.Int64(),
    "date": pl.Date(),
    "flag": pl.Boolean(),
}
Default = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `unit` is read off the name; bounds are inclusive; `refers_to` names a table whose key it holds.

    `used` is False while no engine reads the column: a filled cell then gets the warning `not_used_yet`.
    `groups` allows `@group`, regions and `a|b` besides plain ids.
    """

    name: str
    kind: Kind
    doc: str
    key: bool = False
    required: bool = False
    default: Default = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    groups: bool = False
    used: bool = True
    example: str = ""
    fix: str = ""

    @property
    def unit(self) -> str:
        """Unit carried by the name, empty for text and dates."""
        return unit_of(self.name) if self.kind in {"number", "share", "whole"} else ""

    @property
    def dtype(self) -> pl.DataType:
        """Type of the column in a typed frame."""
        return _POLARS[self.kind]

    @property
    def mend(self) -> str:
        """How to fix a bad cell, in the declaration's words or made from its bounds."""
        if self.fix:
            return self.fix
        if self.choices:
            return f"write one of: {', '.join(self.choices)}"
        if self.kind == "share":
            return f"enter {self.name} between 0 and {self.high or 1:g} (0.25 for 25 %)"
        if self.kind == "date":
            return "write the date as YYYY-MM-DD"
        if self.low is not None and self.high is not None and self.kind == "number":
            return f"enter {self.name} between {self.low:g} and {self.high:g}"
        if self.low is not None and self.high is None:
            return f"enter {self.name} as {self.low:g} or more"
        if self.kind in {"number", "whole"}:
            return "write a number with a decimal point and without unit"
        return f"fill {self.name}"


def text(name: str, doc: str, **how: object) -> Column:
    """Text."""
    return Column(name, "text", doc, **how)  # type: ignore[arg-type]


def key(name: str, doc: str, refers_to: str = "", **how: object) -> Column:
    """Text that identifies the row."""
    return Column(name, "text", doc, key=True, required=how.pop("required", True), refers_to=refers_to, **how)  # type: ignore[arg-type]


def choice(name: str, doc: str, *choices: str, **how: object) -> Column:
    """One of a few words."""
    return Column(name, "text", doc, choices=choices, **how)  # type: ignore[arg-type]


def number(name: str, doc: str, low: float | None = 0.0, **how: object) -> Column:
    """Number, 0 or more unless said otherwise."""
    return Column(name, "number", doc, low=low, **how)  # type: ignore[arg-type]


def money(name: str, doc: str, low: float | None = 0.0, **how: object) -> Column:
    """Money in the row's currency."""
    return Column(name, "number", doc, low=low, **how)  # type: ignore[arg-type]


def share(name: str, doc: str, high: float | None = 1.0, **how: object) -> Column:
    """Share, 0..1."""
    return Column(name, "share", doc, low=0.0, high=high, **how)  # type: ignore[arg-type]


def whole(name: str, doc: str, low: float | None = 0.0, **how: object) -> Column:
    """Whole number."""
    return Column(name, "whole", doc, low=low, **how)  # type: ignore[arg-type]


def day(name: str, doc: str, **how: object) -> Column:
    """Date, inclusive."""
    return Column(name, "date", doc, **how)  # type: ignore[arg-type]


def flag(name: str, doc: str, **how: object) -> Column:
    """Yes or no."""
    return Column(name, "flag", doc, **how)  # type: ignore[arg-type]


_EVERYWHERE = (
    day("known_from", "the row is ignored when this is later than settings.knowledge_date"),
    text("source_id", "where the numbers come from; several joined by ;", refers_to="sources"),
    choice("quality", "how far the numbers can be trusted", "reported", "derived", "estimated", "assumed"),
    text("note", "free text, never read by an engine"),
)


@dataclass(frozen=True)
class Table:
    """One declared table; the columns allowed everywhere are added to `own`."""

    name: str
    row_is: str
    own: tuple[Column, ...]
    family: str = ""
    used: bool = True

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Own columns, currency where the table has money, and those allowed in every table."""
        names = {column.name for column in self.own}
        priced = any(column.unit.startswith("money") for column in self.own) and "currency" not in names
        cash = (text("currency", "currency of the row's money; empty: settings.currency"),) if priced else ()
        return (*self.own, *cash, *(column for column in _EVERYWHERE if column.name not in names))

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(column.name for column in self.own if column.key)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Types of a typed frame, `_row` last."""
        return {column.name: column.dtype for column in self.columns} | {"_row": pl.Int64()}

    def empty(self) -> pl.DataFrame:
        """Return the typed table without rows."""
        return pl.DataFrame(schema=self.schema)
