"""Which rules a plan keeps, what its contracts come to, and what it opens: hand-made plans of 100 parts a year."""

import polars as pl
import pytest

from compared_worlds import YEARS, priced_makers, shared_plan
from hinterland.app import read
from hinterland.comparison import broken_rules, compare, summary
from hinterland.report.decided import rules


def asked(**policy):
    tables = priced_makers()
    tables["policies"] = [
        {"policy_id": "home", "kind": "min_regional_share", "product": "part", "to_group": "plant", "value": 0.5} | policy
    ]
    return read(tables)


def test_a_soft_rule_is_told_by_period_with_what_is_missing_and_paid():
    board = compare(asked(penalty_per_unit=3.0), {"plan": shared_plan({"2026": 40.0, "2027": 20.0}), "near": shared_plan(75.0)})
    rows = board.policies.select("strategy", "scope", "period_id", "asked", "found", "margin", "unit", "soft", "kept", "penalty").rows()
    near = pytest.approx
    assert rows == [
        ("plan", "plant", "2026", 0.5, near(0.4), near(-0.1), "share", True, False, near(10 * 3.0)),
        ("plan", "plant", "2027", 0.5, near(0.2), near(-0.3), "share", True, False, near(30 * 3.0)),
        ("near", "plant", "2026", 0.5, near(0.75), near(0.25), "share", True, True, 0.0),
        ("near", "plant", "2027", 0.5, near(0.75), near(0.25), "share", True, True, 0.0),
    ]
    (worst,) = broken_rules(board).to_dicts()
    assert (worst["strategy"], worst["policy_id"], worst["periods"], worst["worst_period"]) == ("plan", "home", 2, "2027")
    assert (worst["found"], worst["asked"], worst["penalty"]) == (near(0.2), 0.5, near(120.0))
    told = summary(board)["strategies"]
    assert [one["worst_period"] for one in told["plan"]["rules_broken"]] == ["2027"]
    assert told["near"]["rules_broken"] == []


def test_a_cap_by_country_names_the_country_and_counts_the_days_it_holds():
    board = compare(asked(kind="max_country_share", value=0.6, valid_from="2027-01-01"), {"plan": shared_plan(30.0)})
    rows = board.policies.select("scope", "period_id", "asked", "found", "margin", "soft", "kept").rows()
    assert sorted(row[0] for row in rows if row[1] == "2027") == ["plant, CN", "plant, US"]
    china = next(row for row in rows if row[:2] == ("plant, CN", "2027"))
    assert china[2:] == (pytest.approx(0.6), pytest.approx(0.7), pytest.approx(-0.1), False, False)


def test_a_penalty_that_changes_over_time_softens_no_copy_of_the_rules():
    net = read(
        priced_makers()
        | {
            "policies": [{"policy_id": "home", "kind": "min_regional_share", "product": "part", "to_group": "plant", "value": 0.5, "penalty_per_unit": 3.0}],
            "changes": [{"change_id": "c", "table": "policies", "where": "policy_id=home", "column": "penalty_per_unit", "action": "scale", "value": 2.0,
                         "valid_from": "2027-01-01"}],
        }
    )  # fmt: skip
    board = compare(net, {"plan": shared_plan(0.0)})
    assert board.policies["penalty"].to_list() == pytest.approx([50 * 3.0, 50 * 6.0])


def test_a_soft_requirement_stands_among_the_rules_with_what_came_without_it():
    tables = priced_makers()
    tables["certificates"] = [{"site_id": "near", "scheme": "IRMA", "valid_from": "2026-01-01", "valid_to": "2027-12-31"}]
    tables["requirements"] = [
        {"requirement_id": "mines", "scheme": "IRMA", "product": "part", "region": "north_america", "from_date": "2027-01-01",
         "penalty_per_unit": 3.0}
    ]  # fmt: skip
    board = compare(read(tables), {"plan": shared_plan(40.0), "near": shared_plan(100.0)})
    columns = ("strategy", "policy_id", "kind", "scope", "period_id", "asked", "found", "margin", "unit", "soft", "kept", "penalty")
    told = ("mines", "require_certificate", "north_america, part", "2027", 0.0)
    assert board.policies.select(columns).rows() == [
        ("plan", *told, 60.0, -60.0, "piece", True, False, pytest.approx(60 * 3.0)),
        ("near", *told, 0.0, 0.0, "piece", True, True, 0.0),
    ]
    (worst,) = broken_rules(board).to_dicts()
    assert (worst["strategy"], worst["policy_id"], worst["found"], worst["penalty"]) == ("plan", "mines", 60.0, pytest.approx(180.0))
    assert [row[3][0] for row in rules(board).rows] == ["at most 0 piece"] * 2


def test_contracts_are_told_by_period_with_their_share_of_all_that_is_taken():
    tables = priced_makers()
    tables["contracts"] = [{"contract_id": "deal", "supplier": "near", "buyer": "plant", "product_id": "part", "status": "signed"}]
    tables["contract_phases"] = [
        {"contract_id": "deal", "start_date": "2026-01-01", "end_date": "2026-12-31", "min_share": 0.3},
        {"contract_id": "deal", "start_date": "2027-01-01", "exclusive": 1.0, "min_share": 1.0},
    ]
    board = compare(read(tables), {"plan": shared_plan({"2026": 40.0, "2027": 100.0})})
    rows = board.contracts.select("contract_id", "period_id", "quantity", "taken", "share", "min_share", "exclusive", "unit").rows()
    assert rows == [
        ("deal", "2026", 40.0, 100.0, pytest.approx(0.4), pytest.approx(0.3), 0.0, "piece"),
        ("deal", "2027", 100.0, 100.0, pytest.approx(1.0), pytest.approx(1.0), pytest.approx(1.0), "piece"),
    ]


def test_openings_and_modules_are_told_by_site_and_time():
    tables = priced_makers()
    tables["sites"][0] |= {"status": "paused", "restart_cost": 1.0}
    tables["processes"][0] |= {"module_capacity_per_year": 40.0, "max_modules": 3, "module_cost": 1.0, "asset_life_years": 10.0}
    plan = shared_plan(100.0)
    spans = [{"site_id": "near", "period_id": year, "open": 1, "started": int(year == YEARS[0]), "stopped": 0} for year in YEARS]
    added = [{"site_id": "near", "product_id": "part", "period_id": "2027", "added": 2}]
    plan = plan.with_table("openings", pl.DataFrame(spans)).with_table("modules", pl.DataFrame(added))
    board = compare(read(tables), {"plan": plan})
    assert board.openings.drop("strategy").rows() == [
        ("near", "2026", "restarts", None, None, None, None),
        ("near", "2027", "adds", "part", 2.0, 80.0, "piece"),
    ]
