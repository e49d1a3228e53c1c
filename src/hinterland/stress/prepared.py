"""A plan made ready to move: its activities and backups, paced over the days that are simulated, with their money."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.stress.activities import LANE, activities_of
from hinterland.stress.backups import backed
from hinterland.stress.leads import sigmas_of, varied
from hinterland.stress.left import hits_of
from hinterland.stress.lending import lending
from hinterland.stress.money import means_of
from hinterland.stress.pace import down_order, paced, step_weights_of
from hinterland.stress.replenishing import replenishment_of
from hinterland.stress.work import Job

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.activities import Activities
    from hinterland.stress.chain import Chain, Means, Reactions
    from hinterland.stress.spans import Span

__all__ = ["Prepared", "demands_of", "prepare"]

_LAST = 2**31
_UNVALUED = "no product has a value: what lies in stock and is on the way is told as worth nothing"
_UNPRICED = "no price or value of some product that is delivered: its lost margin counts nothing"


@dataclass(frozen=True)
class Prepared:
    """The chain of a plan over a span, and what it takes to resolve events against it."""

    arrays: Arrays
    activities: Activities
    chain: Chain
    reactions: Reactions
    means: Means
    demand_pool: Ints
    span: Span
    notes: tuple[str, ...]

    def job(self, events: pl.DataFrame, *, steady: bool = False) -> Job:
        """Work for events whose scopes are these events' scopes; `steady`: no lead time varies."""
        hits = hits_of(self.arrays, self.activities, self.demand_pool, events)
        chain = self.chain._replace(varies=np.full_like(self.chain.varies, -1)) if steady else self.chain
        return Job(chain, self.reactions, self.means, hits, (self.span.first_day, self.span.step_days, self.span.steps))


def demands_of(a: Arrays, placed: Placed) -> tuple[Ints, Floats]:
    """What the plan delivers, by pool and priority (the lowest number first, none last): pools (D,), amounts (D, periods)."""
    rank = a.demand.rows["priority"].fill_null(_LAST).to_numpy().astype(np.int64)
    keys = np.stack([a.demand.pool, rank])
    kinds, place = np.unique(keys, axis=1, return_inverse=True)
    asked = np.zeros((kinds.shape[1], len(a.calendar)))
    np.add.at(asked, (place.ravel()[placed.served_row], a.demand.period[placed.served_row]), placed.served)
    return kinds[0].astype(np.int64), asked


def _kept(act: Activities, placed: Placed, pools: int) -> Activities:
    """Activities whose co-products are net of what the plan throws away of them: that never lies in stock."""
    given, thrown = np.zeros((pools, act.amount.shape[1])), np.zeros((pools, act.amount.shape[1]))
    np.add.at(given, act.give_pool, act.given)
    np.add.at(thrown, (placed.thrown_pool, placed.thrown_period), placed.thrown)
    lost = np.minimum(1.0, np.divide(thrown, given, out=np.zeros_like(given), where=given > 0))
    return replace(act, given=act.given * (1.0 - lost[act.give_pool]))


def prepare(net: Network, plan: Plan, span: Span, *, late: bool, safety_days: float, seed: int = 0) -> Prepared:
    """Make a plan of a resolved network ready. Raises InvalidTables where a reaction cannot be told."""
    a = arrays_of(net)
    placed = place_plan(a, plan)
    full = activities_of(a, placed, every=True) if net["alternates"].height else activities_of(a, placed)
    act, backups, notes = backed(a, _kept(activities_of(a, placed), placed, len(a.pools)), full)
    pools, asked = demands_of(a, placed)
    cover = np.zeros((len(a.pools), len(a.calendar)))
    np.add.at(cover, (a.stocks.pool[placed.held_row], placed.held_period), placed.held)
    orders = replenishment_of(a)
    if safety_days > 0:
        fed = np.isin(np.arange(len(a.pools)), act.into[act.kind == LANE])
        orders = replace(orders, safety_days=orders.safety_days + np.where(fed, safety_days, 0.0))
    whole = span.first_day, span.step_days, span.steps
    chain, _ = paced(act, a.calendar, len(a.pools), (pools, asked), cover, whole, orders)
    chain = varied(chain, act.days, *sigmas_of(a, act), span.step_days, seed)
    order = down_order(len(a.pools), act.use_pool, act.into[act.use_activity])
    weights = step_weights_of(a.calendar, *whole, np.zeros(1))[0]
    means, priced = means_of(a, act, order, pools, weights, late=late)
    _sound(chain, means)
    told = notes if priced else (*notes, _UNPRICED)
    if not means.value_per_unit.any():
        told = (*told, _UNVALUED)
    rate = weights / a.calendar.days * span.step_days
    return Prepared(a, act, chain, lending(a, act, full, rate, backups.reactions(span.step_days)), means, pools, span, told)


def _sound(chain: Chain, means: Means) -> None:
    """Numbers go in, or nothing does: what is not finite here would be a defect of ours."""
    for part in (chain, means):
        for name, value in zip(part._fields, part, strict=True):
            cells = np.asarray(value, dtype=np.float64)
            if not (np.isfinite(cells) | (name == "most") & ~np.isnan(cells)).all():
                raise ArithmeticError(f"{name} of the chain is not a number somewhere: a defect of hinterland, not of the tables")
