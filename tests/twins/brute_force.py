"""A slow second opinion on tiny networks: every yes/no and whole number is tried, the rest is one plain LP each.

Written from the meaning of the tables with loops and dicts. It shares no code with the package and no formulation with
its model: sites that are shut have no variables (but those that clear their last stock), so there is no big-M, and nothing is scaled.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from plain_time import (
    after_years,
    discount,
    discount_mean,
    length_years,
    periods_of,
    ramp_means,
    share_of_days,
    step_mean,
    years_from,
)
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

Var = tuple
"""("flow", lane, product, t), ("made", line, vintage, t), ("bought", site, product, offer, t), ("stock", site, product, t),
("disposed", site, product, t), ("delivered", site, product, segment, t)."""
Form = dict
"""Linear form: variable to coefficient."""
EXISTING = "existing"
GATED = ("candidate", "committed", "paused")


@dataclass
class World:
    """Tables as lists of plain rows, with the few facts everything asks for."""

    tables: dict[str, list[dict]]

    def __post_init__(self) -> None:
        told = {row["key"]: row["value"] for row in self.rows("settings")}
        self.told = told
        self.base = date.fromisoformat(told["base_date"])
        self.decided = date.fromisoformat(told.get("decision_date") or told["base_date"])
        self.rate = float(told["discount_rate_share"])
        self.carbon = float(told.get("carbon_price_per_t", 0.0))
        self.basis = told.get("electricity_basis", "market")
        self.terminal = told.get("terminal_stock", "cover")
        self.periods = periods_of(self.rows("periods"))
        self.count = len(self.periods)
        self.days = [period[2] - period[1] for period in self.periods]
        self.years = [length_years(period) for period in self.periods]
        self.begins = [years_from(self.base, period[1]) for period in self.periods]
        self.ends = [years_from(self.base, period[2]) for period in self.periods]
        self.delta = [discount_mean(self.rate, low, high) for low, high in zip(self.begins, self.ends, strict=True)]
        self.delta_start = [discount(self.rate, low) for low in self.begins]
        self.sites = {row["site_id"]: row for row in self.rows("sites")}
        self.products = {row["product_id"]: row for row in self.rows("products")}
        self.recipes = {row["recipe_id"]: row for row in self.rows("recipes")}
        self.region = {row["country"]: row.get("region") for row in self.rows("countries")}
        self.lines = []
        for row in self.rows("processes"):
            good = self.recipes[row["recipe_id"]]["product_id"] if row.get("recipe_id") else row["product_id"]
            self.lines.append({**row, "good": good, "line": (row["site_id"], row.get("recipe_id"), good)})

    def rows(self, table: str) -> list[dict]:
        return self.tables.get(table, [])

    def status(self, site: str) -> str:
        return self.sites[site].get("status") or "operating"

    def gross_t(self, product: str) -> float:
        row = self.products[product]
        return (row.get("gross_mass_kg_per_unit") or row.get("mass_kg_per_unit") or 0.0) / 1000.0

    def recipe_lines(self, recipe: str | None) -> list[dict]:
        return [row for row in self.rows("recipe_lines") if recipe and row["recipe_id"] == recipe]

    def inside(self, site: str, group: str | None) -> bool:
        """Whether a site is meant by a cell: its id, its country, its region; empty is everywhere."""
        country = self.sites[site]["country"]
        return not group or any(one in (site, country, self.region.get(country)) for one in group.split("|"))

    def country_inside(self, country: str | None, group: str | None) -> bool:
        """Whether a country of origin is meant by a cell; a site in the cell stands for nothing here but its country."""
        if not group:
            return True
        meant = {self.sites[one]["country"] if one in self.sites else one for one in group.split("|")}
        return bool(country) and (country in meant or self.region.get(country) in meant)

    def value_at(self, site: str, product: str, t: int) -> float:
        """product_values of a product leaving a site: the narrowest row that holds the site (site, country, region, all)."""
        country = self.sites[site]["country"]
        for name in (site, country, self.region.get(country), None):
            rows = [row for row in self.rows("product_values") if row["product_id"] == product and (row.get("from_group") or None) == name]
            if rows:
                return step_mean(self.periods[t], [(row.get("valid_from"), row["value_per_unit"]) for row in rows])
        return 0.0

    def carrier(self, site: str, carrier: str | None, t: int) -> tuple[float, float]:
        """Price and kgCO2e per kWh: rows of the site, else its energy zone, else its country."""
        for zone in (site, self.sites[site].get("energy_zone"), self.sites[site]["country"]):
            rows = [row for row in self.rows("energy") if zone and row["zone"] == zone and row["carrier"] == carrier]
            if rows:
                price = step_mean(self.periods[t], [(row.get("valid_from"), row.get("price_per_kwh") or 0.0) for row in rows])
                kg = step_mean(self.periods[t], [(row.get("valid_from"), row.get("co2e_kg_per_kwh") or 0.0) for row in rows])
                return price, kg
        return 0.0, 0.0

    def power(self, site: str, t: int) -> tuple[float, float]:
        """Price and kgCO2e per kWh of electricity with the site's power contracts, by settings.electricity_basis."""
        price, grid = self.carrier(site, "electricity", t)
        kg = grid
        for row in self.rows("power_contracts"):
            if row["site_id"] == site:
                share = row["share"] * share_of_days(self.periods[t], row.get("start_date"), row.get("end_date"))
                price += share * (row.get("premium_per_kwh") or 0.0)
                if self.basis == "market" or row["kind"] == "on_site":
                    kg += share * ((row.get("co2e_kg_per_kwh") or 0.0) - grid)
        return price, kg


