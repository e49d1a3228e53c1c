"""Charts in Altair, turned into SVG by vl-convert without any network: bars, waterfalls, shares, columns, a calendar.

A chart knows its rows and colours, not the board. Colours are roles of the theme (`var(--s1)`), so one picture serves light, dark and
paper. Charts are drawn for 440 pixels: a phone shows them near true size, a desktop sets three beside each other.
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

__all__ = ["WIDTH", "bars", "calendar", "columns", "shares", "waterfall"]

WIDTH = 440.0
_SIZE = 12
_LINE = 23
"""Characters of a row's label on one line; longer ones take a second."""
_LABELS = 158.0
"""Most pixels that labels of rows take of the width."""
_APART = 12.0
"""Least pixels between the labels at both ends of a time axis."""
_ENDS: Any = {"condition": {"test": "datum.index === 0", "value": "left"}, "value": "right"}
"""The first label of a time axis begins at its tick, the last ends there: neighbouring panels keep apart."""
_NUMBERS, _PERCENT = ",.3~f", ",.1~%"
_BREAK = "split(datum.label, '\\n')"

_CONFIG = {
    "aria": False,
    "background": "transparent",
    "font": FONT,
    "padding": {"left": 6, "right": 4, "top": 4, "bottom": 5},
    "view": {"stroke": None},
    "axis": {
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
    },
    "axisX": {"labelColor": "var(--muted)", "titleAnchor": "start", "titlePadding": 6, "tickCount": 5},
    "axisY": {"grid": False},
    "text": {"font": FONT, "fontSize": _SIZE, "fill": "var(--ink)"},
    "header": {"labelFont": FONT, "labelFontSize": _SIZE, "labelFontWeight": "bold", "labelColor": "var(--ink)", "labelPadding": 4},
    "facet": {"spacing": 14},
}


def _svg(chart: Any, rows: Sequence[Row], label: str) -> str:
    """The chart over its rows, as SVG. Altair copies data with every mark, so the rows come in last."""
    import vl_convert

    spec = chart.to_dict(validate=False)
    spec |= {"config": _CONFIG, "datasets": {**spec.get("datasets", {}), "rows": [dict(row) for row in rows]}}
    return tidy(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), label, width=WIDTH * 1.3)


def _lines(name: str) -> str:
    r"""A row's label on one or two lines, cut where even two are too few.

    >>> _lines("Truck and container ship and truck")
    'Truck and container\nship and truck'
    """
    return "\n".join(textwrap.wrap(name, _LINE, max_lines=2, placeholder="…")) or "–"


def _plot_width(names: Sequence[str]) -> float:
    """Pixels left for the plot beside the labels of its rows."""
    return WIDTH - 20 - min(_LABELS, max((text_width(line, _SIZE) for name in names for line in name.split("\n")), default=0.0))


def _domain(low: float, high: float, plot: float, label_px: float) -> list[float]:
    """Range of an axis that shows 0 and the values, with room for a label beyond the longest bar on either side."""
    low, high = min(0.0, low), max(0.0, high)
    sides = (low < 0) + (high > 0)
    room = ((high - low) or 1.0) * label_px / max(plot - label_px * sides, plot / 3)
    return [low - room if low < 0 else 0.0, high + room if high > 0 or low == 0 else 0.0]


def _order(rows: Sequence[Row], key: str) -> list[str]:
    return list(dict.fromkeys(str(row[key]) for row in rows))


def _named(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{**row, "what": _lines(str(row["what"]))} for row in rows]


def _names(whats: Sequence[str], *, outer: float = 0.1, inner: float = 0.28) -> Any:
    """The axis of named rows."""
    import altair as alt

    scale = alt.Scale(paddingInner=inner, paddingOuter=outer)
    return alt.Y("what", type="nominal", sort=list(whats), title=None, scale=scale, axis=alt.Axis(labelExpr=_BREAK))


def _ends_shown(periods: Sequence[str], panel: float) -> tuple[list[str], int]:
    """The periods that a panel of so many pixels names, and the size of their type: both ends, smaller where they are close, else the first.

    >>> years = [str(year) for year in range(2026, 2036)]
    >>> _ends_shown(years, 113.0), _ends_shown(years, 72.0), _ends_shown(["2026-Q1", "2035-Q4"], 72.0)
    ((['2026', '2035'], 12), (['2026', '2035'], 10), (['2026-Q1'], 10))
    """
    ends = list(dict.fromkeys((periods[0], periods[-1])))
    for size in (_SIZE, _SIZE - 2):
        told = sum(text_width(one, size) for one in ends)
        if told + (_APART + panel / max(len(periods), 1) if len(ends) > 1 else 0.0) <= panel:
            return ends, size
    return ends[:1], _SIZE - 2


