"""Rules that make lanes, lanes that leave their legs open, and passages that close."""

from __future__ import annotations

from datetime import date

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
