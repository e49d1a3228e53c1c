"""One route explained: its legs, kilometres, days, cost, CO2e and passages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.scenario import resolve
from hinterland.tables.declared import TABLES
from hinterland.tables.headers import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.model.network import Network

__all__ = ["DEFAULT_CHAINS", "Leg", "Way", "explain_route", "port_name"]

DEFAULT_CHAINS = ((("road",), "road"), (("rail",), "rail"), (("road", "sea", "road"), "sea"), (("road", "air", "road"), "air"))
"""Chains that are tried when none is named: with every mode of the main kind, and the first of the others in the table."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a route; `start` and `end` name a site or a port. Cost and CO2e are per gross tonne, hub before it included.

    Cost is NaN where no freight rate speaks of the leg. A leg by sea tells its ports, also where it begins or ends at the quay of
    a site; a leg by air flies from site to site.
    """

    mode_id: str
    kind: str
    start: str
    end: str
    km: float
    days: float
    cost_per_t: float
    co2e_kg_per_t: float
    from_port: str | None = None
    to_port: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A route between two sites by one chain of modes, in the first period of the network's calendar."""

    mode_chain: str
    legs: tuple[Leg, ...]
    passages: tuple[str, ...]
    line: tuple[tuple[float, float], ...]
    """Latitude and longitude of the points on the way, for a map."""
    notes: tuple[str, ...] = ()
    """What a reader should know of it."""

    @property
    def km(self) -> float:
        """Kilometres of all legs."""
        return sum(leg.km for leg in self.legs)

    @property
    def days(self) -> float:
        """Days of all legs, handling included."""
        return sum(leg.days for leg in self.legs)

    @property
    def cost_per_t(self) -> float:
        """Money per gross tonne; NaN where a leg has no freight rate."""
        return sum(leg.cost_per_t for leg in self.legs)

    @property
    def co2e_kg_per_t(self) -> float:
        """Kilograms per gross tonne."""
        return sum(leg.co2e_kg_per_t for leg in self.legs)


def _refuse(code: str, column: str, what: str, why: str, fix: str) -> InvalidTables:
    return InvalidTables([Issue("route", None, column, code, what, why, fix)])


_ASKED = "asked "
_TIMES = {1: "once", 2: "twice"}
_NO_AIRPORTS = (
    "there is no list of airports: goods fly from site to site on the great circle, and land legs beside a flight count 0 km; "
    "where an airport is far, write leg_km of the lane"
)


def _site(net: Network, name: str, column: str) -> None:
    known = net["sites"]["site_id"].to_list()
    if name not in known:
        raise _refuse("unknown_reference", column, f"there is no site {name!r}", "the table sites has no such row", nearest(name, known))


def _chains(net: Network, asked: str | None) -> list[str]:
    if asked:
        chains, known = ["".join(one.split()) for one in asked.split("|") if one.strip()], net["modes"]["mode_id"].to_list()
        for mode in (mode for chain in chains for mode in chain.split("+") if mode not in known):
            raise _refuse("lane_legs", "mode_chain", f"there is no mode {mode!r}", "modes has no such row", nearest(mode, known))
        return chains
    by_kind: dict[str, list[str]] = {}
    for mode, kind in net["modes"].select("mode_id", "kind").iter_rows():
        by_kind.setdefault(kind, []).append(mode)
    listed = [one for cell in net["lane_rules"]["mode_chain"].drop_nulls().to_list() for one in cell.split("|")]
    made = []
    for kinds, main in DEFAULT_CHAINS:
        if all(kind in by_kind for kind in kinds):
            made += ["+".join(mode if kind == main else by_kind[kind][0] for kind in kinds) for mode in by_kind[main]]
    return list(dict.fromkeys([*("".join(one.split()) for one in listed), *made]))


def _named(net: Network, chains: list[str], via: str | None, *, asked: bool) -> list[str]:
    """Chains with as many changes as ports are named; refused where there is none."""
    if not (via or "").strip():
        return chains
    kinds = dict(net["modes"].select("mode_id", "kind").iter_rows())
    ports = str(via).count("+") + 1
    fit = [chain for chain in chains if chain.count("+") == ports]
    if not asked:
        fit = [chain for chain in fit if "sea" in [kinds.get(mode) for mode in chain.split("+")]] or fit
    if fit and (len(fit) == len(chains) or not asked):
        return fit
    wrong = next((chain for chain in chains if chain not in fit and "+" in chain), chains[0])
    modes = wrong.split("+")
    changes = [f"{before} to {after}" for before, after in pairwise(modes)]
    what = f"{via} names {ports} port{'s' if ports > 1 else ''}"
    if not changes:
        raise _refuse(
            "lane_legs",
            "via_ports",
            what,
            f"{wrong} goes all the way and changes nowhere",
            "leave out --via, or name a --mode-chain with a ship",
        )
    why = f"{wrong} changes {_TIMES.get(len(changes), f'{len(changes)} times')}: {', then '.join(changes)}"
    by_sea = "sea" in [kinds.get(mode) for mode in modes]
    free = "; an empty one is free" + (
        f": {via}+ leaves from it, +{via} arrives there" if by_sea and ports == 1 and len(changes) == 2 else ""
    )
    raise _refuse("lane_legs", "via_ports", what, why, f"name one port for each change, joined by +{free}")


