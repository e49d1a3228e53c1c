"""Trade: dated duty stacks by programme, and what rules of origin ask for."""

from hinterland.trade.book import STACKING, Book
from hinterland.trade.entries import Entries, Goods, Words, words
from hinterland.trade.explain import Layer, Stack, branches, stack_on
from hinterland.trade.rules import BASE, DutyRule, declared_use, tariff_digits
from hinterland.trade.shipped import SHIPPED, shipped_tables
from hinterland.trade.spans import Spans, duty_by_period
from hinterland.trade.stacking import Stacked, duty_amounts, stacked

__all__ = [
    "BASE",
    "SHIPPED",
    "STACKING",
    "Book",
    "DutyRule",
    "Entries",
    "Goods",
    "Layer",
    "Spans",
    "Stack",
    "Stacked",
    "Words",
    "branches",
    "declared_use",
    "duty_amounts",
    "duty_by_period",
    "shipped_tables",
    "stack_on",
    "stacked",
    "tariff_digits",
    "words",
]
