"""Rules of a world that bind nothing: policies whose scope is empty, contracts nothing flows under, lanes nothing enters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.core.errors import Issue
from hinterland.freight import passage_id, split_passages
from hinterland.model.lane_rules import open_lanes
from hinterland.model.lanes import product_users
from hinterland.model.scopes import Scopes
from hinterland.tables.declared.agreeing import POLICY_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hinterland.model.arrays import Arrays
    from hinterland.model.reach import Reach

__all__ = ["binding_problems"]

Bools = npt.NDArray[np.bool_]
_ARRIVING = ("min_regional_share", "max_country_share", "max_site_share", "forbid_origin")


def _warn(table: str, row: int | None, column: str, code: str, what: str, why: str, fix: str) -> Issue:
    return Issue(table, row, column, code, what=what, why=why, fix=fix, severity="warning")


@dataclass(frozen=True)
class _World:
    """Cells of scopes as masks over sites and products."""

    a: Arrays
    scopes: Scopes

    def sites(self, cell: str | None) -> Bools:
        named = self.scopes.sites(cell)
        return np.array([named is None or one in named for one in self.a.sites.ids], dtype=bool)

    def products(self, cell: str | None) -> Bools:
        named = self.scopes.products(cell)
        return np.array([named is None or one in named for one in self.a.products.ids], dtype=bool)

    def lanes(self, goods: Bools, start: Bools, end: Bools) -> Bools:
        """Lane-products of these goods between these sites; shape (lanes,)."""
        flows = self.a.flows
        found: Bools = goods[flows.product] & start[flows.from_site] & end[flows.to_site]
        return found

    def _arriving(self, row: dict[str, Any], goods: Bools) -> tuple[str, str] | None:
        pools, a = self.a.pools, self.a
        if not (goods[pools.product] & self.sites(row["to_group"])[pools.site]).any():
            return "to_group", "no site of to_group handles the product"
        countries = self.scopes.countries(row["from_group"])
        origins = set(a.offers.rows["origin_country"].drop_nulls().to_list())
        if countries is not None and not self.sites(row["from_group"]).any() and not origins & countries:
            return "from_group", "no site and no purchase comes from from_group"
        return None

    def empty(self, row: dict[str, Any]) -> tuple[str, str] | None:
        """Column and reason where a policy's scope holds nothing."""
        a, kind, goods = self.a, row["kind"], self.products(row["product"])
        if not goods.any():
            return "product", "no product has this name or stage"
        if kind in _ARRIVING:
            return self._arriving(row, goods)
        if kind in {"min_flow", "max_flow"}:
            lanes = self.lanes(goods, self.sites(row["from_group"]), self.sites(row["to_group"]))
            chains = a.flows.rates.lanes["mode_chain"].fill_null("").to_list()
            by_mode = np.array([not row["mode_id"] or row["mode_id"] in one.split("+") for one in chains], dtype=bool)
            return None if (lanes & by_mode).any() else ("policy_id", "no lane carries the product between these places by this mode")
        chosen = self.sites(row["site_group"])
        if kind == "max_sites" and row["product"]:
            lines, makers = a.making.lines, np.zeros(len(chosen), dtype=bool)
            makers[lines.site[goods[lines.product]]] = True
            return None if (chosen & makers).any() else ("site_group", "no site of it makes the product")
        if not chosen.any():
            return "site_group", "no site is in it"
        if kind == "force_open" and not (a.sites.gate[chosen] >= 0).any():
            return "site_group", "none of its sites can be opened or closed: they operate anyway, or are closed"
        return None


def _policies(w: _World) -> Iterator[Issue]:
    rows = w.a.net["policies"].filter(pl.col("kind").is_in(POLICY_KINDS))
    for row in rows.iter_rows(named=True):
        found = w.empty(row)
        if found is not None:
            what, fix = f"policy {row['policy_id']} speaks of nothing", "correct the cell, or leave the row out"
            yield _warn("policies", row["_row"], found[0], "binds_nothing", what, found[1], fix)


