"""Duty, credits and CO2e of the reference network are one sum each, whoever adds it up: solver, accounts, roll-up."""

from __future__ import annotations

import polars as pl
import pytest

from hinterland.app import read, solve, trace
from hinterland.embodied import TraceResult
from hinterland.model.accounts import account
from hinterland.model.samples import sample_path
from hinterland.model.scenario import resolve


def total(frame: pl.DataFrame, column: str, **where: str) -> float:
    """Sum of a column over the rows with these values."""
    for name, value in where.items():
        frame = frame.filter(pl.col(name) == value)
    return float(frame[column].sum())


def rolled(unit: TraceResult, satellite: str) -> float:
    """What goods carry out and what nothing carries, less what the opening stock brought in."""
    row = unit.closure.filter(pl.col("satellite") == satellite).row(0, named=True)
    return float(sum(row[part] for part in ("delivered", "closing_stock", "disposed", "unallocated")) - row["opening_stock"])


@pytest.mark.slow
@pytest.mark.parametrize("world", ["announced-2023", "status-2026"])
def test_duty_credits_and_co2e_agree_between_design_accounts_and_trace(world: str):
    """1e-6 between the solver and the accounts, 1e-9 between the accounts and the roll-up."""
    net = read(sample_path("battery_gen6"))
    names = [world, "local-for-local"]
    result = solve(net, names, gap=0.005, seconds=120)
    books, unit = account(resolve(net, names), result.plan), trace(net, result.plan)
    for kind in ("duty", "credit"):
        counted = total(books.costs, "amount", kind=kind)
        assert abs(counted) > 1e6, f"the sample has {kind} to speak of"
        assert total(result.tables["claimed_costs"], "amount", kind=kind) == pytest.approx(counted, rel=1e-6)
        assert rolled(unit, f"cost:{kind}") == pytest.approx(counted, rel=1e-9)
    assert total(result.tables["claimed_co2e"], "kg") == pytest.approx(total(books.co2e, "kg"), rel=1e-6)
    for scheme, column in (("market", "kg_market"), ("location", "kg_location")):
        assert rolled(unit, f"co2e_{scheme}_kg") == pytest.approx(total(books.co2e, column), rel=1e-9)
