from datetime import date

import pytest

from hinterland.core.errors import InvalidTables
from hinterland.model.lanes import lane_rates
from worlds import network, two_makers


def test_a_lane_without_cost_and_without_freight_rate_is_refused():
    tables = two_makers()
    tables["modes"] = [{"mode_id": "truck", "kind": "road", "co2e_kg_per_tkm": 0.08, "speed_km_per_day": 500.0}]
    tables["lanes"][0] |= {"mode_chain": "truck", "cost_per_unit": None, "co2e_kg_per_unit": None, "lead_time_days": None}
    with pytest.raises(InvalidTables) as refused:
        lane_rates(network(tables))
    (issue,) = refused.value.issues
    assert (issue.table, issue.row, issue.code) == ("lanes", 2, "missing_freight_rate")
    assert "near-plant" in issue.what
    tables["freight_rates"] = [{"mode_id": "truck", "valid_from": date(2026, 1, 1), "cost_per_t": 2.0, "cost_per_tkm": 0.1}]
    rates = lane_rates(network(tables))
    row = rates.lanes["lane_id"].to_list().index("near-plant")
    assert rates.freight_per_unit[row, 0] == pytest.approx(0.1 * (2.0 + 0.1 * 200.0))  # 0.1 t a part


def test_a_duty_on_goods_without_a_value_is_refused():
    tables = two_makers()
    tables["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": "8708.99"}]
    tables["duties"] = [{"rule_id": "mfn", "importer": "US", "origin": "CN", "hs_prefix": "8708", "ad_valorem_share": 0.025}]
    with pytest.raises(InvalidTables) as refused:
        lane_rates(network(tables))
    assert [(one.table, one.code) for one in refused.value.issues] == [("product_values", "missing_value")]
    tables["product_values"] = [{"product_id": "part", "value_per_unit": 40.0}]
    rates = lane_rates(network(tables))
    far = rates.lanes["lane_id"].to_list().index("far-plant")
    assert rates.duty_per_unit[far, 0] == pytest.approx(1.0)  # 2.5 % of 40
