"""The board: plans side by side, as tidy frames. This docstring is the contract that reports are built on."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.comparison.stressed import StressBoard

__all__ = ["BOARD_FRAMES", "Board", "empty_board_frame"]

_S, _F, _B = pl.String(), pl.Float64(), pl.Boolean()

BOARD_FRAMES: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "delivered": {"site_id": _S, "product_id": _S, "region": _S, "unit": _S, "quantity": _F},
        "kpis": {"strategy": _S, "kpi": _S, "value": _F, "unit": _S, "numerator": _F, "denominator": _F, "note": _S, "doc": _S},
        "aims": {
            "strategy": _S, "aim": _S, "kpi": _S, "baseline": _S, "baseline_value": _F, "value": _F, "difference": _F, "unit": _S, "sign": _S,
        },
        "bridges": {"from_strategy": _S, "to_strategy": _S, "measure": _S, "driver": _S, "amount": _F, "unit": _S},
        "stages_cost": {"strategy": _S, "stage": _S, "kind": _S, "per_unit": _F},
        "stages_co2e": {"strategy": _S, "stage": _S, "cause": _S, "kg_per_unit": _F, "kg_location_per_unit": _F},
        "flows": {
            "strategy": _S, "period_id": _S, "from_site": _S, "to_site": _S, "product_id": _S, "stage": _S, "mode_chain": _S,
            "quantity": _F, "unit": _S, "t": _F, "from_latitude": _F, "from_longitude": _F, "to_latitude": _F, "to_longitude": _F,
            "from_region": _S, "to_region": _S, "customs_border": _B,
        },
        "origins": {
            "strategy": _S, "of_product": _S, "stage": _S, "to_region": _S, "region": _S, "country": _S, "site": _S, "share": _F,
            "quantity": _F, "unit": _S,
        },
        "regional_share": {
            "strategy": _S, "to_region": _S, "region": _S, "basis": _S, "share": _F, "numerator": _F, "denominator": _F, "unit": _S,
            "home": _B,
        },
        "passages": {"strategy": _S, "passage": _S, "share": _F, "t": _F, "t_all": _F},
        "concentration": {"strategy": _S, "stage": _S, "hhi": _F, "countries": _F, "weight": _F},
        "sources": {
            "strategy": _S, "site_id": _S, "product_id": _S, "period_id": _S, "sources": _F, "largest_share": _F, "weight": _F,
        },
        "quality": {"strategy": _S, "quality": _S, "cost_share": _F, "co2e_share": _F, "cost": _F, "co2e_kg": _F},
        "sites": {
            "strategy": _S, "site_id": _S, "name": _S, "country": _S, "region": _S, "latitude": _F, "longitude": _F, "status": _S,
            "stage": _S, "used": _B, "t": _F,
        },
        "policies": {
            "strategy": _S, "policy_id": _S, "kind": _S, "scope": _S, "period_id": _S, "asked": _F, "found": _F, "margin": _F, "unit": _S,
            "soft": _B, "kept": _B, "penalty": _F,
        },
        "contracts": {
            "strategy": _S, "contract_id": _S, "supplier": _S, "buyer": _S, "product_id": _S, "period_id": _S, "quantity": _F,
            "taken": _F, "share": _F, "min_share": _F, "exclusive": _F, "unit": _S,
        },
        "openings": {
            "strategy": _S, "site_id": _S, "period_id": _S, "what": _S, "product_id": _S, "modules": _F, "capacity_per_year": _F,
            "unit": _S,
        },
        "exclusivity": {"strategy": _S, "part": _S, "value": _F, "unit": _S},
        "references": {"source_id": _S, "title": _S, "publisher": _S, "published": _S, "licence": _S, "rows": _F},
    }
)  # fmt: skip
"""Columns of each frame of a board."""


def empty_board_frame(name: str) -> pl.DataFrame:
    """Return a board frame without rows."""
    return pl.DataFrame(schema=dict(BOARD_FRAMES[name]))


@dataclass(frozen=True, slots=True, repr=False)
class Board:
    """Plans that deliver the same, side by side. Every frame is sorted by its key, a missing value is null.

    `unit` is the unit of what is delivered (kWh), `strategies` the plans in the order given, `against` the baseline
    of bridges and aims. Money is real money of `currency`, undiscounted unless it says npv; "per unit" is per unit
    delivered over the horizon. `stage` is products.stage, or the product_id where that is empty.

    - `delivered`: site_id, product_id, region, unit, quantity: over the horizon, the same for every plan.
    - `kpis`: strategy, kpi, value, unit, numerator, denominator, note, doc. Order: strategies, then docs/kpis.md. `note` says
      why a value is null, or what to mind. Names: cost_total, cost_npv, cost_per_<unit>, co2e_total_t, co2e_kg_per_<unit>,
      co2e_location_kg_per_<unit>, regional_share, regional_share_value, regional_share_mass, km_mean, transit_days_mean,
      customs_borders_mean, passage_share (any passage; by passage in `passages`), tkm_per_<unit>, single_source_share, country_hhi,
      risk_weighted_value_share, shortage_share, penalties. <unit> is lower case: cost_per_kwh.
    - `aims`: strategy, aim, kpi, baseline, baseline_value, value, difference, unit, sign. aim: CO2e | logistics
      disruptions | geopolitics; sign: lower | higher | equal (null where a value is missing). Baseline itself has no rows.
    - `bridges`: from_strategy, to_strategy, measure (cost | co2e), driver, amount, unit (USD/kWh, kg/kWh). From the
      baseline to every other plan, drivers in reading order, zeros included; Σ amount = difference per unit delivered.
      Drivers of cost: grid and power contract, choice of makers, route and quantity, purchased materials, freight, duty,
      capital, incentives, other. Of CO2e: grid and power contract, choice of makers, route and quantity, purchased
      materials, freight.
    - `stages_cost`: strategy, stage, kind, per_unit. Stage "(site)" holds what no product carries (fixed, opening, …).
    - `stages_co2e`: strategy, stage, cause, kg_per_unit (market), kg_location_per_unit.
    - `flows`: strategy, period_id, from_site, to_site, product_id, stage, mode_chain, quantity, unit, t (gross),
      from_latitude, from_longitude, to_latitude, to_longitude, from_region, to_region, customs_border. For maps.
    - `origins`: strategy, of_product, stage, to_region, region, country, site, share, quantity, unit. Who made or sold what the
      goods delivered in to_region embody; shares of one of_product sum to 1; site is null for goods bought from outside.
    - `regional_share`: strategy, to_region, region, basis (cost | value | mass), share, numerator, denominator, unit, home. What is
      delivered in to_region, by the region where it was added (null: no place is known); denominator: all that is added to it, so
      shares of one to_region sum to 1. home: the two are the same. The KPI is Σ numerator of home over Σ of all.
    - `passages`: strategy, passage, share, t, t_all: gross tonnes through it over all gross tonnes moved.
    - `concentration`: strategy, stage, hhi, countries (effective number = 1/hhi), weight (in the mean; Σ = 1).
    - `sources`: strategy, site_id, product_id, period_id, sources, largest_share, weight: inflow of a buyer by source.
    - `quality`: strategy, quality (reported | derived | estimated | assumed | unstated), cost_share, co2e_share, cost, co2e_kg.
    - `sites`: strategy, site_id, name, country, region, latitude, longitude, status, stage (of what it makes, else takes), used,
      t (gross tonnes made, bought, or delivered there).
    - `policies`: strategy, policy_id, kind, scope (whom or what it is counted for), period_id, asked, found, margin (what is to spare;
      below 0 what is missing), unit (share | t | a product's | empty: as the policy counts), soft (may be broken for a penalty), kept,
      penalty; requirements stand there by their requirement_id.
    - `contracts`: strategy, contract_id, supplier, buyer, product_id, period_id, quantity, taken (all that the buyer takes), share,
      min_share, exclusive, unit: signed contracts; share is null where the buyer takes nothing.
    - `openings`: strategy, site_id, period_id, what (opens | restarts | closes | adds), product_id, modules, capacity_per_year, unit.
    - `exclusivity`: strategy, part (real cost | penalties | total), value, unit: discounted, with minus without exclusivity.
    - `references`: source_id, title, publisher, published, licence, rows (of the baseline's tables that cite it), most cited first.

    `proofs`: strategy → what app.proof_of says (status, gap_share, verified, verify_max_relative_error, input_digest,
    seconds, seed, versions, size, objective); a plan that brings no proof is verified here and has verified,
    verify_max_relative_error and input_digest alone. `notes`: sentences a reader must know. `stress` is there where the plans were
    moved through the same events (stressed.py).
    """

    title: str
    unit: str
    currency: str
    strategies: tuple[str, ...]
    against: str
    delivered: pl.DataFrame
    kpis: pl.DataFrame
    aims: pl.DataFrame
    bridges: pl.DataFrame
    stages_cost: pl.DataFrame
    stages_co2e: pl.DataFrame
    flows: pl.DataFrame
    origins: pl.DataFrame
    regional_share: pl.DataFrame
    passages: pl.DataFrame
    concentration: pl.DataFrame
    sources: pl.DataFrame
    quality: pl.DataFrame
    sites: pl.DataFrame
    policies: pl.DataFrame
    contracts: pl.DataFrame
    openings: pl.DataFrame
    exclusivity: pl.DataFrame
    references: pl.DataFrame
    proofs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    stress: StressBoard | None = None

    def __post_init__(self) -> None:
        """Hold every frame to its declared columns."""
        for name, columns in BOARD_FRAMES.items():
            frame: pl.DataFrame = getattr(self, name)
            if frame.schema != pl.Schema(columns):
                raise TypeError(f"{name} has {dict(frame.schema)}, declared are {dict(columns)}")
        object.__setattr__(self, "proofs", MappingProxyType({name: MappingProxyType(dict(one)) for name, one in self.proofs.items()}))

    def __repr__(self) -> str:
        """One line: what is compared, not the frames."""
        return f"Board({self.title!r}: {', '.join(self.strategies)} against {self.against}; frames: {', '.join(BOARD_FRAMES)})"

    def kpi(self, strategy: str, kpi: str) -> float | None:
        """Value of one key figure; raises KeyError where the board has no such row."""
        row = self.kpis.filter((pl.col("strategy") == strategy) & (pl.col("kpi") == kpi))
        if not row.height:
            raise KeyError(f"no {kpi} of {strategy}")
        value: float | None = row["value"][0]
        return value
