"""verify accepts every optimum of design on random worlds, and rejects one change of each kind of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from small_worlds import small_world

from hinterland.core.errors import InfeasibleDesign
from hinterland.design import DesignResult, design
from hinterland.model.accounts import COST_KINDS
from hinterland.model.network import Network
from hinterland.model.verify import VerifyReport, verify
from rich_world import rich_tables
from worlds import network

SEEDS = (0, 1, 3, 4, 5, 6, 7, 8, 11, 15, 19, 22, 26, 28, 29)  # worlds in which something is worth making
SLOW_SEEDS = tuple(range(40, 160))


@cache
def _optimum(seed: int) -> tuple[Network, DesignResult]:
    net = network(small_world(seed))
    return net, design(net, gap=1e-9)


def _claims(result: DesignResult) -> dict[str, pl.DataFrame]:
    return {name: result.tables[name] for name in ("claimed_costs", "claimed_co2e", "steering")}


def _judge(seed: int, table: str, change: pl.Expr) -> VerifyReport:
    net, result = _optimum(seed)
    return verify(net, result.plan.with_table(table, result.plan[table].with_columns(change)))


def _first_of(column: str, value: pl.Expr, where: pl.Expr) -> pl.Expr:
    """Change the first row that fits."""
    chosen = where & (where.cast(pl.Int64).cum_sum() == 1)
    return pl.when(chosen).then(value).otherwise(pl.col(column)).alias(column)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_optimum_is_accepted_with_all_it_claims(seed):
    net, result = _optimum(seed)
    report = verify(net, result.plan, _claims(result))
    assert report.ok, report.worst()
    assert {"balance", "cost_total", "cost_discounted_total"} <= set(report.lines["check"])
    claimed = float(result.tables["claimed_costs"]["discounted"].sum())
    assert dict(result.objective)["cost"] == pytest.approx(claimed, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SLOW_SEEDS)
def test_every_optimum_is_accepted_in_many_worlds(seed):
    try:
        net, result = _optimum(seed)
    except InfeasibleDesign:
        return
    assert verify(net, result.plan, _claims(result)).ok


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundredth_more_on_any_flow_or_output_breaks_a_balance(seed):
    table = ("flows", "outputs")[seed % 2]
    rows = _optimum(seed)[1].plan[table]
    assert rows.height
    report = _judge(seed, table, _first_of("quantity", pl.col("quantity") * 1.01, pl.col("quantity") == rows["quantity"].max()))
    assert "balance" in set(report.failures["check"])


@pytest.mark.parametrize("seed", SEEDS)
def test_an_output_above_capacity_is_rejected(seed):
    report = _judge(seed, "outputs", (pl.col("quantity") * 1000.0).alias("quantity"))
    assert "line_capacity" in set(report.failures["check"])


@pytest.mark.parametrize("seed", SEEDS)
def test_an_opening_turned_round_is_rejected(seed):
    turned = ("open", "started", "stopped")[seed % 3]
    report = _judge(seed, "openings", (1 - pl.col(turned)).alias(turned))
    assert "open_from_start" in set(report.failures["check"])


def test_modules_taken_away_leave_output_without_capacity():
    built = [seed for seed in SEEDS if _optimum(seed)[1].plan["modules"].height][:3]
    assert len(built) == 3
    for seed in built:
        assert "line_capacity" in set(_judge(seed, "modules", pl.lit(0).alias("added")).failures["check"])
        assert "modules_in_all" in set(_judge(seed, "modules", (pl.col("added") + 9).alias("added")).failures["check"])


def test_a_stock_that_grows_by_itself_is_rejected():
    held = [seed for seed in SEEDS if _optimum(seed)[1].plan["stocked"].height][:3]
    assert len(held) == 3
    for seed in held:
        assert "balance" in set(_judge(seed, "stocked", (pl.col("quantity") + 5.0).alias("quantity")).failures["check"])


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_each_claimed_kind_counts(seed):
    net, result = _optimum(seed)
    costs = result.tables["claimed_costs"]
    whole = costs.group_by("period_id").agg(whole=pl.col("amount").abs().sum())
    told = costs.join(whole, on="period_id").filter(pl.col("amount").abs() > 1e-3 * pl.col("whole"))
    for kind in sorted(set(told["kind"])):
        wrong = costs.with_columns(pl.when(pl.col("kind") == kind).then(pl.col("amount") * 1.01).otherwise("amount").alias("amount"))
        failed = verify(net, result.plan, {"claimed_costs": wrong}).failures
        assert (failed["check"] == "cost").any(), kind


def test_the_optimum_of_a_rich_network_pays_every_kind_of_cost_and_is_accepted():
    net = network(rich_tables())
    result = design(net, gap=1e-9)
    paid = result.tables["claimed_costs"].filter(pl.col("amount").abs() > 1e-9)
    assert set(paid["kind"]) == set(COST_KINDS)
    report = verify(net, result.plan, _claims(result))
    assert report.ok, report.worst()


@pytest.mark.parametrize("rate", ["0.08", "0"])
def test_the_optimum_is_accepted_at_any_rate_and_with_unequal_periods(rate):
    tables = rich_tables()
    tables["settings"] = [row | {"value": rate} if row["key"] == "discount_rate_share" else row for row in tables["settings"]]
    tables["periods"][0]["end_date"] = np.datetime64("2026-09-30").item()
    tables["periods"][1]["start_date"] = np.datetime64("2026-10-01").item()
    tables["policies"] = [row for row in tables["policies"] if row["policy_id"] not in {"last_year", "then_over"}]
    net = network(tables)
    result = design(net, gap=1e-9)
    report = verify(net, result.plan, _claims(result))
    assert report.ok, report.worst()
