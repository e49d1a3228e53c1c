"""A plan in its world, as predicates ask of it: who makes what for which market, what goods are made of, who is behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from hinterland.compliance.flows import flows_of
from hinterland.embodied.chain import chain_of
from hinterland.embodied.system import system_of
from hinterland.model.accounts import accounts_of
from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.model.certificates import Standards
from hinterland.model.coverage import tiers_of
from hinterland.model.diligence import Diligence
from hinterland.model.lanes import pool_values
from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from hinterland.compliance.flows import Mixing
    from hinterland.compliance.rulebook import Rule
    from hinterland.core.calendar import Floats, Ints
    from hinterland.embodied.chain import Chain
    from hinterland.embodied.system import System
    from hinterland.model.accounts import Accounts
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

    Bools = npt.NDArray[np.bool_]

__all__ = ["Asked", "Audited"]


class Asked(NamedTuple):
    """One question: a rule, the period it is asked of (position), and the days (inclusive) in which the rule holds then."""

    rule: Rule
    period: int
    first: int
    last: int


@dataclass(frozen=True)
class Audited:
    """A plan on the arrays of its resolved network; everything is counted once and kept."""

    net: Network
    plan: Plan
    groups: tuple[tuple[Rule, ...], ...] = ()
    _kept: dict[Any, Any] = field(default_factory=dict, compare=False)

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what `make` returns, made once per key."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    @cached_property
    def a(self) -> Arrays:
        """The network as arrays."""
        return arrays_of(self.net)

    @cached_property
    def placed(self) -> Placed:
        """The plan on the arrays."""
        return place_plan(self.a, self.plan)

    @cached_property
    def accounts(self) -> Accounts:
        """Costs, CO2e and flows of the plan."""
        return accounts_of(self.a, self.placed)

    @cached_property
    def mixing(self) -> Mixing:
        """Physical flows."""
        return flows_of(self.a, self.placed)

    @cached_property
    def chain(self) -> Chain:
        """Pools in use and what passes between them."""
        return chain_of(self.a, self.placed, "value")

    @cached_property
    def system(self) -> System:
        """The chain, factorised."""
        chain = self.chain
        return system_of(chain.outlet, chain.source, chain.target, chain.quantity)

    @cached_property
    def scopes(self) -> Scopes:
        """Who is meant by a cell."""
        return Scopes(self.net)

    @cached_property
    def standards(self) -> Standards:
        """Who holds which standard when."""
        return Standards(self.net)

    @cached_property
    def diligence(self) -> Diligence:
        """Who can show which step of due diligence when."""
        return Diligence(self.net)

    @cached_property
    def tiers(self) -> tuple[Ints, Ints]:
        """Tier of whoever makes a cell's goods there, and of whoever sends (or sells) them there; −1: what reaches no delivery."""
        return tiers_of(self.a, self.placed)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.a.calendar)

    def period_id(self, period: int) -> str:
        """Name of a period."""
        return self.a.calendar.ids[period]

    def sites_in(self, cell: str) -> Bools:
        """Which sites a cell means; an empty cell is everywhere."""
        named = self.scopes.sites(cell or None)
        return np.array([named is None or one in named for one in self.a.sites.ids], dtype=bool)

    def products_in(self, cell: str) -> Bools:
        """Which products a cell means; an empty cell is every product."""
        named = self.scopes.products(cell or None)
        return np.array([named is None or one in named for one in self.a.products.ids], dtype=bool)

    def countries_in(self, cell: str) -> frozenset[str]:
        """Which countries a cell means; empty for an empty cell."""
        return self.scopes.countries(cell or None) or frozenset()

    def site_of(self, cells: Ints) -> Ints:
        """Site of each cell."""
        return np.asarray(self.a.pools.site[cells // self.periods])

    def product_of(self, cells: Ints) -> Ints:
        """Product of each cell."""
        return np.asarray(self.a.pools.product[cells // self.periods])

    def name(self, cell: int) -> str:
        """A cell in words: product at site."""
        return f"{self.a.products.ids[int(self.product_of(np.array([cell]))[0])]} at {self.a.sites.ids[int(self.site_of(np.array([cell]))[0])]}"

    def keys(self, cell: int) -> str:
        """A cell as a `where`: site_id=…; product_id=…; period_id=…."""
        one = np.array([cell])
        site, product = self.a.sites.ids[int(self.site_of(one)[0])], self.a.products.ids[int(self.product_of(one)[0])]
        return f"site_id={site}; product_id={product}; period_id={self.period_id(cell % self.periods)}"

    def unit(self, cell: int) -> str:
        """Unit of a cell's product."""
        return self.a.products.unit[int(self.product_of(np.array([cell]))[0])]

    @cached_property
    def made(self) -> Floats:
        """What is made in each cell, goods and co-products; shape (cells,)."""
        m = self.mixing
        return np.asarray(np.bincount(m.run_cell, m.run, m.cells) + np.bincount(m.give_cell, m.give, m.cells))

    @cached_property
    def bought(self) -> Floats:
        """What is bought from outside in each cell; shape (cells,)."""
        m = self.mixing
        return np.asarray(np.bincount(m.bought_cell, m.bought, m.cells), dtype=np.float64)

    @cached_property
    def delivered(self) -> Floats:
        """What demand gets in each cell; shape (cells,)."""
        at = self.a.demand.pool[self.placed.served_row] * self.periods + self.a.demand.period[self.placed.served_row]
        return np.bincount(at, self.placed.served, self.mixing.cells).astype(np.float64)

    def reaching(self, jurisdiction: str) -> Bools:
        """Cells whose goods are delivered or used up, as such, at a site of a jurisdiction; shape (cells,)."""

        def find() -> Bools:
            m = self.mixing
            ends = self.delivered > 0
            ends[m.take_cell] = True
            found = ends & self.sites_in(jurisdiction)[self.site_of(np.arange(m.cells))]
            size = -1
            while size < int(found.sum()):
                size = int(found.sum())
                found[m.move_source[found[m.move_target]]] = True
            return found

        return self.once(("reaching", jurisdiction), find)

    def makers(self, rule: Rule, period: int) -> Ints:
        """Cells of a period in which the rule's products are made, or bought ready, for its jurisdiction."""

        def find() -> Bools:
            cells = np.arange(self.mixing.cells)
            return (
                ((self.made + self.bought) > 0) & self.products_in(rule.product)[self.product_of(cells)] & self.reaching(rule.jurisdiction)
            )

        every: Bools = self.once(("makers", rule.product, rule.jurisdiction), find)
        cells = np.flatnonzero(every)
        return cells[cells % self.periods == period]

    def markets(self, rule: Rule, period: int) -> Ints:
        """Cells of a period in which the rule's products are delivered in its jurisdiction."""
        cells = np.flatnonzero(self.delivered > 0)
        cells = cells[cells % self.periods == period]
        kept = self.products_in(rule.product)[self.product_of(cells)] & self.sites_in(rule.jurisdiction)[self.site_of(cells)]
        return np.asarray(cells[kept], dtype=np.int64)

    @cached_property
    def values(self) -> Floats:
        """product_values of what is made in each cell, NaN where none speaks of it; shape (cells,)."""
        return pool_values(self.net, self._named_pools).reshape(-1)

    @property
    def _named_pools(self) -> pl.DataFrame:
        sites, products = self.a.sites.ids, self.a.products.ids
        return pl.DataFrame(
            {"site_id": [sites[one] for one in self.a.pools.site], "product_id": [products[one] for one in self.a.pools.product]},
            schema={"site_id": pl.String, "product_id": pl.String},
        )

    @cached_property
    def net_costs(self) -> Floats:
        """Net cost of what is made in each cell: net_cost_per_unit, else the value; shape (cells,)."""
        return pool_values(self.net, self._named_pools, net_cost=True).reshape(-1)

    @cached_property
    def prices(self) -> Floats:
        """Price of each purchase, per unit; shape (bought,)."""
        m = self.mixing
        return np.asarray(self.a.offers.price[m.bought_offer, m.bought_cell % self.periods])

    def content(self, element: str) -> Floats:
        """kg of an element in a unit of each product, NaN where `contents` does not say; shape (products,)."""
        rows = {
            product: kg
            for product, one, kg in self.net["contents"].select("product_id", "element", "mass_kg_per_unit").iter_rows()
            if one == element
        }
        return np.array([rows.get(product, np.nan) for product in self.a.products.ids], dtype=np.float64)

    def behind(self, cells: Ints, quantity: Floats) -> Floats:
        """Share of what passes each cell that ends in `quantity` of goods leaving `cells`; shape (cells,). The transposed solve."""
        system, chain = self.system, self.chain
        found = np.zeros(self.mixing.cells)
        if system.factors is None or not len(cells):
            return found
        at = chain.at(cells)
        place = np.empty(len(system.order), dtype=np.int64)
        place[system.order] = np.arange(len(system.order))
        wanted = np.zeros(len(system.order))
        known = at >= 0
        np.add.at(wanted, place[at[known]], quantity[known] / system.leaving[at[known]])
        solved = np.empty_like(wanted)
        solved[system.order] = system.factors.solve(wanted[:, None], trans="T")[:, 0]  # type: ignore[call-overload]  # scipy-stubs leaves trans out
        found[chain.cell] = solved
        return found

    def arising(self, share: Floats) -> tuple[Ints, Floats, Ints]:
        """What is made or bought where `share` is above 0: cells, quantities, offers (−1: made there)."""
        m = self.mixing
        cells, offers = [], []
        for at, offer in ((m.run_cell, None), (m.give_cell, None), (m.bought_cell, m.bought_offer)):
            cells.append(at)
            offers.append(np.full(len(at), -1) if offer is None else offer)
        cell, offer, quantity = np.concatenate(cells), np.concatenate(offers), np.concatenate([m.run, m.give, m.bought])
        real = (share[cell] > 0) & (quantity > 0)
        return cell[real], quantity[real], offer[real]

    @cached_property
    def takes(self) -> list[Ints]:
        """Positions of what each run takes in; one array per run."""
        m = self.mixing
        order = np.argsort(m.take_run, kind="stable")
        return np.split(order, np.searchsorted(m.take_run[order], np.arange(1, len(m.run))))

    def claimed(self, rule_id: str) -> dict[str, float]:
        """Output that the plan claims under a rule, by `site_id=…; product_id=…; period_id=…`."""

        def find() -> dict[str, float]:
            rows = self.plan["claims"].filter((pl.col("rule_id") == rule_id) & (pl.col("input_product_id").fill_null("") == ""))
            summed = rows.group_by("site_id", "product_id", "period_id").agg(pl.col("quantity").sum())
            return {
                f"site_id={site}; product_id={product}; period_id={period}": amount for site, product, period, amount in summed.iter_rows()
            }

        return self.once(("claimed", rule_id), find)

    def leaving(self, cells: Ints) -> Floats:
        """What leaves each of some cells, to all uses; shape of `cells`."""
        at = self.chain.at(cells)
        return np.where(at >= 0, self.system.leaving[np.maximum(at, 0)], 0.0) if len(self.system.leaving) else np.zeros(len(cells))
