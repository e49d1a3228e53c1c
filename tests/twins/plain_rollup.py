"""A slow second opinion on what a unit embodies: dicts, loops, and a fixed point instead of a factorisation.

Takes the tables, a plan and the plan's accounts (costs and CO2e by row); everything about who carries what is worked out
again, from the meaning of the tables.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from brute_force import World
from plain_time import ramp_means

Pool = tuple[str, str, str]
Label = tuple[Any, ...]
Rows = list[dict[str, Any]]
_IN_LINE = ("conversion", "electricity", "heat", "direct")


@dataclass
class Embodied:
    """Per delivered pool: label → amount per unit. `unallocated`: kind → amount."""

    per_unit: dict[Pool, dict[Label, float]] = field(default_factory=dict)
    unallocated: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def _yield(world: World, line: dict, vintage: str, t: int) -> float:
    points = [
        (row["years_since_start"], row.get("capacity_share") or 0.0, row.get("yield_share") or 1.0)
        for row in world.rows("ramps")
        if line.get("ramp_id") and row["ramp_id"] == line["ramp_id"]
    ]
    begin, end = line.get("start_date"), line.get("end_date")
    if vintage == "existing":
        start = None if begin is None else begin.toordinal()
        first = -math.inf if begin is None else begin.toordinal()
        stop = math.inf if end is None else end.toordinal() + 1
    else:
        start = next(low for name, low, _ in world.periods if name == vintage)
        first, stop = start, math.inf
    return (line.get("yield_share") or 1.0) * ramp_means(world.periods[t], points, start, first, stop)[1]


class _Book:
    """Who passes what to whom, and what is spent where."""

    def __init__(self, world: World, plan: dict[str, Rows], allocation: str) -> None:
        self.world, self.allocation = world, allocation
        self.ids = [period[0] for period in world.periods]
        self.passes: dict[tuple[Pool, Pool], float] = defaultdict(float)
        self.leaves: dict[Pool, float] = defaultdict(float)
        self.enters: dict[Pool, float] = defaultdict(float)
        self.spent: dict[Pool, dict[Label, float]] = defaultdict(lambda: defaultdict(float))
        self.split: dict[tuple[str, str, str], dict[Pool, float]] = {}
        self.made: dict[tuple[str, str], dict[Pool, float]] = defaultdict(lambda: defaultdict(float))
        self.goods: set[Pool] = set()
        self.shipped: dict[tuple[str, str], dict[Pool, float]] = defaultdict(lambda: defaultdict(float))
        self.scrap: dict[Pool, dict[tuple[str, str, str], float]] = defaultdict(lambda: defaultdict(float))
        self.lanes = {row["lane_id"]: row for row in world.rows("lanes")}
        self.flows = plan.get("flows", [])
        self._make(plan.get("outputs", []))
        self._move(plan)

    def weight(self, pool: Pool, quantity: float, basis: str) -> float:
        if basis == "value":
            return quantity * self.world.value_at(pool[0], pool[1], self.ids.index(pool[2]))
        if basis == "mass":
            return quantity * (self.world.products[pool[1]].get("mass_kg_per_unit") or 0.0) / 1000.0
        return quantity

    def _make(self, outputs: Rows) -> None:
        lines: dict[tuple[str, str, str], list[dict]] = defaultdict(list)
        for row in outputs:
            lines[row["site_id"], row["recipe_id"] or row["product_id"], row["period_id"]].append(row)
        for key, rows in lines.items():
            site, _, period = key
            line = next(one for one in self.world.lines if one["line"] == (site, rows[0]["recipe_id"], rows[0]["product_id"]))
            good = (site, line["good"], period)
            takes: dict[Pool, float] = defaultdict(float)
            gives: dict[Pool, float] = defaultdict(float)
            for row in rows:
                gives[good] += row["quantity"]
                share = _yield(self.world, line, row["vintage"], self.ids.index(period))
                for part in self.world.recipe_lines(row["recipe_id"]):
                    quantity = part["quantity_per_unit"] / share * row["quantity"]
                    pool = (site, part["product_id"], period)
                    if part["role"] == "input":
                        takes[pool] += quantity
                    elif part["role"] == "coproduct":
                        gives[pool] += quantity
                    else:
                        self.scrap[pool][key] += quantity
                        self.enters[pool] += quantity
                        self.spent[pool]["origin", part["product_id"], site] += quantity
            basis = self.allocation
            if basis == "value" and self.weight(good, gives[good], "value") <= 0:
                basis = "mass"
            if basis == "mass" and self.weight(good, gives[good], "mass") <= 0:
                basis = "none"
            heavy = {
                pool: self.weight(pool, quantity, basis) if basis != "none" else float(pool == good) for pool, quantity in gives.items()
            }
            self.split[key] = {pool: one / sum(heavy.values()) for pool, one in heavy.items()}
            self.goods.add(good)
            for pool, quantity in gives.items():
                self.made[site, period][pool] += quantity
                self.enters[pool] += quantity
                self.spent[pool]["origin", pool[1], site] += quantity
            for pool, quantity in takes.items():
                self.leaves[pool] += quantity
                for into, share in self.split[key].items():
                    self.passes[pool, into] += quantity * share

    def _move(self, plan: dict[str, Rows]) -> None:
        for row in self.flows:
            lane = self.lanes[row["lane_id"]]
            start, end = ((lane[name], row["product_id"], row["period_id"]) for name in ("from_site", "to_site"))
            self.passes[start, end] += row["quantity"]
            self.leaves[start] += row["quantity"]
            self.enters[end] += row["quantity"]
            self.shipped[start[0], start[2]][start] += row["quantity"]
            t = row["quantity"] * self.world.gross_t(row["product_id"])
            self.spent[end]["tkm",] += t * lane["distance_km"]
        for row in plan.get("delivered", []):
            pool = (row["site_id"], row["product_id"], row["period_id"])
            self.leaves[pool] += row["quantity"]
            self.shipped[pool[0], pool[2]][pool] += row["quantity"]
        for row in plan.get("disposed", []):
            self.leaves[row["site_id"], row["product_id"], row["period_id"]] += row["quantity"]
        for row in plan.get("stocked", []):
            pool = (row["site_id"], row["product_id"], row["period_id"])
            self.leaves[pool] += row["quantity"]
            if pool[2] != self.ids[-1]:
                later = (*pool[:2], self.ids[self.ids.index(pool[2]) + 1])
                self.passes[pool, later] += row["quantity"]
                self.enters[later] += row["quantity"]
        for row in plan.get("purchased", []):
            pool = (row["site_id"], row["product_id"], row["period_id"])
            self.enters[pool] += row["quantity"]
            self.spent[pool]["origin", pool[1], None] += row["quantity"]
        for row in self.world.rows("stocks"):
            quantity, pool = row.get("initial_quantity") or 0.0, (row["site_id"], row["product_id"], self.ids[0])
            self.enters[pool] += quantity
            self.spent[pool]["cost", "opening_stock", pool[0]] += quantity * (row.get("initial_cost_per_unit") or 0.0)
            self.spent[pool]["co2e", "opening_stock", pool[0]] += quantity * (row.get("initial_co2e_kg_per_unit") or 0.0)
            self.spent[pool]["origin", pool[1], None] += quantity

    def output(self, site: str, period: str) -> dict[Pool, float]:
        """Weights of what a site makes, or ships where it makes nothing, in a period."""
        whole = {
            (site, one): {pool: q for pool, q in (self.made[site, one] or self.shipped[site, one]).items() if q > 0} for one in self.ids
        }
        main = [pool for (at, one), pools in whole.items() for pool in pools if pool in self.goods or not self.made[at, one]]
        valued = all(self.world.value_at(pool[0], pool[1], self.ids.index(pool[2])) > 0 for pool in main)
        return {pool: self.weight(pool, q, "value" if valued else "mass") for pool, q in whole[site, period].items()}


def _carriers(book: _Book, row: dict[str, Any], kind: str, capital_lines: set[tuple]) -> dict[Pool, float]:
    """Weights of the pools that carry a row of the accounts; empty where nobody does."""
    site, product, period = row["site_id"], row["product_id"], row["period_id"]
    line = (site, row["recipe_id"] or product, period)
    if kind in _IN_LINE:
        return book.split[line]
    if kind == "capital":
        if line in book.split:
            return book.split[line]
        return book.output(site, period) if (site, row["recipe_id"] or product) in capital_lines else {}
    if kind == "fixed":
        return book.output(site, period)
    if kind in ("opening", "restart", "closing"):
        return {pool: weight for one in book.ids for pool, weight in book.output(site, one).items()}
    if kind in ("lane_fixed", "qualification", "sign"):
        found: dict[Pool, float] = defaultdict(float)
        deal = next((one for one in book.world.rows("contracts") if one["contract_id"] == row["subject"]), {})
        for flow in book.flows:
            lane = book.lanes[flow["lane_id"]]
            tied = {
                "lane_fixed": lane.get("capacity_group") == row["subject"] and flow["period_id"] == period,
                "qualification": lane["lane_id"] == row["lane_id"] and flow["product_id"] == product,
                "sign": (lane["from_site"], lane["to_site"], flow["product_id"])
                == (deal.get("supplier"), deal.get("buyer"), deal.get("product_id")),
            }[kind]
            if tied:
                found[lane["to_site"], flow["product_id"], flow["period_id"]] += flow["quantity"] * book.world.gross_t(flow["product_id"])
        return found
    if kind == "take_or_pay":
        return {}
    pool = (row["to_site"] or site, product, period)
    if kind == "disposal" and pool in book.scrap:
        shares: dict[Pool, float] = defaultdict(float)
        for key, quantity in book.scrap[pool].items():
            for good, share in book.split[key].items():
                shares[good] += share * quantity / book.enters[pool]
        shares[pool] += 1.0 - sum(book.scrap[pool].values()) / book.enters[pool]
        return shares
    return {pool: 1.0} if book.leaves[pool] > 0 or book.enters[pool] > 0 else {}


def roll_up(tables: dict[str, Rows], plan: dict[str, Rows], costs: Rows, co2e: Rows, allocation: str, sweeps: int = 200_000) -> Embodied:
    """Amounts per unit of every delivered pool by label: (cost, kind, site), (co2e, cause, site), (origin, product, site), (tkm,)."""
    world = World(tables)
    book = _Book(world, plan, allocation)
    result = Embodied()
    busy = {(site, recipe) for site, recipe, _ in book.split}
    shares_cost = {row["incentive_id"] for row in tables.get("incentives", []) if row["basis"] == "cost_share"}
    for name, rows in (("cost", costs), ("co2e", co2e)):
        for row in rows:
            kind = row["kind"] if name == "cost" else row["cause"]
            way = row["subject"] if kind == "carbon" else "conversion" if kind == "credit" and row["subject"] in shares_cost else kind
            carriers = _carriers(book, row, way, busy)
            amount, whole = row["amount"] if name == "cost" else row["kg_market"], sum(carriers.values())
            if whole <= 0:
                result.unallocated[kind] += amount
            for pool, weight in carriers.items():
                if whole > 0:
                    book.spent[pool][name, kind, None if row["lane_id"] or kind == "lane_fixed" or kind == "sign" else row["site_id"]] += (
                        amount * weight / whole
                    )
    left = {pool: max(q, book.enters[pool] if q <= 1e-9 * book.enters[pool] else 0.0) for pool, q in book.leaves.items()}
    feeds: dict[Pool, list[tuple[Pool, float]]] = defaultdict(list)
    for (start, end), quantity in book.passes.items():
        if quantity > 0:
            feeds[end].append((start, quantity / left[start]))
    pools = sorted({*book.spent, *left, *feeds})
    labels = sorted({label for pool in pools for label in book.spent[pool]}, key=str)
    asked = {(row["site_id"], row["product_id"], row["period_id"]) for row in plan.get("delivered", [])}
    result.per_unit = {pool: {} for pool in asked}
    for label in labels:
        total = {pool: book.spent[pool].get(label, 0.0) for pool in pools}
        for _ in range(sweeps):
            moved = 0.0
            for pool in pools:
                new = book.spent[pool].get(label, 0.0) + math.fsum(total[start] * share for start, share in feeds[pool])
                moved = max(moved, abs(new - total[pool]) / (abs(new) + 1e-300))
                total[pool] = new
            if moved < 1e-15:
                break
        for pool in asked:
            result.per_unit[pool][label] = total[pool] / left[pool]
    return result
