"""What is asked of a simulation and cannot be is refused in words, all of it before anything runs."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import polars as pl
import pytest

from hinterland.core.errors import Cancelled, InvalidTables
from hinterland.stress.event_table import moved_by_years
from hinterland.stress.exposure.expose import expose
from hinterland.stress.kernel import MEASURES
from hinterland.stress.simulate import simulate
from hinterland.stress.summary import convergence, paired, summary
from stress_worlds import WEEKS, broken, car_a_day, event, plan_from_afar
from worlds import network

FLOODS = {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 2.0, "duration_days_mean": 20.0,
          "duration_sigma": 0.8, "capacity_loss_share": 1.0, "recovery_days": 10.0}  # fmt: skip
STRIKE = {"hazard_id": "strike", "scope_kind": "lane", "scope_value": "plant-town", "events_per_year": 1.0, "duration_days_mean": 7.0,
          "capacity_loss_share": 0.5}  # fmt: skip


def exposed_to(*hazards, **more):
    return network({**car_a_day(), "hazards": [dict(one) for one in hazards], **more})


class Stops:
    """A caller who wants no more after some steps."""

    def __init__(self, after):
        self.left = after

    def advanced(self, task, done_share, note=""):
        self.left -= 1

    def cancelled(self):
        return self.left <= 0


@pytest.mark.parametrize(
    ("code", "column", "how"),
    [
        ("nothing_to_simulate", "replications", {"replications": 0}),
        ("nothing_to_simulate", "start", {"start": "2025-12-31"}),
        ("nothing_to_simulate", "end", {"end": "2030-01-01"}),
        ("nothing_to_simulate", "end", {"start": "2026-06-01", "end": "2026-05-01"}),
        ("wrong_type", "start", {"start": "June"}),
        ("unknown_period", "periods", {"periods": ["2031"]}),
        ("share_over_one", "until_share", {"until_share": 2.0}),
        ("events_out_of_span", "start_date", {"events": pl.DataFrame([event("site", "far", 80, 2)])}),
        ("bounds", "capacity_loss_share", {"events": pl.DataFrame([event("site", "far", 10, 2, capacity_loss_share=1.5)])}),
        ("bounds", "cost_factor", {"events": pl.DataFrame([event("site", "far", 10, 2, cost_factor=-1.0)])}),
        ("bounds", "warning_days", {"events": pl.DataFrame([event("site", "far", 10, 2, warning_days=float("nan"))])}),
        ("events_out_of_span", "replication", {"events": pl.DataFrame([event("site", "far", 10, 2, replication=5)]), "replications": 5}),
    ],
)
def test_what_cannot_be_simulated_is_refused(code, column, how):
    with pytest.raises(InvalidTables) as refused:
        simulate(exposed_to(FLOODS), plan_from_afar(), **how)
    assert [(one.code, one.column) for one in refused.value.issues] == [(code, column)]


@pytest.mark.parametrize(
    ("code", "how"),
    [("unknown_period", {"period_id": "2031"}), ("unknown_kind", {"kinds": ["planet"]}), ("unknown_kind", {"method": "guess"})],
)
def test_what_cannot_be_exposed_is_refused(code, how):
    with pytest.raises(InvalidTables) as refused:
        expose(exposed_to(FLOODS), plan_from_afar(), **how)
    assert refused.value.issues[0].code == code


def test_a_part_of_the_days_is_simulated():
    result = simulate(exposed_to(FLOODS), plan_from_afar(), replications=4, start="2026-03-01", end="2026-03-28")
    assert (result.steps, result.replications["wanted"][0]) == (4, pytest.approx(28))


def test_days_and_weeks_agree_where_nothing_happens():
    weeks, days = (simulate(exposed_to(), plan_from_afar(), replications=1, step_days=step) for step in (7, 1))
    assert days.steps == 7 * weeks.steps
    for name in ("wanted", "on_time", "served_value", "lost"):
        assert days.calm[name] == pytest.approx(weeks.calm[name], abs=1e-9)


def test_the_same_seed_brings_the_same_events_to_every_plan_and_another_brings_others():
    net = exposed_to(FLOODS, STRIKE)
    one, again, other = (simulate(net, plan_from_afar(), replications=40, seed=seed) for seed in (7, 7, 8))
    richer = simulate(net, plan_from_afar(amount=400.0), replications=40, seed=7)
    assert one.events.equals(again.events)
    assert one.events.equals(richer.events)
    assert one.replications.equals(again.replications)
    assert not one.events.equals(other.events)


def test_saved_events_replay_to_the_same_result():
    net = exposed_to(FLOODS, STRIKE)
    first = simulate(net, plan_from_afar(), replications=40, seed=3)
    again = simulate(net, plan_from_afar(), replications=40, events=first.event_table)
    kept = simulate(exposed_to(FLOODS, STRIKE, events=first.event_table.to_dicts()), plan_from_afar(), replications=40)
    assert first.replications.equals(again.replications)
    assert first.replications.equals(kept.replications)
    assert any("replayed" in one for one in kept.notes)


def test_processes_give_what_threads_give_bit_for_bit():
    net = exposed_to(FLOODS, STRIKE)
    here = simulate(net, plan_from_afar(), replications=100, seed=5, traces=True)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as hands:
        there = simulate(net, plan_from_afar(), replications=100, seed=5, traces=True, executor=hands)
    assert here.replications.equals(there.replications)
    assert np.array_equal(here.served, there.served)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"capacity_loss_share": 0.0}, "1 of 2 events do nothing to what they hit (site far)"),
        ({"duration_days": 0.0}, "1 of 2 events do nothing to what they hit (site far)"),
        ({"capacity_loss_share": 0.0, "demand_change_share": -0.5}, "1 of 2 events do nothing to what they hit (site far)"),
        ({"capacity_loss_share": 0.0, "cost_factor": 2.0}, ""),
        ({"duration_days": 0.0, "recovery_days": 7.0}, ""),
        ({"scope_kind": "demand", "scope_value": "town"}, "1 of 2 events do nothing to what they hit (demand town)"),
        ({"scope_kind": "demand", "scope_value": "town", "demand_change_share": 0.5}, ""),
    ],
)
def test_events_that_do_nothing_are_told(how, told):
    rows = [event("site", "far", 20, 1), {**event("site", "far", 10, 2), **how}]
    for result in (
        simulate(broken(car_a_day(), *rows), plan_from_afar(), replications=1),
        simulate(exposed_to(), plan_from_afar(), replications=1, events=pl.DataFrame(rows, infer_schema_length=None)),
    ):
        said = [one for one in result.notes if "do nothing to what they hit" in one]
        assert [one.partition(":")[0] for one in said] == ([told] if told else [])


def test_replications_without_an_event_are_told():
    rows = [event("site", "far", week, 2, replication=one, event_id=f"e{week}") for week, one in ((10, 0), (11, 3), (12, 3))]
    result = simulate(broken(car_a_day(), *rows), plan_from_afar(), replications=10)
    assert "8 of 10 replications have no event" in result.notes
    whole = simulate(broken(car_a_day(), event("site", "near", 10, 2), *rows[:1]), plan_from_afar(), replications=10)
    assert not any("have no event" in one for one in whole.notes)


def test_who_stops_keeps_whole_replications():
    with pytest.raises(Cancelled) as stopped:
        simulate(exposed_to(FLOODS), plan_from_afar(), replications=400, seed=5, progress=Stops(2))
    kept = stopped.value.result
    whole = simulate(exposed_to(FLOODS), plan_from_afar(), replications=400, seed=5)
    assert 0 < kept.replications.height < 400
    assert kept.replications.equals(whole.replications.head(kept.replications.height))


def test_who_stops_before_the_first_node_or_replication_has_nothing():
    class Never(Executor):
        def submit(self, *_args, **_more):
            return Future()

    for verb, told in ((expose, "before the first of"), (simulate, "before the first replications")):
        with pytest.raises(Cancelled, match=told) as stopped:
            verb(exposed_to(FLOODS), plan_from_afar(), progress=Stops(0), executor=Never())
        assert stopped.value.result is None


def test_it_stops_when_the_fill_rate_is_known_well_enough():
    result = simulate(exposed_to(FLOODS), plan_from_afar(), replications=4000, seed=5, until_share=0.02)
    row = summary(result).filter(pl.col("measure") == "fill_rate").row(0, named=True)
    assert 64 <= result.replications.height < 4000
    assert (row["high"] - row["low"]) / 2 < 0.0205
    assert convergence(result)["replications"][-1] == result.replications.height


def test_each_hazard_alone_loses_no_more_than_all_together():
    result = simulate(exposed_to(FLOODS, STRIKE), plan_from_afar(), replications=64, seed=5, each_hazard=True)
    assert set(result.hazards["hazard_id"]) == {"flood", "strike"}
    assert result.hazards["lost"].max() <= result.replications["lost"].mean() + 1e-9
    assert result.hazards["hazard_id"][0] == "flood"


def test_safety_stock_loses_less_under_the_same_events():
    net = exposed_to(FLOODS)
    plain, safe = (simulate(net, plan_from_afar(), replications=64, seed=5, safety_days=days) for days in (0.0, 14.0))
    told = {row["measure"]: row for row in paired(safe, plain).iter_rows(named=True)}
    assert told["lost"]["high"] < 0
    assert told["stock_value"]["mean"] >= 0
    assert told["lost"]["certain"]


def test_shortage_served_late_is_no_shortage_lost():
    late = simulate(broken(car_a_day(), event("site", "far", 10, 4)), plan_from_afar(), replications=1, late=True)
    row = late.replications.row(0, named=True)
    assert row["on_time"] + row["late"] == pytest.approx(row["wanted"])
    assert row["late"] == pytest.approx(14 + 14 + 14 + 7)
    assert row["lost"] == pytest.approx(0, abs=1e-9)
    assert row["backlog"] == pytest.approx(7 + 14 + 21 + 28 + 21 + 14 + 7)


def test_nothing_that_is_not_a_number_leaves():
    result = simulate(exposed_to(FLOODS, STRIKE), plan_from_afar(), replications=64, seed=5)
    assert result.replications.select(pl.all().is_finite().all()).row(0) == (True,) * (len(MEASURES) + 1)
    told = summary(result)
    assert told.select(pl.col("mean", "spread", "low", "high").is_finite().all()).row(0) == (True,) * 4


def test_a_replay_moves_to_the_first_year_in_which_it_fits():
    rows = pl.DataFrame([event("site", "far", 10, 2)]).with_columns(start_date=pl.date(2021, 3, 23))
    assert moved_by_years(rows, pl.date(2028, 1, 1).pipe(lambda one: pl.select(one).item()))["start_date"][0].isoformat() == "2028-03-23"
    assert moved_by_years(rows, pl.select(pl.date(2028, 4, 1)).item())["start_date"][0].isoformat() == "2029-03-23"


POLICIES = [
    ({"policy": "days_of_cover", "cover_days": 14.0}, 14.0),
    ({"policy": "plan", "safety_quantity": 14.0}, 14.0),
    ({"policy": "plan", "safety_days": 7.0}, 7.0),
    ({"policy": "base_stock", "order_up_to_quantity": 42.0}, 14.0),
]


@pytest.mark.parametrize(("row", "stock"), POLICIES)
def test_what_a_pool_keeps_above_its_pipeline_is_what_a_standstill_may_take(row, stock):
    """28 days on the way are 28 parts, so an order up to 42 leaves 14 in stock."""
    orders = [{"site_id": "plant", "product_id": "part", **row}]
    result = simulate(broken(car_a_day(), event("site", "far", 10, 4), replenishment=orders), plan_from_afar(), replications=1)
    assert result.replications["lost"][0] == pytest.approx(28 - stock)


def test_orders_in_lots_arrive_in_lots():
    """(r, Q) with r = 28 and lots of 28: an order every fourth week, and the plan is delivered."""
    orders = [{"site_id": "plant", "product_id": "part", "policy": "r_q", "reorder_quantity": 35.0, "lot_quantity": 28.0}]
    far = [{"site_id": "far", "product_id": "part", "policy": "plan", "safety_quantity": 28.0}]
    tables = car_a_day()
    tables["processes"][1]["capacity_per_year"] = 7300.0
    result = simulate(broken(tables, replenishment=orders + far), plan_from_afar(), replications=1)
    assert result.calm["on_time"] == pytest.approx(7 * WEEKS)


def test_s_s_orders_up_to_its_level_and_delivers_the_plan():
    orders = [{"site_id": "plant", "product_id": "part", "policy": "s_s", "reorder_quantity": 35.0, "order_up_to_quantity": 70.0}]
    tables = car_a_day()
    tables["processes"][1]["capacity_per_year"] = 7300.0
    assert simulate(broken(tables, replenishment=orders), plan_from_afar(), replications=1).calm["on_time"] == pytest.approx(7 * WEEKS)


def test_who_comes_first_is_served_first():
    tables = car_a_day()
    tables["demand"] = [
        {**tables["demand"][0], "segment": name, "priority": rank, "quantity": 182.0} for name, rank in (("vip", 1), ("other", 2))
    ]
    plan = plan_from_afar()
    rows = [{"site_id": "town", "product_id": "car", "segment": name, "period_id": "2026", "quantity": 182.0} for name in ("vip", "other")]
    plan = plan.with_table("delivered", pl.DataFrame(rows))
    tables["lanes"][2]["capacity_per_year"] = 365.0
    half = event("lane", "plant-town", 10, 4, capacity_loss_share=0.5)
    result = simulate(broken(tables, half), plan, replications=1)
    assert result.demands == 2
    assert result.replications["short_steps"][0] == 4
    assert result.replications["lost"][0] == pytest.approx(14)