@dataclass
class Choice:
    """One way to decide what is yes or no or whole: (start, stop) per gated site, modules per line, use of lane-products."""

    sites: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    modules: dict[tuple, tuple[int, ...]] = field(default_factory=dict)
    used: dict[tuple[str, str], tuple[bool, ...]] = field(default_factory=dict)

    def open(self, world: World, site: str, t: int) -> bool:
        if world.status(site) not in GATED:
            return world.status(site) == "operating"
        start, stop = self.sites[site]
        return start is not None and start <= t and (stop is None or t < stop)


def leftover(world: World, choice: Choice, site: str, product: str, t: int) -> bool:
    """Whether a shut site may still hold goods to get rid of: stock of the period before, or the opening stock."""
    rows = [row for row in world.rows("stocks") if (row["site_id"], row["product_id"]) == (site, product)]
    if not rows or choice.open(world, site, t):
        return False
    return choice.open(world, site, t - 1) if t else bool(rows[0].get("initial_quantity"))


def _site_options(world: World, row: dict) -> list[tuple[int | None, int | None]]:
    status = world.status(row["site_id"])
    if status == "committed":
        earliest = row.get("earliest_date")
        if earliest is None or earliest.toordinal() < world.periods[0][1]:
            starts: list[int | None] = [0]
        else:
            starts = [t for t, (_, low, high) in enumerate(world.periods) if low <= earliest.toordinal() < high] or [None]
    else:
        ready = world.decided.toordinal() + (row.get("build_days") or 0)
        starts = [None]
        for t, (_, low, _) in enumerate(world.periods):
            early = row.get("earliest_date") is not None and low < row["earliest_date"].toordinal()
            late = row.get("latest_date") is not None and low > row["latest_date"].toordinal()
            if low >= ready and not early and not late:
                starts.append(t)
    options: list[tuple[int | None, int | None]] = []
    for start in starts:
        options.append((start, None))
        if start is not None:
            options += [(start, stop) for stop in range(start, world.count)]
    return options


def _module_options(world: World, line: dict, choice: Choice) -> list[tuple[int, ...]]:
    most = int(line.get("max_modules") or 0)
    ready = world.decided.toordinal() + (line.get("module_build_days") or 0)
    limits = []
    for v, (_, low, _) in enumerate(world.periods):
        may = most and (line.get("module_capacity_per_year") or 0) > 0 and low >= ready
        limits.append(most if may and choice.open(world, line["site_id"], v) else 0)
    return [added for added in itertools.product(*(range(limit + 1) for limit in limits)) if sum(added) <= most]


def choices(world: World) -> list[Choice]:
    """Every combination of whole decisions."""
    gated = [row for row in world.rows("sites") if world.status(row["site_id"]) in GATED]
    lots = [row for row in world.rows("lanes") if (row.get("min_quantity_if_used") or 0) > 0]
    switched = [(row["lane_id"], product) for row in lots for product in lane_products(world, row)]
    found = []
    for picked in itertools.product(*(_site_options(world, row) for row in gated)):
        sites = {row["site_id"]: option for row, option in zip(gated, picked, strict=True)}
        bare = Choice(sites)
        per_line = [_module_options(world, line, bare) for line in world.lines]
        for added in itertools.product(*per_line):
            modules = {line["line"]: one for line, one in zip(world.lines, added, strict=True)}
            uses = itertools.product(*(itertools.product((True, False), repeat=world.count) for _ in switched))
            found += [Choice(sites, modules, dict(zip(switched, use, strict=True))) for use in uses]
    return found


