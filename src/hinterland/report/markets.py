"""The surroundings of each market, to scale: one map where all is delivered in one region, else one for each of the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.report.globe import Around

if TYPE_CHECKING:
    from hinterland.comparison import Board
    from hinterland.report.labels import Box

__all__ = ["MOST_MARKETS", "Market", "market_regions", "markets_of", "middle", "placed"]

MOST_MARKETS = 4
"""Regions of delivery that have a map of their own; further ones are on the world alone."""
_REACH_KM = 4500.0


@dataclass(frozen=True, slots=True)
class Market:
    """A region of delivery with its projection; `region` is None where all places of delivery share one map."""

    region: str | None
    around: Around


def placed(board: Board) -> pl.DataFrame:
    """Sites that are used and have coordinates, a row per plan."""
    return board.sites.filter(pl.col("used")).drop_nulls(["latitude", "longitude"])


def market_regions(board: Board) -> list[str]:
    """Regions of delivery, the largest first."""
    sums = board.delivered.drop_nulls("region").group_by("region").agg(pl.col("quantity").sum())
    return sums.sort("quantity", "region", descending=[True, False])["region"].to_list()


def middle(board: Board, region: str | None = None) -> tuple[float, float]:
    """Longitude and latitude of delivery (in a region), weighted by quantity."""
    known = board.sites.drop_nulls(["latitude", "longitude"]).unique("site_id", keep="first", maintain_order=True)
    taken = board.delivered if region is None else board.delivered.filter(pl.col("region") == region)
    places = known.join(taken.select("site_id", "quantity"), on="site_id", maintain_order="left")
    if not places.height:
        places = known.with_columns(quantity=pl.lit(1.0))
    if not places.height:
        return 0.0, 0.0
    east, north = np.radians(places["longitude"].to_numpy()), np.radians(places["latitude"].to_numpy())
    weight = np.maximum(places["quantity"].to_numpy(), 1e-9)
    x, y, z = (float((weight * one).sum()) for one in (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)))
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def _around(board: Board, region: str | None, frame: Box) -> Around:
    """The surroundings that hold every used site of a region of delivery (None: of all of them), and no more than 4,500 km."""
    longitude, latitude = middle(board, region)
    taken = board.delivered if region is None else board.delivered.filter(pl.col("region") == region)
    sites = placed(board).unique("site_id")
    regions = taken["region"].drop_nulls().unique().to_list()
    near = sites.filter(pl.col("region").is_in(regions) | pl.col("site_id").is_in(taken["site_id"].to_list()))
    flat = Around(longitude, latitude, 1.0, 0.0, 0.0, 1.0).xy(near["longitude"].to_numpy(), near["latitude"].to_numpy())
    flat = flat[np.hypot(flat[:, 0], flat[:, 1]) < _REACH_KM] if len(flat) else flat
    flat = np.concatenate([flat, np.zeros((1, 2))])
    low, high = flat.min(axis=0), flat.max(axis=0)
    wide, tall = frame.right - frame.left, frame.bottom - frame.top
    # labels want room beside the outermost sites
    scale = min((wide - 150.0) / max(high[0] - low[0], 500.0), (tall - 70.0) / max(high[1] - low[1], 300.0))
    x, y = (frame.left + frame.right) / 2 - scale * (low[0] + high[0]) / 2, (frame.top + frame.bottom) / 2 - scale * (low[1] + high[1]) / 2
    return Around(longitude, latitude, scale, float(x), float(y), 1.1 * float(np.hypot(wide, tall)) / scale)


def markets_of(board: Board, frame: Box, *, apart: bool) -> tuple[Market, ...]:
    """One market for each of the largest regions of delivery; a single one where there is one region, or they are not told apart."""
    regions = market_regions(board)
    if not apart or len(regions) < 2:
        return (Market(None, _around(board, None, frame)),)
    return tuple(Market(one, _around(board, one, frame)) for one in regions[:MOST_MARKETS])
