"""Worked examples of the published rules, through tables and a plan made by hand: T3 to T6, T8 and T9.

The answers are those of the texts they come from, reproduced to the digits given there.
"""

from __future__ import annotations

import pytest

from audit_worlds import audited, buy, of_rule, one_plant, only, plan_of


def _pack_with_recycled_nickel():
    """T4: a pack with 60 kg Ni of which 4.2 kg are recovered; 10 packs a year, 2031 to 2036."""
    tables = one_plant("DE", "pack", {"nickel": 60.0}, first=2031, count=6)
    buy(tables, "nickel", "ore", recycled_share=0.0)
    buy(tables, "nickel", "scrap", recycled_share=1.0)
    tables["contents"] = [
        {"product_id": "nickel", "element": "Ni", "mass_kg_per_unit": 1.0},
        {"product_id": "pack", "element": "Ni", "mass_kg_per_unit": 60.0},
    ]
    return tables, plan_of(tables, {("nickel", "ore"): 558.0, ("nickel", "scrap"): 42.0})


def test_t3_footprint_per_kwh_of_service_and_per_kwh_of_capacity():
    tables = one_plant("DE", "pack", {"materials": 1.0})
    buy(tables, "materials", co2e_kg_per_unit=3600.0)
    tables["processes"][0]["direct_co2e_kg_per_unit"] = 1800.0
    tables["lanes"][0]["co2e_kg_per_unit"] = 180.0
    tables["service_lives"] = [
        {
            "product_id": "pack",
            "usable_kwh_per_unit": 75.0,
            "full_cycles_per_year": 60.0,
            "life_years": 8.0,
            "end_of_life_co2e_kg_per_unit": -300.0,
        }
    ]
    plan = plan_of(tables, {("materials", ""): 10.0})
    found = audited(tables, plan, drafts=True)
    one = only(found, "eu_carbon_footprint_declaration")
    assert one["status"] == "met"
    assert round(one["value"], 5) == 0.14667
    assert one["unit"] == "kgCO2e/kWh served"
    rows = found.evidence_of(one["finding_id"])
    lived = rows.filter(rows["table"] == "service_lives").row(0, named=True)
    assert lived["quantity"] == pytest.approx(36_000, abs=1e-6)
    assert lived["value"] == pytest.approx(70.4, abs=1e-9)
    stages = {
        row["contributes"].removeprefix("stage: "): row["quantity"] for row in rows.filter(rows["table"] == "plan outputs").to_dicts()
    }
    assert stages == pytest.approx({"raw material acquisition and pre-processing": 3600, "main product production": 1800, "distribution": 180,
                                    "end of life and recycling": -300})  # fmt: skip
    assert "0.14667 kgCO2e per kWh served" in one["note"]
    assert "70.4 kgCO2e per kWh of capacity" in one["note"]


def test_t3_is_a_draft_and_off_unless_asked_for():
    tables = one_plant("DE", "pack", {"materials": 1.0})
    buy(tables, "materials")
    found = audited(tables, plan_of(tables, {("materials", ""): 10.0}))
    assert of_rule(found, "eu_carbon_footprint_declaration") == []
    left = found.rules.filter(~found.rules["asked"])
    assert left["rule_id"].to_list() == ["eu_carbon_footprint_declaration"]


@pytest.mark.parametrize(
    ("day", "status", "threshold"), [("2031-08-18", "met", 0.06), ("2036-08-17", "met", 0.06), ("2036-08-18", "not_met", 0.15)]
)
def test_t4_seven_per_cent_recycled_nickel_passes_2031_and_fails_2036(day, status, threshold):
    one = only(audited(*_pack_with_recycled_nickel(), as_of=day), "eu_recycled_nickel")
    assert one["status"] == status
    assert one["value"] == pytest.approx(0.07, abs=1e-12)
    assert one["threshold"] == threshold
    assert one["margin"] == pytest.approx(0.07 - threshold, abs=1e-12)


def test_t4_without_a_day_each_period_is_judged_by_the_strictest_rule_of_its_span():
    rows = of_rule(audited(*_pack_with_recycled_nickel()), "eu_recycled_nickel")
    assert [(row["period_id"], row["threshold"], row["status"]) for row in rows] == [
        *((str(year), 0.06, "met") for year in range(2031, 2036)), ("2036", 0.15, "not_met"),
    ]  # fmt: skip


