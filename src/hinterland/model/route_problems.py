"""What is wrong with ports, passages and rules, and what no route leads to."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue, Severity
from hinterland.freight import PASSAGES, passage_bits, passage_id, port_problem, split_passages, unroutable
from hinterland.model.lane_rules import open_lanes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.model.network import Network

__all__ = ["airless_lanes", "cell_problems", "far_lanes", "hit_passages", "idle_closures", "idle_rules", "site_problems"]


def _ports(net: Network) -> list[Issue]:
    issues = []
    for table, column, sign in (("sites", "port", "|"), ("lanes", "via_ports", "+"), ("lane_rules", "via_ports", "+")):
        for row, cell in net[table].filter(pl.col(column).is_not_null()).select("_row", column).iter_rows():
            for code in (part.strip() for part in cell.split(sign)):
                problem = port_problem(code) if code else None
                if problem:
                    what, why, fix = problem
                    name = "unknown_port" if "no such" in why else "port_off_sea"
                    issues.append(Issue(table, row, column, name, what=what, why=why, fix=fix))
    return issues


def _passages(net: Network) -> list[Issue]:
    issues = []
    for table, column in (("closures", "passage"), ("lanes", "passages")):
        for row, cell in net[table].filter(pl.col(column).is_not_null()).select("_row", column).iter_rows():
            for name in split_passages(cell):
                if passage_id(name) is None:
                    close = difflib.get_close_matches(name.lower(), PASSAGES, 1, 0.5)
                    fix = f"did you mean {close[0]}? " if close else ""
                    issues.append(
                        Issue(
                            table, row, column, "unknown_passage", what=f"there is no passage {name!r}",
                            why="a closure would close nothing", fix=f"{fix}the passages are {', '.join(PASSAGES)}",
                        )
                    )  # fmt: skip
    return issues


def hit_passages(net: Network) -> list[Issue]:
    """Hazards and events of passages that are not there."""
    issues = []
    for table in ("hazards", "events"):
        rows = net[table].filter((pl.col("scope_kind") == "passage") & pl.col("scope_value").is_not_null())
        for row, cell in rows.select("_row", "scope_value").iter_rows():
            for name in split_passages(cell):
                if passage_id(name) is None:
                    close = difflib.get_close_matches(name.lower(), PASSAGES, 1, 0.5)
                    fix = f"did you mean {close[0]}? " if close else ""
                    what, why = f"there is no passage {name!r}", "nothing would be hit"
                    told = f"{fix}the passages are {', '.join(PASSAGES)}"
                    issues.append(Issue(table, row, "scope_value", "unknown_scope", what=what, why=why, fix=told))
    return issues


def _chains(net: Network) -> list[Issue]:
    """Chains whose legs nothing can compute, and via_ports that do not fit the gaps of their chain."""
    kinds = dict(net["modes"].select("mode_id", "kind").iter_rows())
    rows = [("lane_rules", row, f"rule {name}", chain, via, True) for row, name, cell, via in net["lane_rules"].select("_row", "rule_id", "mode_chain", "via_ports").iter_rows()
            for chain in (cell or "").split("|")]  # fmt: skip
    for row, name, chain, via in (
        net["lanes"].filter(open_lanes(net["lanes"])).select("_row", "lane_id", "mode_chain", "via_ports").iter_rows()
    ):
        rows.append(("lanes", row, f"lane {name}", chain, via, False))
    issues = []
    for table, row, who, chain, via, ruled in rows:
        modes = [part.strip() for part in (chain or "").split("+")]
        if any(mode not in kinds for mode in modes):
            if ruled:
                unknown = next(mode for mode in modes if mode not in kinds)
                what = f"{who}: {chain or 'no chain'}"
                why = f"modes has no row {unknown!r}" if unknown else "it names no modes"
                issues.append(
                    Issue(
                        table,
                        row,
                        "mode_chain",
                        "lane_legs",
                        what=what,
                        why=why,
                        fix="name modes of the table modes, joined by +, alternatives by |",
                    )
                )
            continue
        named = via.count("+") + 1 if via else 0
        if named and named != len(modes) - 1:
            what = f"{who}: {via} for {chain}"
            why, fix = (
                f"the chain has {len(modes) - 1} changes and {named} ports are named",
                "name one port for each change, joined by +; an empty one is free",
            )
            issues.append(Issue(table, row, "via_ports", "lane_legs", what=what, why=why, fix=fix))
            continue
        reason = unroutable(
            [kinds[mode] for mode in modes], [bool(part.strip()) for part in via.split("+")] if via else [False] * (len(modes) - 1)
        )
        if reason:
            fix = "write leg_km" if not ruled else "name the ports in via_ports, or give such lanes in the table lanes"
            issues.append(Issue(table, row, "mode_chain", "lane_legs", what=f"{who}: {chain}", why=reason, fix=fix))
    return issues


def _territories(net: Network) -> list[Issue]:
    """Countries of sites without territory where others have one: each is then a territory of its own."""
    countries = net["countries"]
    if countries["customs_territory"].null_count() in (0, countries.height):
        return []
    used = net["sites"]["country"].drop_nulls().unique().implode()
    alone = countries.filter(pl.col("customs_territory").is_null() & pl.col("country").is_in(used))
    return [
        Issue(
            "countries", row, "customs_territory", "no_territory", what=f"{country} has no customs territory",
            why="it counts as a territory of its own, with duties at its border", fix=f"write {country}, or the union it belongs to", severity="warning",
        )
        for row, country in alone.select("_row", "country").iter_rows()
    ]  # fmt: skip


def cell_problems(net: Network) -> list[Issue]:
    """Cells that name no port, no passage, or a chain that cannot be routed."""
    return _territories(net) + _ports(net) + _passages(net) + _chains(net)


def site_problems(net: Network, asked: pl.DataFrame) -> list[Issue]:
    """Sites without a position at the end of lanes whose legs are to be computed."""
    ends = set(asked["from_site"].to_list()) | set(asked["to_site"].to_list())
    bare = net["sites"].filter(pl.col("latitude").is_null() | pl.col("longitude").is_null())
    why, fix = "the legs of its lanes are to be computed", "fill latitude and longitude, or leg_km of its lanes"
    return [
        Issue("sites", row, "latitude", "no_position", what=f"{site} has no position", why=why, fix=fix)
        for row, site in bare.select("_row", "site_id").iter_rows()
        if site in ends
    ]


def far_lanes(net: Network, asked: pl.DataFrame, lost: Mapping[int, str]) -> list[Issue]:
    """Lanes without a route: an error for a row of the table that never has one, else one warning per rule or lane."""
    issues, by_rule = list[Issue](), dict[int, list[tuple[int, str]]]()
    rules = net["lane_rules"]
    lanes = asked.select("lane_id", "from_site", "to_site", "product_id", "mode_chain", "row", "rule").rows()
    alive = {(lanes[at][1], lanes[at][2], lanes[at][3]) for at in range(len(lanes)) if at not in lost}
    for at, reason in sorted(lost.items()):
        name, start, end, product, chain, lane_row, rule = lanes[at]
        if rule is not None:
            if (start, end, product) not in alive and reason != "far":
                by_rule.setdefault(rule, []).append((at, reason))
            continue
        what = f"lane {name} has no route by {chain}" + ("" if reason == "never" else " while passages are closed")
        why = (
            "no such way joins its ends: land legs need one landmass, ships a port"
            if reason == "never"
            else "the lane is closed on those days"
        )
        fix = (
            "use other modes, name ports in via_ports, or write leg_km"
            if reason == "never"
            else "nothing to do, or add a lane by other modes"
        )
        severity: Severity = "error" if reason == "never" else "warning"
        issues.append(Issue("lanes", lane_row, "mode_chain", "no_route", what=what, why=why, fix=fix, severity=severity))
    for rule, rows in sorted(by_rule.items()):
        name, start, end = lanes[rows[0][0]][0], lanes[rows[0][0]][1], lanes[rows[0][0]][2]
        pairs = {(lanes[at][1], lanes[at][2], lanes[at][3]) for at, _ in rows}
        what = f"rule {rules['rule_id'][rule]}: {len(pairs)} wanted lanes have no route, as {start} to {end}" + (
            "" if rows[0][1] == "never" else " while passages are closed"
        )
        why, fix = "no chain of the rule joins their ends", "add a chain with a ship, or narrow from_group and to_group"
        issues.append(Issue("lane_rules", rules["_row"][rule], "mode_chain", "no_route", what=what, why=why, fix=fix, severity="warning"))
    return issues


def idle_rules(net: Network, asked: pl.DataFrame, made: pl.DataFrame) -> list[Issue]:
    """Rules that make no lane: nobody gives or takes there, all are too far, or every chain is beaten by another rule's."""
    rules, issues = net["lane_rules"], []
    wanted, kept = set(asked["rule"].drop_nulls().to_list()), set(made["rule"].drop_nulls().to_list())
    for at, (row, name) in enumerate(rules.select("_row", "rule_id").iter_rows()):
        if at in kept:
            continue
        why = (
            "its lanes have no route, are too long, or are beaten by other chains"
            if at in wanted
            else "no site in from_group gives what a site in to_group takes, or such lanes are given already"
        )
        fix = "widen from_group, to_group, product_id, max_distance_km or mode_chain, or delete the rule"
        issues.append(Issue("lane_rules", row, "rule_id", "rule_makes_nothing", what=f"rule {name} makes no lane", why=why, fix=fix))
    return issues


