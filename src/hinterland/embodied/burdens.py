"""Where each line of a plan's accounts is laid down: on the goods that cause it, or, where there are none, unallocated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.embodied.routes import Routes
from hinterland.model.arrays.places import positions

if TYPE_CHECKING:
    from hinterland.embodied.chain import Chain
    from hinterland.model.accounts import Accounts
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["OPENING_STOCK", "Burdens", "burdens_of"]

OPENING_STOCK = "opening_stock"
"""Kind and cause of what goods in stock before the first period carry: no cost of the plan."""

_LINE = ("run",)
_ONCE = ("site_ever",)
_ATTEMPTS: dict[str, tuple[str, ...]] = {
    "conversion": _LINE, "electricity": _LINE, "heat": _LINE, "direct": _LINE, "cost_share": _LINE, "capital": ("run", "site_of_line"),
    "fixed": ("site",), "opening": _ONCE, "restart": _ONCE, "closing": _ONCE, "lane_fixed": ("group",), "qualification": ("lane_ever",),
    "sign": ("contract",), "take_or_pay": (), "disposal": ("waste", "cell"), "credit": ("cell", "site"),
}  # fmt: skip
"""Where each kind of cost or cause of CO2e goes, first that holds goods; others go to the goods bought, moved or held."""
_REASONS = {
    "fixed": "idle_site", "opening": "idle_site", "restart": "idle_site", "closing": "idle_site", "capital": "idle_site",
    "lane_fixed": "unused_lanes", "qualification": "unused_lanes", "sign": "unused_contract", "take_or_pay": "take_or_pay",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Burdens:
    """What is laid down at pools in use (`at`), summed by label; sorted by label, then pool.

    costs: stage, kind, cost_site, cost_country, cost_region, at, amount. co2e: stage, cause, kg_site, kg_country, kg_region,
    at, kg_market, kg_location. transport: stage, mode_chain, passage, at, tkm, t, t_days, border_t (gross tonnes).
    origins: of_product, origin_site, origin_country, origin_region, at, quantity. unallocated: satellite, reason, amount.
    """

    costs: pl.DataFrame
    co2e: pl.DataFrame
    transport: pl.DataFrame
    origins: pl.DataFrame
    unallocated: pl.DataFrame


class _Places:
    """Names of sites, stages and countries as small frames to look up in."""

    def __init__(self, a: Arrays) -> None:
        self.countries = a.net["countries"].select("country", "region").unique("country")
        self.sites = a.net["sites"].select("site_id", home="country")
        self.stages = a.net["products"].select("product_id", "stage")
        offers = a.offers.rows.select("site_id", "product_id", subject=pl.col("offer_id").fill_null(""), bought_from="origin_country")
        self.offers = offers.unique(["site_id", "product_id", "subject"], keep="first")

    def labelled(self, rows: pl.DataFrame, bought: pl.Expr, names: tuple[str, str, str]) -> pl.DataFrame:
        """Add the stage and the country and region where a line is spent or emitted: for goods bought, where they come from."""
        site, country, region = names
        rows = rows.with_columns(subject=pl.when(bought).then(pl.col("subject").fill_null("")))
        rows = rows.join(self.sites, on="site_id", how="left").join(self.offers, on=["site_id", "product_id", "subject"], how="left")
        rows = rows.join(self.stages, on="product_id", how="left").with_columns(pl.coalesce("bought_from", "home").alias(country))
        rows = rows.join(self.countries.rename({"country": country, "region": region}), on=country, how="left")
        return rows.rename({"site_id": site})


def _laid(rows: pl.DataFrame, routes: Routes, kind: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows over pools: (rows with `at` and `share`), and those that found no goods."""
    keyed = routes.keyed(rows, kind).with_row_index("row")
    found = []
    for (name,), same in keyed.group_by([kind], maintain_order=True):
        left = same
        for attempt in _ATTEMPTS.get(str(name), ("cell",)):
            hit = left.join(routes[attempt], left_on=f"key_{attempt}", right_on="key", how="inner")
            found.append(hit.select(*rows.columns, "row", "at", "share"))
            left = left.join(hit.select("row"), on="row", how="anti")
    laid = pl.concat(found) if found else keyed.clear().select(*rows.columns, "row", at=pl.lit(0, dtype=pl.Int64), share=pl.lit(0.0))
    lost = keyed.join(laid.select("row"), on="row", how="anti")
    return laid, lost.with_columns(unused=pl.col("key_site_of_line").is_null())


