"""Regional value content: what share of a product's value originates in the countries of an agreement, by its rules of origin.

Physical flows alone: inputs mix on average, an input that originates counts nothing (roll-up), and one of unknown origin counts
as non-originating. Sources: USMCA Art. 4.5 and HTSUS GN 11 (RVC_TV, RVC_NC), EU-UK TCA Annex 2 (MaxNOM).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hinterland.compliance.findings import STATUSES, Finding, Row, Status
from hinterland.compliance.flows import mixed
from hinterland.compliance.rulebook import shipped
from hinterland.model.dated import day_spans
from hinterland.model.scopes import tokens
from hinterland.trade.origin import max_nom, rvc_tv, shifts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.compliance.audited import Asked, Audited
    from hinterland.core.calendar import Floats

__all__ = ["regional_value_content"]

_METHODS = {
    "rvc_tv": "regional value by transaction value",
    "rvc_nc": "regional value by net cost",
    "max_nom": "non-originating materials in the ex-works price",
    "tariff_shift": "inputs that keep their tariff line, of the value",
}
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class _Test:
    """One way to originate: a row of origin_rules on the days in which it holds."""

    rule: str
    prefix: str
    method: str
    first: int
    last: int
    threshold: float | None
    level: str
    de_minimis: float
    group: str
    agreement: str
    whence: str

    @property
    def keys(self) -> str:
        """The row as a `where`."""
        return f"origin_rule_id={self.rule}" + (f"; hs_prefix={self.prefix}" if self.prefix else "") + f"; method={self.method}"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How one line's output stands a test: share against threshold, the values behind it, and whether something is missing."""

    test: _Test
    status: Status
    share: float | None
    threshold: float | None
    margin: float | None
    value: float
    foreign: float
    missing: str = ""


def _tests(w: Audited) -> list[_Test]:
    """Rows of origin_rules, the network's in place of shipped ones of the same name; a row holds to the next of its line and method."""

    def read() -> list[_Test]:
        own = w.net["origin_rules"]
        brought = shipped()["origin_rules"]
        brought = brought.filter(~pl.col("origin_rule_id").is_in(own["origin_rule_id"].unique().implode()))
        found = []
        for whence, frame in (("origin_rules", own), ("shipped origin_rules", brought)):
            keys = ["origin_rule_id", "hs_prefix", "method"]
            rows = frame.with_columns(pl.col("hs_prefix").fill_null("")).sort(*keys, "valid_from", nulls_last=False)
            first, last = (one.copy() for one in day_spans(rows))
            listed = list(rows.iter_rows(named=True))
            for at in range(len(listed) - 1):
                if all(listed[at][key] == listed[at + 1][key] for key in keys):
                    last[at] = min(last[at], first[at + 1] - 1)
            found += [
                _Test(
                    row["origin_rule_id"], row["hs_prefix"].replace(".", ""), row["method"], int(first[at]), int(last[at]), row["threshold_share"],
                    row["shift_level"] or "heading", row["de_minimis_share"] or 0.0, row["cumulation_group"], row["agreement"] or "", whence,
                )
                for at, row in enumerate(listed)
            ]  # fmt: skip
        return found

    return w.once("origin tests", read)


def _family(w: Audited, subject: str) -> dict[str, str]:
    """Which origin rule speaks of each product: the subject, unless another rule of the same agreement names the product."""
    agreement = next((test.agreement for test in _tests(w) if test.rule == subject), "")
    relatives = {test.rule for test in _tests(w) if agreement and test.agreement == agreement}
    found = dict.fromkeys(w.a.products.ids, subject)
    own: set[str] = set()
    for group in w.groups:
        for rule in group:
            if rule.predicate == "regional_value_content" and rule.subject in relatives and rule.product:
                named = {one for one, here in zip(w.a.products.ids, w.products_in(rule.product), strict=True) if here}
                if rule.subject == subject:
                    own |= named
                else:
                    found |= {one: rule.subject for one in named if one not in own}
    return found | dict.fromkeys(own, subject)


def _codes(w: Audited, group: frozenset[str]) -> dict[str, str]:
    """A tariff line for each product: of an importer of the group, else of everyone, else of anyone (six digits are the same for all)."""

    def read() -> list[tuple[str, str | None, str]]:
        return list(
            w.net["product_codes"].sort("product_id", "importer", "valid_from").select("product_id", "importer", "hs_code").iter_rows()
        )

    ranked: dict[str, tuple[int, str]] = {}
    for product, importer, code in w.once("codes", read):
        rank = 0 if tokens(importer) and group & w.countries_in(importer) else 1 if not tokens(importer) else 2
        if product not in ranked or rank <= ranked[product][0]:
            ranked[product] = (rank, str(code).replace(".", ""))
    return {product: code for product, (_, code) in ranked.items()}


