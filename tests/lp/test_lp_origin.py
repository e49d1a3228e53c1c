"""Rows of claims, term by term against rows worked out by hand.

Near (US) and far (CN) make parts worth 40, a plant in Mexico cars worth 100, which pay 10 at the border of the United States
unless three quarters of their value are regional; parts originate from half of their value on.
"""

from __future__ import annotations

from lp_text import same_rows
from worlds import Tables, two_makers

CAR = "plant|car|usmca|rvc_tv"


def bordered(accounting: str = "segregated", method: str = "rvc_tv", **rule: object) -> Tables:
    tables = two_makers(1)
    tables["settings"].append({"key": "origin_accounting", "value": accounting})
    tables["countries"].append({"country": "MX", "region": "north_america"})
    tables["groups"] = [{"group_id": "usmca", "member": one} for one in ("US", "MX")]
    tables["sites"][2]["country"] = "MX"
    tables["product_codes"] = [
        {"product_id": "car", "importer": "US", "hs_code": "8703.80"},
        {"product_id": "part", "importer": "US", "hs_code": "8708.99"},
    ]
    tables["product_values"] = [{"product_id": "car", "value_per_unit": 100.0}, {"product_id": "part", "value_per_unit": 40.0}]
    tables["duties"] = [
        {"rule_id": "mfn", "importer": "US", "hs_prefix": "8703", "ad_valorem_share": 0.1},
        {"rule_id": "usmca", "importer": "US", "hs_prefix": "8703", "origin": "@usmca", "ad_valorem_share": 0.0, "origin_rule_id": "usmca"},
    ]
    cars = {"method": method, "threshold_share": 0.75, **rule}
    tables["origin_rules"] = [
        {"origin_rule_id": "usmca", "hs_prefix": "8703", "cumulation_group": "@usmca", **cars},
        {"origin_rule_id": "usmca", "hs_prefix": "8708", "method": "rvc_tv", "threshold_share": 0.5, "cumulation_group": "@usmca"},
    ]
    return tables


def credited(accounting: str = "segregated") -> Tables:
    """A credit of 5 a car of which 60 % of the material comes from makers off the list; China is on it. Cars may be thrown away."""
    tables = two_makers(1)
    tables["settings"].append({"key": "origin_accounting", "value": accounting})
    tables["product_values"] = [{"product_id": "part", "value_per_unit": 40.0}]
    tables["products"][1]["disposal_cost_per_unit"] = 1.0
    tables["entities"] = [{"entity": "CN", "list_id": "listed"}]
    tables["condition_rules"] = [
        {"condition_rule_id": "macr", "method": "material_assistance", "list_id": "listed", "threshold_share": 0.6}
    ]
    tables["incentives"] = [{"incentive_id": "credit", "product_id": "car", "amount": 5.0, "condition_rule_id": "macr"}]
    return tables


def test_claimed_output() -> None:
    same_rows(
        bordered(),
        "claimed_output",
        """
        claimed[near|part|existing|usmca|rvc_tv|2026] - made[near|part|existing|2026] <= 0
        claimed[plant|car|existing|usmca|rvc_tv|2026] - made[plant|car|existing|2026] <= 0
        """,
    )


def test_claimed_output_of_two_ways_counts_once() -> None:
    """A shift of the heading (8708 to 8703) beside the value test: parts from anywhere make it, so that way is met at once."""
    tables = bordered()
    tables["origin_rules"].append(tables["origin_rules"][0] | {"method": "tariff_shift", "threshold_share": None})
    text = "claimed[plant|car|existing|usmca|tariff_shift|2026] - made[plant|car|existing|2026] <= 0"
    same_rows(tables, "claimed_output", text, where="car")


def test_claim_test() -> None:
    """Value: 40 · (claimed − clean) ≤ (1 − 0.75) · 100 · claimed; a part takes nothing in, so its lot is sure and has no row."""
    same_rows(
        bordered(),
        "claim_test",
        f"""
        15 claimed[plant|car|existing|usmca|rvc_tv|2026] - 40 clean[{CAR}|part|2026] <= 0
        """,
    )


def test_claim_test_by_the_largest_share_from_outside() -> None:
    """At most 15 % from outside, and yield 0.8: 50 · claimed − 40 · clean ≤ 15 · claimed."""
    tables = bordered(method="max_nom", threshold_share=0.15)
    tables["processes"][2]["yield_share"] = 0.8
    text = "35 claimed[plant|car|existing|usmca|max_nom|2026] - 40 clean[plant|car|usmca|max_nom|part|2026] <= 0"
    same_rows(tables, "claim_test", text, where="car")


