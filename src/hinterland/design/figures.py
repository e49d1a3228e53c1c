"""Amounts as planners read them: a few significant digits, thousands apart, never an exponent for what people count."""

from __future__ import annotations

import math

__all__ = ["in_figures"]

_SMALL = 1e-4


def in_figures(value: float, digits: int = 6) -> str:
    """A number rounded to significant digits; what is smaller than a ten-thousandth keeps its exponent.

    >>> in_figures(80000.0, 4), in_figures(1234567.8), in_figures(0.25), in_figures(-12.0), in_figures(3e-7), in_figures(float("inf"))
    ('80,000', '1,234,570', '0.25', '-12', '3e-07', 'inf')
    """
    if not math.isfinite(value) or abs(value) < _SMALL:
        return f"{value:.{digits}g}"
    after = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, after):,.{max(0, after)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
