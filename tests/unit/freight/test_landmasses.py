"""Where a lorry or a train can go: landmasses, bridges, tunnels, and borders that no road crosses."""

from __future__ import annotations

import numpy as np
import pytest

from hinterland.core.countries import COUNTRY_CODES
from hinterland.freight import landmasses, nearest_ports, port_country, ports_at_home, sea_network
from hinterland.freight.land import CUTS, FIXED_LINKS

PLACES = {
    "Berlin": (52.5, 13.4), "Madrid": (40.4, -3.7), "Shanghai": (31.2, 121.4), "Cape Town": (-33.9, 18.6), "London": (51.5, -0.4),
    "Dublin": (53.3, -6.5), "Malmö": (55.6, 13.1), "Copenhagen": (55.65, 12.4), "Singapore": (1.36, 103.8), "Seoul": (37.5, 127.0),
    "Pyongyang": (39.0, 125.8), "Busan": (35.2, 129.0), "Panama": (9.0, -79.5), "Bogotá": (4.6, -74.1), "Lima": (-12.0, -77.0),
    "Mexico City": (19.4, -99.1), "Tokyo": (35.7, 139.6), "Fukuoka": (33.6, 130.5), "Sapporo": (43.0, 141.4), "Taipei": (25.0, 121.5),
    "Montréal": (45.5, -73.6), "Boston": (42.4, -71.1), "Sydney": (-33.8, 151.0), "Auckland": (-36.9, 174.8), "mid-Atlantic": (0.0, -30.0),
}  # fmt: skip


def masses(kind: str) -> dict[str, int]:
    latitude, longitude = (np.array(one) for one in zip(*PLACES.values(), strict=True))
    return dict(zip(PLACES, landmasses(latitude, longitude, kind).tolist(), strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Berlin", "Madrid"), ("Berlin", "Shanghai"), ("Berlin", "Cape Town"), ("Berlin", "London"), ("Malmö", "Copenhagen"), ("Berlin", "Copenhagen"),
     ("Singapore", "Shanghai"), ("Seoul", "Busan"), ("Panama", "Mexico City"), ("Bogotá", "Lima"), ("Tokyo", "Fukuoka"), ("Montréal", "Boston")],
)  # fmt: skip
def test_a_road_leads_from_one_to_the_other(one, other):
    assert masses("road")[one] == masses("road")[other]


@pytest.mark.parametrize(
    ("one", "other"),
    [("London", "Dublin"), ("Berlin", "Dublin"), ("Seoul", "Pyongyang"), ("Seoul", "Shanghai"), ("Panama", "Bogotá"), ("Taipei", "Shanghai"),
     ("Tokyo", "Sapporo"), ("Sydney", "Auckland"), ("Berlin", "Boston"), ("Tokyo", "Seoul")],
)  # fmt: skip
def test_no_road_leads_from_one_to_the_other(one, other):
    assert masses("road")[one] != masses("road")[other]


@pytest.mark.parametrize(
    "place",
    [(64.13, -21.9), (65.0, -18.0), (66.9, -53.7), (64.2, -51.7), (63.8, -68.5), (67.0, -50.0), (71.0, -179.5), (57.1, -170.3)],
    ids=["Reykjavík", "Iceland", "Sisimiut", "Nuuk", "Iqaluit", "Greenland", "Wrangel", "St Paul"],
)
def test_islands_of_the_north_are_no_part_of_the_continents(place):
    own = landmasses(np.array([place[0]]), np.array([place[1]]))[0]
    assert own not in {masses("road")["Berlin"], masses("road")["Boston"]}


def test_the_far_east_of_russia_hangs_on_its_continent_on_both_sides_of_the_antimeridian():
    east, west, berlin = landmasses(np.array([67.0, 66.5, 52.5]), np.array([175.0, -173.0, 13.4]))
    assert east == west == berlin


def test_trains_reach_hokkaido_under_the_sea_and_lorries_do_not():
    assert masses("rail")["Tokyo"] == masses("rail")["Sapporo"]


