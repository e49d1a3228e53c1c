"""Ramp-up curves: what share of its mature capacity a line reaches, and with what yield, in each period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST, Calendar, Floats, year_position

if TYPE_CHECKING:
    from hinterland.model.network import Network

__all__ = ["Ramp", "Ramps", "day_at"]


def day_at(position: float) -> float:
    """Day number (with a fraction) at a year position: the inverse of `year_position`.

    >>> day_at(1971.0), day_at(1970.5)
    (365.0, 182.5)
    """
    if not np.isfinite(position) or abs(position) > 9000:
        return float(FAR_FUTURE if position > 0 else FAR_PAST)
    year = int(np.floor(position))
    first = np.datetime64(f"{year:04d}-01-01").astype("datetime64[D]").astype(np.int64)
    following = np.datetime64(f"{year + 1:04d}-01-01").astype("datetime64[D]").astype(np.int64)
    return float(first + (position - year) * (following - first))


@dataclass(frozen=True, slots=True)
class Ramp:
    """Steps of one curve: years since start, capacity and yield relative to mature; each holds to the next point."""

    years: Floats
    capacity: Floats
    yields: Floats

    def means(self, calendar: Calendar, start_day: int | None, first_day: float, stop_day: float) -> tuple[Floats, Floats]:
        """Capacity and yield of each period, both of shape (periods,), for a line that runs in [first_day, stop_day).

        Capacity is the mean over all days of the period, nothing outside the span; yield is weighted by capacity.
        Without `start_day` the line is mature: the last point holds throughout.
        """
        if start_day is None:
            edges, levels, yields = np.array([FAR_PAST, FAR_FUTURE], dtype=np.float64), self.capacity[-1:], self.yields[-1:]
        else:
            begin = float(year_position(start_day))
            edges = np.array([day_at(begin + year) for year in self.years] + [float(FAR_FUTURE)])
            levels, yields = self.capacity, self.yields
        low = np.maximum(np.maximum(edges[:-1, None], calendar.start[None, :]), first_day)
        high = np.minimum(np.minimum(edges[1:, None], calendar.stop[None, :]), stop_day)
        weight = np.clip(high - low, 0.0, None) / calendar.days[None, :]
        run = (levels[:, None] * weight).sum(axis=0)
        good = (levels[:, None] * yields[:, None] * weight).sum(axis=0)
        return run, np.where(run > 0, good / np.where(run > 0, run, 1.0), yields[-1])


MATURE = Ramp(np.zeros(1), np.ones(1), np.ones(1))


@dataclass(frozen=True, slots=True)
class Ramps:
    """The curves of a network by id."""

    by_id: dict[str, Ramp]

    @classmethod
    def of(cls, net: Network) -> Ramps:
        """Read the ramps table; a curve starts at its first point and is nothing before."""
        curves = {}
        for (name,), rows in net["ramps"].sort("ramp_id", "years_since_start").group_by("ramp_id", maintain_order=True):
            points = rows.select("years_since_start", "capacity_share", "yield_share").cast(pl.Float64)
            years, capacity, yields = (points[column].fill_null(1.0).to_numpy() for column in points.columns)
            curves[str(name)] = Ramp(years.astype(np.float64), capacity.astype(np.float64), yields.astype(np.float64))
        return cls(curves)

    def __getitem__(self, ramp_id: str | None) -> Ramp:
        """Return a curve; no id means mature from the first day."""
        return MATURE if not ramp_id else self.by_id[ramp_id]
