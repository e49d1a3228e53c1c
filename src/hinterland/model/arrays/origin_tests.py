"""Which tests a rule asks for in each period: rows of origin_rules by tariff line, rows of condition_rules by date."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST
from hinterland.model.dated import day_spans
from hinterland.model.scopes import Scopes, tokens
from hinterland.trade.origin import shifts

if TYPE_CHECKING:
    from hinterland.core.calendar import Calendar, Floats
    from hinterland.model.network import Network

__all__ = ["WHOLLY", "Alternative", "Asked", "ConditionRules", "OriginRules"]

Bools = npt.NDArray[np.bool_]
WHOLLY = "wholly"
"""Method of goods wholly obtained or made of originating materials alone: open under every rule, without a row."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to meet a rule for a product; arrays of shape (periods,).

    `holds` where the way is open on every day of the period; `threshold` the strictest of those days (tariff_shift: the
    de minimis share). `levels` are the shift levels asked for on some day of each period.
    """

    method: str
    holds: Bools
    threshold: Floats
    levels: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    prefix: str
    method: str
    first: int
    last: int
    threshold: float
    level: str


@dataclass(frozen=True)
class OriginRules:
    """The origin_rules table, and the tariff lines that its rows look at."""

    net: Network
    calendar: Calendar
    _lines: dict[tuple[str, str], list[tuple[str, int, int]]] = field(default_factory=dict)

    @cached_property
    def _scopes(self) -> Scopes:
        return Scopes(self.net)

    @cached_property
    def _rows(self) -> dict[str, list[_Row]]:
        frame = self.net["origin_rules"]
        first, last = day_spans(frame)
        found: dict[str, list[_Row]] = {}
        for at, row in enumerate(frame.iter_rows(named=True)):
            shift = row["method"] == "tariff_shift"
            share = row["de_minimis_share"] if shift else row["threshold_share"]
            empty = 0.0 if shift or row["method"] == "max_nom" else 1.0  # `check` refuses a row without its threshold
            found.setdefault(row["origin_rule_id"], []).append(
                _Row(
                    (row["hs_prefix"] or "").replace(".", ""), row["method"], int(first[at]), int(last[at]),
                    empty if share is None else float(share), row["shift_level"] or "heading",
                )
            )  # fmt: skip
        return found

    @cached_property
    def _groups(self) -> dict[str, str]:
        frame = self.net["origin_rules"].select("origin_rule_id", "cumulation_group")
        return {rule: group for rule, group in reversed(frame.rows()) if group}

    def __contains__(self, rule: str) -> bool:
        """Say whether the table has a row of the rule."""
        return rule in self._rows

    def sites(self, rule: str) -> frozenset[str]:
        """Sites that cumulate under a rule."""
        return self._scopes.sites(self._groups.get(rule)) or frozenset()

    def countries(self, rule: str) -> frozenset[str]:
        """Countries that cumulate under a rule: purchases that originate there count."""
        return self._scopes.countries(self._groups.get(rule)) or frozenset()

    def in_force(self, rule: str) -> Bools:
        """Periods on every day of which some row of the rule is valid; shape (periods,)."""
        rows = self._rows[rule]
        edges = sorted({day for row in rows for day in (row.first, row.last + 1)})
        return np.array([all(any(row.first <= day <= row.last for row in rows) for day in days) for days in self._days(edges)], dtype=bool)

    def _days(self, edges: list[int]) -> list[list[int]]:
        """First days of the stretches that edges cut each period into."""
        spans = zip(self.calendar.start.tolist(), self.calendar.stop.tolist(), strict=True)
        return [[start, *(day for day in edges if start < day < stop)] for start, stop in spans]

    def tariff_lines(self, rule: str, product: str) -> list[tuple[str, int, int]]:
        """Spans (code, first day, last day) of a product's tariff line under a rule.

        Rules of origin speak of digits that all importers share: the row of an importer that cumulates comes first, then
        the one of every importer, then any other.
        """
        if (rule, product) not in self._lines:
            self._lines[rule, product] = self._line_of(rule, product)
        return self._lines[rule, product]

    @cached_property
    def _codes(self) -> dict[str, dict[str, list[tuple[int, str]]]]:
        frame = self.net["product_codes"]
        first, _ = day_spans(frame)
        found: dict[str, dict[str, list[tuple[int, str]]]] = {}
        for at, (product, importer, code) in enumerate(frame.select("product_id", "importer", "hs_code").iter_rows()):
            found.setdefault(product, {}).setdefault(importer or "*", []).append((int(first[at]), str(code).replace(".", "")))
        return found

    def _line_of(self, rule: str, product: str) -> list[tuple[str, int, int]]:
        by_importer = self._codes.get(product, {})
        if not by_importer:
            return []
        group = self.countries(rule)

        def rank(importer: str) -> tuple[int, str]:
            if not tokens(importer):
                return 1, importer
            return (0 if group & (self._scopes.countries(importer) or frozenset()) else 2), importer

        steps = sorted(by_importer[min(by_importer, key=rank)])
        ends = [first - 1 for first, _ in steps[1:]] + [FAR_FUTURE]
        return [(code, FAR_PAST if at == 0 else first, end) for at, ((first, code), end) in enumerate(zip(steps, ends, strict=True))]

    def alternatives(self, rule: str, product: str) -> list[Alternative]:
        """Ways to meet a rule for a product. On a day the rows with the longest tariff line that fits speak, and no other.

        A way counts in a period if it is open on all of its days; where dated rows cut the period, the strictest counts.
        """
        rows, lines = self._rows[rule], self.tariff_lines(rule, product)
        edges = sorted({day for row in rows for day in (row.first, row.last + 1)} | {first for _, first, _ in lines})
        spoken: list[dict[str, list[_Row]] | None] = []
        for days in self._days(edges):
            both: dict[str, list[_Row]] | None = None
            for day in days:
                live = _speaking(rows, _code_on(lines, day), day)
                both = live if both is None else {method: [*both[method], *live[method]] for method in both if method in live}
            spoken.append(both)
        found = []
        for method in sorted({method for each in spoken for method in each or ()}):
            each = [(period or {}).get(method, []) for period in spoken]
            strictest = max if method.startswith("rvc") else min
            found.append(
                Alternative(
                    method,
                    np.array([bool(period) for period in each], dtype=bool),
                    np.array([strictest((row.threshold for row in period), default=np.nan) for period in each], dtype=np.float64),
                    tuple(frozenset(row.level for row in period) for period in each),
                )
            )
        return found

    def unshifted(self, rule: str, product: str, used: str, levels: tuple[frozenset[str], ...]) -> Bools:
        """Periods in which an input does not make the tariff shift on some day, or a tariff line is not known; (periods,)."""
        ours, theirs = self.tariff_lines(rule, product), self.tariff_lines(rule, used)
        edges = sorted({first for _, first, _ in (*ours, *theirs)})
        return np.array(
            [
                any(not shifts(_code_on(ours, day), _code_on(theirs, day), level) for day in days for level in asked)
                for days, asked in zip(self._days(edges), levels, strict=True)
            ],
            dtype=bool,
        )


def _code_on(lines: list[tuple[str, int, int]], day: int) -> str:
    return next((code for code, first, last in lines if first <= day <= last), "")


def _speaking(rows: list[_Row], code: str, day: int) -> dict[str, list[_Row]]:
    live = [row for row in rows if row.first <= day <= row.last and code.startswith(row.prefix)]
    longest = max((len(row.prefix) for row in live), default=0)
    found: dict[str, list[_Row]] = {}
    for row in live:
        if len(row.prefix) == longest:
            found.setdefault(row.method, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What a condition asks for by list: least shares of material assistance, and whether the maker must be off the list.

    `least` maps a list to shares (periods,), NaN where nothing is asked (a share of 0 asks nothing); `free` maps a list to periods in which it is.
    """

    least: dict[str, Floats]
    free: dict[str, Bools]


