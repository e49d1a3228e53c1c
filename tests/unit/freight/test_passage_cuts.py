"""A closed passage is shut from shore to shore: no edge of the sea that stays open crosses its gate."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from hinterland.freight import passage_bits, sea_network
from hinterland.freight.geodesy import unit_vectors
from hinterland.freight.passages import CLOSED_ALWAYS, PASSAGES
from hinterland.freight.sea import CANAL_WAIT_KM

SHORES = {
    "taiwan": ((25.4, 119.0), (24.5, 121.3)),  # Fujian, Taiwan
    "malacca": ((4.4, 101.5), (2.8, 98.5)),  # Malaya, Sumatra
    "sunda": ((-5.6, 105.5), (-6.25, 106.2)),  # Sumatra, Java
    "lombok": ((-8.55, 115.45), (-8.55, 116.2)),  # Bali, Lombok
    "torres": ((-9.0, 142.5), (-11.0, 142.5)),  # Papua, Cape York
    "hormuz": ((26.1, 56.4), (27.3, 56.6)),  # Musandam, Iran
    "bab_el_mandeb": ((11.88, 42.9), (13.38, 43.9)),  # Djibouti, Yemen
    "suez": ((30.6, 31.0), (30.6, 33.5)),  # the Delta, Sinai
    "bosporus": ((41.1, 28.6), (41.1, 29.6)),
    "dardanelles": ((40.35, 26.4), (40.0, 26.75)),
    "gibraltar": ((35.5, -5.6), (36.4, -5.6)),  # Morocco, Spain
    "oresund": ((56.0, 12.4), (56.08, 12.9)),  # Zealand, Scania
    "great_belt": ((55.35, 10.6), (55.33, 11.3)),  # Funen, Zealand
    "panama": ((8.9, -79.72), (9.4, -79.72)),
    "cape_of_good_hope": ((-34.4, 20.0), (-70.0, 20.0)),  # Africa, Antarctica
    "magellan": ((-52.2, -69.5), (-52.9, -69.5)),  # Patagonia, Tierra del Fuego
    "cape_horn": ((-55.0, -67.3), (-66.5, -67.3)),  # Tierra del Fuego, Antarctica
    "bering": ((65.6, -166.5), (66.4, -172.0)),  # Alaska, Chukotka
    "northwest": ((67.5, -95.0), (80.0, -95.0)),
    "northern_sea_route": ((76.0, 104.0), (83.0, 104.0)),
}
"""Latitude and longitude of a place on either shore."""
USED_BY = {
    "taiwan": ("HKHKG", "CNSHA"), "malacca": ("SGSIN", "INNSA"), "sunda": ("AUFRE", "SGSIN"), "lombok": ("AUFRE", "CNSHA"), "torres": ("AUDRW", "AUBNE"),
    "hormuz": ("AEJEA", "INNSA"), "bab_el_mandeb": ("SAJED", "INNSA"), "suez": ("SAJED", "ITGOA"), "bosporus": ("UAODS", "ITGOA"),
    "dardanelles": ("UAODS", "ITGOA"), "gibraltar": ("ESBCN", "NLRTM"), "oresund": ("PLGDY", "NLRTM"), "panama": ("PABLB", "PAONX"),
    "cape_of_good_hope": ("ZACPT", "ZADUR"), "magellan": ("CLSAI", "BRSSZ"),
}  # fmt: skip
"""Ports whose way leads through a passage, for passages that lie on the shortest way of some pair."""
NO_OTHER_WAY = {"hormuz", "bosporus", "dardanelles"}
"""Of those pairs, the ones that lie on a sea with one mouth."""


def crossing(name: str) -> np.ndarray:
    """Edges whose great circle crosses the arc from shore to shore; a point on the arc's own line counts to one side. Shape (edges,)."""
    network, (one, other) = sea_network(), SHORES[name]
    left, right = unit_vectors(*(np.array(pair) for pair in zip(one, other, strict=True)))
    point = unit_vectors(network.latitude, network.longitude)
    a, b = point[network.start], point[network.end]
    gate, edge = np.cross(left, right), np.cross(a, b)
    apart = ((a @ gate) >= 0) != ((b @ gate) >= 0)
    within = (edge @ left) * (edge @ right) < 0
    near = ((a + b) @ (left + right)) > 0  # not on the far side of the Earth
    return apart & within & near


