"""Scenarios compose in the order named; worlds have an identity; what is not known yet does not exist yet."""

from __future__ import annotations

import polars as pl
import pytest

from hinterland.app import read
from hinterland.core.errors import InvalidScenario
from hinterland.model.network import Network
from hinterland.model.scenario import lineage, resolve, scenario_names, world_digest
from hinterland.tables import check_tables, read_tables
from worlds import network, two_makers


def made(scenarios, overrides, **more):
    tables = two_makers() | more
    tables["scenarios"] = [{"scenario_id": name, "extends": parent} for name, parent in scenarios.items()]
    names = ("scenario_id", "order", "table", "where", "column", "value", "action")
    tables["overrides"] = [dict(zip(names, row, strict=False)) for row in overrides]
    return read(tables)


def lane_cost(net, lane="near-plant"):
    return net["lanes"].filter(pl.col("lane_id") == lane)["cost_per_unit"].item()


COST = ("lanes", "lane_id=near-plant", "cost_per_unit")
TWO = made(
    {"double": None, "plus": None, "child": "double"},
    [("double", 1, *COST, "2", "scale"), ("plus", 1, *COST, "1", "add"), ("child", 1, *COST, "0.5", "add")],
)


@pytest.mark.parametrize(
    ("names", "cost"),
    [
        ([], 1.0),
        (["double"], 2.0),
        (["double", "plus"], 3.0),
        (["plus", "double"], 4.0),
        ("child", 2.5),
        (["plus", "child"], 4.5),
        (["child", "double"], 2.5),
    ],
)
def test_scenarios_apply_in_the_order_named_parents_first_and_each_once(names, cost):
    assert lane_cost(resolve(TWO, names)) == cost


def test_overrides_apply_in_their_order_and_see_what_earlier_ones_did():
    net = made({"s": None}, [("s", 20, *COST, "2", "scale"), ("s", 3, *COST, "5", "set")])
    assert lane_cost(resolve(net, "s")) == 10.0


def test_resolving_again_changes_nothing_and_another_scenario_starts_from_the_tables():
    once = resolve(TWO, "double")
    assert resolve(once, "double") is once
    assert lane_cost(resolve(once, ["double", "plus"])) == 3.0
    assert lane_cost(resolve(once, None)) == 1.0
    assert lane_cost(TWO) == 1.0


def test_unknown_scenarios_and_rings_are_named():
    with pytest.raises(InvalidScenario, match="dream"):
        resolve(TWO, "dream")
    tables, _ = read_tables(two_makers() | {"scenarios": [{"scenario_id": "a", "extends": "b"}, {"scenario_id": "b", "extends": "a"}]})
    with pytest.raises(InvalidScenario, match="a extends b extends a"):
        lineage(Network(tables), ["a"])
    assert [issue.code for issue in check_tables(tables) if issue.severity == "error"] == ["scenario_cycle"]
    assert scenario_names(TWO) == ["child", "double", "plus"]


def test_two_ways_to_write_one_world_have_one_digest():
    typed = two_makers()
    typed["lanes"][0]["cost_per_unit"] = 2.0
    assert resolve(TWO, "double").digest == network(typed).digest
    assert resolve(TWO, "double").digest != resolve(TWO).digest


def test_order_of_rows_notes_settings_at_their_default_and_other_names_for_the_same_number_do_not_count():
    other = {name: list(reversed(rows)) for name, rows in two_makers().items()}
    other["lanes"][0]["note"] = "checked"
    other["settings"] += [{"key": "electricity_basis", "value": "market"}, {"key": "carbon_price_per_t", "value": "0"}]
    next(row for row in other["settings"] if row["key"] == "objective")["value"] = "shortage, cost"
    next(row for row in other["settings"] if row["key"] == "discount_rate_share")["value"] = "8e-2"
    assert network(other).digest == network(two_makers()).digest


def test_money_in_another_currency_is_the_same_world_at_its_rate():
    other = two_makers()
    other["lanes"][1] |= {"cost_per_unit": 2.0 / 1.08, "currency": "EUR"}
    other["exchange_rates"] = [{"currency": "EUR", "rate_to_settings_currency": 1.08}]
    assert network(other).digest == network(two_makers()).digest


