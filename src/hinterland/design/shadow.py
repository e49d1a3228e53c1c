"""What one unit more of a limit is worth: the duals of the proved plan in planner's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.design.figures import in_figures
from hinterland.design.wording import bound_words, row_words

if TYPE_CHECKING:
    from hinterland.design.build import Blueprint
    from hinterland.design.engine import Engine
    from hinterland.design.fixing import Given
    from hinterland.design.objectives import Objective

__all__ = ["SHADOW_COLUMNS", "no_shadow_prices", "shadow_prices"]

SHADOW_COLUMNS: dict[str, pl.DataType] = {
    "block": pl.String(),
    "row": pl.String(),
    "period_id": pl.String(),
    "dual": pl.Float64(),
    "unit": pl.String(),
    "words": pl.String(),
}
_SAME = {"existing_capacity": "line_capacity"}
"""A limit that is both a row and a bound of its decision has one price: the sum."""
_SMALL = 1e-7
"""Part of the largest price below which a price is rounding."""


def no_shadow_prices() -> pl.DataFrame:
    """The table without rows."""
    return pl.DataFrame(schema=SHADOW_COLUMNS)


def shadow_prices(b: Blueprint, given: Given, engine: Engine, objective: Objective) -> pl.DataFrame:
    """block, row, period_id, dual, unit, words: by how much the last objective grows per unit more on a rule's right side.

    In money of base_date (kgCO2e where CO2e was minimised last), at unchanged openings, modules and earlier objectives:
    negative where more would help (a capacity), positive where a rule costs (a contract's least quantity). Limits of
    lanes, running lines and offers count as rules. One price per rule, though several may be right where a plan is on
    an edge.
    """
    a = b.draft.arrays
    money = "kgCO2e" if objective.name == "co2e" else a.settings.currency
    rows, columns = engine.duals()
    scale = engine.matrix.scale
    # a price is small when it is so on the solver's own scale: there all rules are of one size
    told = np.abs(rows / engine.row_scale * engine.cost_scale)
    found: dict[tuple[str, str, str, str], float] = {}

    def add(block: str, row: str, period: str, unit: str, dual: float) -> None:
        key = (_SAME.get(block, block), row, period, unit)
        found[key] = found.get(key, 0.0) + dual

    live = np.flatnonzero(told > _SMALL * max(1e-9, float(told.max(initial=0.0))))
    for at, one in zip(live, row_words(b, given, live), strict=True):
        inner = one.block == "balance" and not one.words.startswith("demand")  # what passes through has no market's price
        if one.unit and not inner:
            add(one.block, one.words, one.period_id, one.unit, float(rows[at]))
    reached = np.abs(columns * scale * engine.cost_scale)
    binding = np.flatnonzero((columns < 0) & (reached > _SMALL * max(1e-9, float(reached.max(initial=0.0)))))
    for limit in bound_words(b, binding, upper=True):
        if limit.unit:
            add(limit.block, limit.words, limit.period_id, limit.unit, float(columns[limit.column]))
    lines = [
        (block, row, period, dual, f"{money} per {unit}", _sentence(row, period, unit, dual, money))
        for (block, row, period, unit), dual in found.items()
    ]
    return pl.DataFrame(lines, schema=SHADOW_COLUMNS, orient="row").sort("block", "row", "period_id")


def _sentence(row: str, period: str, unit: str, dual: float, money: str) -> str:
    when = f" in {period}" if period else ""
    return f"{row}{when}: one {unit} more {'saves' if dual < 0 else 'costs'} {in_figures(abs(dual), 4)} {money}"
