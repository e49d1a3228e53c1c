"""Scenarios: named, ordered, composable changes of the tables, and what a network knows at its knowledge date."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.digest import digest_of
from hinterland.core.errors import InvalidScenario, Issue
from hinterland.model.currency import in_settings_currency
from hinterland.model.network import Network
from hinterland.model.where import matching_rows
from hinterland.tables import TABLES, check_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["lineage", "resolve", "scenario_issues", "scenario_names"]

Tables = dict[str, pl.DataFrame]


def scenario_names(net: Network) -> list[str]:
    """Return every scenario of the tables, sorted."""
    return sorted(net["scenarios"]["scenario_id"].to_list())


def _issue(row: int | None, column: str | None, code: str, what: str, why: str, fix: str, severity: str = "error") -> Issue:
    return Issue("overrides", row, column, code, what=what, why=why, fix=fix, severity=severity)  # type: ignore[arg-type]


def lineage(net: Network, names: Sequence[str]) -> list[str]:
    """Order in which scenarios apply: parents before children, each once, in the order the caller names them.

    Raises InvalidScenario for an unknown scenario or a cycle of `extends`.
    """
    rows = net["scenarios"]
    parent = dict(zip(rows["scenario_id"].to_list(), rows["extends"].to_list(), strict=True))
    ordered: list[str] = []
    issues: list[Issue] = []
    for name in names:
        chain: list[str] = []
        step: str | None = name
        while step:
            if step not in parent:
                known = ", ".join(sorted(parent)) or "none"
                issues.append(
                    Issue(
                        "scenarios",
                        None,
                        "scenario_id",
                        "unknown_scenario",
                        what=f"there is no scenario {step!r}",
                        why=f"the table knows: {known}",
                        fix="name one of these or add a row to scenarios",
                    )
                )
                break
            if step in chain:
                issues.append(
                    Issue(
                        "scenarios",
                        None,
                        "extends",
                        "scenario_cycle",
                        what=f"{' extends '.join([*chain, step])}",
                        why="a scenario cannot extend itself",
                        fix="empty one `extends` of this ring",
                    )
                )
                break
            chain.append(step)
            step = parent[step]
        ordered += [one for one in reversed(chain) if one not in ordered]
    if issues:
        raise InvalidScenario(issues)
    return ordered


def _new_values(frame: pl.DataFrame, column: str, action: str, value: str) -> pl.Expr:
    kind = frame.schema[column]
    if action == "set":
        if value.strip() == "":
            return pl.lit(None, dtype=kind)
        if kind == pl.Date:
            return pl.lit(value.strip()).str.to_date("%Y-%m-%d")
        if kind == pl.Boolean:
            return pl.lit(value.strip().lower() in {"true", "1", "yes"})
        if kind.is_numeric():
            return pl.lit(float(value)).cast(kind)
        return pl.lit(value.strip())
    amount = float(value)
    if kind == pl.String:
        number = pl.col(column).cast(pl.Float64)
        return (number * amount if action == "scale" else number + amount).cast(pl.String)
    return (pl.col(column) * amount if action == "scale" else pl.col(column) + amount).cast(kind)


def _apply(tables: Tables, rule: Mapping[str, object]) -> list[Issue]:
    """Apply one override in place of the mapping's frame; return what is wrong with it."""
    row = rule.get("_row")
    at = int(row) if isinstance(row, int) else None
    table, action = str(rule["table"] or ""), str(rule["action"] or "")
    column, value, where = str(rule["column"] or ""), str(rule["value"] or ""), rule["where"]
    if table not in TABLES:
        return [
            _issue(
                at,
                "table",
                "unknown_table",
                f"there is no table {table!r}",
                "an override changes a declared table",
                "write a table name of docs/tables.md",
            )
        ]
    frame = tables[table]
    groups = tables["groups"].group_by("group_id").agg("member")
    members = dict(zip(groups["group_id"].to_list(), groups["member"].to_list(), strict=True))
    try:
        mask = matching_rows(frame, None if where is None else str(where), members)
    except ValueError as broken:
        return [
            _issue(at, "where", "broken_where", f"{broken} is not a term", "a term is column=value", "write column=value; column=value")
        ]
    except KeyError as missing:
        return [
            _issue(
                at,
                "where",
                "unknown_column",
                f"{table} has no column {missing}",
                "where names columns of its table",
                f"use one of: {', '.join(frame.columns[:12])} …",
            )
        ]
    if not mask.any():
        return [
            _issue(
                at,
                "where",
                "matches_nothing",
                f"no row of {table} matches {where or '*'!r}",
                "an override that changes nothing hides a misunderstanding",
                "correct `where` or remove the row",
            )
        ]
    if action == "drop":
        tables[table] = frame.filter(~mask)
        return []
    if column not in frame.columns:
        return [
            _issue(
                at,
                "column",
                "unknown_column",
                f"{table} has no column {column!r}",
                "an override sets a declared column",
                "write a column of docs/tables.md",
            )
        ]
    try:
        changed = frame.with_columns(pl.when(mask).then(_new_values(frame, column, action, value)).otherwise(pl.col(column)).alias(column))
    except (ValueError, pl.exceptions.PolarsError):
        return [
            _issue(
                at,
                "value",
                "wrong_type",
                f"{value!r} cannot {action} {table}.{column}",
                f"the column holds {frame.schema[column]}",
                "write a value of the column's type",
            )
        ]
    tables[table] = changed
    if changed.get_column(column).equals(frame.get_column(column), null_equal=True):
        return [
            _issue(
                at,
                "value",
                "changes_nothing",
                f"{table}.{column} is already {value!r} in every matching row",
                "the override has no effect",
                "remove it, or correct the value",
                "warning",
            )
        ]
    return []