def test_the_rate_is_that_of_base_date_or_else_the_first():
    rates = [
        {"currency": "EUR", "valid_from": f"{year}-07-01", "rate_to_settings_currency": rate}
        for year, rate in ((2024, 1.0), (2025, 1.2), (2026, 1.5))
    ]
    tables = two_makers() | {"exchange_rates": rates}
    tables["lanes"][0] |= {"cost_per_unit": 10.0, "currency": "EUR"}
    assert lane_cost(network(tables)) == 12.0
    tables["exchange_rates"] = rates[2:]
    assert lane_cost(network(tables)) == 15.0


def test_a_share_of_a_cost_is_no_money_and_keeps_its_number():
    tables = two_makers() | {"exchange_rates": [{"currency": "EUR", "rate_to_settings_currency": 2.0}]}
    tables["incentives"] = [
        {"incentive_id": "share", "basis": "cost_share", "amount": 0.25, "cap_amount": 100.0, "currency": "EUR"},
        {"incentive_id": "unit", "basis": "per_unit", "amount": 3.0, "currency": "EUR"},
    ]
    rows = network(tables)["incentives"].sort("incentive_id")
    assert rows["amount"].to_list() == [0.25, 6.0]
    assert rows["cap_amount"].to_list() == [200.0, None]


DUTY = {"rule_id": "d", "importer": "US", "origin": "CN", "ad_valorem_share": 0.25, "known_from": "2026-03-01"}


@pytest.mark.parametrize(("day", "rows"), [(None, 1), ("2026-02-28", 0), ("2026-03-01", 1)])
def test_a_row_is_known_from_its_day_on(day, rows):
    tables = two_makers() | {"duties": [DUTY]}
    tables["settings"].append({"key": "knowledge_date", "value": day})
    assert network(tables)["duties"].height == rows


def test_a_scenario_may_turn_back_what_is_known_and_then_means_the_rows_known_then():
    tables = {"duties": [DUTY]}
    tables["settings"] = [*two_makers()["settings"], {"key": "knowledge_date", "value": "2027-01-01"}]
    back = ("then", 1, "settings", "key=knowledge_date", "value", "2025-01-01")
    assert resolve(made({"then": None}, [back], **tables), "then")["duties"].height == 0
    raised = made({"then": None}, [back, ("then", 2, "duties", "rule_id=d", "ad_valorem_share", "0.5")], **tables)
    with pytest.raises(InvalidScenario, match="no row of duties"):
        resolve(raised, "then")


def test_what_a_known_row_names_must_be_known_too():
    tables = two_makers()
    tables["settings"].append({"key": "knowledge_date", "value": "2026-01-01"})
    tables["sites"][1]["known_from"] = "2026-06-01"
    with pytest.raises(InvalidScenario, match="far"):
        network(tables)


def test_known_from_says_nothing_more_once_the_row_is_known():
    known, plain = two_makers() | {"duties": [DUTY]}, two_makers() | {"duties": [DUTY | {"known_from": None}]}
    assert network(known).digest == network(plain).digest


OPTION = {"contract_id": "c", "supplier": "near", "buyer": "plant", "product_id": "part", "status": "option"}
PHASE = {"contract_id": "c", "start_date": "2026-01-01", "min_share": 0.5}
STRATEGIES = made(
    {"cost": None, "climate": None, "signed": None, "world": None},
    [
        ("climate", 1, "settings", "key=objective", "value", "shortage,co2e,cost"),
        ("signed", 1, "contracts", "contract_id=c", "status", "signed"),
        ("signed", 2, "policies", "policy_id=p", "value", "0.9"),
        ("world", 1, *COST, "2", "scale"),
    ],
    contracts=[OPTION],
    contract_phases=[PHASE],
    policies=[{"policy_id": "p", "kind": "max_site_share", "product": "part", "value": 1.0}],
)


def test_strategies_share_their_world_and_no_more():
    nets = {name: resolve(STRATEGIES, [name] if name != "cost" else []) for name in ("cost", "climate", "signed", "world")}
    assert len({net.digest for net in nets.values()}) == 4
    assert world_digest(nets["cost"]) == world_digest(nets["climate"]) == world_digest(nets["signed"])
    assert world_digest(nets["world"]) != world_digest(nets["cost"])


def test_a_contract_that_binds_in_the_tables_is_part_of_the_world():
    binding = made(
        {"free": None}, [("free", 1, "contracts", "contract_id=c", "status", "option")], contracts=[OPTION | {"status": "signed"}]
    )
    assert world_digest(resolve(binding)) != world_digest(resolve(binding, "free"))
