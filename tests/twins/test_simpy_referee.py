"""`simulate` says of whole networks what a discrete-event model in SimPy says that was written from docs/stress.md alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl
import pytest
from referee_worlds import Maker
from simpy_referee import Referee

from hinterland.model.plan import Plan
from hinterland.stress.simulate import simulate
from stress_worlds import WEEKS, car_a_day, event, plan_from_afar
from worlds import network

STEP_IN = {
    "site_id": "far",
    "product_id": "part",
    "alternate_site_id": "near",
    "qualification_days": 7.0,
    "max_share": 0.5,
    "extra_cost_per_unit": 4.0,
}
AROUND = {
    "reaction_id": "round",
    "kind": "reroute",
    "product": "part",
    "lead_time_days": 42.0,
    "cost_per_unit": 1.5,
    "co2e_kg_per_unit": 7.0,
}
WAIT = {"reaction_id": "wait", "kind": "wait", "product": "part"}
SLOW = {"reaction_id": "slow", "kind": "alternate", "delay_days": 10.0, "cost_per_unit": 1.0}
STOCK = {"plant": 30.0, "town": 12.0}
SURGE = event("demand", "town", 5, 9, capacity_loss_share=0.0, demand_change_share=0.6)


def same(tables, plan, *, late=False, step_days=7):
    """Every measure, and what is served in every step, to 1e-9."""
    made = Plan({name: pl.DataFrame(rows) for name, rows in plan.items()})
    told = simulate(network(tables), made, replications=1, traces=True, late=late, step_days=step_days)
    referee = Referee(tables, plan, steps=told.steps, late=late, step_days=step_days).run()
    here = {name: told.replications[name][0] for name in referee.sums}
    assert here == pytest.approx(referee.sums, rel=1e-9, abs=1e-9)
    assert told.served[0] == pytest.approx(np.array(referee.served), rel=1e-9, abs=1e-9)
    return here


def rows_of(plan):
    return {name: plan[name].to_dicts() for name in ("flows", "outputs", "delivered", "stocked") if plan[name].height}


def buffered(**more):
    """A car a day with parts at the plant and cars in the town."""
    tables = {**car_a_day(), **more}
    tables["product_values"] = [{"product_id": one, "value_per_unit": worth} for one, worth in (("part", 9.0), ("car", 70.0))]
    tables["stocks"] = [
        {"site_id": site, "product_id": good, "initial_quantity": STOCK[site]} for site, good in (("plant", "part"), ("town", "car"))
    ]
    return tables, rows_of(plan_from_afar(stock={("plant", "part"): 30.0, ("town", "car"): 12.0}))


@lru_cache
def calm(late):
    return same(*buffered(), late=late)


WORLDS = {
    "nothing happens": {},
    "a standstill with a way back": {"events": [event("site", "far", 10, 4, recovery_days=40.0)]},
    "a part of a line for half a year": {"events": [event("site", "far", 5, 26, capacity_loss_share=0.9)]},
    "days that are no weeks": {"events": [event("site", "plant", 9, 3.3, recovery_days=5.5, capacity_loss_share=0.8)]},
    "two at once": {"events": [event("site", "far", 10, 8, capacity_loss_share=0.7), event("site", "far", 12, 3.5, capacity_loss_share=0.6)]},
    "more is wanted": {"events": [SURGE]},
    "less is wanted": {"events": [SURGE | {"demand_change_share": -0.5}]},
    "more is wanted of less": {"events": [SURGE, event("site", "plant", 7, 6, capacity_loss_share=0.7)]},
    "a shut passage": {"events": [event("passage", "panama", 10, 8)]},
    "goods wait at a passage": {"events": [event("passage", "panama", 10, 6)], "reactions": [WAIT]},
    "goods wait at a gate half open": {"events": [event("lane", "far-plant", 10, 6, capacity_loss_share=0.5, recovery_days=20.0)], "reactions": [WAIT]},
    "another way": {"events": [event("passage", "panama", 10, 12)], "reactions": [AROUND]},
    "another way, late and for half": {"events": [event("passage", "panama", 10, 12)], "reactions": [AROUND | {"max_share": 0.5, "delay_days": 12.0}]},
    "another site": {"events": [event("site", "far", 10, 12)], "alternates": [STEP_IN]},
    "another site, slowly": {"events": [event("site", "far", 10, 12)], "alternates": [STEP_IN], "reactions": [SLOW]},
    "another site, then it breaks": {"events": [event("site", "far", 10, 12), event("site", "near", 14, 3)], "alternates": [STEP_IN]},
    "another way, then another site": {
        "events": [event("passage", "panama", 8, 10)], "alternates": [STEP_IN], "reactions": [AROUND | {"max_share": 0.4}],
    },
}  # fmt: skip


@pytest.mark.parametrize("late", [False, True], ids=["lost", "late"])
@pytest.mark.parametrize("name", WORLDS)
def test_a_chain_of_four_tiers_moves_as_the_referee_says(name, late):
    tables, plan = buffered(**WORLDS[name])
    here = same(tables, plan, late=late)
    assert here["wanted"] > 0
    if name != "nothing happens":
        assert any(here[one] != pytest.approx(usual, rel=1e-6) for one, usual in calm(late).items())


def test_every_day_says_the_same():
    for name in ("a standstill with a way back", "another way", "another site, slowly"):
        tables, plan = buffered(**WORLDS[name])
        same(tables, plan, step_days=1)


def test_a_passage_partly_shut_loses_its_part_once():
    """0.4 of seven a week go round for four weeks, two weeks later: the town lacks 2.8 in two weeks; goods lie nowhere."""
    tables = {**car_a_day(), "events": [event("passage", "panama", 10, 4, capacity_loss_share=0.4)], "reactions": [AROUND]}
    here = same(tables, rows_of(plan_from_afar()))
    assert here["lost"] == pytest.approx(2 * 2.8)


def random_world(seed, periods=1):
    tables, plan = Maker(seed, periods).world()
    return same(tables, plan, late=bool(seed % 2), step_days=7 if seed % 3 else 1)


@pytest.mark.parametrize("seed", range(16))
def test_random_networks_move_as_the_referee_says(seed):
    random_world(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(16, 160))
def test_many_random_networks_move_as_the_referee_says(seed):
    random_world(seed)


@pytest.mark.parametrize("seed", [4, 13])
def test_periods_alike_are_one(seed):
    random_world(seed, periods=2)


def test_a_referee_who_is_told_something_else_disagrees():
    tables, plan = buffered(events=[event("site", "far", 10, 6)])
    other = Referee(tables | {"events": [event("site", "far", 10, 7)]}, plan, steps=WEEKS).run()
    assert other.sums["lost"] != pytest.approx(same(tables, plan)["lost"])
