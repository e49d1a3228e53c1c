"""Straits, canals and capes by name, kept on routes as one bit each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CLOSED_ALWAYS", "PASSAGES", "passage_bits", "passage_id", "passage_names", "split_passages"]

PASSAGES = (
    "taiwan",
    "malacca",
    "sunda",
    "lombok",
    "torres",
    "hormuz",
    "bab_el_mandeb",
    "suez",
    "bosporus",
    "dardanelles",
    "gibraltar",
    "oresund",
    "great_belt",
    "panama",
    "cape_of_good_hope",
    "magellan",
    "cape_horn",
    "bering",
    "northwest",
    "northern_sea_route",
)
"""Every passage a route can tell, in the order of its bit; from the Far East westward, as routes are written."""
CLOSED_ALWAYS = ("northwest", "northern_sea_route")
"""Passages of the Arctic that no liner keeps open: edges of the network that no route takes."""
_OTHER_NAMES = {
    "babalmandab": "bab_el_mandeb",
    "ormuz": "hormuz",
    "south_africa": "cape_of_good_hope",
    "taiwan_strait": "taiwan",
    "bosphorus": "bosporus",
    "sound": "oresund",
    "strait_of_malacca": "malacca",
    "suez_canal": "suez",
    "panama_canal": "panama",
    "cape": "cape_of_good_hope",
}


def passage_id(name: str) -> str | None:
    """The passage a name means, None where it means none.

    >>> passage_id("Bab el-Mandeb"), passage_id("ormuz"), passage_id("atlantis")
    ('bab_el_mandeb', 'hormuz', None)
    """
    plain = re.sub(r"[^a-z]+", "_", name.strip().lower().replace("ø", "o").replace("ö", "o")).strip("_")
    plain = _OTHER_NAMES.get(plain, plain)
    return plain if plain in PASSAGES else None


def split_passages(cell: str | None) -> list[str]:
    """Names in a cell `suez|malacca`; the word `none` says that there are none.

    >>> split_passages("suez | malacca"), split_passages("none"), split_passages(None)
    (['suez', 'malacca'], [], [])
    """
    return [part.strip() for part in (cell or "").split("|") if part.strip() and part.strip().lower() != "none"]


def passage_bits(names: Iterable[str]) -> int:
    """One bit per passage. Raises KeyError for a name that is no passage.

    >>> passage_bits(["malacca", "taiwan"])
    3
    """
    bits = 0
    for name in names:
        known = passage_id(name)
        if known is None:
            raise KeyError(name)
        bits |= 1 << PASSAGES.index(known)
    return bits


def passage_names(bits: int) -> tuple[str, ...]:
    """Names of the bits, in the order of PASSAGES.

    >>> passage_names(passage_bits(["suez", "malacca"]))
    ('malacca', 'suez')
    """
    return tuple(name for at, name in enumerate(PASSAGES) if int(bits) >> at & 1)
