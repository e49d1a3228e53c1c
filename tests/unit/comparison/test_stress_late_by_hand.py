"""What is served late, how long a wanted unit waits, what is owed: four weeks of a car a day, on paper."""

from __future__ import annotations

import pytest

from hinterland.comparison.stress_frames import late_rates
from hinterland.stress.simulate import simulate
from stress_worlds import broken, car_a_day, event, plan_from_afar


def test_late_share_and_wait_of_a_plant_that_stands_still_for_two_weeks():
    """Nothing is made in weeks 10 and 11, so the town lacks 7 in each of weeks 11 and 12; then the plant makes 14 a week until all is served.

    Week 13 brings 14: those of weeks 11 and 12, the oldest, are served, and 7 of its own are owed. Week 14 brings 14: these and its own.
    Late are 14 + 7 = 21 of 364. Owed at the ends of weeks 11 to 14: 7, 14, 7, 0, in all 28 unit-weeks, 196 unit-days over 364 wanted.
    """
    result = simulate(broken(car_a_day(), event("site", "plant", 10, 2)), plan_from_afar(), replications=1, late=True, traces=True)
    told = late_rates(result).row(0, named=True)
    assert told["late_share"] == pytest.approx(21 / 364)
    assert told["backlog"] == pytest.approx(28)
    assert told["wait_days"] == pytest.approx(28 * 7 / 364)
    assert told["never_share"] == 0
