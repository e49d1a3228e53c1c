"""Who is covered when: certificates join up, levels rank, and splitting a period turns no yes into a no."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinterland.core.calendar import day_number
from hinterland.model.certificates import Standards
from hinterland.model.coverage import coverage
from hinterland.model.network import Network
from hinterland.model.plan import Plan
from hinterland.tables import TABLES, read_tables
from worlds import network, two_makers

SCHEMES = [{"scheme": "IRMA", "level": f"IRMA {rank}", "rank": at} for at, rank in enumerate((50, 75, 100), start=1)]


def standards(*rows: dict[str, Any], **tables: Any) -> Standards:
    certificates = [{"site_id": "far", "scheme": "IRMA", **row} for row in rows]
    return Standards(network(two_makers(2) | {"certificates": certificates, "schemes": SCHEMES} | tables))


def held(*rows: dict[str, Any], least: str | float | None = None, product: str = "part", scheme: str = "IRMA") -> list[bool]:
    """Whether far is covered in 2026 and in 2027."""
    one = standards(*rows)
    return one.covered(["far"], ["car", product], scheme, least)[0, 1].tolist()


@pytest.mark.parametrize(
    ("rows", "covered"),
    [
        ([{}], [True, True]),
        ([{"valid_from": "2026-01-01", "valid_to": "2026-12-31"}], [True, False]),
        ([{"valid_from": "2026-01-02"}], [False, True]),
        ([{"valid_to": "2026-12-30"}], [False, False]),
        ([{"valid_to": "2027-06-30"}], [True, False]),
        ([{"valid_to": "2026-06-30"}, {"valid_from": "2026-07-01"}], [True, True]),
        ([{"valid_to": "2026-06-30"}, {"valid_from": "2026-05-01", "valid_to": "2026-12-31"}], [True, False]),
        ([{"valid_to": "2026-06-29"}, {"valid_from": "2026-07-01"}], [False, True]),
        ([{"product_id": "part"}], [True, True]),
        ([{"product_id": "car"}], [False, False]),
        ([{"valid_to": "2026-06-30"}, {"valid_from": "2026-07-01", "product_id": "part"}], [True, True]),
        ([{"site_id": "near"}], [False, False]),
        ([{"scheme": "RMAP"}], [False, False]),
    ],
)
def test_a_certificate_counts_in_periods_that_it_spans_whole(rows, covered):
    assert held(*rows) == covered


@pytest.mark.parametrize(
    ("level", "least", "covered"),
    [
        ("IRMA 75", None, True), ("IRMA 75", "IRMA 50", True), ("IRMA 75", "IRMA 75", True), ("IRMA 75", "IRMA 100", False),
        ("IRMA 75", 2.0, True), ("IRMA 75", 3.0, False), (None, "IRMA 50", False), (None, None, True),
    ],
)  # fmt: skip
def test_levels_count_by_their_rank(level, least, covered):
    assert held({"level": level}, least=least) == [covered, covered]


def test_a_lower_level_that_follows_is_a_gap_for_those_who_ask_for_the_higher():
    rows = [{"level": "IRMA 75", "valid_to": "2026-12-31"}, {"level": "IRMA 50", "valid_from": "2027-01-01"}]
    assert held(*rows) == [True, True]
    assert held(*rows, least="IRMA 75") == [True, False]
    one = standards(*rows)
    first, last = (day_number(date(2027, month, day)) for month, day in ((1, 1), (12, 31)))
    assert one.told("far", "part", "IRMA", "IRMA 75", first, last) == "whose certificate lapses on 2027-01-01"
    assert one.told("far", "part", "IRMA", "IRMA 100", first, last) == "whose certificate is of a lower level"
    assert one.told("near", "part", "IRMA", None, first, last) == "which holds none"


def test_a_certificate_that_is_still_to_come_is_told_by_its_first_day():
    one = standards({"valid_from": "2027-03-01"})
    first, last = (day_number(date(2027, month, day)) for month, day in ((1, 1), (12, 31)))
    assert one.told("far", "part", "IRMA", None, first, last) == "whose certificate starts on 2027-03-01"


@settings(max_examples=150, deadline=None)
@given(
    spans=st.lists(st.tuples(st.integers(-30, 420), st.integers(0, 300)), max_size=4),
    cuts=st.lists(st.integers(1, 364), unique=True, max_size=4),
)
def test_splitting_a_period_changes_no_yes(spans, cuts):
    """2026 is covered exactly if each of its parts is; and days in the mean: a brute count agrees."""
    start = date(2026, 1, 1)
    rows = [
        {"site_id": "far", "scheme": "IRMA", "valid_from": start + timedelta(days=low), "valid_to": start + timedelta(days=low + size)}
        for low, size in spans
    ]
    rows = list({row["valid_from"]: row for row in rows}.values())
    frame, _ = read_tables({"certificates": rows})
    edges = [0, *sorted(cuts), 365]

    def periods(pairs: list[tuple[int, int]]) -> list[dict[str, Any]]:
        return [
            {"period_id": f"p{low:03d}", "start_date": start + timedelta(days=low), "end_date": start + timedelta(days=high - 1)}
            for low, high in pairs
        ]

    def yes(pairs: list[tuple[int, int]]) -> list[bool]:

        tables, _ = read_tables({"certificates": rows, "periods": periods(pairs)})
        return Standards(Network(tables)).covered(["far"], ["part"], "IRMA")[0, 0].tolist()

    days = {day for row in rows for day in range((row["valid_from"] - start).days, (row["valid_to"] - start).days + 1)}
    parts = list(itertools.pairwise(edges))
    assert yes(parts) == [all(day in days for day in range(low, high)) for low, high in parts]
    assert yes([(0, 365)]) == [all(yes(parts))]
    assert frame["certificates"].schema == TABLES["certificates"].schema


# --- tiers


def chain() -> dict[str, Any]:
    """mine → smelter and its own shaft → works → plant → town; a side mine feeds the works at once; the smelter stands two tiers up.

    Per car one part; per part (at works) one metal; per metal (at smelter) one ore, of which the smelter digs some itself.
    """
    products = [("ore", "mined"), ("metal", "refined"), ("part", "part"), ("car", "car")]
    sites = ("mine", "smelter", "port", "works", "plant", "town")
    made = {"metal_from_ore": ("metal", "ore"), "part_from_metal": ("part", "metal"), "car_from_part": ("car", "part")}
    lanes = (
        ("mine", "smelter", "ore"),
        ("smelter", "port", "metal"),
        ("port", "works", "metal"),
        ("works", "plant", "part"),
        ("plant", "town", "car"),
    )
    return {
        "settings": two_makers()["settings"],
        "periods": two_makers(1)["periods"],
        "products": [{"product_id": name, "stage": stage, "unit": "t", "mass_kg_per_unit": 1000.0} for name, stage in products],
        "sites": [{"site_id": name, "country": "US"} for name in sites],
        "recipes": [{"recipe_id": name, "product_id": good} for name, (good, _) in made.items()],
        "recipe_lines": [{"recipe_id": name, "product_id": use, "role": "input", "quantity_per_unit": 1.0} for name, (_, use) in made.items()],
        "processes": [
            {"site_id": "mine", "product_id": "ore", "capacity_per_year": 100.0}, {"site_id": "smelter", "product_id": "ore", "capacity_per_year": 30.0},
            *({"site_id": site, "recipe_id": recipe, "capacity_per_year": 200.0}
              for site, recipe in zip(("smelter", "works", "plant"), made, strict=True)),
        ],
        "purchases": [{"site_id": "works", "product_id": "metal", "price_per_unit": 9.0, "certified": "IRMA=IRMA 50"}],
        "stocks": [{"site_id": "port", "product_id": "metal"}],
        "lanes": [{"lane_id": f"{a}-{b}", "from_site": a, "to_site": b, "product_id": goods, "cost_per_unit": 1.0, "lead_time_days": 1.0,
                   "co2e_kg_per_unit": 1.0} for a, b, goods in lanes],
        "demand": [{"site_id": "town", "product_id": "car", "period_id": "2026", "quantity": 100.0, "shortage_cost_per_unit": 1e4}],
        "certificates": [{"site_id": "smelter", "scheme": "IRMA", "level": "IRMA 75", "product_id": "metal"}, {"site_id": "mine", "scheme": "IRMA"}],
        "schemes": SCHEMES,
        "requirements": [{"requirement_id": "r", "scheme": "IRMA", "min_level": "IRMA 75", "product": "car", "penalty_per_unit": 0.0}],
    }  # fmt: skip


def plan_of(**amounts: Any) -> Plan:

    def frame(names: str, *rows: tuple[object, ...]) -> pl.DataFrame:
        return pl.DataFrame(list(rows), schema=names.split(), orient="row")

    lanes = {"mine-smelter": ("ore", 50.0), "smelter-port": ("metal", 80.0), "port-works": ("metal", 80.0), "works-plant": ("part", 100.0),
             "plant-town": ("car", 100.0)}  # fmt: skip
    return Plan(
        {
            "flows": frame("lane_id product_id period_id quantity", *((lane, goods, "2026", amount) for lane, (goods, amount) in lanes.items())),
            "outputs": frame(
                "site_id recipe_id product_id vintage period_id quantity",
                ("mine", None, "ore", "existing", "2026", 50.0), ("smelter", None, "ore", "existing", "2026", 30.0),
                ("smelter", "metal_from_ore", "metal", "existing", "2026", 80.0), ("works", "part_from_metal", "part", "existing", "2026", 100.0),
                ("plant", "car_from_part", "car", "existing", "2026", 100.0),
            ),
            "purchased": frame("site_id product_id offer_id period_id quantity", ("works", "metal", "", "2026", 20.0)),
            "delivered": frame("site_id product_id segment period_id quantity", ("town", "car", "", "2026", 100.0)),
        }
    )  # fmt: skip


def test_tiers_are_counted_from_the_plant_that_delivers_over_stores_and_within_a_site():
    """Plant 0, works 1; smelter 2 (the port stores), and its own ore with it; what works buys 2; the mine 3."""
    told = coverage(network(chain()), plan_of())
    anything = told.filter(told["min_level"].is_null())
    found = {(row["product_id"], row["tier"]): (row["flow"], row["covered_flow"]) for row in anything.iter_rows(named=True)}
    assert found == {
        ("car", 0): (100.0, 0.0), ("part", 1): (100.0, 0.0), ("metal", 2): (100.0, 100.0), ("ore", 2): (30.0, 0.0), ("ore", 3): (50.0, 50.0),
    }  # fmt: skip


def test_coverage_at_a_level_that_is_asked():
    told = coverage(network(chain()), plan_of())
    asked = told.filter(told["min_level"] == "IRMA 75")
    found = {(row["product_id"], row["tier"]): row["covered_share"] for row in asked.iter_rows(named=True)}
    assert found == {("car", 0): 0.0, ("part", 1): 0.0, ("metal", 2): 0.8, ("ore", 2): 0.0, ("ore", 3): 0.0}
    assert set(told["stage"]) == {"mined", "refined", "part", "car"}


def test_without_any_standard_there_is_nothing_to_cover():
    tables = chain() | {"certificates": [], "requirements": []}
    tables["purchases"][0].pop("certified")
    assert coverage(network(tables), plan_of()).height == 0
