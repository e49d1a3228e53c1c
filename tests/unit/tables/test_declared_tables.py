"""Every table of the design is declared, with all its columns and its key; every declaration can be acted on."""

from __future__ import annotations

import pytest

from hinterland.app import check
from hinterland.model.arrays import arrays_of
from hinterland.tables import TABLES, read_tables
from hinterland.tables.check import NEEDED
from hinterland.tables.template import write_templates
from worlds import network, two_makers

DESIGN = {
    "settings": ("key", "value"),
    "periods": ("period_id*", "start_date", "end_date"),
    "countries": ("country*", "region", "customs_territory", "customs_value_basis", "risk_score_share"),
    "groups": ("group_id*", "member*", "kind"),
    "products": ("product_id*", "name", "stage", "unit", "mass_kg_per_unit", "gross_mass_kg_per_unit", "freight_class", "dangerous_goods", "disposal_cost_per_unit"),
    "product_codes": ("product_id*", "importer*", "valid_from*", "hs_code", "use"),
    "product_values": ("product_id*", "from_group*", "valid_from*", "value_per_unit", "net_cost_per_unit", "declared_co2e_kg_per_unit", "currency"),
    "sites": ("site_id*", "name", "operator", "parent", "country", "latitude", "longitude", "energy_zone", "port", "status", "opening_cost", "restart_cost", "closing_cost", "fixed_cost_per_year", "earliest_date", "latest_date", "build_days", "free_zone", "drawback_share", "wage_per_hour", "throughput_t_per_year", "investment", "area_m2", "jobs"),
    "recipes": ("recipe_id*", "product_id", "confers_origin"),
    "recipe_lines": ("recipe_id*", "product_id*", "role", "quantity_per_unit"),
    "processes": ("site_id*", "recipe_id*", "product_id*", "capacity_per_year", "available_share", "start_date", "end_date", "module_capacity_per_year", "max_modules", "module_cost", "module_build_days", "asset_life_years", "ramp_id", "min_utilisation_share", "conversion_cost_per_unit", "electricity_kwh_per_unit", "heat_kwh_per_unit", "heat_carrier", "direct_co2e_kg_per_unit", "yield_share", "recycled_share"),
    "ramps": ("ramp_id*", "years_since_start*", "capacity_share", "yield_share"),
    "purchases": ("site_id*", "product_id*", "offer_id*", "price_per_unit", "limit_per_year", "co2e_kg_per_unit", "origin_country", "producer", "recycled_share", "valid_from", "valid_to"),
    "demand": ("site_id*", "product_id*", "period_id*", "segment*", "quantity", "price_per_unit", "shortage_cost_per_unit", "priority"),
    "modes": ("mode_id*", "kind", "co2e_kg_per_tkm", "co2e_kg_per_t_handled", "speed_km_per_day", "handling_days", "circuity_factor"),
    "freight_rates": ("mode_id*", "from_group*", "to_group*", "freight_class*", "valid_from*", "cost_per_t", "cost_per_tkm", "co2e_kg_per_tkm", "lead_time_add_days"),
    "lanes": ("lane_id*", "from_site", "to_site", "product_id", "mode_chain", "via_ports", "distance_km", "lead_time_days", "lead_time_sigma", "cost_per_unit", "co2e_kg_per_unit", "capacity_per_year", "min_quantity_if_used", "capacity_group", "qualified_from", "qualification_cost", "valid_from", "valid_to"),
    "lane_groups": ("capacity_group*", "capacity_t_per_year", "fixed_cost_per_year"),
    "lane_rules": ("rule_id*", "product_id", "from_group", "to_group", "mode_chain", "via_ports", "max_distance_km", "nearest_k", "same_region", "lead_time_sigma", "valid_from", "valid_to"),
    "closures": ("passage*", "valid_from*", "valid_to"),
    "energy": ("zone*", "carrier*", "valid_from*", "co2e_kg_per_kwh", "renewable_share", "price_per_kwh"),
    "power_contracts": ("power_contract_id*", "site_id", "start_date", "end_date", "kind", "share", "co2e_kg_per_kwh", "premium_per_kwh", "evidence"),
    "duties": ("rule_id*", "programme", "importer", "origin", "producer", "hs_prefix", "ad_valorem_share", "specific_per_kg", "stacking", "excludes_programmes", "use", "co2e_price_per_t", "origin_rule_id", "applies_if_not_origin_rule_id", "valid_from", "valid_to"),
    "origin_rules": ("origin_rule_id*", "hs_prefix*", "method*", "valid_from*", "valid_to", "agreement", "threshold_share", "shift_level", "de_minimis_share", "cumulation_group"),
    "incentives": ("incentive_id*", "site_or_group", "product_id", "basis", "amount", "currency", "cap_amount", "pass_through_share", "condition_rule_id", "valid_from", "valid_to"),
    "incentive_phases": ("incentive_id*", "valid_from*", "amount_share"),
    "condition_rules": ("condition_rule_id*", "method*", "valid_from*", "valid_to", "list_id", "threshold_share"),
    "entities": ("entity*", "list_id*", "valid_from*", "valid_to", "status"),
    "contracts": ("contract_id*", "supplier", "buyer", "product_id", "status", "share_basis", "exclusive_scope", "currency", "sign_cost", "notice_days", "exit_cost"),
    "contract_phases": ("contract_id*", "start_date*", "end_date", "switch_from", "switch_to", "min_share", "max_share", "exclusive", "min_quantity_per_year", "max_quantity_per_year", "take_or_pay_share", "index_id", "pass_through_share"),
    "contract_prices": ("contract_id*", "start_date*", "from_quantity*", "price_per_unit"),
    "policies": ("policy_id*", "kind", "product", "from_group", "to_group", "site_group", "mode_id", "each", "basis", "bound", "value", "value_unit", "counting_min_share", "against", "penalty_per_unit", "valid_from", "valid_to"),
    "stocks": ("site_id*", "product_id*", "days_of_cover", "min_quantity", "max_quantity", "initial_quantity", "initial_cost_per_unit", "initial_co2e_kg_per_unit", "initial_origin_country", "holding_cost_share_per_year"),
    "hazards": ("hazard_id*", "scope_kind", "scope_value", "applies", "events_per_year", "duration_days_mean", "duration_sigma", "capacity_loss_share", "demand_change_share", "cost_factor", "warning_days", "recovery_days", "season_from", "season_to", "common_cause_id", "valid_from", "valid_to"),
    "events": ("event_id*", "hazard_id", "replication", "scope_kind", "scope_value", "start_date", "duration_days", "recovery_days", "capacity_loss_share", "demand_change_share", "cost_factor", "warning_days"),
    "alternates": ("site_id*", "product_id*", "alternate_site_id*", "qualification_days", "max_share", "extra_cost_per_unit"),
    "recoveries": ("site_id*", "recovery_days_low", "recovery_days_high"),
    "replenishment": ("site_id*", "product_id*", "policy", "cover_days", "order_up_to_quantity", "reorder_quantity", "lot_quantity", "safety_days", "safety_quantity"),
    "reactions": ("reaction_id*", "kind", "product", "from_group", "to_group", "delay_days", "max_share", "lead_time_days", "cost_per_unit", "co2e_kg_per_unit"),
    "certificates": ("site_id*", "scheme*", "product_id*", "valid_from*", "valid_to", "level", "issuer", "evidence"),
    "schemes": ("scheme*", "level*", "rank", "oecd_step"),
    "requirements": ("requirement_id*", "scheme", "min_level", "product", "region", "from_date", "to_date", "penalty_per_unit"),
    "due_diligence": ("site_id*", "oecd_step*", "valid_from*", "valid_to", "evidence"),
    "contents": ("product_id*", "element*", "mass_kg_per_unit"),
    "service_lives": ("product_id*", "usable_kwh_per_unit", "full_cycles_per_year", "life_years", "end_of_life_co2e_kg_per_unit"),
    "rules": ("rule_id*", "valid_from*", "valid_to", "predicate", "title", "jurisdiction", "product", "subject", "threshold_share", "threshold", "status", "citation"),
    "exchange_rates": ("currency*", "valid_from*", "rate_to_settings_currency"),
    "changes": ("change_id*", "table", "where", "column", "valid_from", "valid_to", "action", "value"),
    "sources": ("source_id*", "title", "publisher", "published", "url", "licence"),
    "scenarios": ("scenario_id*", "extends"),
    "overrides": ("scenario_id*", "order*", "table", "where", "action", "column", "value"),
}  # fmt: skip
"""Tables and main columns of the design, keys with a star; settings' key is its first column."""


