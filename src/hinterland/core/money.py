"""Discounting and annuities in continuous time, so that splitting a period changes no net present value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["annuity_per_year", "annuity_years", "discount_at", "discount_mean"]

Floats = npt.NDArray[np.float64]


def _force(rate_share: float) -> float:
    return float(np.log1p(rate_share))


def discount_at(tau_years: npt.ArrayLike, rate_share: float) -> Floats:
    """(1 + r)^−τ: what one unit of money is worth τ years before it is paid.

    >>> discount_at([0.0, 1.0], 0.25)
    array([1. , 0.8])
    """
    return np.exp(-_force(rate_share) * np.asarray(tau_years, dtype=np.float64))


def discount_mean(tau_start: npt.ArrayLike, tau_stop: npt.ArrayLike, rate_share: float) -> Floats:
    """Mean of (1 + r)^−τ over [tau_start, tau_stop]; 1 at r = 0; the value at the point where both are equal.

    >>> float(discount_mean(0.0, 1.0, 0.0))
    1.0
    """
    low, high = np.asarray(tau_start, dtype=np.float64), np.asarray(tau_stop, dtype=np.float64)
    step = _force(rate_share) * (high - low)
    shrink = np.where(np.abs(step) < 1e-12, 1.0, -np.expm1(-step) / np.where(step == 0, 1.0, step))
    return np.asarray(discount_at(low, rate_share) * shrink, dtype=np.float64)


def annuity_per_year(life_years: npt.ArrayLike, rate_share: float) -> Floats:
    """Yearly rate per unit of capital, paid continuously: ρ / (1 − e^(−ρL)), ρ = ln(1+r); 1/L at r = 0.

    Source: continuous annuity, e.g. Luenberger, Investment Science (1998), ch. 3.

    >>> float(annuity_per_year(10.0, 0.0))
    0.1
    """
    life = np.asarray(life_years, dtype=np.float64)
    force = _force(rate_share)
    small = force * life < 1e-12
    return np.asarray(np.where(small, 1.0 / life, force / np.where(small, 1.0, -np.expm1(-force * life))), dtype=np.float64)


def annuity_years(
    tau_built: npt.ArrayLike, life_years: npt.ArrayLike, tau_start: npt.ArrayLike, tau_stop: npt.ArrayLike, rate_share: float
) -> tuple[Floats, Floats]:
    """Years of [tau_start, tau_stop] in which capital built at `tau_built` is still paid: plain and discounted.

    Arguments broadcast. Times the yearly rate A this is what the period pays, in money of the period and at base_date.

    >>> annuity_years(0.0, 1.5, 1.0, 2.0, 0.0)[0].item()
    0.5
    """
    built = np.asarray(tau_built, dtype=np.float64)
    low = np.maximum(built, np.asarray(tau_start, dtype=np.float64))
    high = np.minimum(built + np.asarray(life_years, dtype=np.float64), np.asarray(tau_stop, dtype=np.float64))
    paid = np.clip(high - low, 0.0, None)
    return paid, paid * discount_mean(low, np.maximum(low, high), rate_share)
