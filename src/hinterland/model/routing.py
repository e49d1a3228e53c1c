"""Lanes with routes: those of the table that leave their legs open, and those that rules make.

`routed` reads tables in settings.currency and gives the lanes table that engines see: every leg with its kilometres, every
route with its ports and passages, one row per span of days in which a route is open.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.digest import digest_of
from hinterland.core.errors import Issue
from hinterland.freight import (
    CIRCUITY,
    Atlas,
    LegRates,
    Routes,
    find_routes,
    lane_sums,
    parse_legs,
    passage_bits,
    passage_names,
    port_rows,
    ports_at_home,
    sea_network,
    split_passages,
)
from hinterland.model.closures import closed_spans
from hinterland.model.lane_rules import COPIED, open_lanes, wanted_lanes
from hinterland.model.lanes import leg_rates
from hinterland.model.route_problems import airless_lanes, cell_problems, far_lanes, idle_closures, idle_rules, site_problems

if TYPE_CHECKING:
    from datetime import date

    from hinterland.core.calendar import Floats, Ints
    from hinterland.freight import Legs
    from hinterland.model.closures import Span
    from hinterland.model.network import Network

__all__ = ["STEERING_COST_PER_TKM", "Routed", "routed"]

_READ = (
    "settings", "periods", "countries", "groups", "products", "sites", "recipes", "recipe_lines", "processes", "purchases", "stocks", "demand",
    "modes", "freight_rates", "lanes", "lane_rules", "closures", "changes",
)  # fmt: skip
"""Tables that routes depend on."""
_KEPT: OrderedDict[str, Routed] = OrderedDict()
_KEEP = 8
STEERING_COST_PER_TKM = {"road": 0.10, "rail": 0.04, "inland_waterway": 0.03, "sea": 0.01, "air": 0.60}
"""What a kilometre weighs when ports are chosen and no freight rate speaks of the leg (assumed, never a cost)."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The lanes table with routes and what is wrong with it or worth knowing."""

    lanes: pl.DataFrame
    issues: tuple[Issue, ...]


def routed(net: Network) -> Routed:
    """Compute every route once; the same tables give the same answer from memory.

    Nothing is read but the tables; a network without rules, closures and open legs comes back as it is.
    """
    if not (
        net["lane_rules"].height
        or net["closures"].height
        or open_lanes(net["lanes"]).any()
        or net["sites"]["port"].null_count() < net["sites"].height
    ):
        return Routed(net["lanes"], ())
    key = digest_of({name: net[name] for name in _READ})
    if key in _KEPT:
        _KEPT.move_to_end(key)
        return _KEPT[key]
    found = _routed(net)
    _KEPT[key] = found
    while len(_KEPT) > _KEEP:
        _KEPT.popitem(last=False)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """Lanes to be routed, in one frame: those of rules have `rule` set, those of the lanes table `row`."""

    frame: pl.DataFrame
    legs: Legs
    rates: LegRates
    weight: Floats
    circuity: Floats
    kinds: tuple[str, ...]
    """Kind of the mode of each leg."""


def _asked(net: Network, frame: pl.DataFrame) -> _Asked:
    legs = parse_legs(frame)
    classes = dict(net["products"].select("product_id", "freight_class").iter_rows())
    rates, priced = leg_rates(net, frame, legs, [classes.get(product) or "" for product in frame["product_id"].to_list()])
    kind_of = dict(net["modes"].select("mode_id", "kind").iter_rows())
    bends = dict(net["modes"].select("mode_id", "circuity_factor").iter_rows())
    kinds = [kind_of[mode] for mode in legs.modes]
    steering = np.array([STEERING_COST_PER_TKM[kind] for kind in kinds])[legs.mode] if kinds else np.zeros(0)
    bend = np.array([bends[mode] or CIRCUITY.get(kind, 1.0) for mode, kind in zip(legs.modes, kinds, strict=True)])
    mean = rates.cost_per_tkm.mean(axis=1) if rates.cost_per_tkm.size else np.zeros(len(legs.lane))
    weight = np.where(priced & (mean > 0), mean, np.where(priced & (rates.cost_per_t.sum(axis=1) > 0), 1e-6, steering))
    return _Asked(frame, legs, rates, weight, bend[legs.mode] if kinds else np.zeros(0), tuple(kinds[mode] for mode in legs.mode))


