"""What lanes pay at a border, by hand: spans, claims, makers, uses, free zones, freight in the value, weight and carbon."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from hinterland.core.errors import InvalidTables
from hinterland.model.lanes import lane_rates
from worlds import network, two_makers

DUTY = {"rule_id": "d", "importer": "US", "origin": "CN", "hs_prefix": "8708", "ad_valorem_share": 0.1}


def world(*duties, count=1, code="8708.99", **more):
    """The two makers; parts of value 40 from afar (CN) pay what `duties` say."""
    tables = two_makers(count)
    tables["duties"] = [dict(row) for row in duties]
    tables["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": code}]
    tables["product_values"] = [{"product_id": "part", "value_per_unit": 40.0}]
    for name, rows in more.items():
        tables[name] = rows
    return tables


def rates(tables):
    return lane_rates(network(tables))


def far(found, lane="far-plant"):
    return found.lanes["lane_id"].to_list().index(lane)


def due(tables, lane="far-plant"):
    found = rates(tables)
    return found.duty_per_unit[far(found, lane)]


def claimed(tables, rule):
    found = rates(tables)
    return found.duties.claims[rule][far(found)]


def test_a_duty_is_a_share_of_the_value_and_nothing_is_due_at_home():
    assert due(world(DUTY)) == pytest.approx([4.0])
    assert due(world(DUTY), "near-plant").tolist() == [0.0]
    assert rates(world(DUTY)).duty_share[far(rates(world(DUTY)))].tolist() == [0.1]


def test_the_stack_is_averaged_by_days_and_not_each_layer():
    base = {**DUTY, "origin": None, "ad_valorem_share": 0.2, "valid_to": "2026-03-14"}  # 73 of 365 days
    levy = {**DUTY, "rule_id": "n", "programme": "levy", "ad_valorem_share": 0.1, "stacking": "net_of_mfn"}
    # 73 days at max(20, 10) %, 292 days at 10 %: 0.2 · 0.2 + 0.8 · 0.1 = 12 %; layer by layer it would be 4 + 6 = 10 %
    assert due(world(base, levy)) == pytest.approx([40 * 0.12])


def test_a_value_that_changes_in_the_year_meets_the_duty_of_its_own_days():
    values = [{"product_id": "part", "value_per_unit": value, "valid_from": day} for value, day in ((40.0, None), (80.0, "2026-10-20"))]
    late = {**DUTY, "valid_from": "2026-10-20"}  # 73 days, all of them at the higher value
    assert due(world(late, product_values=values)) == pytest.approx([0.2 * 0.1 * 80])


def test_a_tariff_line_that_changes_in_the_year_cuts_it():
    codes = [
        {"product_id": "part", "importer": "US", "hs_code": line, "valid_from": day}
        for line, day in (("8708", None), ("8707", "2026-03-15"))
    ]
    assert due(world(DUTY, product_codes=codes)) == pytest.approx([0.2 * 4.0])


def test_a_change_of_a_rate_cuts_the_year_where_layers_depend_on_each_other():
    base = {**DUTY, "origin": None, "ad_valorem_share": 0.0}
    levy = {**DUTY, "rule_id": "n", "programme": "levy", "stacking": "net_of_mfn"}
    change = {"change_id": "x", "table": "duties", "where": "rule_id=d", "column": "ad_valorem_share", "action": "set", "value": 0.2,
              "valid_from": "2026-01-01", "valid_to": "2026-03-14"}  # fmt: skip
    assert due(world(base, levy, changes=[change])) == pytest.approx([40 * 0.12])


def test_a_claim_has_a_duty_of_its_own_and_says_where_it_changes_nothing():
    tables = world(
        {**DUTY, "origin": None},
        {**DUTY, "rule_id": "free", "programme": "pact", "ad_valorem_share": 0.02, "stacking": "replace", "origin_rule_id": "pact"},
        {**DUTY, "rule_id": "extra", "programme": "levy", "ad_valorem_share": 0.05, "applies_if_not_origin_rule_id": "pact"},
        origin_rules=[{"origin_rule_id": "pact", "method": "rvc_tv", "threshold_share": 0.6, "cumulation_group": "CN"}],
    )
    assert due(tables) == pytest.approx([40 * 0.15])
    assert claimed(tables, "pact") == pytest.approx([40 * 0.02])
    tables["duties"][1]["hs_prefix"] = "01"
    tables["duties"][2]["hs_prefix"] = "01"
    assert np.isnan(claimed(tables, "pact")).all()


def test_a_claim_counts_only_while_its_origin_rule_is_in_force_and_speaks_of_the_line():
    rule = {"origin_rule_id": "pact", "method": "rvc_tv", "threshold_share": 0.6, "cumulation_group": "CN"}
    free = {**DUTY, "rule_id": "free", "programme": "pact", "ad_valorem_share": 0.0, "stacking": "replace", "origin_rule_id": "pact"}
    part = world(DUTY, free, count=2, origin_rules=[{**rule, "valid_to": "2026-03-14"}])
    assert claimed(part, "pact")[0] == pytest.approx(0.8 * 4.0)  # free on 73 of 365 days
    assert np.isnan(claimed(part, "pact")[1])
    other = world(DUTY, free, origin_rules=[{**rule, "hs_prefix": "8507"}])
    assert np.isnan(claimed(other, "pact")).all()


def test_a_duty_on_a_maker_follows_the_operator_of_the_site_and_the_producer_of_an_offer():
    own = {**DUTY, "rule_id": "own", "producer": "Far Works", "ad_valorem_share": 0.3}
    tables = world(DUTY, own)
    assert due(tables) == pytest.approx([4.0])
    tables["sites"][1]["operator"] = "Far Works"
    assert due(tables) == pytest.approx([12.0])
    bought = world(
        DUTY,
        own,
        purchases=[{"site_id": "far", "product_id": "part", "price_per_unit": 5.0, "origin_country": "CN", "producer": "Far Works"}],
    )
    bought["processes"].pop(1)
    assert due(bought) == pytest.approx([12.0])


def test_goods_of_makers_that_pay_differently_are_refused_from_a_store():
    tables = world(DUTY, {**DUTY, "rule_id": "own", "producer": "Far Works", "ad_valorem_share": 0.3})
    tables["purchases"] = [{"site_id": "far", "product_id": "part", "price_per_unit": 5.0, "origin_country": "CN", "producer": "Far Works"}]
    with pytest.raises(InvalidTables) as told:
        rates(tables)
    assert [issue.code for issue in told.value.issues] == ["ambiguous_origin"]
    assert "Far Works" in told.value.issues[0].what


def test_a_duty_on_a_use_asks_for_goods_declared_for_it():
    tables = world({**DUTY, "use": "auto-part"})
    assert due(tables).tolist() == [0.0]
    tables["product_codes"][0]["use"] = "auto_part"
    assert due(tables) == pytest.approx([4.0])


def test_weight_and_declared_carbon_pay_beside_the_value():
    tables = world({**DUTY, "ad_valorem_share": 0.0, "specific_per_kg": 0.02, "co2e_price_per_t": 80.0})
    tables["product_values"][0]["declared_co2e_kg_per_unit"] = 500.0
    assert due(tables) == pytest.approx([100 * 0.02 + 0.5 * 80])  # a part weighs 100 kg
    tables["duties"].append({**DUTY, "rule_id": "cap", "programme": "cap", "ad_valorem_share": 1.0, "stacking": "cap_all_in"})
    assert due(tables) == pytest.approx([max(42.0, 40.0)])
    tables["duties"][-1]["ad_valorem_share"] = 1.25
    assert due(tables) == pytest.approx([50.0])


def test_a_specific_duty_needs_no_value_and_a_share_of_none_is_refused():
    tables = world({**DUTY, "ad_valorem_share": 0.0, "specific_per_kg": 0.02}, product_values=[])
    assert due(tables) == pytest.approx([2.0])
    tables["duties"][0]["ad_valorem_share"] = 0.1
    with pytest.raises(InvalidTables) as told:
        rates(tables)
    assert {issue.code for issue in told.value.issues} == {"missing_value"}


def test_freight_is_part_of_the_value_where_the_importer_says_so():
    tables = world(DUTY)
    tables["countries"][0]["customs_value_basis"] = "cif"
    found = rates(tables)
    assert found.duty_per_unit[far(found)] == pytest.approx([0.1 * (40 + 2)])  # the lane takes 2 a part
    assert found.duties.customs_value[far(found)] == pytest.approx([42.0])
    assert found.duty_share[far(found)] == pytest.approx([0.1])


def zone(**sites):
    """Parts go from afar to a port in the US, and from there to the plant; neither makes any."""
    tables = world(DUTY)
    tables["sites"].append({"site_id": "port", "country": "US", "latitude": 33.0, "longitude": -80.0, **sites})
    tables["stocks"] = [{"site_id": "port", "product_id": "part"}]
    lane = {"product_id": "part", "cost_per_unit": 1.0, "co2e_kg_per_unit": 1.0, "lead_time_days": 2.0, "distance_km": 200.0}
    tables["lanes"] += [
        {"lane_id": "far-port", "from_site": "far", "to_site": "port", **lane},
        {"lane_id": "port-plant", "from_site": "port", "to_site": "plant", **lane},
    ]
    return tables


def test_without_a_zone_the_duty_is_paid_on_the_way_in_and_with_one_on_the_way_out():
    assert (due(zone(), "far-port")[0], due(zone(), "port-plant")[0]) == (pytest.approx(4.0), 0.0)
    free = zone(free_zone=True)
    assert (due(free, "far-port")[0], due(free, "port-plant")[0]) == (0.0, pytest.approx(4.0))  # origin of the goods: CN


def test_nothing_is_due_between_zones_nor_on_home_made_goods_without_a_duty_on_their_origin():
    free = zone(free_zone=True)
    free["sites"][2]["free_zone"] = True  # the plant too
    assert due(free, "port-plant").tolist() == [0.0]
    home = world(DUTY)
    home["sites"][0]["free_zone"] = True  # near makes its parts in a zone: they are of the US
    assert due(home, "near-plant").tolist() == [0.0]
    home["duties"][0]["origin"] = None  # a duty on every origin takes them on the way out
    assert due(home, "near-plant") == pytest.approx([4.0])


def test_splitting_the_periods_leaves_the_duty_of_the_years_unchanged():
    rows = (
        {**DUTY, "origin": None, "ad_valorem_share": 0.034},
        {**DUTY, "rule_id": "a", "programme": "levy", "ad_valorem_share": 0.125, "stacking": "net_of_mfn", "valid_from": "2026-07-24"},
        {**DUTY, "rule_id": "b", "programme": "cars", "ad_valorem_share": 0.15, "stacking": "cap_all_in", "valid_from": "2026-05-03", "valid_to": "2026-11-05",
         "excludes_programmes": "levy"},
    )  # fmt: skip
    whole = world(*rows)
    split = world(*rows)
    split["periods"] = [
        {"period_id": "a", "start_date": date(2026, 1, 1), "end_date": date(2026, 8, 20)},
        {"period_id": "b", "start_date": date(2026, 8, 21), "end_date": date(2026, 12, 31)},
    ]
    split["demand"] = [{**split["demand"][0], "period_id": one} for one in "ab"]
    # 122 days at 3.4 %, 187 at 15 %, 56 at 12.5 %
    by_hand = 40 * (122 * 0.034 + 187 * 0.15 + 56 * 0.125) / 365
    assert due(whole) == pytest.approx([by_hand], rel=1e-12)
    assert (due(split) * [232, 133]).sum() / 365 == pytest.approx(by_hand, rel=1e-12)
