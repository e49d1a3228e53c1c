"""Cost and CO2e: how a difference to the baseline comes about, and where each is spent and emitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.report import charts
from hinterland.report.figures.figure import Figure, bar_figure, colours_of, summed
from hinterland.report.findings import others, value_of
from hinterland.report.numbers import number, relative, signed, signed_share
from hinterland.report.words import KIND_GROUPS, chain_order, plain, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.comparison import Board

__all__ = ["bridge", "cost_by_kind", "cost_by_stage", "emissions_by_cause", "emissions_by_stage"]

_CAUSES = ("purchased", "electricity", "heat", "direct", "transport")


def bridge(board: Board, strategy: str, measure: str) -> Figure | None:
    """From the baseline to a strategy, driver by driver; `measure` is cost or co2e."""
    here = (pl.col("from_strategy") == board.against) & (pl.col("to_strategy") == strategy) & (pl.col("measure") == measure)
    rows = board.bridges.filter(here)
    if not rows.height:
        return None
    unit = rows["unit"][0] or ""
    steps = [
        (sentence(plain(driver)), size, signed(size)) for driver, size in rows.select("driver", "amount").iter_rows() if abs(size) > 1e-9
    ]
    total = sum(size for _, size, _ in steps)
    kpi = f"{'cost_per_' if measure == 'cost' else 'co2e_kg_per_'}{board.unit.lower()}"
    base, value = value_of(board, board.against, kpi), value_of(board, strategy, kpi)
    change = relative(value, base)
    said = [
        f"{top[0].lower()} {word} most ({top[2]})"
        for word, top in (
            ("adds", max(steps, key=lambda one: one[1], default=None)),
            ("saves", min(steps, key=lambda one: one[1], default=None)),
        )
        if top and (top[1] > 0) == (word == "adds")
    ]
    verb, noun = ("costs", "real cost") if measure == "cost" else ("emits", "CO₂e, market basis,")
    size = signed_share(change) if change is not None else signed(total)
    title = f"{sentence(strategy)} {verb} {size}" + (f": {', '.join(said)}" if said else "")
    about = f"From {board.against}, {number(base)} {unit}, to {strategy}, {number(value)} {unit}; {noun} per {board.unit} delivered"
    difference = ("Difference", total, signed(total))
    svg = charts.waterfall(steps, difference, colours_of(board)[strategy], f"{unit}, against {board.against}", f"{title}. {about}")
    table = (*((name, text) for name, _, text in steps), (difference[0], difference[2]))
    return Figure(measure, title, about, (svg,), ("Driver", unit), table, keyed=False)


def _largest_change(board: Board, table: Mapping[str, Mapping[str, float]], unit: str, where: str) -> str:
    """The row and strategy that differ most from the baseline, as a headline."""
    gaps = [
        (abs(gap), row, strategy, gap)
        for row, values in table.items()
        for strategy in others(board)
        if abs(gap := values.get(strategy, 0.0) - values.get(board.against, 0.0)) > 1e-9
    ]
    if not gaps:
        return "No difference between the plans"
    _, row, strategy, gap = max(gaps)
    return f"Largest change {where} {plain(row)}: {signed(gap)} {unit} in {strategy}"


def cost_by_stage(board: Board) -> Figure | None:
    """Real cost per unit by stage of the chain."""
    unit, table = f"{board.currency}/{board.unit}", summed(board.stages_cost, "stage", "per_unit", chain_order(board))
    about = f"Real cost per {board.unit} delivered, by stage of the chain"
    return bar_figure(board, "cost", _largest_change(board, table, unit, "at the stage"), about, unit, table, "Stage")


def cost_by_kind(board: Board) -> Figure | None:
    """Real cost per unit by kind, in the groups a reader thinks in."""
    kinds, unit = list(dict.fromkeys(KIND_GROUPS.values())), f"{board.currency}/{board.unit}"
    grouped = board.stages_cost.with_columns(group=pl.col("kind").replace_strict(KIND_GROUPS, default=pl.col("kind")))
    table = summed(grouped, "group", "per_unit", kinds)
    return bar_figure(
        board, "cost", _largest_change(board, table, unit, "in"), f"Real cost per {board.unit} delivered, by kind", unit, table, "Kind"
    )


def emissions_by_stage(board: Board) -> Figure | None:
    """CO2e per unit by stage of the chain."""
    unit, table = f"kg/{board.unit}", summed(board.stages_co2e, "stage", "kg_per_unit", chain_order(board))
    about = f"CO₂e per {board.unit} delivered, by stage of the chain, market basis"
    return bar_figure(board, "co2e", _largest_change(board, table, unit, "at the stage"), about, unit, table, "Stage")


def emissions_by_cause(board: Board) -> Figure | None:
    """CO2e per unit by cause."""
    unit, table = f"kg/{board.unit}", summed(board.stages_co2e, "cause", "kg_per_unit", _CAUSES)
    about = f"CO₂e per {board.unit} delivered, by cause, market basis"
    return bar_figure(board, "co2e", _largest_change(board, table, unit, "in"), about, unit, table, "Cause")
