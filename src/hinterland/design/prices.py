"""What one unit of each decision costs and emits: coefficients by kind, in real and in discounted money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.money import discount_at, discount_mean
from hinterland.design.axes import entry_periods
from hinterland.model.arrays.crediting import incentive_rates
from hinterland.model.dated import Dated
from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.deals import Deal
    from hinterland.design.terms import Draft
    from hinterland.design.variables import Switches
    from hinterland.model.arrays import Arrays

__all__ = ["Coefficients", "Credit", "co2e_terms", "constant_costs", "cost_terms", "credits_of"]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Amount per unit of some entries of a variable; arrays of shape (entries,). CO2e in kg, money undiscounted.

    `discounted` is the same in money of base_date. `site` is −1 where no site answers for it.
    """

    kind: str
    variable: str
    entries: Ints
    amount: Floats
    discounted: Floats
    period: Ints
    site: Ints


@dataclass(frozen=True, slots=True)
class Credit:
    """One incentive row: what it pays on, per entry; `cap` is the most over the horizon (inf: none)."""

    incentive_id: str
    parts: list[tuple[str, Ints, Floats]]
    cap: float


def co2e_terms(a: Arrays) -> list[Coefficients]:
    """kgCO2e of made (electricity, heat, direct), bought and moved units; electricity by settings.electricity_basis."""
    out, lines, offers, flows = a.making.outputs, a.making.lines, a.offers, a.flows
    k, t = out.line, out.period
    power = lines.electricity_location_kg if a.settings.electricity_basis == "location" else lines.electricity_market_kg
    every = np.arange(len(k))
    found = [
        Coefficients(cause, "made", every, kg[k, t], kg[k, t], t, lines.site[k])
        for cause, kg in (("electricity", power), ("heat", lines.heat_kg), ("direct", lines.direct_kg))
    ]
    kg = offers.co2e_kg[offers.offer, offers.period]
    found.append(Coefficients("purchased", "bought", np.arange(len(kg)), kg, kg, offers.period, offers.site[offers.offer]))
    moved = flows.rates.co2e_kg_per_unit[flows.lane, flows.period]
    found.append(
        Coefficients("transport", "flow", np.arange(len(moved)), moved, moved, flows.period, np.broadcast_to(np.int64(-1), (len(moved),)))
    )
    return [_nonzero(one) for one in found]


def _nonzero(one: Coefficients) -> Coefficients:
    filled = (one.amount != 0) | (one.discounted != 0)
    if filled.all():  # nothing to leave out: share the arrays, a million lanes have many of them
        return one
    keep = np.flatnonzero(filled)
    return Coefficients(one.kind, one.variable, one.entries[keep], one.amount[keep], one.discounted[keep], one.period[keep], one.site[keep])


