"""Regional policies: every policy of the plan's world, hard or soft, kept or broken and by how much, as the proof counts it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.compliance.findings import Finding, Row
from hinterland.model.dated import Dated
from hinterland.model.verify.ledger import Ledger
from hinterland.model.verify.policies import check_policies
from hinterland.model.verify.totals import totals_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.compliance.audited import Asked, Audited
    from hinterland.core.calendar import Floats

__all__ = ["regional_policies"]

_TOLERANCE = 1e-6
"""Relative to the line's scale, as in the proof of a plan."""
_SHARES = {"min_regional_share": True, "max_country_share": False, "max_site_share": False}


def _lines(w: Audited) -> Mapping[str, pl.DataFrame]:
    """Lines of the proof of each policy, soft ones counted as if they were hard: where, period_id, left, right, relative_error, words."""

    def find() -> Mapping[str, pl.DataFrame]:
        policies = w.net["policies"]
        sums = w.once("totals", lambda: totals_of(w.a, w.placed))
        found = {}
        for policy in policies["policy_id"].to_list():
            alone = policies.filter(pl.col("policy_id") == policy).with_columns(penalty_per_unit=pl.lit(None, dtype=pl.Float64))
            changes = w.net["changes"].filter(~((pl.col("table") == "policies") & (pl.col("column") == "penalty_per_unit")))
            net = replace(w.net, tables={**w.net.tables, "policies": alone, "changes": changes})
            ledger = Ledger(replace(w.a, net=net), _TOLERANCE)
            check_policies(ledger.a, w.placed, sums, w.accounts, ledger)
            found[policy] = ledger.lines()
        return found

    return w.once("policies", find)


def regional_policies(w: Audited, asked: Asked) -> list[Finding]:
    """Every policy in a period: what is counted on the left against the limit on the right; shares as shares."""
    period, found = w.period_id(asked.period), []
    values: Floats = w.once("policy values", lambda: Dated(w.net).values("policies", "value", 0.0))
    weights: Floats = w.once("policy weights", lambda: Dated(w.net).spans_weight("policies"))
    for at, policy in enumerate(w.net["policies"].iter_rows(named=True)):
        name, kind = policy["policy_id"], policy["kind"]
        lines = _lines(w)[name].filter(pl.col("period_id") == period)
        hard = policy["penalty_per_unit"] is None
        row = Row(
            "policies",
            f"policy_id={name}",
            float(values[at, asked.period]),
            policy["value_unit"] or None,
            contributes="hard" if hard else "soft: may be broken at a price",
        )
        if not lines.height:
            if kind in _SHARES and kind.startswith("min") and values[at, asked.period] <= 0:
                why = "its share is 0: switched off"
            else:
                why = (
                    "it does not hold in this period"
                    if weights[at, asked.period] <= 0
                    else "nothing of what it speaks of is there, or nothing counts it yet"
                )
            found.append(Finding(f"policy {name}", "not_applicable", note=why, evidence=(row,)))
            continue
        for left, right, error, where, words in lines.select("left", "right", "relative_error", "where", "words").iter_rows():
            least = "at least" in words
            value, limit, unit = float(left), float(right), policy["value_unit"] or ""
            share = float(values[at, asked.period] * weights[at, asked.period])
            if kind in _SHARES:
                share = share if _SHARES[kind] else share + 1.0 - float(weights[at, asked.period])
                base = right / share if share > 0 else np.nan
                value, limit, unit = (float(left / base), share, "share") if base > 0 else (value, limit, unit)
            margin = value - limit if least else limit - value
            counted = Row("plan flows", f"period_id={period}", float(left), None, float(right), None, str(words))
            scope = str(where).removeprefix("policy ")
            found.append(
                Finding(f"policy {scope}", "met" if error <= _TOLERANCE else "not_met", value, limit, margin, unit,
                        f"{'hard' if hard else 'soft'}; {words}", (row, counted))
            )  # fmt: skip
    return found
