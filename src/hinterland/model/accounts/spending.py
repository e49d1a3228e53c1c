"""Real cost lines that follow quantities: buying, making, moving, holding, throwing away, and credits for making."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.money import discount_mean
from hinterland.model.accounts.frames import CO2E_COLUMNS, COST_COLUMNS, tidy
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
    for kind, per_unit in (
        ("freight", rates.freight_per_unit), ("transit_holding", rates.transit_holding_per_unit), ("duty", rates.duty_per_unit),
    ):  # fmt: skip
        found.append(_lines(a, p, kind, p.flow_period, p.flow * per_unit[p.flow_lane, p.flow_period], **moved))
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


def _earned(a: Arrays, p: Placed, row: dict[str, object], rate: Floats) -> pl.DataFrame:
    """What an incentive earns before its cap; rows of (site, product, recipe, vintage, period, amount)."""
    scopes, names = Scopes(a.net), p.names
    sites, products = scopes.sites(row["site_or_group"]), scopes.products(row["product_id"])  # type: ignore[arg-type]
    here = np.array([sites is None or one in sites for one in a.sites.ids], dtype=bool)
    this = np.array([products is None or one in products for one in a.products.ids], dtype=bool)
    lines, out = a.making.lines, a.making.outputs
    good = np.flatnonzero((here[lines.site] & this[lines.product])[p.made_line])
    k, t = p.made_line[good], p.made_period[good]
    where = {**names.lines(k), "vintage": names.vintages(p.made_vintage[good]), "period_id": names.periods(t)}
    schema = {name: kind for name, kind in COST_COLUMNS.items() if name not in {"kind", "discounted"}}
    if row["basis"] == "cost_share":
        base = (lines.conversion_cost + lines.electricity_cost + lines.heat_cost)[k, t]
        return tidy(len(good), schema, amount=p.made[good] * base * rate[t], **where)
    parts = [tidy(len(good), schema, amount=p.made[good] * rate[t], **where)]
    made = np.zeros(len(out.line))
    np.add.at(made, p.made_entry[p.made_entry >= 0], p.made[p.made_entry >= 0])
    along = np.flatnonzero((out.use_quantity < 0) & here[a.pools.site[out.use_pool]] & this[a.pools.product[out.use_pool]])
    entry = out.use_output[along]
    given = -out.use_quantity[along] * made[entry]
    t = out.period[entry]
    where = {**names.lines(out.line[entry]), **names.pools(out.use_pool[along]), "vintage": names.vintages(out.vintage[entry])}
    parts.append(tidy(len(given), schema, amount=given * rate[t], period_id=names.periods(t), **where))
    thrown = np.flatnonzero(here[a.pools.site[p.thrown_pool]] & this[a.pools.product[p.thrown_pool]])
    t = p.thrown_period[thrown]
    parts.append(
        tidy(len(thrown), schema, amount=-p.thrown[thrown] * rate[t], period_id=names.periods(t), **names.pools(p.thrown_pool[thrown]))
    )
    return pl.concat(parts)


def credit_costs(a: Arrays, p: Placed) -> list[pl.DataFrame]:
    """Credits as negative costs: per unit made minus disposed, or a share of conversion and energy cost.

    A cap holds over the horizon, undiscounted, taken earliest first: what is paid up to a period is the lesser of the cap
    and all earned till then, so what is thrown away later first eats what was earned above the cap.
    """
    dated = Dated(a.net)
    rates = (
        dated.values("incentives", "amount", 0.0) * dated.spans_weight("incentives") * dated.values("incentives", "pass_through_share", 1.0)
    )
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
