"""What incentives pay in each period, before anything is earned: amount, phase-out and what reaches the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.core.calendar import FAR_FUTURE
from hinterland.model.dated import Dated, day_spans

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.network import Network

__all__ = ["incentive_rates"]


def incentive_rates(net: Network) -> Floats:
    """Money per unit (or share of cost) that each incentive pays in each period; shape (incentives, periods).

    amount · pass_through_share · Σ over days in force of the phase's amount_share / days. A phase holds until the next of its
    incentive; before the first the whole amount is paid.
    """
    dated, frame = Dated(net), net["incentives"]
    amount, reach = dated.values("incentives", "amount", 0.0), dated.values("incentives", "pass_through_share", 1.0)
    weight = dated.spans_weight("incentives")
    phases = net["incentive_phases"].sort("incentive_id", "valid_from")
    if phases.height:
        first, last = day_spans(frame)
        starts, _ = day_spans(phases)
        owner = phases["incentive_id"].to_list()
        shares = phases["amount_share"].fill_null(1.0).to_numpy()
        for at, incentive in enumerate(frame["incentive_id"].to_list()):
            mine = np.array([row for row, one in enumerate(owner) if one == incentive], dtype=np.int64)
            if not len(mine):
                continue
            opens = np.maximum(first[at], starts[mine])
            closes = np.minimum(last[at], np.append(starts[mine][1:] - 1, FAR_FUTURE))
            stepped = dated.calendar.weight(opens, closes)
            weight[at] = weight[at] - stepped.sum(axis=0) + shares[mine] @ stepped
    return amount * weight * reach
