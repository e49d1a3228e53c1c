"""The referee for what is agreed and asked: contracts, policies, duties, incentives, lane groups and qualification.

Extends `brute_force` by the meaning of these tables, with loops and dicts and nothing of the package. Two more whole
decisions are tried: from which period a lane is qualified, and in which periods a lane group is used.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date

import brute_force as plain
from brute_force import GATED, Choice, Form, Lp, Verdict, World, lane_products, plus
from plain_time import share_of_days, step_mean


@dataclass
class AskedChoice(Choice):
    """A choice that also says from which period each lane-product is qualified (None: never) and when a group is used."""

    tested: dict[tuple[str, str], int | None] = field(default_factory=dict)
    grouped: dict[str, tuple[bool, ...]] = field(default_factory=dict)


@dataclass
class AskedLp(Lp):
    """`aux` are variables that follow from the rest, in the order in which they do."""

    aux: list[tuple] = field(default_factory=list)


def _or(value: float | None, default: float) -> float:
    return default if value is None else float(value)


def tested_lanes(world: World) -> list[tuple[str, str]]:
    return [
        (row["lane_id"], product) for row in world.rows("lanes") if row.get("qualification_cost") for product in lane_products(world, row)
    ]


def choices(world: World) -> list[AskedChoice]:
    """Every combination of whole decisions that no hard yes/no policy rules out."""
    found = []
    tested, groups = tested_lanes(world), [row["capacity_group"] for row in world.rows("lane_groups") if row.get("fixed_cost_per_year")]
    for one in plain.choices(world):
        for when in itertools.product((None, *range(world.count)), repeat=len(tested)):
            uses = itertools.product(*(itertools.product((True, False), repeat=world.count) for _ in groups))
            qualified = dict(zip(tested, when, strict=True))
            found += [AskedChoice(one.sites, one.modules, one.used, qualified, dict(zip(groups, use, strict=True))) for use in uses]
    return found


def how_many(world: World, most: int) -> int:
    """Number of choices, without making them all once there are too many."""
    extra = (world.count + 1) ** len(tested_lanes(world))
    extra *= 2 ** (world.count * sum(bool(row.get("fixed_cost_per_year")) for row in world.rows("lane_groups")))
    return extra * len(plain.choices(world)) if extra <= most else most + 1


def whole_cost(world: World, choice: AskedChoice) -> float:
    """Discounted cost of the whole decisions; signing costs come with the world."""
    cost = plain.whole_cost(world, choice)
    lanes = {row["lane_id"]: row for row in world.rows("lanes")}
    for (lane, _), t in choice.tested.items():
        if t is not None:
            cost += lanes[lane]["qualification_cost"] * world.delta_start[t]
    groups = {row["capacity_group"]: row for row in world.rows("lane_groups")}
    for group, used in choice.grouped.items():
        for t in range(world.count):
            cost += groups[group]["fixed_cost_per_year"] * world.years[t] * world.delta[t] * used[t]
    for row in signed(world):
        starts = [one["start_date"].toordinal() for one in phases(world, row)]
        first = min(starts, default=world.periods[0][1])
        t = next((t for t, (_, _, stop) in enumerate(world.periods) if first < stop), None)
        if t is not None:
            cost += _or(row.get("sign_cost"), 0.0) * world.delta_start[t]
    return cost


# --- contracts


def signed(world: World) -> list[dict]:
    return [row for row in world.rows("contracts") if (row.get("status") or "signed") == "signed"]


def phases(world: World, contract: dict) -> list[dict]:
    return [row for row in world.rows("contract_phases") if row["contract_id"] == contract["contract_id"]]


def year_spans(world: World) -> dict[int, list[float]]:
    """Share of each period's days in each calendar year it touches."""
    years: dict[int, list[float]] = {}
    for t, period in enumerate(world.periods):
        for day in range(period[1], period[2]):
            years.setdefault(date.fromordinal(day).year, [0.0] * world.count)[t] += 1.0 / world.days[t]
    return years


