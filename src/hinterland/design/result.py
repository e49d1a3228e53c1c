"""What a design hands back: a plan, what it costs by its own account, and the proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from hinterland.model.plan import Plan
    from hinterland.model.verify import VerifyReport

__all__ = ["DesignResult", "Proof"]


@dataclass(frozen=True, slots=True)
class Proof:
    """How far a plan is proved. `bound` and `gap_share` speak of the last objective; `verify` knows no solver.

    status: optimal (within the asked gap), gap (stopped with a larger one), time_limit or cancelled.
    """

    status: str
    objective: float
    bound: float
    gap_share: float
    verify: VerifyReport
    input_digest: str
    scenarios: tuple[str, ...]
    versions: Mapping[str, str]
    seconds: float
    seed: int
    size: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DesignResult:
    """A proven plan. `objective` lists (name, value) in the order they were minimised.

    `tables`: claimed_costs (kind, period_id, amount, discounted), claimed_co2e (cause, period_id, kg),
    steering (kind, period_id, label, violation, amount), shadow_prices (row, period_id, dual: money of base_date per
    unit of the row).
    """

    plan: Plan
    objective: list[tuple[str, float]]
    tables: Mapping[str, pl.DataFrame]
    proof: Proof
