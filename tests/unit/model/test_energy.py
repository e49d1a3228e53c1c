"""Electricity: shares of renewable power on both bases, policies on them with their price, and paths to net zero."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from hinterland.app import check
from hinterland.core.errors import InfeasibleDesign
from hinterland.design import DesignResult, design
from hinterland.model.accounts import account
from hinterland.model.arrays import arrays_of
from hinterland.model.arrays.energy import Carriers, electricity_of, power_of
from hinterland.model.electricity import electricity_use, power_supply
from hinterland.model.verify import verify
from worlds import Tables, network, two_makers

HALF_2026 = 184 / 365
"""Days of 2026 from 1 July on."""


def powered(count: int = 1, **more: Any) -> Tables:
    """Near takes 10 kWh a part of a grid with 40 % renewables at 0.1 and 0.5 kg, far 10 kWh of one with 20 % at 0.05 and 1 kg.

    Per part: near 10 + 1 + 10 · 0.1 = 12, far 6 + 2 + 10 · 0.05 = 8.5.
    """
    tables = two_makers(count) | more
    tables["energy"] = [
        {"zone": "US", "carrier": "electricity", "co2e_kg_per_kwh": 0.5, "price_per_kwh": 0.1, "renewable_share": 0.4},
        {"zone": "CN", "carrier": "electricity", "co2e_kg_per_kwh": 1.0, "price_per_kwh": 0.05, "renewable_share": 0.2},
    ]
    for row in tables["processes"][:2]:
        row["electricity_kwh_per_unit"] = 10.0
    return tables


def contract(name: str, kind: str, share: float, site: str = "far", **cells: Any) -> dict[str, Any]:
    return {
        "power_contract_id": name,
        "site_id": site,
        "kind": kind,
        "share": share,
        "co2e_kg_per_kwh": 0.02,
        "premium_per_kwh": 0.01,
        **cells,
    }


def power(*contracts: dict[str, Any], tables: Tables | None = None) -> Any:
    net = network((tables or powered()) | {"power_contracts": list(contracts)})
    found = power_of(net, Carriers.of(net), {"site_id": "far", "energy_zone": None, "country": "CN"})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("contracts", "market", "location"),
    [
        ([], 0.2, 0.2),
        ([contract("p", "ppa", 0.5)], 0.5 + 0.5 * 0.2, 0.2),
        ([contract("c", "certificates", 1.0)], 1.0, 0.2),
        ([contract("s", "on_site", 0.3)], 0.3 + 0.7 * 0.2, 0.3 + 0.7 * 0.2),
        ([contract("s", "on_site", 0.3), contract("p", "ppa", 0.5), contract("c", "certificates", 0.2)], 1.0, 0.3 + 0.7 * 0.2),
        ([contract("p", "ppa", 1.0, start_date="2026-07-01")], HALF_2026 + (1 - HALF_2026) * 0.2, 0.2),
    ],
)
def test_renewable_shares_count_contracts_on_the_market_and_what_stands_on_site_at_the_place(contracts, market, location):
    found = power(*contracts)
    assert found.renewable_market.tolist() == pytest.approx([market])
    assert found.renewable_location.tolist() == pytest.approx([location])


@pytest.mark.parametrize(
    ("contracts", "market", "location"),
    [
        ([contract("p", "ppa", 0.5)], 0.5 * 0.02 + 0.5 * 1.0, 1.0),
        ([contract("c", "certificates", 0.5)], 0.5 * 0.02 + 0.5 * 1.0, 1.0),
        ([contract("s", "on_site", 0.5)], 0.5 * 0.02 + 0.5 * 1.0, 0.5 * 0.02 + 0.5 * 1.0),
    ],
)
def test_co2e_is_told_on_both_bases(contracts, market, location):
    found = power(*contracts)
    assert found.market_kg.tolist() == pytest.approx([market])
    assert found.location_kg.tolist() == pytest.approx([location])
    assert found.price.tolist() == pytest.approx([0.05 + 0.5 * 0.01])


def test_the_grid_s_share_follows_its_rows_and_changes():
    tables = powered()
    tables["energy"].append({"zone": "CN", "carrier": "electricity", "valid_from": "2026-07-01", "renewable_share": 0.6})
    assert power(tables=tables).renewable_market.tolist() == pytest.approx([0.2 * (1 - HALF_2026) + 0.6 * HALF_2026])
    tables = powered()
    tables["changes"] = [
        {"change_id": "g", "table": "energy", "where": "zone=CN", "column": "renewable_share", "action": "set", "value": 0.6, "valid_from": "2026-07-01"}
    ]  # fmt: skip
    assert power(tables=tables).renewable_market.tolist() == pytest.approx([0.2 * (1 - HALF_2026) + 0.6 * HALF_2026])


def halved(kind: str, *, split: bool) -> Tables:
    """20 kWh a part at far; its grid falls from 0.4 to 0.1 kg, from 0.1 to 0.12 in price and rises from 20 to 80 % renewables in July.

    From the same day a contract at 0.01 a kWh covers all of it, without emissions.
    """
    tables = powered()
    if split:
        tables["periods"] = [
            {"period_id": "a", "start_date": "2026-01-01", "end_date": "2026-06-30"}, {"period_id": "b", "start_date": "2026-07-01", "end_date": "2026-12-31"},
        ]  # fmt: skip
        tables["demand"] = [
            row | {"period_id": at, "quantity": 100.0 * days / 365} for row in tables["demand"] for at, days in (("a", 181), ("b", 184))
        ]
    for row in tables["processes"][:2]:
        row["electricity_kwh_per_unit"] = 20.0
    tables["energy"][1:] = [
        {"zone": "CN", "carrier": "electricity", "co2e_kg_per_kwh": 0.4, "price_per_kwh": 0.1, "renewable_share": 0.2},
        {
            "zone": "CN",
            "carrier": "electricity",
            "valid_from": "2026-07-01",
            "co2e_kg_per_kwh": 0.1,
            "price_per_kwh": 0.12,
            "renewable_share": 0.8,
        },
    ]
    return tables | {"power_contracts": [contract("p", kind, 1.0, start_date="2026-07-01", co2e_kg_per_kwh=0.0)]}


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("kind", ["ppa", "on_site"])
def test_a_contract_takes_the_place_of_the_grid_of_its_own_days(kind, split):
    """By hand: 181 days of the old grid, 184 of the contract; on location a ppa leaves the new grid in its place."""
    net = network(halved(kind, split=split))
    found = power_of(net, Carriers.of(net), {"site_id": "far", "energy_zone": None, "country": "CN"})
    assert found is not None
    days = net.calendar.days / 365
    there = (0.0, 1.0) if kind == "on_site" else (0.1, 0.8)
    told = {
        name: float(days @ getattr(found, name)) for name in ("price", "market_kg", "location_kg", "renewable_market", "renewable_location")
    }
    by_hand = {
        "price": 0.1 * 181 + 0.13 * 184, "market_kg": 0.4 * 181, "location_kg": 0.4 * 181 + there[0] * 184,
        "renewable_market": 0.2 * 181 + 184, "renewable_location": 0.2 * 181 + there[1] * 184,
    }  # fmt: skip
    assert told == pytest.approx({name: value / 365 for name, value in by_hand.items()}, rel=0, abs=1e-12)


@pytest.mark.parametrize("split", [False, True])
def test_a_plan_emits_the_same_whether_its_year_is_one_period_or_two(split):
    """100 parts · 20 kWh · 0.4 kg · 181 / 365 days."""
    net = network(halved("ppa", split=split))
    plan = solved(halved("ppa", split=split)).plan
    used = electricity_use(net, plan)
    assert used["site_id"].unique().to_list() == ["far"]
    assert used["co2e_market_kg"].sum() == pytest.approx(2000 * 0.4 * 181 / 365, abs=1e-9)
    assert (used["kwh"] * used["renewable_share_market"]).sum() == pytest.approx(2000 * (0.2 * 181 + 184) / 365, abs=1e-9)
    kept = account(net, plan).co2e.filter(pl.col("cause") == "electricity")
    assert kept["kg_market"].sum() == pytest.approx(2000 * 0.4 * 181 / 365, abs=1e-9)


@pytest.mark.parametrize(
    ("start", "stop"), [("2026-03-02", "2026-09-30"), ("2026-08-01", None), (None, "2026-05-31"), ("2025-01-01", "2027-01-01")]
)
def test_days_of_grid_and_contracts_need_not_meet(start, stop):
    """Day by day: what two contracts leave is the grid's of that day."""
    tables = halved("ppa", split=False)
    tables["power_contracts"] = [
        contract("s", "on_site", 0.25, start_date="2026-05-01"),
        contract("p", "ppa", 0.5, start_date=start, end_date=stop),
    ]
    found = power(*tables["power_contracts"], tables=tables)
    year = [date(2026, 1, 1) + timedelta(days=at) for at in range(365)]
    own = [0.25 * (day >= date(2026, 5, 1)) for day in year]
    bought = [0.5 * (date.fromisoformat(start or "0001-01-01") <= day <= date.fromisoformat(stop or "9999-12-31")) for day in year]
    grid = [0.4 if day < date(2026, 7, 1) else 0.1 for day in year]
    market = sum(kg * (1 - s - p) + 0.02 * (s + p) for kg, s, p in zip(grid, own, bought, strict=True)) / 365
    location = sum(kg * (1 - s) + 0.02 * s for kg, s in zip(grid, own, strict=True)) / 365
    assert (found.market_kg.item(), found.location_kg.item()) == pytest.approx((market, location), rel=0, abs=1e-12)


