"""The sets of k nodes whose joint standstill loses most: every set tried where they are two, found and proved by a MILP beyond.

Block LP; a set stands still as long as the slowest of its members. The loss of a set is the largest over the stretches in which it may
lie (its days to recover, and every delay of a backup below: block.py), so the MILP is solved for each such stretch, the longest first,
and looks in each only for more than is known already. What it finds is solved again as an LP and must lose the same.
"""

from __future__ import annotations

import time
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from hinterland.core.progress import SILENT
from hinterland.stress.exposure.block import BlockSolver
from hinterland.stress.exposure.interdiction import worst_attack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Ints
    from hinterland.core.progress import Progress
    from hinterland.stress.exposure.block import Block
    from hinterland.stress.exposure.nodes import Node

__all__ = ["ENUMERATED", "WORST_SCHEMA", "worst_sets"]

ENUMERATED = 2
"""Sets of so many nodes are tried one by one."""
_SAME = 1e-6
"""Relative difference between the MILP's loss and the LP's up to which they are the same."""
_WIDTH = 8
"""Sets that the search for a first good set carries on from size to size."""
WORST_SCHEMA = {"nodes": pl.String, "recovery_days": pl.Float64, "loss": pl.Float64, "lost_units": pl.Float64, "method": pl.String,
                "bound": pl.Float64, "gap_share": pl.Float64, "proved": pl.Boolean}  # fmt: skip

_Found: TypeAlias = tuple[float, float, tuple[int, ...]]


class _Sets:
    """Losses of sets by one warm solver, each set once."""

    def __init__(self, block: Block, nodes: Sequence[Node]) -> None:
        self._solver, self._nodes = BlockSolver(block), nodes
        self._known: dict[tuple[int, ...], _Found] = {}

    def loss(self, some: tuple[int, ...]) -> _Found:
        """Loss, lost units, the set."""
        if some not in self._known:
            members = [self._nodes[at] for at in some]
            down: Ints = np.unique(np.concatenate([node.down for node in members]))
            opens: Ints = np.unique(np.concatenate([node.opens for node in members]))
            days = max(node.recovery_days[1] for node in members)
            loss, units = self._solver.loss(down, days, opens=opens)
            self._known[some] = loss, float(units.sum()), some
        return self._known[some]


def _tried(sets: _Sets, nodes: Sequence[Node], k: int) -> list[_Found]:
    """A few good sets of k: the best of one node fewer, each with every other node."""
    best = sorted((sets.loss((at,)) for at in range(len(nodes))), reverse=True)[:_WIDTH]
    for _ in range(k - 1):
        more = {tuple(sorted({*some, at})) for _, _, some in best for at in range(len(nodes)) if at not in some}
        best = sorted((sets.loss(one) for one in sorted(more)), reverse=True)[:_WIDTH]
    return best


def _stretches(block: Block, nodes: Sequence[Node]) -> list[float]:
    """Days at which the loss of some set may be largest, the longest first."""
    lasts = {node.recovery_days[1] for node in nodes if node.recovery_days[1] > 0}
    longest = max(lasts, default=0.0)
    return sorted(lasts | {float(one) for one in block.delay_days if 0 < one < longest}, reverse=True)


def _proved(block: Block, nodes: Sequence[Node], k: int, seconds: float, progress: Progress) -> list[tuple[object, ...]]:
    ends = time.monotonic() + seconds
    sets = _Sets(block, nodes)
    best = _tried(sets, nodes, k)[0]
    bound, sound = best[0], True
    stretches = _stretches(block, nodes)
    for done, days in enumerate(stretches):
        lasts = [node.recovery_days[1] >= days for node in nodes]
        start = np.array(best[2]) if any(lasts[at] for at in best[2]) else None
        # a little less than is known: so the MILP may find the known set itself and say the same of it
        attack, exact = worst_attack(block, nodes, k, days, lasts=lasts, cut_off=best[0] * (1 - 10 * _SAME), seconds=ends - time.monotonic(),
                                     start=start)  # fmt: skip
        sound &= exact and attack.proved
        bound = max(bound, attack.bound)
        if len(attack.chosen) == k:
            found = sets.loss(tuple(int(one) for one in attack.chosen))
            sound &= found[0] >= attack.loss * (1 - _SAME)
            best = max(best, found)
        progress.advanced("worst", (done + 1) / len(stretches), f"{days:.0f} days")
    loss, units, some = best
    bound = loss if sound and bound <= loss * (1 + 20 * _SAME) else max(bound, loss)
    gap = (bound - loss) / loss if loss > 0 else 0.0
    days = max(nodes[at].recovery_days[1] for at in some)
    return [(" + ".join(nodes[at].name for at in some), days, loss, units, "milp", bound, gap, bool(sound and gap <= 20 * _SAME))]


def worst_sets(
    block: Block, nodes: Sequence[Node], k: int, *, most: int = 20, seconds: float = 60.0, progress: Progress = SILENT
) -> pl.DataFrame:
    """The worst sets of k nodes, at most `most` where all are tried, the worst alone where a MILP proves it in at most `seconds`.

    `bound` is what no set can pass, `gap_share` how far the found one is below it, `proved` whether they are the same.
    """
    rows: list[tuple[object, ...]] = []
    if 1 <= k <= min(ENUMERATED, len(nodes)):
        sets = _Sets(block, nodes)
        for some in combinations(range(len(nodes)), k):
            loss, units, _ = sets.loss(some)
            days = max(nodes[at].recovery_days[1] for at in some)
            rows.append((" + ".join(nodes[at].name for at in some), days, loss, units, "enumerated", loss, 0.0, True))
    elif ENUMERATED < k <= len(nodes):
        rows = _proved(block, nodes, k, seconds, progress)
    return pl.DataFrame(rows, schema=WORST_SCHEMA, orient="row").sort(["loss", "nodes"], descending=[True, False]).head(most)
