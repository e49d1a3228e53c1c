"""What holds for any two plans that deliver the same."""

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compared_worlds import priced_makers, shared_plan
from hinterland.app import read
from hinterland.comparison import Board, compare
from hinterland.comparison.bridges import bridges_of
from hinterland.comparison.judged import judge
from hinterland.tables import TABLES

FEW = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
parts = st.floats(0.0, 100.0).map(lambda value: round(value, 3))
years = st.fixed_dictionaries({"2026": parts, "2027": parts})
factors = st.floats(0.0, 2.0)


def rich(kwh: tuple[float, float], kg: tuple[float, float]) -> dict[str, list[dict[str, Any]]]:
    tables = priced_makers()
    for row, each in zip(tables["processes"], kwh, strict=False):
        row["electricity_kwh_per_unit"] = each
    for row, each in zip(tables["energy"], kg, strict=True):
        row["co2e_kg_per_kwh"] = each
    tables["settings"].append({"key": "carbon_price_per_t", "value": "80"})
    tables["incentives"] = [
        {"incentive_id": "home", "site_or_group": "near", "product_id": "part", "basis": "per_unit", "amount": 2.0, "cap_amount": 150.0}
    ]
    tables["sites"][2]["fixed_cost_per_year"] = 700.0
    return tables


def figures(board: Board) -> dict[tuple[str, str], float | None]:
    return {(strategy, kpi): value for strategy, kpi, value in board.kpis.select("strategy", "kpi", "value").iter_rows()}


@FEW
@given(years, years, st.tuples(factors, factors), st.tuples(factors, factors))
def test_bridges_sum_exactly_to_the_difference_and_turn_their_sign_on_the_way_back(one, other, kwh, kg):
    net = read(rich(kwh, kg))
    here, there = judge(net, "one", shared_plan(one)), judge(net, "other", shared_plan(other))
    bridge, back = bridges_of(here, [there], "piece", "USD"), bridges_of(there, [here], "piece", "USD")
    for measure, totals in (
        ("cost", [float(judged.books.costs["amount"].sum()) for judged in (here, there)]),
        ("co2e", [float(judged.books.co2e["kg_market"].sum()) for judged in (here, there)]),
    ):
        drivers = bridge.filter(pl.col("measure") == measure)["amount"]
        assert drivers.sum() == pytest.approx((totals[1] - totals[0]) / 200.0, abs=1e-9 * (1 + drivers.abs().sum()))
    assert bridge["driver"].to_list() == back["driver"].to_list()
    assert bridge["amount"].to_list() == pytest.approx([-amount for amount in back["amount"].to_list()], abs=1e-9)


@FEW
@given(years)
def test_shares_lie_between_0_and_1_and_complete_each_other(near):
    board = compare(read(rich((10.0, 20.0), (0.4, 0.6))), {"plan": shared_plan(near)})
    shares = board.kpis.filter(pl.col("unit").is_in(["share", "index 0..1"]))["value"].drop_nulls()
    assert shares.len() >= 8
    assert shares.is_between(0.0, 1.0 + 1e-12).all()
    for frame, keys in ((board.origins, ["of_product"]), (board.regional_share, ["basis"])):
        sums = frame.group_by(keys).agg(pl.col("share").sum())["share"]
        assert sums.to_list() == pytest.approx([1.0] * sums.len())
    assert board.quality["cost_share"].sum() == pytest.approx(1.0)
    assert board.concentration["weight"].sum() == pytest.approx(1.0)


@FEW
@given(years, st.integers(0, 1000))
def test_the_order_of_rows_says_nothing(near, seed):
    tables, chance = rich((10.0, 20.0), (0.4, 0.6)), random.Random(seed)
    plan = shared_plan(near)
    told = figures(compare(read(tables), {"plan": plan}))
    mixed = {name: chance.sample(rows, len(rows)) for name, rows in tables.items()}
    shuffled = figures(compare(read(mixed), {"plan": plan}))
    assert shuffled.keys() == told.keys()
    for key, value in told.items():
        assert shuffled[key] == (None if value is None else pytest.approx(value, rel=1e-12)), key


def in_cents(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The same world with every amount of money a hundred times as large."""
    counted = {}
    for name, rows in tables.items():
        money = {column.name for column in TABLES[name].columns if column.unit.startswith("money")}
        counted[name] = [{key: value * 100 if key in money and value is not None else value for key, value in row.items()} for row in rows]
    for row in counted["settings"]:
        if row["key"] == "carbon_price_per_t":
            row["value"] = str(float(row["value"]) * 100)
    return counted


@FEW
@given(years)
def test_cents_instead_of_dollars_change_money_a_hundredfold_and_no_share(near):
    tables, plan = rich((10.0, 20.0), (0.4, 0.6)), shared_plan(near)
    dollars, cents = compare(read(tables), {"plan": plan}), compare(read(in_cents(tables)), {"plan": plan})
    for row, other in zip(dollars.kpis.iter_rows(named=True), cents.kpis.iter_rows(named=True), strict=True):
        scale = 100.0 if row["unit"].startswith("USD") else 1.0
        assert other["value"] == (None if row["value"] is None else pytest.approx(row["value"] * scale, rel=1e-9)), row["kpi"]
