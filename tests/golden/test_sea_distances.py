"""Sea distances against published port-to-port distances, within 3 %.

Published: LINERLIB 1.2, dist_dense.csv (Brouer, Alvarez, Plum, Pisinger, Sigurd: A Base Integer Programming Model and
Benchmark Suite for Liner-Shipping Network Design, Transportation Science 48(2), 2014, github.com/blof/LINERLIB), nautical
miles put together from NIMA Pub. 151 "Distances Between Ports"; its authors give 5 % for the sums. The pairs were chosen
before the network was measured: every ocean, every canal, short and long ways.
"""

from __future__ import annotations

import numpy as np
import pytest

from hinterland.freight import passage_bits, passage_names, sea_network

KM_PER_NAUTICAL_MILE = 1.852
PAIRS = [
    ("CNSHA", "NLRTM", 10521, "suez", ""),
    ("CNSHA", "NLRTM", 13800, "cape_of_good_hope", "suez|panama"),
    ("SGSIN", "NLRTM", 8314, "bab_el_mandeb", ""),
    ("CNSHA", "USLAX", 5720, "", ""),
    ("JPYOK", "USOAK", 4541, "", ""),
    ("CNSHA", "USEWR", 10648, "panama", ""),
    ("USHOU", "NLRTM", 5019, "", ""),
    ("CAMTR", "BEANR", 3130, "", ""),
    ("BRSSZ", "NLRTM", 5424, "", ""),
    ("CLSAI", "CNSHA", 10115, "", ""),
    ("ZADUR", "SGSIN", 4868, "", ""),
    ("ZACPT", "NLRTM", 6180, "", ""),
    ("AUFRE", "SGSIN", 2223, "sunda", ""),
    ("AUSYD", "NZAKL", 1280, "", ""),
    ("INNSA", "AEJEA", 1188, "hormuz", ""),
    ("ARBUE", "CLSAI", 2798, "magellan", ""),
    ("KRPUS", "CAVAN", 4638, "", ""),
    ("LKCMB", "KEMBA", 2518, "", ""),
    ("UAODS", "ITGOA", 1618, "bosporus", ""),
    ("NLRTM", "PLGDY", 889, "oresund", ""),
    ("JPYOK", "AUSYD", 4330, "", ""),
    ("PECLL", "USEWR", 3415, "panama", ""),
]
"""From, to, nautical miles as published, a passage on the way, passages the published way does not take."""


@pytest.mark.parametrize(("start", "end", "miles", "passage", "avoided"), PAIRS, ids=[f"{one[0]}-{one[1]}-{one[2]}" for one in PAIRS])
def test_a_sea_distance_is_the_published_one_within_three_percent(start, end, miles, passage, avoided):
    network = sea_network()
    rows = (np.array([network.port_at[code]]) for code in (start, end))
    km, bits = network.distances(*rows, passage_bits(avoided.split("|") if avoided else []))
    assert km[0, 0] == pytest.approx(miles * KM_PER_NAUTICAL_MILE, rel=0.03)
    assert not passage or passage in passage_names(bits[0, 0])


def test_distances_are_the_same_both_ways():
    network = sea_network()
    ports = np.array([network.port_at[code] for code in ("CNSHA", "NLRTM", "USEWR", "CLSAI", "AUFRE")])
    km, bits = network.distances(ports, ports)
    assert np.allclose(km, km.T, rtol=1e-9)
    assert (np.diag(km) == 0).all()
    assert (bits == bits.T).all()


def test_the_northwest_passage_is_never_taken():
    network = sea_network()
    ports = np.flatnonzero(network.seaport)
    _, bits = network.distances(ports[::40], ports)
    assert not (bits & np.uint32(passage_bits(["northwest", "northern_sea_route"]))).any()