def _via(chain: str, cells: list[str | None], gaps: int) -> Ints:
    """Rows of the ports that `via_ports` names, by the gap between legs; −1 where the port is free."""
    rows = np.full((len(cells), gaps), -1, dtype=np.int64)
    for at, cell in enumerate(cells):
        named = [part.strip() for part in (cell or "").split("+")] if (cell or "").strip() else []
        if len(named) == gaps:
            for gap, code in enumerate(named):
                if code:
                    rows[at, gap] = port_rows([code])[0]
    return rows


class _Finder:
    """Routes of all asked lanes for any set of closed passages."""

    def __init__(self, net: Network, asked: _Asked) -> None:
        sites = net["sites"]
        row = {site: at for at, site in enumerate(sites["site_id"].to_list())}
        named = {row[site]: port_rows(cell.split("|")) for site, cell in sites.select("site_id", "port").iter_rows() if cell}
        place = [sites[name].cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64) for name in ("latitude", "longitude")]
        territory = dict(net["countries"].select("country", pl.coalesce("customs_territory", "country")).iter_rows())
        home = ports_at_home(sites["country"].to_list(), territory)
        self._atlas = Atlas(np.nan_to_num(place[0]), np.nan_to_num(place[1]), named, home)
        self._asked = asked
        frame = asked.frame
        self._start = np.array([row[site] for site in frame["from_site"].to_list()], dtype=np.int64)
        self._end = np.array([row[site] for site in frame["to_site"].to_list()], dtype=np.int64)
        self._first = np.flatnonzero(asked.legs.first)
        chains: dict[str, list[int]] = {}
        for at, chain in enumerate(frame["mode_chain"].to_list()):
            chains.setdefault("".join(chain.split()), []).append(at)
        self._groups = {chain: np.array(rows) for chain, rows in chains.items()}
        self._ports = frame["via_ports"].to_list()
        self.passed = 0
        """Bits of the passages on the ways that were found with none closed."""

    def find(self, closed: int, rows: Ints) -> dict[int, tuple[tuple[float, ...], tuple[int, ...], int]]:
        """(km of the legs, ports, passages) of each of the asked rows that has a route."""
        found = {}
        wanted = np.zeros(self._asked.frame.height, dtype=bool)
        wanted[rows] = True
        for chain, members in self._groups.items():
            lanes = members[wanted[members]]
            if not len(lanes):
                continue
            count = chain.count("+") + 1
            leg = self._first[lanes][:, None] + np.arange(count)
            kinds = [self._asked.kinds[at] for at in leg[0]]
            via = _via(chain, [self._ports[at] for at in lanes], count - 1)
            ways: Routes = find_routes(
                self._atlas, kinds, self._start[lanes], self._end[lanes],
                circuity=self._asked.circuity[leg], weight=self._asked.weight[leg], via=via, closed=closed,
            )  # fmt: skip
            if not closed:
                self.passed |= int(np.bitwise_or.reduce(ways.passages))
            for at in np.flatnonzero(ways.found):
                found[int(lanes[at])] = (tuple(ways.km[at].tolist()), tuple(ways.ports[at].tolist()), int(ways.passages[at]))
        return found


