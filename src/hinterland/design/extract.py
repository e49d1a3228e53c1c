"""From solver columns back to a plan and the solver's own account of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.money import discount_at
from hinterland.design.axes import entry_periods
from hinterland.design.grading import claimed_rows, graded, refunded_rows
from hinterland.model.plan import Plan

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.build import Blueprint
    from hinterland.design.prices import Coefficients

__all__ = ["claims_of", "plan_of", "settled", "steering_of"]

_TINY = 1e-9
"""Quantities below this share of the product's need are no decision."""
_NOISE = 1e-12
"""Below this share of the need a solver's number is zero."""


def _columns(b: Blueprint, x: Floats, variable: str) -> Floats:
    return x[b.draft.labels(variable)] if b.draft.has(variable) else np.zeros(0)


def _kept(b: Blueprint, values: Floats, product: Ints) -> Ints:
    need = b.need.sum(axis=1)
    scale = np.where(np.isfinite(need), need, 1.0)[product]
    return np.flatnonzero(values > _NOISE * np.maximum(scale, 1e-12))  # dust went before: what is left of it is needed


def _entry_periods(b: Blueprint, variable: str, entries: Ints) -> Ints:
    periods = entry_periods(b.draft.arrays, variable)
    assert periods is not None  # noqa: S101 -- credits are earned on what is made, claimed and thrown away
    return periods[entries]


def settled(b: Blueprint, x: Floats) -> Floats:
    """A solution with what only follows from it at its least: tests, fees of lane groups, take-or-pay, credits, broken rules.

    An objective without cost leaves these free above their least, and without interest a credit has no hurry; the plan
    itself has no such columns, and whoever counts it again takes the least, credits earliest first.
    """
    a, d = b.draft.arrays, b.draft
    found, periods = x.copy(), d.periods
    quantity, product = _columns(b, x, "flow"), a.flows.product[a.flows.lane]
    kept = _kept(b, quantity, product)
    lane, t = a.flows.lane[kept], a.flows.period[kept]
    if d.has("lane_tested"):
        once = discount_at(a.calendar.tau_start, a.settings.discount_rate_share)
        tested = np.zeros((len(b.switches.tested), periods))
        for row, at in enumerate(b.switches.tested):
            if (lane == at).any():
                worth = (a.flows.rates.qualification_cost[at] * once)[: int(t[lane == at].min()) + 1]
                tested[row, np.flatnonzero(worth <= worth.min() * (1 + 1e-12))[-1] :] = 1.0
        found[d.labels("lane_tested")] = tested.ravel()
    if d.has("group_used"):
        used = np.zeros((len(b.switches.groups) + 1, periods))
        used[b.switches.group[lane], t] = 1.0
        found[d.labels("group_used")] = used[b.switches.paid].ravel()
    if d.has("unpaid"):
        shares = a.calendar.year_shares()[1]
        for label, contract, year in zip(d.labels("unpaid"), *b.unpaid, strict=True):
            deal = b.deals[int(contract)]
            taken = quantity[deal.contracted] @ shares[a.flows.period[deal.contracted], year]
            found[label] = max(0.0, float(deal.take_or_pay @ shares[:, year] - taken))
    for at, credit in enumerate(b.capped):
        earned = np.zeros(periods)
        for variable, entries, amounts in credit.parts:
            np.add.at(earned, _entry_periods(b, variable, entries), amounts * _columns(b, x, variable)[entries])
        paid = np.diff(np.minimum(np.cumsum(earned), credit.cap), prepend=0.0)
        found[d.labels("credit")[at * periods : (at + 1) * periods]] = paid
    c = a.claims
    if d.has("spoilt"):
        pool, when, out = a.disposal.pool[c.spoilt_entry], a.disposal.period[c.spoilt_entry], a.making.outputs
        claimed, made, thrown = _columns(b, x, "claimed"), _columns(b, x, "made"), _columns(b, x, "disposed")[c.spoilt_entry]
        lot = c.claim_lot
        for at, label in enumerate(d.labels("spoilt")):
            shown = float(
                claimed[(c.lot_rule[lot] == c.spoilt_rule[at]) & (c.lot_pool[lot] == pool[at]) & (c.lot_period[lot] == when[at])].sum()
            )
            all_made = float(made[(a.making.lines.pool[out.line] == pool[at]) & (out.period == when[at])].sum())
            found[label] = min(shown, max(0.0, float(thrown[at]) - (all_made - shown)))
    if b.soft:
        for label, which in zip(d.labels("broken"), b.soft, strict=True):
            rule = b.rules[which]
            left = sum(float(amounts @ _columns(b, x, variable)[entries]) for variable, entries, amounts in rule.terms if len(entries))
            found[label] = max(0.0, rule.right - left if rule.sign == ">=" else left - rule.right)
    return found


