"""Lane rules opened into wanted lanes: every maker and taker that a rule means, for every chain of modes it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.freight import great_circle_km
from hinterland.model.lanes import product_users
from hinterland.model.scopes import Scopes, tokens

if TYPE_CHECKING:
    from hinterland.model.network import Network

__all__ = ["COPIED", "open_lanes", "wanted_lanes"]

COPIED = ("via_ports", "lead_time_sigma", "valid_from", "valid_to", "source_id", "quality")
"""Columns of a rule that its lanes take over."""


def open_lanes(lanes: pl.DataFrame) -> pl.Series:
    """Lanes whose legs are to be computed: modes are given, kilometres are not, and not everything they would tell is."""
    legs = pl.col("mode_chain").str.split("+").list.len()
    given = pl.col("cost_per_unit").is_not_null() & pl.col("co2e_kg_per_unit").is_not_null() & pl.col("lead_time_days").is_not_null()
    known = pl.col("leg_km").is_not_null() | ((legs == 1) & pl.col("distance_km").is_not_null())
    return lanes.select(open=(pl.col("mode_chain").is_not_null() & ~known & ~given).fill_null(value=False))["open"]


def _positions(net: Network) -> pl.DataFrame:
    return net["sites"].select("site_id", "latitude", "longitude")


def _far(pairs: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Add the great circle between the two sites, null where one has no position."""
    ends = pairs.join(places.rename({"site_id": "from_site", "latitude": "a", "longitude": "b"}), on="from_site", how="left")
    ends = ends.join(places.rename({"site_id": "to_site", "latitude": "c", "longitude": "d"}), on="to_site", how="left")
    at = [ends[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in "abcd"]
    with np.errstate(invalid="ignore"):
        km = great_circle_km(at[0], at[1], at[2], at[3])
    return ends.drop("a", "b", "c", "d").with_columns(circle_km=pl.Series(km).fill_nan(None))


def wanted_lanes(net: Network) -> pl.DataFrame:
    """Lanes that the rules ask for, before anyone asks whether a route is there.

    Columns: lane_id, from_site, to_site, product_id, mode_chain, the columns of COPIED, rule (row of lane_rules), rule_id,
    most_km and circle_km; sorted by rule and lane_id. A pair that a lane of the table links with the product and chain
    already is left to that lane; so is a pair that an earlier rule links.
    """
    scopes, (gives, takes) = Scopes(net), product_users(net)
    regions, places = scopes.places.select("site_id", "region"), _positions(net)
    makers = gives.rename({"site_id": "from_site"}).join(regions.rename({"site_id": "from_site", "region": "from_region"}), on="from_site")
    takers = takes.rename({"site_id": "to_site"}).join(regions.rename({"site_id": "to_site", "region": "to_region"}), on="to_site")
    made: list[pl.DataFrame] = []
    for at, rule in enumerate(net["lane_rules"].iter_rows(named=True)):
        start, end = makers, takers
        products, sources, sinks = scopes.products(rule["product_id"]), scopes.sites(rule["from_group"]), scopes.sites(rule["to_group"])
        if products is not None:
            start = start.filter(pl.col("product_id").is_in(sorted(products)))
        if sources is not None:
            start = start.filter(pl.col("from_site").is_in(sorted(sources)))
        if sinks is not None:
            end = end.filter(pl.col("to_site").is_in(sorted(sinks)))
        pairs = start.join(end, on="product_id").filter(pl.col("from_site") != pl.col("to_site"))
        if rule["same_region"]:
            pairs = pairs.filter(pl.col("from_region") == pl.col("to_region"))
        pairs = _far(pairs.select("from_site", "to_site", "product_id"), places)
        if rule["max_distance_km"] is not None:
            pairs = pairs.filter((pl.col("circle_km") <= rule["max_distance_km"]).fill_null(value=True))
        if rule["nearest_k"] is not None:
            order = pairs.sort("to_site", "product_id", "circle_km", "from_site", nulls_last=True)
            pairs = order.group_by("to_site", "product_id", maintain_order=True).head(rule["nearest_k"]).select(pairs.columns)
        chains = pl.DataFrame({"mode_chain": list(dict.fromkeys("".join(one.split()) for one in tokens(rule["mode_chain"])))})
        if not (pairs.height and chains.height):
            continue
        copied = [pl.lit(rule[name], dtype=net["lane_rules"].schema[name]).alias(name) for name in COPIED]
        facts = [
            pl.lit(at).alias("rule"),
            pl.lit(rule["rule_id"]).alias("rule_id"),
            pl.lit(rule["max_distance_km"], dtype=pl.Float64).alias("most_km"),
        ]
        made.append(pairs.join(chains.cast({"mode_chain": pl.String}), how="cross").with_columns(*copied, *facts))
    if not made:
        empty = {name: net["lane_rules"].schema[name] for name in COPIED}
        text = dict.fromkeys(("lane_id", "from_site", "to_site", "product_id", "mode_chain"), pl.String())
        return pl.DataFrame(
            schema={**text, **empty, "rule": pl.Int64, "rule_id": pl.String, "most_km": pl.Float64, "circle_km": pl.Float64}
        )
    link = ["from_site", "to_site", "product_id", "mode_chain"]
    lanes = pl.concat(made).with_columns(pl.col("rule").cast(pl.Int64)).sort("rule", *link)
    lanes = lanes.unique([*link, "valid_from", "valid_to"], keep="first", maintain_order=True)
    given = net["lanes"].select("from_site", "to_site", "product_id", pl.col("mode_chain").str.replace_all(r"\s", "")).unique()
    lanes = lanes.join(given, on=link, how="anti", maintain_order="left")
    name = pl.format("{}:{}>{}:{}:{}", "rule_id", "from_site", "to_site", "product_id", "mode_chain")
    return lanes.with_columns(lane_id=name).select("lane_id", *link, *COPIED, "rule", "rule_id", "most_km", "circle_km")
