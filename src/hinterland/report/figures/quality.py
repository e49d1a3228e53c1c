"""On which quality of data the plans rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.report import charts
from hinterland.report.figures.figure import Figure
from hinterland.report.numbers import share

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["quality"]

_GRADES = {"reported": 0.92, "derived": 0.66, "estimated": 0.34, "assumed": 0.17, "unstated": 0.07}
_FIRM = ("reported", "derived")


def _span(board: Board, frame: pl.DataFrame, column: str) -> str:
    """Least and largest sum of a share among the strategies."""
    sums = [float(frame.filter(pl.col("strategy") == one)[column].sum()) for one in board.strategies]
    least, most = share(min(sums), 2), share(max(sums), 2)
    return least if least == most else f"{least} to {most}"


def quality(board: Board) -> Figure | None:
    """Share of each plan's cost and CO2e by the quality of the numbers behind it: the darker, the firmer."""
    frame = board.quality
    grades = [*_GRADES, *sorted(set(frame["quality"].drop_nulls()) - set(_GRADES))]
    rows, table = [], []
    for basis, column in (("By cost", "cost_share"), ("By CO₂e", "co2e_share")):
        for strategy in board.strategies:
            held = dict(frame.filter(pl.col("strategy") == strategy).select("quality", column).iter_rows())
            table.append((basis, strategy, *(share(held.get(one) or 0.0) for one in grades)))
            at = 0.0
            for grade in grades:
                part = held.get(grade) or 0.0
                if part > 1e-9:
                    tone = _GRADES.get(grade, _GRADES["unstated"])
                    ink = "var(--paper)" if tone > 0.5 else "var(--ink)"
                    said = f"{grade} {share(part, 2)}"
                    rows.append(
                        {
                            "what": basis,
                            "strategy": strategy,
                            "start": at,
                            "end": min(1.0, at + part),
                            "text": said,
                            "colour": "var(--ink)",
                            "opacity": tone,
                            "ink": ink,
                        }
                    )
                at += part
    if not rows:
        return None
    firm = frame.filter(pl.col("quality").is_in(_FIRM))
    title = f"{_span(board, firm, 'cost_share')} of cost and {_span(board, firm, 'co2e_share')} of CO₂e rest on reported or derived data"
    about = f"Share of each plan's cost and CO₂e by quality of data, in the order {', '.join(_GRADES)}; bars from top: {', '.join(board.strategies)}"
    svg = charts.shares(rows, board.strategies, f"{title}. {about}", bar_px=17)
    return Figure("quality", title, about, (svg,), ("Weighted", "Strategy", *grades), tuple(table), keyed=False)
