"""What a design hands back: a plan, what it costs by its own account, and the proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from hinterland.model.plan import Plan
    from hinterland.model.verify import VerifyReport

__all__ = ["DesignResult", "Proof", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One objective of the ordered list as the solver left it: what was minimised, penalties included.

    `gap_share` is |value − bound| / |value|; infinite where no bound was found.
    """

    name: str
    status: str
    value: float
    bound: float
    gap_share: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Proof:
    """How far a plan is proved. `objective`, `bound` and `gap_share` speak of the last step; `verify` knows no solver.

    status: optimal (within the asked gap), gap (ended with a larger one), time_limit or cancelled. `objective` is what
    the last step minimised (cost with the penalties of soft policies), `steps` all of them in order. `seconds` is the
    whole design, `search_seconds` the solver's part.
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
    steps: tuple[Step, ...] = ()
    search_seconds: float = 0.0


@dataclass(frozen=True, slots=True, repr=False)
class DesignResult:
    """A proven plan.

    objective: (name, real total) in the order they were minimised: shortage (money that steers), cost (real cost, money
    of base_date), co2e (kg); then ("penalties", amount) where the network has soft policies: they steered the cost
    and are no part of it.

    tables: claimed_costs (kind, period_id, amount, discounted), claimed_co2e (cause, period_id, kg), steering (kind,
    period_id, label, violation, amount), shadow_prices (block, row, period_id, dual, unit, words).
    """

    plan: Plan
    objective: list[tuple[str, float]]
    tables: Mapping[str, pl.DataFrame]
    proof: Proof

    def __repr__(self) -> str:
        """One line: what was reached and how far it is proved, not the tables."""
        world = " + ".join(self.proof.scenarios) or "the plain tables"
        reached = ", ".join(f"{name} {value:,.6g}" for name, value in self.objective)
        held = "verified" if self.proof.verify.ok else "NOT verified"
        return f"DesignResult({world}: {reached}; {self.proof.status}, gap {self.proof.gap_share:.2%}, {held}; has plan, objective, tables, proof)"
