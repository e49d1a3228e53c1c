"""Reports: a board as one self-contained file that a screen, a printer and a suspicious reader can open."""

from hinterland.report.html import render

__all__ = ["render"]
