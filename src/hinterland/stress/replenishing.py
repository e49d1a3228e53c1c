"""How pools order: the rows of `replenishment` as numbers by pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.arrays import Arrays

__all__ = ["Replenishment", "replenishment_of"]


@dataclass(frozen=True, slots=True)
class Replenishment:
    """Shapes (pools,). `cover_days` NaN: the plan's stock; `up_to` NaN: follow the plan, else orders lift the position to it.

    Position is stock and goods on the way, less what is asked for. Nothing is ordered above `reorder`; with a `lot`, whole lots.
    """

    cover_days: Floats
    safety_days: Floats
    safety_quantity: Floats
    up_to: Floats
    reorder: Floats
    lot: Floats

    @classmethod
    def none(cls, pools: int) -> Replenishment:
        """Every pool follows the plan."""
        empty, zero = np.full(pools, np.nan), np.zeros(pools)
        return cls(empty, zero, zero.copy(), empty.copy(), empty.copy(), zero.copy())


def replenishment_of(a: Arrays) -> Replenishment:
    """Rows of the table; where several speak of one pool, the one that covers the fewest sites and products holds."""
    made = Replenishment.none(len(a.pools))
    scopes = Scopes(a.net)
    site = np.array([a.sites.ids[s] for s in a.pools.site], dtype=object)
    product = np.array([a.products.ids[p] for p in a.pools.product], dtype=object)
    rows = []
    for row in a.net["replenishment"].iter_rows(named=True):
        sites, goods = scopes.sites(row["site_id"]), scopes.products(row["product_id"])
        mask = np.ones(len(site), dtype=bool)
        if sites is not None:
            mask &= np.isin(site, list(sites))
        if goods is not None:
            mask &= np.isin(product, list(goods))
        rows.append((int(mask.sum()), mask, row))
    for _, mask, row in sorted(rows, key=lambda one: -one[0]):
        policy = row["policy"] or "plan"
        made.safety_days[mask] = row["safety_days"] or 0.0
        made.safety_quantity[mask] = row["safety_quantity"] or 0.0
        made.cover_days[mask] = row["cover_days"] if policy == "days_of_cover" else np.nan
        made.up_to[mask] = (
            row["reorder_quantity"] if policy == "r_q" else row["order_up_to_quantity"] if policy in {"base_stock", "s_s"} else np.nan
        )
        made.reorder[mask] = row["reorder_quantity"] if policy == "s_s" else np.nan
        made.lot[mask] = row["lot_quantity"] if policy == "r_q" else 0.0
    return made
