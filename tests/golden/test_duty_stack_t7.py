"""T7 and the duty of T9 (STANDARDS §5.2, §5.4): stacks on a customs value of 10,000 from the shipped rule file."""

from __future__ import annotations

from datetime import date

import pytest

from hinterland.model.network import Network
from hinterland.model.origins import duty_rules
from hinterland.trade import Goods, shipped_tables, stack_on

RULES = duty_rules(Network(shipped_tables()))
AUTUMN = date(2026, 10, 1)


def due(importer, origin, hs_code, day, use=None, claims=()):
    return stack_on(RULES, Goods(importer, origin, hs_code, use, claims=frozenset(claims), customs_value=10_000.0), day)


@pytest.mark.parametrize(
    ("total", "case"),
    [
        (5_340.0, due("US", "CN", "8507.60.0010", AUTUMN, "auto-part")),  # 3.4 + 25 (§301) + 25 (§232)
        (4_090.0, due("US", "CN", "8507.60.0030", AUTUMN)),  # 3.4 + 25 (§301) + 12.5 (forced labour)
        (1_250.0, due("US", "JP", "8507.60.0030", AUTUMN)),  # max(12.5, 3.4)
        (0.0, due("US", "MX", "8507.60.0010", AUTUMN, claims=("usmca",))),
        (0.0, due("US", "MX", "8507.60.0010", AUTUMN, "auto-part", claims=("usmca",))),
        (3_840.0, due("US", "CN", "8507.60.0030", date(2026, 3, 1))),  # 3.4 + 25 (§301) + 10 (§122)
        (270.0, due("DE", "GB", "8507.60", date(2027, 1, 1))),  # a pack that fails the test of 2027: 2.7 %
        (1_000.0, due("FR", "GB", "8703.80", date(2027, 1, 1))),  # an electric car that fails it: 10 %
        (1_500.0, due("US", "DE", "8507.60.0010", AUTUMN, "auto_part")),  # 15 % all in, the ordinary 3.4 % within
    ],
)
def test_the_worked_examples_come_out_to_the_digit(total, case):
    assert case.total == pytest.approx(total, abs=1e-9)


def test_section_232_turns_off_forced_labour_and_never_the_china_action():
    layers = {layer.programme: layer for layer in due("US", "CN", "8507.60.0010", AUTUMN, "auto-part").layers}
    assert layers["section_301_fl"].off_by == "section_232_auto"
    assert (layers["section_301_fl"].asked, layers["section_301_fl"].adds) == (1_250.0, 0.0)
    assert layers["section_301_cn"].off_by == ""


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2026, 2, 23), 0.034 + 0.25),
        (date(2026, 2, 24), 0.034 + 0.25 + 0.10),
        (date(2026, 7, 23), 0.034 + 0.25 + 0.10),
        (date(2026, 7, 24), 0.034 + 0.25 + 0.125),
        (date(2025, 12, 31), 0.034 + 0.075),
    ],
)
def test_a_stationary_pack_from_china_changes_on_the_day_of_the_rule(day, share):
    assert due("US", "CN", "8507.60.0030", day).total_share == pytest.approx(share, abs=1e-12)


def test_cars_from_china_pay_by_their_maker():
    def car(maker):
        return stack_on(RULES, Goods("FR", "CN", "8703.80", producer=maker, customs_value=100.0), AUTUMN).total

    assert [car(maker) for maker in ("Tesla (Shanghai)", "BYD", "Geely", "SAIC", "a maker of no name")] == pytest.approx(
        [17.8, 27.0, 28.8, 45.3, 45.3]
    )


def test_every_shipped_row_has_a_source_a_quality_and_a_day_or_a_reason_to_have_none():
    tables = shipped_tables()
    known = set(tables["sources"]["source_id"].to_list())
    for row in tables["duties"].iter_rows(named=True):
        assert row["source_id"] in known, row["rule_id"]
        assert row["quality"], row["rule_id"]
        assert row["valid_from"] is not None or row["programme"] in {"mfn", "usmca", "korus", "eu_uk_pack", "eu_uk_cell", "eu_uk_vehicle"}
        assert 0 <= row["ad_valorem_share"] <= 1
