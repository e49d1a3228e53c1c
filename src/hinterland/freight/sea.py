"""Sea routes: shortest ways over a network of shipping lanes, with the passages on them.

The network is searoute's marnet with straight great-circle shortcuts wherever the open sea allows; `tools/build_sea_network.py`
makes the file, `docs/freight.md` says how, and a test holds its distances against published ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.freight.geodesy import great_circle_km, unit_vectors
from hinterland.freight.passages import CLOSED_ALWAYS, passage_bits

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["CANAL_WAIT_KM", "SeaNetwork", "sea_network"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint32]
CANAL_WAIT_KM = {"panama": 900.0, "suez": 450.0}
"""Kilometres a ship forgoes while it queues for a canal and creeps through: about 1.5 and 0.75 days at sea (assumed). They
choose between ways and are no part of a distance."""
_BATCH = 64
"""Shortest-path trees held at a time: 64 trees of 15,000 points are 15 MB."""


@dataclass(frozen=True)
class SeaNetwork:
    """Points and edges of the sea; ports are the points from `first_port` on, in the order of `port_code`.

    `start`, `end`, `km` and `passages` (bits) have shape (edges,) and an edge is sailed both ways; `off_km` is the distance of a
    port from the network, `seaport` marks ports with a terminal that the network reaches.
    """

    latitude: Floats
    longitude: Floats
    start: Ints
    end: Ints
    km: Floats
    passages: Bits
    port_code: tuple[str, ...]
    port_name: tuple[str, ...]
    seaport: npt.NDArray[np.bool_]
    off_km: Floats

    @property
    def first_port(self) -> int:
        """Points that are no ports."""
        return len(self.latitude) - len(self.port_code)

    @cached_property
    def port_at(self) -> dict[str, int]:
        """Row of each port by its UN/LOCODE; of two rows with one code the one that is a seaport, else the first."""
        order = sorted(range(len(self.port_code)), key=lambda row: (bool(self.seaport[row]), -row))
        return {self.port_code[row]: row for row in order}

    @cached_property
    def reached(self) -> npt.NDArray[np.bool_]:
        """Ports that an edge leads to; shape (ports,)."""
        found = np.zeros(len(self.latitude), dtype=bool)
        found[self.start], found[self.end] = True, True
        return found[self.first_port :]

    def port_place(self, ports: Ints) -> tuple[Floats, Floats]:
        """Latitude and longitude of ports by row."""
        return self.latitude[self.first_port + ports], self.longitude[self.first_port + ports]

    def _open(self, closed: int) -> npt.NDArray[np.bool_]:
        shut = np.uint32(closed | passage_bits(CLOSED_ALWAYS))
        return (self.passages & shut) == 0

    def _graph(self, closed: int) -> tuple[csr_matrix, Ints, Bits]:
        """Directed graph in which ports are ends alone: each port is a point that is only left and one that is only reached."""
        from scipy.sparse import csr_matrix

        live, sea, points = self._open(closed), self.first_port, len(self.latitude)
        ports = points - sea
        tail = np.concatenate([self.start[live], self.end[live]])
        head = np.concatenate([self.end[live], self.start[live]])
        head = np.where(head >= sea, head + ports, head)
        km = np.maximum(np.tile(self.km[live] + _waiting(self.passages[live]), 2), 1e-6)
        bits = np.tile(self.passages[live], 2)
        size = points + ports
        marked = bits != 0
        keys = tail[marked] * size + head[marked]
        order = np.argsort(keys)
        return csr_matrix((km, (tail, head)), shape=(size, size)), keys[order], bits[marked][order]

    def distances(self, origins: Ints, destinations: Ints, closed: int = 0) -> tuple[Floats, Bits]:
        """Kilometres and passages from ports to ports (rows of `port_code`); shapes (origins, destinations).

        `closed` are bits of passages that may not be used. Kilometres are inf where no way is left; a port is 0 km from itself.
        """
        from scipy.sparse.csgraph import dijkstra

        km = np.full((len(origins), len(destinations)), np.inf)
        seen = np.zeros((len(origins), len(destinations)), dtype=np.uint32)
        graph, keys, bits = self._graph(closed)
        size, ports = graph.shape[0], len(self.port_code)
        goal = self.first_port + ports + destinations
        for at in range(0, len(origins), _BATCH):
            source = self.first_port + origins[at : at + _BATCH]
            far, before = dijkstra(graph, indices=source, return_predecessors=True)
            km[at : at + _BATCH] = far[:, goal]
            seen[at : at + _BATCH] = _on_the_way(before, goal, keys, bits, size)
        km -= _waiting(seen)
        km[origins[:, None] == destinations[None, :]] = 0.0
        seen[~np.isfinite(km) | (km == 0)] = 0
        return km, seen

    def path(self, origin: int, destination: int, closed: int = 0) -> tuple[Floats, Floats]:
        """Latitude and longitude of the points a ship passes, ports included; empty where there is no way."""
        from scipy.sparse.csgraph import dijkstra

        graph, _, _ = self._graph(closed)
        ports, source = len(self.port_code), self.first_port + origin
        _, before = dijkstra(graph, indices=np.array([source]), return_predecessors=True)
        step, way = self.first_port + ports + destination, list[int]()
        while step >= 0:
            way.append(step - ports if step >= self.first_port + ports else step)
            step = int(before[0, step])
        points = np.array(way[::-1] if way[-1] == source else [], dtype=np.int64)
        return self.latitude[points], self.longitude[points]


def _waiting(bits: Bits) -> Floats:
    """Kilometres of waiting at the canals among the bits."""
    waiting = np.zeros(bits.shape)
    for name, km in CANAL_WAIT_KM.items():
        waiting += np.where(bits & np.uint32(passage_bits([name])), km, 0.0)
    return waiting


def _on_the_way(before: npt.NDArray[np.int32], goal: Ints, keys: Ints, bits: Bits, size: int) -> Bits:
    """Bits of every edge between the root of each tree and the goals; by doubling, so that 200 steps take 8 rounds.

    `before` has shape (trees, points), negative at roots and at points that are not reached; the result (trees, goals).
    """
    step = np.where(before < 0, np.arange(size, dtype=np.int32)[None, :], before)
    seen = np.zeros(before.shape, dtype=np.uint32)
    marked = np.unique(keys % size)  # few points have an edge with a passage leading to them
    key = step[:, marked].astype(np.int64) * size + marked[None, :]
    place = np.minimum(np.searchsorted(keys, key), max(len(keys) - 1, 0))
    if len(keys):
        seen[:, marked] = np.where(keys[place] == key, bits[place], np.uint32(0))
    while True:
        ahead = np.take_along_axis(step, step, axis=1)
        if np.array_equal(ahead, step):
            return seen[:, goal]
        seen |= np.take_along_axis(seen, step, axis=1)
        step = ahead


@cache
def sea_network() -> SeaNetwork:
    """The network of the package: points and edges of the sea, ports and how they are joined to it."""
    with (files("hinterland.freight") / "data" / "sea.npz").open("rb") as file, np.load(file) as kept:
        latitude, longitude = kept["latitude"] / 1e5, kept["longitude"] / 1e5
        start, end = kept["start"].astype(np.int64), kept["end"].astype(np.int64)
        return SeaNetwork(
            latitude,
            longitude,
            start,
            end,
            great_circle_km(latitude[start], longitude[start], latitude[end], longitude[end]),
            kept["passages"].astype(np.uint32),
            tuple(kept["port_code"].tolist()),
            tuple(kept["port_name"].tolist()),
            kept["seaport"],
            kept["off_km"].astype(np.float64),
        )


def nearest_points(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats, count: int) -> tuple[Floats, Ints]:
    """Kilometres to the `count` nearest of the second points and their rows; shapes (points, count)."""
    from scipy.spatial import cKDTree

    from hinterland.freight.geodesy import EARTH_KM

    count = min(count, len(to_latitude))
    chord, row = cKDTree(unit_vectors(to_latitude, to_longitude)).query(unit_vectors(latitude, longitude), k=count)
    shape = (len(latitude), count)
    return (2 * EARTH_KM * np.arcsin(np.clip(np.reshape(chord, shape) / 2, 0, 1))), np.reshape(row, shape).astype(np.int64)
