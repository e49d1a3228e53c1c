"""Claims of a plan as positions on the axes of a network, and what they save and earn.

A claim that no duty or credit of this world hangs on counts nothing, and is no mistake: a plan made under a preference
that has ended is judged without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.frames import Names
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["claimed_by_entry", "graded_flows", "placed_claims", "placed_refunds", "relief_of_flows", "spoilt_of"]


def graded_flows(a: Arrays, grade: pl.Series, lane: Ints, period: Ints) -> tuple[Ints, Ints]:
    """Pairs (flow row, entry of `claims.carried_`) of every rule that a row's grade names; both of shape (pairs,)."""
    c = a.claims
    named = np.flatnonzero((grade.fill_null("") != "").to_numpy())
    if not len(named) or not len(c.carried_flow):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    flows = a.flows
    known = pl.DataFrame(
        {"rule": [c.rules[at] for at in c.carried_rule], "lane": flows.lane[c.carried_flow], "period": flows.period[c.carried_flow]}
    )
    asked = pl.DataFrame({"row": named, "lane": lane[named], "period": period[named], "rule": grade.gather(named).str.split("+")})
    asked = asked.explode("rule").with_columns(pl.col("rule").str.strip_chars()).unique(maintain_order=True)
    both = asked.join(known.with_row_index("entry"), on=["rule", "lane", "period"], how="inner", maintain_order="left")
    return both["row"].cast(pl.Int64).to_numpy(), both["entry"].cast(pl.Int64).to_numpy()


def placed_claims(a: Arrays, claims: pl.DataFrame, names: Names) -> tuple[Ints, Floats, Ints, Floats]:
    """Entries of claims and their quantities, entries of inputs and theirs."""
    c, out = a.claims, a.making.outputs
    if not claims.height or not len(c):
        return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0)
    lot = pl.DataFrame(
        {
            "lot": np.arange(len(c.lot_rule)),
            "rule_id": [c.rules[at] for at in c.lot_rule],
            "method": c.lot_method,
            **names.pools(c.lot_pool),
            "period_id": names.periods(c.lot_period),
        }
    )
    keys = ["rule_id", "method", "site_id", "product_id", "period_id"]
    amount = pl.col("quantity").fill_null(0.0)
    placed = claims.with_columns(amount, input_product_id=pl.col("input_product_id").fill_null("")).join(lot, on=keys, how="inner")
    output = placed.filter(pl.col("input_product_id") == "").with_columns(
        pl.col("recipe_id").fill_null(""), pl.col("vintage").fill_null("existing")
    )
    entry = c.claim_output
    line = names.lines(out.line[entry])
    known = pl.DataFrame(
        {"lot": c.claim_lot, "recipe_id": line["recipe_id"].fill_null(""), "vintage": names.vintages(out.vintage[entry])}
    ).with_row_index("entry")
    claimed = output.join(known, on=["lot", "recipe_id", "vintage"], how="inner")
    used = pl.DataFrame({"lot": c.input_lot, "input_product_id": names.pools(c.input_pool)["product_id"]}).with_row_index("entry")
    clean = placed.filter(pl.col("input_product_id") != "").join(used, on=["lot", "input_product_id"], how="inner")
    found = []
    for frame in (claimed, clean):
        found += [frame["entry"].cast(pl.Int64).to_numpy(), frame["quantity"].to_numpy()]
    return found[0], found[1], found[2], found[3]


def placed_refunds(a: Arrays, refunds: pl.DataFrame) -> tuple[Ints, Floats]:
    """Entries of `refunds` and their quantities."""
    r, lanes, flows = a.refunds, a.flows.rates.lanes, a.flows
    if not refunds.height or not len(r):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    lane = flows.lane[r.refund_flow]
    known = lanes.select("lane_id", "product_id")[lane.tolist()].with_columns(
        period_id=pl.Series([a.calendar.ids[t] for t in flows.period[r.refund_flow]], dtype=pl.String)
    )
    found = refunds.join(known.with_row_index("entry"), on=["lane_id", "product_id", "period_id"], how="inner")
    return found["entry"].cast(pl.Int64).to_numpy(), found["quantity"].fill_null(0.0).to_numpy()


def relief_of_flows(a: Arrays, p: Placed) -> Floats:
    """Duty that each flow row saves per unit: of the rules its grade names, the one that saves most; shape (flows,)."""
    saved = np.zeros(len(p.flow))
    np.maximum.at(saved, p.graded_row, a.claims.carried_relief[p.graded])
    return saved


def spoilt_of(a: Arrays, p: Placed, claimed: Floats) -> Floats:
    """What is thrown away of claimed output, by `claims.spoilt_`: min(claimed, max(0, disposed − (made − claimed)))."""
    c, out, periods = a.claims, a.making.outputs, len(a.calendar)
    pool, t = a.disposal.pool[c.spoilt_entry], a.disposal.period[c.spoilt_entry]
    thrown, made = np.zeros((len(a.pools), periods)), np.zeros((len(a.pools), periods))
    np.add.at(thrown, (p.thrown_pool, p.thrown_period), p.thrown)
    np.add.at(made, (a.making.lines.pool[p.made_line], p.made_period), p.made)
    by_rule = np.zeros((len(c.rules), len(a.pools), periods))
    np.add.at(by_rule, (c.lot_rule[c.claim_lot], c.lot_pool[c.claim_lot], out.period[c.claim_output]), claimed)
    shown = by_rule[c.spoilt_rule, pool, t]
    return np.minimum(shown, np.maximum(0.0, thrown[pool, t] - (made[pool, t] - shown)))


def claimed_by_entry(a: Arrays, p: Placed) -> Floats:
    """Claimed quantity of each entry of `claims`; shape (claims,)."""
    return np.bincount(p.claim, weights=p.claimed, minlength=len(a.claims.claim_lot)).astype(np.float64)
