"""Standards and electricity of a plan: what comes under which certificate, and how renewable the power of each site is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hinterland.app.given import network_of, plan_of
from hinterland.model import coverage as covering
from hinterland.model import electricity as powering
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from hinterland.app.given import GivenPlan
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["coverage", "due_diligence", "electricity", "power_supply"]


def _judged(
    what: Callable[[Network, Plan], pl.DataFrame], net: Network, plan: GivenPlan, scenario: str | Sequence[str] | None
) -> pl.DataFrame:
    given = plan_of(plan, network_of(net))
    return what(resolve(network_of(net), given.scenarios if scenario is None else scenario), given)


def coverage(net: Network, plan: GivenPlan, *, scenario: str | Sequence[str] | None = None) -> pl.DataFrame:
    """Share of what is made and bought that comes under each standard, by product, tier and period."""
    return _judged(covering.coverage, net, plan, scenario)


def due_diligence(net: Network, plan: GivenPlan, *, scenario: str | Sequence[str] | None = None) -> pl.DataFrame:
    """Share of what is made and bought whose maker can show each of the five steps of due diligence, by product, tier and period."""
    return _judged(covering.due_diligence_coverage, net, plan, scenario)


def electricity(net: Network, plan: GivenPlan, *, scenario: str | Sequence[str] | None = None) -> pl.DataFrame:
    """Electricity of each site and period: kWh, renewable shares and CO2e market-based and location-based, cost."""
    return _judged(powering.electricity_use, net, plan, scenario)


def power_supply(net: Network, plan: GivenPlan, *, scenario: str | Sequence[str] | None = None) -> pl.DataFrame:
    """What each power contract supplies in each period, what its premium costs, and the evidence that is named for it."""
    return _judged(powering.power_supply, net, plan, scenario)
