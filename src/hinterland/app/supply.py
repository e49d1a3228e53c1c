"""What is there against what is needed: capacity and offers of each product in each period beside the exploded demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.model.network import Network

__all__ = ["supply_of"]


def supply_of(net: Network, scenario: str | Sequence[str] | None = None) -> pl.DataFrame:
    """One row per product and period: stage, product_id, unit, period_id, needed, available, with_modules, bought, ratio.

    `needed` is demand exploded through the recipes (the dearest way each, cover included); `available` what existing lines
    make at most (available_share and ramps counted, candidate and paused sites included), `with_modules` with every module
    built, `bought` what purchases allow (inf: no limit). ratio = (with_modules + bought) / needed, null where nothing is needed, or where
    recipes that feed each other leave no bound on the need.
    """
    from hinterland.design.bounds import total_need
    from hinterland.model.arrays import arrays_of

    a = arrays_of(resolve(net, scenario))
    need, out, lines = total_need(a), a.making.outputs, a.making.lines
    shape = (len(a.products.ids), len(a.calendar))
    old, new, bought = (np.zeros(shape) for _ in range(3))
    running = out.vintage < 0
    np.add.at(old, (lines.product[out.line[running]], out.period[running]), out.capacity[running])
    built = np.zeros((len(lines.product), shape[1]))
    fresh = np.flatnonzero(~running)
    np.maximum.at(built, (out.line[fresh], out.period[fresh]), out.capacity[fresh] * lines.max_modules[out.line[fresh]])
    np.add.at(new, lines.product, built)
    np.add.at(bought, (a.pools.product[a.offers.pool[a.offers.offer]], a.offers.period), a.offers.limit)
    product, period = (index.ravel() for index in np.indices(shape))
    return (
        pl.DataFrame(
            {
                "stage": [a.products.stage[one] for one in product],
                "product_id": [a.products.ids[one] for one in product],
                "unit": [a.products.unit[one] for one in product],
                "period_id": [a.calendar.ids[one] for one in period],
                "needed": need.ravel(),
                "available": old.ravel(),
                "with_modules": (old + new).ravel(),
                "bought": bought.ravel(),
            }
        )
        .with_columns(
            ratio=pl.when((pl.col("needed") > 0) & pl.col("needed").is_finite()).then(
                (pl.col("with_modules") + pl.col("bought")) / pl.col("needed")
            )
        )
        .sort("stage", "product_id", "period_id")
    )
