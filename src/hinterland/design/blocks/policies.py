"""Policies: hard rows, and soft rows with a slack that pays a penalty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hinterland.design.axes import entry_periods
from hinterland.design.terms import Draft, Term, add_rows, nothing, term

if TYPE_CHECKING:
    from hinterland.design.rules import Rule

__all__ = ["capped_credits", "keep_policies"]


def keep_policies(d: Draft, rules: list[Rule]) -> list[int]:
    """Σ terms ≥ right − slack, or ≤ right + slack; slack ≥ 0 only where the policy has a penalty.

    Returns the rule of each entry of the variable `broken`.
    """
    soft = [at for at, rule in enumerate(rules) if rule.penalty is not None]
    if soft:
        d.model.add_variables(lower=0, coords=[pd.RangeIndex(len(soft), name="broken_entry")], name="broken")
    place = {at: entry for entry, at in enumerate(soft)}
    for sign in (">=", "<="):
        terms: list[Term] = []
        right = np.zeros(len(rules))
        for at, rule in enumerate(rules):
            if rule.sign != sign:
                continue
            right[at] = rule.right
            terms += [
                term(d, variable, np.full(len(entries), at), amounts, entries) for variable, entries, amounts in rule.terms if len(entries)
            ]
            if at in place:
                terms.append(term(d, "broken", np.array([at]), 1.0 if sign == ">=" else -1.0, np.array([place[at]])))
            elif not any(len(entries) for _, entries, _ in rule.terms) and (rule.right > 0 if sign == ">=" else rule.right < 0):
                terms.append(nothing(d, np.array([at])))
        add_rows(d, "policy_least" if sign == ">=" else "policy_most", "rule", terms, sign, right)
    return soft


def capped_credits(d: Draft, parts: list[list[tuple[str, np.ndarray, np.ndarray]]], caps: list[float]) -> None:
    """Σ_τ≤t credit[i,τ] ≤ Σ_τ≤t amount · (made − disposed) and ≤ cap_amount, for incentives with a cap: earliest first."""
    if not caps:
        return
    count = len(caps) * d.periods
    d.model.add_variables(lower=-np.inf, coords=[pd.RangeIndex(count, name="credit_entry")], name="credit")
    row = np.arange(count)
    upto = [(late, early) for late in row for early in range(late - late % d.periods, late + 1)]
    late, early = np.array(upto).T
    paid = term(d, "credit", late, 1.0, early)
    terms = [paid]
    for at, one in enumerate(parts):
        for variable, entries, amounts in one:
            periods = entry_periods(d.arrays, variable)
            assert periods is not None  # noqa: S101 -- credits are earned on what is made, claimed and thrown away
            period = periods[entries]
            for t in range(d.periods):
                early_on = period <= t
                terms.append(term(d, variable, np.full(early_on.sum(), at * d.periods + t), -amounts[early_on], entries[early_on]))
    add_rows(d, "credit_earned", "credit_period", terms, "<=", np.zeros(count))
    add_rows(d, "credit_cap", "credit_period", [paid], "<=", np.repeat(caps, d.periods))
