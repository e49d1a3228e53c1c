"""Labels that do not collide: each takes the best free place around its point, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hinterland.report.numbers import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Box", "Label", "place"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on paper, y downward, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Area shared with another, in square pixels; 0 when they merely touch."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)

    def inside(self, other: Box) -> bool:
        """Whether it lies wholly within another."""
        return self.left >= other.left and self.top >= other.top and self.right <= other.right and self.bottom <= other.bottom


@dataclass(frozen=True, slots=True)
class Label:
    """A placed label: text at (x, y baseline), its anchor and its box; `led` where a line has to lead to its point."""

    key: str
    text: str
    x: float
    y: float
    anchor: str
    box: Box
    led: bool


_AROUND = (  # direction from the point, anchor of the text; the reader's preference first
    (1.0, 0.0, "start"),
    (-1.0, 0.0, "end"),
    (0.7, -0.8, "start"),
    (0.7, 0.8, "start"),
    (-0.7, -0.8, "end"),
    (-0.7, 0.8, "end"),
    (0.0, -1.0, "middle"),
    (0.0, 1.0, "middle"),
)
_REACHES_PX = (0.0, 9.0, 19.0, 32.0, 48.0)


def _box(x: float, y: float, wide: float, size: float, anchor: str) -> Box:
    left = x - (0.0 if anchor == "start" else wide if anchor == "end" else wide / 2)
    return Box(left, y - size * 0.82, left + wide, y + size * 0.28)


def place(
    points: Sequence[tuple[str, str, float, float, float]],
    frame: Box,
    *,
    size_px: float = 10.0,
    obstacles: Sequence[Box] = (),
    soft: Sequence[tuple[float, float]] = (),
    gap_px: float = 3.0,
) -> list[Label]:
    """Place labels in the order given (the important first); a label without any free place is left out.

    Points are (key, text, x, y, radius of the mark in pixels). No label covers another label, a mark, an obstacle or the edge of
    the frame. `soft` are points of lines that labels avoid where they can: the place with the fewest of them under it wins.
    """
    marks = [Box(x - radius, y - radius, x + radius, y + radius) for _, _, x, y, radius in points]
    taken: list[Box] = [*obstacles, *marks]
    placed = []
    for key, text, x, y, radius in points:
        wide, best = text_width(text, size_px), None
        for reach in _REACHES_PX:
            for rank, (east, south, anchor) in enumerate(_AROUND):
                away = radius + gap_px + reach
                at_x, at_y = x + east * away, y + south * away + size_px * 0.3 + (size_px * 0.25 * south)
                box = _box(at_x, at_y, wide, size_px, anchor)
                if not box.inside(frame) or any(box.overlap(other) > 0 for other in taken):
                    continue
                crossed = sum(box.left < px < box.right and box.top < py < box.bottom for px, py in soft)
                score = crossed * 1.0 + rank * 0.6 + reach * 0.28
                if best is None or score < best[0]:
                    best = (score, Label(key, text, at_x, at_y, anchor, box, reach > 0))
        if best is not None:
            placed.append(best[1])
            taken.append(best[1].box)
    return placed
