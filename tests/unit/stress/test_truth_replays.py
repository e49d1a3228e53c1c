"""What has happened before hits what it should; the way around a shut passage that routing finds has its days, cost and CO2e."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from hinterland.app import read, solve
from hinterland.app.stressing import simulate as simulate_world
from hinterland.model.arrays import arrays_of
from hinterland.model.samples import sample_path
from hinterland.model.scenario import resolve
from hinterland.stress.event_table import from_table, moved_by_years
from hinterland.stress.replays import names, read_replay
from hinterland.stress.simulate import simulate
from stress_worlds import broken, car_a_day, event, plan_from_afar

KM_PER_MILE = 1.852
BY_SUEZ, BY_CAPE = 10_521 * KM_PER_MILE, 13_800 * KM_PER_MILE
"""Shanghai to Rotterdam as published (LINERLIB 1.2); the sea network is within 3 % of them (tests/golden/test_sea_distances.py)."""


@lru_cache
def world(sample, scenario):
    return resolve(read(sample_path(sample)), scenario)


@lru_cache
def seed_plan():
    """The seed chain's plan of least cost, solved once."""
    net = read(sample_path("seed_chain"))
    return net, solve(net, scenario="global")


@pytest.mark.parametrize("name", names())
def test_every_replay_runs_on_the_seed_chain(name):
    net, plan = seed_plan()
    result = simulate_world(net, plan, replay=name, replications=2)
    first, second = result.replications.rows()
    assert first[1:] == second[1:]
    told = read_replay(name).row(0, named=True)
    (moved,) = result.event_table["start_date"].unique().to_list()
    assert (moved.month, moved.day) == (told["start_date"].month, told["start_date"].day)
    struck = any(result.replications[one][0] != result.calm[one] for one in ("lost", "on_time"))
    assert not (struck and any("hit nothing" in note for note in result.notes))
    assert result.first_day <= (moved - date(1970, 1, 1)).days < result.first_day + 366


def lanes_hit(net, replay):
    """Lanes of a network that events stop, and all lanes with their passages: no plan, every lane."""
    from hinterland.model.accounts.placing import place_plan
    from hinterland.model.plan import Plan
    from hinterland.stress.activities import LANE, activities_of
    from hinterland.stress.left import hits_of

    a = arrays_of(net)
    act = activities_of(a, place_plan(a, Plan({})), every=True)
    hits = hits_of(a, act, np.zeros(0, dtype=np.int64), from_table(read_replay(replay)))
    lanes = a.flows.rates.lanes.with_row_index("lane")
    struck = set(act.subject[hits.target[act.kind[hits.target] == LANE]].tolist())
    assert (act.kind[hits.target] == LANE).all()
    return struck, lanes


@pytest.mark.parametrize("sample", ["seed_chain", "battery_gen6"])
@pytest.mark.parametrize(
    ("replay", "passage"), [("suez_2021", "suez"), ("red_sea_2023", "suez"), ("panama_drought_2023", "panama"), ("hormuz_2026", "hormuz")]
)
def test_a_passage_of_the_past_stops_the_lanes_through_it_and_no_others(sample, replay, passage):
    struck, lanes = lanes_hit(world(sample, "global"), replay)
    through = {row["lane"] for row in lanes.iter_rows(named=True) if passage in (row["passages"] or "").split("|")}
    assert struck == through
    if (sample, passage) == ("battery_gen6", "suez"):
        assert struck


def test_the_export_stop_of_a_country_stops_what_is_made_there():
    net, plan = seed_plan()
    struck = simulate_world(net, plan, replay="drc_cobalt_2025", replications=1)
    assert struck.replications["lost"][0] > 0


def test_a_plan_without_a_lane_through_suez_loses_exactly_nothing():
    net = broken(car_a_day())
    for name in ("suez_2021", "red_sea_2023"):
        rows = moved_by_years(read_replay(name), date(2026, 1, 1))
        result = simulate(net, plan_from_afar(), replications=1, events=rows)
        assert result.replications.row(0, named=True) == {"replication": 0, **result.calm}
        assert result.events.height == 1


def test_a_replay_of_a_place_that_the_plan_does_not_use_is_told():
    net, plan = seed_plan()
    told = simulate_world(net, plan, replay="yibin_2022", replications=1)
    assert "the plan does nothing at site catl_yibin: events there hit nothing" in told.notes
    assert not any("hit nothing" in note for note in simulate_world(net, plan, replay="drc_cobalt_2025", replications=1).notes)


@pytest.mark.parametrize(("first", "moved"), [
    (date(2026, 1, 1), date(2026, 3, 23)), (date(2026, 3, 23), date(2026, 3, 23)), (date(2026, 3, 24), date(2027, 3, 23)), (date(2020, 1, 1), date(2020, 3, 23)),
])  # fmt: skip
def test_a_replay_starts_on_its_day_of_the_first_year_in_which_it_fits(first, moved):
    assert moved_by_years(read_replay("suez_2021"), first)["start_date"].to_list() == [moved]


