"""When to stop: the caller's progress.cancelled(), Ctrl-C, or the end of the time that was given."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from hinterland.core.progress import Progress

__all__ = ["Stopper"]


class Stopper:
    """Asked all along the work whether it should end.

    Within the `with` block the first Ctrl-C is a wish to stop, kept until somebody asks, so that nothing found is lost
    halfway; the second is the interpreter's own KeyboardInterrupt. A handler of the caller's is left alone, and threads
    other than the main one never see the signal.
    """

    def __init__(self, progress: Progress, seconds: float | None = None) -> None:
        """Count `seconds` from now; None: no end."""
        self.progress = progress
        self._end = None if seconds is None else time.perf_counter() + seconds
        self._pressed = False
        self._kept: Any = None

    def __enter__(self) -> Stopper:
        """Listen for Ctrl-C."""
        ours = threading.current_thread() is threading.main_thread()
        if ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._kept = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Give Ctrl-C back its meaning."""
        if self._kept is not None:
            signal.signal(signal.SIGINT, self._kept)

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self._pressed:
            signal.default_int_handler(number, frame)
        self._pressed = True

    @property
    def asked(self) -> bool:
        """Say whether the caller wants an end."""
        self._pressed = self._pressed or self.progress.cancelled()
        return self._pressed

    @property
    def left(self) -> float | None:
        """Seconds that are left, never below 0; None: no end."""
        return None if self._end is None else max(0.0, self._end - time.perf_counter())

    @property
    def late(self) -> bool:
        """Say whether the time is over."""
        return self._end is not None and time.perf_counter() >= self._end
