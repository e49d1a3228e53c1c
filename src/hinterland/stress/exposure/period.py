"""One period of a plan as rates: what its sites, lanes and purchases do, may do, keep in stock and have on the way.

Backups follow the activities of the plan: others that step in and other ways (stress/backups.py), shut until a node opens them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.accounts.placing import place_plan
from hinterland.stress.activities import LANE, STANDS_IN, activities_of
from hinterland.stress.backups import backed
from hinterland.stress.exposure.block import Block
from hinterland.stress.exposure.limits import Limits
from hinterland.stress.exposure.weekly import Weekly
from hinterland.stress.money import means_of
from hinterland.stress.pace import down_order
from hinterland.stress.prepared import demands_of
from hinterland.stress.replenishing import replenishment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.model.plan import Plan
    from hinterland.stress.activities import Activities
    from hinterland.stress.backups import Backups

__all__ = ["PeriodChain", "period_of"]


@dataclass(frozen=True)
class PeriodChain:
    """Rates per day: `rate` and `room` (A,), `wanted` (D,); `cover` (P,) in units; inputs and co-products per unit made.

    `backups` are the last of the activities: their `rate` is 0, their `room` what they may do once a node has opened them. `limits`
    hold what a site's lines do for the plan and for those it steps in for, to what they can.
    """

    arrays: Arrays
    activities: Activities
    backups: Backups
    limits: Limits
    period_id: str
    rate: Floats
    room: Floats
    use_per_unit: Floats
    give_per_unit: Floats
    cover: Floats
    demand_pool: Ints
    wanted: Floats
    margin: Floats
    priced: bool
    notes: tuple[str, ...] = ()

    @property
    def lead_weeks(self) -> Ints:
        """Lead time of each activity in whole weeks, rounded up; shape (A,)."""
        return np.maximum(np.ceil(self.activities.days / 7 - 1e-9), 0).astype(np.int64)

    @property
    def backup(self) -> Ints:
        """Activities that are backups; shape (B,)."""
        return np.asarray(self.backups.activity, dtype=np.int64)

    @property
    def longest_lead_weeks(self) -> int:
        """Weeks from the farthest pool to the market, along the slowest way."""
        act, lead = self.activities, self.lead_weeks
        pools = len(self.arrays.pools)
        far = np.zeros(pools, dtype=np.int64)
        order = down_order(pools, act.use_pool, act.into[act.use_activity])
        uses: list[list[int]] = [[] for _ in range(pools)]
        for use, pool in enumerate(act.use_pool):
            uses[pool].append(use)
        for pool in order[::-1]:
            for use in uses[pool]:
                activity = act.use_activity[use]
                far[pool] = max(far[pool], far[act.into[activity]] + lead[activity])
        return int(far.max(initial=0))

    @property
    def drawn(self) -> Floats:
        """What the plan of the period takes each day from stocks built before it; shape (P,). It comes in evenly, so that the period can go on."""
        act, net = self.activities, np.zeros(len(self.arrays.pools))
        np.add.at(net, act.into, self.rate)
        np.add.at(net, act.give_pool, self.give_per_unit * self.rate[act.give_activity])
        np.add.at(net, act.use_pool, -self.use_per_unit * self.rate[act.use_activity])
        np.add.at(net, self.demand_pool, -self.wanted)
        return np.asarray(np.maximum(-net, 0.0))

    def block(self) -> Block:
        """Return the chain as one stretch of time; what is on the way, in whole weeks, counts as stock."""
        act, every = self.activities, np.arange(len(self.activities))
        matrix = scipy.sparse.csc_array(
            (
                np.concatenate([np.ones(len(act)), -self.use_per_unit, self.give_per_unit]),
                (np.concatenate([act.into, act.use_pool, act.give_pool]), np.concatenate([every, act.use_activity, act.give_activity])),
            ),
            shape=(len(self.arrays.pools), len(act)),
        )
        stock = self.cover.copy()
        np.add.at(stock, act.into, self.rate * self.lead_weeks * 7)
        return Block(
            matrix,
            self.room,
            stock,
            self.demand_pool,
            self.wanted,
            self.margin,
            self.backup,
            self.backups.delay_days,
            self.limits,
            self.drawn,
        )

    def weekly(self, weeks: int) -> Weekly:
        """Return the chain week by week; goods under way arrive as the plan sent them, and what it draws from stocks comes in evenly."""
        act, lead = self.activities, self.lead_weeks
        due = np.repeat(self.drawn[:, None] * 7, weeks, axis=1)
        for activity in np.flatnonzero(lead):
            due[act.into[activity], : lead[activity]] += self.rate[activity] * 7
        opens = np.ceil(self.backups.delay_days / 7 - 1e-9).astype(np.int64)
        return Weekly(weeks, act.into, lead, act.use_activity, act.use_pool, self.use_per_unit, self.room * 7, self.cover, due,
                      self.demand_pool, self.wanted * 7, self.margin, act.give_activity, act.give_pool, self.give_per_unit,
                      self.backup, opens, self.limits.times(7), self.rate * 7)  # fmt: skip


def _per_unit(used: Floats, amount: Floats, period: int) -> Floats:
    """Amount per unit made in the period; where nothing is made then, the mean of all periods; a backup takes one unit."""
    total = amount.sum(axis=1)
    mean = np.divide(used.sum(axis=1), total, out=np.ones(len(used)), where=total > 0)
    now = amount[:, period]
    return np.asarray(np.divide(used[:, period], now, out=mean, where=now > 0))


def _cover(a: Arrays, held: Floats, out: Floats, coming: Floats) -> Floats:
    """What lies in each pool: the plan's stock at the end of the period, or as `replenishment` keeps it; shape (pools,)."""
    orders = replenishment_of(a)
    stock = np.where(np.isnan(orders.cover_days), held, np.nan_to_num(orders.cover_days) * out)
    stock = stock + orders.safety_days * out + orders.safety_quantity
    return np.where(np.isnan(orders.up_to), stock, np.maximum(np.nan_to_num(orders.up_to) + orders.lot - coming, 0.0))