def add_contracts(world: World, lp: AskedLp) -> None:
    lanes = {row["lane_id"]: row for row in world.rows("lanes")}
    offers = {(row["site_id"], row["product_id"], row.get("offer_id") or ""): row for row in world.rows("purchases")}
    goods = {line["line"]: line["good"] for line in world.lines}
    every = known(lp)
    for row in signed(world):
        name, product, need = row["contract_id"], row["product_id"], row.get("share_basis") == "need"
        scope = row.get("exclusive_scope")
        taken: list[Form] = [{} for _ in world.periods]
        base: list[Form] = [{} for _ in world.periods]
        shut: list[Form] = [{} for _ in world.periods]
        for var in every:
            t = var[-1]
            if var[0] == "flow" and var[2] == product:
                start, end = lanes[var[1]]["from_site"], lanes[var[1]]["to_site"]
                if world.inside(end, row["buyer"]) and not world.inside(start, row["buyer"]):
                    base[t][var] = 1.0
                    if world.inside(start, row["supplier"]):
                        taken[t][var] = 1.0
                    elif world.inside(start, scope):
                        shut[t][var] = 1.0
            elif var[0] == "bought" and var[2] == product and world.inside(var[1], row["buyer"]):
                base[t][var] = 1.0
                origin = offers[var[1], var[2], var[3]].get("origin_country") or world.sites[var[1]]["country"]
                if world.country_inside(origin, scope):
                    shut[t][var] = 1.0
            elif var[0] == "made" and need and goods[var[1]] == product and world.inside(var[1][0], row["buyer"]):
                base[t][var] = 1.0
                if world.inside(var[1][0], scope):
                    shut[t][var] = 1.0
        promised = [0.0] * world.count
        for t, period in enumerate(world.periods):
            low = exclusive = least = most = covered = limited = 0.0
            high = 0.0
            for phase in phases(world, row):
                w = share_of_days(period, phase["start_date"], phase.get("end_date"))
                covered += w
                low += w * _or(phase.get("min_share"), 0.0)
                high += w * _or(phase.get("max_share"), 1.0)
                exclusive += w * _or(phase.get("exclusive"), 0.0)
                asked, paid = _or(phase.get("min_quantity_per_year"), 0.0), _or(phase.get("take_or_pay_share"), 0.0)
                if paid:
                    promised[t] += w * paid * asked * world.years[t]
                else:
                    least += w * asked * world.years[t]
                if phase.get("max_quantity_per_year") is not None:
                    limited += w
                    most += w * phase["max_quantity_per_year"] * world.years[t]
            high += 1.0 - covered
            if low > 0:
                lp.add(f"{name} least share in {t}", plus(dict(taken[t]), base[t], -low), ">=", 0.0)
            if high < 1 - 1e-12:
                lp.add(f"{name} most share in {t}", plus(dict(taken[t]), base[t], -high), "<=", 0.0)
            if exclusive > 0:
                lp.add(f"{name} exclusive in {t}", plus(dict(shut[t]), base[t], -(1.0 - exclusive)), "<=", 0.0)
            if least > 0:
                lp.add(f"{name} least in {t}", dict(taken[t]), ">=", least)
            if limited >= 1 - 1e-12:
                lp.add(f"{name} most in {t}", dict(taken[t]), "<=", most)
        for year, shares in year_spans(world).items():
            owed = sum(promised[t] * shares[t] for t in range(world.count))
            if owed > 0:
                var = ("unpaid", name, year)
                form: Form = {var: 1.0}
                for t in range(world.count):
                    plus(form, taken[t], shares[t])
                lp.add(f"{name} take or pay {year}", form, ">=", owed)
                lp.aux.append(var)
                last = max(t for t in range(world.count) if shares[t] > 0)
                lp.cost[var] = price_in(world, name, year) * world.delta[last]


def price_in(world: World, contract: str, year: int) -> float:
    """Lowest tier's price of a year: the last row that starts by its end, else the first."""
    rows = sorted(
        (row["start_date"], _or(row.get("from_quantity"), 0.0), row["price_per_unit"])
        for row in world.rows("contract_prices")
        if row["contract_id"] == contract
    )
    if not rows:
        return 0.0
    live = [row for row in rows if row[0].year <= year] or rows[:1]
    return min(row for row in rows if row[0] == live[-1][0])[2]


