"""Column names: unknown ones with the nearest that is known, and those that carry another unit than the declared one."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from hinterland.core.errors import Issue
from hinterland.core.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.tables.schema import Table

__all__ = ["code_as_number", "header_issues", "nearest"]

_FOREIGN = frozenset({"mi", "miles", "nm", "lb", "lbs", "ton", "tons", "tonne", "tonnes", "pct", "hours", "h", "eur", "usd", "cny", "wh"})
"""Units that people write and no column carries: they are told apart from a wrong name."""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9@]+", "_", name.lower()).strip("_")


def nearest(name: str, known: Sequence[str]) -> str:
    """Nearest known name as a question for people, or the beginning of the list.

    >>> nearest("Site ID", ["site_id", "country"])
    'did you mean site_id?'
    """
    plain = {_plain(one): one for one in reversed(known)}
    close = get_close_matches(_plain(name), list(plain), n=1, cutoff=0.6)
    if close:
        return f"did you mean {plain[close[0]]}?"
    return f"known: {', '.join(known[:8])}{' …' if len(known) > 8 else ''}"


def _stem(name: str) -> list[str]:
    return [part for part in name.split("_") if part not in UNITS and part not in _FOREIGN and part != "per"]


def header_issues(table: Table, names: Sequence[str]) -> list[Issue]:
    """Problems of the column names of a table."""
    issues = []
    known = list(table.by_name)
    for name in names:
        if name in table.by_name:
            continue
        stem, parts = _stem(_plain(name)), set(_plain(name).split("_"))
        twin = next((one for one in known if stem and _stem(one) == stem and one != _plain(name)), None)
        if twin is not None and parts & (UNITS.keys() | _FOREIGN) and parts != set(twin.split("_")):
            what, why = f"column {name} carries another unit than {twin}", "a name states its unit, and values are not converted silently"
            fix = f"convert the values and name the column {twin}"
            issues.append(Issue(table.name, 1, name, "unit_mismatch", what=what, why=why, fix=fix))
        else:
            what, why = f"{table.name} has no column {name!r}", "a column that nobody reads hides a mistake"
            issues.append(Issue(table.name, 1, name, "unknown_column", what=what, why=why, fix=nearest(name, known)))
    return issues


def code_as_number(table: Table, name: str) -> Issue:
    """Warning that a column of tariff codes holds numbers."""
    what, why = f"{name} holds numbers", "numbers lose leading and trailing zeros: 8507.60 becomes 8507.6"
    fix = "format the column as text and type the codes again"
    return Issue(table.name, None, name, "code_as_number", what=what, why=why, fix=fix, severity="warning")
