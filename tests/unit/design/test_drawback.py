"""Duty on inputs that comes back when what was made of them leaves: how much, and that nobody gets more."""

from __future__ import annotations

import polars as pl
import pytest

from hinterland.app import solve
from hinterland.embodied import trace
from hinterland.model.accounts import account
from hinterland.model.plan_reading import read_plan
from hinterland.model.verify import verify
from origin_worlds import exporting
from worlds import Tables, network


def duty(net, plan) -> float:
    return float(account(net, plan).costs.filter(pl.col("kind") == "duty")["amount"].sum())


def plants() -> Tables:
    """80 cars stay, 40 leave, 1.25 parts each. A near part costs 11, a far one 8 and 4 of duty, of which 3 come back if it leaves."""
    tables = exporting()
    tables["demand"][0]["quantity"] = 80.0
    return tables


def test_three_quarters_of_the_duty_on_what_leaves_come_back(tmp_path):
    """Far parts cost 9 in cars that leave and 12 in those that stay: 50 of them are bought, and 50 · 4 − 50 · 3 is what they pay."""
    net = network(plants())
    plan = solve(net).plan
    moved = dict(plan["flows"].group_by("lane_id").agg(pl.col("quantity").sum()).iter_rows())
    assert (moved["near-plant"], moved["far-plant"]) == pytest.approx((100.0, 50.0))
    assert plan["refunds"]["quantity"].to_list() == pytest.approx([50.0])
    assert duty(net, plan) == pytest.approx(50.0)
    assert trace(net, plan).closure["relative_error"].max() < 1e-9
    again = read_plan(plan.write(tmp_path / "plan"), net)
    assert verify(net, again).ok
    assert duty(net, again) == pytest.approx(50.0)


def test_without_a_share_nothing_comes_back_and_all_parts_come_from_near():
    tables = plants()
    tables["sites"][2].pop("drawback_share")
    plan = solve(network(tables)).plan
    assert plan["refunds"].height == 0
    assert plan["flows"].filter(lane_id="far-plant").height == 0


@pytest.mark.parametrize(("quantity", "check"), [(50.01, "refund_exports"), (120.0, "refund_exports")])
def test_a_refund_on_more_than_left_is_refused(quantity: float, check: str):
    net = network(plants())
    plan = solve(net).plan
    report = verify(net, plan.with_table("refunds", plan["refunds"].with_columns(quantity=pl.lit(quantity))))
    assert report.failures["check"].to_list()[0] == check


def test_a_refund_on_more_than_paid_is_refused():
    """Only 30 of the parts come from far: duty cannot come back on more of them."""
    tables = plants()
    tables["lanes"][1]["capacity_per_year"] = 30.0
    net = network(tables)
    plan = solve(net).plan
    assert plan["refunds"]["quantity"].to_list() == pytest.approx([30.0])
    report = verify(net, plan.with_table("refunds", plan["refunds"].with_columns(quantity=pl.lit(40.0))))
    assert report.failures["check"].to_list() == ["refund_paid"]
