"""Plan folders: read as people write them, every problem at once; and what a network does not know of a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.plan import PLAN_TABLES, Plan
from hinterland.model.plan_check import completed_flows, plan_issues, table_issues
from hinterland.tables.read import read_tables

if TYPE_CHECKING:
    from hinterland.model.network import Network

__all__ = ["check_plan", "read_plan"]


def _about(path: Path) -> tuple[dict[str, object], list[Issue]]:
    """What plan.json says; a hand-made plan has none."""

    def wrong(why: str) -> tuple[dict[str, object], list[Issue]]:
        fix = 'write {"scenarios": [], "maker": "hand", "complete": false}, or delete the file'
        return {}, [Issue("plan.json", None, None, "unreadable", what="plan.json cannot be read", why=why, fix=fix)]

    if not path.is_file():
        return {}, []
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as broken:
        return wrong(str(broken)[:200])
    if not isinstance(told, dict):
        return wrong("it is not an object of names and values")
    scenarios = told.get("scenarios", [])
    if not isinstance(scenarios, list) or not all(isinstance(one, str) for one in scenarios):
        return wrong("scenarios is not a list of names")
    if not isinstance(told.get("complete", False), bool):
        return wrong("complete is neither true nor false")
    return told, []


def read_plan(folder: str | Path, net: Network | None = None) -> Plan:
    """Read a plan folder: the tables that `Plan.write` makes, as CSV or Parquet (or one workbook), and plan.json.

    Every table and plan.json are optional; without plan.json the plan is by hand and not `complete`. With `net` every row
    is held against the network, and flows that name two sites get the one lane that links them.

    Raises InvalidTables with every problem at once.
    """
    tables, issues = read_tables(folder, PLAN_TABLES)
    about, found = _about(Path(folder) / "plan.json")
    issues += found
    for name, frame in tables.items():
        issues += table_issues(PLAN_TABLES[name], frame)
    if net is not None:
        issues += plan_issues(net, tables, issues)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise InvalidTables(errors)
    if net is not None:
        tables["flows"] = completed_flows(net, tables["flows"])
    scenarios = about.get("scenarios", [])
    return Plan(
        {name: frame for name, frame in tables.items() if frame.height},
        scenarios=tuple(scenarios) if isinstance(scenarios, list) else (),
        maker=str(about.get("maker") or "hand"),
        network_digest=str(about.get("network_digest") or ""),
        complete=about.get("complete") is True,
    )


def check_plan(net: Network, plan: Plan) -> list[Issue]:
    """Every row of a plan that a network cannot mean: unknown names, no or several lanes, double keys, bad numbers.

    Rows are counted as `Plan.write` writes them (row 1 is the header). Whether the plan keeps the rules says `verify`.
    """
    tables = {
        name: frame.with_row_index("_row", offset=2).with_columns(pl.col("_row").cast(pl.Int64)) for name, frame in plan.tables.items()
    }
    issues = [issue for name, frame in tables.items() for issue in table_issues(PLAN_TABLES[name], frame)]
    return issues + plan_issues(net, tables, issues)