def _km(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _later(one: date | None, other: date | None) -> date | None:
    return other if one is None else one if other is None else max(one, other)


def _earlier(one: date | None, other: date | None) -> date | None:
    return other if one is None else one if other is None else min(one, other)


def _variants(
    finder: _Finder, count: int, spans: list[Span]
) -> list[list[tuple[date | None, date | None, tuple[tuple[float, ...], tuple[int, ...], int] | None]]]:
    """Per lane its routes by span of days, joined where one route goes on; None where the lane is closed."""
    every = np.arange(count)
    base = finder.find(0, every)
    by_closed: dict[int, dict[int, tuple[tuple[float, ...], tuple[int, ...], int]]] = {0: base}
    for closed in {bits for _, _, bits in spans if bits}:
        hit = np.array([at for at, way in base.items() if way[2] & closed], dtype=np.int64)
        by_closed[closed] = {at: way for at, way in base.items() if not way[2] & closed} | (finder.find(closed, hit) if len(hit) else {})
    told = []
    for at in range(count):
        ways: list[tuple[date | None, date | None, tuple[tuple[float, ...], tuple[int, ...], int] | None]] = []
        for first, last, closed in spans:
            way = by_closed[closed].get(at)
            if ways and ways[-1][2] == way:
                ways[-1] = (ways[-1][0], last, way)
            else:
                ways.append((first, last, way))
        told.append(ways)
    return told


def _routed(net: Network) -> Routed:
    lanes, issues = net["lanes"], cell_problems(net)
    is_open = open_lanes(lanes)
    if any(issue.severity == "error" for issue in issues):
        return Routed(lanes, tuple(issues))
    own = lanes.filter(is_open)
    wanted = wanted_lanes(net)
    columns = ["lane_id", "from_site", "to_site", "product_id", "mode_chain", *COPIED]
    frame = pl.concat(
        [
            own.select(*columns, "leg_km", "distance_km", row="_row", rule=pl.lit(None, dtype=pl.Int64), most_km=pl.lit(None, dtype=pl.Float64)),
            wanted.select(
                *columns, pl.lit(None, dtype=pl.String).alias("leg_km"), pl.lit(None, dtype=pl.Float64).alias("distance_km"),
                pl.lit(None, dtype=pl.Int64).alias("row"), "rule", "most_km",
            ),
        ]
    )  # fmt: skip
    issues += site_problems(net, frame)
    if any(issue.severity == "error" for issue in issues):
        return Routed(lanes, tuple(issues))
    asked = _asked(net, frame)
    spans = closed_spans(net["closures"])
    finder = _Finder(net, asked)
    ways = _variants(finder, frame.height, spans) if frame.height else []
    made, issue_rows = _rows(frame, ways, spans)
    kept = made.filter(~pl.Series(_dominated(made, frame, asked), dtype=pl.Boolean)) if made.height else made
    issues += far_lanes(net, frame, issue_rows) + idle_rules(net, frame, kept) + airless_lanes(net, frame)
    shut, told = _shut(lanes.filter(~is_open), spans)
    if frame.height:
        named = passage_bits(name for cell in lanes.filter(~is_open)["passages"].drop_nulls().to_list() for name in split_passages(cell))
        issues += idle_closures(net, finder.passed | named)
    return Routed(_table(lanes.filter(is_open), shut, kept), tuple(issues + told))


def _rows(
    frame: pl.DataFrame,
    ways: list[list[tuple[date | None, date | None, tuple[tuple[float, ...], tuple[int, ...], int] | None]]],
    spans: list[Span],
) -> tuple[pl.DataFrame, dict[int, str]]:
    """One row per lane and route, and why lanes have none (`never`, `closed`, `far`). Passages that are none are an empty text."""
    network, lost = sea_network(), dict[int, str]()
    rows: dict[str, list[object]] = {
        name: [] for name in ("at", "suffix", "leg_km", "via_ports", "passages", "valid_from", "valid_to", "days")
    }
    first, last, most = frame["valid_from"].to_list(), frame["valid_to"].to_list(), frame["most_km"].to_list()
    for at, spells in enumerate(ways):
        seen = 0
        for opens, stops, way in spells:
            start, end = _later(first[at], opens), _earlier(last[at], stops)
            if start is not None and end is not None and start > end:
                continue
            if way is None:
                lost[at] = "closed" if len(spells) > 1 or spans[0][2] else "never"
                continue
            km, ports, bits = way
            if most[at] is not None and sum(km) > most[at]:
                lost.setdefault(at, "far")
                continue
            codes = "+".join(network.port_code[port] if port >= 0 else "" for port in ports)
            cells = (at, f"@{start}" if seen else "", "+".join(_km(one) for one in km), codes if any(port >= 0 for port in ports) else None,
                     "|".join(passage_names(bits)), start, end, seen)  # fmt: skip
            for name, cell in zip(rows, cells, strict=True):
                rows[name].append(cell)
            seen += 1
    schema = {"at": pl.Int64, "suffix": pl.String, "leg_km": pl.String, "via_ports": pl.String, "passages": pl.String,
              "valid_from": pl.Date, "valid_to": pl.Date, "days": pl.Int64}  # fmt: skip
    made = pl.DataFrame(rows, schema=schema)
    told = frame.with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64)).drop(
        "leg_km", "distance_km", "via_ports", "valid_from", "valid_to"
    )
    return made.join(told, on="at", how="left", maintain_order="left"), lost


