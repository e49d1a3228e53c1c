"""Where what a site takes comes from, as solver terms: lanes in, purchases, and own make that is not shipped on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays

    Objects = npt.NDArray[np.object_]
    Bools = npt.NDArray[np.bool_]

__all__ = ["VARIABLES", "Arrivals", "arrivals_of", "weights_of"]

VARIABLES = ("flow", "bought", "made")


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Terms of all arrivals; arrays of shape (terms,). `variable` is an index into VARIABLES.

    `from_site` is −1 for purchases, which come from a country alone.
    """

    variable: Ints
    entry: Ints
    units: Floats
    from_site: Ints
    from_country: Objects
    from_region: Objects
    to_site: Ints
    product: Ints
    period: Ints

    def where(self, mask: Bools) -> Arrivals:
        """Only the terms of a mask."""
        return Arrivals(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})


def _places(a: Arrays, countries: list[str]) -> list[str]:
    regions = dict(a.net["countries"].select("country", "region").iter_rows())
    return [regions.get(country) or "" for country in countries]


def arrivals_of(a: Arrays) -> Arrivals:
    """Arrivals at every site that uses a product in a recipe or delivers it."""
    flows, offers, out, lines = a.flows, a.offers, a.making.outputs, a.making.lines
    country, region = np.array(a.sites.country, dtype=object), np.array(a.sites.region, dtype=object)
    uses = np.zeros(len(a.pools), dtype=bool)
    uses[a.demand.pool] = True
    uses[out.use_pool[out.use_quantity > 0]] = True
    makes = np.zeros(len(a.pools), dtype=bool)
    makes[lines.pool[out.line]] = True
    makes[out.use_pool[out.use_quantity < 0]] = True
    incoming = np.flatnonzero(uses[flows.to_pool[flows.lane]])
    outgoing = np.flatnonzero((uses & makes)[flows.from_pool[flows.lane]])
    buys = np.flatnonzero(uses[offers.pool[offers.offer]])
    goods = np.flatnonzero(uses[lines.pool[out.line]])
    along = np.flatnonzero((out.use_quantity < 0) & uses[out.use_pool])
    origin = [row or a.sites.country[site] for row, site in zip(offers.rows["origin_country"].to_list(), offers.site, strict=True)]
    origin_region = np.array(_places(a, origin), dtype=object)
    origin_country = np.array(origin, dtype=object)

    def part(variable: int, entry: Ints, units: Floats | float, start: Ints, end: Ints, product: Ints, period: Ints) -> Arrivals:
        size = len(entry)
        return Arrivals(
            np.full(size, variable), entry, np.broadcast_to(np.asarray(units, dtype=np.float64), (size,)),
            start, country[start] if len(country) else np.zeros(0, dtype=object), region[start] if len(region) else np.zeros(0, dtype=object),
            end, product, period,
        )  # fmt: skip

    lane = flows.lane
    bought = part(1, buys, 1.0, offers.site[offers.offer[buys]], offers.site[offers.offer[buys]],
                  a.pools.product[offers.pool[offers.offer[buys]]], offers.period[buys])  # fmt: skip
    bought = Arrivals(bought.variable, bought.entry, bought.units, np.full(len(buys), -1), origin_country[offers.offer[buys]],
                      origin_region[offers.offer[buys]], bought.to_site, bought.product, bought.period)  # fmt: skip
    own = a.pools.site[out.use_pool[along]]
    parts = [
        part(
            0,
            incoming,
            1.0,
            flows.from_site[lane[incoming]],
            flows.to_site[lane[incoming]],
            flows.product[lane[incoming]],
            flows.period[incoming],
        ),
        part(
            0,
            outgoing,
            -1.0,
            flows.from_site[lane[outgoing]],
            flows.from_site[lane[outgoing]],
            flows.product[lane[outgoing]],
            flows.period[outgoing],
        ),
        bought,
        part(2, goods, 1.0, lines.site[out.line[goods]], lines.site[out.line[goods]], lines.product[out.line[goods]], out.period[goods]),
        part(
            2,
            out.use_output[along],
            -out.use_quantity[along],
            own,
            own,
            a.pools.product[out.use_pool[along]],
            out.period[out.use_output[along]],
        ),
    ]
    return Arrivals(**{field.name: np.concatenate([getattr(one, field.name) for one in parts]) for field in fields(Arrivals)})


def weights_of(a: Arrays, basis: str) -> Floats:
    """What one unit of each product counts in units, tonnes or money; shape (products, periods).

    Value is the mean of product_values over the places that have one: shares by value compare quantities of one tier.
    """
    periods = len(a.calendar)
    if basis == "mass":
        return np.repeat(a.products.mass_t[:, None], periods, axis=1)
    if basis == "value":
        from hinterland.model.dated import Dated, day_spans, step_weights

        values = a.net["product_values"]
        total, count = np.zeros((len(a.products.ids), periods)), np.zeros(len(a.products.ids))
        if values.height:
            keys = values.select("product_id", "from_group").with_row_index("at")
            groups: dict[tuple[str, str], list[int]] = {}
            for at, product, group in keys.iter_rows():
                groups.setdefault((product, group or ""), []).append(at)
            number = np.zeros(values.height, dtype=np.int64)
            for code, rows in enumerate(groups.values()):
                number[rows] = code
            path = step_weights(number, day_spans(values)[0], a.calendar) * Dated(a.net).values("product_values", "value_per_unit")
            for (product, _), rows in groups.items():
                if product in a.products.ids:
                    at = a.products.ids.index(product)
                    total[at] += path[rows].sum(axis=0)
                    count[at] += 1
        return total / np.maximum(count, 1)[:, None]
    return np.ones((len(a.products.ids), periods))