def _times(periods: Sequence[str], panel: float) -> Any:
    """The axis of periods, told at both ends where there is room."""
    import altair as alt

    ends, size = _ends_shown(periods, panel)
    axis = alt.Axis(values=ends, labelAngle=0, labelAlign=_ENDS, grid=False, labelOverlap=False, labelFontSize=size)
    return alt.X("period", type="ordinal", sort=list(periods), title=None, scale=alt.Scale(paddingInner=0.18), axis=axis)


def _as_is(channel: Any, field: str) -> Any:
    """A channel whose column holds colours or opacities themselves."""
    return channel(field, type="quantitative" if field in {"opacity", "part"} else "nominal", scale=None, legend=None)


def _zero(colour: str) -> Any:
    import altair as alt

    return alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color=colour).encode(x=alt.X("at", type="quantitative"))


def bars(rows: Sequence[Row], colours: Mapping[str, str], unit: str, label: str, *, percent: bool = False) -> str:
    """Bars of each strategy within each row. Rows have what, strategy, value, text; a text says what a bar's end means."""
    import altair as alt

    rows = [{**row, "colour": colours[row["strategy"]]} for row in _named(rows)]
    whats, strategies = _order(rows, "what"), list(colours)
    plot = _plot_width(whats)
    room = max(text_width(str(row["text"]), _SIZE) for row in rows) + 8
    values = [row["value"] for row in rows]
    scale = alt.Scale(domain=_domain(min(values), max(values), plot, room), nice=False)
    axis = alt.Axis(format=_PERCENT if percent else _NUMBERS)
    if percent and max(values) > 0.8:  # room for labels is no reason to tell of 120 %
        axis = alt.Axis(format=_PERCENT, values=[0, 0.25, 0.5, 0.75, 1])
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=alt.Step(13)).encode(
        y=_names(whats),
        yOffset=alt.YOffset("strategy", type="nominal", sort=strategies, scale=alt.Scale(domain=strategies, paddingInner=0.12)),
        x=alt.X("value", type="quantitative", title=unit, scale=scale, axis=axis),
    )
    words = alt.Text("text", type="nominal")
    after = base.mark_text(align="left", dx=4).transform_filter("datum.value >= 0").encode(text=words)
    before = base.mark_text(align="right", dx=-4).transform_filter("datum.value < 0").encode(text=words)
    return _svg(base.mark_bar().encode(color=_as_is(alt.Color, "colour")) + _zero("var(--muted)") + after + before, rows, label)


def waterfall(steps: Sequence[tuple[str, float, str]], total: tuple[str, float, str], colour: str, unit: str, label: str) -> str:
    """How a difference comes about: one bar per driver, each beginning where the last one ended, and the sum below.

    Steps and total are (name, amount, text). Rises are drawn as worse, falls as better: for costs and emissions.
    """
    import altair as alt

    rows: list[dict[str, Any]] = []
    at = 0.0
    for name, size, text in steps:
        hue = "var(--worse)" if size > 0 else "var(--better)"
        rows.append({"what": _lines(name), "start": at, "end": at + size, "text": text, "colour": hue})
        at += size
    rows.append({"what": _lines(total[0]), "start": 0.0, "end": total[1], "text": total[2], "colour": colour})
    for row, below in zip(rows, [*rows[1:], rows[-1]], strict=True):
        row |= {"next": below["what"], "low": min(row["start"], row["end"]), "high": max(row["start"], row["end"])}
        row["falls"] = row["end"] < row["start"]
    whats = [row["what"] for row in rows]
    plot = _plot_width(whats)
    room = max(text_width(row["text"], _SIZE) for row in rows) + 9
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    pad = (high - low or 1.0) * room / max(plot - 2 * room, plot / 3)
    scale = alt.Scale(domain=[low - pad, high + pad], nice=False)
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=alt.Step(24)).encode(y=_names(whats, inner=0.3))
    axis = alt.X("start", type="quantitative", title=unit, scale=scale, axis=alt.Axis(format=_NUMBERS))
    links = base.mark_rule(color="var(--muted)").encode(x=alt.X("end", type="quantitative"), y2=alt.Y2("next"))
    blocks = base.mark_bar().encode(x=axis, x2=alt.X2("end"), color=_as_is(alt.Color, "colour"))
    words = alt.Text("text", type="nominal")
    right = base.mark_text(align="left", dx=5).transform_filter("!datum.falls").encode(x=alt.X("high", type="quantitative"), text=words)
    left = base.mark_text(align="right", dx=-5).transform_filter("datum.falls").encode(x=alt.X("low", type="quantitative"), text=words)
    return _svg(links + blocks + _zero("var(--ink)") + right + left, rows, label)


