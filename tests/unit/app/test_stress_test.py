"""Plans under the same events: differences that are known by hand, what is refused, and what never changes the answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl
import pytest

import hinterland as hl
from hinterland.core.errors import Cancelled, HinterlandError, InvalidTables
from hinterland.model.plan import Plan
from stress_worlds import car_a_day, event, plan_from_afar

STUDENT_ONE = 12.706204736432095
"""97.5 % point of Student's t with one degree of freedom (tables)."""
FLOOD = {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 2.0, "duration_days_mean": 20.0,
         "duration_sigma": 0.8, "capacity_loss_share": 1.0}  # fmt: skip


def plan_from_near(count=1, scenarios=()):
    """All parts from the near maker: the far plan with its part made and sent from nearby."""
    far = plan_from_afar(count)
    rows = {name: far[name] for name in ("flows", "outputs", "delivered")}
    rows["flows"] = rows["flows"].with_columns(
        lane_id=pl.col("lane_id").replace("far-plant", "near-plant"), from_site=pl.col("from_site").replace("far", "near")
    )
    rows["outputs"] = rows["outputs"].with_columns(site_id=pl.col("site_id").replace("far", "near"))
    return Plan(rows, scenarios=scenarios)


def held(events=(), hazards=(), plans=None, count=1, **asked):
    net = hl.read({**car_a_day(count), "events": list(events), "hazards": list(hazards)})
    chosen = {"global": plan_from_afar(count), "local": plan_from_near(count)} if plans is None else plans
    return hl.stress_test(net, chosen, **{"replications": 2, "exposure": None} | asked)


def value(frame, measure, column="mean", strategy="local"):
    return frame.filter((pl.col("strategy") == strategy) & (pl.col("measure") == measure))[column][0]


def test_four_weeks_without_the_far_maker_lose_28_cars_to_one_plan_and_none_to_the_other():
    """28 cars at 161 - 61 = 100; both replications say so, and the difference is that."""
    board = held([event("site", "far", 10, 4)])
    assert value(board.measures, "lost", strategy="global") == pytest.approx(28)
    assert value(board.measures, "lost_margin", strategy="global") == pytest.approx(2800)
    assert value(board.measures, "lost") == pytest.approx(0)
    for measure, expected in (("lost", -28), ("lost_margin", -2800), ("fill_rate", 28 / 364)):
        row = board.differences.filter(pl.col("measure") == measure).row(0, named=True)
        assert (row["mean"], row["low"], row["high"]) == pytest.approx((expected,) * 3)
        assert (row["strategy"], row["against"], row["certain"]) == ("local", "global", True)


def test_served_late_the_line_catches_up_at_twice_its_pace():
    """28 short in weeks 15 to 18, then 14 a week: the 7 of weeks 19, 20 and 21 wait as well; owed 7 14 21 28 21 14 7 at the weeks' ends."""
    board = held([event("site", "far", 10, 4)])
    assert value(board.measures, "late_share", strategy="global") == pytest.approx(49 / 364)
    assert value(board.measures, "backlog", strategy="global") == pytest.approx(112)
    assert value(board.measures, "wait_days", strategy="global") == pytest.approx(112 * 7 / 364)
    assert value(board.measures, "never_share", strategy="global") == pytest.approx(0)
    assert value(board.differences, "late_share") == pytest.approx(-49 / 364)


def test_a_difference_of_one_replication_in_two_has_the_interval_of_two():
    """28 and 0: mean 14, the standard error is 14 as well, the interval Student's with one degree of freedom."""
    struck = event("site", "far", 10, 4) | {"replication": 1}
    row = held([struck]).differences.filter(pl.col("measure") == "lost").row(0, named=True)
    assert row["mean"] == pytest.approx(-14)
    assert row["low"] == pytest.approx(-14 - STUDENT_ONE * 14)
    assert row["high"] == pytest.approx(-14 + STUDENT_ONE * 14)
    assert row["certain"] is False


def test_a_fan_tells_the_months_that_miss_cars():
    """Weeks 15 to 17 of April's five (from 2 April) and the first of May's four miss theirs."""
    fans = held([event("site", "far", 10, 4)]).fans.filter(pl.col("strategy") == "global")
    told = dict(fans.select("day", "p50").iter_rows())
    assert told[date(2026, 4, 2)] == pytest.approx(2 / 5)
    assert told[date(2026, 5, 7)] == pytest.approx(3 / 4)
    assert sum(told.values()) == pytest.approx(10 + 2 / 5 + 3 / 4)
    assert fans["p05"].to_list() == pytest.approx(fans["p95"].to_list())


