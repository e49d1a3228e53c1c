"""Comparison: plans side by side, at equal delivered quantity."""

from hinterland.comparison.board import BOARD_FRAMES, Board, empty_board_frame
from hinterland.comparison.comparing import compare
from hinterland.comparison.decisions import broken_rules
from hinterland.comparison.registry import KPIS, Kpi
from hinterland.comparison.regret import REGRET_COLUMNS, regret_of
from hinterland.comparison.stress_answers import answers, not_survived
from hinterland.comparison.stressed import STRESS_FRAMES, StressBoard
from hinterland.comparison.summary import summary

__all__ = [
    "BOARD_FRAMES",
    "KPIS",
    "REGRET_COLUMNS",
    "STRESS_FRAMES",
    "Board",
    "Kpi",
    "StressBoard",
    "answers",
    "broken_rules",
    "compare",
    "empty_board_frame",
    "not_survived",
    "regret_of",
    "summary",
]