def plan_of(b: Blueprint, x: Floats, maker: str) -> Plan:
    """Read the plan off a solution; yes/no and module values are whole."""
    a = b.draft.arrays
    periods = np.array(a.calendar.ids, dtype=object)
    sites, products = np.array(a.sites.ids, dtype=object), np.array(a.products.ids, dtype=object)
    pools, flows, lines, out, offers = a.pools, a.flows, a.making.lines, a.making.outputs, a.offers
    lanes = flows.rates.lanes

    def frame(columns: dict[str, object]) -> pl.DataFrame:
        return pl.DataFrame(
            {name: list(values) if isinstance(values, np.ndarray) else values for name, values in columns.items()}, strict=False
        )

    quantity = _columns(b, x, "flow")
    kept = _kept(b, quantity, flows.product[flows.lane])
    kept, grade, part = graded(b, x, kept)
    rows = lanes[flows.lane[kept].tolist()].select("lane_id", "from_site", "to_site", "product_id", "mode_chain")
    moved = rows.with_columns(
        period_id=pl.Series(list(periods[flows.period[kept]]), dtype=pl.String),
        grade=pl.Series(grade, dtype=pl.String),
        quantity=pl.Series(part),
    )
    made = _columns(b, x, "made")
    kept = _kept(b, made, lines.product[out.line])
    recipe = np.array([one or None for one in lines.rows["recipe_id"].to_list()], dtype=object)
    vintage = np.where(out.vintage < 0, "existing", np.append(periods, "existing")[out.vintage])
    k = out.line[kept]
    outputs = frame({"site_id": sites[lines.site[k]], "recipe_id": recipe[k], "product_id": products[lines.product[k]],
                     "vintage": vintage[kept], "period_id": periods[out.period[kept]], "quantity": made[kept]})  # fmt: skip
    bought = _columns(b, x, "bought")
    kept = _kept(b, bought, pools.product[offers.pool[offers.offer]])
    o = offers.offer[kept]
    purchased = (
        offers.rows[o.tolist()]
        .select("site_id", "product_id", "offer_id")
        .with_columns(period_id=pl.Series(list(periods[offers.period[kept]]), dtype=pl.String), quantity=pl.Series(bought[kept]))
    )
    short = _columns(b, x, "short")
    served = a.demand.quantity - np.where(short > _TINY * a.demand.quantity, short, 0.0) if len(short) else np.zeros(0)
    kept = np.flatnonzero(served > 0)
    delivered = (
        a.demand.rows[kept.tolist()].select("site_id", "product_id", "segment", "period_id").with_columns(quantity=pl.Series(served[kept]))
    )
    stock = _columns(b, x, "stock")
    s = np.repeat(np.arange(len(a.stocks.pool)), len(periods))
    kept = _kept(b, stock, pools.product[a.stocks.pool[s]]) if len(stock) else np.zeros(0, dtype=np.int64)
    pool = a.stocks.pool[s[kept]]
    stocked = frame({"site_id": sites[pools.site[pool]], "product_id": products[pools.product[pool]],
                     "period_id": np.tile(periods, len(a.stocks.pool))[kept], "quantity": stock[kept]})  # fmt: skip
    thrown = _columns(b, x, "disposed")
    kept = _kept(b, thrown, pools.product[a.disposal.pool])
    pool = a.disposal.pool[kept]
    disposed = frame({"site_id": sites[pools.site[pool]], "product_id": products[pools.product[pool]],
                      "period_id": periods[a.disposal.period[kept]], "quantity": thrown[kept]})  # fmt: skip
    opened, started, stopped = (np.round(_columns(b, x, name)).astype(int) for name in ("open", "start", "stop"))
    openings = frame({"site_id": np.repeat(sites[a.sites.gated], len(periods)), "period_id": np.tile(periods, len(a.sites.gated)),
                      "open": opened, "started": started, "stopped": stopped})  # fmt: skip
    added = np.round(_columns(b, x, "module")).astype(int)
    kept = np.flatnonzero(added > 0)
    k = a.making.modules.line[kept]
    modules = frame({"site_id": sites[lines.site[k]], "recipe_id": recipe[k], "product_id": products[lines.product[k]],
                     "period_id": periods[a.making.modules.vintage[kept]], "added": added[kept]})  # fmt: skip
    starts = dict(a.net["contract_phases"].group_by("contract_id").agg(pl.col("start_date").min()).iter_rows())
    signed = pl.DataFrame([(deal.contract_id, starts.get(deal.contract_id)) for deal in b.deals],
                          schema={"contract_id": pl.String, "start_date": pl.Date}, orient="row")  # fmt: skip
    tables = {"flows": moved, "claims": claimed_rows(b, x), "refunds": refunded_rows(b, x), "outputs": outputs, "purchased": purchased, "delivered": delivered, "stocked": stocked,
              "disposed": disposed, "openings": openings, "modules": modules, "signed": signed}  # fmt: skip
    return Plan({name: table for name, table in tables.items() if table.height}, a.net.scenarios, maker, a.net.digest)


