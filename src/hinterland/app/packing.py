"""Packs that can be put behind a world: what each is, how many rows it adds, from which sources and of which quality."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.packs import PREFIX, own_packs, read_pack, shipped_packs

if TYPE_CHECKING:
    from hinterland.model.packs import Pack

__all__ = ["packs"]

_WORST_LAST = ("reported", "derived", "estimated", "assumed")


def _told(pack: Pack, where: str) -> dict[str, Any]:
    rows = [frame.select("source_id", "quality") for name, frame in pack.tables.items() if name not in {"sources", "groups"}]
    both = (
        pl.concat(rows) if rows else pl.DataFrame({"source_id": [], "quality": []}, schema={"source_id": pl.String, "quality": pl.String})
    )
    qualities = set(both["quality"].drop_nulls().to_list())
    titles = [title for title in pack.tables["sources"]["title"].to_list() if title] if "sources" in pack.tables else []
    return {
        "name": f"{PREFIX}{pack.name}", "from": where, "title": pack.title, "about": pack.about, "rows": pack.rows, "tables": sorted(set(pack.tables) - {"sources"}),
        "quality": [one for one in _WORST_LAST if one in qualities], "sources": titles, "problems": len(pack.issues),
    }  # fmt: skip


def packs(source: Path | str | None = None) -> list[dict[str, Any]]:
    """List the packs that come with the package and, with a network's folder, those in its folder `packs`, which stand first.

    Each is a dict: name (as scenarios are named), from (shipped | own), title, about, rows, tables, quality, sources, problems.
    """
    if source is not None and not Path(source).exists():
        what, why = f"there is no {source}", "packs beside a network are found in its folder"
        fix = "name the folder of a network, or nothing to list those that come along"
        raise InvalidTables([Issue("packs", None, None, "unreadable", what=what, why=why, fix=fix)])
    own = {} if source is None else own_packs(source)
    shipped = {name: read_pack(folder) for name, folder in shipped_packs().items() if name not in own}
    return [_told(one, "own") for _, one in sorted(own.items())] + [_told(one, "shipped") for _, one in sorted(shipped.items())]
