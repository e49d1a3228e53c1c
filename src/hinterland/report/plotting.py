"""What all charts share: size and type, the axis of named rows, and the way from Altair to SVG without any network.

Colours are roles of the theme (`var(--s1)`), so one picture serves light, dark and paper. Charts are drawn for 440 pixels: a phone shows
them near true size, a desktop sets three beside each other.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from hinterland.report.numbers import text_width
from hinterland.report.svg import tidy
from hinterland.report.theme import FONT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]

__all__ = [
    "BREAK",
    "LABELS",
    "LINE",
    "NUMBERS",
    "PERCENT",
    "SIZE",
    "WIDTH",
    "as_is",
    "domain",
    "named",
    "order",
    "plot_width",
    "row_axis",
    "time_axis",
    "to_svg",
    "wrapped",
    "zero_rule",
]

WIDTH = 440.0
SIZE = 12
LINE = 23
"""Characters of a row's label on one line; longer ones take a second."""
LABELS = 158.0
"""Most pixels that labels of rows take of the width."""
_APART = 12.0
"""Least pixels between the labels at both ends of a time axis."""
_ENDS: Any = {"condition": {"test": "datum.index === 0", "value": "left"}, "value": "right"}
"""The first label of a time axis begins at its tick, the last ends there: neighbouring panels keep apart."""
NUMBERS, PERCENT = ",.3~f", ",.1~%"
BREAK = "split(datum.label, '\\n')"

_CONFIG = {
    "aria": False,
    "background": "transparent",
    "font": FONT,
    "padding": {"left": 6, "right": 4, "top": 4, "bottom": 5},
    "view": {"stroke": None},
    "axis": {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": SIZE,
        "titleFontSize": SIZE,
        "titleFontWeight": "normal",
        "labelColor": "var(--ink)",
        "titleColor": "var(--muted)",
        "domain": False,
        "ticks": False,
        "gridColor": "var(--rule)",
        "labelLimit": LABELS,
        "labelPadding": 6,
    },
    "axisX": {"labelColor": "var(--muted)", "titleAnchor": "start", "titlePadding": 6, "tickCount": 5},
    "axisY": {"grid": False},
    "text": {"font": FONT, "fontSize": SIZE, "fill": "var(--ink)"},
    "header": {"labelFont": FONT, "labelFontSize": SIZE, "labelFontWeight": "bold", "labelColor": "var(--ink)", "labelPadding": 4},
    "facet": {"spacing": 14},
}


def to_svg(chart: Any, rows: Sequence[Row], label: str) -> str:
    """The chart over its rows, as SVG. Altair copies data with every mark, so the rows come in last."""
    import vl_convert

    spec = chart.to_dict(validate=False)
    spec |= {"config": _CONFIG, "datasets": {**spec.get("datasets", {}), "rows": [dict(row) for row in rows]}}
    return tidy(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), label, width=WIDTH * 1.3)


def wrapped(name: str) -> str:
    r"""A row's label on one or two lines, cut where even two are too few.

    >>> wrapped("Truck and container ship and truck")
    'Truck and container\nship and truck'
    """
    return "\n".join(textwrap.wrap(name, LINE, max_lines=2, placeholder="…")) or "–"


def plot_width(names: Sequence[str]) -> float:
    """Pixels left for the plot beside the labels of its rows."""
    return WIDTH - 20 - min(LABELS, max((text_width(line, SIZE) for name in names for line in name.split("\n")), default=0.0))


def domain(low: float, high: float, plot: float, label_px: float) -> list[float]:
    """Range of an axis that shows 0 and the values, with room for a label beyond the longest bar on either side."""
    low, high = min(0.0, low), max(0.0, high)
    sides = (low < 0) + (high > 0)
    room = ((high - low) or 1.0) * label_px / max(plot - label_px * sides, plot / 3)
    return [low - room if low < 0 else 0.0, high + room if high > 0 or low == 0 else 0.0]


def order(rows: Sequence[Row], key: str) -> list[str]:
    """Every value of a column once, in the order of the rows."""
    return list(dict.fromkeys(str(row[key]) for row in rows))


def named(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows with their labels cut to two lines."""
    return [{**row, "what": wrapped(str(row["what"]))} for row in rows]


def row_axis(whats: Sequence[str], *, outer: float = 0.1, inner: float = 0.28) -> Any:
    """The axis of named rows."""
    import altair as alt

    scale = alt.Scale(paddingInner=inner, paddingOuter=outer)
    return alt.Y("what", type="nominal", sort=list(whats), title=None, scale=scale, axis=alt.Axis(labelExpr=BREAK))


def _ends_shown(periods: Sequence[str], panel: float) -> tuple[list[str], int]:
    """The periods that a panel of so many pixels names, and the size of their type: both ends, smaller where they are close, else the first.

    >>> years = [str(year) for year in range(2026, 2036)]
    >>> _ends_shown(years, 113.0), _ends_shown(years, 72.0), _ends_shown(["2026-Q1", "2035-Q4"], 72.0)
    ((['2026', '2035'], 12), (['2026', '2035'], 10), (['2026-Q1'], 10))
    """
    ends = list(dict.fromkeys((periods[0], periods[-1])))
    for size in (SIZE, SIZE - 2):
        told = sum(text_width(one, size) for one in ends)
        if told + (_APART + panel / max(len(periods), 1) if len(ends) > 1 else 0.0) <= panel:
            return ends, size
    return ends[:1], SIZE - 2


def time_axis(periods: Sequence[str], panel: float) -> Any:
    """The axis of periods, told at both ends where there is room."""
    import altair as alt

    ends, size = _ends_shown(periods, panel)
    axis = alt.Axis(values=ends, labelAngle=0, labelAlign=_ENDS, grid=False, labelOverlap=False, labelFontSize=size)
    return alt.X("period", type="ordinal", sort=list(periods), title=None, scale=alt.Scale(paddingInner=0.18), axis=axis)


def as_is(channel: Any, field: str) -> Any:
    """A channel whose column holds colours or opacities themselves."""
    return channel(field, type="quantitative" if field in {"opacity", "part"} else "nominal", scale=None, legend=None)


def zero_rule(colour: str) -> Any:
    """A line at 0."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color=colour).encode(x=alt.X("at", type="quantitative"))
