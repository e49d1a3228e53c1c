"""Whoever does the pieces, in whatever order, and whoever dies meanwhile: the result is the same."""

from __future__ import annotations

import operator
import os
import pickle
import signal
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest

from hinterland.core.errors import Cancelled
from hinterland.stress.exposure.expose import expose
from hinterland.stress.hands import Parcel, hands_of
from hinterland.stress.simulate import simulate
from stress_worlds import car_a_day, plan_from_afar
from worlds import network

HAZARDS = [
    {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 2.0, "duration_days_mean": 20.0,
     "duration_sigma": 0.8, "capacity_loss_share": 1.0, "recovery_days": 10.0},
    {"hazard_id": "strike", "scope_kind": "lane", "scope_value": "plant-town", "events_per_year": 1.0, "duration_days_mean": 7.0,
     "capacity_loss_share": 0.5},
]  # fmt: skip
PIECES = [partial(operator.add, number) for number in range(9)]


class Backwards(Executor):
    """Does the last that was handed in first, and everything through pickles, as a process would."""

    def __init__(self):
        self.futures, self.sizes = [], []

    def submit(self, fn, /, *args, **kwargs):
        future, sent = Future(), pickle.dumps((fn, args, kwargs))
        self.sizes.append(len(sent))
        self.futures.append(future)
        threading.Timer(0.3 / len(self.futures), self._do, (future, sent)).start()
        return future

    def _do(self, future, sent):
        fn, args, kwargs = pickle.loads(sent)  # noqa: S301
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(fn(*args, **kwargs))
            except Exception as broken:
                future.set_exception(broken)


class Idle(Executor):
    """Takes everything and does nothing."""

    def __init__(self):
        self.futures = []

    def submit(self, fn, /, *args, **kwargs):
        self.futures.append(Future())
        return self.futures[-1]


class Refusing(Idle):
    def submit(self, fn, /, *args, **kwargs):
        raise RuntimeError("nothing is taken any more")


class Forgetful(Idle):
    """Loses every third piece, as a cluster does whose workers die under it."""

    def submit(self, fn, /, *args, **kwargs):
        future = super().submit(fn)
        if len(self.futures) % 3:
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(OSError("the line is dead"))
        return future


class Dying(ProcessPoolExecutor):
    """Loses a worker once the first piece is done and before the others are."""

    def __init__(self, before):
        super().__init__(2, mp_context=get_context("spawn"))
        self.before, self.given = before, []

    def submit(self, fn, /, *args, **kwargs):
        if len(self.given) == self.before:
            self.given[0].result()
            os.kill(next(iter(self._processes)), signal.SIGKILL)
        self.given.append(super().submit(fn, *args, **kwargs))
        return self.given[-1]


class Then:
    """A caller who does something when the first results are told, and may want no more."""

    def __init__(self, deed=lambda: None, *, stop=False, begun=False):
        self.deed, self.stop, self.notes, self.begun = deed, stop, [], begun

    def advanced(self, task, done_share, note=""):
        self.notes.append(note)
        if not self.begun:
            self.begun = True
            self.deed()

    def cancelled(self):
        return self.stop and self.begun


class OneHazard(Then):
    """Wants no more when the first hazard is told."""

    def advanced(self, task, done_share, note=""):
        self.begun = task == "each hazard alone"


def world():
    return network({**car_a_day(), "hazards": [dict(one) for one in HAZARDS]}), plan_from_afar()


def moved(executor=None, progress=None, **how):
    asked = {"replications": 1000, "seed": 5, "traces": True, **how} | ({"progress": progress} if progress else {})
    return simulate(*world(), executor=executor, **asked)


def same(one, other):
    assert one.replications.equals(other.replications)
    assert one.events.equals(other.events)
    assert (one.served is None) == (other.served is None)
    assert one.served is None or np.array_equal(one.served, other.served)
    assert (one.hazards is None) == (other.hazards is None)
    assert one.hazards is None or one.hazards.equals(other.hazards)
    assert one.notes == other.notes


@pytest.mark.parametrize("make", [lambda: None, Backwards, Refusing, Forgetful, lambda: ThreadPoolExecutor(2)])
def test_results_come_in_the_order_of_the_pieces(make):
    with hands_of(make()) as hands:
        assert list(hands.finished(100, PIECES)) == list(range(100, 109))
        assert list(hands.finished(200, PIECES[:4])) == list(range(200, 204))


