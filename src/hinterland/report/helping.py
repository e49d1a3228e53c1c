"""What would help at the weakest nodes, the most avoided per money first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.report.numbers import number, share
from hinterland.report.stress_words import finite, narrowness, node_words, plans, shown, told
from hinterland.report.words import plain, sentence

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["Helping", "helping"]

_MOST = 12
_SAME = ("loss", "loss_after", "cost_per_year")


@dataclass(frozen=True, slots=True)
class Helping:
    """A headline, what is compared, and a row of texts for each measure."""

    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _option(option: str | None, amount: float | None, unit: str | None) -> str:
    """A measure in words: 14 days of buffer, a standby for half."""
    if option == "buffer":
        return f"Buffer of {number(amount, 2)} {unit or 'days'}"
    if option == "standby":
        return f"Standby for {share(amount, 2)} of what it does"
    return f"{sentence(plain(option or ''))}, {share(amount, 2) if unit == 'share' else number(amount)} {'' if unit == 'share' else unit or ''}".strip(
        " ,"
    )


def helping(board: Board) -> Helping | None:
    """Measures at the weakest nodes of every plan, ranked by lost margin avoided per money a year; those of unknown cost come last."""
    stress = board.stress
    if stress is None:
        return None
    frame = stress.options.filter(pl.col("strategy").is_in(plans(board)) & pl.col("avoided").is_finite() & (pl.col("avoided") > 0))
    if not frame.height:
        return None
    order = ["avoided_per_cost", "avoided", "strategy", "kind", "node", "option"]
    # a country that rests on one site is helped as its site is: the narrowest stands for both
    frame = frame.with_columns(
        wide=pl.col("kind").map_elements(narrowness, return_dtype=pl.Int64), **{one: pl.col(one).round_sig_figs(6) for one in _SAME}
    )
    frame = frame.sort("wide", "kind", "node").unique(["strategy", "option", "amount", *_SAME], keep="first", maintain_order=True)
    frame = frame.sort(order, descending=[True, True, False, False, False, False], nulls_last=True)
    names = {
        (kind, node): name for kind, node, name in stress.exposure.select("kind", "node", "name").unique(maintain_order=True).iter_rows()
    }

    def words(row: dict[str, Any]) -> str:
        return node_words(row["kind"], names.get((row["kind"], row["node"])), row["node"])

    rows = [
        (
            words(row), row["strategy"], _option(row["option"], row["amount"], row["unit"]), shown(row["loss"], stress.currency),
            shown(row["loss_after"], stress.currency), shown(row["avoided"], stress.currency),
            shown(row["cost_per_year"], stress.currency) if finite(row["cost_per_year"]) else "not known", shown(row["avoided_per_cost"], ""),
        )
        for row in frame.head(_MOST).iter_rows(named=True)
    ]  # fmt: skip
    best = frame.row(0, named=True)
    cost = f" for {told(best['cost_per_year'], stress.currency)} a year" if finite(best["cost_per_year"]) else "; its cost is not known"
    option = _option(best["option"], best["amount"], best["unit"])
    title = (
        f"Most per money: {option[:1].lower()}{option[1:]} at {words(best)} in {best['strategy']} avoids {told(best['avoided'], stress.currency)} "
        f"of {told(best['loss'], stress.currency)} lost in a standstill{cost}"
    )
    left = frame.height - len(rows)
    about = (
        "Each measure alone: lost margin of one standstill for the slow time to recover, without it and with it, and what it costs a year"
        + (f"; the {len(rows)} best, {left} more were tried" if left else "")
    )
    money = stress.currency
    columns = (
        "Node",
        "Plan",
        "Measure",
        f"Loss, {money}",
        f"With it, {money}",
        f"Avoided, {money}",
        f"Cost a year, {money}",
        "Avoided per cost a year",
    )
    return Helping(title, about, columns, tuple(rows))
