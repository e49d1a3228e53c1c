"""What a unit embodies, as linear algebra on plain arrays: one factorisation, any number of satellites, loops solved.

Pools are (site, product, period). With q the sum of what leaves a pool and f_ij what j receives from i, a unit embodies
e = d + Bᵀ e, B_ij = f_ij / q_j. Solved here for the totals z = q · e, which obey z = D + Pᵀ z with P_ij = f_ij / q_i:
the rows of P are the shares of what leaves a pool, so they add to at most 1 whatever units the products are counted
in, and the elimination is stable without pivoting (I − Pᵀ is a column-dominant M-matrix).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.embodied.ordering import strong_components, upstream_first

if TYPE_CHECKING:
    import scipy.sparse
    import scipy.sparse.linalg

    from hinterland.core.calendar import Floats, Ints

__all__ = ["System", "closed_loops", "system_of"]

_OUTLET = 1e-9
"""Less than this share of what passes a loop leaving it is no outlet, as flows below it are no flows (DESIGN §7)."""


@dataclass(frozen=True, slots=True)
class System:
    """A factorised network. `leaving` is q and `outlet` the part of q that goes to no other pool; shape (pools,).

    `loops` counts the strong components with more than one pool.
    """

    leaving: Floats
    outlet: Floats
    order: Ints
    factors: scipy.sparse.linalg.SuperLU | None
    loops: int

    def totals(self, burdens: Floats) -> Floats:
        """What passes each pool in all, z = q · e, of burdens D spent at the pools; both of shape (pools, satellites)."""
        if self.factors is None:
            return np.zeros_like(burdens)
        solved = np.empty_like(burdens, dtype=np.float64)
        solved[self.order] = self.factors.solve(np.ascontiguousarray(burdens[self.order], dtype=np.float64))
        return solved

    def per_unit(self, burdens: Floats) -> Floats:
        """What one unit leaving each pool embodies, e; shape (pools, satellites). Pools that nothing leaves: 0."""
        q = self.leaving[:, None]
        return np.divide(self.totals(burdens), q, out=np.zeros(burdens.shape), where=q > 0)

    def sources(self, pools: Ints) -> Floats:
        """Share of a burden spent at each pool that one unit leaving `pools` carries; shape (pools, asked).

        The transposed solve: times D it gives the same e as `per_unit`, and times q the throughput of every pool
        behind one unit.
        """
        wanted = np.zeros((len(self.leaving), len(pools)))
        if self.factors is None:
            return wanted
        place = np.empty(len(self.order), dtype=np.int64)
        place[self.order] = np.arange(len(self.order))
        wanted[place[pools], np.arange(len(pools))] = 1.0 / self.leaving[pools]
        solved = np.empty_like(wanted)
        solved[self.order] = self.factors.solve(wanted, trans="T")  # type: ignore[call-overload]  # scipy-stubs leaves trans out
        return solved


def _passes(leaving: Floats, source: Ints, target: Ints, quantity: Floats) -> scipy.sparse.csr_array:
    import scipy.sparse

    size = len(leaving)
    grid = scipy.sparse.csr_array((quantity / leaving[source], (source, target)), shape=(size, size))
    grid.sum_duplicates()
    return grid


def closed_loops(leaving: Floats, outlet: Floats, source: Ints, target: Ints, quantity: Floats) -> list[Ints]:
    """Pools that feed only each other and let nothing out: what they carry cannot be told. One array of pools per loop."""
    if not len(leaving):
        return []
    label = strong_components(_passes(np.ones_like(leaving), source, target, np.ones(len(source))))
    count = int(label.max()) + 1
    through = np.bincount(label, leaving, count)
    departs = label[source] != label[target]
    out = np.bincount(label, outlet, count) + np.bincount(label[source[departs]], quantity[departs], count)
    shut = np.flatnonzero((through > 0) & (out <= _OUTLET * through))
    return [np.flatnonzero(label == loop) for loop in shut]


def system_of(outlet: Floats, source: Ints, target: Ints, quantity: Floats) -> System:
    """Factorise. `outlet` (pools,) is delivered, disposed or kept; the rest are flows between pools, shape (flows,).

    Callers ask `closed_loops` first. Raises ValueError where a loop has no outlet.

    >>> mine_to_plant = system_of(np.array([0.0, 5.0]), np.array([0]), np.array([1]), np.array([10.0]))
    >>> mine_to_plant.per_unit(np.array([[30.0], [10.0]])).ravel()
    array([3., 8.])
    """
    import scipy.sparse
    from scipy.sparse.linalg import splu

    size = len(outlet)
    leaving = outlet + np.bincount(source, quantity, size)
    if closed_loops(leaving, outlet, source, target, quantity):
        raise ValueError("a loop without an outlet")
    if size == 0:
        return System(leaving, outlet, np.zeros(0, dtype=np.int64), None, 0)
    kept = quantity > 0
    passes = _passes(leaving, source[kept], target[kept], quantity[kept])
    order = upstream_first(passes)
    sizes = np.bincount(strong_components(passes))
    ordered = passes[order][:, order].T
    matrix = (scipy.sparse.eye_array(size, format="csc") - ordered).tocsc()
    factors = splu(matrix, permc_spec="NATURAL", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    return System(leaving, outlet, order, factors, int((sizes > 1).sum()))
