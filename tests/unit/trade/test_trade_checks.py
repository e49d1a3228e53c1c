"""What is no problem of duty rows: countries of the world, rows that rank apart, switches that never meet."""

from __future__ import annotations

import pytest

from hinterland.app import check
from hinterland.core.countries import COUNTRY_CODES
from hinterland.model.network import Network
from hinterland.model.origins import duty_rules
from hinterland.tables.trade_checks import trade_problems
from hinterland.trade import shipped_tables
from worlds import two_makers

DUTY = {"rule_id": "d", "importer": "US", "origin": "CN", "hs_prefix": "8507.60", "ad_valorem_share": 0.1}
OTHER = {**DUTY, "rule_id": "e", "ad_valorem_share": 0.2}


def codes(*duties, **more):
    tables = two_makers()
    tables["duties"] = [dict(row) for row in duties]
    tables["product_codes"] = [{"product_id": "part", "importer": "*", "hs_code": "8507.60"}]
    for name, rows in more.items():
        tables[name] = rows
    return {issue.code for issue in check(tables)}


@pytest.mark.parametrize(
    "apart",
    [
        {"origin": "CN|JP"},  # more countries
        {"hs_prefix": "8507"},  # shorter
        {"valid_from": "2026-07-01"},  # later
        {"use": "auto_part"},
        {"producer": "BYD"},
        {"programme": "levy"},
        {"importer": "CA"},
        {"origin": "JP"},
    ],
)
def test_rows_that_rank_or_goods_tell_apart_are_no_tie(apart):
    assert "duty_tie" not in codes(DUTY, {**OTHER, **apart})


def test_rows_of_one_rank_that_ask_for_the_same_or_hold_on_other_days_are_no_tie():
    assert "duty_tie" not in codes(DUTY, {**OTHER, "ad_valorem_share": 0.1})
    assert "duty_tie" not in codes(
        {**DUTY, "origin": "CN|JP", "valid_to": "2026-06-30"}, {**OTHER, "origin": "JP|KR", "valid_from": "2026-07-01"}
    )


def test_rows_may_speak_of_countries_that_no_site_is_in():
    groups = [{"group_id": "islands", "member": "GB"}, {"group_id": "islands", "member": "IE"}]
    assert (
        codes(
            {**OTHER, "importer": "GB|@islands", "origin": "VN"},
            DUTY,
            groups=groups,
            product_values=[{"product_id": "part", "value_per_unit": 9.0}],
        )
        == set()
    )
    assert "unknown_reference" in codes({**DUTY, "origin": "@island"})
    assert len(COUNTRY_CODES) == 249
    assert {"GB", "CN", "SS", "XK"} - COUNTRY_CODES == {"XK"}  # user-assigned


def test_switches_of_different_importers_make_no_ring():
    one, other = ({"programme": name, "excludes_programmes": off} for name, off in ("ab", "ba"))
    assert "duty_ring" in codes({**DUTY, **one}, {**OTHER, **other})
    assert "duty_ring" not in codes({**DUTY, **one}, {**OTHER, **other, "importer": "CA"})
    assert "duty_ring" not in codes({**DUTY, **one, "valid_to": "2026-01-31"}, {**OTHER, **other, "valid_from": "2026-02-01"})


def test_goods_with_a_line_elsewhere_are_told_only_where_a_duty_could_be_meant():
    part = {"product_id": "part", "importer": "CN"}
    assert "no_tariff_line" in codes(DUTY, product_codes=[{**part, "hs_code": "8507.60.9900"}])
    assert "no_tariff_line" not in codes(DUTY, product_codes=[{**part, "hs_code": "2841.90"}])
    assert "no_tariff_line" not in codes({**DUTY, "ad_valorem_share": 0.0}, product_codes=[{**part, "hs_code": "8507.60"}])


def test_the_shipped_rows_contradict_nothing_and_open_to_countries():
    tables = shipped_tables()
    assert trade_problems(tables) == []
    rules = {rule.rule_id: rule for rule in duty_rules(Network(tables))}
    assert len(rules["eu_mfn_850760"].importers) == 27
    assert rules["us_122_usmca"].origins == {"CA", "MX"}
    assert all(country in COUNTRY_CODES for rule in rules.values() for country in (*(rule.importers or ()), *(rule.origins or ())))
