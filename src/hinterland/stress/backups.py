"""What people do when something breaks, as activities of their own: others that step in, other ways round, faster ways.

A backup is planned at nothing and brings goods into the pool of the activity that it stands in for:

    alternate   another site's good over its own lane, up to the room its lines and offers have; a unit costs and emits what one of
                the site it stands in for does, the freight of its own lane in place of the other's, and the extra cost of the row;
                its own inputs are at hand, unless what stands still leaves it without any source (feeding.py)
    reroute     the same goods between the same ends another way, while the lane is closed
    expedite    the same goods between the same ends faster, for what was short in the step before
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.dated import Dated
from hinterland.model.lanes import lane_rates
from hinterland.model.network import Network
from hinterland.model.scenario import resolve
from hinterland.model.scopes import Scopes
from hinterland.stress.activities import AROUND, LANE, OTHER_WAY, STANDS_IN
from hinterland.stress.chain import Reactions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.stress.activities import Activities

__all__ = ["Backups", "backed"]

_SHORTAGE = -1


@dataclass(frozen=True, slots=True)
class Backups:
    """Backups (B,) in the order in which they are asked: whom they stand in for, which activity they are, after how many days.

    `cause` of each: activities of which one must have been hit; nobody: shortage. `waits` (A,): goods under way wait.
    `around` names the passage alone that a way avoids, where passages were looked at one by one; else it is empty.
    """

    of: Ints
    activity: Ints
    delay_days: Floats
    cause: tuple[tuple[int, ...], ...]
    waits: Ints
    around: tuple[str, ...] = ()

    def reactions(self, step_days: float) -> Reactions:
        """As the kernel reads them."""
        order = np.argsort(self.of, kind="stable")
        causes = [self.cause[at] or (_SHORTAGE,) for at in order]
        return Reactions(
            backup_first=np.searchsorted(self.of[order], np.arange(len(self.waits) + 1)).astype(np.int64),
            backup=self.activity[order].astype(np.int64),
            delay=self.delay_days[order] / step_days - 1e-9,
            cause_first=np.concatenate([[0], np.cumsum([len(one) for one in causes])]).astype(np.int64),
            cause=np.array([one for some in causes for one in some], dtype=np.int64),
            waits=self.waits,
            lendable=np.zeros((0, 0)),
            lender_first=np.zeros(1, dtype=np.int64),
            lender=np.zeros(0, dtype=np.int64),
            borrower_first=np.zeros(1, dtype=np.int64),
            borrower=np.zeros(0, dtype=np.int64),
        )


@dataclass(slots=True)
class _Made:
    """A backup while it is made: `share` of the planned flow of activity `of`, by lane row `lane`."""

    of: int
    lane: int
    role: int
    made_at: int
    days: float
    share: float
    delay_days: float
    cause: tuple[int, ...]
    cost: float | Floats
    kg: float | Floats
    whole: bool
    around: str = ""


class _Covered:
    """Which lanes of a plan a reaction speaks of."""

    def __init__(self, a: Arrays, act: Activities) -> None:
        self._a, self._scopes = a, Scopes(a.net)
        self.lanes = np.flatnonzero(act.kind == LANE)
        self.rows = act.subject[self.lanes]

    def of(self, row: Mapping[str, object]) -> Ints:
        """Activities, in their order."""
        a, scopes = self._a, self._scopes
        goods = scopes.products(_text(row["product"]))
        ends = scopes.sites(_text(row["from_group"])), scopes.sites(_text(row["to_group"]))
        keep = np.ones(len(self.rows), dtype=bool)
        if goods is not None:
            keep &= np.array([a.products.ids[p] in goods for p in a.flows.product[self.rows]], dtype=bool)
        for names, sites in zip(ends, (a.flows.from_site, a.flows.to_site), strict=True):
            if names is not None:
                keep &= np.array([a.sites.ids[s] in names for s in sites[self.rows]], dtype=bool)
        return self.lanes[keep]


def _text(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None


def _number(cell: object, default: float) -> float:
    return float(cell) if isinstance(cell, int | float) else default


def _rows(net: Network, kind: str) -> Iterator[dict[str, object]]:
    """Reactions of a kind in the order of their names; money at the rate of its day."""
    frame = net["reactions"]
    if frame.height:
        money = Dated(net).values("reactions", "cost_per_unit", 0.0).mean(axis=1)
        frame = frame.with_columns(cost_per_unit=pl.Series(money))
    yield from frame.filter(pl.col("kind") == kind).sort("reaction_id").iter_rows(named=True)


def _alternates(a: Arrays, act: Activities, covered: _Covered) -> tuple[list[_Made], list[str]]:
    """Each row of `alternates` for each lane that takes the product from its site."""
    rows, net = a.net["alternates"], a.net
    if not rows.height:
        return [], []
    extra = Dated(net).values("alternates", "extra_cost_per_unit", 0.0).mean(axis=1)
    scope = [(row, set(covered.of(row).tolist())) for row in _rows(net, "alternate")]
    site_of, good_of = {one: at for at, one in enumerate(a.sites.ids)}, {one: at for at, one in enumerate(a.products.ids)}
    flows, made, notes = a.flows, list[_Made](), list[str]()
    names = ("site_id", "product_id", "alternate_site_id", "qualification_days", "max_share")
    for at, (site, product, other, days, most) in enumerate(rows.select(names).iter_rows()):
        s, p, o = site_of[site], good_of[product], site_of[other]
        lines = np.flatnonzero((act.kind == 1) & (act.into == a.pools.at(np.array([s]), np.array([p]))[0]))
        mine = covered.lanes[(flows.from_site[covered.rows] == s) & (flows.product[covered.rows] == p)]
        without = []
        for activity in mine:
            ways = np.flatnonzero((flows.from_site == o) & (flows.to_pool == act.into[activity]) & (flows.rates.open_share > 0).any(axis=1))
            if not len(ways):
                without.append(a.sites.ids[flows.to_site[act.subject[activity]]])
                continue
            lane = int(ways[np.argmin(np.nan_to_num(flows.rates.days[ways]).mean(axis=1))])
            told = next((row for row, some in scope if int(activity) in some), {})
            share = min(_number(most, 1.0), _number(told.get("max_share"), 1.0))
            cost = float(extra[at]) + _number(told.get("cost_per_unit"), 0.0)
            made.append(
                _Made(
                    int(activity), lane, STANDS_IN, o, float(np.nan_to_num(flows.rates.days[lane]).mean()), share,
                    _number(days, 0.0) + _number(told.get("delay_days"), 0.0), (*(int(one) for one in lines), int(activity)),
                    cost, _number(told.get("co2e_kg_per_unit"), 0.0), whole=False,
                )
            )  # fmt: skip
        if without:
            notes.append(f"{other} cannot stand in for {site}: no lane takes {product} from it to {', '.join(sorted(set(without)))}")
    return made, notes


def _around(a: Arrays, passages: frozenset[str]) -> dict[tuple[str, str, str, str], tuple[float, Floats, Floats]]:
    """Days, money and kg per unit of every lane while passages are closed: by ends, product and modes."""
    net = a.net
    tables = dict(net.base or net.tables)
    rows = [{"passage": one, "valid_from": date(1900, 1, 1)} for one in sorted(passages)]
    closures = pl.concat([tables["closures"], pl.DataFrame(rows, schema={"passage": pl.String, "valid_from": pl.Date})], how="diagonal")
    tables["closures"] = closures.with_columns(_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64)).unique(
        ["passage", "valid_from"], keep="last"
    )
    rates = lane_rates(resolve(Network(tables, packs=net.packs), net.scenarios))
    money = rates.freight_per_unit + rates.transit_holding_per_unit + rates.duty_per_unit
    keys = rates.lanes.select("from_site", "to_site", "product_id", pl.col("mode_chain").fill_null("")).iter_rows()
    found: dict[tuple[str, str, str, str], tuple[float, Floats, Floats]] = {}
    for at, key in enumerate(keys):
        if (rates.open_share[at] > 0).any():
            found.setdefault(key, (float(np.nanmean(rates.days[at])), np.nan_to_num(money[at]), np.nan_to_num(rates.co2e_kg_per_unit[at])))
    return found


def _split(cell: str | None) -> frozenset[str]:
    return frozenset(part for one in (cell or "").split("|") for part in one.split("+") if part)


def _other_ways(
    a: Arrays, act: Activities, covered: _Covered, threatened: frozenset[str], *, strict: bool = True
) -> tuple[list[_Made], list[str]]:
    """Reroutes: with the days that the row gives, else with those of the way around the passages that something may close.

    A way that is asked for and cannot be told is refused, or (not `strict`) told as a note.
    """
    made, notes, taken, issues = list[_Made](), list[str](), set[int](), list[Issue]()
    lanes, rates = a.flows.rates.lanes, a.flows.rates
    ways: dict[frozenset[str], dict[tuple[str, str, str, str], tuple[float, Floats, Floats]]] = {}
    for row in _rows(a.net, "reroute"):
        days, share = row["lead_time_days"], _number(row["max_share"], 1.0)
        cost, kg = _number(row["cost_per_unit"], 0.0), _number(row["co2e_kg_per_unit"], 0.0)
        for activity in covered.of(row):
            lane = int(act.subject[activity])
            told = lanes.row(lane, named=True)
            shut = _split(told["passages"]) & threatened
            if int(activity) in taken or (days is None and not shut):
                continue
            one = _Made(int(activity), lane, OTHER_WAY, -1, _number(days, 0.0), share, _number(row["delay_days"], 0.0), (int(activity),),
                        cost, kg, whole=share >= 1.0)  # fmt: skip
            if days is None:
                if shut not in ways:
                    ways[shut] = _around(a, shut)
                way = ways[shut].get((told["from_site"], told["to_site"], told["product_id"], told["mode_chain"] or ""))
                own_money = np.nan_to_num(rates.freight_per_unit + rates.transit_holding_per_unit + rates.duty_per_unit)[lane]
                if way is None and _computed(a, told):
                    notes.append(f"{told['lane_id']} has no way around {', '.join(sorted(shut))}: it waits")
                    continue
                if way is None:
                    what = f"{told['lane_id']} has no other way around {', '.join(sorted(shut))}"
                    why = "its kilometres are given, so none is computed, and the row gives no lead_time_days"
                    issues.append(Issue("reactions", _whole(row["_row"]), "lead_time_days", "no_way_around", what, why,
                                        "enter the days of the other way, or empty the lane's leg_km and passages"))  # fmt: skip
                    continue
                one.days = way[0]
                one.cost = cost + way[1] - own_money
                one.kg = kg + way[2] - np.nan_to_num(rates.co2e_kg_per_unit[lane])
                one.around, one.role = "|".join(sorted(shut)), AROUND
            taken.add(int(activity))
            made.append(one)
    if issues and strict:
        raise InvalidTables(issues)
    return made, [*notes, *(f"{one.what}: {one.why}" for one in issues)]


def _each_way(a: Arrays, act: Activities, covered: _Covered, passages: Sequence[str]) -> tuple[list[_Made], list[str]]:
    """Reroutes where each passage is closed alone: those with days of their own, and a computed way for each passage."""
    made, notes = _other_ways(a, act, covered, frozenset())
    taken = {one.of for one in made}
    for passage in passages:
        some, lost = _other_ways(a, act, covered, frozenset({passage}), strict=False)
        made += [one for one in some if one.around and one.of not in taken]
        notes += [one for one in lost if one not in notes]
    return made, notes


def _whole(cell: object) -> int | None:
    return cell if isinstance(cell, int) else None


def _computed(a: Arrays, told: Mapping[str, object]) -> bool:
    """Whether the route of a lane was computed: it comes of a rule, or its row leaves the legs open."""
    from hinterland.model.lane_rules import open_lanes

    source = (a.net.base or a.net.tables)["lanes"]
    name = str(told["lane_id"]).partition("@")[0]
    given = source.filter(~pl.Series(open_lanes(source))) if source.height else source
    return name not in set(given["lane_id"].to_list())


def _faster(a: Arrays, act: Activities, covered: _Covered) -> list[_Made]:
    made, taken = list[_Made](), set[int]()
    for row in _rows(a.net, "expedite"):
        days = _number(row["lead_time_days"], 0.0)
        for activity in covered.of(row):
            if int(activity) in taken or days >= act.days[activity]:
                continue
            taken.add(int(activity))
            made.append(
                _Made(int(activity), int(act.subject[activity]), OTHER_WAY, -1, days, _number(row["max_share"], 1.0), 0.0, (),
                      _number(row["cost_per_unit"], 0.0), _number(row["co2e_kg_per_unit"], 0.0), whole=False)
            )  # fmt: skip
    return made


def _spare(a: Arrays, act: Activities, full: Activities, pool: int) -> Floats:
    """Room of lines and offers of a pool beyond what the plan does there; shape (periods,)."""
    mine = (full.into == pool) & (full.kind != LANE)
    planned = act.amount[(act.into == pool) & (act.kind != LANE)].sum(axis=0)
    return np.maximum(full.room[mine].sum(axis=0) - planned, 0.0)


def backed(a: Arrays, act: Activities, full: Activities, each: Sequence[str] | None = None) -> tuple[Activities, Backups, tuple[str, ...]]:
    """Add to the activities of a plan the backups that `alternates` and `reactions` allow; and what a reader must know.

    `full` are all activities the plan could do, used or not: they say which room others have. Ways around avoid all passages that
    hazards and events may close; or, where `each` names passages, one way avoids each of them alone. Raises InvalidTables where a way
    around is asked for and cannot be told (with `each` it is a note).
    """
    covered = _Covered(a, act)
    hit = pl.concat([a.net[name].filter(pl.col("scope_kind") == "passage").select("scope_value") for name in ("hazards", "events")])
    threatened = frozenset(part for cell in hit["scope_value"].drop_nulls().to_list() for part in _passages(cell))
    ways, lost_ways = _other_ways(a, act, covered, threatened) if each is None else _each_way(a, act, covered, each)
    others, notes = _alternates(a, act, covered)
    made = [*ways, *others, *_faster(a, act, covered)]
    waits = np.zeros(len(act) + len(made), dtype=np.int64)
    for row in _rows(a.net, "wait"):
        waits[covered.of(row)] = 1
    if not made:
        none = np.zeros(0, dtype=np.int64)
        return act, Backups(none, none, np.zeros(0), (), waits), (*lost_ways, *notes)
    of = np.array([one.of for one in made])
    share = np.array([one.share for one in made])
    room = act.amount[of] * share[:, None]
    for at, one in enumerate(made):
        if one.role != STANDS_IN and one.whole:
            room[at] = act.room[one.of]
    _within_spare(a, act, full, made, room)
    periods = act.amount.shape[1]
    own = np.array([at for at, one in enumerate(made) if one.role != STANDS_IN], dtype=np.int64)
    zero = np.zeros((len(made), periods))
    backups = replace(
        act,
        kind=np.concatenate([act.kind, np.full(len(made), LANE)]),
        subject=np.concatenate([act.subject, [one.lane for one in made]]).astype(np.int64),
        into=np.concatenate([act.into, act.into[of]]),
        days=np.concatenate([act.days, [one.days for one in made]]),
        amount=np.concatenate([act.amount, zero]),
        room=np.concatenate([act.room, room]),
        use_activity=np.concatenate([act.use_activity, own + len(act)]).astype(np.int64),
        use_pool=np.concatenate([act.use_pool, a.flows.from_pool[[made[at].lane for at in own]]]).astype(np.int64),
        used=np.concatenate([act.used, np.zeros((len(own), periods))]),
        role=np.concatenate([act.role, [one.role for one in made]]).astype(np.int64),
        made_at=np.concatenate([act.made_at, [one.made_at for one in made]]).astype(np.int64),
        instead_of=np.concatenate([act.instead_of, of]).astype(np.int64),
        extra_cost=np.concatenate([act.extra_cost, [np.broadcast_to(one.cost, periods) for one in made]]),
        extra_kg=np.concatenate([act.extra_kg, [np.broadcast_to(one.kg, periods) for one in made]]),
    )
    found = Backups(of.astype(np.int64), len(act) + np.arange(len(made)), np.array([one.delay_days for one in made]),
                    tuple(one.cause for one in made), waits, tuple("" if each is None else one.around for one in made))  # fmt: skip
    return backups, found, (*lost_ways, *notes)


def _passages(cell: str) -> list[str]:
    from hinterland.freight import passage_id, split_passages

    return [passage_id(one) or one for one in split_passages(cell)]


def _within_spare(a: Arrays, act: Activities, full: Activities, made: list[_Made], room: Floats) -> None:
    """Those whom one site's line would serve share what it has to spare, each by what it may ask for."""
    by_pool: dict[int, list[int]] = {}
    for at, one in enumerate(made):
        if one.role == STANDS_IN:
            by_pool.setdefault(int(a.flows.from_pool[one.lane]), []).append(at)
    for pool, some in by_pool.items():
        spare, asked = _spare(a, act, full, pool), room[some].sum(axis=0)
        room[some] *= np.minimum(1.0, np.divide(spare, asked, out=np.ones_like(asked), where=asked > 0))
