"""The board in one small dictionary: what summary.json holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.comparison.decisions import broken_rules
from hinterland.comparison.stress_answers import answers, stress_summary

if TYPE_CHECKING:
    from hinterland.comparison.board import Board

__all__ = ["summary"]


def _clean(value: object) -> Any:
    """JSON knows no NaN or infinity: null; mappings, lists and numbers of other libraries become plain ones."""
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, float) or hasattr(value, "__float__"):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, (list, tuple)):
        return [_clean(one) for one in value]
    if hasattr(value, "items"):
        return {str(key): _clean(one) for key, one in value.items()}
    return str(value)


def _by(frame: pl.DataFrame, strategy: str, label: str, value: str) -> dict[str, Any]:
    rows = frame.filter(pl.col("strategy") == strategy)
    return {name: _clean(amount) for name, amount in rows.select(label, value).iter_rows()}


def summary(board: Board) -> dict[str, Any]:
    """Key figures, proof and broken rules of every strategy, data quality and the price of exclusivity; clean for JSON.

    rules_broken: policies that a plan breaks, with the worst period. passage_share is by passage, 0 where only another plan uses it; country_hhi is the mean, country_hhi_by_stage has each.
    `stress` is there where the plans were moved through the same events.
    """
    passages = sorted(board.passages["passage"].unique().to_list())
    strategies, broken = {}, broken_rules(board)
    for name in board.strategies:
        told: dict[str, Any] = {
            kpi: _clean(value) for kpi, value in board.kpis.filter(pl.col("strategy") == name).select("kpi", "value").iter_rows()
        }
        told["passage_share_any"] = told.pop("passage_share")
        told["passage_share"] = dict.fromkeys(passages, 0.0) | _by(board.passages, name, "passage", "share")
        told["country_hhi_by_stage"] = _by(board.concentration, name, "stage", "hhi")
        told["rules_broken"] = [_clean(row) for row in broken.filter(pl.col("strategy") == name).drop("strategy").to_dicts()]
        proof = board.proofs.get(name, {})
        told |= {
            "status": proof.get("status"),
            "gap": _clean(proof.get("gap_share")),
            "verified": proof.get("verified"),
            "verify_max_relative_error": _clean(proof.get("verify_max_relative_error")),
            "input_digest": proof.get("input_digest"),
            "solve_seconds": _clean(proof.get("seconds")),
        }
        strategies[name] = told
    kinds = ("cost_share", "co2e_share")
    quality = {name: {kind: _by(board.quality, name, "quality", kind) for kind in kinds} for name in board.strategies}
    parts: dict[str, dict[str, Any]] = {}
    for strategy, part, value in board.exclusivity.select("strategy", "part", "value").iter_rows():
        parts.setdefault(strategy, {})[part] = _clean(value)
    price = [
        {"value": found["total"], "unit": board.currency, "of": strategy, "real_cost": found["real cost"], "penalties": found["penalties"]}
        for strategy, found in parts.items()
    ]
    return {
        "title": board.title,
        "unit": board.unit,
        "currency": board.currency,
        "against": board.against,
        "delivered": float(board.delivered["quantity"].sum()),
        "strategies": strategies,
        "quality": quality,
        "price_of_exclusivity": price[0] if price else None,
        "notes": list(board.notes),
        **({} if board.stress is None else {"stress": _clean(stress_summary(board.stress, answers(board)))}),
    }