def test_a_contract_supplies_a_site_whose_grid_no_row_knows():
    tables = powered()
    tables["energy"] = tables["energy"][:1]
    found = power(contract("p", "ppa", 0.5), tables=tables)
    assert (found.renewable_market.item(), found.market_kg.item(), found.price.item()) == pytest.approx((0.5, 0.01, 0.005))


def test_lines_know_what_they_take():
    net = network(powered() | {"power_contracts": [contract("c", "certificates", 0.5)]})
    a = arrays_of(net)
    found, names = electricity_of(a), a.making.lines.rows["site_id"].to_list()
    far = names.index("far")
    assert (found.kwh[far, 0], found.market[far, 0], found.location[far, 0]) == pytest.approx((10.0, 0.6, 0.2))
    assert found.kwh[names.index("plant"), 0] == 0.0


# --- a plan's electricity


def solved(tables: Tables) -> DesignResult:
    result = design(network(tables), gap=0)
    assert result.proof.verify.ok
    return result


def makers(result: DesignResult) -> dict[str, float]:
    rows = result.plan["outputs"].filter(pl.col("recipe_id").is_null()).group_by("site_id").agg(pl.col("quantity").sum())
    return dict(rows.iter_rows())


def test_electricity_of_a_plan_by_site_and_the_accounts_agree():
    tables = powered() | {"power_contracts": [contract("c", "certificates", 0.5, evidence="GO-17"), contract("s", "on_site", 0.1)]}
    net = network(tables)
    plan = solved(tables).plan
    (row,) = electricity_use(net, plan).iter_rows(named=True)
    assert (row["site_id"], row["kwh"]) == ("far", pytest.approx(1000.0))
    assert row["renewable_share_market"] == pytest.approx(0.6 + 0.4 * 0.2)
    assert row["renewable_share_location"] == pytest.approx(0.1 + 0.9 * 0.2)
    kept = account(net, plan)
    power_rows = kept.co2e.filter(pl.col("cause") == "electricity")
    assert row["co2e_market_kg"] == pytest.approx(power_rows["kg_market"].sum()) == pytest.approx(1000 * (0.6 * 0.02 + 0.4))
    assert row["co2e_location_kg"] == pytest.approx(power_rows["kg_location"].sum()) == pytest.approx(1000 * (0.1 * 0.02 + 0.9))
    assert row["cost"] == pytest.approx(kept.costs.filter(pl.col("kind") == "electricity")["amount"].sum()) == pytest.approx(1000 * 0.056)
    told = power_supply(net, plan).select("power_contract_id", "kind", "share", "kwh", "premium_cost", "evidence").rows()
    assert told == [
        ("c", "certificates", 0.5, pytest.approx(500.0), pytest.approx(5.0), "GO-17"), ("s", "on_site", 0.1, pytest.approx(100.0), pytest.approx(1.0), None),
    ]  # fmt: skip


