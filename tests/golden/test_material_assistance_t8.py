"""Material assistance test T8: per kWh 60 of material, of which 18 (anode 9, electrolyte 7, foil 2) from listed makers: 70 %.

That passes 60, 65 and 70 % of 2026-28 and fails 80 % of 2029. 45X of a pack of 75 kWh: 75 · (35 + 10) = 3,375 USD in 2026, in 2031
at half 1,687.50. Sources: 26 USC 45X, 7701(a)(52); Notice 2026-15; P.L. 119-21.
"""

from __future__ import annotations

import polars as pl
import pytest

from hinterland.app import solve
from hinterland.model.accounts import account
from hinterland.model.verify import verify
from hinterland.trade.origin import macr
from origin_worlds import assembly
from worlds import Tables, network

KWH = 75.0
STEPS = {2026: 0.60, 2027: 0.65, 2028: 0.70, 2029: 0.80, 2030: 0.85}
PHASES = {2030: 0.75, 2031: 0.50, 2032: 0.25, 2033: 0.0}


def packs(*, listed_share: float = 1.0, conditional: bool = True, accounting: str = "average", count: int = 8) -> Tables:
    """A pack a year of bought materials; three of them from China, where makers are listed, priced as `listed_share` of T8."""
    materials = {"cathode": (60.0 - 18.0 * listed_share, "US")}
    materials |= {name: (value * listed_share, "CN") for name, value in (("anode", 9.0), ("electrolyte", 7.0), ("foil", 2.0))}
    tables = assembly(materials, value=10_000.0, rules=[], duty_share=0.0, count=count, at="US", accounting=accounting)
    tables |= {"duties": [], "origin_rules": []}
    for line in tables["recipe_lines"]:
        line["quantity_per_unit"] = KWH
    rule = {"condition_rule_id": "macr"} if conditional else {}
    tables["incentives"] = [
        {"incentive_id": name, "site_or_group": "US", "product_id": "good", "amount": KWH * amount, **rule}
        for name, amount in (("cells", 35.0), ("modules", 10.0))
    ]
    tables["incentive_phases"] = [
        {"incentive_id": name, "valid_from": f"{year}-01-01", "amount_share": share}
        for name in ("cells", "modules") for year, share in PHASES.items()
    ]  # fmt: skip
    if conditional:
        tables["condition_rules"] = [
            {"condition_rule_id": "macr", "method": "material_assistance", "list_id": "pfe", "threshold_share": share, "valid_from": f"{year}-01-01"}
            for year, share in STEPS.items()
        ]  # fmt: skip
        tables["entities"] = [{"entity": "CN", "list_id": "pfe", "status": "listed"}]
    return tables


def credits_of(tables: Tables) -> dict[str, float]:
    net = network(tables)
    plan = solve(net).plan
    assert verify(net, plan).ok
    paid = account(net, plan).costs.filter(pl.col("kind") == "credit").group_by("period_id").agg(-pl.col("amount").sum())
    return {str(year): 0.0 for year in range(2026, 2034)} | dict(paid.iter_rows())


def test_the_ratio_on_paper():
    assert macr(60, 18) == pytest.approx(0.70)


@pytest.mark.parametrize("accounting", ["average", "segregated"])
def test_70_percent_earns_the_whole_credit_until_2028_and_none_of_it_from_2029_on(accounting: str):
    expected = {str(year): 3_375.0 if year <= 2028 else 0.0 for year in range(2026, 2034)}
    assert credits_of(packs(accounting=accounting)) == pytest.approx(expected)


def test_without_a_condition_the_credit_goes_in_steps():
    expected = {
        "2026": 3_375.0,
        "2027": 3_375.0,
        "2028": 3_375.0,
        "2029": 3_375.0,
        "2030": 2_531.25,
        "2031": 1_687.5,
        "2032": 843.75,
        "2033": 0.0,
    }
    assert credits_of(packs(conditional=False)) == pytest.approx(expected)


def test_half_as_much_from_listed_makers_passes_to_the_end():
    """9 of 60 listed: 85 %."""
    assert credits_of(packs(listed_share=0.5))["2031"] == pytest.approx(1_687.5)
