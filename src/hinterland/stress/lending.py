"""What makers can lend: who stands in for another has what the lines of its site leave, after their own customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.stress.activities import LANE, STANDS_IN

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.arrays import Arrays
    from hinterland.stress.activities import Activities
    from hinterland.stress.chain import Reactions

__all__ = ["lending"]


def lending(a: Arrays, act: Activities, full: Activities, rate: Floats, reactions: Reactions) -> Reactions:
    """Reactions that know makers: `rate` (T, periods) turns amounts of a period into those of a step; `full` has every line there is."""
    helps = np.flatnonzero(act.role == STANDS_IN)
    if not len(helps):
        return reactions
    maker = a.flows.from_pool[act.subject[helps]]
    pools = np.unique(maker)
    borrower = helps[np.argsort(maker, kind="stable")]
    works = np.flatnonzero(np.isin(act.into, pools) & (act.kind != LANE))
    lender = works[np.argsort(act.into[works], kind="stable")]
    room = np.array([full.room[(full.into == pool) & (full.kind != LANE)].sum(axis=0) for pool in pools])
    lendable = np.where(np.isinf(room), 0.0, room) @ rate.T
    lendable[np.isinf(room).any(axis=1)] = np.inf
    first = np.append(np.searchsorted(act.into[lender], pools), len(lender)).astype(np.int64)
    borrows = np.append(np.searchsorted(np.sort(maker), pools), len(borrower)).astype(np.int64)
    return reactions._replace(
        lendable=np.ascontiguousarray(lendable),
        lender_first=first,
        lender=lender.astype(np.int64),
        borrower_first=borrows,
        borrower=borrower,
    )