def whole_cost(world: World, choice: Choice) -> float:
    """Discounted cost of the whole decisions: openings, restarts, closings, fixed cost and annuities of modules."""
    cost = 0.0
    for site, row in world.sites.items():
        for t in range(world.count):
            if choice.open(world, site, t):
                cost += (row.get("fixed_cost_per_year") or 0.0) * world.years[t] * world.delta[t]
        start, stop = choice.sites.get(site, (None, None))
        if start is not None:
            kind = "restart_cost" if world.status(site) == "paused" else "opening_cost"
            cost += (row.get(kind) or 0.0) * world.delta_start[start]
        if stop is not None:
            cost += (row.get("closing_cost") or 0.0) * world.delta_start[stop]
    for line in world.lines:
        for v, added in enumerate(choice.modules[line["line"]]):
            if added and line.get("module_cost"):
                life = line["asset_life_years"]
                force = math.log(1 + world.rate)
                yearly = 1.0 / life if force == 0 else force / (1 - math.exp(-force * life))
                for t in range(v, world.count):
                    high = min(world.ends[t], world.begins[v] + life)
                    paid = max(0.0, high - world.begins[t])
                    cost += (
                        added * line["module_cost"] * yearly * paid * discount_mean(world.rate, world.begins[t], max(high, world.begins[t]))
                    )
    return cost


@dataclass
class Lp:
    """What is left once the whole decisions are made."""

    cost: Form = field(default_factory=dict)
    shortage: Form = field(default_factory=dict)
    shortage_constant: float = 0.0
    upper: Form = field(default_factory=dict)
    rows: list[tuple[str, Form, str, float]] = field(default_factory=list)
    co2e_kg: list[Form] = field(default_factory=list)
    plant_kg: dict[str, list[Form]] = field(default_factory=dict)
    uses: dict[tuple, Form] = field(default_factory=dict)
    given: dict[tuple, float] = field(default_factory=dict)

    def add(self, name: str, form: Form, sense: str, right: float) -> None:
        self.rows.append((name, form, sense, right))


def plus(form: Form, more: Form, factor: float = 1.0) -> Form:
    """Add `factor` times a form in place."""
    for var, value in more.items():
        form[var] = form.get(var, 0.0) + factor * value
    return form


def lane_products(world: World, lane: dict) -> list[str]:
    """Products of a lane: its own, or all that its start gives and its end takes."""
    if lane.get("product_id"):
        return [lane["product_id"]]
    gives, takes = set(), set()
    for site, into, role in ((lane["from_site"], gives, "out"), (lane["to_site"], takes, "in")):
        for line in world.lines:
            if line["site_id"] == site:
                if role == "out":
                    into.add(line["good"])
                into |= {
                    row["product_id"] for row in world.recipe_lines(line.get("recipe_id")) if (row["role"] == "input") == (role == "in")
                }
        into |= {row["product_id"] for row in world.rows("stocks") if row["site_id"] == site}
        more = "purchases" if role == "out" else "demand"
        into |= {row["product_id"] for row in world.rows(more) if row["site_id"] == site}
    return sorted(gives & takes)


def _lane_unit(world: World, lane: dict, product: str) -> tuple[float, float, float]:
    """Cost, kgCO2e and days of one unit: given, or from the single leg's mode and its one rate."""
    if lane.get("cost_per_unit") is not None:
        return lane["cost_per_unit"], lane["co2e_kg_per_unit"], lane["lead_time_days"]
    mode = next(row for row in world.rows("modes") if row["mode_id"] == lane["mode_chain"])
    rate = next(row for row in world.rows("freight_rates") if row["mode_id"] == lane["mode_chain"])
    gross, km = world.gross_t(product), lane["distance_km"]
    days = km / mode["speed_km_per_day"] + mode["handling_days"]
    return gross * (rate["cost_per_t"] + rate["cost_per_tkm"] * km), gross * km * mode["co2e_kg_per_tkm"], days


