"""Column names carry their unit, and every unit is one of the registry."""

from __future__ import annotations

import pytest

from hinterland.core.units import PRODUCT_UNITS, UNITS, convert, unit_of
from hinterland.tables import TABLES

COLUMNS = [(table.name, column) for table in TABLES.values() for column in table.columns]
NUMBERS = [(name, column) for name, column in COLUMNS if column.kind in {"number", "share", "whole"}]
PLAIN = {"latitude", "longitude", "max_modules", "circuity_factor", "cost_factor", "priority", "replication", "order", "nearest_k", "value"}
PLAIN |= {"rate_to_settings_currency", "exclusive", "duration_sigma", "lead_time_sigma", "rank", "oecd_step", "threshold"}
"""Numbers that are degrees, counts, ratios, or whose unit another cell of the row tells."""


@pytest.mark.parametrize(("table", "column"), NUMBERS, ids=lambda one: getattr(one, "name", one))
def test_every_number_of_every_table_carries_a_unit_of_the_registry(table, column):
    known = set(UNITS) | {"1", "money"}
    parts = column.unit.split("/") if column.unit else []
    assert set(parts) <= known
    assert parts or column.name in PLAIN, f"{table}.{column.name} says no unit"


@pytest.mark.parametrize(("name", "column"), [one for one in NUMBERS if one[1].name.endswith("_share") or one[1].kind == "share"])
def test_a_share_is_declared_as_one_and_starts_at_nothing(name, column):
    assert "share" in column.unit or column.name == "exclusive"
    assert column.low == (-1.0 if column.name == "demand_change_share" else 0.0)


def test_every_amount_of_money_has_a_currency_beside_it():
    for table in TABLES.values():
        if any(column.unit.startswith("money") for column in table.columns):
            assert "currency" in table.by_name, table.name


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("throughput_t_per_year", "t/year"),
        ("electricity_kwh_per_unit", "kwh/unit"),
        ("co2e_kg_per_t_handled", "kg/t_handled"),
        ("specific_per_kg", "money/kg"),
        ("premium_per_kwh", "money/kwh"),
        ("speed_km_per_day", "km/day"),
        ("duration_days_mean", "days"),
        ("years_since_start", "years"),
        ("holding_cost_share_per_year", "share/year"),
        ("events_per_year", "1/year"),
        ("capacity_per_year", "unit/year"),
        ("product_id", ""),
        ("hs_prefix", ""),
    ],
)
def test_the_unit_is_read_off_the_name(column, unit):
    assert unit_of(column) == unit


def test_a_name_with_an_unknown_unit_after_per_is_refused():
    with pytest.raises(ValueError, match="parsec"):
        unit_of("cost_per_parsec")


def test_units_convert_within_their_kind_alone():
    assert convert(3.0, "MWh", "kWh") == 3000.0
    assert convert(500.0, "g", "kg") == 0.5
    with pytest.raises(ValueError, match="mass"):
        convert(1.0, "kg", "kWh")


def test_every_unit_a_product_may_have_is_in_the_registry():
    assert {unit.lower() for unit in PRODUCT_UNITS} <= set(UNITS)