# --- min_renewable_share


def renewable(value: float, **cells: Any) -> dict[str, Any]:
    return {"policy_id": "green", "kind": "min_renewable_share", "value": value, **cells}


@pytest.mark.parametrize(("value", "near"), [(0.2, 0.0), (0.3, 50.0), (0.4, 100.0)])
def test_a_least_share_of_renewable_power_moves_production(value, near):
    """Far 20 %, near 40 %: a share of 30 % needs half of each."""
    result = solved(powered(policies=[renewable(value)]))
    assert makers(result).get("near", 0.0) == pytest.approx(near)


def test_a_share_above_what_anyone_has_leaves_no_plan_unless_nothing_is_made():
    result = solved(powered(policies=[renewable(0.5)]))
    assert makers(result) == {}
    tables = powered(policies=[renewable(0.5), {"policy_id": "run", "kind": "min_flow", "product": "part", "value": 10.0}])
    with pytest.raises(InfeasibleDesign) as told:
        design(network(tables))
    assert told.value.conflict[:2] == (
        "policy green asks for at least 50 % renewable electricity in 2026",
        "policy run asks for at least 10 piece a year of part in 2026",
    )


@pytest.mark.parametrize(
    ("contracts", "unit", "basis", "holds"),
    [
        ("ppa", None, "market", True), ("ppa", None, "location", False), ("ppa", "location", "market", False), ("ppa", "market", "location", True),
        ("certificates", "location", "market", False), ("on_site", "location", "market", True),
    ],
)  # fmt: skip
def test_the_basis_is_the_row_s_or_else_the_setting_s(contracts, unit, basis, holds):
    tables = powered(policies=[renewable(0.6, value_unit=unit)], power_contracts=[contract("p", contracts, 0.5)])
    tables["settings"].append({"key": "electricity_basis", "value": basis})
    plan = design(network(powered()), gap=0).plan
    report = verify(network(tables), plan)
    assert set(report.failures["check"]) == (set() if holds else {"policy"})
    assert (makers(solved(tables)) == {"far": 100.0}) is holds


