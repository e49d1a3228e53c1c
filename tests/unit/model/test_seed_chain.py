"""The seed chain: what the announcement says, what chemistry says, and what a fair comparison needs."""

from __future__ import annotations

import csv
from functools import cache

import numpy as np
import polars as pl
import pytest

from hinterland.app import check, read
from hinterland.model.arrays.energy import Carriers, power_of
from hinterland.model.lanes import lane_rates
from hinterland.model.network import Network
from hinterland.model.samples import sample_names, sample_path
from hinterland.model.scenario import resolve
from hinterland.tables import TABLES

STRATEGIES = ("global", "local-for-local", "least-co2e")
NI, CO, MN, LI, OX, HY, SU = 58.693, 58.933, 54.938, 6.94, 15.999, 1.008, 32.06
SULPHATE, WATER = SU + 4 * OX, 2 * HY + OX
PCAM = 0.8 * NI + 0.1 * CO + 0.1 * MN + 2 * (OX + HY)
CAM = LI + 0.8 * NI + 0.1 * CO + 0.1 * MN + 2 * OX
CONTENT = {
    "nickel_sulphate": {"Ni": NI / (NI + SULPHATE + 6 * WATER)},
    "cobalt_sulphate": {"Co": CO / (CO + SULPHATE + 7 * WATER)},
    "manganese_sulphate": {"Mn": MN / (MN + SULPHATE + WATER)},
    "lithium_hydroxide": {"Li": LI / (LI + OX + HY + WATER)},
    "lithium_carbonate": {"Li": 2 * LI / (2 * LI + 12.011 + 3 * OX)},
    "pcam_nmc811": {"Ni": 0.8 * NI / PCAM, "Co": 0.1 * CO / PCAM, "Mn": 0.1 * MN / PCAM},
    "cam_nmc811": {"Ni": 0.8 * NI / CAM, "Co": 0.1 * CO / CAM, "Mn": 0.1 * MN / CAM, "Li": LI / CAM},
    "spodumene_sc6": {"Li": 0.06 * 2 * LI / (2 * LI + OX)},  # 6 % Li2O
    "nickel_class1": {"Ni": 1.0},
    "nickel_mhp": {"Ni": 0.39},  # stated in products.csv
    "cobalt_hydroxide": {"Co": 0.35},  # stated in products.csv
}
"""Kg of metal per kg, from molar masses."""


@cache
def seed(scenario: str | tuple[str, ...] | None = None) -> Network:
    return resolve(read(sample_path("seed_chain")), scenario)


def test_the_sample_is_found_and_has_no_problem_in_any_scenario():
    assert "seed_chain" in sample_names()
    assert check(sample_path("seed_chain")) == []


def test_files_are_tidy_sorted_by_key_and_say_where_every_figure_comes_from():
    untold = {"periods", "groups", "scenarios", "overrides", "sources", "settings", "recipes"}
    sources = set(seed()["sources"]["source_id"].to_list())
    for file in sample_path("seed_chain").glob("*.csv"):
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        table = TABLES[file.stem]
        if file.stem not in {"overrides", "ramps"}:
            keys = [tuple(row.get(key, "") for key in table.keys) for row in rows]
            assert keys == sorted(keys), file.name
        if file.stem not in untold:
            assert all(row["quality"] and row["source_id"] in sources for row in rows), file.name


def _balance() -> list[tuple[str, str]]:
    net = seed()
    lines = net["recipe_lines"].join(net["recipes"].select("recipe_id", good="product_id"), on="recipe_id")
    return sorted({(r, g) for r, g, p in lines.select("recipe_id", "good", "product_id").iter_rows() if p in CONTENT and g in CONTENT})


@pytest.mark.parametrize(("recipe", "good"), _balance())
def test_every_recipe_keeps_its_metals(recipe: str, good: str):
    """Contained metal going in equals metal in the good: recipe quantities are before yield, the yield divides both."""
    lines = seed()["recipe_lines"].filter(pl.col("recipe_id") == recipe)
    for metal, share in CONTENT[good].items():
        taken = sum(q * CONTENT.get(p, {}).get(metal, 0.0) for p, q in lines.select("product_id", "quantity_per_unit").iter_rows())
        assert taken == pytest.approx(share, rel=0.01), (recipe, metal)


def test_a_cell_holds_the_metals_that_batpac_reports():
    """kg per kWh of NMC811 cells: Ni 0.658, Co 0.083, Mn 0.077, Li 0.0998 (BatPaC mineral intensities, S28)."""
    lines = dict(seed()["recipe_lines"].filter(pl.col("recipe_id") == "cell_nmc811").select("product_id", "quantity_per_unit").iter_rows())
    for metal, kg in {"Ni": 0.65837, "Co": 0.08261, "Mn": 0.07701}.items():
        assert lines["cam_nmc811"] * CONTENT["cam_nmc811"][metal] == pytest.approx(kg, rel=0.01)


def test_loyalist_makes_precursor_and_cathode_on_one_site_and_no_lane_brings_precursor_in():
    net = seed()
    made = set(net["processes"].filter(pl.col("site_id") == "loyalist")["recipe_id"].to_list())
    assert {"pcam_nmc811", "cam_nmc811"} <= made
    assert net["lanes"].filter((pl.col("to_site") == "loyalist") & (pl.col("product_id") == "pcam_nmc811")).height == 0


