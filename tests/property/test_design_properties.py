"""What must hold of every design, whatever the network: order, units, monotony, repeatability, time and capital."""

from __future__ import annotations

import copy
import itertools
import math
import random
from datetime import date

import polars as pl
import pytest
from asked_worlds import asked_world
from brute_force import World, lane_products
from small_worlds import Tables, small_world

from hinterland.core.errors import InfeasibleDesign
from hinterland.design import design
from hinterland.model.accounts import account
from hinterland.model.plan import Plan
from hinterland.tables.declared import TABLES
from worlds import network, two_makers

QUICK = (6,)
MANY = (2, *range(20, 60))
worlds = pytest.mark.parametrize("seed", [*QUICK, *(pytest.param(seed, marks=pytest.mark.slow) for seed in MANY)])


def solved(tables: Tables) -> tuple[float, float, Plan] | None:
    """Least shortage, then least cost with penalties, and the plan; None where there is none."""
    try:
        result = design(network(tables), gap=0)
    except InfeasibleDesign:
        return None
    told = dict(result.objective)
    return told["shortage"], told["cost"] + told.get("penalties", 0.0), result.plan


def no_better(one: tuple[float, float, Plan] | None, than: tuple[float, float, Plan] | None) -> bool:
    """Whether the first is not better than the second: no plan is the worst, shortage comes before cost."""
    if one is None or than is None:
        return one is None
    slack = 1e-6 * max(1.0, abs(than[0]))
    if abs(one[0] - than[0]) > slack:
        return one[0] > than[0]
    return one[1] >= than[1] - 1e-6 * max(1.0, abs(than[1]))


# --- order and repeatability


@worlds
def test_shuffled_rows_of_every_table_give_the_same_plan(seed: int) -> None:
    tables = asked_world(seed)
    first = solved(tables)
    draw = random.Random(seed)
    second = solved({name: draw.sample(rows, len(rows)) for name, rows in tables.items()})
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        for name, frame in first[2].tables.items():
            assert frame.equals(second[2][name]), name


def test_same_tables_and_seed_give_the_same_plan_and_other_seeds_the_same_cost() -> None:
    tables = small_world(3)
    one, two, other = (design(network(tables), gap=0, seed=seed) for seed in (1, 1, 2))
    assert all(frame.equals(two.plan[name]) for name, frame in one.plan.tables.items())
    assert math.isclose(dict(one.objective)["cost"], dict(other.objective)["cost"], rel_tol=1e-9)


# --- units


def _times(row: dict, factor: float, *columns: str) -> None:
    for column in columns:
        if row.get(column) is not None:
            row[column] = row[column] * factor


def counted_in(tables: Tables, product: str, factor: float) -> Tables:
    """The same network with a product counted in a unit of which `factor` make an old one (t to kg: 1000)."""
    found = copy.deepcopy(tables)
    more, less = factor, 1.0 / factor
    made = {row["recipe_id"]: row["product_id"] for row in found.get("recipes", [])}
    for row in found["products"]:
        if row["product_id"] == product:
            _times(row, less, "mass_kg_per_unit", "gross_mass_kg_per_unit", "disposal_cost_per_unit")
            row["unit"] = "kg"
    for row in found.get("recipe_lines", []):
        _times(row, more if row["product_id"] == product else 1.0, "quantity_per_unit")
        _times(row, less if made[row["recipe_id"]] == product else 1.0, "quantity_per_unit")
    for row in found["processes"]:
        if (made[row["recipe_id"]] if row.get("recipe_id") else row["product_id"]) == product:
            _times(row, more, "capacity_per_year", "module_capacity_per_year")
            _times(row, less, "conversion_cost_per_unit", "electricity_kwh_per_unit", "heat_kwh_per_unit", "direct_co2e_kg_per_unit")
    for table, larger, smaller in (
        ("purchases", ("limit_per_year",), ("price_per_unit", "co2e_kg_per_unit")),
        ("demand", ("quantity",), ("shortage_cost_per_unit",)),
        ("lanes", ("capacity_per_year", "min_quantity_if_used"), ("cost_per_unit", "co2e_kg_per_unit")),
        ("stocks", ("min_quantity", "max_quantity", "initial_quantity"), ()),
        ("product_values", (), ("value_per_unit",)),
    ):
        for row in found.get(table, []):
            if row["product_id"] == product:
                _times(row, more, *larger)
                _times(row, less, *smaller)
    return found


