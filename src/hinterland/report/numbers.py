"""Numbers for reading: three significant digits, thousands separators, a real minus sign, a sign where a change is meant."""

from __future__ import annotations

import math

__all__ = ["amount", "change_words", "counted", "number", "power", "relative", "share", "signed", "signed_share", "text_width"]

THIN = "\u202f"
"""Narrow no-break space: between a number and its unit."""
MINUS = "\u2212"
_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "mn"))
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SAME = 5e-4
"""Relative changes below half a tenth of a percent read as none."""


def _plain(value: float, digits: int) -> str:
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    places = digits - 1 - math.floor(math.log10(abs(value)) + 1e-12)
    rounded = round(abs(value), places)
    places = digits - 1 - math.floor(math.log10(rounded) + 1e-12)  # 9.996 rounds to 10.00: one place too many
    return f"{rounded:,.{max(0, places)}f}"


def number(value: float | None, digits: int = 3) -> str:
    """A number to `digits` significant digits, from a million on in millions, billions, trillions.

    >>> number(1234.5), number(0.01234), number(2_345_678_900), number(-9.996), number(None)
    ('1,230', '0.0123', '2.35 bn', '−10.0', '–')
    >>> number(2.1e-10, 2)
    '2.1 × 10⁻¹⁰'
    """
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) < 1e-12:
        return "0"
    sign = MINUS if value < 0 else ""
    for size, word in _SCALES:
        if abs(value) >= size:
            return f"{sign}{_plain(abs(value) / size, digits)}{THIN}{word}".replace(THIN, " ")
    return sign + _plain(abs(value), digits) if abs(value) >= 1e-4 else power(value, digits)


def counted(count: int, thing: str) -> str:
    """How many of a thing, one in the singular.

    >>> counted(1, "draw"), counted(1200, "draw")
    ('1 draw', '1,200 draws')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def power(value: float | None, digits: int = 2) -> str:
    """A small number as a power of ten, for errors.

    >>> power(2.1e-10), power(0.0)
    ('2.1 × 10⁻¹⁰', '0')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    lead, tens = f"{abs(value):.{digits - 1}e}".split("e")
    return f"{MINUS if value < 0 else ''}{lead} × 10{str(int(tens)).translate(_RAISED)}"


def amount(value: float | None, unit: str, digits: int = 3) -> str:
    """A number with its unit; shares read as percent.

    >>> amount(0.256, "share"), amount(1200, "km")
    ('25.6 %', '1,200 km')
    """
    if unit == "share":
        return share(value, digits)
    return number(value, digits) if value is None or not unit or unit == "1" else f"{number(value, digits)}{THIN}{unit}".replace(THIN, " ")


def share(value: float | None, digits: int = 3) -> str:
    """A share as percent.

    >>> share(0.0412), share(1.0), share(0.0)
    ('4.12 %', '100 %', '0 %')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) < 5e-7:
        return "0 %"
    if abs(value) < 5e-5:
        return "<0.01 %"
    return f"{MINUS if value < 0 else ''}{_plain(abs(value) * 100, digits)} %"


def signed(value: float | None, digits: int = 3) -> str:
    """A difference: always with its sign.

    >>> signed(3.456), signed(-3.456), signed(0.0)
    ('+3.46', '−3.46', '±0')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) < 1e-12:
        return "±0"
    return ("+" if value > 0 else "") + number(value, digits)


def signed_share(value: float | None, digits: int = 2) -> str:
    """A relative difference as percent, always with its sign.

    >>> signed_share(0.0413), signed_share(-0.25), signed_share(1e-9)
    ('+4.1 %', '−25 %', '±0 %')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) < _SAME:
        return "±0 %"
    return ("+" if value > 0 else "") + share(value, digits)


def relative(value: float | None, base: float | None) -> float | None:
    """Relative difference to a base; None where there is none.

    >>> relative(110.0, 100.0), relative(1.0, 0.0)
    (0.10000000000000009, None)
    """
    if value is None or base is None or abs(base) < 1e-12:
        return None
    return value / base - 1


def change_words(change: float, more: str, less: str, same: str, *names: str) -> str:
    """A relative difference in words, without judgement. `names` fill the braces after the first of `more` and `less`.

    >>> change_words(0.0412, "costs {} more per {} than", "costs {} less per {} than", "costs as much per {} as", "kWh")
    'costs 4.1 % more per kWh than'
    """
    if abs(change) < _SAME:
        return same.format(*names)
    return (more if change > 0 else less).format(share(abs(change), 2), *names)


_NARROW = frozenset("iljtfI.,:;'|!()[] -")
_WIDE = frozenset("mwMW@%—")


def text_width(text: str, size_px: float) -> float:
    """Width of a text in pixels, rather too wide than too narrow for the fonts of our stack (Inter is the widest of them).

    >>> round(text_width("Spartanburg", 10.0))
    64
    """
    ems = sum(
        0.36 if one in _NARROW else 0.9 if one in _WIDE else 0.7 if one.isupper() else 1.0 if ord(one) > 0x2E80 else 0.59 for one in text
    )
    return ems * size_px
