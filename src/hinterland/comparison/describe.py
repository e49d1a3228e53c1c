"""docs/kpis.md: every key figure, bridge and quality rule, made from the registry."""

from __future__ import annotations

import sys
from pathlib import Path

from hinterland.comparison.registry import DRIVERS, KPIS

__all__ = ["PAGES", "kpi_page"]

_HEAD = """# Key figures

What a comparison says of each plan, and what it is divided by. Made by `python -m hinterland.comparison.describe` from the registry of key
figures. Money is real; a plan is judged in the scenario it was made under; plans are compared only where each site is delivered the same
quantity of each product over the horizon (1e-6 relative). `<unit>` is the unit of what is delivered, in lower case: `cost_per_kwh`. Where
delivered products differ in unit, units are counted together and a note says so. A value that cannot be told is empty and its note says why.
"""

_BRIDGES = """
## Bridges

From the baseline to every other plan, per unit delivered; the drivers sum exactly to the difference of `cost_per_<unit>` and of
`co2e_kg_per_<unit>`. Electricity is a product of two changes, factor (or price) and kWh. It is split by product with Bennet's indicator
(Bennet 1920; Diewert 2005): Δ(f·e) = Δf · (e₀+e₁)/2 + Δe · (f₀+f₁)/2, exact and the same in both directions. A product that only one of the
plans makes has no factor to compare: all of it is process route.
"""

_QUALITY = """
## Data quality

Each amount of cost and CO2e takes the weakest quality among the input rows that multiply into it, in the order reported, derived,
estimated, assumed, unstated (a row without `quality`). A row that `changes` move is no better than they are. Rows of a price path and of
a mode's rates count together, the weakest for all. Where an amount is typed in (a lane's cost), what it would be computed from is not asked.
Amounts are counted without their sign, so that a credit is not taken off somebody else's weight.

| amount | rows |
|---|---|
| purchase, purchased CO2e | purchases |
| conversion, direct CO2e | processes |
| electricity | processes, energy of the site's zone, power_contracts of the site |
| heat | processes, energy of the site's zone and carrier |
| freight, transport CO2e | lanes; where the lane does not give the amount itself also products (mass) and freight_rates or modes of its legs |
| duty | product_values, and duties whose importer, origin and tariff line fit |
| transit holding, holding | stocks, product_values; in transit also lanes |
| disposal | products |
| fixed, opening, restart, closing | sites |
| capital | processes |
| lane fees, qualification | lane_groups, lanes |
| signing, take-or-pay | contracts; contract_prices and contract_phases |
| carbon | settings, and in proportion the rows behind the CO2e |
| credit | incentives |
"""


def kpi_page() -> str:
    """The page of every key figure, bridge and quality rule, as Markdown."""
    lines = [_HEAD, "| key figure | unit | definition | denominator | aim |", "|---|---|---|---|---|"]
    for one in KPIS:
        unit = one.counted_in("<unit>", "money")
        lines.append(f"| `{one.name.format(unit='<unit>')}` | `{unit}` | {one.definition} | {one.denominator} | {one.aim or '–'} |")
    lines.append(_BRIDGES)
    for measure, drivers in DRIVERS.items():
        lines += [f"| driver of {measure} | holds |", "|---|---|", *(f"| {name} | {holds} |" for name, holds in drivers), ""]
    return "\n".join(lines).rstrip() + "\n" + _QUALITY


PAGES = {"kpis.md": kpi_page}
"""File name to the function that makes it."""


if __name__ == "__main__":
    (Path(sys.argv[1] if len(sys.argv) > 1 else "docs") / "kpis.md").write_text(kpi_page(), encoding="utf-8")
