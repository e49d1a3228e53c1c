"""Each kind of policy by hand on two makers: 40 near and 60 far parts a year, 100 cars to town."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from hinterland.model.plan import Plan
from hinterland.model.verify import VerifyReport, verify
from worlds import Tables, network, two_makers

NEAR, FAR = 40.0, 60.0


def _plan() -> Plan:
    def frame(names: str, *rows: tuple[object, ...]) -> pl.DataFrame:
        return pl.DataFrame(list(rows), schema=names.split(), orient="row")

    return Plan(
        {
            "flows": frame(
                "lane_id product_id period_id quantity",
                ("near-plant", "part", "2026", NEAR), ("far-plant", "part", "2026", FAR), ("plant-town", "car", "2026", 100.0),
            ),
            "outputs": frame(
                "site_id recipe_id product_id vintage period_id quantity",
                ("near", None, "part", "existing", "2026", NEAR),
                ("far", None, "part", "existing", "2026", FAR),
                ("plant", "car_from_part", "car", "existing", "2026", 100.0),
            ),
            "delivered": frame("site_id product_id segment period_id quantity", ("town", "car", "", "2026", 100.0)),
        }
    )  # fmt: skip


def _judge(change: Callable[[Tables], None] = lambda _: None, **policy: object) -> VerifyReport:
    tables = two_makers(1)
    change(tables)
    tables["policies"] = [{"policy_id": "rule", **policy}]
    return verify(network(tables), _plan())


def _values(tables: Tables) -> None:
    """Far parts are worth 20, near ones 60: the mean of 40 counts for both."""
    tables["product_values"] = [
        {"product_id": "part", "from_group": group, "valid_from": date(2020, 1, 1), "value_per_unit": value}
        for group, value in (("near", 60.0), ("far", 20.0))
    ]


def _gate_near(tables: Tables) -> None:
    tables["sites"][0] |= {"status": "candidate"}


# kind and its other cells, the largest (or least) limit that holds, the change that breaks it
HOLDS: list[tuple[str, dict[str, object], float, float]] = [
    ("min_regional_share", {"product": "part", "to_group": "plant"}, 0.40, +0.01),
    ("min_regional_share", {"product": "part", "from_group": "CN"}, 0.60, +0.01),
    ("min_regional_share", {"product": "part", "each": "region", "basis": "mass"}, 0.40, +0.01),
    ("max_country_share", {"product": "part"}, 0.60, -0.01),
    ("max_country_share", {"product": "part", "from_group": "US"}, 0.40, -0.01),
    ("max_country_share", {"product": "part", "each": "buyer"}, 0.60, -0.01),
    ("max_site_share", {"product": "part", "to_group": "plant"}, 0.60, -0.01),
    ("max_site_share", {"product": "part", "from_group": "near"}, 0.40, -0.01),
    ("max_co2e", {}, 1.36, -0.01),
    ("max_co2e", {"site_group": "far"}, 0.18, -0.01),
    ("max_co2e", {"site_group": "far", "value_unit": "kg"}, 180.0, -1.0),
    ("max_co2e_per_unit", {"site_group": "far"}, 3.0, -0.01),
    ("max_co2e_per_unit", {"site_group": "near|far", "product": "part"}, 2.2, -0.01),
    ("max_co2e_per_unit", {"product": "car"}, 13.6, -0.01),
    ("min_flow", {"product": "part", "from_group": "near"}, 40.0, +1.0),
    ("max_flow", {"product": "part", "to_group": "plant"}, 100.0, -1.0),
    ("max_flow", {"product": "part", "basis": "mass"}, 10.0, -0.1),
    ("max_sites", {"product": "part"}, 2.0, -1.0),
    ("max_sites", {"product": "part", "each": "region"}, 1.0, -1.0),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "cells", "limit", "tighter"), HOLDS)
def test_a_policy_holds_at_what_the_plan_does_and_breaks_beyond(kind, cells, limit, tighter):
    assert _judge(kind=kind, value=limit, **cells).ok
    broken = _judge(kind=kind, value=limit + tighter, **cells).failures
    assert set(broken["check"]) == {"policy"}


def test_co2e_of_the_whole_plan_is_summed_over_making_and_moving():
    # made 40 · 1 + 60 · 3 = 220, moved 40 · 1 + 60 · 10 + 100 · 5 = 1140 kg
    line = _judge(kind="max_co2e", value=2.0).lines.filter(pl.col("check") == "policy")
    assert line.select("left", "right").rows() == [(pytest.approx(1.36), pytest.approx(2.0))]


def test_by_value_the_mean_value_of_the_product_counts():
    line = _judge(_values, kind="max_flow", product="part", basis="value", value=4000.0).lines.filter(pl.col("check") == "policy")
    assert line["left"].to_list() == pytest.approx([100 * 40.0])


@pytest.mark.parametrize(
    ("cells", "holds"),
    [({"product": "part", "from_group": "CN"}, False), ({"product": "car", "from_group": "CN"}, True),
     ({"product": "part", "from_group": "CN", "to_group": "town"}, True)],
)  # fmt: skip
def test_forbidden_origins_do_not_arrive(cells, holds):
    assert _judge(kind="forbid_origin", **cells).ok is holds


def test_a_forbidden_origin_counts_for_what_is_bought_from_there():
    def offer(tables: Tables) -> None:
        tables["purchases"] = [
            {"site_id": "plant", "product_id": "part", "offer_id": "spot", "price_per_unit": 9.0, "origin_country": "CN"}
        ]

    tables = two_makers(1)
    offer(tables)
    tables["policies"] = [{"policy_id": "rule", "kind": "forbid_origin", "product": "part", "from_group": "CN", "to_group": "plant"}]
    plan = _plan()
    flows = plan["flows"].filter(pl.col("lane_id") != "far-plant")
    outputs = plan["outputs"].filter(pl.col("site_id") != "far")
    bought = pl.DataFrame({"site_id": ["plant"], "product_id": ["part"], "offer_id": ["spot"], "period_id": ["2026"], "quantity": [FAR]})
    report = verify(network(tables), plan.with_table("flows", flows).with_table("outputs", outputs).with_table("purchased", bought))
    assert report.failures.select("check", "left").rows() == [("policy", FAR)]


def test_an_operating_site_that_is_forbidden_must_stand_idle():
    assert set(_judge(kind="forbid_site", site_group="far").failures["left"]) == {FAR + FAR}
    assert _judge(lambda tables: tables["sites"].append({"site_id": "spare", "country": "US"}), kind="forbid_site", site_group="spare").ok


def test_a_site_forced_open_is_open():
    report = _judge(_gate_near, kind="force_open", site_group="near")
    assert "policy" in set(report.failures["check"])
    assert _judge(kind="force_open", site_group="near").ok


@pytest.mark.parametrize(
    ("first", "kind", "value", "holds"),
    [
        (date(2026, 7, 2), "max_flow", 1.0, True),  # yes/no rules and most flows hold in periods they cover whole
        (date(2026, 7, 2), "forbid_origin", None, True),
        (date(2026, 1, 1), "forbid_origin", None, False),
        (date(2026, 7, 2), "min_flow", 198.0, True),  # 183 of 365 days ask for 99.3 of 198
        (date(2026, 7, 2), "min_flow", 200.0, False),
        (date(2026, 7, 2), "max_country_share", 0.25, True),  # (0.25 · 183 + 182) / 365 = 0.624 of all may come from China
        (date(2026, 7, 2), "max_country_share", 0.15, False),  # 0.574 may, 0.6 does
    ],
)
def test_a_policy_that_starts_in_the_period_counts_by_its_days(first, kind, value, holds):
    cells = {"product": "part", "from_group": "CN"} if kind != "min_flow" else {"product": "part"}
    report = _judge(kind=kind, value=value, valid_from=first, **cells)
    assert report.ok is holds


def test_a_site_that_also_makes_counts_its_own_make_less_what_it_ships_on():
    # near makes 40 parts; 10 of them stay there as an input of its own cars
    tables = two_makers(1)
    tables["processes"].append({"site_id": "near", "recipe_id": "car_from_part", "capacity_per_year": 20.0})
    tables["lanes"].append({"lane_id": "near-town", "from_site": "near", "to_site": "town", "product_id": "car", "cost_per_unit": 1.0,
                            "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0})  # fmt: skip
    tables["policies"] = [{"policy_id": "rule", "kind": "max_site_share", "product": "part", "to_group": "near", "value": 0.9}]
    plan = _plan()
    flows = plan["flows"].with_columns(
        quantity=pl.when(pl.col("lane_id") == "near-plant")
        .then(30.0)
        .when(pl.col("lane_id") == "plant-town")
        .then(90.0)
        .otherwise("quantity")
    )
    more = pl.DataFrame({"lane_id": ["near-town"], "product_id": ["car"], "period_id": ["2026"], "quantity": [10.0]})
    outputs = plan["outputs"].with_columns(quantity=pl.when(pl.col("site_id") == "plant").then(90.0).otherwise("quantity"))
    made = pl.DataFrame({"site_id": ["near"], "recipe_id": ["car_from_part"], "product_id": ["car"], "vintage": ["existing"],
                         "period_id": ["2026"], "quantity": [10.0]})  # fmt: skip
    plan = plan.with_table("flows", pl.concat([flows, more], how="diagonal")).with_table("outputs", pl.concat([outputs, made]))
    report = verify(network(tables), plan)
    assert report.failures.select("check", "left", "right").rows() == [("policy", 10.0, pytest.approx(9.0))]


def test_a_soft_policy_is_paid_by_its_violation_and_year():
    report = _judge(kind="max_flow", product="part", value=90.0, penalty_per_unit=2.5)
    assert report.ok
    assert report.steering.rows() == [("policy", "2026", "policy rule (max_flow 90)", 10.0, 25.0)]
