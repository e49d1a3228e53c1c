"""Electricity and heat of sites: price, emissions and renewable share by period, with power contracts over the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import Calendar
from hinterland.model.dated import Dated, day_spans, step_weights

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.model.network import Network

__all__ = ["Carriers", "Electricity", "Power", "electricity_of", "power_of"]


@dataclass(frozen=True)
class Carriers:
    """Price, kgCO2e and renewable share of a kWh of each (zone, carrier) by period; only pairs that the table knows.

    `steps` holds the rows these are means of: their first days, shape (rows,), kgCO2e and renewable share, shapes (rows, periods).
    """

    price: dict[tuple[str, str], Floats]
    co2e_kg: dict[tuple[str, str], Floats]
    renewable: dict[tuple[str, str], Floats]
    steps: dict[tuple[str, str], tuple[Ints, Floats, Floats]]

    @classmethod
    def of(cls, net: Network) -> Carriers:
        """Read the energy table: rows hold until the next valid_from of their zone and carrier."""
        dated, frame = Dated(net), net["energy"]
        if frame.height == 0:
            return cls({}, {}, {}, {})
        keys = frame.select(key=pl.struct("zone", "carrier").rank("dense").cast(pl.Int64))["key"].to_numpy()
        starts = day_spans(frame)[0]
        weights = step_weights(keys, starts, dated.calendar)
        columns = [dated.values("energy", column, 0.0) for column in ("price_per_kwh", "co2e_kg_per_kwh", "renewable_share")]
        names = list(frame.select("zone", "carrier").iter_rows())
        found: tuple[dict[tuple[str, str], Floats], ...] = ({}, {}, {})
        steps: dict[tuple[str, str], tuple[Ints, Floats, Floats]] = {}
        for key in np.unique(keys):
            rows = np.flatnonzero(keys == key)
            for told, values in zip(found, columns, strict=True):
                told[names[rows[0]]] = (weights * values)[rows].sum(axis=0)
            steps[names[rows[0]]] = (starts[rows], columns[1][rows], columns[2][rows])
        return cls(found[0], found[1], found[2], steps)

    def zone(self, names: tuple[str | None, ...], carrier: str) -> tuple[str, str] | None:
        """First of `names` (site, energy zone, country) that the table knows for this carrier."""
        return next(((name, carrier) for name in names if name and (name, carrier) in self.price), None)


@dataclass(frozen=True, slots=True)
class Power:
    """Electricity of one site; arrays of shape (periods,). `contracted` is the share under power contracts.

    Renewable shares: `renewable_market` counts every contract as wholly renewable and the grid for the rest;
    `renewable_location` counts what is generated on site and the grid for the rest: certificates and deliveries from
    afar change no electron at the place.
    """

    price: Floats
    premium: Floats
    location_kg: Floats
    market_kg: Floats
    contracted: Floats
    renewable_location: Floats
    renewable_market: Floats


def _cut(calendar: Calendar, days: Ints) -> tuple[Calendar, Ints]:
    """Periods cut at each of `days` within them, and the period of each span, shape (spans,)."""
    start = np.unique(np.concatenate([calendar.start, days[(days > calendar.start[0]) & (days < calendar.stop[-1])]]))
    period = np.searchsorted(calendar.start, start, side="right") - 1
    stop = np.minimum(np.append(start[1:], calendar.stop[-1]), calendar.stop[period])
    held = start < stop  # days in a gap between periods are none of either
    start, stop, period = start[held], stop[held], period[held]
    ids = tuple(calendar.ids[t] for t in period)
    return Calendar(ids, start, stop, calendar.base_date, calendar.rate_share), period


def power_of(net: Network, carriers: Carriers, site: dict[str, str | None]) -> Power | None:
    """Electricity of a site row (site_id, energy_zone, country), None where no zone has a row and no contract speaks of it.

    price = grid price + Σ share · premium; market = Σ share · contract + (1 − Σ share) · grid; location = grid, lowered
    by on-site generation alone. Contract shares count by the days in force, each against the grid of these very days: a
    period is cut where a grid row or a contract of the site begins or ends, and its spans are averaged by days. What rows
    of `changes` move is the mean of its period in every span.
    """
    zone = carriers.zone((site["site_id"], site["energy_zone"], site["country"]), "electricity")
    frame = net["power_contracts"]
    rows = np.flatnonzero((frame["site_id"] == site["site_id"]).fill_null(value=False).to_numpy())
    if zone is None and not len(rows):
        return None
    none = np.zeros(len(net.calendar))
    price = none if zone is None else carriers.price[zone]
    if not len(rows):  # most sites: the dated columns below cost milliseconds a site
        grid, green = (none, none) if zone is None else (carriers.co2e_kg[zone], carriers.renewable[zone])
        return Power(price, none, grid, grid, none, green, green)
    dated = Dated(net)
    first, last = (days[rows] for days in day_spans(frame, "start_date", "end_date"))
    signed = dated.values("power_contracts", "share", 0.0)[rows]
    share = signed * net.calendar.weight(first, last)
    factor = dated.values("power_contracts", "co2e_kg_per_kwh", 0.0)[rows]
    premium = (share * dated.values("power_contracts", "premium_per_kwh", 0.0)[rows]).sum(axis=0)
    on_site = np.array([frame["kind"][int(row)] == "on_site" for row in rows], dtype=np.float64)[:, None]
    own, every = share * on_site, share.sum(axis=0)
    there = own.sum(axis=0)
    starts, *grid_rows = (np.zeros(0, dtype=np.int64),) if zone is None else carriers.steps[zone]
    spans, period = _cut(net.calendar, np.concatenate([starts, first, last + 1]))
    part, opens = spans.days / net.calendar.days[period], np.searchsorted(period, np.arange(len(net.calendar)))
    held, in_force = step_weights(np.zeros_like(starts), starts, spans), signed[:, period] * spans.weight(first, last)

    def rest(values: Floats, taken: Floats) -> Floats:
        """Mean over the days of what the grid brings to the share that `taken` (contracts, spans) leaves to it."""
        told = (held * values[:, period]).sum(axis=0) * (1 - taken.sum(axis=0))
        return np.asarray(np.add.reduceat(told * part, opens), dtype=np.float64)

    kg, green = grid_rows or (np.zeros((0, len(net.calendar))),) * 2
    by_own = in_force * on_site
    return Power(
        price=price + premium,
        premium=premium,
        location_kg=rest(kg, by_own) + (own * factor).sum(axis=0),
        market_kg=rest(kg, in_force) + (share * factor).sum(axis=0),
        contracted=every,
        renewable_location=rest(green, by_own) + there,
        renewable_market=rest(green, in_force) + every,
    )


@dataclass(frozen=True, slots=True)
class Electricity:
    """What lines take from the grid and from contracts, per good unit; shapes (lines, periods).

    `kwh` in all, `market` and `location` the renewable share of it on either basis.
    """

    kwh: Floats
    market: Floats
    location: Floats

    def renewable(self, basis: str) -> Floats:
        """Renewable share on one basis: `market` or `location`."""
        return self.location if basis == "location" else self.market


def electricity_of(a: Arrays) -> Electricity:
    """kWh and renewable shares of every line, in the order of `a.making.lines`."""
    net, rows = a.net, a.making.lines.rows
    kwh = Dated(net).values("processes", "electricity_kwh_per_unit", 0.0)[rows["at"].to_numpy()]
    carriers, market, location = Carriers.of(net), np.zeros(kwh.shape), np.zeros(kwh.shape)
    site = np.array(rows["site_id"].to_list(), dtype=object)
    told = net["sites"].select("site_id", "energy_zone", "country").filter(pl.col("site_id").is_in(rows["site_id"].unique().implode()))
    for row in told.iter_rows(named=True):
        power = power_of(net, carriers, row)
        if power is not None:
            here = site == row["site_id"]
            market[here], location[here] = power.renewable_market, power.renewable_location
    return Electricity(kwh, market, location)
