"""Electricity and heat of sites: price and emissions by period, with power contracts over the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.dated import Dated, day_spans, step_weights

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.network import Network

__all__ = ["Carriers", "Power", "power_of"]


@dataclass(frozen=True)
class Carriers:
    """Price and kgCO2e per kWh of each (zone, carrier) by period; NaN where the table is silent."""

    price: dict[tuple[str, str], Floats]
    co2e_kg: dict[tuple[str, str], Floats]

    @classmethod
    def of(cls, net: Network) -> Carriers:
        """Read the energy table: rows hold until the next valid_from of their zone and carrier."""
        dated, frame = Dated(net), net["energy"]
        if frame.height == 0:
            return cls({}, {})
        keys = frame.select(key=pl.struct("zone", "carrier").rank("dense").cast(pl.Int64))["key"].to_numpy()
        weights = step_weights(keys, day_spans(frame)[0], dated.calendar)
        price = weights * dated.values("energy", "price_per_kwh", 0.0)
        co2e = weights * dated.values("energy", "co2e_kg_per_kwh", 0.0)
        names = list(frame.select("zone", "carrier").iter_rows())
        prices, factors = {}, {}
        for key in np.unique(keys):
            rows = np.flatnonzero(keys == key)
            prices[names[rows[0]]], factors[names[rows[0]]] = price[rows].sum(axis=0), co2e[rows].sum(axis=0)
        return cls(prices, factors)

    def zone(self, names: tuple[str | None, ...], carrier: str) -> tuple[str, str] | None:
        """First of `names` (site, energy zone, country) that the table knows for this carrier."""
        return next(((name, carrier) for name in names if name and (name, carrier) in self.price), None)


@dataclass(frozen=True, slots=True)
class Power:
    """Electricity of one site; arrays of shape (periods,). `contracted` is the share under power contracts."""

    price: Floats
    premium: Floats
    location_kg: Floats
    market_kg: Floats
    contracted: Floats


def power_of(net: Network, carriers: Carriers, site: dict[str, str | None]) -> Power | None:
    """Electricity of a site row (site_id, energy_zone, country), None where no zone has a row.

    price = grid price + Σ share · premium; market = Σ share · contract + (1 − Σ share) · grid; location = grid, lowered
    by on-site generation alone. Contract shares count by the days in force.
    """
    zone = carriers.zone((site["site_id"], site["energy_zone"], site["country"]), "electricity")
    if zone is None:
        return None
    grid, frame = carriers.co2e_kg[zone], net["power_contracts"]
    rows = np.flatnonzero((frame["site_id"] == site["site_id"]).fill_null(value=False).to_numpy())
    if not len(rows):  # most sites: the dated columns below cost milliseconds a site
        none = np.zeros_like(grid)
        return Power(carriers.price[zone], none, grid, grid, none)
    dated = Dated(net)
    weight = dated.spans_weight("power_contracts", "start_date", "end_date")[rows]
    share = dated.values("power_contracts", "share", 0.0)[rows] * weight
    factor = dated.values("power_contracts", "co2e_kg_per_kwh", 0.0)[rows]
    premium = (share * dated.values("power_contracts", "premium_per_kwh", 0.0)[rows]).sum(axis=0)
    on_site = np.array([frame["kind"][int(row)] == "on_site" for row in rows], dtype=np.float64)[:, None]
    own = share * on_site
    return Power(
        price=carriers.price[zone] + premium,
        premium=premium,
        location_kg=grid * (1 - own.sum(axis=0)) + (own * factor).sum(axis=0),
        market_kg=grid * (1 - share.sum(axis=0)) + (share * factor).sum(axis=0),
        contracted=share.sum(axis=0),
    )
