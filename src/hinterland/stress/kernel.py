"""The kernel: what a chain moves in each step of many replications. Pure functions of arrays; a plain twin lives in tests.

A block of replications lies side by side in the last axis, so that each step of an activity is a few short vector
operations; blocks run in threads of their own. One file, though long: compiled code is kept on disk under the file of the outermost
function alone, so parts in other files could change and old code still run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.stress.compiled import compiled
from hinterland.stress.draws import MIX, STEP, STIR

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.stress.chain import Chain, Means, Reactions, Struck

__all__ = ["BLOCK", "MEASURES", "move"]

BLOCK = 32
"""Replications side by side."""
MEASURES = (
    "wanted",
    "on_time",
    "late",
    "lost",
    "lost_margin",
    "short_steps",
    "longest_spell",
    "backlog",
    "stock_value",
    "pipeline_value",
    "extra_cost",
    "extra_co2e_kg",
    "asked_steps",
    "served_value",
)
"""What is counted in each replication: units, money, steps, unit-steps, money-steps, money, kg, steps, money."""
_ONE, _A, _B, _C, _TOP = np.uint64(1), np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_DAYS = 1 << 20
"""Day numbers of one replication: they stay below."""


@compiled
def _arrive(t: int, chain: Chain, reactions: Reactions, struck: Struck, ring: Floats, held: Floats, stock: Floats, coming: Floats) -> None:
    """Goods that are due reach their pool; on a lane where they wait, the closed part is held until it opens."""
    width, left = stock.shape[1], struck.left
    for a in range(len(chain.into)):
        n = chain.ring_first[a + 1] - chain.ring_first[a]
        if n == 0:
            continue
        slot, j = chain.ring_first[a] + t % n, chain.into[a]
        h = struck.hit[a]
        if h >= 0 and reactions.waits[a]:
            for b in range(width):
                due = ring[slot, b] + held[a, b]
                came = due * left[h, t, b]
                held[a, b] = due - came
                stock[j, b] += came
                coming[j, b] -= came
        else:
            for b in range(width):
                came = ring[slot, b]
                stock[j, b] += came
                coming[j, b] -= came
        if chain.varies[a] >= 0:
            for b in range(width):
                ring[slot, b] = 0.0


@compiled
def _acts(e: int, i: int, reactions: Reactions, hit: Ints, longest: Floats, short: Ints) -> bool:
    """Whether a backup may be asked in any replication: something that it waits for is known long enough, or its pool was short."""
    for c in range(reactions.cause_first[e], reactions.cause_first[e + 1]):
        cause = reactions.cause[c]
        if cause < 0:
            if short[i] > 0:
                return True
        elif hit[cause] >= 0 and longest[hit[cause]] >= reactions.delay[e]:
            return True
    return False


@compiled
def _split(t: int, a: int, chain: Chain, struck: Struck, order: Floats, work: Floats) -> None:
    """Write the whole order of an activity and what it is able to do of it."""
    most, own = chain.most[a, t], struck.hit[a]
    for b in range(order.shape[1]):
        work[0, b] = order[a, b]
        work[1, b] = order[a, b]
    if own >= 0 and most == np.inf:
        for b in range(order.shape[1]):
            work[1, b] = order[a, b] * struck.left[own, t, b]
    elif own >= 0:
        for b in range(order.shape[1]):
            work[1, b] = min(order[a, b], most * struck.left[own, t, b])


@compiled
def _divert(
    t: int,
    a: int,
    chain: Chain,
    reactions: Reactions,
    struck: Struck,
    known: Floats,
    longest: Floats,
    missed: Floats,
    short: Ints,
    wish: Floats,
    order: Floats,
    work: Floats,
) -> None:
    """The part of an order that cannot be done, and has not been for the delay, goes to backups with room, in their order.

    What the activity is still able to do it does itself.
    """
    width, left, hit = order.shape[1], struck.left, struck.hit
    i = chain.into[a]
    _split(t, a, chain, struck, order, work)
    for e in range(reactions.backup_first[a], reactions.backup_first[a + 1]):
        if not _acts(e, i, reactions, hit, longest, short):
            continue
        for b in range(width):
            work[2, b] = 0.0
        for c in range(reactions.cause_first[e], reactions.cause_first[e + 1]):
            cause = reactions.cause[c]
            h = hit[cause] if cause >= 0 else -1
            if cause < 0:
                for b in range(width):
                    work[2, b] = max(work[2, b], work[0, b] * missed[i, b])
            elif h >= 0 and longest[h] >= reactions.delay[e]:
                for b in range(width):
                    lost = work[0, b] - work[1, b] if cause == a else work[0, b] * (1.0 - left[h, t, b])
                    work[2, b] = max(work[2, b], lost if known[h, b] >= reactions.delay[e] else 0.0)
        other = reactions.backup[e]
        limit, g = chain.most[other, t], hit[other]
        for b in range(width):
            room = limit
            if g >= 0:
                room = limit * left[g, t, b] if left[g, t, b] > 0.0 else 0.0  # inf * 0 is not a number
            moved = min(max(0.0, order[a, b] - (work[0, b] - work[2, b])), max(0.0, room - order[other, b]))
            order[a, b] -= moved
            order[other, b] += moved
            wish[a, b] -= moved
            wish[other, b] += moved
    for b in range(width):
        order[a, b] = min(order[a, b], work[1, b])


@compiled
def _ask(
    t: int,
    chain: Chain,
    reactions: Reactions,
    struck: Struck,
    known: Floats,
    longest: Floats,
    owed: Floats,
    stock: Floats,
    coming: Floats,
    want: Floats,
    need: Floats,
    missed: Floats,
    short: Ints,
    wish: Floats,
    order: Floats,
    gap: Floats,
    work: Floats,
) -> None:
    """From the market up: what each pool is asked for, and what each activity is asked to start.

    wish = planned + share * (target - position + need - leaving), nothing below the trigger, in whole lots; order = wish, at most
    the capacity that is left. Pools are replenished by what is wished of them (`need`) and shared by what can be started (`want`): a line that
    catches up as fast as it can does not make its suppliers forget the rest.
    """
    width, left, hit = stock.shape[1], struck.left, struck.hit
    want[:] = 0.0
    need[:] = 0.0
    for r in range(len(chain.pools_down) - 1, -1, -1):
        j = chain.pools_down[r]
        for d in range(chain.demand_first[j], chain.demand_first[j + 1]):
            q, s = chain.wanted[d, t], struck.scaled[d]
            for b in range(width):
                asked = (q * struck.scale[s, t, b] if s >= 0 else q) + owed[d, b]
                want[j, b] += asked
                need[j, b] += asked
        goal, out = chain.target[j, t], chain.leaving[j, t]
        for b in range(width):
            gap[b] = (goal - (stock[j, b] + coming[j, b])) + (need[j, b] - out)
        for m in range(chain.make_first[j], chain.make_first[j + 1]):
            a = chain.make_activity[m]
            p, s, limit = chain.planned[a, t], chain.share[a, t], chain.most[a, t]
            least, lot = chain.trigger[a, t], chain.lot[a, t]
            for b in range(width):
                asked = p + s * gap[b]
                wish[a, b] = asked if asked >= least else 0.0
            if lot > 0.0:
                for b in range(width):
                    asked = p + s * gap[b]
                    wish[a, b] = (np.floor(asked / lot) + 1.0) * lot if asked >= 0.0 else 0.0
            h = hit[a]
            if len(reactions.backup) and reactions.backup_first[a] < reactions.backup_first[a + 1]:
                h = -1  # those who help are asked first: `_divert` holds it to what is left
            if h >= 0 and limit == np.inf:
                for b in range(width):
                    order[a, b] = wish[a, b] * left[h, t, b]
            elif h >= 0:
                for b in range(width):
                    order[a, b] = min(wish[a, b], limit * left[h, t, b])
            else:
                for b in range(width):
                    order[a, b] = min(wish[a, b], limit)
        for m in range(chain.make_first[j], chain.make_first[j + 1]):
            a = chain.make_activity[m]
            if reactions.backup_first[a] == reactions.backup_first[a + 1]:
                continue
            some = hit[a] >= 0 and longest[hit[a]] >= 0.0
            for e in range(reactions.backup_first[a], reactions.backup_first[a + 1]):
                some = some or _acts(e, j, reactions, hit, longest, short)
            if some:
                _divert(t, a, chain, reactions, struck, known, longest, missed, short, wish, order, work)
        for m in range(chain.make_first[j], chain.make_first[j + 1]):
            a = chain.make_activity[m]
            for u in range(chain.use_first[a], chain.use_first[a + 1]):
                i, q = chain.use_pool[u], chain.use_per_unit[u, t]
                for b in range(width):
                    want[i, b] += q * order[a, b]
                    need[i, b] += q * wish[a, b]


@compiled
def _send(
    t: int,
    r: int,
    chain: Chain,
    struck: Struck,
    ring: Floats,
    stock: Floats,
    coming: Floats,
    order: Floats,
    number: Floats,
    later: Ints,
) -> None:
    """What was started with a lead time that varies goes under way for as long as is drawn.

    The numbers are those that `uniforms` of draws.py gives for the lane, its replications and the day of the step.
    """
    width = stock.shape[1]
    for k in range(chain.ready_first[r], chain.ready_first[r + 1]):
        a = chain.ready[k]
        v = chain.varies[a]
        if v < 0:
            continue
        key, counter = chain.lead_key[v], np.uint64(struck.replication * _DAYS + chain.day[t])
        for b in range(width):
            x = key + (counter + np.uint64(b * _DAYS) + _ONE) * STEP
            x = (x ^ (x >> _A)) * MIX
            x = (x ^ (x >> _B)) * STIR
            x = x ^ (x >> _C)
            number[b] = (np.float64(x >> _TOP) + 0.5) * 2.0**-53
            later[b] = chain.lead_least[v]
        for m in range(chain.lead_first[v], chain.lead_first[v + 1]):
            above = chain.lead_above[m]
            for b in range(width):
                later[b] += 1 if number[b] >= above else 0
        j, first = chain.into[a], chain.ring_first[a]
        n = chain.ring_first[a + 1] - first
        for b in range(width):
            if later[b] == 0:
                stock[j, b] += order[a, b]
            else:
                slot = (t + later[b]) % n
                ring[first + slot, b] += order[a, b]
                coming[j, b] += order[a, b]


@compiled
def _lend(t: int, reactions: Reactions, struck: Struck, order: Floats) -> None:
    """Who stands in has what the lines of its maker leave: one unit of capacity makes one unit."""
    left, hit = struck.left, struck.hit
    for m in range(len(reactions.lendable)):
        first, last = reactions.lender_first[m], reactions.lender_first[m + 1]
        h = hit[reactions.lender[first]] if first < last else -1
        for b in range(order.shape[1]):
            room = reactions.lendable[m, t]
            if h >= 0:
                room = room * left[h, t, b] if left[h, t, b] > 0.0 else 0.0  # inf * 0 is not a number
            for k in range(first, last):
                room -= order[reactions.lender[k], b]
            room = max(room, 0.0)
            for k in range(reactions.borrower_first[m], reactions.borrower_first[m + 1]):
                a = reactions.borrower[k]
                order[a, b] = min(order[a, b], room)
                room -= order[a, b]


@compiled
def _start(
    t: int,
    r: int,
    chain: Chain,
    means: Means,
    struck: Struck,
    ring: Floats,
    stock: Floats,
    coming: Floats,
    order: Floats,
    fill: Floats,
    sums: Floats,
) -> None:
    """Activities whose inputs are settled start what these allow of their orders."""
    width = stock.shape[1]
    for k in range(chain.ready_first[r], chain.ready_first[r + 1]):
        a = chain.ready[k]
        first, last = chain.use_first[a], chain.use_first[a + 1]
        if last - first == 1:
            i = chain.use_pool[first]
            for b in range(width):
                order[a, b] *= fill[i, b]
        elif last - first > 1:
            for b in range(width):
                least = 1.0
                for u in range(first, last):
                    least = min(least, fill[chain.use_pool[u], b])
                order[a, b] *= least
        for u in range(first, last):
            i, q = chain.use_pool[u], chain.use_per_unit[u, t]
            for b in range(width):
                stock[i, b] -= q * order[a, b]
        for u in range(chain.give_first[a], chain.give_first[a + 1]):
            i, q = chain.give_pool[u], chain.give_per_unit[u, t]
            for b in range(width):
                stock[i, b] += q * order[a, b]
        cost, kg = means.premium[a, t], means.premium_kg[a, t]
        if cost != 0.0 or kg != 0.0:
            for b in range(width):
                sums[10, b] += cost * order[a, b]
                sums[11, b] += kg * order[a, b]
        s, price = struck.dearer[a], means.price[a, t]
        if s >= 0 and price != 0.0:
            for b in range(width):
                sums[10, b] += price * (struck.dear[s, t, b] - 1.0) * order[a, b]
        j, n = chain.into[a], chain.ring_first[a + 1] - chain.ring_first[a]
        if chain.varies[a] >= 0:
            continue
        if n == 0:
            for b in range(width):
                stock[j, b] += order[a, b]
        else:
            slot = chain.ring_first[a] + (t + chain.lead[a]) % n
            for b in range(width):
                ring[slot, b] = order[a, b]
                coming[j, b] += order[a, b]


@compiled
def _serve(
    t: int,
    j: int,
    chain: Chain,
    means: Means,
    struck: Struck,
    owed: Floats,
    stock: Floats,
    want: Floats,
    spell: Floats,
    sums: Floats,
    trace: Floats,
) -> None:
    """Demand of a pool is served first, by priority; what is short waits or is lost."""
    width, value = stock.shape[1], means.value_per_unit[j]
    for d in range(chain.demand_first[j], chain.demand_first[j + 1]):
        q, s = chain.wanted[d, t], struck.scaled[d]
        for b in range(width):
            asked = q * struck.scale[s, t, b] if s >= 0 else q
            need = asked + owed[d, b]
            given = min(max(0.0, stock[j, b]), need)
            short = need - given
            if short <= 1e-9 * need:
                short = 0.0
            stock[j, b] -= given
            want[j, b] -= need
            old = min(given, owed[d, b])
            sums[0, b] += asked
            sums[1, b] += given - old
            sums[2, b] += old
            trace[b] += given
            sums[13, b] += value * given
            if need > 0.0:
                sums[12, b] += 1.0
            if short > 0.0:
                sums[5, b] += 1.0
                spell[d, b] += 1.0
                sums[6, b] = max(sums[6, b], spell[d, b])
            else:
                spell[d, b] = 0.0
            if means.late:
                owed[d, b] = short
                sums[7, b] += short
            else:
                sums[3, b] += short
                sums[4, b] += short * means.margin_per_unit[d]


@compiled
def _learn(t: int, struck: Struck, known: Floats, longest: Floats) -> None:
    """For how many steps people have known of what hits each row of `left`, -1 where nothing does; some events are told ahead."""
    for h in range(known.shape[0]):
        most = -1.0
        for b in range(known.shape[1]):
            known[h, b] = known[h, b] + 1.0 if struck.left[h, t, b] < 1.0 else -1.0
            most = max(most, known[h, b])
        longest[h] = most
    for k in range(struck.told_first[t], struck.told_first[t + 1]):
        h, b = struck.told_row[k], struck.told_lane[k]
        if known[h, b] >= 0.0:
            known[h, b] = max(known[h, b], struck.told_steps[k])
            longest[h] = max(longest[h], known[h, b])


@compiled
def move(chain: Chain, reactions: Reactions, means: Means, struck: Struck, sums: Floats, traces: Floats) -> None:
    """Move one block of replications through all steps; writes `sums` (measures, BLOCK) and `traces` (steps, BLOCK or 0).

    Holds no lock of the interpreter: blocks run side by side in threads, and memory does not grow with their number.
    """
    width, steps = sums.shape[1], chain.planned.shape[1]
    pools, activities, demands = len(chain.stock), len(chain.into), len(chain.wanted)
    stock, ring = np.zeros((pools, width)), np.zeros((len(chain.on_the_way), width))
    coming, want, need, fill = np.zeros((pools, width)), np.zeros((pools, width)), np.zeros((pools, width)), np.ones((pools, width))
    order, held, owed = np.zeros((activities, width)), np.zeros((activities, width)), np.zeros((demands, width))
    wish = np.zeros((activities, width))
    spell, gap, known = np.zeros((demands, width)), np.zeros(width), np.full((struck.left.shape[0], width), -1.0)
    longest, work, later = np.full(len(known), -1.0), np.zeros((3, width)), np.zeros(width, dtype=np.int64)
    trace, missed, short = np.zeros(width), np.zeros((pools, width)), np.full(pools, -1)
    for j in range(pools):
        stock[j, :] = chain.stock[j]
    for k in range(len(ring)):
        ring[k, :] = chain.on_the_way[k]
    for a in range(activities):
        for k in range(chain.ring_first[a], chain.ring_first[a + 1]):
            coming[chain.into[a], :] += chain.on_the_way[k]
    for a in range(activities):
        for e in range(reactions.backup_first[a], reactions.backup_first[a + 1]):
            for c in range(reactions.cause_first[e], reactions.cause_first[e + 1]):
                if reactions.cause[c] < 0:
                    short[chain.into[a]] = 0
    some_vary = len(chain.lead_key) > 0
    for t in range(steps):
        trace[:] = 0.0
        if len(reactions.backup):
            _learn(t, struck, known, longest)
        _ask(t, chain, reactions, struck, known, longest, owed, stock, coming, want, need, missed, short, wish, order, gap, work)
        _lend(t, reactions, struck, order)
        _arrive(t, chain, reactions, struck, ring, held, stock, coming)
        _start(t, 0, chain, means, struck, ring, stock, coming, order, fill, sums)
        if some_vary:
            _send(t, 0, chain, struck, ring, stock, coming, order, gap, later)
        for r in range(pools):
            j = chain.pools_down[r]
            if short[j] >= 0:
                short[j] = 0
                for b in range(width):
                    enough = stock[j, b] >= want[j, b] * (1.0 - 1e-9)
                    missed[j, b] = 0.0 if enough or want[j, b] <= 0.0 else 1.0 - max(0.0, stock[j, b]) / want[j, b]
                    short[j] += missed[j, b] > 0.0
            if chain.demand_first[j] < chain.demand_first[j + 1]:
                _serve(t, j, chain, means, struck, owed, stock, want, spell, sums, trace)
            value = means.value_per_unit[j]
            for b in range(width):
                fill[j, b] = 1.0 if stock[j, b] >= want[j, b] or want[j, b] <= 0.0 else max(0.0, stock[j, b]) / want[j, b]
            if chain.ready_first[r + 1] < chain.ready_first[r + 2]:
                _start(t, r + 1, chain, means, struck, ring, stock, coming, order, fill, sums)
            if some_vary and chain.ready_first[r + 1] < chain.ready_first[r + 2]:
                _send(t, r + 1, chain, struck, ring, stock, coming, order, gap, later)
            if value != 0.0:
                for b in range(width):
                    sums[9, b] += value * coming[j, b]
        for j in range(pools):
            value = means.value_per_unit[j]
            if value != 0.0:
                for b in range(width):
                    sums[8, b] += value * stock[j, b]
        for b in range(min(width, traces.shape[1])):
            traces[t, b] = trace[b]
    for d in range(demands):
        for b in range(width):
            sums[3, b] += owed[d, b]
            sums[4, b] += owed[d, b] * means.margin_per_unit[d]
