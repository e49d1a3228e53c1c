"""A cluster that cannot be worked on is refused in words, before anything runs; so are workers that cannot be had."""

from __future__ import annotations

import socket

import pytest

import hinterland.stress.clusters as clusters
from hinterland.app.workers import workers_of
from hinterland.core.errors import InvalidTables
from hinterland.stress.clusters import Address, cluster, on_cluster

ALIKE = {"hinterland": "0.1.0", "numpy": "2.4.6", "polars": "2.1.0", "python": "3.11.7.final.0"}


def refused(act):
    with pytest.raises(InvalidTables) as told, act as _:
        pass
    assert all(text.strip() for one in told.value.issues for text in (one.what, one.why, one.fix))
    return told.value.issues


@pytest.fixture
def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]  # bound, and nobody listens


@pytest.mark.parametrize(
    "text",
    ["", "cluster", "127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1:port", "tcp://h:99999",
     "tcp://127.0.0.1:0", "tcp://me:secret@h:1", "tcp://h:1/path", "tcp://h:1?x=1", "tcp://a b:1", "tcp://[::1:8786", "inproc://1/2/3"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    (issue,) = refused(cluster(text))
    assert (issue.code, repr(text) in issue.what) == ("bad_address", True)


def test_an_address_is_a_scheme_a_host_and_a_port():
    assert Address.of("tls://planner.example:8786") == Address("tls", "planner.example", 8786)


def test_a_cluster_that_nobody_answers_for_is_told_with_how_to_start_one(closed_port):
    (issue,) = refused(cluster(f"tcp://127.0.0.1:{closed_port}"))
    assert issue.code == "no_cluster"
    assert f"dask scheduler --host 127.0.0.1 --port {closed_port}" in issue.fix


def test_who_listens_and_is_no_scheduler_is_told(monkeypatch):
    monkeypatch.setattr(clusters, "_ANSWER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        (issue,) = refused(cluster(f"tcp://127.0.0.1:{mute.getsockname()[1]}"))
    assert issue.code == "no_cluster"


def test_without_certificates_there_is_no_secret_line():
    with socket.create_server(("127.0.0.1", 0)) as some:
        (issue,) = refused(cluster(f"tls://127.0.0.1:{some.getsockname()[1]}"))
    assert issue.code == "no_cluster"
    assert "distributed.comm.tls" in issue.fix


def test_how_to_get_dask_is_told_where_it_is_not_installed(monkeypatch):
    monkeypatch.setattr(clusters, "find_spec", lambda _: None)
    (issue,) = refused(cluster("tcp://127.0.0.1:8786"))
    assert (issue.code, issue.fix) == ("no_dask", "pip install 'hinterland[cluster]'")


class Stranger:
    """A client whose workers are what they are said to be."""

    def __init__(self, **workers):
        self.workers = workers

    def get_versions(self, packages):
        host = {"machine": "x86_64"}
        told = {name: {"host": host | more.pop("host", {}), "packages": ALIKE | more} for name, more in self.workers.items()}
        return {"client": {"host": host, "packages": ALIKE}, "scheduler": None, "workers": told}


def test_every_worker_that_computes_otherwise_is_told():
    some = Stranger(a={"polars": "1.0.0"}, b={}, c={"python": "3.13.1.final.0", "numpy": None}, d={"host": {"machine": "aarch64"}})
    told = refused(on_cluster(some))
    assert [(one.code, one.what) for one in told] == [
        ("unlike_worker", "worker a has polars 1.0.0, here 2.1.0"),
        ("unlike_worker", "worker c has python 3.13, here 3.11; numpy none, here 2.4.6"),
        ("unlike_worker", "worker d has machine aarch64, here x86_64"),
    ]


def test_another_patch_of_python_is_the_same():
    with on_cluster(Stranger(a={"python": "3.11.2.final.0"})) as hands:
        assert hands is not None


@pytest.mark.parametrize("how", [{"workers": 0}, {"workers": -1}, {"workers": 10_000}, {"workers": 1, "cluster": "tcp://127.0.0.1:8786"}])
def test_workers_that_cannot_be_had_are_refused(how):
    assert {one.code for one in refused(workers_of(**how))} == {"bad_workers"}


def test_who_asks_for_nothing_gets_threads():
    with workers_of() as nobody:
        assert nobody is None
