"""What a careful reader looks up: every key figure with its definition, exact numbers by stage, assumptions and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hinterland.report.findings import Cell, cell, unit_of
from hinterland.report.numbers import amount, number
from hinterland.report.words import chain_order, kpi_name, plain, sentence

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["Kpi", "kpis", "limits", "matrix", "references", "regrets"]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure of all strategies, what it means, what it divides, and what to mind."""

    name: str
    unit: str
    cells: tuple[Cell, ...]
    remarks: tuple[str, ...]


def kpis(board: Board) -> list[Kpi]:
    """Every key figure in the board's order."""
    found = []
    for kpi in dict.fromkeys(board.kpis["kpi"]):
        rows = board.kpis.filter(pl.col("kpi") == kpi).to_dicts()
        parts = [
            f"{row['strategy']} {number(row['numerator'])} of {number(row['denominator'])}"
            for row in rows
            if row["numerator"] is not None and row["denominator"] is not None
        ]
        remarks = [
            sentence(rows[0]["doc"] or "").replace("CO2e", "CO₂e").replace("`", ""),
            "; ".join(parts),
            *dict.fromkeys(row["note"] or "" for row in rows),
        ]
        unit = unit_of(board, kpi)
        found.append(
            Kpi(
                kpi_name(kpi, board.unit),
                "%" if unit == "share" else unit or "–",
                tuple(cell(board, one, kpi) for one in board.strategies),
                tuple(one for one in remarks if one),
            )
        )
    return found


def matrix(board: Board, frame: pl.DataFrame, column: str, value: str) -> list[tuple[str, str, list[str]]]:
    """Stage and kind (or cause) with a number per strategy; rows of zeros are left out."""
    place = {stage: at for at, stage in enumerate(chain_order(board))}
    held = {(stage, kind, one): size for one, stage, kind, size in frame.select("strategy", "stage", column, value).iter_rows()}
    keys = sorted({(stage, kind) for stage, kind, _ in held}, key=lambda one: (place.get(one[0], len(place)), str(one[1])))
    return [
        (sentence(plain(stage or "")), plain(kind or ""), [number(held.get((stage, kind, one))) for one in board.strategies])
        for stage, kind in keys
        if any(abs(held.get((stage, kind, one)) or 0.0) > 1e-12 for one in board.strategies)
    ]


def regrets(frame: pl.DataFrame | None) -> list[tuple[str, list[str]]]:
    """Plan, and cost where it was made, cost in the other world, best there, regret, regret in %, CO2e there, shortage there."""
    if frame is None:
        return []
    rows = []
    for row in frame.iter_rows(named=True):
        share = row["regret_share"]
        percent = "–" if share is None else f"{number(100.0 * share, 2)} %"
        money = [amount(row[name], "") for name in ("made_cost", "judged_cost", "best_cost", "regret")]
        rows.append((row["plan"], [*money, percent, amount(row["judged_co2e_t"], "t"), f"{number(100.0 * row['shortage_share'], 2)} %"]))
    return rows


def references(board: Board) -> list[tuple[str, str, str, str]]:
    """Source, title, publisher with date and licence, and the rows that cite it."""
    return [
        (
            row["source_id"],
            row["title"] or "–",
            ", ".join(one for one in (row["publisher"], row["published"], row["licence"]) if one),
            number(row["rows"]),
        )
        for row in board.references.iter_rows(named=True)
    ]


def limits(board: Board) -> list[str]:
    """What a reader must know before quoting a number: the board's own notes first."""
    return [
        *(sentence(one).rstrip(".") + "." for one in board.notes),
        f"Money is real money in {board.currency}, undiscounted unless it says present value.",
        "Capital of sites that already stand is sunk and left out. New capital is paid as an annuity, without a residual value on top.",
        "Penalties of soft rules and the cost of shortage steer a plan. They are shown apart and are no part of any cost.",
        f"Per {board.unit} means per {board.unit} delivered over the whole horizon. All plans deliver the same quantity.",
        "CO₂e is counted from cradle to delivery. Electricity is market-based unless it says location-based. Use and end of life are outside.",
        "Transport emissions count gross tonnes over distance, well to wheel. Lines on maps are great circles, not routes.",
        "Concentration, risk and single sourcing describe a plan as it stands. They forecast no disruption.",
        f"Differences in percent or points are against {board.against}. Numbers are rounded to three significant digits, so sums may differ in the last.",
    ]