def _totals(b: Blueprint, x: Floats, parts: list[Coefficients], names: tuple[str, str, str]) -> pl.DataFrame:
    kinds, periods, amounts, discounted = [], [], [], []
    for one in parts:
        values = _columns(b, x, one.variable)[one.entries]
        for t in np.unique(one.period):
            here = one.period == t
            kinds.append(one.kind)
            periods.append(int(t))
            amounts.append(float(values[here] @ one.amount[here]))
            discounted.append(float(values[here] @ one.discounted[here]))
    kind, amount, paid = names
    return pl.DataFrame({kind: pl.Series(kinds, dtype=pl.String), "period": pl.Series(periods, dtype=pl.Int64),
                         amount: pl.Series(amounts, dtype=pl.Float64), paid: pl.Series(discounted, dtype=pl.Float64)})  # fmt: skip


def claims_of(b: Blueprint, x: Floats) -> dict[str, pl.DataFrame]:
    """What the solver says its plan costs and emits, by kind and period: verify holds it against the tables."""
    ids = pl.DataFrame({"period": np.arange(b.draft.periods), "period_id": list(b.draft.arrays.calendar.ids)})
    costs = pl.concat([_totals(b, x, b.costs, ("kind", "amount", "discounted")), b.constants])
    costs = costs.group_by("kind", "period").agg(pl.col("amount").sum(), pl.col("discounted").sum()).join(ids, on="period")
    co2e = _totals(b, x, b.co2e, ("cause", "kg", "again")).group_by("cause", "period").agg(pl.col("kg").sum()).join(ids, on="period")
    return {
        "claimed_costs": costs.select("kind", "period_id", "amount", "discounted").sort("kind", "period_id"),
        "claimed_co2e": co2e.select("cause", "period_id", "kg").sort("cause", "period_id"),
    }


def steering_of(b: Blueprint, x: Floats) -> pl.DataFrame:
    """Shortage and broken soft policies with what they steer by: no real cost."""
    a = b.draft.arrays
    short = _columns(b, x, "short")
    rows: list[tuple[str, str, str, float, float]] = []
    for at in np.flatnonzero(short > _TINY):
        name = f"{a.sites.ids[a.demand.site[at]]} {a.products.ids[a.pools.product[a.demand.pool[at]]]}"
        rows.append(
            ("shortage", a.calendar.ids[a.demand.period[at]], name, float(short[at]), float(short[at] * a.demand.shortage_cost[at]))
        )
    broken = _columns(b, x, "broken")
    for entry, which in enumerate(b.soft):
        rule = b.rules[which]
        if broken[entry] > _TINY:
            amount = float(broken[entry] * (rule.penalty or 0.0))
            rows.append(("policy", a.calendar.ids[rule.period], rule.label, float(broken[entry]), amount))
    schema = {"kind": pl.String, "period_id": pl.String, "label": pl.String, "violation": pl.Float64, "amount": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("kind", "period_id", "label")
