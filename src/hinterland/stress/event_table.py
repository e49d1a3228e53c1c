"""Events as rows of the table `events`: written with a run, edited by people, read again and replayed."""

from __future__ import annotations

from calendar import isleap
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from hinterland.stress.events import EVENT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["every_replication", "from_table", "moved_by_years", "to_table"]

_ALL = -1


def to_table(events: pl.DataFrame) -> pl.DataFrame:
    """Drawn events in the columns of the table `events`; reading them again gives the same numbers."""
    number = pl.int_range(pl.len()).over("replication")
    return events.select(
        event_id=pl.format("r{}-{}", pl.col("replication"), number),
        hazard_id="hazard_id",
        replication="replication",
        scope_kind="scope_kind",
        scope_value="scope_value",
        start_date=pl.col("start_day").cast(pl.Int32).cast(pl.Date),
        duration_days="duration_days",
        recovery_days="recovery_days",
        capacity_loss_share="capacity_loss_share",
        demand_change_share="demand_change_share",
        cost_factor="cost_factor",
        warning_days="warning_days",
    )


def from_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the table `events` as the simulation replays them, `_row` last where known; an empty replication is every one (-1)."""
    usual = {"duration_days": 0.0, "recovery_days": 0.0, "capacity_loss_share": 0.0, "demand_change_share": 0.0, "cost_factor": 1.0,
             "warning_days": 0.0}  # fmt: skip
    shares = [pl.col(name).cast(pl.Float64).fill_null(value) if name in rows.columns else pl.lit(value).alias(name)
              for name, value in usual.items()]  # fmt: skip
    text = [pl.col(name).cast(pl.String) if name in rows.columns else pl.lit(None, dtype=pl.String).alias(name) for name in ("hazard_id",)]
    whole = (
        pl.col("replication").cast(pl.Int64).fill_null(_ALL)
        if "replication" in rows.columns
        else pl.lit(_ALL, dtype=pl.Int64).alias("replication")
    )
    day = pl.col("start_date").cast(pl.Date).cast(pl.Int32).cast(pl.Float64).alias("start_day")
    told = rows.select(*text, whole, "scope_kind", "scope_value", day, *shares, *(["_row"] if "_row" in rows.columns else []))
    return told.select([*EVENT_COLUMNS, *(["_row"] if "_row" in rows.columns else [])])


def every_replication(events: pl.DataFrame, replications: int) -> pl.DataFrame:
    """Events of every replication written out for each, sorted as drawn ones are."""
    bare = events.select(list(EVENT_COLUMNS))
    all_ = bare.filter(pl.col("replication") == _ALL).drop("replication")
    each = pl.DataFrame({"replication": pl.int_range(replications, eager=True)})
    spread = all_.join(each, how="cross").select(bare.columns)
    return pl.concat([bare.filter(pl.col("replication") != _ALL), spread]).sort("replication", "start_day", "hazard_id", "scope_value")


def moved_by_years(events: pl.DataFrame, first_day: date, dates: Sequence[str] = ("start_date",)) -> pl.DataFrame:
    """Rows of the table `events` moved by whole years, so that the first starts on or after `first_day`, on the same day of the year."""
    earliest = events["start_date"].min()
    if not isinstance(earliest, date):
        return events
    years = first_day.year - earliest.year
    last = 28 if (earliest.month, earliest.day) == (2, 29) and not isleap(first_day.year) else earliest.day
    if earliest.replace(year=first_day.year, day=last) < first_day:
        years += 1
    return events.with_columns(pl.col(name).dt.offset_by(f"{years}y") for name in dates)
