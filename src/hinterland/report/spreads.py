"""Charts of what varies: fans over time, dots with intervals, bars with intervals, ranges by node, days against days, running means.

A chart knows its rows and colours, not the board. Every row has a label of its own: two nodes of one name stay two rows.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from hinterland.report.numbers import text_width
from hinterland.report.plotting import LABELS, NUMBERS, PERCENT, SIZE, WIDTH, as_is, plot_width, to_svg, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]

__all__ = ["dots", "fan", "lasting", "ranges", "running", "whiskered"]

_KEY = 4
"""Digits and a bar before a label: rows with equal labels stay apart."""
_SMALL = SIZE - 1.0
_LANE = 11.0
"""Pixels of one strategy within a row."""
_APART = 0.15
"""Part of a row that stays free towards the next."""


def _keyed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows with a label that is their own; rows of one `key` (else of one `what`) share it."""
    at = {key: f"{place:03d}|" for place, key in enumerate(dict.fromkeys(str(row.get("key", row["what"])) for row in rows))}
    return [{**row, "what": at[str(row.get("key", row["what"]))] + wrapped(str(row["what"]))} for row in rows]


def _whats(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row["what"] for row in rows))


def _rows_axis(whats: Sequence[str], *, inner: float = 0.28, outer: float = 0.1) -> Any:
    import altair as alt

    scale = alt.Scale(paddingInner=inner, paddingOuter=outer)
    axis = alt.Axis(labelExpr=f"split(slice(datum.label, {_KEY}), '\\n')", labelLimit=LABELS)
    return alt.Y("what", type="nominal", sort=list(whats), title=None, scale=scale, axis=axis)


def _beside(strategies: Sequence[str]) -> Any:
    """Strategies one below the other within a row."""
    import altair as alt

    return alt.YOffset("strategy", type="nominal", sort=list(strategies), scale=alt.Scale(domain=list(strategies), paddingInner=0.1))


def _plot(whats: Sequence[str]) -> float:
    return plot_width([one[_KEY:] for one in whats])


def _height(whats: Sequence[str], lanes: int, inner: float) -> float:
    """Pixels of a chart of rows with so many strategies each, and room for labels of two lines."""
    told = max(one.count("\n") + 1 for one in whats) * (SIZE + 3.0)
    return len(whats) * max((_LANE * lanes + 2.0) / (1.0 - inner), told)


def _at(field: str, scale: Any, title: str | None, axis: Any) -> Any:
    import altair as alt

    return alt.X(field, type="quantitative", title=title, scale=scale, axis=axis)


def _text(field: str = "text") -> Any:
    import altair as alt

    return alt.Text(field, type="nominal")


def fan(rows: Sequence[Row], name: str, colour: str, lowest: float, label: str) -> str:
    """Bands and median of a share over time. Rows have day and till (milliseconds), p05, p25, p50, p75, p95; the axis begins at `lowest`."""
    import altair as alt

    held = [*({**row, "at": row["day"]} for row in rows), *({**row, "at": row["till"]} for row in rows[-1:])]
    title = alt.Title(name, anchor="start", color=colour, fontSize=SIZE + 1, fontWeight="bold", offset=8)
    base = alt.Chart(alt.NamedData("rows"), width=WIDTH - 70, height=170, title=title).encode(
        x=alt.X("at", type="temporal", title=None, scale=alt.Scale(type="utc", nice=False), axis=alt.Axis(tickCount=5, grid=False, labelFlush=True))
    )  # fmt: skip
    axis = alt.Axis(format=PERCENT, tickCount=5, grid=True, labelColor="var(--muted)")
    height = alt.Scale(domain=[lowest, 1.0], nice=False, clamp=True)

    def y(field: str) -> Any:
        return alt.Y(field, type="quantitative", title=None, scale=height, axis=axis)

    def band(low: str, high: str, opacity: float) -> Any:
        return base.mark_area(color=colour, fillOpacity=opacity, interpolate="step-after").encode(y=y(low), y2=alt.Y2(high))

    line = base.mark_line(color=colour, strokeWidth=2, interpolate="step-after").encode(y=y("p50"))
    return to_svg(band("p05", "p95", 0.18) + band("p25", "p75", 0.34) + line, held, label)


