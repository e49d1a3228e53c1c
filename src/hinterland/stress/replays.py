"""Events of the past as fixed event tables: what happened, with its source and how well it is known."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.tables.typing import nearest

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["listed", "names", "read_replay"]

_FOLDER = "hinterland.model.samples"


def _files() -> dict[str, Path]:
    folder = files(_FOLDER) / "replays"
    return {one.name.removesuffix(".csv"): one for one in sorted(folder.iterdir(), key=lambda one: one.name) if one.name.endswith(".csv")}  # type: ignore[misc]  # a shipped file


def names() -> list[str]:
    """Every replay, sorted.

    >>> "suez_2021" in names()
    True
    """
    return list(_files())


def read_replay(name: str) -> pl.DataFrame:
    """Rows of the table `events`, on their historical days. Raises InvalidTables for an unknown name."""
    known = _files()
    if name not in known:
        what, why = f"there is no replay {name!r}", f"there are {', '.join(known)}"
        raise InvalidTables([Issue("simulate", None, "replay", "unknown_kind", what=what, why=why, fix=nearest(name, list(known)))])
    return pl.read_csv(known[name].read_bytes(), try_parse_dates=True, schema_overrides={"duration_days": pl.Float64, "recovery_days": pl.Float64,
                       "capacity_loss_share": pl.Float64, "hazard_id": pl.String, "scope_value": pl.String})  # fmt: skip


def listed() -> pl.DataFrame:
    """Name, first day, what is hit, how long, quality and note of every replay."""
    told = [
        read_replay(name).select(
            replay=pl.lit(name), start_date="start_date", scope=pl.col("scope_kind") + " " + pl.col("scope_value"), duration_days="duration_days",
            capacity_loss_share="capacity_loss_share", quality="quality", note="note",
        )
        for name in names()
    ]  # fmt: skip
    return pl.concat(told)
