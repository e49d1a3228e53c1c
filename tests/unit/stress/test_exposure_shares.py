"""Exposure is shared out lightly: what travels is arrays alone, and whoever measures says the same."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from exposure_worlds import small_chain, small_nodes
from hinterland.model.arrays import arrays_of
from hinterland.stress.exposure.expose import expose
from hinterland.stress.exposure.period import period_of
from hinterland.stress.exposure.shares import shares_of
from stress_worlds import broken, car_a_day, plan_from_afar

STEP_IN = {"site_id": "far", "product_id": "part", "alternate_site_id": "near", "qualification_days": 14.0, "max_share": 0.5}


def test_processes_measure_what_threads_measure_bit_for_bit():
    net = broken(car_a_day(), alternates=[STEP_IN])
    here = expose(net, plan_from_afar())
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as hands:
        there = expose(net, plan_from_afar(), executor=hands)
    assert here.nodes.equals(there.nodes)


def test_what_travels_is_small():
    """The network stays at home: a chain of five activities over twenty weeks is a few kilobytes."""
    chain = period_of(arrays_of(broken(car_a_day(), alternates=[STEP_IN])), plan_from_afar())
    assert len(pickle.dumps((chain.block(), chain.weekly(20)))) < 10_000


def test_nodes_that_stop_the_same_for_as_long_are_measured_once():
    nodes = small_nodes(small_chain(3), 3)
    shares, place = shares_of([*nodes, *nodes], 4, 6)
    assert sum(len(share.nodes) for share in shares) == len({(one.down.tobytes(), one.opens.tobytes(), one.recovery_days) for one in nodes})
    assert place[: len(nodes)] == place[len(nodes) :]


@pytest.mark.parametrize("method", ["weekly", "block"])
def test_no_nodes_are_no_defect(method):
    tables = car_a_day()
    for row in tables["sites"]:
        row.pop("operator", None)
    assert expose(broken(tables), plan_from_afar(), kinds=["operator"], method=method).nodes.height == 0
