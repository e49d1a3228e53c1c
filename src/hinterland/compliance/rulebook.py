"""Rules as rows: those that ship with the program, those of a network in their place or beside them, and which hold when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.compliance.findings import Row
from hinterland.core.calendar import FAR_FUTURE, FAR_PAST
from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.dated import day_spans
from hinterland.tables import TABLES, check_tables, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.model.network import Network

__all__ = ["Rule", "Rulebook", "rulebook_of", "shipped"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a rule, in force from `first` to `last` (day numbers, inclusive)."""

    rule_id: str
    predicate: str
    title: str
    jurisdiction: str
    product: str
    subject: str
    threshold_share: float | None
    threshold: float | None
    status: str
    citation: str
    source_id: str
    quality: str
    note: str
    first: int
    last: int
    whence: str

    @property
    def as_evidence(self) -> Row:
        """The rule's own row: the first evidence of each of its findings."""
        limit = self.threshold_share if self.threshold_share is not None else self.threshold
        return Row(self.whence, f"rule_id={self.rule_id}{_since(self.first)}", limit, None, None, None, f"the rule: {self.citation}")


def _since(first: int) -> str:
    return "" if first == FAR_PAST else f"; valid_from={_day(first)}"


def _day(number: int) -> str:
    from datetime import date

    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every rule that is asked after, by rule_id and then by first day; drafts that are not asked after stand apart."""

    rules: tuple[tuple[Rule, ...], ...]
    left_out: tuple[Rule, ...]
    sources: pl.DataFrame

    def frame(self) -> pl.DataFrame:
        """Every row as a frame: rule_id, valid_from, valid_to, predicate, …, asked."""
        rows = [(rule, True) for group in self.rules for rule in group] + [(rule, False) for rule in self.left_out]
        columns = ("rule_id", "predicate", "title", "jurisdiction", "product", "subject", "threshold_share", "threshold", "status", "citation",
                   "source_id", "quality", "note")  # fmt: skip
        told = [
            {
                **{name: getattr(rule, name) for name in columns},
                "valid_from": None if rule.first == FAR_PAST else _day(rule.first),
                "valid_to": None if rule.last == FAR_FUTURE else _day(rule.last),
                "whence": rule.whence,
                "asked": asked,
            }
            for rule, asked in rows
        ]
        schema: dict[str, Any] = {
            **dict.fromkeys(columns, pl.String), "threshold_share": pl.Float64, "threshold": pl.Float64, "valid_from": pl.String,
            "valid_to": pl.String, "whence": pl.String, "asked": pl.Boolean,
        }  # fmt: skip
        return pl.DataFrame(told, schema=schema)


def shipped() -> Mapping[str, pl.DataFrame]:
    """The tables that ship with the program: rules, origin_rules and sources, typed as a network's own."""
    known = {name: TABLES[name] for name in ("rules", "origin_rules", "sources")}
    with as_file(files("hinterland.compliance") / "data") as folder:
        tables, issues = read_tables(folder, known)
    broken = [issue for issue in issues if issue.severity == "error"]
    if broken:
        raise InvalidTables(broken)
    return tables


def _added(net: Network, source: Path | str) -> pl.DataFrame:
    """Rules of a file of their own, checked beside the network's tables. Raises InvalidTables with every problem."""
    from hinterland.tables.csv_files import read_csv
    from hinterland.tables.typing import typed_frame

    path = Path(source)
    try:
        raw, issues = read_csv(TABLES["rules"], path.read_bytes())
    except OSError as broken:
        what, fix = f"{path} cannot be read", "name a CSV file with the columns of the table rules"
        raise InvalidTables([Issue("rules", None, None, "unreadable", what, str(broken), fix)]) from broken
    if raw is not None:
        frame, more = typed_frame(TABLES["rules"], raw)
        brought = shipped()
        sources = pl.concat([net["sources"], brought["sources"].select(net["sources"].columns)])
        tables = {**net.tables, "rules": frame, "sources": sources.unique("source_id", keep="first", maintain_order=True)}
        issues = [*issues, *more, *(issue for issue in check_tables(tables) if issue.table == "rules")]
        issues = [one for one in issues if one.severity == "error"]
        if not issues:
            return frame
    raise InvalidTables(issues)


def _typed(frame: pl.DataFrame, whence: str) -> list[Rule]:
    """Rows of a `rules` frame; a row holds to its last day or to the next row of the rule."""
    frame = frame.sort("rule_id", "valid_from", nulls_last=False)
    first, last = (one.copy() for one in day_spans(frame))
    ids = frame["rule_id"].to_list()
    for at in range(len(ids) - 1):
        if ids[at] == ids[at + 1]:
            last[at] = min(last[at], first[at + 1] - 1)
    found = []
    for at, row in enumerate(frame.iter_rows(named=True)):
        words = {
            name: str(row[name] or "")
            for name in ("predicate", "jurisdiction", "product", "subject", "citation", "source_id", "quality", "note")
        }
        found.append(
            Rule(
                rule_id=row["rule_id"],
                title=row["title"] or row["rule_id"],
                threshold_share=row["threshold_share"],
                threshold=row["threshold"],
                status=row["status"] or "in_force",
                first=int(first[at]),
                last=int(last[at]),
                whence=whence,
                **words,
            )
        )
    return found


def rulebook_of(net: Network, extra: Path | str | None = None, *, drafts: bool = False) -> Rulebook:
    """Shipped rules, the network's own, and those of a file: the later replaces every row of a rule_id of the earlier."""
    brought = shipped()
    layers: list[tuple[str, pl.DataFrame]] = [("shipped rules", brought["rules"]), ("rules", net["rules"])]
    if extra is not None:
        layers.append((Path(extra).name, _added(net, extra)))
    held: dict[str, list[Rule]] = {}
    for whence, frame in layers:
        fresh: dict[str, list[Rule]] = {}
        for rule in _typed(frame, whence):
            fresh.setdefault(rule.rule_id, []).append(rule)
        held.update(fresh)
    rules, left_out = [], []
    for _, group in sorted(held.items()):
        asked = [rule for rule in group if drafts or rule.status == "in_force"]
        left_out += [rule for rule in group if rule not in asked]
        if asked:
            rules.append(tuple(asked))
    sources = pl.concat([net["sources"], brought["sources"].select(net["sources"].columns)]).unique(
        "source_id", keep="first", maintain_order=True
    )
    return Rulebook(tuple(rules), tuple(left_out), sources.drop("_row", "known_from"))


def in_force(group: Sequence[Rule], start: int, stop: int) -> list[tuple[Rule, int, int]]:
    """Rows that hold on a day of start…stop (inclusive day numbers), each with the days in which it does."""
    return [(rule, max(start, rule.first), min(stop, rule.last)) for rule in group if rule.first <= stop and rule.last >= start]


def begins(group: Sequence[Rule]) -> str:
    """The first day of a rule in words."""
    return "always" if group[0].first <= FAR_PAST else _day(group[0].first)