def test_t4_the_day_before_the_rule_nothing_is_asked():
    one = only(audited(*_pack_with_recycled_nickel(), as_of="2031-08-17"), "eu_recycled_nickel")
    assert one["status"] == "not_applicable"
    assert "2031-08-18" in one["note"]


def _two_refineries():
    """T5: 60 t of nickel from A, with RMAP to 2027-06-30, and 40 t from B without, in 2027."""
    tables = one_plant("US", "pack", {"nickel": 10.0}, first=2027, quantity=10_000.0)
    tables["sites"] += [{"site_id": name, "country": "US", "operator": name} for name in ("a", "b")]
    tables["processes"] += [{"site_id": name, "product_id": "nickel", "capacity_per_year": 1e6} for name in ("a", "b")]
    tables["lanes"] += [
        {"lane_id": name, "from_site": name, "to_site": "plant", "product_id": "nickel", "cost_per_unit": 1.0, "co2e_kg_per_unit": 0.0,
         "lead_time_days": 1.0, "distance_km": 50.0}
        for name in ("a", "b")
    ]  # fmt: skip
    tables["certificates"] = [{"site_id": "a", "scheme": "RMAP", "valid_from": "2025-01-01", "valid_to": "2027-06-30"}]
    tables["rules"] = [
        {
            "rule_id": "rmap",
            "predicate": "certificate_coverage",
            "product": "nickel",
            "subject": "RMAP",
            "citation": "own",
            "source_id": "S",
        }
    ]
    return tables


def _t5_plan(tables, periods):
    import polars as pl

    from hinterland.model.plan import Plan

    part = 1.0 / len(periods)
    rows = [(name, period, quantity * part) for period in periods for name, quantity in (("a", 60_000.0), ("b", 40_000.0))]
    return Plan(
        {
            "outputs": pl.DataFrame([{"site_id": "plant", "recipe_id": "assemble", "vintage": "existing", "period_id": one, "quantity": 10_000 * part} for one in periods]
                                    + [{"site_id": name, "product_id": "nickel", "vintage": "existing", "period_id": one, "quantity": kg} for name, one, kg in rows]),
            "flows": pl.DataFrame([{"lane_id": "out", "product_id": "pack", "period_id": one, "quantity": 10_000 * part} for one in periods]
                                  + [{"lane_id": name, "product_id": "nickel", "period_id": one, "quantity": kg} for name, one, kg in rows]),
            "delivered": pl.DataFrame([{"site_id": "market", "product_id": "pack", "segment": "", "period_id": one, "quantity": 10_000 * part} for one in periods]),
        }
    )  # fmt: skip


def test_t5_a_certificate_that_ends_in_june_covers_nothing_of_the_year():
    tables = _two_refineries()
    del tables["purchases"]
    one = only(audited(tables, _t5_plan(tables, ["2027"])), "rmap")
    assert (one["subject"], one["value"], one["status"]) == ("rmap, tier 1", 0.0, "not_met")


def test_t5_by_half_years_it_covers_sixty_per_cent_and_then_nothing():
    tables = _two_refineries()
    del tables["purchases"]
    tables["periods"] = [
        {"period_id": "H1", "start_date": "2027-01-01", "end_date": "2027-06-30"},
        {"period_id": "H2", "start_date": "2027-07-01", "end_date": "2027-12-31"},
    ]
    tables["demand"] = [{"site_id": "market", "product_id": "pack", "period_id": one, "quantity": 5_000.0} for one in ("H1", "H2")]
    rows = of_rule(audited(tables, _t5_plan(tables, ["H1", "H2"])), "rmap")
    assert [(row["period_id"], round(row["value"], 12)) for row in rows] == [("H1", 0.6), ("H2", 0.0)]


@pytest.mark.parametrize(("method", "foreign", "threshold", "share", "status"), [("rvc_tv", 1_400.0, 0.85, 0.86, "met"), ("rvc_nc", 2_500.0, 0.75, 0.7222, "not_met"),
                                                                                ("rvc_nc", 2_250.0, 0.75, 0.75, "met")])  # fmt: skip
