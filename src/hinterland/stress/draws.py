"""Random numbers by name: the same seed, name and replication give the same number, whatever else is drawn.

A counter is hashed (splitmix64, Steele et al. 2014), so that all replications of one draw come as one array and no stream
is shared: leaving a hazard out changes nothing in the others.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints

__all__ = ["MIX", "STEP", "STIR", "key_of", "lognormal_days", "lognormal_share", "poisson_counts", "uniforms"]

STEP, MIX, STIR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def key_of(seed: int, name: str) -> np.uint64:
    """Where the counter of a name begins."""
    return np.uint64(int.from_bytes(hashlib.blake2b(f"{seed}|{name}".encode(), digest_size=8).digest(), "little"))


def uniforms(seed: int, name: str, counter: Ints) -> Floats:
    """Numbers in (0, 1), one for each counter; equal for equal seed, name and counter.

    >>> uniforms(7, "flood", np.array([0, 1, 2])).round(3).tolist() == uniforms(7, "flood", np.array([0, 1, 2])).round(3).tolist()
    True
    """
    with np.errstate(over="ignore"):
        x = key_of(seed, name) + (np.asarray(counter).astype(np.uint64) + np.uint64(1)) * STEP
        x = (x ^ (x >> np.uint64(30))) * MIX
        x = (x ^ (x >> np.uint64(27))) * STIR
        x = x ^ (x >> np.uint64(31))
    return np.asarray(((x >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)


def poisson_counts(uniform: Floats, mean: float) -> Ints:
    """Poisson counts by inversion of the distribution function at `uniform`.

    >>> poisson_counts(np.array([0.1, 0.5, 0.99]), 0.5).tolist()
    [0, 0, 3]
    """
    most = int(np.ceil(mean + 12.0 * np.sqrt(mean) + 12.0))
    number = np.arange(most + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(number[1:], 1)))])
    chance = np.exp(number * np.log(mean) - mean - logs) if mean > 0 else (number == 0).astype(np.float64)
    return np.searchsorted(np.cumsum(chance)[:-1], uniform, side="left").astype(np.int64)


def lognormal_days(uniform: Floats, mean_days: float, sigma: float) -> Floats:
    """Lognormal durations with this mean, sigma being the standard deviation of the logarithm: exp(ln m - s^2/2 + s z)."""
    from scipy.special import ndtri

    return np.asarray(mean_days * np.exp(sigma * ndtri(uniform) - 0.5 * sigma * sigma))


def lognormal_share(days: Floats, mean_days: float, sigma: float) -> Floats:
    """Share of lognormal durations below `days`; the distribution of `lognormal_days`."""
    from scipy.special import ndtr

    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(days, 0.0) / mean_days)
    return np.asarray(ndtr((logs + 0.5 * sigma * sigma) / sigma))
