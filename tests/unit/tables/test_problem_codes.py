"""Every problem that a planner can make, made: where it is reported, and that nothing else is wrong beside it.

A case is (code, where, how): `where` is table, row and column, `how` changes the tables of two_makers (or the folder they
are written to). Row 1 is the header, so the first row of a table is row 2.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hinterland.app import check
from hinterland.core.errors import HinterlandError, Issue
from hinterland.tables.problems import PROBLEMS
from hinterland.tables.template import write_templates
from worlds import Tables, network, two_makers

Where = tuple[str, int | None, str | None]
Change = Callable[[Tables], object]


def put(table: str, at: int, **cells: Any) -> Change:
    """Fill cells of a row that is there."""
    return lambda tables: tables[table][at].update(cells)


def add(table: str, *rows: dict[str, Any]) -> Change:
    """Append rows to a table that may not be there yet."""
    return lambda tables: tables.setdefault(table, []).extend(dict(row) for row in rows)


def both(*changes: Change) -> Change:
    return lambda tables: [change(tables) for change in changes]


def setting(key: str, value: str) -> Change:
    return lambda tables: (
        next((row.update(value=value) for row in tables["settings"] if row["key"] == key), None)
        or (None if any(row["key"] == key for row in tables["settings"]) else tables["settings"].append({"key": key, "value": value}))
    )


CONTRACT = {"contract_id": "c", "supplier": "near", "buyer": "plant", "product_id": "part"}
OTHER = {**CONTRACT, "contract_id": "d", "supplier": "far"}
PHASE = {"contract_id": "c", "start_date": "2026-01-01"}
SCENARIO = {"scenario_id": "s"}
OVERRIDE = {"scenario_id": "s", "order": 1, "table": "lanes", "where": "lane_id=near-plant", "column": "cost_per_unit", "value": "2"}
CHANGE = {"change_id": "x", "table": "lanes", "where": "lane_id=near-plant", "column": "cost_per_unit", "action": "scale", "value": 2.0}

FLOW = {"policy_id": "p", "kind": "max_flow", "product": "part", "from_group": "far", "value": 50.0}
LANE = {"lane_id": "new", "from_site": "near", "to_site": "plant", "product_id": "part", "cost_per_unit": 1.0, "co2e_kg_per_unit": 1.0,
        "lead_time_days": 2.0}  # fmt: skip

DUTY = {"rule_id": "d", "importer": "US", "origin": "CN", "hs_prefix": "8507.60", "ad_valorem_share": 0.1}
CODE = {"product_id": "part", "importer": "US", "hs_code": "8507.60"}

TRUCK = both(
    add("modes", {"mode_id": "truck", "kind": "road", "speed_km_per_day": 500.0}),
    add("freight_rates", {"mode_id": "truck", "cost_per_tkm": 0.1}),
)
RULE = both(TRUCK, add("lane_rules", {"rule_id": "r", "product_id": "car", "from_group": "plant", "mode_chain": "truck"}),
            lambda tables: tables["lanes"].pop())  # fmt: skip

AUDIT = {
    "rule_id": "q",
    "predicate": "recycled_content",
    "subject": "Ni",
    "threshold_share": 0.06,
    "citation": "Article 8",
    "source_id": "S",
}
RMAP = {"site_id": "far", "scheme": "RMAP"}
ASKED = add("certificates", RMAP)
REQUIREMENT = {"requirement_id": "r", "scheme": "RMAP", "product": "part", "region": "north_america"}
SOURCE = add("sources", {"source_id": "S", "title": "law"})

ORIGIN = {"origin_rule_id": "o", "method": "rvc_tv", "threshold_share": 0.6, "cumulation_group": "north_america"}
CONDITION = {"condition_rule_id": "c", "method": "material_assistance", "list_id": "l", "threshold_share": 0.6}
LISTED = {"entity": "CN", "list_id": "l"}

FLOOD = {
    "hazard_id": "h",
    "scope_kind": "site",
    "scope_value": "near",
    "events_per_year": 0.5,
    "duration_days_mean": 20.0,
    "capacity_loss_share": 1.0,
}
EVENT = {
    "event_id": "e",
    "scope_kind": "site",
    "scope_value": "near",
    "start_date": "2026-03-01",
    "duration_days": 10.0,
    "capacity_loss_share": 1.0,
}
ROWS: list[tuple[str, Where, Change]] = [
    ("contradictory_rows", ("origin_rules", 3, "valid_from"), add(
        "origin_rules", ORIGIN, {**ORIGIN, "threshold_share": 0.7, "valid_from": "2027-01-01"})),
    ("contradictory_rows", ("origin_rules", 3, "cumulation_group"), add(
        "origin_rules", ORIGIN, {**ORIGIN, "method": "rvc_nc", "cumulation_group": "china"})),
    ("date_cuts_period", ("origin_rules", 2, "valid_from"), add("origin_rules", {**ORIGIN, "valid_from": "2026-07-01"})),
    ("date_cuts_period", ("condition_rules", 2, "valid_to"), both(
        add("entities", LISTED), add("condition_rules", {**CONDITION, "valid_to": "2026-06-30"}))),
    ("empty_cell", ("origin_rules", 2, "threshold_share"), add("origin_rules", {**ORIGIN, "threshold_share": None})),
    ("empty_list", ("condition_rules", 2, "list_id"), add("condition_rules", CONDITION)),
    ("empty_cell", ("condition_rules", 2, "threshold_share"), both(
        add("entities", LISTED), add("condition_rules", {**CONDITION, "threshold_share": None}))),
    ("misspelt_entity", ("entities", 2, "entity"), both(put("sites", 0, operator="Bao Steel"), add("entities", {"entity": "Baosteel", "list_id": "l"}))),
    ("wrong_choice", ("entities", 2, "status"), add("entities", {**LISTED, "status": "removed"})),
    ("binds_nothing", ("origin_rules", 2, "origin_rule_id"), both(
        add("origin_rules", {**ORIGIN, "valid_to": "2025-12-31"}),
        add("duties", {"rule_id": "p", "importer": "US", "stacking": "replace", "origin_rule_id": ORIGIN["origin_rule_id"]}))),
    ("missing_tariff_line", ("origin_rules", 2, "method"), both(
        add("product_codes", {"product_id": "car", "importer": "US", "hs_code": "8703.80"}),
        add("origin_rules", {**ORIGIN, "method": "tariff_shift", "hs_prefix": "87", "threshold_share": None}))),
    ("share_over_one", ("origin_rules", 2, "threshold_share"), add("origin_rules", {**ORIGIN, "threshold_share": 75.0})),
    ("unknown_reference", ("origin_rules", 2, "cumulation_group"), add("origin_rules", {**ORIGIN, "cumulation_group": "@nowhere"})),
    ("unknown_reference", ("duties", 2, "origin_rule_id"), add("duties", {"rule_id": "d", "ad_valorem_share": 0.0, "origin_rule_id": "o"})),
    ("unknown_reference", ("incentives", 2, "condition_rule_id"), add(
        "incentives", {"incentive_id": "i", "product_id": "car", "amount": 1.0, "condition_rule_id": "c"})),
    ("allows_nothing", ("policies", 2, "value"), add("policies", {"policy_id": "p", "kind": "max_co2e_per_unit"})),
    ("binds_nothing", ("policies", 2, "value"), add("policies", {"policy_id": "p", "kind": "min_regional_share", "product": "part"})),
    ("binds_nothing", ("policies", 2, "valid_from"), add("policies", {**FLOW, "valid_from": "2028-01-01"})),
    ("binds_nothing", ("policies", 2, "valid_to"), add("policies", {**FLOW, "valid_to": "2025-12-31"})),
    ("binds_nothing", ("policies", 2, "policy_id"), add("policies", {**FLOW, "from_group": "near", "to_group": "town"})),
    ("binds_nothing", ("policies", 2, "from_group"), both(
        add("countries", {"country": "MX", "region": "latin_america"}),
        add("policies", {"policy_id": "p", "kind": "forbid_origin", "product": "part", "from_group": "MX"}))),
    ("binds_nothing", ("policies", 2, "to_group"), add("policies", {"policy_id": "p", "kind": "forbid_origin", "product": "part", "from_group": "CN",
                                                                    "to_group": "town"})),
    ("binds_nothing", ("policies", 2, "site_group"), add("policies", {"policy_id": "p", "kind": "force_open", "site_group": "near"})),
    ("binds_nothing", ("policies", 2, "site_group"), add(
        "policies", {"policy_id": "p", "kind": "max_sites", "site_group": "near", "product": "car", "value": 3})),
    ("binds_nothing", ("closures", 2, "passage"), add("closures", {"passage": "suez"})),
    ("free_shortage", ("demand", 3, "shortage_cost_per_unit"), put("demand", 1, shortage_cost_per_unit=None)),
    ("free_shortage", ("settings", 6, "value"), setting("objective", "cost")),
    ("free_shortage", ("settings", 6, "value"), setting("objective", "cost,shortage")),
    ("idle_contract", ("contracts", 2, "supplier"), add("contracts", {**CONTRACT, "product_id": "car"})),
    ("idle_contract", ("contracts", 2, "buyer"), add("contracts", {**CONTRACT, "buyer": "town"})),
    ("idle_lane", ("lanes", 5, "from_site"), add("lanes", {**LANE, "product_id": "car"})),
    ("idle_lane", ("lanes", 5, "to_site"), add("lanes", {**LANE, "to_site": "town"})),
    ("idle_lane", ("lanes", 5, "product_id"), add("lanes", {**LANE, "to_site": "town", "product_id": None})),
    ("idle_site", ("sites", 6, "status"), add("sites", {"site_id": "field", "country": "US", "status": "candidate"})),
    ("late_base_date", ("settings", 3, "value"), setting("base_date", "2030-01-01")),
    ("late_ramp", ("ramps", 2, "years_since_start"), add("ramps", {"ramp_id": "r", "years_since_start": 1.0, "capacity_share": 0.5})),
    ("no_lane", ("demand", 2, "site_id"), lambda tables: tables.update(lanes=[tables["lanes"][2]])),
    ("no_lane", ("demand", 2, "site_id"), lambda tables: [row.update(valid_from="2030-01-01") for row in tables["lanes"][:2]]),
    ("no_region", ("policies", 2, "each"), both(
        lambda tables: tables.pop("countries"), add("policies", {"policy_id": "p", "kind": "min_regional_share", "product": "part", "value": 0.5}))),
    ("no_region", ("lane_rules", 2, "same_region"), both(
        TRUCK, lambda tables: tables.pop("countries"), add("lane_rules", {"rule_id": "r", "mode_chain": "truck", "same_region": True}))),
    ("within_territory", ("duties", 2, "importer"), both(
        add("countries", {"country": "DE", "region": "europe", "customs_territory": "EU"},
            {"country": "HU", "region": "europe", "customs_territory": "EU"}), add("duties", {"rule_id": "d", "importer": "DE"}))),
    ("wrong_type", ("settings", 2, "value"), setting("currency", "euro")),
    ("wrong_type", ("exchange_rates", 2, "currency"), add("exchange_rates", {"currency": "euro", "rate_to_settings_currency": 1.1})),
    ("ambiguous_origin", ("lanes", None, "from_site"), both(
        add("sites", {"site_id": "store", "country": "MX"}), add("countries", {"country": "MX", "region": "north_america"}),
        add("stocks", {"site_id": "store", "product_id": "part"}),
        add("lanes", *({"lane_id": f"{a}-{b}", "from_site": a, "to_site": b, "product_id": "part", "cost_per_unit": 1.0, "co2e_kg_per_unit": 1.0,
                        "lead_time_days": 1.0} for a, b in (("near", "store"), ("far", "store"), ("store", "plant")))),
        add("product_codes", {"product_id": "part", "importer": "US", "hs_code": "87"}),
        add("product_values", {"product_id": "part", "value_per_unit": 10.0}),
        add("duties", {"rule_id": "d", "importer": "US", "origin": "CN", "ad_valorem_share": 0.25}))),
    ("before_start", ("periods", 2, "end_date"), put("periods", 0, end_date="2025-12-31")),
    ("before_start", ("rules", 2, "valid_to"), both(SOURCE, add("rules", {**AUDIT, "valid_from": "2031-08-18", "valid_to": "2030-01-01"}))),
    ("empty_cell", ("rules", 2, "citation"), both(SOURCE, add("rules", {**AUDIT, "citation": None}))),
    ("wrong_choice", ("rules", 2, "predicate"), both(SOURCE, add("rules", {**AUDIT, "predicate": "recycled_kontent"}))),
    ("share_over_one", ("rules", 2, "threshold_share"), both(SOURCE, add("rules", {**AUDIT, "threshold_share": 6.0}))),
    ("unknown_reference", ("rules", 2, "jurisdiction"), both(SOURCE, add("rules", {**AUDIT, "jurisdiction": "atlantis"}))),
    ("rule_without_source", ("rules", 2, "source_id"), add("rules", {**AUDIT, "source_id": None})),
    ("rule_that_cannot_be_judged", ("rules", 2, "subject"), both(SOURCE, add("rules", {**AUDIT, "subject": "Nickel"}))),
    ("rule_that_cannot_be_judged", ("rules", 2, "subject"), both(SOURCE, add("rules", {**AUDIT, "subject": None}))),
    ("rule_that_cannot_be_judged", ("rules", 2, "threshold_share"), both(SOURCE, add("rules", {**AUDIT, "threshold_share": None}))),
    ("rule_that_cannot_be_judged", ("rules", 2, "subject"),
     both(SOURCE, add("rules", {**AUDIT, "predicate": "listed_entities", "subject": "uflpa"}))),
    ("bad_tariff_line", ("duties", 2, "hs_prefix"), add("duties", {**DUTY, "hs_prefix": "85O7.60"})),
    ("bad_tariff_line", ("product_codes", 2, "hs_code"), add("product_codes", {**CODE, "hs_code": "8"})),
    ("bad_tariff_line", ("product_codes", 2, "hs_code"), add("product_codes", {**CODE, "hs_code": "8507.60.0010.99"})),
    ("before_start", ("duties", 2, "valid_to"), add("duties", {**DUTY, "valid_from": "2027-01-01", "valid_to": "2026-01-01"})),
    ("counted_as_zero", ("duties", 2, "co2e_price_per_t"), both(add("product_codes", CODE), add("duties", {**DUTY, "co2e_price_per_t": 80.0}))),
    ("counted_as_zero", ("duties", 2, "specific_per_kg"), both(
        add("product_codes", CODE), add("duties", {**DUTY, "specific_per_kg": 1.0}), put("products", 0, mass_kg_per_unit=None))),
    ("duty_ring", ("duties", 2, "excludes_programmes"), add(
        "duties", {**DUTY, "programme": "a", "excludes_programmes": "b"}, {**DUTY, "rule_id": "e", "programme": "b", "excludes_programmes": "a"})),
    ("duty_ring", ("duties", 3, "excludes_programmes"), add(
        "duties", *({**DUTY, "rule_id": one, "programme": one, "excludes_programmes": other} for one, other in ("ab", "bc", "ca")))),
    ("duty_ring", ("duties", 2, "excludes_programmes"), add("duties", {**DUTY, "programme": "a", "excludes_programmes": "b|a"})),
    ("duty_tie", ("duties", 3, "ad_valorem_share"), add("duties", DUTY, {**DUTY, "rule_id": "e", "ad_valorem_share": 0.2})),
    ("duty_tie", ("duties", 3, "ad_valorem_share"), add("duties", DUTY, {**DUTY, "rule_id": "e", "origin": "china", "stacking": "cap_all_in"})),
    ("duty_tie", ("duties", 3, "ad_valorem_share"), add(
        "duties", {**DUTY, "origin": "CN|JP", "valid_to": "2026-06-30"}, {**DUTY, "rule_id": "e", "origin": "CN|KR", "ad_valorem_share": 0.2})),
    ("no_base_duty", ("duties", 2, "stacking"), add("duties", {**DUTY, "programme": "levy", "stacking": "net_of_mfn"})),
    ("no_tariff_line", ("products", 2, "product_id"), add("duties", DUTY)),
    ("no_tariff_line", ("products", 2, "product_id"), both(add("product_codes", {**CODE, "importer": "CN"}), add("duties", DUTY))),
    ("share_over_one", ("duties", 2, "ad_valorem_share"), add("duties", {**DUTY, "ad_valorem_share": 25.0})),
    ("share_over_one", ("duties", 2, "ad_valorem_share"), add("duties", {**DUTY, "ad_valorem_share": 1.2})),
    ("unknown_programme", ("duties", 2, "excludes_programmes"), add("duties", {**DUTY, "programme": "a", "excludes_programmes": "mfm"})),
    ("unknown_reference", ("duties", 2, "importer"), add("duties", {**DUTY, "importer": "USA"})),
    ("unknown_reference", ("duties", 2, "origin"), add("duties", {**DUTY, "origin": "ZZ"})),
    ("unmatched_tariff_line", ("duties", 2, "hs_prefix"), both(add("product_codes", CODE), add("duties", {**DUTY, "hs_prefix": "8507.60.0010"}))),
    ("wrong_choice", ("contents", 2, "element"), add("contents", {"product_id": "part", "element": "Unobtainium", "mass_kg_per_unit": 1.0})),
    ("unknown_reference", ("contents", 2, "product_id"), add("contents", {"product_id": "prat", "element": "Ni", "mass_kg_per_unit": 1.0})),
    ("bounds", ("service_lives", 2, "life_years"),
     add("service_lives", {"product_id": "car", "usable_kwh_per_unit": 75.0, "full_cycles_per_year": 60.0, "life_years": 0.0})),
    ("bounds", ("processes", 2, "capacity_per_year"), put("processes", 0, capacity_per_year=-150.0)),
    ("bounds", ("sites", 2, "latitude"), put("sites", 0, latitude=135.0)),
    ("bounds", ("processes", 2, "yield_share"), put("processes", 0, yield_share=0.0)),
    ("bounds", ("stocks", 2, "min_quantity"), add("stocks", {"site_id": "plant", "product_id": "part", "min_quantity": 9, "max_quantity": 3})),
    ("bounds", ("exchange_rates", 2, "rate_to_settings_currency"), add("exchange_rates", {"currency": "USD", "rate_to_settings_currency": 1.1})),
    ("bounds", ("changes", 2, "value"), add("changes", {**CHANGE, "column": "lead_time_days", "value": -1.0})),
    ("broken_where", ("overrides", 2, "where"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "where": "near-plant"}))),
    ("broken_where", ("overrides", 2, "where"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "where": "lane_id="}))),
    ("broken_where", ("changes", 2, "where"), add("changes", {**CHANGE, "where": "near-plant"})),
    ("changes_nothing", ("overrides", 2, "value"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "value": "1"}))),
    ("closed_site", ("demand", 2, "site_id"), put("sites", 3, status="closed")),
    ("contract_overlap", ("contract_phases", 3, "start_date"), both(
        add("contracts", CONTRACT), add("contract_phases", {**PHASE, "end_date": "2026-06-30"}, {**PHASE, "start_date": "2026-06-30"}))),
    ("contract_too_much", ("contract_phases", 3, "min_share"), both(
        add("contracts", CONTRACT, OTHER), add("contract_phases", {**PHASE, "min_share": 0.6}, {**PHASE, "contract_id": "d", "min_share": 0.5}))),
    ("contract_too_much", ("contract_phases", 3, "exclusive"), both(
        add("contracts", CONTRACT, OTHER), add("contract_phases", {**PHASE, "exclusive": 1}, {**PHASE, "contract_id": "d", "exclusive": 1}))),
    ("contract_too_much", ("contract_phases", 2, "min_quantity_per_year"), both(
        add("contracts", CONTRACT), add("contract_phases", {**PHASE, "min_quantity_per_year": 151.0}))),
    ("contract_too_much", ("power_contracts", 3, "share"), add(
        "power_contracts", {"power_contract_id": "a", "site_id": "near", "share": 0.7}, {"power_contract_id": "b", "site_id": "near", "share": 0.4})),
    ("counted_as_zero", ("processes", 2, "electricity_kwh_per_unit"), put("processes", 0, electricity_kwh_per_unit=5.0)),
    ("counted_as_zero", ("processes", 2, "module_cost"), put("processes", 0, max_modules=1, module_capacity_per_year=10.0)),
    ("counted_as_zero", ("contract_phases", 2, "take_or_pay_share"), both(
        add("contracts", CONTRACT), add("contract_phases", {**PHASE, "min_quantity_per_year": 10.0, "take_or_pay_share": 0.8}))),
    ("empty_cell", ("processes", 2, "asset_life_years"), put(
        "processes", 0, max_modules=1, module_capacity_per_year=10.0, module_cost=100.0)),
    ("date_cuts_period", ("policies", 2, "valid_from"), add("policies", {"policy_id": "p", "kind": "max_sites", "value": 9, "valid_from": "2026-07-01"})),
    ("date_cuts_period", ("closures", 2, "valid_to"), add("closures", {"passage": "suez", "valid_from": "2026-01-01", "valid_to": "2026-06-30"})),
    ("decimal_comma", ("lanes", 2, "cost_per_unit"), put("lanes", 0, cost_per_unit="1,5")),
    ("duplicate_key", ("lanes", 5, "lane_id"), lambda tables: tables["lanes"].append(dict(tables["lanes"][0]))),
    ("empty_cell", ("products", 3, "unit"), put("products", 1, unit=None)),
    ("empty_cell", ("processes", 2, "recipe_id"), put("processes", 0, product_id=None)),
    ("lane_legs", ("lanes", 2, "mode_chain"), both(
        add("modes", {"mode_id": "truck", "kind": "road"}), put("lanes", 0, mode_chain="truck+truck", leg_km="100"))),
    ("lane_legs", ("lanes", 2, "mode_chain"), put("lanes", 0, mode_chain="zeppelin")),
    ("long_lead_time", ("lanes", 3, "lead_time_days"), put("lanes", 1, lead_time_days=183.0)),
    ("matches_nothing", ("overrides", 2, "where"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "where": "lane_id=moon"}))),
    ("matches_nothing", ("changes", 2, "where"), add("changes", {**CHANGE, "where": "lane_id=moon"})),
    ("missing_exchange_rate", ("lanes", 2, "currency"), put("lanes", 0, currency="EUR")),
    ("missing_freight_rate", ("lanes", 2, "cost_per_unit"), both(
        add("modes", {"mode_id": "truck", "kind": "road", "speed_km_per_day": 500.0}), put("lanes", 0, mode_chain="truck", cost_per_unit=None))),
    ("missing_mass", ("products", 2, "mass_kg_per_unit"), both(
        add("modes", {"mode_id": "truck", "kind": "road", "speed_km_per_day": 500.0}), add("freight_rates", {"mode_id": "truck", "cost_per_t": 1.0}),
        put("lanes", 0, mode_chain="truck", cost_per_unit=None), put("products", 0, mass_kg_per_unit=None))),
    ("missing_table", ("demand", None, None), lambda tables: tables.pop("demand")),
    ("missing_table", ("periods", None, None), lambda tables: (tables.pop("periods"), tables.pop("demand"), tables.update(demand=[]))),
    ("missing_value", ("product_values", None, "value_per_unit"), both(
        add("product_codes", {"product_id": "part", "importer": "US", "hs_code": "87"}),
        add("duties", {"rule_id": "d", "importer": "US", "origin": "CN", "ad_valorem_share": 0.25}))),
    ("no_airports", ("lane_rules", 2, "mode_chain"), both(
        TRUCK, add("modes", {"mode_id": "plane", "kind": "air"}), add("lane_rules", {"rule_id": "r", "product_id": "part", "mode_chain": "truck+plane+truck"}))),
    ("binds_nothing", ("closures", 2, "passage"), both(
        TRUCK, put("lanes", 0, mode_chain="truck", distance_km=None, cost_per_unit=None), add("closures", {"passage": "panama", "valid_from": "2027-01-01"}))),
    ("no_lane", ("sites", 6, "site_id"), both(
        add("sites", {"site_id": "island", "country": "US"}), add("processes", {"site_id": "island", "product_id": "part"}))),
    ("no_lane", ("demand", 4, "site_id"), add("demand", {"site_id": "near", "product_id": "car", "period_id": "2026", "quantity": 1.0})),
    ("no_position", ("sites", 2, "latitude"), both(TRUCK, put("sites", 0, latitude=None), put("lanes", 0, mode_chain="truck", cost_per_unit=None, distance_km=None))),
    ("no_route", ("lanes", 3, "mode_chain"), both(TRUCK, put("sites", 1, latitude=-25.0, longitude=135.0), put("lanes", 1, mode_chain="truck", cost_per_unit=None, distance_km=None))),
    ("no_route", ("lane_rules", 2, "mode_chain"), both(
        TRUCK, put("sites", 1, latitude=-25.0, longitude=135.0), add("lane_rules", {"rule_id": "r", "product_id": "part", "mode_chain": "truck"}),
        lambda tables: tables["lanes"].pop(0))),
    ("no_route", ("lanes", 3, "passages"), both(put("lanes", 1, passages="panama"), add("closures", {"passage": "panama", "valid_from": "2027-01-01"}))),
    ("no_territory", ("countries", 3, "customs_territory"), both(put("countries", 0, customs_territory="US"), RULE)),
    ("port_off_sea", ("sites", 2, "port"), put("sites", 0, port="USATL")),
    ("rule_makes_nothing", ("lane_rules", 2, "rule_id"), both(TRUCK, add("lane_rules", {"rule_id": "r", "from_group": "town", "mode_chain": "truck"}))),
    ("unknown_passage", ("closures", 2, "passage"), add("closures", {"passage": "zuez"})),
    ("unknown_passage", ("lanes", 2, "passages"), both(RULE, put("lanes", 0, passages="panama|atlantis"))),
    ("unknown_port", ("sites", 2, "port"), put("sites", 0, port="Charleston")),
    ("unknown_port", ("lane_rules", 2, "via_ports"), both(RULE, lambda tables: tables["lane_rules"][0].update(via_ports="XXXXX"))),
    ("lane_legs", ("lane_rules", 2, "mode_chain"), add("lane_rules", {"rule_id": "r", "mode_chain": "zeppelin"})),
    ("no_source", ("products", 3, "product_id"), lambda tables: (tables["recipes"].clear(), tables["recipe_lines"].clear(), tables["processes"].pop())),
    ("not_finite", ("lanes", 2, "cost_per_unit"), put("lanes", 0, cost_per_unit=float("nan"))),
    ("not_finite", ("demand", 2, "quantity"), put("demand", 0, quantity=float("inf"))),
    ("not_finite", ("demand", 2, "quantity"), put("demand", 0, quantity="1e999")),
    ("not_finite", ("demand", 2, "quantity"), put("demand", 0, quantity="#N/A")),
    ("not_supported_yet", ("settings", 7, "value"), setting("perspective", "buyer")),
    ("not_supported_yet", ("changes", 2, "column"), add("changes", {**CHANGE, "table": "sites", "where": "*", "column": "latitude"})),
    ("not_supported_yet", ("overrides", 2, "table"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "table": "scenarios"}))),
    ("not_used_yet", ("products", None, "dangerous_goods"), put("products", 0, dangerous_goods=True)),
    ("alternate_without_lane", ("alternates", 2, "alternate_site_id"), both(
        add("alternates", {"site_id": "far", "product_id": "part", "alternate_site_id": "near"}), put("lanes", 0, to_site="town"))),
    ("bad_season", ("hazards", 2, "season_from"), add("hazards", {**FLOOD, "season_from": "June", "season_to": "08-31"})),
    ("bad_season", ("hazards", 2, "season_to"), add("hazards", {**FLOOD, "season_from": "06-01", "season_to": "02-30"})),
    ("bad_season", ("hazards", 2, "season_to"), add("hazards", {**FLOOD, "season_from": "06-01"})),
    ("bounds", ("hazards", 2, "duration_sigma"), add("hazards", {**FLOOD, "duration_sigma": -0.5})),
    ("bounds", ("hazards", 2, "cost_factor"), add("hazards", {**FLOOD, "cost_factor": -0.5})),
    ("bounds", ("events", 2, "cost_factor"), add("events", {**EVENT, "cost_factor": -2.0})),
    ("bounds", ("lanes", 2, "lead_time_sigma"), put("lanes", 0, lead_time_sigma=-0.1)),
    ("bounds", ("lanes", 2, "lead_time_sigma"), put("lanes", 0, lead_time_sigma=25.0)),
    ("bounds", ("replenishment", 2, "reorder_quantity"), add(
        "replenishment", {"site_id": "plant", "product_id": "part", "policy": "s_s", "reorder_quantity": 9.0, "order_up_to_quantity": 5.0})),
    ("common_cause_differs", ("hazards", 3, "events_per_year"), add(
        "hazards", {**FLOOD, "common_cause_id": "rain"}, {**FLOOD, "hazard_id": "g", "events_per_year": 2.0, "common_cause_id": "rain"})),
    ("empty_cell", ("recoveries", 2, "site_id"), add("recoveries", {"site_id": None, "recovery_days_low": 10.0}, {"site_id": "near", "recovery_days_low": 10.0})),
    ("empty_cell", ("reactions", 2, "lead_time_days"), add("reactions", {"reaction_id": "r", "kind": "expedite"})),
    ("empty_cell", ("replenishment", 2, "lot_quantity"), add(
        "replenishment", {"site_id": "plant", "product_id": "part", "policy": "r_q", "reorder_quantity": 9.0})),
    ("harmless_hazard", ("hazards", 2, "events_per_year"), add("hazards", {**FLOOD, "events_per_year": None})),
    ("harmless_hazard", ("hazards", 2, "capacity_loss_share"), add("hazards", {**FLOOD, "capacity_loss_share": 0.0})),
    ("harmless_hazard", ("hazards", 2, "cost_factor"), add(
        "hazards", {**FLOOD, "scope_kind": "demand", "scope_value": "town", "capacity_loss_share": None, "cost_factor": 2.0})),
    ("harmless_hazard", ("hazards", 2, "capacity_loss_share"), add("hazards", {**FLOOD, "scope_kind": "demand", "scope_value": "town"})),
    ("harmless_hazard", ("hazards", 2, "demand_change_share"), add(
        "hazards", {**FLOOD, "scope_kind": "demand", "scope_value": "town", "capacity_loss_share": None})),
    ("harmless_hazard", ("hazards", 2, "demand_change_share"), add("hazards", {**FLOOD, "demand_change_share": -0.5})),
    ("harmless_hazard", ("hazards", 2, "duration_days_mean"), add("hazards", {**FLOOD, "duration_days_mean": None})),
    ("harmless_hazard", ("hazards", 2, "duration_days_mean"), add("hazards", {**FLOOD, "duration_days_mean": 0.0})),
    ("harmless_hazard", ("hazards", 2, "valid_to"), add("hazards", {**FLOOD, "valid_to": "2020-12-31"})),
    ("harmless_hazard", ("hazards", 2, "valid_from"), add("hazards", {**FLOOD, "valid_from": "2060-01-01"})),
    ("harmless_hazard", ("events", 2, "duration_days"), add("events", {**EVENT, "duration_days": 0.0})),
    ("harmless_hazard", ("events", 2, "capacity_loss_share"), add("events", {**EVENT, "capacity_loss_share": None})),
    ("harmless_hazard", ("events", 2, "demand_change_share"), add(
        "events", {**EVENT, "scope_kind": "demand", "scope_value": "town", "capacity_loss_share": None})),
    ("idle_warning", ("hazards", 2, "warning_days"), add("hazards", {**FLOOD, "warning_days": 14.0})),
    ("idle_warning", ("events", 2, "warning_days"), add("events", {**EVENT, "warning_days": 14.0})),
    ("share_over_one", ("events", 2, "capacity_loss_share"), add("events", {**EVENT, "capacity_loss_share": 1.5})),
    ("idle_alternate", ("alternates", 2, "alternate_site_id"), add("alternates", {"site_id": "far", "product_id": "part", "alternate_site_id": "town"})),
    ("idle_alternate", ("reactions", 2, "kind"), add("reactions", {"reaction_id": "r", "kind": "alternate"})),
    ("share_over_one", ("hazards", 2, "capacity_loss_share"), add("hazards", {**FLOOD, "capacity_loss_share": 1.5})),
    ("unknown_reference", ("recoveries", 2, "site_id"), add("recoveries", {"site_id": "nowhere", "recovery_days_low": 10.0})),
    ("unknown_reference", ("events", 2, "hazard_id"), add("events", {**EVENT, "hazard_id": "nothing"})),
    ("unknown_scope", ("hazards", 2, "scope_value"), add("hazards", {**FLOOD, "scope_value": "nearr"})),
    ("unknown_scope", ("hazards", 2, "scope_value"), add("hazards", {**FLOOD, "scope_value": None})),
    ("unknown_scope", ("hazards", 2, "scope_value"), add("hazards", {**FLOOD, "scope_kind": "passage", "scope_value": "zuez"})),
    ("unknown_scope", ("events", 2, "scope_value"), add("events", {**EVENT, "scope_kind": "process", "scope_value": "plant/part"})),
    ("wrong_type", ("exchange_rates", 2, "currency"), add("exchange_rates", {"currency": "euro", "rate_to_settings_currency": 1.1})),
    ("unknown_reference", ("certificates", 2, "site_id"), add("certificates", {**RMAP, "site_id": "fra"})),
    ("unknown_reference", ("certificates", 2, "product_id"), add("certificates", {**RMAP, "product_id": "prat"})),
    ("before_start", ("certificates", 2, "valid_to"), add("certificates", {**RMAP, "valid_from": "2027-01-01", "valid_to": "2026-01-01"})),
    ("certificate_lapses", ("certificates", 2, "valid_to"), add("certificates", {**RMAP, "valid_to": "2027-06-30"})),
    ("certificate_lapses", ("certificates", 3, "valid_to"), add(
        "certificates", {**RMAP, "valid_to": "2026-06-30"}, {**RMAP, "valid_from": "2026-07-01", "valid_to": "2027-06-30"})),
    ("certificate_lapses", ("certificates", 2, "valid_to"), add(
        "certificates", {**RMAP, "valid_to": "2026-06-29"}, {**RMAP, "valid_from": "2026-07-01"})),
    ("unknown_level", ("certificates", 2, "level"), both(
        add("schemes", {"scheme": "RMAP", "level": "conformant", "rank": 2}), add("certificates", {**RMAP, "level": "konformant"}))),
    ("unknown_level", ("purchases", 2, "certified"), both(
        add("schemes", {"scheme": "RMAP", "level": "conformant", "rank": 2}),
        add("purchases", {"site_id": "plant", "product_id": "part", "price_per_unit": 9.0, "certified": "IRMA; RMAP=konformant"}))),
    ("unknown_level", ("requirements", 2, "min_level"), both(
        add("certificates", {**RMAP, "level": "active"}), add("requirements", {**REQUIREMENT, "min_level": "active"}))),
    ("nobody_certified", ("requirements", 2, "scheme"), add("requirements", REQUIREMENT)),
    ("nobody_certified", ("policies", 2, "value_unit"), add("policies", {"policy_id": "p", "kind": "require_certificate", "value_unit": "RMAP"})),
    ("empty_cell", ("policies", 2, "value_unit"), add("policies", {"policy_id": "p", "kind": "require_certificate"})),
    ("unknown_reference", ("requirements", 2, "region"), both(ASKED, add("requirements", {**REQUIREMENT, "region": "atlantis"}))),
    ("unknown_reference", ("requirements", 2, "product"), both(ASKED, add("requirements", {**REQUIREMENT, "product": "prat"}))),
    ("before_start", ("requirements", 2, "to_date"), both(
        ASKED, add("requirements", {**REQUIREMENT, "from_date": "2027-01-01", "to_date": "2025-12-31"}))),
    ("date_cuts_period", ("requirements", 2, "from_date"), both(ASKED, add("requirements", {**REQUIREMENT, "from_date": "2027-07-01"}))),
    ("date_cuts_period", ("requirements", 2, "to_date"), both(ASKED, add("requirements", {**REQUIREMENT, "to_date": "2027-06-30"}))),
    ("date_cuts_period", ("policies", 2, "valid_from"), both(
        ASKED, add("policies", {"policy_id": "p", "kind": "require_certificate", "value_unit": "RMAP", "valid_from": "2027-07-01"}))),
    ("binds_nothing", ("requirements", 2, "from_date"), both(ASKED, add("requirements", {**REQUIREMENT, "from_date": "2031-01-01"}))),
    ("binds_nothing", ("requirements", 2, "to_date"), both(ASKED, add("requirements", {**REQUIREMENT, "to_date": "2021-01-01"}))),
    ("idle_power", ("power_contracts", 2, "site_id"), add("power_contracts", {"power_contract_id": "w", "site_id": "plant", "share": 0.5})),
    ("share_over_one", ("energy", 2, "renewable_share"), add("energy", {"zone": "US", "carrier": "electricity", "renewable_share": 80})),
    ("share_over_one", ("policies", 2, "value"), add("policies", {"policy_id": "p", "kind": "min_renewable_share", "value": 80})),
    ("binds_nothing", ("policies", 2, "value"), add("policies", {"policy_id": "p", "kind": "min_renewable_share"})),
    ("wrong_choice", ("policies", 2, "value_unit"), add(
        "policies", {"policy_id": "p", "kind": "min_renewable_share", "value": 0.5, "value_unit": "certificates"})),
    ("off_land", ("sites", 2, "latitude"), put("sites", 0, latitude=-80.0, longitude=-170.0)),
    ("period_gap", ("periods", 3, "start_date"), put("periods", 1, start_date="2027-01-02")),
    ("period_overlap", ("periods", 3, "start_date"), put("periods", 1, start_date="2026-12-31")),
    ("recipe_loop", ("recipes", 2, "product_id"), add("recipe_lines", {"recipe_id": "car_from_part", "product_id": "car", "quantity_per_unit": 0.1})),
    ("scenario_cycle", ("scenarios", 2, "extends"), add("scenarios", {"scenario_id": "a", "extends": "b"}, {"scenario_id": "b", "extends": "a"})),
    ("scenario_cycle", ("groups", 2, "member"), add("groups", {"group_id": "g", "member": "@h"}, {"group_id": "h", "member": "@g"})),
    ("share_over_one", ("processes", 2, "available_share"), put("processes", 0, available_share=25.0)),
    ("share_over_one", ("settings", 5, "value"), setting("discount_rate_share", "8")),
    ("share_over_one", ("policies", 2, "value"), add("policies", {"policy_id": "p", "kind": "min_regional_share", "product": "part", "value": 90})),
    ("share_over_one", ("incentives", 2, "amount"), add("incentives", {"incentive_id": "i", "basis": "cost_share", "amount": 30})),
    ("share_over_one", ("duties", 2, "ad_valorem_share"), add("duties", {"rule_id": "d", "ad_valorem_share": 25.0})),
    ("share_over_one", ("duties", 2, "ad_valorem_share"), add("duties", {"rule_id": "d", "ad_valorem_share": 3.4})),
    ("trimmed", ("lanes", 2, "from_site"), put("lanes", 0, from_site=" near ")),
    ("unit_mismatch", ("products", 2, "unit"), put("products", 0, unit="bushel")),
    ("unit_mismatch", ("products", 2, "mass_kg_per_unit"), put("products", 0, unit="t", mass_kg_per_unit=1.0)),
    ("unit_mismatch", ("lanes", 1, "distance_miles"), put("lanes", 0, distance_miles=100.0)),
    ("unit_mismatch", ("lanes", 1, "capacity_t_per_year"), put("lanes", 0, capacity_t_per_year=100.0)),
    ("unknown_column", ("sites", 1, "lattitude"), put("sites", 0, lattitude=3.0)),
    ("unknown_column", ("sites", 1, "Site ID"), put("sites", 0, **{"Site ID": "x"})),
    ("unknown_column", ("overrides", 2, "column"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "column": "costs"}))),
    ("unknown_column", ("overrides", 2, "where"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "where": "lane=x"}))),
    ("unknown_column", ("changes", 2, "column"), add("changes", {**CHANGE, "column": "costs"})),
    ("unknown_reference", ("lanes", 2, "from_site"), put("lanes", 0, from_site="nearr")),
    ("unknown_reference", ("demand", 2, "period_id"), put("demand", 0, period_id="2031")),
    ("unknown_reference", ("sites", 2, "country"), put("sites", 0, country="CA")),
    ("unknown_reference", ("contracts", 2, "supplier"), add("contracts", {**CONTRACT, "supplier": "@nobody"})),
    ("unknown_reference", ("groups", 2, "member"), add("groups", {"group_id": "g", "member": "atlantis"})),
    ("unknown_reference", ("sites", 2, "energy_zone"), both(put("sites", 0, energy_zone="US-NN"), add("energy", {"zone": "US-NY", "carrier": "electricity"}))),
    ("unknown_reference", ("scenarios", 2, "extends"), add("scenarios", {"scenario_id": "a", "extends": "b"})),
    ("unknown_setting", ("settings", 7, "key"), setting("curency", "EUR")),
    ("unknown_table", ("lane", None, None), add("lane", {"lane_id": "x"})),
    ("unknown_table", ("changes", 2, "table"), add("changes", {**CHANGE, "table": "lane"})),
    ("unknown_table", ("overrides", 2, "table"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "table": "lane"}))),
    ("wrong_choice", ("sites", 2, "status"), put("sites", 0, status="planned")),
    ("wrong_choice", ("settings", 6, "value"), setting("objective", "shortage,beauty")),
    ("wrong_type", ("lanes", 2, "cost_per_unit"), put("lanes", 0, cost_per_unit="cheap")),
    ("wrong_type", ("periods", 2, "start_date"), put("periods", 0, start_date="01.01.2026")),
    ("wrong_type", ("processes", 2, "max_modules"), put("processes", 0, max_modules=1.5)),
    ("wrong_type", ("recipes", 2, "confers_origin"), put("recipes", 0, confers_origin="maybe")),
    ("wrong_type", ("settings", 3, "value"), setting("base_date", "1.1.2026")),
    ("wrong_type", ("overrides", 2, "value"), both(add("scenarios", SCENARIO), add("overrides", {**OVERRIDE, "value": "dear"}))),
]  # fmt: skip


def _csv(folder: Path) -> Path:
    for name, rows in two_makers().items():
        pl.DataFrame(rows, infer_schema_length=None).write_csv(folder / f"{name}.csv")
    return folder


def _bytes(table: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda folder: (folder / f"{table}.csv").write_bytes(change((folder / f"{table}.csv").read_bytes()))


def _typed(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "countries.csv").write_text(text, encoding="utf-8")


FILES: list[tuple[str, Where, Callable[[Path], object]]] = [
    ("ambiguous_table", ("sites", None, None), lambda folder: pl.read_csv(folder / "sites.csv").write_parquet(folder / "sites.parquet")),
    ("broken_quotes", ("countries", 3, None), _typed('country,region\nUS,north_america\nCN,"china\n')),
    ("code_as_number", ("product_codes", None, "hs_code"), lambda folder: pl.DataFrame(
        {"product_id": ["part"], "importer": ["US"], "hs_code": [8507.6]}).write_parquet(folder / "product_codes.parquet")),
    ("doubled_header", ("countries", 1, None), _typed("country,region,country\nUS,north_america,US\nCN,china,CN\n")),
    ("doubled_header", ("countries", 3, None), _typed("country,region\nUS,north_america\ncountry,region\nCN,china\n")),
    ("empty_table", ("countries", None, None), _typed("\n")),
    ("not_utf8", ("sites", 3, None), _bytes("sites", lambda data: data.replace(b"far", "F\xe4r".encode("latin-1")))),
    ("ragged_row", ("countries", 3, None), _typed("country,region\nUS,north_america\nCN,china,asia\n")),
    ("ragged_row", ("countries", 3, None), _typed("country,region\nUS,north_america\nCN\n")),
    ("semicolons", ("countries", 1, None), _typed("country;region\nUS;north_america\nCN;china\n")),
    ("too_large", ("countries", 2, "note"), _typed(f"country,region,note\nUS,north_america,{'x' * 20_000}\nCN,china,\n")),
    ("unread_file", ("duties", None, None), lambda folder: (folder / "duties.txt").write_text("rule_id\n")),
    ("unreadable", ("countries", None, None), lambda folder: ((folder / "countries.csv").unlink(), (folder / "countries.csv").mkdir())),
    ("unreadable", ("duties", None, None), lambda folder: (folder / "duties.parquet").write_bytes(b"PAR1 no parquet")),
    ("wrong_type", ("product_codes", None, "valid_from"), lambda folder: pl.DataFrame(
        {"product_id": ["part"], "importer": ["US"], "hs_code": ["85"], "valid_from": [True]}).write_parquet(folder / "product_codes.parquet")),
]  # fmt: skip


def _merged(tmp_path: Path) -> list[Issue]:
    from openpyxl import load_workbook

    write_templates(tmp_path / "net.xlsx")
    book = load_workbook(tmp_path / "net.xlsx")
    book["sites"].merge_cells("A2:B2")
    book.save(tmp_path / "net.xlsx")
    return check(tmp_path / "net.xlsx")


def _raised(act: Callable[[], object]) -> list[Issue]:
    with pytest.raises(HinterlandError) as caught:
        act()
    return list(caught.value.issues)  # type: ignore[attr-defined]


def _taken(tmp_path: Path) -> list[Issue]:
    (tmp_path / "sites.csv").write_text("mine")
    return _raised(lambda: write_templates(tmp_path))


def _not_writable(tmp_path: Path) -> list[Issue]:
    return _raised(lambda: write_templates(Path("/proc/no/such/place")))


def _folder_taken(tmp_path: Path) -> list[Issue]:
    from hinterland.store import staged

    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("mine")

    def act() -> None:
        with staged(tmp_path / "run", replace=True):
            pass

    return _raised(act)


def _unknown_scenario(tmp_path: Path) -> list[Issue]:
    return check(two_makers(), scenario="dream")


def _other_tables(tmp_path: Path) -> list[Issue]:
    from hinterland.app.same_tables import refuse_other_tables

    other = two_makers()
    other["demand"][1]["quantity"] = 90.0
    return _raised(lambda: refuse_other_tables({"one": network(two_makers()), "two": network(other)}))


def _aside(tmp_path: Path) -> list[Issue]:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "ReadMe"
    for name, rows in two_makers().items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    book.create_sheet("#old lanes")
    book.save(tmp_path / "net.xlsx")
    issues = check(tmp_path / "net.xlsx")
    assert [(issue.table, issue.code) for issue in issues] == [("ReadMe", "ignored_sheet"), ("#old lanes", "ignored_sheet")]
    return issues


DEEDS: list[tuple[str, Where, Callable[[Path], list[Issue]]]] = [
    ("merged_cells", ("sites", None, None), _merged),
    ("ignored_sheet", ("ReadMe", None, None), _aside),
    ("already_there", ("sites", None, None), _taken),
    ("not_writable", ("place", None, None), _not_writable),
    ("folder_taken", ("run", None, None), _folder_taken),
    ("unknown_scenario", ("scenarios", None, "scenario_id"), _unknown_scenario),
    ("other_tables", ("demand", 3, "quantity"), _other_tables),
]

ELSEWHERE = {
    **dict.fromkeys(("bad_address", "bad_workers", "no_cluster", "no_dask", "unlike_worker"), "unit/stress/test_clusters_refused.py"),
    "no_workers": "unit/stress/test_clusters.py",
    "contract_not_signed": "unit/design/test_given_plans.py",
    "contradiction": "unit/model/test_plan_reading.py",
    "endless_gain": "unit/design/test_objectives.py",
    "not_in_network": "unit/model/test_plan_reading.py",
    "not_in_packs": "unit/model/test_packs.py",
    "pack_clash": "unit/model/test_packs.py",
    "pack_touches_nothing": "unit/model/test_packs.py",
    "several_lanes": "unit/model/test_plan_reading.py",
    **dict.fromkeys(("no_hazards", "other_days", "other_hazards"), "unit/app/test_stress_test.py"),
    **dict.fromkeys(("stress_not_asked", "two_events"), "cli/test_stress_compared.py"),
    "events_out_of_span": "unit/stress/test_simulated_spans.py",
    "no_way_around": "unit/stress/test_reactions_by_hand.py",
    "nothing_to_simulate": "unit/stress/test_simulated_spans.py",
    "unknown_kind": "unit/stress/test_simulated_spans.py",
    "unknown_period": "unit/stress/test_simulated_spans.py",
    "unequal_delivery": "unit/comparison/test_key_figures.py",
}
"""Problems of plans, designs and runs, made in the tests of their rooms."""


def _found(issues: list[Issue], code: str, where: Where) -> Issue:
    hits = [issue for issue in issues if (issue.code, (issue.table, issue.row, issue.column)) == (code, where)]
    assert hits, f"{code} at {where} is not among:\n" + "\n".join(map(str, issues))
    return hits[0]


def _is_told(issue: Issue) -> None:
    assert all(text.strip() for text in (issue.what, issue.why, issue.fix))
    meaning = PROBLEMS[issue.code]
    if meaning.endswith(("(warning)", "(note)")):
        assert f"({issue.severity})" in meaning


def test_the_world_that_every_case_spoils_is_clean(tmp_path):
    assert check(two_makers()) == []
    assert check(_csv(tmp_path)) == []


@pytest.mark.parametrize(("code", "where", "change"), ROWS, ids=[f"{at}-{case[0]}" for at, case in enumerate(ROWS)])
def test_a_wrong_row_is_reported_where_it_is(code, where, change):
    tables = two_makers()
    change(tables)
    _is_told(_found(check(tables), code, where))


@pytest.mark.parametrize(("code", "where", "change"), FILES, ids=[f"{at}-{case[0]}" for at, case in enumerate(FILES)])
def test_a_wrong_file_is_reported_where_it_is(code, where, change, tmp_path):
    change(_csv(tmp_path))
    issues = check(tmp_path)
    _is_told(_found(issues, code, where))
    strange = {issue.code for issue in issues} - {code}
    assert not strange & {"missing_table", "unknown_reference"}, (
        "a file that cannot be read is one problem, not one for each row that names it"
    )


@pytest.mark.parametrize(("code", "where", "deed"), DEEDS, ids=[case[0] for case in DEEDS])
def test_a_wrong_deed_is_refused(code, where, deed, tmp_path):
    _is_told(_found(deed(tmp_path), code, where))


def test_every_code_has_a_case():
    tests = Path(__file__).parents[2]
    made = {case[0] for case in (*ROWS, *FILES, *DEEDS)}
    lost = [code for code, file in ELSEWHERE.items() if code not in (tests / file).read_text(encoding="utf-8")]
    assert lost == []
    assert made | set(ELSEWHERE) == set(PROBLEMS)


def test_every_code_that_is_written_in_the_program_is_explained():
    import ast

    source = Path(__file__).parents[3] / "src" / "hinterland"
    written = set()
    for module in source.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Issue":
                code = node.args[3] if len(node.args) > 3 else next((k.value for k in node.keywords if k.arg == "code"), None)
                if isinstance(code, ast.Constant):
                    written.add(code.value)
    assert written <= set(PROBLEMS)


def test_every_problem_of_a_table_is_told_at_once():
    tables = two_makers()
    for change in (put("lanes", 0, capacity_per_year="much"), put("sites", 0, country="CA"), put("processes", 0, capacity_per_year=-1.0),
                   put("periods", 1, start_date="2027-01-02"), add("lane", {"x": 1})):  # fmt: skip
        change(tables)
    codes = {issue.code for issue in check(tables) if issue.severity == "error"}
    assert codes == {"wrong_type", "unknown_reference", "bounds", "period_gap", "unknown_table"}
