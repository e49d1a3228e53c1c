"""Draws have the means that their hazards state; what is odd in time - turns of the year, leap days, begun before the first day - counts right."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import numpy as np
import polars as pl
import pytest

from hinterland.stress.events import draw_events
from hinterland.stress.simulate import simulate
from stress_worlds import WEEKS, broken, car_a_day, event, plan_from_afar
from worlds import network

FLOOD = {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 1.5, "duration_days_mean": 20.0,
         "duration_sigma": 0.8, "capacity_loss_share": 1.0}  # fmt: skip
STEP_IN = {"site_id": "far", "product_id": "part", "alternate_site_id": "near", "qualification_days": 21.0, "max_share": 0.5}
FIRST = np.datetime64("2028-01-01").astype(int)
LAST = np.datetime64("2032-12-31").astype(int)
MANY = 4000


def drawn(*hazards, first=FIRST, last=LAST, replications=MANY, seed=5):
    net = network({**car_a_day(), "hazards": [dict(one) for one in hazards]})
    return draw_events(net, replications=replications, seed=seed, first_day=int(first), last_day=int(last))


def near(values, truth, spread):
    """Within the 99.9 % interval of a mean."""
    return abs(np.mean(values) - truth) < 3.3 * spread / len(values) ** 0.5


def counts(events):
    return np.bincount(events["replication"].to_numpy(), minlength=MANY)


def test_counts_are_poisson_with_the_yearly_mean():
    each = counts(drawn(FLOOD))
    mean = 1.5 * (LAST - FIRST + 1) / 365
    assert near(each, mean, mean**0.5)
    assert each.var() == pytest.approx(mean, rel=0.1)


def test_durations_are_lognormal_with_the_mean_that_is_stated():
    lasts = drawn(FLOOD)["duration_days"].to_numpy()
    assert near(lasts, 20.0, 20.0 * np.expm1(0.64) ** 0.5)
    logs = np.log(lasts)
    assert near(logs, np.log(20.0) - 0.32, 0.8)
    assert logs.std() == pytest.approx(0.8, rel=0.03)


def test_thousands_of_events_in_one_future_lend_no_numbers_to_the_next():
    """About 4,000 events in each of three futures: as many lengths of time as events."""
    events = drawn(FLOOD | {"events_per_year": 800.0}, replications=3)
    assert events.height > 3 * 3500
    assert events["duration_days"].n_unique() == events.height


def test_starts_are_even_over_the_days():
    day = drawn(FLOOD)["start_day"].to_numpy() - FIRST
    width = LAST - FIRST + 1
    assert day.min() >= 0
    assert day.max() < width
    assert near(day + 0.5, width / 2, width / 12**0.5)


def test_a_season_over_the_turn_of_the_year_has_all_its_events_within():
    events = drawn(FLOOD | {"season_from": "11-15", "season_to": "02-15"})
    stamp = events["start_day"].cast(pl.Int32).cast(pl.Date)
    code = stamp.dt.month().cast(pl.Int32) * 100 + stamp.dt.day()
    assert ((code >= 1115) | (code <= 215)).all()
    assert {11, 12, 1, 2} == set(stamp.dt.month().to_list())
    assert near(counts(events), 1.5 * 5, 7.5**0.5)


@pytest.mark.parametrize(("ends", "days"), [(("02-29", "02-29"), 2), (("06-01", "06-01"), 5), (("12-31", "01-01"), 10)])
def test_the_shortest_seasons_start_on_their_days(ends, days):
    events = drawn(FLOOD | {"season_from": ends[0], "season_to": ends[1]})
    assert events["start_day"].n_unique() == days


def test_hazards_of_one_cause_strike_together_and_last_alike():
    quake = FLOOD | {"hazard_id": "quake", "common_cause_id": "earth", "duration_days_mean": 40.0}
    other = FLOOD | {"hazard_id": "wave", "common_cause_id": "earth", "scope_value": "near", "duration_sigma": 0.8}
    events = drawn(quake, other)
    one, two = (events.filter(pl.col("hazard_id") == name).sort("replication", "start_day", "duration_days") for name in ("quake", "wave"))
    assert one.select("replication", "start_day").equals(two.select("replication", "start_day"))
    assert one["duration_days"].to_numpy() == pytest.approx(2 * two["duration_days"].to_numpy())


def test_members_of_a_scope_strike_apart_or_all_at_once():
    country = FLOOD | {"scope_kind": "country", "scope_value": "US"}
    apart, together = drawn(country), drawn(country | {"applies": "all"})
    assert set(apart["scope_value"]) == {"near", "plant", "town"}
    assert set(together["scope_value"]) == {"US"}
    assert apart.height == pytest.approx(3 * together.height, rel=0.05)


def test_what_had_begun_before_the_first_day_has_been_known_since():
    """Three weeks before the first day, for seven: four weeks are lost; who steps in is qualified on the first day and brings half."""
    began = event("site", "far", -3, 7)
    alone = simulate(broken(car_a_day(), began), plan_from_afar(), replications=1)
    helped = simulate(broken(car_a_day(), began, alternates=[STEP_IN]), plan_from_afar(), replications=1)
    assert alone.replications["lost"][0] == pytest.approx(28)
    assert helped.replications["lost"][0] == pytest.approx(14)


def test_two_at_once_multiply_and_fade_apart():
    """0.5 and 0.6 lost of 14 a week leave 0.2 of it: 2.8; then 0.5 alone leaves the 7 that are needed."""
    half, more = event("site", "far", 10, 6, capacity_loss_share=0.5), event("site", "far", 12, 2, capacity_loss_share=0.6)
    result = simulate(broken(car_a_day(), half, more), plan_from_afar(), replications=1, traces=True)
    assert np.flatnonzero(result.served[0] < 7 - 1e-9).tolist() == [17, 18]
    assert result.replications["lost"][0] == pytest.approx(2 * (7 - 2.8))


def test_an_end_within_a_week_leaves_the_rest_of_it():
    """Nine days: a week, and two days of the next, which has 5/7 of 14 left: enough for 7."""
    result = simulate(broken(car_a_day(), event("site", "far", 10, 9 / 7)), plan_from_afar(), replications=1)
    assert result.replications["lost"][0] == pytest.approx(7)


def test_the_first_is_served_first_whatever_the_second_asks():
    """Cars are short by a third for five weeks: the first customer gets all, the second 0.5 of the 3.5 that he wants."""
    tables = car_a_day()
    tables["demand"] = [
        {**tables["demand"][0], "segment": name, "priority": rank, "quantity": amount, "price_per_unit": 161.0}
        for name, rank, amount in (("second", 2, 182.0), ("first", 1, 182.0))
    ]
    rows = [{"site_id": "town", "product_id": "car", "segment": one, "period_id": "2026", "quantity": 182.0} for one in ("first", "second")]
    plan = plan_from_afar().with_table("delivered", pl.DataFrame(rows))
    short = event("site", "plant", 10, 5, capacity_loss_share=1 - 4 / 14)
    result = simulate(broken(tables, short), plan, replications=1, traces=True)
    assert result.replications["lost"][0] == pytest.approx(5 * 3)
    assert result.replications["short_steps"][0] == 5


class AtOnce(Executor):
    """Does a piece when it is asked for."""

    def submit(self, fn, /, *args, **kwargs):
        done = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def test_sequential_stopping_ends_at_the_same_replication_whoever_works():
    net = network({**car_a_day(), "hazards": [FLOOD]})
    here, there = (
        simulate(net, plan_from_afar(), replications=6000, seed=3, until_share=0.01, executor=hands) for hands in (None, AtOnce())
    )
    assert 64 <= here.replications.height < 6000
    assert here.replications.equals(there.replications)
    assert here.events.equals(there.events)


@pytest.mark.parametrize("late", [False, True])
def test_traces_add_up_to_what_is_served(late):
    net = network({**car_a_day(), "hazards": [FLOOD]})
    result = simulate(net, plan_from_afar(), replications=70, seed=2, late=late, traces=True)
    told = result.replications
    assert result.served.shape == (70, WEEKS)
    assert result.served.sum(axis=1) == pytest.approx((told["on_time"] + told["late"]).to_numpy())
    assert (told["on_time"] + told["late"] + told["lost"]).to_numpy() == pytest.approx(told["wanted"].to_numpy())
