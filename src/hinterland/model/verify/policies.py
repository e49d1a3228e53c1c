"""Policies of every kind: the hard ones hold, the soft ones are measured."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.model.arrays.energy import electricity_of
from hinterland.model.dated import Dated
from hinterland.model.scopes import Scopes
from hinterland.model.verify.arrivals import Arrivals, arrivals_of, counting_weights
from hinterland.model.verify.ledger import Sense, violation_of
from hinterland.model.verify.standards import moved_without
from hinterland.model.verify.totals import summed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hinterland.core.calendar import Floats
    from hinterland.model.accounts import Accounts
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.verify.ledger import Ledger
    from hinterland.model.verify.totals import Totals

__all__ = ["STEERING_COLUMNS", "check_policies"]

Bools = npt.NDArray[np.bool_]
STEERING_COLUMNS: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "period_id": pl.String(),
    "label": pl.String(),
    "violation": pl.Float64(),
    "amount": pl.Float64(),
}
_WHOLE = 1 - 1e-12
"""Weight from which a yes/no rule counts a period as covered."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One rule of a policy in one period: left (sense) right, measured against `scale`."""

    scope: str
    period: int
    left: float
    sense: Sense
    right: float
    scale: float


@dataclass(frozen=True)
class _World:
    a: Arrays
    p: Placed
    s: Totals
    scopes: Scopes
    arrivals: Arrivals
    co2e_t: pl.DataFrame

    def sites(self, cell: str | None) -> Bools:
        named = self.scopes.sites(cell)
        return np.array([named is None or one in named for one in self.a.sites.ids], dtype=bool)

    def products(self, cell: str | None) -> Bools:
        named = self.scopes.products(cell)
        return np.array([named is None or one in named for one in self.a.products.ids], dtype=bool)

    def comes_from(self, cell: str | None, arrivals: Arrivals) -> Bools:
        """Arrivals from the sites of a cell, purchases by its countries."""
        countries = self.scopes.countries(cell) or frozenset()
        bought = arrivals.from_site < 0
        return np.where(bought, np.isin(arrivals.from_country, list(countries)), np.append(self.sites(cell), False)[arrivals.from_site])

    def of_policy(self, row: dict[str, Any]) -> Arrivals:
        every = self.arrivals
        return every.where(self.products(row["product"])[every.product] & self.sites(row["to_group"])[every.to_site])


def _names(w: _World, each: str, arrivals: Arrivals) -> npt.NDArray[np.object_]:
    """The name each arrival is counted under."""
    columns = {"region": w.a.sites.region, "country": w.a.sites.country, "site": w.a.sites.ids, "buyer": w.a.sites.ids}
    if each == "product":
        return np.array(w.a.products.ids, dtype=object)[arrivals.product]
    if each in columns:
        return np.array(columns[each], dtype=object)[arrivals.to_site]
    return np.full(len(arrivals.units), "", dtype=object)


def _chosen(mask: Bools, word: str) -> npt.NDArray[np.object_]:
    """The word where the mask holds, None elsewhere."""
    return np.array([None, word], dtype=object)[mask.astype(np.int64)]


