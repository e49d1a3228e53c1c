"""Where what a site uses or delivers came from: its lanes, its purchases, and its own make that was not shipped on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.model.dated import Dated, day_spans, step_weights

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.verify.totals import Totals

__all__ = ["Arrivals", "arrivals_of", "counting_weights"]

Objects = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Arrivals of a plan at sites that use or deliver the product; arrays of shape (arrivals,).

    `units` are negative for what a site that also makes the product ships on. `from_site` is −1 for purchases, which come
    from their country of origin alone. `own` marks the site's own make.
    """

    units: Floats
    own: Bools
    from_site: Ints
    from_country: Objects
    from_region: Objects
    to_site: Ints
    product: Ints
    period: Ints

    def where(self, mask: Bools) -> Arrivals:
        """Only the arrivals of a mask."""
        return Arrivals(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})


def arrivals_of(a: Arrays, p: Placed, s: Totals) -> Arrivals:
    """Read a plan's arrivals. A site uses a product where it has a demand row for it, or a line that can take it in."""
    out, lines, pools, periods = a.making.outputs, a.making.lines, a.pools, len(a.calendar)
    takes, makes = np.zeros(len(pools), dtype=bool), np.zeros(len(pools), dtype=bool)
    takes[a.demand.pool] = True
    takes[out.use_pool[out.use_quantity > 0]] = True
    makes[lines.pool[out.line]] = True
    makes[out.use_pool[out.use_quantity < 0]] = True
    region_of = dict(a.net["countries"].select("country", "region").iter_rows())
    country, region = np.array(a.sites.country, dtype=object), np.array(a.sites.region, dtype=object)
    comes = np.flatnonzero(takes[a.flows.to_pool[p.flow_lane]])
    leaves = np.flatnonzero((takes & makes)[a.flows.from_pool[p.flow_lane]])
    buys = np.flatnonzero(takes[a.offers.pool[p.bought_offer]])
    own, own_period = (np.asarray(one, dtype=np.int64) for one in np.nonzero((s.good + s.given) * takes[:, None]))
    lane_in, lane_out, offer = p.flow_lane[comes], p.flow_lane[leaves], p.bought_offer[buys]
    origin = [row or country[site] for row, site in zip(a.offers.rows["origin_country"].to_list(), a.offers.site, strict=True)]
    bought_from = np.array(origin, dtype=object)[offer] if len(origin) else np.zeros(0, dtype=object)
    start = [a.flows.from_site[lane_in], a.flows.from_site[lane_out], np.full(len(offer), -1), pools.site[own]]
    end = [a.flows.to_site[lane_in], a.flows.from_site[lane_out], a.offers.site[offer], pools.site[own]]
    product = [a.flows.product[lane_in], a.flows.product[lane_out], pools.product[a.offers.pool[offer]], pools.product[own]]
    from_country = np.concatenate([country[start[0]], country[start[1]], bought_from, country[start[3]]])
    bought_region = np.array([region_of.get(one) or "" for one in bought_from], dtype=object)
    assert periods == s.periods  # noqa: S101 -- totals are of the same network
    return Arrivals(
        units=np.concatenate([p.flow[comes], -p.flow[leaves], p.bought[buys], (s.good + s.given)[own, own_period]]),
        own=np.concatenate([np.zeros(len(comes) + len(leaves) + len(buys), dtype=bool), np.ones(len(own), dtype=bool)]),
        from_site=np.concatenate(start),
        from_country=from_country,
        from_region=np.concatenate([region[start[0]], region[start[1]], bought_region, region[start[3]]]),
        to_site=np.concatenate(end),
        product=np.concatenate(product),
        period=np.concatenate([p.flow_period[comes], p.flow_period[leaves], p.bought_period[buys], own_period]),
    )


def counting_weights(a: Arrays, basis: str) -> Floats:
    """What one unit of each product counts: 1, tonnes, or the mean of its product_values; shape (products, periods)."""
    periods = len(a.calendar)
    if basis == "mass":
        return np.repeat(a.products.mass_t[:, None], periods, axis=1)
    if basis != "value":
        return np.ones((len(a.products.ids), periods))
    found = np.zeros((len(a.products.ids), periods))
    frame = a.net["product_values"].with_columns(place=pl.col("from_group").fill_null(""))
    if not frame.height:
        return found
    keys = frame.select(k=pl.struct("product_id", "place").rank("dense").cast(pl.Int64))["k"].to_numpy()
    weight = step_weights(keys, day_spans(frame)[0], a.calendar)
    path = pl.DataFrame(weight * Dated(a.net).values("product_values", "value_per_unit"), schema=[f"{t}" for t in range(periods)])
    summed = path.with_columns(product_id=frame["product_id"], place=frame["place"]).group_by("product_id", "place").sum()
    mean = summed.drop("place").group_by("product_id").mean()
    at = {product: row for row, product in enumerate(a.products.ids)}
    for row in mean.iter_rows():
        if row[0] in at:
            found[at[row[0]]] = row[1:]
    return found
