"""Landmasses: which places a truck or a train can reach from another, and how far that is.

A landmass is a ring of Natural Earth's outlines, joined to others by bridges and tunnels and cut where no road leads on.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hinterland.freight.geodesy import EARTH_KM, unit_vectors
from hinterland.tables.land import land_rings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CIRCUITY", "CUTS", "FIXED_LINKS", "landmasses"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
CIRCUITY: Mapping[str, float] = MappingProxyType({"road": 1.3, "rail": 1.2, "inland_waterway": 1.4})
"""Kilometres on the way over the great circle where modes.circuity_factor is empty (assumed)."""
_SNAP_KM = 50.0
"""A place in the water this near to an outline stands on its land: outlines at 1:50 million are coarse."""
_AS_NEAR_KM = 5.0
"""A place in the water stands on the largest land that is at most this much farther than the nearest: quays of Copenhagen and
Haiphong lie beside islets of the outlines, and their cities on the land behind."""

FIXED_LINKS: tuple[tuple[str, tuple[str, ...], tuple[float, float], tuple[float, float]], ...] = (
    ("Channel Tunnel (lorries by shuttle)", ("road", "rail"), (51.5, -0.5), (49.5, 2.5)),
    ("Little Belt", ("road", "rail"), (55.9, 9.3), (55.35, 10.4)),
    ("Great Belt", ("road", "rail"), (55.35, 10.4), (55.5, 11.8)),
    ("Øresund", ("road", "rail"), (55.5, 11.8), (56.0, 13.6)),
    ("Johor causeway", ("road", "rail"), (1.36, 103.8), (2.0, 103.3)),
    ("Kanmon", ("road", "rail"), (34.3, 131.5), (33.4, 130.9)),
    ("Seto", ("road", "rail"), (34.8, 133.8), (33.9, 133.6)),
    ("Seikan", ("rail",), (40.7, 140.9), (43.0, 142.4)),
    ("Confederation Bridge", ("road",), (46.35, -63.3), (45.9, -65.0)),
    ("Canso causeway", ("road", "rail"), (46.1, -60.8), (45.2, -63.0)),
    ("King Fahd causeway", ("road",), (26.1, 50.53), (25.5, 49.5)),
    ("New York bridges", ("road", "rail"), (40.8, -73.0), (41.3, -74.2)),
    ("Zhoushan bridges", ("road",), (30.05, 122.1), (29.7, 121.3)),
    ("Tsing Ma", ("road", "rail"), (22.26, 113.95), (22.9, 113.8)),
    ("Hong Kong harbour tunnels", ("road", "rail"), (22.27, 114.17), (22.45, 114.1)),
    ("Xiamen bridges", ("road", "rail"), (24.48, 118.1), (24.7, 118.1)),
    ("Montréal bridges", ("road", "rail"), (45.5, -73.65), (45.3, -73.2)),
    ("Euripus", ("road", "rail"), (38.6, 23.8), (38.4, 23.0)),
    ("Amager bridges", ("road", "rail"), (55.63, 12.6), (55.7, 12.3)),
    ("Vũng Tàu", ("road",), (10.36, 107.09), (10.6, 106.9)),
    ("Galveston causeway", ("road", "rail"), (29.28, -94.82), (29.5, -95.1)),
    ("Abu Dhabi bridges", ("road",), (24.45, 54.38), (24.3, 54.7)),
    ("Newport and Sakonnet bridges", ("road",), (41.5, -71.3), (41.7, -71.5)),
    ("Staten Island bridges", ("road", "rail"), (40.58, -74.15), (40.6, -74.35)),
    ("Nansha bridges", ("road",), (22.74, 113.57), (23.1, 113.3)),
    ("Ciudad del Carmen", ("road",), (18.65, -91.8), (18.3, -91.0)),
    ("Menai and Britannia bridges", ("road", "rail"), (53.27, -4.35), (53.1, -3.8)),
    ("Penang bridges", ("road",), (5.4, 100.25), (5.4, 100.6)),
    ("Skye", ("road",), (57.25, -6.0), (57.3, -5.0)),
    ("Lolland and Falster", ("road", "rail"), (54.8, 11.4), (54.83, 12.0)),
    ("Als", ("road",), (54.98, 9.9), (54.95, 9.3)),
    ("Zeeland dams", ("road",), (51.7, 3.85), (51.6, 4.4)),
    ("Eysturoy tunnels", ("road",), (62.2, -6.9), (62.1, -7.1)),
    ("Öland", ("road",), (56.8, 16.75), (56.7, 16.1)),
    ("Rügen", ("road", "rail"), (54.45, 13.4), (54.2, 13.0)),
    ("Fehmarn Sound", ("road", "rail"), (54.46, 11.1), (54.3, 10.7)),
    ("Geoje", ("road",), (34.88, 128.62), (35.3, 128.4)),
    ("Namhae", ("road",), (34.82, 127.93), (35.2, 127.9)),
    ("Chongming", ("road",), (31.62, 121.5), (31.2, 121.3)),
    ("Akashi and Naruto", ("road",), (34.4, 134.85), (34.8, 135.1)),
    ("Deception Pass", ("road",), (48.2, -122.65), (48.5, -122.0)),
    ("Isle Madame", ("road",), (45.54, -61.0), (46.1, -60.8)),
    ("Krk", ("road",), (45.08, 14.6), (45.4, 14.8)),
    ("São Francisco do Sul", ("road", "rail"), (-26.27, -48.6), (-26.3, -48.9)),
    ("Tromsø", ("road",), (69.7, 18.85), (69.5, 19.6)),
    ("Pargas", ("road",), (60.28, 22.25), (60.5, 22.3)),
    ("Sotra", ("road",), (60.3, 5.05), (60.4, 5.7)),
)
"""Bridges and tunnels between landmasses: name, what they carry, latitude and longitude on either side."""

CUTS: tuple[tuple[str, tuple[float, float], tuple[tuple[float, float], ...]], ...] = (
    ("South America", (40.0, -100.0), ((-77.25, 13.0), (-77.25, 7.2), (-92.0, 7.2), (-92.0, -60.0), (-30.0, -60.0), (-30.0, 13.0))),
    (
        "South Korea",
        (50.0, 50.0),
        ((124.5, 33.0), (130.5, 33.0), (130.5, 38.61), (128.36, 38.61), (127.5, 38.3), (126.7, 37.93), (126.0, 37.75), (124.5, 37.6)),
    ),
)
"""Parts of a landmass that no land transport leaves: name, a place on the rest, and an outline of (longitude, latitude).