@dataclass(frozen=True)
class ConditionRules:
    """The condition_rules table: a row holds until the next of its rule and method; all methods of a rule must be met."""

    net: Network
    calendar: Calendar

    def asked(self, rule: str) -> Asked:
        """What a rule asks for; where rows cut a period the strictest of both counts, where none speaks nothing is asked."""
        frame, calendar = self.net["condition_rules"], self.calendar
        first, last = day_spans(frame)
        steps: dict[str, list[tuple[int, int, str, float]]] = {}
        columns = frame.select("condition_rule_id", "method", "list_id", "threshold_share")
        for at, (one, method, list_id, share) in enumerate(columns.iter_rows()):
            if one == rule:
                steps.setdefault(method, []).append((int(first[at]), int(last[at]), list_id or "", float(share or 0.0)))
        least: dict[str, Floats] = {}
        free: dict[str, Bools] = {}
        for method, rows in steps.items():
            rows.sort()
            ends = [min(row[1], after[0] - 1) for row, after in pairwise(rows)] + [rows[-1][1]]
            for (opens, _, list_id, share), closes in zip(rows, ends, strict=True):
                touched = (opens < calendar.stop) & (closes >= calendar.start) & (opens <= closes)
                if method == "entity_free":
                    free[list_id] = free.get(list_id, np.zeros(len(calendar), dtype=bool)) | touched
                elif share > 0:
                    held = least.get(list_id, np.full(len(calendar), np.nan))
                    least[list_id] = np.where(touched, np.fmax(held, share), held)
        return Asked(least, free)
