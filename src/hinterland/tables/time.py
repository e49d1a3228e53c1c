"""Dates: periods that overlap or leave gaps, spans that end before they start, phases that clash."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.declared import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["time_problems"]

_SPANS = (("start_date", "end_date"), ("valid_from", "valid_to"), ("earliest_date", "latest_date"), ("from_date", "to_date"))
_WHOLE = ("forbid_origin", "forbid_site", "force_open", "max_sites", "max_co2e", "max_co2e_per_unit", "max_flow", "require_certificate")


def _periods(frame: pl.DataFrame) -> list[Issue]:
    issues = []
    rows = list(
        frame.drop_nulls(["start_date", "end_date"]).sort("start_date").select("_row", "period_id", "start_date", "end_date").iter_rows()
    )
    for (_, before, _, stop), (row, name, start, _) in itertools.pairwise(rows):
        if start <= stop:
            issues.append(
                Issue(
                    "periods",
                    row,
                    "start_date",
                    "period_overlap",
                    what=f"{name} starts {start}, {before} ends {stop}",
                    why="a day belongs to one period",
                    fix=f"start {name} on {stop + timedelta(days=1)}",
                )
            )
        elif start > stop + timedelta(days=1):
            issues.append(
                Issue(
                    "periods",
                    row,
                    "start_date",
                    "period_gap",
                    what=f"no period between {stop} and {start}",
                    why="days between periods would be lost",
                    fix=f"start {name} on {stop + timedelta(days=1)}",
                )
            )
    return issues


def _phases(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    issues = []
    ordered = tables["contract_phases"].drop_nulls("start_date").sort("contract_id", "start_date")
    rows = list(ordered.select("_row", "contract_id", "start_date", "end_date").iter_rows())
    for (_, before, _, stop), (row, contract, start, _) in itertools.pairwise(rows):
        if before == contract and (stop is None or start <= stop):
            issues.append(
                Issue(
                    "contract_phases",
                    row,
                    "start_date",
                    "contract_overlap",
                    what=f"{contract} has two phases on {start}",
                    why="one phase holds on a day",
                    fix="end the earlier phase the day before",
                )
            )
    return issues


def _cuts(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Yes/no policies, requirements and closures that begin or end inside a period."""
    starts = set(tables["periods"]["start_date"].drop_nulls().to_list())
    stops = {day + timedelta(days=1) for day in tables["periods"]["end_date"].drop_nulls().to_list()}
    edges = starts | stops
    if not edges:
        return []
    low, high = min(edges), max(edges)
    rules = (
        tables["policies"]
        .filter(pl.col("kind").is_in(_WHOLE))
        .select(pl.lit("policies"), "_row", "policy_id", "valid_from", "valid_to")
        .rows()
    )
    closures = tables["closures"].select(pl.lit("closures"), "_row", "passage", "valid_from", "valid_to").rows()
    asked = tables["requirements"].select(pl.lit("requirements"), "_row", "requirement_id", "from_date", "to_date").rows()
    issues = []
    for table, row, name, first, last in rules + closures + asked:
        opens, ends = ("from_date", "to_date") if table == "requirements" else ("valid_from", "valid_to")
        for column, day in ((opens, first), (ends, last + timedelta(days=1) if last else None)):
            if day is not None and low < day < high and day not in edges:
                whole = (
                    "a yes/no rule holds only in periods it covers whole"
                    if table != "closures"
                    else "lanes then carry a whole period's goods on their open days"
                )
                issues.append(
                    Issue(
                        table,
                        row,
                        column,
                        "date_cuts_period",
                        what=f"{name}: {day} lies inside a period",
                        why=whole,
                        fix="move the date to a period's edge, or split the period",
                        severity="warning",
                    )
                )
    return issues


def time_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Problems of dates in every table."""
    issues = _periods(tables["periods"]) + _phases(tables) + _cuts(tables)
    for name, table in TABLES.items():
        for first, last in _SPANS:
            if first in table.by_name and last in table.by_name and tables[name][last].null_count() < tables[name].height:
                back = tables[name].filter(pl.col(last) < pl.col(first)).select("_row", first, last)
                issues += [
                    Issue(
                        name,
                        row,
                        last,
                        "before_start",
                        what=f"{last} {stop} lies before {first} {start}",
                        why="the span has no day",
                        fix="exchange or correct the dates",
                    )
                    for row, start, stop in back.iter_rows()
                ]
    return issues