def dots(rows: Sequence[Row], name: str, colour: str, label: str) -> str:
    """Differences with their intervals, better to the right. Rows have what, low, mid, high in −1..1, certain, text, range."""
    import altair as alt

    rows = _keyed(rows)
    whats = _whats(rows)
    told = max(max(text_width(row["text"], SIZE), text_width(row["range"], _SMALL)) for row in rows) + 12
    plot = max(90.0, _plot(whats) - told)
    title = alt.Title(name, anchor="start", color=colour, fontSize=SIZE + 1, fontWeight="bold", offset=8)
    scale = alt.Scale(domain=[-1.06, 1.06], range=[0, plot], nice=False)
    axis = alt.Axis(
        values=[-1, 1],
        grid=False,
        labelExpr="datum.value < 0 ? '← worse' : 'better →'",
        labelAlign=_ENDS,
        labelOverlap=False,
        labelColor="var(--muted)",
        labelLimit=200,
    )
    base = alt.Chart(alt.NamedData("rows"), width=plot + told, height=36 * len(whats), title=title).encode(
        y=_rows_axis(whats, inner=0.0, outer=0.0)
    )
    zero = base.mark_tick(color="var(--muted)", thickness=1, size=36).encode(x=alt.X("zero", type="quantitative", scale=scale, axis=axis))
    lines = base.mark_rule(color=colour, strokeWidth=3, opacity=0.6).encode(x=_at("low", scale, None, axis), x2=alt.X2("high"))
    marks = base.mark_point(size=52, filled=True, opacity=1.0, stroke=colour, strokeWidth=2).encode(
        x=_at("mid", scale, None, axis), fill=as_is(alt.Fill, "fill")
    )
    words = base.mark_text(align="left", dy=-7).encode(x=alt.value(plot + 10), text=_text())
    ranges_ = base.mark_text(align="left", dy=8, fontSize=_SMALL, color="var(--muted)").encode(x=alt.value(plot + 10), text=_text("range"))
    held = [{**row, "zero": 0.0, "fill": colour if row["certain"] else "var(--paper)"} for row in rows]
    return to_svg(zero + lines + marks + words + ranges_, held, label)


_ENDS: Any = {"condition": {"test": "datum.value < 0", "value": "left"}, "value": "right"}


def whiskered(rows: Sequence[Row], colours: Mapping[str, str], unit: str, label: str) -> str:
    """Bars from 0 with an interval at their end. Rows have what, strategy, value, low, high, text."""
    import altair as alt

    rows = [{**row, "colour": colours[row["strategy"]], "after": max(row["value"], row["high"])} for row in _keyed(rows)]
    whats = _whats(rows)
    plot = _plot(whats)
    room = max(text_width(str(row["text"]), _SMALL) for row in rows) + 10
    most = max(row["after"] for row in rows) or 1.0
    scale = alt.Scale(domain=[0.0, most * plot / (plot - room)], nice=False)
    axis = alt.Axis(format=NUMBERS, tickCount=4)
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=_height(whats, len(colours), _APART)).encode(
        y=_rows_axis(whats, inner=_APART), yOffset=_beside(list(colours))
    )
    blocks = base.mark_bar().encode(x=_at("value", scale, unit, axis), color=as_is(alt.Color, "colour"))
    lines = base.mark_rule(color="var(--ink)", strokeWidth=1.2).encode(x=_at("low", scale, unit, axis), x2=alt.X2("high"))
    words = base.mark_text(align="left", dx=5, fontSize=_SMALL).encode(x=_at("after", scale, unit, axis), text=_text())
    return to_svg(blocks + lines + words, rows, label)


