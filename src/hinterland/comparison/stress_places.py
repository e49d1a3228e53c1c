"""Names and places of what may fail: sites and lanes as the tables have them, passages as maps do."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.model.network import Network

__all__ = ["PASSAGE_PLACES", "nodes_placed"]

PASSAGE_PLACES: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "taiwan": ("Taiwan Strait", 24.5, 119.5),
        "malacca": ("Strait of Malacca", 2.5, 101.5),
        "sunda": ("Sunda Strait", -6.0, 105.8),
        "lombok": ("Lombok Strait", -8.7, 115.8),
        "torres": ("Torres Strait", -10.5, 142.2),
        "hormuz": ("Strait of Hormuz", 26.6, 56.5),
        "bab_el_mandeb": ("Bab el-Mandeb", 12.6, 43.4),
        "suez": ("Suez Canal", 30.5, 32.3),
        "bosporus": ("Bosporus", 41.1, 29.1),
        "dardanelles": ("Dardanelles", 40.2, 26.4),
        "gibraltar": ("Strait of Gibraltar", 36.0, -5.6),
        "oresund": ("Øresund", 55.9, 12.7),
        "great_belt": ("Great Belt", 55.3, 11.0),
        "panama": ("Panama Canal", 9.1, -79.7),
        "cape_of_good_hope": ("Cape of Good Hope", -34.8, 18.5),
        "magellan": ("Strait of Magellan", -53.5, -70.5),
        "cape_horn": ("Cape Horn", -56.5, -67.3),
        "bering": ("Bering Strait", 65.8, -168.9),
        "northwest": ("Northwest Passage", 74.0, -95.0),
        "northern_sea_route": ("Northern Sea Route", 77.7, 104.0),
    }
)
"""Each passage: its name, latitude and longitude (degrees, where maps write it)."""

_COLUMNS = {"kind": pl.String, "node": pl.String, "name": pl.String, "latitude": pl.Float64, "longitude": pl.Float64}


def _products(net: Network) -> list[tuple[str, str, str | None, None, None]]:
    if "name" not in net["products"].columns:
        return []
    return [("product", node, name, None, None) for node, name in net["products"].select("product_id", "name").iter_rows()]


def _lanes(net: Network, sites: Mapping[str, str], lanes: set[str]) -> list[tuple[str, str, str, None, None]]:
    from hinterland.model.arrays import arrays_of

    if not lanes:
        return []
    frame = arrays_of(net).flows.rates.lanes
    ends = frame.select("lane_id", "from_site", "to_site").unique("lane_id", maintain_order=True).iter_rows()
    return [("lane", lane, f"{sites.get(one, one)} to {sites.get(other, other)}", None, None) for lane, one, other in ends if lane in lanes]


def nodes_placed(net: Network, nodes: pl.DataFrame) -> pl.DataFrame:
    """Add name, latitude and longitude to nodes (kind, node); a node without a name of its own is named by itself, without a place null."""
    sites = net["sites"].select("site_id", name=pl.coalesce("name", "site_id"), latitude="latitude", longitude="longitude")
    named = dict(sites.select("site_id", "name").iter_rows())
    lanes = set(nodes.filter(pl.col("kind") == "lane")["node"].to_list())
    rows: list[tuple[object, ...]] = [("site", *row) for row in sites.iter_rows()]
    rows += [("passage", node, *told) for node, told in PASSAGE_PLACES.items()]
    rows += [*_products(net), *_lanes(net, named, lanes)]
    places = pl.DataFrame(rows, schema=_COLUMNS, orient="row").unique(["kind", "node"], keep="first")
    found = nodes.join(places, on=["kind", "node"], how="left", maintain_order="left")
    return found.with_columns(name=pl.coalesce("name", "node"))
