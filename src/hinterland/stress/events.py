"""Hazards become events: seeded, replayable rows, the same for every plan that is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST
from hinterland.model.dated import day_spans
from hinterland.model.scopes import Scopes
from hinterland.stress.draws import lognormal_days, poisson_counts, uniforms

if TYPE_CHECKING:
    from hinterland.core.calendar import Ints
    from hinterland.model.network import Network

__all__ = ["EVENT_COLUMNS", "NUMBERED", "draw_events", "members_of"]

NUMBERED = 2**20
"""Events of one hazard and member in one replication that have numbers of their own; beyond, they would share the next one's."""

EVENT_COLUMNS = {
    "hazard_id": pl.String,
    "replication": pl.Int64,
    "scope_kind": pl.String,
    "scope_value": pl.String,
    "start_day": pl.Float64,
    "duration_days": pl.Float64,
    "recovery_days": pl.Float64,
    "capacity_loss_share": pl.Float64,
    "demand_change_share": pl.Float64,
    "cost_factor": pl.Float64,
    "warning_days": pl.Float64,
}
"""Columns of drawn events; days are day numbers (days since 1970-01-01), the start may lie within a step."""


def members_of(net: Network, kind: str, value: str) -> tuple[str, list[str]]:
    """What a hazard with `applies = each` draws for, one by one: the sites, products, lanes … that its scope names."""
    scopes = Scopes(net)
    if kind in {"site", "country", "region", "group", "operator", "stage"}:
        return "site", sorted(sites_of(net, scopes, kind, value))
    if kind == "product":
        return kind, sorted(scopes.products(value) or {value})
    return kind, [one for one in value.split("|") if one]


def sites_of(net: Network, scopes: Scopes, kind: str, value: str) -> frozenset[str]:
    """Sites that a scope of places or companies covers."""
    if kind == "operator":
        named = set(value.split("|"))
        return frozenset(net["sites"].filter(pl.col("operator").is_in(named))["site_id"].to_list())
    if kind == "stage":
        products = scopes.products(value) or frozenset()
        made = net["processes"].join(net["recipes"].select("recipe_id", good="product_id"), on="recipe_id", how="left")
        return frozenset(made.filter(pl.coalesce("good", "product_id").is_in(list(products)))["site_id"].to_list())
    cell = f"@{value}" if kind == "group" and not value.startswith("@") else value
    return scopes.sites(cell) or frozenset()


def _season(days: Ints, season_from: str | None, season_to: str | None) -> Ints:
    """Days whose month and day lie in a season; a season may run over the turn of the year."""
    if not season_from or not season_to:
        return days
    stamp = days.astype("datetime64[D]")
    month = stamp.astype("datetime64[M]")
    code = (month.astype(np.int64) % 12 + 1) * 100 + (stamp - month.astype("datetime64[D]")).astype(np.int64) + 1
    low, high = (int(one[:2]) * 100 + int(one[3:]) for one in (season_from, season_to))
    return days[(code >= low) & (code <= high)] if low <= high else days[(code >= low) | (code <= high)]


def _yearly_days(season_from: str | None, season_to: str | None) -> float:
    year = np.arange(np.datetime64("2027-01-01").astype(np.int64), np.datetime64("2028-01-01").astype(np.int64))
    return float(max(len(_season(year, season_from, season_to)), 1))  # a season of 29 February alone: one day, when there is one


def draw_events(net: Network, *, replications: int, seed: int, first_day: int, last_day: int) -> pl.DataFrame:
    """Draw the events of every hazard of a resolved network between two days (inclusive), sorted by replication and start.

    Counts are Poisson with `events_per_year` over the days on which the hazard may start (its validity and season);
    durations are lognormal. Hazards of one `common_cause_id` share their counts, starts and luck of duration.
    """
    frame = net["hazards"].sort("hazard_id")
    opens, closes = day_spans(frame)
    every = np.arange(replications)
    parts: list[pl.DataFrame] = []
    for at, row in enumerate(frame.iter_rows(named=True)):
        low = first_day if opens[at] == FAR_PAST else max(first_day, int(opens[at]))
        high = last_day if closes[at] == FAR_FUTURE else min(last_day, int(closes[at]))
        days = _season(np.arange(low, high + 1), row["season_from"], row["season_to"])
        rate = float(row["events_per_year"] or 0.0) / _yearly_days(row["season_from"], row["season_to"])
        if not len(days) or rate <= 0:
            continue
        kind, value = row["scope_kind"], row["scope_value"] or ""
        each = (row["applies"] or "each") == "each"
        drawn_kind, one_by_one = members_of(net, kind, value) if each else (kind, [value])
        for member in one_by_one:
            name = row["common_cause_id"] or f"{row['hazard_id']}|{member}"
            count = poisson_counts(uniforms(seed, f"{name}|count", every), rate * len(days))
            replication = np.repeat(every, count)
            number = np.arange(len(replication)) - np.repeat(np.cumsum(count) - count, count)
            key = replication * NUMBERED + number
            start = days[(uniforms(seed, f"{name}|start", key) * len(days)).astype(np.int64)]
            lasts = lognormal_days(
                uniforms(seed, f"{name}|duration", key), float(row["duration_days_mean"] or 0.0), float(row["duration_sigma"] or 0.0)
            )
            told = {
                "hazard_id": row["hazard_id"], "scope_kind": drawn_kind,
                "scope_value": member, "recovery_days": float(row["recovery_days"] or 0.0),
                "capacity_loss_share": float(row["capacity_loss_share"] or 0.0),
                "demand_change_share": float(row["demand_change_share"] or 0.0),
                "cost_factor": 1.0 if row["cost_factor"] is None else float(row["cost_factor"]),
                "warning_days": float(row["warning_days"] or 0.0),
            }  # fmt: skip
            drawn = pl.DataFrame({"replication": replication, "start_day": start.astype(np.float64), "duration_days": lasts})
            parts.append(drawn.with_columns(pl.lit(value).alias(name) for name, value in told.items()).select(list(EVENT_COLUMNS)))
    empty = pl.DataFrame(schema=EVENT_COLUMNS)
    return pl.concat([empty, *parts]).sort("replication", "start_day", "hazard_id", "scope_value")
