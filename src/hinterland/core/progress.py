"""How long work speaks and how it is stopped: a protocol of two methods, silent by default."""

from __future__ import annotations

from typing import Protocol

__all__ = ["SILENT", "Progress"]


class Progress(Protocol):
    """What a door calls while it works; the command line draws it, tests record it, the library stays silent."""

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        """Say that `task` has come to `done_share` (0..1); `note` is a short text for people."""

    def cancelled(self) -> bool:
        """Return True when the caller wants the work to stop; what is there is kept."""


class _Silent:
    """Says nothing and never stops."""

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        """Do nothing."""

    def cancelled(self) -> bool:
        """Never stop."""
        return False


SILENT: Progress = _Silent()
