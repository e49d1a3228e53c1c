"""A Dask cluster as hands: the one module that knows `distributed`, which is an extra and is imported when a cluster is asked for.

Dask sends pickled Python: whoever may talk to a cluster's scheduler may run anything on its machines, and they may run anything here.
"""

from __future__ import annotations

import asyncio
import socket
import time
import uuid
import warnings
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from hinterland.core.errors import InvalidTables, Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hinterland.stress.hands import Parcel

__all__ = ["Address", "OnCluster", "cluster", "on_cluster"]

_CONNECT_SECONDS = 3.0
_ANSWER_SECONDS = 10.0
_JOIN_SECONDS = 5.0
_EMPTY_SECONDS = 30.0
_LOOK_SECONDS = 1.0
_ALIKE = ("hinterland", "numpy", "polars", "numba", "llvmlite", "scipy", "highspy", "distributed")
"""Packages that results depend on to the last bit, or that talk to each other."""


def _refused(code: str, what: str, why: str, fix: str) -> InvalidTables:
    return InvalidTables([Issue("cluster", None, None, code, what, why, fix)])


@dataclass(frozen=True, slots=True)
class Address:
    """Where the scheduler of a cluster listens."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, text: str) -> Address:
        """Read `tcp://host:port` or `tls://host:port`. Raises InvalidTables where it is none.

        >>> str(Address.of("tcp://127.0.0.1:8786")), str(Address.of("tls://[::1]:8786"))
        ('tcp://127.0.0.1:8786', 'tls://[::1]:8786')
        """
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = urlsplit(""), None, None
        more = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
        if parts.scheme not in {"tcp", "tls"} or not host or not port or more or any(one.isspace() for one in text):
            what = f"{text!r} is no address of a cluster"
            raise _refused("bad_address", what, "a scheduler has a scheme, a host and a port", "write tcp://host:port or tls://host:port")
        return cls(parts.scheme, host, port)

    def __str__(self) -> str:
        """As Dask writes it."""
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class OnCluster(Executor):
    """A Dask client as an executor: tasks in the order in which they come, cancelled when their future is.

    Dask does again what a dead worker had not handed back. Where the scheduler is lost, or no worker is there for half a minute,
    what is outstanding fails with BrokenExecutor.
    """

    def __init__(self, client: Any) -> None:
        """`client` stays the caller's to close."""
        self._client = client
        self._waiting: dict[Future[Any], Any] = {}
        self._changing, self._over = Lock(), Event()
        self._watch: Thread | None = None

    def carried(self, parcel: Parcel) -> Any:
        """Lay a parcel in the memory of every worker; those that come later take it from one that has it."""
        try:
            return self._client.scatter(parcel, broadcast=True, hash=False) if self._client.nthreads() else parcel
        except Exception:  # no worker any more, or no scheduler: whoever comes gets it with the piece
            return parcel

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a task to the cluster."""
        far = self._client.submit(fn, *args, **kwargs, key=f"hinterland-{uuid.uuid4().hex}", pure=False)
        near: Future[Any] = Future()
        with self._changing:
            self._waiting[near] = far
            if self._watch is None:
                self._watch = Thread(target=self._look, name="hinterland-cluster", daemon=True)
                self._watch.start()
        near.add_done_callback(self._gone)
        far.add_done_callback(lambda one: self._land(one, near))
        return near

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take back what is outstanding, and look after the cluster no more; the client stays open."""
        self._over.set()
        for near in list(self._waiting):
            near.cancel()

    def _gone(self, near: Future[Any]) -> None:
        """Release the task of a future that was cancelled: the scheduler drops what nobody waits for."""
        far = self._claimed(near)
        if far is not None:
            far.release()

    def _claimed(self, near: Future[Any]) -> Any:
        """The task of a future that still waits: to be ended by who takes it out, once."""
        with self._changing:
            return self._waiting.pop(near, None)

    def _land(self, far: Any, near: Future[Any]) -> None:
        if self._claimed(near) is None or not near.set_running_or_notify_cancel():
            return
        try:
            found = far.result()
        except Exception as lost:
            near.set_exception(BrokenExecutor(str(lost)) if far.status in {"cancelled", "lost"} else lost)
        else:
            near.set_result(found)

    def _look(self) -> None:
        """Fail what waits where no worker is left to do it."""
        seen = time.monotonic()
        while not self._over.wait(_LOOK_SECONDS):
            with suppress(Exception):
                if not self._waiting or self._client.nthreads():
                    seen = time.monotonic()
            if time.monotonic() - seen > _EMPTY_SECONDS:
                for near in list(self._waiting):
                    if self._claimed(near) is not None and near.set_running_or_notify_cancel():
                        near.set_exception(BrokenExecutor("the cluster has no worker any more"))