def _shares(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[_Row]:
    """Σ in scope ≥ share · Σ all of min_regional_share; ≤ of max_country_share and max_site_share; by name and period."""
    arrivals = w.of_policy(row)
    floor = row["kind"] == "min_regional_share"
    share = value * weight if floor else value * weight + 1.0 - weight
    per_unit = counting_weights(w.a, row["basis"])
    counted = per_unit[arrivals.product, arrivals.period] * arrivals.units
    noise = per_unit[arrivals.product, arrivals.period] * w.s.need[arrivals.product]
    own = {"max_country_share": "country", "max_site_share": "site"}.get(row["kind"])
    names = _names(w, "none" if row["each"] == own else row["each"], arrivals)
    source: npt.NDArray[np.object_]
    if floor:
        home = np.array(w.a.sites.region, dtype=object)[arrivals.to_site]
        inside = w.comes_from(row["from_group"], arrivals) if row["from_group"] else arrivals.from_region == home
        source = _chosen(inside, "")
    elif row["from_group"]:
        source = _chosen(w.comes_from(row["from_group"], arrivals), row["from_group"])
    elif row["kind"] == "max_country_share":
        source = arrivals.from_country
    else:
        source = np.array([*w.a.sites.ids, None], dtype=object)[arrivals.from_site]
    frame = pl.DataFrame(
        {
            "name": pl.Series(names.tolist(), dtype=pl.String),
            "source": pl.Series(source.tolist(), dtype=pl.String),
            "t": arrivals.period,
            "counted": counted,
            "noise": noise,
        }
    )
    every = frame.group_by("name", "t").agg(base=pl.col("counted").sum(), noise=pl.col("noise").max())
    parts = frame.filter(pl.col("source").is_not_null()).group_by("name", "source", "t").agg(part=pl.col("counted").sum())
    if floor:
        parts = (
            every.select("name", "t", source=pl.lit(""))
            .join(parts, on=["name", "source", "t"], how="left")
            .with_columns(pl.col("part").fill_null(0.0))
        )
    rows = parts.join(every, on=["name", "t"], how="left").sort("name", "source", "t")
    for name, source_name, t, part, base, least in rows.select("name", "source", "t", "part", "base", "noise").iter_rows():
        if weight[t] > 0 and not (floor and share[t] <= 0):
            scope = name if floor else f"{name} {source_name}".strip()
            yield _Row(scope, t, part, ">=" if floor else "<=", float(share[t] * base), max(abs(base), least))


def _emissions(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[_Row]:
    """t CO2e ≤ value · a_t of max_co2e; kg ≤ value · units of max_co2e_per_unit; of site_group: energy and direct CO2e alone."""
    a, chosen = w.a, w.sites(row["site_group"])
    local = bool(row["site_group"])
    names = [one for one, here in zip(a.sites.ids, chosen, strict=True) if here]
    groups = [(one, [one]) for one in names] if local and row["each"] == "site" else [("", names)]
    wanted = w.products(row["product"])
    for name, sites in groups:
        co2e = w.co2e_t
        if local:
            co2e = co2e.filter(pl.col("cause").is_in(["electricity", "heat", "direct"]) & pl.col("site_id").is_in(sites))
        tonnes, size = np.zeros(len(a.calendar)), np.zeros(len(a.calendar))
        np.add.at(tonnes, co2e["t"].to_numpy(), co2e["tonnes"].to_numpy())
        np.add.at(size, co2e["t"].to_numpy(), np.abs(co2e["tonnes"].to_numpy()))
        if row["kind"] == "max_co2e":
            limit = value * a.calendar.years / (1000.0 if str(row["value_unit"] or "t").startswith("kg") else 1.0)
        elif local:
            here = np.isin(a.sites.ids, sites)
            makes = here[a.pools.site] & wanted[a.pools.product]
            limit = value * w.s.good[makes].sum(axis=0) / 1000.0
        else:
            limit = value * w.s.delivered[wanted[a.pools.product]].sum(axis=0) / 1000.0
        for t in np.flatnonzero(weight >= _WHOLE):
            yield _Row(name, int(t), float(tonnes[t]), "<=", float(limit[t]), float(size[t]))


def _moves(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[_Row]:
    """Σ flow of product between groups by mode ≥ or ≤ value · a_t; a least flow counts by its days, a most flow in whole periods."""
    a, lane, t = w.a, w.p.flow_lane, w.p.flow_period
    chains = a.flows.rates.lanes["mode_chain"].fill_null("").to_list()
    by_mode = np.array([not row["mode_id"] or row["mode_id"] in chain.split("+") for chain in chains], dtype=bool)
    wanted = (
        w.products(row["product"])[a.flows.product]
        & w.sites(row["from_group"])[a.flows.from_site]
        & w.sites(row["to_group"])[a.flows.to_site]
        & by_mode
    )
    per_unit = counting_weights(a, row["basis"])
    counted = np.where(wanted[lane], w.p.flow * per_unit[a.flows.product[lane], t], 0.0)
    moved = summed(t, counted, len(a.calendar))
    floor = row["kind"] == "min_flow"
    noise = float((per_unit * w.s.need[:, None])[np.unique(a.flows.product[wanted])].max(initial=0.0))
    limit = value * a.calendar.years * (weight if floor else 1.0)
    for period in np.flatnonzero((weight > 0) & (limit > 0) if floor else weight >= _WHOLE):
        yield _Row("", int(period), float(moved[period]), ">=" if floor else "<=", float(limit[period]), noise)


def _bans(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[_Row]:
    """forbid_origin: nothing arrives from there; forbid_site: closed, or idle where it is no decision; force_open; max_sites."""
    a, kind, chosen = w.a, row["kind"], w.sites(row["site_group"])
    whole = np.flatnonzero(weight >= _WHOLE)
    if kind == "forbid_origin":
        arrivals = w.of_policy(row)
        banned = ~arrivals.own & (arrivals.units > 0) & w.comes_from(row["from_group"], arrivals)
        came = summed(arrivals.period[banned], arrivals.units[banned], len(a.calendar))
        noise = float(w.s.need[w.products(row["product"])].max(initial=0.0))
        for t in whole:
            yield _Row("", int(t), float(came[t]), "<=", 0.0, noise)
        return
    if kind == "max_sites":
        if row["product"]:
            makers = np.zeros(len(chosen), dtype=bool)
            makers[a.making.lines.site[w.products(row["product"])[a.making.lines.product]]] = True
            chosen = chosen & makers
        places = np.array({"region": a.sites.region, "country": a.sites.country}.get(row["each"], [""] * len(chosen)), dtype=object)
        for name in sorted(set(places[chosen].tolist())):
            counted = w.s.open[chosen & (places == name)].sum(axis=0)
            for t in whole:
                yield _Row(str(name), int(t), float(counted[t]), "<=", float(value[t]), 1.0)
        return
    busy = np.zeros((len(a.sites.ids), len(a.calendar)))
    np.add.at(busy, (a.making.lines.site[w.p.made_line], w.p.made_period), w.p.made)
    np.add.at(busy, (a.offers.site[w.p.bought_offer], w.p.bought_period), w.p.bought)
    for ends in (a.flows.from_site, a.flows.to_site):
        np.add.at(busy, (ends[w.p.flow_lane], w.p.flow_period), w.p.flow)
    noise = float(w.s.need.max(initial=0.0))
    for site in np.flatnonzero(chosen):
        gated = a.sites.gate[site] >= 0
        for t in whole:
            if kind == "force_open" and gated:
                yield _Row(a.sites.ids[site], int(t), float(w.s.open[site, t]), ">=", 1.0, 1.0)
            elif kind == "forbid_site":
                left = float(w.s.open[site, t] if gated else busy[site, t])
                yield _Row(a.sites.ids[site], int(t), left, "<=", 0.0, 1.0 if gated else noise)


def _renewable(w: _World, row: dict[str, Any], value: Floats, weight: Floats) -> Iterator[_Row]:
    """Σ renewable kWh ≥ value · Σ kWh of what the sites of site_group take to make the product; on the basis of value_unit."""
    a, power = w.a, electricity_of(w.a)
    lines, k, t = a.making.lines, w.p.made_line, w.p.made_period
    told = row["value_unit"]
    basis = told if told in {"market", "location"} else a.settings.electricity_basis
    kwh = w.p.made * power.kwh[k, t]
    green = kwh * power.renewable(basis)[k, t]
    size = power.kwh * w.s.need[lines.product][:, None]
    groups = {
        "site": a.sites.ids, "buyer": a.sites.ids, "country": a.sites.country, "region": a.sites.region,
    }.get(row["each"])  # fmt: skip
    of_line = (
        [a.products.ids[one] for one in lines.product]
        if row["each"] == "product"
        else [groups[one] if groups else "" for one in lines.site]
    )
    names = np.array(of_line, dtype=object)
    chosen = w.sites(row["site_group"])[lines.site] & w.products(row["product"])[lines.product]
    for name in sorted(set(names[chosen].tolist())):
        mine = chosen & (names == name)
        for period in np.flatnonzero((weight > 0) & (value * weight > 0)):
            here = mine[k] & (t == period)
            used, renewable = float(kwh[here].sum()), float(green[here].sum())
            if (power.kwh[mine, period] > 0).any():
                scale = max(used, float(size[mine, period].max(initial=0.0)))
                yield _Row(name, int(period), renewable, ">=", float(value[period] * weight[period] * used), scale)


_KINDS = {
    "min_regional_share": _shares, "max_country_share": _shares, "max_site_share": _shares, "max_co2e": _emissions,
    "max_co2e_per_unit": _emissions, "min_flow": _moves, "max_flow": _moves, "forbid_origin": _bans, "forbid_site": _bans,
    "force_open": _bans, "max_sites": _bans, "min_renewable_share": _renewable,
}  # fmt: skip


def _standards(w: _World) -> Iterator[tuple[str, _Row, float]]:
    """Label, row and penalty of what moves without the standard that is asked: at most nothing."""
    for label, t, product, quantity, penalty in moved_without(w.a, w.p, w.s):
        yield label, _Row("", t, quantity, "<=", 0.0, float(w.s.need[product])), penalty


def check_policies(a: Arrays, p: Placed, s: Totals, accounts: Accounts, ledger: Ledger) -> tuple[pl.DataFrame, tuple[float, float]]:
    """Check every hard policy and requirement; measure the soft ones.

    Returns what soft policies are broken by (kind, period_id, label, violation, amount; undiscounted), and the largest scale
    of their violations and amounts, far below which both are rounding.
    """
    frame = a.net["policies"].with_row_index("at").filter(pl.col("kind").is_in(list(_KINDS))).sort("policy_id")
    ids = pl.DataFrame({"period_id": list(a.calendar.ids), "t": np.arange(len(a.calendar))})
    co2e = accounts.co2e.group_by("cause", "site_id", "period_id").agg(tonnes=pl.col("kg").sum() / 1000.0).join(ids, on="period_id")
    world = _World(a, p, s, Scopes(a.net), arrivals_of(a, p, s), co2e.sort("cause", "site_id", "period_id"))
    broken: list[tuple[str, str, str, float, float]] = []
    noise = (0.0, 0.0)
    hard: dict[Sense, list[tuple[str, _Row]]] = {">=": [], "<=": []}
    for label, one, penalty in itertools.chain(_policies(world, frame), _standards(world)):
        if np.isnan(penalty):
            hard[one.sense].append((label, one))
            continue
        size = max(one.scale, abs(one.left), abs(one.right), 1e-12)
        noise = max(noise[0], size), max(noise[1], size * penalty)
        gap = float(violation_of(np.array([one.left]), one.sense, np.array([one.right]))[0])
        if gap > ledger.tolerance * size:
            broken.append(("policy", a.calendar.ids[one.period], label, gap, gap * penalty))
    for sense, rows in hard.items():
        names, period = [label for label, _ in rows], np.array([one.period for _, one in rows], dtype=np.int64)
        left, right, scale = np.array([(one.left, one.right, one.scale) for _, one in rows], dtype=np.float64).reshape(-1, 3).T
        ledger.add("policy", names, period, left, sense, right, scale, f"{{left}}, at {'least' if sense == '>=' else 'most'} {{right}}")
    return pl.DataFrame(broken, schema=STEERING_COLUMNS, orient="row").sort("kind", "period_id", "label"), noise


def _policies(w: _World, frame: pl.DataFrame) -> Iterator[tuple[str, _Row, float]]:
    """Label, row and penalty (NaN where it must hold) of every policy row."""
    if not frame.height:
        return
    dated = Dated(w.a.net)
    values, weights = dated.values("policies", "value", 0.0), dated.spans_weight("policies")
    penalties = dated.values("policies", "penalty_per_unit")
    for row in frame.iter_rows(named=True):
        at = row["at"]
        for one in _KINDS[row["kind"]](w, row, values[at], weights[at]):
            label = f"policy {row['policy_id']} ({row['kind']} {row['value']:g}{', ' + one.scope if one.scope else ''})"
            yield label, one, float(penalties[at, one.period])
