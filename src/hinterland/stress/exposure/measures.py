"""What could be done about a weak node, as rows that a planner can put into the tables, with what they cost a year.

buffer         days of what the node brings, kept where it arrives (`replenishment`); costs holding on the value
second_source  another site, qualified in advance (`alternates`, 0 days): one that the table names, else one that can make the good and
               has a lane to those who take it; costs what keeps it qualified, and what is bought there dearer
call_off       the right to call goods off from a site in another region (`alternates`), after a delay; costs a fee on what is reserved
standby        a warm line that does a share of what the node does from the first day; no rows: its sites and lanes are the planner's to
               choose; costs capital

What tables do not tell is assumed, and each measure says so in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hinterland.model.lanes import pool_values
from hinterland.model.scopes import Scopes
from hinterland.stress.activities import LANE, LINE
from hinterland.stress.events import sites_of
from hinterland.stress.left import PLACES
from hinterland.stress.replenishing import replenishment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hinterland.core.calendar import Floats, Ints
    from hinterland.stress.exposure.nodes import Node
    from hinterland.stress.exposure.period import PeriodChain

__all__ = ["Measure", "Rows", "Weak", "measures_for"]

Rows = list[tuple[str, dict[str, Any]]]
"""Table and row."""
HOLDING_SHARE = 0.1
"""Holding cost a year over value where the tables say nothing (assumed)."""
QUALIFIED_SHARE = 0.05
"""Share of the flow that is bought at a second source to keep it qualified (assumed)."""
QUALIFYING_COST_SHARE = 0.01
"""What keeps a second source qualified, a year, over the value of a year's flow that it backs (assumed)."""
FEE_SHARE = 0.03
"""Yearly fee for the right to call goods off, over the value of a year's goods reserved (assumed)."""
CALL_OFF_DAYS = 28.0
"""Days from a call to the first shipment (assumed)."""
STANDBY_COST_SHARE = 0.1
"""Capital and upkeep of a standby a year, over the value of a year's output, where lines state no module_cost (assumed)."""
_YEAR = 365.25


@dataclass(frozen=True)
class Measure:
    """One thing to do at a node. `standby_share` works without rows; `assumed` says which figures the tables did not tell."""

    option: str
    amount: float
    unit: str
    cost_per_year: float | None
    rows: Rows = field(default_factory=list)
    standby_share: float = 0.0
    assumed: str = ""


class Weak:
    """What is known of all weak nodes of a chain: values, holding, who else could make a good."""

    def __init__(self, chain: PeriodChain) -> None:
        self.chain, a = chain, chain.arrays
        self.site = [a.sites.ids[s] for s in a.pools.site]
        self.product = [a.products.ids[p] for p in a.pools.product]
        told = pool_values(a.net, pl.DataFrame({"site_id": self.site, "product_id": self.product}))
        self.values: Floats = np.nan_to_num(np.where(np.isnan(told).all(axis=1, keepdims=True), 0.0, told)).mean(axis=1)
        rows = a.net["stocks"].select("site_id", "product_id", "holding_cost_share_per_year").drop_nulls()
        rows = rows.filter(pl.col("holding_cost_share_per_year") > 0)  # an empty cell is read as 0: nothing is told
        named = {(site, product): share for site, product, share in rows.iter_rows()}
        self.holding_told = bool(named)
        mean = float(np.mean(list(named.values()))) if named else HOLDING_SHARE
        self.holding: Floats = np.array([named.get(key, mean) for key in zip(self.site, self.product, strict=True)])

    def flows(self, node: Node) -> dict[tuple[int, int], dict[int, float]]:
        """What the node stands for: (site, product) that sends, and how much a day arrives in each pool elsewhere."""
        chain, act = self.chain, self.chain.activities
        a, down = chain.arrays, set(node.down.tolist())
        made = {int(act.into[one]) for one in node.down if act.kind[one] != LANE and chain.rate[one] > 0}
        found: dict[tuple[int, int], dict[int, float]] = {}
        for lane in np.flatnonzero((act.kind == LANE) & (chain.rate > 0)):
            start = int(a.flows.from_pool[act.subject[lane]])
            if start in made or int(lane) in down:
                key = int(a.pools.site[start]), int(a.pools.product[start])
                some = found.setdefault(key, {})
                some[int(act.into[lane])] = some.get(int(act.into[lane]), 0.0) + float(chain.rate[lane])
        return found

    def idle(self, node: Node) -> set[int]:
        """Pools whose takers all stand still with the node: stock there would wait for it. A pool without takers sells, or holds the end."""
        chain, act = self.chain, self.chain.activities
        busy = chain.rate[act.use_activity] > 0
        still = np.isin(act.use_activity, node.down)
        taken, free = act.use_pool[busy & still], np.concatenate([act.use_pool[busy & ~still], chain.demand_pool[chain.wanted > 0]])
        return {int(one) for one in np.setdiff1d(taken, free)}

    def stopped(self, node: Node) -> set[int]:
        """Sites that stand still with the node: those it names, whether the plan uses them or not, and those whose lines or offers it stops."""
        act, a = self.chain.activities, self.chain.arrays
        named = sites_of(a.net, Scopes(a.net), node.kind, node.name) if node.kind in PLACES else ()
        lines = act.into[node.down[act.kind[node.down] != LANE]]
        return {int(a.pools.site[pool]) for pool in lines} | {at for at, one in enumerate(a.sites.ids) if one in named}


