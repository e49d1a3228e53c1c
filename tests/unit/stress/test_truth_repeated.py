"""With no hazards a plan of one repeated period is delivered exactly (DESIGN §8), whatever it is made of; what a plan itself misses is told."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import polars as pl
import pytest
from referee_worlds import Maker

from hinterland.app import read, solve
from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.model.plan import Plan
from hinterland.model.samples import sample_path
from hinterland.model.scenario import resolve
from hinterland.stress.events import EVENT_COLUMNS
from hinterland.stress.kernel import MEASURES
from hinterland.stress.pace import paced
from hinterland.stress.prepared import demands_of, prepare
from hinterland.stress.simulate import simulate
from hinterland.stress.spans import Span
from hinterland.stress.work import Piece
from stress_worlds import WEEKS, car_a_day, plan_from_afar
from worlds import network

NOTHING = pl.DataFrame(schema=EVENT_COLUMNS)


def scrap_world(use, count=1):
    """A car leaves half a piece of scrap: sold at the gate, sold in the town, made into parts again, or thrown away."""
    tables, plan = car_a_day(count), plan_from_afar(count)
    rows = {name: plan[name].to_dicts() for name in ("flows", "outputs", "delivered")}
    years = [row["period_id"] for row in tables["periods"]]
    tables["products"].append(
        {"product_id": "scrap", "unit": "piece", "mass_kg_per_unit": 20.0, "stage": "scrap", "disposal_cost_per_unit": 1.0}
    )
    tables["product_values"] = [{"product_id": "scrap", "value_per_unit": 10.0}]
    tables["recipe_lines"].append({"recipe_id": "car_from_part", "product_id": "scrap", "role": "coproduct", "quantity_per_unit": 0.5})

    def told(table, **row):
        rows.setdefault(table, [])
        rows[table] += [{**row, "period_id": year} for year in years]

    if use in {"gate", "town"}:
        place = "plant" if use == "gate" else "town"
        tables["demand"] += [
            {"site_id": place, "product_id": "scrap", "period_id": year, "quantity": 182.0, "price_per_unit": 5.0} for year in years
        ]
        told("delivered", site_id=place, product_id="scrap", quantity=182.0)
    if use == "town":
        tables["lanes"].append({"lane_id": "scrap-town", "from_site": "plant", "to_site": "town", "product_id": "scrap", "cost_per_unit": 1.0,
                                "co2e_kg_per_unit": 1.0, "lead_time_days": 10.0, "distance_km": 100.0})  # fmt: skip
        told("flows", lane_id="scrap-town", product_id="scrap", quantity=182.0)
    if use == "waste":
        told("disposed", site_id="plant", product_id="scrap", quantity=182.0)
    if use == "again":
        tables["recipes"].append({"recipe_id": "part_from_scrap", "product_id": "part"})
        tables["recipe_lines"].append({"recipe_id": "part_from_scrap", "product_id": "scrap", "role": "input", "quantity_per_unit": 2.0})
        tables["processes"].append({"site_id": "plant", "recipe_id": "part_from_scrap", "capacity_per_year": 730.0})
        for row in (*rows["flows"], *rows["outputs"]):
            if "far-plant" in row.values() or "far" in row.values():
                row["quantity"] = 273.0
        told("outputs", site_id="plant", recipe_id="part_from_scrap", product_id="part", vintage="existing", quantity=91.0)
    return network(tables), Plan({name: pl.DataFrame(some) for name, some in rows.items()})


@pytest.mark.parametrize("step_days", [1, 7])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("use", ["gate", "town", "again", "waste"])
def test_what_comes_along_is_delivered_from_the_first_step(use, count, step_days):
    net, plan = scrap_world(use, count)
    result = simulate(net, plan, replications=1, traces=True, step_days=step_days)
    each = (1.0 + 0.5 * (use in {"gate", "town"})) * step_days
    assert result.served[0] == pytest.approx(np.full(result.steps, each), abs=1e-9)
    assert result.transition == pytest.approx(0, abs=1e-12)


def test_what_is_thrown_away_is_no_stock():
    net, plan = scrap_world("waste")
    assert simulate(net, plan, replications=1).calm["stock_value"] == pytest.approx(0)


@pytest.mark.parametrize("seed", range(6))
def test_days_and_weeks_of_a_random_network_serve_and_cost_the_same_where_nothing_happens(seed):
    tables, rows = Maker(seed, periods=2).world()
    net, plan = network({**tables, "events": []}), Plan({name: pl.DataFrame(some) for name, some in rows.items()})
    weeks, days = (simulate(net, plan, replications=1, step_days=step, traces=True) for step in (7, 1))
    for result in (weeks, days):
        assert result.transition == pytest.approx(0, abs=1e-12)
        assert result.served.sum() == pytest.approx(result.calm["on_time"] + result.calm["late"], rel=1e-12)
    for name in ("wanted", "on_time", "lost", "lost_margin"):
        assert days.calm[name] == pytest.approx(weeks.calm[name], rel=1e-12, abs=1e-9)
    assert days.served[0].reshape(-1, 7).sum(axis=1) == pytest.approx(weeks.served[0], rel=1e-12)


@lru_cache
def seed_plan(scenario):
    net = read(sample_path("seed_chain"))
    return resolve(net, scenario), solve(net, scenario=scenario).plan


@pytest.mark.parametrize(("scenario", "step_days"), [("global", 7), ("global", 1), ("local-for-local", 7)])
def test_each_period_of_the_seed_chain_repeated_is_delivered_exactly(scenario, step_days):
    net, plan = seed_plan(scenario)
    calendar, steps = net.calendar, 120
    span = Span(int(calendar.start[0]), step_days, steps)
    ready = prepare(net, plan, span, late=False, safety_days=0.0)
    a, act = arrays_of(net), ready.activities
    placed = place_plan(a, plan)
    pools, asked = demands_of(a, placed)
    cover = np.zeros((len(a.pools), len(calendar)))
    np.add.at(cover, (a.stocks.pool[placed.held_row], placed.held_period), placed.held)
    for at in range(len(calendar)):

        def again(amount, at=at):
            return amount[:, [at]] * (calendar.days / calendar.days[at])

        same = replace(act, amount=again(act.amount), used=again(act.used), given=again(act.given), room=again(act.room))
        level = np.repeat(cover[:, [at]], len(calendar), axis=1)
        chain, _ = paced(same, calendar, len(a.pools), (pools, again(asked)), level, (span.first_day, step_days, steps))
        sums, _ = Piece(NOTHING, range(1), traces=False)(replace(ready, chain=chain).job(NOTHING))
        told = dict(zip(MEASURES, sums[:, 0], strict=True))
        assert told["wanted"] == pytest.approx(asked[:, at].sum() / calendar.days[at] * step_days * steps)
        assert told["on_time"] == pytest.approx(told["wanted"], rel=1e-12)
        assert told["short_steps"] == 0


def test_the_plans_of_the_seed_chain_miss_nothing_where_their_years_differ():
    for scenario in ("global", "local-for-local"):
        net, plan = seed_plan(scenario)
        assert simulate(net, plan, replications=1).transition == pytest.approx(0, abs=1e-9)


def test_what_a_plan_misses_by_itself_is_told_as_transition():
    """Orders up to 21 with 28 under way at the start: week 0 orders nothing, so week 4 gets nothing, and the town nothing in week 5. That
    week the town asks for 14 to fill its pipeline again, so the plant orders 7 once more; in week 6 the town's loss is forgotten, 28 are under
    way, nothing is ordered, and the next gap is six weeks after the first: 8 of 52 weeks."""
    orders = [{"site_id": "plant", "product_id": "part", "policy": "base_stock", "order_up_to_quantity": 21.0}]
    result = simulate(network({**car_a_day(), "replenishment": orders}), plan_from_afar(), replications=1, traces=True)
    assert np.flatnonzero(result.served[0] < 1e-9).tolist() == list(range(5, WEEKS, 6))
    assert result.transition == pytest.approx(8 / WEEKS)