@dataclass(frozen=True, slots=True)
class _State:
    """Origin of everything under one set of tests: outcome per run, and per cell the share, value and unknown part that is foreign."""

    outcomes: list[_Outcome | None]
    cells: Floats


def _state(w: Audited, subject: str, live: Sequence[_Test]) -> _State:
    """Who originates: the fewest that follow from the tests, found by starting with nobody and adding whoever passes."""
    m, a = w.mixing, w.a
    family = _family(w, subject)
    group = frozenset().union(*(w.countries_in(test.group) for test in live))
    codes = _codes(w, group)
    inside = np.array([country in group for country in a.sites.country], dtype=bool)
    product = w.product_of(m.run_cell)
    tests = [
        _for_product([test for test in live if test.rule == family[a.products.ids[one]]], codes.get(a.products.ids[one], ""))
        if here
        else []
        for one, here in zip(product.tolist(), inside[w.site_of(m.run_cell)].tolist(), strict=True)
    ]
    value = w.values[m.run_cell]
    net_cost = w.net_costs[m.run_cell]
    origin = a.offers.rows["origin_country"].to_list()
    here_bought = np.array([origin[int(one)] in group for one in m.bought_offer], dtype=bool)
    paid = np.where(np.isnan(w.values[m.bought_cell]), w.prices, w.values[m.bought_cell])
    opened_from = dict(w.net["stocks"].select(pl.concat_str("site_id", pl.lit(" "), "product_id"), "initial_origin_country").iter_rows())
    opened_names = [
        f"{a.sites.ids[s]} {a.products.ids[p]}" for s, p in zip(w.site_of(m.opened_cell), w.product_of(m.opened_cell), strict=True)
    ]
    here_opened = np.array([opened_from.get(one) in group for one in opened_names], dtype=bool)

    def foreign(native: Any, worth: Floats) -> Floats:
        out = ~native
        return np.stack([out, out * np.nan_to_num(worth), out & np.isnan(worth)], axis=1).astype(np.float64)

    native = np.zeros(len(m.run), dtype=bool)
    outcomes: list[_Outcome | None] = [None] * len(m.run)
    while True:
        cells = mixed(m, foreign(native, value), foreign(here_bought, paid), foreign(here_opened, w.values[m.opened_cell]))
        fresh = native.copy()
        for run, ways in enumerate(tests):
            if ways and not native[run]:
                best = _best([_tried(w, way, run, w.takes[run], cells, codes, value[run], net_cost[run]) for way in ways])
                outcomes[run], fresh[run] = best, best.status == "met"
        if (fresh == native).all():
            return _State(outcomes, cells)
        native = fresh


def _for_product(tests: list[_Test], code: str) -> list[_Test]:
    """The rows of the longest tariff line that starts the product's code: alternatives."""
    fitting = [test for test in tests if code.startswith(test.prefix)]
    longest = max((len(test.prefix) for test in fitting), default=0)
    return [test for test in fitting if len(test.prefix) == longest]


def _tried(w: Audited, test: _Test, run: int, takes: Any, cells: Floats, codes: dict[str, str], value: float, net_cost: float) -> _Outcome:
    m = w.mixing
    if np.isnan(value):
        return _Outcome(test, "not_enough_data", None, test.threshold, None, value, 0.0, "product_values has no value of the product")
    base = net_cost if test.method == "rvc_nc" else value
    use, at = m.take[takes] / m.run[run], m.take_cell[takes]
    if test.method == "tariff_shift":
        code = codes.get(w.a.products.ids[int(w.product_of(m.run_cell[run : run + 1])[0])], "")
        names = [w.a.products.ids[one] for one in w.product_of(at)]
        keeps = np.array([not shifts(code, codes.get(name, ""), test.level) for name in names], dtype=bool)
        use, limit = use * keeps, test.de_minimis
        uncoded = [
            name for name, kept, part in zip(names, keeps, cells[at, 0], strict=True) if kept and part > _EXACT and not codes.get(name)
        ]
    elif test.threshold is None:
        return _Outcome(test, "not_enough_data", None, None, None, base, 0.0, f"threshold_share is empty for {test.keys}")
    else:
        limit, uncoded = test.threshold, []
    known = float(use @ cells[at, 1])
    unknown = float(use @ cells[at, 2]) > _EXACT
    least = test.method in {"rvc_tv", "rvc_nc"}
    share = rvc_tv(base, known) if least else max_nom(base, known)
    margin = share - limit if least else limit - share
    missing = ""
    if unknown:
        dark = sorted(
            {w.a.products.ids[int(w.product_of(at[one : one + 1])[0])] for one in range(len(at)) if use[one] * cells[at[one], 2] > _EXACT}
        )
        missing = f"product_values has no value of {', '.join(dark)}"
    elif uncoded and margin < -_EXACT:
        missing = f"product_codes has no line of {', '.join(sorted(set(uncoded)))}"
    status: Status = "not_met" if margin < -_EXACT else "met"
    if (status == "met" and unknown) or (status == "not_met" and missing and not unknown):
        status = "not_enough_data"
    return _Outcome(test, status, share, limit, margin, base, known, missing)


