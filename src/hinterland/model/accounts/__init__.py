"""What a plan costs, emits, moves and leaves short, read off the tables alone: no solver has a say in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.accounts.claiming import relief_of_flows
from hinterland.model.accounts.frames import CO2E_COLUMNS, COST_COLUMNS
from hinterland.model.accounts.placing import Placed, place_plan
from hinterland.model.accounts.spending import carbon_costs, credit_costs, emissions, quantity_costs
from hinterland.model.accounts.standing import capital_costs, contract_costs, lane_costs, site_costs
from hinterland.model.arrays import Arrays, arrays_of
from hinterland.model.scopes import place_names

if TYPE_CHECKING:
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["CO2E_CAUSES", "COST_KINDS", "Accounts", "account", "accounts_of"]

COST_KINDS = (
    "purchase", "conversion", "electricity", "heat", "freight", "transit_holding", "duty", "disposal", "holding", "fixed", "opening",
    "restart", "closing", "capital", "lane_fixed", "qualification", "take_or_pay", "sign", "carbon", "credit",
)  # fmt: skip
CO2E_CAUSES = ("electricity", "heat", "direct", "purchased", "transport")


@dataclass(frozen=True, slots=True)
class Accounts:
    """A plan's accounts, tidy and sorted; a column that does not apply to a row is null.

    costs: kind, period_id, site_id (where it is spent), product_id, recipe_id, vintage, lane_id, from_site, to_site, subject
    (offer, capacity group, contract, incentive or cause), amount (real money of settings.currency), discounted (at base_date).
    co2e: cause, the same places, kg_market, kg_location, kg (by settings.electricity_basis).
    flows: lane_id, from_site, to_site, product_id, mode_chain, period_id, quantity, gross_t, net_t, km, days, tkm, passages,
    customs_border, value (null if unknown), duty_share (after claims); one row a lane, product and period, whatever its grades.
    shortage: site_id, product_id, segment, period_id, demand, delivered, short, shortage_cost (steering only, no real cost).
    """

    costs: pl.DataFrame
    co2e: pl.DataFrame
    flows: pl.DataFrame
    shortage: pl.DataFrame


def _flows(a: Arrays, p: Placed) -> pl.DataFrame:
    rates, periods = a.flows.rates, len(a.calendar)
    code, at = np.unique(p.flow_lane * periods + p.flow_period, return_inverse=True)  # grades of one flow are one flow
    lane, t = code // periods, code % periods
    flow = np.bincount(at, weights=p.flow, minlength=len(code)).astype(np.float64)
    saved = np.bincount(at, weights=p.flow * relief_of_flows(a, p), minlength=len(code))
    plain = flow * rates.duty_per_unit[lane, t]
    due = np.where(plain > 0, 1.0 - saved / np.where(plain > 0, plain, 1.0), 1.0)
    lanes = rates.lanes[lane].select("lane_id", "from_site", "to_site", "product_id", "mode_chain", "passages", "km")
    territory = dict(place_names(a.net).select("site_id", "territory").iter_rows())
    gross = flow * rates.lanes["gross_t_per_unit"].to_numpy()[lane]
    value = flow * rates.value_per_unit[lane, t]
    ends = [pl.col(name).replace_strict(territory, default=None, return_dtype=pl.String) for name in ("from_site", "to_site")]
    told = lanes.with_columns(
        period_id=p.names.periods(t),
        quantity=pl.Series(flow),
        gross_t=pl.Series(gross),
        net_t=pl.Series(flow * rates.lanes["mass_t_per_unit"].to_numpy()[lane]),
        days=pl.Series(rates.days[lane, t]),
        tkm=pl.Series(gross) * pl.col("km"),
        customs_border=ends[0].ne_missing(ends[1]),
        value=pl.Series(value).fill_nan(None),
        duty_share=pl.Series(rates.duty_share[lane, t] * due),
    )
    order = ["lane_id", "from_site", "to_site", "product_id", "mode_chain", "period_id", "quantity", "gross_t", "net_t", "km", "days",
             "tkm", "passages", "customs_border", "value", "duty_share"]  # fmt: skip
    return told.select(order).sort("lane_id", "product_id", "period_id")


def _shortage(a: Arrays, p: Placed) -> pl.DataFrame:
    delivered = np.zeros(len(a.demand.pool))
    np.add.at(delivered, p.served_row, p.served)
    short = np.maximum(a.demand.quantity - delivered, 0.0)
    return (
        a.demand.rows.select("site_id", "product_id", "segment", "period_id")
        .with_columns(
            demand=pl.Series(a.demand.quantity),
            delivered=pl.Series(delivered),
            short=pl.Series(short),
            shortage_cost=pl.Series(short * a.demand.shortage_cost),
        )
        .sort("site_id", "product_id", "segment", "period_id")
    )


def accounts_of(a: Arrays, p: Placed) -> Accounts:
    """Accounts of a placed plan; rows of the plan that fit nowhere in the network count nothing."""
    co2e = emissions(a, p)
    parts = [
        *quantity_costs(a, p), *site_costs(a, p), capital_costs(a, p), *lane_costs(a, p), *contract_costs(a, p),
        carbon_costs(a, co2e), *credit_costs(a, p),
    ]  # fmt: skip
    costs = pl.concat([part.filter((pl.col("amount") != 0) | (pl.col("discounted") != 0)) for part in parts])
    keys = [name for name in COST_COLUMNS if name not in {"amount", "discounted"}]
    causes = [name for name in CO2E_COLUMNS if not name.startswith("kg")]
    return Accounts(costs.sort(keys, maintain_order=True), co2e.sort(causes, maintain_order=True), _flows(a, p), _shortage(a, p))


def account(net: Network, plan: Plan) -> Accounts:
    """Account for a plan in a resolved network: every real cost line, every cause of CO2e, flows and shortage.

    Money is real, in settings.currency; quantities per period in the product's own unit. Raises InvalidTables where a
    table cannot be evaluated; rows of the plan that the network does not know are left to `verify` and `check_plan`.
    """
    a = arrays_of(net)
    return accounts_of(a, place_plan(a, plan))