def known(lp: Lp) -> list[tuple]:
    """All variables of an LP, each once."""
    found = dict.fromkeys(var for _, form, _, _ in lp.rows for var in form)
    found |= dict.fromkeys(lp.cost)
    found |= dict.fromkeys(lp.upper)
    return list(found)


# --- policies


def arrivals(world: World, lp: Lp) -> list[tuple[tuple, float, str | None, str, str, str]]:
    """(variable, units, from_site or None, from_country, to_site, product) of what reaches a site that uses or delivers it."""
    uses = {(row["site_id"], row["product_id"]) for row in world.rows("demand")}
    makes: set[tuple[str, str]] = set()
    for line in world.lines:
        makes.add((line["site_id"], line["good"]))
        for part in world.recipe_lines(line.get("recipe_id")):
            (uses if part["role"] == "input" else makes).add((line["site_id"], part["product_id"]))
    lanes = {row["lane_id"]: row for row in world.rows("lanes")}
    offers = {(row["site_id"], row["product_id"], row.get("offer_id") or ""): row for row in world.rows("purchases")}
    country = {site: row["country"] for site, row in world.sites.items()}
    yields = {(line["line"]): line for line in world.lines}
    found: list[tuple[tuple, float, str | None, str, str, str]] = []
    for var in known(lp):
        if var[0] == "flow":
            start, end, product = lanes[var[1]]["from_site"], lanes[var[1]]["to_site"], var[2]
            if (end, product) in uses:
                found.append((var, 1.0, start, country[start], end, product))
            if (start, product) in uses and (start, product) in makes:
                found.append((var, -1.0, start, country[start], start, product))
        elif var[0] == "bought" and (var[1], var[2]) in uses:
            origin = offers[var[1], var[2], var[3]].get("origin_country") or country[var[1]]
            found.append((var, 1.0, None, origin, var[1], var[2]))
        elif var[0] == "made":
            line = yields[var[1]]
            site = line["site_id"]
            if (site, line["good"]) in uses:
                found.append((var, 1.0, site, country[site], site, line["good"]))
            for part in world.recipe_lines(line.get("recipe_id")):
                if part["role"] != "input" and (site, part["product_id"]) in uses:
                    given = lp.given[var, part["product_id"]]
                    found.append((var, given, site, country[site], site, part["product_id"]))
    return found


def counting(world: World, basis: str | None, product: str, t: int) -> float:
    """What one unit counts: 1, tonnes, or the mean of its values over the places that have one."""
    if basis == "mass":
        return _or(world.products[product].get("mass_kg_per_unit"), 0.0) / 1000.0
    if basis == "value":
        paths: dict[str, list] = {}
        for row in world.rows("product_values"):
            if row["product_id"] == product:
                paths.setdefault(row.get("from_group") or "", []).append((row.get("valid_from"), row["value_per_unit"]))
        return sum(step_mean(world.periods[t], path) for path in paths.values()) / max(len(paths), 1)
    return 1.0


def _meant(product: str, cell: str | None) -> bool:
    return not cell or product in cell.split("|")


def add_policies(world: World, choice: AskedChoice, lp: AskedLp) -> None:
    for row in sorted(world.rows("policies"), key=lambda one: one["policy_id"]):
        for t, period in enumerate(world.periods):
            w = share_of_days(period, row.get("valid_from"), row.get("valid_to"))
            for scope, form, sense, right in policy_rows(world, choice, lp, row, t, w):
                if row.get("penalty_per_unit") is not None:
                    var = ("broken", row["policy_id"], scope, t)
                    form = {**form, var: 1.0 if sense == ">=" else -1.0}
                    lp.cost[var] = row["penalty_per_unit"] * world.delta[t]
                    lp.aux.append(var)
                lp.add(f"policy {row['policy_id']} {scope} in {t}", form, sense, right)


