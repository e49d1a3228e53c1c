"""What moving plans through the same events says, in one sentence for each plan against the baseline, and as summary.json holds it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.comparison.board import Board
    from hinterland.comparison.stressed import StressBoard

__all__ = ["answer", "answers", "not_survived", "stress_summary"]

_SAME = 1e-9
_SIZES = ((1e9, " bn"), (1e6, " M"))


def _short(value: float, like: float | None = None) -> str:
    """Three significant digits, in the scale of `like`.

    >>> _short(318_200_000.0), _short(-5_070_000_000.0), _short(0.8), _short(290e6, 1.2e9), _short(0.0), _short(5405.4)
    ('318 M', '−5.07 bn', '0.8', '0.29 bn', '0', '5,410')
    """
    size, word = next((one for one in _SIZES if abs(value if like is None else like) >= one[0] * (1 - 5e-4)), (1.0, ""))
    part = abs(value) / size
    if part == 0:
        return "0"
    power = math.floor(math.log10(part))
    part = round(part, 2 - power)
    text = f"{part:,.{min(max(0, 2 - power), 4)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{'−' if value < 0 and text != '0' else ''}{text}{word if text != '0' else ''}"


def _range(low: float, high: float, replications: int) -> str:
    """The interval of a difference in brackets; where every replication says the same, that; one replication has none."""
    if replications < 2:
        return ""
    most = max(abs(low), abs(high))
    if high - low <= _SAME * most:
        return "(the same in every replication)"
    return f"(95 % interval {_short(low, most)} to {_short(high, most)})"


def _row(frame: pl.DataFrame, strategy: str, measure: str) -> dict[str, Any] | None:
    rows = frame.filter((pl.col("strategy") == strategy) & (pl.col("measure") == measure))
    return rows.row(0, named=True) if rows.height else None


def _clause(stress: StressBoard, strategy: str, measure: str, scale: float, verb: str, unit: str, thing: str, matter: str) -> str:
    """One measure: less, more, the same, or no difference that can be told apart from chance."""
    found = _row(stress.differences, strategy, measure)
    if found is None:
        return ""
    levels = [_row(stress.measures, name, measure) for name in (strategy, stress.against)]
    size = max((abs(one["mean"]) for one in levels if one is not None), default=0.0)
    low, mean, high = (scale * found[name if stress.replications > 1 else "mean"] for name in ("low", "mean", "high"))
    if max(abs(low), abs(high)) <= _SAME * scale * size or low == high == 0:
        return f"it {verb} exactly as much {thing}"
    if low <= 0 <= high and stress.replications > 1:
        most = max(abs(low), abs(high))
        return f"in {matter} no difference can be told apart from chance ({_short(low, most)} to {_short(high, most)} {unit})"
    word = "less" if mean < 0 else "more"
    ends = (-high, -low) if mean < 0 else (low, high)
    return f"it {verb} {_short(abs(mean))} {unit} {word} {thing} {_range(*ends, stress.replications)}".replace("  ", " ").rstrip()


def not_survived(stress: StressBoard, strategy: str) -> dict[str, Any] | None:
    """How many nodes of a plan are not survived as long as they take to recover, of how many, and the worst; None without exposure."""
    rows = stress.exposure.filter(pl.col("strategy") == strategy)
    if not rows.height:
        return None
    weak = rows.filter(~pl.col("survives")).sort(["loss_high", "kind", "node"], descending=[True, False, False])
    return {"count": weak.height, "of": rows.height, "worst": weak.row(0, named=True) if weak.height else None}


def answer(stress: StressBoard, strategy: str, costs: tuple[float, float] | None = None) -> str:
    """One sentence: what a plan loses, serves late, does not survive and costs (`costs`: the plan's, the baseline's) against the baseline.

    Says "no difference can be told apart from chance" where the 95 % interval holds 0, and "in this one future" of one replication.
    """
    base, money = stress.against, stress.currency
    clauses = [
        _clause(stress, strategy, "lost_margin", 1.0, "loses", money, "margin", "lost margin"),
        _clause(stress, strategy, "lost", 1.0, "loses", stress.unit, "of what is wanted", "what is lost"),
        _clause(stress, strategy, "late_share", 100.0, "serves", "points", "of what is wanted late", "what is served late"),
    ]
    mine, theirs = not_survived(stress, strategy), not_survived(stress, base)
    if mine is not None and theirs is not None:
        clauses.append(
            f"{mine['count']} of its {mine['of']} nodes are not survived as long as they take to recover, "
            f"against {theirs['count']} of {theirs['of']}"
        )
    if costs is not None:
        more = costs[0] - costs[1]
        if abs(more) <= _SAME * max(abs(costs[0]), abs(costs[1])):
            clauses.append("over all periods it costs the same")
        else:
            share = f" ({'+' if more > 0 else '−'}{abs(more) / abs(costs[1]):.1%})".replace("%", " %") if costs[1] else ""
            clauses.append(f"over all periods it costs {_short(abs(more))} {money} {'more' if more > 0 else 'less'}{share}")
    days = f"{'in this one future ' if stress.replications < 2 else ''}from {stress.first_day} to {stress.last_day}"
    return f"{strategy} against {base}, {days}: " + "; ".join(one for one in clauses if one) + "."


def answers(board: Board) -> tuple[str, ...]:
    """The sentence of every plan of a board that was moved through events, with what it costs; none where plans were not."""
    stress = board.stress
    if stress is None:
        return ()
    cost = {name: board.kpi(name, "cost_total") for name in board.strategies}
    base = cost.get(stress.against)
    told = []
    for name in stress.strategies:
        mine = cost.get(name)
        if name != stress.against:
            told.append(answer(stress, name, None if mine is None or base is None else (mine, base)))
    return tuple(told)


def stress_summary(stress: StressBoard, said: tuple[str, ...] = ()) -> dict[str, Any]:
    """The stress part of summary.json: measures by plan, differences with their intervals, hazards, weak nodes, sentences."""

    def by(frame: pl.DataFrame, names: tuple[str, ...]) -> dict[str, dict[str, dict[str, Any]]]:
        told: dict[str, dict[str, dict[str, Any]]] = {}
        for row in frame.iter_rows(named=True):
            told.setdefault(row["strategy"], {})[row["measure"]] = {name: row[name] for name in names}
        return told

    weak: Mapping[str, Any] = {name: not_survived(stress, name) for name in stress.strategies}
    return {
        "against": stress.against,
        "replications": stress.replications,
        "seed": stress.seed,
        "first_day": stress.first_day.isoformat(),
        "last_day": stress.last_day.isoformat(),
        "step_days": stress.step_days,
        "events": stress.events,
        "units": dict(stress.measures.select("measure", "unit").iter_rows()),
        "measures": by(stress.measures, ("mean", "low", "high", "var95", "cvar95")),
        "differences": by(stress.differences, ("mean", "low", "high", "certain")),
        "hazards": {
            name: stress.hazards.filter(pl.col("strategy") == name).drop("strategy").to_dicts() for name in stress.strategies
        },
        "exposure": {
            "method": stress.method or None,
            "period_id": stress.period_id or None,
            "not_survived": weak,
        },
        "options": stress.options.to_dicts(),
        "answers": list(said),
        "notes": list(stress.notes),
    }  # fmt: skip
