"""Where a claim may be made: lots of output under one way to meet a rule, and what each of their inputs weighs.

A lot is what a site makes of one product in one period under one way to meet one rule. With c the claimed quantity of each
line, u its use of an input and clean the part of that use that counts, a lot meets its rule where

    Σ_j worth_j · (Σ u_j · c − clean_j) − Σ_j gain_j · clean_j ≤ Σ limit · c

    origin      rvc_tv limit (1 − θ)·V, rvc_nc (1 − θ)·NC, max_nom θ·V; worth the value of the input, gain 0
                tariff_shift limit de minimis·V; worth the value of inputs that do not make the shift, else 0
                wholly limit 0, worth 1: every input must originate
    assistance  limit 0; worth θ · value from listed makers, gain (1 − θ) · value from others: (DMC − DMC_PFE) / DMC ≥ θ

Values are product_values where the goods are made: of an input the largest of all places that can supply it (assistance:
the largest of listed ones, the smallest of others), so that a claim that holds here holds for whatever is shipped. What is
bought without a value counts at its price.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.core.errors import Issue
from hinterland.model.arrays.origin_tests import WHOLLY, Alternative
from hinterland.model.lanes import pool_values

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays.entities import Listings
    from hinterland.model.arrays.making import Making
    from hinterland.model.arrays.moving import Flows
    from hinterland.model.arrays.origin_tests import Asked, OriginRules
    from hinterland.model.arrays.places import Pools, Products, Sites
    from hinterland.model.arrays.trading import Offers, Stocks
    from hinterland.model.network import Network

__all__ = ["Ground", "Lot", "Wanted", "condition_lots", "origin_lots"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """The network as claims see it: what is made, used, moved and sold in each pool, and what it is worth there."""

    net: Network
    sites: Sites
    products: Products
    pools: Pools
    flows: Flows
    making: Making
    offers: Offers
    stocks: Stocks
    periods: int
    issues: dict[tuple[str, str], Issue] = field(default_factory=dict)

    @cached_property
    def entry(self) -> Ints:
        """Flow entry of each lane-product and period, −1 where there is none; shape (lanes, periods)."""
        found = np.full((len(self.flows.product), self.periods), -1, dtype=np.int64)
        found[self.flows.lane, self.flows.period] = np.arange(len(self.flows.lane))
        return found

    @cached_property
    def lanes_in(self) -> list[Ints]:
        """Lane-products with an entry that end in each pool, from pools that something can fill."""
        filled = self.makes.copy()
        filled[self.offers.pool[self.offers.offer]] = True
        filled[self.stocks.pool[self.stocks.initial > 0]] = True
        open_lanes = np.flatnonzero((self.entry >= 0).any(axis=1))
        start, end = self.flows.from_pool[open_lanes], self.flows.to_pool[open_lanes]
        while (more := filled[start] & ~filled[end]).any():
            filled[end[more]] = True
        alive = open_lanes[filled[start]]
        return _grouped(self.flows.to_pool[alive], alive, len(self.pools))

    @cached_property
    def offers_at(self) -> list[Ints]:
        """Offers of each pool."""
        return _grouped(self.offers.pool, np.arange(len(self.offers.pool)), len(self.pools))

    @cached_property
    def outputs_at(self) -> list[Ints]:
        """Output entries of the lines whose good each pool holds."""
        out = self.making.outputs
        return _grouped(self.making.lines.pool[out.line], np.arange(len(out.line)), len(self.pools))

    @cached_property
    def makes(self) -> Bools:
        """Pools that a line of the site fills with its good or with what comes along; shape (pools,)."""
        out = self.making.outputs
        found = np.zeros(len(self.pools), dtype=bool)
        found[self.making.lines.pool[out.line]] = True
        found[out.use_pool[out.use_quantity < 0]] = True
        return found

    def uses(self, output: int) -> tuple[Ints, Floats]:
        """Pools that an output entry takes from, and units per good unit."""
        out = self.making.outputs
        part = slice(*np.searchsorted(out.use_output, [output, output + 1]).tolist())
        pool, quantity = out.use_pool[part], out.use_quantity[part]
        return pool[quantity > 0], quantity[quantity > 0]

    @cached_property
    def _named(self) -> pl.DataFrame:
        return pl.DataFrame(
            {"site_id": [self.sites.ids[at] for at in self.pools.site], "product_id": [self.products.ids[at] for at in self.pools.product]}
        )

    @cached_property
    def value(self) -> Floats:
        """Value of a unit made in each pool, NaN where it has none; shape (pools, periods)."""
        return pool_values(self.net, self._named)

    @cached_property
    def net_cost(self) -> Floats:
        """Net cost of a unit made in each pool; shape (pools, periods)."""
        return pool_values(self.net, self._named, net_cost=True)

    def name(self, pool: int) -> str:
        """A pool in words."""
        return f"{self.products.ids[self.pools.product[pool]]} from {self.sites.ids[self.pools.site[pool]]}"

    def missing(self, pool: int, rule: str) -> None:
        """Note that a value is asked for and not there."""
        product = self.products.ids[self.pools.product[pool]]
        self.issues[product, self.sites.ids[self.pools.site[pool]]] = Issue(
            "product_values", None, "value_per_unit", "missing_value", what=f"{self.name(pool)} has no value",
            why=f"rule {rule} weighs it by its value", fix=f"add a row for {product} to product_values",
        )  # fmt: skip

    def supply(self, pool: int, clean: Supplies, rule: str, asked: Bools) -> tuple[Floats, Floats, Bools]:
        """Largest value of what does not count, smallest of what does, and whether any does; each of shape (periods,).

        Where nothing that does not count can come, the largest value of all stands in: what is not claimed weighs like it.
        """
        high, low, every = np.full(self.periods, -np.inf), np.full(self.periods, np.inf), np.full(self.periods, -np.inf)
        parts = [(self.value[self.flows.from_pool[lane]], self.entry[lane] >= 0, clean.lanes[lane], self.flows.from_pool[lane])
                 for lane in self.lanes_in[pool]]  # fmt: skip
        if self.makes[pool]:
            parts.append((self.value[pool], np.ones(self.periods, dtype=bool), clean.own[pool], pool))
        for offer in self.offers_at[pool]:
            worth = np.where(np.isnan(self.value[pool]), self.offers.price[offer], self.value[pool])
            parts.append((worth, self.offer_entry[offer] >= 0, clean.offers[offer], pool))
        any_clean = np.zeros(self.periods, dtype=bool)
        for worth, here, good, source in parts:
            if (np.isnan(worth) & here & asked).any():
                self.missing(int(source), rule)
            filled = np.nan_to_num(worth)
            high = np.where(here & ~good, np.maximum(high, filled), high)
            low = np.where(here & good, np.minimum(low, filled), low)
            every = np.where(here, np.maximum(every, filled), every)
            any_clean |= here & good
        high = np.where(np.isinf(high), every, high)
        return np.where(np.isinf(high), 0.0, high), np.where(np.isinf(low), 0.0, low), any_clean

    def none_counts(self) -> Supplies:
        """Supplies of which nothing counts, to be filled."""
        shapes = (len(self.flows.product), len(self.offers.site), len(self.pools))
        return Supplies(*(np.zeros((size, self.periods), dtype=bool) for size in shapes))

    @cached_property
    def nothing(self) -> Supplies:
        """Supplies of which nothing counts."""
        return self.none_counts()

    @cached_property
    def offer_entry(self) -> Ints:
        """Purchase entry of each offer and period, −1 where there is none; shape (offers, periods)."""
        found = np.full((len(self.offers.site), self.periods), -1, dtype=np.int64)
        found[self.offers.offer, self.offers.period] = np.arange(len(self.offers.offer))
        return found


@dataclass(frozen=True, slots=True)
class Supplies:
    """Whether what comes by each lane, offer or own make counts as a whole; shapes (lanes, periods), (offers, …), (pools, …)."""

    lanes: Bools
    offers: Bools
    own: Bools


@dataclass(frozen=True, slots=True)
class Lot:
    """One way to meet a rule in a pool; `inputs` gives worth and gain of each input pool, all by period."""

    pool: int
    method: str
    open: Bools
    limit: Floats
    inputs: dict[int, tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one rule asks after: its lots; pools where claims are handed on, with the periods; lanes that may hand on; what counts."""

    rule: str
    of_origin: bool
    lots: list[Lot]
    pools: dict[int, Bools]
    lanes: dict[int, Bools]
    counts: Supplies


