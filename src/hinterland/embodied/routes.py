"""Ways from a line of the accounts to the goods that carry it: shares over pools, by the key a line has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.accounts.pacts import pacts_of
from hinterland.model.arrays.places import positions

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.embodied.chain import Chain
    from hinterland.model.accounts.pacts import Pact
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["Routes"]


def _shares(key: Ints | pl.Series, at: Ints | pl.Series, weight: Floats | pl.Series) -> pl.DataFrame:
    """Weights of each key brought to a sum of 1: key, at, share; keys whose weights are all 0 are left out."""
    frame = pl.DataFrame({"key": key, "at": at, "weight": weight}, schema={"key": pl.Int64, "at": pl.Int64, "weight": pl.Float64})
    frame = frame.group_by("key", "at").agg(pl.col("weight").sum()).filter(pl.col("weight") > 0).sort("key", "at")
    return frame.select("key", "at", share=pl.col("weight") / pl.col("weight").sum().over("key"))


class Routes:
    """Share frames (key, at, share) by name; `keyed` gives every row of the accounts its key of each.

    run: goods of a line in a period; cell: the pool itself; waste: who throws scrap away; site, site_ever: the site's output of
    the period, of the horizon; site_of_line: the same as site, for lines that make something in some period; group: flows of
    a lane group in a period; lane_ever, contract: flows of a lane, under a contract, over the horizon.
    """

    def __init__(self, a: Arrays, placed: Placed, chain: Chain) -> None:
        """Build the share frames of a plan."""
        self._a, self._chain = a, chain
        periods, lanes = chain.periods, a.flows.rates.lanes
        arrives = chain.at(a.flows.to_pool[placed.flow_lane] * periods + placed.flow_period)
        tonnes = placed.flow * lanes["gross_t_per_unit"].to_numpy()[placed.flow_lane]
        # Goods without a known mass are counted by quantity, all of them: tonnes and pieces do not add.
        weight = tonnes if (tonnes[placed.flow > 0] > 0).all() else placed.flow
        self._groups = sorted(a.net["lane_groups"]["capacity_group"].to_list())
        group = positions(lanes["capacity_group"], self._groups)[placed.flow_lane]
        grouped = group >= 0
        out, runs = chain.output, chain.runs
        every = np.arange(len(chain.cell))
        site = _shares(out["site"] * periods + out["period"], out["at"], out["weight"])
        pacts = pacts_of(a)
        self._pacts = [pact.contract_id for pact in pacts]
        signed = [self._under(pact, placed) for pact in pacts]
        key = np.concatenate([np.full(len(rows), at) for at, rows in enumerate(signed)]) if signed else np.zeros(0, dtype=np.int64)
        moved = np.concatenate(signed) if signed else np.zeros(0, dtype=np.int64)
        self._busy = runs["line"].unique().sort()
        self._frames = {
            "run": runs.select(key=pl.col("line") * periods + pl.col("period"), at="at", share="share"),
            "cell": pl.DataFrame({"key": chain.cell, "at": every, "share": np.ones(len(every))}),
            "waste": chain.waste.rename({"cell": "key"}),
            "site": site,
            "site_of_line": site,
            "site_ever": _shares(out["site"], out["at"], out["weight"]),
            "group": _shares(group[grouped] * periods + placed.flow_period[grouped], arrives[grouped], weight[grouped]),
            "lane_ever": _shares(placed.flow_lane, arrives, weight),
            "contract": _shares(key, arrives[moved], weight[moved]),
        }

    def _under(self, pact: Pact, placed: Placed) -> Ints:
        """Flows from a contract's supplier to its buyer."""
        f = self._a.flows
        sells, buys, goods = pact.sells, pact.buys, pact.goods
        start, end, product = f.from_site[placed.flow_lane], f.to_site[placed.flow_lane], f.product[placed.flow_lane]
        return np.flatnonzero(sells[start] & buys[end] & goods[product])

    def __getitem__(self, name: str) -> pl.DataFrame:
        """Return one share frame."""
        return self._frames[name]

    def keyed(self, rows: pl.DataFrame, kind: str) -> pl.DataFrame:
        """Add key_<route> columns (null: none) to rows of the accounts; lanes count where they arrive."""
        a, periods = self._a, self._chain.periods
        place = rows.select(pl.coalesce("to_site", "site_id"))["to_site"]
        site, product = positions(place, a.sites.ids), positions(rows["product_id"], a.products.ids)
        period = positions(rows["period_id"], list(a.calendar.ids))
        pool = np.where((site >= 0) & (product >= 0), a.pools.at(site, product), -1)
        known = a.making.lines.rows.select("site_id", "recipe_id", product_id="good", line=pl.int_range(pl.len(), dtype=pl.Int64))
        made = rows.select("site_id", pl.col("recipe_id").fill_null(""), "product_id")
        line = (
            made.join(known, on=["site_id", "recipe_id", "product_id"], how="left", maintain_order="left")["line"].fill_null(-1).to_numpy()
        )
        lanes = a.flows.rates.lanes.select("lane_id", "product_id", lane=pl.int_range(pl.len(), dtype=pl.Int64))
        lane = rows.select("lane_id", "product_id").join(lanes, on=["lane_id", "product_id"], how="left", maintain_order="left")["lane"]
        subject = rows["subject"]
        group, pact = positions(subject, self._groups), positions(subject, self._pacts)
        cell = np.where((pool >= 0) & (period >= 0), pool * periods + period, -1)
        at_site = np.where(site >= 0, site * periods + period, -1)
        keys = {
            "run": np.where(line >= 0, line * periods + period, -1),
            "cell": cell,
            "waste": cell,
            "site": at_site,
            "site_of_line": np.where(np.isin(line, self._busy.to_numpy()), at_site, -1),
            "site_ever": site,
            "group": np.where(group >= 0, group * periods + period, -1),
            "lane_ever": lane.fill_null(-1).to_numpy(),
            "contract": pact,
        }
        columns = [pl.Series(f"key_{name}", key, dtype=pl.Int64) for name, key in keys.items()]
        return rows.with_columns(columns).with_columns(pl.when(pl.col(one.name) >= 0).then(one.name).alias(one.name) for one in columns)

    def with_pool_stage(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Fill the stage of lines that name no product with that of the goods that carry them."""
        a, chain = self._a, self._chain
        product = a.pools.product[chain.pool[rows["at"].to_numpy()]] if rows.height else np.zeros(0, dtype=np.int64)
        stage = pl.Series("carrier", [one or None for one in a.products.stage], dtype=pl.String)[product]
        return rows.with_columns(stage=pl.when(pl.col("product_id").is_null()).then(stage).otherwise("stage"))
