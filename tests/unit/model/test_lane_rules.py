"""Rules that make lanes, lanes that leave their legs open, and passages that close."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from hinterland.app import check, read
from hinterland.app.routing import explain_route
from hinterland.core.errors import InvalidTables
from hinterland.model.scenario import resolve
from worlds import Tables

CHAINS = "truck|truck+ship+truck"
PLACES = {
    "loyalist": ("CA", 44.22, -76.7),
    "jiangmen": ("CN", 22.58, 113.08),
    "florence": ("US", 34.2, -79.76),
    "debrecen": ("HU", 47.45, 21.6),
}


def cam_and_cells(**rule: object) -> Tables:
    """Two makers of cathode material, two cell plants, one rule between them; road 0.1, sea 0.017 USD per tkm."""
    regions = {"CA": "north_america", "US": "north_america", "CN": "asia", "HU": "europe"}
    return {
        "settings": [{"key": "currency", "value": "USD"}, {"key": "base_date", "value": "2026-01-01"}],
        "periods": [{"period_id": str(year), "start_date": f"{year}-01-01", "end_date": f"{year}-12-31"} for year in (2026, 2027, 2028)],
        "countries": [{"country": country, "region": region} for country, region in regions.items()],
        "products": [{"product_id": "cam", "unit": "t", "mass_kg_per_unit": 1000.0}, {"product_id": "cell", "unit": "t", "mass_kg_per_unit": 1000.0}],
        "sites": [{"site_id": site, "country": country, "latitude": north, "longitude": east} for site, (country, north, east) in PLACES.items()],
        "recipes": [{"recipe_id": "cell", "product_id": "cell"}],
        "recipe_lines": [{"recipe_id": "cell", "product_id": "cam", "role": "input", "quantity_per_unit": 1.0}],
        "processes": [
            *({"site_id": site, "product_id": "cam", "capacity_per_year": 100.0, "conversion_cost_per_unit": 10.0} for site in ("loyalist", "jiangmen")),
            *({"site_id": site, "recipe_id": "cell", "capacity_per_year": 100.0, "conversion_cost_per_unit": 1.0} for site in ("florence", "debrecen")),
        ],
        "demand": [{"site_id": site, "product_id": "cell", "period_id": "2027", "quantity": 10.0, "shortage_cost_per_unit": 1e5} for site in ("florence", "debrecen")],
        "modes": [
            {"mode_id": "truck", "kind": "road", "co2e_kg_per_tkm": 0.095, "speed_km_per_day": 600.0, "handling_days": 0.5},
            {"mode_id": "rail", "kind": "rail", "co2e_kg_per_tkm": 0.035, "speed_km_per_day": 800.0, "handling_days": 0.5},
            {"mode_id": "ship", "kind": "sea", "co2e_kg_per_tkm": 0.02, "speed_km_per_day": 580.0, "handling_days": 6.0},
        ],
        "freight_rates": [
            {"mode_id": "truck", "cost_per_t": 4.0, "cost_per_tkm": 0.1}, {"mode_id": "rail", "cost_per_t": 4.0, "cost_per_tkm": 0.03},
            {"mode_id": "ship", "cost_per_t": 25.0, "cost_per_tkm": 0.017},
        ],
        "lane_rules": [{"rule_id": "r", "product_id": "cam", "mode_chain": CHAINS, **rule}],
    }  # fmt: skip


def lanes(tables: Tables) -> pl.DataFrame:
    return resolve(read(tables))["lanes"]


def pairs(tables: Tables) -> set[tuple[str, str]]:
    return set(lanes(tables).select("from_site", "to_site").iter_rows())


def codes(tables: Tables) -> set[str]:
    return {issue.code for issue in check(tables)}


def test_a_rule_links_makers_with_takers_alone():
    assert pairs(cam_and_cells()) == {
        ("loyalist", "florence"),
        ("loyalist", "debrecen"),
        ("jiangmen", "florence"),
        ("jiangmen", "debrecen"),
    }


def test_a_lane_of_a_rule_is_named_by_rule_sites_product_and_chain():
    assert "r:loyalist>florence:cam:truck" in lanes(cam_and_cells())["lane_id"].to_list()


def test_groups_narrow_a_rule():
    assert pairs(cam_and_cells(from_group="CN", to_group="europe")) == {("jiangmen", "debrecen")}


def test_same_region_keeps_goods_in_their_region():
    assert pairs(cam_and_cells(same_region=True)) == {("loyalist", "florence")}


def test_nearest_k_keeps_the_nearest_maker_of_each_taker():
    assert pairs(cam_and_cells(nearest_k=1)) == {("loyalist", "florence"), ("loyalist", "debrecen")}


def test_no_lane_is_longer_than_the_rule_allows():
    assert pairs(cam_and_cells(max_distance_km=1500.0)) == {("loyalist", "florence")}
    # the great circle is 1,145 km, the road 1.3 times as long
    assert "rule_makes_nothing" in codes(cam_and_cells(max_distance_km=1450.0))


def test_legs_ports_and_passages_are_filled():
    lane = lanes(cam_and_cells(from_group="jiangmen", to_group="debrecen", mode_chain="truck+ship+truck")).row(0, named=True)
    km = [float(one) for one in lane["leg_km"].split("+")]
    assert len(km) == 3
    assert 13_000 < km[1] < 16_500
    assert lane["via_ports"].count("+") == 1
    assert {"malacca", "suez"} <= set(lane["passages"].split("|"))


def test_a_chain_that_is_beaten_in_cost_days_and_co2e_is_dropped():
    tables = cam_and_cells(mode_chain="truck|rail", to_group="florence", from_group="loyalist")
    assert lanes(tables)["mode_chain"].to_list() == ["rail"]  # cheaper, cleaner, faster
    tables["modes"][1]["speed_km_per_day"] = 300.0
    assert sorted(lanes(tables)["mode_chain"].to_list()) == ["rail", "truck"]  # slower now, so both stay


def test_a_lane_of_the_table_is_not_made_again():
    tables = cam_and_cells(from_group="loyalist", to_group="florence", mode_chain="truck|rail")
    tables["lanes"] = [
        {"lane_id": "mine", "from_site": "loyalist", "to_site": "florence", "product_id": "cam", "mode_chain": "truck", "leg_km": "1488"}
    ]
    found = lanes(tables)
    assert found.filter(pl.col("mode_chain") == "truck")["lane_id"].to_list() == ["mine"]
    assert found.filter(pl.col("lane_id") == "mine")["leg_km"].to_list() == ["1488"]


def test_a_lane_without_legs_gets_them_and_given_ones_win():
    tables = cam_and_cells()
    tables.pop("lane_rules")
    both = {"from_site": "loyalist", "to_site": "florence", "product_id": "cam", "mode_chain": "truck"}
    tables["lanes"] = [{"lane_id": "open", **both}, {"lane_id": "given", **both, "distance_km": 2000.0}]
    found = {row["lane_id"]: row for row in lanes(tables).iter_rows(named=True)}
    assert float(found["open"]["leg_km"]) == pytest.approx(1.3 * 1145, abs=5)
    assert found["given"]["leg_km"] is None
    assert found["given"]["distance_km"] == 2000.0


def test_the_circuity_of_a_mode_is_used():
    tables = cam_and_cells(from_group="loyalist", to_group="florence", mode_chain="truck")
    tables["modes"][0]["circuity_factor"] = 2.0
    assert float(lanes(tables)["leg_km"][0]) == pytest.approx(2 * 1145, abs=5)


def test_ports_of_a_site_and_of_a_rule_are_kept_to():
    tables = cam_and_cells(from_group="jiangmen", to_group="debrecen", mode_chain="truck+ship+truck")
    tables["sites"][3]["port"] = "PLGDN|DEHAM"
    assert lanes(tables)["via_ports"][0].split("+")[1] in {"PLGDN", "DEHAM"}
    tables["lane_rules"][0]["via_ports"] = "CNSHA+NLRTM"
    assert lanes(tables)["via_ports"].to_list() == ["CNSHA+NLRTM"]


def closed() -> Tables:
    tables = cam_and_cells(from_group="jiangmen", to_group="debrecen", mode_chain="truck+ship+truck")
    tables["closures"] = [{"passage": "suez", "valid_from": "2027-01-01", "valid_to": "2027-12-31"}]
    return tables


def test_a_closed_passage_makes_the_way_longer_on_its_days_and_no_others():
    rows = lanes(closed()).sort("valid_from", nulls_last=False)
    assert [(row["valid_from"], row["valid_to"]) for row in rows.iter_rows(named=True)] == [
        (None, date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 12, 31)), (date(2028, 1, 1), None),
    ]  # fmt: skip
    km = [sum(float(one) for one in cell.split("+")) for cell in rows["leg_km"].to_list()]
    assert km[0] == km[2] < km[1] - 5000
    assert "suez" not in rows["passages"][1]
    assert rows["lane_id"].n_unique() == 3


def test_the_longer_way_is_later_dearer_and_dirtier():
    from hinterland.model.lanes import lane_rates

    rates = lane_rates(resolve(read(closed())))
    row = {row["lane_id"].partition("@")[2]: at for at, row in enumerate(rates.lanes.iter_rows(named=True))}
    before, during = row[""], row["2027-01-01"]
    for matrix in (rates.days, rates.freight_per_unit, rates.co2e_kg_per_unit):
        assert matrix[during, 1] > matrix[before, 0]
    assert rates.open_share[:, 1].tolist() == [float(at == during) for at in range(3)]


def test_a_lane_with_given_legs_is_closed_with_its_passage():
    tables = closed()
    tables.pop("lane_rules")
    tables["lanes"] = [{"lane_id": "mine", "from_site": "jiangmen", "to_site": "debrecen", "product_id": "cam", "mode_chain": "truck+ship+truck",
                        "leg_km": "80+15000+700", "passages": "malacca|suez"}]  # fmt: skip
    found = lanes(tables)
    assert found.select("valid_from", "valid_to").rows() == [(None, date(2026, 12, 31)), (date(2028, 1, 1), None)]
    assert "no_route" in codes(tables)


def test_the_same_network_resolves_to_the_same_digest_and_twice_is_once():
    net = read(closed())
    once = resolve(net)
    assert resolve(net).digest == once.digest
    assert resolve(once).digest == once.digest


def test_a_rule_of_lorries_over_the_sea_is_told():
    assert codes(cam_and_cells(from_group="jiangmen", to_group="florence", mode_chain="truck")) == {"no_route", "rule_makes_nothing"}


def test_an_explained_route_adds_up():
    ways = explain_route(read(cam_and_cells()), "jiangmen", "debrecen", avoid=["suez"], mode_chain="truck+ship+truck|rail")
    assert [way.mode_chain for way in ways] == ["rail", "truck+ship+truck"] or [way.mode_chain for way in ways] == [
        "truck+ship+truck",
        "rail",
    ]
    ship = next(way for way in ways if "ship" in way.mode_chain)
    assert ship.cost_per_t == pytest.approx(4 + 25 + 4 + 0.1 * (ship.legs[0].km + ship.legs[2].km) + 0.017 * ship.legs[1].km)
    assert ship.days == pytest.approx((ship.legs[0].km + ship.legs[2].km) / 600 + ship.legs[1].km / 580 + 7)
    assert ship.co2e_kg_per_t == pytest.approx(0.095 * (ship.legs[0].km + ship.legs[2].km) + 0.02 * ship.legs[1].km)
    assert "suez" not in ship.passages
    assert ship.line[0] == pytest.approx((22.58, 113.08))


@pytest.mark.parametrize(
    ("how", "code"),
    [({"start": "nowhere"}, "unknown_reference"), ({"product": "x"}, "unknown_reference"), ({"avoid": ["sues"]}, "unknown_passage"),
     ({"mode_chain": "truck", "end": "florence"}, "no_route"), ({"mode_chain": "truck+rail"}, "lane_legs"), ({"mode_chain": "zeppelin"}, "lane_legs"),
     ({"mode_chain": "truck+ship+truck", "via_ports": "XX+DEHAM"}, "unknown_port"), ({"avoid": ["suez"], "mode_chain": "truck", "end": "florence"}, "no_route")],
)  # fmt: skip
def test_what_cannot_be_explained_says_why(how, code):
    asked = {"start": "jiangmen", "end": "debrecen", **how}
    with pytest.raises(InvalidTables) as refused:
        explain_route(read(cam_and_cells()), asked.pop("start"), asked.pop("end"), **asked)
    assert code in {issue.code for issue in refused.value.issues}


def with_planes(**rule: object) -> Tables:
    """The same world with a plane at 3 USD per tkm, 10,000 km a day."""
    tables = cam_and_cells(**rule)
    tables["modes"].append({"mode_id": "plane", "kind": "air", "co2e_kg_per_tkm": 0.6, "speed_km_per_day": 1e4, "handling_days": 1.0})
    tables["freight_rates"].append({"mode_id": "plane", "cost_per_t": 50.0, "cost_per_tkm": 3.0})
    return tables


def circle(one: str, other: str) -> float:
    """Great circle between two sites by the law of cosines, mean radius 6,371.0088 km."""
    (_, a, b), (_, c, d) = PLACES[one], PLACES[other]
    a, b, c, d = (math.radians(angle) for angle in (a, b, c, d))
    return 6371.0088 * math.acos(math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d))


def test_a_flight_goes_from_site_to_site_in_rules_lanes_and_explained_routes():
    ruled = lanes(with_planes(from_group="jiangmen", to_group="debrecen", mode_chain="truck+plane+truck")).row(0, named=True)
    tables = with_planes()
    tables.pop("lane_rules")
    tables["lanes"] = [
        {"lane_id": "own", "from_site": "jiangmen", "to_site": "debrecen", "product_id": "cam", "mode_chain": "truck+plane+truck"}
    ]
    for row in (ruled, lanes(tables).row(0, named=True)):
        km = [float(one) for one in row["leg_km"].split("+")]
        assert (km[0], km[2]) == (0.0, 0.0)
        assert km[1] == pytest.approx(circle("jiangmen", "debrecen"), abs=0.51)
    (way,) = explain_route(read(with_planes()), "jiangmen", "debrecen", mode_chain="truck+plane+truck")
    assert [(leg.start, leg.end) for leg in way.legs] == [("jiangmen", "jiangmen"), ("jiangmen", "debrecen"), ("debrecen", "debrecen")]
    assert way.cost_per_t == pytest.approx(4 + 50 + 4 + 3.0 * way.legs[1].km)
    assert way.days == pytest.approx(0.5 + 1.0 + 0.5 + way.legs[1].km / 1e4)
    assert any("airports" in note for note in way.notes)
    assert "no_airports" in codes(with_planes(mode_chain="truck+plane+truck"))


def test_an_airport_that_is_named_is_driven_to():
    (way,) = explain_route(read(with_planes()), "jiangmen", "debrecen", mode_chain="truck+plane+truck", via_ports="CNSHA+")
    assert way.legs[0].end == way.legs[1].start == "CNSHA"
    assert 1000 < way.legs[0].km < 2500
    assert way.legs[2].km == 0.0


@pytest.mark.parametrize("chain", ["plane", "truck+plane", "plane+truck", "truck+plane+truck"])
def test_every_chain_with_one_flight_is_explained(chain):
    (way,) = explain_route(read(with_planes()), "loyalist", "debrecen", mode_chain=chain)
    assert way.km == pytest.approx(circle("loyalist", "debrecen"), abs=0.51)
    assert len(way.legs) == chain.count("+") + 1


@pytest.mark.parametrize("chain", ["truck+plane+ship+truck", "truck+plane+truck+ship+truck", "plane+plane"])
def test_a_flight_that_ends_nowhere_is_refused_with_the_place_to_name(chain):
    with pytest.raises(InvalidTables) as refused:
        explain_route(read(with_planes()), "loyalist", "debrecen", mode_chain=chain)
    (issue,) = refused.value.issues
    assert issue.code == "lane_legs"
    assert issue.what.startswith(chain)
    assert "plane" not in issue.why
    assert "changes" in issue.why
    assert "--via" in issue.fix


def test_all_ways_are_told_where_planes_are_declared_and_a_way_without_a_rate_comes_last():
    tables = with_planes()
    tables["freight_rates"].pop()
    ways = explain_route(read(tables), "jiangmen", "debrecen")
    assert ways[-1].mode_chain == "truck+plane+truck"
    assert math.isnan(ways[-1].cost_per_t)
    assert any("freight rate" in note for note in ways[-1].notes)
    assert all(one.cost_per_t <= other.cost_per_t for one, other in pairwise(ways[:-1]))


def test_a_ship_from_quay_to_quay_tells_its_ports():
    tables = cam_and_cells()
    tables["sites"][1] |= {"latitude": 31.3, "longitude": 121.6}  # Shanghai
    (way,) = explain_route(read(tables), "jiangmen", "debrecen", mode_chain="ship+truck")
    (sea, road) = way.legs
    assert sea.start == "jiangmen"
    assert sea.from_port is not None
    assert sea.from_port.startswith("CN")
    assert sea.to_port == sea.end == road.start
    assert road.to_port is None
    assert len(way.line) > 10  # drawn over the sea, not straight


def test_one_port_for_two_changes_is_told_with_what_to_write():
    with pytest.raises(InvalidTables) as refused:
        explain_route(read(cam_and_cells()), "jiangmen", "debrecen", mode_chain="truck+ship+truck", via_ports="DEHAM")
    (issue,) = refused.value.issues
    assert (issue.table, issue.column, issue.code) == ("route", "via_ports", "lane_legs")
    assert issue.what == "DEHAM names 1 port"
    assert "changes twice: truck to ship, then ship to truck" in issue.why
    assert "+DEHAM" in issue.fix
    with pytest.raises(InvalidTables) as refused:
        explain_route(read(cam_and_cells()), "jiangmen", "debrecen", mode_chain="truck", via_ports="DEHAM")
    assert "changes nowhere" in refused.value.issues[0].why


def test_ports_leave_out_suggested_chains_that_have_no_place_for_them():
    ways = explain_route(read(with_planes()), "jiangmen", "debrecen", via_ports="+DEHAM")
    assert [way.mode_chain for way in ways] == ["truck+ship+truck"]
    assert ways[0].legs[1].to_port == "DEHAM"


def test_a_site_needs_no_route_to_itself():
    with pytest.raises(InvalidTables) as refused:
        explain_route(read(cam_and_cells()), "jiangmen", "jiangmen")
    assert "both ends" in refused.value.issues[0].what


def test_ports_of_another_territory_are_left_alone_unless_they_are_named():
    tables = cam_and_cells(from_group="loyalist", to_group="florence", mode_chain="truck+ship+truck")
    assert [code[:2] for code in lanes(tables)["via_ports"][0].split("+")] == ["CA", "US"]
    tables["sites"][0]["port"] = "USNYC"
    assert lanes(tables)["via_ports"][0].startswith("USNYC+")
    tables["sites"][0].pop("port")
    tables["lane_rules"][0]["via_ports"] = "USNYC+"
    assert lanes(tables)["via_ports"][0].startswith("USNYC+")


def test_passages_that_nobody_tells_are_not_known_and_those_that_are_none_are_none():
    from hinterland.model.lanes import lane_rates

    tables = cam_and_cells()
    tables.pop("lane_rules")
    sea = {"from_site": "jiangmen", "to_site": "debrecen", "product_id": "cam", "mode_chain": "truck+ship+truck"}
    tables["lanes"] = [
        {"lane_id": "computed", **sea},
        {"lane_id": "silent", **sea, "leg_km": "80+15000+700"},
        {"lane_id": "told", **sea, "leg_km": "80+15000+700", "passages": "Malacca|Suez Canal"},
        {"lane_id": "told_none", **sea, "leg_km": "80+15000+700", "passages": "none"},
        {"lane_id": "land", **sea, "mode_chain": "truck", "leg_km": "9000"},
        {"lane_id": "short_sea", **sea, "from_site": "loyalist", "to_site": "florence"},
    ]
    told = dict(lane_rates(resolve(read(tables))).lanes.select("lane_id", "passages").iter_rows())
    assert "suez" in told.pop("computed")
    assert told == {"silent": None, "told": "malacca|suez", "told_none": "", "land": "", "short_sea": ""}


def test_a_closure_that_no_lane_passes_is_told():
    tables = cam_and_cells(from_group="loyalist", to_group="florence")
    tables["closures"] = [{"passage": "hormuz", "valid_from": "2027-01-01", "valid_to": "2027-12-31"}]
    (issue,) = [one for one in check(tables) if one.code == "binds_nothing"]
    assert (issue.table, issue.row, issue.severity) == ("closures", 2, "warning")
    assert "binds_nothing" not in codes(closed())
    always = closed()
    always["closures"] = [{"passage": "Suez Canal"}]
    assert "binds_nothing" not in codes(always)