def _grouped(keys: Ints, values: Ints, size: int) -> list[Ints]:
    order = np.argsort(keys, kind="stable")
    return np.split(values[order], np.searchsorted(keys[order], np.arange(1, size)))


def origin_lots(g: Ground, rules: OriginRules, rule: str, relief: Floats) -> Wanted:
    """Walk upstream from the lanes whose duty falls under a claim: pools, lots and lanes that can bear on it.

    A pool of a site outside the group hands nothing on; goods of purchases that originate in the group count as they come. A
    purchase without `origin_country` is of unknown origin and does not count.
    """
    member = np.isin(np.array(g.sites.ids, dtype=object), list(rules.sites(rule)))
    inside, countries = member[g.pools.site], rules.countries(rule)
    counts = g.none_counts()
    for offer, country in enumerate(g.offers.rows["origin_country"].to_list()):
        counts.offers[offer] = bool(country) and country in countries  # of unknown origin: originates nowhere
    ways: dict[int, list[Alternative]] = {}
    in_force = rules.in_force(rule)
    pools: dict[int, Bools] = {}
    lanes: dict[int, Bools] = {}
    lots: dict[tuple[int, str], Lot] = {}
    queue: list[int] = []

    def want(pool: int, when: Bools) -> None:
        held = pools.get(pool, np.zeros(g.periods, dtype=bool))
        if inside[pool] and (when & ~held).any():
            pools[pool] = held | when
            queue.append(pool)

    for lane in np.flatnonzero(((relief > 0) & (g.entry >= 0)).any(axis=1)).tolist():
        start = int(g.flows.from_pool[lane])
        if inside[start]:
            lanes[lane] = (relief[lane] > 0) & (g.entry[lane] >= 0)
            want(start, lanes[lane])
    while queue:
        pool = queue.pop()
        when = pools[pool]
        for lane in g.lanes_in[pool].tolist():
            start = int(g.flows.from_pool[lane])
            moving = when & (g.entry[lane] >= 0)
            if inside[start] and moving.any():
                lanes[lane] = lanes.get(lane, np.zeros(g.periods, dtype=bool)) | moving
                want(start, moving)
        if not len(g.outputs_at[pool]):
            continue
        product = int(g.pools.product[pool])
        if product not in ways:
            ways[product] = rules.alternatives(rule, g.products.ids[product])
        for lot in _ways_in(g, rules, rule, pool, when, ways[product], in_force):
            lots[pool, lot.method] = lot
            for used in lot.inputs:
                want(used, lot.open)
    return Wanted(rule, True, [lots[key] for key in sorted(lots)], pools, lanes, counts)


