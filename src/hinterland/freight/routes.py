"""Routes of many lanes at once: kilometres of each leg, the ports between them and the passages on the way.

A chain of modes is a row of stations: the site, a port or airport between two legs, the site. Each station has a few
candidates; the cheapest way through them is found leg by leg, for all lanes of a chain together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.freight.geodesy import great_circle_km
from hinterland.freight.land import landmasses
from hinterland.freight.ports import nearest_ports
from hinterland.freight.sea import sea_network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["KEY_KINDS", "QUAY_KM", "Atlas", "Routes", "find_routes", "unroutable"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint32]
KEY_KINDS = ("road", "rail", "inland_waterway")
"""Kinds of modes that need land under them."""
QUAY_KM = 25.0
"""A chain that starts or ends on a ship needs a port this near to its site."""


@dataclass(frozen=True, slots=True)
class Routes:
    """Routes of lanes of one chain: `km` (lanes, legs), `ports` (lanes, legs − 1) rows or −1, `passages` (lanes,) bits.

    `km` is inf in every leg of a lane that has no route.
    """

    km: Floats
    ports: Ints
    passages: Bits

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Lanes with a route."""
        return np.asarray(np.isfinite(self.km).all(axis=1))


@dataclass
class Atlas:
    """Where sites are, what each can reach, and the sea distances asked for so far; one per set of sites.

    `own_ports` gives the rows of the ports a site names itself, `home` the ports of its customs territory, which it prefers
    (sites, ports).
    """

    latitude: Floats
    longitude: Floats
    own_ports: Mapping[int, Ints] = field(default_factory=dict)
    home: npt.NDArray[np.bool_] | None = None
    _mass: dict[str, Ints] = field(default_factory=dict)
    _near: dict[str, Ints] = field(default_factory=dict)
    _sea: dict[int, dict[int, tuple[Floats, Bits]]] = field(default_factory=dict)

    def mass(self, kind: str) -> Ints:
        """Landmass of every site and, after them, of every port."""
        if kind not in self._mass:
            network = sea_network()
            ports = network.port_place(np.arange(len(network.port_code)))
            found = np.full(len(self.latitude) + len(network.port_code), -2, dtype=np.int64)
            found[: len(self.latitude)] = landmasses(self.latitude, self.longitude, kind)
            near = np.unique(np.concatenate([self.near(kind).ravel(), *self.own_ports.values()]))
            near = near[near >= 0]
            found[len(self.latitude) + near] = landmasses(ports[0][near], ports[1][near], kind)
            self._mass[kind] = found
        return self._mass[kind]

    def near(self, kind: str) -> Ints:
        """Ports of each site for a kind of land mode, −1 where there are fewer; shape (sites, ports)."""
        if kind not in self._near:
            near = nearest_ports(self.latitude, self.longitude, kind, home=self.home)
            wide = max([near.shape[1], *(len(rows) for rows in self.own_ports.values())])
            padded = np.full((len(self.latitude), wide), -1, dtype=np.int64)
            padded[:, : near.shape[1]] = near
            for site, rows in self.own_ports.items():
                padded[site] = -1
                padded[site, : len(rows)] = rows
            self._near[kind] = padded
        return self._near[kind]

    def sea(self, origins: Ints, destinations: Ints, closed: int) -> tuple[Floats, Bits]:
        """Kilometres and passages between ports; negative rows have no way. Trees are kept for the next call."""
        network, kept = sea_network(), self._sea.setdefault(closed, {})
        asked = [int(row) for row in np.unique(origins) if row >= 0 and int(row) not in kept]
        if asked:
            every = np.arange(len(network.port_code))
            km, bits = network.distances(np.array(asked), every, closed)
            kept.update((row, (km[at], bits[at])) for at, row in enumerate(asked))
        rows, back = np.unique(origins, return_inverse=True)
        nowhere = (np.full(len(network.port_code), np.inf), np.zeros(len(network.port_code), dtype=np.uint32))
        km = np.stack([kept[int(row)][0] if row >= 0 else nowhere[0] for row in rows])
        bits = np.stack([kept[int(row)][1] if row >= 0 else nowhere[1] for row in rows])
        at = (back.reshape(origins.shape), np.maximum(destinations, 0))
        return np.where((destinations >= 0), km[at], np.inf), bits[at]

    def place(self, points: Ints) -> tuple[Floats, Floats]:
        """Latitude and longitude of points: sites from 0 on, ports after them, NaN for −1."""
        network, sites = sea_network(), len(self.latitude)
        latitude = np.concatenate([self.latitude, network.latitude[network.first_port :], [np.nan]])
        longitude = np.concatenate([self.longitude, network.longitude[network.first_port :], [np.nan]])
        assert len(latitude) > sites  # noqa: S101
        return latitude[points], longitude[points]


