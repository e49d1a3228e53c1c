"""Colours and type of a report, for light and dark, in one place. Figures name roles (`var(--ink)`), never colours.

Hues follow Okabe and Ito (2008), darkened on paper and lightened on dark until text reads at 4.5 : 1 or more: a strategy has one hue
through the whole report; green and vermilion mean nearer to an aim and farther from it, always beside a sign and an arrow.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DARK", "FONT", "LIGHT", "SERIES", "contrast", "mixed", "ramp", "variables"]

FONT = "Inter, 'Helvetica Neue', 'Segoe UI', Roboto, Arial, 'Liberation Sans', sans-serif"

SERIES = 6
"""How many strategies have a hue of their own; further ones begin again."""

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#ffffff",
        "wash": "#f5f3ee",
        "ink": "#14181d",
        "muted": "#5b626b",
        "rule": "#d8d5cd",
        "land": "#e6e2d8",
        "better": "#00704d",
        "worse": "#b3300c",
        "s0": "#56616d",
        "s1": "#0066a6",
        "s2": "#996300",
        "s3": "#a33a7c",
        "s4": "#00717f",
        "s5": "#6a4fa3",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#14171b",
        "wash": "#1d2126",
        "ink": "#eceae4",
        "muted": "#a6acb4",
        "rule": "#3a4047",
        "land": "#2d3339",
        "better": "#4cc79b",
        "worse": "#ff8a56",
        "s0": "#aeb7c1",
        "s1": "#58b4ee",
        "s2": "#e8a73a",
        "s3": "#e694c6",
        "s4": "#4fc3d0",
        "s5": "#b7a1ee",
    }
)
_RAMP_LIGHT = ("#b97700", "#cf4f2f", "#a82e6c", "#6a2d91", "#27307f")
_RAMP_DARK = ("#ffd166", "#ff9a70", "#f27eb0", "#c69cff", "#8db4ff")


def _channels(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))  # type: ignore[return-value]


def mixed(one: str, other: str, part: float) -> str:
    """A colour `part` of the way from one to the other.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    return "#" + "".join(f"{round((a + (b - a) * part) * 255):02x}" for a, b in zip(_channels(one), _channels(other), strict=True))


def ramp(steps: int, *, dark: bool = False) -> list[str]:
    """Colours of the stages of a chain, from raw material to finished good.

    >>> ramp(2)
    ['#b97700', '#27307f']
    """
    stops = _RAMP_DARK if dark else _RAMP_LIGHT
    places = [at * (len(stops) - 1) / max(1, steps - 1) for at in range(steps)]
    return [mixed(stops[int(p)], stops[min(int(p) + 1, len(stops) - 1)], p - int(p)) for p in places]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance).

    >>> round(contrast("#000000", "#ffffff"))
    21
    """

    def luminance(colour: str) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def variables(stages: int, *, dark: bool = False) -> str:
    """CSS custom properties of one theme: roles, strategies, stages g0, g1 and so on.

    >>> variables(1).startswith("--paper:#ffffff;")
    True
    """
    roles = DARK if dark else LIGHT
    named = [*roles.items(), *((f"g{at}", colour) for at, colour in enumerate(ramp(stages, dark=dark)))]
    return "".join(f"--{name}:{colour};" for name, colour in named)
