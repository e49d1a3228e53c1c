"""The door: plans judged each in its own world and laid side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.comparison.aims import aims_of, exclusivity_of
from hinterland.comparison.board import BOARD_FRAMES, Board
from hinterland.comparison.bridges import bridges_of
from hinterland.comparison.decisions import contracts_of, openings_of, policies_of
from hinterland.comparison.figures import (
    Figure,
    kpi_rows,
    moving_figures,
    passages_of,
    risk_figure,
    single_source_figure,
    total_figures,
)
from hinterland.comparison.judged import Judged, check_equal, judge
from hinterland.comparison.quality import quality_of
from hinterland.comparison.regions import cost_added, origins_of, products_without_value, regional_figure, regional_rows, sourced
from hinterland.comparison.sourcing import all_valued, concentration_of, inflow_of, sources_of
from hinterland.comparison.views import flows_of, references_of, sites_of, stages_co2e_of, stages_cost_of
from hinterland.core.errors import HinterlandError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["compare"]


def _unit(plans: Sequence[Judged]) -> tuple[str, list[str]]:
    """Unit of what is delivered, and what to say where units differ."""
    units = sorted(set(plans[0].delivered["unit"].drop_nulls().to_list()))
    if len(units) == 1:
        return units[0], []
    told = [f"what is delivered is counted in {', '.join(units)}: units are added up as they are"] if units else ["nothing is delivered"]
    return "unit", told


def _shares(plans: Sequence[Judged], currency: str) -> tuple[list[dict[str, Figure]], pl.DataFrame, pl.DataFrame, list[str]]:
    """Regional shares and risk of each plan, the frames regional_share and origins, and notes."""
    sources = [sourced(one) for one in plans]
    without = products_without_value(sources)
    notes = [f"value shares leave out, in every plan, products without a value for every maker: {', '.join(without)}"] if without else []
    figures, shares, origins = [], [], []
    for one, frame in zip(plans, sources, strict=True):
        added = cost_added(one)
        valued = frame.filter(~pl.col("of_product").is_in(without))
        found = {}
        for kpi, basis, unit, rows in (
            ("regional_share", "cost", currency, added),
            ("regional_share_value", "value", currency, valued.with_columns(amount="value")),
            ("regional_share_mass", "mass", "t", frame.with_columns(amount="t")),
        ):
            told = regional_rows(one, basis, unit, rows)
            shares.append(told)
            found[kpi] = regional_figure(one, told, f"no {basis} is known")
        found["risk_weighted_value_share"] = risk_figure(one, added)
        figures.append(found)
        origins.append(origins_of(one, frame))
    return figures, pl.concat(shares), pl.concat(origins), notes


def _sourcing(plans: Sequence[Judged]) -> tuple[list[dict[str, Figure]], pl.DataFrame, pl.DataFrame]:
    """Single-source share and concentration of each plan, and the frames sources and concentration."""
    by_value = all(all_valued(inflow_of(one)) for one in plans)
    figures, sources, concentration = [], [], []
    for one in plans:
        bought, hhi = sources_of(one, by_value=by_value), concentration_of(one)
        mean = float((hhi["hhi"] * hhi["weight"]).sum()) if hhi.height else None
        figures.append(
            {
                "single_source_share": single_source_figure(bought, "value" if by_value else "gross tonnes"),
                "country_hhi": Figure(mean, note=None if hhi.height else "nothing is made or bought"),
            }
        )
        sources.append(bought)
        concentration.append(hhi)
    return figures, pl.concat(sources), pl.concat(concentration)


def _stacked(plans: Sequence[Judged], name: str, read: Callable[[Judged], pl.DataFrame]) -> pl.DataFrame:
    """One frame of the board from the same reading of every plan, in declared columns and types."""
    return pl.concat([read(one) for one in plans]).cast(dict(BOARD_FRAMES[name]))  # type: ignore[arg-type]


def _opened(plans: Sequence[Judged]) -> list[str]:
    """What to say of stock that was there before the first period."""
    with_stock = [one for one in plans if one.carried.opening_words]
    if not with_stock:
        return []
    parts = []
    for one in with_stock:
        held = dict(one.carried.closure.select("satellite", "opening_stock").iter_rows())
        cost, kg = held.get("cost", 0.0), held.get("co2e_market_kg", 0.0)
        parts.append(f"{cost:,.0f} {one.net.settings.currency} and {kg / 1000:,.1f} t CO2e in {one.name}")
    told = "opening stock was made before the horizon: what it cost and emitted is in no figure here, while a trace counts it"
    return [f"{told} ({'; '.join(dict.fromkeys(parts))})"]


def _proofs(plans: Sequence[Judged], proofs: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """What is known of each plan's proof; a plan that brings none is verified here."""
    return {
        one.name: {
            "verified": one.checked.ok,
            "verify_max_relative_error": one.checked.max_relative_error,
            "input_digest": one.net.digest,
            **proofs.get(one.name, {}),
        }
        for one in plans
    }