def one_product_a_lane(tables: Tables) -> Tables:
    """The same lanes, each with a product of its own."""
    world, found = World(tables), dict(tables)
    found["lanes"] = [
        row | {"lane_id": f"{row['lane_id']}-{product}", "product_id": product}
        for row in tables["lanes"]
        for product in lane_products(world, row)
    ]
    return found


@worlds
def test_kilograms_for_tonnes_give_the_same_answer(seed: int) -> None:
    tables = one_product_a_lane(small_world(seed))
    first, second = solved(tables), solved(counted_in(tables, "part", 1000.0))
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert math.isclose(first[0], second[0], rel_tol=1e-7, abs_tol=1e-5)
        assert math.isclose(first[1], second[1], rel_tol=1e-7, abs_tol=1e-5)


@worlds
def test_cents_for_dollars_give_the_same_answer(seed: int) -> None:
    """Every column of money, and the carbon price, times 100: the cost is 100 times as high."""
    tables = small_world(seed)
    cents: Tables = copy.deepcopy(tables)
    for name, rows in cents.items():
        money = [column.name for column in TABLES[name].columns if column.unit.startswith("money")]
        for row in rows:
            _times(row, 100.0, *money)
            if name == "settings" and row["key"] == "carbon_price_per_t":
                row["value"] = str(100 * float(row["value"]))
    first, second = solved(tables), solved(cents)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert math.isclose(100 * first[0], second[0], rel_tol=1e-7, abs_tol=1e-5)
        assert math.isclose(100 * first[1], second[1], rel_tol=1e-7, abs_tol=1e-5)


# --- monotony


@pytest.mark.parametrize(
    ("kind", "row", "values"),
    [
        ("min_regional_share", {"product": "part"}, (0.1, 0.5, 1.0)),
        ("max_country_share", {"product": "part"}, (1.0, 0.6, 0.4)),
        ("max_co2e", {}, (2.0, 1.0, 0.5)),
        ("max_co2e_per_unit", {"product": "car"}, (20.0, 8.0, 6.0)),
        ("min_flow", {"product": "part", "from_group": "near"}, (10.0, 60.0, 100.0)),
        ("max_flow", {"product": "part", "from_group": "far"}, (100.0, 50.0, 0.0)),
        ("max_sites", {"product": "part"}, (3.0, 2.0, 1.0)),
    ],
)
def test_tightening_a_policy_never_helps(kind: str, row: dict, values: tuple[float, ...]) -> None:
    tables = two_makers(1)
    tables["sites"][0] |= {"status": "candidate", "opening_cost": 50.0}
    tables["processes"][1]["capacity_per_year"] = 60.0
    answers = []
    for value in values:
        tables["policies"] = [{"policy_id": "rule", "kind": kind, "value": value, **row}]
        answers.append(solved(tables))
    for loose, tight in itertools.pairwise(answers):
        assert no_better(tight, loose), (kind, loose, tight)
    assert answers[-1] is None or no_better(answers[0], answers[-1]) is False, f"{kind} never bites"


@worlds
def test_tightening_a_policy_of_a_random_world_never_helps(seed: int) -> None:
    tables = asked_world(seed)
    tight: Tables = copy.deepcopy(tables)
    for policy in tight.get("policies", []):
        if policy.get("value") is not None:
            policy["value"] *= 1.1 if policy["kind"].startswith("min") else 0.8
            policy["value"] = min(policy["value"], 1.0) if policy["kind"].endswith("share") else policy["value"]
    for phase in tight.get("contract_phases", []):
        _times(phase, 1.1, "min_quantity_per_year")
        _times(phase, 0.9, "max_share", "max_quantity_per_year")
        phase["max_share"] = max(phase.get("max_share") or 1.0, phase.get("min_share") or 0.0)
    assert no_better(solved(tight), solved(tables))


@worlds
def test_more_capacity_never_costs_more(seed: int) -> None:
    tables = small_world(seed)
    for line in tables["processes"]:
        line["min_utilisation_share"] = None
    wider: Tables = copy.deepcopy(tables)
    for line in wider["processes"]:
        _times(line, 1.3, "capacity_per_year", "module_capacity_per_year")
    for table in ("lanes", "purchases", "sites"):
        for row in wider[table]:
            _times(row, 1.3, "capacity_per_year", "limit_per_year", "throughput_t_per_year")
    assert no_better(solved(tables), solved(wider))


# --- time and capital


