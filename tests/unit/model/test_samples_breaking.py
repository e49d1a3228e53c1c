"""What may break in the samples: rates and spreads worked by hand from probabilities, every line covered, the same for every plan."""

from __future__ import annotations

import csv
import re
from functools import cache
from math import exp, log, sqrt

import numpy as np
import polars as pl
import pytest

from hinterland.app import read
from hinterland.model.arrays import arrays_of
from hinterland.model.network import Network
from hinterland.model.samples import sample_path
from hinterland.model.scenario import resolve
from hinterland.stress.events import draw_events

SAMPLES = ("battery_gen6", "seed_chain")
STRESS = ("hazards", "recoveries", "alternates", "reactions", "replenishment")
CLASSES = ("mine", "refinery", "precursor", "cathode", "anode", "electrolyte_separator", "cell", "pack", "vehicle")
GRAPHITE = ("anode_graphite", "graphite_flake")


@cache
def world(sample: str, *names: str) -> Network:
    return resolve(read(sample_path(sample)), list(names) or ["global"])


def hazards(sample: str) -> dict[str, dict[str, object]]:
    return {str(row["hazard_id"]): row for row in world(sample)["hazards"].iter_rows(named=True)}


def score(sample: str, country: str) -> float:
    """Mean of the six governance scores, from the risk of the country: risk = (2.5 − score) / 5."""
    risk = world(sample)["countries"].filter(pl.col("country") == country)["risk_score_share"].item()
    return 2.5 - 5.0 * float(risk)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(
    ("name", "chance", "days", "sigma"),
    [
        ("mine_stop_au", 0.12, 90.0, sqrt(log(1.0 + 1.0 / 1.2))),  # gamma of shape 1.2
        ("refinery_stop_cn", 0.06, 45.0, 0.8),
        ("cathode_stop_pl", 0.04, 30.0, 0.8),
        ("cell_stop_us", 0.03, 60.0, 0.9),
        ("anode_stop_cn", 0.05, 35.0, 0.8),
        ("vehicle_stop_us", 0.10, 10.0, 0.8),
    ],
)
def test_stops_of_sites_start_as_often_as_their_chance_says_and_last_as_their_spread_says(sample, name, chance, days, sigma):
    """An event in a year with chance p is a Poisson rate of −ln(1 − p); governance multiplies it by exp(−score / 2)."""
    row = hazards(sample)[name]
    factor = exp(-0.5 * score(sample, name[-2:].upper()))
    assert row["events_per_year"] == pytest.approx(-log(1.0 - chance) * factor, rel=1e-5)
    assert row["duration_days_mean"] == days
    assert row["duration_sigma"] == pytest.approx(sigma, rel=1e-5)


@pytest.mark.parametrize("sample", SAMPLES)
def test_events_without_a_told_spread_are_exponential_ones(sample):
    """Variance of an exponential is its mean squared: e^(σ²) − 1 = 1."""
    told = hazards(sample)
    for name in ("suez_red_sea", "panama_drought", "strike_north_america", "cobalt_exports_cd"):
        assert exp(float(str(told[name]["duration_sigma"])) ** 2) - 1.0 == pytest.approx(1.0, rel=1e-4)
    assert told["suez_red_sea"]["events_per_year"] == pytest.approx(-log(1 - 0.07), rel=1e-5)
    assert told["cobalt_exports_cd"]["events_per_year"] == pytest.approx(1 / 16)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_sulphur_of_the_gulf_lacks_only_where_a_closure_outlasts_the_stock(sample):
    """Closures lognormal with mean 120 days and σ² = ln 2, stock for 45 days: by a million draws."""
    row, sigma = hazards(sample)["sulphur_hormuz"], sqrt(log(2.0))
    days = 120.0 * np.exp(sigma * np.random.default_rng(1).standard_normal(1_000_000) - sigma**2 / 2)
    longer = days > 45.0
    assert row["events_per_year"] == pytest.approx(-log(1 - 0.04) * longer.mean(), rel=0.005)
    assert row["duration_days_mean"] == pytest.approx((days[longer] - 45.0).mean(), rel=0.01)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_line_stops_by_its_class_and_every_site_has_its_days_to_recover(sample):
    net = world(sample)
    lines = {f"{site}/{recipe or ''}" for site, recipe in net["processes"].select("site_id", "recipe_id").iter_rows()}
    struck: dict[str, set[str]] = {line: set() for line in lines}
    for name, row in hazards(sample).items():
        if "_stop_" in name and row["scope_kind"] in {"site", "process"}:
            for token in str(row["scope_value"]).split("|"):
                for line in lines:
                    if token in {line, line.split("/")[0]}:
                        struck[line].add(name.split("_stop_")[0])
    assert all(struck.values()), [line for line, kinds in struck.items() if not kinds]
    assert {kind for kinds in struck.values() for kind in kinds} <= set(CLASSES)
    both = {line.split("/")[0] for line, kinds in struck.items() if len(kinds) > 1}
    assert both <= {"terrafame", "long_harbour", "sqm_antofagasta", "nmg_becancour", "talga_lulea"}  # mines whose feed is not traded
    wanted = set(net["demand"]["site_id"].to_list())
    assert set(net["recoveries"]["site_id"].to_list()) == {line.split("/")[0] for line in lines} | wanted
    assert (net["recoveries"]["recovery_days_low"] <= net["recoveries"]["recovery_days_high"]).all()
    asked = {token for name, row in hazards(sample).items() if name.startswith("vehicle_") for token in str(row["scope_value"]).split("|")}
    assert asked == wanted


