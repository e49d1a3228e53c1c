"""One period of a plan as rates: what its sites, lanes and purchases do, may do, keep in stock and have on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.accounts.placing import place_plan
from hinterland.stress.activities import activities_of
from hinterland.stress.exposure.block import Block
from hinterland.stress.exposure.weekly import Weekly
from hinterland.stress.money import means_of
from hinterland.stress.pace import down_order
from hinterland.stress.prepared import demands_of

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.model.plan import Plan
    from hinterland.stress.activities import Activities

__all__ = ["PeriodChain", "period_of"]


@dataclass(frozen=True)
class PeriodChain:
    """Rates per day: `rate` and `room` (A,), `wanted` (D,); `cover` (P,) in units; inputs and co-products per unit made."""

    arrays: Arrays
    activities: Activities
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

    @property
    def lead_weeks(self) -> Ints:
        """Lead time of each activity in whole weeks, rounded up; shape (A,)."""
        return np.maximum(np.ceil(self.activities.days / 7 - 1e-9), 0).astype(np.int64)

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

    def block(self) -> Block:
        """Return the chain as one stretch of time; what is on the way counts as stock."""
        act, every = self.activities, np.arange(len(self.activities))
        matrix = scipy.sparse.csc_array(
            (
                np.concatenate([np.ones(len(act)), -self.use_per_unit, self.give_per_unit]),
                (np.concatenate([act.into, act.use_pool, act.give_pool]), np.concatenate([every, act.use_activity, act.give_activity])),
            ),
            shape=(len(self.arrays.pools), len(act)),
        )
        stock = self.cover.copy()
        np.add.at(stock, act.into, self.rate * act.days)
        return Block(matrix, self.room, stock, self.demand_pool, self.wanted, self.margin)

    def weekly(self, weeks: int) -> Weekly:
        """Return the chain week by week; goods under way arrive as the plan sent them, co-products beyond the first are left out."""
        act, lead = self.activities, self.lead_weeks
        due = np.zeros((len(self.arrays.pools), weeks))
        for activity in np.flatnonzero(lead):
            due[act.into[activity], : lead[activity]] += self.rate[activity] * 7
        return Weekly(weeks, act.into, lead, act.use_activity, act.use_pool, self.use_per_unit, self.room * 7, self.cover, due,
                      self.demand_pool, self.wanted * 7, self.margin)  # fmt: skip


def _per_unit(used: Floats, amount: Floats, period: int) -> Floats:
    """Amount per unit made in the period; where nothing is made then, the mean of all periods."""
    total = amount.sum(axis=1)
    mean = np.divide(used.sum(axis=1), total, out=np.zeros(len(used)), where=total > 0)
    now = amount[:, period]
    return np.asarray(np.divide(used[:, period], now, out=mean, where=now > 0))


def period_of(a: Arrays, plan: Plan, period_id: str | None = None) -> PeriodChain:
    """Rates of one period of a plan. Raises InvalidTables for a period that the network does not have."""
    placed = place_plan(a, plan)
    act = activities_of(a, placed)
    pools, asked = demands_of(a, placed)
    cover = np.zeros((len(a.pools), len(a.calendar)))
    np.add.at(cover, (a.stocks.pool[placed.held_row], placed.held_period), placed.held)
    ids = list(a.calendar.ids)
    if period_id is not None and period_id not in ids:
        what, why = f"no period {period_id}", f"the network has {', '.join(ids)}"
        raise InvalidTables([Issue("expose", None, "period", "unknown_period", what, why, "name a period of the network")])
    period = int(asked.sum(axis=0).argmax()) if period_id is None else ids.index(period_id)
    order = down_order(len(a.pools), act.use_pool, act.into[act.use_activity])
    means, priced = means_of(a, act, order, pools, np.full((1, len(ids)), 1 / len(ids)), late=False)
    days = a.calendar.days[period]
    return PeriodChain(
        arrays=a,
        activities=act,
        period_id=ids[period],
        rate=act.amount[:, period] / days,
        room=np.maximum(act.room[:, period], act.amount[:, period]) / days,
        use_per_unit=_per_unit(act.used, act.amount[act.use_activity], period),
        give_per_unit=_per_unit(act.given, act.amount[act.give_activity], period),
        cover=cover[:, period],
        demand_pool=pools,
        wanted=asked[:, period] / days,
        margin=np.where(means.margin_per_unit > 0, means.margin_per_unit, 1.0),
        priced=priced,
    )
