"""Mends that fit what was typed, and one cell that is one problem."""

from __future__ import annotations

import pytest

from hinterland.app import check
from worlds import two_makers


def the_one(tables):
    (issue,) = [one for one in check(tables) if one.severity == "error"]
    return issue


@pytest.mark.parametrize(
    ("cell", "fix"),
    [("80 000", "80000"), ("80\u202f000.5", "80000"), ("80'000", "80000"), ("25 %", "0.25"), ("1,5", "1234.5"), ("much", "number with a decimal point")],
)  # fmt: skip
def test_a_number_that_is_none_is_mended_as_it_was_typed(cell, fix):
    tables = two_makers()
    tables["processes"][0]["conversion_cost_per_unit"] = cell
    assert fix in the_one(tables).fix


def test_a_latitude_that_is_a_longitude_is_taken_for_one():
    tables = two_makers()
    tables["sites"][1] |= {"latitude": 114.1, "longitude": 22.5}
    assert "exchange latitude and longitude" in the_one(tables).fix
    tables["sites"][1] |= {"latitude": 114.1, "longitude": 122.5}
    assert the_one(tables).fix == "enter latitude between -90 and 90"


@pytest.mark.parametrize("cell", [25, "25", 25.0])
def test_a_whole_number_is_echoed_without_decimals(cell):
    tables = two_makers()
    tables["processes"][0]["available_share"] = cell
    assert the_one(tables).what.startswith("'25' in ")


def test_a_share_far_above_one_is_told_once():
    tables = two_makers()
    tables["contracts"] = [{"contract_id": "c", "supplier": "near", "buyer": "plant", "product_id": "part"}]
    tables["contract_phases"] = [{"contract_id": "c", "start_date": "2026-01-01", "min_share": 14}]
    assert [(one.column, one.code) for one in check(tables)] == [("min_share", "share_over_one")]
    tables = two_makers()
    tables["duties"] = [{"rule_id": "d", "ad_valorem_share": 14}]
    assert [one.code for one in check(tables) if one.column == "ad_valorem_share"] == ["share_over_one"]
    tables["contracts"] = [{"contract_id": "c", "supplier": "near", "buyer": "plant", "product_id": "part"}]
    tables["contract_phases"] = [{"contract_id": "c", "start_date": "2026-01-01", "min_share": 0.6, "max_share": 0.5}]
    assert ("min_share", "bounds") in [(one.column, one.code) for one in check(tables)]


def test_a_word_in_the_currency_cell_is_asked_for_its_code():
    tables = two_makers()
    tables["lanes"][0]["currency"] = "euro"
    assert "three capital letters" in the_one(tables).fix
    tables["lanes"][0]["currency"] = "EUR"
    assert the_one(tables).fix == "add EUR to exchange_rates"


def test_a_policy_of_a_kind_that_no_engine_follows_is_named_as_doing_nothing():
    from hinterland.tables.declared.agreeing import POLICY_KINDS_LATER

    tables = two_makers()
    tables["policies"] = [{"policy_id": f"p{at}", "kind": kind, "value": 2} for at, kind in enumerate(POLICY_KINDS_LATER)]
    found = check(tables)
    assert [one.row for one in found] == list(range(2, 2 + len(POLICY_KINDS_LATER)))
    assert all(f"p{at} does nothing" in one.what and "as if the row were not there" in one.why for at, one in enumerate(found))