def test_a_fan_knows_that_more_is_wanted_while_demand_is_high():
    """Twice the demand in weeks 10 to 13: 28 of 49 in March (weeks 9 to 12), 35 of 42 in April (weeks 13 to 17)."""
    boom = event("demand", "town", 10, 4) | {"capacity_loss_share": 0.0, "demand_change_share": 1.0}
    fans = held([boom]).fans.filter(pl.col("strategy") == "global")
    told = dict(fans.select("day", "mean").iter_rows())
    assert told[date(2026, 3, 5)] == pytest.approx(28 / 49)
    assert told[date(2026, 4, 2)] == pytest.approx(35 / 42)


def test_each_hazard_stands_alone_with_how_often_it_strikes():
    board = held(hazards=[FLOOD, FLOOD | {"hazard_id": "quake", "scope_value": "near"}], replications=50, seed=3)
    told = {(row["strategy"], row["hazard_id"]): row for row in board.hazards.iter_rows(named=True)}
    assert told["global", "quake"]["lost_margin"] == told["local", "flood"]["lost_margin"] == 0
    assert told["global", "flood"]["lost_margin"] > 0
    assert told["global", "flood"]["lost"] == pytest.approx(value(board.measures, "lost", strategy="global"))  # nothing else hits it
    assert told["global", "flood"]["events"] == told["local", "flood"]["events"] > 50


def test_the_same_events_meet_every_plan_and_the_order_of_plans_changes_no_number():
    plans = {"global": plan_from_afar(), "local": plan_from_near()}
    one = held(hazards=[FLOOD], replications=40, seed=9)
    other = held(hazards=[FLOOD], replications=40, seed=9, plans=dict(reversed(plans.items())), against="global")
    for name in ("measures", "differences", "fans", "convergence"):
        frames = [getattr(board, name).sort(pl.all().exclude(pl.Float64)) for board in (one, other)]
        assert frames[0].equals(frames[1])
    mirrored = held(hazards=[FLOOD], replications=40, seed=9, against="local").differences
    assert value(mirrored, "lost_margin", strategy="global") == pytest.approx(-value(one.differences, "lost_margin"))


def test_the_executor_changes_nothing():
    with ThreadPoolExecutor(3) as hands:
        one, other = held(hazards=[FLOOD], replications=70, seed=2), held(hazards=[FLOOD], replications=70, seed=2, executor=hands)
    assert one.measures.equals(other.measures)
    assert one.fans.equals(other.fans)


def test_nodes_have_names_and_places_and_the_far_maker_is_none_of_the_near_plans():
    """Without the far maker for 8 weeks, week by week, 56 cars are lost; Panama is where maps have it."""
    board = held([event("site", "far", 10, 4)], exposure="weekly", what_if=True)
    nodes = {(row["strategy"], row["kind"], row["node"]): row for row in board.exposure.iter_rows(named=True)}
    far = nodes["global", "site", "far"]
    assert (far["latitude"], far["longitude"], far["survives"]) == (31.0, 112.0, False)
    assert far["loss_high"] == pytest.approx(5600)
    assert nodes["global", "passage", "panama"]["name"] == "Panama Canal"
    assert nodes["global", "passage", "panama"]["latitude"] == pytest.approx(9.1, abs=0.5)
    assert ("local", "site", "far") not in nodes
    assert set(board.options["strategy"]) == {"global", "local"}
    assert (board.period_id, board.method) == ("2026", "weekly")


def test_traces_are_kept_for_as_many_replications_as_memory_has_room_for(monkeypatch):
    whole = held(hazards=[FLOOD], replications=64)
    monkeypatch.setattr("hinterland.app.stress_testing._MOST_TRACED", 52 * 32)
    some = held(hazards=[FLOOD], replications=64)
    assert some.measures.equals(whole.measures)
    assert not some.fans.equals(whole.fans)
    assert some.fans.filter(pl.col("strategy") == "global").equals(
        held(hazards=[FLOOD], replications=32).fans.filter(pl.col("strategy") == "global")
    )
    assert any("first 32 replications" in one for one in some.notes)


def codes(caught):
    return {issue.code for issue in caught.value.issues}


