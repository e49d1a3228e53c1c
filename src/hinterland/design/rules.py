"""Policies as rows: each says in planner's words what it limits, over which terms, and what breaking it costs.

A penalty is per unit of what the row counts, in each period: shares, min_flow and max_flow per product unit, tonne or
money of value by their basis; max_co2e and max_co2e_per_unit per tonne CO2e; max_sites, force_open and forbid_site of a site
that may close per site and period; forbid_origin and forbid_site of a running site per unit moved, made or bought;
min_renewable_share per kWh; requirements and require_certificate per product unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.design.arrivals import VARIABLES, Arrivals, arrivals_of, weights_of
from hinterland.design.blocks.requirements import gates_of
from hinterland.design.prices import co2e_terms
from hinterland.model.arrays.energy import electricity_of
from hinterland.model.dated import Dated
from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays

    Bools = npt.NDArray[np.bool_]

__all__ = ["Rule", "rules_of"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of one policy or requirement in one period: Σ terms (sign) right; `penalty` per unit of violation, None where it must hold.

    `words` and `unit` say what it asks and what it counts in, where the policy's own row does not.
    """

    policy_id: str
    label: str
    period: int
    sign: str
    right: float
    penalty: float | None
    terms: list[tuple[str, Ints, Floats]] = field(default_factory=list)
    words: str = ""
    unit: str = ""


@dataclass(frozen=True)
class _World:
    """What every kind of policy looks up."""

    a: Arrays
    scopes: Scopes
    arrivals: Arrivals

    def sites(self, cell: str | None) -> Bools:
        ids = np.array(self.a.sites.ids, dtype=object)
        named = self.scopes.sites(cell)
        return np.ones(len(ids), dtype=bool) if named is None else np.isin(ids, list(named))

    def products(self, cell: str | None) -> Bools:
        ids = np.array(self.a.products.ids, dtype=object)
        named = self.scopes.products(cell)
        return np.ones(len(ids), dtype=bool) if named is None else np.isin(ids, list(named))

    def picked(self, row: dict[str, Any]) -> Arrivals:
        """Arrivals of the policy's products at the sites of to_group."""
        return self.arrivals.where(
            self.products(row["product"])[self.arrivals.product] & self.sites(row["to_group"])[self.arrivals.to_site]
        )

    def from_group(self, row: dict[str, Any], terms: Arrivals) -> Bools:
        """Which terms come from the policy's from_group; purchases by their country."""
        countries = self.scopes.countries(row["from_group"])
        by_site = np.append(self.sites(row["from_group"]), False)[terms.from_site]
        return by_site | ((terms.from_site < 0) & np.isin(terms.from_country, list(countries or ())))


def _parts(terms: Arrivals, amounts: Floats) -> list[tuple[str, Ints, Floats]]:
    return [(name, terms.entry[terms.variable == at], amounts[terms.variable == at]) for at, name in enumerate(VARIABLES)]


def _split(w: _World, each: str, terms: Arrivals) -> Iterator[tuple[str, Bools]]:
    """One (name, mask) per receiving region, country, site or product; one for all with each = none."""
    a = w.a
    keys: dict[str, Callable[[], npt.NDArray[np.object_]]] = {
        "region": lambda: np.array(a.sites.region, dtype=object)[terms.to_site],
        "country": lambda: np.array(a.sites.country, dtype=object)[terms.to_site],
        "site": lambda: np.array(a.sites.ids, dtype=object)[terms.to_site],
        "buyer": lambda: np.array(a.sites.ids, dtype=object)[terms.to_site],
        "product": lambda: np.array(a.products.ids, dtype=object)[terms.product],
    }
    if each not in keys or not len(terms.entry):
        yield "", np.ones(len(terms.entry), dtype=bool)
        return
    names = keys[each]()
    for name in sorted(set(names)):
        yield str(name), names == name


def _all_counted(w: _World, row: dict[str, Any], terms: Arrivals) -> None:
    """Raise InvalidTables where a share is of mass or value and a product of it has none: it would count nothing, unseen."""
    table, column = {"mass": ("products", "mass_kg_per_unit"), "value": ("product_values", "value_per_unit")}.get(row["basis"], ("", ""))
    if not table:
        return
    known = set(w.a.net[table].filter(pl.col(column).is_not_null())["product_id"].to_list())
    missing = sorted({w.a.products.ids[product] for product in terms.product} - known)
    if missing:
        raise InvalidTables(
            [
                Issue(
                    table,
                    None,
                    column,
                    "missing_value",
                    what=f"{product} has no {column}",
                    why=f"policy {row['policy_id']} counts by {row['basis']}: {product} would count nothing",
                    fix=f"fill {column} of {product}, or let the policy name other products or another basis",
                    severity="error",
                )
                for product in missing
            ]
        )


