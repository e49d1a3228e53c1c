"""Ports: which a site can use, by its land and its nearness, and which a cell names."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.freight.geodesy import great_circle_km
from hinterland.freight.land import landmasses
from hinterland.freight.sea import sea_network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FAR_FROM_SEA_KM", "IN_REACH_KM", "KEPT_PORTS", "nearest_ports", "port_country", "port_problem", "port_rows", "ports_at_home"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
KEPT_PORTS = 5
"""Ports that a site chooses from when none is named."""
_LOCAL_KM, _FARTHER = 60.0, 3.0
_LOOKED_AT = 40
_APART = 0.3
"""Ports nearer to each other than this share of their distance from the site count as one."""
IN_REACH_KM = 1200.0
"""As far as a site looks for a port of its own customs territory before it takes the nearest ones of any (great circle; assumed)."""
_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK"
_EUROPEAN_UNION = frozenset(_MEMBERS.split())
"""Countries of the customs territory of the Union (Regulation 952/2013, article 4): ports of members that no table names."""
_LISTED_AS = {"ANKRA": "BQ", "ANEUX": "BQ", "ANPHI": "SX", "ASPGO": "PA", "AN": "CW", "CS": "ME"}
"""Countries of ports that the list has under a code that is withdrawn or wrong: the whole code, else its first letters."""
FAR_FROM_SEA_KM = 60.0
"""A port farther than this from the shipping network, and out of its sight, is no seaport: Atlanta has a UN/LOCODE too."""


def port_rows(codes: Sequence[str]) -> Ints:
    """Rows of ports by UN/LOCODE. Raises KeyError for a code that `port_problem` would report."""
    network = sea_network()
    rows = [network.port_at[code.strip().upper()] for code in codes]
    if not network.reached[rows].all():
        raise KeyError(next(code for code, row in zip(codes, rows, strict=True) if not network.reached[row]))
    return np.array(rows, dtype=np.int64)


def port_problem(code: str) -> tuple[str, str, str] | None:
    """What, why and how to fix a port code that no route can use; None where it can be used.

    >>> port_problem("NLRTM") is None, port_problem("USATL")[0]
    (True, 'USATL (Atlanta) lies 398 km from the shipping network')
    """
    network, plain = sea_network(), code.strip().upper()
    row = network.port_at.get(plain)
    if row is None:
        close = difflib.get_close_matches(plain, network.port_at, 1, 0.7)
        named = [at for at, name in enumerate(network.port_name) if name.lower() == code.strip().lower() and network.reached[at]]
        hint = network.port_code[named[0]] if named else close[0] if close else ""
        told = f"{hint} is {network.port_name[network.port_at[hint]]}" if hint else "such as NLRTM for Rotterdam"
        return f"there is no port {code!r}", "the port list has no such UN/LOCODE", f"write a UN/LOCODE of the port list ({told})"
    if not network.reached[row]:
        what = f"{plain} ({network.port_name[row]}) lies {network.off_km[row]:.0f} km from the shipping network"
        return what, f"a seaport lies within {FAR_FROM_SEA_KM:.0f} km of it", "name a seaport"
    return None


def port_country(code: str) -> str:
    """ISO 3166-1 code of a port's country: the first two letters of its UN/LOCODE, but for a handful.

    >>> port_country("NLRTM"), port_country("CSBAR")
    ('NL', 'ME')
    """
    return _LISTED_AS.get(code) or _LISTED_AS.get(code[:2], code[:2])


def ports_at_home(country: Sequence[str | None], territory_of: Mapping[str, str | None]) -> Bools:
    """Which ports lie in the customs territory of each site, by the countries of sites; shape (sites, ports).

    `territory_of` gives the territory of countries; one that it does not name is a territory of its own, but for members of
    the European Union where it names another member's. A site without country has every port at home.
    """
    union = {territory for name, territory in territory_of.items() if name in _EUROPEAN_UNION and territory}
    joined = next(iter(union)) if len(union) == 1 else None

    def territory(name: str) -> str:
        return territory_of.get(name) or (joined if joined and name in _EUROPEAN_UNION and name not in territory_of else None) or name

    of_port = np.array([territory(port_country(code)) for code in sea_network().port_code])
    of_site = np.array([territory(name) if name else "" for name in country])
    return np.asarray((of_site[:, None] == of_port[None, :]) | (of_site == "")[:, None])


def usable_ports() -> Ints:
    """Rows of the ports that a site may choose by itself: seaports, and other ports outside the Great Lakes."""
    network = sea_network()
    north, east = network.port_place(np.arange(len(network.port_code)))
    lakes = (north > 41.2) & (north < 49.0) & (east > -93.0) & (east < -75.6)
    return np.flatnonzero(network.reached & ~lakes)


@cache
def _landed(kind: str) -> tuple[Ints, Ints]:
    """Rows of the ports that ships reach and the landmass of each for a kind of mode."""
    rows, network = usable_ports(), sea_network()
    return rows, landmasses(*network.port_place(rows), kind)


def _abroad(km: Floats, home: Bools, sure: Bools) -> Bools:
    """Ports that a place leaves alone, for it has some in its own territory; all of shape (places, ports), `sure` (ports,)."""
    own = np.where(home & sure, km, np.inf).min(axis=1, initial=np.inf)
    other = np.where(~home & sure, km, np.inf).min(axis=1, initial=np.inf)
    keeps = np.isfinite(own) & ((own <= IN_REACH_KM) | (own <= other))
    return np.asarray(keeps[:, None] & ~home)


def nearest_ports(latitude: Floats, longitude: Floats, kind: str, count: int = KEPT_PORTS, *, home: Bools | None = None) -> Ints:
    """Rows of ports that each place can reach by land, nearest first, −1 where there are fewer; shape (places, count).

    With `home` (places, every port of the list) a place keeps to its own ports, as long as a seaport of them lies within
    IN_REACH_KM or is the nearest seaport of all; else it takes those of any territory.

    Of seaports that lie close together, seen from the place, only the nearest is kept, so that the few reach several coasts.
    The nearest other port of the list counts too where it lies at the place (60 km) and the seaports are three times as far, or
    where the landmass has no seaport.
    """
    rows, mass = _landed(kind)
    network = sea_network()
    north, east = network.port_place(rows)
    km = great_circle_km(latitude[:, None], longitude[:, None], north[None, :], east[None, :])
    own = landmasses(latitude, longitude, kind)
    km = np.where((own[:, None] == mass[None, :]) & (own[:, None] >= 0), km, np.inf)
    sure = network.seaport[rows]
    if home is not None:
        km = np.where(_abroad(km, home[:, rows], sure), np.inf, km)
    main = np.where(sure[None, :], km, np.inf)
    spare = np.where(sure[None, :], np.inf, km)
    least, other = main.min(axis=1), spare.min(axis=1)
    local = np.isfinite(other) & ((other <= np.minimum(_LOCAL_KM, least / _FARTHER)) | ~np.isfinite(least))
    main[local, np.argmin(spare, axis=1)[local]] = other[local]
    order = np.argsort(main, axis=1, kind="stable")[:, :_LOOKED_AT]
    between = great_circle_km(north[order][:, :, None], east[order][:, :, None], north[order][:, None, :], east[order][:, None, :])
    far = np.take_along_axis(main, order, axis=1)
    kept = np.isfinite(far)
    for at in range(1, order.shape[1]):
        close = between[:, at, :at] < _APART * far[:, at, None]
        kept[:, at] &= ~(close & kept[:, :at]).any(axis=1)
    place = np.argsort(~kept, axis=1, kind="stable")[:, :count]
    chosen = np.where(np.take_along_axis(kept, place, axis=1), np.take_along_axis(order, place, axis=1), -1)
    return np.where(chosen >= 0, rows[chosen], -1)
