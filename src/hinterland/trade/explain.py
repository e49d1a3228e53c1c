"""One duty stack in words: every layer with its row, its rate, how it stacks, what turned it off, and its source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hinterland.core.calendar import day_number
from hinterland.trade.book import Book
from hinterland.trade.entries import Entries
from hinterland.trade.rules import BASE, tariff_digits
from hinterland.trade.stacking import stacked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hinterland.core.calendar import Floats, Ints
    from hinterland.trade.book import Bools
    from hinterland.trade.entries import Goods
    from hinterland.trade.rules import DutyRule

__all__ = ["Layer", "Stack", "branches", "stack_on"]


@dataclass(frozen=True, slots=True)
class Layer:
    """A programme's row: `asked` is what it asks for by itself, `adds` what it adds to the stack, in the money of the value.

    `off_by` names the programme that turns it off, or that stands in place of it; empty where it counts.
    """

    programme: str
    rule: DutyRule
    asked: float
    adds: float
    off_by: str

    @property
    def stacking(self) -> str:
        """How it stacks; the base programme is the base, whatever its row says."""
        return "base" if self.programme == BASE else self.rule.stacking


@dataclass(frozen=True, slots=True)
class Stack:
    """The layers of goods on a day: the base first, then what counts, then what is turned off."""

    goods: Goods
    day: date
    layers: tuple[Layer, ...]

    @property
    def total(self) -> float:
        """What is due, in the money of the customs value."""
        return sum(layer.adds for layer in self.layers)

    @property
    def total_share(self) -> float:
        """What is due over the customs value; 0 for goods without value."""
        return self.total / self.goods.customs_value if self.goods.customs_value else 0.0


def stack_on(rules: Sequence[DutyRule] | Book, goods: Goods, day: date) -> Stack:
    """Explain what is due on goods that enter on a day.

    >>> from datetime import date
    >>> from hinterland.trade import DutyRule, Goods
    >>> rules = [DutyRule("m", ad_valorem_share=0.034), DutyRule("n", "levy", ad_valorem_share=0.125, stacking="net_of_mfn")]
    >>> found = stack_on(rules, Goods("US", "JP", "8507.60", customs_value=10_000), date(2026, 10, 1))
    >>> [(layer.programme, round(layer.adds)) for layer in found.layers], round(found.total)
    ([('mfn', 340), ('levy', 910)], 1250)
    """
    book = rules if isinstance(rules, Book) else Book.of(rules)
    if not book.rules:
        return Stack(goods, day, ())
    found = stacked(book, Entries.of([goods], day_number(day)))
    row, on, asked, adds = found.row[:, 0], found.on[:, 0], found.asked[:, 0], found.adds[:, 0]
    layers = []
    for at, programme in enumerate(book.programmes):
        if row[at] == len(book.rules):
            continue
        off = [name for other, name in enumerate(book.programmes) if on[other] and book.excludes[row[other], at]] if not on[at] else []
        if on[at] and not off:
            off = _replaced_by(book, at, row, on, asked)
        layers.append(Layer(programme, book.rules[row[at]], float(asked[at]), float(adds[at]), off[0] if off else ""))
    return Stack(goods, day, tuple(sorted(layers, key=lambda one: (bool(one.off_by), one.programme != BASE, one.programme))))


def _replaced_by(book: Book, at: int, row: Ints, on: Bools, asked: Floats) -> list[str]:
    """The programme that stands in place of this one: the preference that asks least."""
    stands = [one for one in range(len(book.programmes)) if one != book.base and on[one] and book.kinds["replace"][row[one]]]
    if not stands or (at != book.base and at not in stands):
        return []
    best = min(stands, key=lambda one: (asked[one], one))
    return [] if at == best else [book.programmes[best]]


def branches(rules: Sequence[DutyRule] | Book, goods: Goods, day: date) -> list[Stack]:
    """Stacks of the tariff lines under a short code that some row names for the importer and origin, by code."""
    book = rules if isinstance(rules, Book) else Book.of(rules)
    code = tariff_digits(goods.hs_code)
    lines = {
        rule.hs_prefix
        for rule in book.rules
        if rule.hs_prefix.startswith(code) and len(rule.hs_prefix) > len(code)
        and (rule.importers is None or goods.importer in rule.importers) and (rule.origins is None or goods.origin in rule.origins)
    }  # fmt: skip
    return [stack_on(book, replace(goods, hs_code=line), day) for line in sorted(lines)]