@pytest.mark.parametrize("name", PASSAGES)
def test_every_edge_through_a_gate_knows_its_passage(name):
    marked = (sea_network().passages & np.uint32(passage_bits([name]))) != 0
    crosses = crossing(name)
    assert crosses.any()
    assert not (crosses & ~marked).any()


@pytest.mark.parametrize("name", [one for one in PASSAGES if one not in CLOSED_ALWAYS])
def test_a_closed_passage_lengthens_the_ways_through_it_and_no_others(name):
    network = sea_network()
    ports = np.concatenate([np.flatnonzero(network.seaport)[::24], [network.port_at[code] for pair in USED_BY.values() for code in pair]])
    bit = np.uint32(passage_bits([name]))

    def weighed(closed: int) -> tuple[np.ndarray, np.ndarray]:
        km, bits = network.distances(ports, ports, closed)
        wait = sum(
            (np.where(bits & np.uint32(passage_bits([canal])), far, 0.0) for canal, far in CANAL_WAIT_KM.items()), np.zeros(km.shape)
        )
        return km + wait, bits

    free, bits = weighed(0)
    shut, after = weighed(int(bit))
    through = (bits & bit) != 0
    assert not (after & bit).any()
    assert (shut[through] > free[through]).all()
    assert np.array_equal(np.isfinite(shut[~through]), np.isfinite(free[~through]))
    assert np.allclose(shut[~through & np.isfinite(free)], free[~through & np.isfinite(free)], rtol=1e-12)


@pytest.mark.parametrize("name", USED_BY)
def test_ports_on_either_side_of_a_closed_passage_are_farther_apart_or_cut_off(name):
    network = sea_network()
    start, end = (np.array([network.port_at[code]]) for code in USED_BY[name])
    free, bits = network.distances(start, end)
    shut, _ = network.distances(start, end, passage_bits([name]))
    assert int(bits[0, 0]) & passage_bits([name])
    assert np.isinf(shut[0, 0]) == (name in NO_OTHER_WAY)
    assert shut[0, 0] > free[0, 0]


def test_with_every_way_round_the_south_closed_nothing_leads_from_ocean_to_ocean():
    network = sea_network()
    start, end = (np.array([network.port_at[code]]) for code in ("CNSHA", "NLRTM"))
    south, _ = network.distances(start, end, passage_bits(["suez", "panama", "cape_of_good_hope"]))
    none, _ = network.distances(start, end, passage_bits(["suez", "panama", "cape_of_good_hope", "magellan", "cape_horn"]))
    round_the_cape, _ = network.distances(start, end, passage_bits(["suez", "panama"]))
    assert south[0, 0] > round_the_cape[0, 0] + 3000.0  # by the Pacific and Magellan
    assert np.isinf(none[0, 0])


def test_the_shipped_sea_is_the_one_that_the_tool_makes():
    """Digest of the file as tools/build_sea_network.py wrote it from searoute 1.6.0; the tool made anew gives it again."""
    told = hashlib.sha256()
    with (files("hinterland.freight") / "data" / "sea.npz").open("rb") as file, np.load(file) as kept:
        for name in sorted(kept.files):
            told.update(f"{name}{kept[name].shape}".encode())
            told.update(np.ascontiguousarray(kept[name]).tobytes())
    assert told.hexdigest() == "99032ee3b9c8b8515db20abe2116952e8910ad0e133a245e85cc1bb9627f9b50"
