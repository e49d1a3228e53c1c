"""What one delivered unit carries, and the proof that nothing was lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.errors import HinterlandError, UnprovenPlan
from hinterland.embodied.burdens import burdens_of
from hinterland.embodied.chain import ALLOCATIONS, chain_of
from hinterland.embodied.closing import closure_of
from hinterland.embodied.system import closed_loops, system_of
from hinterland.model.accounts import accounts_of
from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.core.calendar import Floats, Ints
    from hinterland.embodied.chain import Chain
    from hinterland.embodied.system import System
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["TraceResult", "UntraceablePlan", "trace"]

_KEYS = ["site_id", "product_id", "period_id"]
_CLOSED = 1e-9
"""Largest relative error of the closure (DESIGN §7)."""
_ROOM = 4_000_000
"""Numbers held at once: bounds how many delivered pools are traced together."""


class UntraceablePlan(HinterlandError):
    """A plan whose goods cannot be traced; `.reasons` has every reason in words."""

    def __init__(self, reasons: Sequence[str]) -> None:
        """Keep the reasons."""
        self.reasons = tuple(reasons)
        super().__init__(f"the plan cannot be traced: {'; '.join(self.reasons[:5])}")


@dataclass(frozen=True, slots=True, repr=False)
class TraceResult:
    """What one unit delivered to (site_id, product_id, period_id) embodies; frames sorted by key, amounts per unit.

    delivered: quantity. costs: stage, kind, cost_site (null for lanes), cost_country, cost_region, per_unit (real, undiscounted;
    what is bought counts in its country of origin). co2e: stage, cause, kg_site, kg_country, kg_region, kg_market_per_unit,
    kg_location_per_unit. transport (gross tonnes): stage, mode_chain, passage, tkm_per_unit, t_per_unit, t_days_per_unit,
    border_t_per_unit; several passages of a lane stay one cell `a|b`, so that sums count no tonne twice. origins: of_product,
    origin_site (null: bought outside the modelled tiers), origin_country, origin_region, quantity_per_unit.

    unallocated: satellite, reason, amount. closure: satellite, delivered, closing_stock, disposed, unallocated, plan_total,
    opening_stock, relative_error. allocations: site_id, recipe_id, period_id, product_id, share, basis: how recipes with
    co-products were split; `allocation` is what was asked for. `loops` counts the loops of pools that were solved.
    """

    allocation: str
    loops: int
    currency: str
    units: Mapping[str, str]
    delivered: pl.DataFrame
    costs: pl.DataFrame
    co2e: pl.DataFrame
    transport: pl.DataFrame
    origins: pl.DataFrame
    unallocated: pl.DataFrame
    closure: pl.DataFrame
    allocations: pl.DataFrame

    @property
    def choices(self) -> str:
        """The choices behind the numbers, in words."""
        told = {
            "value": "by value (a co-product without a value carries nothing; a good without one: by mass)",
            "mass": "by mass",
            "none": "to the good alone",
        }[self.allocation]
        used = ", ".join(sorted(set(self.allocations["basis"].to_list()))) or "no recipe has any"
        loops = f" Loops solved: {self.loops}." if self.loops else ""
        return (
            f"Co-products: {told}; used: {used}. Scrap carries nothing. Site costs are spread over the site's output by value. "
            f"Accounting: a unit carries the average of what its site holds of the product in the period; money is real and undiscounted, "
            f"electricity is told by market and by location.{self.opening_words}{loops}"
        )

    @property
    def opening_words(self) -> str:
        """What opening stock carries and where it is counted; empty where there is none."""
        opened = dict(self.closure.select("satellite", "opening_stock").iter_rows())
        if not any(amount for name, amount in opened.items() if name.startswith("quantity:")):
            return ""
        cost, kg = opened.get("cost", 0.0), opened.get("co2e_market_kg", 0.0)
        return (
            f" Opening stock brings in {cost:,.0f} {self.currency} and {kg / 1000:,.1f} t CO2e that are no cost of the plan: "
            "counted here (kind opening_stock), left out where plans are compared."
        )

    def __repr__(self) -> str:
        """One line: what was traced, not the frames."""
        worst = max(self.closure["relative_error"].to_list(), default=0.0)
        return (
            f"TraceResult({self.delivered.height} deliveries, allocation {self.allocation!r}, closed to {worst:.1e}; frames: delivered, costs, co2e, transport, origins, "
            "unallocated, closure, allocations)"
        )


def _refuse(a: Arrays, placed: Placed) -> None:
    """Raise where the plan names what the network does not have: it would be left out without a word."""
    strange = placed.misfits.filter(pl.col("table") != "openings")
    reasons = [
        f"{table} {where} {period or ''}: {why}"
        for table, where, period, why in strange.select("table", "where", "period_id", "why").iter_rows()
    ]
    for row in np.flatnonzero((placed.made_entry < 0) & (placed.made > 0)):
        line = a.making.lines.rows.row(int(placed.made_line[row]), named=True)
        reasons.append(
            f"{line['site_id']} makes {line['good']} in {a.calendar.ids[placed.made_period[row]]}, when the line has no capacity"
        )
    if reasons:
        raise UntraceablePlan(reasons)


def _refuse_loops(a: Arrays, chain: Chain) -> None:
    leaving = chain.outlet + np.bincount(chain.source, chain.quantity, len(chain.cell))
    reasons = []
    for loop in closed_loops(leaving, chain.outlet, chain.source, chain.target, chain.quantity):
        sites = list(dict.fromkeys(a.sites.ids[one] for one in a.pools.site[chain.pool[loop]]))
        goods = list(dict.fromkeys(a.products.ids[one] for one in a.pools.product[chain.pool[loop]]))
        when = a.calendar.ids[int(chain.period[loop].min())]
        reasons.append(f"in {when} {' and '.join(goods)} goes round between {' and '.join(sites)} and never leaves")
    if reasons:
        raise UntraceablePlan(reasons)


def _refuse_open(closure: pl.DataFrame, loops: int) -> None:
    """Raise where the identity fails: goods that go round a million times before they leave cannot be told from closed loops."""
    worst = closure.filter(pl.col("relative_error") > _CLOSED).sort("relative_error", descending=True).head(3)
    if worst.height:
        told = ", ".join(f"{name} by {error:.1e}" for name, error in worst.select("satellite", "relative_error").iter_rows())
        words = f"what goods carry misses what was spent ({told})"
        if loops:
            raise UntraceablePlan([f"{words}: goods go round a loop that hardly anything leaves"])
        raise UnprovenPlan(closure, words)


def _carried(
    system: System, asked: Ints, keys: pl.DataFrame, burdens: list[tuple[pl.DataFrame, list[str], dict[str, str]]]
) -> list[pl.DataFrame]:
    """Per delivered unit and label, the sum of burdens times the share each source pool sends on: x of the transposed solve."""
    import scipy.sparse

    size = len(system.leaving)
    grids, tables = [], []
    for frame, labels, values in burdens:
        label = frame.select(labels).unique().sort(labels)
        code = frame.select(labels).join(label.with_row_index("code"), on=labels, how="left", nulls_equal=True, maintain_order="left")[
            "code"
        ]
        where = (code.to_numpy().astype(np.int64), frame["at"].to_numpy())
        grids.append([scipy.sparse.csr_array((frame[value].to_numpy(), where), shape=(label.height, size)) for value in values])
        tables.append(label)
    widest = max([size, *(table.height for table in tables)])
    step = max(1, _ROOM // max(widest, 1))
    parts: list[list[pl.DataFrame]] = [[] for _ in burdens]
    for first in range(0, len(asked), step):
        some = asked[first : first + step]
        shares = system.sources(some)
        for at, (_, _, values) in enumerate(burdens):
            found: list[Floats] = [np.asarray((grid @ shares).T) for grid in grids[at]]
            row, label_row = np.nonzero(np.logical_or.reduce([one != 0 for one in found]))
            amounts = {name: one[row, label_row] for name, one in zip(values.values(), found, strict=True)}
            parts[at].append(pl.concat([keys[row + first], tables[at][label_row], pl.DataFrame(amounts)], how="horizontal"))
    empty = [pl.concat([keys.clear(), frame.select(labels).clear()], how="horizontal") for frame, labels, _ in burdens]
    return [
        pl.concat(some) if some else bare.with_columns(pl.lit(0.0).alias(name) for name in values.values())
        for some, bare, (_, _, values) in zip(parts, empty, burdens, strict=True)
    ]


def trace(net: Network, plan: Plan, *, allocation: str = "value") -> TraceResult:
    """Roll a plan up the chain: what one delivered unit costs and emits, by stage, kind and place, and where it comes from.

    `net` is resolved. Co-products are allocated by value, by mass or not at all (none). Raises UntraceablePlan where the plan
    names what the network does not have or sends goods round without an outlet, UnprovenPlan where the closure fails otherwise
    (our defect), HinterlandError for another allocation.
    """
    if allocation not in ALLOCATIONS:
        raise HinterlandError(f"there is no allocation {allocation!r}: co-products share by one of {', '.join(ALLOCATIONS)}")
    a = arrays_of(net)
    placed = place_plan(a, plan)
    _refuse(a, placed)
    accounts = accounts_of(a, placed)
    chain = chain_of(a, placed, allocation)
    _refuse_loops(a, chain)
    system = system_of(chain.outlet, chain.source, chain.target, chain.quantity)
    burdens = burdens_of(a, placed, accounts, chain)
    closure, unallocated = closure_of(a, chain, system, accounts, placed, burdens)
    _refuse_open(closure, system.loops)

    site, product = (pl.Series(ids, dtype=pl.String) for ids in (a.sites.ids, a.products.ids))
    pools = pl.DataFrame(
        {"site_id": site[a.pools.site[chain.pool]], "product_id": product[a.pools.product[chain.pool]],
         "period_id": pl.Series(list(a.calendar.ids), dtype=pl.String)[chain.period], "quantity": chain.delivered}
    )  # fmt: skip
    delivered = pools.with_row_index("at").filter(pl.col("quantity") > 0).sort(_KEYS)
    per_unit = {"kg_market": "kg_market_per_unit", "kg_location": "kg_location_per_unit"}
    moved = {name: f"{name}_per_unit" for name in ("tkm", "t", "t_days", "border_t")}
    costs, co2e, transport, origins = _carried(
        system,
        delivered["at"].to_numpy().astype(np.int64),
        delivered.select(_KEYS),
        [
            (burdens.costs, ["stage", "kind", "cost_site", "cost_country", "cost_region"], {"amount": "per_unit"}),
            (burdens.co2e, ["stage", "cause", "kg_site", "kg_country", "kg_region"], per_unit),
            (burdens.transport, ["stage", "mode_chain", "passage"], moved),
            (burdens.origins, ["of_product", "origin_site", "origin_country", "origin_region"], {"quantity": "quantity_per_unit"}),
        ],
    )
    lines = a.making.lines.rows.select("site_id", "recipe_id", line=pl.int_range(pl.len(), dtype=pl.Int64))
    split = chain.allocation.join(lines, on="line").with_columns(pools[chain.allocation["at"].to_numpy()].select("product_id", "period_id"))
    return TraceResult(
        allocation=allocation,
        loops=system.loops,
        currency=a.settings.currency,
        units=dict(net["products"].select("product_id", "unit").iter_rows()),
        delivered=delivered.drop("at"),
        costs=costs,
        co2e=co2e,
        transport=transport,
        origins=origins,
        unallocated=unallocated,
        closure=closure,
        allocations=split.select("site_id", "recipe_id", "period_id", "product_id", "share", "basis").sort(
            "site_id", "recipe_id", "period_id", "product_id"
        ),
    )
