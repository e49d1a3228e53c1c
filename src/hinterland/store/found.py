"""What was found out about a run, kept beside its plan: a folder of Parquet files and about.json, whole or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hinterland.core.errors import InvalidTables, Issue
from hinterland.store.folders import staged
from hinterland.store.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

__all__ = ["ABOUT", "about_of", "write_found"]

ABOUT = "about.json"
"""The file that says how a folder's tables came about; only a folder that holds it is ever replaced."""
FORMAT = 1


def write_found(folder: str | Path, tables: Mapping[str, pl.DataFrame], about: Mapping[str, object], *, replace: bool = False) -> Path:
    """Write tables and about.json beside `folder` and rename it into place; with `replace` an older finding goes, nothing else ever does.

    Raises InvalidTables where the place is taken or takes no files; nothing is left behind then.
    """
    target = Path(folder)
    head = {"format": FORMAT, "written": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        with staged(target, replace=replace, mark=ABOUT) as beside:
            for name, frame in sorted(tables.items()):
                frame.write_parquet(beside / f"{name}.parquet")
            (beside / ABOUT).write_text(json.dumps(plain({**head, **about}), indent=2) + "\n", encoding="utf-8")
    except OSError as broken:
        what, why = f"{target} cannot be written", f"{broken.strerror or broken}"
        raise InvalidTables([Issue(target.name, None, None, "not_writable", what, why, "name another place with --out")]) from broken
    return target


def about_of(folder: Path) -> Mapping[str, object]:
    """What about.json of a folder says; nothing where there is none that can be read."""
    try:
        told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
