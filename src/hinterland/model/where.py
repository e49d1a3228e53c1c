"""The `where` of overrides and changes: `column=value` terms joined by `;`, a value being `a|b`, `@group` or `*`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.model.scopes import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["matching_rows", "parse_where"]


def parse_where(text: str | None) -> list[tuple[str, list[str]]]:
    """Split into (column, accepted values); an empty list of values accepts everything.

    Raises ValueError with the term that has no `=`.

    >>> parse_where("product_id=cell; site_id=a|b; note=*")
    [('product_id', ['cell']), ('site_id', ['a', 'b']), ('note', [])]
    """
    terms = []
    for term in (text or "").split(";"):
        if not term.strip() or term.strip() == "*":
            continue
        column, sign, value = term.partition("=")
        if not sign or not column.strip():
            raise ValueError(term.strip())
        terms.append((column.strip(), tokens(value)))
    return terms


def _accepts(frame: pl.DataFrame, column: str, values: list[str], groups: Mapping[str, list[str]]) -> pl.Expr:
    wanted: list[str] = []
    for value in values:
        wanted += groups.get(value.removeprefix("@"), []) if value.startswith("@") else []
        wanted.append(value)
    kind = frame.schema[column]
    if kind.is_numeric():
        numbers = []
        for value in wanted:
            try:
                numbers.append(float(value))
            except ValueError:
                continue
        return pl.col(column).cast(pl.Float64).is_in(numbers)
    return pl.col(column).cast(pl.String).is_in(wanted)


def matching_rows(frame: pl.DataFrame, where: str | None, groups: Mapping[str, list[str]]) -> pl.Series:
    """Boolean mask over the rows of `frame`.

    Raises ValueError for a broken term and KeyError (the column's name) for a column the table does not have.
    """
    mask = pl.repeat(value=True, n=pl.len())
    for column, values in parse_where(where):
        if column not in frame.columns:
            raise KeyError(column)
        if values:
            mask = mask & _accepts(frame, column, values, groups).fill_null(value=False)
    return frame.select(m=mask)["m"]
