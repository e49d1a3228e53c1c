"""Contracts: shares, quantities, exclusivity and take-or-pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hinterland.design.terms import Draft, Term, add_rows, nothing, term

if TYPE_CHECKING:
    import numpy.typing as npt

    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.deals import Deal

__all__ = ["contract_quantities", "contract_shares", "exclusivity", "take_or_pay"]


def _sum(d: Draft, variable: str, base: int, entries: Ints, factor: Floats | float) -> Term:
    """Σ of entries in rows base · periods + their period; `factor` by period."""
    a = d.arrays
    period = {"flow": a.flows.period, "bought": a.offers.period, "made": a.making.outputs.period}[variable][entries]
    weights = np.broadcast_to(np.asarray(factor, dtype=np.float64), (d.periods,))[period]
    return term(d, variable, base * d.periods + period, weights, entries)


def _all_in(d: Draft, at: int, deal: Deal, factor: Floats) -> list[Term]:
    """I: everything of the product entering the buyer, times a factor by period."""
    return [_sum(d, "flow", at, deal.inflow, factor), _sum(d, "bought", at, deal.bought, factor), _sum(d, "made", at, deal.made, factor)]


def contract_shares(d: Draft, deals: list[Deal]) -> None:
    """(Σ w·min_share) · I ≤ C ≤ (Σ w·max_share) · I, per contract and period."""
    zero = np.zeros(len(deals) * d.periods)
    low: list[Term] = []
    high: list[Term] = []
    for at, deal in enumerate(deals):
        for terms, share, matters in ((low, deal.min_share, deal.min_share > 0), (high, deal.max_share, deal.max_share < 1 - 1e-12)):
            if matters.any():
                keep = np.where(matters, 1.0, 0.0)
                parts = [_sum(d, "flow", at, deal.contracted, keep), *_all_in(d, at, deal, -share * keep)]
                terms += [_some(part, part.coefficients != 0) for part in parts]
    add_rows(d, "contract_min_share", "contract_period", low, ">=", zero)
    add_rows(d, "contract_max_share", "contract_period", high, "<=", zero)


def _some(part: Term, keep: npt.NDArray[np.bool_]) -> Term:
    return Term(part.rows[keep], part.labels[keep], part.coefficients[keep])


def contract_quantities(d: Draft, deals: list[Deal]) -> None:
    """a_t Σ w·min_quantity ≤ C ≤ a_t Σ w·max_quantity, per contract and period; take-or-pay phases have no hard floor."""
    floor = np.concatenate([deal.min_quantity for deal in deals]) if deals else np.zeros(0)
    ceiling = np.concatenate([deal.max_quantity for deal in deals]) if deals else np.zeros(0)
    flows = [_sum(d, "flow", at, deal.contracted, 1.0) for at, deal in enumerate(deals)]
    for name, sign, right in (("contract_min_quantity", ">=", floor), ("contract_max_quantity", "<=", ceiling)):
        binding = (right > 0) & np.isfinite(right) if sign == ">=" else np.isfinite(right)
        parts = [_some(part, binding[part.rows]) for part in flows]
        if sign == ">=":
            met = np.zeros(len(right), dtype=bool)
            for part in parts:
                met[part.rows] = True
            parts.append(nothing(d, np.flatnonzero(binding & ~met)))
        add_rows(d, name, "contract_period", parts, sign, np.where(binding, right, 0.0))


def exclusivity(d: Draft, deals: list[Deal]) -> None:
    """I − C within exclusive_scope ≤ (1 − Σ w·exclusive) · I, per contract and period."""
    terms: list[Term] = []
    for at, deal in enumerate(deals):
        if not (deal.exclusive > 0).any():
            continue
        on = (deal.exclusive > 0).astype(float)
        parts = [
            _sum(d, "flow", at, deal.shut_flow, on),
            _sum(d, "bought", at, deal.shut_bought, on),
            _sum(d, "made", at, deal.shut_made, on),
            *_all_in(d, at, deal, -(1.0 - deal.exclusive) * on),
        ]
        terms += [_some(part, part.coefficients != 0) for part in parts]
    add_rows(d, "exclusivity", "contract_period", terms, "<=", np.zeros(len(deals) * d.periods))


def take_or_pay(d: Draft, deals: list[Deal]) -> tuple[Ints, Ints]:
    """short[c,year] ≥ take_or_pay_share · Σ min_quantity − Σ C, ≥ 0, per contract and calendar year.

    Returns contract and year index of each entry of the variable `unpaid`.
    """
    years, shares = d.arrays.calendar.year_shares()
    bound = [(at, year) for at, deal in enumerate(deals) for year in range(len(years)) if float(deal.take_or_pay @ shares[:, year]) > 0]
    if not bound:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    d.model.add_variables(lower=0, coords=[pd.RangeIndex(len(bound), name="unpaid_entry")], name="unpaid")
    terms, right = [term(d, "unpaid", np.arange(len(bound)))], np.zeros(len(bound))
    for row, (at, year) in enumerate(bound):
        deal = deals[at]
        weight = shares[d.arrays.flows.period[deal.contracted], year]
        live = deal.contracted[weight > 0]
        terms.append(term(d, "flow", np.full(len(live), row), weight[weight > 0], live))
        right[row] = float(deal.take_or_pay @ shares[:, year])
    add_rows(d, "take_or_pay", "contract_year", terms, ">=", right)
    return np.array([at for at, _ in bound]), np.array([year for _, year in bound])