def _ways_in(
    g: Ground, rules: OriginRules, rule: str, pool: int, when: Bools, ways: list[Alternative], in_force: Bools
) -> list[Lot]:  # fmt: skip
    """Lots of one pool: the ways of the rule that are open then, and `wholly` where none is."""
    used = sorted({int(one) for output in g.outputs_at[pool].tolist() for one in g.uses(output)[0]})
    product = g.products.ids[g.pools.product[pool]]
    none = np.zeros(g.periods)
    found = []
    for way in ways:
        now = when & way.holds
        if not now.any():
            continue
        share = np.nan_to_num(way.threshold)
        plain = way.method == "tariff_shift" and not share.any()  # every input must shift or originate: no value is asked for
        base = g.net_cost[pool] if way.method == "rvc_nc" else g.value[pool]
        if (np.isnan(base) & now).any() and not plain:
            g.missing(pool, rule)
        limit = (1.0 - share if way.method.startswith("rvc") else share) * np.nan_to_num(base)
        inputs = {}
        for one in used:
            counts = now
            if way.method == "tariff_shift":
                counts = now & rules.unshifted(rule, product, g.products.ids[g.pools.product[one]], way.levels)
            if counts.any():
                worth = np.ones(g.periods) if plain else g.supply(one, g.nothing, rule, counts)[0]
                inputs[one] = (np.where(counts, worth, 0.0), none)
        found.append(Lot(pool, way.method, now, limit, inputs))
    left = when & in_force & ~np.logical_or.reduce([none > 0, *(lot.open for lot in found)])
    if left.any():
        found.append(Lot(pool, WHOLLY, left, none, {one: (np.ones(g.periods), none) for one in used}))
    return found


