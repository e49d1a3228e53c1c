"""A run is a folder: manifest.json, inputs/*.parquet, plan/*.csv, tables/*.parquet, log.jsonl (DESIGN §9)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.core.digest import digest_of
from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.network import Network
from hinterland.model.packs import PREFIX, find_pack, is_pack, own_packs, write_packs
from hinterland.model.plan import Plan
from hinterland.model.plan_reading import read_plan
from hinterland.model.scenario import resolve
from hinterland.store.folders import MARK, staged
from hinterland.store.plain import plain
from hinterland.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.design import DesignResult

__all__ = ["Run", "read_run", "write_run"]

FORMAT = 1
"""Version of the folder's layout; a reader refuses what it does not know."""


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """What a run folder holds. `network` is resolved in the scenarios the plan was made under."""

    folder: Path
    manifest: Mapping[str, Any]
    network: Network
    plan: Plan
    tables: Mapping[str, pl.DataFrame]

    def __repr__(self) -> str:
        """One line: where it lies and how it ended, not the tables."""
        world = " + ".join(self.network.scenarios) or "the plain tables"
        return f"Run({str(self.folder)!r}: {world}, {self.manifest.get('status')}, tables: {', '.join(self.tables)})"


def _manifest(net: Network, result: DesignResult) -> dict[str, object]:
    proof = result.proof
    return {
        "format": FORMAT,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "scenarios": list(net.scenarios),
        "input_digest": net.digest,
        "tables_digest": digest_of(net.base or net.tables),
        "settings": {row["key"]: row["value"] for row in net["settings"].sort("key").select("key", "value").iter_rows(named=True)},
        "seed": proof.seed,
        "versions": dict(proof.versions),
        "status": proof.status,
        "objective": [{"name": name, "value": value} for name, value in result.objective],
        "bound": proof.bound,
        "gap_share": proof.gap_share,
        "verified": proof.verify.ok,
        "verify_max_relative_error": proof.verify.max_relative_error,
        "size": dict(proof.size),
        "seconds": proof.seconds,
    }


def write_run(
    folder: str | Path, net: Network, result: DesignResult, *, log: Sequence[Mapping[str, object]] = (), replace: bool = False
) -> Path:
    """Write a run beside `folder` and rename it into place: a crash leaves no half run.

    `net` is the resolved network of the design. An older run is kept unless `replace`; any other folder always is
    (InvalidTables).
    """
    target = Path(folder)
    with staged(target, replace=replace) as beside:
        for name, frames in (("inputs", net.base or net.tables), ("tables", result.tables)):
            (beside / name).mkdir()
            for table, frame in sorted(frames.items()):
                if frame.height or name == "tables":
                    frame.write_parquet(beside / name / f"{table}.parquet")
        named = {name.removeprefix(PREFIX): find_pack(name, net.packs) for name in net.scenarios if is_pack(name)}
        write_packs(beside / "inputs", {**net.packs, **named})
        result.plan.write(beside / "plan")
        (beside / "tables" / "verify.parquet").unlink(missing_ok=True)
        result.proof.verify.lines.write_parquet(beside / "tables" / "verify.parquet")
        (beside / "log.jsonl").write_text("".join(json.dumps(plain(dict(line))) + "\n" for line in log), encoding="utf-8")
        (beside / MARK).write_text(json.dumps(plain(_manifest(net, result)), indent=2) + "\n", encoding="utf-8")
    return target


def _refuse(what: str, why: str, fix: str) -> InvalidTables:
    return InvalidTables([Issue("run", None, None, "unreadable", what, why, fix)])


def read_run(folder: str | Path) -> Run:
    """Read a run folder back; the network is resolved anew and its digest must be the one of the manifest.

    Raises InvalidTables when the folder is no run, is of another layout, or its inputs were changed since.
    """
    place = Path(folder)
    try:
        manifest = json.loads((place / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError) as broken:
        raise _refuse(
            f"{place} is no run folder", f"its {MARK} cannot be read: {broken}", "name a folder that `hinterland solve --out` wrote"
        ) from broken
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _refuse(f"{place} has another layout", f"this version reads layout {FORMAT}", "solve again with this version")
    tables, issues = read_tables(place / "inputs")
    if any(issue.severity == "error" for issue in issues):
        raise InvalidTables([issue for issue in issues if issue.severity == "error"])
    net = resolve(Network(tables, packs=own_packs(place / "inputs")), [str(name) for name in manifest.get("scenarios", [])])
    if net.digest != manifest.get("input_digest"):
        raise _refuse(
            f"the inputs of {place} are not those it was solved with",
            f"their digest is {net.digest[:12]}…, the manifest says {str(manifest.get('input_digest'))[:12]}…",
            "restore the inputs, or solve again",
        )
    frames = {file.stem: pl.read_parquet(file) for file in sorted((place / "tables").glob("*.parquet"))}
    return Run(place, manifest, net, read_plan(place / "plan"), frames)