def test_the_design_declares_these_tables_and_no_other():
    assert set(TABLES) == set(DESIGN)


@pytest.mark.parametrize("name", DESIGN)
def test_a_table_has_the_columns_and_the_key_of_the_design(name):
    table = TABLES[name]
    assert {column.rstrip("*") for column in DESIGN[name]} <= set(table.by_name)
    keys = tuple(column.rstrip("*") for column in DESIGN[name] if column.endswith("*")) or ("key",)
    assert table.keys == keys


@pytest.mark.parametrize("name", TABLES)
def test_every_table_takes_sources_quality_notes_and_a_day_of_knowledge(name):
    assert {"source_id", "quality", "note", "known_from"} <= set(TABLES[name].by_name)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_says_what_it_is_how_to_mend_it_and_what_a_cell_looks_like(name):
    for column in TABLES[name].columns:
        assert column.doc.strip(), column.name
        assert column.mend.strip(), column.name
        assert column.name == column.name.lower()
        if column.required:
            assert column.example or name == "settings", f"{name}.{column.name} must be filled and shows no example"
        if column.refers_to:
            assert column.refers_to in TABLES
        if column.choices:
            assert column.default in (None, *column.choices)
            assert column.example in ("", *column.choices)


@pytest.mark.parametrize("name", [name for name in TABLES if name != "settings"])
def test_the_example_of_a_table_is_a_row_that_reads_clean(name, tmp_path):
    write_templates(tmp_path, tables=[name])
    file = tmp_path / f"{name}.csv"
    *head, example = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*head, example.removeprefix("#")]) + "\n", encoding="utf-8")
    tables, issues = read_tables(tmp_path)
    assert issues == []
    assert tables[name].height == 1
    row = tables[name].row(0, named=True)
    assert all(column.low is None or row[column.name] is None or row[column.name] >= column.low for column in TABLES[name].own)
    assert all(column.high is None or row[column.name] is None or row[column.name] <= column.high for column in TABLES[name].own)


def test_dated_values_of_one_product_are_no_duplicates():
    rows = [{"product_id": "cell", "valid_from": f"{year}-01-01", "value_per_unit": 90.0} for year in (2026, 2027)]
    codes = [{"product_id": "cell", "importer": "US", "valid_from": f"{year}-01-01", "hs_code": "8507.60"} for year in (2026, 2027)]
    assert "valid_from" in TABLES["product_values"].keys
    tables, issues = read_tables({"product_values": rows, "product_codes": codes})
    assert issues == []
    assert tables["product_codes"].height == 2


def test_the_seven_needed_tables_are_enough():
    tables = {name: rows for name, rows in two_makers().items() if name in NEEDED}
    tables["processes"] = [row for row in tables["processes"] if "recipe_id" not in row]
    tables["processes"].append({"site_id": "plant", "product_id": "car", "capacity_per_year": 120.0})
    assert len(tables) == 7
    assert [issue for issue in check(tables) if issue.severity == "error"] == []
    assert arrays_of(network(tables)) is not None
