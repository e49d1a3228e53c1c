from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from hinterland.core.money import discount_at
from hinterland.model.accounts import CO2E_CAUSES, COST_KINDS, account
from hinterland.model.plan import Plan
from rich_world import AMOUNTS, KG, rich_plan, rich_tables
from worlds import network, two_makers


def _sum(frame: pl.DataFrame, column: str, **where: str) -> float:
    return float(frame.filter([pl.col(name) == value for name, value in where.items()])[column].sum())


@pytest.fixture(scope="module")
def rich():
    return account(network(rich_tables()), rich_plan())


@pytest.mark.parametrize("kind", COST_KINDS)
def test_each_kind_of_cost_is_what_paper_says(rich, kind):
    for at, expected in enumerate(AMOUNTS[kind]):
        assert _sum(rich.costs, "amount", kind=kind, period_id=str(2026 + at)) == pytest.approx(expected, abs=1e-9)


def test_no_other_kind_is_paid_and_at_a_rate_of_zero_both_moneys_are_one(rich):
    assert set(rich.costs["kind"]) == set(COST_KINDS) == set(AMOUNTS)
    assert rich.costs["amount"].to_list() == rich.costs["discounted"].to_list()


@pytest.mark.parametrize("cause", CO2E_CAUSES)
def test_each_cause_of_co2e_is_what_paper_says(rich, cause):
    for at, expected in enumerate(KG[cause]):
        assert _sum(rich.co2e, "kg", cause=cause, period_id=str(2026 + at)) == pytest.approx(expected, abs=1e-9)


def test_wind_contracts_count_on_the_market_and_not_at_the_location(rich):
    power = rich.co2e.filter(pl.col("cause") == "electricity")
    assert power["kg_location"].sum() == pytest.approx((80 + 95) * 10 * 0.4)
    assert power["kg_market"].sum() == pytest.approx((80 + 95) * 10 * 0.2)
    others = rich.co2e.filter(pl.col("cause") != "electricity")
    assert others["kg_location"].to_list() == others["kg_market"].to_list()


def test_money_is_spent_where_the_contract_of_columns_says(rich):
    costs = rich.costs
    places = {kind: set(rows["site_id"]) for (kind,), rows in costs.group_by("kind")}
    assert places["purchase"] == {"smelter"}
    assert places["holding"] == {"town"}
    assert places["restart"] == places["closing"] == {"old"}
    for kind in ("freight", "transit_holding", "duty", "qualification", "lane_fixed", "take_or_pay", "sign"):
        assert places[kind] == {None}
    lanes = costs.filter(pl.col("kind") == "duty")
    assert set(lanes.select("lane_id", "from_site", "to_site", "product_id").iter_rows()) == {("mine-smelter", "mine", "smelter", "ore")}
    subjects = {kind: set(rows["subject"]) for (kind,), rows in costs.group_by("kind")}
    assert subjects["lane_fixed"] == {"train"}
    assert subjects["take_or_pay"] == subjects["sign"] == {"ore_deal"}
    assert subjects["credit"] == {"per_tonne", "tenth"}
    assert subjects["carbon"] == set(CO2E_CAUSES)
    assert subjects["purchase"] == {"spot"}
    capital = costs.filter(pl.col("kind") == "capital")
    assert set(capital.select("recipe_id", "vintage").iter_rows()) == {("smelting", "2026"), ("smelting", "2027")}


def test_flows_know_tonnes_kilometres_borders_and_value(rich):
    ore = rich.flows.row(by_predicate=(pl.col("lane_id") == "mine-smelter") & (pl.col("period_id") == "2026"), named=True)
    assert ore["gross_t"] == ore["net_t"] == 200.0
    assert ore["tkm"] == 200 * 12000
    assert ore["customs_border"] is True
    assert (ore["value"], ore["duty_share"], ore["days"]) == (2000.0, 0.05, 40.0)
    assert not rich.flows.filter(pl.col("lane_id") == "old-town")["customs_border"].item()


def test_a_value_that_nobody_states_is_null(rich):
    net = network(rich_tables() | {"product_values": rich_tables()["product_values"][:1]})
    metal = account(net, rich_plan()).flows.filter(pl.col("product_id") == "metal")
    assert metal["value"].null_count() == metal.height == 3


def test_shortage_is_demand_minus_delivered_and_no_real_cost():
    plan = rich_plan()
    less = plan.with_table("delivered", plan["delivered"].with_columns(quantity=pl.lit(90.0)))
    told = account(network(rich_tables()), less)
    assert told.shortage["short"].to_list() == [10.0, 10.0]
    assert told.shortage["shortage_cost"].to_list() == [10000.0, 10000.0]
    assert set(told.costs["kind"]) == set(COST_KINDS)


def _dear(rate: str) -> pl.DataFrame:
    tables = rich_tables()
    tables["settings"] = [row | {"value": rate} if row["key"] == "discount_rate_share" else row for row in tables["settings"]]
    return account(network(tables), rich_plan()).costs


def test_one_time_costs_are_discounted_from_the_start_of_their_period():
    costs = _dear("0.25")
    assert _sum(costs, "discounted", kind="opening") == pytest.approx(1000.0)
    assert _sum(costs, "discounted", kind="closing") == pytest.approx(150 / 1.25)


def test_running_costs_are_discounted_by_the_mean_over_their_period():
    # mean of 1.25^-t over year 0..1 is (1 - 0.8) / ln 1.25; the next year is that over 1.25
    mean = 0.2 / np.log(1.25)
    costs = _dear("0.25").filter(pl.col("kind") == "fixed").group_by("period_id").agg(pl.col("discounted").sum()).sort("period_id")
    assert costs["discounted"].to_list() == pytest.approx([710 * mean, 510 * mean / 1.25])