def policy_rows(world: World, choice: AskedChoice, lp: AskedLp, row: dict, t: int, w: float) -> list[tuple[str, Form, str, float]]:
    kind, value, product = row["kind"], _or(row.get("value"), 0.0), row.get("product")
    whole = w >= 1 - 1e-12
    rows: list[tuple[str, Form, str, float]] = []
    if kind in ("min_regional_share", "max_country_share", "max_site_share") and w > 0:
        low = kind == "min_regional_share"
        share = value * w if low else value * w + 1.0 - w
        each = row.get("each") or "none"
        if low and share <= 0:
            return []
        pools: dict[str, list] = {}
        for one in arrivals(world, lp):
            var, units, start, country, end, good = one
            if var[-1] == t and _meant(good, product) and world.inside(end, row.get("to_group")):
                place = world.sites[end]["country"]
                natural = {"max_country_share": "country", "max_site_share": "site"}.get(kind)
                name = "" if each in ("none", natural) else {
                    "region": world.region[place], "country": place, "site": end, "buyer": end, "product": good
                }[each]  # fmt: skip
                pools.setdefault(name, []).append((var, units * counting(world, row.get("basis"), good, t), start, country, end))
        for name, terms in pools.items():
            scopes: dict[str, list] = {}
            for term in terms:
                var, _, start, country, end = term
                if row.get("from_group"):
                    inside = world.inside(start, row["from_group"]) if start else world.country_inside(country, row["from_group"])
                    scopes.setdefault("", [])
                    if inside:
                        scopes[""].append(term)
                elif low:
                    scopes.setdefault("", [])
                    if world.region.get(country) == world.region[world.sites[end]["country"]]:
                        scopes[""].append(term)
                elif kind == "max_country_share":
                    scopes.setdefault(country, []).append(term)
                elif start:
                    scopes.setdefault(start, []).append(term)
            for scope, chosen in scopes.items():
                form: Form = {}
                for var, amount, *_ in terms:
                    plus(form, {var: -share * amount})
                for var, amount, *_ in chosen:
                    plus(form, {var: amount})
                rows.append((f"{name} {scope}", form, ">=" if low else "<=", 0.0))
    elif kind == "max_co2e" and whole:
        form = {}
        if row.get("site_group"):
            for site in world.sites:
                if world.inside(site, row["site_group"]):
                    plus(form, lp.plant_kg[site][t], 0.001)
        else:
            plus(form, lp.co2e_kg[t], 0.001)
        rows.append(("", form, "<=", value * world.years[t]))
    elif kind == "max_co2e_per_unit" and whole:
        if row.get("site_group"):
            chosen = [site for site in world.sites if world.inside(site, row["site_group"])]
            for group in [[site] for site in chosen] if row.get("each") == "site" else [chosen]:
                form = {}
                for site in group:
                    plus(form, lp.plant_kg[site][t], 0.001)
                goods = {line["line"]: line["good"] for line in world.lines}
                for var in known(lp):
                    if var[0] == "made" and var[-1] == t and var[1][0] in group and _meant(goods[var[1]], product):
                        plus(form, {var: -value * 0.001})
                rows.append((group[0] if len(group) == 1 else "", form, "<=", 0.0))
        else:
            form = plus({}, lp.co2e_kg[t], 0.001)
            for var in known(lp):
                if var[0] == "delivered" and var[-1] == t and _meant(var[2], product):
                    plus(form, {var: -value * 0.001})
            rows.append(("", form, "<=", 0.0))
    elif kind in ("min_flow", "max_flow") and (whole if kind == "max_flow" else w > 0):
        lanes = {one["lane_id"]: one for one in world.rows("lanes")}
        form = {}
        for var in known(lp):
            if var[0] == "flow" and var[-1] == t and _meant(var[2], product):
                lane = lanes[var[1]]
                by_mode = not row.get("mode_id") or row["mode_id"] in (lane.get("mode_chain") or "").split("+")
                if (
                    by_mode
                    and world.inside(lane["from_site"], row.get("from_group"))
                    and world.inside(lane["to_site"], row.get("to_group"))
                ):
                    form[var] = counting(world, row.get("basis"), var[2], t)
        right = value * world.years[t] * (w if kind == "min_flow" else 1.0)
        if kind == "max_flow" or right > 0:
            rows.append(("", form, ">=" if kind == "min_flow" else "<=", right))
    elif kind == "forbid_origin" and whole:
        form = {}
        for var, units, start, country, end, good in arrivals(world, lp):
            if var[-1] == t and var[0] != "made" and units > 0 and _meant(good, product) and world.inside(end, row.get("to_group")):
                inside = world.inside(start, row.get("from_group")) if start else world.country_inside(country, row.get("from_group"))
                if inside:
                    form[var] = units
        rows.append(("", form, "<=", 0.0))
    elif kind in ("forbid_site", "force_open") and whole:
        lanes = {one["lane_id"]: one for one in world.rows("lanes")}
        for site in world.sites:
            if not world.inside(site, row.get("site_group")):
                continue
            opened = float(choice.open(world, site, t))
            if world.status(site) in GATED:
                rows.append((site, {}, "<=", -opened) if kind == "forbid_site" else (site, {}, ">=", 1.0 - opened))
            elif kind == "forbid_site":
                form = {}
                for var in known(lp):
                    if var[-1] == t and (
                        (var[0] == "made" and var[1][0] == site)
                        or (var[0] == "bought" and var[1] == site)
                        or (var[0] == "flow" and site in (lanes[var[1]]["from_site"], lanes[var[1]]["to_site"]))
                    ):
                        form[var] = 1.0
                rows.append((site, form, "<=", 0.0))
    elif kind == "max_sites" and whole:
        counted: dict[str, float] = {}
        for site, place in world.sites.items():
            maker = not product or any(line["site_id"] == site and _meant(line["good"], product) for line in world.lines)
            if maker and world.inside(site, row.get("site_group")):
                name = {"region": world.region[place["country"]], "country": place["country"]}.get(row.get("each") or "", "")
                counted[name] = counted.get(name, 0.0) + float(choice.open(world, site, t))
        rows += [(name, {}, "<=", value - number) for name, number in counted.items()]
    return rows


