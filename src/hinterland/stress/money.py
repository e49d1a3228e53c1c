"""What activities of a plan cost and emit per unit, what goods are worth, and what a lost unit loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.dated import Dated
from hinterland.model.lanes import pool_values
from hinterland.stress.activities import LANE
from hinterland.stress.chain import Means

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.stress.activities import Activities

__all__ = ["means_of"]


def _activity_rates(a: Arrays, act: Activities) -> tuple[Floats, Floats, Floats]:
    """Variable cost and kgCO2e per unit of each activity, and the part of cost that surcharges multiply; shape (activities, periods).

    A surcharge multiplies the price of a purchase, conversion and energy of a line, the freight of a lane (not its duty).
    """
    cost, kg, price = (np.zeros(act.amount.shape) for _ in range(3))
    lines, rates = a.making.lines, a.flows.rates
    power = lines.electricity_location_kg if a.settings.electricity_basis == "location" else lines.electricity_market_kg
    parts = (
        (a.offers.price, a.offers.co2e_kg),
        (lines.conversion_cost + lines.electricity_cost + lines.heat_cost, power + lines.heat_kg + lines.direct_kg),
        (rates.freight_per_unit, rates.co2e_kg_per_unit),
    )
    for kind, (money, carbon) in enumerate(parts):
        mine = act.kind == kind
        price[mine], kg[mine] = np.nan_to_num(money[act.subject[mine]]), np.nan_to_num(carbon[act.subject[mine]])
    cost[:] = price
    lanes = act.kind == LANE
    cost[lanes] += np.nan_to_num(rates.transit_holding_per_unit + rates.duty_per_unit)[act.subject[lanes]]
    return cost + act.extra_cost, kg + act.extra_kg, price + act.extra_cost


def _premium(act: Activities, rate: Floats) -> Floats:
    """What a unit of each backup costs or emits beyond a unit of the activity that it stands in for; 0 of all others."""
    extra = np.zeros(rate.shape)
    backups = np.flatnonzero(act.instead_of >= 0)
    extra[backups] = rate[backups] - rate[act.instead_of[backups]]
    return extra


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
    cost, kg, dear = _activity_rates(a, act)
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
    parts = _premium(act, cost), _premium(act, kg), dear
    premium, premium_kg, rate = (np.ascontiguousarray(one @ weights.T) for one in parts)
    return Means(premium, premium_kg, rate, value, margin, late), bool((worth > 0).all())
