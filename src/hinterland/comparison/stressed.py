"""Plans under the same events, side by side: the part of a board that says how they hold when things break."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["STRESS_FRAMES", "StressBoard"]

_S, _F, _B, _I, _D = pl.String(), pl.Float64(), pl.Boolean(), pl.Int64(), pl.Date()

STRESS_FRAMES: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "measures": {"strategy": _S, "measure": _S, "unit": _S, "mean": _F, "spread": _F, "low": _F, "high": _F, "var95": _F, "cvar95": _F},
        "differences": {"strategy": _S, "against": _S, "measure": _S, "unit": _S, "mean": _F, "low": _F, "high": _F, "certain": _B},
        "fans": {"strategy": _S, "measure": _S, "day": _D, "p05": _F, "p25": _F, "p50": _F, "p75": _F, "p95": _F, "mean": _F},
        "hazards": {
            "strategy": _S, "hazard_id": _S, "title": _S, "events": _I, "struck_share": _F, "lost": _F, "lost_margin": _F, "low": _F, "high": _F,
        },
        "convergence": {"strategy": _S, "measure": _S, "replications": _I, "mean": _F, "low": _F, "high": _F},
        "exposure": {
            "strategy": _S, "kind": _S, "node": _S, "name": _S, "recovery_days_low": _F, "recovery_days_high": _F, "loss_low": _F,
            "loss_high": _F, "lost_units": _F, "survival_days": _F, "exposure_index": _F, "survives": _B, "latitude": _F, "longitude": _F,
        },
        "options": {
            "strategy": _S, "kind": _S, "node": _S, "option": _S, "amount": _F, "unit": _S, "loss": _F, "loss_after": _F, "avoided": _F,
            "cost_per_year": _F, "avoided_per_cost": _F,
        },
    }
)  # fmt: skip
"""Columns of each frame."""


@dataclass(frozen=True, slots=True)
class StressBoard:
    """Plans moved through the same events, and what the standstill of each node loses. Frames are sorted by their keys.

    - `measures`: strategy, measure, unit, mean over replications with its spread and 95 % interval (low, high), VaR and CVaR at 95 %.
      First those of stress.summary with lost sales, then those of serving late: late_share (served late of wanted), wait_days (that a
      wanted unit waits on average), never_share (never served of wanted), backlog (unit-steps owed). Units are the words of the simulation:
      share, days, money (of `currency`), units (of `unit`).
    - `differences`: strategy - against, replication by replication; `certain`: the interval leaves 0 out.
    - `fans`: quantiles over replications of `served_share` (what is served of what is wanted) in the stretch that begins on `day`.
    - `hazards`: each hazard alone: how often, what it loses.
    - `convergence`: running mean and interval after a number of replications.
    - `exposure`: nodes of each plan; survival_days is infinite where nothing is ever lost; latitude and longitude of sites and passages,
      else null; loss in money over the recovery time.
    - `options`: what would help at the weakest nodes.

    `first_day` and `last_day` (dates) are simulated, in steps of `step_days` (the last may run over); `events` were drawn or replayed, over all replications.
    `period_id` is the period of the exposure and `method` how it was measured; both are empty where it was not.
    """

    strategies: tuple[str, ...]
    against: str
    currency: str
    unit: str
    replications: int
    seed: int
    first_day: date
    last_day: date
    period_id: str
    measures: pl.DataFrame
    differences: pl.DataFrame
    fans: pl.DataFrame
    hazards: pl.DataFrame
    convergence: pl.DataFrame
    exposure: pl.DataFrame
    options: pl.DataFrame
    events: int = 0
    step_days: int = 7
    method: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold every frame to its declared columns."""
        for name, columns in STRESS_FRAMES.items():
            frame: pl.DataFrame = getattr(self, name)
            if frame.schema != pl.Schema(columns):
                raise TypeError(f"{name} has {dict(frame.schema)}, declared are {dict(columns)}")
