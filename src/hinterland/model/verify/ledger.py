"""The lines of a proof: what stands on both sides of each rule, by how much it fails, and that in words for planners."""

from __future__ import annotations

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


def _pieces(template: str) -> tuple[str, bool, str, bool, str]:
    """Split `a {left} b {right} c` into its words and whether each side is told.

    >>> _pieces("makes {left}, at most 1")
    ('makes ', True, ', at most 1', False, '')
    """
    before, left, rest = template.partition("{left}")
    between, right, after = (rest if left else before).partition("{right}")
    return (before, bool(left), between, bool(right), after) if left else ("", False, between, bool(right), after)


@dataclass(frozen=True, slots=True)
class _Part:
    check: str
    template: str
    where: pl.Series
    period: Ints
    left: Floats
    right: Floats
    error: Floats


@dataclass
class Ledger:
    """Collects lines; `tolerance` is relative to the scale of each line."""

    a: Arrays
    tolerance: float
    parts: list[_Part] = field(default_factory=list)

    def add(
        self, check: str, where: pl.Series | list[str], t: Ints | None, left: Floats, sense: Sense, right: Floats,
        scale: Floats | float, words: str,
    ) -> None:  # fmt: skip
        """Add lines left (sense) right; the error counts relative to the largest of both sides and `scale`.

        `words` says what is wrong with {left} and {right}, in this order; place and period come before. Lines without a
        finite limit are left out.
        """
        if not len(left):
            return
        gap = violation_of(left, sense, right)
        largest = np.maximum(np.maximum(np.abs(left), np.abs(right)), np.maximum(scale, 1e-12))
        error = np.where(np.isinf(gap), np.inf, gap / np.where(np.isfinite(largest), largest, 1.0))
        period = np.full(len(left), -1) if t is None else t
        names = where if isinstance(where, pl.Series) else pl.Series(where, dtype=pl.String)
        kept = np.flatnonzero(~np.isinf(right) | (error > 0))
        self.parts.append(_Part(check, words, names.gather(kept), period[kept], left[kept], right[kept], error[kept]))

    def lines(self) -> pl.DataFrame:
        """All lines, sorted by check, place and period."""
        parts = [part for part in self.parts if len(part.left)]
        if not parts:
            return pl.DataFrame(schema=LINE_COLUMNS)
        sizes = [len(part.left) for part in parts]
        of = np.repeat(np.arange(len(parts)), sizes)
        pieces = [_pieces(part.template) for part in parts]

        def word(at: int) -> pl.Series:
            return pl.Series([str(one[at]) for one in pieces], dtype=pl.String)[of]

        def told(name: str, at: int) -> pl.Expr:
            shown = pl.Series(np.array([bool(one[at]) for one in pieces])[of])
            return pl.when(shown).then(pl.col(name).round_sig_figs(6).cast(pl.String).str.strip_suffix(".0")).otherwise(pl.lit(""))

        ids = pl.Series([*self.a.calendar.ids, None], dtype=pl.String)
        error = np.concatenate([part.error for part in parts])
        frame = pl.DataFrame(
            {
                "check": pl.Series([part.check for part in parts], dtype=pl.String)[of],
                "where": pl.concat([part.where.alias("where") for part in parts]),
                "period_id": ids[np.concatenate([part.period for part in parts])],
                "left": np.concatenate([part.left for part in parts]),
                "right": np.concatenate([part.right for part in parts]),
                "relative_error": error,
                "ok": error <= self.tolerance,
                "_before": word(0),
                "_between": word(2),
                "_after": word(4),
            }
        )
        place = pl.when(pl.col("period_id").is_null()).then("where").otherwise(pl.concat_str("where", pl.lit(" in "), "period_id"))
        words = pl.concat_str(place, pl.lit(": "), "_before", told("left", 1), "_between", told("right", 3), "_after")
        return frame.with_columns(words=words).select(list(LINE_COLUMNS)).sort("check", "where", "period_id", maintain_order=True)
