"""What replications say together: means with their interval, tails, and the difference of two plans under the same events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.stress.simulate import StressResult

__all__ = ["convergence", "interval", "paired", "rates", "summary", "tail"]

TAIL_SHARE = 0.95
"""VaR is the smallest loss that at least 95 % of the replications do not exceed, CVaR the mean of the worst 5 %."""
MEASURED = {
    "fill_rate": "share",
    "on_time_share": "share",
    "steps_without_shortage_share": "share",
    "lost": "units",
    "lost_margin": "money",
    "backlog": "unit-steps",
    "longest_spell_days": "days",
    "stock_value": "money, mean of steps",
    "pipeline_value": "money, mean of steps",
    "cash_to_cash_days": "days",
    "extra_cost": "money",
    "extra_cost_per_unit": "money per unit served",
    "extra_co2e_kg": "kg",
    "extra_co2e_kg_per_unit": "kg per unit served",
}
"""Every measure with its unit."""


def rates(result: StressResult) -> pl.DataFrame:
    """One row per replication with every measure of `MEASURED`, in the reader's terms.

    Fill rate (type 2) = served / wanted; type 1 the share of steps with demand, or demand still owed, in which all is served. Cash to
    cash is the days for which what is delivered in a day would pay for stock and pipeline, at their values; payment terms are 0. Where
    nothing is delivered, all the days.
    """
    frame, steps = result.replications, result.steps
    served = pl.col("on_time") + pl.col("late")
    wanted, tied = pl.col("wanted"), pl.col("stock_value") + pl.col("pipeline_value")

    def per_unit(column: str) -> pl.Expr:
        return pl.when(served > 0).then(pl.col(column) / served).otherwise(0.0)

    return frame.select(
        "replication",
        fill_rate=pl.when(wanted > 0).then(served / wanted).otherwise(1.0),
        on_time_share=pl.when(wanted > 0).then(pl.col("on_time") / wanted).otherwise(1.0),
        steps_without_shortage_share=pl.when(pl.col("asked_steps") > 0)
        .then(1.0 - pl.col("short_steps") / pl.col("asked_steps"))
        .otherwise(1.0),
        lost=pl.col("lost"),
        lost_margin=pl.col("lost_margin"),
        backlog=pl.col("backlog"),
        longest_spell_days=pl.col("longest_spell") * result.step_days,
        stock_value=pl.col("stock_value") / steps,
        pipeline_value=pl.col("pipeline_value") / steps,
        cash_to_cash_days=pl.when(pl.col("served_value") > 0)
        .then(tied * result.step_days / pl.col("served_value"))
        .otherwise(pl.when(tied > 0).then(float(steps * result.step_days)).otherwise(0.0)),
        extra_cost=pl.col("extra_cost"),
        extra_cost_per_unit=per_unit("extra_cost"),
        extra_co2e_kg=pl.col("extra_co2e_kg"),
        extra_co2e_kg_per_unit=per_unit("extra_co2e_kg"),
    )


def interval(values: Floats) -> tuple[float, float, float, float]:
    """Mean, standard deviation and the 95 % interval of the mean (Student's t); one value alone has neither spread nor interval: NaN."""
    from scipy.special import stdtrit  # scipy.stats takes a second and a half to import

    mean = float(values.mean())
    if len(values) < 2:
        return mean, float("nan"), float("nan"), float("nan")
    spread = float(values.std(ddof=1))
    half = float(stdtrit(len(values) - 1, 0.975)) * spread / len(values) ** 0.5
    return mean, spread, mean - half, mean + half


def tail(values: Floats, worst_is_high: bool = True) -> tuple[float, float]:
    """VaR and CVaR at 95 % (Rockafellar and Uryasev 2000): what at least 95 % of the values do not exceed, and the mean of the worst 5 %.

    Where 5 % of the values is no whole number, the last one counts for its part.

    >>> tail(np.arange(1.0, 101.0))  # 95, and the mean of 96 to 100
    (95.0, 98.0)
    """
    ordered = np.sort(values if worst_is_high else -values)
    worst = len(ordered) * round(1 - TAIL_SHARE, 12)
    at = max(int(np.ceil(len(ordered) - worst - 1e-9)) - 1, 0)
    var = float(ordered[at])
    cvar = var + float((ordered[at + 1 :] - var).sum()) / worst
    return (var, cvar) if worst_is_high else (-var, -cvar)


def summary(result: StressResult) -> pl.DataFrame:
    """Each measure: mean, spread, 95 % interval of the mean, VaR and CVaR at 95 %, and its unit."""
    frame = rates(result)
    rows = []
    for name, unit in MEASURED.items():
        values = frame[name].to_numpy()
        high_is_bad = name not in {"fill_rate", "on_time_share", "steps_without_shortage_share"}
        rows.append((name, unit, *interval(values), *tail(values, high_is_bad)))
    names = ("measure", "unit", "mean", "spread", "low", "high", "var95", "cvar95")
    return pl.DataFrame(rows, schema={name: pl.String if at < 2 else pl.Float64 for at, name in enumerate(names)}, orient="row")


def paired(one: StressResult, other: StressResult) -> pl.DataFrame:
    """Difference one - other of each measure, replication by replication under the same events, with its 95 % interval.

    `certain`: the interval leaves 0 out; one replication has no interval and is never certain.
    Raises ValueError where the two did not face the same events.
    """
    if not one.events.equals(other.events) or one.replications.height != other.replications.height:
        raise ValueError("the two results come from different events: simulate both with one seed and the same span")
    left, right = rates(one), rates(other)
    rows = []
    for name, unit in MEASURED.items():
        mean, spread, low, high = interval((left[name] - right[name]).to_numpy())
        rows.append((name, unit, mean, spread, low, high, low > 0 or high < 0))
    kinds = {"measure": pl.String, "unit": pl.String, "mean": pl.Float64, "spread": pl.Float64, "low": pl.Float64, "high": pl.Float64,
             "certain": pl.Boolean}  # fmt: skip
    return pl.DataFrame(rows, schema=kinds, orient="row")


def convergence(result: StressResult, measure: str = "fill_rate", points: int = 20) -> pl.DataFrame:
    """Running mean of a measure and its 95 % interval after growing numbers of replications."""
    values = rates(result)[measure].to_numpy()
    counts = np.unique(np.linspace(min(2, len(values)), len(values), points).astype(int))
    rows = [(int(n), *(lambda i: (i[0], i[2], i[3]))(interval(values[:n]))) for n in counts]
    return pl.DataFrame(rows, schema={"replications": pl.Int64, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64}, orient="row")