@contextmanager
def on_cluster(given: Any) -> Iterator[OnCluster]:
    """A client of Dask, or the executor that it makes, as hands. Raises InvalidTables where its workers are not like this process."""
    client = getattr(given, "_client", given)
    _refuse_others(client)
    hands = OnCluster(client)
    try:
        yield hands
    finally:
        hands.shutdown()


@contextmanager
def cluster(address: str) -> Iterator[OnCluster]:
    """The cluster whose scheduler listens at `tcp://host:port` or `tls://host:port`.

    Raises InvalidTables where the address is none, nobody answers, no worker is there, or workers are not like this process.
    """
    where = Address.of(address)
    client = _connected(where)
    try:
        with suppress(Exception):
            client.wait_for_workers(1, timeout=_JOIN_SECONDS)
        if not client.nthreads():
            what, fix = f"no worker has joined the cluster at {where}", f"start some: dask worker {where} --nthreads 1"
            raise _refused("no_workers", what, "a scheduler alone does no work", fix)
        with on_cluster(client) as hands:
            yield hands
    finally:
        client.close()


def _connected(where: Address) -> Any:
    if find_spec("distributed") is None:
        fix = "pip install 'hinterland[cluster]'"
        raise _refused("no_dask", "Dask's distributed is not installed here", "a cluster is talked to through it", fix)
    try:
        socket.create_connection((where.host, where.port), _CONNECT_SECONDS).close()  # nobody there is told at once
        answered = asyncio.run(asyncio.wait_for(_asked(where), _ANSWER_SECONDS))
        if answered != "Scheduler":
            raise OSError(f"a {answered.lower()} answers, no scheduler")
        import distributed

        make: Any = distributed.Client
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions that differ are told in words
            return make(str(where), timeout=_ANSWER_SECONDS, set_as_default=False)
    except Exception as gone:
        why = " ".join(str(gone).split())[:200] or f"nothing is heard in {_ANSWER_SECONDS:.0f} s"
        fix = f"start one (dask scheduler --host {where.host} --port {where.port}), or name another address"
        if where.scheme == "tls":
            fix += "; certificates are named in Dask's configuration, distributed.comm.tls"
        raise _refused("no_cluster", f"no scheduler answers at {where}", why, fix) from None


async def _asked(where: Address) -> str:
    """Who listens there, in Dask's word: a client that cannot reach a scheduler cannot be closed in silence."""
    from distributed.comm.core import connect
    from distributed.security import Security

    secrets, dial = cast("tuple[Any, Any]", (Security, connect))
    line = await dial(str(where), timeout=_ANSWER_SECONDS, **secrets().get_connection_args("client"))
    try:
        await line.write({"op": "identity", "reply": True})
        return str((await line.read()).get("type", "stranger"))
    finally:
        line.abort()


def _told(info: dict[str, Any]) -> dict[str, str]:
    """What must be alike: the kind of machine, Python's version, packages."""
    packages = info["packages"]
    python = ".".join(packages["python"].split(".")[:2])
    return {"machine": info["host"]["machine"], "python": python, **{name: str(packages.get(name) or "none") for name in _ALIKE}}


def _refuse_others(client: Any) -> None:
    """Raise InvalidTables for each worker that would compute otherwise than this process."""
    told = client.get_versions(packages=_ALIKE)
    here = _told(told["client"])
    issues = []
    for worker, info in sorted(told["workers"].items()):
        there = _told(info) if isinstance(info, dict) else {}
        apart = [f"{name} {there.get(name, 'unknown')}, here {own}" for name, own in here.items() if there.get(name) != own]
        if apart:
            what, fix = f"worker {worker} has {'; '.join(apart)}", "install the same versions there, on the same kind of machine"
            issues.append(Issue("cluster", None, None, "unlike_worker", what, "results would not be the same to the last bit", fix))
    if issues:
        raise InvalidTables(issues)