def test_the_open_sea_is_no_land():
    assert masses("road")["mid-Atlantic"] == -1


@pytest.mark.parametrize("link", FIXED_LINKS, ids=[one[0] for one in FIXED_LINKS])
def test_every_bridge_and_tunnel_has_land_at_both_ends_and_joins_them(link):
    _, kinds, one, other = link
    for kind in kinds:
        found = landmasses(np.array([one[0], other[0]]), np.array([one[1], other[1]]), kind)
        assert found[0] == found[1] >= 0


@pytest.mark.parametrize("cut", CUTS, ids=[one[0] for one in CUTS])
def test_a_cut_lies_on_another_landmass_than_the_place_beside_it(cut):
    _, (latitude, longitude), outline = cut
    inside = np.array(outline).mean(axis=0)
    found = landmasses(
        np.array([latitude, 37.5 if "Korea" in cut[0] else -10.0]), np.array([longitude, 127.5 if "Korea" in cut[0] else -60.0])
    )
    assert found[0] != found[1]
    assert np.isfinite(inside).all()


def codes(latitude: float, longitude: float) -> list[str]:
    rows = nearest_ports(np.array([latitude]), np.array([longitude]), "road")[0]
    return [sea_network().port_code[row] for row in rows if row >= 0]


def test_a_town_inland_has_the_seaports_of_its_coast_nearest_first():
    assert codes(34.9, -82.2)[0] == "USCHS"  # Spartanburg: Charleston
    assert "USATL" not in codes(33.7, -84.4)  # Atlanta is no seaport, though it has a UN/LOCODE


def test_lakes_whose_ships_do_not_cross_the_ocean_are_no_way_out():
    assert codes(43.6, -79.4)[0] == "CAMTR"  # Toronto: Montréal


def test_a_harbour_at_the_door_counts_though_it_is_small():
    assert codes(63.84, 23.13)[0] == "FIKOK"  # Kokkola


def test_an_island_without_seaport_uses_what_it_has():
    assert codes(47.42, -53.82) != []  # Long Harbour, Newfoundland


def test_a_port_over_the_water_is_no_port_of_the_place():
    assert not set(codes(51.5, -1.0)) & {"IEDUB", "IECOB"}
    assert all(code.startswith("KR") for code in codes(37.0, 127.5))


@pytest.mark.parametrize(
    ("place", "code"),
    [((21.03, 105.85), "VNHPH"), ((10.8, 106.7), "VNVUT"), ((55.65, 12.4), "DKCPH"), ((41.8, -71.4), "USEFK"), ((24.1, 54.6), "AEAUH"),
     ((23.1, 113.3), "CNNSA"), ((-26.3, -48.9), "BRSFS"), ((62.1, -7.1), "FOKVI"), ((69.5, 19.6), "NOTOS"), ((18.0, -92.9), "MXCME")],
)  # fmt: skip
def test_a_port_on_an_islet_before_the_coast_is_reached_by_road(place, code):
    network = sea_network()
    port = np.array([network.port_at[code]])
    here, there = (landmasses(*one) for one in ((np.array([place[0]]), np.array([place[1]])), network.port_place(port)))
    assert here[0] == there[0] >= 0


def test_galveston_is_reached_from_houston():
    network = sea_network()
    port = network.port_place(np.array([network.port_at["USGLS"]]))
    assert landmasses(*port)[0] == landmasses(np.array([29.76]), np.array([-95.37]))[0] >= 0


def test_a_quay_beside_an_islet_belongs_to_the_land_behind_it_and_one_of_an_island_stays_there():
    network = sea_network()
    codes = ("DKCPH", "VNHPH", "GBCOW", "PHCEB", "TTPOS", "MTMAR", "ISREY")
    found = dict(zip(codes, landmasses(*network.port_place(np.array([network.port_at[code] for code in codes]))).tolist(), strict=True))
    assert found["DKCPH"] == found["VNHPH"] == masses("road")["Berlin"]
    islands = [found[code] for code in ("GBCOW", "PHCEB", "TTPOS", "MTMAR", "ISREY")]
    assert len({*islands, *masses("road").values()}) == 5 + len(set(masses("road").values()))


