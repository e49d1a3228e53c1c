"""Comparison: plans side by side, at equal delivered quantity."""

from hinterland.comparison.board import BOARD_FRAMES, Board, empty_board_frame

__all__ = ["BOARD_FRAMES", "Board", "empty_board_frame"]
