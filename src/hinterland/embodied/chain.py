"""A plan as pools and what passes between them: lanes, recipes and stock, with co-products' shares of their recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.lanes import pool_values

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["ALLOCATIONS", "Chain", "chain_of"]

ALLOCATIONS = ("value", "mass", "none")
_LOST = 1e-9
"""A pool of which less than this share of what it receives leaves keeps the rest: `left_over`."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Pools in use and what a plan moves; arrays of shape (pools,) or (transfers,), quantities in products' own units.

    `cell` is pool · periods + period, ascending; a transfer is counted in units of its source. Frames:
    `runs` (line, period, at, share): how what a line takes, costs and emits is split over pools `at`;
    `allocation` (line, period, at, share, basis): the same for recipes with co-products, and the basis used;
    `output` (site, period, at, weight): the site's output by value, over which its own costs are spread;
    `waste` (cell, at, share): pools that pay for throwing away what is in a cell that holds scrap;
    `given` (at, quantity, role): goods, co-products and scrap made.
    """

    periods: int
    cell: Ints
    source: Ints
    target: Ints
    quantity: Floats
    delivered: Floats
    disposed: Floats
    closing: Floats
    left_over: Floats
    opening: Floats
    runs: pl.DataFrame
    allocation: pl.DataFrame
    output: pl.DataFrame
    waste: pl.DataFrame
    given: pl.DataFrame

    @property
    def pool(self) -> Ints:
        """Pool (site, product) of each pool in use."""
        return self.cell // self.periods

    @property
    def period(self) -> Ints:
        """Period of each pool in use."""
        return self.cell % self.periods

    @property
    def outlet(self) -> Floats:
        """What goes to no other pool."""
        return self.delivered + self.disposed + self.closing + self.left_over

    def at(self, cells: Ints) -> Ints:
        """Number of the pool in use of each cell, −1 where nothing passes it."""
        if not len(self.cell):
            return np.full(len(cells), -1)
        found = np.minimum(np.searchsorted(self.cell, cells), len(self.cell) - 1)
        return np.where(self.cell[found] == cells, found, -1)


def _made(a: Arrays, placed: Placed) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Per run (line · periods + period): what it takes (cell, quantity) and what it gives (cell, quantity, role)."""
    out, lines, periods = a.making.outputs, a.making.lines, len(a.calendar)
    known = placed.made_entry >= 0
    entry, made = placed.made_entry[known], placed.made[known]
    line, period = placed.made_line[known], placed.made_period[known]
    first = np.searchsorted(out.use_output, entry, side="left")
    count = np.searchsorted(out.use_output, entry, side="right") - first
    row = np.repeat(np.arange(len(entry)), count)
    use = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
    sized = pl.DataFrame(
        {"run": line[row] * periods + period[row], "cell": out.use_pool[use] * periods + period[row],
         "line": line[row], "pool": out.use_pool[use], "quantity": out.use_quantity[use] * made[row]}
    )  # fmt: skip
    names = pl.DataFrame({"line": np.arange(len(lines.site)), "site": lines.site, "recipe_id": lines.rows["recipe_id"]})
    products = pl.DataFrame(
        {"product_id": a.products.ids, "product": np.arange(len(a.products.ids))}, schema_overrides={"product_id": pl.String}
    )
    scrap = (
        a.net["recipe_lines"]
        .filter(pl.col("role") == "scrap")
        .select("recipe_id", "product_id")
        .join(names, on="recipe_id")
        .join(products, on="product_id")
    )
    scraps = pl.DataFrame({"line": scrap["line"], "pool": a.pools.at(scrap["site"].to_numpy(), scrap["product"].to_numpy())})
    takes = sized.filter(pl.col("quantity") > 0).group_by("run", "cell").agg(pl.col("quantity").sum())
    along = sized.filter(pl.col("quantity") < 0).with_columns(-pl.col("quantity"))
    parts = [
        pl.DataFrame(
            {
                "run": line * periods + period,
                "cell": lines.pool[line] * periods + period,
                "quantity": made,
                "role": np.zeros(len(line), dtype=np.int8),
            }
        ),
        along.join(scraps, on=["line", "pool"], how="anti").select("run", "cell", "quantity", role=pl.lit(1, dtype=pl.Int8)),
        along.join(scraps, on=["line", "pool"], how="semi").select("run", "cell", "quantity", role=pl.lit(2, dtype=pl.Int8)),
    ]
    gives = pl.concat(parts).group_by("run", "cell", "role").agg(pl.col("quantity").sum()).filter(pl.col("quantity") > 0)
    return takes.sort("run", "cell"), gives.sort("run", "role", "cell")


