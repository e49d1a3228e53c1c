"""Tables in, a checked network out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hinterland.core.errors import HinterlandError, InvalidTables, Issue
from hinterland.model.network import Network
from hinterland.model.scenario import resolve, route_issues, scenario_issues, scenario_names
from hinterland.tables import check_tables, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["check", "new", "read"]


def _read(source: Path | str | Mapping[str, Any]) -> tuple[Network, list[Issue]]:
    tables, issues = read_tables(source)
    return Network(tables), issues + check_tables(tables, issues)


def read(source: Path | str | Mapping[str, Any]) -> Network:
    """Read a network from a folder of CSV or Parquet files, a workbook, or a dict of frames or lists of rows.

    Raises InvalidTables with every problem at once; warnings and notes do not stop it (`check` lists them).
    """
    net, issues = _read(source)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise InvalidTables(errors)
    return net


def check(source: Path | str | Mapping[str, Any], scenario: str | Sequence[str] | None = None) -> list[Issue]:
    """Every problem, warning and note of the tables, then of the world they make under a scenario.

    Without `scenario` the plain tables and every scenario they declare are looked at; a problem is told once.
    """
    net, issues = _read(source)
    if any(issue.severity == "error" for issue in issues):
        return issues
    worlds: list[tuple[str, ...]] = [()] + [(name,) for name in scenario_names(net)]
    if scenario is not None:
        worlds = [(scenario,) if isinstance(scenario, str) else tuple(scenario)]
    for names in worlds:
        found = scenario_issues(net, names) if names else []
        if not any(issue.severity == "error" for issue in found):
            found = [*found, *_evaluated(net, names)]
        issues += [one for one in found if one not in issues]
    return issues


def _evaluated(net: Network, names: tuple[str, ...]) -> list[Issue]:
    """Problems that show only when the tables are turned into numbers by period."""
    from hinterland.model.arrays import arrays_of

    found: list[Issue] = []
    try:
        found = route_issues(net, names)
        if not any(issue.severity == "error" for issue in found):
            arrays_of(resolve(net, names))
    except HinterlandError as broken:
        found += list(getattr(broken, "issues", ()))
    return found


def new(folder: str | Path) -> list[Path]:
    """Write templates of the tables a first plan needs; InvalidTables where a file is there already."""
    from hinterland.tables.template import write_templates

    return write_templates(folder)
