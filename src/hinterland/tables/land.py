"""Land and sea: Natural Earth outlines, and sites that lie in the water."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.core.errors import Issue

__all__ = ["km_from_land", "land_rings", "off_land_problems"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_EARTH_KM = 6371.0088
_FAR_KM = 50.0
_NEAR_KM = 1.0
"""Outlines at 1:50 million are coarse: a site nearer than this counts as on land."""


@cache
def land_rings(scale: str = "110m") -> tuple[Floats, ...]:
    """Rings of the land outlines as (points, 2) arrays of longitude and latitude; `scale` is 110m or 50m.

    The files are TopoJSON: arcs of quantised steps that rings refer to, a negative number meaning the arc backwards.
    """
    topology = json.loads((files("hinterland.tables") / "data" / f"land-{scale}.json").read_text(encoding="utf-8"))
    step, shift = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * step + shift for arc in topology["arcs"]]
    polygons: list[list[list[int]]] = []
    for shape in topology["objects"]["land"]["geometries"]:
        polygons += shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return tuple(np.concatenate([arcs[at] if at >= 0 else arcs[~at][::-1] for at in ring]) for polygon in polygons for ring in polygon)


@cache
def _segments() -> tuple[Floats, Floats]:
    rings = land_rings("50m")
    return np.concatenate([ring[:-1] for ring in rings]), np.concatenate([ring[1:] for ring in rings])


@cache
def _bands() -> tuple[Ints, ...]:
    """Segments that cross each whole degree of latitude from -90 to 90: the even-odd rule needs no others."""
    start, end = _segments()
    low = np.floor(np.minimum(start[:, 1], end[:, 1])).astype(np.int64)
    high = np.floor(np.maximum(start[:, 1], end[:, 1])).astype(np.int64)
    return tuple(np.flatnonzero((low <= degree) & (high >= degree)) for degree in range(-90, 91))


def km_from_land(latitude: float, longitude: float) -> float:
    """Kilometres from a point to the nearest land, 0 on land. Even-odd rule inside, nearest outline point outside."""
    start, end = _segments()
    near = _bands()[int(np.floor(latitude)) + 90]
    crosses = near[(start[near, 1] > latitude) != (end[near, 1] > latitude)]
    low, high = start[crosses], end[crosses]
    at = low[:, 0] + (latitude - low[:, 1]) / (high[:, 1] - low[:, 1]) * (high[:, 0] - low[:, 0])
    if np.count_nonzero(at > longitude) % 2:
        return 0.0
    stretch = np.array([np.cos(np.radians(latitude)), 1.0])
    shifted = start - [longitude, latitude]
    shifted[:, 0] = (shifted[:, 0] + 180.0) % 360.0 - 180.0
    a = shifted * stretch
    b = a + (end - start) * stretch
    along = b - a
    length = np.maximum((along**2).sum(axis=1), 1e-18)
    part = np.clip(-(a * along).sum(axis=1) / length, 0.0, 1.0)
    nearest = a + part[:, None] * along
    return float(np.radians(np.sqrt((nearest**2).sum(axis=1).min())) * _EARTH_KM)


def off_land_problems(sites: pl.DataFrame) -> list[Issue]:
    """Sites in the sea: an error beyond 50 km from land (coordinates exchanged?), a warning nearer."""
    issues = []
    placed = sites.drop_nulls(["latitude", "longitude"]).filter(pl.col("latitude").abs().le(90) & pl.col("longitude").abs().le(180))
    for row, site, latitude, longitude in placed.select("_row", "site_id", "latitude", "longitude").iter_rows():
        km = km_from_land(latitude, longitude)
        if km > _NEAR_KM:
            far = km > _FAR_KM
            issues.append(
                Issue(
                    "sites",
                    row,
                    "latitude",
                    "off_land",
                    what=f"{site} lies {km:.0f} km from land",
                    why="a site stands on land" if far else "outlines are coarse, so this may be a coast",
                    fix="check latitude and longitude: are they exchanged, is a sign missing?",
                    severity="error" if far else "warning",
                )
            )
    return issues
