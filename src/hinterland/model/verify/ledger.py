"""The lines of a proof: what stands on both sides of each rule, by how much it fails, and that in words for planners."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays

__all__ = ["LINE_COLUMNS", "Ledger", "Sense", "violation_of"]

Sense = Literal["=", "<=", ">="]
LINE_COLUMNS: dict[str, pl.DataType] = {
    "check": pl.String(),
    "where": pl.String(),
    "period_id": pl.String(),
    "left": pl.Float64(),
    "right": pl.Float64(),
    "relative_error": pl.Float64(),
    "ok": pl.Boolean(),
    "words": pl.String(),
}


def violation_of(left: Floats, sense: Sense, right: Floats) -> Floats:
    """By how much left (sense) right fails, 0 where it holds; NaN counts as infinitely wrong.

    >>> violation_of(np.array([3.0, 1.0]), "<=", np.array([2.0, 2.0]))
    array([1., 0.])
    """
    gap = {"=": np.abs(left - right), "<=": left - right, ">=": right - left}[sense]
    return np.where(np.isnan(gap), np.inf, np.maximum(gap, 0.0))


def _told(template: str, columns: dict[str, str]) -> pl.Expr:
    names = re.findall(r"{(\w+)}", template)
    return pl.format(re.sub(r"{\w+}", "{}", template), *[pl.col(columns.get(name, name)) for name in names])


@dataclass
class Ledger:
    """Collects lines; `tolerance` is relative to the scale of each line."""

    a: Arrays
    tolerance: float
    frames: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self, check: str, where: pl.Series | list[str], t: Ints | None, left: Floats, sense: Sense, right: Floats,
        scale: Floats | float, words: str,
    ) -> None:  # fmt: skip
        """Add lines left (sense) right; the error counts relative to the largest of both sides and `scale`.

        `words` is a template of {where}, {period}, {left} and {right}. Lines without a finite limit are left out.
        """
        size = len(left)
        if not size:
            return
        ids = pl.Series("period_id", list(self.a.calendar.ids), dtype=pl.String)
        frame = pl.DataFrame(
            {
                "check": pl.Series([check], dtype=pl.String).new_from_index(0, size),
                "where": pl.Series(where, dtype=pl.String),
                "period_id": ids[t] if t is not None else pl.Series([None], dtype=pl.String).new_from_index(0, size),
                "left": pl.Series(left, dtype=pl.Float64),
                "right": pl.Series(np.broadcast_to(right, (size,)), dtype=pl.Float64),
            }
        )
        with np.errstate(invalid="ignore"):
            gap = violation_of(left, sense, right)
            largest = np.maximum(np.maximum(np.abs(left), np.abs(right)), np.maximum(scale, 1e-12))
            error = np.where(np.isinf(gap), np.inf, gap / np.where(np.isfinite(largest), largest, 1.0))
        told = [pl.col(name).round_sig_figs(6).cast(pl.String).str.strip_suffix(".0").alias(f"_{name}") for name in ("left", "right")]
        limited = pl.col("right").is_not_nan() & pl.col("right").is_infinite()
        self.frames.append(
            frame.with_columns(relative_error=pl.Series(error), ok=pl.Series(error <= self.tolerance))
            .filter(~limited | ~pl.col("ok"))
            .with_columns(told)
            .with_columns(_period=pl.col("period_id").fill_null("all periods"))
            .with_columns(words=_told(words, {"period": "_period", "left": "_left", "right": "_right"}))
            .select(list(LINE_COLUMNS))
        )

    def lines(self) -> pl.DataFrame:
        """All lines, sorted by check, place and period."""
        return pl.concat([pl.DataFrame(schema=LINE_COLUMNS), *self.frames]).sort("check", "where", "period_id", maintain_order=True)
