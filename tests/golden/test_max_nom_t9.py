"""EU-UK test T9: a pack of 10,000 ex works. 3,500 from outside (35 %) passes until 2026-12-31 and fails 30 % from 2027-01-01 (duty
2.7 % = 270); 2,900 passes both. Source: EU-UK TCA Annex 3 and Annex 5 as extended to 31 December 2026.
"""

from __future__ import annotations

import polars as pl
import pytest

from hinterland.app import solve
from hinterland.model.accounts import account
from hinterland.model.verify import verify
from hinterland.trade.origin import max_nom
from origin_worlds import assembly
from worlds import network

RULES = [
    {"method": "max_nom", "threshold_share": 0.70, "valid_to": "2026-12-31"},
    {"method": "max_nom", "threshold_share": 0.30, "valid_from": "2027-01-01"},
]


def duties(foreign: float, rules=RULES) -> dict[str, float]:
    """Duty by year of a pack a year from Britain into the Union."""
    tables = assembly(
        {"cells": (foreign, "CN"), "housing": (1_000.0, "GB")}, value=10_000.0, rules=rules, duty_share=0.027, count=2,
        at="GB", into="DE", group=("GB", "DE"),
    )  # fmt: skip
    net = network(tables)
    plan = solve(net).plan
    assert verify(net, plan).ok
    costs = account(net, plan).costs.filter(pl.col("kind") == "duty").group_by("period_id").agg(pl.col("amount").sum())
    return {"2026": 0.0, "2027": 0.0} | dict(costs.iter_rows())


def test_the_shares_on_paper():
    assert max_nom(10_000, 3_500) == pytest.approx(0.35)
    assert max_nom(10_000, 2_900) == pytest.approx(0.29)


def test_35_percent_passes_until_the_end_of_2026_and_fails_from_2027_on():
    assert duties(3_500.0) == pytest.approx({"2026": 0.0, "2027": 270.0})


def test_29_percent_passes_both():
    assert duties(2_900.0) == pytest.approx({"2026": 0.0, "2027": 0.0})


def test_the_limit_itself_passes_and_a_cent_more_does_not():
    assert duties(3_000.0)["2027"] == pytest.approx(0.0, abs=1e-9)
    assert duties(3_000.01)["2027"] == pytest.approx(270.0)


def test_assembly_of_cells_from_outside_passes_until_2026_by_the_shift_of_the_subheading():
    """The transitional alternative: the tariff line changes from 8507.90 to 8507.60, whatever the value."""
    rules = [*RULES, {"method": "tariff_shift", "shift_level": "subheading", "valid_to": "2026-12-31"}]
    assert duties(9_000.0, rules) == pytest.approx({"2026": 0.0, "2027": 270.0})
    assert duties(9_000.0) == pytest.approx({"2026": 270.0, "2027": 270.0})
