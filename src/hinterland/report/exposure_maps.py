"""Where the loss lies: sites and passages as circles whose area is what their standstill loses, a map per plan, filled where not survived."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.report.figures.exposed import exposed
from hinterland.report.figures.figure import Figure, colours_of
from hinterland.report.labels import Box, Label, place
from hinterland.report.maps import label_texts, map_frame, site_words
from hinterland.report.numbers import number
from hinterland.report.stress_words import plans, told
from hinterland.report.svg import tidy
from hinterland.report.theme import FONT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hinterland.comparison import Board
    from hinterland.report.maps import Survey

__all__ = ["circle_px", "exposure_map", "exposure_picture"]

_LARGEST_PX, _LEAST_PX = 15.0, 1.6
_NAMED = 7
"""How many circles of a map are named, the largest first."""
_TITLE = 22.0
_SIZE = 10.5


def circle_px(loss: float, most: float) -> float:
    """Radius of a circle whose area grows with the loss.

    >>> circle_px(100.0, 100.0), circle_px(25.0, 100.0)
    (15.0, 7.5)
    """
    return max(_LEAST_PX, _LARGEST_PX * float(np.sqrt(max(loss, 0.0) / most))) if most > 0 else _LEAST_PX


def exposure_picture(
    rows: Sequence[dict[str, Any]], name: str, colour: str, most: float, shared: Survey, key: str, label: str
) -> tuple[str, list[Label], int]:
    """One plan: the picture, the labels on it so that a test can measure them, and how many places lie beyond its frame."""
    projection, frame, land = map_frame(shared)
    spots = (
        projection.xy(np.array([row["longitude"] for row in rows]), np.array([row["latitude"] for row in rows])).tolist() if rows else []
    )
    inside = [(row, x, y) for row, (x, y) in zip(rows, spots, strict=True) if Box(x, y, x, y).inside(frame)]
    inside.sort(key=lambda one: (-one[0]["loss_high"], one[0]["kind"], one[0]["node"]))
    marks, boxes = [], []
    for row, x, y in inside:
        radius = circle_px(row["loss_high"], most)
        if not row["loss_high"]:
            marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_LEAST_PX}" fill="var(--muted)" fill-opacity="0.6"/>')
            continue
        fill = f'fill="{colour}" fill-opacity="0.42"' if row["survives"] is False else 'fill="none"'
        marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {fill} stroke="{colour}" stroke-width="1.3"/>')
        boxes.append(Box(x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2))
    named = [one for one in inside if one[0]["loss_high"] > 0][:_NAMED]
    at = {f"{row['kind']} {row['node']}": (x, y) for row, x, y in named}
    points = [(f"{row['kind']} {row['node']}", site_words(row["words"]), x, y, circle_px(row["loss_high"], most)) for row, x, y in named]
    labels = place(points, frame, size_px=_SIZE, obstacles=boxes[len(points) :])
    wide, high = frame.right - min(frame.left, 0.0), frame.bottom - frame.top
    edge = f'x="{frame.left:g}" y="{frame.top:g}" width="{frame.right - frame.left:g}" height="{high:g}"'
    title = (
        f'<rect x="{frame.left:g}" y="{frame.top - _TITLE + 4:g}" width="9" height="9" fill="{colour}"/>'
        f'<text x="{frame.left + 15:g}" y="{frame.top - _TITLE + 13:g}" font-size="13" font-weight="bold" fill="var(--ink)">{escape(name)}</text>'
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {frame.top - _TITLE:g} {wide:g} {high + _TITLE:g}"><g font-family="{escape(FONT)}">'
        f'<defs><clipPath id="exposed-{key}"><rect {edge}/></clipPath></defs>{title}'
        f'<g clip-path="url(#exposed-{key})"><use href="#{land}" fill="var(--land)"/>{"".join(marks)}</g>{label_texts(labels, at)}</g></svg>'
    )
    return tidy(svg, label, width=660.0), labels, len(rows) - len(inside)


def exposure_map(board: Board, shared: Survey) -> Figure | None:
    """A map per plan in one scale; None where no site or passage with a place loses anything."""
    stress = board.stress
    frame = exposed(board)
    if stress is None or not frame.height:
        return None
    frame = frame.filter(pl.col("kind").is_in(["site", "passage"])).drop_nulls(["latitude", "longitude"])
    frame = frame.sort("loss_high", "kind", "node", descending=[True, False, False])
    most = float(frame["loss_high"].max() or 0.0)  # type: ignore[arg-type]  # polars: max and min of any type
    if not most > 0:
        return None
    names = [one for one in plans(board) if one in set(frame["strategy"])]
    colours = colours_of(board)
    sums = {one: float(frame.filter((pl.col("strategy") == one) & ~pl.col("survives"))["loss_high"].len()) for one in names}
    title = "Sites and passages that a plan does not survive: " + ", ".join(
        f"{sums[one]:.0f} of {frame.filter(pl.col('strategy') == one).height} in {one}" for one in names
    )
    drawn = [
        exposure_picture(
            frame.filter(pl.col("strategy") == one).to_dicts(), one, colours[one], most, shared, str(at), f"Map of the exposure of {one}"
        )
        for at, one in enumerate(names)
    ]
    beyond = max(lost for *_, lost in drawn)
    about = (
        f"Area of a circle: lost margin while that site or passage stands still for its slow time to recover; the largest is {told(most, stress.currency)}. "
        f"Filled: not survived; ring: survived; grey dot: nothing is lost. The {_NAMED} largest of each plan are named"
        + (f"; {beyond} places lie beyond the map" if beyond else "")
    )
    table = tuple(
        (row["words"], row["strategy"], number(row["loss_high"]), "–" if row["survives"] is None else "yes" if row["survives"] else "no",
         f"{row['latitude']:.1f}", f"{row['longitude']:.1f}")
        for row in frame.iter_rows(named=True)
    )  # fmt: skip
    columns = ("Place", "Plan", f"Loss, {stress.currency}", "Survived", "Latitude", "Longitude")
    return Figure("stress", title, about, tuple(svg for svg, *_ in drawn), columns, table, keyed=False)
