"""Rules that cannot hold together, each in a planner's words with the capacity, demand or date it runs into."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from hinterland.core.errors import InfeasibleDesign
from hinterland.core.progress import SILENT
from hinterland.design import design, infeasible
from hinterland.design.build import build
from hinterland.design.fixing import Given
from hinterland.design.scaling import matrix_of
from hinterland.design.stopping import Stopper
from hinterland.model.arrays import arrays_of
from worlds import Tables, network, two_makers


def conflict_of(tables: Tables, **options: Any) -> InfeasibleDesign:
    with pytest.raises(InfeasibleDesign) as refused:
        design(network(tables), **options)
    return refused.value


def contract(contract_id: str, supplier: str, **phase: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    about = {"contract_id": contract_id, "supplier": supplier, "buyer": "plant", "product_id": "part", "status": "signed"}
    return about, {"contract_id": contract_id, "start_date": date(2026, 1, 1), **phase}


def with_contracts(tables: Tables, *pairs: tuple[dict[str, Any], dict[str, Any]]) -> Tables:
    return tables | {"contracts": [about for about, _ in pairs], "contract_phases": [phase for _, phase in pairs]}


def test_a_contract_asks_for_more_than_the_market_takes() -> None:
    # a car takes one part, the town takes 100 cars, and parts can go nowhere else: 130 parts are 30 too many
    told = conflict_of(with_contracts(two_makers(1), contract("near_plant", "near", min_quantity_per_year=130.0)))
    assert told.conflict == (
        "contract near_plant (near → plant, part) asks for at least 130 piece in 2026",
        "demand for car at town is 100 piece in 2026",
    )
    assert told.relaxed == ("contract near_plant (near → plant, part) asks for at least 130 piece in 2026: 30 piece less",)
    assert told.irreducible
    assert str(told).startswith("these rules cannot hold together: contract near_plant")


def test_a_contract_asks_for_more_than_its_lane_carries() -> None:
    tables = with_contracts(two_makers(1), contract("far_plant", "far", min_quantity_per_year=80.0))
    tables["lanes"][1]["capacity_per_year"] = 50.0
    told = conflict_of(tables)
    assert told.conflict == (
        "contract far_plant (far → plant, part) asks for at least 80 piece in 2026",
        "capacity of lane far-plant is 50 piece in 2026",
    )
    assert told.relaxed == ("contract far_plant (far → plant, part) asks for at least 80 piece in 2026: 30 piece less",)


def test_a_contract_asks_for_more_than_the_suppliers_line_can_make_of_what_it_can_buy() -> None:
    tables = with_contracts(two_makers(1), contract("near_plant", "near", min_quantity_per_year=90.0))
    tables["products"].append({"product_id": "ore", "unit": "kg", "mass_kg_per_unit": 1.0})
    tables["recipes"].append({"recipe_id": "part_from_ore", "product_id": "part"})
    tables["recipe_lines"].append({"recipe_id": "part_from_ore", "product_id": "ore", "role": "input", "quantity_per_unit": 2.0})
    tables["processes"][0] = {"site_id": "near", "recipe_id": "part_from_ore", "capacity_per_year": 150.0}
    tables["purchases"] = [{"site_id": "near", "product_id": "ore", "price_per_unit": 1.0, "limit_per_year": 120.0}]
    told = conflict_of(tables)  # 120 kg of ore make 60 parts
    assert told.conflict == (
        "contract near_plant (near → plant, part) asks for at least 90 piece in 2026",
        "purchase limit of ore at near is 120 kg in 2026",
    )
    assert told.relaxed == ("contract near_plant (near → plant, part) asks for at least 90 piece in 2026: 30 piece less",)


def test_an_exclusive_contract_clashes_with_another_contract_s_least_quantity() -> None:
    told = conflict_of(
        with_contracts(two_makers(1), contract("all_near", "near", min_share=1.0), contract("some_far", "far", min_quantity_per_year=10.0))
    )
    assert told.conflict == (
        "contract all_near (near → plant, part) asks for at least 100 % of the inflow in 2026",
        "contract some_far (far → plant, part) asks for at least 10 piece in 2026",
    )
    assert told.irreducible


def test_a_site_is_wanted_open_before_it_can_start() -> None:
    tables = two_makers(2)
    tables["sites"][0] |= {"status": "candidate", "earliest_date": date(2027, 1, 1)}
    tables["policies"] = [{"policy_id": "early", "kind": "force_open", "site_group": "near"}]
    told = conflict_of(tables)
    assert told.conflict == ("policy early wants near open in 2026", "near cannot start in 2026")
    assert told.relaxed == ("policy early wants near open in 2026: give it up",)


def test_two_sites_are_wanted_open_where_one_is_allowed() -> None:
    tables = two_makers(1)
    for site in tables["sites"][:2]:
        site["status"] = "candidate"
    tables["policies"] = [
        {"policy_id": "both", "kind": "force_open", "site_group": "near|far"},
        {"policy_id": "one", "kind": "max_sites", "product": "part", "value": 1.0},
    ]
    told = conflict_of(tables)
    assert sorted(told.conflict) == [
        "policy both wants far open in 2026",
        "policy both wants near open in 2026",
        "policy one allows at most 1 site making part in 2026",
    ]
    assert told.irreducible


def test_a_cap_on_co2e_clashes_with_a_least_flow() -> None:
    # 90 parts from afar emit 90 · (3 + 10) kg = 1.17 t, more than half a tonne
    tables = two_makers(1)
    tables["policies"] = [
        {"policy_id": "clean", "kind": "max_co2e", "value": 0.5},
        {"policy_id": "afar", "kind": "min_flow", "product": "part", "from_group": "far", "to_group": "plant", "value": 90.0},
    ]
    told = conflict_of(tables)
    assert sorted(told.conflict) == [
        "policy afar asks for at least 90 piece a year of part from far to plant in 2026",
        "policy clean allows at most 0.5 t CO2e a year in 2026",
    ]


def test_a_least_stock_is_more_than_all_lines_can_make() -> None:
    tables = two_makers(1)
    tables["stocks"] = [{"site_id": "plant", "product_id": "part", "min_quantity": 400.0}]
    told = conflict_of(tables)
    assert told.conflict[0] == "stock of part at plant of at least 400 piece in 2026"
    assert sorted(told.conflict[1:]) == [
        "capacity of the part line of far is 150 piece in 2026",
        "capacity of the part line of near is 150 piece in 2026",
    ]
    assert told.relaxed == ("stock of part at plant of at least 400 piece in 2026: 100 piece less",)


def test_a_line_must_run_for_more_than_the_market_takes() -> None:
    tables = two_makers(1)
    tables["processes"][1]["min_utilisation_share"] = 0.8  # 120 of 150 parts
    told = conflict_of(tables)
    assert told.conflict == ("least utilisation of the part line of far in 2026", "demand for car at town is 100 piece in 2026")
    assert told.relaxed == ("least utilisation of the part line of far in 2026: 20 piece less",)


def test_an_origin_is_forbidden_that_a_contract_needs() -> None:
    tables = with_contracts(two_makers(1), contract("far_plant", "far", min_quantity_per_year=80.0))
    tables["policies"] = [{"policy_id": "no_far", "kind": "forbid_origin", "product": "part", "from_group": "far"}]
    told = conflict_of(tables)
    assert told.conflict == (
        "contract far_plant (far → plant, part) asks for at least 80 piece in 2026",
        "policy no_far forbids part from far in 2026",
    )


def test_rules_that_hold_are_not_named() -> None:
    tables = with_contracts(
        two_makers(2), contract("near_plant", "near", min_quantity_per_year=130.0), contract("far_plant", "far", max_share=0.9)
    )
    tables["policies"] = [{"policy_id": "fair", "kind": "max_site_share", "product": "part", "value": 1.0}]
    told = conflict_of(tables)
    assert len([line for line in told.conflict if line.startswith(("contract", "policy"))]) == 1


def test_without_time_the_rules_involved_are_named_and_said_to_be_not_irreducible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infeasible._Search, "over", property(lambda _search: True))
    a = arrays_of(network(with_contracts(two_makers(1), contract("near_plant", "near", min_quantity_per_year=130.0))))
    b = build(a)

    class Patient(infeasible._Search):
        def solve(self, engine: Any) -> Any:  # the first answer comes, then the time is over
            return engine.run(gap=1e-6, seconds=None, stop=lambda _value, _bound: False)

    monkeypatch.setattr(infeasible, "_Search", Patient)
    told = infeasible.explain(b, Given(), matrix_of(b), Stopper(SILENT), seconds=0.0)
    assert not told.irreducible
    assert "contract near_plant (near → plant, part) asks for at least 130 piece in 2026" in told.conflict
    assert "not irreducible" in str(told)


def test_where_not_even_a_first_answer_comes_it_says_so() -> None:
    b = build(arrays_of(network(with_contracts(two_makers(1), contract("near_plant", "near", min_quantity_per_year=130.0)))))

    class Late:
        def advanced(self, task: str, done_share: float, note: str = "") -> None:
            """Nothing to tell."""

        def cancelled(self) -> bool:
            return True

    told = infeasible.explain(b, Given(), matrix_of(b), Stopper(Late()))
    assert not told.irreducible
    assert told.relaxed == ("no time was left to find what would have to give",)


def test_no_solver_word_is_in_any_conflict() -> None:
    told = conflict_of(with_contracts(two_makers(1), contract("near_plant", "near", min_quantity_per_year=130.0)))
    for line in (*told.conflict, *told.relaxed, str(told)):
        assert not any(word in line.lower() for word in ("kinfeasible", "highs", "constraint", "row", "slack", "dual"))
    assert np.isfinite(len(told.conflict))
