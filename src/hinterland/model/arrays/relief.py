"""What a unit of each lane saves in duty where it is claimed to originate, by origin rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.lanes import LaneRates

__all__ = ["relief_of"]


def relief_of(rates: LaneRates) -> dict[str, Floats]:
    """Plain duty minus the duty under a claim, where that is less; by origin rule, (lanes, periods), money per unit."""
    plain = rates.duties.plain
    return {rule: np.nan_to_num(np.maximum(plain - claimed, 0.0)) for rule, claimed in rates.duties.claims.items()}
