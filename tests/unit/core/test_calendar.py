from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from hinterland.core.calendar import Calendar, day_number, year_position
from hinterland.model.ramps import Ramp


def calendar(*rows: tuple[str, date, date]) -> Calendar:
    return Calendar.of(list(rows), date(2026, 1, 1), 0.08)


LEAP = calendar(("h1", date(2028, 1, 1), date(2028, 6, 30)), ("rest", date(2028, 7, 1), date(2029, 12, 31)))


def test_years_of_periods_add_up_across_a_leap_year():
    assert LEAP.years.tolist() == pytest.approx([182 / 366, 184 / 366 + 1.0])
    assert LEAP.years.sum() == pytest.approx(2.0)


def test_a_dated_row_counts_by_its_days():
    weight = LEAP.weight([day_number(date(2028, 6, 1))], [day_number(date(2028, 7, 31))])
    assert weight[0].tolist() == pytest.approx([30 / 182, 31 / 549])


def test_a_period_across_new_year_is_shared_between_its_calendar_years():
    years, shares = LEAP.year_shares()
    assert years.tolist() == [2028, 2029]
    assert shares[1].tolist() == pytest.approx([184 / 549, 365 / 549])


def test_periods_are_put_in_order_of_time():
    mixed = calendar(("b", date(2027, 1, 1), date(2027, 12, 31)), ("a", date(2026, 1, 1), date(2026, 12, 31)))
    assert mixed.ids == ("a", "b")


def test_year_position_never_goes_back():
    days = np.arange(day_number(date(2023, 12, 1)), day_number(date(2025, 2, 1)))
    assert (np.diff(year_position(days)) > 0).all()


def test_a_ramp_holds_each_point_until_the_next():
    years = calendar(*[(str(y), date(y, 1, 1), date(y, 12, 31)) for y in (2026, 2027, 2028)])
    ramp = Ramp(np.array([0.0, 1.5]), np.array([0.4, 1.0]), np.array([0.8, 0.95]))
    start = day_number(date(2026, 1, 1))
    capacity, yields = ramp.means(years, start, float(start), float(day_number(date(2029, 1, 1))))
    assert capacity.tolist() == pytest.approx([0.4, 0.7, 1.0])
    assert yields[1] == pytest.approx((0.4 * 0.8 + 1.0 * 0.95) / 1.4)
