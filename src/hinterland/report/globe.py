"""From the globe to paper: projections, great circles and land outlines cut to what a map shows. Angles in degrees, paper in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from hinterland.tables.land import land_rings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Around", "World", "best_middle", "great_circle", "km_between", "land_path", "path", "pieces"]

Floats = npt.NDArray[np.float64]
_EARTH_KM = 6371.0088
_STRETCH = 6.0
"""How much wider than true a step may be drawn: an azimuthal map stretches so much only near its antipode."""


class Projection(Protocol):
    """What a map needs of a projection."""

    def xy(self, longitude: Floats, latitude: Floats) -> Floats:
        """Paper coordinates (points, 2), y downward."""
        ...

    def land(self) -> list[Floats]:
        """Land outlines on paper."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """The whole world in the Equal Earth projection (Šavrič, Patterson, Jenny 2018) around a middle meridian.

    `scale` is pixels per radian at the equator; (x, y) is where the middle of the map lies on paper.
    """

    middle: float
    scale: float
    x: float
    y: float

    def xy(self, longitude: Floats, latitude: Floats) -> Floats:
        """Paper coordinates (points, 2)."""
        east = np.radians((longitude - self.middle + 180.0) % 360.0 - 180.0)
        return self.flat(east, np.radians(latitude))

    def flat(self, east: Floats, north: Floats) -> Floats:
        """Paper coordinates (points, 2) of radians east of the middle meridian and north of the equator."""
        a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
        t = np.arcsin(np.sqrt(3) / 2 * np.sin(north))
        t2 = t * t
        t6 = t2**3
        x = 2 * np.sqrt(3) * east * np.cos(t) / (3 * (9 * a4 * t6 * t2 + 7 * a3 * t6 + 3 * a2 * t2 + a1))
        y = t * (a4 * t6 * t2 + a3 * t6 + a2 * t2 + a1)
        return np.column_stack([self.x + self.scale * x, self.y - self.scale * y])

    def land(self) -> list[Floats]:
        """Land without Antarctica, cut along the edge of the map."""
        pieces = []
        for ring in _land("110m"):
            for turn in (-360.0, 0.0, 360.0):
                cut = _half(_half(ring + np.array([turn, 0.0]), self.middle - 180, 1.0), self.middle + 180, -1.0)
                if len(cut) > 2:
                    cut = _dense(cut)
                    pieces.append(self.flat(np.radians(cut[:, 0] - self.middle), np.radians(cut[:, 1])))
        return pieces


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of a place, equal-distance azimuthal: distances from the middle are true.

    `scale` is pixels per kilometre; (x, y) is where the place lies on paper; land beyond `reach_km` is left out.
    """

    longitude: float
    latitude: float
    scale: float
    x: float
    y: float
    reach_km: float

    def xy(self, longitude: Floats, latitude: Floats) -> Floats:
        """Paper coordinates (points, 2)."""
        middle, north, east = np.radians(self.latitude), np.radians(latitude), np.radians(longitude - self.longitude)
        cosine = np.sin(middle) * np.sin(north) + np.cos(middle) * np.cos(north) * np.cos(east)
        km = np.arccos(np.clip(cosine, -1.0, 1.0)) * _EARTH_KM
        heading = np.arctan2(np.cos(north) * np.sin(east), np.cos(middle) * np.sin(north) - np.sin(middle) * np.cos(north) * np.cos(east))
        return np.column_stack([self.x + self.scale * km * np.sin(heading), self.y - self.scale * km * np.cos(heading)])

    def places(self, points: Floats) -> tuple[Floats, Floats]:
        """Longitudes and latitudes of points (points, 2) on paper."""
        east, south = (points[:, 0] - self.x) / self.scale, (points[:, 1] - self.y) / self.scale
        angle, heading, middle = np.hypot(east, south) / _EARTH_KM, np.arctan2(east, -south), np.radians(self.latitude)
        north = np.arcsin(np.clip(np.sin(middle) * np.cos(angle) + np.cos(middle) * np.sin(angle) * np.cos(heading), -1.0, 1.0))
        turn = np.arctan2(np.sin(heading) * np.sin(angle) * np.cos(middle), np.cos(angle) - np.sin(middle) * np.sin(north))
        return self.longitude + np.degrees(turn), np.degrees(north)

    def land(self) -> list[Floats]:
        """Land near the place, at 1:50 million. Points far away are drawn in on their heading, which no map of the near shows."""
        pieces, reach = [], self.reach_km * self.scale
        for ring in _land("50m"):
            flat = self.xy(ring[:, 0], ring[:, 1]) - np.array([self.x, self.y])
            far = np.hypot(flat[:, 0], flat[:, 1])
            if (far < reach).any():
                flat *= np.minimum(1.0, 1.3 * reach / np.maximum(far, 1e-9))[:, None]
                pieces.append(flat + np.array([self.x, self.y]))
        return pieces