def build(world: World, choice: Choice) -> Lp:
    """Return the LP of everything that flows."""
    lp = Lp(co2e_kg=[{} for _ in world.periods])
    lp.plant_kg = {site: [{} for _ in world.periods] for site in world.sites}
    into: dict[tuple, Form] = {}
    outof: dict[tuple, Form] = {}
    outflow: dict[tuple, Form] = {}
    need: dict[tuple, Form] = {}
    leaving_t: dict[tuple, Form] = {}

    def note(table: dict[tuple, Form], key: tuple, var: Var, value: float) -> None:
        form = table.setdefault(key, {})
        form[var] = form.get(var, 0.0) + value

    def pay(var: Var, t: int, money: float, kg: float = 0.0) -> None:
        lp.cost[var] = lp.cost.get(var, 0.0) + world.delta[t] * (money + world.carbon * kg / 1000.0)
        if kg:
            note({0: lp.co2e_kg[t]}, 0, var, kg)

    for row in world.rows("lanes"):
        for product in lane_products(world, row):
            cost, kg, days = _lane_unit(world, row, product)
            held = [one for one in world.rows("stocks") if (one["site_id"], one["product_id"]) == (row["to_site"], product)]
            holding = (held[0].get("holding_cost_share_per_year") or 0.0) if held else 0.0
            starts = [day for day in (row.get("valid_from"), row.get("qualified_from")) if day is not None]
            for t, period in enumerate(world.periods):
                weight = share_of_days(period, max(starts) if starts else None, row.get("valid_to"))
                sends = choice.open(world, row["from_site"], t) or leftover(world, choice, row["from_site"], product, t)
                running = sends and choice.open(world, row["to_site"], t)
                used = choice.used.get((row["lane_id"], product))
                if weight <= 0 or not running or (used and not used[t]):
                    continue
                var = ("flow", row["lane_id"], product, t)
                if row.get("capacity_per_year") is not None:
                    lp.upper[var] = row["capacity_per_year"] * world.years[t] * weight
                if used:
                    lp.add(f"least of {row['lane_id']}", {var: 1.0}, ">=", row["min_quantity_if_used"])
                pay(var, t, cost + world.value_at(row["from_site"], product, t) * days / 365.0 * holding, kg)
                note(into, (row["to_site"], product, t), var, 1.0)
                note(outof, (row["from_site"], product, t), var, 1.0)
                note(outflow, (row["from_site"], product, t), var, 1.0)
                note(leaving_t, (row["from_site"], t), var, world.gross_t(product))

    for line in world.lines:
        site = line["site_id"]
        points = [
            (row["years_since_start"], _or(row.get("capacity_share"), 1.0), _or(row.get("yield_share"), 1.0))
            for row in world.rows("ramps")
            if line.get("ramp_id") and row["ramp_id"] == line["ramp_id"]
        ]
        for t, period in enumerate(world.periods):
            if not choice.open(world, site, t):
                continue
            begin, end = line.get("start_date"), line.get("end_date")
            run, yields = ramp_means(
                period,
                points,
                None if begin is None else begin.toordinal(),
                -math.inf if begin is None else begin.toordinal(),
                math.inf if end is None else end.toordinal() + 1,
            )
            runs = [
                (EXISTING, _or(line.get("capacity_per_year"), 0.0) * _or(line.get("available_share"), 1.0) * world.years[t] * run, yields)
            ]
            for v in range(t + 1):
                count, start = choice.modules[line["line"]][v], world.periods[v][1]
                if count:
                    life = line.get("asset_life_years")
                    stop = math.inf if life is None else after_years(start, life)
                    run, yields = ramp_means(period, points, start, start, stop)
                    runs.append((world.periods[v][0], count * line["module_capacity_per_year"] * world.years[t] * run, yields))
            price, kg = world.power(site, t)
            heat_price, heat_kg = world.carrier(site, line.get("heat_carrier"), t)
            kwh, heat = _or(line.get("electricity_kwh_per_unit"), 0.0), _or(line.get("heat_kwh_per_unit"), 0.0)
            money = _or(line.get("conversion_cost_per_unit"), 0.0) + kwh * price + heat * heat_price
            carbon_kg = kwh * kg + heat * heat_kg + _or(line.get("direct_co2e_kg_per_unit"), 0.0)
            least: Form = {}
            for vintage, capacity, ramp_yield in runs:
                if capacity <= 0:
                    continue
                var = ("made", line["line"], vintage, t)
                lp.upper[var] = capacity
                least[var] = 1.0
                pay(var, t, money, carbon_kg)
                note({0: lp.plant_kg[site][t]}, 0, var, carbon_kg)
                note(into, (site, line["good"], t), var, 1.0)
                for part in world.recipe_lines(line.get("recipe_id")):
                    quantity = part["quantity_per_unit"] / (_or(line.get("yield_share"), 1.0) * ramp_yield)
                    if part["role"] == "input":
                        note(outof, (site, part["product_id"], t), var, quantity)
                        note(need, (site, part["product_id"], t), var, quantity)
                    else:
                        note(into, (site, part["product_id"], t), var, quantity)
                        lp.given[var, part["product_id"]] = quantity
            floor = _or(line.get("min_utilisation_share"), 0.0) * sum(capacity for _, capacity, _ in runs)
            if floor > 0:
                lp.add(f"least of {line['line']}", least, ">=", floor)

    for row in world.rows("purchases"):
        for t, period in enumerate(world.periods):
            weight = share_of_days(period, row.get("valid_from"), row.get("valid_to"))
            if weight > 0 and choice.open(world, row["site_id"], t):
                var = ("bought", row["site_id"], row["product_id"], row.get("offer_id") or "", t)
                if row.get("limit_per_year") is not None:
                    lp.upper[var] = row["limit_per_year"] * world.years[t] * weight
                pay(var, t, row["price_per_unit"], _or(row.get("co2e_kg_per_unit"), 0.0))
                note(into, (row["site_id"], row["product_id"], t), var, 1.0)

    index = {period[0]: t for t, period in enumerate(world.periods)}
    for row in world.rows("demand"):
        t, site, product = index[row["period_id"]], row["site_id"], row["product_id"]
        lp.shortage_constant += _or(row.get("shortage_cost_per_unit"), 0.0) * row["quantity"]
        if choice.open(world, site, t) or leftover(world, choice, site, product, t):
            var = ("delivered", site, product, row.get("segment") or "", t)
            lp.upper[var] = row["quantity"]
            lp.shortage[var] = -_or(row.get("shortage_cost_per_unit"), 0.0)
            note(outof, (site, product, t), var, 1.0)
            note(need, (site, product, t), var, 1.0)
            note(leaving_t, (site, t), var, world.gross_t(product))

    for row in world.rows("stocks"):
        site, product = row["site_id"], row["product_id"]
        before: Var | None = None
        opening = _or(row.get("initial_quantity"), 0.0)
        for t in range(world.count):
            key, var = (site, product, t), ("stock", site, product, t)
            if before is not None:
                note(into, key, before, 1.0)
            elif t == 0 and opening:
                into.setdefault(key, {})["constant"] = opening
            before = None
            if not choice.open(world, site, t):
                into.setdefault(key, {})
                continue
            before = var
            note(outof, key, var, 1.0)
            if row.get("max_quantity") is not None:
                lp.upper[var] = row["max_quantity"]
            least_stock = _or(row.get("min_quantity"), 0.0)
            last = t == world.count - 1
            if last and world.terminal == "initial":
                least_stock = max(least_stock, opening)
            lp.add(f"least stock of {product} at {site}", {var: 1.0}, ">=", least_stock)
            if _or(row.get("days_of_cover"), 0.0) > 0 and not (last and world.terminal == "free"):
                share = row["days_of_cover"] / world.days[t]
                form = plus(plus({var: 1.0}, need.get(key, {}), -share), outflow.get(key, {}), -share)
                lp.add(f"cover of {product} at {site}", form, ">=", 0.0)
            pay(var, t, _or(row.get("holding_cost_share_per_year"), 0.0) * world.value_at(site, product, t) * world.years[t])

    for site, product, t in sorted(set(into) | set(outof)):
        key = (site, product, t)
        cost = world.products[product].get("disposal_cost_per_unit")
        if cost is not None and (choice.open(world, site, t) or leftover(world, choice, site, product, t)):
            var = ("disposed", site, product, t)
            pay(var, t, cost)
            note(outof, key, var, 1.0)
        form = plus(dict(into.get(key, {})), outof.get(key, {}), -1.0)
        right = -form.pop("constant", 0.0)
        lp.add(f"balance of {product} at {site} in {t}", form, "=", right)

    for site, row in world.sites.items():
        for t in range(world.count):
            if row.get("throughput_t_per_year") is not None and (site, t) in leaving_t:
                lp.add(f"throughput of {site}", leaving_t[site, t], "<=", row["throughput_t_per_year"] * world.years[t])
    lp.uses = need
    return lp


