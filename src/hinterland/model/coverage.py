"""Coverage: how much of what reaches the plants that deliver comes under a standard, tier by tier.

A tier is a distance in the plan's own flows, never typed: whoever makes what is delivered stands at tier 0, whoever sends
inputs to a site of tier k at tier k + 1, on the shortest way. Stores, and lines of one site that feed each other, are no
tier of their own. What is bought from outside counts as made one tier beyond its buyer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.model.certificates import Standards
from hinterland.model.diligence import STEPS, Diligence

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["coverage", "due_diligence_coverage", "sourced", "tiers_of"]

Bools = npt.NDArray[np.bool_]
SOURCED: dict[str, pl.DataType] = {
    "t": pl.Int64(), "tier": pl.Int64(), "site": pl.Int64(), "product": pl.Int64(), "offer": pl.Int64(), "quantity": pl.Float64(),
}  # fmt: skip


def _made(a: Arrays, p: Placed) -> Floats:
    """What each output entry makes; shape (entries,)."""
    made, known = np.zeros(len(a.making.outputs.line)), p.made_entry >= 0
    np.add.at(made, p.made_entry[known], p.made[known])
    return made


def tiers_of(a: Arrays, p: Placed) -> tuple[Ints, Ints]:
    """Tier of whoever makes a cell's goods on the spot, and of whoever sends them there; shape (pools · periods,), −1: nobody.

    A cell is pool · periods + period. Sweeps against the flow until nothing changes.
    """
    periods, out, made, far = len(a.calendar), a.making.outputs, _made(a, p), np.iinfo(np.int64).max // 2
    near, sent = np.full(len(a.pools) * periods, far), np.full(len(a.pools) * periods, far)
    served = p.served > 0
    ends = (a.demand.pool * periods + a.demand.period)[p.served_row[served]]
    near[ends] = sent[ends] = 0
    moved, kept = p.flow > 0, (p.held > 0) & (p.held_period < periods - 1)
    source = a.flows.from_pool[p.flow_lane[moved]] * periods + p.flow_period[moved]
    target = a.flows.to_pool[p.flow_lane[moved]] * periods + p.flow_period[moved]
    stock = a.stocks.pool[p.held_row[kept]] * periods + p.held_period[kept]
    uses = np.flatnonzero((out.use_quantity > 0) & (made[out.use_output] > 0))
    gives = np.flatnonzero((out.use_quantity < 0) & (made[out.use_output] > 0))
    entry = np.flatnonzero(made > 0)
    good = a.making.lines.pool[out.line] * periods + out.period
    taken = out.use_pool[uses] * periods + out.period[out.use_output[uses]]
    along = out.use_pool[gives] * periods + out.period[out.use_output[gives]]
    while True:
        before = near.copy(), sent.copy()
        for grid, cells, tiers in (
            (near, source, sent[target]),
            (sent, source, sent[target]),
            (near, stock, near[stock + 1]),
            (sent, stock, sent[stock + 1]),
        ):
            np.minimum.at(grid, cells, tiers)
        tier = np.full(len(made), far)
        tier[entry] = near[good[entry]]
        np.minimum.at(tier, out.use_output[gives], near[along])
        np.minimum.at(near, taken, tier[out.use_output[uses]])
        np.minimum.at(sent, taken, np.minimum(tier[out.use_output[uses]] + 1, far))
        if np.array_equal(near, before[0]) and np.array_equal(sent, before[1]):
            return np.where(near < far, near, -1), np.where(sent < far, sent, -1)


def sourced(net: Network, plan: Plan) -> pl.DataFrame:
    """What is made and bought for what is delivered: t, tier, site, product, offer (−1: made), quantity; positions on the axes.

    What reaches no delivery has no tier and is left out. Offers stand at their buyer's site.
    """
    a = arrays_of(net)
    p = place_plan(a, plan)
    periods, out, pools = len(a.calendar), a.making.outputs, a.pools
    made = _made(a, p)
    near, sent = tiers_of(a, p)
    entry, gives = np.flatnonzero(made > 0), np.flatnonzero((out.use_quantity < 0) & (made[out.use_output] > 0))
    cell = np.concatenate(
        [
            (a.making.lines.pool[out.line] * periods + out.period)[entry],
            out.use_pool[gives] * periods + out.period[out.use_output[gives]],
            a.offers.pool[p.bought_offer] * periods + p.bought_period,
        ]
    )
    own = len(entry) + len(gives)
    quantity = np.concatenate([made[entry], -out.use_quantity[gives] * made[out.use_output[gives]], p.bought])
    outside = sent[cell[own:]]
    frame = pl.DataFrame(
        {
            "t": cell % periods,
            "tier": np.concatenate([near[cell[:own]], outside]),
            "site": pools.site[cell // periods],
            "product": pools.product[cell // periods],
            "offer": np.concatenate([np.full(own, -1), p.bought_offer]),
            "quantity": quantity,
        },
        schema=SOURCED,
    )
    return frame.filter((pl.col("tier") >= 0) & (pl.col("quantity") > 0))


def _shares(a: Arrays, rows: pl.DataFrame, covered: Bools, **asked: object) -> pl.DataFrame:
    """Covered flow by product, tier and period; `covered` says which of the rows."""
    stage = dict(a.net["products"].select("product_id", "stage").iter_rows())
    names = pl.Series(a.products.ids, dtype=pl.String)
    units = pl.Series([unit or "unit" for unit in a.products.unit], dtype=pl.String)
    told = rows.with_columns(
        product_id=names[rows["product"].to_numpy()],
        unit=units[rows["product"].to_numpy()],
        covered=pl.Series(covered) * pl.col("quantity"),
    )
    kinds = {"scheme": pl.String, "min_level": pl.String, "oecd_step": pl.Int64}
    return (
        told.group_by("product_id", "unit", "tier", "t")
        .agg(flow=pl.col("quantity").sum(), covered_flow=pl.col("covered").sum())
        .sort("tier", "product_id", "t")
        .with_columns(
            *[pl.lit(value, dtype=kinds[name]).alias(name) for name, value in asked.items()],
            stage=pl.col("product_id").replace_strict(stage, default=None, return_dtype=pl.String),
            covered_share=pl.col("covered_flow") / pl.col("flow"),
        )
    )


def _by_period(a: Arrays, frames: list[pl.DataFrame], asked: list[str]) -> pl.DataFrame:
    columns = [*asked, "stage", "product_id", "tier", "period_id", "covered_share", "flow", "covered_flow", "unit"]
    kinds: dict[str, pl.DataType] = {
        "scheme": pl.String(), "min_level": pl.String(), "oecd_step": pl.Int64(), "stage": pl.String(), "product_id": pl.String(),
        "tier": pl.Int64(), "period_id": pl.String(), "covered_share": pl.Float64(), "flow": pl.Float64(),
        "covered_flow": pl.Float64(), "unit": pl.String(),
    }  # fmt: skip
    if not frames:
        return pl.DataFrame(schema={name: kinds[name] for name in columns})
    ids = pl.DataFrame({"t": np.arange(len(a.calendar)), "period_id": list(a.calendar.ids)})
    return pl.concat(frames).join(ids, on="t", how="left", maintain_order="left").select(columns)


def coverage(net: Network, plan: Plan) -> pl.DataFrame:
    """scheme, min_level (null: any), stage, product_id, tier, period_id, covered_share, flow, covered_flow, unit; sorted.

    For every scheme that is held or asked for, at any level and at each level that a requirement asks. Flow is what is made
    or bought at the tier in the period, in the product's own unit; it is covered where the maker's certificates span the
    whole period.
    """
    standards = Standards(net)
    schemes = standards.schemes
    if not schemes:
        return _by_period(arrays_of(net), [], ["scheme", "min_level"])
    a, rows = arrays_of(net), sourced(net, plan)
    levels = net["requirements"].select("scheme", "min_level").drop_nulls("min_level").unique().sort("scheme", "min_level").rows()
    site, product, t, offer = (rows[name].to_numpy() for name in ("site", "product", "t", "offer"))
    cells = a.offers.rows["certified"].to_list()
    frames = []
    for scheme in schemes:
        for least in (None, *(level for name, level in levels if name == scheme)):
            covered = standards.covered(a.sites.ids, a.products.ids, scheme, least)[site, product, t]
            bought = np.append(standards.certified(cells, scheme, least), False)[offer]
            frames.append(_shares(a, rows, np.where(offer >= 0, bought, covered), scheme=scheme, min_level=least))
    return _by_period(a, frames, ["scheme", "min_level"])


def due_diligence_coverage(net: Network, plan: Plan) -> pl.DataFrame:
    """oecd_step, stage, product_id, tier, period_id, covered_share, flow, covered_flow, unit; sorted.

    A site shows a step in a period where its rows of due_diligence, and certificates whose scheme gives evidence for the step
    (schemes.oecd_step), together span the whole of it. What is bought shows a step where its maker is said to hold such a scheme.
    """
    a, diligence = arrays_of(net), Diligence(net)
    if not diligence.asked:
        return _by_period(a, [], ["oecd_step"])
    rows, calendar = sourced(net, plan), a.calendar
    site, product, t, offer = (rows[name].to_numpy() for name in ("site", "product", "t", "offer"))
    pairs = sorted(set(zip(site.tolist(), product.tolist(), strict=True)))
    frames = []
    for step in STEPS:
        covered = np.zeros((len(a.sites.ids), len(a.products.ids), len(calendar)), dtype=bool)
        for s, p in pairs:
            for low, high in diligence.shown(a.sites.ids[s], a.products.ids[p], step):
                covered[s, p] |= (low <= calendar.start) & (calendar.stop - 1 <= high)
        offers = np.array([diligence.says(cell, step) for cell in a.offers.rows["certified"].to_list()] + [False], dtype=bool)
        frames.append(_shares(a, rows, np.where(offer >= 0, offers[offer], covered[site, product, t]), oecd_step=step))
    return _by_period(a, frames, ["oecd_step"])
