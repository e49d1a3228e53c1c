"""Rows and limits of the model in planner's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.design.figures import in_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hinterland.core.calendar import Ints
    from hinterland.design.build import Blueprint
    from hinterland.design.fixing import Given

__all__ = ["Limit", "Words", "bound_words", "fact_words", "row_blocks", "row_words"]


@dataclass(frozen=True, slots=True)
class Words:
    """A row in words: what it says, when, and the unit its right side counts in (empty: a yes or no)."""

    block: str
    words: str
    period_id: str
    unit: str

    def __str__(self) -> str:
        """In one phrase."""
        return f"{self.words} in {self.period_id}" if self.period_id else self.words


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound of a decision as a fact of the tables."""

    column: int
    block: str
    words: str
    period_id: str
    unit: str
    amount: float

    def __str__(self) -> str:
        """In one phrase, with the amount."""
        amount = f" is {in_figures(self.amount)} {self.unit}".rstrip() if self.unit else ""
        return f"{self.words}{amount} in {self.period_id}"


def _share(value: float) -> str:
    return f"{100 * value:.4g} %"


class _Names:
    """Names of places, goods and times by index."""

    def __init__(self, b: Blueprint) -> None:
        self.b, self.a = b, b.draft.arrays
        self.t = b.draft.periods
        self.sites, self.products, self.periods = self.a.sites.ids, self.a.products.ids, self.a.calendar.ids
        self.units = [unit or "unit" for unit in self.a.products.unit]
        self.lanes = self.a.flows.rates.lanes["lane_id"].to_list()
        self.policies = {row["policy_id"]: row for row in self.a.net["policies"].iter_rows(named=True)}

    def pool(self, at: int) -> str:
        return f"{self.products[self.a.pools.product[at]]} at {self.sites[self.a.pools.site[at]]}"

    def pool_unit(self, at: int) -> str:
        return self.units[self.a.pools.product[at]]

    def line(self, k: int) -> str:
        lines = self.a.making.lines
        return f"the {self.products[lines.product[k]]} line of {self.sites[lines.site[k]]}"

    def line_unit(self, k: int) -> str:
        return self.units[self.a.making.lines.product[k]]

    def output(self, entry: int) -> tuple[str, str, str]:
        out = self.a.making.outputs
        kind = "capacity" if out.vintage[entry] < 0 else f"capacity of the modules of {self.periods[out.vintage[entry]]}"
        k = int(out.line[entry])
        return f"{kind} of {self.line(k)}", self.periods[out.period[entry]], self.line_unit(k)

    def stock(self, at: int) -> str:
        return self.pool(int(self.a.stocks.pool[at]))

    def deal_unit(self, which: int) -> str:
        entries = self.b.deals[which].inflow
        products = self.a.flows.product[self.a.flows.lane[entries]]
        return self.units[products[0]] if len(products) and (products == products[0]).all() else "units"

    def rule(self, which: int) -> str:
        """A policy's rule as a sentence: who it speaks of is in brackets."""
        rule = self.b.rules[which]
        row = self.policies.get(rule.policy_id)
        if row is None or rule.words:
            return rule.words or rule.label
        kind, value = str(row["kind"]), float(row["value"] or 0.0)
        scope = rule.label.removeprefix(f"policy {rule.policy_id} ({kind} {value:g}").removesuffix(")").removeprefix(", ")
        goods = row["product"] or "all goods"
        way = " ".join(f"{word} {row[cell]}" for word, cell in (("from", "from_group"), ("to", "to_group")) if row[cell])
        of_goods = f"{goods} {way}".strip()
        unit = self.rule_unit(which)
        said = {
            "force_open": f"wants {scope} open",
            "forbid_site": f"forbids {scope}",
            "forbid_origin": f"forbids {of_goods}",
            "max_sites": f"allows at most {value:g} site{'' if value == 1 else 's'}{f' in {scope}' if scope else ''}{f' making {goods}' if row['product'] else ''}",
            "min_flow": f"asks for at least {in_figures(value)} {unit} a year of {of_goods}",
            "max_flow": f"allows at most {in_figures(value)} {unit} a year of {of_goods}",
            "max_co2e": f"allows at most {in_figures(value)} {row['value_unit'] or 't'} CO2e a year",
            "max_co2e_per_unit": f"allows at most {in_figures(value)} kg CO2e per unit",
            "min_regional_share": f"asks for at least {_share(value)} of {of_goods} {'' if row['from_group'] else 'from the own region'}".rstrip(),
            "max_country_share": f"allows at most {_share(value)} of {of_goods} from one country",
            "max_site_share": f"allows at most {_share(value)} of {of_goods} from one site",
            "min_renewable_share": f"asks for at least {_share(value)} renewable electricity",
        }.get(kind)
        if said is None:
            return rule.label
        named = f" ({scope})" if scope and scope not in said else ""
        return f"policy {rule.policy_id} {said}{named}"

    def rule_unit(self, which: int) -> str:
        """Unit of a policy's right side; empty for those that say yes or no."""
        if self.b.rules[which].unit:
            return self.b.rules[which].unit
        row = self.policies.get(self.b.rules[which].policy_id, {})
        kind = str(row.get("kind"))
        if kind == "min_renewable_share":
            return "kWh"
        if kind.startswith("max_co2e"):
            return "t CO2e"
        if kind in {"min_regional_share", "max_country_share", "max_site_share", "min_flow", "max_flow"}:
            if row.get("basis") == "units" and row.get("product") in self.products:
                return self.units[self.products.index(str(row["product"]))]
            return {"mass": "t", "value": self.a.settings.currency}.get(str(row.get("basis")), "unit")
        return ""


