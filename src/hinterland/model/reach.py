"""What can come into being where: pools that supply reaches through the whole chain, and demand that none of it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.core.errors import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Ints
    from hinterland.model.arrays import Arrays

__all__ = ["Reach", "demand_problems"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reach:
    """Which pools can ever hold something, in any period, whatever it costs and however much of it there is.

    A pool can when an offer or an opening stock is there, when a line there has every input, or when an open lane comes
    from a pool that can. Build times and decisions are not looked at: what cannot even so is a gap in the tables.
    """

    a: Arrays

    @cached_property
    def lanes(self) -> Ints:
        """Lane-products that are open in some period; shape (open lanes,)."""
        return np.unique(self.a.flows.lane)

    @cached_property
    def _lines(self) -> tuple[Bools, Ints, Ints, Ints, Ints]:
        """Lines that run at all, and (line, pool) pairs of their inputs and of what comes along."""
        out, lines = self.a.making.outputs, self.a.making.lines
        runs = np.zeros(len(lines.product), dtype=bool)
        runs[out.line] = True
        line, takes = out.line[out.use_output], out.use_quantity > 0
        pairs = [np.unique(np.stack([line[side], out.use_pool[side]]), axis=1) for side in (takes, ~takes)]
        return runs, pairs[0][0], pairs[0][1], pairs[1][0], pairs[1][1]

    @cached_property
    def sources(self) -> Bools:
        """Pools where something is made, bought or in stock at the start, were there every input; shape (pools,)."""
        a, (runs, _, _, by_line, by_pool) = self.a, self._lines
        found = self._given.copy()
        found[a.making.lines.pool[runs]] = True
        found[by_pool[runs[by_line]]] = True
        return found

    @cached_property
    def _given(self) -> Bools:
        a = self.a
        found = np.zeros(len(a.pools), dtype=bool)
        found[a.offers.pool[a.offers.offer[a.offers.limit > 0]]] = True
        found[a.stocks.pool[a.stocks.initial > 0]] = True
        return found

    @cached_property
    def can(self) -> Bools:
        """Pools that can ever hold something; shape (pools,)."""
        a, (runs, in_line, in_pool, by_line, by_pool) = self.a, self._lines
        start, end = a.flows.from_pool[self.lanes], a.flows.to_pool[self.lanes]
        found, before = self._given.copy(), -1
        while before < found.sum():
            before = int(found.sum())
            found[end[found[start]]] = True
            ready = runs.copy()
            np.logical_and.at(ready, in_line, found[in_pool])
            found[a.making.lines.pool[ready]] = True
            found[by_pool[ready[by_line]]] = True
        return found

    def root(self, pool: int) -> int:
        """The pool at the bottom of why `pool` cannot hold anything: nothing is made, sold or brought there."""
        a, (runs, in_line, in_pool, _, _) = self.a, self._lines
        start, end = a.flows.from_pool[self.lanes], a.flows.to_pool[self.lanes]
        seen = {pool}
        while True:
            makers = np.flatnonzero(runs & (a.making.lines.pool == pool))
            lacking = in_pool[np.isin(in_line, makers) & ~self.can[in_pool]]
            further = [int(one) for one in (*lacking, *start[end == pool]) if int(one) not in seen]
            if not further:
                return pool
            pool = further[0]
            seen.add(pool)


def demand_problems(reach: Reach, told: Sequence[Issue] = ()) -> list[Issue]:
    """One warning for each site and product that asks and that nothing can ever reach, with the place where the chain breaks.

    What `told` says already (a product that nobody makes, a site without lanes, a closed one) is not said again.
    """
    a = reach.a
    known = {(one.table, one.row) for one in told if one.code in {"no_lane", "closed_site"}}
    sourceless = set(range(len(a.products.ids))) - set(a.pools.product[reach.sources].tolist())
    lone = dict(a.net["sites"].select("site_id", "_row").iter_rows())
    rows, asked = a.demand.rows["_row"].to_list(), dict[int, int]()
    for at in np.flatnonzero((a.demand.quantity > 0) & ~reach.can[a.demand.pool]):
        pool = int(a.demand.pool[at])
        asked[pool] = min(asked.get(pool, rows[at]), rows[at])
    issues = []
    for pool, row in sorted(asked.items(), key=lambda one: one[1]):
        root = reach.root(pool)
        site, product = a.sites.ids[a.pools.site[root]], a.products.ids[a.pools.product[root]]
        closed = a.sites.closed[a.pools.site[pool]]
        if closed or ("demand", row) in known or ("sites", lone.get(site)) in known or int(a.pools.product[root]) in sourceless:
            continue
        what = f"nothing can reach the {a.products.ids[a.pools.product[pool]]} that {a.sites.ids[a.pools.site[pool]]} asks for"
        why = f"no open lane brings {product} to {site} from where it can be had, and none is made or bought there: all of it will be short"
        fix = f"add a lane or a rule for {product} to {site}, or a process or purchase of it"
        issues.append(Issue("demand", row, "site_id", "no_lane", what=what, why=why, fix=fix, severity="warning"))
    return issues
