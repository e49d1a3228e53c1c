"""Charts in Altair, turned into SVG by vl-convert without any network: bars, waterfalls, shares, columns, a calendar.

A chart knows its rows and colours, not the board. What all charts share stands in plotting.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from hinterland.report.numbers import text_width
from hinterland.report.plotting import (
    LINE,
    NUMBERS,
    PERCENT,
    SIZE,
    WIDTH,
    as_is,
    domain,
    named,
    order,
    plot_width,
    row_axis,
    time_axis,
    to_svg,
    wrapped,
    zero_rule,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]

__all__ = ["WIDTH", "bars", "calendar", "columns", "shares", "waterfall"]


def bars(rows: Sequence[Row], colours: Mapping[str, str], unit: str, label: str, *, percent: bool = False) -> str:
    """Bars of each strategy within each row. Rows have what, strategy, value, text; a text says what a bar's end means."""
    import altair as alt

    rows = [{**row, "colour": colours[row["strategy"]]} for row in named(rows)]
    whats, strategies = order(rows, "what"), list(colours)
    plot = plot_width(whats)
    room = max(text_width(str(row["text"]), SIZE) for row in rows) + 8
    values = [row["value"] for row in rows]
    scale = alt.Scale(domain=domain(min(values), max(values), plot, room), nice=False)
    axis = alt.Axis(format=PERCENT if percent else NUMBERS)
    if percent and max(values) > 0.8:  # room for labels is no reason to tell of 120 %
        axis = alt.Axis(format=PERCENT, values=[0, 0.25, 0.5, 0.75, 1])
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=alt.Step(13)).encode(
        y=row_axis(whats),
        yOffset=alt.YOffset("strategy", type="nominal", sort=strategies, scale=alt.Scale(domain=strategies, paddingInner=0.12)),
        x=alt.X("value", type="quantitative", title=unit, scale=scale, axis=axis),
    )
    words = alt.Text("text", type="nominal")
    after = base.mark_text(align="left", dx=4).transform_filter("datum.value >= 0").encode(text=words)
    before = base.mark_text(align="right", dx=-4).transform_filter("datum.value < 0").encode(text=words)
    return to_svg(base.mark_bar().encode(color=as_is(alt.Color, "colour")) + zero_rule("var(--muted)") + after + before, rows, label)


def waterfall(steps: Sequence[tuple[str, float, str]], total: tuple[str, float, str], colour: str, unit: str, label: str) -> str:
    """How a difference comes about: one bar per driver, each beginning where the last one ended, and the sum below.

    Steps and total are (name, amount, text). Rises are drawn as worse, falls as better: for costs and emissions.
    """
    import altair as alt

    rows: list[dict[str, Any]] = []
    at = 0.0
    for name, size, text in steps:
        hue = "var(--worse)" if size > 0 else "var(--better)"
        rows.append({"what": wrapped(name), "start": at, "end": at + size, "text": text, "colour": hue})
        at += size
    rows.append({"what": wrapped(total[0]), "start": 0.0, "end": total[1], "text": total[2], "colour": colour})
    for row, below in zip(rows, [*rows[1:], rows[-1]], strict=True):
        row |= {"next": below["what"], "low": min(row["start"], row["end"]), "high": max(row["start"], row["end"])}
        row["falls"] = row["end"] < row["start"]
    whats = [row["what"] for row in rows]
    plot = plot_width(whats)
    room = max(text_width(row["text"], SIZE) for row in rows) + 9
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    pad = (high - low or 1.0) * room / max(plot - 2 * room, plot / 3)
    scale = alt.Scale(domain=[low - pad, high + pad], nice=False)
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=alt.Step(24)).encode(y=row_axis(whats, inner=0.3))
    axis = alt.X("start", type="quantitative", title=unit, scale=scale, axis=alt.Axis(format=NUMBERS))
    links = base.mark_rule(color="var(--muted)").encode(x=alt.X("end", type="quantitative"), y2=alt.Y2("next"))
    blocks = base.mark_bar().encode(x=axis, x2=alt.X2("end"), color=as_is(alt.Color, "colour"))
    words = alt.Text("text", type="nominal")
    right = base.mark_text(align="left", dx=5).transform_filter("!datum.falls").encode(x=alt.X("high", type="quantitative"), text=words)
    left = base.mark_text(align="right", dx=-5).transform_filter("datum.falls").encode(x=alt.X("low", type="quantitative"), text=words)
    return to_svg(links + blocks + zero_rule("var(--ink)") + right + left, rows, label)