def _namers(b: Blueprint, given: Given | None) -> dict[str, Callable[[int], tuple[str, str, str]]]:
    """For each block, a function from the row number to (words, period_id, unit)."""
    n = _Names(b)
    a, t, periods = n.a, n.t, n.periods
    wanted = set(zip(a.demand.pool.tolist(), a.demand.period.tolist(), strict=True))

    def balance(row: int) -> tuple[str, str, str]:
        at, period = row // t, row % t
        kind = "demand for" if (at, period) in wanted else "need of"
        return f"{kind} {n.pool(at)}", periods[period], n.pool_unit(at)

    def presence(row: int) -> tuple[str, str, str]:
        return f"{n.pool(row // t)} only while the site is open", periods[row % t], ""

    def gated(row: int) -> tuple[str, str, str]:
        return f"opening of {n.sites[a.sites.gated[row // t]]}", periods[row % t], ""

    def cover(row: int) -> tuple[str, str, str]:
        at = row // t
        days = a.stocks.days_of_cover[at, row % t]
        return f"stock of {n.stock(at)} of at least {days:g} days", periods[row % t], n.pool_unit(int(a.stocks.pool[at]))

    def stock(words: str) -> Callable[[int], tuple[str, str, str]]:
        def name(row: int) -> tuple[str, str, str]:
            at = row // t
            return f"{words} of {n.stock(at)}", periods[row % t], n.pool_unit(int(a.stocks.pool[at]))

        return name

    def contract(words: str) -> Callable[[int], tuple[str, str, str]]:
        def name(row: int) -> tuple[str, str, str]:
            deal, at, unit = b.deals[row // t], row % t, n.deal_unit(row // t)
            asked = {
                "least share": f"at least {_share(deal.min_share[at])} of the inflow",
                "largest share": f"at most {_share(deal.max_share[at])} of the inflow",
                "least quantity": f"at least {in_figures(deal.min_quantity[at])} {unit}",
                "largest quantity": f"at most {in_figures(deal.max_quantity[at])} {unit}",
                "exclusivity": f"{_share(deal.exclusive[at])} of the inflow to be exclusive",
            }[words]
            return f"{deal.label} asks for {asked}", periods[at], unit

        return name

    def flow(words: str) -> Callable[[int], tuple[str, str, str]]:
        def name(row: int) -> tuple[str, str, str]:
            lane = a.flows.lane[row]
            return f"{words} of lane {n.lanes[lane]}", periods[a.flows.period[row]], n.units[a.flows.product[lane]]

        return name

    def rule(row: int) -> tuple[str, str, str]:
        return n.rule(row), periods[b.rules[row].period], n.rule_unit(row)

    def module(row: int) -> tuple[str, str, str]:
        modules = a.making.modules
        return f"modules of {n.line(int(modules.line[row]))} only where the site is open", periods[modules.vintage[row]], ""

    def take_or_pay(row: int) -> tuple[str, str, str]:
        which = int(b.unpaid[0][row])
        return f"take-or-pay of {b.deals[which].label}", "", n.deal_unit(which)

    def plan_row(block: str) -> Callable[[int], tuple[str, str, str]]:
        words = given.words[block] if given else []
        return lambda row: words[row]

    named: dict[str, Callable[[int], tuple[str, str, str]]] = {
        "balance": balance,
        "presence": presence,
        "open_from_start": gated,
        "start_once": lambda row: (f"one start of {n.sites[a.sites.gated[row]]}", "", ""),
        "stop_once": lambda row: (f"one stop of {n.sites[a.sites.gated[row]]}", "", ""),
        "throughput": lambda row: (f"throughput of {n.sites[row // t]}", periods[row % t], "t"),
        "existing_capacity": n.output,
        "module_capacity": n.output,
        "module_needs_site": lambda row: (*n.output(row)[:2], ""),
        "modules_in_all": lambda row: (f"most modules of {n.line(row)}", "", ""),
        "module_start_needs_site": module,
        "floor": lambda row: (f"least utilisation of {n.line(row // t)}", periods[row % t], n.line_unit(row // t)),
        "cover": cover,
        "stock_needs_site": stock("largest stock"),
        "stock_floor": stock("least stock"),
        "contract_min_share": contract("least share"),
        "contract_max_share": contract("largest share"),
        "contract_min_quantity": contract("least quantity"),
        "contract_max_quantity": contract("largest quantity"),
        "exclusivity": contract("exclusivity"),
        "take_or_pay": take_or_pay,
        "lane_group_capacity": lambda row: (f"capacity of lane group {b.switches.groups[row // t]}", periods[row % t], "t"),
        "lane_group_used": lambda row: (f"use of lane group {b.switches.groups[row // t]}", periods[row % t], ""),
        "lane_least": flow("least quantity"),
        "lane_most": lambda row: (*flow("use")(row)[:2], ""),
        "lane_needs_test": lambda row: (*flow("qualification")(row)[:2], ""),
        "policy_least": rule,
        "policy_most": rule,
    }
    return named | ({block: plan_row(block) for block in given.words} if given else {})


def row_blocks(b: Blueprint) -> tuple[list[str], Ints]:
    """Names of the blocks in the order of the matrix, and the first row of each and one past the last; (blocks,), (blocks+1,)."""
    constraints = b.draft.model.constraints
    names = list(constraints)
    return names, np.concatenate([[0], np.cumsum([constraints[name].ncons for name in names])]).astype(np.int64)


def row_words(b: Blueprint, given: Given | None, rows: Iterable[int]) -> list[Words]:
    """Words of some rows of the solver's matrix."""
    names, starts = row_blocks(b)
    namers = _namers(b, given)
    numbers = {name: np.asarray(next(iter(b.draft.model.constraints[name].indexes.values())), dtype=np.int64) for name in names}
    found = []
    for at in rows:
        which = int(np.searchsorted(starts, at, side="right")) - 1
        name = names[which]
        row = int(numbers[name][int(at) - int(starts[which])])
        text, period, unit = namers[name](row) if name in namers else (name.replace("_", " "), "", "")
        found.append(Words(name, text, period, unit))
    return found


def fact_words(b: Blueprint, words: list[Words], rows: Iterable[int]) -> list[str]:
    """Which of some rows are capacities, and how large they are: facts that a conflict runs into."""
    n = _Names(b)
    a, t = n.a, n.t
    names, starts = row_blocks(b)
    numbers = {name: np.asarray(next(iter(b.draft.model.constraints[name].indexes.values())), dtype=np.int64) for name in names}
    out, modules = a.making.outputs, a.making.modules
    most = {(int(k), int(v)): float(m) for k, v, m in zip(modules.line, modules.vintage, modules.most, strict=True)}
    told = []
    for one, at in zip(words, rows, strict=True):
        which = int(np.searchsorted(starts, at, side="right")) - 1
        row = int(numbers[one.block][int(at) - int(starts[which])])
        amount = None
        if one.block == "existing_capacity":
            amount = float(out.capacity[row])
        elif one.block == "module_capacity":
            amount = float(out.capacity[row]) * most[int(out.line[row]), int(out.vintage[row])]
        elif one.block == "throughput":
            amount = float(a.sites.throughput_t[row // t, row % t])
        elif one.block == "lane_group_capacity":
            amount = float(b.switches.group_capacity_t[row // t, row % t])
        if amount is not None:
            told.append(f"{one.words} is {in_figures(amount)} {one.unit} in {one.period_id}")
    return told


def bound_words(b: Blueprint, columns: Ints, *, upper: bool) -> list[Limit]:
    """Limits behind the upper (or lower) bounds of some columns, for those that the tables give."""
    n = _Names(b)
    d, a, t, periods = b.draft, n.a, n.t, n.periods
    found: list[Limit] = []

    def each(variable: str) -> list[tuple[int, int]]:
        if not d.has(variable) or not len(d.labels(variable)):
            return []
        first = int(d.labels(variable)[0])
        return [(int(c), int(c) - first) for c in columns if first <= c < first + len(d.labels(variable))]

    def add(column: int, block: str, words: str, period: int, unit: str, amount: float) -> None:
        found.append(Limit(column, block, words, periods[period], unit, amount))

    if not upper:
        for column, at in each("short"):
            pool = int(a.demand.pool[at])
            add(column, "demand", f"demand for {n.pool(pool)}", int(a.demand.period[at]), n.pool_unit(pool), float(a.demand.quantity[at]))
        return found
    for column, at in each("flow"):
        lane = int(a.flows.lane[at])
        words = f"capacity of lane {n.lanes[lane]}"
        add(column, "lane_capacity", words, int(a.flows.period[at]), n.units[a.flows.product[lane]], float(a.flows.capacity[at]))
    modules = a.making.modules
    most = {(int(k), int(v)): float(m) for k, v, m in zip(modules.line, modules.vintage, modules.most, strict=True)}
    for column, at in each("made"):
        words, _, unit = n.output(at)
        line, vintage = int(a.making.outputs.line[at]), int(a.making.outputs.vintage[at])
        amount = float(a.making.outputs.capacity[at]) * (1.0 if vintage < 0 else most[line, vintage])
        add(column, "line_capacity" if vintage < 0 else "module_capacity", words, int(a.making.outputs.period[at]), unit, amount)
    for column, at in each("bought"):
        pool = int(a.offers.pool[a.offers.offer[at]])
        words = f"purchase limit of {n.pool(pool)}"
        add(column, "purchase_limit", words, int(a.offers.period[at]), n.pool_unit(pool), float(a.offers.limit[at]))
    for column, at in each("start"):
        site = n.sites[a.sites.gated[at // t]]
        if not a.sites.may_start[at // t, at % t]:
            add(column, "start", f"{site} cannot start", at % t, "", 0.0)
    for column, _ in each("nothing"):
        found.append(Limit(column, "nothing", "no lane, line or site of the tables can do it", "", "", 0.0))
    return found
