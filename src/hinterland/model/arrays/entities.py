"""Who is on a list of entities in a period: operators, their parents, producers and countries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.model.dated import day_spans

if TYPE_CHECKING:
    from hinterland.core.calendar import Calendar
    from hinterland.model.network import Network

__all__ = ["Listings"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Listings:
    """The entities table by list and name: spans of days with their status."""

    net: Network
    calendar: Calendar

    @cached_property
    def _rows(self) -> dict[tuple[str, str], list[tuple[int, int, bool]]]:
        frame = self.net["entities"]
        first, last = day_spans(frame)
        found: dict[tuple[str, str], list[tuple[int, int, bool]]] = {}
        for at, (entity, list_id, status) in enumerate(frame.select("entity", "list_id", "status").iter_rows()):
            found.setdefault((list_id, entity), []).append((int(first[at]), int(last[at]), status != "cleared"))
        return {name: sorted(rows) for name, rows in found.items()}

    def listed(self, list_id: str, *names: str | None) -> Bools:
        """Periods on any day of which an entity is on a list; shape (periods,).

        `names` go from narrow to wide (operator, parent, country): on each day the first of them that a row speaks of
        decides, and of its rows the latest; so an operator may be cleared within a country that is listed.
        """
        rows = [self._rows.get((list_id, name), []) for name in names if name]
        found = np.zeros(len(self.calendar), dtype=bool)
        if not any(rows):
            return found
        edges = sorted({day for each in rows for first, last, _ in each for day in (first, last + 1)})
        for t, (start, stop) in enumerate(zip(self.calendar.start.tolist(), self.calendar.stop.tolist(), strict=True)):
            found[t] = any(_status(rows, day) for day in (start, *(day for day in edges if start < day < stop)))
        return found


def _status(rows: list[list[tuple[int, int, bool]]], day: int) -> bool:
    for each in rows:
        live = [status for first, last, status in each if first <= day <= last]
        if live:
            return live[-1]
    return False