No road crosses the Darién gap; nothing crosses the border of the two Koreas.
"""


def _inside(outline: Floats, latitude: Floats, longitude: Floats) -> npt.NDArray[np.bool_]:
    """Even-odd rule; outline (points, 2) of longitude and latitude."""
    start, end = outline, np.roll(outline, -1, axis=0)
    crosses = (start[:, 1] > latitude[:, None]) != (end[:, 1] > latitude[:, None])
    rise = np.where(end[:, 1] == start[:, 1], 1.0, end[:, 1] - start[:, 1])
    at = start[:, 0] + (latitude[:, None] - start[:, 1]) / rise * (end[:, 0] - start[:, 0])
    return (crosses & (at > longitude[:, None])).sum(axis=1) % 2 == 1


def _unrolled(ring: Floats) -> Floats:
    """A ring whose longitudes make no jump at the antimeridian; Antarctica's, which runs along the pole, as it is."""
    if ring[:, 1].min() < -89.0:
        return ring
    return np.stack([np.unwrap(ring[:, 0], period=360.0), ring[:, 1]], axis=1)


@cache
def _segments() -> tuple[Floats, Floats, Ints, tuple[Ints, ...]]:
    """Starts and ends of every outline segment, the ring of each, and the segments that cross each degree of latitude.

    Longitudes run on past the antimeridian, so that no segment of Chukotka spans the Atlantic.
    """
    rings = [_unrolled(ring) for ring in land_rings("50m") if len(ring) > 3]
    start, end = np.concatenate([ring[:-1] for ring in rings]), np.concatenate([ring[1:] for ring in rings])
    owner = np.repeat(np.arange(len(rings)), [len(ring) - 1 for ring in rings])
    low = np.floor(np.minimum(start[:, 1], end[:, 1])).astype(np.int64)
    high = np.floor(np.maximum(start[:, 1], end[:, 1])).astype(np.int64)
    bands = tuple(np.flatnonzero((low <= degree) & (high >= degree)) for degree in range(-91, 91))
    return start, end, owner, bands


