"""A car a day, four weeks of standstill, and what people do about it: every figure is worked on paper."""

from __future__ import annotations

import numpy as np
import pytest

from hinterland.core.errors import InvalidTables
from hinterland.stress.simulate import simulate
from hinterland.stress.summary import rates
from stress_worlds import AROUND, CANAL_SHUT, FAR_DOWN, STEP_IN, WEEKS, broken, car_a_day, event, plan_from_afar


def told(net, plan=None, **how):
    return simulate(net, plan or plan_from_afar(), replications=1, traces=True, **how)


def short_weeks(result):
    return np.flatnonzero(result.served[0] < 7 - 1e-9).tolist()


def one(result, column):
    return result.replications[column][0]


def test_four_weeks_without_parts_lose_four_weeks_of_cars_five_weeks_later():
    result = told(broken(car_a_day(), FAR_DOWN))
    assert short_weeks(result) == [15, 16, 17, 18]
    assert one(result, "lost") == pytest.approx(28)
    assert one(result, "lost_margin") == pytest.approx(28 * (161 - 61))
    assert one(result, "longest_spell") == 4
    assert one(result, "wanted") == pytest.approx(7 * WEEKS)


def test_half_the_loss_of_capacity_loses_nothing_where_the_line_has_room_for_twice():
    assert one(told(broken(car_a_day(), event("site", "far", 10, 4, capacity_loss_share=0.5))), "lost") == pytest.approx(0, abs=1e-9)


def test_capacity_comes_back_evenly_after_the_end():
    """Down in weeks 10 to 13, then over four weeks from nothing to 14 a week: 1.75, 5.25, 8.75 ...: weeks 14 and 15 lack 5.25 and 1.75."""
    result = told(broken(car_a_day(), event("site", "far", 10, 4, recovery_days=28.0)))
    assert one(result, "lost") == pytest.approx(28 + 5.25 + 1.75)


def test_stock_covers_its_days():
    tables = car_a_day()
    tables["stocks"] = [{"site_id": "plant", "product_id": "part", "initial_quantity": 14.0}]
    result = told(broken(tables, FAR_DOWN), plan_from_afar(stock={("plant", "part"): 14.0}))
    assert one(result, "lost") == pytest.approx(14)


def test_another_site_steps_in_after_it_is_qualified_with_half_of_the_flow():
    """Near supplies 3.5 a week in weeks 11, 12 and 13: each costs 1 to move and 4 extra, in place of 2 to move."""
    result = told(broken(car_a_day(), FAR_DOWN, alternates=[STEP_IN]))
    assert one(result, "lost") == pytest.approx(28 - 10.5)
    alone = told(broken(car_a_day(), FAR_DOWN))
    assert one(result, "on_time") - one(alone, "on_time") == pytest.approx(10.5)
    assert one(result, "extra_cost") == pytest.approx(10.5 * (1 + 4 - 2))
    assert one(alone, "extra_cost") == 0


def test_who_steps_in_has_no_more_than_its_lines_have_to_spare():
    """A near line of 182.5 a year makes 3.5 a week: all of it, where all may be asked."""
    tables = car_a_day()
    tables["processes"][0]["capacity_per_year"] = 182.5
    result = told(broken(tables, FAR_DOWN, alternates=[{**STEP_IN, "max_share": 1.0}]))
    assert one(result, "lost") == pytest.approx(28 - 10.5)


def test_who_stands_still_too_does_not_step_in():
    result = told(broken(car_a_day(), FAR_DOWN, event("site", "near", 10, 4), alternates=[STEP_IN]))
    assert one(result, "lost") == pytest.approx(28)


def test_a_reaction_adds_its_delay_to_those_who_step_in():
    slow = {"reaction_id": "slow", "kind": "alternate", "delay_days": 7.0}
    result = told(broken(car_a_day(), FAR_DOWN, alternates=[STEP_IN], reactions=[slow]))
    assert one(result, "lost") == pytest.approx(28 - 7)


def test_a_closed_passage_stops_its_lane_and_no_other():
    result = told(broken(car_a_day(), CANAL_SHUT))
    assert short_weeks(result) == [15, 16, 17, 18]
    assert told(broken(car_a_day(), event("passage", "suez", 10, 4))).replications["lost"][0] == pytest.approx(0, abs=1e-9)