def _best(outcomes: list[_Outcome]) -> _Outcome:
    """The alternative that serves best: a met one before one without data before a broken one, then the most room."""
    order = {"met": 0, "not_enough_data": 1, "not_met": 2}
    return min(outcomes, key=lambda one: (order[one.status], -(one.margin if one.margin is not None else -np.inf)))


def regional_value_content(w: Audited, asked: Asked) -> list[Finding]:
    """Best of a product's tests of origin, per product, plant inside the agreement and period, at the strictest day of the period."""
    rule = asked.rule
    tests = [test for test in _tests(w) if test.rule == rule.subject]
    cells = w.makers(rule, asked.period)
    if not tests:
        note = f"origin_rules has no row of {rule.subject}: add its tariff lines, methods and thresholds"
        missing = Row("origin_rules", f"origin_rule_id={rule.subject}", contributes="missing")
        return [Finding(w.name(int(cell)), "not_enough_data", note=note, evidence=(missing,)) for cell in cells]
    edges = sorted({asked.first, *(day for test in _tests(w) for day in (test.first, test.last + 1) if asked.first < day <= asked.last)})
    found: dict[int, Finding] = {}
    group = frozenset().union(*(w.countries_in(test.group) for test in tests))
    for day in edges:
        live = tuple(test for test in _tests(w) if test.first <= day <= test.last)
        if not any(test.rule == rule.subject for test in live):
            continue
        state: _State = w.once(("origin", rule.subject, live), partial(_state, w, rule.subject, live))
        for cell in cells.tolist():
            if w.a.sites.country[int(w.site_of(np.array([cell]))[0])] in group:
                for run in np.flatnonzero(w.mixing.run_cell == cell).tolist():
                    one = _finding(w, run, state)
                    if cell not in found or _rank(one) < _rank(found[cell]):
                        found[cell] = one
    return list(found.values())


def _rank(one: Finding) -> tuple[float, float]:
    return (STATUSES.index(one.status), one.margin if one.margin is not None else np.inf)


def _finding(w: Audited, run: int, state: _State) -> Finding:
    m, one = w.mixing, state.outcomes[run]
    cell = int(m.run_cell[run])
    made = Row("plan outputs", w.keys(cell), float(m.run[run]), w.unit(cell), contributes="made there")
    if one is None:
        note = "no row of origin_rules speaks of its tariff line: its origin is undetermined, which counts as non-originating"
        return Finding(w.name(cell), "not_enough_data", note=note, evidence=(made,))
    money = w.a.settings.currency
    at = w.takes[run]
    rows = [
        Row(
            "plan flows", w.keys(int(m.take_cell[take])), float(m.take[take] / m.run[run]), f"{w.unit(int(m.take_cell[take]))}/unit",
            float(m.take[take] / m.run[run] * state.cells[m.take_cell[take], 1]), f"{money}/unit",
            f"input, {state.cells[m.take_cell[take], 0]:.1%} of it non-originating",
        )
        for take in at.tolist()
    ]  # fmt: skip
    test = Row(one.test.whence, one.test.keys, one.threshold, "share", contributes=f"the test: {_METHODS[one.test.method]}")
    value = Row(
        "product_values", w.keys(cell), 1.0, "unit", one.value, f"{money}/unit", "net cost" if one.test.method == "rvc_nc" else "value"
    )
    told = f"{_METHODS[one.test.method]}: {one.foreign:,.4g} of {one.value:,.4g} {money} a unit is non-originating"
    note = f"{told}; {one.missing}" if one.missing else told
    claimed = w.claimed(one.test.rule).get(w.keys(cell), 0.0)
    if claimed > 0:
        rows.append(
            Row(
                "plan claims",
                f"rule_id={one.test.rule}; {w.keys(cell)}",
                claimed,
                w.unit(cell),
                contributes="claimed to originate by the plan",
            )
        )
        note += (
            f"; the plan claims {claimed:,.4g} of {m.run[run]:,.4g} {w.unit(cell)}, which keeps originating inputs apart"
            if one.status != "met"
            else ""
        )
    return Finding(w.name(cell), one.status, one.share, one.threshold, one.margin, "share", note, (made, test, value, *rows))