@cache
def _land(scale: str) -> tuple[Floats, ...]:
    """Rings with steady longitudes (no jump at ±180) and dense enough to bend, without Antarctica."""
    rings = [ring for ring in land_rings(scale) if ring[:, 1].max() >= -60.0]
    return tuple(_dense(np.column_stack([np.unwrap(ring[:, 0], period=360.0), ring[:, 1]])) for ring in rings)


def _dense(ring: Floats, most: float = 4.0) -> Floats:
    """The ring, closed, with no step longer than some degrees: what is straight on the globe bends on paper."""
    closed = ring if (ring[0] == ring[-1]).all() else np.concatenate([ring, ring[:1]])
    steps = np.abs(np.diff(closed, axis=0)).max(axis=1)
    if steps.max() <= most:
        return closed
    counts = np.maximum(1, np.ceil(steps / most)).astype(int)
    parts = [np.linspace(a, b, count + 1)[:-1] for a, b, count in zip(closed[:-1], closed[1:], counts, strict=True)]
    return np.concatenate([*parts, closed[-1:]])


def _half(ring: Floats, at: float, side: float) -> Floats:
    """The part of a ring on one side of a meridian (Sutherland and Hodgman 1974)."""
    if len(ring) == 0:
        return ring
    keep = side * (ring[:, 0] - at) >= 0
    if keep.all() or not keep.any():
        return ring if keep.all() else ring[:0]
    points = []
    for a, b, has_a, has_b in zip(ring, np.roll(ring, -1, axis=0), keep, np.roll(keep, -1), strict=True):
        if has_a:
            points.append(a)
        if has_a != has_b:
            points.append(a + (b - a) * (at - a[0]) / (b[0] - a[0]))
    return np.array(points)


def _unit(longitude: Floats | float, latitude: Floats | float) -> Floats:
    east, north = np.radians(longitude), np.radians(latitude)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)


