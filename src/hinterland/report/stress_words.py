"""Measures of plans under events in a reader's words: name, unit, direction, and an interval as a range."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.core.countries import COUNTRY_CODES
from hinterland.report.numbers import MINUS, THIN, amount, number, share, signed
from hinterland.report.words import plain, region_name, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.comparison import Board
    from hinterland.comparison.stressed import StressBoard

__all__ = [
    "between",
    "differed",
    "difference",
    "direction",
    "finite",
    "hazard_words",
    "measure_doc",
    "measure_name",
    "measured",
    "narrowness",
    "node_words",
    "plans",
    "scaled",
    "shown",
    "span_words",
    "told",
    "unit_words",
]

_MEASURES: Mapping[str, tuple[str, int, str]] = MappingProxyType(
    {
        "lost_margin": ("Lost margin", -1, "units lost × (price, else customs value, less the variable cost they would have caused), undiscounted"),
        "lost": ("Lost units", -1, "what is wanted and never served; what is still owed at the end counts"),
        "fill_rate": ("Fill rate", 1, "served over wanted, in units (type 2)"),
        "on_time_share": ("Served on time", 1, "served when wanted over wanted, in units"),
        "late_share": ("Served late", -1, "served after it was wanted over wanted, in units; shortage is served late"),
        "wait_days": ("Wait of a wanted unit", -1, "days owed, mean over all that is wanted; shortage is served late"),
        "never_share": ("Never served", -1, "owed at the end over wanted, in units; shortage is served late"),
        "steps_without_shortage_share": ("Steps without shortage", 1, "steps in which all is served over those in which somebody asks or is owed (type 1)"),
        "longest_spell_days": ("Longest shortage", -1, "the longest stretch of days with something short"),
        "backlog": ("Backlog", -1, "units owed, summed over the steps in which they are; shortage is served late"),
        "stock_value": ("Value in stock", 0, "mean over the steps"),
        "pipeline_value": ("Value on the way", 0, "mean over the steps"),
        "cash_to_cash_days": ("Cash to cash", -1, "value in stock and on the way over the value delivered in a day, payment terms being 0"),
        "extra_cost": ("Extra cost", -1, "what backups cost beyond what they stand in for, and what is dearer while prices rise; what a standstill saves is not set against it"),
        "extra_cost_per_unit": ("Extra cost per unit served", -1, "extra cost over what is served"),
        "extra_co2e_kg": ("Extra CO₂e", -1, "what backups emit beyond what they stand in for"),
        "extra_co2e_kg_per_unit": ("Extra CO₂e per unit served", -1, "extra CO₂e over what is served"),
    }
)  # fmt: skip
"""Name, wanted direction (1 up, −1 down, 0 neither) and definition."""
_KINDS = {"product": "goods", "product_group": "goods"}
_NARROW = ("site", "operator", "passage", "lane", "product", "product_group", "country", "region")
"""Kinds of nodes, the narrowest first."""


def plans(board: Board) -> list[str]:
    """The plans of a board that were moved through events."""
    return [one for one in board.strategies if board.stress is not None and one in board.stress.strategies]


def measure_name(measure: str) -> str:
    """Name of a measure for people.

    >>> measure_name("lost_margin"), measure_name("own_figure_share")
    ('Lost margin', 'Own figure share')
    """
    if measure in _MEASURES:
        return _MEASURES[measure][0]
    return sentence(plain(measure))


def direction(measure: str) -> int:
    """The direction in which a measure is better: 1 up, −1 down, 0 neither."""
    return _MEASURES[measure][1] if measure in _MEASURES else 0


def measure_doc(measure: str) -> str:
    """What a measure counts; empty where it is not known here."""
    return _MEASURES[measure][2] if measure in _MEASURES else ""


def unit_words(stress: StressBoard, unit: str | None) -> str:
    """The unit of a measure with the board's money and goods in it.

    Units come in the words of the simulation: money, units, unit-steps, share, days.
    """
    words = (unit or "").replace(", mean of steps", "")
    if words in {"units", "unit-steps", "unit-days"}:
        return stress.unit + words.removeprefix("units").removeprefix("unit")
    if words.endswith("per unit served"):
        return f"{words.removesuffix(' per unit served').replace('money', stress.currency)}/{stress.unit}"
    return words.replace("money", stress.currency)


def finite(value: float | None) -> bool:
    """Whether a value is a number that can be drawn."""
    return value is not None and math.isfinite(value)


def shown(value: float | None, unit: str, digits: int = 3) -> str:
    """A value without its unit, which stands elsewhere; shares as percent, no end as ∞.

    >>> shown(0.913, "share"), shown(float("inf"), "days"), shown(None, "days")
    ('91.3 %', '∞', '–')
    """
    if value is not None and math.isinf(value):
        return "∞"
    return share(value, digits) if unit == "share" else number(value, digits)


def difference(value: float | None, unit: str, digits: int = 3) -> str:
    """A difference with its sign and unit; shares in points.

    >>> difference(-0.021, "share"), difference(1.2e6, "USD")
    ('−2.10 pts', '+1.20 mn USD')
    """
    if unit == "share":
        return signed(None if value is None else 100.0 * value, digits) + (" pts" if finite(value) else "")
    return signed(value, digits) + (f"{THIN}{unit}".replace(THIN, " ") if finite(value) and unit else "")


def between(low: float | None, high: float | None, unit: str, *, sign: bool = False, points: bool = False) -> str:
    """A range in one scale: both ends with as many decimals, the unit once.

    >>> between(-6.0e7, -3.12e7, "USD", sign=True), between(0.012, 0.034, "share"), between(-0.012, 0.003, "share", sign=True, points=True)
    ('−60.0 to −31.2 mn USD', '1.20 to 3.40 %', '−1.20 to +0.30 pts')
    """
    if low is None or high is None or not finite(low) or not finite(high):
        return "–"
    scale, word = (100.0, "pts" if points else "%") if unit == "share" else (1.0, unit)
    most = max(abs(low), abs(high)) * scale
    if unit != "share":
        for size, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "mn")):
            if most >= size:
                scale, word = 1.0 / size, f"{name} {unit}".strip()
                break
    ends, most = (low * scale, high * scale), max(abs(low), abs(high)) * scale
    places = 0 if most == 0 else min(6, 2 - math.floor(math.log10(most)))
    words = []
    for one in ends:
        digits = f"{round(abs(one), places):,.{max(0, places)}f}"
        if float(digits.replace(",", "")) == 0:
            words.append("0")
        else:
            words.append((MINUS if one < 0 else "+" if sign else "") + digits)
    return f"{words[0]} to {words[1]}" + (f" {word}" if word else "")


def scaled(most: float, unit: str) -> tuple[float, str]:
    """What an axis divides by, and its unit: millions from two million on.

    >>> scaled(2.3e8, "USD"), scaled(900.0, "USD")
    ((1000000.0, 'mn USD'), (1.0, 'USD'))
    """
    size, word = next(((size, word) for size, word in ((1e9, "bn"), (1e6, "mn")) if most >= 2 * size), (1.0, ""))
    return size, f"{word} {unit}".strip()


def narrowness(kind: str | None) -> int:
    """Place of a kind of node from the narrowest to the widest.

    >>> narrowness("site") < narrowness("country") < narrowness("region") < narrowness("anything")
    True
    """
    return _NARROW.index(kind) if kind in _NARROW else len(_NARROW)


def hazard_words(hazard_id: str, title: str | None) -> str:
    """A hazard as a reader names it: its title, else its id with codes of countries in capitals.

    >>> hazard_words("mine_stop_cd", None), hazard_words("suez", "Suez closed"), hazard_words("pack_stop_hu_lines", None)
    ('Mine stop CD', 'Suez closed', 'Pack stop HU lines')
    """
    if title:
        return title
    parts = plain(hazard_id).split(" ")
    ends = {len(parts) - 1, len(parts) - 2} - {0}
    return sentence(" ".join(one.upper() if at in ends and one.upper() in COUNTRY_CODES else one for at, one in enumerate(parts)))


def node_words(kind: str | None, name: str | None, node: str | None) -> str:
    """A node as a reader names it: a site by its name, others with what they are.

    >>> node_words("site", "CATL Liyang", "liyang"), node_words("passage", "Suez Canal", "suez"), node_words("region", None, "north_america")
    ('CATL Liyang', 'Suez Canal', 'North America (region)')
    """
    words = name or node or ""
    words = region_name(words) if kind == "region" else plain(words) if words == node else words
    known = kind in {"site", None, ""} or (kind == "passage" and bool(name) and name != node)
    return sentence(words) if known else f"{sentence(words)} ({_KINDS.get(kind or '', plain(kind or ''))})"


def span_words(stress: StressBoard) -> str:
    """The days that were simulated: whole years by their number.

    >>> from types import SimpleNamespace; from datetime import date
    >>> span_words(SimpleNamespace(first_day=date(2028, 1, 1), last_day=date(2032, 12, 31)))
    '2028 to 2032'
    """
    first, last = stress.first_day, stress.last_day
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    return f"{first.isoformat()} to {last.isoformat()}"


def _first(frame: pl.DataFrame) -> dict[str, Any] | None:
    return frame.row(0, named=True) if frame.height else None


def measured(stress: StressBoard, strategy: str, measure: str) -> dict[str, Any] | None:
    """The row of a measure of a plan."""
    return _first(stress.measures.filter((pl.col("strategy") == strategy) & (pl.col("measure") == measure)))


def differed(stress: StressBoard, strategy: str, measure: str) -> dict[str, Any] | None:
    """The row of a paired difference to the baseline."""
    here = (pl.col("strategy") == strategy) & (pl.col("against") == stress.against) & (pl.col("measure") == measure)
    return _first(stress.differences.filter(here))


def told(value: float | None, unit: str, digits: int = 3) -> str:
    """A value with its unit; no end as ∞."""
    return "∞" if value is not None and math.isinf(value) else amount(value, unit, digits)
