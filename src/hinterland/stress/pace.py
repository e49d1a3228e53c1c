"""From amounts per period to steps: what the plan starts, holds and sends in every step, each site ahead by its lead time.

Demand is spread evenly over the days of its period. Each pool must then receive what leaves it; who brings it is as the
plan says for the day on which the goods will reach the market, and each activity starts its lead time earlier. So a plan of
one repeated period moves as it stands, and where periods differ every site changes over in time for its customers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.stress.chain import Chain, no_spread
from hinterland.stress.replenishing import Replenishment

if TYPE_CHECKING:
    from hinterland.core.calendar import Calendar, Floats, Ints
    from hinterland.stress.activities import Activities

__all__ = ["down_order", "paced", "step_weights_of"]


def down_order(pools: int, source: Ints, into: Ints) -> Ints:
    """Pools so that whatever feeds a pool comes before it; loops are cut where fewest links are broken. Shape (pools,)."""
    waiting = np.bincount(into, minlength=pools)
    after = np.argsort(source, kind="stable")
    first = np.searchsorted(source[after], np.arange(pools + 1))
    done, free = np.zeros(pools, dtype=bool), list(np.flatnonzero(waiting == 0)[::-1])
    order: list[int] = []
    while len(order) < pools:
        if not free:
            left = np.flatnonzero(~done)
            free.append(int(left[np.argmin(waiting[left])]))
        pool = int(free.pop())
        if done[pool]:
            continue
        done[pool] = True
        order.append(pool)
        for link in after[first[pool] : first[pool + 1]]:
            waiting[into[link]] -= 1
            if waiting[into[link]] == 0 and not done[into[link]]:
                free.append(int(into[link]))
    return np.array(order, dtype=np.int64)


def step_weights_of(calendar: Calendar, first_day: int, step_days: int, steps: int, ahead_days: Floats) -> Floats:
    """Share of each step that lies in each period, for pools that look `ahead_days`; shape (pools, steps, periods).

    Days before the first period count to it, days after the last to the last.
    """
    begin = first_day + step_days * np.arange(steps)[None, :] + ahead_days[:, None]
    low, high = calendar.start.astype(np.float64), calendar.stop.astype(np.float64)
    low[0], high[-1] = -np.inf, np.inf
    cut = np.minimum(begin[..., None] + step_days, high) - np.maximum(begin[..., None], low)
    return np.asarray(np.clip(cut, 0.0, None) / step_days)


def _ahead(act: Activities, order: Ints, pools: int) -> Floats:
    """Mean days from each pool to the market, weighted by what it sends; shape (pools,)."""
    total, lead = np.zeros(pools), np.zeros(pools)
    by_activity = np.argsort(act.use_activity, kind="stable")
    into = act.into[act.use_activity]
    amount = act.used.sum(axis=1)
    uses_of: list[list[int]] = [[] for _ in range(pools)]
    for use in by_activity:
        uses_of[act.use_pool[use]].append(int(use))
    for pool in order[::-1]:
        for use in uses_of[pool]:
            total[pool] += amount[use]
            lead[pool] += amount[use] * (act.days[act.use_activity[use]] + lead[into[use]])
        if total[pool] > 0:
            lead[pool] /= total[pool]
    return lead


def _filled(rate: Floats) -> Floats:
    """Rates (activities, steps) of one pool as shares; steps in which the pool gets nothing take those of the nearest step."""
    total = rate.sum(axis=0)
    known = np.flatnonzero(total > 0)
    if not len(known):
        return np.full(rate.shape, 1.0 / max(len(rate), 1))
    nearest = known[np.argmin(np.abs(np.arange(rate.shape[1])[:, None] - known[None, :]), axis=1)]
    return np.asarray(rate[:, nearest] / total[nearest])


def paced(
    act: Activities,
    calendar: Calendar,
    pools: int,
    demand: tuple[Ints, Floats],
    cover: Floats,
    span: tuple[int, int, int],
    orders: Replenishment | None = None,
) -> tuple[Chain, Floats]:
    """Chain of a plan and, for each pool, the days it looks ahead.

    `demand` is (pool (D,), amount (D, periods)), `cover` the stock of each pool at the end of each period (pools, periods);
    `span` is first day, days of a step, number of steps.
    """
    first_day, step_days, steps = span
    days, orders = calendar.days, Replenishment.none(pools) if orders is None else orders
    lead = np.maximum(np.ceil(act.days / step_days - 1e-9), 0).astype(np.int64)
    order = down_order(pools, act.use_pool, act.into[act.use_activity])
    place = np.empty(pools, dtype=np.int64)
    place[order] = np.arange(pools)
    ahead = _ahead(act, order, pools)
    margin = int(np.ceil(ahead.max(initial=0.0) / step_days)) + int(lead.max(initial=0)) * 2 + 2
    count = steps + 2 * margin
    weights = step_weights_of(calendar, first_day - margin * step_days, step_days, count, ahead)
    here = step_weights_of(calendar, first_day - margin * step_days, step_days, count, np.zeros(1))[0]
    wanted = here @ (demand[1] / days * step_days).T
    out = np.zeros((pools, count))
    np.add.at(out, demand[0], wanted.T)
    stock = np.einsum("ptk,pk->pt", weights, cover)
    brings = [np.zeros(0, dtype=np.int64)] * pools
    made_by = np.argsort(act.into, kind="stable")
    first = np.searchsorted(act.into[made_by], np.arange(pools + 1))
    for pool in range(pools):
        brings[pool] = made_by[first[pool] : first[pool + 1]]
    given = np.zeros((pools, len(calendar)))
    np.add.at(given, act.give_pool, act.given)
    per_unit = _per_unit(act.used, act.amount[act.use_activity])
    give_per_unit = _per_unit(act.given, act.amount[act.give_activity])
    use_order = np.argsort(act.use_activity, kind="stable")
    use_first = np.searchsorted(act.use_activity[use_order], np.arange(len(act) + 1))
    share, arrive, start = (np.zeros((len(act), count)) for _ in range(3))
    use_steps = np.zeros((len(per_unit), count))
    for pool in order[::-1]:
        mine, w = brings[pool], weights[pool]
        if not len(mine):
            continue
        rate = w @ (np.vstack([act.amount[mine], given[pool]]) / days * step_days).T
        part = _filled(rate.T)[:-1]
        whole = part.sum(axis=0)
        if not np.isnan(orders.cover_days[pool]):
            stock[pool] = orders.cover_days[pool] / step_days * out[pool]
        stock[pool] += orders.safety_days[pool] / step_days * out[pool] + orders.safety_quantity[pool]
        need = np.maximum(out[pool] + np.diff(stock[pool], prepend=stock[pool, 0]), 0.0)
        arrive[mine] = part * need
        share[mine] = np.divide(part, whole, out=np.full_like(part, 1.0 / len(mine)), where=whole > 0)
        for activity in mine:
            ahead_by = np.minimum(np.arange(count) + lead[activity], count - 1)
            start[activity] = arrive[activity][ahead_by]
            for use in use_order[use_first[activity] : use_first[activity + 1]]:
                use_steps[use] = w[ahead_by] @ per_unit[use]
                source = act.use_pool[use]
                if place[source] < place[pool]:
                    out[source] += use_steps[use] * start[activity]
    return _chain(act, (lead, order, place), (brings, use_order, use_first), (start, share, arrive, out, stock, use_steps),
                  (weights, give_per_unit, demand[0], wanted.T), (margin, steps, step_days, days, first_day), orders), ahead  # fmt: skip


def _per_unit(used: Floats, amount: Floats) -> Floats:
    """Use per unit in each period; periods in which nothing is made take the mean of the others, a backup one unit."""
    mean = np.divide(used.sum(axis=1), amount.sum(axis=1), out=np.ones(len(used)), where=amount.sum(axis=1) > 0)
    return np.divide(used, amount, out=np.repeat(mean[:, None], used.shape[1], axis=1), where=amount > 0)


def _ordered(act: Activities, orders: Replenishment, planned: tuple[Floats, ...], way: Floats, ring_first: Ints) -> tuple[Floats, ...]:
    """Start, target, trigger, lot and stock at the start, where pools order by quantities of their own instead of the plan."""
    start, share, target, out, stock = planned
    trigger, lot = np.zeros(start.shape), np.zeros(start.shape)
    own = np.flatnonzero(~np.isnan(orders.up_to))
    start, target, stock = start.copy(), target.copy(), stock.copy()
    coming = np.zeros(len(target))
    np.add.at(coming, np.repeat(act.into, np.diff(ring_first)), way)
    target[own] = orders.up_to[own, None] + out[own]
    stock[own] = np.maximum(orders.up_to[own] + orders.lot[own] - coming[own], 0.0)
    mine = np.flatnonzero(np.isin(act.into, own))
    start[mine] = 0.0
    gap = np.nan_to_num(orders.up_to - orders.reorder)[act.into[mine]]
    trigger[mine] = share[mine] * gap[:, None]
    lot[mine] = share[mine] * orders.lot[act.into[mine]][:, None]
    return start, target, trigger, lot, stock


def _chain(
    act: Activities,
    index: tuple[Ints, Ints, Ints],
    links: tuple[list[Ints], Ints, Ints],
    moved: tuple[Floats, Floats, Floats, Floats, Floats, Floats],
    more: tuple[Floats, Floats, Ints, Floats],
    grid: tuple[int, int, int, Floats, int],
    orders: Replenishment,
) -> Chain:
    """Put together what was paced: lead, order and place of pools; who brings and uses; what is started, shared, brought, sent, kept, used."""
    lead, order, place = index
    brings, use_order, use_first = links
    start, share, arrive, out, stock, use_steps = moved
    weights, give_per_unit, demand_pool, wanted = more
    margin, steps, step_days, days, first_day = grid
    window = slice(margin, margin + steps)
    pools, count = out.shape
    total = np.zeros((pools, count))
    ring_first = np.concatenate([[0], np.cumsum(lead)])
    way = np.zeros(int(ring_first[-1]))
    for a in range(len(act)):
        if lead[a]:
            running = np.concatenate([[0.0], np.cumsum(arrive[a])])
            at = np.arange(count)
            total[act.into[a]] += running[np.minimum(at + lead[a], count)] - running[at]
            way[ring_first[a] : ring_first[a + 1]] = arrive[a, margin : margin + lead[a]]
    before = np.roll(stock, 1, axis=1)
    before[:, 0] = stock[:, 0]
    target = before + total
    slot = np.zeros(len(act), dtype=np.int64)
    np.maximum.at(slot, act.use_activity, place[act.use_pool] + 1)
    back = slot > place[act.into]  # a loop: takes what was settled in the step before
    slot[back] = 0
    give_order = np.argsort(act.give_activity, kind="stable")
    gives = np.einsum("utk,uk->ut", weights[act.into[act.give_activity]], give_per_unit)
    for give in np.flatnonzero(slot[act.give_activity] > place[act.give_pool]):  # comes along after its pool has served: lies there a step
        lying = np.roll(gives[give] * start[act.give_activity[give]], 1)
        before[act.give_pool[give]] += lying
        target[act.give_pool[give]] += lying
    room = np.einsum("atk,ak->at", weights[act.into], np.where(np.isinf(act.room), 0.0, act.room) / days * step_days)
    ever = np.isinf(act.room).any(axis=1)
    room[ever] = np.inf
    most = np.maximum(room, start * (1 + 1e-12))
    start, target, trigger, lot, before[:, margin] = _ordered(act, orders, (start, share, target, out, before[:, margin]), way, ring_first)
    ready = np.argsort(slot, kind="stable")
    by_pool = np.argsort(demand_pool, kind="stable")
    made = np.concatenate(brings).astype(np.int64) if brings else np.zeros(0, dtype=np.int64)
    whole = np.ascontiguousarray
    return Chain(
        into=act.into.astype(np.int64),
        lead=lead,
        use_first=use_first.astype(np.int64),
        use_pool=act.use_pool[use_order].astype(np.int64),
        use_per_unit=whole(use_steps[use_order][:, window]),
        give_first=np.searchsorted(act.give_activity[give_order], np.arange(len(act) + 1)).astype(np.int64),
        give_pool=act.give_pool[give_order].astype(np.int64),
        give_per_unit=whole(gives[give_order][:, window]),
        make_first=np.concatenate([[0], np.cumsum([len(one) for one in brings])]).astype(np.int64),
        make_activity=made,
        pools_down=order,
        ready_first=np.searchsorted(slot[ready], np.arange(pools + 2)).astype(np.int64),
        ready=ready.astype(np.int64),
        planned=whole(start[:, window]),
        share=whole(share[:, window]),
        most=whole(most[:, window]),
        trigger=whole(trigger[:, window]),
        lot=whole(lot[:, window]),
        ring_first=ring_first,
        on_the_way=way,
        **no_spread(len(act), first_day + step_days * np.arange(steps, dtype=np.int64)),
        target=whole(target[:, window]),
        leaving=whole(out[:, window]),
        stock=whole(before[:, margin]),
        demand_first=np.searchsorted(demand_pool[by_pool], np.arange(pools + 1)).astype(np.int64),
        wanted=whole(wanted[by_pool][:, window]),
    )
