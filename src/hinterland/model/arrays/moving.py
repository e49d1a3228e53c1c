"""Lanes with their flow entries: one per lane-product and period in which it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.model.arrays.places import Pools, Products, Sites, positions
from hinterland.model.lanes import LaneRates

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints

__all__ = ["Flows", "flows_of", "lane_pairs"]


@dataclass(frozen=True, slots=True)
class Flows:
    """Flow entries; `rates` and the index arrays of shape (lanes,), the entries of shape (flows,).

    `capacity` is in product units per period (inf: none).
    """

    rates: LaneRates
    from_site: Ints
    to_site: Ints
    product: Ints
    from_pool: Ints
    to_pool: Ints
    lane: Ints
    period: Ints
    capacity: Floats


def lane_pairs(rates: LaneRates, sites: Sites, products: Products) -> tuple[Ints, Ints, Ints]:
    """Index of from-site, to-site and product of each lane-product."""
    lanes = rates.lanes
    return (
        positions(lanes["from_site"], sites.ids),
        positions(lanes["to_site"], sites.ids),
        positions(lanes["product_id"], products.ids),
    )


def flows_of(rates: LaneRates, index: tuple[Ints, Ints, Ints], sites: Sites, pools: Pools) -> Flows:
    """Entries of open lanes between sites that are not closed; ordered by lane, then period."""
    start, end, product = index
    alive = ~(sites.closed[start] | sites.closed[end])
    lane, period = np.nonzero((rates.open_share > 0) & alive[:, None] & (rates.capacity > 0))
    return Flows(
        rates=rates,
        from_site=start,
        to_site=end,
        product=product,
        from_pool=pools.at(start, product),
        to_pool=pools.at(end, product),
        lane=lane.astype(np.int64),
        period=period.astype(np.int64),
        capacity=rates.capacity[lane, period],
    )