def credits_of(a: Arrays) -> list[Credit]:
    """Credits of incentives by row: per unit made minus disposed, or a share of conversion and energy cost.

    Under a condition they are earned on what is claimed, and on all that is made where and when nothing is to be shown.
    """
    scopes, c = Scopes(a.net), a.claims
    frame = a.net["incentives"]
    rates = incentive_rates(a.net)
    out, lines, disposal = a.making.outputs, a.making.lines, a.disposal
    site_ids, product_ids = np.array(a.sites.ids, dtype=object), np.array(a.products.ids, dtype=object)
    found = []
    for at, row in enumerate(frame.iter_rows(named=True)):
        if row["basis"] not in {"per_unit", "cost_share"}:
            continue
        sites, products = scopes.sites(row["site_or_group"]), scopes.products(row["product_id"])
        here = np.ones(len(site_ids), dtype=bool) if sites is None else np.isin(site_ids, list(sites))
        this = np.ones(len(product_ids), dtype=bool) if products is None else np.isin(product_ids, list(products))
        entries = np.flatnonzero((here[lines.site] & this[lines.product])[out.line])
        k, t = out.line[entries], out.period[entries]
        rule = row["condition_rule_id"]
        free = c.free[rule] if rule else np.ones((len(site_ids), len(a.calendar)))
        paid = rates[at] * free
        base = lines.conversion_cost + lines.electricity_cost + lines.heat_cost
        if row["basis"] == "cost_share":
            parts = [("made", entries, paid[lines.site[k], t] * base[k, t])]
        else:
            along = np.flatnonzero((out.use_quantity < 0) & here[a.pools.site[out.use_pool]] & this[a.pools.product[out.use_pool]])
            thrown = np.flatnonzero(here[a.pools.site[disposal.pool]] & this[a.pools.product[disposal.pool]])
            parts = [
                ("made", entries, paid[lines.site[k], t]),
                (
                    "made",
                    out.use_output[along],
                    -out.use_quantity[along] * paid[a.pools.site[out.use_pool[along]], out.period[out.use_output[along]]],
                ),
                ("disposed", thrown, -paid[a.pools.site[disposal.pool[thrown]], disposal.period[thrown]]),
            ]
        if rule:
            parts = [(name, which[amounts != 0], amounts[amounts != 0]) for name, which, amounts in parts]
        if rule in c.conditions:
            mine = c.conditions[rule]
            output = c.claim_output
            shown = np.flatnonzero((c.lot_rule[c.claim_lot] == mine) & (here[lines.site] & this[lines.product])[out.line[output]])
            k, t = out.line[output[shown]], out.period[output[shown]]
            if row["basis"] == "cost_share":
                parts.append(("claimed", shown, rates[at][t] * base[k, t]))
            else:
                pool = disposal.pool[c.spoilt_entry]
                lost = np.flatnonzero((c.spoilt_rule == mine) & here[a.pools.site[pool]] & this[a.pools.product[pool]])
                parts += [("claimed", shown, rates[at][t]), ("spoilt", lost, -rates[at][disposal.period[c.spoilt_entry[lost]]])]
        cap = row["cap_amount"]
        found.append(Credit(row["incentive_id"], [part for part in parts if len(part[1])], np.inf if cap is None else float(cap)))
    return found


