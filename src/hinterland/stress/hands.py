"""Who does pieces of work: threads, processes or a cluster. What all pieces share travels once, results come back in order.

The pieces are the same whoever does them, so the result is the same bit for bit. A worker that dies costs time: what it had not
handed back is done here.
"""

from __future__ import annotations

import pickle
import tempfile
import uuid
from collections import OrderedDict
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

__all__ = ["DaskClient", "Hands", "Parcel", "hands_of"]

_LOOK_SECONDS = 0.1
_OPENED: OrderedDict[str, object] = OrderedDict()
_OPENING = Lock()
_KEPT = 4

_Common = TypeVar("_Common", contravariant=True)
_Result = TypeVar("_Result", covariant=True)
_Shared = TypeVar("_Shared")
_Found = TypeVar("_Found")


class Work(Protocol[_Common, _Result]):
    """A piece of work on what all pieces share."""

    def __call__(self, common: _Common, /) -> _Result:
        """Do it."""
        ...


class DaskClient(Protocol):
    """A `distributed.Client`, which is not imported to be recognised."""

    def get_executor(self, **kwargs: Any) -> Any:
        """Be an executor; hinterland makes its own."""
        ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """What all pieces share, pickled once, by a name under which a worker keeps it open; a file where workers see the same disk."""

    name: str
    content: bytes | Path

    def opened(self) -> object:
        """What is inside, opened once in each process."""
        with _OPENING:
            if self.name not in _OPENED:
                content = self.content.read_bytes() if isinstance(self.content, Path) else self.content
                _OPENED[self.name] = pickle.loads(content)  # noqa: S301  # our own bytes, from the process that asks
                while len(_OPENED) > _KEPT:
                    _OPENED.popitem(last=False)
            return _OPENED[self.name]


def _do(piece: Work[Any, _Found], common: object) -> _Found:
    return piece(common.opened() if isinstance(common, Parcel) else common)


def _never() -> bool:
    return False


class Hands:
    """An executor, and threads of our own for what it could not do. `redone` counts the pieces that were lost and done here."""

    def __init__(self, executor: Executor | None, kept: ExitStack) -> None:
        """`kept` ends what is begun here: threads, and the folder of parcels."""
        self.redone = 0
        self._executor, self._kept = executor, kept
        self._threads: ThreadPoolExecutor | None = None
        self._sent: tuple[object, object] = (None, None)

    @property
    def told(self) -> str:
        """What progress adds where workers were lost."""
        return f"; {self.redone} pieces of lost workers done here" if self.redone else ""

    def finished(
        self, common: _Shared, pieces: Sequence[Work[_Shared, _Found]], cancelled: Callable[[], bool] = _never
    ) -> Iterator[_Found]:
        """Results in the order of the pieces; ends early once `cancelled`, and then takes back what has not begun."""
        waiting = self._begun(common, pieces)
        try:
            for at in range(len(pieces)):
                if not _done(waiting[at], cancelled):
                    return
                if self._executor is not None and _failed(waiting[at]):
                    self._redo(common, pieces, waiting, at)
                    if not _done(waiting[at], cancelled):
                        return
                yield waiting[at].result()
                waiting[at] = Future()  # what was handed on is not held
        finally:
            for one in waiting:
                one.cancel()

    def forget(self) -> None:
        """Let go of what all pieces shared: a cluster holds it as long as it is held here."""
        self._sent = (None, None)

    def _begun(self, common: _Shared, pieces: Sequence[Work[_Shared, _Found]]) -> list[Future[_Found]]:
        hands = self._executor
        if hands is None:
            return [self._own().submit(_do, piece, common) for piece in pieces]
        if self._sent[0] is not common:
            self._sent = common, self._carried(hands, common)
        return [_submitted(hands, piece, self._sent[1]) for piece in pieces]

    def _carried(self, hands: Executor, common: object) -> object:
        """The way in which what all share gets to the workers once."""
        if isinstance(hands, ThreadPoolExecutor):
            return common
        name, content = uuid.uuid4().hex, pickle.dumps(common, protocol=5)
        if isinstance(hands, ProcessPoolExecutor):
            folder = Path(self._kept.enter_context(tempfile.TemporaryDirectory(prefix="hinterland-", ignore_cleanup_errors=True)))
            (folder / name).write_bytes(content)
            return Parcel(name, folder / name)
        carry = getattr(hands, "carried", None)
        return Parcel(name, content) if carry is None else carry(Parcel(name, content))

    def _own(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor()
            self._kept.callback(self._threads.shutdown, cancel_futures=True)
        return self._threads

    def _redo(self, common: _Shared, pieces: Sequence[Work[_Shared, _Found]], waiting: list[Future[_Found]], first: int) -> None:
        """Do here what failed elsewhere. Why does not matter: a defect of the piece itself shows again. Who is broken is not asked again."""
        broken = not waiting[first].cancelled() and isinstance(waiting[first].exception(), BrokenExecutor)
        for at in range(first, len(pieces)):
            if _failed(waiting[at]) or (broken and not waiting[at].done()):
                waiting[at] = self._own().submit(_do, pieces[at], common)
                self.redone += 1
        if broken:
            self._executor = None


def _done(one: Future[Any], cancelled: Callable[[], bool]) -> bool:
    """Wait until a piece is done; False once cancelled."""
    while not wait([one], timeout=_LOOK_SECONDS).done:
        if cancelled():
            return False
    return True


def _failed(one: Future[Any]) -> bool:
    return one.done() and (one.cancelled() or one.exception() is not None)


def _submitted(hands: Executor, piece: Work[Any, _Found], common: object) -> Future[_Found]:
    try:
        return hands.submit(_do, piece, common)
    except Exception as gone:  # an executor that takes nothing any more: as if the piece had been lost
        failed: Future[_Found] = Future()
        failed.set_exception(gone)
        return failed


@contextmanager
def hands_of(executor: Executor | DaskClient | None) -> Iterator[Hands]:
    """Hands of an executor or a Dask client, which are left as they are; else of threads of our own."""
    with ExitStack() as kept:
        if type(executor).__module__.partition(".")[0] == "distributed":
            from hinterland.stress.clusters import on_cluster

            executor = kept.enter_context(on_cluster(executor))
        hands = Hands(cast("Executor | None", executor), kept)
        kept.callback(hands.forget)
        yield hands
