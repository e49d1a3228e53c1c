"""Packs: small folders of rows that are added to a network's world, named like scenarios as `pack:NAME`."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from hinterland.core.errors import InvalidScenario, Issue
from hinterland.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

__all__ = ["FOLDER", "PREFIX", "Pack", "find_pack", "is_pack", "own_packs", "pack_names", "read_pack", "shipped_packs", "write_packs"]

PREFIX = "pack:"
FOLDER = "packs"
"""Folder beside a network's tables that holds packs of one's own."""
HEAD = "pack.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_REFUSED = ("settings", "periods", "scenarios", "overrides")
"""Tables that a pack may not speak of: they say what is planned and how, not what the world is like."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Rows to add, by table (typed, only tables with rows); `issues` is what is wrong with the files."""

    name: str
    title: str
    about: str
    tables: Mapping[str, pl.DataFrame]
    issues: tuple[Issue, ...] = ()

    @property
    def rows(self) -> int:
        """Rows that it adds, groups and sources apart."""
        return sum(frame.height for name, frame in self.tables.items() if name not in {"groups", "sources"})


def is_pack(name: str) -> bool:
    """Say whether a scenario's name means a pack.

    >>> is_pack("pack:suez_closure"), is_pack("status-2026")
    (True, False)
    """
    return name.startswith(PREFIX)


def _head(folder: Path, name: str) -> tuple[str, str, list[Issue]]:
    """Title and text of pack.toml; a pack without one is called by its name."""
    file = folder / HEAD
    if not file.is_file():
        return name, "", []
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as broken:
        what, fix = f"{HEAD} cannot be read", 'write title = "…" and about = "…"'
        return name, "", [Issue(f"{PREFIX}{name}/{HEAD}", None, None, "unreadable", what=what, why=str(broken)[:200], fix=fix)]
    return str(told.get("title", name)), str(told.get("about", "")), []


def read_pack(folder: Path) -> Pack:
    """Read a pack from its folder of CSV or Parquet files; whatever is wrong with it is in `issues`."""
    name = folder.name
    title, about, issues = _head(folder, name)
    tables, found = read_tables(folder)
    filled = {table: frame for table, frame in tables.items() if frame.height}
    issues += [
        Issue(f"{PREFIX}{name}/{one.table}", one.row, one.column, one.code, one.what, one.why, one.fix, one.severity) for one in found
    ]
    for table in _REFUSED:
        if table in filled:
            what, why = f"a pack with rows of {table}", "a pack adds rows to the world; what is planned and how stays the network's own"
            fix = "write them into the network's own tables"
            issues.append(Issue(f"{PREFIX}{name}/{table}", None, None, "not_in_packs", what=what, why=why, fix=fix))
    return Pack(name, title, about, MappingProxyType(filled), tuple(issues))


def _folders(place: Path) -> dict[str, Path]:
    if not place.is_dir():
        return {}
    return {one.name: one for one in sorted(place.iterdir()) if one.is_dir() and _NAME.match(one.name)}


@cache
def shipped_packs() -> Mapping[str, Path]:
    """Folders of the packs that come with the package, by name."""
    return MappingProxyType(_folders(Path(str(files("hinterland.model.samples"))) / "packs"))


@cache
def _shipped(name: str) -> Pack:
    return read_pack(shipped_packs()[name])


def own_packs(source: object) -> dict[str, Pack]:
    """Packs in the folder `packs` beside a network's tables; none where the network is no folder."""
    if not isinstance(source, Path | str):
        return {}
    return {name: read_pack(folder) for name, folder in _folders(Path(source) / FOLDER).items()}


def pack_names(own: Mapping[str, Pack]) -> list[str]:
    """Every pack that can be named, shipped and own, sorted; an own pack stands in the place of a shipped one of its name."""
    return sorted({*shipped_packs(), *own})


def find_pack(name: str, own: Mapping[str, Pack]) -> Pack:
    """Return the pack of a name `pack:NAME`; raises InvalidScenario for a name that is none, or a pack that cannot be read."""
    bare = name.removeprefix(PREFIX)
    if bare in own:
        pack = own[bare]
    elif _NAME.match(bare) and bare in shipped_packs():
        pack = _shipped(bare)
    else:
        plain = bool(_NAME.match(bare))
        what = f"there is no pack {bare!r}"
        why = f"there are: {', '.join(pack_names(own))}" if plain else "a pack has a plain name of letters, digits, _ and -: no path"
        fix = f"name one of these, or put a folder {FOLDER}/NAME beside the network's tables"
        raise InvalidScenario([Issue("scenarios", None, "scenario_id", "unknown_scenario", what=what, why=why, fix=fix)])
    errors = [issue for issue in pack.issues if issue.severity == "error"]
    if errors:
        raise InvalidScenario(errors)
    return pack


def write_packs(place: Path, packs: Mapping[str, Pack]) -> None:
    """Write packs as Parquet folders below `place`/packs, so that tables kept there can be resolved again."""
    for name, pack in sorted(packs.items()):
        folder = place / FOLDER / name
        folder.mkdir(parents=True)
        head = f"title = {json.dumps(pack.title)}\nabout = {json.dumps(pack.about)}\n"
        (folder / HEAD).write_text(head, encoding="utf-8")
        for table, frame in sorted(pack.tables.items()):
            frame.write_parquet(folder / f"{table}.parquet")
