"""Each predicate on a world of a few sites: what is counted, what is missing and where to fill it."""

from __future__ import annotations

import polars as pl
import pytest

import hinterland as hl
from audit_worlds import audited, base, buy, of_rule, one_plant, only, plan_of
from hinterland.model.plan import Plan


def _nickel(share: float | None):
    tables = one_plant("DE", "pack", {"nickel": 60.0}, first=2031)
    buy(tables, "nickel", "ore", recycled_share=0.0)
    buy(tables, "nickel", "other", recycled_share=share)
    tables["contents"] = [{"product_id": "nickel", "element": "Ni", "mass_kg_per_unit": 1.0}]
    return tables, plan_of(tables, {("nickel", "ore"): 540.0, ("nickel", "other"): 60.0})


def test_a_share_that_nobody_says_lies_between_nothing_and_all_of_it():
    one = only(audited(*_nickel(None)), "eu_recycled_nickel")  # between 0 % and 10 %, 6 % asked
    assert one["status"] == "not_enough_data"
    assert one["value"] == 0.0
    assert "up to 10.00%" in one["note"]


def test_what_is_not_said_is_told_with_its_row_and_where_to_fill_it():
    found = audited(*_nickel(None))
    rows = found.evidence_of(only(found, "eu_recycled_nickel")["finding_id"])
    gap = rows.filter(pl.col("keys").str.contains("offer_id=other")).row(0, named=True)
    assert gap["table"] == "purchases"
    assert gap["quantity"] == pytest.approx(60.0)
    assert "fill recycled_share there" in gap["contributes"]


def test_what_nobody_says_does_not_matter_where_all_of_it_would_not_do():
    one = only(audited(*_nickel(None), as_of="2036-08-18"), "eu_recycled_nickel")  # at most 10 %, 15 % asked
    assert one["status"] == "not_met"


def test_a_line_adds_its_recycled_share_to_what_its_inputs_bring():
    tables, plan = _nickel(1.0)  # inputs: 10 %
    tables["processes"][0]["recycled_share"] = 0.2
    one = only(audited(tables, plan), "eu_recycled_nickel")
    assert one["value"] == pytest.approx(0.2 + 0.8 * 0.1)


def test_without_contents_the_rule_says_what_to_add():
    tables, plan = _nickel(1.0)
    one = only(audited(tables, plan), "eu_recycled_cobalt")
    assert one["status"] == "not_enough_data"
    assert "contents has no row for Co" in one["note"]


def test_products_that_hold_none_of_an_element_are_not_asked():
    tables, plan = _nickel(1.0)
    tables["contents"].append({"product_id": "nickel", "element": "Co", "mass_kg_per_unit": 0.0})
    assert only(audited(tables, plan), "eu_recycled_cobalt")["status"] == "not_applicable"


def _two_tiers(cell_parts: float):
    """Cells made in PL from parts of CN, shipped to a pack plant in DE; cells worth 100, packs 200."""
    tables = base(2027, 1)
    tables |= {
        "countries": [{"country": "DE", "region": "europe"}, {"country": "PL", "region": "europe"}, {"country": "CN", "region": "china"}],
        "products": [{"product_id": one, "unit": "piece", "stage": one, "mass_kg_per_unit": 1.0} for one in ("part", "cell", "pack")],
        "sites": [{"site_id": "cells", "country": "PL"}, {"site_id": "packs", "country": "DE"}],
        "recipes": [{"recipe_id": "c", "product_id": "cell"}, {"recipe_id": "p", "product_id": "pack"}],
        "recipe_lines": [
            {"recipe_id": "c", "product_id": "part", "role": "input", "quantity_per_unit": 1.0},
            {"recipe_id": "p", "product_id": "cell", "role": "input", "quantity_per_unit": 1.0},
        ],
        "processes": [{"site_id": "cells", "recipe_id": "c", "capacity_per_year": 10.0}, {"site_id": "packs", "recipe_id": "p", "capacity_per_year": 10.0}],
        "purchases": [{"site_id": "cells", "product_id": "part", "price_per_unit": cell_parts, "origin_country": "CN"}],
        "product_values": [{"product_id": "cell", "value_per_unit": 100.0}, {"product_id": "pack", "value_per_unit": 200.0}],
        "product_codes": [{"product_id": one, "hs_code": "8507.60"} for one in ("cell", "pack")],
        "lanes": [{"lane_id": "l", "from_site": "cells", "to_site": "packs", "product_id": "cell", "cost_per_unit": 1.0, "co2e_kg_per_unit": 0.0,
                   "lead_time_days": 1.0, "distance_km": 1.0}],
        "demand": [{"site_id": "packs", "product_id": "pack", "period_id": "2027", "quantity": 10.0}],
    }  # fmt: skip
    plan = Plan(
        {
            "outputs": pl.DataFrame(
                [
                    {"site_id": site, "recipe_id": recipe, "vintage": "existing", "period_id": "2027", "quantity": 10.0}
                    for site, recipe in (("cells", "c"), ("packs", "p"))
                ]
            ),
            "flows": pl.DataFrame([{"lane_id": "l", "product_id": "cell", "period_id": "2027", "quantity": 10.0}]),
            "purchased": pl.DataFrame([{"site_id": "cells", "product_id": "part", "offer_id": "", "period_id": "2027", "quantity": 10.0}]),
            "delivered": pl.DataFrame([{"site_id": "packs", "product_id": "pack", "segment": "", "period_id": "2027", "quantity": 10.0}]),
        }
    )
    return tables, plan