def _known(tables: Tables, knowledge_date: object) -> Tables:
    """Drop rows that were not known yet at the knowledge date."""
    if knowledge_date is None:
        return tables
    known = {}
    for name, frame in tables.items():
        keeps = pl.col("known_from").is_null() | (pl.col("known_from") <= pl.lit(knowledge_date))
        known[name] = frame.filter(keeps) if "known_from" in frame.columns else frame
    return known


def _overridden(net: Network, names: Sequence[str]) -> tuple[Tables, list[Issue]]:
    tables, issues = dict(net.base or net.tables), []
    for name in lineage(net, names):
        rules = tables["overrides"].filter(pl.col("scenario_id") == name).sort("order")
        for rule in rules.iter_rows(named=True):
            issues += _apply(tables, rule)
    return tables, issues


def scenario_issues(net: Network, names: Sequence[str]) -> list[Issue]:
    """Return everything wrong with a scenario: its overrides, and what the checks say of the tables they make."""
    try:
        tables, issues = _overridden(net, names)
    except InvalidScenario as broken:
        return list(broken.issues)
    if any(issue.severity == "error" for issue in issues):
        return issues
    before = {(i.table, i.row, i.column, i.code) for i in check_tables(dict(net.base or net.tables))}
    return issues + [i for i in check_tables(tables) if (i.table, i.row, i.column, i.code) not in before]


def resolve(net: Network, scenario: str | Sequence[str] | None = None) -> Network:
    """Apply scenarios in order, drop what is not known yet, convert money: the network that engines read.

    Raises InvalidScenario with every problem at once. The digest is of the resolved tables alone: two ways to write
    the same world and strategy have the same identity.
    """
    names = tuple([scenario] if isinstance(scenario, str) else scenario or ())
    if net.resolved and names == net.scenarios:
        return net
    issues = scenario_issues(net, names) if names else []
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise InvalidScenario(errors)
    overridden, _ = _overridden(net, names)
    source = dict(net.base or net.tables)
    bare = Network(overridden)
    tables = _known(overridden, bare.settings.knowledge_date)
    tables = in_settings_currency(tables, bare.settings)
    told = {name: frame for name, frame in tables.items() if name not in {"scenarios", "overrides", "sources"}}
    return replace(bare, tables=tables, scenarios=names, resolved=True, digest=digest_of(told), base=source)
