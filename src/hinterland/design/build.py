"""The whole model of DESIGN §6 from arrays, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.design.blocks.balance import balance
from hinterland.design.blocks.capacity import existing_capacity, floor, module_capacity, modules_allowed
from hinterland.design.blocks.contracts import contract_quantities, contract_shares, exclusivity, take_or_pay
from hinterland.design.blocks.lanes import lane_groups, least_quantity, qualification
from hinterland.design.blocks.origin import (
    carried_flow,
    claim_test,
    claimed_output,
    clean_supply,
    clean_use,
    spoilt_claims,
    whole_lots,
)
from hinterland.design.blocks.policies import capped_credits, keep_policies
from hinterland.design.blocks.refunds import refunded_flows, refunds_of_exports
from hinterland.design.blocks.sites import once, open_from_start, presence, stock_needs_site, throughput
from hinterland.design.blocks.stocks import cover
from hinterland.design.bounds import bounds_of, total_need
from hinterland.design.deals import Deal, deals_of
from hinterland.design.prices import Coefficients, Credit, co2e_terms, constant_costs, cost_terms, credits_of
from hinterland.design.rules import Rule, rules_of
from hinterland.design.terms import Draft
from hinterland.design.variables import Switches, add_decisions, switches_of

if TYPE_CHECKING:
    import polars as pl

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays

__all__ = ["Blueprint", "build"]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A built model with everything needed to price, read and explain its solution."""

    draft: Draft
    switches: Switches
    deals: list[Deal]
    rules: list[Rule]
    soft: list[int]
    unpaid: tuple[Ints, Ints]
    capped: list[Credit]
    costs: list[Coefficients]
    constants: pl.DataFrame
    co2e: list[Coefficients]
    need: Floats


def _forced(a: Arrays, deals: list[Deal], rules: list[Rule]) -> Floats:
    """Quantities that contracts and min_flow ask for beyond demand, in units; shape (products, periods)."""
    more = np.zeros((len(a.products.ids), len(a.calendar)))
    for deal in deals:
        for product in np.unique(a.flows.product[a.flows.lane[deal.contracted]]):
            more[product] += deal.min_quantity + deal.take_or_pay
    for rule in rules:
        if rule.sign == ">=" and rule.right > 0:
            for variable, entries, amounts in rule.terms:
                if variable == "flow":
                    counting = entries[amounts > 0]
                    for product in np.unique(a.flows.product[a.flows.lane[counting]]):
                        one = amounts[amounts > 0][a.flows.product[a.flows.lane[counting]] == product].min()
                        more[product, rule.period] += rule.right / one
    return more


def _waste_pays(d: Draft, switches: Switches, deals: list[Deal], rules: list[Rule], incentives: list[Credit]) -> bool:
    """Say whether anything may force or reward making more than is needed: floors, lots, contracts, shares, credits, waste fees."""
    a = d.arrays
    lines, rates = a.making.lines, a.flows.rates
    paid = (a.offers.price, lines.conversion_cost, lines.electricity_cost, lines.heat_cost, rates.freight_per_unit, a.disposal.cost)
    emitted = (one.amount for one in co2e_terms(a))
    asked = any(
        rule.sign == ">=" or len({sign for _, _, amounts in rule.terms for sign in np.unique(np.sign(amounts)).tolist()}) > 1
        for rule in rules
    )
    return bool(
        (lines.min_utilisation > 0).any() or len(switches.least) or deals or incentives or asked or len(a.claims)
        or any((one < 0).any() for one in (*paid, *emitted))
    )  # fmt: skip


def build(a: Arrays, forced: Floats | None = None) -> Blueprint:
    """Build variables and blocks in linopy, sparse throughout; nothing is solved.

    `forced` (products, periods) are quantities that a planner's own rows ask for beyond demand.
    """
    import linopy

    linopy.options["semantics"] = "v1"
    draft = Draft(linopy.Model(sparse=True), a)
    switches, deals, rules, incentives = switches_of(draft), deals_of(a), rules_of(a), credits_of(a)
    need = total_need(a, _forced(a, deals, rules) + (0.0 if forced is None else forced))
    bounds = bounds_of(a, need, waste_pays=forced is not None or _waste_pays(draft, switches, deals, rules, incentives))
    add_decisions(draft, switches)
    balance(draft)
    open_from_start(draft)
    once(draft)
    presence(draft, bounds)
    stock_needs_site(draft, bounds)
    throughput(draft)
    existing_capacity(draft)
    module_capacity(draft)
    modules_allowed(draft)
    floor(draft)
    lane_groups(draft, switches, bounds)
    least_quantity(draft, switches, bounds)
    qualification(draft, switches, bounds)
    cover(draft)
    contract_shares(draft, deals)
    contract_quantities(draft, deals)
    exclusivity(draft, deals)
    unpaid = take_or_pay(draft, deals)
    capped = [credit for credit in incentives if np.isfinite(credit.cap)]
    capped_credits(draft, [credit.parts for credit in capped], [credit.cap for credit in capped])
    soft = keep_policies(draft, rules)
    if len(a.claims):
        claimed_output(draft)
        claim_test(draft)
        clean_use(draft)
        clean_supply(draft)
        carried_flow(draft)
        whole_lots(draft, bounds)
        spoilt_claims(draft)
    if len(a.refunds):
        refunded_flows(draft)
        refunds_of_exports(draft)
    return Blueprint(
        draft=draft,
        switches=switches,
        deals=deals,
        rules=rules,
        soft=soft,
        unpaid=unpaid,
        capped=capped,
        costs=cost_terms(draft, switches, deals, incentives, unpaid),
        constants=constant_costs(a, deals),
        co2e=co2e_terms(a),
        need=need,
    )