def _summed(rows: pl.DataFrame, labels: list[str], values: list[str]) -> pl.DataFrame:
    return rows.group_by([*labels, "at"]).agg(pl.col(values).sum()).sort([*labels, "at"])


def _costs(a: Arrays, chain: Chain, accounts: Accounts, routes: Routes, places: _Places) -> tuple[pl.DataFrame, pl.DataFrame]:
    shares = a.net["incentives"].filter(pl.col("basis") == "cost_share")["incentive_id"].implode()
    carbon = pl.when(pl.col("kind") == "carbon").then("subject")
    credit = pl.when((pl.col("kind") == "credit") & pl.col("subject").is_in(shares)).then(pl.lit("cost_share"))
    rows = accounts.costs.with_columns(way=pl.coalesce(carbon, credit, "kind"))
    laid, lost = _laid(rows, routes, "way")
    laid = places.labelled(laid, pl.col("kind") == "purchase", ("cost_site", "cost_country", "cost_region"))
    laid = routes.with_pool_stage(laid).with_columns(amount=pl.col("amount") * pl.col("share"))
    labels = ["stage", "kind", "cost_site", "cost_country", "cost_region"]
    opened = _opening(a, chain, "initial_cost_per_unit", ("cost_site", "cost_country", "cost_region"))
    both = pl.concat([laid.select(*labels, "at", "amount"), opened.select(*labels, "at", amount="carried")])
    reason = (
        pl.when((pl.col("kind") == "capital") & pl.col("unused"))
        .then(pl.lit("unused_modules"))
        .otherwise(pl.col("kind").replace_strict(_REASONS, default="idle_pool"))
    )
    none = lost.group_by(satellite="cost:" + pl.col("kind"), reason=reason).agg(pl.col("amount").sum())
    return _summed(both, labels, ["amount"]), none


def _co2e(a: Arrays, chain: Chain, accounts: Accounts, routes: Routes, places: _Places) -> tuple[pl.DataFrame, pl.DataFrame]:
    laid, lost = _laid(accounts.co2e, routes, "cause")
    laid = places.labelled(laid, pl.col("cause") == "purchased", ("kg_site", "kg_country", "kg_region"))
    laid = routes.with_pool_stage(laid).with_columns(pl.col("kg_market", "kg_location") * pl.col("share"))
    labels = ["stage", "cause", "kg_site", "kg_country", "kg_region"]
    opened = _opening(a, chain, "initial_co2e_kg_per_unit", ("kg_site", "kg_country", "kg_region")).rename({"kind": "cause"})
    both = pl.concat(
        [laid.select(*labels, "at", "kg_market", "kg_location"), opened.select(*labels, "at", kg_market="carried", kg_location="carried")]
    )
    none = [
        lost.group_by(satellite=f"co2e_{basis}_kg:" + pl.col("cause"), reason=pl.lit("idle_pool")).agg(amount=pl.col(f"kg_{basis}").sum())
        for basis in ("market", "location")
    ]
    return _summed(both, labels, ["kg_market", "kg_location"]), pl.concat(none)


def _opening(a: Arrays, chain: Chain, column: str, names: tuple[str, str, str]) -> pl.DataFrame:
    """What the stock before the first period carries, at the pools it flows into: stage, kind, place, at, carried, quantity."""
    site, country, region = names
    stocks = a.stocks
    at = chain.at(stocks.pool * chain.periods)
    home = pl.Series("home", [a.sites.country[one] or None for one in stocks.site], dtype=pl.String)
    rows = stocks.rows.with_columns(at=pl.Series(at), quantity=pl.Series(stocks.initial), home=home)
    rows = rows.filter((pl.col("at") >= 0) & (pl.col("quantity") > 0))
    rows = rows.with_columns(
        pl.coalesce("initial_origin_country", "home").alias(country),
        kind=pl.lit(OPENING_STOCK),
        carried=pl.col("quantity") * pl.col(column).cast(pl.Float64).fill_null(0.0),
    )
    rows = rows.join(a.net["products"].select("product_id", "stage"), on="product_id", how="left")
    rows = rows.join(
        a.net["countries"].unique("country").select(pl.col("country").alias(country), pl.col("region").alias(region)),
        on=country,
        how="left",
    )
    return rows.rename({"site_id": site})