def test_what_all_share_is_pickled_once_and_opened_once():
    parcel = Parcel("a name of its own", pickle.dumps([1, 2]))
    assert parcel.opened() is pickle.loads(pickle.dumps(parcel)).opened()  # noqa: S301


def test_a_cluster_is_handed_what_all_share_once_however_often_it_works_on_it():
    class Carrying(Backwards):
        carried_parcels = 0

        def carried(self, parcel):
            self.carried_parcels += 1
            return parcel

    executor, common = Carrying(), tuple(range(1000))
    with hands_of(executor) as hands:
        for _ in range(3):
            list(hands.finished(common, [len] * 4))
    assert executor.carried_parcels == 1


def test_processes_of_this_machine_read_what_all_share_from_a_file():
    class Local(ProcessPoolExecutor):
        def __init__(self):
            self.sent = []

        def submit(self, fn, /, *args, **kwargs):
            self.sent.append(len(pickle.dumps((fn, args))))
            return ThreadPoolExecutor.submit(threads, fn, *args)

    local = Local()
    with ThreadPoolExecutor(1) as threads, hands_of(local) as hands:
        assert list(hands.finished(b"x" * 1_000_000, [len] * 5)) == [1_000_000] * 5
        kept = hands._sent[1].content
        assert kept.stat().st_size > 1_000_000
        assert max(local.sent) < 1000
    assert not kept.exists()


def test_a_defect_of_a_piece_is_told_as_it_is():
    with hands_of(Backwards()) as hands, pytest.raises(TypeError):
        list(hands.finished("words", PIECES))
    with hands_of(None) as hands, pytest.raises(TypeError):
        list(hands.finished("words", PIECES))


def test_pieces_that_are_lost_are_done_here_and_told():
    progress = Then()
    same(moved(Forgetful(), progress), moved())
    assert any("done here" in note for note in progress.notes)


def test_the_order_in_which_pieces_are_done_changes_nothing():
    for how in ({"each_hazard": True}, {"until_share": 0.02, "replications": 4000}, {"late": True, "traces": False}):
        same(moved(Backwards(), **how), moved(**how))


def test_who_stops_takes_back_what_has_not_begun():
    executor = Idle()
    with pytest.raises(Cancelled) as stopped:
        moved(executor, Then(stop=True, begun=True))
    assert stopped.value.result is None
    assert executor.futures
    assert all(one.cancelled() for one in executor.futures)


def test_who_stops_keeps_the_replications_and_hazards_that_are_there():
    whole = moved(each_hazard=True)
    with pytest.raises(Cancelled) as stopped:
        moved(Backwards(), Then(stop=True), each_hazard=True)
    kept = stopped.value.result
    assert 0 < kept.replications.height < 1000
    assert kept.replications.equals(whole.replications.head(kept.replications.height))
    with pytest.raises(Cancelled, match="1 of 2 hazards alone") as stopped:
        moved(None, OneHazard(stop=True), each_hazard=True)
    kept = stopped.value.result
    assert kept.replications.equals(whole.replications)
    assert kept.hazards.height == 1
    assert kept.hazards.row(0) in whole.hazards.rows()


def test_a_killed_process_costs_no_replication():
    progress = Then()
    with Dying(before=5) as pool:
        found = moved(pool, progress, each_hazard=True)
    same(found, moved(each_hazard=True))
    assert any("done here" in note for note in progress.notes)


def test_a_killed_process_costs_no_node():
    progress = Then()
    with Dying(before=1) as pool:
        found = expose(*world(), executor=pool, progress=progress)
    assert found.nodes.equals(expose(*world()).nodes)
    assert any("done here" in note for note in progress.notes)


def test_exposure_stops_with_the_nodes_that_are_there():
    with pytest.raises(Cancelled) as stopped:
        expose(*world(), executor=Backwards(), progress=Then(stop=True))
    some, whole = (
        set(one.nodes.select("kind", "node", "loss_low", "loss_high", "lost_units", "survival_days").rows())
        for one in (stopped.value.result, expose(*world()))
    )
    assert some
    assert some < whole
