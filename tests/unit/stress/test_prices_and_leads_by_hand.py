"""What disruption costs, warning, lead times that vary, cash and service: every figure is worked on paper or comes from a distribution."""

from __future__ import annotations

import numpy as np
import pytest
from plain_kernel import number_of
from scipy.stats import lognorm

from hinterland.stress.draws import key_of, lognormal_days, uniforms
from hinterland.stress.leads import TAIL_SHARE, thresholds
from hinterland.stress.simulate import simulate
from hinterland.stress.summary import rates
from stress_worlds import AROUND, FAR_DOWN, STEP_IN, WEEKS, broken, car_a_day, event, plan_from_afar

DEAR_CANAL = event("passage", "Panama Canal", 10, 10, capacity_loss_share=0.0, cost_factor=2.0)


def told(net, plan=None, **how):
    return simulate(net, plan or plan_from_afar(), **({"replications": 1} | how))


def one(result, column):
    return rates(result)[column][0] if column in rates(result).columns else result.replications[column][0]


def test_a_dearer_passage_loses_nothing_and_costs_its_surcharge():
    """Ten weeks of 7 parts, each 2 to move and now 4: 140 more; nothing is late."""
    result = told(broken(car_a_day(), DEAR_CANAL))
    assert one(result, "lost") == pytest.approx(0, abs=1e-9)
    assert one(result, "extra_cost") == pytest.approx(140)
    assert one(result, "extra_cost_per_unit") == pytest.approx(140 / 364)


def test_a_surcharge_fades_as_capacity_does():
    """Four weeks of recovery: 7/8, 5/8, 3/8 and 1/8 of the surcharge of a week, together that of two weeks."""
    result = told(broken(car_a_day(), DEAR_CANAL | {"recovery_days": 28.0}))
    assert one(result, "extra_cost") == pytest.approx(140 + 28)


def test_surcharges_of_two_events_multiply_and_a_site_makes_its_lines_dearer():
    """Cars cost 50 to make: three times that for four weeks of 7 is 2,800 more; a second factor of 1.5 over two of the weeks: 3 x 1.5."""
    first = event("site", "plant", 10, 4, capacity_loss_share=0.0, cost_factor=3.0)
    second = event("country", "US", 10, 2, capacity_loss_share=0.0, cost_factor=1.5)
    assert one(told(broken(car_a_day(), first)), "extra_cost") == pytest.approx(28 * 2 * 50)
    both = told(broken(car_a_day(), first, second))
    assert one(both, "extra_cost") == pytest.approx(14 * 3.5 * 50 + 14 * 2 * 50)


def test_only_what_moves_while_it_is_dear_pays():
    """Half of the capacity of a line of 14 a week is lost, which it has to spare, and the price of all 7 doubles."""
    hit = event("site", "far", 10, 4, capacity_loss_share=0.5, cost_factor=2.0)
    assert one(told(broken(car_a_day(), hit)), "extra_cost") == pytest.approx(28 * 6)
    assert one(told(broken(car_a_day(), FAR_DOWN | {"cost_factor": 2.0})), "extra_cost") == pytest.approx(0, abs=1e-9)


def test_a_cheaper_way_is_the_only_negative_extra_cost():
    cheap = AROUND | {"lead_time_days": 28.0, "cost_per_unit": 0.0, "co2e_kg_per_unit": 0.0}
    net = broken(car_a_day(), event("passage", "panama", 0, WEEKS), reactions=[cheap])
    assert one(told(net), "extra_cost") == 0
    tables = car_a_day()
    tables["lanes"][0]["cost_per_unit"] = 0.5
    step_in = {**STEP_IN, "extra_cost_per_unit": 0.0}
    assert one(told(broken(tables, FAR_DOWN, alternates=[step_in])), "extra_cost") == pytest.approx(10.5 * (0.5 - 2))