def km_between(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Great-circle distance.

    >>> round(km_between(0.0, 0.0, 180.0, 0.0))
    20015
    """
    cosine = float(_unit(longitude, latitude) @ _unit(other_longitude, other_latitude))
    return float(np.arccos(np.clip(cosine, -1.0, 1.0))) * _EARTH_KM


def great_circle(longitude: float, latitude: float, to_longitude: float, to_latitude: float, points: int = 48) -> tuple[Floats, Floats]:
    """Longitudes and latitudes along the shortest way between two places, both ends included.

    >>> lon, lat = great_circle(0.0, 0.0, 90.0, 0.0, points=3)
    >>> [round(float(one)) for one in lon]
    [0, 45, 90]
    """
    a, b = _unit(longitude, latitude), _unit(to_longitude, to_latitude)
    angle = float(np.arccos(np.clip(a @ b, -1.0, 1.0)))
    if angle < 1e-9 or angle > np.pi - 1e-6:  # the same place, or opposite ones: every way is shortest
        return np.array([longitude, to_longitude]), np.array([latitude, to_latitude])
    part = np.linspace(0.0, 1.0, points)[:, None]
    way = (np.sin((1 - part) * angle) * a + np.sin(part * angle) * b) / np.sin(angle)
    return np.degrees(np.arctan2(way[:, 1], way[:, 0])), np.degrees(np.arcsin(np.clip(way[:, 2], -1.0, 1.0)))


def pieces(projection: World | Around, longitude: Floats, latitude: Floats) -> list[Floats]:
    """A line of places on paper, in the pieces that the projection tears it into, each (points, 2).

    The world tears a line where it crosses the meridian opposite its middle; both ends run to the edge. A line over the pole stays
    whole: the pole is drawn as a line. Surroundings tear a line near their antipode, which no map of the near shows.
    """
    if isinstance(projection, Around):
        line = projection.xy(longitude, latitude)
        true_km = [km_between(*one) for one in np.column_stack([longitude[:-1], latitude[:-1], longitude[1:], latitude[1:]])]
        drawn_km = np.hypot(*np.diff(line, axis=0).T) / projection.scale
        torn = np.flatnonzero(drawn_km > _STRETCH * np.maximum(np.array(true_km), 1.0)) + 1
        return [piece for piece in np.split(line, torn) if len(piece) > 1]
    east = (np.asarray(longitude) - projection.middle + 180.0) % 360.0 - 180.0
    found: list[list[tuple[float, float]]] = [[(float(east[0]), float(latitude[0]))]]
    for here, there, north, after in zip(east[:-1], east[1:], latitude[:-1], latitude[1:], strict=True):
        if abs(there - here) > 180.0:
            side = 180.0 if here > 0 else -180.0
            gone = (side - here) / (there + 2 * side - here) if there + 2 * side != here else 0.0
            at = float(north + (after - north) * gone)
            found[-1].append((side, at))
            found.append([(-side, at)])
        found[-1].append((float(there), float(after)))
    lines = [np.radians(_dense_way(np.array(piece))) for piece in found if len(piece) > 1]
    return [projection.flat(line[:, 0], line[:, 1]) for line in lines]


def _dense_way(line: Floats, most: float = 6.0) -> Floats:
    """The line with no step of more than some degrees of longitude: a way over the pole follows the curve of the map's top."""
    counts = np.maximum(1, np.ceil(np.abs(np.diff(line[:, 0])) / most)).astype(int)
    parts = [np.linspace(a, b, count + 1)[:-1] for a, b, count in zip(line[:-1], line[1:], counts, strict=True)]
    return np.concatenate([*parts, line[-1:]])


def best_middle(ways: Sequence[tuple[Floats, float]], places: Sequence[float]) -> float:
    """Middle meridian of a world map that cuts the least flow, then keeps places far from the edge.

    `ways` are (longitudes along a way, its weight), `places` longitudes of sites.
    """
    total = sum(weight for _, weight in ways) or 1.0
    best = (np.inf, 0.0)
    for middle in np.arange(-180.0, 180.0, 10.0):
        edge = middle + 180.0
        cut = sum(weight for longitudes, weight in ways if (np.abs(np.diff((longitudes - edge) % 360.0)) > 180.0).any())
        near = sum(max(0.0, 1.0 - abs((one - edge + 180.0) % 360.0 - 180.0) / 45.0) for one in places) / max(1, len(places))
        cost = cut / total + near + 1e-4 * abs(middle)
        best = min(best, (cost, float(middle)))
    return best[1]


def path(points: Floats, *, close: bool = False, digits: int = 1) -> str:
    """SVG path of points on paper."""
    rounded = np.round(points, digits)
    keep = np.ones(len(rounded), dtype=bool)
    keep[1:] = (np.diff(rounded, axis=0) != 0).any(axis=1)
    steps = " ".join(f"{x:g},{y:g}" for x, y in rounded[keep])
    return f"M{steps}" + ("Z" if close else "")


def land_path(projection: Projection) -> str:
    """SVG path of all land of a map, for fill-rule evenodd."""
    return "".join(path(piece, close=True) for piece in projection.land() if np.ptp(piece, axis=0).max() > 0.7)
