"""verify accepts the plan worked by hand and rejects one mutation of each rule, of each cost kind and of each cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import polars as pl
import pytest

from hinterland.model.accounts import CO2E_CAUSES, COST_KINDS
from hinterland.model.network import Network
from hinterland.model.plan import Plan
from hinterland.model.verify import VerifyReport, verify
from rich_world import rich_claims, rich_plan, rich_tables
from worlds import Tables, network


@cache
def _rich() -> Network:
    return network(rich_tables())


def _failed(report: VerifyReport) -> set[str]:
    return set(report.failures["check"])


def _set(plan: Plan, table: str, column: str, value: float, **where: object) -> Plan:
    """One cell changed."""
    hit = pl.all_horizontal([pl.col(name) == other for name, other in where.items()])
    frame = plan[table]
    assert frame.filter(hit).height, where
    return plan.with_table(table, frame.with_columns(pl.when(hit).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)))


def _plus(plan: Plan, table: str, **row: object) -> Plan:
    """One row more."""
    more = pl.DataFrame([row]).cast({name: kind for name, kind in plan[table].schema.items() if name in row})
    return plan.with_table(table, pl.concat([plan[table], more], how="diagonal"))


def _buy_ore(amount: float) -> Callable[[Plan], Plan]:
    """Ore of 2026 bought from the dear offer instead of the mine; balances hold."""

    def change(plan: Plan) -> Plan:
        plan = _set(plan, "flows", "quantity", 200.0 - amount, lane_id="mine-smelter", period_id="2026")
        plan = _set(plan, "outputs", "quantity", 200.0 - amount, site_id="mine", period_id="2026")
        return _plus(plan, "purchased", site_id="smelter", product_id="ore", offer_id="dear", period_id="2026", quantity=amount)

    return change


PLAN_CHANGES: dict[str, tuple[Callable[[Plan], Plan], set[str]]] = {
    "a flow that carries less than is used": (
        lambda p: _set(p, "flows", "quantity", 199.0, lane_id="mine-smelter", period_id="2026"), {"balance"}),
    "a flow beyond the lane's capacity": (
        lambda p: _set(p, "flows", "quantity", 301.0, lane_id="mine-smelter", period_id="2026"), {"balance", "lane_capacity", "contract_max_quantity"}),
    "a flow below the least quantity of its lane": (
        lambda p: _set(p, "flows", "quantity", 40.0, lane_id="mine-smelter", period_id="2026"), {"balance", "least_quantity"}),
    "more tonnes than the lane group takes": (
        lambda p: _set(p, "flows", "quantity", 99.5, lane_id="smelter-town", period_id="2027"), {"balance", "lane_group_capacity"}),
    "an output above the capacity of its modules": (
        lambda p: _set(p, "outputs", "quantity", 81.0, site_id="smelter", period_id="2026"), {"balance", "line_capacity"}),
    "an output above the capacity of an existing line": (
        lambda p: _set(p, "outputs", "quantity", 41.0, site_id="old", period_id="2026"), {"balance", "line_capacity"}),
    "a line that makes something before its modules start": (
        lambda p: _plus(p, "outputs", site_id="smelter", recipe_id="smelting", product_id="metal", vintage="2027", period_id="2026", quantity=1.0),
        {"balance", "line_capacity"}),
    "a line below its floor": (
        lambda p: _set(p, "outputs", "quantity", 15.0, site_id="old", period_id="2026"), {"balance", "min_utilisation"}),
    "a purchase beyond what is offered": (
        lambda p: _set(p, "purchased", "quantity", 71.0, product_id="flux", period_id="2026"), {"balance", "purchase_limit"}),
    "more delivered than asked for": (
        lambda p: _set(p, "delivered", "quantity", 100.5, period_id="2026"), {"balance", "demand"}),
    "more through the town than it can handle": (
        lambda p: _set(p, "delivered", "quantity", 111.0, period_id="2026"), {"balance", "demand", "throughput"}),
    "stock below its cover": (
        lambda p: _set(p, "stocked", "quantity", 4.0, period_id="2027"), {"balance", "stock_cover"}),
    "stock above its limit": (
        lambda p: _set(p, "stocked", "quantity", 12.5, period_id="2026"), {"balance", "stock_most"}),
    "a negative stock": (
        lambda p: _set(p, "stocked", "quantity", -1.0, period_id="2027"), {"balance", "finite", "stock_cover"}),
    "scrap that vanishes": (
        lambda p: _set(p, "disposed", "quantity", 90.0, period_id="2026"), {"balance"}),
    "thrown away what may not be": (
        lambda p: _plus(p, "disposed", site_id="smelter", product_id="metal", period_id="2026", quantity=1.0), {"balance", "disposal"}),
    "a module more than allowed": (
        lambda p: _set(p, "modules", "added", 2, period_id="2027"), {"modules_in_all"}),
    "a module less than the output needs": (
        lambda p: _set(p, "modules", "added", 0, period_id="2027"), {"line_capacity"}),
    "a negative number of modules": (
        lambda p: _set(p, "modules", "added", -1, period_id="2027"), {"finite", "line_capacity", "whole_module"}),
    "a site that is not open and makes something": (
        lambda p: _set(_set(p, "openings", "open", 0, site_id="old", period_id="2026"), "openings", "started", 0, site_id="old", period_id="2026"),
        {"open_from_start", "line_capacity", "policy"}),
    "a site open without a start": (
        lambda p: _set(p, "openings", "started", 0, site_id="smelter", period_id="2026"), {"open_from_start"}),
    "a site that is open twice over": (
        lambda p: _set(p, "openings", "open", 2, site_id="smelter", period_id="2027"), {"open_from_start", "whole_site"}),
    "a site that starts twice": (
        lambda p: _set(p, "openings", "started", 1, site_id="smelter", period_id="2027"), {"open_from_start", "start_once"}),
    "a closed site that takes goods in": (
        lambda p: _set(_set(p, "openings", "open", 0, site_id="smelter", period_id="2027"), "openings", "stopped", 1, site_id="smelter", period_id="2027"),
        {"closed_site", "line_capacity", "module_start"}),
    "an operating site listed as closed": (
        lambda p: _plus(p, "openings", site_id="mine", period_id="2026", open=0, started=0, stopped=0), {"known"}),
    "ore from others within the share of the contract": (_buy_ore(10.0), {"exclusivity"}),
    "ore from others beyond the share of the contract": (_buy_ore(120.0), {"exclusivity", "contract_min_share"}),
    "a banned site kept open": (
        lambda p: _set(_set(p, "openings", "open", 1, site_id="old", period_id="2027"), "openings", "stopped", 0, site_id="old", period_id="2027"),
        {"policy", "min_utilisation"}),
    "a site that the network does not have": (
        lambda p: _plus(p, "flows", lane_id="moon-town", product_id="metal", period_id="2026", quantity=1.0), {"known"}),
    "a period that the network does not have": (
        lambda p: _plus(p, "stocked", site_id="town", product_id="metal", period_id="2040", quantity=1.0), {"known"}),
    "a quantity that is no number": (
        lambda p: _set(p, "purchased", "quantity", float("nan"), product_id="flux", period_id="2026"),
        {"balance", "finite", "purchase_limit"}),
    "an infinite quantity": (
        lambda p: _set(p, "flows", "quantity", float("inf"), lane_id="mine-smelter", period_id="2026"), {"balance", "finite", "lane_capacity"}),
    "a row given twice": (
        lambda p: _plus(p, "outputs", site_id="old", product_id="metal", vintage="existing", period_id="2026", quantity=0.0), {"once"}),
    "a contract signed that is none": (
        lambda p: _plus(p, "signed", contract_id="handshake", start_date=date(2026, 1, 1)), {"signed"}),
}  # fmt: skip


def test_the_plan_worked_by_hand_is_accepted_with_its_claims():
    report = verify(_rich(), rich_plan(), rich_claims())
    assert report.ok, report.worst()
    assert report.max_relative_error < 1e-12
    assert report.worst() == f"all {report.lines.height} lines hold within 1e-06"


@pytest.mark.parametrize("name", PLAN_CHANGES)
def test_a_changed_plan_is_rejected(name):
    change, expected = PLAN_CHANGES[name]
    report = verify(_rich(), change(rich_plan()))
    assert not report.ok
    assert expected <= _failed(report), report.worst(20)
    if "balance" not in expected and "finite" not in expected:
        assert "balance" not in _failed(report)


def _row(table: str, number: int, **cells: object) -> Callable[[Tables], None]:
    return lambda tables: tables[table][number].update(cells)


def _setting(key: str, value: str) -> Callable[[Tables], None]:
    return lambda tables: next(row for row in tables["settings"] if row["key"] == key).update(value=value)


WORLD_CHANGES: dict[str, tuple[Callable[[Tables], None], set[str]]] = {
    "the smelter may not open so soon": (_row("sites", 1, build_days=10.0), {"start_allowed"}),
    "the smelter may open later": (_row("sites", 1, earliest_date=date(2026, 6, 1)), {"start_allowed"}),
    "the smelter may open earlier alone": (_row("sites", 1, latest_date=date(2025, 6, 1)), {"start_allowed"}),
    "the smelter is committed to 2027": (
        _row("sites", 1, status="committed", earliest_date=date(2027, 3, 1)), {"start_allowed", "start_committed"}),
    "the smelter is closed for good": (_row("sites", 1, status="closed"), {"known", "lane_capacity", "line_capacity"}),
    "modules take a year to build": (_row("processes", 1, module_build_days=300.0), {"module_start", "line_capacity"}),
    "modules wear out in a year": (_row("processes", 1, asset_life_years=1.0), {"line_capacity"}),
    "modules ramp up slowly": (
        lambda t: t.update(ramps=[{"ramp_id": "slow", "years_since_start": 0.0, "capacity_share": 0.5},
                                  {"ramp_id": "slow", "years_since_start": 1.0, "capacity_share": 1.0}],
                           processes=[row | {"ramp_id": "slow"} if row["site_id"] == "smelter" else row for row in t["processes"]]),
        {"line_capacity"}),
    "a lower yield": (_row("processes", 1, yield_share=0.7), {"balance"}),
    "more ore per tonne": (_row("recipe_lines", 0, quantity_per_unit=2.1), {"balance"}),
    "stock in hand at the start": (_row("stocks", 0, initial_quantity=3.0), {"balance"}),
    "a least stock": (_row("stocks", 0, min_quantity=7.0), {"stock_least"}),
    "the last stock as the first": (
        lambda t: (_row("stocks", 0, initial_quantity=8.0)(t), _setting("terminal_stock", "initial")(t)), {"stock_terminal"}),
    "a lane not yet valid": (_row("lanes", 2, valid_from=date(2027, 1, 1)), {"lane_capacity"}),
    "a lane not yet qualified": (_row("lanes", 0, qualified_from=date(2026, 12, 1)), {"lane_capacity"}),
    "less on offer": (_row("purchases", 0, valid_from=date(2026, 7, 1)), {"purchase_limit"}),
    "a larger share contracted to others": (_row("contract_phases", 0, max_share=0.9, min_share=0.0), {"contract_max_share"}),
    "a smaller quantity contracted": (_row("contract_phases", 0, max_quantity_per_year=190.0, min_quantity_per_year=0.0), {"contract_max_quantity"}),
    "a least quantity that is no take-or-pay": (
        _row("contract_phases", 0, take_or_pay_share=0.0, min_quantity_per_year=210.0), {"contract_min_quantity"}),
    "a tighter cap on CO2e": (_row("policies", 2, value=0.9), {"policy"}),
    "a region asked for that is another": (_row("policies", 3, from_group="china"), {"policy"}),
    "a flow limit that is hard": (_row("policies", 4, penalty_per_unit=None), {"policy"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WORLD_CHANGES)
def test_a_plan_is_rejected_in_a_world_that_does_not_allow_it(name):
    change, expected = WORLD_CHANGES[name]
    tables = rich_tables()
    change(tables)
    report = verify(network(tables), rich_plan())
    assert expected <= _failed(report), report.worst(20)


@pytest.mark.parametrize(("site", "asked"), [("smelter", True), ("old", False)])
def test_only_a_site_that_is_open_at_the_end_ends_with_its_opening_stock(site, asked):
    tables = rich_tables()
    _setting("terminal_stock", "initial")(tables)
    tables["stocks"].append({"site_id": site, "product_id": "metal", "initial_quantity": 8.0})
    assert ("stock_terminal" in _failed(verify(network(tables), rich_plan()))) is asked


@pytest.mark.parametrize("kind", COST_KINDS)
def test_a_claim_one_percent_off_is_rejected_for_each_kind_of_cost(kind):
    claims, mine = rich_claims(), pl.col("kind") == kind
    costs = claims["claimed_costs"]
    claims["claimed_costs"] = costs.with_columns(
        amount=pl.when(mine).then(pl.col("amount") * 1.01).otherwise(pl.col("amount")),
        discounted=pl.when(mine).then(pl.col("discounted") * 0.99).otherwise(pl.col("discounted")),
    )
    report = verify(_rich(), rich_plan(), claims)
    for check in ("cost", "cost_discounted"):
        wrong = report.failures.filter(pl.col("check") == check)
        assert set(wrong["where"]) == {kind}
        assert wrong.height == costs.filter(mine).height


def test_kinds_of_cost_that_are_not_claimed_are_missed():
    claims = {"claimed_costs": rich_claims()["claimed_costs"].clear()}
    failed = verify(_rich(), rich_plan(), claims).failures
    assert set(failed["check"]) == {"cost", "cost_discounted", "cost_total", "cost_discounted_total"}
    assert set(failed.filter(pl.col("check") == "cost")["where"]) == set(COST_KINDS)


@pytest.mark.parametrize("cause", CO2E_CAUSES)
def test_a_cause_of_co2e_one_percent_off_is_rejected(cause):
    claims = rich_claims()
    kg = claims["claimed_co2e"]
    claims["claimed_co2e"] = kg.with_columns(kg=pl.when(pl.col("cause") == cause).then(pl.col("kg") * 0.99).otherwise(pl.col("kg")))
    report = verify(_rich(), rich_plan(), claims)
    assert set(report.failures.filter(pl.col("check") == "co2e")["where"]) == {cause}


COST_CHANGES: dict[str, Callable[[Tables], None]] = {
    "purchase": _row("purchases", 0, price_per_unit=4.1),
    "conversion": _row("processes", 0, conversion_cost_per_unit=0.51),
    "electricity": _row("power_contracts", 0, premium_per_kwh=0.011),
    "heat": _row("energy", 1, price_per_kwh=0.031),
    "freight": _row("lanes", 0, cost_per_unit=0.21),
    "transit_holding": _row("lanes", 1, lead_time_days=37.0),
    "duty": _row("duties", 0, ad_valorem_share=0.051),
    "disposal": _row("products", 3, disposal_cost_per_unit=3.1),
    "holding": _row("stocks", 0, holding_cost_share_per_year=0.11),
    "fixed": _row("sites", 3, fixed_cost_per_year=10.5),
    "opening": _row("sites", 1, opening_cost=1010.0),
    "restart": _row("sites", 2, restart_cost=310.0),
    "closing": _row("sites", 2, closing_cost=151.0),
    "capital": _row("processes", 1, module_cost=404.0),
    "lane_fixed": _row("lane_groups", 0, fixed_cost_per_year=71.0),
    "qualification": _row("lanes", 0, qualification_cost=61.0),
    "take_or_pay": _row("contract_prices", 0, price_per_unit=2.1),
    "sign": _row("contracts", 0, sign_cost=31.0),
    "carbon": _setting("carbon_price_per_t", "51"),
    "credit": _row("incentives", 0, amount=0.51),
}


@pytest.mark.parametrize("kind", COST_KINDS)
def test_claims_no_longer_fit_tables_in_which_one_price_moved(kind):
    tables = rich_tables()
    COST_CHANGES[kind](tables)
    report = verify(network(tables), rich_plan(), rich_claims())
    assert kind in set(report.failures.filter(pl.col("check") == "cost")["where"])
    assert "cost_total" in _failed(report)


def test_claims_of_periods_that_are_not_there_are_rejected():
    claims = rich_claims()
    strange = pl.DataFrame({"kind": ["fixed"], "period_id": ["2040"], "amount": [1.0], "discounted": [1.0]})
    claims["claimed_costs"] = pl.concat([claims["claimed_costs"], strange])
    assert "cost" in _failed(verify(_rich(), rich_plan(), claims))


def test_a_soft_policy_is_measured_and_reported_apart():
    report = verify(_rich(), rich_plan())
    assert report.steering.rows() == [("policy", "2027", "policy soft_ore (max_flow 225)", 12.5, 37.5)]
    claims = {"steering": report.steering.with_columns(amount=pl.col("amount") + 1.0)}
    assert _failed(verify(_rich(), rich_plan(), claims)) == {"steering", "steering_total"}
    assert verify(_rich(), rich_plan(), {"steering": report.steering}).ok


def test_shortage_steers_and_breaks_nothing():
    plan = rich_plan()
    plan = _set(plan, "delivered", "quantity", 98.0, period_id="2026")
    plan = _set(plan, "stocked", "quantity", 12.0, period_id="2026")
    plan = _set(plan, "stocked", "quantity", 7.0, period_id="2027")
    report = verify(_rich(), plan)
    assert report.ok, report.worst()
    assert report.steering.filter(pl.col("kind") == "shortage").rows() == [("shortage", "2026", "town metal", 2.0, 2000.0)]


def test_lines_speak_to_planners_the_worst_first():
    report = verify(_rich(), _set(rich_plan(), "outputs", "quantity", 41.0, site_id="old", period_id="2026"))
    told = report.worst(1)
    assert told.splitlines()[0] == "metal at old (no recipe, existing) in 2026: makes 41, can make 40 [line_capacity]" or (
        told.splitlines()[0] == "metal at old in 2026: 41 comes in, 30 goes out or stays [balance]"
    )
    assert told.splitlines()[1] == f"and {report.failures.height - 1} more"


def test_errors_count_against_the_need_of_the_product():
    # 1e-4 t too little of 205 t delivered and kept: 5e-7 of the need passes at 1e-6 and fails at 1e-7
    plan = _set(rich_plan(), "delivered", "quantity", 100.0 - 1e-4, period_id="2026")
    assert verify(_rich(), plan).ok
    assert not verify(_rich(), plan, tolerance=1e-7).ok