@pytest.mark.parametrize(
    ("needs", "known", "lost"),
    [(7.0, 0.0, 17.5), (7.0, 7.0, 14.0), (7.0, 70.0, 14.0), (14.0, 3.0, 21.0), (10.0, 3.0, 17.5), (10.0, 0.0, 21.0)],
)
def test_who_is_warned_is_ready_earlier(needs, known, lost):
    """Near makes half of four weeks' 28, less what passes until it is qualified: whole weeks of needs - known days, at least none."""
    step_in = {**STEP_IN, "qualification_days": needs}
    assert one(told(broken(car_a_day(), FAR_DOWN | {"warning_days": known}, alternates=[step_in])), "lost") == pytest.approx(lost)


def test_a_second_event_that_was_known_ahead_counts_from_its_own_warning():
    """Weeks 10 and 11 come without warning, 12 and 13 with four weeks: qualified in 28 days, near steps in from week 12 on."""
    first, second = event("site", "far", 10, 2), event("site", "far", 12, 2, warning_days=28.0)
    step_in = {**STEP_IN, "qualification_days": 28.0}
    assert one(told(broken(car_a_day(), first, second, alternates=[step_in])), "lost") == pytest.approx(28 - 7)


def test_drawn_prices_and_warnings_are_saved_and_replayed():
    flood = {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 2.0, "duration_days_mean": 20.0,
             "duration_sigma": 0.8, "capacity_loss_share": 0.7, "recovery_days": 10.0, "cost_factor": 1.7, "warning_days": 5.0}  # fmt: skip
    net = broken(car_a_day(), hazards=[flood], alternates=[STEP_IN])
    first = told(net, replications=40, seed=3)
    again = told(net, replications=40, seed=3, events=first.event_table)
    assert set(first.event_table["cost_factor"]) == {1.7}
    assert set(first.event_table["warning_days"]) == {5.0}
    assert first.replications.equals(again.replications)
    assert first.replications["extra_cost"].max() > 0


def chance_of_more(days, sigma, step, lead, most=400):
    """P(steps > i) for i = 0 .. most - 1 by the definition, the longest cut."""
    law = lognorm(s=sigma, scale=days * np.exp(-(sigma**2) / 2))
    more = law.sf(days + (np.arange(most) + 0.5 - lead) * step)
    return np.where(more <= TAIL_SHARE, 0.0, more)


@pytest.mark.parametrize(
    ("days", "sigma", "step", "lead"), [(28.0, 0.3, 7.0, 4), (42.0, 0.5, 1.0, 42), (10.0, 0.8, 7.0, 2), (3.0, 0.4, 7.0, 1)]
)
def test_drawn_steps_have_the_lognormal_law_and_the_mean_of_the_lane(days, sigma, step, lead):
    least, above = thresholds(days, sigma, step, lead, 400)
    share = chance_of_more(days, sigma, step, lead)
    assert (share[:least] == 1).all()
    assert above == pytest.approx(1 - share[least : least + len(above)], abs=1e-12)
    assert share[least + len(above) :].max() == 0
    assert share.sum() == pytest.approx(lead, rel=0.02)


def test_a_small_spread_changes_nothing():
    tables = car_a_day()
    tables["lanes"][1]["lead_time_sigma"] = 0.01
    plain, spread = (told(broken(one_), replications=40) for one_ in (car_a_day(), tables))
    assert plain.replications.equals(spread.replications)


def test_the_kernel_draws_the_numbers_that_a_name_gives():
    counters = 5 * 2**20 + np.array([20454, 20461])
    assert [number_of(key_of(7, "lead|far-plant"), int(one_)) for one_ in counters] == uniforms(7, "lead|far-plant", counters).tolist()
    assert lognormal_days(np.array([0.5]), 28.0, 0.5)[0] == pytest.approx(28 * np.exp(-0.125))


