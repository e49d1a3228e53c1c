"""What is due at the border of a lane's destination, by period: without a claim of preferential origin, and under each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.dated import Dated, day_spans
from hinterland.model.origins import code_spans, duty_rules, makers_of
from hinterland.model.scopes import place_names
from hinterland.tables import TABLES
from hinterland.trade import Book, Entries, Spans, Words, duty_amounts, tariff_digits, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.network import Network
    from hinterland.trade import DutyRule
    from hinterland.trade.book import Bools

__all__ = ["LaneDuties", "lane_duties"]

_MOVES = ("duties", "product_values")
_FREIGHT = ("freight_rates", "lanes", "modes")


@dataclass(frozen=True, slots=True)
class LaneDuties:
    """What is due at the border on one unit of each lane-product, in settings.currency; arrays have shape (lanes, periods).

    `plain` is the duty of goods that claim no preferential origin; NaN where it is a share of a value that is not known.
    `claims` has, for each origin rule that a duty row names, the duty under that one claim; NaN where the claim changes
    nothing or may not be made: no row of the rule speaks of the goods, or none is in force. A claim that is of use only on
    some days of a period counts by them. `customs_value` is the mean value of a unit at the border, freight included where
    the importer's customs value contains it; NaN where the value is not known.
    """

    plain: Floats
    claims: dict[str, Floats]
    customs_value: Floats


def lane_duties(
    net: Network,
    lanes: pl.DataFrame,
    *,
    values: Callable[..., Floats],
    freight: Callable[[Network], Floats] | None = None,
) -> LaneDuties:
    """Duty per unit of each lane-product by period.

    `values(net, pools)` gives product_values of (site_id, product_id) rows, `declared_co2e=True` the footprint declared for
    them, and `freight(net)` the freight per unit of every lane, both over the periods of the network they are handed: the
    planning periods cut wherever a duty row, a tariff line, a value or a change of them starts or ends.

    Within one customs territory nothing is due, except on the way out of a free zone; into a free zone nothing is due.
    Raises InvalidTables where goods of several origins or makers reach a border from a site that only stores them and their
    duties differ: which one is paid cannot be said.
    """
    rules, calendar = duty_rules(net), net.calendar
    nothing = np.zeros((lanes.height, len(calendar)))
    named = sorted({name for rule in rules for name in (rule.needs, rule.unless) if name is not None})
    pools = lanes.select(site_id="from_site", product_id="product_id").unique().sort("site_id", "product_id").with_row_index("pool")
    at = lanes.join(pools, left_on=["from_site", "product_id"], right_on=["site_id", "product_id"], how="left", maintain_order="left")
    pool = at["pool"].to_numpy().astype(np.int64)
    if not rules or not lanes.height:
        value = values(net, pools.drop("pool"))[pool] if lanes.height else nothing
        return LaneDuties(nothing, {name: np.full_like(nothing, np.nan) for name in named}, value)
    return _Border(net, lanes, rules, named, pools.drop("pool"), pool, values, freight).duties()


@dataclass(frozen=True)
class _Border:
    """Everything that a lane's duty is worked out from; keys are lanes that share every cause of a duty."""

    net: Network
    lanes: pl.DataFrame
    rules: list[DutyRule]
    named: list[str]
    pools: pl.DataFrame
    pool: Ints
    values: Callable[..., Floats]
    freight: Callable[[Network], Floats] | None

    @cached_property
    def crossings(self) -> pl.DataFrame:
        """Importing country, whether a border is crossed, and whether freight is part of the value; a row a lane."""
        zone = pl.col("free_zone").fill_null(value=False)
        places = place_names(self.net).join(self.net["sites"].select("site_id", zone=zone), on="site_id", how="left")
        basis = self.net["countries"].select("country", cif=pl.col("customs_value_basis").fill_null("fob") == "cif").unique("country")
        places = places.join(basis, on="country", how="left").select(
            "site_id", "country", "territory", "zone", pl.col("cif").fill_null(value=False)
        )
        start, end = (places.rename({name: f"{name}_{side}" for name in places.columns}) for side in ("from", "to"))
        told = self.lanes.select("from_site", "to_site", "product_id").with_columns(pool=pl.Series(self.pool))
        told = told.join(start, left_on="from_site", right_on="site_id_from", how="left", maintain_order="left")
        told = told.join(end, left_on="to_site", right_on="site_id_to", how="left", maintain_order="left")
        crossed = (pl.col("territory_from").ne_missing(pl.col("territory_to")) | pl.col("zone_from")) & ~pl.col("zone_to")
        cif = pl.col("cif_to") if self.freight is not None else pl.lit(value=False)
        return told.select("from_site", "to_site", "product_id", "pool", importer="country_to", crossed=crossed, cif=cif)

    @cached_property
    def codes(self) -> dict[tuple[str, str], list[tuple[str, str | None, int, int]]]:
        """Tariff lines of products by importing country."""
        return code_spans(self.net)

    @cached_property
    def spans(self) -> Spans:
        """The planning periods, cut wherever something that a duty depends on starts or ends."""
        days = [day for rule in self.rules for day in (rule.first_day, rule.last_day + 1)]
        days += [day for rows in self.codes.values() for _, _, first, last in rows for day in (first, last + 1)]
        stepped = ["product_values", *(["freight_rates"] if self.crossings["cif"].any() else [])]
        for name in stepped:
            days += day_spans(self.net[name])[0].tolist()
        moved = (*_MOVES, *(_FREIGHT if self.crossings["cif"].any() else ()))
        for table in (self.net["changes"].filter(pl.col("table").is_in(moved)), self.net["origin_rules"]):
            first, last = day_spans(table)
            days += [*first.tolist(), *(last + 1).tolist()]
        return Spans.of(self.net.calendar, days)

    @cached_property
    def cut(self) -> Network:
        """The network with the spans as its periods."""
        if len(self.spans) == self.spans.periods:
            return self.net
        epoch = np.datetime64("1970-01-01", "D")
        first = (epoch + self.spans.start).tolist()
        last = (epoch + self.spans.stop - 1).tolist()
        table = TABLES["periods"]
        frame = pl.DataFrame({"period_id": [f"{day}" for day in first], "start_date": first, "end_date": last})
        more = [pl.lit(None, dtype=kind).alias(name) for name, kind in table.schema.items() if name not in frame.columns]
        return replace(self.net, tables={**self.net.tables, "periods": frame.with_columns(more).select(list(table.schema))})

    @cached_property
    def book(self) -> Book:
        """The rows, with their rates by span."""
        dated = Dated(self.cut)
        share, by_weight, by_co2e = (
            dated.values("duties", name, 0.0) for name in ("ad_valorem_share", "specific_per_kg", "co2e_price_per_t")
        )
        return Book.of(self.rules, (share, by_weight, by_co2e))

    def duties(self) -> LaneDuties:
        """Work out each key once and hand it to its lanes."""
        shape = (self.lanes.height, self.spans.periods)
        pooled = self.values(self.cut, self.pools)
        extra = self.freight(self.cut) if self.freight is not None and self.crossings["cif"].any() else None
        cif = self.crossings["cif"].to_numpy()
        customs = self.spans.mean(pooled)[self.pool] if self.lanes.height else np.zeros(shape)
        if extra is not None:
            customs = customs + np.where(cif[:, None], self.spans.mean(extra), 0.0)
        known = pl.Series([(product, country) in self.codes for product, country in self._routes.iter_rows()], dtype=pl.Boolean)
        routes = self._routes.with_columns(known=known).filter("known").drop("known").with_row_index("route")
        told = self.crossings.with_row_index("lane").filter("crossed").join(routes, on=["product_id", "importer"], maintain_order="left")
        plain, claims = np.zeros(shape), {name: np.full(shape, np.nan) for name in self.named}
        if not told.height:
            return LaneDuties(plain, claims, customs)
        own = pl.when("cif").then("lane").otherwise(None)
        keys = told.with_columns(own=own).unique(["pool", "route", "own"], keep="first", maintain_order=True).with_row_index("key")
        lanes = told.with_columns(own=own).join(
            keys.select("pool", "route", "own", "key"), on=["pool", "route", "own"], nulls_equal=True, maintain_order="left"
        )
        value = pooled[keys["pool"].to_numpy()]
        if extra is not None:
            value = value + np.where(keys["cif"].to_numpy()[:, None], extra[keys["lane"].to_numpy()], 0.0)
        due, under = self._by_key(keys, value)
        row, key = lanes["lane"].to_numpy(), lanes["key"].to_numpy()
        plain[row] = self.spans.mean(due)[key]
        for name, amounts in under.items():
            differs = ~np.isclose(amounts, due, rtol=1e-12, atol=0.0, equal_nan=True)
            some = self.spans.mean(differs.astype(np.float64)) > 0
            claims[name][row] = np.where(some, self.spans.mean(amounts), np.nan)[key]
        return LaneDuties(plain, claims, customs)

    @cached_property
    def _routes(self) -> pl.DataFrame:
        return self.crossings.filter("crossed").select("product_id", "importer").unique().sort("product_id", "importer")

    def _by_key(self, keys: pl.DataFrame, value: Floats) -> tuple[Floats, dict[str, Floats]]:
        """Duty of each key over the spans, plain and under each claim; several makers that differ are told."""
        makers = makers_of(self.net, self.lanes, told_apart=any(rule.producer is not None for rule in self.rules))
        listed = [sorted(makers[start, product], key=str) for start, product in keys.select("from_site", "product_id").iter_rows()]
        key = np.repeat(np.arange(keys.height), [len(one) for one in listed])
        case = keys[key].with_columns(
            origin=pl.Series([country for one in listed for country, _ in one], dtype=pl.String),
            producer=pl.Series([producer for one in listed for _, producer in one], dtype=pl.String),
        )
        found = {claim: self._amounts(case, value[key], claim) for claim in ("", *self.named)}
        first = np.searchsorted(key, np.arange(keys.height))
        plain = found[""]
        same = np.isclose(plain, plain[first][key], rtol=1e-12, atol=1e-12, equal_nan=True)
        self._refuse(case, key, np.asarray(~same.all(axis=1)))
        due = plain[first]
        under = {}
        for claim in self.named:
            helped = np.where(np.isclose(found[claim], plain, rtol=1e-12, atol=0.0, equal_nan=True), -np.inf, found[claim])
            most = np.maximum.reduceat(helped, first, axis=0)
            under[claim] = np.where(np.isneginf(most), due, most)
        return due, under

    def _refuse(self, case: pl.DataFrame, key: Ints, differs: Bools) -> None:
        """Raise for stores that hand on goods of several origins whose duties differ."""
        issues = []
        for one in np.unique(key[differs]).tolist():
            rows = case.filter(pl.Series(key == one))
            start, end, product = rows.select("from_site", "to_site", "product_id").row(0)
            names = sorted(
                {
                    f"{country} ({producer})" if producer else str(country)
                    for country, producer in rows.select("origin", "producer").iter_rows()
                }
            )
            issues.append(
                Issue(
                    "lanes",
                    None,
                    "from_site",
                    "ambiguous_origin",
                    what=f"{product} leaves {start} for {end} with several origins: {', '.join(names)}",
                    why="they pay different duties and a site that only stores passes on one origin",
                    fix="ship each origin over its own lane and site, or give the site a recipe that confers origin",
                    severity="error",
                )
            )
        if issues:
            raise InvalidTables(issues)

    def _amounts(self, case: pl.DataFrame, value: Floats, claim: str) -> Floats:
        """Duty per unit of each case over the spans; where every rate is a share, one stack serves all values."""
        spans = len(self.spans)
        if self.book.only_ad_valorem:
            by = ["route", "origin", "producer"]
            kinds = case.select("product_id", "importer", *by).unique(by, keep="first", maintain_order=True).with_row_index("kind")
            kind = case.join(kinds.select(*by, "kind"), on=by, nulls_equal=True, maintain_order="left")["kind"].to_numpy()
            share = duty_amounts(self.book, self._entries(kinds, np.ones(kinds.height * spans), None, claim)).reshape(-1, spans)[kind]
            return np.where(share > 0, share * value, 0.0)
        pool = case["pool"].to_numpy()
        declared = np.nan_to_num(self.values(self.cut, self.pools, declared_co2e=True))[pool]
        return duty_amounts(self.book, self._entries(case, value.ravel(), declared.ravel(), claim)).reshape(-1, spans)

    def _entries(self, case: pl.DataFrame, value: Floats, declared: Floats | None, claim: str) -> Entries:
        """Every case on the first day of every span; a tariff line of the product that day, and no duty without one."""
        count, spans = case.height, len(self.spans)
        line, use = self._lines(case)
        claims = None
        if claim:
            makes = self._may_claim(case, claim)
            claims = Words([frozenset(), frozenset({claim})], makes.astype(np.int64).ravel())

        def each(column: str) -> Words:
            named = words(case[column])
            return Words(named.names, np.repeat(named.at, spans))

        kg = None
        if declared is not None:
            masses = dict(self.net["products"].select("product_id", pl.col("mass_kg_per_unit").fill_null(0.0)).iter_rows())
            kg = np.repeat([float(masses[one]) for one in case["product_id"].to_list()], spans)
        return Entries(
            importer=each("importer"),
            origin=each("origin"),
            hs_code=line,
            day=np.tile(self.spans.start, count),
            customs_value=value,
            net_kg=kg,
            declared_co2e_kg=declared,
            use=use,
            producer=each("producer"),
            claims=claims,
            step=np.tile(np.arange(spans), count),
        )

    def _lines(self, case: pl.DataFrame) -> tuple[Words, Words]:
        """Tariff line and declared use of each case in each span."""
        start = self.spans.start
        at, names = np.zeros((case.height, len(start)), dtype=np.int64), dict[tuple[str, str | None], int]()
        of_pair: dict[tuple[str, str], Ints] = {}
        for row, pair in enumerate(case.select("product_id", "importer").iter_rows()):
            if pair not in of_pair:
                found = np.zeros(len(start), dtype=np.int64)
                for code, use, first, last in self.codes[pair]:
                    found[(start >= first) & (start <= last)] = names.setdefault((code, use), len(names))
                of_pair[pair] = found
            at[row] = of_pair[pair]
        listed = list(names)
        return Words([code for code, _ in listed], at.ravel()), Words([use for _, use in listed], at.ravel())

    def _may_claim(self, case: pl.DataFrame, claim: str) -> Bools:
        """Whether a row of the origin rule is in force in a span and speaks of the tariff line; (cases, spans)."""
        table = self.net["origin_rules"].filter(pl.col("origin_rule_id") == claim)
        start = self.spans.start
        if not table.height:
            return np.ones((case.height, len(start)), dtype=bool)
        first, last = day_spans(table)
        prefixes = [tariff_digits(prefix) for prefix in table["hs_prefix"].to_list()]
        line, _ = self._lines(case)
        covers = np.zeros((len(line.names), len(start)), dtype=bool)
        for at, code in enumerate(line.names):
            for row, prefix in enumerate(prefixes):
                if str(code).startswith(prefix):
                    covers[at] |= (start >= first[row]) & (start <= last[row])
        return covers[line.at, np.tile(np.arange(len(start)), case.height)].reshape(case.height, len(start))
