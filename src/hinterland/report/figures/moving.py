"""How goods move: between regions over time, by mode, through passages; and which sites send when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.report import charts
from hinterland.report.figures.figure import Figure, across, bar_figure, colours_of, summed
from hinterland.report.findings import value_of
from hinterland.report.numbers import number
from hinterland.report.words import chain_order, in_time, stage_of_site

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["modes", "passages", "periods", "timeline"]

_MOST_MODES = 7
_LEAST_PASSAGE = 1e-3


def periods(board: Board) -> Figure | None:
    """Tonnes moved in each period: between regions in full colour, within one in a tint."""
    frame = board.flows.with_columns(far=(pl.col("from_region") != pl.col("to_region")).fill_null(True))
    frame = frame.group_by("strategy", "period_id", "far").agg(pl.col("t").sum())
    if not frame["t"].sum():
        return None
    held: dict[tuple[str, str, bool], float] = {
        (s, p, far): t or 0.0 for s, p, far, t in frame.select("strategy", "period_id", "far", "t").iter_rows()
    }
    order, colours = in_time(frame["period_id"]), colours_of(board)
    split = {(s, p): (held.get((s, p, True), 0.0), held.get((s, p, False), 0.0)) for s in board.strategies for p in order}
    most = max(far + near for far, near in split.values())
    scale, unit = (1e6, "million t") if most >= 2e6 else (1e3, "thousand t") if most >= 2e3 else (1.0, "t")
    rows = []
    for (strategy, period), (far, near) in split.items():
        base = {"strategy": strategy, "period": period, "colour": colours[strategy]}
        rows.append({**base, "start": 0.0, "end": far / scale, "opacity": 1.0})
        rows.append({**base, "start": far / scale, "end": (far + near) / scale, "opacity": 0.28})
    part = {}
    for s in board.strategies:
        far, near = (sum(split[s, p][at] for p in order) for at in (0, 1))
        part[s] = far / (far + near) if far + near else None
    told = tuple((p, *(f"{number(split[s, p][0] / scale)} of {number(sum(split[s, p]) / scale)}" for s in board.strategies)) for p in order)
    title = across(board, "Between regions:", part, "of tonnes")
    about = "Gross tonnes moved per period: between regions in full colour, within a region in the tint"
    svg = charts.columns(rows, board.strategies, unit, f"{title}. {about}")
    return Figure(
        "logistics", title, about, (svg,), ("Period", *(f"{one}, {unit} between regions" for one in board.strategies)), told, keyed=False
    )


def modes(board: Board) -> Figure | None:
    """Tonnes by chain of modes, over all tonnes of a plan."""
    frame = board.flows.filter(pl.col("t") > 0).with_columns(pl.col("mode_chain").fill_null("unstated").replace("", "unstated"))
    if not frame.height:
        return None
    whole = dict(frame.group_by("strategy").agg(pl.col("t").sum()).iter_rows())
    table = {
        chain.replace("_", " ").replace("+", " + "): {one: t / whole[one] for one, t in values.items()}
        for chain, values in summed(frame, "mode_chain", "t").items()
    }
    table = dict(sorted(table.items(), key=lambda one: -max(one[1].values())))
    first = next(iter(table))
    shown = dict(list(table.items())[:_MOST_MODES])
    rest = [values for chain, values in table.items() if chain not in shown]
    if rest:
        shown[f"{len(rest)} other chains"] = {one: sum(values.get(one, 0.0) for values in rest) for one in board.strategies}
    title = across(board, f"By {first}:", {one: table[first].get(one, 0.0) for one in board.strategies}, "of tonnes")
    return bar_figure(
        board, "logistics", title, "Chains of modes; share of gross tonnes moved", "share of tonnes moved", shown, "Modes", percent=True
    )


def passages(board: Board) -> Figure | None:
    """Tonnes through each passage, over all tonnes of a plan."""
    table = summed(board.passages.filter(pl.col("share") >= _LEAST_PASSAGE), "passage", "share")
    title = across(board, "Through a sea passage:", {one: value_of(board, one, "passage_share") for one in board.strategies}, "of tonnes")
    about = "Gross tonnes through each passage over all gross tonnes moved; passages with 0.1 % or more"
    return bar_figure(board, "logistics", title, about, "share of tonnes moved", table, "Passage", percent=True)


def timeline(board: Board) -> Figure | None:
    """When sites send: openings, ramps, closings and changes of source at a glance."""
    frame = board.flows.group_by("strategy", "from_site", "period_id").agg(pl.col("t").sum()).filter(pl.col("t") > 0)
    if not frame.height:
        return None
    place, sent = {stage: at for at, stage in enumerate(chain_order(board))}, stage_of_site(board)
    known = {row["site_id"]: row for row in board.sites.unique("site_id", keep="first", maintain_order=True).iter_rows(named=True)}
    sites = sorted(set(frame["from_site"]), key=lambda one: (place[sent[one]], one))
    names = {one: known.get(one, {}).get("name") or one for one in sites}
    most = dict(frame.group_by("from_site").agg(pl.col("t").max()).iter_rows())
    held: dict[tuple[str, str, str], float] = {
        (s, site, p): t for s, site, p, t in frame.select("strategy", "from_site", "period_id", "t").iter_rows()
    }
    order, colours = in_time(board.flows["period_id"].drop_nulls()), colours_of(board)
    rows = [
        {
            "what": names[site],
            "strategy": s,
            "period": p,
            "part": 0.12 + 0.88 * t / most[site] if (t := held.get((s, site, p), 0.0)) else 0.0,
            "colour": colours[s],
        }
        for site in sites
        for s in board.strategies
        for p in order
    ]
    table, sending = [], dict.fromkeys(board.strategies, 0.0)
    for site in sites:
        spans = []
        for s in board.strategies:
            active = [p for p in order if (s, site, p) in held]
            sending[s] += bool(active)
            spans.append("–" if not active else active[0] if len(active) == 1 else f"{active[0]} to {active[-1]}")
        table.append((names[site], known.get(site, {}).get("status") or "–", *spans))
    title = across(board, "Sites that send:", dict(sending), "", lambda count: f"{count:.0f}")
    about = "Gross tonnes a site sends per period; the darkest square is the most it sends in any plan"
    svg = charts.calendar(rows, board.strategies, f"{title}. {about}")
    return Figure("logistics", title, about, (svg,), ("Site", "Status", *board.strategies), tuple(table))
