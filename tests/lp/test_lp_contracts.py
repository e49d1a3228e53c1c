"""Rows of contracts, term by term against rows worked out by hand."""

from __future__ import annotations

from datetime import date

from lp_text import same_rows
from worlds import Tables, two_makers


def agreed(count: int, *, contract: dict[str, object] | None = None, **phase: object) -> Tables:
    """Near sells parts to the plant from 20 October 2026 on: 73 of 365 days, a fifth of 2026, and all of 2027."""
    tables = two_makers(count)
    tables["contracts"] = [{"contract_id": "deal", "supplier": "near", "buyer": "plant", "product_id": "part", **(contract or {})}]
    tables["contract_phases"] = [{"contract_id": "deal", "start_date": date(2026, 10, 20), **phase}]
    return tables


def test_contract_shares() -> None:
    """0.2 · 0.5 = 0.1 at least; 0.2 · 0.7 + 0.8 · 1 = 0.94 at most of what reaches the plant; 0.5 and 0.7 in 2027."""
    same_rows(
        agreed(2, min_share=0.5, max_share=0.7),
        ("contract_min_share", "contract_max_share"),
        """
        0.9 flow[near-plant|part|2026] - 0.1 flow[far-plant|part|2026] >= 0
        0.5 flow[near-plant|part|2027] - 0.5 flow[far-plant|part|2027] >= 0
        0.06 flow[near-plant|part|2026] - 0.94 flow[far-plant|part|2026] <= 0
        0.3 flow[near-plant|part|2027] - 0.7 flow[far-plant|part|2027] <= 0
        """,
    )


def test_contract_shares_of_the_need_count_purchases_and_own_make() -> None:
    tables = agreed(1, min_share=0.5, contract={"share_basis": "need"})
    tables["purchases"] = [{"site_id": "plant", "product_id": "part", "price_per_unit": 30.0}]
    tables["processes"].append({"site_id": "plant", "product_id": "part", "capacity_per_year": 10.0})
    same_rows(
        tables,
        "contract_min_share",
        "0.9 flow[near-plant|part|2026] - 0.1 flow[far-plant|part|2026] - 0.1 bought[plant|part|2026] - 0.1 made[plant|part|existing|2026] >= 0",
    )


def test_contract_quantities() -> None:
    """A fifth of 100 in 2026. The largest quantity binds only where every day has one."""
    same_rows(
        agreed(2, min_quantity_per_year=100.0, max_quantity_per_year=150.0),
        ("contract_min_quantity", "contract_max_quantity"),
        """
        flow[near-plant|part|2026] >= 20
        flow[near-plant|part|2027] >= 100
        flow[near-plant|part|2027] <= 150
        """,
    )


def test_contract_quantities_that_no_lane_can_carry_stay_in_the_model() -> None:
    tables = agreed(1, min_quantity_per_year=100.0)
    del tables["lanes"][0]
    same_rows(tables, "contract_min_quantity", "nothing[] >= 20")


def test_exclusivity() -> None:
    """In 2026 others keep 0.8 of everything: far − 0.8 · (near + far) ≤ 0; from 2027 nothing."""
    same_rows(
        agreed(2, exclusive=1.0),
        "exclusivity",
        """
        0.2 flow[far-plant|part|2026] - 0.8 flow[near-plant|part|2026] <= 0
        flow[far-plant|part|2027] <= 0
        """,
    )


def test_exclusivity_shuts_out_only_its_scope() -> None:
    """Scope China: the far maker and what is bought of Chinese origin; home purchases stay free, but count in the base."""
    tables = agreed(1, exclusive=1.0, contract={"exclusive_scope": "CN"})
    tables["purchases"] = [
        {"site_id": "plant", "product_id": "part", "offer_id": "abroad", "price_per_unit": 30.0, "origin_country": "CN"},
    ]
    same_rows(tables, "exclusivity", "0.2 flow[far-plant|part|2026] + 0.2 bought[plant|part|2026] - 0.8 flow[near-plant|part|2026] <= 0")


def test_take_or_pay() -> None:
    """One period of two years: 0.8 · 100 a year; half of what flows counts in each calendar year."""
    tables = agreed(1, min_quantity_per_year=100.0, take_or_pay_share=0.8)
    tables["contract_phases"][0]["start_date"] = date(2026, 1, 1)
    tables["periods"] = [{"period_id": "both", "start_date": date(2026, 1, 1), "end_date": date(2027, 12, 31)}]
    tables["demand"][0]["period_id"] = "both"
    same_rows(
        tables,
        ("take_or_pay", "contract_min_quantity"),
        """
        unpaid[deal|2026] + 0.5 flow[near-plant|part|both] >= 80
        unpaid[deal|2027] + 0.5 flow[near-plant|part|both] >= 80
        """,
    )


def test_a_contract_with_anyone_counts_every_source() -> None:
    """Supplier `*`: whatever reaches the plant from outside is contracted."""
    same_rows(
        agreed(1, min_quantity_per_year=100.0, contract={"supplier": "*"}),
        "contract_min_quantity",
        "flow[near-plant|part|2026] + flow[far-plant|part|2026] >= 20",
    )