def test_claim_test_of_a_shift_with_de_minimis() -> None:
    """Chapter 87 stays chapter 87: parts that do not originate may make up 10 % of the value."""
    tables = bordered(method="tariff_shift", threshold_share=None, shift_level="chapter", de_minimis_share=0.1)
    text = "30 claimed[plant|car|existing|usmca|tariff_shift|2026] - 40 clean[plant|car|usmca|tariff_shift|part|2026] <= 0"
    same_rows(tables, "claim_test", text, where="car")


def test_claim_test_of_material_assistance() -> None:
    """Σ value · clean ≥ 0.6 · Σ value · use: 24 · (claimed − clean) − 16 · clean ≤ 0."""
    text = "24 claimed[plant|car|existing|macr|material_assistance|2026] - 40 clean[plant|car|macr|material_assistance|part|2026] <= 0"
    same_rows(credited(), "claim_test", text)


def test_clean_use() -> None:
    tables = bordered()
    tables["processes"][2]["yield_share"] = 0.8
    same_rows(tables, "clean_use", f"clean[{CAR}|part|2026] - 1.25 claimed[plant|car|existing|usmca|rvc_tv|2026] <= 0")


def test_clean_supply() -> None:
    """Parts at the plant: from near by lane, from an American offer; what near sends must have been claimed there, cars likewise."""
    tables = bordered()
    tables["purchases"] = [
        {"site_id": "plant", "product_id": "part", "offer_id": offer, "price_per_unit": 30.0, "origin_country": country}
        for offer, country in (("a", "US"), ("b", "CN"))
    ]
    a_offer = "bought[plant|part|2026]"  # two offers of one pool share a name: only the American one is in the row
    same_rows(
        tables,
        "clean_supply",
        f"""
        clean[{CAR}|part|2026] - carried[near-plant|part|usmca|2026] - {a_offer} <= 0
        carried[near-plant|part|usmca|2026] - claimed[near|part|existing|usmca|rvc_tv|2026] <= 0
        carried[plant-town|car|usmca|2026] - claimed[plant|car|existing|usmca|rvc_tv|2026] <= 0
        """,
    )


def test_clean_supply_of_a_condition_counts_whole_lanes_from_makers_off_the_list() -> None:
    text = "clean[plant|car|macr|material_assistance|part|2026] - flow[near-plant|part|2026] <= 0"
    same_rows(credited(), "clean_supply", text)


def test_carried_flow() -> None:
    same_rows(
        bordered(),
        ("carried_flow", "carried_once"),
        """
        carried[near-plant|part|usmca|2026] - flow[near-plant|part|2026] <= 0
        carried[plant-town|car|usmca|2026] - flow[plant-town|car|2026] <= 0
        """,
    )


def test_carried_flow_enters_under_one_rule() -> None:
    """A second agreement asks 2 % instead of 10 %: a car enters under one of the two."""
    tables = bordered()
    tables["duties"].append(
        {"rule_id": "other", "importer": "US", "hs_prefix": "8703", "origin": "MX", "ad_valorem_share": 0.02, "origin_rule_id": "other"}
    )
    tables["origin_rules"].append(
        {"origin_rule_id": "other", "hs_prefix": "8703", "method": "rvc_tv", "threshold_share": 0.2, "cumulation_group": "MX"}
    )
    text = "carried[plant-town|car|usmca|2026] + carried[plant-town|car|other|2026] - flow[plant-town|car|2026] <= 0"
    same_rows(tables, "carried_once", text)


def test_whole_lots() -> None:
    """Average: all cars or none, of at most 100 that are wanted; parts of near meet their rule whatever happens: all of them."""
    same_rows(
        bordered("average"),
        ("claimed_if_all", "all_claimed"),
        f"""
        claimed[plant|car|existing|usmca|rvc_tv|2026] - 100 claim_all[{CAR}|2026] <= 0
        claimed[plant|car|existing|usmca|rvc_tv|2026] - made[plant|car|existing|2026] - 100 claim_all[{CAR}|2026] >= -100
        claimed[near|part|existing|usmca|rvc_tv|2026] - made[near|part|existing|2026] >= 0
        """,
    )


def test_spoilt_claims() -> None:
    """Cars thrown away are first those that were not claimed."""
    same_rows(
        credited(),
        "spoilt_claims",
        """
        spoilt[plant|car|macr|2026] - disposed[plant|car|2026] + made[plant|car|existing|2026]
         - claimed[plant|car|existing|macr|material_assistance|2026] >= 0
        """.replace("\n         -", " -"),
    )