def shares(rows: Sequence[Row], strategies: Sequence[str], label: str, *, bar_px: int = 17) -> str:
    """Bars cut into shares of a whole. Rows have what, strategy, start, end, colour, opacity, text, ink; texts that fit are shown."""
    import altair as alt

    rows = _named(rows)
    whats = _order(rows, "what")
    plot = _plot_width(whats)
    shown = [
        {**row, "text": row["text"] if text_width(str(row["text"]), 11) + 8 < (row["end"] - row["start"]) * plot else ""} for row in rows
    ]
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=alt.Step(bar_px)).encode(
        y=_names(whats, outer=0.05, inner=0.22),
        yOffset=alt.YOffset("strategy", type="nominal", sort=list(strategies), scale=alt.Scale(domain=list(strategies), paddingInner=0.1)),
    )
    axis = alt.Axis(format=_PERCENT, values=[0, 0.25, 0.5, 0.75, 1], grid=False)
    start = alt.X("start", type="quantitative", title=None, scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)
    blocks = base.mark_bar(stroke="var(--paper)", strokeWidth=1).encode(
        x=start, x2=alt.X2("end"), color=_as_is(alt.Color, "colour"), fillOpacity=_as_is(alt.FillOpacity, "opacity")
    )
    words = base.mark_text(align="left", dx=5, fontSize=11).encode(
        x=start, text=alt.Text("text", type="nominal"), color=_as_is(alt.Color, "ink")
    )
    return _svg(blocks + words, shown, label)


def columns(rows: Sequence[Row], strategies: Sequence[str], unit: str, label: str) -> str:
    """Stacked columns per period, a panel per strategy. Rows have strategy, period, start, end, colour, opacity."""
    import altair as alt

    panel = (WIDTH - 58) / len(strategies) - 14
    axis = alt.Axis(
        grid=True,
        tickCount=4,
        format=_NUMBERS,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleY=-28,
        titleX=-34,
        labelColor="var(--muted)",
    )
    chart = (
        alt.Chart(alt.NamedData("rows"), width=panel, height=150)
        .mark_bar()
        .encode(
            x=_times(_order(rows, "period"), panel),
            y=alt.Y("start", type="quantitative", title=unit, axis=axis),
            y2=alt.Y2("end"),
            color=_as_is(alt.Color, "colour"),
            fillOpacity=_as_is(alt.FillOpacity, "opacity"),
            column=alt.Column(
                "strategy", type="nominal", sort=list(strategies), header=alt.Header(title=None, labelAnchor="start", labelLimit=panel)
            ),
        )
    )
    return _svg(chart, rows, label)


def calendar(rows: Sequence[Row], strategies: Sequence[str], label: str) -> str:
    """Which site works when: a square per period, filled by its use. Rows have what, strategy, period, part (0..1), colour."""
    import altair as alt

    rows = [{**row, "what": textwrap.shorten(str(row["what"]), _LINE, placeholder="…")} for row in rows]
    whats = _order(rows, "what")
    panel = (_plot_width(whats) - 4) / len(strategies) - 14
    chart = (
        alt.Chart(alt.NamedData("rows"), width=panel, height=alt.Step(17))
        .mark_rect(stroke="var(--paper)", strokeWidth=1)
        .encode(
            x=_times(_order(rows, "period"), panel),
            y=_names(whats, outer=0.0, inner=0.0),
            color=_as_is(alt.Color, "colour"),
            fillOpacity=_as_is(alt.FillOpacity, "part"),
            column=alt.Column("strategy", type="nominal", sort=list(strategies), header=alt.Header(title=None, labels=False)),
        )
    )
    return _svg(chart, rows, label)
