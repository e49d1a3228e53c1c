"""One route explained: its legs, kilometres, days, cost, CO2e and passages."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """One leg of a route; `start` and `end` name a site or a port. Cost and CO2e are per gross tonne, hub before it included."""

    mode_id: str
    kind: str
    start: str
    end: str
    km: float
    days: float
    cost_per_t: float
    co2e_kg_per_t: float


@dataclass(frozen=True, slots=True)
class Way:
    """A route between two sites by one chain of modes, in the first period of the network's calendar."""

    mode_chain: str
    legs: tuple[Leg, ...]
    passages: tuple[str, ...]
    line: tuple[tuple[float, float], ...]
    """Latitude and longitude of the points on the way, for a map."""

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
        """Money per gross tonne."""
        return sum(leg.cost_per_t for leg in self.legs)

    @property
    def co2e_kg_per_t(self) -> float:
        """Kilograms per gross tonne."""
        return sum(leg.co2e_kg_per_t for leg in self.legs)


def _refuse(code: str, column: str, what: str, why: str, fix: str) -> InvalidTables:
    return InvalidTables([Issue("route", None, column, code, what, why, fix)])


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
    chain joins the two.
    """
    world = resolve(net, scenario)
    _site(world, start, "from")
    _site(world, end, "to")
    name, chains = _product(world, product), _chains(world, mode_chain)
    wanted = {
        "lane_id": [f"way {at}" for at in range(len(chains))],
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


def _ways(world: Network, start: str, end: str, avoid: Sequence[str]) -> list[Way]:
    from hinterland.freight import lane_sums, parse_legs, passage_bits, split_passages
    from hinterland.model.lanes import leg_rates
    from hinterland.model.routing import routed

    found = routed(world)
    wrong = [issue for issue in found.issues if issue.severity == "error" and issue.code != "no_route"]
    if wrong:
        raise InvalidTables([replace(issue, table="route", row=None) if issue.table in {"lanes", "closures"} else issue for issue in wrong])
    lanes = found.lanes
    if not lanes.height:
        shut = f" without {', '.join(avoid)}" if avoid else ""
        what, why = f"no route leads from {start} to {end}{shut}", "land legs need one landmass, ships a port on each"
        raise _refuse("no_route", "mode_chain", what, why, "name another --mode-chain, or ports with --via")
    legs = parse_legs(lanes)
    classes = dict(world["products"].select("product_id", "freight_class").iter_rows())
    rates, _ = leg_rates(world, lanes, legs, [classes.get(product) or "" for product in lanes["product_id"].to_list()])
    each = replace(legs, lane=np.arange(len(legs.lane)), first=np.ones(len(legs.lane), dtype=bool))
    cost, co2e, days = (values[:, 0] for values in lane_sums(each, rates, len(legs.lane)))
    kinds = dict(world["modes"].select("mode_id", "kind").iter_rows())
    hub = [0.0 if first else float(one) for first, one in zip(legs.first, rates.co2e_kg_per_t_handled[:, 0], strict=True)]
    ways = []
    for at, row in enumerate(lanes.iter_rows(named=True)):
        own = [leg for leg in range(len(legs.lane)) if legs.lane[leg] == at]
        gaps = (row["via_ports"] or "+" * (len(own) - 1)).split("+") if len(own) > 1 else []
        modes = [kinds[legs.modes[legs.mode[leg]]] for leg in own]
        stops = [start, *(code or (start if modes[gap + 1] == "air" else end) for gap, code in enumerate(gaps)), end]
        told = tuple(
            Leg(
                legs.modes[legs.mode[leg]], modes[part], stops[part], stops[part + 1], float(legs.km[leg]), float(days[leg]), float(cost[leg]),
                float(co2e[leg]) + hub[leg],
            )
            for part, leg in enumerate(own)
        )  # fmt: skip
        ways.append(Way(row["mode_chain"], told, tuple(split_passages(row["passages"])), _line(world, told, passage_bits(avoid))))
    return sorted(ways, key=lambda way: (way.cost_per_t, way.days, way.mode_chain))


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
        if leg.kind == "sea" and leg.start in network.port_at and leg.end in network.port_at:
            north, east = network.path(network.port_at[leg.start], network.port_at[leg.end], closed)
            points += list(zip(north.tolist(), east.tolist(), strict=True))
        points.append(place(leg.end))
    return tuple(one for at_point, one in enumerate(points) if not at_point or one != points[at_point - 1])


def port_name(code: str) -> str | None:
    """Name of a port by its UN/LOCODE, None where there is none.

    >>> port_name("NLRTM"), port_name("florence")
    ('Rotterdam', None)
    """
    from hinterland.freight import sea_network

    row = sea_network().port_at.get(code)
    return None if row is None else sea_network().port_name[row]