def test_loyalist_runs_on_renewable_power_from_the_first_day_and_its_heat_is_free_of_co2e_in_2035():
    net = seed()
    power = power_of(net, Carriers.of(net), {"site_id": "loyalist", "energy_zone": "CA-ON", "country": "CA"})
    assert power is not None
    np.testing.assert_allclose(power.contracted, 1.0)
    heat = Carriers.of(net).co2e_kg["loyalist", "natural_gas"]
    assert heat[0] == pytest.approx(0.0561 * 3.6 * 1.15, rel=1e-4)
    assert (np.diff(heat) < 0).all()
    assert heat[-1] == 0.0


def test_woodruff_and_the_committed_plants_are_as_announced():
    sites = {row["site_id"]: row for row in seed()["sites"].iter_rows(named=True)}
    assert (sites["woodruff"]["area_m2"], sites["woodruff"]["jobs"], sites["woodruff"]["investment"]) == (93000, 300, 700e6)
    assert sites["woodruff"]["investment"] + sites["spartanburg"]["investment"] == pytest.approx(1.7e9)
    assert {name for name, row in sites.items() if row["status"] == "committed"} == {"florence", "loyalist", "woodruff"}
    assert 20 <= len(sites) <= 30
    assert len(seed().calendar) == 10


def test_half_of_all_cars_are_electric_in_2030():
    """400,000 cars × 0.5 × 112 kWh = 22.4 GWh."""
    wanted = dict(seed()["demand"].select("period_id", "quantity").iter_rows())
    assert wanted["2030"] == pytest.approx(400_000 * 0.5 * 112)
    assert list(wanted.values()) == sorted(wanted.values())


def test_strategies_differ_in_objective_policies_and_optional_contracts_alone():
    base = seed()
    for name in (*STRATEGIES, "local-without-exclusivity"):
        other = seed(name)
        touched = {table for table in TABLES if not base[table].equals(other[table], null_equal=True)}
        allowed = {"settings", "policies", "contracts"} | ({"contract_phases"} if name == "local-without-exclusivity" else set())
        assert touched <= allowed, name
        keys = base["settings"].join(other["settings"], on=["key", "value"], how="anti")["key"].to_list()
        assert set(keys) <= {"objective"}


def _duty(net: Network, start: str, end: str) -> np.ndarray:
    rates = lane_rates(net)
    row = rates.lanes.with_row_index("at").filter((pl.col("from_site") == start) & (pl.col("to_site") == end))["at"][0]
    return rates.duty_share[row]


def test_the_world_of_2023_does_not_know_the_tariffs_of_2026():
    """Chinese cells: 3.4 % + 7.5 % of list 4A in October 2023; 3.4 + 25 + 25 = 53.4 % in November 2026 (trade.csv, own stack)."""
    np.testing.assert_allclose(_duty(seed(), "catl_liyang", "woodruff"), 0.109)
    np.testing.assert_allclose(_duty(seed("tariffs-2026"), "catl_liyang", "woodruff"), 0.534)


def test_cathode_material_of_north_america_and_korea_enters_free_and_chinese_does_not():
    """US column 1 is 3.7 %, list 3 adds 25 %; Canada and Korea enter free under their agreements."""
    for start, share in {"loyalist": 0.0, "cheonan": 0.0, "nysa": 0.037, "jiangmen": 0.287}.items():
        np.testing.assert_allclose(_duty(seed(), start, "florence"), share, atol=1e-12)


def test_late_tariffs_of_korean_cathode_material_reach_the_all_in_rate():
    """From 24 July 2026: 12.5 % all-in (trade.csv), after 10 % of the temporary surcharge since 24 February."""
    late = _duty(seed("tariffs-2026"), "cheonan", "florence")
    assert late[1:] == pytest.approx(0.125)
    days_122, days_forced = 150, 161
    assert late[0] == pytest.approx((0.10 * days_122 + 0.125 * days_forced) / 365)


@pytest.mark.slow
def test_strategies_deliver_the_same_and_the_contract_keeps_florence_to_loyalist():
    from hinterland.app import solve, verify
    from hinterland.model.accounts import account

    net = read(sample_path("seed_chain"))
    found = {name: solve(net, name, gap=1e-3) for name in (*STRATEGIES, "local-without-exclusivity")}
    wanted = float(net["demand"]["quantity"].sum())
    cost = {}
    for name, result in found.items():
        world = resolve(net, name)
        books = account(world, result.plan)
        assert verify(world, result.plan).ok
        assert result.proof.gap_share <= 1e-3, name
        assert float(books.shortage["short"].sum()) <= 1e-6 * wanted
        cost[name] = float(books.costs["discounted"].sum())
        per_kwh = float(books.costs["amount"].sum()) / wanted
        assert 75 <= per_kwh <= 160, name
    flows = account(resolve(net, "local-for-local"), found["local-for-local"].plan).flows.filter(pl.col("quantity") > 1.0)
    into = flows.filter((pl.col("to_site") == "florence") & (pl.col("product_id") == "cam_nmc811") & (pl.col("period_id") >= "2028"))
    assert into["from_site"].unique().to_list() == ["loyalist"]
    assert into["period_id"].n_unique() == 8
    cells = flows.filter((pl.col("to_site") == "woodruff") & (pl.col("product_id") == "cell_nmc811"))
    assert cells["from_site"].unique().to_list() == ["florence"]
    assert cost["local-for-local"] >= cost["local-without-exclusivity"] * (1 - 1e-3)