def _shares(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[tuple[str, str, int, float, list[Any]]]:
    """Rows of min_regional_share, max_country_share and max_site_share: Σ in scope − share · Σ all."""
    terms = w.picked(row)
    _all_counted(w, row, terms)
    counts = weights_of(w.a, row["basis"])[terms.product, terms.period] * terms.units
    kind, low = row["kind"], row["kind"] == "min_regional_share"
    share = value * weight if low else value * weight + (1.0 - weight)
    own = {"max_country_share": "country", "max_site_share": "site"}.get(kind)
    each = "none" if row["each"] == own else row["each"]
    for name, mask in _split(w, each, terms):
        if low:
            home = np.array(w.a.sites.region, dtype=object)[terms.to_site]
            inside = w.from_group(row, terms) if row["from_group"] else terms.from_region == home
            scopes = [(name, inside)]
        elif row["from_group"]:
            scopes = [(f"{name} {row['from_group']}".strip(), w.from_group(row, terms))]
        elif kind == "max_country_share":
            scopes = [(f"{name} {one}".strip(), terms.from_country == one) for one in sorted(set(terms.from_country[mask]))]
        else:
            found = sorted(set(terms.from_site[mask]) - {-1})
            scopes = [(f"{name} {w.a.sites.ids[one]}".strip(), terms.from_site == one) for one in found]
        for scope, inside in scopes:
            for t in np.flatnonzero(weight > 0):
                here = mask & (terms.period == t)
                if here.any() and not (low and share[t] <= 0):
                    amounts = counts * (inside.astype(float) - share[t])
                    yield scope, ">=" if low else "<=", int(t), 0.0, _parts(terms.where(here), amounts[here])


def _emissions(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[tuple[str, str, int, float, list[Any]]]:
    """Rows of max_co2e (t) and max_co2e_per_unit (kg): everything, or energy and direct CO2e of site_group."""
    a = w.a
    own = w.sites(row["site_group"])
    local = bool(row["site_group"])
    groups = (
        [(a.sites.ids[site], np.arange(len(own)) == site) for site in np.flatnonzero(own)]
        if local and row["each"] == "site"
        else [("", own)]
    )
    found = [one for one in co2e_terms(a) if not local or one.kind in {"electricity", "heat", "direct"}]
    out, lines = a.making.outputs, a.making.lines
    for name, sites in groups:
        for t in np.flatnonzero(weight >= 1 - 1e-12):
            terms = []
            for one in found:
                here = np.flatnonzero((one.period == t) & (np.append(sites, False)[one.site] if local else True))
                terms.append((one.variable, one.entries[here], one.amount[here] / 1000.0))
            if row["kind"] == "max_co2e":
                limit = value[t] * a.calendar.years[t] / (1000.0 if str(row["value_unit"] or "t").startswith("kg") else 1.0)
                yield name, "<=", int(t), float(limit), terms
            elif local:
                made = np.flatnonzero((out.period == t) & (sites[lines.site] & w.products(row["product"])[lines.product])[out.line])
                yield name, "<=", int(t), 0.0, [*terms, ("made", made, np.full(len(made), -value[t] / 1000.0))]
            else:
                wanted = np.flatnonzero((a.demand.period == t) & w.products(row["product"])[a.pools.product[a.demand.pool]])
                limit = float(a.demand.quantity[wanted].sum() * value[t] / 1000.0)
                yield name, "<=", int(t), limit, [*terms, ("short", wanted, np.full(len(wanted), value[t] / 1000.0))]


def _moves(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[tuple[str, str, int, float, list[Any]]]:
    """Rows of min_flow and max_flow: Σ lane flow of product between groups by mode, per year."""
    a, flows = w.a, w.a.flows
    chains = flows.rates.lanes["mode_chain"].fill_null("").to_list()
    by_mode = np.array([not row["mode_id"] or row["mode_id"] in chain.split("+") for chain in chains], dtype=bool)
    lanes = (
        w.products(row["product"])[flows.product]
        & w.sites(row["from_group"])[flows.from_site]
        & w.sites(row["to_group"])[flows.to_site]
        & by_mode
    )
    counts = weights_of(a, row["basis"])
    low = row["kind"] == "min_flow"
    for t in np.flatnonzero(weight > 0 if low else weight >= 1 - 1e-12):
        entries = np.flatnonzero(lanes[flows.lane] & (flows.period == t))
        limit = value[t] * a.calendar.years[t] * (weight[t] if low else 1.0)
        if not (low and limit <= 0):
            yield "", ">=" if low else "<=", int(t), float(limit), [("flow", entries, counts[flows.product[flows.lane[entries]], t])]


def _bans(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[tuple[str, str, int, float, list[Any]]]:
    """Rows of forbid_origin, forbid_site, force_open and max_sites, in periods covered whole."""
    a = w.a
    kind, chosen = row["kind"], w.sites(row["site_group"])
    out, lines, flows, offers = a.making.outputs, a.making.lines, a.flows, a.offers
    for t in np.flatnonzero(weight >= 1 - 1e-12):
        if kind == "forbid_origin":
            terms = w.picked(row)
            here = w.from_group(row, terms) & (terms.period == t) & (terms.variable < 2) & (terms.units > 0)
            yield "", "<=", int(t), 0.0, _parts(terms.where(here), terms.units[here])
        elif kind == "forbid_site":
            for site in np.flatnonzero(chosen):
                if a.sites.gate[site] >= 0:
                    yield a.sites.ids[site], "<=", int(t), 0.0, [("open", np.array([a.sites.gate[site] * len(a.calendar) + t]), np.ones(1))]
                    continue
                made = np.flatnonzero((out.period == t) & (lines.site == site)[out.line])
                moved = np.flatnonzero((flows.period == t) & ((flows.from_site == site) | (flows.to_site == site))[flows.lane])
                bought = np.flatnonzero((offers.period == t) & (offers.site == site)[offers.offer])
                yield (
                    a.sites.ids[site],
                    "<=",
                    int(t),
                    0.0,
                    [(name, e, np.ones(len(e))) for name, e in (("made", made), ("flow", moved), ("bought", bought))],
                )
        elif kind == "force_open":
            for site in np.flatnonzero(chosen & (a.sites.gate >= 0)):
                yield a.sites.ids[site], ">=", int(t), 1.0, [("open", np.array([a.sites.gate[site] * len(a.calendar) + t]), np.ones(1))]
        else:
            can = chosen.copy()
            if row["product"]:
                makers = np.zeros(len(can), dtype=bool)
                makers[lines.site[w.products(row["product"])[lines.product]]] = True
                can &= makers
            places = np.array({"region": a.sites.region, "country": a.sites.country}.get(row["each"], [""] * len(can)), dtype=object)
            for name in sorted(set(places[can])):
                inside = can & (places == name)
                gated = np.flatnonzero(inside & (a.sites.gate >= 0))
                always = np.count_nonzero(inside & (a.sites.gate < 0) & ~a.sites.closed)
                yield (
                    str(name),
                    "<=",
                    int(t),
                    float(value[t] - always),
                    [("open", a.sites.gate[gated] * len(a.calendar) + t, np.ones(len(gated)))],
                )


def _renewable(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[tuple[str, str, int, float, list[Any]]]:
    """Rows of min_renewable_share: Σ made · kWh · (renewable share − value) ≥ 0 over the lines of site_group that make product.

    value_unit `market` or `location` says which renewable share counts; else settings.electricity_basis.
    """
    a, power = w.a, electricity_of(w.a)
    out, lines = a.making.outputs, a.making.lines
    basis = row["value_unit"] if row["value_unit"] in {"market", "location"} else a.settings.electricity_basis
    renewable = power.renewable(basis)[out.line, out.period]
    kwh = power.kwh[out.line, out.period]
    scope = (w.sites(row["site_group"])[lines.site] & w.products(row["product"])[lines.product])[out.line] & (kwh > 0)
    columns = {"region": a.sites.region, "country": a.sites.country, "site": a.sites.ids, "buyer": a.sites.ids}
    names = np.array(columns.get(row["each"], [""] * len(a.sites.ids)), dtype=object)[lines.site]
    if row["each"] == "product":
        names = np.array(a.products.ids, dtype=object)[lines.product]
    share = value * weight
    for name in sorted(set(names[out.line[scope]])):
        for t in np.flatnonzero((weight > 0) & (share > 0)):
            here = np.flatnonzero(scope & (names[out.line] == name) & (out.period == t))
            if len(here):
                yield str(name), ">=", int(t), 0.0, [("made", here, kwh[here] * (renewable[here] - share[t]))]


_KINDS = {
    "min_regional_share": _shares, "max_country_share": _shares, "max_site_share": _shares, "max_co2e": _emissions,
    "max_co2e_per_unit": _emissions, "min_flow": _moves, "max_flow": _moves, "forbid_origin": _bans, "forbid_site": _bans,
    "force_open": _bans, "max_sites": _bans, "min_renewable_share": _renewable,
}  # fmt: skip


def rules_of(a: Arrays) -> list[Rule]:
    """Every policy row of every period it holds in, ordered by policy id, then what standards ask; kinds of later parts are left out."""
    standards = [
        Rule(one.rule_id, one.label, one.period, "<=", one.right, one.penalty, one.terms, one.words, one.unit) for one in gates_of(a)
    ]
    if not a.net["policies"].height:
        return standards
    world, dated = _World(a, Scopes(a.net), arrivals_of(a)), Dated(a.net)
    values, weights = dated.values("policies", "value", 0.0), dated.spans_weight("policies")
    penalties = dated.values("policies", "penalty_per_unit")
    frame = a.net["policies"].with_row_index("at").filter(pl.col("kind").is_in(list(_KINDS))).sort("policy_id")
    rules = []
    for row in frame.iter_rows(named=True):
        at = row["at"]
        for scope, sign, t, right, terms in _KINDS[row["kind"]](world, row, values[at], weights[at]):
            penalty = penalties[at, t]
            label = f"policy {row['policy_id']} ({row['kind']} {row['value']:g}{', ' + scope if scope else ''})"
            rules.append(Rule(row["policy_id"], label, t, sign, right, None if np.isnan(penalty) else float(penalty), terms))
    return rules + standards