@pytest.mark.parametrize(
    ("cells", "near"),
    [({"site_group": "near"}, 0.0), ({"site_group": "far"}, 100.0), ({"each": "site"}, 100.0), ({"each": "region"}, 100.0),
     ({"each": "product"}, 75.0), ({"product": "car"}, 0.0), ({"product": "part"}, 75.0), ({"valid_from": "2027-01-01"}, 0.0)],
)  # fmt: skip
def test_a_share_counts_in_its_scope(cells, near):
    """35 % of all needs three quarters near; of far alone it shuts far out."""
    result = solved(powered(policies=[renewable(0.35, **cells)]))
    assert makers(result).get("near", 0.0) == pytest.approx(near)


def test_a_share_that_starts_within_a_period_counts_by_its_days():
    result = solved(powered(policies=[renewable(0.4, valid_from="2026-04-11")]))  # 265 of 365 days: 0.4 · 265/365 = 0.29041
    share = 0.4 * 265 / 365
    assert makers(result)["near"] == pytest.approx(100 * (share - 0.2) / 0.2)


def test_a_soft_share_pays_for_each_kwh_that_lacks():
    """Near instead of far costs 3.5 a part and brings 2 renewable kWh: 1.75 a kWh."""
    dear, cheap = (solved(powered(policies=[renewable(0.3, penalty_per_unit=one)])) for one in (1.8, 1.7))
    assert makers(dear)["near"] == pytest.approx(50.0)
    assert makers(cheap) == {"far": 100.0}
    told = cheap.proof.verify.steering.row(0, named=True)
    assert (told["label"], told["violation"], told["amount"]) == (
        "policy green (min_renewable_share 0.3)", pytest.approx(1000 * 0.3 - 1000 * 0.2), pytest.approx(170.0),
    )  # fmt: skip


def price_of(result: DesignResult, words: str, period: str) -> float:
    rows = result.tables["shadow_prices"].filter(pl.col("row").str.contains(words) & (pl.col("period_id") == period))
    return float(rows["dual"].sum())


def test_a_share_has_its_price():
    tables = powered(policies=[renewable(0.3)])
    next(row for row in tables["settings"] if row["key"] == "discount_rate_share")["value"] = "0"
    assert price_of(solved(tables), "policy green asks for at least 30 % renewable electricity", "2026") == pytest.approx(1.75)


# --- net zero


def path(*points: tuple[str, str, float]) -> list[dict[str, Any]]:
    return [
        {"policy_id": f"far_{start[:4]}", "kind": "max_co2e_per_unit", "site_group": "near|far", "product": "part", "value": value,
         "value_unit": "kg", "valid_from": start, "valid_to": stop}
        for start, stop, value in points
    ]  # fmt: skip


YEARS = [("2026-01-01", "2026-12-31", 13.0), ("2027-01-01", "2027-12-31", 9.5), ("2028-01-01", "2028-12-31", 6.0)]
"""Per part near emits 1 + 5 = 6 kg, far 3 + 10 = 13 kg at their sites."""


def test_a_path_of_dated_rows_steps_down_and_each_year_has_its_price():
    """13 lets far make all, 9.5 is the mean of both, 6 is near alone. One kg less costs 3.5 / 7 a kg."""
    tables = powered(3, policies=path(*YEARS))
    next(row for row in tables["settings"] if row["key"] == "discount_rate_share")["value"] = "0"
    result = solved(tables)
    made = result.plan["outputs"].filter(pl.col("site_id") == "near")
    assert dict(made.select("period_id", "quantity").iter_rows()) == pytest.approx({"2027": 50.0, "2028": 100.0})
    assert price_of(result, "far_2027", "2027") == pytest.approx(-500.0)
    assert price_of(result, "far_2026", "2027") == 0.0


def test_a_path_as_changes_of_one_policy_is_the_same():
    rows = powered(3, policies=path(*YEARS))
    (one, *_) = path(*YEARS)
    moved = powered(3, policies=[one | {"policy_id": "far", "valid_from": None, "valid_to": None}])
    moved["changes"] = [
        {"change_id": f"far_{start[:4]}", "table": "policies", "where": "policy_id=far", "column": "value", "action": "set", "value": value,
         "valid_from": start, "valid_to": stop}
        for start, stop, value in YEARS
    ]  # fmt: skip
    assert dict(solved(rows).objective)["cost"] == pytest.approx(dict(solved(moved).objective)["cost"])


def test_everything_checks_clean():
    tables = powered(3, policies=[*path(*YEARS), renewable(0.2)], power_contracts=[contract("p", "ppa", 0.5)])
    assert check(tables) == []
