"""Rows of the model in planner's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from hinterland.design.build import Blueprint

__all__ = ["row_words"]


def _namers(b: Blueprint) -> dict[str, Callable[[int], tuple[str, str]]]:
    """For each block, a function from the row number to (words, period_id)."""
    a = b.draft.arrays
    sites, products, periods, t = a.sites.ids, a.products.ids, a.calendar.ids, b.draft.periods
    lines, out, flows = a.making.lines, a.making.outputs, a.flows
    lanes = flows.rates.lanes["lane_id"].to_list()

    def pool(row: int) -> tuple[str, str]:
        at = row // t
        return f"{products[a.pools.product[at]]} at {sites[a.pools.site[at]]}", periods[row % t]

    def gated(row: int) -> tuple[str, str]:
        return f"opening of {sites[a.sites.gated[row // t]]}", periods[row % t]

    def site(row: int) -> tuple[str, str]:
        return f"throughput of {sites[row // t]}", periods[row % t]

    def line(k: int) -> str:
        return f"{products[lines.product[k]]} line of {sites[lines.site[k]]}"

    def output(row: int) -> tuple[str, str]:
        return f"capacity of the {line(int(out.line[row]))}", periods[out.period[row]]

    def stock(row: int) -> tuple[str, str]:
        at = row // t
        product, place = products[a.pools.product[a.stocks.pool[at]]], sites[a.stocks.site[at]]
        days = a.stocks.days_of_cover[at, row % t]
        return f"stock of {product} at {place} (cover {days:g} days)", periods[row % t]

    def contract(words: str) -> Callable[[int], tuple[str, str]]:
        def name(row: int) -> tuple[str, str]:
            deal = b.deals[row // t]
            at = row % t
            asked = {
                "least share": f"at least {deal.min_share[at]:.0%} of the inflow",
                "largest share": f"at most {deal.max_share[at]:.0%} of the inflow",
                "least quantity": f"at least {deal.min_quantity[at]:,.0f}",
                "largest quantity": f"at most {deal.max_quantity[at]:,.0f}",
                "exclusivity": f"{deal.exclusive[at]:.0%} exclusive",
            }[words]
            return f"{deal.label} asks for {asked}", periods[at]

        return name

    def flow(row: int) -> tuple[str, str]:
        return f"lane {lanes[flows.lane[row]]}", periods[flows.period[row]]

    def rule(row: int) -> tuple[str, str]:
        return b.rules[row].label, periods[b.rules[row].period]

    def module(row: int) -> tuple[str, str]:
        modules = a.making.modules
        return f"modules of the {line(int(modules.line[row]))}", periods[modules.vintage[row]]

    return {
        "balance": pool,
        "presence": pool,
        "open_from_start": gated,
        "start_once": lambda row: (f"one start of {sites[a.sites.gated[row]]}", ""),
        "stop_once": lambda row: (f"one stop of {sites[a.sites.gated[row]]}", ""),
        "throughput": site,
        "existing_capacity": output,
        "module_capacity": output,
        "module_needs_site": output,
        "modules_in_all": lambda row: (f"most modules of the {line(row)}", ""),
        "module_start_needs_site": module,
        "floor": lambda row: (f"least utilisation of the {line(row // t)}", periods[row % t]),
        "cover": stock,
        "stock_needs_site": stock,
        "stock_floor": stock,
        "contract_min_share": contract("least share"),
        "contract_max_share": contract("largest share"),
        "contract_min_quantity": contract("least quantity"),
        "contract_max_quantity": contract("largest quantity"),
        "exclusivity": contract("exclusivity"),
        "take_or_pay": lambda row: (f"take-or-pay of {b.deals[int(b.unpaid[0][row])].label}", ""),
        "lane_group_capacity": lambda row: (f"capacity of lane group {b.switches.groups[row // t]}", periods[row % t]),
        "lane_group_used": lambda row: (f"use of lane group {b.switches.groups[row // t]}", periods[row % t]),
        "lane_least": flow,
        "lane_most": flow,
        "lane_needs_test": flow,
        "policy_least": rule,
        "policy_most": rule,
    }


def row_words(b: Blueprint) -> list[tuple[str, str, str]]:
    """(block, words, period_id) of every row, in the order of the solver's matrix."""
    namers = _namers(b)
    words: list[tuple[str, str, str]] = []
    for name in b.draft.model.constraints:
        numbers = np.asarray(next(iter(b.draft.model.constraints[name].indexes.values())), dtype=np.int64)
        namer = namers.get(name)
        for row in numbers:
            text, period = namer(int(row)) if namer else (name.replace("_", " "), "")
            words.append((name, text, period))
    return words
