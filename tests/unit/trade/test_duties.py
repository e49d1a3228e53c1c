from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST, Calendar, day_number
from hinterland.trade import DutyRule, duty_share

YEARS = Calendar.of([("2026", date(2026, 1, 1), date(2026, 12, 31))], date(2026, 1, 1), 0.0)


def rule(name, programme, share, origins=None, prefix="8507", first=FAR_PAST, last=FAR_FUTURE):
    found = None if origins is None else frozenset(origins)
    return DutyRule(name, programme, frozenset({"US"}), found, prefix, np.array([share]), first, last)


MFN = rule("mfn", "mfn", 0.034)
FREE = rule("korus", "mfn", 0.0, origins={"KR"})
CHINA = rule("s301", "301", 0.25, origins={"CN"})
CODE = [("8507600010", FAR_PAST, FAR_FUTURE)]


def share(origin, rules):
    return duty_share("US", origin, CODE, rules, YEARS)[0]


def test_programmes_stack_and_the_narrowest_origin_wins_within_one():
    assert share("CN", [MFN, FREE, CHINA]) == pytest.approx(0.284)
    assert share("KR", [MFN, FREE, CHINA]) == 0.0
    assert share("JP", [MFN, FREE, CHINA]) == pytest.approx(0.034)


def test_the_longest_prefix_wins_before_the_narrowest_origin():
    assert share("KR", [MFN, FREE, rule("line", "mfn", 0.05, prefix="850760")]) == pytest.approx(0.05)


def test_a_rate_that_starts_in_the_year_counts_by_its_days():
    late = rule("s301", "301", 0.25, origins={"CN"}, first=day_number(date(2026, 10, 1)))
    assert share("CN", [late]) == pytest.approx(0.25 * 92 / 365)


@given(st.permutations([MFN, FREE, CHINA, rule("late", "mfn", 0.02, first=day_number(date(2026, 7, 1)))]))
def test_a_stack_never_depends_on_row_order(rules):
    assert share("CN", list(rules)) == pytest.approx(0.25 + 0.034 * 181 / 365 + 0.02 * 184 / 365)
