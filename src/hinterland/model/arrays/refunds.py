"""Drawback: duty on inputs that is paid back when what a site made of them leaves its customs territory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.model.arrays.places import positions
from hinterland.model.dated import Dated

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays.making import Making
    from hinterland.model.arrays.moving import Flows
    from hinterland.model.arrays.places import Pools, Sites
    from hinterland.model.network import Network

__all__ = ["Refunds", "refunds_of"]


@dataclass(frozen=True, slots=True)
class Refunds:
    """Axes of drawback; every array of one prefix has one shape. Money per unit, in settings.currency.

    refund_: flow entry into a site, the money that comes back per unit, and its row. row_: pool of the input and period.
    export_: row, flow entry that leaves the territory, units of the input in one of it (of several lines the least).
    use_: row, output entry, units of the input per good unit.
    """

    refund_flow: Ints
    refund_money: Floats
    refund_row: Ints
    row_pool: Ints
    row_period: Ints
    export_row: Ints
    export_flow: Ints
    export_units: Floats
    use_row: Ints
    use_output: Ints
    use_units: Floats

    def __len__(self) -> int:
        """Return the number of flows whose duty may come back."""
        return len(self.refund_flow)


def refunds_of(net: Network, sites: Sites, pools: Pools, flows: Flows, making: Making) -> Refunds:
    """Flows that pay a duty into a site with a drawback share, and what of their goods can leave again in the same period.

    One tier deep: inputs of the site's own recipes. Goods may come from other lanes than those whose duty comes back
    (substitution); nothing comes back for what leaves from stock beyond what was used in the period.
    """
    at = positions(net["sites"]["site_id"], sites.ids)
    share = np.zeros((len(sites.ids), len(net.calendar)))
    share[at] = Dated(net).values("sites", "drawback_share", 0.0)
    due = flows.rates.duty_per_unit[flows.lane, flows.period]
    money = due * share[flows.to_site[flows.lane], flows.period]
    entries = np.flatnonzero(money > 0)
    out, lines = making.outputs, making.lines
    territory = np.array(sites.territory, dtype=object)
    abroad = territory[flows.from_site] != territory[flows.to_site] if len(flows.from_site) else np.zeros(0, dtype=bool)
    rows: dict[tuple[int, int], int] = {}
    uses: list[tuple[int, int, float]] = []
    exports: list[tuple[int, int, float]] = []
    for pool, t in sorted({(int(flows.to_pool[flows.lane[e]]), int(flows.period[e])) for e in entries.tolist()}):
        used = np.flatnonzero((out.use_pool == pool) & (out.use_quantity > 0))
        used = used[out.period[out.use_output[used]] == t]
        least: dict[int, float] = {}
        for output in np.flatnonzero((lines.site[out.line] == pools.site[pool]) & (out.period == t)).tolist():
            taken = float(out.use_quantity[used[out.use_output[used] == output]].sum())
            good = int(lines.pool[out.line[output]])
            least[good] = min(least.get(good, np.inf), taken)
        leaving = np.flatnonzero(abroad[flows.lane] & (flows.period == t))
        mine = [
            (int(e), least[int(g)])
            for e, g in zip(leaving, flows.from_pool[flows.lane[leaving]], strict=True)
            if least.get(int(g), 0.0) > 0
        ]
        if mine:
            rows[pool, t] = row = len(rows)
            exports += [(row, entry, units) for entry, units in mine]
            uses += [(row, int(out.use_output[one]), float(out.use_quantity[one])) for one in used.tolist()]
    row_of = np.array([rows.get((int(flows.to_pool[flows.lane[e]]), int(flows.period[e])), -1) for e in entries.tolist()], dtype=np.int64)
    kept = entries[row_of >= 0]

    def columns(cells: list[tuple[int, int, float]]) -> tuple[Ints, Ints, Floats]:
        first, second, third = zip(*cells, strict=True) if cells else ((), (), ())
        return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64), np.array(third, dtype=np.float64)

    return Refunds(
        kept, money[kept], row_of[row_of >= 0],
        np.array([pool for pool, _ in rows], dtype=np.int64), np.array([t for _, t in rows], dtype=np.int64),
        *columns(exports), *columns(uses),
    )  # fmt: skip
