"""What supply reaches through the chain, and that a cause is told once, where the chain breaks."""

from __future__ import annotations

import pytest

from hinterland.app import check
from hinterland.model.arrays import arrays_of
from hinterland.model.reach import Reach, demand_problems
from worlds import network, two_makers


def told(tables):
    return [(one.table, one.row, one.code) for one in check(tables)]


def test_everything_of_a_chain_that_works_can_be_had():
    reach = Reach(arrays_of(network(two_makers())))
    assert reach.can.all()
    assert demand_problems(reach) == []


def test_the_place_where_the_chain_breaks_is_named_not_the_market_at_its_end():
    tables = two_makers()
    tables["products"].append({"product_id": "ore", "unit": "kg", "mass_kg_per_unit": 1.0})
    tables["sites"].append({"site_id": "mine", "country": "US"})
    tables["recipes"].append({"recipe_id": "part_from_ore", "product_id": "part"})
    tables["recipe_lines"].append({"recipe_id": "part_from_ore", "product_id": "ore", "role": "input", "quantity_per_unit": 2.0})
    tables["processes"][:2] = [
        {"site_id": "near", "recipe_id": "part_from_ore", "capacity_per_year": 150.0},
        {"site_id": "mine", "product_id": "ore", "capacity_per_year": 900.0},
    ]
    tables["lanes"][1] = tables["lanes"][1] | {"from_site": "mine", "to_site": "town", "product_id": "ore", "lane_id": "wrong"}
    found = check(tables)
    broken = [one for one in found if one.code == "no_lane"]
    assert [(one.table, one.row) for one in broken] == [("demand", 2)]
    assert "ore to near" in broken[0].why
    assert "car that town asks for" in broken[0].what
    assert ("lanes", 3, "idle_lane") in told(tables)


def test_a_product_that_nobody_makes_is_told_once_and_not_again_at_each_market():
    tables = two_makers()
    tables["processes"] = tables["processes"][2:]
    tables["lanes"] = tables["lanes"][2:]
    assert told(tables) == [("products", 2, "no_source")]


def test_a_lane_that_opens_after_the_last_period_brings_nothing():
    tables = two_makers()
    for lane in tables["lanes"][:2]:
        lane["qualified_from"] = "2028-01-01"
    assert told(tables) == [("demand", 2, "no_lane")]


@pytest.mark.parametrize("extra", ["stocks", "purchases"])
def test_stock_and_purchases_are_sources(extra):
    tables = two_makers()
    tables["lanes"] = tables["lanes"][2:]
    rows = {
        "stocks": {"site_id": "plant", "product_id": "part", "initial_quantity": 5.0},
        "purchases": {"site_id": "plant", "product_id": "part", "price_per_unit": 9.0},
    }
    tables[extra] = [rows[extra]]
    assert ("demand", 2, "no_lane") not in told(tables)


def test_goods_may_pass_through_a_site_that_only_forwards_them():
    tables = two_makers()
    tables["sites"].append({"site_id": "hub", "country": "US", "status": "candidate"})
    tables["lanes"][0] |= {"to_site": "hub"}
    tables["lanes"].append(tables["lanes"][0] | {"lane_id": "hub-plant", "from_site": "hub", "to_site": "plant"})
    assert told(tables) == []


def test_a_closed_passage_that_a_lane_names_is_at_work():
    tables = two_makers()
    tables["lanes"][1]["passages"] = "panama"
    tables["closures"] = [{"passage": "panama", "valid_from": "2027-01-01"}]
    assert ("closures", 2, "binds_nothing") not in told(tables)
    tables["closures"] = [{"passage": "suez", "valid_from": "2027-01-01"}]
    assert ("closures", 2, "binds_nothing") in told(tables)


def test_a_contract_of_a_buyer_that_is_its_own_supplier_needs_no_lane():
    tables = two_makers()
    tables["contracts"] = [{"contract_id": "own", "supplier": "US", "buyer": "US", "product_id": "part", "share_basis": "need"}]
    assert told(tables) == []


def test_a_contract_that_is_no_more_than_an_option_is_left_alone_until_a_scenario_signs_it():
    tables = two_makers()
    tables["contracts"] = [{"contract_id": "c", "supplier": "near", "buyer": "plant", "product_id": "car", "status": "option"}]
    assert told(tables) == []
    tables["scenarios"] = [{"scenario_id": "sign"}]
    tables["overrides"] = [
        {"scenario_id": "sign", "order": 1, "table": "contracts", "where": "contract_id=c", "column": "status", "value": "signed"}
    ]
    assert told(tables) == [("contracts", 2, "idle_contract")]


def test_limits_that_a_scenario_or_a_dated_change_sets_are_switches():
    tables = two_makers()
    tables["policies"] = [{"policy_id": "home", "kind": "min_regional_share", "product": "part", "to_group": "plant"}]
    assert told(tables) == [("policies", 2, "binds_nothing")]
    tables["changes"] = [
        {
            "change_id": "x",
            "table": "policies",
            "where": "policy_id=home",
            "column": "value",
            "action": "set",
            "value": 0.5,
            "valid_from": "2027-01-01",
        }
    ]
    assert told(tables) == []
    tables["changes"][0]["where"] = "kind=max_co2e"
    assert ("policies", 2, "binds_nothing") in told(tables)


def test_a_shortage_that_a_dated_change_prices_is_not_free():
    tables = two_makers()
    for row in tables["demand"]:
        row["shortage_cost_per_unit"] = None
    assert told(tables) == [("demand", 2, "free_shortage")]
    change = {
        "change_id": "x",
        "table": "demand",
        "where": "site_id=town",
        "column": "shortage_cost_per_unit",
        "action": "set",
        "value": 9.0,
    }
    tables["changes"] = [change]
    assert told(tables) == []


def test_a_duty_of_the_whole_territory_or_of_all_its_countries_is_fine():
    tables = two_makers()
    for country in ("DE", "HU"):
        tables["countries"].append({"country": country, "region": "europe", "customs_territory": "EU"})
    tables["countries"][0]["customs_territory"], tables["countries"][1]["customs_territory"] = "US", "CN"
    for cell in ("EU", "DE|HU", "US"):
        tables["duties"] = [{"rule_id": "d", "importer": cell, "ad_valorem_share": 0.1}]
        assert "within_territory" not in [code for _, _, code in told(tables)]