def _contracts(w: _World, reach: Reach) -> Iterator[Issue]:
    """Signed contracts whose supplier can never have the goods, or from whose supplier no lane leads to the buyer."""
    a, flows = w.a, w.a.flows
    held = np.zeros((len(a.sites.ids), len(a.products.ids)), dtype=bool)
    held[a.pools.site[reach.sources], a.pools.product[reach.sources]] = True
    held[a.pools.site[a.stocks.pool], a.pools.product[a.stocks.pool]] = True
    held[flows.to_site[reach.lanes], flows.product[reach.lanes]] = True
    live = np.zeros(len(flows.product), dtype=bool)
    live[reach.lanes] = True
    for row in a.net["contracts"].filter(pl.col("status") == "signed").iter_rows(named=True):
        sells, buys, goods = w.sites(row["supplier"]), w.sites(row["buyer"]), w.products(row["product_id"])
        who, what = row["contract_id"], f"{row['product_id']} from {row['supplier']} to {row['buyer']}"
        asked = a.net["contract_phases"].filter(
            (pl.col("contract_id") == who) & ((pl.col("min_share") > 0) | (pl.col("min_quantity_per_year") > 0) | (pl.col("exclusive") > 0))
        )
        result = (
            "its least share or quantity stops all other supply, or no plan is left" if asked.height else "nothing can ever flow under it"
        )
        if not held[np.ix_(sells, goods)].any():
            why = f"{row['supplier']} does not make, buy, store or receive it: {result}"
            fix = "add a process or purchase at the supplier, or correct supplier or product_id"
            yield _warn("contracts", row["_row"], "supplier", "idle_contract", f"contract {who}: {what}", why, fix)
        elif not (sells & buys).any() and not (live & w.lanes(goods, sells, buys)).any():
            why = f"no lane or lane rule leads there for it: {result}"
            fix = "add a lane from supplier to buyer, or let a rule make one"
            yield _warn("contracts", row["_row"], "buyer", "idle_contract", f"contract {who}: {what}", why, fix)


def _lanes(w: _World) -> Iterator[Issue]:
    """Lanes of the table of whose products none is ever at the origin, or none is of use at the destination."""
    flows = w.a.flows
    known = w.a.net["lanes"].filter(pl.col("_row").is_not_null())
    if not known.height:
        return
    gives, takes = (set(frame.iter_rows()) for frame in product_users(w.a.net))
    lanes = flows.rates.lanes.select("lane_row", "from_site", "to_site", "product_id")
    gives |= set(lanes.select("to_site", "product_id").iter_rows())
    takes |= set(lanes.select("from_site", "product_id").iter_rows())
    numbers, names = w.a.net["lanes"]["_row"].to_list(), w.a.net["lanes"]["lane_id"].to_list()
    enters, leaves, ends = dict[int, bool](), dict[int, bool](), dict[int, tuple[str, str, str, str]]()
    for at, start, end, product in lanes.iter_rows():
        row = numbers[at]
        if row is None:
            continue
        enters[row] = enters.get(row, False) or (start, product) in gives
        leaves[row] = leaves.get(row, False) or (end, product) in takes
        ends.setdefault(row, (names[at], start, end, product))
    for row, (name, start, end, product) in sorted(ends.items()):
        if not enters[row]:
            what, why = f"lane {name} carries {product} from {start}", f"{start} never makes, buys, stores or receives it"
            yield _warn("lanes", row, "from_site", "idle_lane", what, why, "correct from_site or product_id, or leave the lane out")
        elif not leaves[row]:
            what, why = f"lane {name} carries {product} to {end}", f"{end} never uses, sells, stores or sends it on"
            yield _warn("lanes", row, "to_site", "idle_lane", what, why, "correct to_site or product_id, or leave the lane out")
    for row, name, start, end in (
        known.filter(~pl.col("_row").is_in(sorted(ends))).select("_row", "lane_id", "from_site", "to_site").iter_rows()
    ):
        what, why = f"lane {name} carries no product", f"{start} has nothing that {end} takes"
        yield _warn("lanes", row, "product_id", "idle_lane", what, why, "name the product_id, correct the sites, or leave the lane out")


def _closures(w: _World) -> Iterator[Issue]:
    """Closed passages that no lane names, in a network whose routes are all given."""
    net = w.a.net
    if not net["closures"].height or net["lane_rules"].height or open_lanes((net.base or net.tables)["lanes"]).any():
        return
    named = {
        passage_id(one) for cell in (net.base or net.tables)["lanes"]["passages"].drop_nulls().to_list() for one in split_passages(cell)
    }
    for row, passage in net["closures"].select("_row", "passage").drop_nulls().iter_rows():
        if passage_id(passage) not in named:
            what, why = f"closing {passage} touches no lane", "every lane gives its own kilometres, and none names it in passages"
            yield _warn(
                "closures", row, "passage", "binds_nothing", what, why, "write it into passages of the lanes that pass it, or empty leg_km"
            )


def binding_problems(reach: Reach) -> list[Issue]:
    """Everything in a world that reads like a rule and binds nothing."""
    world = _World(reach.a, Scopes(reach.a.net))
    return [*_policies(world), *_contracts(world, reach), *_lanes(world), *_closures(world)]
