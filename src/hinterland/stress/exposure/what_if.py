"""What would help: one measure at a time at the weakest nodes, ranked by lost margin avoided per money a year.

buffer    days of what the node brings, kept where it arrives; costs holding on the value, at the share of the table stocks there,
          else at the mean of the table, else at 10 % a year (assumed)
standby   a warm second source that does a share of what the node does from the first day; costs the capital of that much capacity
          as the node's lines state it (module_cost, at the settings' discount rate), unknown where they state none
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.lanes import pool_values
from hinterland.stress.activities import LINE
from hinterland.stress.exposure.block import BlockSolver
from hinterland.stress.exposure.weekly import WeeklySolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Floats, Ints
    from hinterland.stress.exposure.nodes import Node
    from hinterland.stress.exposure.period import PeriodChain

__all__ = ["OPTIONS_SCHEMA", "options_for"]

ASSUMED_HOLDING_SHARE = 0.1
"""Holding cost a year over value where the tables say nothing (assumed)."""
OPTIONS_SCHEMA = {"kind": pl.String, "node": pl.String, "option": pl.String, "amount": pl.Float64, "unit": pl.String, "loss": pl.Float64,
                  "loss_after": pl.Float64, "avoided": pl.Float64, "cost_per_year": pl.Float64, "avoided_per_cost": pl.Float64}  # fmt: skip


def _values(chain: PeriodChain) -> Floats:
    """Value of a unit in each pool; shape (pools,); 0 where the tables tell none."""
    a = chain.arrays
    frame = pl.DataFrame({"site_id": [a.sites.ids[s] for s in a.pools.site], "product_id": [a.products.ids[p] for p in a.pools.product]})
    told = pool_values(a.net, frame)
    return np.asarray(np.nan_to_num(np.where(np.isnan(told).all(axis=1, keepdims=True), 0.0, told)).mean(axis=1))


def _holding(chain: PeriodChain) -> Floats:
    """Share of the value that a year in stock costs; shape (pools,)."""
    rows = chain.arrays.net["stocks"].select("site_id", "product_id", "holding_cost_share_per_year").drop_nulls()
    a = chain.arrays
    named = {(site, product): share for site, product, share in rows.iter_rows()}
    mean = float(np.mean(list(named.values()))) if named else ASSUMED_HOLDING_SHARE
    pools = zip(a.pools.site, a.pools.product, strict=True)
    return np.array([named.get((a.sites.ids[s], a.products.ids[p]), mean) for s, p in pools])


def _capital(chain: PeriodChain, down: Ints, share: float) -> float | None:
    """Yearly capital of capacity for a share of what the node's lines make a day; None where a line states no module."""
    a, act = chain.arrays, chain.activities
    rho, total = np.log1p(a.settings.discount_rate_share), 0.0
    lines = [one for one in down if act.kind[one] == LINE]
    if not lines:
        return None
    table = a.net["processes"]
    rows = a.making.lines.rows
    for one in lines:
        told = rows.row(int(act.subject[one]), named=True)
        mine = table.filter((pl.col("site_id") == told["site_id"]) & (pl.col("recipe_id").fill_null("") == (told["recipe_id"] or "")))
        costs = mine.select("module_cost", "module_capacity_per_year", "asset_life_years").drop_nulls("module_cost")
        if not costs.height or not costs["module_capacity_per_year"][0]:
            return None
        money, size, life = costs.row(0)
        years = float(life or 10.0)
        yearly = money * rho / (1 - np.exp(-rho * years)) if rho > 0 else money / years
        total += yearly * chain.rate[one] * 365.25 * share / size
    return float(total)


def _loss(chain: PeriodChain, node: Node, method: str, weeks: int, standby_share: float = 0.0) -> float:
    """Lost margin over the slowest recovery, where a standby does that share of what the node does."""
    days, left = node.recovery_days[1], chain.rate[node.down] * standby_share
    if method == "block":
        return BlockSolver(chain.block()).loss(node.down, days, left_most=left)[0]
    return WeeklySolver(chain.weekly(weeks)).loss(node.down, int(np.ceil(days / 7 - 1e-9)), left_most=left * 7)[0]


def options_for(
    chain: PeriodChain, nodes: Sequence[tuple[Node, float]], *, method: str, weeks: int, buffer_days: float, standby_share: float
) -> pl.DataFrame:
    """Try a buffer and a standby at each node (with its loss); the best per money first, those without a known cost last."""
    values, holding = _values(chain), _holding(chain)
    rows = []
    for node, loss in nodes:
        more = np.zeros(len(values))
        np.add.at(more, chain.activities.into[node.down], chain.rate[node.down] * buffer_days)
        cost = float((more * values * holding).sum())
        after = _loss(replace(chain, cover=chain.cover + more), node, method, weeks)
        told: list[tuple[str, float, str, float, float | None]] = [("buffer", buffer_days, "days", after, cost if cost > 0 else None)]
        after = _loss(chain, node, method, weeks, standby_share)
        told.append(("standby", standby_share, "share", after, _capital(chain, node.down, standby_share)))
        for option, amount, unit, left, money in told:
            avoided = max(loss - left, 0.0)
            rows.append((node.kind, node.name, option, amount, unit, loss, left, avoided, money, avoided / money if money else None))
    frame = pl.DataFrame(rows, schema=OPTIONS_SCHEMA, orient="row")
    order = ["avoided_per_cost", "avoided", "kind", "node", "option"]
    return frame.sort(order, descending=[True, True, False, False, False], nulls_last=True)