# --- money and lanes


def add_duties(world: World, lp: AskedLp) -> None:
    territory = {row["country"]: row.get("customs_territory") or row["country"] for row in world.rows("countries")}
    lanes = {row["lane_id"]: row for row in world.rows("lanes")}
    for var in known(lp):
        if var[0] != "flow":
            continue
        start, end, product, t = lanes[var[1]]["from_site"], lanes[var[1]]["to_site"], var[2], var[3]
        importer = world.sites[end]["country"]
        codes = [row["hs_code"] for row in world.rows("product_codes") if row["product_id"] == product and row["importer"] == importer]
        if territory[importer] == territory[world.sites[start]["country"]] or not codes:
            continue
        makes = any(
            line["site_id"] == start
            and (
                line["good"] == product
                or any(one["product_id"] == product and one["role"] != "input" for one in world.recipe_lines(line.get("recipe_id")))
            )
            for line in world.lines
        )
        offered = [row["origin_country"] for row in world.rows("purchases") if (row["site_id"], row["product_id"]) == (start, product)]
        origin = world.sites[start]["country"] if makes or not offered else offered[0]
        share = 0.0
        for row in world.rows("duties"):
            hits = codes[0].startswith(row["hs_prefix"]) and row["importer"] == importer and world.country_inside(origin, row.get("origin"))
            if hits:
                share += row["ad_valorem_share"] * share_of_days(world.periods[t], row.get("valid_from"), row.get("valid_to"))
        lp.cost[var] = lp.cost.get(var, 0.0) + world.delta[t] * share * world.value_at(start, product, t)