def _worth(a: Arrays, cells: pl.Series) -> pl.DataFrame:
    """Value (null: not known) and mass of one unit in each cell: cell, value, mass_t; unique cells."""
    periods = len(a.calendar)
    cell = cells.unique().sort().to_numpy()
    pools, at = np.unique(cell // periods, return_inverse=True)
    names = pl.DataFrame(
        {
            "site_id": [a.sites.ids[one] for one in a.pools.site[pools]],
            "product_id": [a.products.ids[one] for one in a.pools.product[pools]],
        },
        schema={"site_id": pl.String, "product_id": pl.String},
    )
    value = pool_values(a.net, names)[at, cell % periods] if len(cell) else np.zeros(0)
    mass = a.products.mass_t[a.pools.product[cell // periods]]
    return pl.DataFrame({"cell": cell, "value": value, "mass_t": mass}).with_columns(pl.col("value").fill_nan(None))


def _allocated(gives: pl.DataFrame, worth: pl.DataFrame, allocation: str) -> pl.DataFrame:
    """Share of each run's burden per good and co-product: run, cell, share, basis. Scrap carries nothing.

    value: by value_per_unit · quantity, a co-product without a value is worth nothing; where the good itself has no
    value, by mass; where it has no mass either, the good carries all (none).
    """
    good = pl.col("role") == 0
    rows = gives.filter(pl.col("role") < 2).join(worth, on="cell", how="left")
    rows = rows.with_columns(
        of_value=pl.col("quantity") * pl.col("value").fill_null(0.0).clip(0.0),
        of_mass=pl.col("quantity") * pl.col("mass_t"),
        alone=good.cast(pl.Float64),
    )
    by_value = (pl.col("of_value").filter(good).sum() > 0).over("run") if allocation == "value" else pl.lit(value=False)
    by_mass = (pl.col("of_mass").filter(good).sum() > 0).over("run") if allocation != "none" else pl.lit(value=False)
    rows = rows.with_columns(basis=pl.when(by_value).then(pl.lit("value")).when(by_mass).then(pl.lit("mass")).otherwise(pl.lit("none")))
    weight = pl.when(pl.col("basis") == "value").then("of_value").when(pl.col("basis") == "mass").then("of_mass").otherwise("alone")
    rows = rows.with_columns(weight=weight)
    return rows.select(
        "run", "cell", share=pl.col("weight") / pl.col("weight").sum().over("run"), basis="basis", several=(pl.len() > 1).over("run")
    ).sort("run", "cell")


def _site_output(a: Arrays, made: pl.DataFrame, shipped: pl.DataFrame, worth: pl.DataFrame) -> pl.DataFrame:
    """What a site makes, or, in periods in which it makes nothing, what leaves it by lane or delivery: site, period, cell, weight.

    Weighted by value; where a good of the site has none, by mass; where one has no mass either, by quantity.
    """
    periods = len(a.calendar)

    def placed(frame: pl.DataFrame) -> pl.DataFrame:
        cell = frame["cell"].to_numpy()
        return frame.with_columns(site=pl.Series(a.pools.site[cell // periods]), period=pl.Series(cell % periods))

    goods = (
        placed(made.filter(pl.col("role") < 2))
        .group_by("site", "period", "cell")
        .agg(pl.col("quantity").sum(), good=(pl.col("role") == 0).any())
    )
    moved = (
        placed(shipped)
        .group_by("site", "period", "cell")
        .agg(pl.col("quantity").sum(), good=pl.lit(value=True))
        .join(goods, on=["site", "period"], how="anti")
    )
    rows = pl.concat([goods, moved.select(goods.columns)]).join(worth, on="cell", how="left")
    valued = (pl.col("value").is_not_null() | ~pl.col("good")).all().over("site") & (
        (pl.col("value").fill_null(0.0) * pl.col("quantity")).sum().over("site", "period") > 0
    ).all().over("site")
    weighed = (pl.col("mass_t") > 0).all().over("site")
    unit = pl.when(valued).then(pl.col("value").fill_null(0.0).clip(0.0)).when(weighed).then("mass_t").otherwise(1.0)
    return rows.select("site", "period", "cell", weight=unit * pl.col("quantity")).sort("site", "period", "cell")


def _waste(gives: pl.DataFrame, runs: pl.DataFrame, received: pl.DataFrame) -> pl.DataFrame:
    """Who pays for throwing scrap away: the goods of the recipes it came from, for its share of what the cell received."""
    scrap = gives.filter(pl.col("role") == 2).join(received, on="cell").select("run", "cell", part=pl.col("quantity") / pl.col("received"))
    makers = scrap.join(runs.select("run", "share", good="cell"), on="run").select(
        "cell", at="good", share=pl.col("part") * pl.col("share")
    )
    rest = (
        scrap.group_by("cell")
        .agg(share=1.0 - pl.col("part").sum())
        .filter(pl.col("share") > 1e-12)
        .select("cell", at="cell", share="share")
    )
    return pl.concat([makers, rest]).group_by("cell", "at").agg(pl.col("share").sum()).sort("cell", "at")


def chain_of(a: Arrays, placed: Placed, allocation: str) -> Chain:
    """Read what a plan moves off its placed rows; see `Chain`."""
    periods, flows, stocks = len(a.calendar), a.flows, a.stocks
    size = len(a.pools) * periods
    takes, gives = _made(a, placed)
    sent = flows.from_pool[placed.flow_lane] * periods + placed.flow_period
    reached = flows.to_pool[placed.flow_lane] * periods + placed.flow_period
    bought = a.offers.pool[placed.bought_offer] * periods + placed.bought_period
    held = stocks.pool[placed.held_row] * periods + placed.held_period
    last = placed.held_period == periods - 1
    served = a.demand.pool[placed.served_row] * periods + a.demand.period[placed.served_row]
    thrown = placed.thrown_pool * periods + placed.thrown_period

    def total(cells: Ints, quantity: Floats) -> Floats:
        return np.bincount(cells, quantity, size).astype(np.float64)

    delivered, disposed, closing = total(served, placed.served), total(thrown, placed.thrown), total(held[last], placed.held[last])
    opening = total(stocks.pool * periods, stocks.initial)
    carried = total(held[~last], placed.held[~last])
    leaving = (
        delivered + disposed + closing + carried + total(sent, placed.flow) + total(takes["cell"].to_numpy(), takes["quantity"].to_numpy())
    )
    received = opening + total(reached, placed.flow) + total(bought, placed.bought)
    received += total(gives["cell"].to_numpy(), gives["quantity"].to_numpy()) + total(held[~last] + 1, placed.held[~last])
    left_over = np.where(leaving <= _LOST * received, received - leaving, 0.0)
    used = np.flatnonzero((leaving > 0) | (received > 0))

    shipped = pl.DataFrame({"cell": np.concatenate([sent, served]), "quantity": np.concatenate([placed.flow, placed.served])})
    worth = _worth(a, pl.concat([gives["cell"], shipped["cell"]]))
    runs = _allocated(gives, worth, allocation)
    through = takes.join(runs.select("run", "share", good="cell"), on="run")
    source = np.concatenate([through["cell"].to_numpy(), sent, held[~last]])
    target = np.concatenate([through["good"].to_numpy(), reached, held[~last] + 1])
    quantity = np.concatenate([(through["quantity"] * through["share"]).to_numpy(), placed.flow, placed.held[~last]])
    waste = _waste(gives, runs, pl.DataFrame({"cell": used, "received": received[used]}))
    output = _site_output(a, gives, shipped.filter(pl.col("quantity") > 0), worth)
    at = np.full(size, -1)
    at[used] = np.arange(len(used))
    moved = quantity > 0

    def numbered(frame: pl.DataFrame, column: str) -> pl.DataFrame:
        return frame.with_columns(at=pl.Series(at[frame[column].to_numpy()]))

    split = numbered(runs, "cell").with_columns(line=pl.col("run") // periods, period=pl.col("run") % periods)
    return Chain(
        periods=periods,
        cell=used,
        source=at[source[moved]],
        target=at[target[moved]],
        quantity=quantity[moved],
        delivered=delivered[used],
        disposed=disposed[used],
        closing=closing[used],
        left_over=left_over[used],
        opening=opening[used],
        runs=split.select("line", "period", "at", "share"),
        allocation=split.filter("several").select("line", "period", "at", "share", "basis"),
        output=numbered(output, "cell").select("site", "period", "at", "weight"),
        waste=numbered(waste, "at").select("cell", "at", "share"),
        given=numbered(gives, "cell").select("at", "quantity", "role"),
    )