def unroutable(kinds: Sequence[str], named: Sequence[bool]) -> str | None:
    """Why the legs of a chain cannot be computed, None where they can; `named` tells for each change whether its port is given.

    A first leg over land may lead to a port or an airport near its site, a last one from one; every other change needs a name.

    >>> unroutable(["road", "sea", "road"], [False, False]) is None, unroutable(["road", "rail"], [False])
    (True, 'nothing says where road changes to rail')
    >>> unroutable(["road", "air", "road"], [False, False]) is None, unroutable(["air", "sea"], [False])
    (True, 'nothing says where air changes to sea')
    """
    last = len(kinds) - 1
    for at, (before, after, given) in enumerate(zip(kinds, kinds[1:], named, strict=False)):
        leaves = at == 0 and before in KEY_KINDS and after not in KEY_KINDS
        enters = at == last - 1 and before not in KEY_KINDS and after in KEY_KINDS
        if not (given or leaves or enters):
            return f"nothing says where {before} changes to {after}"
    return None


def _stations(atlas: Atlas, kinds: Sequence[str], start: Ints, end: Ints, via: Ints) -> list[Ints]:
    """Candidate points of each station of each lane, −1 for none; shapes (lanes, candidates)."""
    sites, legs = len(atlas.latitude), len(kinds)
    rows: list[Ints] = []

    def ports_of(site: Ints, kind: str) -> Ints:
        near = atlas.near(kind if kind in KEY_KINDS else "road")[site]
        return np.where(near >= 0, near + sites, -1)

    def at_quay(site: Ints) -> Ints:
        ports = ports_of(site, "road")
        here, there = atlas.place(site[:, None]), atlas.place(ports)
        return np.where(great_circle_km(*here, *there) <= QUAY_KM, ports, -1)

    for at in range(legs + 1):
        if at in (0, legs):
            site = start if at == 0 else end
            rows.append(at_quay(site) if kinds[0 if at == 0 else -1] == "sea" else site[:, None])
            continue
        before, after = kinds[at - 1], kinds[at]
        if before in KEY_KINDS and after not in KEY_KINDS and at == 1:
            free = ports_of(start, before) if after == "sea" else start[:, None]
        elif before not in KEY_KINDS and after in KEY_KINDS and at == legs - 1:
            free = ports_of(end, after) if before == "sea" else end[:, None]
        else:
            free = np.full((len(start), 1), -1, dtype=np.int64)
        given = via[:, at - 1]
        fixed = np.full_like(free, -1)
        fixed[:, 0] = given + sites
        rows.append(np.where((given >= 0)[:, None], fixed, free))
    return rows


def find_routes(
    atlas: Atlas, kinds: Sequence[str], start: Ints, end: Ints, *, circuity: Floats, weight: Floats, via: Ints, closed: int = 0
) -> Routes:
    """Cheapest routes of lanes that share their kinds of modes.

    `start` and `end` are rows of sites (lanes,), `circuity` and `weight` (money per kilometre, which chooses between ports) have
    shape (lanes, legs), `via` (lanes, legs − 1) rows of ports or −1 where the port is free, `closed` bits of passages.
    """
    lanes, legs, sites = len(start), len(kinds), len(atlas.latitude)
    stations = _stations(atlas, kinds, start, end, via)
    best = np.zeros(stations[0].shape)
    best[stations[0] < 0] = np.inf
    steps: list[tuple[Ints, Floats, Bits]] = []
    for at, kind in enumerate(kinds):
        here, there = stations[at], stations[at + 1]
        tail, head = np.broadcast_arrays(here[:, :, None], there[:, None, :])
        bits = np.zeros(tail.shape, dtype=np.uint32)
        if kind == "sea":
            km, bits = atlas.sea(np.where(tail >= sites, tail - sites, -1), np.where(head >= sites, head - sites, -1), closed)
        else:
            with np.errstate(invalid="ignore"):
                km = great_circle_km(*atlas.place(tail), *atlas.place(head))
            if kind != "air":
                mass = np.concatenate([_masses(atlas, kind, np.unique(np.concatenate([tail.ravel(), head.ravel()]))), [-3]])
                apart = (mass[tail] != mass[head]) | (mass[tail] < 0)
                km = np.where(apart, np.inf, km * circuity[:, at][:, None, None])
        km = np.where((tail >= 0) & (head >= 0), km, np.inf)
        cost = best[:, :, None] + np.where(np.isfinite(km), km * weight[:, at][:, None, None], np.inf)
        steps.append((np.argmin(cost, axis=1), km, bits))
        best = np.min(cost, axis=1)
    row = np.arange(lanes)
    column = np.argmin(best, axis=1)
    found = np.isfinite(best[row, column])
    km, passages, chosen = np.full((lanes, legs), np.inf), np.zeros(lanes, dtype=np.uint32), np.full((lanes, max(legs - 1, 0)), -1)
    for at in range(legs - 1, -1, -1):
        back, leg_km, bits = steps[at]
        before = back[row, column]
        km[:, at] = np.where(found, leg_km[row, before, column], np.inf)
        passages |= np.where(found, bits[row, before, column], np.uint32(0))
        if at:
            point = stations[at][row, before]
            chosen[:, at - 1] = np.where(found & (point >= sites), point - sites, -1)
        column = before
    return Routes(km, chosen.astype(np.int64), passages)


def _masses(atlas: Atlas, kind: str, points: Ints) -> Ints:
    """Landmass of points; ports that no site had near are looked up now."""
    found, sites = atlas.mass(kind), len(atlas.latitude)
    asked = points[points >= sites]
    asked = asked[found[asked] == -2]
    if len(asked):
        found[asked] = landmasses(*sea_network().port_place(asked - sites), kind)
    return found