@pytest.mark.parametrize(("start", "first", "moved"), [
    (date(2024, 2, 29), date(2026, 1, 1), date(2026, 2, 28)), (date(2024, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
    (date(2024, 2, 29), date(2026, 2, 28), date(2026, 2, 28)), (date(2024, 1, 31), date(2026, 1, 30), date(2026, 1, 31)),
    (date(2024, 1, 31), date(2026, 1, 31), date(2026, 1, 31)), (date(2024, 12, 31), date(2026, 12, 29), date(2026, 12, 31)),
])  # fmt: skip
def test_days_that_a_year_may_lack_move_to_the_last_of_the_month(start, first, moved):
    rows = pl.DataFrame({"start_date": [start]})
    assert moved_by_years(rows, first)["start_date"].to_list() == [moved]


def by_sea(**more):
    """The far maker at Shanghai, the plant at Rotterdam, the lane between them computed: 500 km a day, 6 days in ports."""
    tables = {**car_a_day(), **more}
    tables["countries"] = [*tables["countries"], {"country": "NL", "region": "europe"}]
    for row in tables["sites"]:
        if row["site_id"] == "far":
            row |= {"latitude": 31.23, "longitude": 121.48, "port": "CNSHA"}
        if row["site_id"] == "plant":
            row |= {"country": "NL", "latitude": 51.92, "longitude": 4.48, "port": "NLRTM"}
    for at, chain in ((0, None), (1, "truck+container_ship+truck")):
        row = tables["lanes"][at]
        if chain:
            for name in ("cost_per_unit", "co2e_kg_per_unit", "lead_time_days", "distance_km", "passages"):
                row.pop(name, None)
            row["mode_chain"] = chain
    tables["modes"] = [
        {"mode_id": "truck", "kind": "road", "co2e_kg_per_tkm": 0.1, "speed_km_per_day": 600.0},
        {"mode_id": "container_ship", "kind": "sea", "co2e_kg_per_tkm": 0.02, "speed_km_per_day": 500.0, "handling_days": 6.0},
    ]
    tables["freight_rates"] = [{"mode_id": "truck", "cost_per_tkm": 0.1}, {"mode_id": "container_ship", "cost_per_tkm": 0.01}]
    return tables


def test_the_way_that_routing_finds_around_a_shut_canal_has_its_days_cost_and_co2e():
    """By Suez 19,485 km, by the Cape 25,558: 6,073 more, 12.1 days at 500 km a day. A part weighs 0.1 t: 6.07 dearer at 0.01 a tkm,
    12.1 kg more at 0.02. 7 weeks become 9: the town lacks two weeks, and 28 parts go round. Routes tell kilometres to 0.1."""
    tables = by_sea(reactions=[{"reaction_id": "round", "kind": "reroute"}])
    calm = simulate(broken(tables), plan_from_afar(), replications=1)
    assert calm.calm["lost"] == pytest.approx(0, abs=1e-9)
    net = broken(tables, event("passage", "suez", 10, 4))
    lane = arrays_of(net).flows.rates
    at = lane.lanes["lane_id"].to_list().index("far-plant")
    assert "suez" in lane.lanes["passages"][at].split("|")
    assert lane.days[at] == pytest.approx(BY_SUEZ / 500 + 6, rel=0.03)
    from hinterland.freight import passage_bits, sea_network

    network = sea_network()
    ends = (np.array([network.port_at[code]]) for code in ("CNSHA", "NLRTM"))
    start, end = ends
    suez, cape = (network.distances(start, end, passage_bits(shut))[0][0, 0] for shut in ([], ["suez"]))
    assert suez == pytest.approx(BY_SUEZ, rel=0.03)
    assert cape == pytest.approx(BY_CAPE, rel=0.03)
    longer = cape - suez
    result = simulate(net, plan_from_afar(), replications=1, traces=True)
    assert np.flatnonzero(result.served[0] < 7 - 1e-9).tolist() == [10 + 7 + 1, 10 + 7 + 2]
    assert result.replications["lost"][0] == pytest.approx(14)
    assert result.replications["extra_cost"][0] == pytest.approx(28 * longer * 0.01 * 0.1, rel=1e-4)
    assert result.replications["extra_co2e_kg"][0] == pytest.approx(28 * longer * 0.02 * 0.1, rel=1e-4)


def test_a_canal_shut_beside_the_way_changes_nothing():
    tables = by_sea(reactions=[{"reaction_id": "round", "kind": "reroute"}])
    result = simulate(broken(tables, event("passage", "panama", 10, 4)), plan_from_afar(), replications=1)
    assert result.replications.row(0, named=True) == {"replication": 0, **result.calm}
