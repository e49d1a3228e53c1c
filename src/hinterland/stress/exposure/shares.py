"""Nodes measured one after the other by one warm solver: pieces of work that any executor can do, each the same whoever does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hinterland.stress.exposure.block import Block, BlockSolver
from hinterland.stress.exposure.weekly import WeeklySolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.stress.exposure.nodes import Node
    from hinterland.stress.exposure.weekly import Weekly

__all__ = ["Measured", "Share", "shares_of", "weeks_of"]


class Measured(NamedTuple):
    """Lost margin at the low and the high end of the recovery time, lost units at the high end, days survived.

    Infinite days are survived for ever; who has more stock than the search is long is told with the days that were searched.
    """

    loss_low: float
    loss_high: float
    lost_units: float
    survival_days: float


def weeks_of(days: float) -> int:
    """Whole weeks, rounded up."""
    return int(np.ceil(days / 7 - 1e-9))


@dataclass(frozen=True)
class Share:
    """A part of the nodes, each with what stops no other. What all shares need is the chain alone, as arrays; `most` weeks are searched."""

    nodes: Sequence[Node]
    most: int

    def __call__(self, chain: tuple[Block, Weekly | None]) -> list[Measured]:
        """Measure them in their order: week by week where there is a weekly chain, else as one stretch."""
        block, weekly = chain
        return self._block(block) if weekly is None else self._weekly(block, weekly)

    def _weekly(self, block: Block, weekly: Weekly) -> list[Measured]:
        """The block's survival bounds that of the weeks, and says whose longest standstill may lose nothing: both save most of the search."""
        screen, solver, found = BlockSolver(block), WeeklySolver(weekly), []
        ends = [screen.survival_days(node.down, opens=node.opens) for node in self.nodes]
        for node, end in zip(self.nodes, ends, strict=True):
            low, high = (weeks_of(days) for days in node.recovery_days)
            if not np.isfinite(end) and solver.loss(node.down, max(self.most, high), opens=node.opens)[0] <= 0:
                found.append(Measured(0.0, 0.0, 0.0, np.inf))  # who loses nothing in the longest standstill loses nothing in any
                continue
            loss_high, units = solver.loss(node.down, high, opens=node.opens)
            known = {solver.surely_lost(node.down, node.opens, high) if loss_high > 0 else high: loss_high}
            if np.isfinite(end):
                known.setdefault(int(end / 7 * (1 + 1e-6)) + 1, 1.0)
            weeks = solver.survival_weeks(node.down, self.most, known=known, opens=node.opens)
            loss_low = loss_high
            if loss_high > 0 and low < high:
                loss_low = solver.loss(node.down, low, opens=node.opens)[0] if weeks < low else 0.0
            found.append(Measured(loss_low, loss_high, float(units.sum()), weeks * 7.0))
        return found

    def _block(self, chain: Block) -> list[Measured]:
        solver = BlockSolver(chain)
        found = []
        for node in self.nodes:
            low, high = node.recovery_days
            loss_high, units = solver.loss(node.down, high, opens=node.opens)
            loss_low = solver.loss(node.down, low, opens=node.opens)[0] if loss_high > 0 and low < high else loss_high
            found.append((loss_low, loss_high, float(units.sum())))
        survived = [solver.survival_days(node.down, opens=node.opens) for node in self.nodes]
        return [Measured(*one, days) for one, days in zip(found, survived, strict=True)]


def shares_of(nodes: Sequence[Node], parts: int, most: int) -> tuple[list[Share], list[int]]:
    """Nodes in at most `parts` shares, those that stop the same for as long once; and for each node the place of its figures.

    The place counts through the shares, one after the other.
    """
    first: dict[tuple[bytes, bytes, tuple[float, float]], int] = {}
    which = [first.setdefault((node.down.tobytes(), node.opens.tobytes(), node.recovery_days), len(first)) for node in nodes]
    apart = [nodes[which.index(one)] for one in range(len(first))]
    parts = max(1, min(len(apart), parts))
    order = [at for k in range(parts) for at in range(k, len(apart), parts)]
    place = {at: number for number, at in enumerate(order)}
    return [Share(apart[k::parts], most) for k in range(parts)], [place[one] for one in which]
