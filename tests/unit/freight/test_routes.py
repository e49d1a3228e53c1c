"""Routes of chains: legs add up, ports are chosen by cost, closed passages make them longer, what cannot be joined has none."""

from __future__ import annotations

import numpy as np
import pytest

from hinterland.freight import (
    Atlas,
    find_routes,
    great_circle_km,
    passage_bits,
    passage_names,
    port_problem,
    port_rows,
    sea_network,
    unroutable,
)
from hinterland.freight.passages import PASSAGES, passage_id

SITES = {"Munich": (48.1, 11.6), "Liyang": (31.4, 119.5), "Spartanburg": (34.9, -82.2), "Dublin": (53.3, -6.5), "Hamburg": (53.5, 10.0)}
NAMES = list(SITES)


@pytest.fixture(scope="module")
def atlas():
    latitude, longitude = (np.array(one) for one in zip(*SITES.values(), strict=True))
    return Atlas(latitude, longitude)


def way(atlas, kinds, start, end, *, via=None, closed=(), weight=None):
    legs = len(kinds)
    ports = np.full((1, legs - 1), -1) if via is None else np.array([[port_rows([one])[0] if one else -1 for one in via]])
    return find_routes(
        atlas, kinds, np.array([NAMES.index(start)]), np.array([NAMES.index(end)]),
        circuity=np.array([[1.3 if kind == "road" else 1.2 if kind == "rail" else 1.0 for kind in kinds]]),
        weight=np.array([weight or [0.1 if kind == "road" else 0.03 if kind == "rail" else 0.01 for kind in kinds]]), via=ports, closed=passage_bits(closed),
    )  # fmt: skip


def circle(start, end):
    return float(great_circle_km(*(np.array(one) for one in (*SITES[start], *SITES[end]))))


def test_a_lorry_goes_the_great_circle_times_its_circuity(atlas):
    assert way(atlas, ["road"], "Munich", "Hamburg").km[0, 0] == pytest.approx(1.3 * circle("Munich", "Hamburg"))
    assert way(atlas, ["rail"], "Munich", "Liyang").km[0, 0] == pytest.approx(1.2 * circle("Munich", "Liyang"))


def test_no_lorry_crosses_the_ocean(atlas):
    assert not way(atlas, ["road"], "Munich", "Spartanburg").found[0]
    assert not way(atlas, ["road"], "Munich", "Dublin").found[0]


def test_a_plane_goes_the_great_circle_from_site_to_site(atlas):
    km = way(atlas, ["road", "air", "road"], "Munich", "Spartanburg").km[0]
    assert km == pytest.approx([0.0, circle("Munich", "Spartanburg"), 0.0])


def test_a_ship_takes_lorries_to_a_port_and_from_a_port(atlas):
    found = way(atlas, ["road", "sea", "road"], "Liyang", "Munich")
    km, (first, last) = found.km[0], found.ports[0]
    assert sea_network().port_code[first].startswith("CN")
    assert km[1] == pytest.approx(sea_network().distances(np.array([first]), np.array([last]))[0][0, 0])
    assert {"malacca", "suez"} <= set(passage_names(found.passages[0]))


def test_dear_lorries_pull_the_port_to_the_plant_and_dear_ships_push_it_away(atlas):
    near = way(atlas, ["road", "sea", "road"], "Liyang", "Munich", weight=[1.0, 0.001, 1.0])
    far = way(atlas, ["road", "sea", "road"], "Liyang", "Munich", weight=[0.001, 1.0, 0.001])
    assert near.km[0, [0, 2]].sum() < far.km[0, [0, 2]].sum()
    assert near.km[0, 1] > far.km[0, 1]


def test_named_ports_are_used(atlas):
    found = way(atlas, ["road", "sea", "road"], "Liyang", "Munich", via=["CNSHA", "DEHAM"])
    assert [sea_network().port_code[port] for port in found.ports[0]] == ["CNSHA", "DEHAM"]
    half = way(atlas, ["road", "sea", "road"], "Liyang", "Munich", via=["", "DEHAM"])
    assert sea_network().port_code[half.ports[0, 1]] == "DEHAM"


