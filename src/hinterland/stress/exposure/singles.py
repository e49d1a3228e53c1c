"""Single points of failure: nodes without which a good that is delivered cannot be made or reach any market at all.

A pool can be fed if an activity into it has room and every input of it can be fed; stock is left aside, for it runs out. What a node
opens counts as there. Where a good reaches none of its markets without the node, all its margin is lost if the node stays down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.stress.exposure.block import NOBODY
from hinterland.stress.feeding import fed_pools

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hinterland.core.calendar import Ints
    from hinterland.stress.exposure.nodes import Node
    from hinterland.stress.exposure.period import PeriodChain

__all__ = ["goods_cut_off"]


def _fed(chain: PeriodChain, able: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pools that can be fed by activities that are able; shape (pools,)."""
    act, needs = chain.activities, chain.use_per_unit > 0
    uses, gives = (act.use_activity[needs], act.use_pool[needs]), (act.give_activity, act.give_pool)
    return fed_pools(len(chain.arrays.pools), able, act.into, uses, gives)


def goods_cut_off(chain: PeriodChain, nodes: Sequence[Node]) -> list[str | None]:
    """For each node the products, joined by |, that cannot be delivered anywhere without it; None where there are none."""
    product = chain.arrays.pools.product[chain.demand_pool]
    backups = chain.backup

    def served(down: Ints, opens: Ints) -> set[int]:
        able = chain.room > 0
        able[backups] = False
        able[backups[opens]] = chain.room[backups[opens]] > 0
        able[down] = False
        fed = _fed(chain, able)
        return set(product[fed[chain.demand_pool] & (chain.wanted > 0)].tolist())

    usual = served(NOBODY, NOBODY)
    known: dict[tuple[bytes, bytes], str | None] = {}
    told = []
    for node in nodes:
        key = node.down.tobytes(), node.opens.tobytes()
        if key not in known:
            lost = sorted(chain.arrays.products.ids[one] for one in usual - served(node.down, node.opens))
            known[key] = "|".join(lost) or None
        told.append(known[key])
    return told
