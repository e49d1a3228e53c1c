"""T5: nickel of two refineries, one under RMAP until the middle of 2027.

60 t come from refinery A, whose RMAP certificate ends on 2027-06-30, and 40 t from B, which holds none. Over the year 2027
nothing is covered, in its first half 60 %, in its second nothing; the certificate is missing from 2027-07-01 on. The worked example is that
of the shared notes on standards, section 4: a certificate counts in planning periods that it spans whole.
"""

from __future__ import annotations

import pytest

from hinterland.app import check
from hinterland.design import design
from hinterland.model.coverage import coverage, due_diligence_coverage
from worlds import Tables, network

YEAR = [("2027", "2027-01-01", "2027-12-31")]
HALVES = [("H1", "2027-01-01", "2027-06-30"), ("H2", "2027-07-01", "2027-12-31")]


def refineries(periods: list[tuple[str, str, str]]) -> Tables:
    """Two refineries that can make 60 and 40 t of nickel a year, a cathode plant that takes both through a store, a cell plant."""
    days = {"2027": 365, "H1": 181, "H2": 184}
    return {
        "settings": [{"key": "base_date", "value": "2027-01-01"}],
        "periods": [{"period_id": name, "start_date": start, "end_date": end} for name, start, end in periods],
        "countries": [{"country": "FI", "region": "europe"}, {"country": "ID", "region": "asia"}, {"country": "DE", "region": "europe"}],
        "products": [
            {"product_id": "nickel", "unit": "t", "mass_kg_per_unit": 1000.0, "stage": "refined"},
            {"product_id": "cathode", "unit": "t", "mass_kg_per_unit": 1000.0, "stage": "cathode"},
        ],
        "sites": [
            {"site_id": "a", "country": "FI"}, {"site_id": "b", "country": "ID"}, {"site_id": "store", "country": "DE"},
            {"site_id": "plant", "country": "DE"}, {"site_id": "cells", "country": "DE"},
        ],
        "recipes": [{"recipe_id": "cathode_from_nickel", "product_id": "cathode"}],
        "recipe_lines": [{"recipe_id": "cathode_from_nickel", "product_id": "nickel", "role": "input", "quantity_per_unit": 1.0}],
        "processes": [
            {"site_id": "a", "product_id": "nickel", "capacity_per_year": 60.0}, {"site_id": "b", "product_id": "nickel", "capacity_per_year": 40.0},
            {"site_id": "plant", "recipe_id": "cathode_from_nickel", "capacity_per_year": 200.0},
        ],
        "stocks": [{"site_id": "store", "product_id": "nickel"}],
        "lanes": [
            {"lane_id": f"{start}-{end}", "from_site": start, "to_site": end, "product_id": goods, "cost_per_unit": 1.0, "lead_time_days": 1.0,
             "co2e_kg_per_unit": 1.0}
            for start, end, goods in (("a", "plant", "nickel"), ("b", "store", "nickel"), ("store", "plant", "nickel"), ("plant", "cells", "cathode"))
        ],
        "demand": [
            {"site_id": "cells", "product_id": "cathode", "period_id": name, "quantity": 100.0 * days[name] / 365, "shortage_cost_per_unit": 1e4}
            for name, _, _ in periods
        ],
        "certificates": [{"site_id": "a", "scheme": "RMAP", "valid_from": "2024-07-01", "valid_to": "2027-06-30", "level": "conformant"}],
    }  # fmt: skip


@pytest.mark.parametrize(("periods", "shares"), [(YEAR, {"2027": 0.0}), (HALVES, {"H1": 0.6, "H2": 0.0})])
def test_coverage_of_tier_one(periods, shares):
    tables = refineries(periods)
    net = network(tables)
    plan = design(net).plan
    told = coverage(net, plan)
    nickel = {row["period_id"]: row for row in told.iter_rows(named=True) if row["product_id"] == "nickel"}
    assert {row["tier"] for row in nickel.values()} == {1}
    assert {period: row["covered_share"] for period, row in nickel.items()} == pytest.approx(shares, abs=1e-12)
    assert sum(row["flow"] for row in nickel.values()) == pytest.approx(100.0)
    assert {row["tier"] for row in told.iter_rows(named=True) if row["product_id"] == "cathode"} == {0}


@pytest.mark.parametrize(("periods", "first"), [(YEAR, "2027"), (HALVES, "H2")])
def test_the_lapse_is_told_with_its_day_and_the_first_period_without(periods, first):
    (issue,) = [one for one in check(refineries(periods)) if one.code == "certificate_lapses"]
    assert (issue.table, issue.row, issue.column, issue.severity) == ("certificates", 2, "valid_to", "warning")
    assert "2027-07-01" in issue.what
    assert f"{first} is the first period" in issue.what


def test_a_certificate_that_follows_joins_up():
    tables = refineries(YEAR)
    tables["certificates"].append(
        {"site_id": "a", "scheme": "RMAP", "valid_from": "2027-07-01", "valid_to": "2028-06-30", "level": "conformant"}
    )
    assert [one.code for one in check(tables)] == []
    net = network(tables)
    told = coverage(net, design(net).plan)
    assert [row["covered_share"] for row in told.iter_rows(named=True) if row["product_id"] == "nickel"] == pytest.approx([0.6])
    tables["certificates"][-1]["valid_from"] = "2027-07-02"
    net = network(tables)
    told = coverage(net, design(net).plan)
    assert [row["covered_share"] for row in told.iter_rows(named=True) if row["product_id"] == "nickel"] == [0.0]


def test_steps_of_due_diligence_count_by_rows_and_by_schemes_that_show_them():
    tables = refineries(HALVES)
    tables["schemes"] = [{"scheme": "RMAP", "level": "conformant", "rank": 2, "oecd_step": 4}]
    tables["due_diligence"] = [{"site_id": "b", "oecd_step": 2, "valid_from": "2027-01-01"}]
    net = network(tables)
    told = due_diligence_coverage(net, design(net).plan)
    found = {
        (row["oecd_step"], row["period_id"]): row["covered_share"] for row in told.iter_rows(named=True) if row["product_id"] == "nickel"
    }
    expected = {(step, period): 0.0 for step in range(1, 6) for period in ("H1", "H2")}
    assert found == pytest.approx(expected | {(2, "H1"): 0.4, (2, "H2"): 0.4, (4, "H1"): 0.6})
