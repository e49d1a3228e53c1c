"""What a tonne pays, emits and waits on each leg, and the sums over a lane's legs.

Emissions follow ISO 14083:2023: transport activity (gross tonnes × kilometres) times an intensity from well to wheel,
plus the handling of each hub between two legs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.freight.legs import Legs

__all__ = ["LegRates", "lane_sums", "match_rates"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LegRates:
    """Rates of each leg by period; arrays of shape (legs, periods)."""

    cost_per_t: Floats
    cost_per_tkm: Floats
    co2e_kg_per_tkm: Floats
    co2e_kg_per_t_handled: Floats
    km_per_day: Floats
    days_fixed: Floats


def match_rates(legs: int, rules: Sequence[tuple[tuple[float, ...], Bools]]) -> Ints:
    """Row of the rate that holds for each leg, −1 where none does; shape (legs,).

    `rules` are (rank, mask) pairs: among the rules whose mask holds for a leg the highest rank wins, then the later row.
    """
    chosen = np.full(legs, -1, dtype=np.int64)
    for row in sorted(range(len(rules)), key=lambda row: (rules[row][0], row)):
        chosen[rules[row][1]] = row
    return chosen


def _per_lane(legs: Legs, lanes: int, values: Floats) -> Floats:
    total = np.zeros((lanes, values.shape[1]))
    if len(legs.lane):
        starts = np.flatnonzero(legs.first)
        total[legs.lane[starts]] = np.add.reduceat(values, starts, axis=0)
    return total


def lane_sums(legs: Legs, rates: LegRates, lanes: int) -> tuple[Floats, Floats, Floats]:
    """Money per gross tonne, kgCO2e per gross tonne and days of each lane; shapes (lanes, periods).

    cost = Σ legs (cost_per_t + cost_per_tkm · km); CO2e = Σ legs km · co2e_kg_per_tkm + Σ hubs co2e_kg_per_t_handled, a
    hub lying before every leg but the first; days = Σ legs km / km_per_day + handling and added lead time.
    """
    km = legs.km[:, None]
    hub = np.where(legs.first[:, None], 0.0, rates.co2e_kg_per_t_handled)
    moving = np.where(np.isfinite(rates.km_per_day) & (rates.km_per_day > 0), km / rates.km_per_day, 0.0)
    return (
        _per_lane(legs, lanes, rates.cost_per_t + rates.cost_per_tkm * km),
        _per_lane(legs, lanes, rates.co2e_kg_per_tkm * km + hub),
        _per_lane(legs, lanes, moving + rates.days_fixed),
    )