def test_an_input_that_originates_counts_nothing_further_on():
    found = audited(*_two_tiers(cell_parts=34.0))  # cell: 34 % of at most 35 %: it originates, so the pack holds nothing foreign
    assert only(found, "eu_uk_origin_cell")["value"] == pytest.approx(0.34)
    pack = only(found, "eu_uk_origin_pack")
    assert (pack["status"], pack["value"]) == ("met", 0.0)


def test_an_input_that_does_not_originate_counts_in_full():
    found = audited(*_two_tiers(cell_parts=36.0))
    assert only(found, "eu_uk_origin_cell")["status"] == "not_met"
    pack = only(found, "eu_uk_origin_pack")  # a whole cell of 100 in a pack of 200, 30 % allowed
    assert (pack["status"], pack["value"]) == ("not_met", 0.5)


def test_without_a_value_origin_cannot_be_said_and_the_table_is_named():
    tables, plan = _two_tiers(cell_parts=36.0)
    tables["product_values"] = [{"product_id": "pack", "value_per_unit": 200.0}]
    cell = only(audited(tables, plan), "eu_uk_origin_cell")
    assert cell["status"] == "not_enough_data"
    assert "product_values" in cell["note"]


def test_makers_of_unknown_origin_count_as_foreign():
    tables, plan = _two_tiers(cell_parts=36.0)
    del tables["purchases"][0]["origin_country"]
    assert only(audited(tables, plan), "eu_uk_origin_cell")["value"] == pytest.approx(0.36)


def test_what_a_plan_claims_stands_beside_what_its_flows_say():
    tables, plan = _two_tiers(cell_parts=36.0)
    claim = {
        "site_id": "packs",
        "product_id": "pack",
        "rule_id": "eu_uk_pack",
        "method": "max_nom",
        "recipe_id": "p",
        "vintage": "existing",
        "period_id": "2027",
        "quantity": 4.0,
    }
    found = audited(tables, plan.with_table("claims", pl.DataFrame([claim])))
    pack = only(found, "eu_uk_origin_pack")
    assert (pack["status"], pack["value"]) == ("not_met", 0.5)
    assert "the plan claims 4 of 10 piece" in pack["note"]
    assert found.evidence_of(pack["finding_id"]).filter(pl.col("table") == "plan claims")["quantity"].to_list() == [4.0]


def _cars(wage: float | None):
    """Cars worth 100 made in the US of bought parts worth 55 from CN: 45 % of the value is added at the plant."""
    tables = one_plant("US", "car", {"parts": 1.0}, stage="vehicle")
    tables["sites"][0]["wage_per_hour"] = wage
    tables["product_values"] = [{"product_id": "car", "value_per_unit": 100.0}]
    buy(tables, "parts", price_per_unit=55.0, origin_country="CN")
    return tables, plan_of(tables, {("parts", ""): 10.0})


@pytest.mark.parametrize(("wage", "status", "value"), [(16.0, "met", 0.45), (15.9, "not_met", 0.0), (None, "not_enough_data", 0.0)])
def test_value_counts_as_labour_value_where_wages_reach_the_floor(wage, status, value):
    one = only(audited(*_cars(wage)), "usmca_labour_value_cars")
    assert (one["status"], one["value"]) == (status, pytest.approx(value))
    assert ("no wage_per_hour" in one["note"]) == (wage is None)


