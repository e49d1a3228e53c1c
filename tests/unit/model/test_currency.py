"""Money at the rate of its day: by period, once at the start, for prices of contracts, as a shock; and what a plan is exposed to."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from hinterland.app import check, currency_exposure, move_currencies, read, write_run
from hinterland.cli.commands import app
from hinterland.core.errors import HinterlandError
from hinterland.core.money import discount_at
from hinterland.design import design
from hinterland.model.accounts import account
from hinterland.model.dated import Dated
from hinterland.model.scenario import resolve
from worlds import Tables, network, two_makers

JULY = 184 / 365
"""Days of 2026 from 1 July on."""
STEP = [
    {"currency": "CNY", "valid_from": "2025-01-01", "rate_to_settings_currency": 0.1},
    {"currency": "CNY", "valid_from": "2026-07-01", "rate_to_settings_currency": 0.15},
]


def yuan(count: int = 2, rates: list[dict[str, Any]] | None = None, **more: Any) -> Tables:
    """Far parts are made for 60 yuan; a yuan is 0.1 dollars until July 2026, then 0.15."""
    tables = two_makers(count) | {"exchange_rates": STEP if rates is None else rates} | more
    tables["processes"][1] |= {"conversion_cost_per_unit": 60.0, "currency": "CNY"}
    return tables


def cost(tables: Tables, table: str = "processes", column: str = "conversion_cost_per_unit", at: int = 1) -> list[float]:
    return list(Dated(network(tables)).values(table, column)[at])


def test_an_amount_takes_the_mean_rate_of_its_period():
    assert cost(yuan()) == pytest.approx([6.0 * (1 - JULY) + 9.0 * JULY, 9.0])
    assert cost(yuan(), at=0) == [10.0, 10.0]
    assert check(yuan()) == []


def test_a_period_that_is_split_keeps_the_amount_of_the_year():
    tables = yuan(1)
    halves = [("H1", "2026-01-01", "2026-03-31"), ("H2", "2026-04-01", "2026-12-31")]
    tables["periods"] = [{"period_id": name, "start_date": start, "end_date": end} for name, start, end in halves]
    tables["demand"] = [{**tables["demand"][0], "period_id": name} for name, _, _ in halves]
    days = np.array([90.0, 275.0])
    assert float(np.array(cost(tables)) @ days / 365) == pytest.approx(6.0 * (1 - JULY) + 9.0 * JULY)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([(None, 0.1)], [6.0, 6.0]),
        ([("2024-01-01", 0.2), ("2025-01-01", 0.1)], [6.0, 6.0]),
        ([("2027-01-01", 0.2)], [12.0, 12.0]),
        ([("2026-01-01", 0.1), ("2027-01-01", 0.2)], [6.0, 12.0]),
        ([("2025-01-01", 0.1), ("2028-01-01", 0.2)], [6.0, 6.0]),
    ],
)
def test_a_rate_holds_to_the_next_and_the_first_before(rates, expected):
    rows = [{"currency": "CNY", "valid_from": day, "rate_to_settings_currency": rate} for day, rate in rates]
    assert cost(yuan(rates=rows)) == pytest.approx(expected)


MOVE = {
    "change_id": "yuan",
    "table": "exchange_rates",
    "where": "currency=CNY",
    "column": "rate_to_settings_currency",
    "action": "scale",
    "value": 1.1,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"valid_from": "2027-01-01"}, [6.0, 6.6]),
        ({"valid_from": "2026-07-01", "valid_to": "2026-12-31"}, [6.0 * (1 - JULY) + 6.6 * JULY, 6.0]),
        ({"action": "set", "value": 0.2, "valid_from": "2027-01-01"}, [6.0, 12.0]),
        ({"action": "add", "value": 0.05, "valid_from": "2027-01-01"}, [6.0, 9.0]),
        ({}, [6.6, 6.6]),
    ],
)
def test_a_currency_may_move_as_a_shock(change, expected):
    tables = yuan(rates=[{"currency": "CNY", "rate_to_settings_currency": 0.1}], changes=[{**MOVE, **change}])
    assert check(tables) == []
    assert cost(tables) == pytest.approx(expected)


def test_a_shock_moves_each_rate_that_it_meets():
    tables = yuan(changes=[{**MOVE, "valid_from": "2026-07-01"}])
    assert cost(tables) == pytest.approx([6.0 * (1 - JULY) + 9.9 * JULY, 9.9])


def test_changes_of_the_amount_itself_are_in_settings_currency_and_come_after_the_rate():
    change = {
        "change_id": "!first",
        "table": "processes",
        "where": "site_id=far",
        "column": "conversion_cost_per_unit",
        "valid_from": "2027-01-01",
    }
    assert cost(yuan(changes=[{**change, "action": "add", "value": 1.0}]))[1] == pytest.approx(10.0)
    assert cost(yuan(changes=[{**change, "action": "set", "value": 1.0}]))[1] == pytest.approx(1.0)
    assert cost(yuan(changes=[{**change, "action": "scale", "value": 2.0}]))[1] == pytest.approx(18.0)


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("purchases", {"site_id": "plant", "product_id": "part", "price_per_unit": 60.0}, "price_per_unit"),
        ("energy", {"zone": "CN", "carrier": "electricity", "price_per_kwh": 60.0}, "price_per_kwh"),
        ("product_values", {"product_id": "part", "value_per_unit": 60.0}, "value_per_unit"),
        ("product_values", {"product_id": "part", "value_per_unit": 60.0, "net_cost_per_unit": 60.0}, "net_cost_per_unit"),
        ("incentives", {"incentive_id": "i", "product_id": "part", "amount": 60.0}, "amount"),
        ("requirements", {"requirement_id": "r", "scheme": "RMAP", "penalty_per_unit": 60.0}, "penalty_per_unit"),
        ("policies", {"policy_id": "p", "kind": "max_co2e", "value": 9e9, "penalty_per_unit": 60.0}, "penalty_per_unit"),
        ("freight_rates", {"mode_id": "truck", "cost_per_t": 60.0}, "cost_per_t"),
        ("power_contracts", {"power_contract_id": "w", "site_id": "far", "share": 1.0, "premium_per_kwh": 60.0}, "premium_per_kwh"),
    ],
)
def test_every_amount_by_period_follows(table, row, column):
    tables = yuan() | {table: [{**row, "currency": "CNY"}]}
    tables["modes"] = [{"mode_id": "truck", "kind": "road"}]
    assert cost(tables, table, column, at=0) == pytest.approx([6.0 * (1 - JULY) + 9.0 * JULY, 9.0])


def test_a_share_of_a_cost_stays_a_share():
    row = {"incentive_id": "i", "product_id": "part", "basis": "cost_share", "amount": 0.5, "cap_amount": 60.0, "currency": "CNY"}
    tables = yuan() | {"incentives": [row]}
    assert cost(tables, "incentives", "amount", at=0) == [0.5, 0.5]
    assert network(tables)["incentives"]["cap_amount"].to_list() == pytest.approx([6.0])  # at the rate of base_date


def test_what_is_paid_once_takes_the_rate_of_the_period_s_first_day():
    tables = yuan()
    tables["sites"][1] |= {"status": "candidate", "opening_cost": 600.0, "closing_cost": 60.0, "currency": "CNY"}
    tables["processes"][1] |= {"module_cost": 60.0, "max_modules": 1, "module_capacity_per_year": 1.0, "asset_life_years": 9.0}
    assert cost(tables, "sites", "opening_cost") == pytest.approx([60.0, 90.0])
    assert cost(tables, "sites", "closing_cost") == pytest.approx([6.0, 9.0])
    assert cost(tables, "processes", "module_cost") == pytest.approx([6.0, 9.0])


@pytest.mark.parametrize(("start", "paid"), [("2026-03-01", 6.0), ("2026-12-31", 6.0), ("2027-01-01", 9.0), ("2027-06-01", 9.0)])
def test_a_contract_is_signed_at_the_rate_of_the_period_it_starts_in(start, paid):
    tables = yuan()
    tables["contracts"] = [
        {"contract_id": "c", "supplier": "far", "buyer": "plant", "product_id": "part", "sign_cost": 60.0, "currency": "CNY"}
    ]
    tables["contract_phases"] = [{"contract_id": "c", "start_date": start}]
    result = design(network(tables))
    costs = account(network(tables), result.plan).costs
    assert costs.filter(pl.col("kind") == "sign")["amount"].to_list() == pytest.approx([paid])


def test_a_price_of_a_contract_steps_with_the_rate():
    tables = yuan(3, rates=[*STEP, {"currency": "CNY", "valid_from": "2028-01-01", "rate_to_settings_currency": 0.2}])
    tables["contracts"] = [{"contract_id": "c", "supplier": "far", "buyer": "plant", "product_id": "part"}]
    tables["contract_prices"] = [
        {"contract_id": "c", "start_date": "2025-01-01", "price_per_unit": 60.0, "currency": "CNY"},
        {"contract_id": "c", "start_date": "2027-01-01", "price_per_unit": 80.0, "currency": "CNY"},
        {"contract_id": "c", "start_date": "2027-07-01", "price_per_unit": 7.0},
    ]
    rows = network(tables)["contract_prices"].sort("start_date").select(pl.col("start_date").cast(pl.String), "price_per_unit").rows()
    assert rows == [
        ("2025-01-01", pytest.approx(6.0)), ("2026-07-01", pytest.approx(9.0)), ("2027-01-01", pytest.approx(12.0)), ("2027-07-01", pytest.approx(7.0)),
    ]  # fmt: skip


def test_opening_stock_is_valued_at_the_first_day():
    tables = yuan(rates=[{"currency": "CNY", "valid_from": "2025-01-01", "rate_to_settings_currency": 0.1}], changes=[MOVE])
    tables["stocks"] = [{"site_id": "plant", "product_id": "part", "initial_cost_per_unit": 60.0, "currency": "CNY"}]
    assert network(tables)["stocks"]["initial_cost_per_unit"].to_list() == pytest.approx([6.6])


def test_duties_follow_the_value_of_the_day():
    tables = yuan()
    tables["product_values"] = [{"product_id": "part", "from_group": "far", "value_per_unit": 100.0, "currency": "CNY"}]
    tables["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": "8708"}]
    tables["duties"] = [{"rule_id": "d", "importer": "US", "origin": "CN", "ad_valorem_share": 0.05}]
    tables["processes"][0]["conversion_cost_per_unit"] = 99.0
    net = network(tables)
    paid = account(net, design(net).plan).costs.filter(pl.col("kind") == "duty").sort("period_id")["amount"]
    assert (paid / 100).to_list() == pytest.approx([0.05 * (10.0 * (1 - JULY) + 15.0 * JULY), 0.05 * 15.0])


def test_the_plan_turns_where_the_yuan_makes_far_parts_too_dear():
    """Far 60 yuan + 2: at 0.1 it is 8, at 0.15 it is 11, at 0.16 it is 11.6 against 11 near."""
    tables = yuan(
        rates=[{"currency": "CNY", "rate_to_settings_currency": 0.1}], changes=[{**MOVE, "valid_from": "2027-01-01", "value": 1.6}]
    )
    flows = design(network(tables), gap=0).plan["flows"].filter(pl.col("product_id") == "part")
    assert dict(flows.select("period_id", "lane_id").iter_rows()) == {"2026": "far-plant", "2027": "near-plant"}


# --- identity


def test_a_rate_that_moves_is_another_world_and_one_that_does_not_is_the_same():
    plain = two_makers()
    still = yuan(rates=[{"currency": "CNY", "rate_to_settings_currency": 0.1}])
    assert network(still).digest == network(plain).digest != network(yuan()).digest
    other = yuan()
    other["processes"][0] |= {"conversion_cost_per_unit": 100.0, "currency": "CNY"}
    swapped = yuan()
    swapped["processes"][1] |= {"conversion_cost_per_unit": 6.0, "currency": "USD"}
    swapped["processes"][0] |= {"conversion_cost_per_unit": 100.0, "currency": "CNY"}
    assert len({network(one).digest for one in (yuan(), other, swapped)}) == 3


def test_resolving_twice_moves_once():
    once = network(yuan())
    again = resolve(resolve(once, ()), None)
    assert Dated(again).values("processes", "conversion_cost_per_unit")[1].tolist() == cost(yuan())


# --- exposure


def exposed() -> Tables:
    tables = yuan(rates=[*STEP, {"currency": "EUR", "rate_to_settings_currency": 1.25}])
    tables["lanes"][2] |= {"cost_per_unit": 2.4, "currency": "EUR"}
    tables["processes"][0]["conversion_cost_per_unit"] = 99.0
    next(row for row in tables["settings"] if row["key"] == "discount_rate_share")["value"] = "0"
    return tables


def test_cost_by_currency_and_what_a_tenth_changes():
    """All from afar, 100 a year: making 60 yuan at 7.5123 and 0.15 (9), cars moved for 2.4 euro (3), the rest in dollars: 50 and 2."""
    net = read(exposed())
    plan = design(resolve(net), gap=0).plan
    assert set(plan["flows"]["lane_id"]) == {"far-plant", "plant-town"}
    told = {row["currency"]: row for row in currency_exposure(net, plan).iter_rows(named=True)}
    yuans = 100 * (6.0 * (1 - JULY) + 9.0 * JULY) + 100 * 9.0
    whole = yuans + 2 * 100 * (3.0 + 50.0 + 2.0)
    assert {name: row["npv"] for name, row in told.items()} == pytest.approx({"CNY": yuans, "EUR": 600.0, "USD": 2 * 100 * 52.0})
    assert told["EUR"]["npv_share"] == pytest.approx(600.0 / whole)
    assert told["CNY"]["change_for_10_percent"] == pytest.approx(yuans / 10)
    assert told["USD"]["change_for_10_percent"] is None
    moved = move_currencies(net, plan, {"CNY": 0.1, "EUR": -0.2})
    assert moved.change == pytest.approx(yuans / 10 - 120.0)
    assert moved.npv == pytest.approx(whole)


def test_exposure_is_what_a_move_of_the_rate_itself_costs():
    """The same as the tables with a rate that is a tenth higher from the start: a twin by another way."""
    net = read(exposed())
    plan = design(resolve(net), gap=0).plan
    dearer = exposed()
    dearer["changes"] = [MOVE]
    whole, higher = (float(account(network(one), plan).costs["discounted"].sum()) for one in (exposed(), dearer))
    assert move_currencies(net, plan, {"CNY": 0.1}).change == pytest.approx(higher - whole)


def test_discounting_stays_apart_from_rates():
    tables = yuan()
    tables["sites"][1] |= {"status": "candidate", "opening_cost": 600.0, "currency": "CNY"}
    tables["policies"] = [{"policy_id": "p", "kind": "force_open", "site_group": "far", "valid_from": "2027-01-01"}]
    tables["sites"][1]["earliest_date"] = "2027-01-01"
    net = network(tables)
    costs = account(net, design(net).plan).costs.filter(pl.col("kind") == "opening")
    assert costs["amount"].to_list() == pytest.approx([90.0])
    assert costs["discounted"].to_list() == pytest.approx([90.0 * float(discount_at(1.0, 0.08))])


def test_a_currency_in_which_nothing_is_paid_is_refused():
    net = read(exposed())
    plan = design(resolve(net)).plan
    with pytest.raises(HinterlandError, match="nothing is paid in JPY"):
        move_currencies(net, plan, {"JPY": 0.1})
    with pytest.raises(HinterlandError, match="nothing is paid in USD"):
        move_currencies(net, plan, {"USD": 0.1})
    with pytest.raises(HinterlandError, match="cannot lose"):
        move_currencies(net, plan, {"CNY": -1.0})


def test_the_command_line_shows_it(tmp_path):
    net = read(exposed())
    result = design(resolve(net), gap=0)
    run = write_run(tmp_path / "run", net, result)
    shown = CliRunner().invoke(app, ["currency", str(run), "--move", "CNY=+10%", "--json"])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    assert {row["currency"] for row in told["exposure"]} == {"CNY", "EUR", "USD"}
    yuans = next(row["npv"] for row in told["exposure"] if row["currency"] == "CNY")
    assert told["moved"]["change"] == pytest.approx(yuans / 10)
    plain = CliRunner().invoke(app, ["currency", str(run), "--move", "CNY=+10%"])
    assert "CNY +10 %" in plain.output
    wrong = CliRunner().invoke(app, ["currency", str(run), "--move", "CNY+10"])
    assert (wrong.exit_code, "is no move of a currency" in wrong.output) == (2, True)
