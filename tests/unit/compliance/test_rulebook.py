"""Rules as rows: what ships, what a network adds or replaces, and what an audit refuses."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hinterland as hl
from audit_worlds import audited, buy, of_rule, one_plant, only, plan_of
from hinterland.compliance import EVIDENCE_COLUMNS, FINDING_COLUMNS, shipped
from hinterland.compliance.findings import judged
from hinterland.compliance.flows import mixed
from hinterland.compliance.predicates import PREDICATES
from hinterland.tables.declared.proving import AUDIT_PREDICATES, SHIPPED_ORIGIN_RULES


def _world(share: float = 0.1):
    tables = one_plant("DE", "pack", {"nickel": 60.0}, first=2031)
    buy(tables, "nickel", recycled_share=share)
    tables["contents"] = [{"product_id": "nickel", "element": "Ni", "mass_kg_per_unit": 1.0}]
    return tables, plan_of(tables, {("nickel", ""): 600.0})


def _rule(**cells):
    return {"rule_id": "eu_recycled_nickel", "predicate": "recycled_content", "subject": "Ni", "product": "pack", "threshold_share": 0.5,
            "citation": "own", "source_id": "S", **cells}  # fmt: skip


def test_no_shipped_rule_is_without_citation_source_and_quality():
    tables = shipped()
    known = set(tables["sources"]["source_id"])
    for name in ("rules", "origin_rules"):
        assert set(tables[name]["source_id"]) <= known
        assert tables[name]["quality"].null_count() == 0
    assert tables["rules"]["citation"].null_count() == 0
    assert set(tables["origin_rules"]["origin_rule_id"]) == set(SHIPPED_ORIGIN_RULES)


def test_every_predicate_of_the_table_is_there_and_ships_with_a_rule():
    assert set(PREDICATES) == set(AUDIT_PREDICATES)
    assert set(shipped()["rules"]["predicate"]) == set(AUDIT_PREDICATES)


def test_every_rule_is_told_with_evidence_and_source():
    found = audited(*_world(), drafts=True)
    assert set(found.findings["rule_id"]) == set(shipped()["rules"]["rule_id"])
    assert (found.findings["evidence"].list.len() > 0).all()
    assert set(found.findings["source_id"]) <= set(found.sources["source_id"])
    assert set(found.evidence["finding_id"]) == set(found.findings["finding_id"])
    assert dict(found.findings.schema) == FINDING_COLUMNS
    assert dict(found.evidence.schema) == EVIDENCE_COLUMNS


def test_the_most_binding_finding_comes_first():
    found = audited(*_world(0.0)).findings
    order = ["not_met", "not_enough_data", "met", "not_applicable"]
    at = [order.index(status) for status in found["status"]]
    assert at == sorted(at)


def test_a_rule_of_the_network_replaces_the_shipped_one_of_its_name():
    tables, plan = _world()
    tables["rules"] = [_rule()]
    one = only(audited(tables, plan), "eu_recycled_nickel")
    assert (one["threshold"], one["status"], one["citation"]) == (0.5, "not_met", "own")


def test_a_rule_of_another_name_stands_beside_them():
    tables, plan = _world()
    tables["rules"] = [_rule(rule_id="ours")]
    found = audited(tables, plan)
    assert only(found, "ours")["status"] == "not_met"
    assert only(found, "eu_recycled_nickel")["status"] == "met"


def test_rules_of_a_file_replace_both(tmp_path):
    tables, plan = _world()
    tables["rules"] = [_rule()]
    file = tmp_path / "more.csv"
    file.write_text(
        "rule_id,predicate,subject,product,threshold_share,citation,source_id\neu_recycled_nickel,recycled_content,Ni,pack,0.05,house rule,S\n"
    )
    one = only(audited(tables, plan, rules=file), "eu_recycled_nickel")
    assert (one["threshold"], one["status"], one["citation"]) == (0.05, "met", "house rule")


@pytest.mark.parametrize(("line", "code"), [("x,recycled_content,Ni,0.06,,S", "empty_cell"), ("x,recycled_content,Ni,6,law,S", "share_over_one"),
                                            ("x,recycled_content,Nickel,0.06,law,S", "rule_that_cannot_be_judged"), ("x,recycled,Ni,0.06,law,S", "wrong_choice"),
                                            ("x,recycled_content,Ni,0.06,law,", "rule_without_source"), ("x,recycled_content,Ni,0.06,law,T", "unknown_reference")])  # fmt: skip
def test_a_bad_rule_in_a_file_is_told_by_row(tmp_path, line, code):
    file = tmp_path / "more.csv"
    file.write_text(f"rule_id,predicate,subject,threshold_share,citation,source_id\n{line}\n")
    with pytest.raises(hl.InvalidTables) as caught:
        audited(*_world(), rules=file)
    assert code in {issue.code for issue in caught.value.issues}
    assert {issue.row for issue in caught.value.issues} == {2}


def test_a_file_of_rules_that_is_not_there_is_told(tmp_path):
    with pytest.raises(hl.InvalidTables) as caught:
        audited(*_world(), rules=tmp_path / "none.csv")
    assert caught.value.issues[0].code == "unreadable"


@pytest.mark.parametrize("day", ["01.01.2027", "2027", "2027-13-01", "soon"])
def test_a_day_in_another_form_is_told(day):
    with pytest.raises(hl.InvalidTables) as caught:
        audited(*_world(), as_of=day)
    assert (caught.value.issues[0].code, caught.value.issues[0].column) == ("wrong_type", "as_of")


def test_a_day_outside_the_horizon_judges_the_nearest_period_and_says_so():
    one = only(audited(*_world(), as_of="2040-01-01"), "eu_recycled_nickel")
    assert one["period_id"] == "2031"
    assert "outside the horizon" in one["note"]
    assert one["threshold"] == 0.15


def test_a_rule_that_changes_within_a_period_is_judged_at_its_strictest():
    tables, plan = _world(0.10)
    tables["rules"] = [_rule(valid_from="2031-01-01", threshold_share=0.12), _rule(valid_from="2031-07-01", threshold_share=0.08)]
    rows = of_rule(audited(tables, plan), "eu_recycled_nickel")
    assert [(row["threshold"], row["status"]) for row in rows] == [(0.12, "not_met")]


def test_proposals_count_only_when_asked_for():
    tables, plan = _world()
    tables["rules"] = [_rule(rule_id="soon", status="proposed")]
    assert of_rule(audited(tables, plan), "soon") == []
    assert only(audited(tables, plan, drafts=True), "soon")["status"] == "not_met"


_shares = st.floats(0, 1)


@given(_shares, _shares, _shares, _shares, st.booleans())
def test_relaxing_a_threshold_never_turns_met_into_unmet(one, other, first, second, least):
    low, high = sorted((one, other))
    strict, loose = sorted((first, second), reverse=least)
    rank = ["not_met", "not_enough_data", "met"]
    assert rank.index(judged(low, high, loose, least=least)[0]) >= rank.index(judged(low, high, strict, least=least)[0])


@settings(max_examples=10, deadline=None)
@given(_shares, _shares, _shares)
def test_relaxing_a_rule_never_breaks_a_plan_that_met_it(share, first, second):
    tables, plan = _world(share)
    strict, loose = sorted((first, second), reverse=True)
    tables["rules"] = [_rule(rule_id="strict", threshold_share=strict), _rule(rule_id="loose", threshold_share=loose)]
    found = audited(tables, plan)
    assert only(found, "strict")["status"] != "met" or only(found, "loose")["status"] == "met"


def test_shares_of_mines_mix_through_the_chain_as_worked_example_t10_says():
    """Mines 70/30 into refinery A (60 t) and pure mine 2 into B (40 t): 42 % and 58 % at the precursor plant."""
    import numpy as np

    from hinterland.compliance.flows import Mixing

    whole, none = np.array([], dtype=np.int64), np.array([])
    cells = 3  # refinery A, refinery B, plant
    m = Mixing(cells=cells, periods=1, move_source=np.array([0, 1]), move_target=np.array([2, 2]), move=np.array([60.0, 40.0]), move_lane=np.array([0, 1]),
               run_line=whole, run_period=whole, run_cell=whole, run=none, take_run=whole, take_cell=whole, take=none, give_run=whole, give_cell=whole, give=none,
               bought_offer=np.array([0, 1, 1]), bought_cell=np.array([0, 0, 1]), bought=np.array([42.0, 18.0, 40.0]), opened_cell=whole, opened=none,
               inflow=np.array([60.0, 40.0, 100.0]))  # fmt: skip
    share = mixed(m, np.zeros((0, 2)), np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), np.zeros((0, 2)))
    assert share[2] == pytest.approx([0.42, 0.58])


def test_an_audit_is_the_same_whatever_the_order_of_rows():
    tables, plan = _world()
    tables["rules"] = [
        _rule(rule_id="a", valid_from="2031-01-01"),
        _rule(rule_id="a", valid_from="2032-01-01", threshold_share=0.1),
        _rule(rule_id="b"),
    ]
    forward = audited(tables, plan).findings
    tables["rules"].reverse()
    assert forward.equals(audited(tables, plan).findings)
    assert isinstance(forward, pl.DataFrame)
