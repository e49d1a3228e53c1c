"""Claims of a solution as rows of a plan: flows split by grade, and what of each lot and input is claimed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.build import Blueprint

__all__ = ["claimed_rows", "graded", "refunded_rows"]

_NOISE = 1e-12
"""Below this share of the need a solver's number is zero."""


def _need(b: Blueprint, products: Ints) -> Floats:
    need = b.need.sum(axis=1)
    return np.maximum(np.where(np.isfinite(need), need, 1.0)[products], 1e-12)


def graded(b: Blueprint, x: Floats, kept: Ints) -> tuple[Ints, list[str | None], Floats]:
    """Split some flow entries by the rules under which their units originate: entry, grade (joined by +) and quantity.

    A unit enters under one rule, so what saves duty lies side by side; what only hands origin on may lie on top of it.
    """
    d, a = b.draft, b.draft.arrays
    c, flow = a.claims, x[d.labels("flow")] if d.has("flow") else np.zeros(0)
    if not d.has("carried"):
        return kept, [None] * len(kept), flow[kept]
    carried = x[d.labels("carried")]
    least = _NOISE * _need(b, a.flows.product[a.flows.lane])
    parts: dict[int, list[int]] = {}
    for at in np.flatnonzero(carried > least[c.carried_flow]).tolist():
        parts.setdefault(int(c.carried_flow[at]), []).append(at)
    entries: list[int] = []
    grades: list[str | None] = []
    amounts: list[float] = []
    for entry in kept.tolist():
        spans, begin = [], 0.0
        for at in sorted(parts.get(entry, []), key=lambda one: c.carried_relief[one] <= 0):
            low = begin if c.carried_relief[at] > 0 else 0.0
            high = min(float(flow[entry]), low + float(carried[at]))
            spans.append((low, high, c.rules[int(c.carried_rule[at])]))
            begin = high if c.carried_relief[at] > 0 else begin
        cuts = sorted({0.0, float(flow[entry]), *(edge for low, high, _ in spans for edge in (low, high))})
        found: dict[str | None, float] = {}
        for low, high in pairwise(cuts):
            names = "+".join(sorted(name for first, last, name in spans if first <= low and high <= last)) or None
            if high - low > least[entry] or len(cuts) == 2:
                found[names] = found.get(names, 0.0) + high - low
        entries += [entry] * len(found)
        grades += list(found)
        amounts += list(found.values())
    return np.array(entries, dtype=np.int64), grades, np.array(amounts, dtype=np.float64)


def claimed_rows(b: Blueprint, x: Floats) -> pl.DataFrame:
    """Rows of a plan's `claims`: claimed output by line and vintage, and clean inputs of each lot."""
    from hinterland.model.accounts.frames import Names

    d, a = b.draft, b.draft.arrays
    c, out, names = a.claims, a.making.outputs, Names(a)
    if not d.has("claimed"):
        return pl.DataFrame()
    claimed, clean = x[d.labels("claimed")], x[d.labels("clean")] if d.has("clean") else np.zeros(len(c.input_lot))
    line = out.line[c.claim_output]
    shown = np.flatnonzero(claimed > _NOISE * _need(b, a.making.lines.product[line]))
    used = np.flatnonzero(clean > _NOISE * _need(b, a.pools.product[c.input_pool]))
    rules, methods = pl.Series(c.rules, dtype=pl.String), pl.Series(c.lot_method, dtype=pl.String)

    def lots(lot: Ints) -> dict[str, pl.Series]:
        return {"rule_id": rules[c.lot_rule[lot]], "method": methods[lot], "period_id": names.periods(c.lot_period[lot])}

    none = pl.lit(None, dtype=pl.String)
    goods = pl.DataFrame(names.lines(line[shown]) | lots(c.claim_lot[shown])).with_columns(
        vintage=names.vintages(out.vintage[c.claim_output[shown]]), input_product_id=none, quantity=pl.Series(claimed[shown])
    )
    inputs = pl.DataFrame(names.pools(c.lot_pool[c.input_lot[used]]) | lots(c.input_lot[used])).with_columns(
        recipe_id=none, vintage=none, input_product_id=names.pools(c.input_pool[used])["product_id"], quantity=pl.Series(clean[used])
    )
    return pl.concat([goods, inputs.select(goods.columns)])


def refunded_rows(b: Blueprint, x: Floats) -> pl.DataFrame:
    """Rows of a plan's `refunds`: what each lane carries whose duty comes back."""
    d, a = b.draft, b.draft.arrays
    if not d.has("refunded"):
        return pl.DataFrame()
    back, flow, flows = x[d.labels("refunded")], a.refunds.refund_flow, a.flows
    kept = np.flatnonzero(back > _NOISE * _need(b, flows.product[flows.lane[flow]]))
    lanes = flows.rates.lanes.select("lane_id", "product_id")[flows.lane[flow[kept]].tolist()]
    periods = pl.Series([a.calendar.ids[t] for t in flows.period[flow[kept]]], dtype=pl.String)
    return lanes.with_columns(period_id=periods, quantity=pl.Series(back[kept]))
