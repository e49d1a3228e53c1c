"""Tables in, a checked network out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hinterland.core.errors import HinterlandError, InvalidScenario, InvalidTables, Issue
from hinterland.model.network import Network
from hinterland.model.packs import PREFIX, own_packs
from hinterland.model.scenario import resolve, route_issues, scenario_issues, scenario_names
from hinterland.tables import check_tables, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["check", "examine", "new", "prepare", "read"]


def _read(source: Path | str | Mapping[str, Any]) -> tuple[Network, list[Issue]]:
    tables, issues = read_tables(source)
    return Network(tables, packs=own_packs(source)), issues + check_tables(tables, issues)


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

    Without `scenario` the plain tables, every scenario they declare and every pack beside them are looked at; a problem is told once.
    """
    return examine(source, scenario)[0]


def examine(source: Path | str | Mapping[str, Any], scenario: str | Sequence[str] | None = None) -> tuple[list[Issue], Network | None]:
    """What `check` says, and the first world it looked at: of the scenario, or of the plain tables; None where errors stop it."""
    net, issues = _read(source)
    if _broken(issues):
        return issues, None
    worlds: list[tuple[str, ...]] = [(), *((name,) for name in scenario_names(net)), *((f"{PREFIX}{name}",) for name in net.packs)]
    if scenario is not None:
        worlds = [_names(scenario)]
        issues += _nameless(worlds[0])
    first: Network | None = None
    for at, names in enumerate(worlds):
        found = scenario_issues(net, names) if names else []
        if not _broken(found):
            more, world = _evaluated(net, names, [*issues, *found])
            found = [*found, *more]
            first = world if at == 0 else first
        issues += [one for one in found if one not in issues]
    return issues, None if _broken(issues) else first


def prepare(source: Path | str | Mapping[str, Any], scenario: str | Sequence[str] | None = None) -> tuple[Network, list[Issue]]:
    """The world of a scenario (None: the plain tables), ready to be solved, and every warning and note that `check` has on it.

    Raises InvalidTables or InvalidScenario with every problem at once.
    """
    net, issues = _read(source)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise InvalidTables(errors)
    names = _names(scenario)
    errors = _nameless(names)
    if errors:
        raise InvalidScenario(errors)
    world = resolve(net, names)
    issues += [one for one in scenario_issues(net, names) if one not in issues] if names else []
    return world, issues + _idle(world, issues)


def _names(scenario: str | Sequence[str] | None) -> tuple[str, ...]:
    return (scenario,) if isinstance(scenario, str) else tuple(scenario or ())


def _nameless(names: Sequence[str]) -> list[Issue]:
    """An empty name is no scenario: nobody means the plain tables by it."""
    if all(name.strip() for name in names):
        return []
    what, why = "a scenario without a name", "an empty name would quietly mean the plain tables"
    return [Issue("scenarios", None, "scenario_id", "unknown_scenario", what, why, "name a scenario, or leave it out")]


def _broken(issues: Sequence[Issue]) -> bool:
    return any(issue.severity == "error" for issue in issues)


def _idle(world: Network, told: Sequence[Issue]) -> list[Issue]:
    """Warnings of a resolved world: demand out of reach, and rules that bind nothing."""
    from hinterland.model.arrays import arrays_of
    from hinterland.model.bindings import binding_problems
    from hinterland.model.reach import Reach, demand_problems

    reach = Reach(arrays_of(world))
    return demand_problems(reach, told) + binding_problems(reach)


def _evaluated(net: Network, names: tuple[str, ...], told: Sequence[Issue]) -> tuple[list[Issue], Network | None]:
    """Problems that show only when the tables are turned into numbers by period, and the world they make."""
    found: list[Issue] = []
    try:
        found = route_issues(net, names)
        if not _broken(found):
            world = resolve(net, names)
            return found + _idle(world, told), world
    except HinterlandError as broken:
        found += list(getattr(broken, "issues", ()))
    return found, None


def new(folder: str | Path) -> list[Path]:
    """Write templates of the tables a first plan needs; InvalidTables where a file is there already."""
    from hinterland.tables.template import write_templates

    return write_templates(folder)
