"""Where a plan is weak: what the standstill of a node loses, and whether the plan lasts until it is back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.report import spreads
from hinterland.report.figures.figure import Figure, colours_of
from hinterland.report.numbers import number
from hinterland.report.stress_words import between, finite, node_words, plans, scaled, shown, told
from hinterland.report.words import listed

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["exposed", "lasting", "ranking"]

_CHAPTER = "stress"
_MOST = 15
_COLUMNS = ("Node", "Plan", "Loss", "Largest = 1", "Time to survive", "Time to recover", "Survived")


def exposed(board: Board) -> pl.DataFrame:
    """Nodes of the plans with a loss that is a number, as they are told; `words` is their name."""
    stress = board.stress
    if stress is None:
        return pl.DataFrame()
    frame = stress.exposure.filter(pl.col("strategy").is_in(plans(board)) & pl.col("loss_high").is_finite())
    words = [node_words(kind, name, node) for kind, name, node in frame.select("kind", "name", "node").iter_rows()]
    return frame.with_columns(
        words=pl.Series(words, dtype=pl.String),
        loss_low=pl.when(pl.col("loss_low").is_finite()).then(pl.col("loss_low")).otherwise(pl.col("loss_high")),
    )


def _weakest(board: Board) -> tuple[list[tuple[str, str]], dict[tuple[str, str, str], dict[str, Any]], list[str]]:
    """The nodes that lose most in any plan, all rows by node and plan, and the plans with rows."""
    frame = exposed(board)
    if not frame.height:
        return [], {}, []
    most = frame.group_by("kind", "node").agg(pl.col("loss_high").max()).filter(pl.col("loss_high") > 0)
    most = most.sort("loss_high", "kind", "node", descending=[True, False, False]).head(_MOST)
    held = {(row["kind"], row["node"], row["strategy"]): row for row in frame.iter_rows(named=True)}
    return list(most.select("kind", "node").iter_rows()), held, [one for one in plans(board) if one in set(frame["strategy"])]


def _table(
    nodes: list[tuple[str, str]], held: dict[tuple[str, str, str], dict[str, Any]], names: list[str], money: str
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            row["words"], one, between(row["loss_low"], row["loss_high"], money) if row["loss_high"] else f"0 {money}",
            shown(row["exposure_index"], ""), f"{shown(row['survival_days'], 'days')} d",
            between(row["recovery_days_low"], row["recovery_days_high"], "d"), _survived(row["survives"]),
        )
        for kind, node in nodes for one in names if (row := held.get((kind, node, one))) is not None
    )  # fmt: skip


def _survived(survives: bool | None) -> str:
    return "–" if survives is None else "yes" if survives else "no"


def ranking(board: Board) -> Figure | None:
    """The fifteen nodes that lose most in any plan: loss over the fast and the slow recovery."""
    stress = board.stress
    nodes, held, names = _weakest(board)
    if stress is None or not nodes:
        return None
    rows = []
    for kind, node in nodes:
        words = next(row["words"] for one in names if (row := held.get((kind, node, one))) is not None)
        for one in names:
            row = held.get((kind, node, one))
            if row is not None:
                rows.append({"what": words, "key": f"{kind} {node}", "strategy": one, "low": row["loss_low"], "high": row["loss_high"],
                             "full": row["survives"] is False, "text": number(row["loss_high"])})  # fmt: skip
    worst = {one: max((row for (*_, s), row in held.items() if s == one), key=lambda row: row["loss_high"]) for one in names}
    title = "Largest loss from one standstill: " + ", ".join(
        f"{told(row['loss_high'], stress.currency)} in {one} ({row['words'].split(' (')[0]})" for one, row in worst.items()
    )
    about = (
        f"Least lost margin while a node stands still for its time to recover, fast to slow, in {stress.period_id}; the {len(nodes)} nodes that lose "
        "most in any plan. Filled: not survived, hollow: survived; no mark: not in that plan"
    )
    colours = {one: colours_of(board)[one] for one in names}
    scale, unit = scaled(max(row["high"] for row in rows), stress.currency)
    drawn = [{**row, "low": row["low"] / scale, "high": row["high"] / scale} for row in rows]
    svg = spreads.ranges(drawn, colours, unit, f"{title}. {about}")
    return Figure(_CHAPTER, title, about, (svg,), _COLUMNS, _table(nodes, held, names, stress.currency), of=tuple(names))


def lasting(board: Board) -> Figure | None:
    """Time to survive against time to recover, of the nodes of the ranking."""
    stress = board.stress
    nodes, held, names = _weakest(board)
    if stress is None or not nodes:
        return None
    frame = exposed(board)
    shown_rows = [row for node in nodes for one in names if (row := held.get((*node, one))) is not None]
    days = [row["recovery_days_high"] for row in shown_rows if finite(row["recovery_days_high"])]
    most = 1.6 * max(days, default=1.0)
    rows = []
    for row in shown_rows:
        survival = row["survival_days"]
        if survival is None or math.isnan(survival):
            continue
        low, high = (row[end] if finite(row[end]) else None for end in ("recovery_days_low", "recovery_days_high"))
        rows.append({"what": row["words"], "key": f"{row['kind']} {row['node']}", "strategy": row["strategy"], "low": low, "high": high,
                     "days": min(survival, most), "beyond": survival > most, "full": row["survives"] is False})  # fmt: skip
    if not rows:
        return None
    counts: list[str] = []
    for one in names:
        mine_ = frame.filter(pl.col("strategy") == one)
        counts.append(f"{int((~mine_['survives']).sum())} of {mine_.height} {'nodes ' if not counts else ''}in {one}")
    title = f"Not survived until recovery: {listed(counts)}" if len(counts) < 3 else f"Not survived until recovery: {', '.join(counts)}"
    about = (
        "Time to survive (marks: the longest standstill without a lost unit) against time to recover (grey, fast to slow), days; the nodes of "
        f"the ranking. Filled: shorter than the recovery; hollow: survived; arrow: beyond {number(most, 2)} days"
    )
    colours = {one: colours_of(board)[one] for one in names}
    svg = spreads.lasting(rows, colours, most, "days", f"{title}. {about}")
    whole = [(kind, node) for kind, node in frame.sort("loss_high", "kind", "node", descending=[True, False, False]).select("kind", "node").unique(maintain_order=True).iter_rows()]  # fmt: skip
    return Figure(_CHAPTER, title, about, (svg,), _COLUMNS, _table(whole, held, names, stress.currency), of=tuple(names))
