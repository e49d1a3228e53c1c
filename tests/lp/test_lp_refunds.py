"""Rows of drawback, term by term: far parts pay 4 at the border of the plant, whose cars go abroad and to a town at home."""

from __future__ import annotations

from lp_text import same_rows
from origin_worlds import exporting


def test_refunded_flows() -> None:
    same_rows(exporting(), "refunded_flows", "refunded[far-plant|part|2026] - flow[far-plant|part|2026] <= 0")


def test_refunded_flows_leave_out_what_entered_under_a_claim() -> None:
    tables = exporting()
    tables["duties"].append({"rule_id": "pact", "importer": "US", "origin": "CN", "ad_valorem_share": 0.01, "origin_rule_id": "pact"})
    rule = {"origin_rule_id": "pact", "method": "rvc_tv", "threshold_share": 0.5, "cumulation_group": "CN|US"}
    tables["origin_rules"] = [rule]
    text = "refunded[far-plant|part|2026] + carried[far-plant|part|pact|2026] - flow[far-plant|part|2026] <= 0"
    same_rows(tables, "refunded_flows", text)


def test_refunds_of_exports() -> None:
    """1.25 parts a car: those in cars that go abroad, and no more than were used."""
    same_rows(
        exporting(),
        ("refunds_of_exports", "refunds_of_use"),
        """
        refunded[far-plant|part|2026] - 1.25 flow[plant-abroad|car|2026] <= 0
        refunded[far-plant|part|2026] - 1.25 made[plant|car|existing|2026] <= 0
        """,
    )