def test_the_wage_floor_is_in_dollars_whatever_the_currency_of_the_tables():
    tables, plan = _cars(16.0)
    tables["settings"][0]["value"] = "EUR"
    assert only(audited(tables, plan), "usmca_labour_value_cars")["status"] == "not_enough_data"
    tables["exchange_rates"] = [{"currency": "USD", "rate_to_settings_currency": 0.9}]
    assert only(audited(tables, plan), "usmca_labour_value_cars")["status"] == "met"  # 16 EUR against 14.4
    tables["exchange_rates"][0]["rate_to_settings_currency"] = 1.01
    assert only(audited(tables, plan), "usmca_labour_value_cars")["status"] == "not_met"


def _traced(**second):
    tables = one_plant("US", "pack", {"foil": 1.0})
    buy(tables, "foil", "one", producer="Good", origin_country="JP")
    buy(tables, "foil", "two", **second)
    tables["entities"] = [{"entity": "Bad", "list_id": "uflpa", "valid_from": "2026-07-01"}, {"entity": "CN", "list_id": "uflpa", "valid_from": "2026-01-01"},
                          {"entity": "Cleared", "list_id": "uflpa", "status": "cleared"}]  # fmt: skip
    return tables, plan_of(tables, {("foil", "one"): 7.0, ("foil", "two"): 3.0})


@pytest.mark.parametrize(
    ("second", "status", "value"),
    [({"producer": "Bad", "origin_country": "JP"}, "not_met", 0.3), ({"producer": "Other", "origin_country": "CN"}, "not_met", 0.3),
     ({"producer": "Cleared", "origin_country": "CN"}, "met", 0.0), ({"origin_country": "JP"}, "not_enough_data", 0.3)],
)  # fmt: skip
def test_listed_makers_are_found_by_producer_and_country(second, status, value):
    one = only(audited(*_traced(**second)), "us_forced_labour")
    assert (one["status"], one["value"]) == (status, pytest.approx(value))


def test_a_listing_counts_from_its_first_day():
    tables, plan = _traced(producer="Bad", origin_country="JP")
    assert only(audited(tables, plan, as_of="2026-06-30"), "us_forced_labour")["status"] == "met"
    assert only(audited(tables, plan, as_of="2026-07-01"), "us_forced_labour")["status"] == "not_met"


def test_the_rows_of_listed_makers_are_the_evidence():
    found = audited(*_traced(producer="Bad", origin_country="JP"))
    rows = found.evidence_of(only(found, "us_forced_labour")["finding_id"])
    assert rows.filter(pl.col("contributes") == "foil from Bad, on uflpa").select("table", "quantity").rows() == [("purchases", 3.0)]


