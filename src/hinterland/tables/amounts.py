"""Numbers that do not fit together: percentages typed as shares, a least above a most, units and masses that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.core.units import PRODUCT_UNITS, UNITS
from hinterland.tables.declared import TABLES
from hinterland.tables.typing import as_typed, bad_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["amount_problems"]

_SHARE_POLICIES = ("min_regional_share", "max_country_share", "max_site_share", "min_renewable_share")
_HIGH_DUTY_SHARE = 1.0
"""Ad-valorem duties above 100 % are rarer than a forgotten division by 100."""
_PAIRS = (
    ("contract_phases", "min_share", "max_share"),
    ("contract_phases", "min_quantity_per_year", "max_quantity_per_year"),
    ("stocks", "min_quantity", "max_quantity"),
    ("stocks", "initial_quantity", "max_quantity"),
    ("recoveries", "recovery_days_low", "recovery_days_high"),
)


def _shares(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Limits and amounts that are shares only for some kinds of a row."""
    cases = (("policies", "kind", _SHARE_POLICIES, "value"), ("incentives", "basis", ("cost_share", "capital_share"), "amount"))
    issues = []
    for name, kind, kinds, value in cases:
        over = tables[name].filter(pl.col(kind).is_in(kinds) & (pl.col(value) > 1))
        cells = over.select("_row", cell=as_typed(pl.col(value)))
        column = TABLES[name].by_name[value]
        issues += bad_cells(
            name, column, cells, "share_over_one", "a share lies between 0 and 1", f"enter {value} between 0 and 1 (0.25 for 25 %)"
        )
    high = tables["duties"].filter(
        pl.col("ad_valorem_share").is_between(_HIGH_DUTY_SHARE, TABLES["duties"].by_name["ad_valorem_share"].high, closed="right")
    )
    for row, rule, share in high.select("_row", "rule_id", "ad_valorem_share").head(1000).iter_rows():
        what, why = f"{rule} takes {share:.0%} of the value", "few duties are that high"
        fix = "write 0.034 for 3.4 %, or leave it if it is meant"
        issues.append(Issue("duties", row, "ad_valorem_share", "share_over_one", what=what, why=why, fix=fix, severity="warning"))
    return issues


def _pairs(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    issues = []
    for name, low, high in _PAIRS:
        limit = TABLES[name].by_name[low].high  # beyond it the cell is told as such, and once is enough
        apart = tables[name].filter((pl.col(low) > pl.col(high)) & (pl.lit(value=limit is None) | (pl.col(low) <= (limit or 0.0))))
        for row, least, most in apart.select("_row", low, high).head(1000).iter_rows():
            what, why = f"{low} {least:g} is above {high} {most:g}", "nothing can keep both"
            issues.append(Issue(name, row, low, "bounds", what=what, why=why, fix=f"lower {low} or raise {high}"))
    return issues


def _units(products: pl.DataFrame) -> list[Issue]:
    """Units that are none, and masses that contradict a unit of mass."""
    odd = products.filter(pl.col("unit").is_not_null() & ~pl.col("unit").is_in(PRODUCT_UNITS)).select("_row", cell="unit")
    fix = f"write one of: {', '.join(PRODUCT_UNITS)}"
    issues = bad_cells("products", TABLES["products"].by_name["unit"], odd, "unit_mismatch", "it is no unit of the registry", fix)
    for row, product, unit, mass in products.select("_row", "product_id", "unit", "mass_kg_per_unit").drop_nulls().iter_rows():
        kind, factor = UNITS.get(unit.lower(), ("", 1.0))
        if kind == "mass" and abs(mass - factor) > 1e-6 * factor:
            what, why = f"a {unit} of {product} weighs {mass:g} kg", f"a {unit} is {factor:g} kg"
            fix = f"write {factor:g}, or choose another unit"
            issues.append(Issue("products", row, "mass_kg_per_unit", "unit_mismatch", what=what, why=why, fix=fix, severity="warning"))
    for row, product, net, gross in (
        products.filter(pl.col("gross_mass_kg_per_unit") < pl.col("mass_kg_per_unit"))
        .select("_row", "product_id", "mass_kg_per_unit", "gross_mass_kg_per_unit")
        .iter_rows()
    ):
        what, why = f"{product} weighs {gross:g} kg with its packaging and {net:g} kg without", "packaging weighs nothing less than nothing"
        issues.append(Issue("products", row, "gross_mass_kg_per_unit", "bounds", what=what, why=why, fix="correct one of the masses"))
    return issues


def amount_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Numbers that are each allowed and do not fit the rest of their row."""
    return _shares(tables) + _pairs(tables) + _units(tables["products"])