def add_incentives(world: World, lp: AskedLp) -> None:
    lines = {line["line"]: line for line in world.lines}
    for row in world.rows("incentives"):
        earned: list[Form] = [{} for _ in world.periods]
        for var in known(lp):
            if var[0] not in ("made", "disposed"):
                continue
            t = var[-1]
            rate = row["amount"] * _or(row.get("pass_through_share"), 1.0)
            rate *= share_of_days(world.periods[t], row.get("valid_from"), row.get("valid_to"))
            site = var[1][0] if var[0] == "made" else var[1]
            if not world.inside(site, row.get("site_or_group")):
                continue
            if var[0] == "made":
                line = lines[var[1]]
                if row.get("basis") == "cost_share":
                    if _meant(line["good"], row.get("product_id")):
                        kwh, heat = _or(line.get("electricity_kwh_per_unit"), 0.0), _or(line.get("heat_kwh_per_unit"), 0.0)
                        money = _or(line.get("conversion_cost_per_unit"), 0.0) + kwh * world.power(site, t)[0]
                        money += heat * world.carrier(site, line.get("heat_carrier"), t)[0]
                        earned[t][var] = rate * money
                    continue
                if _meant(line["good"], row.get("product_id")):
                    plus(earned[t], {var: rate})
                for part in world.recipe_lines(line.get("recipe_id")):
                    if part["role"] != "input" and _meant(part["product_id"], row.get("product_id")):
                        plus(earned[t], {var: rate * lp.given[var, part["product_id"]]})
            elif row.get("basis") != "cost_share" and _meant(var[2], row.get("product_id")):
                plus(earned[t], {var: -rate})
        if row.get("cap_amount") is None:
            for t in range(world.count):
                for var, amount in earned[t].items():
                    lp.cost[var] = lp.cost.get(var, 0.0) - amount * world.delta[t]
            continue
        # `paid` is what has been paid up to and with t: at most all that was earned, at most the cap
        for t in range(world.count):
            up, down = ("credit", row["incentive_id"], t), ("clawed", row["incentive_id"], t)
            form: Form = {up: 1.0, down: -1.0}
            lp.add(f"{row['incentive_id']} cap {t}", dict(form), "<=", row["cap_amount"])
            for early in range(t + 1):
                plus(form, earned[early], -1.0)
            lp.add(f"{row['incentive_id']} earned {t}", form, "<=", 0.0)
            gain = world.delta[t] - (world.delta[t + 1] if t + 1 < world.count else 0.0)
            lp.cost[up], lp.cost[down] = -gain, gain
            lp.aux.append(up)


def build(world: World, choice: AskedChoice) -> AskedLp:
    """Return the LP of everything that flows, with what is agreed and asked."""
    base = plain.build(world, choice)
    lp = AskedLp(
        base.cost, base.shortage, base.shortage_constant, base.upper, base.rows, base.co2e_kg, base.plant_kg, base.uses, base.given
    )
    lanes = {row["lane_id"]: row for row in world.rows("lanes")}
    shut = [
        var
        for var in known(lp)
        if var[0] == "flow"
        and (
            (var[1:3] in choice.tested and (choice.tested[var[1:3]] is None or var[3] < choice.tested[var[1:3]]))
            or not choice.grouped.get(lanes[var[1]].get("capacity_group") or "", (True,) * world.count)[var[3]]
        )
    ]
    for var in shut:
        lp.upper[var] = 0.0
    for group in world.rows("lane_groups"):
        if group.get("capacity_t_per_year") is not None:
            for t in range(world.count):
                form = {
                    var: world.gross_t(var[2])
                    for var in known(lp)
                    if var[0] == "flow" and var[3] == t and lanes[var[1]].get("capacity_group") == group["capacity_group"]
                }
                lp.add(f"tonnes of {group['capacity_group']} in {t}", form, "<=", group["capacity_t_per_year"] * world.years[t])
    add_duties(world, lp)
    add_incentives(world, lp)
    add_contracts(world, lp)
    add_policies(world, choice, lp)
    return lp


def best(world: World) -> Verdict | None:
    """Least shortage, then least cost (with soft penalties), of everything that may be decided."""
    return plain.best(world, build, choices(world), whole_cost)


def completed(lp: AskedLp, point: dict[tuple, float]) -> dict[tuple, float]:
    """Add what follows from a plan: what stays unpaid, how far soft rules are broken, what credits pay."""
    full = dict(point)
    for var in lp.aux:
        rows = [(form, sense, right) for _, form, sense, right in lp.rows if var in form]
        if var[0] == "credit":
            room = min(right - sum(c * full.get(v, 0.0) for v, c in form.items()) for form, _, right in rows)
            full[var if room >= 0 else ("clawed", *var[1:])] = abs(room)
        else:
            gaps = [right - sum(c * full.get(v, 0.0) for v, c in form.items()) for form, _, right in rows]
            full[var] = max(0.0, *(gap if sense == ">=" else -gap for gap, (_, sense, _) in zip(gaps, rows, strict=True)))
    return full
