"""The rows of `changes`: that they name numbers that are there, that engines follow them, and where they lead."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.declared import TABLES
from hinterland.tables.headers import nearest
from hinterland.tables.where import Members, matching_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.tables.schema import Column

__all__ = ["BY_PERIOD", "change_problems"]

BY_PERIOD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "settings": ("value",),
        "products": ("disposal_cost_per_unit",),
        "product_values": ("value_per_unit", "declared_co2e_kg_per_unit"),
        "sites": ("opening_cost", "restart_cost", "closing_cost", "fixed_cost_per_year", "throughput_t_per_year", "drawback_share"),
        "processes": (
            "capacity_per_year",
            "available_share",
            "module_capacity_per_year",
            "module_cost",
            "min_utilisation_share",
            "conversion_cost_per_unit",
            "electricity_kwh_per_unit",
            "heat_kwh_per_unit",
            "direct_co2e_kg_per_unit",
            "yield_share",
        ),
        "purchases": ("price_per_unit", "limit_per_year", "co2e_kg_per_unit"),
        "demand": ("quantity", "shortage_cost_per_unit"),
        "energy": ("price_per_kwh", "co2e_kg_per_kwh", "renewable_share"),
        "power_contracts": ("share", "co2e_kg_per_kwh", "premium_per_kwh"),
        "stocks": ("days_of_cover", "min_quantity", "max_quantity", "holding_cost_share_per_year"),
        "modes": ("co2e_kg_per_tkm", "co2e_kg_per_t_handled", "speed_km_per_day", "handling_days"),
        "freight_rates": ("cost_per_t", "cost_per_tkm", "co2e_kg_per_tkm", "lead_time_add_days"),
        "lanes": ("cost_per_unit", "co2e_kg_per_unit", "lead_time_days", "capacity_per_year", "qualification_cost"),
        "lane_groups": ("capacity_t_per_year", "fixed_cost_per_year"),
        "duties": ("ad_valorem_share", "specific_per_kg", "co2e_price_per_t"),
        "incentives": ("amount", "pass_through_share"),
        "contract_phases": (
            "min_share",
            "max_share",
            "exclusive",
            "min_quantity_per_year",
            "max_quantity_per_year",
            "take_or_pay_share",
        ),
        "policies": ("value", "penalty_per_unit"),
        "requirements": ("penalty_per_unit",),
        "exchange_rates": ("rate_to_settings_currency",),
    }
)
"""Columns whose value engines ask for by period: only these can be moved by `changes`. A test holds it equal to what they ask."""

_SETTINGS_BY_PERIOD = ("carbon_price_per_t",)


def _issue(row: int, column: str, code: str, what: str, why: str, fix: str) -> Issue:
    return Issue("changes", row, column, code, what=what, why=why, fix=fix)


def _target(row: int, table: str, column: str) -> Issue | None:
    """Why a change cannot move this column, or None."""
    if table not in TABLES:
        return _issue(
            row, "table", "unknown_table", f"there is no table {table!r}", "a change moves a declared table", nearest(table, [*TABLES])
        )
    if column not in TABLES[table].by_name:
        known = [one.name for one in TABLES[table].columns]
        return _issue(
            row, "column", "unknown_column", f"{table} has no column {column!r}", "a change moves a declared column", nearest(column, known)
        )
    if column not in BY_PERIOD.get(table, ()):
        moved = ", ".join(BY_PERIOD.get(table, ())) or "no column of this table"
        why, fix = "no engine asks for it by date", f"move one of: {moved}; or write it as an override"
        return _issue(row, "column", "not_supported_yet", f"{table}.{column} cannot change by date", why, fix)
    return None


def _reaches(frame: pl.DataFrame, column: Column, action: str, value: float) -> float | None:
    """A value outside the column's bounds that the change leads to, or None."""
    cells = frame[column.name].cast(pl.Float64, strict=False)
    moved = {"set": cells * 0 + value, "scale": cells * value, "add": cells + value}[action].drop_nulls()
    ends = [value] if action == "set" else [] if not moved.len() else [float(moved.min()), float(moved.max())]  # type: ignore[arg-type]
    low, high = column.low, column.high
    return next((end for end in ends if (low is not None and end < low) or (high is not None and end > high)), None)


def change_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Changes that name no number, match no row, that no engine follows, or that lead outside what the column allows."""
    issues: list[Issue] = []
    rows = tables["changes"].select("_row", "table", "where", "column", "action", "value").drop_nulls(["table", "column", "value"])
    members = Members.of(tables) if rows.height else None
    for row, table, where, column, action, value in rows.iter_rows():
        wrong = _target(row, table, column)
        if wrong is not None or members is None or action not in {"set", "scale", "add"}:
            issues += [wrong] if wrong is not None else []
            continue
        try:
            mask = matching_rows(tables[table], where, members)
        except ValueError as broken:
            fix = "write column=value; column=value, and * for any value"
            issues.append(_issue(row, "where", "broken_where", f"{str(broken)!r} is no term", "a term is column=value", fix))
            continue
        except KeyError as missing:
            known = [one.name for one in TABLES[table].columns]
            what, why = f"{table} has no column {missing}", "where names columns of its table"
            issues.append(_issue(row, "where", "unknown_column", what, why, nearest(str(missing.args[0]), known)))
            continue
        matched = tables[table].filter(mask)
        if not matched.height:
            what, why = f"no row of {table} matches {where or '*'!r}", "a change of nothing hides a misunderstanding"
            issues.append(_issue(row, "where", "matches_nothing", what, why, "correct `where` or remove the row"))
        elif table == "settings":
            other = sorted(set(matched["key"].drop_nulls().to_list()) - set(_SETTINGS_BY_PERIOD))
            if other:
                what, why = f"{', '.join(other[:3])} cannot change by date", "engines ask for it once"
                issues.append(_issue(row, "where", "not_supported_yet", what, why, f"write key={_SETTINGS_BY_PERIOD[0]}"))
        else:
            declared = TABLES[table].by_name[column]
            end = _reaches(matched, declared, action, value)
            if end is not None:
                code = "share_over_one" if declared.kind == "share" and declared.high is not None and end > declared.high else "bounds"
                what = f"{table}.{column} would become {end:g}"
                issues.append(_issue(row, "value", code, what, "it is outside what the column allows", declared.mend))
    return issues
