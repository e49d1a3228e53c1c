"""What standards ask, counted on a plan: what moved, was bought or used up without the certificate that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.certificates import asked_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.certificates import Asked
    from hinterland.model.verify.totals import Totals

__all__ = ["moved_without"]


def moved_without(a: Arrays, p: Placed, s: Totals) -> Iterator[tuple[str, int, int, float, float]]:
    """Label, period, product, quantity and penalty (NaN where it must hold) of what should not have happened.

    From a sender: lanes into the region from uncovered makers, and from uncovered stores outside it. Bought: offers whose maker does
    not hold the standard. Used: what an uncovered maker within the region uses and delivers beyond what it gets from others.
    """
    asked = asked_of(a)
    if not asked:
        return
    out, pools, made_at = a.making.outputs, a.pools, a.making.lines
    given = out.use_pool[out.use_quantity < 0]
    makers = set(zip(made_at.site[out.line].tolist(), made_at.product[out.line].tolist(), strict=True))
    makers |= set(zip(pools.site[given].tolist(), pools.product[given].tolist(), strict=True))
    users = sorted({*out.use_pool[out.use_quantity > 0].tolist(), *a.demand.pool.tolist()})
    for one in asked:
        rows = [*_sent(a, p, one, makers), *_bought(a, p, one)]
        for pool in users:
            site, product = int(pools.site[pool]), int(pools.product[pool])
            if (site, product) in makers and one.goods[product] and one.region[site] and one.sources[site]:
                own = s.used[pool] + s.delivered[pool] - s.inflow[pool] - s.bought[pool]
                rows += [
                    (site, product, int(t), "used at", float(own[t])) for t in np.flatnonzero(one.active & ~one.covered[site, product])
                ]
        frame = pl.DataFrame(
            rows, schema={"site": pl.Int64, "product": pl.Int64, "t": pl.Int64, "way": pl.String, "quantity": pl.Float64}, orient="row"
        )
        for site, product, t, way, quantity in (
            frame.group_by("site", "product", "t", "way").agg(pl.col("quantity").sum()).sort("site", "product", "t", "way").iter_rows()
        ):
            label = f"{one.opening}, {a.products.ids[product]} {way} {a.sites.ids[site]})"
            yield label, t, product, quantity, float(one.penalty[t])


def _sent(a: Arrays, p: Placed, one: Asked, makers: set[tuple[int, int]]) -> Iterator[tuple[int, int, int, str, float]]:
    start, end, product = (at[p.flow_lane] for at in (a.flows.from_site, a.flows.to_site, a.flows.product))
    asked = one.active[p.flow_period] & one.goods[product] & one.region[end] & one.sources[start]
    for row in np.flatnonzero(asked):
        site, good, t = int(start[row]), int(product[row]), int(p.flow_period[row])
        if not one.covered[site, good, t] and ((site, good) in makers or not one.region[site]):
            yield site, good, t, "from", float(p.flow[row])


def _bought(a: Arrays, p: Placed, one: Asked) -> Iterator[tuple[int, int, int, str, float]]:
    countries = a.offers.rows["origin_country"].to_list()
    for offer, t, quantity in zip(p.bought_offer.tolist(), p.bought_period.tolist(), p.bought.tolist(), strict=True):
        site, product = int(a.offers.site[offer]), int(a.pools.product[a.offers.pool[offer]])
        wanted = one.active[t] and one.goods[product] and one.region[site] and not one.certified[offer, t]
        if wanted and (one.origins is None or (countries[offer] or a.sites.country[site]) in one.origins):
            yield site, product, t, "bought at", quantity