def _around(latitude: float, longitude: float) -> Ints:
    """Rings that hold a point."""
    start, end, owner, bands = _segments()
    near = bands[int(np.floor(latitude)) + 91]
    crosses = near[(start[near, 1] > latitude) != (end[near, 1] > latitude)]
    low, high = start[crosses], end[crosses]
    at = low[:, 0] + (latitude - low[:, 1]) / (high[:, 1] - low[:, 1]) * (high[:, 0] - low[:, 0])
    held = list[Ints]()
    for turn in (-360.0, 0.0, 360.0):  # a ring may run on past the antimeridian
        rings, count = np.unique(owner[crosses[at > longitude + turn]], return_counts=True)
        held.append(rings[count % 2 == 1])
    return np.unique(np.concatenate(held))


@cache
def _outer() -> Ints:
    """The ring that stands for each ring: itself, or the largest that it lies in (a lake, an island in one)."""
    start, _, owner, _ = _segments()
    count = np.bincount(owner)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    outer = np.arange(len(count))
    for ring in range(len(count)):
        around = _around(float(start[first[ring], 1]) + 1e-9, float(start[first[ring], 0]) + 1e-9)
        outer[ring] = max([ring, *around.tolist()], key=lambda one: (count[one], -one))
    return outer


@cache
def _outline_tree() -> Any:
    from scipy.spatial import cKDTree

    start, end, _, _ = _segments()
    middle = (start + end) / 2
    return cKDTree(np.concatenate([unit_vectors(start[:, 1], start[:, 0]), unit_vectors(middle[:, 1], middle[:, 0])]))


def _rings(latitude: Floats, longitude: Floats) -> Ints:
    """Ring of each place; in the water that of the nearest outline within 50 km, or of a larger one about as near; −1 farther out."""
    outer, (_, _, owner, _) = _outer(), _segments()
    count = np.bincount(owner)
    found = np.full(len(latitude), -1, dtype=np.int64)
    for at, (north, east) in enumerate(zip(latitude.tolist(), longitude.tolist(), strict=True)):
        around = _around(north, east)
        if len(around) % 2:  # within an even number of rings lies a lake
            found[at] = outer[max(around.tolist(), key=lambda ring: count[ring])]
    lost = np.flatnonzero(found < 0)
    if len(lost):
        tree, points = _outline_tree(), unit_vectors(latitude[lost], longitude[lost])
        chord, _ = tree.query(points)
        near = np.flatnonzero(chord * EARTH_KM <= _SNAP_KM)
        beside = tree.query_ball_point(points[near], chord[near] + _AS_NEAR_KM / EARTH_KM)
        for place, rows in zip(lost[near].tolist(), beside, strict=True):
            rings = outer[owner[np.array(rows, dtype=np.int64) % len(owner)]]
            found[place] = rings[np.argmax(count[rings])]
    return found


@cache
def _joined(kind: str) -> tuple[Ints, tuple[tuple[int, int], ...]]:
    """Landmass of each ring for a kind of mode, and per cut (ring it lies in, its own landmass)."""
    rings = int(_segments()[2].max()) + 1
    cuts = tuple((int(_rings(*(np.array([one]) for one in place))[0]), rings + at) for at, (_, place, _) in enumerate(CUTS))
    mass = np.arange(rings + len(CUTS))
    for _, carries, one, other in FIXED_LINKS:
        if kind in carries:
            a, b = _rings(np.array([one[0], other[0]]), np.array([one[1], other[1]])).tolist()
            if a >= 0 and b >= 0 and mass[a] != mass[b]:
                mass[mass == mass[b]] = mass[a]
    return mass, cuts


def landmasses(latitude: Floats, longitude: Floats, kind: str = "road") -> Ints:
    """Number of the landmass of each place for a kind of mode (road, rail, inland_waterway); −1 at sea. Shape (places,).

    Two places are joined by land where their numbers are equal: one outline, or outlines with a bridge or tunnel between them.

    >>> berlin, london, dublin = (52.5, 13.4), (51.5, -0.4), (53.2, -7.0)
    >>> where = landmasses(*map(np.array, zip(berlin, london, dublin)))
    >>> bool(where[0] == where[1]), bool(where[0] == where[2])
    (True, False)
    """
    mass, cuts = _joined(kind)
    ring = _rings(latitude, longitude)
    found = np.where(ring >= 0, mass[np.maximum(ring, 0)], -1)
    for (_name, _, outline), (within, own) in zip(CUTS, cuts, strict=True):
        apart = (found == mass[within]) & _inside(np.array(outline), latitude, longitude)
        found[apart] = own
    return found
