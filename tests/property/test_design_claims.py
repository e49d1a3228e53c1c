"""Whatever is minimised, the solver's own account of its plan is the one the tables give."""

from __future__ import annotations

from datetime import date

import pytest

from hinterland.design import design
from worlds import Tables, network, two_makers


def encumbered() -> Tables:
    """Lanes to qualify, a lane group with a fee, a contract to pay whether taken or not, a capped credit and a soft rule."""
    tables = two_makers(2)
    tables["settings"][3]["value"] = "0"
    tables["lanes"][0] |= {"qualification_cost": 30.0, "capacity_group": "train"}
    tables["lanes"][1] |= {"qualification_cost": 40.0, "capacity_group": "ship"}
    tables["lane_groups"] = [{"capacity_group": name, "fixed_cost_per_year": 25.0} for name in ("train", "ship")]
    tables["contracts"] = [{"contract_id": "deal", "supplier": "far", "buyer": "plant", "product_id": "part"}]
    tables["contract_phases"] = [
        {"contract_id": "deal", "start_date": date(2026, 1, 1), "min_quantity_per_year": 80.0, "take_or_pay_share": 1.0}
    ]
    tables["contract_prices"] = [{"contract_id": "deal", "start_date": date(2026, 1, 1), "price_per_unit": 4.0}]
    tables["incentives"] = [{"incentive_id": "aid", "site_or_group": "near", "product_id": "part", "amount": 2.0, "cap_amount": 150.0}]
    tables["policies"] = [
        {"policy_id": "home", "kind": "min_regional_share", "product": "part", "value": 0.9, "penalty_per_unit": 1.0},
        {"policy_id": "spread", "kind": "max_site_share", "product": "part", "value": 0.6, "penalty_per_unit": 1.0},
    ]
    return tables


@pytest.mark.parametrize("objective", ["shortage,cost", "shortage,co2e", "co2e"])
def test_claims_are_proved_whatever_is_minimised(objective: str) -> None:
    tables = encumbered()
    tables["settings"][4]["value"] = objective
    result = design(network(tables), gap=0)
    assert result.proof.verify.ok


def test_a_capped_credit_is_paid_earliest_first_even_without_interest() -> None:
    """Near makes 75 parts or more in 2026 to save CO2e: its credit of 2 a part reaches the cap of 150 that year."""
    tables = encumbered()
    tables["settings"][4]["value"] = "shortage,co2e,cost"
    paid = design(network(tables), gap=0).tables["claimed_costs"]
    credited = {period: amount for kind, period, amount, _ in paid.iter_rows() if kind == "credit" and amount}
    assert credited == {"2026": pytest.approx(-150.0)}
