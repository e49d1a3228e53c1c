"""What a plan pays in which currency, and what it would cost at other rates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hinterland.app.given import network_of, plan_of
from hinterland.core.errors import HinterlandError
from hinterland.model.currency_exposure import cost_at_rates, currencies_of
from hinterland.model.currency_exposure import currency_exposure as exposure_of
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from hinterland.app.given import GivenPlan
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["MovedCost", "currency_exposure", "move_currencies", "moves_of"]

_MOVE = re.compile(r"^([A-Z]{3})=([+-]?\d+(?:\.\d+)?)\s*%$")


@dataclass(frozen=True, slots=True)
class MovedCost:
    """Cost of a plan at base_date, in `currency`, as it is and after the moves; nothing but the rates moves."""

    currency: str
    moves: Mapping[str, float]
    npv: float
    npv_moved: float

    @property
    def change(self) -> float:
        """What the moves cost."""
        return self.npv_moved - self.npv


def _world(net: Network, plan: GivenPlan, scenario: str | Sequence[str] | None) -> tuple[Network, Plan]:
    given = plan_of(plan, network_of(net))
    return resolve(network_of(net), given.scenarios if scenario is None else scenario), given


def currency_exposure(net: Network, plan: GivenPlan, *, scenario: str | Sequence[str] | None = None) -> pl.DataFrame:
    """Cost of a plan by the currency it is paid in, and what it would cost if that were a tenth dearer.

    Columns: currency, npv, npv_share, change_for_10_percent; money of settings.currency at base_date. The plan is judged
    under `scenario`, else under the one it was made for, and does not react: for that, move exchange_rates by rows of changes and solve.
    """
    return exposure_of(*_world(net, plan, scenario))


def move_currencies(net: Network, plan: GivenPlan, moves: Mapping[str, float], *, scenario: str | Sequence[str] | None = None) -> MovedCost:
    """Cost of a plan after currencies moved against settings.currency, each by a share: {"CNY": 0.1} is a tenth dearer.

    Raises HinterlandError for a currency in which nothing is paid, or that is the settings' own.
    """
    world, given = _world(net, plan, scenario)
    known = currencies_of(world)
    for name, move in moves.items():
        if name not in known:
            others = ", ".join(known) or "none"
            raise HinterlandError(f"nothing is paid in {name}: rows of this network are in {world.settings.currency}, and in: {others}")
        if move <= -1:
            raise HinterlandError(f"{name} cannot lose {-move:.0%}: a rate stays above 0")
    return MovedCost(world.settings.currency, dict(moves), cost_at_rates(world, given, {}), cost_at_rates(world, given, moves))


def moves_of(texts: Iterable[str]) -> dict[str, float]:
    """Moves as they are typed: CNY=+10% is a tenth dearer. Raises HinterlandError for what is none.

    >>> moves_of(["CNY=+10%", "EUR=-2.5%"])
    {'CNY': 0.1, 'EUR': -0.025}
    """
    found: dict[str, float] = {}
    for text in texts:
        read = _MOVE.match(text.strip())
        if read is None:
            raise HinterlandError(f"{text!r} is no move of a currency: write CNY=+10%")
        found[read[1]] = float(read[2]) / 100.0
    return found