def _product(net: Network, asked: str | None) -> str:
    known = net["products"]["product_id"].to_list()
    if asked is not None and asked not in known:
        raise _refuse("unknown_reference", "product", f"there is no product {asked!r}", "products has no such row", nearest(asked, known))
    return asked or known[0]


def explain_route(
    net: Network,
    start: str,
    end: str,
    *,
    product: str | None = None,
    mode_chain: str | None = None,
    avoid: Sequence[str] = (),
    via_ports: str | None = None,
    scenario: str | Sequence[str] | None = None,
) -> list[Way]:
    """Routes between two sites, cheapest first: the chains asked for, else every chain that the tables suggest.

    `avoid` names passages that are closed. Raises InvalidTables for an unknown site, product, passage or port, and where no
    chain joins the two. Ports named for a number of changes leave out the suggested chains that have another.
    """
    world = resolve(net, scenario)
    _site(world, start, "from")
    _site(world, end, "to")
    if start == end:
        what, why = f"{start} is both ends", "goods that are there already need no route"
        raise _refuse("no_route", "to", what, why, "name two sites with --from and --to")
    name, chains = _product(world, product), _named(world, _chains(world, mode_chain), via_ports, asked=bool(mode_chain))
    wanted = {
        "lane_id": [f"{_ASKED}{at}" for at in range(len(chains))],
        "from_site": [start] * len(chains),
        "to_site": [end] * len(chains),
        "product_id": [name] * len(chains),
        "mode_chain": chains,
        "via_ports": [via_ports] * len(chains),
        "_row": list(range(2, len(chains) + 2)),
    }
    table = TABLES["lanes"]
    lanes = pl.DataFrame(wanted, schema_overrides={column: table.schema[column] for column in wanted})
    blank = [pl.lit(None, dtype=kind).alias(column) for column, kind in table.schema.items() if column not in wanted]
    closures = pl.DataFrame(
        {
            "passage": list(avoid),
            "valid_from": [None] * len(avoid),
            "valid_to": [None] * len(avoid),
            "_row": list(range(2, len(avoid) + 2)),
        },
        schema_overrides={column: TABLES["closures"].schema[column] for column in ("passage", "valid_from", "valid_to", "_row")},
    )
    more = [pl.lit(None, dtype=kind).alias(column) for column, kind in TABLES["closures"].schema.items() if column not in closures.columns]
    tables = {
        **world.tables,
        "lanes": lanes.with_columns(*blank).select(list(table.schema)),
        "lane_rules": TABLES["lane_rules"].empty(),
        "closures": closures.with_columns(*more).select(list(TABLES["closures"].schema)),
    }
    return _ways(replace(world, tables=tables), start, end, avoid)


def _of_route(issue: Issue) -> Issue:
    """A problem of the lanes and closures that a question was put as, in words of the question."""
    if issue.table not in {"lanes", "closures"}:
        return issue
    fix = issue.fix
    if issue.code == "lane_legs" and issue.column == "mode_chain" and "leg_km" in fix:
        fix = "name the places of the changes with --via, joined by +, or another --mode-chain"
    return replace(issue, table="route", row=None, what=re.sub(rf"^lane {_ASKED}\d+:? ", "", issue.what), fix=fix)


