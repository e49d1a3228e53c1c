"""A plan as a chain that moves step by step: pools, activities, demand, and what the plan does in every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hinterland.core.calendar import Floats, Ints

__all__ = ["Chain", "Means", "Reactions", "Spread", "Struck", "no_reactions", "no_spread", "nothing_happens"]


class Chain(NamedTuple):
    """What the kernel moves. Quantities per step, in each product's own unit; T steps, A activities, P pools, D demands.

    An activity brings goods into pool `into`, `lead` steps later: a lane takes one input, a line its recipe, a purchase
    none. `use_first[a] : use_first[a + 1]` are its inputs: `use_pool` and `use_per_unit` (uses, T); `give_*` likewise its
    co-products.
    `make_first[j] : make_first[j + 1]` in `make_activity` are the activities that bring pool j. `pools_down` lists pools so
    that what feeds a pool comes before it; slot 0 of `ready` holds activities without inputs, slot r + 1 those whose last
    input is `pools_down[r]`.

    `planned` (A, T) is what the plan starts in a step, `share` (A, T) the part of its pool's deviation that an activity makes
    good, `most` (A, T) its capacity (inf: none). Nothing below `trigger` (A, T) is ordered; with a `lot` (A, T) as many lots as
    lift the position above its target: so base stock, (s, S) and (r, nQ) are one rule. `on_the_way` holds what arrives in the next steps
    of each activity, `ring_first[a] : ring_first[a + 1]`, at least `lead` of them.
    Where `varies[a]` is v >= 0, the lead time is drawn for each start step: as many steps as the thresholds `lead_above[lead_first[v] :
    lead_first[v + 1]]` that the number does not lie below, plus `lead_least[v]`; the number goes by `lead_key[v]`, replication and
    `day` (T,), the day number of the step (draws.py).

    `target` (P, T) is the plan's stock and pipeline before a step, `leaving` (P, T) the plan's outflow in it, `stock` (P,)
    what lies there at the start. `wanted` (D, T) is demand, sorted by pool and priority, `demand_first` (P + 1,) its rows.
    """

    into: Ints
    lead: Ints
    use_first: Ints
    use_pool: Ints
    use_per_unit: Floats
    give_first: Ints
    give_pool: Ints
    give_per_unit: Floats
    make_first: Ints
    make_activity: Ints
    pools_down: Ints
    ready_first: Ints
    ready: Ints
    planned: Floats
    share: Floats
    most: Floats
    trigger: Floats
    lot: Floats
    ring_first: Ints
    on_the_way: Floats
    varies: Ints
    lead_key: NDArray[np.uint64]
    lead_least: Ints
    lead_first: Ints
    lead_above: Floats
    day: Ints
    target: Floats
    leaving: Floats
    stock: Floats
    demand_first: Ints
    wanted: Floats


class Reactions(NamedTuple):
    """What people do when something breaks; empty arrays: the plain policy.

    A backup is an activity of its own, planned at nothing. `backup_first[a] : backup_first[a + 1]` are the backups of
    activity a: once one of the activities `cause[cause_first[e] : cause_first[e + 1]]` has been known to be hit for `delay[e]` steps (not
    whole), the part of a's order that they cannot do goes to `backup[e]`, as far as its room allows. Cause -1 is shortage: the part of
    what a's pool was asked for in the step before and could not give. `waits` (A,): goods under way
    wait while their lane is closed, else they arrive.

    Those who stand in, `borrower[borrower_first[m] : borrower_first[m + 1]]`, have what the lines of their maker m leave in the step:
    `lendable` (makers, T) less what `lender[lender_first[m] : lender_first[m + 1]]` are asked for.
    """

    backup_first: Ints
    backup: Ints
    delay: Floats
    cause_first: Ints
    cause: Ints
    waits: Ints
    lendable: Floats
    lender_first: Ints
    lender: Ints
    borrower_first: Ints
    borrower: Ints


class Means(NamedTuple):
    """Money and CO2e. `premium`, `premium_kg` (A, T): what a unit of a backup costs and emits beyond what it stands in for, else 0.

    `price` (A, T) is the cost per unit that a surcharge multiplies; value per unit in stock (P,), margin per unit lost (D,);
    `late` serves shortage later.
    """

    premium: Floats
    premium_kg: Floats
    price: Floats
    value_per_unit: Floats
    margin_per_unit: Floats
    late: bool


class Struck(NamedTuple):
    """What happens in one block of replications, the first of which is `replication`.

    `left` (hit, T, BLOCK) is what capacity is left of activities that anything hits, `hit` (A,) their row in it (-1: nothing hits
    them); `scale` (scaled, T, BLOCK) multiplies demand, `scaled` (D,) its row; `dear` (dearer, T, BLOCK) multiplies `price`,
    `dearer` (A,) its row. `told_first[t] : told_first[t + 1]` are the events that begin in a step and were known ahead: row of `left`,
    replication within the block, and for how many steps (not whole).
    """

    replication: int
    left: Floats
    hit: Ints
    scale: Floats
    scaled: Ints
    dear: Floats
    dearer: Ints
    told_first: Ints
    told_row: Ints
    told_lane: Ints
    told_steps: Floats


class Spread(TypedDict):
    """Fields of a chain that say which lead times vary."""

    varies: Ints
    lead_key: NDArray[np.uint64]
    lead_least: Ints
    lead_first: Ints
    lead_above: Floats
    day: Ints


def no_spread(activities: int, day: Ints) -> Spread:
    """No lead time varies; `day` (T,) are the day numbers of the steps."""
    none = np.zeros(0, dtype=np.int64)
    return {
        "varies": np.full(activities, -1, dtype=np.int64),
        "lead_key": np.zeros(0, dtype=np.uint64),
        "lead_least": none,
        "lead_first": np.zeros(1, dtype=np.int64),
        "lead_above": np.zeros(0),
        "day": day,
    }


def no_reactions(activities: int) -> Reactions:
    """Nobody does anything: the plain policy."""
    none = np.zeros(0, dtype=np.int64)
    first, waits = np.zeros(activities + 1, dtype=np.int64), np.zeros(activities, dtype=np.int64)
    return Reactions(first, none, np.zeros(0), np.zeros(1, dtype=np.int64), none, waits, np.zeros((0, 0)), none, none, none, none)


def nothing_happens(activities: int, demands: int, steps: int) -> Struck:
    """A block of replications in which nothing is hit, scaled or dearer."""
    none, grid = np.zeros(0, dtype=np.int64), np.ones((0, steps, 0))
    nobody, nowhere = (np.full(size, -1, dtype=np.int64) for size in (activities, demands))
    return Struck(0, grid, nobody, grid, nowhere, grid, nobody, np.zeros(steps + 1, dtype=np.int64), none, none, np.zeros(0))
