"""The order in which pools are worked off: whatever feeds a pool comes before it, and loops stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import scipy.sparse

    from hinterland.core.calendar import Ints

__all__ = ["strong_components", "upstream_first"]

_CUTS = 64
"""Loops nested deeper than this are worked off as they come: right all the same, only slower."""


def strong_components(passes: scipy.sparse.csr_array) -> Ints:
    """Number of the loop each pool belongs to, in topological order: no loop is fed by one with a higher number.

    `passes` has shape (pools, pools), row feeds column. A pool outside every loop is a loop of its own.
    """
    import scipy.sparse
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(passes, directed=True, connection="strong")
    label = label.astype(np.int64)
    edges = passes.tocoo()
    source, target = label[edges.row], label[edges.col]
    between = source != target
    ones = np.ones(int(between.sum()))
    tree = scipy.sparse.csr_array((ones, (source[between], target[between])), shape=(count, count))
    waiting = np.bincount(tree.indices, minlength=count)
    rank, done = np.zeros(count, dtype=np.int64), 0
    ready = np.flatnonzero(waiting == 0)
    while ready.size:
        rank[ready] = done + np.arange(ready.size)
        done += int(ready.size)
        starts, sizes = tree.indptr[ready], np.diff(tree.indptr)[ready]
        steps = np.repeat(starts - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) + np.arange(int(sizes.sum()))
        fed, times = np.unique(tree.indices[steps], return_counts=True)
        waiting[fed] -= times
        ready = fed[waiting[fed] == 0].astype(np.int64)
    return rank[label]


def upstream_first(passes: scipy.sparse.csr_array, cuts: int = _CUTS) -> Ints:
    """Pools in the order of elimination; shape (pools,).

    Topological order of the strong components. Within a loop the pool most goods pass is put last and the rest, which
    is then less of a loop, is ordered the same way: only the rows of these last pools fill up.
    """
    label = strong_components(passes)
    order = np.argsort(label, kind="stable")
    sizes = np.bincount(label, minlength=1)
    stops = np.cumsum(sizes)
    for loop in np.flatnonzero(sizes > 1) if cuts else ():
        here = slice(int(stops[loop] - sizes[loop]), int(stops[loop]))
        members = order[here]
        inner = passes[members][:, members]
        busy = int(np.argmax(np.diff(inner.indptr) * np.bincount(inner.indices, minlength=len(members))))
        rest = np.delete(np.arange(len(members)), busy)
        order[here] = np.append(members[rest][upstream_first(inner[rest][:, rest], cuts - 1)], members[busy])
    return order