def _transport(a: Arrays, chain: Chain, accounts: Accounts) -> pl.DataFrame:
    """Gross tonnes and kilometres of every flow, laid down where it arrives; several passages stay one cell `a|b`."""
    flows = accounts.flows
    at = chain.at(_cells(a, chain, flows["to_site"], flows["product_id"], flows["period_id"]))
    rows = flows.with_columns(at=pl.Series(at), passage=pl.when(pl.col("passages").str.strip_chars() != "").then("passages"))
    rows = rows.filter(pl.col("at") >= 0).join(a.net["products"].select("product_id", "stage"), on="product_id", how="left")
    rows = rows.with_columns(
        t=pl.col("gross_t"),
        t_days=pl.col("gross_t") * pl.col("days"),
        border_t=pl.col("gross_t") * pl.col("customs_border").cast(pl.Float64),
    )
    return _summed(rows, ["stage", "mode_chain", "passage"], ["tkm", "t", "t_days", "border_t"])


def _cells(a: Arrays, chain: Chain, site: pl.Series, product: pl.Series, period: pl.Series) -> np.ndarray:
    """Cell of each (site, product, period), −1 where there is none."""
    where, what, when = positions(site, a.sites.ids), positions(product, a.products.ids), positions(period, list(a.calendar.ids))
    pool = np.where((where >= 0) & (what >= 0), a.pools.at(where, what), -1)
    return np.where((pool >= 0) & (when >= 0), pool * chain.periods + when, -1)


def _origins(a: Arrays, chain: Chain, placed: Placed) -> pl.DataFrame:
    """Who made or sold what enters the chain: makers by site, purchases by country of origin (null: not known), opening stock."""
    names = ["of_product", "origin_site", "origin_country", "at", "quantity"]
    pool = chain.pool[chain.given["at"].to_numpy()]
    site = pl.Series("origin_site", a.sites.ids, dtype=pl.String)
    product = pl.Series("of_product", a.products.ids, dtype=pl.String)
    country = pl.Series("origin_country", [one or None for one in a.sites.country], dtype=pl.String)
    made = chain.given.select("at", "quantity").with_columns(
        product[a.pools.product[pool]], site[a.pools.site[pool]], country[a.pools.site[pool]]
    )
    offers = a.offers
    bought = offers.rows[placed.bought_offer.tolist()].select(
        of_product="product_id",
        origin_site=pl.lit(None, dtype=pl.String),
        origin_country="origin_country",
        at=pl.Series(chain.at(offers.pool[placed.bought_offer] * chain.periods + placed.bought_period)),
        quantity=pl.Series(placed.bought),
    )
    opened = _opening(a, chain, "initial_cost_per_unit", ("holder", "of_country", "of_region")).select(
        "at", "quantity", of_product="product_id", origin_site=pl.lit(None, dtype=pl.String), origin_country="initial_origin_country"
    )
    rows = pl.concat([part.select(names) for part in (made, bought, opened)]).filter((pl.col("quantity") > 0) & (pl.col("at") >= 0))
    regions = a.net["countries"].unique("country").select(origin_country="country", origin_region="region")
    rows = rows.join(regions, on="origin_country", how="left")
    return _summed(rows, ["of_product", "origin_site", "origin_country", "origin_region"], ["quantity"])


def burdens_of(a: Arrays, placed: Placed, accounts: Accounts, chain: Chain) -> Burdens:
    """Lay every line of the accounts down at the pools of the chain.

    What a line costs and emits goes to its goods and co-products; freight, duty and transport to the goods that arrive;
    holding and disposal to the goods of the pool, disposal of scrap to the goods it fell off. What keeps a site (and the
    capital of its lines while they make nothing) is spread over the site's output of the period, what is paid once over its
    output of the whole horizon, by value; a lane group's fixed cost over its flows, a qualification over the lane's flows
    and a signing over the contract's flows of the horizon, by tonnes.
    """
    routes, places = Routes(a, placed, chain), _Places(a)
    costs, lost_cost = _costs(a, chain, accounts, routes, places)
    co2e, lost_kg = _co2e(a, chain, accounts, routes, places)
    unallocated = pl.concat([lost_cost, lost_kg]).filter(pl.col("amount") != 0).sort("satellite", "reason")
    return Burdens(costs, co2e, _transport(a, chain, accounts), _origins(a, chain, placed), unallocated)