def ranges(rows: Sequence[Row], colours: Mapping[str, str], unit: str, label: str) -> str:
    """A bar from low to high, with a mark at high, filled where `full`. Rows have what, key, strategy, low, high, full, text."""
    import altair as alt

    held = _marked(rows, colours)
    whats = _whats(held)
    plot = _plot(whats)
    room = max(text_width(str(row["text"]), _SMALL) for row in held) + 12
    most = max(row["high"] for row in held) or 1.0
    scale = alt.Scale(domain=[0.0, most * plot / (plot - room)], nice=False)
    axis = alt.Axis(format=NUMBERS, tickCount=4)
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=_height(whats, len(colours), _APART)).encode(
        y=_rows_axis(whats, inner=_APART), yOffset=_beside(list(colours))
    )
    lines = base.mark_rule(strokeWidth=4, opacity=0.45).encode(
        x=_at("low", scale, unit, axis), x2=alt.X2("high"), color=as_is(alt.Color, "colour")
    )
    marks = _marks(base).encode(x=_at("high", scale, unit, axis))
    words = base.mark_text(align="left", dx=8, fontSize=_SMALL).encode(x=_at("high", scale, unit, axis), text=_text())
    return to_svg(lines + marks + words, held, label)


def lasting(rows: Sequence[Row], colours: Mapping[str, str], most: float, unit: str, label: str) -> str:
    """Days survived as marks over the days to recover as a grey band. Rows have what, key, strategy, days, beyond, full, low, high.

    What is `beyond` stands at the edge, `most`, with an arrow.
    """
    import altair as alt

    held = _marked(rows, colours)
    whats = _whats(held)
    plot = _plot(whats) - 14
    scale = alt.Scale(domain=[0.0, most], nice=False)
    axis = alt.Axis(format=NUMBERS, tickCount=4)
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=_height(whats, len(colours), _APART)).encode(
        y=_rows_axis(whats, inner=_APART), yOffset=_beside(list(colours))
    )
    bands = base.mark_bar(color="var(--muted)", fillOpacity=0.3).encode(x=_at("low", scale, unit, axis), x2=alt.X2("high"))
    marks = _marks(base).transform_filter("!datum.beyond").encode(x=_at("days", scale, unit, axis))
    arrows = (
        base.mark_text(align="left", dx=2, fontSize=SIZE, fontWeight="bold", text="→")
        .transform_filter("datum.beyond")
        .encode(x=_at("days", scale, unit, axis), color=as_is(alt.Color, "colour"))
    )
    return to_svg(bands + marks + arrows, held, label)


def _marked(rows: Sequence[Row], colours: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows with the colour of their strategy, and the fill of their mark: paper where nothing is lost."""
    hues = [colours.get(str(row["strategy"]), "var(--muted)") for row in rows]
    return [{**row, "colour": hue, "fill": hue if row.get("full") else "var(--paper)"} for row, hue in zip(_keyed(rows), hues, strict=True)]


def _marks(base: Any) -> Any:
    import altair as alt

    return base.mark_point(size=42, filled=True, opacity=1.0, strokeWidth=1.6).encode(
        stroke=as_is(alt.Stroke, "colour"), fill=as_is(alt.Fill, "fill")
    )


def running(rows: Sequence[Row], colours: Mapping[str, str], name: str, label: str, *, percent: bool) -> str:
    """Running means with their interval as a band. Rows have strategy, replications, mean, low, high."""
    import altair as alt

    held = [{**row, "colour": colours[row["strategy"]]} for row in rows]
    title = alt.Title(textwrap.shorten(name, 60, placeholder="…"), anchor="start", fontSize=SIZE, fontWeight="normal", color="var(--ink)", offset=6)  # fmt: skip
    axis = alt.Axis(format=PERCENT if percent else NUMBERS, tickCount=4, grid=True, labelColor="var(--muted)")
    base = alt.Chart(alt.NamedData("rows"), width=WIDTH - 90, height=130, title=title).encode(
        x=alt.X("replications", type="quantitative", title="replications", scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(format=NUMBERS, grid=False, labelFlush=True)),
        color=as_is(alt.Color, "colour"),
        detail=alt.Detail("strategy", type="nominal"),
    )  # fmt: skip

    def y(field: str) -> Any:
        return alt.Y(field, type="quantitative", title=None, scale=alt.Scale(zero=False), axis=axis)

    band = base.mark_area(fillOpacity=0.16).encode(y=y("low"), y2=alt.Y2("high"))
    return to_svg(band + base.mark_line(strokeWidth=1.8).encode(y=y("mean")), held, label)
