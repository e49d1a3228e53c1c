"""Figures with their provenance: looked up in the reference CSVs, and carried through every calculation."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["QUALITIES", "Fact", "Reference", "assumed", "weakest"]

QUALITIES = ("reported", "derived", "estimated", "assumed")
_MATERIAL = 0.2
"""A term below a fifth of a sum does not decide the quality of the sum; its source is still cited."""


def weakest(*facts: Fact) -> str:
    """The weakest quality of several figures."""
    return max((fact.quality for fact in facts), key=QUALITIES.index)


def _joined(*sources: str) -> str:
    keys = dict.fromkeys(key for source in sources for key in source.split(";") if key)
    return ";".join(keys)


@dataclass(frozen=True)
class Fact:
    """One figure: its value, how far it can be trusted, and where it comes from.

    Sums take the weakest quality among the terms that make up at least a fifth of the result, products the weakest of
    both factors; anything calculated is `derived` at best. Plain numbers are unit conversions.
    """

    value: float
    quality: str
    source: str
    note: str = ""
    low: float | None = None
    high: float | None = None

    def _with(self, value: float, other: Fact | float, deciding: tuple[Fact, ...]) -> Fact:
        quality = max(QUALITIES.index("derived"), *(QUALITIES.index(one.quality) for one in deciding))
        source = _joined(self.source, other.source) if isinstance(other, Fact) else self.source
        return Fact(value, QUALITIES[quality], source)

    def __mul__(self, other: Fact | float) -> Fact:
        """Product."""
        value = self.value * (other.value if isinstance(other, Fact) else other)
        return self._with(value, other, (self, other) if isinstance(other, Fact) else (self,))

    __rmul__ = __mul__

    def __truediv__(self, other: Fact | float) -> Fact:
        """Quotient."""
        value = self.value / (other.value if isinstance(other, Fact) else other)
        return self._with(value, other, (self, other) if isinstance(other, Fact) else (self,))

    def __add__(self, other: Fact | float) -> Fact:
        """Sum."""
        added = other.value if isinstance(other, Fact) else other
        value = self.value + added
        parts = (self, other) if isinstance(other, Fact) else (self,)
        deciding = tuple(one for one in parts if abs(one.value) >= _MATERIAL * abs(value)) or parts
        return self._with(value, other, deciding)

    __radd__ = __add__

    def __sub__(self, other: Fact | float) -> Fact:
        """Difference."""
        return self + (other * -1.0 if isinstance(other, Fact) else -other)

    def noted(self, note: str) -> Fact:
        """The same figure with a note."""
        return replace(self, note=note)

    @property
    def at_low(self) -> Fact:
        """The low end of the reported range."""
        if self.low is None:
            raise ValueError(f"{self.source}: no low value")
        return replace(self, value=self.low)

    @property
    def at_high(self) -> Fact:
        """The high end of the reported range."""
        if self.high is None:
            raise ValueError(f"{self.source}: no high value")
        return replace(self, value=self.high)


def assumed(value: float, why: str) -> Fact:
    """A figure of our own, with the reason."""
    return Fact(value, "assumed", "A", why)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class Reference:
    """The reference folder; every lookup must hit exactly one row, so that a changed row is noticed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables: dict[str, list[dict[str, str]]] = {}
        for name in ("bom", "demand", "grid", "pcf", "process", "risk", "sites", "trade", "transport"):
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                self.tables[name] = list(csv.DictReader(file))
        self.titles: dict[str, str] = {}
        for rows in self.tables.values():
            for row in rows:
                keys, titles = row["source"].split(";"), row["source_title"].split(" | ")
                if len(keys) == len(titles):
                    self.titles.update(dict(zip(keys, titles, strict=True)))

    def row(self, table: str, **where: str) -> dict[str, str]:
        """The one row whose cells equal `where`; a value ending in * matches the start of a cell."""
        found = [
            row
            for row in self.tables[table]
            if all(row[column].startswith(value[:-1]) if value.endswith("*") else row[column] == value for column, value in where.items())
        ]
        if len(found) != 1:
            raise LookupError(f"{table}: {len(found)} rows for {where}")
        return found[0]

    def fact(self, table: str, **where: str) -> Fact:
        """The value of one row."""
        row = self.row(table, **where)
        return Fact(float(row["value"]), row["quality"], row["source"], low=_number(row.get("low", "")), high=_number(row.get("high", "")))

    def process(self, product: str, parameter: str, **where: str) -> Fact:
        """A row of process.csv."""
        return self.fact("process", product=product, parameter=parameter, **where)

    def bom(self, output: str, given: str, **where: str) -> Fact:
        """A row of bom.csv."""
        return self.fact("bom", output=output, input=given, **where)

    def pcf(self, product: str, route: str, **where: str) -> Fact:
        """A row of pcf.csv."""
        return self.fact("pcf", product=product, route=route, **where)

    def trade(self, importer: str, origin: str, hs: str, **where: str) -> Fact:
        """A row of trade.csv."""
        return self.fact("trade", importer=importer, origin=origin, hs=hs, **where)

    def site(self, site: str) -> dict[str, str]:
        """A row of sites.csv."""
        return self.row("sites", id=site)

    def capacity(self, site: str) -> Fact:
        """Capacity of a site in its normalised unit."""
        row = self.site(site)
        return Fact(float(row["capacity_norm"]), row["quality"], row["source"])

    def in_note(self, site: str, pattern: str) -> Fact:
        """A number that a site's notes state, by a pattern with one group."""
        row = self.site(site)
        found = re.search(pattern, row["notes"])
        if found is None:
            raise LookupError(f"sites: no {pattern!r} in the notes of {site}")
        return Fact(float(found.group(1).replace(",", "")), row["quality"], row["source"])

    def publishers(self) -> dict[str, str]:
        """Publisher and address by source key, from the tables of the three source lists."""
        told = {}
        for file in sorted(self.folder.glob("sources*.md")):
            for line in file.read_text(encoding="utf-8").splitlines():
                cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
                if line.startswith("| ") and len(cells) >= 3 and re.fullmatch(r"S\d+|GEO|[ACR]", cells[0]):
                    told[cells[0]] = cells[2]
                    self.titles.setdefault(cells[0], cells[1])
        return told
