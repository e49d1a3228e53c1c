"""Purchases from outside the modelled tiers, demand, stocks and disposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.arrays.places import Pools, Products, Sites, positions, sorted_rows
from hinterland.model.dated import Dated
from hinterland.model.lanes import pool_values

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.network import Network

__all__ = ["Demand", "Disposal", "Offers", "Stocks", "demand_of", "disposal_of", "offers_of", "stocks_of"]


@dataclass(frozen=True, slots=True)
class Offers:
    """Purchase offers (offers,) and their entries (bought,): one per period in which the offer is valid."""

    rows: pl.DataFrame
    site: Ints
    pool: Ints
    price: Floats
    co2e_kg: Floats
    offer: Ints
    period: Ints
    limit: Floats


@dataclass(frozen=True, slots=True)
class Demand:
    """Demand rows, sorted by key; shape (demands,). Money per unit."""

    rows: pl.DataFrame
    site: Ints
    pool: Ints
    period: Ints
    quantity: Floats
    shortage_cost: Floats


@dataclass(frozen=True, slots=True)
class Stocks:
    """Stock rows; shapes (stocks,) or (stocks, periods). `holding_cost` is per unit held at the period's end."""

    rows: pl.DataFrame
    site: Ints
    pool: Ints
    days_of_cover: Floats
    least: Floats
    most: Floats
    initial: Floats
    holding_cost: Floats


@dataclass(frozen=True, slots=True)
class Disposal:
    """Pools and periods in which the product may be thrown away; shape (disposals,)."""

    pool: Ints
    period: Ints
    cost: Floats


def _of_open_sites(frame: pl.DataFrame, sites: Sites) -> pl.DataFrame:
    site = positions(frame["site_id"], sites.ids)
    alive = np.append(~sites.closed, False)[site]
    return frame.with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64)).filter(pl.Series(alive))


def offers_of(net: Network, sites: Sites, products: Products, pools: Pools) -> Offers:
    """Read purchases; limits count by the days in force."""
    dated = Dated(net)
    frame = _of_open_sites(net["purchases"], sites)
    frame = frame[sorted_rows(frame, "site_id", "product_id", "offer_id").tolist()]
    at, site = frame["at"].to_numpy(), positions(frame["site_id"], sites.ids)
    weight = dated.spans_weight("purchases")[at]
    limit = dated.values("purchases", "limit_per_year", np.inf)[at]
    with np.errstate(invalid="ignore"):
        most = np.where(np.isinf(limit), np.inf, limit * dated.calendar.years * weight)
    offer, period = np.nonzero(weight > 0)
    return Offers(
        rows=frame,
        site=site,
        pool=pools.at(site, positions(frame["product_id"], products.ids)),
        price=dated.values("purchases", "price_per_unit", 0.0)[at],
        co2e_kg=dated.values("purchases", "co2e_kg_per_unit", 0.0)[at],
        offer=offer,
        period=period,
        limit=most[offer, period],
    )


def demand_of(net: Network, sites: Sites, products: Products, pools: Pools) -> Demand:
    """Read demand; `changes` on its quantity take the value of the row's own period."""
    dated = Dated(net)
    frame = net["demand"].with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64), segment=pl.col("segment").fill_null(""))
    frame = frame[sorted_rows(frame, "site_id", "product_id", "period_id", "segment").tolist()]
    at, site = frame["at"].to_numpy(), positions(frame["site_id"], sites.ids)
    period = positions(frame["period_id"], list(dated.calendar.ids))
    return Demand(
        rows=frame,
        site=site,
        pool=pools.at(site, positions(frame["product_id"], products.ids)),
        period=period,
        quantity=dated.values("demand", "quantity", 0.0)[at, period],
        shortage_cost=dated.values("demand", "shortage_cost_per_unit", 0.0)[at, period],
    )


def stocks_of(net: Network, sites: Sites, products: Products, pools: Pools) -> Stocks:
    """Read stocks; holding cost = share per year · value at the site · a_t."""
    dated = Dated(net)
    frame = _of_open_sites(net["stocks"], sites)
    frame = frame[sorted_rows(frame, "site_id", "product_id").tolist()]
    at, site = frame["at"].to_numpy(), positions(frame["site_id"], sites.ids)
    value = np.nan_to_num(pool_values(net, frame.select("site_id", "product_id")))
    share = dated.values("stocks", "holding_cost_share_per_year", 0.0)[at]
    return Stocks(
        rows=frame,
        site=site,
        pool=pools.at(site, positions(frame["product_id"], products.ids)),
        days_of_cover=dated.values("stocks", "days_of_cover", 0.0)[at],
        least=dated.values("stocks", "min_quantity", 0.0)[at],
        most=dated.values("stocks", "max_quantity", np.inf)[at],
        initial=frame["initial_quantity"].cast(pl.Float64).fill_null(0.0).to_numpy(),
        holding_cost=share * value * dated.calendar.years,
    )


def disposal_of(products: Products, pools: Pools, sites: Sites) -> Disposal:
    """Every pool of a product with a disposal cost, in every period."""
    cost = products.disposal_cost[pools.product]
    allowed = ~np.isnan(cost) & ~sites.closed[pools.site][:, None]
    pool, period = np.nonzero(allowed)
    return Disposal(pool.astype(np.int64), period.astype(np.int64), cost[pool, period])
