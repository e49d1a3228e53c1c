"""Designs under rules of origin and conditions on credits: who supplies what, and what the border and the tax office leave."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from hinterland.app import read, solve
from hinterland.design import design
from hinterland.embodied import trace
from hinterland.model.accounts import account
from hinterland.model.plan import Plan
from hinterland.model.plan_reading import read_plan
from hinterland.model.verify import verify
from origin_worlds import assembly
from worlds import Tables, network

ACCOUNTINGS = ("average", "segregated")


def two_sources(
    accounting: str = "average", *, least: float = 0.6, duty: float = 0.1, cell_premium: float = 5.0, wanted: float = 100.0
) -> Tables:
    """A pack worth 100 from one cell worth 60: from China at 40, from the United States `cell_premium` dearer. Duty 10 a pack.

    60 % of regional value leaves room for 40: two thirds of the cells may come from China.
    """
    tables = assembly(
        {"cell": (60.0, "CN")}, value=100.0, rules=[{"method": "rvc_tv", "threshold_share": least}], duty_share=duty,
        quantity=wanted, accounting=accounting,
    )  # fmt: skip
    offer = {"site_id": "plant", "product_id": "cell"}
    tables["purchases"] = [
        {**offer, "offer_id": "far", "price_per_unit": 40.0, "origin_country": "CN"},
        {**offer, "offer_id": "near", "price_per_unit": 40.0 + cell_premium, "origin_country": "US"},
    ]
    return tables


def with_home_market(tables: Tables, wanted: float = 50.0) -> Tables:
    """The plant also sells at home, where no border asks for anything."""
    period = tables["periods"][0]["period_id"]
    tables["demand"].append(
        {"site_id": "plant", "product_id": "good", "period_id": period, "quantity": wanted, "shortage_cost_per_unit": 1e6}
    )
    return tables


def bought(plan: Plan) -> dict[str, float]:
    return dict(plan["purchased"].group_by("offer_id").agg(pl.col("quantity").sum()).iter_rows())


def paid(net, plan: Plan, kind: str) -> float:
    return float(account(net, plan).costs.filter(pl.col("kind") == kind)["amount"].sum())


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_just_as_many_cells_come_from_near_as_the_rule_asks_for(accounting: str):
    net = network(two_sources(accounting))
    plan = solve(net).plan
    assert bought(plan) == pytest.approx({"near": 100 / 3, "far": 200 / 3})
    assert paid(net, plan, "duty") == pytest.approx(0.0, abs=1e-6)
    assert plan["flows"]["grade"].to_list() == ["agreement"]


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_a_premium_above_the_duty_is_not_paid(accounting: str):
    """A third of the cells from near saves 10 a pack: worth it up to 30 a cell."""
    dear, fair = (network(two_sources(accounting, cell_premium=premium)) for premium in (30.1, 29.9))
    assert set(bought(solve(dear).plan)) == {"far"}
    assert paid(dear, solve(dear).plan, "duty") == pytest.approx(1_000.0)
    assert bought(solve(fair).plan)["near"] == pytest.approx(100 / 3)


def test_kept_apart_only_what_crosses_the_border_must_originate():
    """100 cross, 50 stay: kept apart, a third of 100 cells from near is enough; on average it takes a third of all 150."""
    near = {one: bought(solve(network(with_home_market(two_sources(one)))).plan)["near"] for one in ACCOUNTINGS}
    assert near == pytest.approx({"segregated": 100 / 3, "average": 50.0})


def test_on_average_all_of_a_year_originates_or_none_of_it():
    """What is offered from near is enough for half of the packs: kept apart they save their duty, on average none does."""
    for accounting, share in (("segregated", 0.5), ("average", 0.0)):
        tables = two_sources(accounting, least=1.0, duty=0.2, cell_premium=5.0)
        tables["purchases"][1]["limit_per_year"] = 50.0
        net = network(tables)
        plan = solve(net).plan
        flows = plan["flows"].with_columns(pl.col("grade").fill_null(""))
        crossed = dict(flows.group_by("grade").agg(pl.col("quantity").sum()).iter_rows())
        assert crossed.get("agreement", 0.0) == pytest.approx(100 * share)
        assert paid(net, plan, "duty") == pytest.approx(20.0 * 100 * (1 - share))


def test_a_claim_hands_origin_on_to_the_next_tier():
    """Cells made in the United States from Chinese foil originate by their own rule, and count as nothing from outside in the pack."""
    tables = two_sources(least=0.9)
    tables["products"].append({"product_id": "foil", "unit": "piece", "mass_kg_per_unit": 1.0})
    tables["product_values"].append({"product_id": "foil", "value_per_unit": 30.0})
    tables["product_codes"].append({"product_id": "foil", "importer": "*", "hs_code": "7607"})
    tables["sites"].append({"site_id": "cells", "country": "US", "latitude": 36.0, "longitude": -100.0})
    tables["recipes"].append({"recipe_id": "cells", "product_id": "cell"})
    tables["recipe_lines"].append({"recipe_id": "cells", "product_id": "foil", "role": "input", "quantity_per_unit": 1.0})
    tables["processes"].append({"site_id": "cells", "recipe_id": "cells", "capacity_per_year": 500.0, "conversion_cost_per_unit": 12.0})
    tables["purchases"] = [
        tables["purchases"][0],
        {"site_id": "cells", "product_id": "foil", "price_per_unit": 30.0, "origin_country": "CN"},
    ]
    tables["lanes"].append(
        {"lane_id": "cells-plant", "from_site": "cells", "to_site": "plant", "product_id": "cell", "cost_per_unit": 1.0,
         "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}
    )  # fmt: skip
    for least, from_near in ((0.5, 100 * (60 - 10) / 60), (0.51, 0.0)):
        rule = {"origin_rule_id": "agreement", "hs_prefix": "8507.90", "method": "rvc_tv", "threshold_share": least}
        rows = [*tables["origin_rules"], {**rule, "cumulation_group": "@cumulation"}]
        net = network({**tables, "origin_rules": rows})
        plan = solve(net).plan
        moved = plan["flows"].filter(lane_id="cells-plant")["quantity"].sum()
        assert moved == pytest.approx(from_near)
        assert trace(net, plan).closure["relative_error"].max() < 1e-9


def test_what_is_wholly_obtained_originates_without_a_row_of_its_own():
    """A mine has no inputs: its ore counts under every agreement of its country, though no row speaks of ore."""
    tables = two_sources(least=0.9)
    tables["product_codes"][1]["hs_code"] = "2604"
    tables["sites"].append({"site_id": "mine", "country": "CA", "latitude": 50.0, "longitude": -100.0})
    tables["processes"].append({"site_id": "mine", "product_id": "cell", "capacity_per_year": 500.0, "conversion_cost_per_unit": 45.0})
    tables["purchases"].pop()
    tables["lanes"].append(
        {"lane_id": "mine-plant", "from_site": "mine", "to_site": "plant", "product_id": "cell", "cost_per_unit": 1.0,
         "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}
    )  # fmt: skip
    plan = solve(network(tables)).plan
    assert plan["flows"].filter(lane_id="mine-plant")["quantity"].sum() == pytest.approx(100 * 50 / 60)
    assert plan["claims"].filter(site_id="mine")["method"].to_list() == ["wholly"]


def test_a_site_outside_the_group_claims_nothing():
    tables = two_sources()
    tables["groups"] = [{"group_id": "cumulation", "member": one} for one in ("US", "CA")]
    net = network(tables)
    assert paid(net, solve(net).plan, "duty") == pytest.approx(1_000.0)


def test_the_stricter_of_two_rows_counts_in_a_period_that_they_share():
    tables = two_sources()
    tables["origin_rules"] = [
        {**tables["origin_rules"][0], "threshold_share": 0.5, "valid_to": "2026-06-30"},
        {**tables["origin_rules"][0], "threshold_share": 0.7, "valid_from": "2026-07-01"},
    ]
    assert bought(solve(network(tables)).plan)["near"] == pytest.approx(50.0)


def test_a_rule_that_ends_within_a_period_is_no_rule_in_it():
    tables = two_sources()
    tables["origin_rules"][0]["valid_to"] = "2026-06-30"
    net = network(tables)
    assert solve(net).plan["claims"].height == 0


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_relaxing_a_threshold_never_costs_more(accounting: str):
    costs = [dict(solve(network(two_sources(accounting, least=least))).objective)["cost"] for least in (0.95, 0.8, 0.65, 0.5, 0.35, 0.0)]
    assert all(after <= before + 1e-6 for before, after in pairwise(costs))
    assert costs[0] > costs[-1] + 1.0


def test_a_world_without_rules_has_no_claims_at_all():
    tables = two_sources() | {"origin_rules": [], "duties": two_sources()["duties"][:1]}
    result = solve(network(tables))
    assert result.plan["claims"].height == 0
    assert result.proof.size["whole_numbers"] == 0


def credited(accounting: str, *, threshold: float = 0.6, **incentive: object) -> Tables:
    """A credit of 12 a pack, of whose material 60 % in value must come from makers off the list; China is on it."""
    tables = two_sources(accounting) | {"duties": [], "origin_rules": []}
    tables["incentives"] = [
        {"incentive_id": "credit", "site_or_group": "plant", "product_id": "good", "amount": 12.0, "condition_rule_id": "macr", **incentive}
    ]
    tables["condition_rules"] = [
        {"condition_rule_id": "macr", "method": "material_assistance", "list_id": "pfe", "threshold_share": threshold}
    ]
    tables["entities"] = [{"entity": "CN", "list_id": "pfe"}]
    return tables


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_a_credit_is_worth_the_cells_it_asks_for(accounting: str):
    """60 % of cells at 5 more each cost 3 a pack and earn 12; at 20.1 more they would cost 12.06."""
    net = network(credited(accounting))
    plan = solve(net).plan
    assert bought(plan) == pytest.approx({"near": 60.0, "far": 40.0})
    assert paid(net, plan, "credit") == pytest.approx(-1_200.0)
    tables = credited(accounting)
    tables["purchases"][1]["price_per_unit"] = 60.1
    assert set(bought(solve(network(tables)).plan)) == {"far"}


def test_a_share_of_cost_is_a_credit_too():
    tables = credited("average", basis="cost_share", amount=0.25)
    tables["processes"][0]["conversion_cost_per_unit"] = 80.0
    net = network(tables)
    assert paid(net, solve(net).plan, "credit") == pytest.approx(-0.25 * 80.0 * 100.0)


def test_a_cap_holds_for_credits_under_a_condition():
    net = network(credited("average", cap_amount=700.0))
    assert paid(net, solve(net).plan, "credit") == pytest.approx(-700.0)


def test_a_producer_that_is_cleared_counts_though_its_country_is_listed():
    tables = credited("average")
    tables["purchases"][0]["producer"] = "clean_co"
    tables["entities"].append({"entity": "clean_co", "list_id": "pfe", "status": "cleared"})
    net = network(tables)
    plan = solve(net).plan
    assert bought(plan) == pytest.approx({"far": 100.0})
    assert paid(net, plan, "credit") == pytest.approx(-1_200.0)


@pytest.mark.parametrize(("listed_from", "earned"), [("2026-01-01", 0.0), ("2026-12-31", 0.0), ("2027-01-01", 1_200.0)])
def test_a_maker_on_the_list_on_any_day_of_a_period_earns_nothing_in_it(listed_from: str, earned: float):
    tables = credited("average")
    tables["sites"][0]["operator"] = "maker"
    tables["condition_rules"] = [{"condition_rule_id": "macr", "method": "entity_free", "list_id": "pfe"}]
    tables["entities"] = [{"entity": "maker", "list_id": "pfe", "valid_from": listed_from}]
    net = network(tables)
    plan = solve(net).plan
    assert paid(net, plan, "credit") == pytest.approx(-earned)
    assert plan["claims"].height == 0


def test_a_store_does_not_wash_what_a_listed_maker_sends_through_it():
    """An American store that a Chinese maker fills: one lane of it does not count, as something on the list can come by it."""
    tables = credited("average")
    tables["sites"] += [
        {"site_id": "store", "country": "US", "latitude": 36.0, "longitude": -100.0},
        {"site_id": "maker", "country": "CN", "latitude": 31.0, "longitude": 112.0},
    ]
    tables["processes"].append({"site_id": "maker", "product_id": "cell", "capacity_per_year": 500.0, "conversion_cost_per_unit": 36.0})
    tables["stocks"] = [{"site_id": "store", "product_id": "cell"}]
    way = {"product_id": "cell", "cost_per_unit": 1.0, "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}
    tables["lanes"] += [
        {"lane_id": "maker-store", "from_site": "maker", "to_site": "store", **way},
        {"lane_id": "store-plant", "from_site": "store", "to_site": "plant", **way},
    ]
    net = network(tables)
    plan = solve(net).plan
    assert bought(plan) == pytest.approx({"near": 60.0})
    assert plan["flows"].filter(lane_id="store-plant")["quantity"].sum() == pytest.approx(40.0)


def test_what_is_thrown_away_earns_nothing():
    """A credit above the cost of making: packs are made to be thrown away, and earn nothing for it."""
    tables = credited("average", amount=500.0)
    tables["products"][0]["disposal_cost_per_unit"] = 0.0
    tables["lanes"][0]["capacity_per_year"] = 100.0
    net = network(tables)
    assert paid(net, solve(net).plan, "credit") == pytest.approx(-500.0 * 100.0)


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_a_plan_with_claims_is_written_read_and_proved_again(accounting: str, tmp_path):
    net = network(with_home_market(two_sources(accounting)))
    plan = solve(net).plan
    again = read_plan(plan.write(tmp_path / "plan"), net)
    assert verify(net, again).ok
    for table in ("flows", "claims"):
        assert again[table].equals(plan[table])
    assert account(net, again).costs["amount"].sum() == pytest.approx(account(net, plan).costs["amount"].sum(), rel=1e-12)


def test_a_planner_s_own_plan_without_claims_pays_the_plain_duty_and_stands():
    net = network(two_sources())
    plan = solve(net).plan
    bare = plan.with_table("claims", plan["claims"].clear()).with_table(
        "flows", plan["flows"].with_columns(grade=pl.lit(None, dtype=pl.String))
    )
    assert verify(net, bare).ok
    assert paid(net, bare, "duty") == pytest.approx(1_000.0)


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_a_plan_is_completed_with_its_claims_as_they_are(accounting: str):
    net = network(two_sources(accounting, cell_premium=40.0))
    claimed = solve(network(two_sources(accounting))).plan["claims"].filter(pl.col("input_product_id").is_null())
    assert claimed.height == 1
    completed = design(net, complete=Plan({"claims": claimed}, complete=False)).plan
    assert bought(completed)["near"] == pytest.approx(100 / 3)
    assert set(bought(design(net, complete=Plan({}, complete=False)).plan)) == {"far"}


def test_a_plan_of_a_world_with_preference_is_judged_without_it_where_it_has_ended():
    with_it = network(two_sources())
    plan = solve(with_it).plan
    without = network(two_sources() | {"origin_rules": [], "duties": two_sources()["duties"][:1]})
    assert verify(without, plan).ok
    assert paid(without, plan, "duty") == pytest.approx(1_000.0)


BORDERS = [(200.0, 90.0, 0.55), (30.0, 13.5, 0.55), (110.0, 49.5, 0.55), (333.3, 66.66, 0.8), (10.0, 2.0, 0.8), (200.0, 40.0, 0.8)]


def border_world(value: float, part: float, least: float, origin: str | None = "CN"):
    """Mexico makes a battery from one bought cell set; the claim spares a tenth of its value at the American border."""
    return {
        "settings": [{"key": "currency", "value": "USD"}, {"key": "base_date", "value": "2026-01-01"}],
        "periods": [{"period_id": "2026", "start_date": "2026-01-01", "end_date": "2026-12-31"}],
        "countries": [{"country": "US", "region": "na"}, {"country": "MX", "region": "na"}, {"country": "CN", "region": "cn"}],
        "products": [{"product_id": one, "unit": "piece"} for one in ("cells", "battery")],
        "product_codes": [{"product_id": one, "importer": "*", "hs_code": "8507.60"} for one in ("cells", "battery")],
        "product_values": [{"product_id": "cells", "value_per_unit": part}, {"product_id": "battery", "value_per_unit": value}],
        "sites": [{"site_id": "mx", "country": "MX"}, {"site_id": "us", "country": "US"}],
        "recipes": [{"recipe_id": "pack", "product_id": "battery"}],
        "recipe_lines": [{"recipe_id": "pack", "product_id": "cells", "quantity_per_unit": 1}],
        "processes": [{"site_id": "mx", "recipe_id": "pack", "capacity_per_year": 1000}],
        "purchases": [{"site_id": "mx", "product_id": "cells", "offer_id": "o", "price_per_unit": 1, "origin_country": origin}],
        "lanes": [{"lane_id": "l", "from_site": "mx", "to_site": "us", "cost_per_unit": 1, "co2e_kg_per_unit": 1, "lead_time_days": 1}],
        "demand": [{"site_id": "us", "product_id": "battery", "period_id": "2026", "quantity": 100, "shortage_cost_per_unit": 5000}],
        "duties": [
            {"rule_id": "m", "programme": "mfn", "importer": "US", "ad_valorem_share": 0.1},
            {"rule_id": "p", "programme": "usmca", "importer": "US", "stacking": "replace", "origin_rule_id": "usmca"},
        ],
        "origin_rules": [{"origin_rule_id": "usmca", "method": "rvc_tv", "threshold_share": least, "cumulation_group": "US|MX"}],
    }


def border_duty(tables) -> tuple[float, float]:
    """Quantity delivered and duty paid."""
    result = solve(read(tables))
    paid = result.tables["claimed_costs"].filter(pl.col("kind") == "duty")["amount"].sum()
    return float(result.plan["delivered"]["quantity"].sum()), float(paid)


@pytest.mark.parametrize(("value", "part", "least"), BORDERS)
def test_a_claim_exactly_on_its_threshold_is_met_and_everything_is_delivered(value, part, least):
    assert border_duty(border_world(value, part, least)) == (pytest.approx(100.0), pytest.approx(0.0, abs=1e-6))


def test_a_purchase_of_unknown_origin_does_not_originate():
    """Value 200, part 90, nine tenths must be regional: 0.55 is not enough, and of unknown origin is not regional."""
    assert border_duty(border_world(200.0, 90.0, 0.9, origin=None)) == (pytest.approx(100.0), pytest.approx(100 * 200 * 0.1))
    assert border_duty(border_world(200.0, 90.0, 0.9, origin="MX")) == (pytest.approx(100.0), pytest.approx(0.0, abs=1e-6))