def test_goods_change_ship_where_a_port_is_named(atlas):
    found = way(atlas, ["road", "sea", "sea", "road"], "Liyang", "Munich", via=["CNSHA", "SGSIN", "DEHAM"])
    straight = way(atlas, ["road", "sea", "road"], "Liyang", "Munich", via=["CNSHA", "DEHAM"])
    assert found.found[0]
    assert found.km[0, 1:3].sum() == pytest.approx(straight.km[0, 1], rel=0.01)  # Singapore lies on the way


def test_without_suez_the_way_leads_round_the_cape_and_is_longer(atlas):
    before = way(atlas, ["road", "sea", "road"], "Liyang", "Munich")
    after = way(atlas, ["road", "sea", "road"], "Liyang", "Munich", closed=["suez"])
    assert after.km[0].sum() > before.km[0].sum() + 4000
    assert "cape_of_good_hope" in passage_names(after.passages[0])
    assert "suez" not in passage_names(after.passages[0])


@pytest.mark.parametrize("passage", [one for one in PASSAGES if one not in {"northwest", "northern_sea_route"}])
def test_a_closed_passage_is_on_no_way_and_never_shortens_one(passage):
    network = sea_network()
    ports = np.array([network.port_at[code] for code in ("CNSHA", "NLRTM", "USEWR", "AEJEA", "UAODS", "CLSAI", "AUFRE", "PLGDY", "ARBUE")])
    free, _ = network.distances(ports, ports)
    shut, bits = network.distances(ports, ports, passage_bits([passage]))
    wait = 450.0 + 900.0  # canals may be avoided for their queue, so a way may be longer than the shortest by as much
    assert not (bits & np.uint32(passage_bits([passage]))).any()
    assert (shut >= free - wait).all()


def test_the_black_sea_is_shut_with_the_bosporus():
    network = sea_network()
    km, _ = network.distances(np.array([network.port_at["UAODS"]]), np.array([network.port_at["ITGOA"]]), passage_bits(["bosporus"]))
    assert np.isinf(km[0, 0])


def test_the_line_on_the_map_is_as_long_as_the_way():
    network = sea_network()
    ends = [network.port_at[code] for code in ("SGSIN", "NLRTM")]
    latitude, longitude = network.path(*ends)
    km = great_circle_km(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:]).sum()
    assert km == pytest.approx(network.distances(np.array(ends[:1]), np.array(ends[1:]))[0][0, 0], rel=1e-9)


def test_the_antimeridian_is_no_edge_of_the_world():
    network = sea_network()
    _, longitude = network.path(network.port_at["JPYOK"], network.port_at["USOAK"])
    assert longitude[0] > 139
    assert longitude[-1] < -122
    assert not ((longitude > -100) & (longitude < 100)).any()


@pytest.mark.parametrize(
    ("kinds", "named", "possible"),
    [(["road"], [], True), (["road", "sea", "rail"], [False, False], True), (["road", "air", "road"], [False, False], True),
     (["road", "rail"], [False], False), (["road", "rail"], [True], True), (["road", "sea", "sea", "road"], [False, False, False], False),
     (["road", "sea", "sea", "road"], [False, True, False], True)],
)  # fmt: skip
def test_a_chain_is_routed_where_every_change_has_a_place(kinds, named, possible):
    assert (unroutable(kinds, named) is None) is possible


def test_ports_that_are_none_are_told_with_the_nearest_name():
    assert port_problem("NLRTM") is None
    what, _why, fix = port_problem("Rotterdam")
    assert "no port" in what
    assert "NLRTM" in fix
    assert "km from the shipping network" in port_problem("USATL")[0]


def test_the_file_and_the_program_name_the_same_passages():
    from importlib.resources import files

    with (files("hinterland.freight") / "data" / "sea.npz").open("rb") as file, np.load(file) as kept:
        assert tuple(kept["names"].tolist()) == PASSAGES


def test_passages_go_by_their_usual_names_too():
    assert [passage_id(name) for name in ("Suez Canal", "ormuz", "Øresund", "south_africa", "lake")] == [
        "suez", "hormuz", "oresund", "cape_of_good_hope", None,
    ]  # fmt: skip