def _buffer(weak: Weak, node: Node, days: float) -> Measure | None:
    """Stock where the node's goods arrive: at those who take them and do not stand still with it."""
    chain = weak.chain
    act, a = chain.activities, chain.arrays
    more, idle = np.zeros(len(a.pools)), weak.idle(node)
    for pools in weak.flows(node).values():
        for pool, rate in pools.items():
            more[pool] += 0.0 if pool in idle else rate * days
    sent = {int(a.flows.from_pool[act.subject[one]]) for one in np.flatnonzero((act.kind == LANE) & (chain.rate > 0))}
    for one in node.down:
        if act.kind[one] != LANE and chain.rate[one] > 0 and int(act.into[one]) not in sent | idle:
            more[act.into[one]] += chain.rate[one] * days
    if not more.any():
        return None
    cost = float((more * weak.values * weak.holding).sum())
    rows: Rows = [("replenishment", _ordering(chain, weak, int(pool), float(more[pool]))) for pool in np.flatnonzero(more > 0)]
    assumed = "" if weak.holding_told else f"holding {HOLDING_SHARE:.0%} of the value a year"
    return Measure("buffer", days, "days", cost if cost > 0 else None, rows, assumed=assumed)


def _ordering(chain: PeriodChain, weak: Weak, pool: int, more: float) -> dict[str, Any]:
    """The row of `replenishment` of a pool, with so much more stock than it keeps now."""
    orders = replenishment_of(chain.arrays)
    row: dict[str, Any] = {"site_id": weak.site[pool], "product_id": weak.product[pool], "policy": "plan"}
    up_to, reorder, lot, cover = (float(one[pool]) for one in (orders.up_to, orders.reorder, orders.lot, orders.cover_days))
    if not np.isnan(up_to) and lot > 0:
        return row | {"policy": "r_q", "reorder_quantity": up_to + more, "lot_quantity": lot}
    if not np.isnan(reorder):
        return row | {"policy": "s_s", "reorder_quantity": reorder + more, "order_up_to_quantity": up_to + more}
    if not np.isnan(up_to):
        return row | {"policy": "base_stock", "order_up_to_quantity": up_to + more}
    if not np.isnan(cover):
        row |= {"policy": "days_of_cover", "cover_days": cover}
    if orders.safety_days[pool] > 0:
        row["safety_days"] = float(orders.safety_days[pool])
    return row | {"safety_quantity": float(orders.safety_quantity[pool]) + more}


def _makers(weak: Weak, node: Node, site: int, product: int, pools: dict[int, float]) -> Iterator[tuple[float, float, int]]:
    """Sites outside the node with lines or offers of the good and a lane to its takers: share of the flow reached, days, site."""
    chain = weak.chain
    a, flows = chain.arrays, chain.arrays.flows
    stopped = weak.stopped(node)
    passage = node.name if node.kind == "passage" else None
    told = flows.rates.lanes["passages"]
    able = {int(a.pools.site[pool]) for pool in np.unique(np.concatenate([a.making.lines.pool, a.offers.pool]))
            if a.pools.product[pool] == product}  # fmt: skip
    total = sum(pools.values())
    for other in sorted(able - stopped - {site}):
        mine = np.flatnonzero((flows.from_site == other) & (flows.product == product) & (flows.rates.open_share > 0).any(axis=1))
        if passage is not None:
            mine = mine[[passage not in (told[int(one)] or "").replace("+", "|").split("|") for one in mine]]
        reached = {int(pool) for pool in flows.to_pool[mine]} & set(pools)
        if reached:
            days = float(np.nan_to_num(flows.rates.days[mine]).mean())
            yield sum(pools[one] for one in reached) / total, days, int(other)


def _alternate(weak: Weak, site: int, product: int, other: int, days: float, **more: float) -> dict[str, Any]:
    a = weak.chain.arrays
    names = {"site_id": a.sites.ids[site], "product_id": a.products.ids[product], "alternate_site_id": a.sites.ids[other]}
    return {**names, "qualification_days": days, **more}