def storms(**changed):
    """Tables whose scenario `stormy` changes what may happen, or when the world ends."""
    tables = {**car_a_day(2), "hazards": [FLOOD], "scenarios": [{"scenario_id": "stormy"}]}
    tables["overrides"] = [{"scenario_id": "stormy", "order": 1, "action": "set", **changed}]
    return hl.read(tables)


def test_plans_of_worlds_with_other_hazards_are_refused_in_words():
    net = storms(table="hazards", where="hazard_id=flood", column="events_per_year", value="3")
    plans = {"calm": plan_from_afar(2), "wild": plan_from_near(2, ("stormy",))}
    with pytest.raises(InvalidTables, match="flood") as caught:
        hl.stress_test(net, plans, replications=2)
    assert codes(caught) == {"other_hazards"}


def test_plans_of_worlds_where_a_hazard_covers_other_sites_are_refused():
    tables = {**car_a_day(), "hazards": [FLOOD | {"scope_kind": "group", "scope_value": "weak", "events_per_year": 20.0}]}
    tables["groups"] = [{"group_id": "weak", "member": "far"}, {"group_id": "weak", "member": "near"}]
    tables["scenarios"] = [{"scenario_id": "strong"}]
    tables["overrides"] = [{"scenario_id": "strong", "order": 1, "table": "groups", "where": "member=near", "action": "drop"}]
    with pytest.raises(InvalidTables, match="cover other") as caught:
        hl.stress_test(hl.read(tables), {"a": plan_from_afar(), "b": plan_from_near(1, ("strong",))}, replications=4, exposure=None)
    assert codes(caught) == {"other_hazards"}


def test_plans_of_worlds_that_end_on_other_days_are_refused_until_common_days_are_named():
    net = storms(table="periods", where="period_id=2027", column="end_date", value="2027-06-30")
    plans = {"long": plan_from_afar(2), "short": plan_from_near(2, ("stormy",))}
    with pytest.raises(InvalidTables, match="2026-01-01 to") as caught:
        hl.stress_test(net, plans, replications=2, exposure=None)
    assert codes(caught) == {"other_days"}
    board = hl.stress_test(net, plans, replications=2, exposure=None, start="2026-03-01", end="2026-12-01")
    assert (board.first_day, board.last_day) == (date(2026, 3, 1), date(2026, 12, 1))


def test_where_nothing_can_happen_it_is_said_how_to_add_it():
    with pytest.raises(InvalidTables, match=r"hazards\.csv") as caught:
        held()
    assert codes(caught) == {"no_hazards"}


@pytest.mark.parametrize(("asked", "code"), [
    ({"replications": 0}, "nothing_to_simulate"), ({"start": "2019-01-01"}, "nothing_to_simulate"), ({"exposure": "yearly"}, "unknown_kind"),
])  # fmt: skip
def test_what_cannot_be_tested_is_refused_before_anything_runs(asked, code, monkeypatch):
    monkeypatch.setattr("hinterland.stress.simulate.simulate", lambda *_a, **_k: pytest.fail("it ran"))
    with pytest.raises(InvalidTables) as caught:
        held(hazards=[FLOOD], **asked)
    assert codes(caught) == {code}


def test_a_baseline_that_is_not_there_and_no_plans_are_refused():
    with pytest.raises(HinterlandError, match="no plan 'nobody'"):
        held(hazards=[FLOOD], against="nobody")
    with pytest.raises(HinterlandError, match="by name"):
        hl.stress_test(hl.read({**car_a_day(), "hazards": [FLOOD]}), [plan_from_afar()])


class Stopping:
    """Wants to stop as soon as anything has advanced."""

    def __init__(self):
        self.told = []

    def advanced(self, task, done_share, note=""):
        self.told.append(task)

    def cancelled(self):
        return bool(self.told)


def test_a_stopped_comparison_has_no_half_result():
    with pytest.raises(Cancelled, match="over all the events") as caught:
        held(hazards=[FLOOD], replications=200, progress=Stopping())
    assert caught.value.result is None


def test_compare_takes_the_board_of_the_same_plans_only():
    net = hl.read({**car_a_day(), "events": [event("site", "far", 10, 4)]})
    plans = {"global": plan_from_afar(), "local": plan_from_near()}
    stress = hl.stress_test(net, plans, replications=2, exposure=None)
    assert hl.compare(net, plans, stress=stress).stress is stress
    with pytest.raises(HinterlandError, match="other plans than are compared: local"):
        hl.compare(net, {"global": plan_from_afar()}, stress=stress)
