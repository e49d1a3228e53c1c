"""A progress that also remembers: what a long piece of work said, with the seconds since its start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hinterland.core.progress import SILENT

if TYPE_CHECKING:
    from hinterland.core.progress import Progress

__all__ = ["Logged"]

_LEAST_STEP = 0.01
"""A task that advances by less than this share is not told again."""


class Logged:
    """Passes everything on to another progress and keeps one line per step for the run's log.jsonl."""

    def __init__(self, inner: Progress = SILENT) -> None:
        """Start the clock."""
        self._inner, self._began, self._last = inner, time.perf_counter(), ("", -1.0, "")
        self.lines: list[dict[str, object]] = []

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        """Pass on; keep a line where something has moved."""
        self._inner.advanced(task, done_share, note)
        name, share, said = self._last
        if task != name or done_share >= share + _LEAST_STEP or done_share < share or (done_share >= 1.0 > share) or note != said:
            self._last = (task, done_share, note)
            self.lines.append(
                {"seconds": round(time.perf_counter() - self._began, 3), "task": task, "done_share": round(done_share, 4), "note": note}
            )

    def cancelled(self) -> bool:
        """Ask the other progress."""
        return self._inner.cancelled()