def test_islands_of_korea_hang_on_korea_not_on_the_continent():
    geoje, busan, beijing = landmasses(np.array([34.88, 35.2, 39.9]), np.array([128.62, 129.0, 116.4]))
    assert geoje == busan != beijing


def test_no_seaport_lies_on_an_islet_beside_land_that_its_trucks_cannot_enter():
    """Of seaports, those whose nearest land elsewhere is within 5 km stand on it; Klaksvík's tunnel leads to an island too."""
    network = sea_network()
    seaports = np.flatnonzero(network.seaport)
    north, east = network.port_place(seaports)
    own = landmasses(north, east)
    share: dict[int, int] = dict(zip(*(one.tolist() for one in np.unique(own, return_counts=True)), strict=True))
    alone = [row for row in range(len(seaports)) if share[int(own[row])] == 1 and own[row] >= 0]
    around = [(0.06, 0.0), (-0.06, 0.0), (0.0, 0.06), (0.0, -0.06)]  # about 6 km each way
    lost = []
    for row in alone:
        beside = landmasses(north[row] + np.array([one[0] for one in around]), east[row] + np.array([one[1] for one in around]))
        if any(mass != own[row] and share.get(int(mass), 0) > 20 for mass in beside.tolist()):
            lost.append(network.port_code[seaports[row]])
    assert lost == []


TERRITORIES = {"VN": "VN", "PL": "EU", "DE": "EU", "US": "US", "CA": "CA", "CD": "CD", "CN": "CN", "CH": "CH", "GB": "GB"}


def ports_of(country: str | None, latitude: float, longitude: float, territories: dict[str, str | None] = TERRITORIES) -> list[str]:
    """Countries of the ports that a site of a country chooses from."""
    home = ports_at_home([country], territories)
    rows = nearest_ports(np.array([latitude]), np.array([longitude]), "road", home=home)[0]
    return [port_country(sea_network().port_code[row]) for row in rows if row >= 0]


@pytest.mark.parametrize(
    ("country", "place"),
    [("VN", (21.03, 105.85)), ("CA", (43.6, -79.4)), ("US", (42.3, -83.1)), ("CN", (45.3, 130.9)), ("CN", (30.9, 105.4)), ("US", (39.7, -105.0))],
    ids=["Hanoi", "Toronto", "Detroit", "Jixi", "Shehong", "Denver"],
)  # fmt: skip
def test_a_site_ships_through_ports_of_its_own_customs_territory(country, place):
    assert set(ports_of(country, *place)) == {country}


def test_a_union_is_one_territory_also_through_members_that_no_table_names():
    warsaw, debrecen = ports_of("PL", 52.2, 21.0), ports_of("HU", 47.5, 21.6)
    assert "RU" not in warsaw
    assert "PL" in warsaw
    assert set(debrecen) <= {"PL", "HR", "SI", "IT", "RO", "BG", "GR", "DE"}
    assert len(debrecen) == 5


def test_members_of_a_union_that_a_table_sets_apart_stay_apart():
    assert set(ports_of("PL", 52.2, 21.0, {"PL": "PL", "DE": "EU"})) == {"PL"}


@pytest.mark.parametrize(("country", "place"), [("CH", (47.0, 8.0)), ("CD", (-10.8, 25.9))], ids=["Lucerne", "Kisanfu"])
def test_a_site_whose_own_ports_are_none_or_out_of_reach_ships_through_others(country, place):
    assert ports_of(country, *place) == ports_of(None, *place) != []


def test_a_site_without_country_takes_the_nearest_ports():
    plain = nearest_ports(np.array([52.2]), np.array([21.0]), "road")[0]
    assert ports_of(None, 52.2, 21.0) == [port_country(sea_network().port_code[row]) for row in plain if row >= 0]


def test_every_port_has_a_country_that_is_one():
    strange = {code for code in sea_network().port_code if port_country(code) not in COUNTRY_CODES}
    assert strange == set()