def test_capital_is_the_lump_sum_less_the_present_value_of_the_unpaid_years():
    # a module of 400 from 2026 with 4 years: 2 are paid; the rest is worth 400 · (d² − d⁴) / (1 − d⁴), d = 1 / 1.25
    d = 0.8
    costs = _dear("0.25").filter(pl.col("kind") == "capital")
    first = costs.filter(pl.col("vintage") == "2026")["discounted"].sum()
    assert first == pytest.approx(400 - 400 * (d**2 - d**4) / (1 - d**4))
    second = costs.filter(pl.col("vintage") == "2027")["discounted"].sum()
    assert second == pytest.approx(d * (400 - 400 * (d - d**4) / (1 - d**4)))


def test_capital_is_paid_on_after_the_site_has_stopped():
    plan = rich_plan()
    stopped = plan["openings"].with_columns(
        open=pl.when((pl.col("site_id") == "smelter") & (pl.col("period_id") == "2027")).then(0).otherwise(pl.col("open"))
    )
    costs = account(network(rich_tables()), plan.with_table("openings", stopped)).costs
    assert _sum(costs, "amount", kind="capital", period_id="2027") == 200.0


def test_a_qualification_is_paid_when_it_costs_least_before_the_first_use():
    # ore moves in 2027 alone; the test costs 60 in 2026 and 90 in 2027, and a year's delay saves a fifth: 60 < 72
    tables = rich_tables()
    tables["settings"] = [row | {"value": "0.25"} if row["key"] == "discount_rate_share" else row for row in tables["settings"]]
    tables["changes"] = [
        {"change_id": "dear", "table": "lanes", "where": "lane_id=mine-smelter", "column": "qualification_cost", "action": "set",
         "value": 90.0, "valid_from": date(2027, 1, 1)},
    ]  # fmt: skip
    plan = rich_plan()
    late = plan.with_table("flows", plan["flows"].filter((pl.col("product_id") != "ore") | (pl.col("period_id") == "2027")))
    paid = account(network(tables), late).costs.filter(pl.col("kind") == "qualification")
    assert paid.select("period_id", "amount").rows() == [("2026", 60.0)]
    tables["changes"][0]["value"] = 70.0
    paid = account(network(tables), late).costs.filter(pl.col("kind") == "qualification")
    assert paid.select("period_id", "amount").rows() == [("2027", 70.0)]
    assert paid["discounted"].item() == pytest.approx(70 * discount_at(1.0, 0.25))


def test_credits_are_earned_on_co_products_and_lost_on_what_is_thrown_away():
    tables = rich_tables()
    tables["incentives"] = [{"incentive_id": "slag", "product_id": "slag", "basis": "per_unit", "amount": 2.0}]
    costs = account(network(tables), rich_plan()).costs.filter(pl.col("kind") == "credit")
    # all slag is thrown away: 100 and 118.75 earned at 2 and given back
    assert costs.filter(pl.col("amount") < 0)["amount"].sum() == pytest.approx(-2 * 218.75)
    assert costs["amount"].sum() == pytest.approx(0.0, abs=1e-9)


def test_only_the_share_of_a_credit_that_is_passed_on_counts():
    tables = rich_tables()
    tables["incentives"][0]["pass_through_share"] = 0.4
    costs = account(network(tables), rich_plan()).costs
    assert _sum(costs, "amount", kind="credit", subject="per_tonne") == pytest.approx(-0.4 * 0.5 * 175)


def test_take_or_pay_counts_calendar_years_whatever_the_periods():
    # two half years take 0 and 75 of 100 promised: one debt of 25 for the year, not 50 for the first half
    tables = two_makers()
    tables["periods"] = [
        {"period_id": "h1", "start_date": date(2026, 1, 1), "end_date": date(2026, 6, 30)},
        {"period_id": "h2", "start_date": date(2026, 7, 1), "end_date": date(2026, 12, 31)},
    ]
    tables["demand"] = [row | {"period_id": name} for row, name in zip(tables["demand"], ("h1", "h2"), strict=True)]
    tables["contracts"] = [{"contract_id": "c", "supplier": "near", "buyer": "plant", "product_id": "part", "status": "signed"}]
    tables["contract_phases"] = [
        {"contract_id": "c", "start_date": date(2026, 1, 1), "min_quantity_per_year": 100.0, "take_or_pay_share": 1.0}
    ]
    tables["contract_prices"] = [{"contract_id": "c", "start_date": date(2026, 1, 1), "price_per_unit": 3.0}]
    flows = pl.DataFrame({"lane_id": ["near-plant"], "product_id": ["part"], "period_id": ["h2"], "quantity": [75.0]})
    costs = account(network(tables), Plan({"flows": flows})).costs.filter(pl.col("kind") == "take_or_pay")
    assert costs.select("period_id", "subject").rows() == [("h2", "c")]
    assert costs["amount"].item() == pytest.approx(25 * 3.0)


def test_rows_of_an_account_are_sorted_by_their_keys(rich):
    keys = ["kind", "period_id", "site_id", "product_id", "recipe_id", "vintage", "lane_id", "subject"]
    assert rich.costs.equals(
        rich.costs.sort(["kind", "period_id", "site_id", "product_id", "recipe_id", "vintage", "lane_id"], maintain_order=True)
    )
    assert rich.costs.select(keys).is_duplicated().sum() == 0


def test_the_order_of_a_plans_rows_changes_no_account(rich):
    plan = rich_plan()
    turned = Plan({name: frame.reverse() for name, frame in plan.tables.items() if frame.height})
    again = account(network(rich_tables()), turned)
    assert again.costs.equals(rich.costs)
    assert again.co2e.equals(rich.co2e)