def spread_world(sigma=0.4, **more):
    tables = car_a_day()
    tables["lanes"][1] |= {"lead_time_sigma": sigma}
    tables["replenishment"] = [{"site_id": "plant", "product_id": "part", "policy": "plan", "safety_quantity": 7.0}]
    tables["stocks"] = [{"site_id": "plant", "product_id": "part", "initial_quantity": 7.0}]
    return broken(tables, **more)


def test_lead_times_are_the_same_for_every_plan_and_every_executor_and_follow_the_seed():
    net = spread_world()
    one_, again, other = (told(net, replications=40, seed=seed) for seed in (1, 1, 2))
    assert one_.replications.equals(again.replications)
    assert not one_.replications.equals(other.replications)
    assert one_.replications["lost"].min() < one_.replications["lost"].max()
    assert one_.transition == pytest.approx(0, abs=1e-9)


def test_each_hazard_alone_is_not_charged_what_lead_times_lose():
    storm = {"hazard_id": "storm", "scope_kind": "lane", "scope_value": "plant-town", "events_per_year": 1e-9, "duration_days_mean": 7.0,
             "capacity_loss_share": 1.0}  # fmt: skip
    rows = broken(car_a_day(), event("lane", "plant-town", 10, 1, hazard_id="storm"), hazards=[storm])["events"]
    result = told(spread_world(hazards=[storm]), replications=40, events=rows)
    assert result.hazards is None
    alone = told(spread_world(hazards=[storm]), replications=40, events=rows, each_hazard=True).hazards
    assert alone["lost"][0] == pytest.approx(7, abs=2.5)


def test_rules_hand_their_spread_to_the_lanes_they_make():
    tables = car_a_day()
    tables["modes"] = [{"mode_id": "truck", "kind": "road", "speed_km_per_day": 600.0}]
    tables["freight_rates"] = [{"mode_id": "truck", "cost_per_tkm": 0.1}]
    del tables["lanes"][2]
    tables["lane_rules"] = [{"rule_id": "by_truck", "product_id": "car", "mode_chain": "truck", "lead_time_sigma": 0.25}]
    lanes = broken(tables)["lanes"]
    assert dict(lanes.select("lane_id", "lead_time_sigma").iter_rows()) == {
        "near-plant": None, "far-plant": None, "by_truck:plant>town:car:truck": 0.25}  # fmt: skip


def test_cash_comes_back_after_the_days_that_are_tied_up():
    """Parts worth 10 are four weeks on the way, cars worth 100 one week: 7 x (4 x 10 + 100) over 100 a day; two weeks of cars at the town more."""
    tables = car_a_day()
    tables["product_values"] = [{"product_id": "part", "value_per_unit": 10.0}, {"product_id": "car", "value_per_unit": 100.0}]
    assert one(told(broken(tables)), "cash_to_cash_days") == pytest.approx(7 * (4 * 10 + 100) / 100)
    tables["stocks"] = [{"site_id": "town", "product_id": "car", "initial_quantity": 14.0}]
    stocked = told(broken(tables), plan_from_afar(stock={("town", "car"): 14.0}))
    assert one(stocked, "cash_to_cash_days") == pytest.approx(7 * (4 * 10 + 100) / 100 + 14)


def test_cash_that_never_comes_back_is_out_all_the_days():
    tables = car_a_day()
    tables["product_values"] = [{"product_id": "car", "value_per_unit": 100.0}]
    result = told(broken(tables, event("demand", "town", 0, WEEKS, capacity_loss_share=0.0, demand_change_share=-1.0)))
    assert one(result, "cash_to_cash_days") == pytest.approx(7 * WEEKS)


def test_service_of_type_1_counts_steps_in_which_somebody_asked():
    """Nobody asks in the second half of the year; of the 26 weeks with demand 4 are short: 22 / 26."""
    nobody = event("demand", "town", 26, 26, capacity_loss_share=0.0, demand_change_share=-1.0)
    result = told(broken(car_a_day(), FAR_DOWN, nobody))
    assert one(result, "steps_without_shortage_share") == pytest.approx(22 / 26)
