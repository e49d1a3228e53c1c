"""The same result bit for bit on a Dask cluster of processes, whoever of it dies or is stopped meanwhile."""

from __future__ import annotations

import logging
import os
import signal
import time

import pytest
from typer.testing import CliRunner

import hinterland.stress.clusters as clusters
from hinterland.cli.commands import app
from hinterland.core.errors import Cancelled
from hinterland.stress.exposure.expose import expose
from hinterland.stress.simulate import simulate
from stress_worlds import car_a_day, plan_from_afar
from worlds import network

distributed = pytest.importorskip("distributed")

HAZARDS = [
    {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 2.0, "duration_days_mean": 20.0,
     "duration_sigma": 0.8, "capacity_loss_share": 1.0, "recovery_days": 10.0},
    {"hazard_id": "strike", "scope_kind": "lane", "scope_value": "plant-town", "events_per_year": 1.0, "duration_days_mean": 7.0,
     "capacity_loss_share": 0.5},
]  # fmt: skip
LOCAL = {
    "protocol": "tcp",
    "host": "127.0.0.1",
    "dashboard_address": "127.0.0.1:0",
    "threads_per_worker": 1,
    "silence_logs": logging.CRITICAL,
}


class Then:
    """A caller who does something when the first results are told, and may want no more."""

    def __init__(self, deed=lambda: None, *, stop=False):
        self.deed, self.stop, self.notes, self.begun = deed, stop, [], False

    def advanced(self, task, done_share, note=""):
        self.notes.append(note)
        if not self.begun:
            self.begun = True
            self.deed()

    def cancelled(self):
        return self.stop and self.begun


@pytest.fixture(scope="module")
def whole():
    """What threads find; compiles what workers then load."""
    return moved(replications=4000)


@pytest.fixture(scope="module")
def dask(whole):
    """Two workers in processes of their own, which are started anew when they die."""
    assert whole.steps
    with distributed.LocalCluster(n_workers=2, processes=True, **LOCAL) as local, distributed.Client(local, set_as_default=False) as client:
        yield client


def world():
    return network({**car_a_day(), "hazards": [dict(one) for one in HAZARDS]}), plan_from_afar()


def moved(executor=None, **how):
    return simulate(*world(), executor=executor, **{"replications": 1000, "seed": 5, **how})


def same(one, other):
    assert one.replications.equals(other.replications)
    assert one.events.equals(other.events)
    assert one.notes == other.notes
    assert (one.served is None) == (other.served is None)
    assert one.served is None or (one.served == other.served).all()
    assert one.hazards is None or one.hazards.equals(other.hazards)


def kill_one(client):
    """The process of a worker ends at once, as by the system's hand."""
    os.kill(next(iter(client.cluster.workers.values())).pid, signal.SIGKILL)


def test_a_cluster_finds_what_one_machine_finds_bit_for_bit(dask):
    for how in ({"traces": True, "each_hazard": True}, {"until_share": 0.02, "replications": 4000, "late": True}):
        same(moved(dask, **how), moved(**how))
    assert expose(*world(), executor=dask.get_executor()).nodes.equals(expose(*world()).nodes)


def test_who_stops_leaves_nothing_to_do_on_the_cluster(dask, whole):
    with pytest.raises(Cancelled) as stopped:
        moved(dask, progress=Then(stop=True), replications=4000)
    kept = stopped.value.result.replications
    assert 0 < kept.height < 4000
    assert kept.equals(whole.replications.head(kept.height))
    left = time.monotonic() + 20
    while dask.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) and time.monotonic() < left:
        time.sleep(0.05)
    assert dask.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0


@pytest.mark.parametrize("failures", [3, 0])
def test_a_killed_worker_costs_no_replication(dask, whole, failures):
    dask.cluster.scheduler.allowed_failures = failures  # 3: Dask does it again; 0: what it held is done here
    progress = Then(lambda: kill_one(dask))
    same(moved(dask, replications=4000, progress=progress), whole)


def test_a_killed_worker_costs_no_node(dask):
    found = expose(*world(), executor=dask, progress=Then(lambda: kill_one(dask)))
    assert found.nodes.equals(expose(*world()).nodes)


def test_without_any_worker_the_work_is_done_here(monkeypatch):
    monkeypatch.setattr(clusters, "_EMPTY_SECONDS", 0.2)
    monkeypatch.setattr(clusters, "_LOOK_SECONDS", 0.1)
    progress = Then()
    with (
        distributed.LocalCluster(n_workers=0, processes=False, **LOCAL) as local,
        distributed.Client(local, set_as_default=False) as client,
    ):
        found = moved(client, progress=progress, each_hazard=True)
    same(found, moved(each_hazard=True))
    assert any("done here" in note for note in progress.notes)


def test_a_scheduler_that_goes_costs_no_replication(whole):
    with distributed.LocalCluster(n_workers=1, processes=False, **LOCAL) as local:
        client = distributed.Client(local.scheduler_address, set_as_default=False)
        progress = Then(local.close)
        found = moved(client, replications=4000, progress=progress)
        client.close()
    same(found, whole)


def test_a_scheduler_without_workers_is_told_on_the_terminal(monkeypatch, tmp_path):
    monkeypatch.setattr(clusters, "_JOIN_SECONDS", 0.2)
    with distributed.LocalCluster(n_workers=0, processes=False, **LOCAL) as local:
        ended = CliRunner().invoke(app, ["simulate", str(tmp_path), "--cluster", local.scheduler_address])
    assert ended.exit_code == 2
    assert "no_workers" in ended.output
    assert "dask worker tcp://" in ended.output