def test_t6_regional_value_content(method, foreign, threshold, share, status):
    tables = one_plant("US", "car", {"parts": 1.0, "other": 1.0}, stage="vehicle")
    tables["product_values"] = [{"product_id": "car", "value_per_unit": 10_000.0, "net_cost_per_unit": 9_000.0}]
    tables["product_codes"] = [{"product_id": "car", "hs_code": "8703.80"}]
    tables["origin_rules"] = [
        {
            "origin_rule_id": "usmca",
            "hs_prefix": "8703",
            "method": method,
            "threshold_share": threshold,
            "cumulation_group": "US",
            "agreement": "USMCA",
        }
    ]
    buy(tables, "parts", price_per_unit=foreign, origin_country="CN")
    buy(tables, "other", price_per_unit=3_000.0, origin_country="US")
    one = only(audited(tables, plan_of(tables, {("parts", ""): 10.0, ("other", ""): 10.0})), "usmca_origin")
    assert (round(one["value"], 4), one["threshold"], one["status"]) == (share, threshold, status)


def _assisted(pfe: str = "P"):
    """T8: direct materials of 60 a kWh, of which anode 9, electrolyte 7 and foil 2 come from a prohibited entity."""
    tables = one_plant(
        "US", "cell", {"anode": 1.0, "electrolyte": 1.0, "foil": 1.0, "other": 1.0}, first=2026, count=5, stage="cell", unit="kWh"
    )
    for name, price in (("anode", 9.0), ("electrolyte", 7.0), ("foil", 2.0), ("other", 42.0)):
        buy(tables, name, price_per_unit=price, producer="good" if name == "other" else pfe)
    tables["entities"] = [{"entity": "P", "list_id": "pfe", "valid_from": "2026-01-01"}]
    return tables, plan_of(tables, {(name, ""): 10.0 for name in ("anode", "electrolyte", "foil", "other")})


def test_t8_material_assistance_of_seventy_per_cent_passes_to_2028_and_fails_from_2029():
    rows = of_rule(audited(*_assisted()), "us_45x_material_assistance")
    assert [round(row["value"], 12) for row in rows] == [0.7] * 5
    assert [(row["period_id"], row["threshold"], row["status"]) for row in rows] == [
        ("2026", 0.60, "met"), ("2027", 0.65, "met"), ("2028", 0.70, "met"), ("2029", 0.80, "not_met"), ("2030", 0.85, "not_met"),
    ]  # fmt: skip


def test_t8_makers_that_nobody_names_leave_the_ratio_open():
    tables, plan = _assisted()
    for row in tables["purchases"][:3]:
        row["producer"] = None
    rows = of_rule(audited(tables, plan), "us_45x_material_assistance")
    assert {row["status"] for row in rows if row["threshold"] <= 0.70} == {"met"}
    assert {row["status"] for row in rows if row["threshold"] > 0.70} == {"not_enough_data"}
    assert all("purchases.producer" in row["note"] for row in rows)


@pytest.mark.parametrize(("foreign", "day", "status"), [(3_500.0, "2026-12-31", "met"), (3_500.0, "2027-01-01", "not_met"), (2_900.0, "2026-12-31", "met"),
                                                        (2_900.0, "2027-01-01", "met")])  # fmt: skip
def test_t9_non_originating_materials_of_a_pack_before_and_from_2027(foreign, day, status):
    tables = one_plant("DE", "pack", {"cells": 1.0}, first=2026, count=2, currency="EUR")
    tables["product_values"] = [{"product_id": "pack", "value_per_unit": 10_000.0}]
    tables["product_codes"] = [{"product_id": "pack", "hs_code": "8507.60"}, {"product_id": "cells", "hs_code": "8507.60"}]
    buy(tables, "cells", price_per_unit=foreign, origin_country="CN")
    one = only(audited(tables, plan_of(tables, {("cells", ""): 10.0}), as_of=day), "eu_uk_origin_pack")
    assert one["status"] == status
    assert one["value"] == pytest.approx(foreign / 10_000.0, abs=1e-12)
    assert one["threshold"] == (0.30 if day == "2027-01-01" else 0.70)
