"""Shares that rules of origin and conditions on credits ask for, as plain formulas: what a planner can do on paper.

Values are per unit or for any common quantity, in one currency; arrays of any one shape, or plain numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["SHIFT_DIGITS", "macr", "max_nom", "most_non_originating", "rvc_nc", "rvc_tv", "shifts"]

SHIFT_DIGITS = {"chapter": 2, "heading": 4, "subheading": 6}
"""Digits of the Harmonized System that must change for a tariff shift."""


def rvc_tv(transaction_value: npt.ArrayLike, non_originating: npt.ArrayLike) -> float:
    """Regional value content by transaction value, (TV − VNM) / TV, as a share. Source: USMCA Art. 4.5, HTSUS GN 11(c).

    >>> rvc_tv(10_000, 1_400)
    0.86
    """
    value = np.asarray(transaction_value, dtype=np.float64)
    return _plain((value - np.asarray(non_originating, dtype=np.float64)) / value)


def rvc_nc(net_cost: npt.ArrayLike, non_originating: npt.ArrayLike) -> float:
    """Regional value content by net cost, (NC − VNM) / NC, as a share. Source: USMCA Art. 4.5, 19 CFR 182 App. A.

    >>> round(rvc_nc(9_000, 2_500), 4)
    0.7222
    """
    return rvc_tv(net_cost, non_originating)


def max_nom(ex_works: npt.ArrayLike, non_originating: npt.ArrayLike) -> float:
    """Share of non-originating materials (CIF) in the ex-works price, to be at most MaxNOM. Source: EU-UK TCA, Annex 2.

    >>> max_nom(10_000, 3_500)
    0.35
    """
    return _plain(np.asarray(non_originating, dtype=np.float64) / np.asarray(ex_works, dtype=np.float64))


def macr(direct_cost: npt.ArrayLike, prohibited: npt.ArrayLike) -> float:
    """Material assistance cost ratio, (DMC − DMC_PFE) / DMC, as a share. Source: 26 USC 7701(a)(52), Notice 2026-15.

    >>> macr(60, 18)
    0.7
    """
    return rvc_tv(direct_cost, prohibited)


def most_non_originating(value: npt.ArrayLike, threshold: npt.ArrayLike, method: str) -> float:
    """Largest value of non-originating materials that still meets a threshold: (1 − θ) · value, or θ · value under max_nom.

    >>> most_non_originating(9_000, 0.75, "rvc_nc"), most_non_originating(10_000, 0.3, "max_nom")
    (2250.0, 3000.0)
    """
    share = np.asarray(threshold, dtype=np.float64)
    return _plain((share if method in {"max_nom", "tariff_shift"} else 1.0 - share) * np.asarray(value, dtype=np.float64))


def shifts(product_code: str, input_code: str, level: str) -> bool:
    """Whether an input's tariff line differs from the product's in the digits of a level; without either line it does not.

    >>> shifts("8507.60", "2841.90", "heading"), shifts("8507.60", "8507.90", "heading"), shifts("8507.60", "8507.90", "subheading")
    (True, False, True)
    """
    digits = SHIFT_DIGITS[level]
    ours, theirs = (code.replace(".", "")[:digits] for code in (product_code, input_code))
    return len(ours) == len(theirs) == digits and ours != theirs


def _plain(found: npt.NDArray[np.float64]) -> float:
    """A number for numbers, an array for arrays."""
    return float(found) if np.ndim(found) == 0 else found  # type: ignore[return-value]
