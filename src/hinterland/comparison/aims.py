"""The three aims against the baseline, by size and sign alone, and what exclusivity costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.comparison.board import BOARD_FRAMES, empty_board_frame
from hinterland.comparison.judged import EQUAL
from hinterland.comparison.registry import AIMS, KPIS
from hinterland.core.money import discount_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.comparison.judged import Judged

__all__ = ["aims_of", "exclusivity_of", "sign_of"]


def sign_of(value: float | None, baseline: float | None) -> str | None:
    """lower, higher or equal (within 1e-6 of the larger); None where one is missing.

    >>> sign_of(3.0, 4.0), sign_of(4.0000001, 4.0), sign_of(None, 4.0)
    ('lower', 'equal', None)
    """
    if value is None or baseline is None:
        return None
    if abs(value - baseline) <= EQUAL * max(abs(value), abs(baseline)):
        return "equal"
    return "lower" if value < baseline else "higher"


def aims_of(kpis: pl.DataFrame, strategies: Sequence[str], against: str, unit: str) -> pl.DataFrame:
    """Columns of Board.aims: every key figure of an aim, plan against baseline; no judgement of what is better."""
    told = {
        (strategy, kpi): (value, counted) for strategy, kpi, value, counted in kpis.select("strategy", "kpi", "value", "unit").iter_rows()
    }
    rows = []
    for strategy in strategies:
        if strategy == against:
            continue
        for aim in AIMS:
            for one in (kpi for kpi in KPIS if kpi.aim == aim):
                name = one.named(unit)
                value, counted = told[strategy, name]
                base = told[against, name][0]
                difference = None if value is None or base is None else value - base
                rows.append((strategy, aim, name, against, base, value, difference, counted, sign_of(value, base)))
    return pl.DataFrame(rows, schema=dict(BOARD_FRAMES["aims"]), orient="row")


def _steered(one: Judged) -> float:
    """Penalties of broken soft policies at base_date, by the period's mean discount factor, as the cost objective counts them.

    Shortage is an objective of its own and no part of it.
    """
    calendar = one.net.calendar
    factor = discount_mean(calendar.tau_start, calendar.tau_stop, one.net.settings.discount_rate_share)
    factors = pl.DataFrame({"period_id": list(calendar.ids), "factor": factor})
    steering = one.checked.steering.filter(pl.col("kind") == "policy").join(factors, on="period_id", how="left")
    return float((steering["amount"] * steering["factor"]).sum())


def exclusivity_of(pairs: Sequence[tuple[Judged, Judged]], currency: str) -> pl.DataFrame:
    """Columns of Board.exclusivity: plan with minus plan without exclusivity, in money of base_date.

    real cost = difference of discounted real cost; penalties = of broken soft policies; total = of the cost objective.
    """
    if not pairs:
        return empty_board_frame("exclusivity")
    rows = []
    for bound, free in pairs:
        real = float(bound.books.costs["discounted"].sum()) - float(free.books.costs["discounted"].sum())
        steered = _steered(bound) - _steered(free)
        rows += [
            (bound.name, part, value, currency) for part, value in (("real cost", real), ("penalties", steered), ("total", real + steered))
        ]
    return pl.DataFrame(rows, schema=dict(BOARD_FRAMES["exclusivity"]), orient="row")