def _second_source(weak: Weak, node: Node) -> Measure | None:
    """Alternates of the table outside the node, qualified already; else the maker that reaches most takers of the good, the nearest first."""
    a = weak.chain.arrays
    number = {one: at for at, one in enumerate(a.sites.ids)}
    goods = {one: at for at, one in enumerate(a.products.ids)}
    named: dict[tuple[int, int], list[dict[str, Any]]] = {}
    stopped = weak.stopped(node)
    columns = ("site_id", "product_id", "alternate_site_id", "max_share", "extra_cost_per_unit")
    for row in a.net["alternates"].select(columns).iter_rows(named=True):
        if number[row["alternate_site_id"]] not in stopped:
            named.setdefault((number[row["site_id"]], goods[row["product_id"]]), []).append(row)
    rows, cost, chosen = Rows(), 0.0, 0
    for (site, product), pools in weak.flows(node).items():
        value, extra = float(np.mean([weak.values[pool] for pool in pools])), 0.0
        if (site, product) in named:
            some = named[site, product]
            extra = max(row["extra_cost_per_unit"] or 0.0 for row in some)
            rows += [
                ("alternates", {name: cell for name, cell in row.items() if cell is not None} | {"qualification_days": 0.0}) for row in some
            ]
        else:
            best = sorted(_makers(weak, node, site, product, pools), key=lambda one: (-one[0], one[1], one[2]))[:1]
            rows += [("alternates", _alternate(weak, site, product, other, 0.0)) for _, _, other in best]
            if not best:
                continue
        chosen += 1
        cost += sum(pools.values()) * _YEAR * (value * QUALIFYING_COST_SHARE + extra * QUALIFIED_SHARE)
    if not rows:
        return None
    assumed = f"{QUALIFYING_COST_SHARE:.0%} of the value of a year's flow to stay qualified, {QUALIFIED_SHARE:.0%} of the flow bought there"
    return Measure("second_source", float(chosen), "goods", cost if cost > 0 else None, rows, assumed=assumed)


def _call_off(weak: Weak, node: Node, share: float) -> Measure | None:
    """Rights at the maker outside the regions of the node that reaches most of those who take the good."""
    a = weak.chain.arrays
    rows, cost, chosen = Rows(), 0.0, 0
    flows = weak.flows(node)
    here = {a.sites.region[site] for site, _ in flows}
    for (site, product), pools in flows.items():
        able = [one for one in _makers(weak, node, site, product, pools) if a.sites.region[one[2]] not in here]
        best = sorted(able, key=lambda one: (-one[0], one[1], one[2]))[:1]
        for reached, _, other in best:
            rows.append(("alternates", _alternate(weak, site, product, other, CALL_OFF_DAYS, max_share=share)))
            cost += sum(pools.values()) * reached * share * _YEAR * float(np.mean([weak.values[pool] for pool in pools])) * FEE_SHARE
            chosen += 1
    if not rows:
        return None
    assumed = f"a fee of {FEE_SHARE:.0%} of the value reserved a year, {CALL_OFF_DAYS:.0f} days from call to shipment"
    return Measure("call_off", share, "share", cost if cost > 0 else None, rows, assumed=assumed)


def _capital(chain: PeriodChain, lines: Ints, share: float) -> float | None:
    """Yearly capital of capacity for a share of what lines make a day; None where one states no module."""
    a, act = chain.arrays, chain.activities
    rho, total = np.log1p(a.settings.discount_rate_share), 0.0
    table, rows = a.net["processes"], a.making.lines.rows
    for one in lines:
        told = rows.row(int(act.subject[one]), named=True)
        mine = table.filter((pl.col("site_id") == told["site_id"]) & (pl.col("recipe_id").fill_null("") == (told["recipe_id"] or "")))
        costs = mine.select("module_cost", "module_capacity_per_year", "asset_life_years").drop_nulls("module_cost")
        if not costs.height or not costs["module_capacity_per_year"][0]:
            return None
        money, size, life = costs.row(0)
        years = float(life or 10.0)
        yearly = money * rho / (1 - np.exp(-rho * years)) if rho > 0 else money / years
        total += yearly * chain.rate[one] * _YEAR * share / size
    return float(total)


def _standby(weak: Weak, node: Node, share: float) -> Measure:
    chain = weak.chain
    makes: Ints = node.down[chain.activities.kind[node.down] != LANE]
    lines: Ints = makes[chain.activities.kind[makes] == LINE]
    cost = _capital(chain, lines, share) if len(lines) == len(makes) and len(lines) else None
    assumed = ""
    if cost is None and len(makes):
        output = float((chain.rate[makes] * weak.values[chain.activities.into[makes]]).sum()) * _YEAR
        cost, assumed = output * share * STANDBY_COST_SHARE or None, f"{STANDBY_COST_SHARE:.0%} of the value of a year's output"
    return Measure("standby", share, "share", cost, standby_share=share, assumed=assumed)


def measures_for(weak: Weak, node: Node, *, buffer_days: float, standby_share: float) -> Sequence[Measure]:
    """Everything that could be done at one node; `standby_share` is the share of a standby and of what may be called off."""
    some = [_buffer(weak, node, buffer_days), _standby(weak, node, standby_share)]
    if node.kind not in {"product", "product_group"}:  # else whoever makes it stands still
        some += [_second_source(weak, node), _call_off(weak, node, standby_share)]
    return [one for one in some if one is not None]
