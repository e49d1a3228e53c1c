"""The value of any column in each period: the typed cell, moved by the rows of `changes`, weighted by days."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST, Calendar, Floats, Ints, day_number
from hinterland.model.where import Members, matching_rows

if TYPE_CHECKING:
    from hinterland.model.network import Network

__all__ = ["MOVED_BY_RATES", "Dated", "day_spans", "step_weights"]

MOVED_BY_RATES = " exchange_rates "
"""How the ids of changes begin that exchange rates make: before all others. They move money that others then set or add to."""
_PAID_ONCE = frozenset(
    {
        ("sites", "opening_cost"), ("sites", "restart_cost"), ("sites", "closing_cost"), ("processes", "module_cost"),
        ("lanes", "qualification_cost"),
    }
)  # fmt: skip
"""Amounts paid at the start of a period: they take the exchange rate of its first day."""


def _days(column: pl.Series, empty: int) -> Ints:
    return column.cast(pl.Int32).cast(pl.Int64).fill_null(empty).to_numpy()


def day_spans(frame: pl.DataFrame, first: str = "valid_from", last: str = "valid_to") -> tuple[Ints, Ints]:
    """Inclusive first and last day numbers of each row; empty cells reach to the far past and future; shape (rows,)."""
    starts = _days(frame[first], FAR_PAST) if first in frame.columns else np.full(frame.height, FAR_PAST)
    ends = _days(frame[last], FAR_FUTURE) if last in frame.columns else np.full(frame.height, FAR_FUTURE)
    return starts, ends


def step_weights(keys: Ints, valid_from: Ints, calendar: Calendar) -> Floats:
    """Day weights of rows that hold until the next row of the same key; shape (rows, periods).

    The earliest row of a key also covers the days before it: a price path that starts in 2026 is flat before.
    """
    order = np.lexsort((valid_from, keys))
    first, last = valid_from.copy(), np.full(len(keys), FAR_FUTURE)
    same = keys[order][1:] == keys[order][:-1]
    last[order[:-1][same]] = valid_from[order[1:][same]] - 1
    opens = np.ones(len(keys), dtype=bool)
    opens[order[1:][same]] = False
    first[opens] = FAR_PAST
    return calendar.weight(first, last)


@dataclass(frozen=True)
class Dated:
    """Evaluates columns of a resolved network by period."""

    net: Network

    @cached_property
    def calendar(self) -> Calendar:
        """The planning periods."""
        return self.net.calendar

    @cached_property
    def _members(self) -> Members:
        return Members.of(self.net.tables)

    def values(self, table: str, column: str, default: float = np.nan) -> Floats:
        """Mean value of a numeric column over the days of each period; shape (rows, periods), file order of rows.

        `changes` apply in the order of their change_id on each day; the period takes the mean over its days.
        """
        frame = self.net[table]
        cells = frame[column].cast(pl.Float64).fill_null(default).to_numpy().astype(np.float64)
        return self._moved(table, column, np.repeat(cells[:, None], len(self.calendar), axis=1))

    def setting(self, key: str, value: float) -> Floats:
        """Mean of a numeric setting over each period; shape (periods,). Changes name it as `key=...`, column `value`."""
        keys = self.net["settings"]["key"].to_list()
        rows = np.full((max(1, len(keys)), len(self.calendar)), np.nan)
        at = keys.index(key) if key in keys else 0
        rows[at] = value
        return self._moved("settings", "value", rows)[at] if key in keys else rows[at]

    def _moved(self, table: str, column: str, plain: Floats) -> Floats:
        changes = self.net["changes"].filter((pl.col("table") == table) & (pl.col("column") == column)).sort("change_id")
        if changes.height == 0:
            return plain
        masks = [matching_rows(self.net[table], where, self._members).to_numpy() for where in changes["where"].to_list()]
        first, last = day_spans(changes)
        actions, amounts = changes["action"].to_list(), changes["value"].cast(pl.Float64).to_list()
        once = np.zeros(len(first), dtype=bool)
        if (table, column) in _PAID_ONCE:
            once = np.array([name.startswith(MOVED_BY_RATES) for name in changes["change_id"].to_list()], dtype=bool)
        moved = plain.copy()
        touched = np.flatnonzero(np.logical_or.reduce(masks))
        for t, (opens, stops) in enumerate(zip(self.calendar.start, self.calendar.stop, strict=True)):
            cuts = np.concatenate([first, last + 1, [opens, stops]])
            cuts = np.unique(cuts[(cuts >= opens) & (cuts <= stops)])
            mean = np.zeros(len(touched))
            for low, high in itertools.pairwise(cuts):
                segment = plain[touched, t]
                for c, mask in enumerate(masks):
                    if (first[c] <= opens <= last[c]) if once[c] else (first[c] <= low and high - 1 <= last[c]):
                        hit = mask[touched]
                        acted = {"set": amounts[c], "scale": segment * amounts[c], "add": segment + amounts[c]}[actions[c]]
                        segment = np.where(hit, acted, segment)
                mean += segment * (high - low)
            moved[touched, t] = mean / (stops - opens)
        return moved

    def spans_weight(self, table: str, first: str = "valid_from", last: str = "valid_to") -> Floats:
        """Share of each period's days in which each row holds; shape (rows, periods)."""
        return self.calendar.weight(*day_spans(self.net[table], first, last))

    def first_period(self, day: object) -> int:
        """Index of the period that holds a date; the first for earlier dates, the count of periods for later ones."""
        number = day_number(day)  # type: ignore[arg-type]
        return int(np.searchsorted(self.calendar.stop, number, side="right"))
