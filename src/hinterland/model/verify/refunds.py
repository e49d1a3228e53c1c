"""Drawback: what comes back was paid, and left the territory in what was made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.model.verify.totals import Totals, named, summed

if TYPE_CHECKING:
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.verify.ledger import Ledger

__all__ = ["check_refunds"]


def check_refunds(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """Refunded ≤ flow that claimed nothing, per flow; Σ refunded ≤ input in exports and ≤ input used, per pool and period."""
    r, flows = a.refunds, a.flows
    if not len(p.refund):
        return
    refunded = summed(p.refund, p.refunded, len(r))
    moved, plain = np.zeros((len(flows.product), s.periods)), np.zeros((len(flows.product), s.periods))
    claims = np.zeros(len(p.flow), dtype=bool)
    claims[p.graded_row[a.claims.carried_relief[p.graded] > 0]] = True
    np.add.at(moved, (p.flow_lane, p.flow_period), p.flow)
    np.add.at(plain, (p.flow_lane[~claims], p.flow_period[~claims]), p.flow[~claims])
    live = np.flatnonzero(refunded != 0)
    lane, t = flows.lane[r.refund_flow[live]], flows.period[r.refund_flow[live]]
    told = p.names.lanes(lane)
    ledger.add(
        "refund_paid", named(told["product_id"], " on ", told["lane_id"]), t, refunded[live], "<=", plain[lane, t],
        s.need[flows.product[lane]], "duty comes back on {left}, {right} paid it in full",
    )  # fmt: skip
    rows = summed(r.refund_row, refunded, len(r.row_pool))
    left = summed(r.export_row, r.export_units * moved[flows.lane[r.export_flow], flows.period[r.export_flow]], len(r.row_pool))
    used = summed(r.use_row, r.use_units * s.made[r.use_output], len(r.row_pool))
    asked = np.flatnonzero(rows != 0)
    where = p.names.pools(r.row_pool[asked])
    ledger.add(
        "refund_exports", named(where["product_id"], " at ", where["site_id"]), r.row_period[asked], rows[asked], "<=",
        np.minimum(left, used)[asked], s.need[a.pools.product[r.row_pool[asked]]],
        "duty comes back on {left}, {right} left the territory in what was made of it",
    )  # fmt: skip
