"""Random worlds dressed with contracts, policies, incentives, duties, groups and tests: design and verify read them alike."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from functools import cache

import polars as pl
import pytest
from small_worlds import Tables, small_world

from hinterland.core.errors import InfeasibleDesign
from hinterland.design import DesignResult, design
from hinterland.model.network import Network
from hinterland.model.verify import verify
from worlds import network

SEEDS = (301, 302, 303, 304, 305, 306, 352, 375)  # the last two are worlds in which next to nothing is made
SLOW_SEEDS = tuple(range(320, 480))


def _spans(draw: random.Random, tables: Tables, chance: float = 0.3) -> dict[str, object]:
    """Sometimes a first day inside the horizon."""
    first, last = tables["periods"][0]["start_date"], tables["periods"][-1]["end_date"]
    day = first + timedelta(days=draw.randint(0, (last - first).days))
    return {"valid_from": day} if draw.random() < chance else {}


def _contracts(draw: random.Random, tables: Tables) -> None:
    first = tables["periods"][0]["start_date"]
    supplier, buyer, product = draw.choice((("north", "plant", "part"), ("south", "plant", "part"), ("plant", "town", "car")))
    tables["contracts"] = [
        {"contract_id": "deal", "supplier": supplier, "buyer": buyer, "product_id": product, "status": "signed",
         "share_basis": draw.choice(("inflow", "need")), "sign_cost": 70.0, "exclusive_scope": draw.choice((None, "asia", "MX|CN", "north"))},
    ]  # fmt: skip
    take_or_pay = draw.random() < 0.5
    phase = {
        "contract_id": "deal",
        "min_share": draw.choice((0.0, 0.2, 0.6)),
        "max_share": draw.choice((1.0, 0.9)),
        "min_quantity_per_year": draw.choice((10.0, 40.0)) if take_or_pay else draw.choice((0.0, 0.0, 5.0)),
        "max_quantity_per_year": draw.choice((None, 80.0)),
        "take_or_pay_share": draw.choice((0.5, 1.0)) if take_or_pay else 0.0,
    }
    turn = first + timedelta(days=draw.choice((60, 200, 400)))
    tables["contract_phases"] = [
        phase | {"start_date": first + timedelta(days=draw.choice((0, 30))), "end_date": turn - timedelta(days=1)},
        phase | {"start_date": turn, "exclusive": draw.choice((0.0, 0.5, 1.0))},
    ]
    tables["contract_prices"] = [
        {"contract_id": "deal", "start_date": first, "from_quantity": 0.0, "price_per_unit": 3.0},
        {"contract_id": "deal", "start_date": first, "from_quantity": 50.0, "price_per_unit": 2.0},
        {"contract_id": "deal", "start_date": turn, "from_quantity": 0.0, "price_per_unit": 4.0},
    ]


def _policies(draw: random.Random, tables: Tables) -> None:
    pool: list[dict[str, object]] = [
        {"kind": "min_regional_share", "product": "part", "value": 0.7, "each": draw.choice(("none", "site", "region"))},
        {"kind": "min_regional_share", "product": "ore|part", "from_group": "MX|CN", "value": 0.5, "basis": draw.choice(("mass", "value"))},
        {"kind": "max_country_share", "product": "part", "value": 0.6, "each": draw.choice(("none", "product"))},
        {"kind": "max_country_share", "product": "ore", "from_group": "CN", "value": 0.5},
        {"kind": "max_site_share", "product": "part", "to_group": "plant", "value": 0.5, "basis": draw.choice(("units", "mass", "value"))},
        {"kind": "max_co2e", "value": 0.3},
        {"kind": "max_co2e", "site_group": "north|south", "each": draw.choice(("none", "site")), "value": 200.0, "value_unit": "kg"},
        {"kind": "max_co2e_per_unit", "site_group": "north|south", "product": "part", "value": 2.0, "each": draw.choice(("none", "site"))},
        {"kind": "max_co2e_per_unit", "product": "car", "value": 8.0},
        {"kind": "forbid_origin", "product": "ore|part", "from_group": draw.choice(("CN", "MX")), "to_group": "plant"},
        {"kind": "forbid_site", "site_group": draw.choice(("north", "south"))},
        {"kind": "force_open", "site_group": "north|south"},
        {"kind": "min_flow", "product": "part", "from_group": "south", "value": 30.0},
        {"kind": "max_flow", "product": "part", "to_group": "plant", "value": 70.0, "basis": draw.choice(("units", "mass"))},
        {"kind": "max_sites", "product": draw.choice((None, "part")), "value": 1.0, "each": draw.choice(("none", "region"))},
    ]
    tables["policies"] = [
        {"policy_id": f"rule{at}", **row, "penalty_per_unit": draw.choice((0.5, 20.0)), **_spans(draw, tables)}
        for at, row in enumerate(draw.sample(pool, 5))
    ]
    if draw.random() < 0.4:
        tables["policies"][0]["penalty_per_unit"] = None


def dressed(seed: int) -> Tables:
    """A small world with agreements, rules and trade."""
    draw, tables = random.Random(seed), small_world(seed)
    _contracts(draw, tables)
    _policies(draw, tables)
    for line in tables["processes"]:
        line["min_utilisation_share"] = None  # floors and agreements together are seldom feasible
    tables["product_values"].append({"product_id": "ore", "from_group": None, "value_per_unit": 3.0})
    tables["incentives"] = [
        {"incentive_id": "parts", "site_or_group": draw.choice(("north", "MX|CA")), "product_id": "part", "basis": "per_unit", "amount": 1.5,
         "cap_amount": draw.choice((None, 60.0)), "pass_through_share": draw.choice((None, 0.5)), **_spans(draw, tables)},
        {"incentive_id": "power", "product_id": draw.choice(("car", None)), "basis": "cost_share", "amount": 0.1,
         "cap_amount": draw.choice((None, 40.0))},
        {"incentive_id": "slag", "product_id": "slag", "basis": "per_unit", "amount": 0.5},
    ]  # fmt: skip
    tables["product_codes"] = [{"product_id": "part", "importer": "US", "hs_code": "8708.99"}]
    tables["duties"] = [
        {"rule_id": "mfn", "programme": "mfn", "importer": "US", "hs_prefix": "87", "ad_valorem_share": 0.02},
        {"rule_id": "mx", "programme": "mfn", "importer": "US", "origin": "MX", "hs_prefix": "87", "ad_valorem_share": 0.0, **_spans(draw, tables)},
        {"rule_id": "extra", "programme": "extra", "importer": "US", "origin": "CA", "hs_prefix": "8708", "ad_valorem_share": 0.1, **_spans(draw, tables)},
    ]  # fmt: skip
    tables["lane_groups"] = [
        {"capacity_group": "train", "capacity_t_per_year": draw.choice((None, 90.0)), "fixed_cost_per_year": draw.choice((0.0, 120.0))}
    ]
    for lane in tables["lanes"][:2]:
        lane["capacity_group"] = "train"
        lane["qualification_cost"] = draw.choice((None, 55.0))
    middle = tables["periods"][1]["start_date"]
    tables["changes"] = [
        {"change_id": "carbon", "table": "settings", "where": "key=carbon_price_per_t", "column": "value", "action": "set", "value": 120.0,
         "valid_from": middle + timedelta(days=40)},
        {"change_id": "test", "table": "lanes", "where": "*", "column": "qualification_cost", "action": "scale", "value": draw.choice((0.5, 2.0)),
         "valid_from": middle},
        {"change_id": "ore", "table": "purchases", "where": "product_id=ore", "column": "price_per_unit", "action": "add", "value": 0.7,
         "valid_from": middle - timedelta(days=30)},
    ]  # fmt: skip
    return tables


@cache
def _optimum(seed: int) -> tuple[Network, DesignResult]:
    net = network(dressed(seed))
    return net, design(net, gap=1e-9)


def _agree(seed: int) -> None:
    net, result = _optimum(seed)
    claims = {name: result.tables[name] for name in ("claimed_costs", "claimed_co2e", "steering")}
    report = verify(net, result.plan, claims)
    assert report.ok, report.worst()


@pytest.mark.parametrize("seed", SEEDS)
def test_design_and_verify_read_agreements_alike(seed):
    _agree(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SLOW_SEEDS)
def test_design_and_verify_read_agreements_alike_in_many_worlds(seed):
    with suppress(InfeasibleDesign):
        _agree(seed)


def test_the_dressed_worlds_sign_steer_credit_and_pay_duty():
    seen: set[str] = set()
    for seed in SEEDS[:6]:
        _, result = _optimum(seed)
        seen |= set(result.tables["claimed_costs"].filter(pl.col("amount").abs() > 1e-6)["kind"])
        seen |= set(result.tables["steering"]["kind"])
    assert {"sign", "credit", "duty", "take_or_pay", "lane_fixed", "qualification", "carbon", "policy"} <= seen
