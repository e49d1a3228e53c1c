"""Standards as words and days: levels with their rank, what an offer says its maker holds, and spans that join up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["joined", "offered", "ranks_of"]


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of inclusive days in order of time, those that overlap or follow on the next day made one.

    >>> joined([(5, 9), (1, 4), (12, 14)])
    [(1, 9), (12, 14)]
    """
    found: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if high < low:
            continue
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def offered(cell: str | None) -> dict[str, str]:
    """Schemes, each with its level (empty: none told), of a cell of purchases.certified.

    >>> offered("IRMA=IRMA 75; RMAP")
    {'IRMA': 'IRMA 75', 'RMAP': ''}
    """
    terms = (term.partition("=") for term in (cell or "").split(";") if term.strip())
    return {scheme.strip(): level.strip() for scheme, _, level in terms}


def ranks_of(schemes: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Rank of each (scheme, level) of the table schemes; the level is empty for the standard as such."""
    rows = schemes.select("scheme", pl.col("level").fill_null(""), pl.col("rank").fill_null(0)).iter_rows()
    return {(scheme, level): rank for scheme, level, rank in rows}