def _dominated(made: pl.DataFrame, frame: pl.DataFrame, asked: _Asked) -> list[bool]:
    """Lanes of rules that another chain of the same pair, product and days beats or equals in cost, days and CO2e."""
    out = [False] * made.height
    link = ["from_site", "to_site", "product_id", "valid_from", "valid_to"]
    rivals = made.with_row_index("place").filter(pl.col("rule").is_not_null()).filter(pl.len().over(link) > 1)
    several = [rows["place"].to_list() for _, rows in rivals.group_by(link, maintain_order=True)]
    if not several:
        return out
    take = sorted(row for rows in several for row in rows)
    part = made[take]
    legs = parse_legs(part.select("mode_chain", "leg_km", distance_km=pl.lit(None, dtype=pl.Float64)))
    starts = np.flatnonzero(asked.legs.first)[part["at"].to_numpy()]
    within = np.arange(len(legs.lane)) - np.flatnonzero(legs.first)[legs.lane]
    pick = starts[legs.lane] + within
    rates = LegRates(*(getattr(asked.rates, name)[pick] for name in LegRates.__slots__))
    sums = np.concatenate(lane_sums(legs, rates, part.height), axis=1)
    where = {row: at for at, row in enumerate(take)}
    for rows in several:
        left = list(rows)
        for row in rows:
            if any(other != row and (sums[where[other]] <= sums[where[row]] * (1 + 1e-12)).all() for other in left):
                out[row] = True
                left.remove(row)
    return out


def _shut(given: pl.DataFrame, spans: list[Span]) -> tuple[pl.DataFrame, list[Issue]]:
    """Lanes whose kilometres are given, without the days on which a passage they name is closed; those get no other way."""
    if not any(bits for _, _, bits in spans):
        return given, []
    rows, issues, touched = list[dict[str, object]](), list[Issue](), list[str]()
    for lane in given.filter(pl.col("passages").is_not_null()).iter_rows(named=True):
        bits = passage_bits(split_passages(lane["passages"]))
        if not any(bits & closed for _, _, closed in spans):
            continue
        touched.append(lane["lane_id"])
        what, why = (
            f"lane {lane['lane_id']} is closed on some days",
            f"its kilometres are given by {lane['passages']}, so no other way is computed",
        )
        fix = "empty leg_km to have it re-routed, or add a lane by another way"
        issues.append(Issue("lanes", lane["_row"], "passages", "no_route", what=what, why=why, fix=fix, severity="warning"))
        count = 0
        for first, last, closed in spans:
            start, end = _later(lane["valid_from"], first), _earlier(lane["valid_to"], last)
            if not bits & closed and (start is None or end is None or start <= end):
                rows.append({**lane, "valid_from": start, "valid_to": end, "lane_id": lane["lane_id"] + (f"@{start}" if count else "")})
                count += 1
    left = given.filter(~pl.col("lane_id").is_in(touched))
    return pl.concat([left, pl.DataFrame(rows, schema=given.schema)]).sort("_row", "lane_id"), issues


def _table(open_rows: pl.DataFrame, given: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """The lanes table: given rows and open rows with their routes in the order of the file, lanes of rules after them."""
    names = given.columns
    source = open_rows.drop("leg_km", "via_ports", "valid_from", "valid_to").rename({"passages": "named"})
    own = made.filter(pl.col("rule").is_null()).select("row", "suffix", "leg_km", "via_ports", "passages", "valid_from", "valid_to")
    filled = own.join(source, left_on="row", right_on="_row", how="left", maintain_order="left").rename({"row": "_row"})
    filled = filled.with_columns(lane_id=pl.col("lane_id") + pl.col("suffix"))
    ruled = made.filter(pl.col("rule").is_not_null()).with_columns(lane_id=pl.col("lane_id") + pl.col("suffix"))
    blank = [pl.lit(None, dtype=kind).alias(name) for name, kind in given.schema.items() if name not in ruled.columns]
    ruled = ruled.with_columns(*blank).sort("lane_id")
    return pl.concat([pl.concat([given, filled.select(names)]).sort("_row", "lane_id"), ruled.select(names)])