def condition_lots(g: Ground, listings: Listings, rule: str, asked: Asked, earners: dict[int, Bools]) -> Wanted:
    """Lots of a material assistance test: pools that may earn a credit, in the periods in which a share is asked for.

    What counts is told one tier deep, by who made the goods: whole lanes from makers off every list asked for then, offers
    of such producers, own make of a site that is off them. A store passes on what it gets: a lane from it counts if all
    that can reach the store does.
    """
    lists = {one: ~np.isnan(share) for one, share in asked.least.items()}
    least = np.fmax.reduce([np.full(g.periods, np.nan), *asked.least.values()])
    operator, parent = _operators(g)

    def bad(*names: str | None) -> Bools:
        found = np.zeros(g.periods, dtype=bool)
        for one, when in lists.items():
            found |= when & listings.listed(one, *names)
        return found

    listed = np.array([bad(operator[at], parent[at], country) for at, country in enumerate(g.sites.country)])
    counts = g.none_counts()
    producers = g.offers.rows.select("producer", "origin_country").rows()
    for offer, (producer, country) in enumerate(producers):
        if producer or country:  # nobody knows who made it: then it shows nothing
            counts.offers[offer] = ~bad(producer, country or g.sites.country[g.offers.site[offer]])
    counts.own[:] = g.makes[:, None] & ~listed[g.pools.site]
    opening = {int(pool): bad(country or g.sites.country[g.pools.site[pool]]) for pool, country, held in zip(
        g.stocks.pool, g.stocks.rows["initial_origin_country"].to_list(), g.stocks.initial, strict=True) if held > 0}  # fmt: skip
    pure: dict[int, Bools] = {}

    def sources(pool: int) -> Bools:
        """Periods in which all that can reach a pool, over stores, counts."""
        if pool not in pure:
            seen, stack, fine = {pool}, [pool], np.ones(g.periods, dtype=bool)
            while stack:
                step = stack.pop()
                if g.makes[step]:
                    fine &= counts.own[step]
                for offer in g.offers_at[step].tolist():
                    fine &= counts.offers[offer]
                if step in opening:
                    fine &= ~opening[step]
                more = {int(g.flows.from_pool[lane]) for lane in g.lanes_in[step].tolist()} - seen
                seen |= more
                stack += more
            pure[pool] = fine
        return pure[pool]

    lots = []
    share = np.nan_to_num(least)
    for pool, when in sorted(earners.items()):
        now = when & (share > 0)
        if not now.any():
            continue
        inputs = {}
        for one in sorted({int(one) for output in g.outputs_at[pool].tolist() for one in g.uses(output)[0]}):
            for lane in g.lanes_in[one].tolist():
                counts.lanes[lane] = sources(int(g.flows.from_pool[lane]))
            high, low, _ = g.supply(one, counts, rule, now)
            inputs[one] = (share * high, (1.0 - share) * low)
        lots.append(Lot(pool, "material_assistance", now, np.zeros(g.periods), inputs))
    wanted: dict[int, Bools] = {}
    for lot in lots:
        for one in lot.inputs:
            wanted[one] = wanted.get(one, np.zeros(g.periods, dtype=bool)) | lot.open
    return Wanted(rule, False, lots, wanted, {}, counts)


def _operators(g: Ground) -> tuple[list[str | None], list[str | None]]:
    known = {site: (operator, parent) for site, operator, parent in g.net["sites"].select("site_id", "operator", "parent").iter_rows()}
    return [known[site][0] for site in g.sites.ids], [known[site][1] for site in g.sites.ids]