def idle_closures(net: Network, passed: int) -> list[Issue]:
    """Closures of passages that no lane goes through; `passed` are the bits of those on the ways of lanes."""
    issues = []
    for row, passage in net["closures"].select("_row", "passage").drop_nulls("passage").iter_rows():
        if not passage_bits([passage]) & passed:
            what, why = f"closing {passage} touches no lane", "no computed way leads through it, and no lane with given leg_km names it"
            fix = "write it into passages of the lanes that pass it, or delete the row"
            issues.append(Issue("closures", row, "passage", "binds_nothing", what=what, why=why, fix=fix, severity="warning"))
    return issues


def airless_lanes(net: Network, asked: pl.DataFrame) -> list[Issue]:
    """Lanes and rules with a computed flight beside a land leg: the airport counts as lying at the site."""
    kinds, rules = dict(net["modes"].select("mode_id", "kind").iter_rows()), net["lane_rules"]
    rows: dict[tuple[str, int], tuple[str, str]] = {}
    for name, chain, via, lane_row, rule in asked.select("lane_id", "mode_chain", "via_ports", "row", "rule").iter_rows():
        modes = ["".join(mode.split()) for mode in chain.split("+")]
        legs = [kinds[mode] for mode in modes]
        ports = via.split("+") if via else [""] * (len(legs) - 1)
        beside = [at for at, port in enumerate(ports) if not port.strip() and "air" in legs[at : at + 2]]
        if beside:
            key = ("lanes", lane_row) if rule is None else ("lane_rules", rules["_row"][rule])
            rows.setdefault(key, (f"lane {name}" if rule is None else f"rule {rules['rule_id'][rule]}", "+".join(modes)))
    why, fix = (
        "there is no list of airports, so goods fly from site to site",
        "give leg_km where an airport is far, or fly without land legs",
    )
    return [
        Issue(table, row, "mode_chain", "no_airports", what=f"{who}: land legs beside the flight of {chain} count 0 km", why=why, fix=fix,
              severity="note")
        for (table, row), (who, chain) in rows.items()
    ]  # fmt: skip
