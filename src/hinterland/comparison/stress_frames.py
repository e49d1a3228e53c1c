"""From simulations and exposures to the frames of a StressBoard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.comparison.stress_places import nodes_placed
from hinterland.comparison.stressed import STRESS_FRAMES
from hinterland.stress import summary as told_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.core.calendar import Floats
    from hinterland.model.network import Network
    from hinterland.stress.exposure.expose import ExposureResult
    from hinterland.stress.simulate import StressResult

__all__ = [
    "LATE_MEASURES",
    "Moved",
    "convergence_of",
    "differences_of",
    "exposure_of",
    "fans_of",
    "hazards_of",
    "measures_of",
    "options_of",
    "stretches_of",
]

LATE_MEASURES = {"late_share": "share", "wait_days": "days", "never_share": "share", "backlog": "unit-steps"}
"""Measures under the late rule, with their units: what is served late of what is wanted, days that a wanted unit waits on average, what is
never served of what is wanted, units owed summed over steps."""
CONVERGING = ("fill_rate", "lost_margin")
"""Measures whose running interval is told."""
_EPOCH = date(1970, 1, 1)
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_MANY_MONTHS = 48


@dataclass(frozen=True, slots=True)
class Moved:
    """One plan moved through the same events under both rules."""

    net: Network
    lost: StressResult
    late: StressResult


def late_rates(result: StressResult) -> pl.DataFrame:
    """One row per replication with every measure of LATE_MEASURES, of a simulation that serves shortage late."""
    wanted = pl.max_horizontal("wanted", pl.lit(1e-300))
    return result.replications.select(
        late_share=pl.col("late") / wanted,
        wait_days=pl.col("backlog") * result.step_days / wanted,
        never_share=pl.col("lost") / wanted,
        backlog=pl.col("backlog"),
    )


def _named(name: str, frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """A frame as the board declares it: the strategy first, columns it has, null for those it has not."""
    columns = STRESS_FRAMES[kind]
    there = frame.with_columns(strategy=pl.lit(name)) if "strategy" not in frame.columns else frame
    lacking = [pl.lit(None, dtype=dtype).alias(one) for one, dtype in columns.items() if one not in there.columns]
    return there.with_columns(lacking).select(pl.col(one).cast(dtype) for one, dtype in columns.items())


def measures_of(name: str, moved: Moved) -> pl.DataFrame:
    """Rows of StressBoard.measures: those of lost sales, then those of serving late."""
    late = late_rates(moved.late)
    rows = [
        (one, kind, *told_by.interval(late[one].to_numpy()), *told_by.tail(late[one].to_numpy())) for one, kind in LATE_MEASURES.items()
    ]
    lost = told_by.summary(moved.lost).filter(~pl.col("measure").is_in(list(LATE_MEASURES)))
    names = ("measure", "unit", "mean", "spread", "low", "high", "var95", "cvar95")
    told = pl.concat(
        [lost.select(names), pl.DataFrame(rows, schema=dict(zip(names, lost.select(names).dtypes, strict=True)), orient="row")]
    )
    return _named(name, told, "measures")


def differences_of(name: str, moved: Moved, against: str, base: Moved) -> pl.DataFrame:
    """Rows of StressBoard.differences: plan - baseline, replication by replication. ValueError where their events differ."""
    lost = told_by.paired(moved.lost, base.lost).filter(~pl.col("measure").is_in(list(LATE_MEASURES)))
    mine, theirs = late_rates(moved.late), late_rates(base.late)
    rows = []
    for one, kind in LATE_MEASURES.items():
        mean, _, low, high = told_by.interval((mine[one] - theirs[one]).to_numpy())
        rows.append((one, kind, mean, low, high, low > 0 or high < 0))
    names = ("measure", "unit", "mean", "low", "high", "certain")
    both = [lost.select(names), pl.DataFrame(rows, schema=dict(zip(names, lost.select(names).dtypes, strict=True)), orient="row")]
    return _named(name, pl.concat(both).with_columns(against=pl.lit(against)), "differences")


def stretches_of(first_day: int, step_days: int, steps: int) -> tuple[list[date], list[int]]:
    """Steps by calendar month, or by quarter where there are more than 48 months: first days, and the first step of each.

    >>> stretches_of(20454, 7, 10)  # from 2026-01-01, ten weeks
    ([datetime.date(2026, 1, 1), datetime.date(2026, 2, 5), datetime.date(2026, 3, 5)], [0, 5, 9])
    """
    days = [_EPOCH + timedelta(days=first_day + step_days * at) for at in range(steps)]
    size = 1 if steps * step_days <= _MANY_MONTHS * 30.5 else 3
    stretch = [(day.year, (day.month - 1) // size) for day in days]
    at = [step for step in range(steps) if step == 0 or stretch[step] != stretch[step - 1]]
    return [days[one] for one in at], at


def fans_of(name: str, result: StressResult, wanted: Floats) -> pl.DataFrame:
    """Rows of StressBoard.fans; `wanted` (replications or 1, steps) is what was asked for; stretches in which nothing is are left out."""
    if result.served is None:
        raise ValueError("fans need traces: simulate with traces")
    days, at = stretches_of(result.first_day, result.step_days, result.steps)
    served, asked = np.add.reduceat(result.served, at, axis=1), np.add.reduceat(wanted, at, axis=1)
    share = np.divide(served, asked, out=np.full(served.shape, np.nan), where=asked > 0)
    some = ~np.isnan(share).any(axis=0)
    quantiles = np.quantile(share[:, some], _QUANTILES, axis=0)
    frame = pl.DataFrame(
        {"day": [day for day, there in zip(days, some, strict=True) if there]}
        | {f"p{round(100 * q):02d}": row for q, row in zip(_QUANTILES, quantiles, strict=True)}
        | {"mean": share[:, some].mean(axis=0)}
    )
    return _named(name, frame.with_columns(measure=pl.lit("served_share")), "fans")


def hazards_of(name: str, result: StressResult, titles: Mapping[str, str | None]) -> pl.DataFrame:
    """Rows of StressBoard.hazards: each hazard alone, as the simulation has it, with its title."""
    if result.hazards is None:
        return _named(name, pl.DataFrame(schema=dict(STRESS_FRAMES["hazards"])), "hazards")
    title = pl.col("hazard_id").replace_strict(dict(titles), default=None, return_dtype=pl.String)
    return _named(name, result.hazards.with_columns(title=title), "hazards")


def convergence_of(name: str, result: StressResult, measures: Sequence[str] = CONVERGING) -> pl.DataFrame:
    """Rows of StressBoard.convergence: running mean and interval."""
    parts = [told_by.convergence(result, one).with_columns(measure=pl.lit(one)) for one in measures if one in told_by.MEASURED]
    return pl.concat([_named(name, part, "convergence") for part in parts])


def exposure_of(name: str, net: Network, found: ExposureResult) -> pl.DataFrame:
    """Rows of StressBoard.exposure, the largest loss first."""
    return _named(name, nodes_placed(net, found.nodes), "exposure")


def options_of(name: str, found: ExposureResult) -> pl.DataFrame:
    """Rows of StressBoard.options, where they were tried."""
    none = pl.DataFrame(schema=dict(STRESS_FRAMES["options"]))
    return _named(name, none if found.options is None else found.options, "options")
