"""Real cost lines that follow quantities: buying, making, moving, holding, throwing away, and credits for making."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.money import discount_mean
from hinterland.model.accounts.claiming import claimed_by_entry, relief_of_flows, spoilt_of
from hinterland.model.accounts.frames import CO2E_COLUMNS, COST_COLUMNS, tidy
from hinterland.model.arrays.crediting import incentive_rates
from hinterland.model.dated import Dated
from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["carbon_costs", "credit_costs", "emissions", "quantity_costs", "running_factor"]


def running_factor(a: Arrays) -> Floats:
    """Mean discount factor of each period; shape (periods,)."""
    return discount_mean(a.calendar.tau_start, a.calendar.tau_stop, a.settings.discount_rate_share)


def _lines(a: Arrays, p: Placed, kind: str, t: Ints, amount: Floats, **where: pl.Series) -> pl.DataFrame:
    names = {"period_id": p.names.periods(t), **where}
    return tidy(len(amount), COST_COLUMNS, kind=kind, amount=amount, discounted=amount * running_factor(a)[t], **names)


def quantity_costs(a: Arrays, p: Placed) -> list[pl.DataFrame]:
    """Purchases, conversion, electricity, heat, freight, transit holding, duty, disposal and holding; undiscounted and at base_date."""
    names, rates, lines, offers = p.names, a.flows.rates, a.making.lines, a.offers
    site, product = offers.site[p.bought_offer], a.pools.product[offers.pool[p.bought_offer]]
    found = [
        _lines(
            a, p, "purchase", p.bought_period, p.bought * offers.price[p.bought_offer, p.bought_period],
            site_id=names.sites(site), product_id=names.products(product), subject=offers.rows["offer_id"][p.bought_offer],
        )
    ]  # fmt: skip
    made = {**names.lines(p.made_line), "vintage": names.vintages(p.made_vintage)}
    for kind, per_unit in (("conversion", lines.conversion_cost), ("electricity", lines.electricity_cost), ("heat", lines.heat_cost)):
        found.append(_lines(a, p, kind, p.made_period, p.made * per_unit[p.made_line, p.made_period], **made))
    moved = names.lanes(p.flow_lane)
    for kind, per_unit in (("freight", rates.freight_per_unit), ("transit_holding", rates.transit_holding_per_unit)):
        found.append(_lines(a, p, kind, p.flow_period, p.flow * per_unit[p.flow_lane, p.flow_period], **moved))
    duty = rates.duty_per_unit[p.flow_lane, p.flow_period] - relief_of_flows(a, p)
    found.append(_lines(a, p, "duty", p.flow_period, p.flow * duty, **moved))
    lane, t = a.flows.lane[a.refunds.refund_flow[p.refund]], a.flows.period[a.refunds.refund_flow[p.refund]]
    back = pl.Series(["drawback"], dtype=pl.String).new_from_index(0, len(lane))
    found.append(_lines(a, p, "duty", t, -p.refunded * a.refunds.refund_money[p.refund], subject=back, **names.lanes(lane)))
    cost = np.nan_to_num(a.products.disposal_cost)[a.pools.product[p.thrown_pool], p.thrown_period]
    found.append(_lines(a, p, "disposal", p.thrown_period, p.thrown * cost, **names.pools(p.thrown_pool)))
    held = p.held * a.stocks.holding_cost[p.held_row, p.held_period]
    found.append(_lines(a, p, "holding", p.held_period, held, **names.pools(a.stocks.pool[p.held_row])))
    return found


def emissions(a: Arrays, p: Placed) -> pl.DataFrame:
    """kgCO2e by cause: electricity (market and location), heat, direct, purchased, transport; rows that emit nothing left out."""
    names, lines, offers = p.names, a.making.lines, a.offers
    k, t = p.made_line, p.made_period
    made = {**names.lines(k), "vintage": names.vintages(p.made_vintage), "period_id": names.periods(t)}
    local = a.settings.electricity_basis == "location"

    def part(cause: str, market: Floats, location: Floats, **where: pl.Series) -> pl.DataFrame:
        return tidy(
            len(market), CO2E_COLUMNS, cause=cause, kg_market=market, kg_location=location, kg=location if local else market, **where
        )

    power = part("electricity", p.made * lines.electricity_market_kg[k, t], p.made * lines.electricity_location_kg[k, t], **made)
    heat, direct = p.made * lines.heat_kg[k, t], p.made * lines.direct_kg[k, t]
    o, when = p.bought_offer, p.bought_period
    bought = p.bought * offers.co2e_kg[o, when]
    bought_where = {"site_id": names.sites(offers.site[o]), "product_id": names.products(a.pools.product[offers.pool[o]])}
    moved = p.flow * a.flows.rates.co2e_kg_per_unit[p.flow_lane, p.flow_period]
    parts = [
        power,
        part("heat", heat, heat, **made),
        part("direct", direct, direct, **made),
        part("purchased", bought, bought, period_id=names.periods(when), subject=offers.rows["offer_id"][o], **bought_where),
        part("transport", moved, moved, period_id=names.periods(p.flow_period), **names.lanes(p.flow_lane)),
    ]
    return pl.concat(parts).filter((pl.col("kg_market") != 0) | (pl.col("kg_location") != 0))


def carbon_costs(a: Arrays, co2e: pl.DataFrame) -> pl.DataFrame:
    """Carbon price × CO2e, one row per row of `emissions`; subject is the cause."""
    price = Dated(a.net).setting("carbon_price_per_t", a.settings.carbon_price_per_t) / 1000.0
    by_period = pl.DataFrame({"period_id": list(a.calendar.ids), "price": price, "factor": running_factor(a)})
    paid = co2e.join(by_period, on="period_id", how="left", maintain_order="left").with_columns(amount=pl.col("kg") * pl.col("price"))
    return paid.with_columns(
        kind=pl.lit("carbon"), subject=pl.col("cause"), discounted=pl.col("amount") * pl.col("factor")
    ).select(list(COST_COLUMNS))  # fmt: skip


def _earned(a: Arrays, p: Placed, row: dict[str, object], full: Floats) -> pl.DataFrame:
    """What an incentive earns before its cap; rows of (site, product, recipe, vintage, period, amount).

    `full` is what it pays per unit in each period. Under a condition it is earned on what is claimed, and on all that is
    made where and when nothing is to be shown.
    """
    scopes, names = Scopes(a.net), p.names
    sites, products = scopes.sites(row["site_or_group"]), scopes.products(row["product_id"])  # type: ignore[arg-type]
    here = np.array([sites is None or one in sites for one in a.sites.ids], dtype=bool)
    this = np.array([products is None or one in products for one in a.products.ids], dtype=bool)
    lines, out = a.making.lines, a.making.outputs
    rule = row["condition_rule_id"]
    rate = full * (a.claims.free[str(rule)] if rule else np.ones((len(a.sites.ids), 1)))
    good = np.flatnonzero((here[lines.site] & this[lines.product])[p.made_line])
    k, t = p.made_line[good], p.made_period[good]
    where = {**names.lines(k), "vintage": names.vintages(p.made_vintage[good]), "period_id": names.periods(t)}
    schema = {name: kind for name, kind in COST_COLUMNS.items() if name not in {"kind", "discounted"}}
    shown = _shown(a, p, row, full, here[:, None] & this[None, :]) if rule else tidy(0, schema)
    if row["basis"] == "cost_share":
        base = (lines.conversion_cost + lines.electricity_cost + lines.heat_cost)[k, t]
        return pl.concat([tidy(len(good), schema, amount=p.made[good] * base * rate[lines.site[k], t], **where), shown])
    parts = [tidy(len(good), schema, amount=p.made[good] * rate[lines.site[k], t], **where), shown]
    made = np.zeros(len(out.line))
    np.add.at(made, p.made_entry[p.made_entry >= 0], p.made[p.made_entry >= 0])
    along = np.flatnonzero((out.use_quantity < 0) & here[a.pools.site[out.use_pool]] & this[a.pools.product[out.use_pool]])
    entry = out.use_output[along]
    given = -out.use_quantity[along] * made[entry]
    t = out.period[entry]
    where = {**names.lines(out.line[entry]), **names.pools(out.use_pool[along]), "vintage": names.vintages(out.vintage[entry])}
    paid = rate[a.pools.site[out.use_pool[along]], t]
    parts.append(tidy(len(given), schema, amount=given * paid, period_id=names.periods(t), **where))
    thrown = np.flatnonzero(here[a.pools.site[p.thrown_pool]] & this[a.pools.product[p.thrown_pool]])
    t = p.thrown_period[thrown]
    parts.append(
        tidy(
            len(thrown), schema, amount=-p.thrown[thrown] * rate[a.pools.site[p.thrown_pool[thrown]], t], period_id=names.periods(t),
            **names.pools(p.thrown_pool[thrown]),
        )
    )  # fmt: skip
    return pl.concat(parts)


def _shown(a: Arrays, p: Placed, row: dict[str, object], full: Floats, scope: np.ndarray) -> pl.DataFrame:
    """What an incentive earns on claims under its condition, less what is thrown away of them; `scope` is (sites, products)."""
    c, names, lines, out = a.claims, p.names, a.making.lines, a.making.outputs
    schema = {name: kind for name, kind in COST_COLUMNS.items() if name not in {"kind", "discounted"}}
    if row["condition_rule_id"] not in c.conditions:
        return tidy(0, schema)
    rule = c.conditions[str(row["condition_rule_id"])]
    claimed = claimed_by_entry(a, p)
    k, t = out.line[c.claim_output], out.period[c.claim_output]
    at = np.flatnonzero((c.lot_rule[c.claim_lot] == rule) & scope[lines.site[k], lines.product[k]] & (claimed != 0))
    k, t = k[at], t[at]
    where = {**names.lines(k), "vintage": names.vintages(out.vintage[c.claim_output[at]]), "period_id": names.periods(t)}
    if row["basis"] == "cost_share":
        base = (lines.conversion_cost + lines.electricity_cost + lines.heat_cost)[k, t]
        return tidy(len(at), schema, amount=claimed[at] * base * full[t], **where)
    pool, when = a.disposal.pool[c.spoilt_entry], a.disposal.period[c.spoilt_entry]
    spoilt = spoilt_of(a, p, claimed)
    lost = np.flatnonzero((c.spoilt_rule == rule) & scope[a.pools.site[pool], a.pools.product[pool]] & (spoilt > 0))
    gone = tidy(len(lost), schema, amount=-spoilt[lost] * full[when[lost]], period_id=names.periods(when[lost]), **names.pools(pool[lost]))
    return pl.concat([tidy(len(at), schema, amount=claimed[at] * full[t], **where), gone])


def credit_costs(a: Arrays, p: Placed) -> list[pl.DataFrame]:
    """Credits as negative costs: per unit made minus disposed, or a share of conversion and energy cost.

    A cap holds over the horizon, undiscounted, taken earliest first: what is paid up to a period is the lesser of the cap
    and all earned till then, so what is thrown away later first eats what was earned above the cap.
    """
    rates = incentive_rates(a.net)
    order = pl.DataFrame({"period_id": list(a.calendar.ids), "t": np.arange(len(a.calendar)), "factor": running_factor(a)})
    found = []
    for at, row in enumerate(a.net["incentives"].iter_rows(named=True)):
        if row["basis"] not in {"per_unit", "cost_share"}:
            continue
        earned = _earned(a, p, row, rates[at]).join(order, on="period_id", how="left", maintain_order="left")
        cap = row["cap_amount"]
        if cap is not None:
            total = np.zeros(len(a.calendar))
            np.add.at(total, earned["t"].to_numpy(), earned["amount"].to_numpy())
            paid = np.diff(np.minimum(np.cumsum(total), float(cap)), prepend=0.0)
            share = np.divide(paid, total, out=np.zeros_like(paid), where=total != 0)
            earned = earned.with_columns(amount=pl.col("amount") * pl.Series(share[earned["t"].to_numpy()]))
        found.append(
            earned.with_columns(
                kind=pl.lit("credit"), subject=pl.lit(row["incentive_id"]), amount=-pl.col("amount"),
                discounted=-pl.col("amount") * pl.col("factor"),
            ).select(list(COST_COLUMNS))
        )  # fmt: skip
    return found
