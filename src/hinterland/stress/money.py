"""What activities of a plan cost and emit per unit, what goods are worth, and what a lost unit loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.dated import Dated
from hinterland.model.lanes import pool_values
from hinterland.stress.chain import Means

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.stress.activities import Activities

__all__ = ["means_of"]


def _activity_rates(a: Arrays, act: Activities) -> tuple[Floats, Floats]:
    """Variable cost and kgCO2e per unit of each activity; shape (activities, periods)."""
    cost, kg = np.zeros(act.amount.shape), np.zeros(act.amount.shape)
    lines, rates = a.making.lines, a.flows.rates
    power = lines.electricity_location_kg if a.settings.electricity_basis == "location" else lines.electricity_market_kg
    parts = (
        (a.offers.price, a.offers.co2e_kg),
        (lines.conversion_cost + lines.electricity_cost + lines.heat_cost, power + lines.heat_kg + lines.direct_kg),
        (rates.freight_per_unit + rates.transit_holding_per_unit + rates.duty_per_unit, rates.co2e_kg_per_unit),
    )
    for kind, (money, carbon) in enumerate(parts):
        mine = act.kind == kind
        cost[mine], kg[mine] = np.nan_to_num(money[act.subject[mine]]), np.nan_to_num(carbon[act.subject[mine]])
    return cost + act.extra_cost, kg + act.extra_kg


def _pool_costs(act: Activities, cost: Floats, order: Ints) -> Floats:
    """Variable cost that a unit in each pool carries, mean of the plan; shape (pools,)."""
    carried, total = np.zeros(len(order)), act.amount.sum(axis=1)
    spent = (act.amount * cost).sum(axis=1)
    uses = np.argsort(act.use_activity, kind="stable")
    first = np.searchsorted(act.use_activity[uses], np.arange(len(act) + 1))
    by_pool = np.argsort(act.into, kind="stable")
    made = np.searchsorted(act.into[by_pool], np.arange(len(order) + 1))
    for pool in order:
        money = units = 0.0
        for activity in by_pool[made[pool] : made[pool + 1]]:
            mine = uses[first[activity] : first[activity + 1]]
            money += spent[activity] + float(act.used[mine].sum(axis=1) @ carried[act.use_pool[mine]])
            units += total[activity]
        carried[pool] = money / units if units > 0 else 0.0
    return carried


def means_of(a: Arrays, act: Activities, order: Ints, demand_pool: Ints, weights: Floats, *, late: bool) -> tuple[Means, bool]:
    """Rates of a plan step by step, and whether any price or value of what is delivered is known.

    `weights` (T, periods) are shares of steps in periods. Lost margin of a unit is its price (where none is given, its
    value) less the variable cost that it would have caused (DESIGN §8); money is undiscounted.
    """
    cost, kg = _activity_rates(a, act)
    stand_ins = np.flatnonzero(act.carries >= 0)
    if len(stand_ins):
        for rate in (cost, kg):
            rate[stand_ins] += _pool_costs(act, rate, order)[act.carries[stand_ins]][:, None]
    frame = pl.DataFrame({"site_id": [a.sites.ids[s] for s in a.pools.site], "product_id": [a.products.ids[p] for p in a.pools.product]})
    value = np.nanmean(np.where(np.isnan(v := pool_values(a.net, frame)).all(axis=1, keepdims=True), 0.0, v), axis=1)
    price = np.zeros(len(a.pools))
    rows = a.net["demand"].with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64)).filter(pl.col("price_per_unit").is_not_null())
    if rows.height:
        told = Dated(a.net).values("demand", "price_per_unit", 0.0)[rows["at"].to_numpy()].mean(axis=1)
        for (site, product), one in zip(rows.select("site_id", "product_id").iter_rows(), told, strict=True):
            pool = a.pools.at(np.array([a.sites.ids.index(site)]), np.array([a.products.ids.index(product)]))[0]
            price[pool] = max(price[pool], one)
    worth = np.where(price > 0, price, value)[demand_pool]
    margin = np.where(worth > 0, worth - _pool_costs(act, cost, order)[demand_pool], 0.0)
    whole = np.ascontiguousarray
    return Means(whole(cost @ weights.T), whole(kg @ weights.T), value, margin, late), bool((worth > 0).all())