def test_due_diligence_is_covered_by_tier_and_the_weakest_step_counts():
    tables = one_plant("DE", "pack", {"nickel": 6.0}, first=2028)
    tables["sites"].append({"site_id": "refinery", "country": "DE", "operator": "R"})
    tables["processes"].append({"site_id": "refinery", "product_id": "nickel", "capacity_per_year": 1e6})
    tables["lanes"].append({"lane_id": "n", "from_site": "refinery", "to_site": "plant", "product_id": "nickel", "cost_per_unit": 1.0,
                            "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0, "distance_km": 1.0})  # fmt: skip
    buy(tables, "nickel")
    tables["contents"] = [{"product_id": "nickel", "element": "Ni", "mass_kg_per_unit": 1.0}]
    tables["due_diligence"] = [{"site_id": "refinery", "oecd_step": step, "valid_from": "2028-01-01"} for step in (1, 2, 3, 5)]
    tables["certificates"] = [{"site_id": "refinery", "scheme": "RMAP", "valid_from": "2027-01-01", "valid_to": "2028-12-31"}]
    tables["schemes"] = [{"scheme": "RMAP", "oecd_step": 4}]
    plan = plan_of(tables, {("nickel", ""): 15.0})
    plan = plan.with_table("outputs", pl.concat([plan["outputs"], pl.DataFrame([{"site_id": "refinery", "product_id": "nickel", "vintage": "existing", "period_id": "2028", "quantity": 45.0}])], how="diagonal"))  # fmt: skip
    plan = plan.with_table(
        "flows",
        pl.concat(
            [plan["flows"], pl.DataFrame([{"lane_id": "n", "product_id": "nickel", "period_id": "2028", "quantity": 45.0}])], how="diagonal"
        ),
    )
    tiers = {row["subject"]: row for row in of_rule(audited(tables, plan), "eu_due_diligence_nickel")}
    assert (tiers["Ni, tier 1"]["value"], tiers["Ni, tier 1"]["status"]) == (
        0.75,
        "not_met",
    )  # 45 of 60 kg; 15 are bought from nobody known
    assert tiers["Ni, tier 0"]["value"] == 0.0  # the plant itself shows nothing of what is in its packs
    tables["certificates"][0]["valid_to"] = "2028-12-30"
    late = {row["subject"]: row["value"] for row in of_rule(audited(tables, plan), "eu_due_diligence_nickel")}
    assert late["Ni, tier 1"] == 0.0  # step 4 is not shown on the last day


def _bought_nickel(held: str):
    """Packs that hold 60 kg of nickel: 15 kg of it from an offer whose maker is said to hold something, 45 from one that says nothing."""
    tables = one_plant("DE", "pack", {"nickel": 6.0}, first=2028)
    buy(tables, "nickel", "told", certified=held)
    buy(tables, "nickel", "silent")
    tables["contents"] = [{"product_id": "nickel", "element": "Ni", "mass_kg_per_unit": 1.0}]
    tables["schemes"] = [
        {"scheme": "RMAP", "level": "conformant", "rank": 2, "oecd_step": 4},
        {"scheme": "RMAP", "level": "active", "rank": 1},
    ]
    tables["rules"] = [{"rule_id": "fourth", "predicate": "due_diligence_coverage", "product": "pack", "subject": "Ni", "threshold": 4.0,
                        "citation": "own", "source_id": "S"}]  # fmt: skip
    return tables, plan_of(tables, {("nickel", "told"): 15.0, ("nickel", "silent"): 45.0})


@pytest.mark.parametrize(("held", "share"), [("RMAP=conformant", 0.25), ("RMAP=active", 0.0), ("IRMA=conformant", 0.0)])
def test_what_is_bought_shows_the_steps_of_the_schemes_its_maker_is_said_to_hold(held, share):
    found = audited(*_bought_nickel(held))
    tier = {row["subject"]: row for row in of_rule(found, "fourth")}["Ni, tier 1"]
    assert (tier["status"], tier["value"]) == ("not_met", pytest.approx(share))
    rows = found.evidence_of(tier["finding_id"]).filter(pl.col("table") == "purchases").sort("quantity")
    assert rows["keys"].to_list() == [
        "site_id=plant; product_id=nickel; offer_id=told",
        "site_id=plant; product_id=nickel; offer_id=silent",
    ]
    assert rows["value"].to_list() == [float(share > 0), 0.0]


@pytest.mark.parametrize(("speaks_of", "share"), [(None, 1.0), ("pack", 1.0), ("nickel", 0.0)])
def test_a_certificate_of_other_goods_shows_no_step(speaks_of, share):
    tables, plan = _bought_nickel("")
    tables["sources"] = [{"source_id": "S", "title": "a source"}]
    tables["contents"].append({"product_id": "pack", "element": "Ni", "mass_kg_per_unit": 6.0})
    tables["certificates"] = [
        {
            "site_id": "plant",
            "scheme": "RMAP",
            "level": "conformant",
            "product_id": speaks_of,
            "valid_from": "2028-01-01",
            "valid_to": "2028-12-31",
        }
    ]
    tiers = {row["subject"]: row["value"] for row in of_rule(audited(tables, plan), "fourth")}
    assert tiers["Ni, tier 0"] == share


def test_flows_that_reach_no_delivery_stand_at_no_tier():
    tables = one_plant("US", "pack", {"foil": 1.0}, first=2027)
    buy(tables, "foil")
    tables["requirements"] = [{"requirement_id": "foils", "scheme": "IRMA", "product": "foil", "penalty_per_unit": 0.1}]
    plan = plan_of(tables, {("foil", ""): 10.0})
    plan = plan.with_table("delivered", plan["delivered"].clear())
    assert only(audited(tables, plan), "own_requirements")["subject"] == "foils, tier none: reaches no delivery"


def test_a_requirement_looks_at_makers_sellers_and_own_make_by_level():
    tables = one_plant("US", "pack", {"nickel": 1.0}, first=2027, quantity=100.0)
    tables["sites"] += [{"site_id": name, "country": "US", "operator": name} for name in ("mine", "store")]
    tables["processes"].append({"site_id": "mine", "product_id": "nickel", "capacity_per_year": 1e3})
    tables["stocks"] = [{"site_id": "store", "product_id": "nickel"}]
    hop = {"product_id": "nickel", "cost_per_unit": 1.0, "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0, "distance_km": 1.0}
    tables["lanes"] += [
        {"lane_id": "a", "from_site": "mine", "to_site": "store", **hop},
        {"lane_id": "b", "from_site": "store", "to_site": "plant", **hop},
    ]
    buy(tables, "nickel")
    tables["schemes"] = [{"scheme": "IRMA", "level": level, "rank": rank} for rank, level in enumerate(("IRMA 50", "IRMA 75"), 1)]
    tables["certificates"] = [
        {"site_id": "mine", "scheme": "IRMA", "level": "IRMA 75", "valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    ]
    tables["requirements"] = [
        {"requirement_id": "mines", "scheme": "IRMA", "min_level": "IRMA 50", "product": "nickel", "penalty_per_unit": 0.1}
    ]
    plan = plan_of(tables, {("nickel", ""): 20.0}, quantity=100.0)
    more = [{"lane_id": lane, "product_id": "nickel", "period_id": "2027", "quantity": 80.0} for lane in ("a", "b")]
    plan = plan.with_table("flows", pl.concat([plan["flows"], pl.DataFrame(more)], how="diagonal"))
    plan = plan.with_table("outputs", pl.concat([plan["outputs"], pl.DataFrame([{"site_id": "mine", "product_id": "nickel", "vintage": "existing", "period_id": "2027", "quantity": 80.0}])], how="diagonal"))  # fmt: skip
    one = only(
        audited(tables, plan), "own_requirements"
    )  # 80 from the mine, counted once though a store passes them on; 20 bought from nobody known
    assert (one["subject"], one["value"], one["status"]) == ("mines, tier 1", pytest.approx(0.8), "not_met")
    tables["requirements"][0]["min_level"] = "IRMA 75"
    assert only(audited(tables, plan), "own_requirements")["value"] == pytest.approx(0.8)
    tables["certificates"][0]["level"] = "IRMA 50"
    assert only(audited(tables, plan), "own_requirements")["value"] == 0.0
    tables["requirements"][0] |= {"min_level": "IRMA 50", "from_date": "2028-01-01"}
    assert only(audited(tables, plan), "own_requirements")["status"] == "not_applicable"


def test_due_diligence_without_any_row_says_where_to_fill_it():
    tables, plan = _nickel(0.0)
    rows = of_rule(audited(tables, plan), "eu_due_diligence_nickel")
    assert {row["status"] for row in rows} == {"not_enough_data"}
    assert all("due_diligence" in row["note"] for row in rows)


def test_a_passport_says_which_fields_are_missing():
    tables, plan = _nickel(1.0)
    full = only(audited(tables, plan), "eu_battery_passport")
    assert full["value"] == pytest.approx(0.9)  # no capacity: a pack counted in pieces without service_lives
    assert "missing: 11 capacity" in full["note"]
    tables["service_lives"] = [{"product_id": "pack", "usable_kwh_per_unit": 75.0, "full_cycles_per_year": 60.0, "life_years": 8.0}]
    assert only(audited(tables, plan), "eu_battery_passport")["status"] == "met"


def test_every_policy_hard_or_soft_is_told_with_its_margin():
    tables = one_plant("US", "pack", {"foil": 1.0})
    buy(tables, "foil", "here", origin_country="US")
    buy(tables, "foil", "there", origin_country="CN")
    tables["policies"] = [
        {"policy_id": "soft", "kind": "min_regional_share", "product": "foil", "to_group": "here", "value": 0.8, "penalty_per_unit": 5.0},
        {"policy_id": "hard", "kind": "max_country_share", "product": "foil", "from_group": "CN", "value": 0.5},
        {"policy_id": "off", "kind": "min_regional_share", "product": "foil", "to_group": "here", "value": 0.0},
    ]
    rows = of_rule(audited(tables, plan_of(tables, {("foil", "here"): 7.0, ("foil", "there"): 3.0})), "own_policies")
    told = {row["subject"].split(" ")[1]: (row["status"], row["value"], row["margin"]) for row in rows}
    assert told["soft"] == ("not_met", pytest.approx(0.7), pytest.approx(-0.1))
    assert told["hard"] == ("met", pytest.approx(0.3), pytest.approx(0.2))
    assert told["off"][0] == "not_applicable"


def test_a_plan_of_another_network_is_refused():
    tables, plan = _nickel(1.0)
    del tables["purchases"][1]
    with pytest.raises(hl.InvalidTables) as caught:
        audited(tables, plan)
    assert caught.value.issues[0].code == "not_in_network"
