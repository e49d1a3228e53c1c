"""A plan that claims more than its rules allow is refused, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from hinterland.app import solve
from hinterland.model.plan import Plan
from hinterland.model.plan_reading import check_plan
from hinterland.model.verify import verify
from origin_worlds import assembly
from worlds import Tables, network

Change = Callable[[Plan], Plan]


def packs(accounting: str) -> Tables:
    """Packs worth 100 of cells worth 60, two thirds of which may come from China; some are sold at home."""
    tables = assembly(
        {"cell": (60.0, "CN")}, value=100.0, rules=[{"method": "rvc_tv", "threshold_share": 0.6}], duty_share=0.1, quantity=100.0,
        accounting=accounting,
    )  # fmt: skip
    offer = {"site_id": "plant", "product_id": "cell"}
    tables["purchases"] = [
        {**offer, "offer_id": "far", "price_per_unit": 40.0, "origin_country": "CN"},
        {**offer, "offer_id": "near", "price_per_unit": 45.0, "origin_country": "US"},
    ]
    tables["demand"].append(
        {"site_id": "plant", "product_id": "good", "period_id": "2026", "quantity": 50.0, "shortage_cost_per_unit": 1e6}
    )
    return tables


def scaled(input_product: str | None, factor: float) -> Change:
    """Change what is claimed (None), or what is said to be clean of an input."""
    mine = pl.col("input_product_id").eq_missing(pl.lit(input_product, dtype=pl.String))
    amount = pl.when(mine).then(pl.col("quantity") * factor).otherwise("quantity").alias("quantity")
    return lambda plan: plan.with_table("claims", plan["claims"].with_columns(amount))


def without(table: str) -> Change:
    return lambda plan: plan.with_table(table, plan[table].clear())


def other_offer(plan: Plan) -> Plan:
    """All cells come from China after all."""
    total = plan["purchased"]["quantity"].sum()
    row = plan["purchased"].head(1).with_columns(offer_id=pl.lit("far"), quantity=pl.lit(total))
    return plan.with_table("purchased", row)


def all_graded(plan: Plan) -> Plan:
    """Every flow is said to originate."""
    return plan.with_table("flows", plan["flows"].with_columns(grade=pl.lit("agreement")))


CASES: list[tuple[str, str, Change, set[str]]] = [
    ("segregated", "claims are made without a row of claims", without("claims"), {"claim_supply"}),
    ("segregated", "more is claimed than the inputs allow", scaled(None, 1.1), {"claim_test"}),
    ("segregated", "more is claimed than was made", scaled(None, 2.0), {"claim_output", "claim_test"}),
    ("segregated", "less is claimed than enters under it", scaled(None, 0.9), {"claim_inputs", "claim_supply"}),
    ("segregated", "more cells are clean than came from near", scaled("cell", 1.1), {"claim_supply"}),
    ("segregated", "fewer cells are clean than the rule asks for", scaled("cell", 0.9), {"claim_test"}),
    ("segregated", "the cells came from elsewhere", other_offer, {"claim_supply"}),
    ("average", "more cells are clean than came from near", scaled("cell", 1.1), {"claim_supply"}),
    ("average", "a part of the year is claimed", scaled(None, 0.9), {"claim_whole", "claim_inputs"}),
    ("average", "the cells came from elsewhere", other_offer, {"claim_supply"}),
]  # fmt: skip


@pytest.mark.parametrize(("accounting", "what", "change", "checks"), CASES, ids=[f"{accounting}: {what}" for accounting, what, *_ in CASES])
def test_a_false_claim_is_named(accounting: str, what: str, change: Change, checks: set[str]):
    net = network(packs(accounting))
    plan = solve(net).plan
    assert verify(net, plan).ok
    report = verify(net, change(plan))
    told = set(report.failures["check"].to_list())
    if what.startswith("less"):
        assert told, what
        assert told <= checks
    else:
        assert checks <= told | {"claim_inputs"}, (what, report.worst())
        assert told - {"claim_inputs"} <= checks | {"claim_inputs"}
    assert all("agreement" in words for words in report.failures["words"].to_list())


def test_flows_said_to_originate_pay_less_and_are_refused():
    """Without the rule being met, no grade saves the duty unseen."""
    tables = packs("segregated")
    tables["purchases"].pop()
    net = network(tables)
    plan = solve(net).plan
    assert plan["claims"].height == 0
    report = verify(net, all_graded(plan))
    assert report.failures["check"].unique().to_list() == ["claim_supply"]
    assert "100 are used or handed on as clean, 0 came in or were claimed" in report.worst()


def test_another_method_that_is_met_may_be_claimed_by_hand():
    """The design claims by the way that leaves most room; a planner may claim by the other, if it is met."""
    tables = packs("average")
    tables["origin_rules"].append(tables["origin_rules"][0] | {"method": "rvc_nc", "threshold_share": 0.5})
    net = network(tables)
    plan = solve(net).plan
    assert plan["claims"]["method"].unique().to_list() == ["rvc_nc"]

    def by(method: str) -> Plan:
        return plan.with_table("claims", plan["claims"].with_columns(method=pl.lit(method)))

    refused = verify(net, by("rvc_tv"))
    assert refused.failures["check"].to_list() == ["claim_test"]
    assert verify(net, by("rvc_nc")).ok


def test_a_rule_that_is_not_there_is_told_and_counts_nothing():
    net = network(packs("average"))
    plan = solve(net).plan
    strange = plan.with_table("claims", plan["claims"].with_columns(rule_id=pl.lit("agrement")))
    strange = strange.with_table("flows", plan["flows"].with_columns(grade=pl.lit("agreement+pact")))
    issues = check_plan(net, strange)
    assert {(one.table, one.column, one.severity) for one in issues} == {("claims", "rule_id", "warning"), ("flows", "grade", "warning")}
    assert any("agreement" in one.fix for one in issues)
