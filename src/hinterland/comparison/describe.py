"""docs/kpis.md: every key figure, bridge and quality rule, made from the registry."""

from __future__ import annotations

import sys
from pathlib import Path

from hinterland.comparison.registry import AIMS, DRIVERS, KPIS

__all__ = ["PAGES", "kpi_page"]

_HEAD = """# Key figures

What a comparison tells of each plan, and how it is counted. (Made by `make docs`.)

Plans are compared only where they deliver the same: each site the same quantity of each product over the horizon, to a millionth. Each is
judged in the world it was made for. Money is real money of the price year. `<unit>` is the unit of what is delivered: `cost_per_kwh`. Where
delivered goods have several units, they are added up as they are, and a note says so. A figure that cannot be told is empty, and its note
says why.

Stock that was there before the first period is no spending of a plan: what it cost and emitted is in no figure of cost and CO2e here, and
a note says how much it is. `trace`, which follows single units, counts it under `opening_stock`: a unit there can carry more than here.
"""

_BRIDGES = """
## Why plans differ: bridges

From the baseline to every other plan, per unit delivered; the drivers add up exactly to the difference of cost and of CO2e.

Two goods are made the same way where their recipes take the same inputs: another supplier with the same inputs is a choice of makers, not
another route. A good that only one of the plans makes has no twin to compare: all of it is route and quantity. Where two things change at
once (price and kWh, cost per unit and units), each gets its change at the mean of the other: Δ(f·e) = Δf · (e₀+e₁)/2 + Δe · (f₀+f₁)/2, exact
and the same in both directions (Bennet 1920; Diewert 2005).
"""

_RULES = """
## Rules, contracts and openings

Beside the key figures a comparison tells, by place and period: what every policy asks and what the plan has, with the margin (below 0:
broken); the share that each signed contract has of all that its buyer takes; when sites open, restart, close, and which modules are added. A
soft rule that is broken is said in the report's headline and below `hinterland compare`, with its worst period and its penalty.
"""

_QUALITY = """
## Data quality

How much of a plan's cost and CO2e rests on which quality of data. An amount is as good as the weakest row behind it, in the order reported,
derived, estimated, assumed, unstated (a row without `quality`). A row that `changes` move is no better than they are. Rows of a price path
and of a mode's rates count together, the weakest for all. Where an amount is typed in (a lane's cost), what it would be computed from is not
asked. Amounts count without their sign, so that an incentive hides nobody's weight.

| amount | rows behind it |
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


_GROUPS = {"": "Cost and service"} | dict(
    zip(AIMS, ("Less CO2e", "Fewer and shorter logistics disruptions", "Less exposure to geopolitics"), strict=True)
)


def kpi_page() -> str:
    """The page of every key figure, bridge and quality rule, as Markdown."""
    lines = [_HEAD]
    for aim, heading in _GROUPS.items():
        lines += [f"## {heading}", "", "| key figure | tells | counted | divided by |", "|---|---|---|---|"]
        for one in KPIS:
            if one.aim == aim:
                name = f"{one.title}<br>`{one.name.format(unit='<unit>')}`, {one.counted_in('<unit>', 'money')}"
                lines.append(f"| {name} | {one.definition} | {one.counted} | {one.denominator} |")
        lines.append("")
    lines.append(_BRIDGES.strip("\n") + "\n")
    for measure, drivers in DRIVERS.items():
        lines += [f"| driver of {measure} | holds |", "|---|---|", *(f"| {name} | {holds} |" for name, holds in drivers), ""]
    return "\n".join(lines).rstrip() + "\n" + _RULES + _QUALITY


PAGES = {"kpis.md": kpi_page}
"""File name to the function that makes it."""


if __name__ == "__main__":
    (Path(sys.argv[1] if len(sys.argv) > 1 else "docs") / "kpis.md").write_text(kpi_page(), encoding="utf-8")
