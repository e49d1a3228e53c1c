"""What simulate and expose find, kept in the run folder or elsewhere, and saved events read again to be replayed."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.app.telling import judged_in
from hinterland.core.digest import digest_of
from hinterland.core.errors import InvalidTables, Issue
from hinterland.store import about_of, safe_name, write_found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.exposure.expose import ExposureResult
    from hinterland.stress.simulate import StressResult

__all__ = ["events_from", "keep_in_run", "run_place", "saved_days", "write_exposure", "write_stress"]

_EVENTS = 100_000_000
"""Largest file of events that is read (bytes)."""


def write_stress(folder: str | Path, result: StressResult, *, about: dict[str, object] | None = None, replace: bool = False) -> Path:
    """Write replications, events (as the table `events`), summary, convergence and each hazard as Parquet files, whole or not at all.

    about.json says span, seed, replications, worlds, and what `about` adds. Raises InvalidTables where something is there already, but
    with `replace` an older finding.
    """
    from hinterland.stress.spans import Span
    from hinterland.stress.summary import convergence, rates, summary

    tables = {"replications": rates(result), "events": result.event_table, "summary": summary(result), "convergence": convergence(result)}
    if result.hazards is not None:
        tables["hazards"] = result.hazards
    span = Span(result.first_day, result.step_days, result.steps)
    head: dict[str, object] = {
        "what": "simulate", "scenarios": list(result.scenarios), "currency": result.currency, "replications": result.replications.height,
        "seed": result.seed, "first_day": span.date_of(span.first_day).isoformat(), "last_day": span.date_of(span.last_day).isoformat(),
        "step_days": result.step_days, "steps": result.steps, "events": result.events.height, "transition_share": result.transition,
        "notes": list(result.notes),
    }  # fmt: skip
    return write_found(folder, tables, head | (about or {}), replace=replace)


def write_exposure(folder: str | Path, result: ExposureResult, *, about: dict[str, object] | None = None, replace: bool = False) -> Path:
    """Write the nodes, and what else was asked for, as Parquet files with about.json, whole or not at all, as `write_stress` does."""
    told = {one.name: getattr(result, one.name) for one in fields(result)}
    tables = {name: one for name, one in told.items() if isinstance(one, pl.DataFrame)}
    head: dict[str, object] = {"what": "expose", **{name: one for name, one in told.items() if name not in tables and one is not None}}
    return write_found(folder, tables, head | (about or {}), replace=replace)


def run_place(run: Path, plan: Path | None, made: Plan, scenario: Sequence[str] | None, name: str) -> tuple[Path | None, str]:
    """Where in a run folder a finding is kept; None, with the reason in words (empty where nobody would expect it), where it is not."""
    if plan is not None or not (run / "manifest.json").is_file():
        return None, ""
    if judged_in(made, scenario) != made.scenarios:
        return None, f"not kept in {run}: it was found in another world than the run's"
    return run / safe_name(name), ""


def keep_in_run(place: Path, result: StressResult | ExposureResult, net: Network, about: dict[str, object]) -> str:
    """Keep a finding in a run folder in place of the one before; what is said of it. A run that takes no files is no reason to fail.

    What was stopped (`about["stopped"]`) takes the place of nothing.
    """
    import hinterland
    from hinterland.stress.simulate import StressResult

    if about.get("stopped") and place.exists():
        return f"not kept: {place} is there already, and what was stopped replaces nothing"
    hazards = {name: net[name] for name in ("hazards", "events", "reactions", "alternates", "recoveries", "replenishment")}
    more = {**about, "input_digest": net.digest, "hazards_digest": digest_of(hazards), "version": hinterland.__version__}
    try:
        if isinstance(result, StressResult):
            write_stress(place, result, about=more, replace=True)
        else:
            write_exposure(place, result, about=more, replace=True)
    except InvalidTables as refused:
        one = refused.issues[0]
        return f"not kept: {one.what} ({one.why})"
    return f"kept in {place}"


def _refused(file: Path, why: str, fix: str) -> InvalidTables:
    return InvalidTables([Issue("events", None, None, "unreadable", f"{file} cannot be read as events", why, fix)])


def events_from(file: Path, net: Network) -> pl.DataFrame:
    """Rows of the table `events` from a CSV or Parquet file, checked as the table is, against the network's names.

    Raises InvalidTables with every problem.
    """
    from hinterland.tables import TABLES, check_tables
    from hinterland.tables.csv_files import read_csv
    from hinterland.tables.typing import typed_frame

    table, ways = TABLES["events"], "name a .csv or .parquet file with the columns of the table events (docs/tables.md)"
    try:
        if file.is_dir():
            raise _refused(file, "it is a folder", f"name a file in it, as {file / 'events.parquet'}")
        if not file.is_file():
            raise _refused(file, "there is no such file", ways)
        if file.stat().st_size > _EVENTS:
            raise _refused(file, f"at most {_EVENTS:,} bytes are read", "split it into fewer replications")
        if file.suffix.lower() == ".csv":
            raw, issues = read_csv(table, file.read_bytes())
        elif file.suffix.lower() == ".parquet":
            raw, issues = pl.read_parquet(file, glob=False), []
        else:
            raise _refused(file, f"{file.suffix or 'a file without an ending'} is not read", ways)
    except (OSError, pl.exceptions.PolarsError) as broken:
        raise _refused(file, str(broken)[:200], ways) from broken
    rows = table.empty()
    if raw is not None:
        rows, more = typed_frame(table, raw)
        issues = [*issues, *more]
    if not any(one.severity == "error" for one in issues):
        issues += [one for one in check_tables({**net.tables, "events": rows}, []) if one.table == "events"]
    errors = [one for one in issues if one.severity == "error"]
    if not errors and not rows.height:
        errors = [Issue("events", None, None, "empty_table", f"{file} holds no event", "nothing would happen", "write rows into it")]
    if errors:
        raise InvalidTables(errors)
    return rows


def saved_days(file: Path, rows: pl.DataFrame) -> dict[str, Any]:
    """Replications and days that events were saved with (about.json beside them), else as many replications as the rows speak of."""
    told, most = about_of(file.parent), rows["replication"].max()
    count = int(most) + 1 if isinstance(most, int) else 1
    found: dict[str, Any] = {"replications": count, "start": None, "end": None}
    kept = told.get("replications")
    if isinstance(kept, int):
        found |= {"replications": max(kept, count), "start": told.get("start"), "end": told.get("end")}
    return found
