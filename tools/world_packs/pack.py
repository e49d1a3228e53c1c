"""A pack being written: its head and its rows by table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seed_chain.reference import Fact

__all__ = ["ISO_COUNTRIES", "OwnPack", "Row"]

Row = dict[str, object]
_WORDS = """
AR AT AU BE BG BO BR CA CD CH CL CN CO CU CY CZ DE DK EE ES FI FR GA GB GR HR HU ID IE IL IN IS IT JP KR KZ LT LU LV MA MG MT MX MY MZ NC NL
NO NZ PE PG PH PL PT RO RS RU SA SE SG SI SK TH TN TR TW TZ UA US UZ VN ZA ZM ZW
"""
ISO_COUNTRIES = tuple(_WORDS.split())
"""Countries that groups of packs name; those that a network does not have are left out of it."""


@dataclass
class OwnPack:
    """Name, title, what it stands for, and its rows."""

    name: str
    title: str
    about: str
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, fact: Fact, note: str = "", known: str = "", /, **cells: object) -> None:
        """Append a row with the source and quality of a figure."""
        row: Row = {**cells, "source_id": fact.source, "quality": fact.quality}
        if note or fact.note:
            row["note"] = note or fact.note
        if known:
            row["known_from"] = known
        self.tables.setdefault(table, []).append(row)

    def group(self, name: str, kind: str, *members: str) -> None:
        """Append a group; members that a network does not have are left out there."""
        self.tables.setdefault("groups", []).extend({"group_id": name, "member": one, "kind": kind} for one in members)
