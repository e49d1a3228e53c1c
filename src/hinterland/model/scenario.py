"""Scenarios and packs: named, ordered, composable changes of the tables, and what a network knows at its knowledge date."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.digest import digest_of
from hinterland.core.errors import InvalidScenario, InvalidTables, Issue
from hinterland.model.currency import in_settings_currency
from hinterland.model.network import Network
from hinterland.model.overrides import apply_override
from hinterland.model.pack_rows import add_pack, in_words_of_packs
from hinterland.model.packs import PREFIX, find_pack, is_pack, shipped_packs
from hinterland.model.route_problems import hit_passages
from hinterland.model.routing import routed
from hinterland.tables import check_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["lineage", "resolve", "route_issues", "scenario_issues", "scenario_names", "world_digest"]

Tables = dict[str, pl.DataFrame]
_UNTOLD = frozenset({"scenarios", "overrides", "sources", "exchange_rates"})
"""Tables that say nothing of a resolved world: what they did to it is in the other tables."""
_STRATEGY_SETTINGS = ("objective", "objective_tolerance_share")


def scenario_names(net: Network) -> list[str]:
    """Return every scenario of the tables, sorted."""
    return sorted(net["scenarios"]["scenario_id"].drop_nulls().to_list())


def _unknown(step: str, parent: Mapping[str, str | None]) -> Issue:
    known = ", ".join(sorted(parent)) or "none"
    what, why, fix = f"there is no scenario {step!r}", f"the table knows: {known}", "name one of these or add a row to scenarios"
    if step in shipped_packs():
        fix = f"write {PREFIX}{step}: it is a pack"
    return Issue("scenarios", None, "scenario_id", "unknown_scenario", what=what, why=why, fix=fix)


def lineage(net: Network, names: Sequence[str]) -> list[str]:
    """Order in which scenarios apply: parents before children, each once, in the order the caller names them.

    A pack (`pack:NAME`) has no parents. Raises InvalidScenario for an unknown scenario or pack, or a cycle of `extends`.
    """
    rows = net["scenarios"]
    parent = dict(zip(rows["scenario_id"].to_list(), rows["extends"].to_list(), strict=True))
    ordered: list[str] = []
    issues: list[Issue] = []
    for name in names:
        chain: list[str] = []
        step: str | None = name
        if is_pack(name):
            try:
                find_pack(name, net.packs)
            except InvalidScenario as broken:
                issues += broken.issues
            ordered += [name] if name not in ordered else []
            continue
        while step:
            if step not in parent:
                issues.append(_unknown(step, parent))
                break
            if step in chain:
                what, why = " extends ".join([*chain, step]), "a scenario cannot extend itself"
                fix = "empty one `extends` of this ring"
                issues.append(Issue("scenarios", None, "extends", "scenario_cycle", what=what, why=why, fix=fix))
                break
            chain.append(step)
            step = parent[step]
        ordered += [one for one in reversed(chain) if one not in ordered]
    if issues:
        raise InvalidScenario(issues)
    return ordered


def _known(tables: Mapping[str, pl.DataFrame], knowledge_date: date | None) -> Tables:
    """Drop rows that were not known yet at the knowledge date."""
    known = {}
    for name, frame in tables.items():
        later = knowledge_date is not None and frame["known_from"].null_count() < frame.height
        keeps = pl.col("known_from").is_null() | (pl.col("known_from") <= pl.lit(knowledge_date))
        known[name] = frame.filter(keeps) if later else frame
    return known


def _rules(tables: Mapping[str, pl.DataFrame], ordered: Sequence[str]) -> list[dict[str, object]]:
    rules: list[dict[str, object]] = []
    for name in ordered:
        rules += tables["overrides"].filter(pl.col("scenario_id") == name).sort("order", "_row").iter_rows(named=True)
    return rules


def _knowledge_date(tables: Mapping[str, pl.DataFrame], rules: Sequence[Mapping[str, object]]) -> date | None:
    """The setting as the scenarios leave it; a value that is no date is none here and a problem of the checks."""
    settings = dict(tables)
    for rule in rules:
        if rule["table"] == "settings":
            apply_override(settings, rule)
    told = dict(settings["settings"].select("key", "value").iter_rows()).get("knowledge_date")
    try:
        return date.fromisoformat(told.strip()) if told else None
    except ValueError:
        return None


def _overridden(net: Network, names: Sequence[str]) -> tuple[Tables, list[Issue]]:
    """Tables as known at the knowledge date, with the overrides of the scenarios, and what is wrong with those."""
    source = net.base or net.tables
    ordered = lineage(Network(source, packs=net.packs), names)
    knowledge_date = _knowledge_date(source, _rules(source, ordered))
    tables, issues = _known(source, knowledge_date), list[Issue]()
    for name in ordered:
        if is_pack(name):
            issues += add_pack(tables, find_pack(name, net.packs), knowledge_date, _packs(ordered[: ordered.index(name)]))
        for rule in _rules(tables, [name]):
            issues += apply_override(tables, rule)
    return _known(tables, knowledge_date), in_words_of_packs(issues, _packs(ordered))


def _packs(ordered: Sequence[str]) -> list[str]:
    """Names of the packs among scenarios, in order and without their prefix."""
    return [name.removeprefix(PREFIX) for name in ordered if is_pack(name)]


def _judged(net: Network, names: Sequence[str]) -> tuple[Tables, list[Issue]]:
    """The overridden tables with every problem: of the overrides, and of the tables they make that are not known before."""
    tables, issues = _overridden(net, names)
    source = net.base or net.tables
    touched = any(frame is not source[name] for name, frame in tables.items())
    if not touched or any(issue.severity == "error" for issue in issues):
        return tables, issues
    found = in_words_of_packs(check_tables(tables), _packs(lineage(Network(source, packs=net.packs), names)))
    if any(issue.severity != "error" for issue in found):
        before = {(one.table, one.row, one.column, one.code, one.what) for one in check_tables(dict(source)) if one.severity != "error"}
        found = [one for one in found if (one.table, one.row, one.column, one.code, one.what) not in before]
    return tables, issues + found


def scenario_issues(net: Network, names: Sequence[str]) -> list[Issue]:
    """Return everything wrong with a scenario: its overrides, and what the checks say of the tables they make."""
    try:
        return _judged(net, names)[1]
    except InvalidScenario as broken:
        return list(broken.issues)


def _told(net: Network) -> Tables:
    """What the identity of a resolved network is made of: the settings in force, and rows without their known_from."""
    # what a row is paid in is no fact of its own, its amounts are; unless dated changes speak of it
    speaks = net["changes"]["where"].str.contains("currency", literal=True).any()
    own = [] if speaks else [pl.lit(net.settings.currency).alias("currency")]
    told = {
        name: frame.drop("known_from").with_columns(own if "currency" in frame.columns else [])
        for name, frame in net.tables.items()
        if name not in _UNTOLD
    }
    settings = {key: ",".join(value) if isinstance(value, tuple) else value for key, value in asdict(net.settings).items()}
    told["settings"] = pl.DataFrame({"key": list(settings), "value": [None if one is None else str(one) for one in settings.values()]})
    return told


def resolve(net: Network, scenario: str | Sequence[str] | None = None) -> Network:
    """Apply scenarios in order, drop what is not known yet, convert money: the network that engines read.

    Lanes that leave their legs open and lanes of rules get their routes here (routing.py). Raises InvalidScenario, or
    InvalidTables where a lane cannot be routed, with every problem at once. The digest is of the resolved tables alone: two ways to write
    the same world and strategy have the same identity.
    """
    names = tuple([scenario] if isinstance(scenario, str) else scenario or ())
    if net.resolved and names == net.scenarios:
        return net
    overridden, issues = _judged(net, names)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise InvalidScenario(errors)
    source = dict(net.base or net.tables)
    bare = Network(overridden)
    made = replace(
        bare, tables=in_settings_currency(overridden, bare.settings), scenarios=names, resolved=True, base=source, packs=net.packs
    )
    ways = routed(made)
    wrong = [issue for issue in ways.issues if issue.severity == "error"]
    if wrong:
        raise InvalidTables(wrong)
    made = replace(made, tables={**made.tables, "lanes": ways.lanes})
    return replace(made, digest=digest_of(_told(made)))


def route_issues(net: Network, scenario: str | Sequence[str] | None = None) -> list[Issue]:
    """Everything that routing says of a network under a scenario: lanes without a route, rules that make none, unknown ports.

    Raises InvalidScenario where the scenario itself is wrong.
    """
    tables, issues = _judged(net, tuple([scenario] if isinstance(scenario, str) else scenario or ()))
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise InvalidScenario(errors)
    bare = Network(tables)
    return [*routed(replace(bare, tables=in_settings_currency(tables, bare.settings))).issues, *hit_passages(bare)]


def world_digest(net: Network) -> str:
    """Identity of the world alone: everything of a resolved network but its strategy.

    A strategy is the objective with its tolerance, the policies, and the contracts that the tables offer as options
    (with their phases and prices). Two strategies of one world have the same world digest.
    """
    told = _told(net)
    contracts = (net.base or net.tables)["contracts"]
    options = contracts.filter(pl.col("status") == "option")["contract_id"].implode()
    told.pop("policies")
    told["settings"] = told["settings"].filter(~pl.col("key").is_in(_STRATEGY_SETTINGS))
    for name in ("contracts", "contract_phases", "contract_prices"):
        told[name] = told[name].filter(~pl.col("contract_id").is_in(options))
    return digest_of(told)