@pytest.mark.parametrize("sample", SAMPLES)
def test_stops_of_a_class_lie_in_the_country_that_their_name_says(sample):
    home = dict(world(sample)["sites"].select("site_id", "country").iter_rows())
    for name, row in hazards(sample).items():
        found = re.search(r"_stop_([a-z]{2})(_lines)?$", name)
        if found:
            assert {home[token.split("/")[0]] for token in str(row["scope_value"]).split("|")} == {found[1].upper()}, name


def test_ports_and_lanes_of_hazards_are_all_that_any_lane_uses():
    told = hazards("battery_gen6")
    for names in (("announced-2023", "global"), ("status-2026", "global")):
        net = world("battery_gen6", *names)
        used = {port for cell in net["lanes"]["via_ports"].drop_nulls() for port in cell.replace("|", "+").split("+")}
        west = {"USOAK"}
        assert {one for one in used if one.startswith("US")} - west <= set(str(told["us_east_coast_ports"]["scope_value"]).split("|"))
        assert {one for one in used if one[:2] in {"CN", "KR", "JP"}} == set(str(told["east_china_sea_ports"]["scope_value"]).split("|"))
    for sample in SAMPLES:
        net = world(sample)
        home = dict(net["sites"].select("site_id", "country").iter_rows())
        rows = net["lanes"].filter(pl.col("product_id").is_in(GRAPHITE)).select("lane_id", "from_site", "to_site").iter_rows()
        leaving = {lane for lane, start, end in rows if home[start] == "CN" and home[end] != "CN"}
        assert leaving == set(str(hazards(sample)["graphite_exports_cn"]["scope_value"]).split("|"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_strategy_meets_the_same_events(sample):
    world_names = ["announced-2023"] if sample == "battery_gen6" else []
    day = int(np.datetime64("2026-01-01").astype(np.int64))
    drawn = [
        draw_events(world(sample, *world_names, name), replications=20, seed=7, first_day=day, last_day=day + 3651)
        for name in ("global", "local-for-local", "least-co2e")
    ]
    assert drawn[0].height > 200
    assert drawn[0].equals(drawn[1])
    assert drawn[0].equals(drawn[2])


def test_what_may_break_changes_nothing_of_the_design():
    """Arrays that design reads are the same with the tables of this part and without."""
    net = read(sample_path("seed_chain"))
    bare = Network({name: table.clear() if name in STRESS else table for name, table in net.tables.items()}, packs=net.packs)
    one, other = (arrays_of(resolve(some, ["local-for-local"])) for some in (net, bare))
    pairs = [
        (one.flows.rates.freight_per_unit, other.flows.rates.freight_per_unit), (one.flows.rates.days, other.flows.rates.days),
        (one.making.outputs.capacity, other.making.outputs.capacity), (one.offers.price, other.offers.price),
        (one.offers.limit, other.offers.limit), (one.flows.rates.co2e_kg_per_unit, other.flows.rates.co2e_kg_per_unit),
    ]  # fmt: skip
    for mine, theirs in pairs:
        np.testing.assert_array_equal(mine, theirs)
    assert one.sites.ids == other.sites.ids
    assert one.products.ids == other.products.ids


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_row_says_where_it_comes_from_and_what_is_assumed(sample):
    sources = set(world(sample)["sources"]["source_id"].to_list())
    for name in STRESS:
        rows = list(csv.DictReader((sample_path(sample) / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
        assert rows, name
        assert all(row["source_id"] in sources and row["quality"] and row["note"] for row in rows), name
        assert all(row["quality"] == "assumed" for row in rows if row["source_id"] in {"A", "R"}), name