def _or(value: float | None, default: float) -> float:
    return default if value is None else float(value)


@dataclass
class Solved:
    """Value of an LP and its point; None where nothing fits."""

    value: float
    point: dict[Var, float]


def minimise(lp: Lp, goal: Form, extra: list[tuple[str, Form, str, float]] | None = None) -> Solved | None:
    """Solve by scipy's linprog."""
    rows = lp.rows + (extra or [])
    names = sorted({var for _, form, _, _ in rows for var in form} | set(goal) | set(lp.upper), key=repr)
    at = {var: column for column, var in enumerate(names)}
    if any(
        not form and (right > 1e-9 if sense == ">=" else abs(right) > 1e-9 if sense == "=" else right < -1e-9)
        for _, form, sense, right in rows
    ):
        return None
    if not names:
        return Solved(0.0, {})
    parts: dict[str, tuple[list, list, list, list]] = {"=": ([], [], [], []), "<=": ([], [], [], [])}
    for _, form, sense, right in rows:
        if form:
            data, line, column, rights = parts["=" if sense == "=" else "<="]
            sign = -1.0 if sense == ">=" else 1.0
            for var, value in form.items():
                data.append(sign * value)
                line.append(len(rights))
                column.append(at[var])
            rights.append(sign * right)
    matrices = {
        sense: csr_matrix((data, (line, column)), shape=(len(rights), len(names))) if rights else None
        for sense, (data, line, column, rights) in parts.items()
    }
    solved = linprog(
        np.array([goal.get(var, 0.0) for var in names]),
        A_ub=matrices["<="],
        b_ub=parts["<="][3] or None,
        A_eq=matrices["="],
        b_eq=parts["="][3] or None,
        bounds=[(0.0, lp.upper.get(var)) for var in names],
        method="highs",
    )
    if solved.status == 2:
        return None
    if solved.status != 0:
        raise RuntimeError(f"the referee's LP ends with: {solved.message}")
    return Solved(float(solved.fun), dict(zip(names, solved.x.tolist(), strict=True)))