def shares(rows: Sequence[Row], strategies: Sequence[str], label: str, *, bar_px: int = 17) -> str:
    """Bars cut into shares of a whole. Rows have what, strategy, start, end, colour, opacity, text, ink; texts that fit are shown."""
    import altair as alt

    rows = named(rows)
    whats = order(rows, "what")
    plot = plot_width(whats)
    shown = [
        {**row, "text": row["text"] if text_width(str(row["text"]), 11) + 8 < (row["end"] - row["start"]) * plot else ""} for row in rows
    ]
    base = alt.Chart(alt.NamedData("rows"), width=plot, height=alt.Step(bar_px)).encode(
        y=row_axis(whats, outer=0.05, inner=0.22),
        yOffset=alt.YOffset("strategy", type="nominal", sort=list(strategies), scale=alt.Scale(domain=list(strategies), paddingInner=0.1)),
    )
    axis = alt.Axis(format=PERCENT, values=[0, 0.25, 0.5, 0.75, 1], grid=False)
    start = alt.X("start", type="quantitative", title=None, scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)
    blocks = base.mark_bar(stroke="var(--paper)", strokeWidth=1).encode(
        x=start, x2=alt.X2("end"), color=as_is(alt.Color, "colour"), fillOpacity=as_is(alt.FillOpacity, "opacity")
    )
    words = base.mark_text(align="left", dx=5, fontSize=11).encode(
        x=start, text=alt.Text("text", type="nominal"), color=as_is(alt.Color, "ink")
    )
    return to_svg(blocks + words, shown, label)


def columns(rows: Sequence[Row], strategies: Sequence[str], unit: str, label: str) -> str:
    """Stacked columns per period, a panel per strategy. Rows have strategy, period, start, end, colour, opacity."""
    import altair as alt

    panel = (WIDTH - 58) / len(strategies) - 14
    axis = alt.Axis(
        grid=True,
        tickCount=4,
        format=NUMBERS,
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
            x=time_axis(order(rows, "period"), panel),
            y=alt.Y("start", type="quantitative", title=unit, axis=axis),
            y2=alt.Y2("end"),
            color=as_is(alt.Color, "colour"),
            fillOpacity=as_is(alt.FillOpacity, "opacity"),
            column=alt.Column(
                "strategy", type="nominal", sort=list(strategies), header=alt.Header(title=None, labelAnchor="start", labelLimit=panel)
            ),
        )
    )
    return to_svg(chart, rows, label)


def calendar(rows: Sequence[Row], strategies: Sequence[str], label: str) -> str:
    """Which site works when: a square per period, filled by its use. Rows have what, strategy, period, part (0..1), colour."""
    import altair as alt

    rows = [{**row, "what": textwrap.shorten(str(row["what"]), LINE, placeholder="…")} for row in rows]
    whats = order(rows, "what")
    panel = (plot_width(whats) - 4) / len(strategies) - 14
    chart = (
        alt.Chart(alt.NamedData("rows"), width=panel, height=alt.Step(17))
        .mark_rect(stroke="var(--paper)", strokeWidth=1)
        .encode(
            x=time_axis(order(rows, "period"), panel),
            y=row_axis(whats, outer=0.0, inner=0.0),
            color=as_is(alt.Color, "colour"),
            fillOpacity=as_is(alt.FillOpacity, "part"),
            column=alt.Column("strategy", type="nominal", sort=list(strategies), header=alt.Header(title=None, labels=False)),
        )
    )
    return to_svg(chart, rows, label)