def cost_terms(d: Draft, switches: Switches, deals: list[Deal], incentives: list[Credit], unpaid: tuple[Ints, Ints]) -> list[Coefficients]:
    """Every real cost line of DESIGN §6 by kind; the fixed cost of sites that are always open is in `constant_costs`."""
    a, periods = d.arrays, d.periods
    calendar, rate = a.calendar, a.settings.discount_rate_share
    running = discount_mean(calendar.tau_start, calendar.tau_stop, rate)
    once = discount_at(calendar.tau_start, rate)
    found: list[Coefficients] = []

    def add(kind: str, variable: str, entries: Ints, amount: Floats, period: Ints, factor: Floats = running) -> None:
        found.append(_nonzero(Coefficients(kind, variable, entries, amount, amount * factor[period], period, np.full(len(entries), -1))))

    flows, out, lines, offers = a.flows, a.making.outputs, a.making.lines, a.offers
    moved, lane, t = np.arange(len(flows.lane)), flows.lane, flows.period
    add("freight", "flow", moved, flows.rates.freight_per_unit[lane, t], t)
    add("transit_holding", "flow", moved, flows.rates.transit_holding_per_unit[lane, t], t)
    add("duty", "flow", moved, flows.rates.duty_per_unit[lane, t], t)
    carried = a.claims.carried_flow
    add("duty", "carried", np.arange(len(carried)), -a.claims.carried_relief, flows.period[carried])
    back = a.refunds.refund_flow
    add("duty", "refunded", np.arange(len(back)), -a.refunds.refund_money, flows.period[back])
    made, k, t = np.arange(len(out.line)), out.line, out.period
    for kind, cost in (("conversion", lines.conversion_cost), ("electricity", lines.electricity_cost), ("heat", lines.heat_cost)):
        add(kind, "made", made, cost[k, t], t)
    add("purchase", "bought", np.arange(len(offers.offer)), offers.price[offers.offer, offers.period], offers.period)
    add("disposal", "disposed", np.arange(len(a.disposal.pool)), a.disposal.cost, a.disposal.period)
    held = np.arange(a.stocks.holding_cost.size)
    add("holding", "stock", held, a.stocks.holding_cost.ravel(), held % periods)
    gated = np.arange(len(a.sites.gated) * periods)
    add("fixed", "open", gated, a.sites.fixed_cost[a.sites.gated].ravel(), gated % periods)
    paused = np.repeat(np.array([a.sites.status[site] == "paused" for site in a.sites.gated], dtype=bool), periods)
    for kind, which in (("opening", ~paused), ("restart", paused)):
        rows = gated[which] if len(gated) else gated
        add(kind, "start", rows, a.sites.start_cost.ravel()[rows], rows % periods, once)
    add("closing", "stop", gated, a.sites.stop_cost.ravel(), gated % periods, once)
    modules = a.making.modules
    for period in range(periods):
        entries = np.flatnonzero(modules.cost[:, period] > 0)
        here = np.full(len(entries), period)
        found.append(
            Coefficients("capital", "module", entries, modules.cost[entries, period], modules.cost_discounted[entries, period], here, -here)
        )
    group = np.arange(len(switches.paid) * periods)
    add("lane_fixed", "group_used", group, switches.group_fixed_cost[switches.paid].ravel(), group % periods)
    tested = np.arange(len(switches.tested) * periods)
    cost = flows.rates.qualification_cost[switches.tested].ravel()
    add("qualification", "lane_tested", tested, cost, tested % periods, once)
    again = tested[tested % periods > 0]
    add("qualification", "lane_tested", again - 1, -cost[again], again % periods, once)
    contract, year = unpaid
    if len(contract):
        price = np.array([deals[int(c)].price[int(y)] for c, y in zip(contract, year, strict=True)])
        _, shares = calendar.year_shares()
        last = np.array([int(np.flatnonzero(shares[:, y] > 0)[-1]) for y in year])
        add("take_or_pay", "unpaid", np.arange(len(contract)), price, last)
    carbon = Dated(a.net).setting("carbon_price_per_t", a.settings.carbon_price_per_t) / 1000.0
    if (carbon > 0).any():
        for one in co2e_terms(a):
            add("carbon", one.variable, one.entries, one.amount * carbon[one.period], one.period)
    for credit in incentives:
        if np.isinf(credit.cap):
            for variable, entries, amount in credit.parts:
                periods_of = entry_periods(a, variable)
                assert periods_of is not None  # noqa: S101 -- see capped_credits
                add("credit", variable, entries, -amount, periods_of[entries])
    if d.has("credit"):
        entries = np.arange(len(d.labels("credit")))
        add("credit", "credit", entries, np.full(len(entries), -1.0), entries % periods)
    return found


def constant_costs(a: Arrays, deals: list[Deal]) -> pl.DataFrame:
    """Cost lines that no decision moves: fixed cost of sites always open, and the signing of contracts."""
    calendar, rate = a.calendar, a.settings.discount_rate_share
    running = discount_mean(calendar.tau_start, calendar.tau_stop, rate)
    once = discount_at(calendar.tau_start, rate)
    always = np.array([gate < 0 and status != "closed" for gate, status in zip(a.sites.gate, a.sites.status, strict=True)], dtype=bool)
    fixed = a.sites.fixed_cost[always].sum(axis=0)
    rows = [("fixed", t, float(fixed[t]), float(fixed[t] * running[t])) for t in range(len(calendar)) if fixed[t]]
    signed = [deal for deal in deals if deal.sign_cost and deal.sign_period >= 0]
    rows += [("sign", deal.sign_period, deal.sign_cost, float(deal.sign_cost * once[deal.sign_period])) for deal in signed]
    schema = {"kind": pl.String, "period": pl.Int64, "amount": pl.Float64, "discounted": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
