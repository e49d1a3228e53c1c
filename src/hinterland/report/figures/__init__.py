"""Figures of a board: each with a headline that its own numbers make, and the numbers themselves as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hinterland.report.figures.breaking import against_baseline, by_hazard, over_time
from hinterland.report.figures.bridges import bridge, cost_by_kind, cost_by_stage, emissions_by_cause, emissions_by_stage
from hinterland.report.figures.exposed import lasting, ranking
from hinterland.report.figures.figure import Figure, colours_of
from hinterland.report.figures.moving import modes, passages, periods, timeline
from hinterland.report.figures.origins import concentration, origins, regional, single_source
from hinterland.report.figures.quality import quality
from hinterland.report.findings import others

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["Figure", "colours_of", "figures", "quality"]


def figures(board: Board) -> list[Figure]:
    """Every figure the board has numbers for, in reading order; that of data quality stands apart."""
    found = [
        *(bridge(board, one, "cost") for one in others(board)),
        cost_by_stage(board),
        cost_by_kind(board),
        *(bridge(board, one, "co2e") for one in others(board)),
        emissions_by_stage(board),
        emissions_by_cause(board),
        periods(board),
        modes(board),
        passages(board),
        origins(board),
        regional(board),
        concentration(board),
        single_source(board),
        timeline(board),
        over_time(board),
        against_baseline(board),
        by_hazard(board),
        ranking(board),
        lasting(board),
    ]
    return [one for one in found if one is not None]