@dataclass
class Verdict:
    """The best there is: least shortage, then least cost; and what was decided."""

    shortage: float
    cost: float
    choice: Choice
    point: dict[Var, float]
    tried: int


def best(world: World, build_lp=build, every=None, cost_of=whole_cost) -> Verdict | None:
    """Try every choice: least shortage first, then least cost among those. None where no choice is feasible."""
    kept, least = [], math.inf
    every = choices(world) if every is None else every
    for choice in every:
        lp = build_lp(world, choice)
        solved = minimise(lp, lp.shortage)
        if solved is not None:
            short = lp.shortage_constant + solved.value
            kept.append((short, choice, lp))
            least = min(least, short)
    if not kept:
        return None
    slack = 1e-9 * max(1.0, least)
    found: Verdict | None = None
    ordered = sorted(((cost_of(world, choice), n) for n, (_, choice, _) in enumerate(kept)), key=lambda one: one[0])
    for whole, n in ordered:
        short, choice, lp = kept[n]
        if short > least + slack:
            continue
        if found is not None and whole > found.cost and min(lp.cost.values(), default=0.0) >= 0:
            continue
        hold = ("shortage", dict(lp.shortage), "<=", least - lp.shortage_constant + slack)
        solved = minimise(lp, lp.cost, [hold] if lp.shortage else [])
        if solved is not None and (found is None or whole + solved.value < found.cost):
            found = Verdict(short, whole + solved.value, choice, solved.point, len(every))
    return found


def judge(
    world: World, choice: Choice, point: dict[Var, float], build_lp=build, cost_of=whole_cost, complete=None
) -> tuple[float, float, float, str]:
    """Shortage and cost of a given plan, its largest violation relative to the row's largest term, and where."""
    lp = build_lp(world, choice)
    point = point if complete is None else complete(lp, point)
    known = {var for _, form, _, _ in lp.rows for var in form} | set(lp.upper) | set(lp.cost)
    worst, where = 0.0, ""
    for var, value in point.items():
        off = abs(value) if var not in known else max(-value, value - lp.upper.get(var, math.inf))
        scale = max(1.0, abs(value))
        if off / scale > worst:
            worst, where = off / scale, f"{var} = {value}"
    for name, form, sense, right in lp.rows:
        terms = [value * point.get(var, 0.0) for var, value in form.items()]
        left = math.fsum(terms)
        off = abs(left - right) if sense == "=" else left - right if sense == "<=" else right - left
        scale = max([1.0, abs(right), *map(abs, terms)])
        if off / scale > worst:
            worst, where = off / scale, name
    shortage = lp.shortage_constant + math.fsum(value * point.get(var, 0.0) for var, value in lp.shortage.items())
    cost = cost_of(world, choice) + math.fsum(value * point.get(var, 0.0) for var, value in lp.cost.items())
    return shortage, cost, worst, where
