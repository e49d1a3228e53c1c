"""The `where` of overrides and changes: `column=value` terms joined by `;`, a value being `a|b`, `@group` or `*`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Members", "matching_rows", "parse_where", "tokens"]

_ANYTHING = ("", "*")


def tokens(cell: str | None) -> list[str]:
    """Split a cell `a|b|@c`; an empty cell or `*` gives nothing, which callers read as everything.

    >>> tokens("a | @b"), tokens("*"), tokens(None)
    (['a', '@b'], [], [])
    """
    parts = [part.strip() for part in (cell or "").split("|")]
    return [part for part in parts if part not in _ANYTHING]


def parse_where(text: str | None) -> list[tuple[str, list[str]]]:
    """Split into (column, accepted values); an empty list of values accepts everything and comes of `*` alone.

    Raises ValueError with the term that is not column=value: an empty value would mean everything or nothing.

    >>> parse_where("product_id=cell; site_id=a|b; note=*")
    [('product_id', ['cell']), ('site_id', ['a', 'b']), ('note', [])]
    """
    terms = []
    for term in (text or "").split(";"):
        if not term.strip() or term.strip() == "*":
            continue
        column, sign, value = term.partition("=")
        accepted = tokens(value)
        if not sign or not column.strip() or (not accepted and value.strip() != "*"):
            raise ValueError(term.strip())
        terms.append((column.strip(), [] if "*" in [part.strip() for part in value.split("|")] else accepted))
    return terms


@dataclass(frozen=True, slots=True)
class Members:
    """Who is meant by `@name`: members of a group, of groups within it, sites and countries of a region, products of a stage."""

    groups: Mapping[str, tuple[str, ...]]
    wider: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> Members:
        """Read groups, countries, sites and products."""
        groups: dict[str, list[str]] = {}
        for group, member in tables["groups"].select("group_id", "member").iter_rows():
            if group is not None and member is not None:
                groups.setdefault(group, []).append(member)
        wider: dict[str, list[str]] = {}
        for country, *names in tables["countries"].select("country", "customs_territory", "region").iter_rows():
            for name in names:
                if name is not None and country is not None and name != country:
                    wider.setdefault(name, []).append(country)
        for low, high, table in (("site_id", "country", "sites"), ("product_id", "stage", "products")):
            for one, name in tables[table].select(low, high).iter_rows():
                if one is not None and name is not None and one != name:
                    wider.setdefault(name, []).append(one)
        return cls({k: tuple(v) for k, v in groups.items()}, {k: tuple(v) for k, v in wider.items()})

    def opened(self, value: str) -> set[str]:
        """Every name that a value stands for, the value itself included; only `@name` stands for others."""
        found = {value}
        stack = [value.removeprefix("@")] if value.startswith("@") else []
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                below = self.groups.get(name) or self.wider.get(name) or ()
                stack += [one.removeprefix("@") for one in below]
        return found


def _accepts(frame: pl.DataFrame, column: str, wanted: set[str]) -> pl.Expr:
    kind = frame.schema[column]
    if kind.is_numeric():
        numbers = []
        for value in wanted:
            try:
                numbers.append(float(value))
            except ValueError:
                continue
        return pl.col(column).cast(pl.Float64).is_in(numbers)
    if kind == pl.Boolean:
        wanted = {value.lower() for value in wanted}
    return pl.col(column).cast(pl.String).is_in(sorted(wanted))


def matching_rows(frame: pl.DataFrame, where: str | None, members: Members) -> pl.Series:
    """Boolean mask over the rows of `frame`; an empty cell matches `*` alone.

    Raises ValueError for a broken term and KeyError (the column's name) for a column the table does not have.
    """
    mask = pl.repeat(value=True, n=pl.len())
    for column, values in parse_where(where):
        if column not in frame.columns or column.startswith("_"):
            raise KeyError(column)
        if values:
            wanted = set().union(*(members.opened(value) for value in values))
            mask = mask & _accepts(frame, column, wanted).fill_null(value=False)
    return frame.select(m=mask)["m"]
