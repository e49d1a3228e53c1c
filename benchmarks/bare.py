"""The hub network in bare linopy, written the way its documentation would: the yardstick for hinterland's own build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import polars as pl
import xarray as xr

if TYPE_CHECKING:
    from collections.abc import Mapping

    import linopy
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

__all__ = ["Facts", "facts_of", "load", "model_of"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the bare model is built from; arrays over lanes, lines, demands and pools, discounted money per unit."""

    years: int
    pools: int
    lane_from: Ints
    lane_to: Ints
    lane_cost: Floats
    lane_capacity: Floats
    line_pool: Ints
    line_cost: Floats
    line_capacity: Floats
    demand_pool: Ints
    demand: Floats


def facts_of(tables: Mapping[str, pl.DataFrame]) -> Facts:
    """Look every id up once: frames in, arrays out. The network has calendar years and one discount rate of 8 %."""
    years = tables["periods"].height
    ends = pl.concat(
        [
            tables["lanes"].select(site_id="from_site", product_id="product_id"),
            tables["lanes"].select(site_id="to_site", product_id="product_id"),
            tables["processes"].select("site_id", "product_id"),
            tables["demand"].select("site_id", "product_id"),
        ]
    )
    pools = ends.unique().sort("site_id", "product_id").with_row_index("pool")

    def pool(frame: pl.DataFrame, site: str) -> Ints:
        joined = frame.join(pools, left_on=[site, "product_id"], right_on=["site_id", "product_id"], how="left", maintain_order="left")
        return joined["pool"].to_numpy().astype(np.int64)

    rate = np.log(1.08)
    delta = np.array([np.exp(-rate * t) * (1 - np.exp(-rate)) / rate for t in range(years)])
    lanes, lines = tables["lanes"], tables["processes"]
    demand = tables["demand"].pivot("period_id", index=["site_id", "product_id"], values="quantity")
    return Facts(
        years=years,
        pools=pools.height,
        lane_from=pool(lanes, "from_site"),
        lane_to=pool(lanes, "to_site"),
        lane_cost=lanes["cost_per_unit"].to_numpy()[:, None] * delta,
        lane_capacity=np.repeat(lanes["capacity_per_year"].to_numpy()[:, None], years, axis=1),
        line_pool=pool(lines, "site_id"),
        line_cost=lines["conversion_cost_per_unit"].to_numpy()[:, None] * delta,
        line_capacity=np.repeat(lines["capacity_per_year"].to_numpy()[:, None], years, axis=1),
        demand_pool=pool(demand, "site_id"),
        demand=demand.select(tables["periods"]["period_id"].to_list()).to_numpy(),
    )


def model_of(facts: Facts) -> linopy.Model:
    """flow, made, short; inflow + made + short = outflow + demand in every pool and year; least discounted cost."""
    import linopy

    linopy.options["semantics"] = "v1"
    m = linopy.Model(sparse=True)
    year = pd.RangeIndex(facts.years, name="year")
    lane = pd.RangeIndex(len(facts.lane_from), name="lane")
    line = pd.RangeIndex(len(facts.line_pool), name="line")
    wanted = pd.RangeIndex(len(facts.demand), name="wanted")

    def grid(values: Floats, axis: pd.Index) -> xr.DataArray:
        return xr.DataArray(values, coords=[axis, year])

    def by_pool(pools: Ints, axis: pd.Index) -> xr.DataArray:
        return xr.DataArray(pools, coords=[axis], name="pool")

    flow = m.add_variables(lower=0, upper=grid(facts.lane_capacity, lane), coords=[lane, year], name="flow")
    made = m.add_variables(lower=0, upper=grid(facts.line_capacity, line), coords=[line, year], name="made")
    short = m.add_variables(lower=0, upper=grid(facts.demand, wanted), coords=[wanted, year], name="short")
    inflow = flow.groupby(by_pool(facts.lane_to, lane)).sum()
    outflow = flow.groupby(by_pool(facts.lane_from, lane)).sum()
    output = made.groupby(by_pool(facts.line_pool, line)).sum()
    missing = short.groupby(by_pool(facts.demand_pool, wanted)).sum()
    need = np.zeros((facts.pools, facts.years))
    need[facts.demand_pool] = facts.demand
    left = cast("linopy.LinearExpression", linopy.merge([inflow, -outflow, output, missing], join="outer"))
    m.add_constraints(left, "=", grid(need, pd.RangeIndex(facts.pools, name="pool")), name="balance")
    m.add_objective((flow * grid(facts.lane_cost, lane)).sum() + (made * grid(facts.line_cost, line)).sum())
    return m


def load(model: linopy.Model) -> Any:
    """Hand the model to HiGHS as linopy does, without names."""
    from linopy.io import to_highspy

    return to_highspy(model, set_names=False)
