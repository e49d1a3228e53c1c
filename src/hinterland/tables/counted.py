"""What would count as nothing because a table is silent: freight without mass, free energy, modules without cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["counted_problems"]

_HALF = 0.5


def _masses(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Products without mass on lanes whose freight or CO2e comes from tonnes."""
    light = tables["products"].filter(pl.col("mass_kg_per_unit").is_null() & pl.col("gross_mass_kg_per_unit").is_null())
    if not light.height:
        return []
    lanes = tables["lanes"].filter(pl.col("product_id").is_not_null() & pl.col("mode_chain").is_not_null())
    computed = lanes.filter(pl.col("cost_per_unit").is_null() | pl.col("co2e_kg_per_unit").is_null())
    moved = computed.select("product_id", "lane_id").unique("product_id", keep="first", maintain_order=True)
    issues = []
    for row, product, lane in light.select("_row", "product_id").join(moved, on="product_id", maintain_order="left").iter_rows():
        what, why = f"{product} has no mass", f"lane {lane} takes freight and CO2e from its tonnes, which would be none"
        fix = "fill mass_kg_per_unit, or cost_per_unit and co2e_kg_per_unit of its lanes"
        issues.append(Issue("products", row, "mass_kg_per_unit", "missing_mass", what=what, why=why, fix=fix))
    return issues


def _energy(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Lines that use a carrier of which the energy table knows no row for their site, zone or country."""
    known = set(tables["energy"].select("zone", "carrier").iter_rows())
    sites = {site: (site, zone, country) for site, zone, country in tables["sites"].select("site_id", "energy_zone", "country").iter_rows()}
    lines = tables["processes"].select("_row", "site_id", "electricity_kwh_per_unit", "heat_kwh_per_unit", "heat_carrier")
    issues, told = [], set[tuple[str, str]]()
    for row, site, electricity, heat, carrier in lines.iter_rows():
        for column, used, name in (("electricity_kwh_per_unit", electricity, "electricity"), ("heat_kwh_per_unit", heat, carrier)):
            if not used or (site, name) in told or any((zone, name) in known for zone in sites.get(site, ())):
                continue
            told.add((site, name))
            what = f"{site} uses {name or 'heat of no carrier'} and energy has no row for it"
            fix = f"add the zone of {site} with {name} to energy" if name else "fill heat_carrier"
            issues.append(_zero("processes", row, column, what, fix))
    return issues


def _zero(table: str, row: int, column: str, what: str, fix: str) -> Issue:
    why = "it counts as free and without emissions" if table == "processes" and "kwh" in column else "it counts as free"
    return Issue(table, row, column, "counted_as_zero", what=what, why=why, fix=fix, severity="warning")


def _modules(processes: pl.DataFrame) -> list[Issue]:
    """Modules without a size make nothing; without a cost they are free."""
    issues = []
    rows = processes.filter(pl.col("max_modules") > 0)
    for row, site, size, cost, life in rows.select(
        "_row", "site_id", "module_capacity_per_year", "module_cost", "asset_life_years"
    ).iter_rows():
        if size is None:
            what, why = f"{site} may build modules and none has a capacity", "they would never make anything"
            fix = "fill module_capacity_per_year, or set max_modules to 0"
            issues.append(Issue("processes", row, "module_capacity_per_year", "empty_cell", what=what, why=why, fix=fix))
        if cost is None:
            issues.append(
                _zero("processes", row, "module_cost", f"modules of {site} have no cost", "fill module_cost (0 if they are free)")
            )
        elif cost and life is None:
            what, why = (
                f"modules of {site} have a cost and no life",
                "capital is paid over the life, so there is no yearly payment to count",
            )
            fix = "fill asset_life_years"
            issues.append(Issue("processes", row, "asset_life_years", "empty_cell", what=what, why=why, fix=fix))
    return issues


def _unpriced_pacts(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Take-or-pay phases of contracts without a price: what is not taken would cost nothing."""
    owed = tables["contract_phases"].filter((pl.col("take_or_pay_share") > 0) & (pl.col("min_quantity_per_year") > 0))
    bare = owed.join(tables["contract_prices"].select("contract_id"), on="contract_id", how="anti")
    return [
        _zero(
            "contract_phases",
            row,
            "take_or_pay_share",
            f"{contract} asks to take or pay and has no price",
            f"add a row for {contract} to contract_prices",
        )
        for row, contract in bare.select("_row", "contract_id").iter_rows()
    ]


def _lead_times(lanes: pl.DataFrame, periods: pl.DataFrame) -> list[Issue]:
    """One warning for all lanes that take longer than half of the shortest period."""
    spans = periods.drop_nulls(["start_date", "end_date"]).with_columns(
        days=(pl.col("end_date") - pl.col("start_date")).dt.total_days() + 1
    )
    longest = lanes["lead_time_days"].max() if lanes.height else None
    if not spans.height or longest is None:
        return []
    period, days = spans.sort("days", "start_date").select("period_id", "days").row(0)
    slow = lanes.filter(pl.col("lead_time_days") > _HALF * days)
    if not slow.height:
        return []
    row, lane, most = slow.sort("lead_time_days", "_row", descending=[True, False]).select("_row", "lane_id", "lead_time_days").row(0)
    what = f"{slow.height} lanes take longer than half of period {period} ({days} days); the longest, {lane}, {most:g} days"
    why, fix = "goods arrive in the period they leave", "plan in longer periods, or mind that goods arrive later than planned"
    return [Issue("lanes", row, "lead_time_days", "long_lead_time", what=what, why=why, fix=fix, severity="warning")]


def counted_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Costs and emissions that would be nothing for want of a row, and lead times that the planning periods do not see."""
    issues = _masses(tables) + _energy(tables) + _modules(tables["processes"]) + _unpriced_pacts(tables)
    return issues + _lead_times(tables["lanes"], tables["periods"])