def growing(rate: float = 0.08, life: float = 2.5) -> Tables:
    """Two makers of which the near one opens and adds modules, so that every kind of one-time and running cost is paid."""
    tables = two_makers(2)
    tables["settings"][3]["value"] = str(rate)
    tables["sites"][0] |= {"status": "candidate", "opening_cost": 90.0, "closing_cost": 20.0, "fixed_cost_per_year": 40.0}
    tables["processes"][0] |= {
        "capacity_per_year": 20.0, "module_capacity_per_year": 50.0, "max_modules": 3, "module_cost": 100.0, "asset_life_years": life,
    }  # fmt: skip
    tables["policies"] = [{"policy_id": "home", "kind": "min_regional_share", "product": "part", "value": 0.9}]
    return tables


def test_splitting_a_period_changes_no_net_present_value() -> None:
    """2026 becomes 181 and 184 days; the same decisions, with quantities by the days, are worth the same to the last cent."""
    whole = growing()
    result = design(network(whole), gap=0)
    parts = {"2026a": 181 / 365, "2026b": 184 / 365}
    split: Tables = copy.deepcopy(whole)
    split["periods"] = [
        {"period_id": "2026a", "start_date": date(2026, 1, 1), "end_date": date(2026, 6, 30)},
        {"period_id": "2026b", "start_date": date(2026, 7, 1), "end_date": date(2026, 12, 31)},
        whole["periods"][1],
    ]
    split["demand"] = [
        row | {"period_id": period, "quantity": row["quantity"] * share}
        for row in whole["demand"]
        for period, share in (parts.items() if row["period_id"] == "2026" else [(row["period_id"], 1.0)])
    ]

    def spread(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        rows = []
        for row in frame.iter_rows(named=True):
            if row.get("vintage") == "2026":
                row["vintage"] = "2026a"
            if row.get("period_id") != "2026":
                rows.append(row)
            elif name == "modules":
                rows.append(row | {"period_id": "2026a"})
            elif name == "openings":
                rows += [row | {"period_id": "2026a"}, row | {"period_id": "2026b", "started": 0, "stopped": 0}]
            else:
                rows += [row | {"period_id": period, "quantity": row["quantity"] * share} for period, share in parts.items()]
        return pl.DataFrame(rows, schema=frame.schema, orient="row")

    plan = Plan({name: spread(name, frame) for name, frame in result.plan.tables.items()})
    before, after = account(network(whole), result.plan).costs, account(network(split), plan).costs
    kinds = set(before["kind"].to_list())
    assert {"capital", "opening", "fixed", "freight", "conversion"} <= kinds
    for kind in kinds:
        values = [frame.filter(pl.col("kind") == kind)["discounted"].sum() for frame in (before, after)]
        assert math.isclose(*values, rel_tol=1e-12), kind
    assert math.isclose(dict(design(network(split), gap=0).objective)["cost"], before["discounted"].sum(), rel_tol=1e-9)


@pytest.mark.parametrize("rate", [0.0, 0.08])
@pytest.mark.parametrize("life", [0.75, 1.5, 10.0])
def test_annuities_are_the_lump_sum_less_the_years_that_are_not_paid(rate: float, life: float) -> None:
    """DESIGN §6. Modules of 100 start on 1 January 2026, so the horizon ends two years later.

    With ρ = ln(1+r) the yearly rate is A = 100 · ρ / (1 − e^(−ρL)), or 100 / L; years 2..L are worth A · ∫ e^(−ρτ) dτ.
    """
    tables = growing(rate, life)
    tables["policies"].append({"policy_id": "now", "kind": "force_open", "site_group": "near"})
    result = design(network(tables), gap=0)
    added = result.plan["modules"]
    force = math.log1p(rate)
    expected = 0.0
    for period, number in added.select("period_id", "added").iter_rows():
        start = float(int(period) - 2026)
        yearly = 100.0 / life if rate == 0 else 100.0 * force / (1 - math.exp(-force * life))
        low, high = min(2.0, start + life), start + life
        unpaid = yearly * ((high - low) if rate == 0 else (math.exp(-force * low) - math.exp(-force * high)) / force)
        expected += number * (100.0 * (1 + rate) ** -start - unpaid)
    claimed = result.tables["claimed_costs"].filter(pl.col("kind") == "capital")["discounted"].sum()
    assert added["added"].sum() > 0
    assert math.isclose(claimed, expected, rel_tol=1e-12)
