"""Which pools of a network can be fed at all: by every offer, line and lane, whether a plan uses it or not.

Who steps in for another needs goods of its own. A backup whose source cannot be fed while something stands still stands still with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.stress.activities import LANE, LINE, PURCHASE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hinterland.core.calendar import Ints
    from hinterland.model.arrays import Arrays

__all__ = ["Feeding", "Subjects", "fed_pools", "feeding_of"]


@dataclass(frozen=True, slots=True)
class Subjects:
    """What activities are: kind, row of the offer, line or lane, role and who stands in; shape (A,)."""

    kind: Ints
    subject: Ints
    role: Ints
    made_at: Ints

    def __len__(self) -> int:
        """Return the number of activities."""
        return len(self.kind)


@dataclass(frozen=True, slots=True)
class Feeding:
    """Every offer, line and lane (`every`) with the pool it brings to and whether it ever has room; inputs and co-products as pairs."""

    every: Subjects
    pools: int
    into: Ints
    able: NDArray[np.bool_]
    use_activity: Ints
    use_pool: Ints
    give_activity: Ints
    give_pool: Ints

    def fed(self, down: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Pools that can be fed while `down` (A,) stands still; stock is left aside, for it runs out."""
        uses, gives = (self.use_activity, self.use_pool), (self.give_activity, self.give_pool)
        return fed_pools(self.pools, self.able & ~down, self.into, uses, gives)


def fed_pools(pools: int, able: NDArray[np.bool_], into: Ints, uses: tuple[Ints, Ints], gives: tuple[Ints, Ints]) -> NDArray[np.bool_]:
    """Pools that activities which are able (A,) can feed, when all their inputs can be fed; uses and gives are pairs (activity, pool)."""
    fed = np.zeros(pools, dtype=bool)
    while True:
        starved = np.zeros(len(able), dtype=bool)
        starved[uses[0][~fed[uses[1]]]] = True
        goes = able & ~starved
        more = fed.copy()
        more[into[goes]] = True
        more[gives[1][goes[gives[0]]]] = True
        if (more == fed).all():
            return fed
        fed = more


def feeding_of(a: Arrays) -> Feeding:
    """Everything that a network could do."""
    offers, lines, lanes = len(a.offers.site), len(a.making.lines.site), len(a.flows.from_pool)
    counts = offers, lines, lanes
    none = np.zeros(sum(counts), dtype=np.int64)
    every = Subjects(
        np.repeat(np.array([PURCHASE, LINE, LANE]), counts), np.concatenate([np.arange(one) for one in counts]), none, none - 1
    )
    out = a.making.outputs
    able = np.zeros(sum(counts), dtype=bool)
    able[a.offers.offer[a.offers.limit > 0]] = True
    able[offers + out.line[out.capacity > 0]] = True
    able[offers + lines :] = (np.nan_to_num(a.flows.rates.open_share) > 0).any(axis=1)
    pairs = np.stack([offers + out.line[out.use_output], out.use_pool])
    takes, gives = (np.unique(pairs[:, mask], axis=1) for mask in (out.use_quantity > 0, out.use_quantity < 0))
    return Feeding(
        every,
        len(a.pools),
        np.concatenate([a.offers.pool, a.making.lines.pool, a.flows.to_pool]).astype(np.int64),
        able,
        np.concatenate([takes[0], offers + lines + np.arange(lanes)]),
        np.concatenate([takes[1], a.flows.from_pool]).astype(np.int64),
        gives[0],
        gives[1],
    )
