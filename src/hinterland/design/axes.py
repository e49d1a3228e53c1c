"""The axes of the decisions: in which period each entry of a variable counts, and which product it is a quantity of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hinterland.core.calendar import Ints
    from hinterland.model.arrays import Arrays

__all__ = ["entry_periods", "entry_products"]


def entry_periods(a: Arrays, variable: str) -> Ints | None:
    """Period of each entry of a variable; None where entries run over all periods in turn (stock, open, credit, …)."""
    c, out = a.claims, a.making.outputs
    found: dict[str, Ints] = {
        "flow": a.flows.period,
        "made": out.period,
        "bought": a.offers.period,
        "short": a.demand.period,
        "disposed": a.disposal.period,
        "module": a.making.modules.vintage,
        "claimed": out.period[c.claim_output],
        "clean": c.lot_period[c.input_lot],
        "carried": a.flows.period[c.carried_flow],
        "claim_all": c.lot_period[c.lot_built & ~c.lot_sure],
        "spoilt": a.disposal.period[c.spoilt_entry],
        "refunded": a.flows.period[a.refunds.refund_flow],
    }
    return found.get(variable)


def entry_products(a: Arrays) -> dict[str, Ints]:
    """Product that each entry of a variable counts in, for variables that are quantities of goods."""
    c, out, pools = a.claims, a.making.outputs, a.pools
    good = a.making.lines.product[out.line]
    moved = a.flows.product[a.flows.lane]
    thrown = pools.product[a.disposal.pool]
    return {
        "flow": moved,
        "made": good,
        "bought": pools.product[a.offers.pool[a.offers.offer]],
        "short": pools.product[a.demand.pool],
        "stock": np.repeat(pools.product[a.stocks.pool], len(a.calendar)),
        "disposed": thrown,
        "claimed": good[c.claim_output],
        "clean": pools.product[c.input_pool],
        "carried": moved[c.carried_flow],
        "spoilt": thrown[c.spoilt_entry],
        "refunded": moved[a.refunds.refund_flow],
    }
