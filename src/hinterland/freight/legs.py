"""A lane's mode chain split into legs: `truck+ship+truck` with `95+11500+300` kilometres is three legs and two hubs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["Legs", "parse_legs"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Legs:
    """Legs of many lanes, in lane order; arrays of shape (legs,).

    `lane` is the row of the lane, `mode` the index into `modes`, `first` marks legs that start a lane.
    """

    modes: tuple[str, ...]
    lane: Ints
    mode: Ints
    km: Floats
    first: npt.NDArray[np.bool_]


def parse_legs(lanes: pl.DataFrame) -> Legs:
    """Split `mode_chain` and `leg_km` of each lane row; one leg without `leg_km` takes `distance_km`.

    A chain whose kilometres do not fit its legs gives NaN kilometres, which the check of lanes reports.
    """
    chains = lanes.select(
        row=pl.int_range(pl.len(), dtype=pl.Int64),
        mode=pl.col("mode_chain").fill_null("").str.split("+"),
        km=pl.when(pl.col("leg_km").fill_null("") != "")
        .then(pl.col("leg_km"))
        .otherwise(pl.col("distance_km").cast(pl.String))
        .fill_null("")
        .str.split("+"),
    )
    fits = pl.col("mode").list.len() == pl.col("km").list.len()
    padded = chains.with_columns(km=pl.when(fits).then(pl.col("km")).otherwise(pl.col("mode").list.eval(pl.lit(""))))
    legs = padded.explode("mode", "km").with_columns(pl.col("mode").str.strip_chars())
    modes = tuple(sorted(legs["mode"].unique().to_list()))
    codes = legs["mode"].replace_strict(list(modes), list(range(len(modes))), return_dtype=pl.Int64) if modes else legs["row"]
    lane = legs["row"].to_numpy()
    first = np.ones(len(lane), dtype=bool)
    first[1:] = lane[1:] != lane[:-1]
    km = legs["km"].str.strip_chars().cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return Legs(modes, lane, codes.to_numpy(), km.astype(np.float64), first)
