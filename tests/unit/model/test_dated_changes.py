"""Dated changes move a number by the days they hold, in the order of their ids, and only numbers that engines ask for by period."""

from __future__ import annotations

import numpy as np
import pytest

from hinterland.model.dated import Dated
from hinterland.tables.changes import BY_PERIOD
from worlds import network, two_makers

NEAR = {"table": "lanes", "where": "lane_id=near-plant", "column": "cost_per_unit"}


def paths(*changes, **more):
    tables = two_makers() | more
    tables["changes"] = [{"change_id": f"c{at}", **NEAR, **change} for at, change in enumerate(changes)]
    net = network(tables)
    rows = Dated(net).values("lanes", "cost_per_unit")
    return dict(zip(net["lanes"]["lane_id"].to_list(), rows.tolist(), strict=True))


def test_a_change_holds_for_its_days_alone():
    """2027 has 365 days; from 1 July 184 of them remain."""
    moved = paths({"action": "add", "value": 1.0, "valid_from": "2027-07-01"})
    assert moved["near-plant"] == pytest.approx([1.0, 1.0 + 184 / 365], abs=1e-12)
    assert moved["far-plant"] == [2.0, 2.0]


def test_the_last_day_counts():
    moved = paths({"action": "set", "value": 366.0, "valid_from": "2026-01-01", "valid_to": "2026-01-01"})
    assert moved["near-plant"][0] == pytest.approx((366.0 + 364.0) / 365.0, abs=1e-12)


@pytest.mark.parametrize(("first", "second", "cost"), [("scale", "add", 3.0), ("add", "scale", 4.0)])
def test_changes_of_one_day_follow_their_ids(first, second, cost):
    amounts = {"scale": 2.0, "add": 1.0}
    moved = paths({"action": first, "value": amounts[first]}, {"action": second, "value": amounts[second]})
    assert moved["near-plant"] == [cost, cost]


def test_groups_and_regions_may_be_named():
    groups = [{"group_id": "makers", "member": "near"}, {"group_id": "makers", "member": "@abroad"}, {"group_id": "abroad", "member": "CN"}]
    moved = paths({"action": "scale", "value": 10.0, "where": "from_site=@makers"}, groups=groups)
    assert (moved["near-plant"][0], moved["far-plant"][0], moved["plant-town"][0]) == (10.0, 20.0, 3.0)


def test_a_set_fills_an_empty_cell_and_a_scale_leaves_it_empty():
    tables = two_makers()
    tables["changes"] = [
        {"change_id": "a", "table": "lanes", "where": "lane_id=near-plant", "column": "capacity_per_year", "action": "set", "value": 5.0},
        {"change_id": "b", "table": "lanes", "where": "lane_id=far-plant", "column": "capacity_per_year", "action": "scale", "value": 5.0},
    ]
    rows = Dated(network(tables)).values("lanes", "capacity_per_year")
    assert rows[0].tolist() == [5.0, 5.0]
    assert np.isnan(rows[1]).all()


def test_the_carbon_price_moves_as_a_setting():
    tables = two_makers()
    tables["settings"].append({"key": "carbon_price_per_t", "value": "50"})
    tables["changes"] = [
        {"change_id": "c", "table": "settings", "where": "key=carbon_price_per_t", "column": "value", "action": "add", "value": 20.0, "valid_from": "2027-01-01"}
    ]  # fmt: skip
    net = network(tables)
    assert Dated(net).setting("carbon_price_per_t", net.settings.carbon_price_per_t).tolist() == [50.0, 70.0]


def test_money_of_a_change_is_in_the_settings_currency():
    tables = two_makers() | {"exchange_rates": [{"currency": "EUR", "rate_to_settings_currency": 2.0}]}
    tables["lanes"][0] |= {"cost_per_unit": 3.0, "currency": "EUR"}
    tables["changes"] = [{"change_id": "c", **NEAR, "action": "add", "value": 1.0}]
    assert Dated(network(tables)).values("lanes", "cost_per_unit")[0].tolist() == [7.0, 7.0]


def test_engines_ask_by_period_for_the_columns_that_changes_may_move(monkeypatch):
    """Everything once: what the engines ask of Dated is what `changes` is allowed to name, and no more."""
    from hinterland.design import design

    asked: set[tuple[str, str]] = set()
    plain = Dated.values

    def values(self, table, column, default=np.nan):
        asked.add((table, column))
        return plain(self, table, column, default)

    monkeypatch.setattr(Dated, "values", values)
    tables = two_makers(1)
    tables["contracts"] = [{"contract_id": "c", "supplier": "near", "buyer": "plant", "product_id": "part"}]
    tables["contract_phases"] = [
        {
            "contract_id": "c",
            "start_date": "2026-01-01",
            "max_quantity_per_year": 150.0,
            "min_quantity_per_year": 10.0,
            "take_or_pay_share": 0.5,
        }
    ]
    tables["policies"] = [{"policy_id": "p", "kind": "max_co2e", "value": 1e9, "penalty_per_unit": 1.0}]
    tables["requirements"] = [{"requirement_id": "r", "scheme": "RMAP", "penalty_per_unit": 1.0}]
    tables["incentives"] = [{"incentive_id": "i", "site_or_group": "near", "product_id": "part", "amount": 1.0}]
    tables["lane_groups"] = [{"capacity_group": "g", "fixed_cost_per_year": 1.0}]
    tables["lanes"][0] |= {"capacity_group": "g"}
    tables["lanes"][2] |= {"mode_chain": "truck", "cost_per_unit": None}
    tables["modes"] = [{"mode_id": "truck", "kind": "road", "speed_km_per_day": 500.0}]
    tables["freight_rates"] = [{"mode_id": "truck", "cost_per_t": 1.0}]
    tables["duties"] = [{"rule_id": "d", "importer": "US", "origin": "CN", "ad_valorem_share": 0.1, "co2e_price_per_t": 1.0}]
    tables["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": "87"}]
    tables["product_values"] = [{"product_id": "part", "value_per_unit": 10.0}]
    tables["energy"] = [{"zone": "US", "carrier": "electricity", "price_per_kwh": 0.1}]
    tables["processes"][0] |= {
        "max_modules": 1,
        "module_capacity_per_year": 10.0,
        "module_cost": 5.0,
        "asset_life_years": 10.0,
        "electricity_kwh_per_unit": 1.0,
    }
    tables["stocks"] = [{"site_id": "plant", "product_id": "part", "days_of_cover": 5.0}]
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 99.0}]
    tables["power_contracts"] = [{"power_contract_id": "w", "site_id": "near", "share": 0.5}]
    design(network(tables))
    by_the_door = {"settings", "exchange_rates"}  # one has a door of its own, the others move money where it is read
    declared = {(table, column) for table, columns in BY_PERIOD.items() if table not in by_the_door for column in columns}
    assert declared == asked