def _ways(world: Network, start: str, end: str, avoid: Sequence[str]) -> list[Way]:
    from hinterland.freight import lane_sums, parse_legs, passage_bits, split_passages
    from hinterland.model.lanes import leg_rates
    from hinterland.model.routing import routed

    found = routed(world)
    wrong = [issue for issue in found.issues if issue.severity == "error" and issue.code != "no_route"]
    if wrong:
        raise InvalidTables([_of_route(issue) for issue in wrong])
    lanes = found.lanes
    if not lanes.height:
        shut = f" without {', '.join(avoid)}" if avoid else ""
        what, why = f"no route leads from {start} to {end}{shut}", "land legs need one landmass, ships a port on each"
        raise _refuse("no_route", "mode_chain", what, why, "name another --mode-chain, or ports with --via")
    legs = parse_legs(lanes)
    classes = dict(world["products"].select("product_id", "freight_class").iter_rows())
    rates, priced = leg_rates(world, lanes, legs, [classes.get(product) or "" for product in lanes["product_id"].to_list()])
    each = replace(legs, lane=np.arange(len(legs.lane)), first=np.ones(len(legs.lane), dtype=bool))
    cost, co2e, days = (values[:, 0] for values in lane_sums(each, rates, len(legs.lane)))
    kinds = dict(world["modes"].select("mode_id", "kind").iter_rows())
    hub = np.where(legs.first, 0.0, rates.co2e_kg_per_t_handled[:, 0])
    cost, co2e, closed = np.where(priced, cost, np.nan), co2e + hub, passage_bits(avoid)
    ways = []
    for at, row in enumerate(lanes.iter_rows(named=True)):
        own = np.flatnonzero(legs.lane == at)
        modes = [legs.modes[one] for one in legs.mode[own]]
        kind = [kinds[mode] for mode in modes]
        ports = [code or None for code in row["via_ports"].split("+")] if row["via_ports"] else [None] * (len(own) - 1)
        # where goods change without a port, they fly from the first site or to the last
        stops = [start, *(code or (start if kind[gap + 1] == "air" else end) for gap, code in enumerate(ports)), end]
        quays = [_quays(world, stops[part], stops[part + 1], float(legs.km[leg]), closed) if kind[part] == "sea" else (None, None)
                 for part, leg in enumerate(own)]  # fmt: skip
        told = tuple(
            Leg(modes[part], kind[part], stops[part], stops[part + 1], float(legs.km[leg]), float(days[leg]), float(cost[leg]),
                float(co2e[leg]), quays[part][0], quays[part][1])
            for part, leg in enumerate(own)
        )  # fmt: skip
        bare = sorted({mode for mode, leg in zip(modes, own, strict=True) if not priced[leg]})
        notes = [
            *([_NO_AIRPORTS] if "air" in kind else []),
            *([f"no freight rate speaks of {', '.join(bare)}: the cost is not known"] if bare else []),
        ]
        passages = tuple(split_passages(row["passages"]))
        ways.append(Way(row["mode_chain"], told, passages, _line(world, told, closed), tuple(notes)))
    return sorted(ways, key=lambda way: (np.isnan(way.cost_per_t), np.nan_to_num(way.cost_per_t), way.days, way.mode_chain))


def _quays(world: Network, start: str, end: str, km: float, closed: int) -> tuple[str | None, str | None]:
    """Ports at the ends of a leg by sea; a site at an end stands for the port at its quay from which the leg is as long as told."""
    from hinterland.freight import QUAY_KM, great_circle_km, sea_network

    network = sea_network()
    at = {site: (north, east) for site, north, east in world["sites"].select("site_id", "latitude", "longitude").iter_rows()}

    def rows(name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        if name not in at:
            return np.array([network.port_at[name]], dtype=np.int64)
        every = np.arange(len(network.port_code))
        north, east = network.port_place(every)
        far = great_circle_km(np.array(float(at[name][0])), np.array(float(at[name][1])), north, east)
        return np.flatnonzero((far <= QUAY_KM) & network.reached)

    origins, goals = rows(start), rows(end)
    if not (len(origins) and len(goals)):
        return None, None
    off = np.abs(network.distances(origins, goals, closed)[0] - km)
    one, other = np.unravel_index(np.argmin(off), off.shape)
    return network.port_code[origins[one]], network.port_code[goals[other]]


def _line(world: Network, legs: Sequence[Leg], closed: int) -> tuple[tuple[float, float], ...]:
    """Points of a route: sites, ports, and the points of the sea between ports."""
    from hinterland.freight import sea_network

    network = sea_network()
    at = {site: (north, east) for site, north, east in world["sites"].select("site_id", "latitude", "longitude").iter_rows()}

    def place(name: str) -> tuple[float, float]:
        if name in at:
            return at[name]
        row = network.first_port + network.port_at[name]
        return float(network.latitude[row]), float(network.longitude[row])

    points = [place(legs[0].start)]
    for leg in legs:
        if leg.from_port and leg.to_port:
            north, east = network.path(network.port_at[leg.from_port], network.port_at[leg.to_port], closed)
            points += list(zip(north.tolist(), east.tolist(), strict=True))
        points.append(place(leg.end))
    return tuple(one for at_point, one in enumerate(points) if not at_point or one != points[at_point - 1])


def port_name(code: str) -> str | None:
    """Name and country of a port by its UN/LOCODE, None where there is none.

    >>> port_name("NLRTM"), port_name("florence")
    ('Rotterdam, NL', None)
    """
    from hinterland.freight import port_country, sea_network

    row = sea_network().port_at.get(code)
    return None if row is None else f"{sea_network().port_name[row]}, {port_country(code)}"
