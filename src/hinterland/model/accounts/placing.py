"""A plan's rows as positions on the axes of a network: what every account and every proof counts with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.model.accounts.claiming import graded_flows, placed_claims, placed_refunds
from hinterland.model.accounts.frames import Names
from hinterland.model.arrays import EXISTING
from hinterland.model.arrays.places import positions

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.model.plan import Plan

__all__ = ["AMBIGUOUS", "NOWHERE", "Placed", "lane_positions", "place_plan"]

Bools = npt.NDArray[np.bool_]
NOWHERE = -1
AMBIGUOUS = -2


@dataclass(frozen=True, slots=True)
class Placed:
    """The rows of a plan that the network knows; arrays of one group have equal length.

    flow: lane-product, period, quantity. made: line, vintage (−1 existing), period, quantity, and `made_entry`, the entry
    of `making.outputs` (−1 where the line can make nothing then). bought: offer. served: demand row. held: stocks row.
    thrown: pool. graded: flow row and the entry of `claims.carried_` that its grade names. claim, clean: entries of the claims
    and inputs of `claims`; refund: entry of `refunds`. What no duty or credit of this world hangs on is left out. `open`, `started`, `stopped` have shape (gated, periods). added: line, period, number of modules.
    `misfits` lists rows that belong nowhere: table, where, period_id, quantity, why. `names` tells positions as ids.
    """

    flow_lane: Ints
    flow_period: Ints
    flow: Floats
    made_line: Ints
    made_vintage: Ints
    made_period: Ints
    made_entry: Ints
    made: Floats
    bought_offer: Ints
    bought_period: Ints
    bought: Floats
    served_row: Ints
    served: Floats
    held_row: Ints
    held_period: Ints
    held: Floats
    thrown_pool: Ints
    thrown_period: Ints
    thrown: Floats
    open: Floats
    started: Floats
    stopped: Floats
    added_line: Ints
    added_period: Ints
    added: Floats
    graded_row: Ints
    graded: Ints
    claim: Ints
    claimed: Floats
    clean_input: Ints
    clean: Floats
    refund: Ints
    refunded: Floats
    misfits: pl.DataFrame
    names: Names


def _at(frame: pl.DataFrame, keys: list[str], known: pl.DataFrame) -> Ints:
    """Row of `known` with the same keys for each row of `frame`, −1 where there is none; empty cells equal ''."""
    filled = [pl.col(key).fill_null("") for key in keys]
    table = known.select(filled).with_row_index("at").unique(keys, keep="first")
    found = frame.select(filled).join(table, on=keys, how="left", maintain_order="left")["at"]
    return found.cast(pl.Int64).fill_null(NOWHERE).to_numpy().copy()


def lane_positions(flows: pl.DataFrame, lanes: pl.DataFrame) -> Ints:
    """Row of `lanes` (lane_id, product_id, from_site, to_site, mode_chain) that each flow takes; shape (flows,).

    A flow names its lane, or the two sites (and the mode chain): then exactly one lane must fit. −1: none, −2: several.
    """
    found = _at(flows, ["lane_id", "product_id"], lanes)
    loose = np.flatnonzero((flows["lane_id"].fill_null("") == "").to_numpy())
    if not len(loose):
        return found
    ends = ["from_site", "to_site", "product_id"]
    table = lanes.select(*ends, "mode_chain", at=pl.int_range(pl.len(), dtype=pl.Int64))
    asked = flows[loose.tolist()].select(*ends, chain="mode_chain", row=pl.Series(loose))
    joined = asked.join(table, on=ends, how="inner")
    joined = joined.filter((pl.col("chain").fill_null("") == "") | (pl.col("chain") == pl.col("mode_chain")))
    for row, at, count in joined.group_by("row").agg(pl.col("at").min(), count=pl.len()).iter_rows():
        found[row] = at if count == 1 else AMBIGUOUS
    return found


class _Misfits:
    def __init__(self) -> None:
        self.frames: list[pl.DataFrame] = []

    def add(self, table: str, frame: pl.DataFrame, mask: Bools, why: str) -> None:
        if not mask.any():
            return
        rows = frame.filter(pl.Series(mask))
        names = [name for name in rows.columns if name not in {"period_id", "quantity", "grade", "mode_chain", "added"}]
        amount = "quantity" if "quantity" in rows.columns else "added" if "added" in rows.columns else None
        self.frames.append(
            rows.select(
                table=pl.lit(table),
                where=pl.concat_str([pl.col(name).cast(pl.String) for name in names], separator=" ", ignore_nulls=True),
                period_id=pl.col("period_id") if "period_id" in names or "period_id" in rows.columns else pl.lit(None, dtype=pl.String),
                quantity=pl.col(amount).cast(pl.Float64) if amount else pl.lit(None, dtype=pl.Float64),
                why=pl.lit(why),
            )
        )

    def frame(self) -> pl.DataFrame:
        schema = {"table": pl.String, "where": pl.String, "period_id": pl.String, "quantity": pl.Float64, "why": pl.String}
        return pl.concat([pl.DataFrame(schema=schema), *self.frames])


def _amount(frame: pl.DataFrame, column: str = "quantity") -> Floats:
    return frame[column].cast(pl.Float64).fill_null(0.0).to_numpy()


def place_plan(a: Arrays, plan: Plan) -> Placed:
    """Place every row of a plan; rows that name something the network does not have become `misfits`."""
    misfits, ids = _Misfits(), list(a.calendar.ids)

    def periods(table: str, frame: pl.DataFrame) -> Ints:
        found = positions(frame["period_id"], ids)
        misfits.add(table, frame, found < 0, "no such period")
        return found

    flows = plan["flows"]
    lane, when = lane_positions(flows, a.flows.rates.lanes), periods("flows", flows)
    misfits.add("flows", flows, lane == NOWHERE, "no lane carries this product there")
    misfits.add("flows", flows, lane == AMBIGUOUS, "several lanes fit: name the lane")
    moving = (lane >= 0) & (when >= 0)

    lines = a.making.lines.rows.select(
        "site_id", "recipe_id", product_id=pl.when(pl.col("recipe_id") == "").then("good").otherwise(pl.lit(""))
    )

    def line_of(table: str, frame: pl.DataFrame) -> Ints:
        plain = frame.select(
            "site_id", "recipe_id",
            product_id=pl.when(pl.col("recipe_id").fill_null("") == "").then("product_id").otherwise(pl.lit("")),
        )  # fmt: skip
        found = _at(plain, ["site_id", "recipe_id", "product_id"], lines)
        misfits.add(table, frame, found < 0, "no line at this site makes it")
        return found

    outputs = plan["outputs"]
    line, made_when = line_of("outputs", outputs), periods("outputs", outputs)
    vintage = positions(outputs["vintage"], ids)
    old = (outputs["vintage"].fill_null("existing") == "existing").to_numpy()
    misfits.add("outputs", outputs, (vintage < 0) & ~old, "vintage is neither `existing` nor a period")
    making = (line >= 0) & (made_when >= 0) & ((vintage >= 0) | old)
    vintage = np.where(old, EXISTING, vintage)

    bought = plan["purchased"]
    offer, bought_when = _at(bought, ["site_id", "product_id", "offer_id"], a.offers.rows), periods("purchased", bought)
    misfits.add("purchased", bought, offer < 0, "there is no such offer")
    buying = (offer >= 0) & (bought_when >= 0)

    served = plan["delivered"]
    demand = _at(served, ["site_id", "product_id", "segment", "period_id"], a.demand.rows)
    misfits.add("delivered", served, demand < 0, "nobody asks for it there then")

    held = plan["stocked"]
    stock, held_when = _at(held, ["site_id", "product_id"], a.stocks.rows), periods("stocked", held)
    misfits.add("stocked", held, stock < 0, "no stock is kept there")
    holding = (stock >= 0) & (held_when >= 0)

    thrown = plan["disposed"]
    thrown_when = periods("disposed", thrown)
    site, product = positions(thrown["site_id"], a.sites.ids), positions(thrown["product_id"], a.products.ids)
    pool = np.where((site >= 0) & (product >= 0), a.pools.at(site, product), NOWHERE)
    misfits.add("disposed", thrown, pool < 0, "nothing brings the product to this site")
    throwing = (pool >= 0) & (thrown_when >= 0)

    gates = _gates(a, plan, misfits)
    added = plan["modules"]
    added_line, added_when = line_of("modules", added), periods("modules", added)
    adding = (added_line >= 0) & (added_when >= 0)
    out = a.making.outputs
    made_line = line[making], vintage[making], made_when[making]
    return Placed(
        lane[moving], when[moving], _amount(flows)[moving],
        *made_line, _entry(a, *made_line, (out.line, out.vintage, out.period)), _amount(outputs)[making],
        offer[buying], bought_when[buying], _amount(bought)[buying],
        demand[demand >= 0], _amount(served)[demand >= 0],
        stock[holding], held_when[holding], _amount(held)[holding],
        pool[throwing], thrown_when[throwing], _amount(thrown)[throwing],
        *gates,
        added_line[adding], added_when[adding], _amount(added, "added")[adding],
        *graded_flows(a, flows["grade"].gather(np.flatnonzero(moving)), lane[moving], when[moving]), *placed_claims(a, plan["claims"], Names(a)),
        *placed_refunds(a, plan["refunds"]),
        misfits.frame(),
        Names(a),
    )  # fmt: skip


def _entry(a: Arrays, line: Ints, vintage: Ints, period: Ints, axis: tuple[Ints, Ints, Ints]) -> Ints:
    count = len(a.calendar)

    def code(k: Ints, v: Ints, t: Ints) -> Ints:
        return np.asarray((k * (count + 1) + v + 1) * count + t)

    known, wanted = code(*axis), code(line, vintage, period)
    if not len(known):
        return np.full(len(wanted), NOWHERE)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, at, NOWHERE)


def _gates(a: Arrays, plan: Plan, misfits: _Misfits) -> tuple[Floats, Floats, Floats]:
    """Openings of gated sites; an operating site may be listed as open and a closed one as not open."""
    rows = plan["openings"]
    site, when = positions(rows["site_id"], a.sites.ids), positions(rows["period_id"], list(a.calendar.ids))
    misfits.add("openings", rows, site < 0, "there is no such site")
    misfits.add("openings", rows, when < 0, "no such period")
    told = [_amount(rows, name) for name in ("open", "started", "stopped")]
    known = (site >= 0) & (when >= 0)
    gate = np.where(known, a.sites.gate[np.maximum(site, 0)], NOWHERE)
    closed = a.sites.closed[np.maximum(site, 0)]
    plain = known & (gate < 0)
    wrong = plain & ((told[0] != np.where(closed, 0.0, 1.0)) | (told[1] != 0) | (told[2] != 0))
    misfits.add("openings", rows, wrong, "an operating site is always open and a closed one never: neither starts nor stops")
    grids = []
    for values in told:
        grid = np.zeros((len(a.sites.gated), len(a.calendar)))
        np.add.at(grid, (gate[gate >= 0], when[gate >= 0]), values[gate >= 0])
        grids.append(grid)
    return grids[0], grids[1], grids[2]
