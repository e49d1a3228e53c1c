"""Distances on the sphere; the mean radius is that of the land outlines."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["EARTH_KM", "great_circle_km", "unit_vectors"]

Floats = npt.NDArray[np.float64]
EARTH_KM = 6371.0088
"""Mean radius of the Earth in kilometres (IUGG)."""


def unit_vectors(latitude: Floats, longitude: Floats) -> Floats:
    """Points of the unit sphere; degrees in, shape (…, 3) out."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def great_circle_km(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Kilometres along the great circle (haversine); arrays broadcast.

    >>> float(great_circle_km(np.array(0.0), np.array(179.5), np.array(0.0), np.array(-179.5)).round(1))
    111.2
    """
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    turn = np.radians(np.asarray(to_longitude) - np.asarray(longitude))
    half = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(turn / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
