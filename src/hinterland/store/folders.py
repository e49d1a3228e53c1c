"""Folders that appear whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hinterland.core.errors import InvalidTables, Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["refuse_taken", "refuse_unwritable", "safe_name", "staged"]

MARK = "manifest.json"
"""The file that tells a run folder from any other: only a folder that holds it is ever replaced."""


def safe_name(text: str) -> str:
    """A name that is a plain folder name whatever the user's id was: no separators, no leading dot, at most 80 letters.

    >>> safe_name("local-for-local"), safe_name("../../etc/passwd"), safe_name("")
    ('local-for-local', '___etc_passwd', '_')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", text).lstrip(".")
    return plain[:80].replace("..", "_") or "_"


def _not_writable(target: Path, why: str, fix: str) -> InvalidTables:
    return InvalidTables([Issue(target.name or str(target), None, None, "not_writable", f"{target} cannot be written", why, fix)])


def refuse_unwritable(target: Path, *, folder: bool = False) -> None:
    """Raise InvalidTables where a file (or, with `folder`, a folder) cannot be written; nothing is left behind.

    Tried is the nearest folder above that exists: a name below a file, or in a place that takes no files, is told at once.
    """
    if target.is_dir() and not folder:
        raise _not_writable(target, "it is a folder", f"name a file in it, as {target / 'report.html'}")
    above = target.parent
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        raise _not_writable(target, f"{above} is a file, not a folder", "name another place")
    try:
        if target.is_file() and not folder:
            with target.open("ab"):
                return
        Path(tempfile.mkdtemp(prefix=".hinterland-", dir=above)).rmdir()
    except OSError as broken:
        raise _not_writable(target, f"{above} takes no files: {broken.strerror or broken}", "name another place") from broken


def refuse_taken(target: Path, *, replace: bool, mark: str = MARK) -> None:
    """Raise InvalidTables when `target` is taken and is not a run that may be replaced, or cannot be written at all.

    `mark` is the file by which a folder is known as one of ours.
    """
    refuse_unwritable(target, folder=True)
    if target.exists():
        mine = target.is_dir() and (target / mark).is_file()
        empty = target.is_dir() and not any(target.iterdir())
        if not (empty or (replace and mine)):
            held = "a run" if mark == MARK else "a finding"
            why = f"it holds {held} already" if mine else f"it is not {held} of ours, and nothing is written over"
            raise InvalidTables(
                [
                    Issue(
                        target.name,
                        None,
                        None,
                        "folder_taken",
                        f"{target} is there already",
                        why,
                        "name another folder, or replace the run with --replace" if mine and mark == MARK else "name another folder",
                    )
                ]
            )


@contextmanager
def staged(target: Path, *, replace: bool, mark: str = MARK) -> Iterator[Path]:
    """Give a folder beside `target` to write in; rename it into place when the block ends well, drop it otherwise.

    Raises InvalidTables when `target` is taken and is not a run that may be replaced: nothing is written over.
    """
    refuse_taken(target, replace=replace, mark=mark)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.parent / f".{target.name}.{os.getpid()}.part"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    old = target.parent / f".{target.name}.{os.getpid()}.old"
    try:
        yield beside
        if target.exists():
            target.rename(old)
        beside.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