def test_another_way_takes_two_weeks_longer_and_loses_two_weeks():
    """28 parts go round, at 1.5 and 7 kg more each: ordered in weeks 10 to 13, there in 16 to 19; the usual way is back from 18 on."""
    result = told(broken(car_a_day(), CANAL_SHUT, reactions=[AROUND]))
    assert short_weeks(result) == [15, 16]
    assert one(result, "lost") == pytest.approx(14)
    plain = told(broken(car_a_day(), CANAL_SHUT))
    assert one(result, "lost_margin") == pytest.approx(one(plain, "lost_margin") / 2)


def test_what_goes_another_way_costs_and_emits_more():
    """A passage shut all year, and a way around as fast as the usual one: every part pays 1.5 and 7 kg more."""
    quick = {**AROUND, "lead_time_days": 28.0}
    result = told(broken(car_a_day(), event("passage", "panama", 0, WEEKS), reactions=[quick]))
    assert one(result, "lost") == pytest.approx(0, abs=1e-9)
    assert one(result, "extra_cost") == pytest.approx(1.5 * 364)
    assert one(result, "extra_co2e_kg") == pytest.approx(7 * 364)
    row = rates(result).row(0, named=True)
    assert row["extra_cost_per_unit"] == pytest.approx(1.5)
    assert row["extra_co2e_kg_per_unit"] == pytest.approx(7)
    assert result.calm["extra_cost"] == 0


def test_goods_under_way_wait_where_the_rule_says_so():
    wait = {"reaction_id": "wait", "kind": "wait", "product": "part"}
    shut = event("lane", "far-plant", 10, 2)
    assert short_weeks(told(broken(car_a_day(), shut))) == [15, 16]
    assert short_weeks(told(broken(car_a_day(), shut, reactions=[wait]))) == [11, 12]


def test_a_faster_way_serves_a_surge_earlier_and_costs_more():
    """Cars lie at the plant, two weeks away; the town wants 14 a week in weeks 10 to 13, and what it does not get is lost.

    Plain: 14 are ordered in week 10 for week 12, and as the 7 that were lost need no replacing, 7 in week 11: 7 are lost in each of
    10, 11 and 13. Flown: half of week 11's 7 come at once (half was short in 10), a quarter of week 12's 10.5 likewise: 7, 3.5 and
    14 - 3.5 - 2.625 = 7.875 are lost.
    """
    tables = car_a_day()
    tables["lanes"][2]["lead_time_days"] = 14.0
    tables["stocks"] = [{"site_id": "plant", "product_id": "car", "initial_quantity": 100.0}]
    plan = plan_from_afar(stock={("plant", "car"): 100.0})
    surge = event("demand", "town", 10, 4, capacity_loss_share=0.0, demand_change_share=1.0)
    plain = told(broken(tables, surge), plan)
    fly = {"reaction_id": "fly", "kind": "expedite", "product": "car", "lead_time_days": 0.0, "cost_per_unit": 20.0}
    quick = told(broken(tables, surge, reactions=[fly]), plan)
    assert one(plain, "lost") == pytest.approx(21)
    assert one(quick, "lost") == pytest.approx(18.375)
    assert one(quick, "extra_cost") == pytest.approx(20 * (3.5 + 2.625))


def test_a_way_around_that_nobody_can_tell_is_refused_in_words():
    with pytest.raises(InvalidTables) as refused:
        told(broken(car_a_day(), CANAL_SHUT, reactions=[{**AROUND, "lead_time_days": None}]))
    (issue,) = refused.value.issues
    assert (issue.code, issue.table, issue.row, issue.column) == ("no_way_around", "reactions", 2, "lead_time_days")


@pytest.mark.parametrize("count", [1, 3])
def test_undisturbed_a_plan_of_repeated_periods_is_delivered_exactly(count):
    result = simulate(broken(car_a_day(count)), plan_from_afar(count), replications=1, traces=True)
    assert result.served[0] == pytest.approx(np.full(WEEKS * count, 7.0), abs=1e-9)
    assert result.transition == pytest.approx(0, abs=1e-9)
    assert one(result, "extra_cost") == 0


def test_periods_that_differ_show_what_the_change_itself_loses():
    """Twice the cars in 2027, made by lines that can: sites change over ahead of the market; a line too small shows its transition."""
    tables = car_a_day(2)
    tables["demand"][1]["quantity"] = 728.0
    plan = plan_from_afar(2)
    frames = {
        name: plan[name].with_columns(quantity=plan[name]["quantity"] * (1 + (plan[name]["period_id"] == "2027").cast(int)))
        for name in ("flows", "outputs", "delivered")
    }
    for name, frame in frames.items():
        plan = plan.with_table(name, frame)
    assert simulate(broken(tables), plan, replications=1).transition == pytest.approx(0, abs=1e-9)
