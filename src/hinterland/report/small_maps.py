"""Small multiples: the world's flows by period and by stage, a row each, a column per strategy, all to one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from hinterland.report.maps import merged_ways, small_map
from hinterland.report.numbers import amount
from hinterland.report.words import in_time, plain, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.comparison import Board
    from hinterland.report.maps import Survey

__all__ = ["MapRow", "by_period", "by_stage"]


@dataclass(frozen=True, slots=True)
class MapRow:
    """One row of maps: what it shows, and per strategy its tonnes and picture."""

    name: str
    maps: tuple[tuple[str, str], ...]


def _row(board: Board, shared: Survey, name: str, chosen: pl.Expr) -> MapRow:
    part = replace(board, flows=board.flows.filter(chosen))
    ways = merged_ways(part)
    drawn = []
    for strategy in board.strategies:
        own = ways.filter(pl.col("strategy") == strategy)
        told = amount(float(own["t"].sum()), "t", 2)
        drawn.append((told, small_map(own, shared, f"{name}, {strategy}: {told}")))
    return MapRow(sentence(plain(name)), tuple(drawn))


def by_period(board: Board, shared: Survey) -> list[MapRow]:
    """First, middle and last period; none where every site lies in one surroundings, or there is but one period."""
    periods = in_time(board.flows["period_id"].drop_nulls())
    if shared.world is None or len(periods) < 2:
        return []
    shown = list(dict.fromkeys((periods[0], periods[len(periods) // 2], periods[-1])))
    return [_row(board, shared, one, pl.col("period_id") == one) for one in shown]


def by_stage(board: Board, shared: Survey, stages: Sequence[str]) -> list[MapRow]:
    """Every stage that moves, upstream first, over the horizon."""
    if shared.world is None:
        return []
    moved = set(board.flows["stage"])
    return [_row(board, shared, one, pl.col("stage") == one) for one in stages if one in moved]
