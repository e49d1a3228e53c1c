"""From the rows that apply to what is due: switches between programmes, and the arithmetic of layers.

With V the customs value, W the net mass and E the declared CO2e, a row asks for A = V · ad_valorem + W · specific + E · price.

    base         A of the `replace` layer that asks least, else A of mfn, else 0
    add          A
    net_of_mfn   max(0, A − base)
    cap_all_in   max(0, A − everything else that applies): the stack comes to A through this layer, and to no more

A row that applies, at whatever rate, turns off the programmes it excludes; a row that is turned off excludes nothing. Of a
ring of programmes that exclude each other none is turned off by the ring (`check` refuses it). Of several caps the largest
carries what is missing. Source of the kinds: Proclamation 10908 with its all-in rates (cap), 91 FR 47318 (net of MFN).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.trade.book import Book
    from hinterland.trade.entries import Entries

__all__ = ["Stacked", "duty_amounts", "stacked", "switched_on"]

Bools = npt.NDArray[np.bool_]
_CHUNK = 32_768
"""Entries at a time: their bits and layers stay in the cache."""


@dataclass(frozen=True, slots=True)
class Stacked:
    """Layers of entries; all of shape (programmes, entries): the row, whether it holds, what it asks for, what it adds."""

    row: Ints
    on: Bools
    asked: Floats
    adds: Floats

    @property
    def total(self) -> Floats:
        """What is due; shape (entries,)."""
        return np.asarray(self.adds.sum(axis=0))


def switched_on(book: Book, row: Ints) -> Bools:
    """Which programmes' rows hold once switches are thrown; shape (programmes, entries)."""
    present = row < len(book.rules)
    switches = [
        (one, other)
        for one, (low, high) in enumerate(book.bounds)
        for other in np.flatnonzero(book.excludes[low:high].any(axis=0)).tolist()
    ]
    if not switches:
        return present
    throws = {(one, other): book.excludes[:, other][row[one]] for one, other in switches}
    on, off = np.zeros_like(present), ~present
    while True:
        threatened = np.zeros_like(present)
        for (one, other), thrown in throws.items():
            off[other] |= thrown & on[one]
        for (one, other), thrown in throws.items():
            threatened[other] |= thrown & ~off[one]
        now = ~off & ~threatened
        if (now == on).all():
            return present & ~off
        on = now


def _asked(book: Book, row: Ints, entries: Entries, part: slice) -> Floats:
    """A of each layer; a value that is not known spoils only layers that take a share of it."""
    step = 0 if entries.step is None or book.ad_valorem_share.shape[1] == 1 else entries.step[part][None, :]
    value = entries.customs_value[part][None, :]
    share = book.ad_valorem_share[row, step]
    asked = share * value
    if np.isnan(value).any():
        asked = np.where(share > 0, asked, 0.0)
    for rates, column, scale in (
        (book.specific_per_kg, entries.net_kg, 1.0), (book.co2e_price_per_t, entries.declared_co2e_kg, 1e-3),
    ):  # fmt: skip
        if column is not None and rates.any():
            asked = asked + rates[row, step] * (column[part][None, :] * scale)
    return np.asarray(asked)


def stacked(
    book: Book, entries: Entries, strings: list[tuple[npt.NDArray[np.uint64], Ints]] | None = None, part: slice | None = None
) -> Stacked:
    """Layers of a part of the entries, or of all."""
    part = part if part is not None else slice(0, len(entries))
    row = book.chosen(book.strings(entries) if strings is None else strings, part, len(range(*part.indices(len(entries)))))
    on = switched_on(book, row)
    asked = _asked(book, row, entries, part)
    held = np.where(on, asked, 0.0)
    adds = np.zeros_like(held)
    base = held[book.base] if book.base >= 0 else np.zeros(held.shape[1])
    others = {kind: [at for at in range(len(book.programmes)) if at != book.base and mask[slice(*book.bounds[at])].any()]
              for kind, mask in book.kinds.items()}  # fmt: skip
    applies = {(kind, at): on[at] & book.kinds[kind][row[at]] for kind, those in others.items() for at in those}
    which = np.full(held.shape[1], -1, dtype=np.int64)
    for at in others["replace"]:
        better = applies["replace", at] & ((which < 0) | (held[at] < base))
        base, which = np.where(better, held[at], base), np.where(better, at, which)
    for at in [book.base] if book.base >= 0 else []:
        adds[at] = np.where(which < 0, base, 0.0)
    for at in others["replace"]:
        adds[at] = np.where(which == at, base, 0.0)
    for at in others["add"]:
        adds[at] += np.where(applies["add", at], held[at], 0.0)
    for at in others["net_of_mfn"]:
        adds[at] += np.where(applies["net_of_mfn", at], np.maximum(0.0, held[at] - base), 0.0)
    if others["cap_all_in"]:
        rest = adds.sum(axis=0)
        caps = np.array([np.where(applies["cap_all_in", at], held[at], -np.inf) for at in others["cap_all_in"]])
        top = caps.argmax(axis=0)
        for number, at in enumerate(others["cap_all_in"]):
            fills = (top == number) & applies["cap_all_in", at]
            adds[at] += np.where(fills, np.maximum(0.0, held[at] - rest), 0.0)
    return Stacked(row, on, asked, adds)


def duty_amounts(book: Book, entries: Entries) -> Floats:
    """What is due on each entry; shape (entries,), in the money of the values and rates."""
    found = np.zeros(len(entries))
    if not book.rules:
        return found
    strings = book.strings(entries)
    for start in range(0, len(entries), _CHUNK):
        part = slice(start, min(start + _CHUNK, len(entries)))
        found[part] = stacked(book, entries, strings, part).total
    return found
