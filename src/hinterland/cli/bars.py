"""Progress for people: a bar on stderr, and Ctrl-C as a wish to stop that keeps what is there."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["Bars", "bars"]


class Bars:
    """Draws one bar per task on a terminal; on a pipe it says each task once when it is done."""

    def __init__(self, *, quiet: bool, keeps: str) -> None:
        """`quiet` draws nothing; stopping works all the same, and says that it `keeps` this."""
        self._stop = False
        self._live: Any = None
        self._rows: dict[str, Any] = {}
        self._told: set[str] = set()
        self._quiet, self._keeps = quiet, keeps

    def advanced(self, task: str, done_share: float, note: str = "") -> None:
        """Move a bar."""
        if self._quiet:
            return
        if self._live is None:
            if done_share >= 1.0 and task not in self._told:
                self._told.add(task)
                sys.stderr.write(f"{task}: done{' · ' + note if note else ''}\n")
            return
        if task not in self._rows:
            self._rows[task] = self._live.add_task(task, total=1.0, note="")
        self._live.update(self._rows[task], completed=min(done_share, 1.0), note=note)

    def cancelled(self) -> bool:
        """Say whether Ctrl-C was pressed."""
        return self._stop

    def wish(self, _number: int, _frame: FrameType | None) -> None:
        """First Ctrl-C: stop when what is there is safe. Second: stop now."""
        if self._stop:
            raise KeyboardInterrupt
        self._stop = True
        sys.stderr.write(f"\nstopping: keeping {self._keeps} (press Ctrl-C again to stop at once)\n")

    def draw(self) -> None:
        """Start drawing where stderr is a terminal."""
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.markup import escape
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            class _Note(TextColumn):
                def render(self, task: Any) -> Any:  # the note may hold a user's names
                    from rich.text import Text

                    return Text(str(task.fields.get("note", "")), style="dim")

            self._live = Progress(
                TextColumn("{task.description:<28}"), BarColumn(bar_width=28), TimeElapsedColumn(), _Note(escape("")),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._live.start()

    def close(self) -> None:
        """Stop drawing."""
        if self._live is not None:
            self._live.stop()
            self._live = None


@contextmanager
def bars(*, quiet: bool = False, keeps: str = "what is there") -> Iterator[Bars]:
    """Bars for a piece of work, with Ctrl-C turned into a wish to stop while it lasts."""
    drawn = Bars(quiet=quiet, keeps=keeps)
    before = signal.signal(signal.SIGINT, drawn.wish)
    drawn.draw()
    try:
        yield drawn
    finally:
        drawn.close()
        signal.signal(signal.SIGINT, before)
