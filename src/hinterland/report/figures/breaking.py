"""How plans hold when things break: service over time, differences under the same events, what each hazard loses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.report import spreads
from hinterland.report.figures.figure import Figure, colours_of
from hinterland.report.numbers import share
from hinterland.report.resilience import margin_words
from hinterland.report.stress_words import (
    between,
    difference,
    direction,
    finite,
    hazard_words,
    measure_name,
    plans,
    scaled,
    shown,
    span_words,
    told,
    unit_words,
)  # fmt: skip
from hinterland.report.words import sentence

if TYPE_CHECKING:
    from datetime import date

    from hinterland.comparison import Board

__all__ = ["against_baseline", "by_hazard", "over_time"]

_CHAPTER = "stress"
_QUANTILES = ("p05", "p25", "p50", "p75", "p95")
_COMPARED = (
    "lost_margin", "lost", "fill_rate", "late_share", "wait_days", "steps_without_shortage_share", "longest_spell_days",
)  # fmt: skip
"""Measures of the figure of differences, in reading order; the appendix has all."""
_MOST_HAZARDS = 10
_FLOORS = (0.99, 0.98, 0.95, 0.9, 0.8, 0.6, 0.5, 0.4, 0.2, 0.0)


def _ms(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000.0


def over_time(board: Board) -> Figure | None:
    """Share served over time: median, the middle half and nine tenths of the replications, a panel per plan on the same axes."""
    stress = board.stress
    if stress is None:
        return None
    frame = stress.fans.filter((pl.col("measure") == "served_share") & pl.col("strategy").is_in(plans(board)))
    frame = frame.filter(pl.all_horizontal(pl.col(_QUANTILES).is_finite())).sort("strategy", "day")
    if not frame.height:
        return None
    names = [one for one in plans(board) if one in set(frame["strategy"])]
    least = float(frame["p05"].min())  # type: ignore[arg-type]  # polars: max and min of any type
    floor = next(one for one in _FLOORS if one <= max(least, 0.0))
    colours = colours_of(board)
    worst = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    for one in names:
        mine = frame.filter(pl.col("strategy") == one)
        days = [*mine["day"].to_list(), stress.last_day + timedelta(days=1)]
        held = mine.select("day", *_QUANTILES).to_dicts()
        rows[one] = [
            {**row, "day": _ms(row["day"]), "till": _ms(max(after, row["day"]))} for row, after in zip(held, days[1:], strict=True)
        ]
        low = mine.sort("p05", "day").row(0, named=True)
        worst[one] = (low["p05"], low["day"])
    title = "In their worst stretch, one run in twenty serves no more than " + ", ".join(
        f"{share(size, 2)}{' of what is wanted' if at == 0 else ''} in {one}" for at, (one, (size, _)) in enumerate(worst.items())
    )
    about = (
        "Share served of what is wanted in each stretch of time. Line: median of the replications; dark band: the middle half; "
        f"light band: from 5 % to 95 % of them. Same axes for every plan{', from ' + share(floor, 2) + ' on' if floor else ''}"
    )
    svgs = tuple(spreads.fan(rows[one], one, colours[one], floor, f"{one}. {about}") for one in names)
    held_at = {(row["strategy"], row["day"]): row for row in frame.iter_rows(named=True)}
    table = tuple((day.isoformat(), *(_spread(held_at.get((one, day))) for one in names)) for day in frame["day"].unique().sort().to_list())
    return Figure(_CHAPTER, title, about, svgs, ("From", *(f"{one}: median (5 % to 95 %)" for one in names)), table, keyed=False)


def _spread(row: dict[str, Any] | None) -> str:
    return "–" if row is None else f"{share(row['p50'])} ({between(row['p05'], row['p95'], 'share')})"


def against_baseline(board: Board) -> Figure | None:
    """Paired differences to the baseline with their 95 % intervals, a panel per plan: right is better, hollow is uncertain.

    None where there is one replication, which has no interval.
    """
    stress = board.stress
    if stress is None or stress.replications < 2:
        return None
    here = (pl.col("against") == stress.against) & pl.col("strategy").is_in([one for one in plans(board) if one != stress.against])
    frame = stress.differences.filter(here & pl.all_horizontal(pl.col("mean", "low", "high").is_finite()))
    order = [one for one in _COMPARED if one in set(frame["measure"])]
    held = {(row["strategy"], row["measure"]): row for row in frame.iter_rows(named=True)}
    names = [one for one in plans(board) if any((one, measure) in held for measure in order)]
    if not names or not order:
        return None
    most = {
        measure: max(max(abs(row["low"]), abs(row["high"])) for (_, m), row in held.items() if m == measure) or 1.0 for measure in order
    }
    colours = colours_of(board)
    svgs = []
    title = sentence(margin_words(stress, names)) or "Differences between the plans"
    about = (
        f"Mean difference to {stress.against} under the same {stress.replications:,} draws of events, {span_words(stress)}, with its 95 % interval. "
        "Filled: the interval leaves 0 out; hollow: it does not. Each measure has its own scale, the same in every panel"
    )
    for one in names:
        rows = []
        for measure in order:
            row = held.get((one, measure))
            if row is None:
                continue
            unit, better = unit_words(stress, row["unit"]), direction(measure)
            ends = sorted(better * row[end] / most[measure] for end in ("low", "high"))
            rows.append(
                {
                    "what": measure_name(measure),
                    "low": ends[0],
                    "mid": better * row["mean"] / most[measure],
                    "high": ends[1],
                    "certain": bool(row["certain"]),
                    "text": difference(row["mean"], unit),
                    "range": between(row["low"], row["high"], unit, sign=True, points=True),
                }
            )
        svgs.append(spreads.dots(rows, f"{one} against {stress.against}", colours[one], f"{title}. {about}"))
    table = tuple(
        (measure_name(measure), one, difference(row["mean"], unit), between(row["low"], row["high"], unit, sign=True, points=True),
         _judged(measure, row))
        for measure in order for one in names
        if (row := held.get((one, measure))) is not None
        for unit in (unit_words(stress, row["unit"]),)
    )  # fmt: skip
    return Figure(_CHAPTER, title, about, tuple(svgs), ("Measure", "Plan", "Difference", "95 % interval", "Direction"), table, keyed=False)


def _judged(measure: str, row: dict[str, Any]) -> str:
    if not row["certain"]:
        return "not certain"
    return "better" if direction(measure) * row["mean"] > 0 else "worse"


def by_hazard(board: Board) -> Figure | None:
    """Lost margin of each hazard alone, the ten that lose most in any plan."""
    stress = board.stress
    if stress is None:
        return None
    frame = stress.hazards.filter(pl.col("strategy").is_in(plans(board)) & pl.col("lost_margin").is_finite())
    sums = frame.group_by("hazard_id").agg(pl.col("lost_margin").max(), pl.col("title").drop_nulls().first())
    sums = sums.filter(pl.col("lost_margin") > 0).sort("lost_margin", "hazard_id", descending=[True, False])
    if not sums.height:
        return None
    names = [one for one in plans(board) if one in set(frame["strategy"])]
    held = {(row["hazard_id"], row["strategy"]): row for row in frame.iter_rows(named=True)}
    words = {one: hazard_words(one, title) for one, title in sums.select("hazard_id", "title").iter_rows()}
    rows, table = [], []
    for at, hazard in enumerate(words):
        cells = []
        for one in names:
            row: dict[str, Any] = held.get((hazard, one), {"lost_margin": 0.0, "low": 0.0, "high": 0.0, "struck_share": None})
            text = shown(row["lost_margin"], stress.currency)
            known = row["lost_margin"] and finite(row["low"]) and finite(row["high"])
            cells.append(f"{text} ({between(row['low'], row['high'], '')})" if known else text)
            if at < _MOST_HAZARDS:
                low, high = (row[end] if finite(row[end]) else row["lost_margin"] for end in ("low", "high"))
                rows.append({"what": words[hazard], "key": hazard, "strategy": one, "value": max(row["lost_margin"], 0.0), "size": abs(row["lost_margin"]), "low": max(low, 0.0), "high": high, "text": text})  # fmt: skip
        struck = [one["struck_share"] for (found, _), one in held.items() if found == hazard and finite(one["struck_share"])]
        table.append((words[hazard], share(max(struck, default=None), 2), *cells))
    scale, unit = scaled(max(row["high"] for row in rows), stress.currency)
    least = 5e-4 * max(row["high"] for row in rows)
    drawn = [
        {**row, **{end: row[end] / scale for end in ("value", "low", "high")}, "text": row["text"] if row["size"] > least else "≈ 0" if row["size"] else "0"}
        for row in rows
    ]  # fmt: skip
    first = next(iter(words))
    sizes = [(one, held.get((first, one), {}).get("lost_margin", 0.0)) for one in names]
    title = f"Most is lost to {words[first]}: " + ", ".join(f"{told(size, stress.currency)} in {one}" for one, size in sizes)
    left = len(words) - min(len(words), _MOST_HAZARDS)
    about = (
        f"Mean lost margin over {span_words(stress)} with each hazard alone and its 95 % interval"
        + (f"; the {_MOST_HAZARDS} largest, {left} more in the table" if left else "")
    )  # fmt: skip
    svg = spreads.whiskered(drawn, {one: colours_of(board)[one] for one in names}, unit, f"{title}. {about}")
    columns = ("Hazard", "Runs struck", *(f"{one}, {stress.currency}" for one in names))
    return Figure(_CHAPTER, title, about, (svg,), columns, tuple(table), of=tuple(names))