def _limits(a: Arrays, act: Activities, full: Activities, period: int, days: float) -> Limits:
    """For each pool from which somebody steps in: its lines and purchases and all who step in do no more than its lines and offers can."""
    stand_in = np.flatnonzero(act.role == STANDS_IN)
    source = a.flows.from_pool[act.subject[stand_in]]
    members, most = [], []
    for pool in np.unique(source):
        able = (full.into == pool) & (full.kind != LANE)
        own = np.flatnonzero((act.into == pool) & (act.kind != LANE))
        room = max(float(full.room[able, period].sum()), float(act.amount[own, period].sum()))
        if np.isfinite(room):
            members.append(np.concatenate([own, stand_in[source == pool]]))
            most.append(room / days)
    return Limits.of(members, np.array(most))


def period_of(a: Arrays, plan: Plan, period_id: str | None = None, passages: Sequence[str] = ()) -> PeriodChain:
    """Rates of one period of a plan; ways around each of the `passages` are made ready where reactions ask for them.

    Raises InvalidTables for a period that the network does not have.
    """
    placed = place_plan(a, plan)
    planned = activities_of(a, placed)
    full = activities_of(a, placed, every=True) if a.net["alternates"].height else planned
    act, backups, notes = backed(a, planned, full, passages)
    pools, asked = demands_of(a, placed)
    cover = np.zeros((len(a.pools), len(a.calendar)))
    np.add.at(cover, (a.stocks.pool[placed.held_row], placed.held_period), placed.held)
    ids = list(a.calendar.ids)
    if period_id is not None and period_id not in ids:
        what, why = f"no period {period_id}", f"the network has {', '.join(ids)}"
        raise InvalidTables([Issue("expose", None, "period", "unknown_period", what, why, "name a period of the network")])
    period = int(asked.sum(axis=0).argmax()) if period_id is None else ids.index(period_id)
    order = down_order(len(a.pools), planned.use_pool, planned.into[planned.use_activity])
    means, priced = means_of(a, planned, order, pools, np.full((1, len(ids)), 1 / len(ids)), late=False)
    days = a.calendar.days[period]
    rate, use = act.amount[:, period] / days, _per_unit(act.used, act.amount[act.use_activity], period)
    out, coming = np.zeros(len(a.pools)), np.zeros(len(a.pools))
    np.add.at(out, act.use_pool, use * rate[act.use_activity])
    np.add.at(out, pools, asked[:, period] / days)
    np.add.at(coming, act.into, rate * act.days)
    return PeriodChain(
        arrays=a,
        activities=act,
        backups=backups,
        limits=_limits(a, act, full, period, days),
        period_id=ids[period],
        rate=rate,
        room=np.maximum(act.room[:, period], act.amount[:, period]) / days,
        use_per_unit=use,
        give_per_unit=_per_unit(act.given, act.amount[act.give_activity], period),
        cover=_cover(a, cover[:, period], out, coming),
        demand_pool=pools,
        wanted=asked[:, period] / days,
        margin=np.where(means.margin_per_unit > 0, means.margin_per_unit, 1.0),
        priced=priced,
        notes=notes,
    )
