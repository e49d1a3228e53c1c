"""One short name for the content of tables: the same facts give the same digest, however they were typed or stored."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["digest_of"]

_UNTOLD = ("_row", "note")


_DIGITS = 12


def _text(column: str, kind: pl.DataType) -> pl.Expr:
    cells = pl.col(column)
    if kind.is_float():
        cells = pl.when(cells == 0).then(0.0).otherwise(cells.round_sig_figs(_DIGITS))  # -0.0 becomes 0.0
    return cells.cast(pl.String).alias(column)


def digest_of(tables: Mapping[str, pl.DataFrame]) -> str:
    """SHA-256 over table names, column names and cells; row and column order, notes and empty tables do not count.

    Numbers count to twelve digits, so that 0.1 + 0.2 is 0.3 and money converted is money typed.

    >>> a = pl.DataFrame({"x": [1.0, 2.0], "y": ["p", "q"]})
    >>> digest_of({"t": a}) == digest_of({"t": a.reverse().select("y", "x")})
    True
    """
    told = hashlib.sha256()
    for name in sorted(tables):
        frame = tables[name]
        columns = sorted(column for column in frame.columns if column not in _UNTOLD)
        filled = [column for column in columns if frame[column].null_count() < frame.height]
        if not filled:
            continue
        text = frame.select(_text(column, frame.schema[column]) for column in filled)
        told.update((name + "\x1d" + "\x1f".join(filled) + "\x1d").encode())
        told.update(text.sort(filled).write_csv(include_header=False, null_value="\x00").encode())
    return told.hexdigest()
