"""Small multiples: flows around each market, by period and by stage, a row each, a column per strategy, all to one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from hinterland.report.maps import draw_market, merged_ways, small_map
from hinterland.report.numbers import amount, share
from hinterland.report.words import in_time, plain, region_name, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.comparison import Board
    from hinterland.report.maps import Survey

__all__ = ["MapRow", "by_market", "by_period", "by_stage"]


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


def by_market(board: Board, shared: Survey) -> tuple[list[MapRow], int]:
    """The surroundings of each region of delivery, where there are several, and how many names found no room.

    Told are the units delivered there and the share of their cost that the region adds itself.
    """
    if len(shared.markets) < 2:
        return [], 0
    rows, lost = [], 0
    for at, market in enumerate(shared.markets):
        region = market.region or ""
        units = dict(
            board.delivered.filter(pl.col("region") == region).group_by("unit").agg(pl.col("quantity").sum()).sort("unit").iter_rows()
        )
        told = " and ".join(amount(size, unit, 2) for unit, size in units.items())
        drawn = []
        for place, strategy in enumerate(board.strategies):
            atlas = draw_market(board, strategy, shared, at, f"{at}-{place}")
            lost += atlas.unplaced
            drawn.append((f"{told}{_own(board, strategy, region)}", atlas.svg))
        rows.append(MapRow(region_name(region), tuple(drawn)))
    return rows, lost


def _own(board: Board, strategy: str, region: str) -> str:
    """What a region adds to what it is delivered, in words; empty where it is not known."""
    here = (pl.col("strategy") == strategy) & (pl.col("to_region") == region) & (pl.col("basis") == "cost") & pl.col("home")
    part = board.regional_share.filter(here)["share"].drop_nulls()
    return f", {share(float(part[0]), 2)} of cost added there" if len(part) else ""


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
