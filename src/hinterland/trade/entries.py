"""Goods that cross a border on a day: one, or a million as arrays of names and numbers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.trade.rules import declared_use, tariff_digits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hinterland.core.calendar import Floats, Ints

__all__ = ["Entries", "Goods", "Words", "words"]


@dataclass(frozen=True, slots=True)
class Words:
    """A column of few different names: the names, and which of them each entry has; shape (entries,)."""

    names: Sequence[Hashable]
    at: Ints


def words(column: pl.Series | Sequence[Hashable]) -> Words:
    """Names of a column and their positions.

    >>> words(["CN", "JP", "CN"]).at
    array([0, 1, 0])
    """
    if isinstance(column, pl.Series):
        names = column.unique(maintain_order=True)
        numbered = pl.DataFrame({"name": names, "at": np.arange(len(names))})
        found = pl.DataFrame({"name": column}).join(numbered, on="name", how="left", nulls_equal=True, maintain_order="left")
        return Words(names.to_list(), found["at"].to_numpy())
    known: dict[Hashable, int] = {}
    at = np.array([known.setdefault(one, len(known)) for one in column], dtype=np.int64)
    return Words(list(known), at)


@dataclass(frozen=True, slots=True)
class Goods:
    """One kind of goods at a border; money and masses are per unit. `claims` are the origin rules it is claimed to meet."""

    importer: str
    origin: str
    hs_code: str
    use: str | None = None
    producer: str | None = None
    claims: frozenset[str] = frozenset()
    customs_value: float = 1.0
    net_kg: float = 0.0
    declared_co2e_kg: float = 0.0


@dataclass(frozen=True, slots=True)
class Entries:
    """Goods at borders on days; all arrays have shape (entries,). Days are day numbers, claims sets of origin rules.

    `customs_value` in money, `net_kg` and `declared_co2e_kg` in kilograms, all for what the duty is asked of: a unit, or a
    consignment. A customs value that is not known is NaN; so is then a duty that takes a share of it.
    """

    importer: Words
    origin: Words
    hs_code: Words
    day: Ints
    customs_value: Floats
    net_kg: Floats | None = None
    declared_co2e_kg: Floats | None = None
    use: Words | None = None
    producer: Words | None = None
    claims: Words | None = None
    step: Ints | None = None
    """Column of the book's rates that holds for the entry; None: the first."""

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.day)

    @classmethod
    def of(cls, goods: Iterable[Goods], day: npt.ArrayLike) -> Entries:
        """One entry for each of the goods; a day for all, or one each."""
        listed = list(goods)
        return cls(
            importer=words([one.importer for one in listed]),
            origin=words([one.origin for one in listed]),
            hs_code=words([tariff_digits(one.hs_code) for one in listed]),
            day=np.broadcast_to(np.asarray(day, dtype=np.int64), (len(listed),)),
            customs_value=np.array([one.customs_value for one in listed], dtype=np.float64),
            net_kg=np.array([one.net_kg for one in listed], dtype=np.float64),
            declared_co2e_kg=np.array([one.declared_co2e_kg for one in listed], dtype=np.float64),
            use=words([declared_use(one.use) for one in listed]),
            producer=words([one.producer for one in listed]),
            claims=words([one.claims for one in listed]),
        )
