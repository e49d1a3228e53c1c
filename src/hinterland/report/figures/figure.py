"""What a figure is, and the parts that figures share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hinterland.report import charts
from hinterland.report.findings import others
from hinterland.report.numbers import number, share
from hinterland.report.theme import SERIES
from hinterland.report.words import plain, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hinterland.comparison import Board

__all__ = ["Figure", "Table", "across", "bar_figure", "colours_of", "summed"]

Table = dict[str, dict[str, float]]
"""Row → strategy → number."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, what it says, what it shows, and its numbers as texts. `chapter` is where it stands in the report.

    A picture in several parts is set side by side where there is room. `keyed` asks for the key of strategies above it, `of` says of
    which; empty: of all.
    """

    chapter: str
    title: str
    about: str
    svgs: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keyed: bool = True
    of: tuple[str, ...] = ()

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width where there is room."""
        return len(self.svgs) > 1


def colours_of(board: Board) -> dict[str, str]:
    """The hue of each strategy: slate for the baseline, the accents for the others in their order."""
    accents = {one: f"var(--s{1 + at % (SERIES - 1)})" for at, one in enumerate(others(board))}
    return {one: accents.get(one, "var(--s0)") for one in board.strategies}


def summed(frame: pl.DataFrame, key: str, value: str, order: Sequence[str] = ()) -> Table:
    """Sums by key and strategy: keys in the given order, further ones by their largest sum."""
    sums: Table = defaultdict(dict)
    grouped = frame.group_by(key, "strategy").agg(pl.col(value).sum())
    for one, strategy, size in grouped.select(key, "strategy", value).iter_rows():
        sums[one or ""][strategy] = size or 0.0
    place = {one: at for at, one in enumerate(order)}
    return {one: sums[one] for one in sorted(sums, key=lambda one: (place.get(one, len(place)), -max(map(abs, sums[one].values())), one))}


def across(board: Board, start: str, values: Mapping[str, float | None], of: str, show: Callable[[float | None], str] | None = None) -> str:
    """One number of every strategy as a headline: `start: 48 % of tonnes in global, 6 % in local-for-local`."""
    shown = show or (lambda value: share(value, 2))
    parts = [f"{shown(values.get(one))}{f' {of}' if at == 0 and of else ''} in {one}" for at, one in enumerate(board.strategies)]
    return f"{start} {', '.join(parts)}"


def bar_figure(
    board: Board,
    chapter: str,
    title: str,
    about: str,
    axis: str,
    table: Mapping[str, Mapping[str, float]],
    head: str,
    *,
    percent: bool = False,
    absent: float | None = 0.0,
) -> Figure | None:
    """Bars of every strategy for each row of a table; None where there is nothing but zeros.

    `absent` is what a missing number means: 0, or None where there is none to tell.
    """
    kept = {row: values for row, values in table.items() if any(abs(one) > 1e-12 for one in values.values())}
    if not kept:
        return None
    show = share if percent else number
    rows = [
        {"what": sentence(plain(row)), "strategy": one, "value": values.get(one, 0.0), "text": show(values.get(one, absent))}
        for row, values in kept.items()
        for one in board.strategies
    ]
    told = tuple((sentence(plain(row)), *(show(values.get(one, absent)) for one in board.strategies)) for row, values in kept.items())
    svg = charts.bars(rows, colours_of(board), axis, f"{title}. {about}", percent=percent)
    return Figure(chapter, title, about, (svg,), (head, *board.strategies), told)
