"""A resolved network as read-only index axes and arrays: what the solver's model is built from."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.model.arrays.claims import Claims, claims_of
from hinterland.model.arrays.making import EXISTING, Making, making_of, process_pairs
from hinterland.model.arrays.moving import Flows, flows_of, lane_pairs
from hinterland.model.arrays.places import Pools, Products, Sites, positions
from hinterland.model.arrays.refunds import Refunds, refunds_of
from hinterland.model.arrays.relief import relief_of
from hinterland.model.arrays.trading import (
    Demand,
    Disposal,
    Offers,
    Stocks,
    demand_of,
    disposal_of,
    offers_of,
    stocks_of,
)
from hinterland.model.lanes import lane_rates

if TYPE_CHECKING:
    from hinterland.core.calendar import Calendar
    from hinterland.model.network import Network, Settings

__all__ = ["EXISTING", "Arrays", "arrays_of"]


@dataclass(frozen=True, slots=True)
class Arrays:
    """Everything the design reads, by axis. Arrays are read-only; units are those of the tables, per period."""

    net: Network
    settings: Settings
    calendar: Calendar
    sites: Sites
    products: Products
    pools: Pools
    flows: Flows
    making: Making
    offers: Offers
    demand: Demand
    stocks: Stocks
    disposal: Disposal
    claims: Claims
    refunds: Refunds


def _freeze(part: object) -> None:
    if isinstance(part, np.ndarray):
        part.setflags(write=False)
    elif is_dataclass(part):
        for field in fields(part):
            _freeze(getattr(part, field.name))


def _evaluate(net: Network) -> Arrays:
    sites, products = Sites.of(net), Products.of(net)
    rates = lane_rates(net)
    lanes = lane_pairs(rates, sites, products)
    processes, pairs = process_pairs(net, sites, products)
    pairs += [(lanes[0], lanes[2]), (lanes[1], lanes[2])]
    for table in ("purchases", "demand", "stocks"):
        pairs.append((positions(net[table]["site_id"], sites.ids), positions(net[table]["product_id"], products.ids)))
    pools = Pools.of(pairs, len(products.ids))
    flows, making = flows_of(rates, lanes, sites, pools), making_of(net, processes, sites, products, pools)
    offers, stocks = offers_of(net, sites, products, pools), stocks_of(net, sites, products, pools)
    disposal = disposal_of(products, pools, sites)
    arrays = Arrays(
        net=net,
        settings=net.settings,
        calendar=net.calendar,
        sites=sites,
        products=products,
        pools=pools,
        flows=flows,
        making=making,
        offers=offers,
        demand=demand_of(net, sites, products, pools),
        stocks=stocks,
        disposal=disposal,
        claims=claims_of(net, relief_of(rates), (sites, products, pools), flows, making, offers, stocks, disposal),
        refunds=refunds_of(net, sites, pools, flows, making),
    )
    for part in (
        arrays.flows,
        arrays.making,
        arrays.offers,
        arrays.demand,
        arrays.stocks,
        arrays.disposal,
        arrays.claims,
        arrays.refunds,
        pools,
        sites,
        products,
    ):
        _freeze(part)
    return arrays


_LATEST: list[Arrays] = []
_KEPT = 2
"""Design, proof, accounts and roll-up ask for the same network one after the other; arrays are read-only, so they share."""


def arrays_of(net: Network) -> Arrays:
    """Evaluate a resolved network; the latest few are kept. Raises InvalidTables where a table cannot be evaluated."""
    for arrays in _LATEST:
        if arrays.net is net:
            return arrays
    arrays = _evaluate(net)
    _LATEST.insert(0, arrays)
    del _LATEST[_KEPT:]
    return arrays
