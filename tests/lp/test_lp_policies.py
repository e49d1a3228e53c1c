"""Rows of every kind of policy and of capped credits, term by term against rows worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from hinterland.core.errors import InvalidTables
from hinterland.design.build import build
from hinterland.model.arrays import arrays_of
from lp_text import same_rows
from worlds import Tables, network, two_makers

BOTH = ("policy_least", "policy_most")


def asked(kind: str, tables: Tables | None = None, **row: object) -> Tables:
    found = two_makers(1) if tables is None else tables
    found["policies"] = [{"policy_id": "rule", "kind": kind, **row}]
    return found


def with_candidate() -> Tables:
    tables = two_makers(1)
    tables["sites"][0]["status"] = "candidate"
    return tables


def test_keep_policies() -> None:
    """min_regional_share: 0.6 of the parts at the plant from its own region, or pay for each part that is missing."""
    tables = asked("min_regional_share", product="part", value=0.6, penalty_per_unit=9.0)
    same_rows(tables, BOTH, "0.4 flow[near-plant|part|2026] - 0.6 flow[far-plant|part|2026] + broken[rule|2026] >= 0")


def test_min_regional_share_by_mass_counts_tonnes() -> None:
    tables = asked("min_regional_share", product="part", value=0.5, basis="mass")
    same_rows(tables, BOTH, "0.05 flow[near-plant|part|2026] - 0.05 flow[far-plant|part|2026] >= 0")


def test_min_regional_share_counts_by_the_days_it_holds() -> None:
    """From 20 October on: a fifth of the year, so a fifth of the share."""
    tables = asked("min_regional_share", product="part", value=0.5, valid_from=date(2026, 10, 20))
    same_rows(tables, BOTH, "0.9 flow[near-plant|part|2026] - 0.1 flow[far-plant|part|2026] >= 0")


def test_min_regional_share_of_one_source_counts_purchases_by_their_origin() -> None:
    """From China: the far maker and the Chinese offer, out of all three ways to get a part."""
    tables = asked("min_regional_share", product="part", value=0.25, from_group="CN")
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 30.0, "origin_country": "CN"}]
    same_rows(tables, BOTH, "- 0.25 flow[near-plant|part|2026] + 0.75 flow[far-plant|part|2026] + 0.75 bought[plant|part|2026] >= 0")


def test_min_regional_share_counts_own_make_that_stays() -> None:
    """The plant makes parts too and sends some back to near, which has no use for them: what stays counts, as its own."""
    tables = asked("min_regional_share", product="part", value=0.5, to_group="plant")
    tables["processes"].append({"site_id": "plant", "product_id": "part", "capacity_per_year": 10.0})
    tables["lanes"].append(tables["lanes"][0] | {"lane_id": "back", "from_site": "plant", "to_site": "near"})
    same_rows(
        tables,
        BOTH,
        "0.5 flow[near-plant|part|2026] - 0.5 flow[far-plant|part|2026] + 0.5 made[plant|part|existing|2026] - 0.5 flow[back|part|2026] >= 0",
    )


def test_max_country_share() -> None:
    same_rows(
        asked("max_country_share", product="part", value=0.7),
        BOTH,
        """
        0.3 flow[near-plant|part|2026] - 0.7 flow[far-plant|part|2026] <= 0
        0.3 flow[far-plant|part|2026] - 0.7 flow[near-plant|part|2026] <= 0
        """,
    )


def test_max_site_share_in_part_of_a_year_leaves_the_rest_free() -> None:
    """0.2 · 0.5 + 0.8 · 1 = 0.9."""
    same_rows(
        asked("max_site_share", product="part", value=0.5, valid_from=date(2026, 10, 20)),
        BOTH,
        """
        0.1 flow[near-plant|part|2026] - 0.9 flow[far-plant|part|2026] <= 0
        0.1 flow[far-plant|part|2026] - 0.9 flow[near-plant|part|2026] <= 0
        """,
    )


def test_max_country_share_by_buyer_is_one_rule_for_each_buyer() -> None:
    """Parts reach the plant, cars the town: of the cars all come from one country, so the rule forbids them."""
    same_rows(
        asked("max_country_share", value=0.75, each="buyer"),
        BOTH,
        """
        0.25 flow[near-plant|part|2026] - 0.75 flow[far-plant|part|2026] <= 0
        0.25 flow[far-plant|part|2026] - 0.75 flow[near-plant|part|2026] <= 0
        0.25 flow[plant-town|car|2026] <= 0
        """,
    )


def test_max_co2e() -> None:
    """Kilograms a unit in tonnes: making 1 and 3 kg a part, moving 1, 10 and 5 kg."""
    same_rows(
        asked("max_co2e", value=0.8),
        BOTH,
        "0.001 made[near|part|existing|2026] + 0.003 made[far|part|existing|2026] + 0.001 flow[near-plant|part|2026]"
        " + 0.01 flow[far-plant|part|2026] + 0.005 flow[plant-town|car|2026] <= 0.8",
    )


def test_max_co2e_of_sites_counts_their_energy_and_direct_emissions_alone() -> None:
    same_rows(asked("max_co2e", value=0.2, site_group="far"), BOTH, "0.003 made[far|part|existing|2026] <= 0.2")


def test_max_co2e_per_unit_of_the_network_is_over_what_is_delivered() -> None:
    """14 kg a car on 100 cars is 1.4 t; a car that is not delivered brings no allowance."""
    same_rows(
        asked("max_co2e_per_unit", value=14.0, product="car"),
        BOTH,
        "0.001 made[near|part|existing|2026] + 0.003 made[far|part|existing|2026] + 0.001 flow[near-plant|part|2026]"
        " + 0.01 flow[far-plant|part|2026] + 0.005 flow[plant-town|car|2026] + 0.014 short[town|car|2026] <= 1.4",
    )


def test_max_co2e_per_unit_of_sites_is_over_their_output() -> None:
    """One rule for both makers: 1 − 2 and 3 − 2 kg a part; one for each: the far one may make nothing."""
    row = {"value": 2.0, "site_group": "near|far", "product": "part"}
    same_rows(asked("max_co2e_per_unit", **row), BOTH, "- 0.001 made[near|part|existing|2026] + 0.001 made[far|part|existing|2026] <= 0")
    same_rows(
        asked("max_co2e_per_unit", each="site", **row),
        BOTH,
        """
        - 0.001 made[near|part|existing|2026] <= 0
        0.001 made[far|part|existing|2026] <= 0
        """,
    )


def test_forbid_origin() -> None:
    tables = asked("forbid_origin", product="part", from_group="CN")
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 30.0, "origin_country": "CN"}]
    same_rows(tables, BOTH, "flow[far-plant|part|2026] + bought[plant|part|2026] <= 0")


def test_forbid_site() -> None:
    """A candidate stays closed; a site that is no decision does nothing."""
    same_rows(asked("forbid_site", with_candidate(), site_group="near"), BOTH, "open[near|2026] <= 0")
    same_rows(asked("forbid_site", site_group="far"), BOTH, "made[far|part|existing|2026] + flow[far-plant|part|2026] <= 0")


def test_force_open() -> None:
    same_rows(asked("force_open", with_candidate(), site_group="near|far"), BOTH, "open[near|2026] >= 1")


def test_yes_no_policies_hold_only_in_periods_they_cover_whole() -> None:
    same_rows(asked("force_open", with_candidate(), site_group="near", valid_from=date(2026, 1, 2)), BOTH, "")


def test_min_flow_and_max_flow() -> None:
    """5 t a year, of parts that weigh 0.1 t; a least flow from 20 October on asks for a fifth of it in 2026."""
    row = {"product": "part", "from_group": "near", "to_group": "plant", "basis": "mass", "value": 5.0}
    same_rows(asked("min_flow", valid_from=date(2026, 10, 20), **row), BOTH, "0.1 flow[near-plant|part|2026] >= 1")
    same_rows(asked("max_flow", **row), BOTH, "0.1 flow[near-plant|part|2026] <= 5")


def test_a_least_flow_without_a_lane_stays_in_the_model() -> None:
    same_rows(asked("min_flow", product="part", from_group="near", to_group="town", value=5.0), BOTH, "nothing[] >= 5")


def test_max_sites() -> None:
    """Two makers of parts at most one: far always runs, so near must not; by region each has its own count."""
    row = {"product": "part", "value": 1.0}
    same_rows(asked("max_sites", with_candidate(), **row), BOTH, "open[near|2026] <= 0")
    same_rows(asked("max_sites", with_candidate(), each="region", **row), BOTH, "open[near|2026] <= 1")


def test_more_running_sites_than_allowed_stays_in_the_model() -> None:
    same_rows(asked("max_sites", product="part", value=1.0), BOTH, "nothing[] <= -1")


def test_a_share_of_value_without_values_is_refused() -> None:
    tables = asked("min_regional_share", product="part", value=0.5, basis="value")
    with pytest.raises(InvalidTables, match="part") as caught:
        build(arrays_of(network(tables)))
    assert [issue.code for issue in caught.value.issues] == ["missing_value"]


def test_capped_credits() -> None:
    """2 a part that near makes and does not throw away, at most 150 over both years, earliest first."""
    tables = two_makers(2)
    tables["products"][0]["disposal_cost_per_unit"] = 0.0
    tables["incentives"] = [{"incentive_id": "aid", "site_or_group": "near", "product_id": "part", "amount": 2.0, "cap_amount": 150.0}]
    same_rows(
        tables,
        ("credit_earned", "credit_cap"),
        """
        credit[aid|2026] - 2 made[near|part|existing|2026] + 2 disposed[near|part|2026] <= 0
        credit[aid|2026] + credit[aid|2027] - 2 made[near|part|existing|2026] - 2 made[near|part|existing|2027] + 2 disposed[near|part|2026] + 2 disposed[near|part|2027] <= 0
        credit[aid|2026] <= 150
        credit[aid|2026] + credit[aid|2027] <= 150
        """,
    )
