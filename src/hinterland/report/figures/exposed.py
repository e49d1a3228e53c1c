"""Where a plan is weak: what the standstill of a node loses, and whether the plan lasts until it is back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.report import spreads
from hinterland.report.figures.figure import Figure, colours_of
from hinterland.report.numbers import number
from hinterland.report.stress_words import between, finite, narrowness, node_words, plans, scaled, shown, told

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


@dataclass(frozen=True, slots=True)
class _Weak:
    """The nodes that lose most in any plan, how many other nodes lose the same as each, all rows by node and plan, plans with rows."""

    nodes: list[tuple[str, str]]
    same: dict[tuple[str, str], int]
    rows: dict[tuple[str, str, str], dict[str, Any]]
    names: list[str]

    def words(self, node: tuple[str, str]) -> str:
        """Name of a node, with how many others lose the same."""
        name = next(row["words"] for one in self.names if (row := self.rows.get((*node, one))) is not None)
        return f"{name}\u00a0+{self.same[node]}" if self.same[node] else name


def _weakest(board: Board) -> _Weak:
    """Nodes that lose exactly the same in every plan stand once, by the narrowest of them: a site for its operator and its country."""
    frame = exposed(board)
    names = [one for one in plans(board) if one in set(frame["strategy"])] if frame.height else []
    rows = {(row["kind"], row["node"], row["strategy"]): row for row in frame.iter_rows(named=True)}
    most: dict[tuple[str, str], float] = {}
    for (kind, node, _), row in rows.items():
        most[kind, node] = max(most.get((kind, node), 0.0), row["loss_high"])
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for pair in sorted(most, key=lambda one: (-float(f"{most[one]:.6g}"), narrowness(one[0]), one)):
        if most[pair] > 0:
            found = (rows.get((*pair, one)) for one in names)
            groups.setdefault(tuple("" if row is None else f"{row['loss_low']:.6g} {row['loss_high']:.6g}" for row in found), []).append(
                pair
            )
    first = [held[0] for held in groups.values()][:_MOST]
    return _Weak(first, {held[0]: len(held) - 1 for held in groups.values()}, rows, names)


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
    stress, weak = board.stress, _weakest(board)
    if stress is None or not weak.nodes:
        return None
    rows = [
        {"what": weak.words(node), "key": " ".join(node), "strategy": one, "low": row["loss_low"], "high": row["loss_high"],
         "full": row["survives"] is False, "text": number(row["loss_high"])}
        for node in weak.nodes for one in weak.names if (row := weak.rows.get((*node, one))) is not None
    ]  # fmt: skip
    worst = {}
    for one in weak.names:
        mine = [row for node in weak.nodes if (row := weak.rows.get((*node, one))) is not None]
        worst[one] = max(mine, key=lambda row: row["loss_high"], default=None)
    title = "Largest loss from one standstill: " + ", ".join(
        f"{told(row['loss_high'], stress.currency)} in {one} ({row['words'].split(' (')[0]})"
        for one, row in worst.items()
        if row is not None
    )
    about = (
        f"Least lost margin while a node stands still for its time to recover, fast to slow{' in ' + stress.period_id if stress.period_id else ''}; "
        f"the {len(weak.nodes)} that lose most in any plan. Filled: not survived, hollow: survived; no mark: not in that plan"
        + ("; +n: n other nodes lose the same" if any(weak.same[one] for one in weak.nodes) else "")
    )
    scale, unit = scaled(max(row["high"] for row in rows), stress.currency)
    drawn = [{**row, "low": row["low"] / scale, "high": row["high"] / scale} for row in rows]
    colours = {one: colours_of(board)[one] for one in weak.names}
    svg = spreads.ranges(drawn, colours, unit, f"{title}. {about}")
    return Figure(
        _CHAPTER, title, about, (svg,), _COLUMNS, _table(weak.nodes, weak.rows, weak.names, stress.currency), of=tuple(weak.names)
    )


def lasting(board: Board) -> Figure | None:
    """Time to survive against time to recover, of the nodes of the ranking; the table has every node."""
    stress, weak = board.stress, _weakest(board)
    if stress is None or not weak.nodes:
        return None
    shown_rows = [(node, row) for node in weak.nodes for one in weak.names if (row := weak.rows.get((*node, one))) is not None]
    days = [row["recovery_days_high"] for _, row in shown_rows if finite(row["recovery_days_high"])]
    most = 1.6 * max(days, default=1.0)
    rows = []
    for node, row in shown_rows:
        survival = row["survival_days"]
        if survival is None or math.isnan(survival):
            continue
        low, high = (row[end] if finite(row[end]) else None for end in ("recovery_days_low", "recovery_days_high"))
        rows.append({"what": weak.words(node), "key": " ".join(node), "strategy": row["strategy"], "low": low, "high": high,
                     "days": min(survival, most), "beyond": survival > most, "full": row["survives"] is False})  # fmt: skip
    if not rows:
        return None
    frame = exposed(board)
    counts: list[str] = []
    for one in weak.names:
        mine = frame.filter(pl.col("strategy") == one)
        counts.append(f"{int((~mine['survives']).sum())} of {mine.height} {'nodes ' if not counts else ''}in {one}")
    title = f"Not survived until recovery: {', '.join(counts)}"
    about = (
        "Time to survive (marks: the longest standstill without a lost unit) against time to recover (grey, fast to slow), days; the nodes of "
        f"the ranking. Filled: shorter than the recovery; hollow: survived; arrow: beyond {number(most, 2)} days"
    )
    colours = {one: colours_of(board)[one] for one in weak.names}
    svg = spreads.lasting(rows, colours, most, "days", f"{title}. {about}")
    order = frame.sort("loss_high", "kind", "node", descending=[True, False, False]).select("kind", "node").unique(maintain_order=True)
    table = _table(list(order.iter_rows()), weak.rows, weak.names, stress.currency)
    return Figure(_CHAPTER, title, about, (svg,), _COLUMNS, table, of=tuple(weak.names))
