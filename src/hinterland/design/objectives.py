"""What is minimised: shortage, cost and CO2e as vectors over the solver's columns, real cost and penalties apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.core.money import discount_mean
from hinterland.design.axes import entry_periods

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.build import Blueprint

__all__ = ["Objective", "column_periods", "objective_of", "tie_breaking"]

_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Objective:
    """One thing to minimise: (real + steering) · x + constant; vectors of shape (columns,).

    shortage: money that steers, undiscounted. cost: money of base_date; `steering` are the penalties of soft policies.
    co2e: kg. `constant` is what no decision moves.
    """

    name: str
    real: Floats
    steering: Floats
    constant: float = 0.0

    @property
    def vector(self) -> Floats:
        """What the solver minimises."""
        return self.real + self.steering

    def real_total(self, x: Floats) -> float:
        """Real total of a plan: no penalty in it."""
        return float(self.real @ x) + self.constant

    def penalties(self, x: Floats) -> float:
        """What steers on top of the real total."""
        return float(self.steering @ x)

    def total(self, x: Floats) -> float:
        """What was minimised."""
        return self.real_total(x) + self.penalties(x)


def objective_of(b: Blueprint, name: str) -> Objective:
    """One objective of the model: shortage, cost or co2e."""
    d, a = b.draft, b.draft.arrays
    none: Floats = np.broadcast_to(np.float64(0.0), (d.columns,))
    if name == "shortage":
        shortage = np.zeros(d.columns)
        if d.has("short"):
            shortage[d.labels("short")] = a.demand.shortage_cost
        return Objective(name, shortage, none)
    real = np.zeros(d.columns)
    for one in b.costs if name == "cost" else b.co2e:
        if len(one.entries):  # an entry may come twice in one kind: an incentive on the good and on what comes along
            np.add.at(real, d.labels(one.variable)[one.entries], one.discounted if name == "cost" else one.amount)
    if name != "cost":
        return Objective(name, real, none)
    if not b.soft:
        return Objective(name, real, none, float(b.constants["discounted"].sum()))
    delta = discount_mean(a.calendar.tau_start, a.calendar.tau_stop, a.settings.discount_rate_share)
    penalty = np.zeros(d.columns)
    penalty[d.labels("broken")] = [(b.rules[at].penalty or 0.0) * delta[b.rules[at].period] for at in b.soft]
    return Objective(name, real, penalty, float(b.constants["discounted"].sum()))


def tie_breaking(cost: Floats, scale: Floats) -> Floats:
    """Up to a billionth of each column's own cost, or of a usual one where it is smaller, growing with the key order.

    Of equal plans the first is taken every time; and a module of a billion does not drown the freight of a kilogram.
    `scale` is the size in which the solver counts each column.
    """
    size = np.abs(cost) * scale
    usual = float(np.median(size[size > 0])) if (size > 0).any() else 0.0
    return _TIE * np.linspace(0.0, 1.0, len(cost)) * np.maximum(size, usual) / scale


def column_periods(b: Blueprint) -> Ints:
    """The period each column belongs to, 0 where it has none; shape (columns,)."""
    d, a = b.draft, b.draft.arrays
    found = np.zeros(d.columns, dtype=np.int64)
    broken = np.array([b.rules[at].period for at in b.soft], dtype=np.int64)
    for name in d.model.variables:
        labels = d.labels(name)
        periods = broken if name == "broken" else entry_periods(a, name)
        found[labels] = np.arange(len(labels)) % d.periods if periods is None else periods
    return found
