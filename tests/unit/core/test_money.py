from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinterland.core.money import annuity_per_year, annuity_years, discount_mean

RATES = st.floats(0.0, 0.3)


@given(RATES, st.floats(0, 30), st.floats(0.01, 5), st.floats(0.01, 5))
def test_splitting_a_period_changes_no_net_present_value(rate, start, first, second):
    whole = discount_mean(start, start + first + second, rate) * (first + second)
    split = discount_mean(start, start + first, rate) * first + discount_mean(start + first, start + first + second, rate) * second
    assert split == pytest.approx(whole, rel=1e-12)


@given(RATES, st.floats(1, 30), st.floats(0, 5))
def test_annuities_over_the_whole_life_are_worth_the_capital(rate, life, built):
    yearly = annuity_per_year(life, rate)
    _, discounted = annuity_years(built, life, built, built + life, rate)
    assert float(yearly * discounted) == pytest.approx((1 + rate) ** -built, rel=1e-9)


@given(RATES, st.floats(1, 30), st.floats(0.1, 40))
def test_capital_paid_is_the_lump_sum_minus_the_present_value_of_unpaid_years(rate, life, horizon):
    yearly = float(annuity_per_year(life, rate))
    paid = yearly * float(annuity_years(0.0, life, 0.0, horizon, rate)[1])
    unpaid_years = max(0.0, life - horizon)
    unpaid = yearly * unpaid_years * float(discount_mean(min(horizon, life), max(horizon, life), rate)) if unpaid_years else 0.0
    assert paid == pytest.approx(1.0 - unpaid, rel=1e-9, abs=1e-12)


def test_a_loan_of_ten_years_at_no_interest_pays_a_tenth_each_year():
    plain, _ = annuity_years(0.0, 10.0, np.arange(12.0), np.arange(1.0, 13.0), 0.0)
    assert (plain * annuity_per_year(10.0, 0.0)).round(12).tolist() == [0.1] * 10 + [0.0, 0.0]