def compare(
    net: Network,
    plans: Mapping[str, Plan],
    *,
    proofs: Mapping[str, Mapping[str, object]] | None = None,
    against: str | None = None,
    price_of: Mapping[str, Plan] | None = None,
    nets: Mapping[str, Network] | None = None,
) -> Board:
    """Lay plans that deliver the same side by side: key figures, bridges from the baseline, stages, origins, quality.

    Each plan is judged in `resolve(net, plan.scenarios)`, of its own network where `nets` has one. `proofs` say how each was found (app.proof_of); `against` names
    the baseline (default: the first). `price_of` gives for a strategy the plan of the same strategy without its
    exclusivity: the difference of their objectives is what exclusivity costs.

    Raises UnequalPlans where a site is delivered different quantities over the horizon, HinterlandError where there is no
    plan, or `against` or `price_of` name none; InvalidScenario, InvalidTables and UntraceablePlan as resolving and tracing do.
    """
    if not plans:
        raise HinterlandError("there is nothing to compare: name at least one plan")
    strategies = tuple(plans)
    baseline = strategies[0] if against is None else against
    for name in (baseline, *(price_of or {})):
        if name not in plans:
            raise HinterlandError(f"there is no plan {name!r}; the plans are {', '.join(strategies)}")
    judged = [judge((nets or {}).get(name, net), name, plan) for name, plan in plans.items()]
    by_name = {one.name: one for one in judged}
    freed = [(by_name[name], judge(net, f"{name} without exclusivity", plan)) for name, plan in (price_of or {}).items()]
    check_equal([*judged, *(free for _, free in freed)])

    first = by_name[baseline]
    currency, (unit, notes) = first.net.settings.currency, _unit(judged)
    region_figures, regional, origins, left_out = _shares(judged, currency)
    source_figures, sources, concentration = _sourcing(judged)
    rows: list[tuple[object, ...]] = []
    for one, regions, sourcing in zip(judged, region_figures, source_figures, strict=True):
        figures = total_figures(one, one.penalties) | moving_figures(one) | regions | sourcing
        rows += kpi_rows(one.name, figures, unit, currency)
    kpis = pl.DataFrame(rows, schema=dict(BOARD_FRAMES["kpis"]), orient="row")
    return Board(
        title=first.net.settings.name,
        unit=unit,
        currency=currency,
        strategies=strategies,
        against=baseline,
        delivered=judged[0].delivered,
        kpis=kpis,
        aims=aims_of(kpis, strategies, baseline, unit),
        bridges=bridges_of(first, [one for one in judged if one is not first], unit, currency),
        stages_cost=_stacked(judged, "stages_cost", stages_cost_of),
        stages_co2e=_stacked(judged, "stages_co2e", stages_co2e_of),
        flows=_stacked(judged, "flows", flows_of),
        origins=origins,
        regional_share=regional,
        passages=_stacked(judged, "passages", passages_of),
        concentration=concentration,
        sources=sources,
        quality=_stacked(judged, "quality", quality_of),
        sites=_stacked(judged, "sites", sites_of),
        policies=_stacked(judged, "policies", policies_of),
        contracts=_stacked(judged, "contracts", contracts_of),
        openings=_stacked(judged, "openings", openings_of),
        exclusivity=exclusivity_of(freed, currency),
        references=references_of(first),
        proofs=_proofs(judged, proofs or {}),
        notes=(*notes, *left_out, *_opened(judged)),
    )
