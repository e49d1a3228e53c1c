"""A book of duty rows made ready for many questions: per programme, the one row that applies to goods on a day.

Every name that goods can have (an importer, an origin, a tariff line, ...) is turned into a string of bits, one for each row:
1 where the row speaks of it. Rows stand by programme and, within one, by rank; so the row that applies is the first bit that
is 1 in all strings of the goods.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.trade.rules import BASE, DutyRule

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from hinterland.core.calendar import Floats, Ints
    from hinterland.trade.entries import Entries

__all__ = ["STACKING", "Book"]

STACKING = ("add", "net_of_mfn", "cap_all_in", "replace")
"""How a layer adds to the others."""

Bools = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint64]
_WORD = 64


@dataclass(frozen=True)
class Book:
    """Rows by programme and rank, whatever order they came in, and their rates, of shape (rows + 1, steps); the last row is zero.

    Steps are for rates that change while the row stays: each entry says which column holds for it.
    """

    rules: tuple[DutyRule, ...]
    ad_valorem_share: Floats
    specific_per_kg: Floats
    co2e_price_per_t: Floats

    @classmethod
    def of(cls, rules: Sequence[DutyRule], rates: tuple[Floats, Floats, Floats] | None = None) -> Book:
        """Sort the rows; `rates` in the order of `rules`, each (rules, steps), stand in place of the rows' own."""
        order = sorted(range(len(rules)), key=lambda at: rules[at].rank, reverse=True)
        order.sort(key=lambda at: rules[at].programme)
        if rates is None:
            names = ("ad_valorem_share", "specific_per_kg", "co2e_price_per_t")
            rates = tuple(np.array([[getattr(rule, name)] for rule in rules]).reshape(len(rules), 1) for name in names)  # type: ignore[assignment]
        assert rates is not None  # noqa: S101 - for the type checker
        return cls(tuple(rules[at] for at in order), *(np.vstack([one[order], np.zeros((1, one.shape[1]))]) for one in rates))

    @cached_property
    def programmes(self) -> tuple[str, ...]:
        """Programmes in the order of their names."""
        return tuple(dict.fromkeys(rule.programme for rule in self.rules))

    @cached_property
    def base(self) -> int:
        """Position of the base programme, −1 where no row is of it."""
        return self.programmes.index(BASE) if BASE in self.programmes else -1

    @cached_property
    def only_ad_valorem(self) -> bool:
        """Whether every rate is a share of the value: a duty is then proportional to it."""
        return not (self.specific_per_kg.any() or self.co2e_price_per_t.any())

    @cached_property
    def cuts(self) -> Ints:
        """Days on which a row starts or no longer holds, sorted."""
        return np.unique([day for rule in self.rules for day in (rule.first_day, rule.last_day + 1)]).astype(np.int64)

    @cached_property
    def kinds(self) -> dict[str, Bools]:
        """By way of stacking: whether each row stacks so, the last that stands for no row never does; shape (rows + 1,)."""
        words = np.array([*(rule.stacking for rule in self.rules), ""], dtype=object)
        return {kind: np.asarray(words == kind, dtype=bool) for kind in STACKING}

    @cached_property
    def excludes(self) -> Bools:
        """Programmes that each row turns off; shape (rows + 1, programmes). A row never turns off its own."""
        found = np.zeros((len(self.rules) + 1, len(self.programmes)), dtype=bool)
        for at, rule in enumerate(self.rules):
            for programme, name in enumerate(self.programmes):
                found[at, programme] = name in rule.excludes and name != rule.programme
        return found

    @cached_property
    def bounds(self) -> list[tuple[int, int]]:
        """First and last row, exclusive, of each programme."""
        names = [rule.programme for rule in self.rules]
        starts = [names.index(name) for name in self.programmes]
        return list(zip(starts, [*starts[1:], len(names)], strict=True))

    def _packed(self, rows: Iterable[Bools]) -> Bits:
        """Rows of bits as 64-bit words, least bit first; shape (names, words)."""
        listed = list(rows)
        wide = -(-max(1, len(self.rules)) // _WORD)
        bits = np.zeros((max(1, len(listed)), wide * _WORD), dtype=bool)
        for at, row in enumerate(listed):
            bits[at, : len(row)] = row
        return np.packbits(bits, axis=1, bitorder="little").view(np.uint64)

    def _by(self, cells: Callable[[DutyRule], Hashable], speaks: Callable[[Hashable, Hashable], bool], names: Sequence[Hashable]) -> Bits:
        """Bits of names, for a cell of the rows that is tested once for each different content."""
        kinds: dict[Hashable, Bools] = {}
        for at, rule in enumerate(self.rules):
            kinds.setdefault(cells(rule), np.zeros(len(self.rules), dtype=bool))[at] = True
        rows = []
        for name in names:
            row = np.zeros(len(self.rules), dtype=bool)
            for cell, mask in kinds.items():
                if speaks(cell, name):
                    row |= mask
            rows.append(row)
        return self._packed(rows)

    def _lines(self, codes: Sequence[Hashable]) -> Bits:
        """Bits of tariff lines: a row speaks of the lines that start with its prefix."""
        kinds: dict[str, Bools] = {}
        for at, rule in enumerate(self.rules):
            kinds.setdefault(rule.hs_prefix, np.zeros(len(self.rules), dtype=bool))[at] = True
        lengths = sorted({len(prefix) for prefix in kinds})
        rows = []
        for code in codes:
            row = np.zeros(len(self.rules), dtype=bool)
            for length in lengths:
                prefix = str(code)[:length]
                if len(prefix) == length and prefix in kinds:
                    row |= kinds[prefix]
            rows.append(row)
        return self._packed(rows)

    @cached_property
    def _spans(self) -> Bits:
        """Bits of the spans between cuts, the one before the first cut first."""
        first = np.array([rule.first_day for rule in self.rules], dtype=np.int64)
        last = np.array([rule.last_day for rule in self.rules], dtype=np.int64)
        days = [self.cuts[0] - 1, *self.cuts] if len(self.cuts) else [0]
        return self._packed((first <= day) & (day <= last) for day in days)

    def strings(self, entries: Entries) -> list[tuple[Bits, Ints]]:
        """The bits of each name that entries have, and which each entry has."""
        found = [
            (self._by(lambda rule: rule.importers, _among, entries.importer.names), entries.importer.at),
            (self._by(lambda rule: rule.origins, _among, entries.origin.names), entries.origin.at),
            (self._lines(entries.hs_code.names), entries.hs_code.at),
            (self._spans, np.searchsorted(self.cuts, entries.day, side="right")),
        ]
        optional = ((entries.use, lambda rule: rule.use), (entries.producer, lambda rule: rule.producer))
        nothing = np.zeros(len(entries), dtype=np.int64)
        for column, cells in optional:
            if column is not None:
                found.append((self._by(cells, _same, column.names), column.at))
            else:
                found.append((self._by(cells, _same, [None]), nothing))
        claims, at = (entries.claims.names, entries.claims.at) if entries.claims is not None else ([frozenset()], nothing)
        found.append((self._by(lambda rule: (rule.needs, rule.unless), _claimed, claims), at))
        return [one for one in found if not _every(one[0], len(self.rules))]

    def chosen(self, strings: list[tuple[Bits, Ints]], part: slice, size: int) -> Ints:
        """The row of each programme that applies to a part of the entries, or the last row, of zeros; shape (programmes, size)."""
        wide = self._spans.shape[1]
        bits = np.full((size, wide), np.iinfo(np.uint64).max, dtype=np.uint64)
        for table, at in strings:
            bits &= table[at[part]]
        found = np.full((len(self.programmes), size), len(self.rules), dtype=np.int64)
        for programme, (low, high) in enumerate(self.bounds):
            for word in range((high - 1) // _WORD, low // _WORD - 1, -1):  # the first word last: it wins
                left = max(low - word * _WORD, 0)
                right = min(high - word * _WORD, _WORD)
                mask = np.uint64(((1 << right) - 1) ^ ((1 << left) - 1))
                own = bits[:, word] & mask
                hit = own != 0
                place = np.bitwise_count(own - np.uint64(1) & ~own).astype(np.int64) + word * _WORD  # zeros below the first 1
                np.copyto(found[programme], place, where=hit)
        return found


def _among(cell: Hashable, name: Hashable) -> bool:
    return cell is None or name in cell  # type: ignore[operator]


def _same(cell: Hashable, name: Hashable) -> bool:
    return cell is None or cell == name


def _claimed(cell: Hashable, claims: Hashable) -> bool:
    needs, unless = cell[0], cell[1]  # type: ignore[index]
    return (needs is None or needs in claims) and (unless is None or unless not in claims)  # type: ignore[operator]


def _every(table: Bits, rows: int) -> bool:
    """Whether every name is spoken of by every row, so that it decides nothing."""
    return bool((np.bitwise_count(table).sum(axis=1) == rows).all())
