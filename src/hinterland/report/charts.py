"""Charts in Altair, turned into SVG by vl-convert without any network: bars, waterfalls, shares, dots, columns, a calendar.

A chart knows its rows and colours, not the board. Colours are roles of the theme (`var(--s1)`), so one picture serves light, dark and
paper. Charts are drawn for 440 pixels: a phone shows them near true size, a desktop sets three beside each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hinterland.report.numbers import text_width
from hinterland.report.svg import tidy
from hinterland.report.theme import FONT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]

__all__ = ["WIDTH", "bars", "calendar", "columns", "dots", "shares", "waterfall"]

WIDTH = 440.0
_SIZE = 12
_LABELS = 150.0
"""Most that labels of rows may take of the width."""
_ENDS: Any = {"condition": {"test": "datum.index === 0", "value": "left"}, "value": "right"}
"""The first label of a time axis begins at its tick, the last ends there: neighbouring panels keep apart."""
NUMBERS, PERCENT = ",.3~f", ",.1~%"

_AXIS = {
    "labelFont": FONT,
    "titleFont": FONT,
    "labelFontSize": _SIZE,
    "titleFontSize": _SIZE,
    "titleFontWeight": "normal",
    "labelColor": "var(--ink)",
    "titleColor": "var(--muted)",
    "domain": False,
    "ticks": False,
    "gridColor": "var(--rule)",
    "labelLimit": _LABELS,
    "labelPadding": 6,
}
_CONFIG = {
    "aria": False,
    "background": "transparent",
    "font": FONT,
    "padding": {"left": 0, "right": 4, "top": 4, "bottom": 0},
    "view": {"stroke": None},
    "axis": _AXIS,
    "axisX": {"labelColor": "var(--muted)", "titleAnchor": "start", "titlePadding": 6, "tickCount": 5},
    "axisY": {"grid": False},
    "text": {"font": FONT, "fontSize": _SIZE, "fill": "var(--ink)"},
    "header": {
        "labelFont": FONT,
        "labelFontSize": _SIZE,
        "labelFontWeight": "bold",
        "labelColor": "var(--ink)",
        "title": None,
        "labelPadding": 4,
    },
    "facet": {"spacing": 14},
}


def _svg(chart: Any, label: str) -> str:
    import vl_convert

    spec = chart.to_dict(validate=False)
    spec["config"] = _CONFIG
    return tidy(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), label, width=WIDTH * 1.3)


def _data(rows: Sequence[Row]) -> Any:
    import altair as alt

    return alt.InlineData(values=[dict(row) for row in rows])


def _plot_width(names: Sequence[str]) -> float:
    """Pixels left for the plot beside the labels of its rows."""
    return WIDTH - 14 - min(_LABELS, max((text_width(name, _SIZE) for name in names), default=0.0))


def _domain(values: Sequence[float], plot: float, label_px: float) -> list[float]:
    """Range of an axis from 0 to the values, with room for a label beyond the longest bar on either side."""
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    room = span * label_px / max(plot - label_px * (2 if low < 0 else 1), plot / 3)
    return [low - room if low < 0 else 0.0, high + room if high > 0 else 0.0]


def _order(rows: Sequence[Row], key: str) -> list[str]:
    return list(dict.fromkeys(str(row[key]) for row in rows))


def bars(rows: Sequence[Row], colours: Mapping[str, str], unit: str, label: str, *, percent: bool = False) -> str:
    """Bars of each strategy within each row. Rows have what, strategy, value, text."""
    import altair as alt

    whats, strategies = _order(rows, "what"), list(colours)
    plot = _plot_width(whats)
    room = max(text_width(str(row["text"]), _SIZE) for row in rows) + 8
    base = alt.Chart(_data(rows), width=plot, height=alt.Step(13)).encode(
        y=alt.Y("what:N", sort=whats, title=None, scale=alt.Scale(paddingInner=0.28, paddingOuter=0.1)),
        yOffset=alt.YOffset("strategy:N", sort=strategies, scale=alt.Scale(domain=strategies, paddingInner=0.12)),
        x=alt.X(
            "value:Q",
            title=unit,
            scale=alt.Scale(domain=_domain([row["value"] for row in rows], plot, room), nice=False),
            axis=alt.Axis(format=PERCENT if percent else NUMBERS),
        ),
        color=alt.Color("strategy:N", scale=alt.Scale(domain=strategies, range=list(colours.values())), legend=None),
    )
    after = (
        base.mark_text(align="left", dx=4, baseline="middle", fill="var(--ink)")
        .transform_filter("datum.value >= 0")
        .encode(text="text:N", color=alt.value("var(--ink)"))
    )
    before = (
        base.mark_text(align="right", dx=-4, baseline="middle")
        .transform_filter("datum.value < 0")
        .encode(text="text:N", color=alt.value("var(--ink)"))
    )
    zero = alt.Chart(_data([{"at": 0}])).mark_rule(color="var(--muted)").encode(x="at:Q")
    return _svg(base.mark_bar() + zero + after + before, label)


def waterfall(steps: Sequence[tuple[str, float, str]], total: tuple[str, float, str], colour: str, unit: str, label: str) -> str:
    """How a difference comes about: one bar per driver, each beginning where the last one ended, and the sum below.

    Steps and total are (name, amount, text). Rises are drawn as worse, falls as better: for costs and emissions.
    """
    import altair as alt

    rows: list[dict[str, Any]] = []
    at = 0.0
    for name, size, text in steps:
        rows.append({"what": name, "start": at, "end": at + size, "text": text, "colour": "var(--worse)" if size > 0 else "var(--better)"})
        at += size
    rows.append({"what": total[0], "start": 0.0, "end": total[1], "text": total[2], "colour": colour})
    for row, below in zip(rows, [*rows[1:], None], strict=True):
        row |= {
            "next": below["what"] if below else row["what"],
            "low": min(row["start"], row["end"]),
            "high": max(row["start"], row["end"]),
        }
        row["falls"] = row["end"] < row["start"]
    whats = [row["what"] for row in rows]
    plot = _plot_width(whats)
    room = max(text_width(row["text"], _SIZE) for row in rows) + 8
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    pad = (high - low or 1.0) * room / max(plot - 2 * room, plot / 3)
    base = alt.Chart(_data(rows), width=plot, height=alt.Step(24)).encode(
        y=alt.Y("what:N", sort=whats, title=None, scale=alt.Scale(paddingInner=0.3, paddingOuter=0.1)),
    )
    x = alt.X("start:Q", title=unit, scale=alt.Scale(domain=[low - pad, high + pad], nice=False), axis=alt.Axis(format=NUMBERS))
    links = base.mark_rule(color="var(--muted)", strokeWidth=1).encode(x=alt.X("end:Q"), y2=alt.Y2("next:N"))
    blocks = base.mark_bar().encode(x=x, x2="end:Q", color=alt.Color("colour:N", scale=None))
    right = base.mark_text(align="left", dx=5).transform_filter("!datum.falls").encode(x="high:Q", text="text:N")
    left = base.mark_text(align="right", dx=-5).transform_filter("datum.falls").encode(x="low:Q", text="text:N")
    zero = alt.Chart(_data([{"at": 0}])).mark_rule(color="var(--ink)").encode(x="at:Q")
    return _svg(links + blocks + zero + right + left, label)


def shares(rows: Sequence[Row], strategies: Sequence[str], label: str, *, axis: str = "", bar_px: int = 17) -> str:
    """Bars cut into shares of a whole. Rows have what, strategy, start, end, colour, opacity, text, ink; texts that fit are shown."""
    import altair as alt

    whats = _order(rows, "what")
    plot = _plot_width(whats)
    shown = [
        {**row, "text": row["text"] if text_width(str(row["text"]), 11) + 8 < (row["end"] - row["start"]) * plot else ""} for row in rows
    ]
    base = alt.Chart(_data(shown), width=plot, height=alt.Step(bar_px)).encode(
        y=alt.Y("what:N", sort=whats, title=None, scale=alt.Scale(paddingInner=0.22, paddingOuter=0.05)),
        yOffset=alt.YOffset("strategy:N", sort=list(strategies), scale=alt.Scale(domain=list(strategies), paddingInner=0.1)),
    )
    x = alt.X(
        "start:Q",
        title=axis or None,
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(format=PERCENT, values=[0, 0.25, 0.5, 0.75, 1], grid=False),
    )
    blocks = base.mark_bar(stroke="var(--paper)", strokeWidth=1).encode(
        x=x, x2="end:Q", color=alt.Color("colour:N", scale=None), fillOpacity=alt.FillOpacity("opacity:Q", scale=None)
    )
    words = base.mark_text(align="left", dx=5, fontSize=11).encode(x="start:Q", text="text:N", color=alt.Color("ink:N", scale=None))
    return _svg(blocks + words, label)


def dots(rows: Sequence[Row], colours: Mapping[str, str], unit: str, label: str, *, percent: bool = False) -> str:
    """A dot per strategy on a line from 0 to 1 per row, joined from least to most. Rows have what, strategy, value. Each strategy has its shape."""
    import altair as alt

    whats, strategies = _order(rows, "what"), list(colours)
    shapes = ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross"]
    base = alt.Chart(_data(rows), width=_plot_width(whats), height=alt.Step(26)).encode(y=alt.Y("what:N", sort=whats, title=None))
    x = alt.X("value:Q", title=unit, scale=alt.Scale(domain=[0, 1], nice=False), axis=alt.Axis(format=PERCENT if percent else NUMBERS))
    spans = base.mark_rule(color="var(--rule)", strokeWidth=5).encode(x=alt.X("min(value):Q", title=unit), x2="max(value):Q")
    points = base.mark_point(filled=True, size=110, opacity=1, stroke="var(--paper)", strokeWidth=1).encode(
        x=x,
        color=alt.Color("strategy:N", scale=alt.Scale(domain=strategies, range=list(colours.values())), legend=None),
        shape=alt.Shape(
            "strategy:N", scale=alt.Scale(domain=strategies, range=[shapes[at % 6] for at in range(len(strategies))]), legend=None
        ),
    )
    return _svg(spans + points, label)


def columns(rows: Sequence[Row], strategies: Sequence[str], unit: str, label: str) -> str:
    """Stacked columns per period, a panel per strategy. Rows have strategy, period, start, end, colour, opacity."""
    import altair as alt

    periods = _order(rows, "period")
    told = [periods[0], periods[-1]] if len(periods) > 1 else periods
    panel = (WIDTH - 58) / len(strategies) - 14
    chart = (
        alt.Chart(_data(rows), width=panel, height=150)
        .mark_bar()
        .encode(
            x=alt.X(
                "period:O",
                sort=periods,
                title=None,
                scale=alt.Scale(paddingInner=0.18),
                axis=alt.Axis(values=told, labelAngle=0, labelAlign=_ENDS, grid=False, labelOverlap=False),
            ),
            y=alt.Y(
                "start:Q",
                title=unit,
                axis=alt.Axis(
                    grid=True,
                    tickCount=4,
                    format=NUMBERS,
                    titleAngle=0,
                    titleAlign="left",
                    titleAnchor="end",
                    titleY=-28,
                    titleX=-34,
                    labelColor="var(--muted)",
                ),
            ),
            y2="end:Q",
            color=alt.Color("colour:N", scale=None),
            fillOpacity=alt.FillOpacity("opacity:Q", scale=None),
            column=alt.Column("strategy:N", sort=list(strategies), header=alt.Header(title=None, labelAnchor="start", labelLimit=panel)),
        )
    )
    return _svg(chart, label)


def calendar(rows: Sequence[Row], strategies: Sequence[str], label: str) -> str:
    """Which site works when: a square per period, filled by its use. Rows have what, strategy, period, part (0..1), colour."""
    import altair as alt

    whats, periods = _order(rows, "what"), _order(rows, "period")
    told = [periods[0], periods[-1]] if len(periods) > 1 else periods
    panel = (_plot_width(whats) - 10) / len(strategies) - 12
    chart = (
        alt.Chart(_data(rows), width=panel, height=alt.Step(17))
        .mark_rect(stroke="var(--paper)", strokeWidth=1)
        .encode(
            x=alt.X("period:O", sort=periods, title=None, axis=alt.Axis(values=told, labelAngle=0, labelAlign=_ENDS, labelOverlap=False)),
            y=alt.Y("what:N", sort=whats, title=None),
            color=alt.Color("colour:N", scale=None),
            fillOpacity=alt.FillOpacity("part:Q", scale=None),
            column=alt.Column("strategy:N", sort=list(strategies), header=alt.Header(title=None, labelAnchor="start", labelLimit=panel)),
        )
    )
    return _svg(chart, label)
