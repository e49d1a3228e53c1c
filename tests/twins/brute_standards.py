"""The referee for standards and renewable power: requirements, require_certificate and min_renewable_share, with loops and dicts.

Extends `brute_asked` by their meaning: a day-by-day look at who is certified, and rows over the variables of its LP.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

import brute_asked
from asked_worlds import asked_world
from brute_asked import AskedChoice, AskedLp, _meant, _or, known
from brute_force import Form, Verdict, World, plus
from brute_force import best as best_of
from plain_time import share_of_days, step_mean

Tables = dict[str, list[dict]]
MAKERS = ("north", "south", "plant")


def standards_world(seed: int) -> Tables:
    """A world of `asked_world` without its policies, with certificates that lapse and requirements or renewable shares."""
    draw = random.Random(90_000 + seed)
    tables = {name: [dict(row) for row in rows] for name, rows in asked_world(draw.randrange(170)).items() if name != "policies"}
    low, high = tables["periods"][0]["start_date"], tables["periods"][-1]["end_date"]
    days = (high - low).days

    def some_day() -> date | None:
        edges = [row["start_date"] for row in tables["periods"]] + [low + timedelta(days=draw.randrange(days)), None]
        return draw.choice(edges)

    sites = [row["site_id"] for row in tables["sites"]]
    certificates: dict[tuple, dict] = {}
    for _ in range(draw.choice((1, 2, 4, 6))):
        start, stop = some_day(), some_day()
        if start is None or stop is None or start < stop:
            row = {"site_id": draw.choice(sites), "scheme": "RMAP", "level": draw.choice((None, "active", "conformant")),
                   "product_id": draw.choice((None, None, "part")), "valid_from": start,
                   "valid_to": None if stop is None else stop - timedelta(days=1)}  # fmt: skip
            certificates[row["site_id"], row["product_id"], start] = row
    tables["certificates"] = list(certificates.values())
    tables["schemes"] = [{"scheme": "RMAP", "level": "active", "rank": 1}, {"scheme": "RMAP", "level": "conformant", "rank": 2}]
    for row in tables.get("purchases", []):
        row["certified"] = draw.choice((None, "RMAP", "RMAP=active", "IRMA; RMAP=conformant"))
    for row in tables["energy"]:
        row["renewable_share"] = draw.choice((0.1, 0.4, 0.9))
    requirements, policies = [], []
    kind = draw.choice(("requirement", "requirement", "policy", "renewable", "both"))
    price = draw.choice((None, None, 0.5, 20.0))
    first = draw.choice((None, None, some_day()))
    if kind in ("requirement", "both"):
        requirements.append(
            {"requirement_id": "must", "scheme": "RMAP", "min_level": draw.choice((None, "active", "conformant")), "penalty_per_unit": price,
             "product": draw.choice(("part", "part", "ore", "car", None)), "region": draw.choice((None, "plant", "US", "CA|MX")), "from_date": first}
        )  # fmt: skip
    if kind == "policy":
        policies.append(
            {"policy_id": "must", "kind": "require_certificate", "value_unit": "RMAP", "value": draw.choice((0.0, 1.0, 2.0)), "valid_from": first,
             "product": draw.choice(("part", None)), "from_group": draw.choice((None, "MX", "CN", "north")), "to_group": draw.choice((None, "plant", "US")),
             "penalty_per_unit": price}
        )  # fmt: skip
    if kind in ("renewable", "both"):
        policies.append(
            {"policy_id": "green", "kind": "min_renewable_share", "value": draw.choice((0.2, 0.5)), "valid_from": draw.choice((None, some_day())),
             "site_group": draw.choice((None, "north|south", "CA")), "each": draw.choice(("none", "none", "site", "country")),
             "value_unit": draw.choice((None, "market", "location")), "penalty_per_unit": draw.choice((None, 0.01, 1.0))}
        )  # fmt: skip
    return tables | {"requirements": requirements, "policies": policies}


def _certified_on(world: World, site: str, product: str, rank: int | None, day: int) -> bool:
    ranks = {row["level"]: row["rank"] for row in world.rows("schemes")}
    for row in world.rows("certificates"):
        begins = row["valid_from"] is None or row["valid_from"].toordinal() <= day
        holds = begins and (row["valid_to"] is None or day <= row["valid_to"].toordinal())
        enough = rank is None or ranks.get(row["level"], -1) >= rank
        if row["site_id"] == site and row["product_id"] in (None, product) and holds and enough:
            return True
    return False


def covered(world: World, site: str, product: str, rank: int | None, t: int) -> bool:
    _, first, stop = world.periods[t]
    return all(_certified_on(world, site, product, rank, day) for day in range(first, stop))


def offer_covered(row: dict, rank: int | None) -> bool:
    ranks = {"": -1, "active": 1, "conformant": 2}
    for term in (row.get("certified") or "").split(";"):
        scheme, _, level = term.strip().partition("=")
        if scheme == "RMAP" and (rank is None or ranks[level] >= rank):
            return True
    return False


def add_standards(world: World, lp: AskedLp) -> None:
    ranks = {"active": 1, "conformant": 2, None: None}
    for row in world.rows("requirements"):
        _ask(world, lp, row, (row.get("from_date"), row.get("to_date")), ranks[row["min_level"]], None, row.get("region"))
    for row in world.rows("policies"):
        if row["kind"] == "require_certificate":
            rank = int(row["value"]) or None
            _ask(world, lp, row, (row.get("valid_from"), row.get("valid_to")), rank, row.get("from_group"), row.get("to_group"))


def _ask(world: World, lp: AskedLp, row: dict, span: tuple, rank: int | None, source: str | None, region: str | None) -> None:
    lanes = {one["lane_id"]: one for one in world.rows("lanes")}
    offers = {(one["site_id"], one["product_id"], one.get("offer_id") or ""): one for one in world.rows("purchases")}
    makes: set[tuple[str, str]] = set()
    for line in world.lines:
        makes.add((line["site_id"], line["good"]))
        makes |= {(line["site_id"], one["product_id"]) for one in world.recipe_lines(line.get("recipe_id")) if one["role"] != "input"}
    name = row.get("requirement_id") or row["policy_id"]
    every = known(lp)
    for t, period in enumerate(world.periods):
        if share_of_days(period, *span) < 1 - 1e-12:
            continue
        forms: dict[tuple, Form] = {}
        for var in every:
            if var[-1] != t or len(var) < 3:
                continue
            if var[0] == "flow" and _meant(var[2], row.get("product")):
                start, end = lanes[var[1]]["from_site"], lanes[var[1]]["to_site"]
                looked_at = (start, var[2]) in makes or not world.inside(start, region)
                if world.inside(end, region) and world.inside(start, source) and looked_at and not covered(world, start, var[2], rank, t):
                    forms.setdefault(("from", start, var[2]), {})[var] = 1.0
            elif var[0] == "bought" and _meant(var[2], row.get("product")) and world.inside(var[1], region):
                offer = offers[var[1], var[2], var[3]]
                origin = offer.get("origin_country") or world.sites[var[1]]["country"]
                if world.country_inside(origin, source) and not offer_covered(offer, rank):
                    forms.setdefault(("bought", var[1], var[2]), {})[var] = 1.0
        for (site, product, when), used in lp.uses.items():
            here = when == t and _meant(product, row.get("product")) and (site, product) in makes
            if here and world.inside(site, region) and world.inside(site, source) and not covered(world, site, product, rank, t):
                form = dict(used)
                for var in every:
                    flows_in = var[0] == "flow" and (lanes[var[1]]["to_site"], var[2]) == (site, product)
                    if var[-1] == t and (flows_in or (var[0] == "bought" and var[1:3] == (site, product))):
                        plus(form, {var: -1.0})
                forms["used", site, product] = form
        for key, form in forms.items():
            _add(world, lp, row, f"{name} {' '.join(key)}", form, "<=", t)


def _add(world: World, lp: AskedLp, row: dict, label: str, form: Form, sense: str, t: int) -> None:
    if row.get("penalty_per_unit") is not None:
        var = ("broken", label, t)
        form = {**form, var: 1.0 if sense == ">=" else -1.0}
        lp.cost[var] = row["penalty_per_unit"] * world.delta[t]
        lp.aux.append(var)
    lp.add(f"{label} in {t}", form, sense, 0.0)


def renewable(world: World, site: str, t: int, basis: str) -> float:
    country = world.sites[site]["country"]
    zones = [one for one in (site, world.sites[site].get("energy_zone"), country) if one]
    rows = {zone: [(row["valid_from"], row["renewable_share"]) for row in world.rows("energy") if row["zone"] == zone] for zone in zones}
    grid = next((step_mean(world.periods[t], rows[zone]) for zone in zones if rows[zone]), 0.0)
    share = 0.0
    for row in world.rows("power_contracts"):
        if row["site_id"] == site and (basis == "market" or row["kind"] == "on_site"):
            share += row["share"] * share_of_days(world.periods[t], row.get("start_date"), row.get("end_date"))
    return share + (1 - share) * grid


def add_renewable(world: World, lp: AskedLp) -> None:
    kwh = {line["line"]: _or(line.get("electricity_kwh_per_unit"), 0.0) for line in world.lines}
    for row in world.rows("policies"):
        if row["kind"] != "min_renewable_share":
            continue
        basis = row.get("value_unit") or world.basis
        for t, period in enumerate(world.periods):
            share = row["value"] * share_of_days(period, row.get("valid_from"), row.get("valid_to"))
            forms: dict[str, Form] = {}
            for var in known(lp):
                if var[0] == "made" and var[-1] == t and world.inside(var[1][0], row.get("site_group")):
                    site = var[1][0]
                    name = {"site": site, "country": world.sites[site]["country"]}.get(row["each"], "")
                    plus(forms.setdefault(name, {}), {var: kwh[var[1]] * (renewable(world, site, t, basis) - share)})
            for name, form in forms.items():
                if share > 0:
                    _add(world, lp, row, f"green {name}", form, ">=", t)


def build(world: World, choice: AskedChoice) -> AskedLp:
    """Return the LP of what flows, with what standards and renewable shares ask."""
    lp = brute_asked.build(world, choice)
    add_standards(world, lp)
    add_renewable(world, lp)
    return lp


def best(world: World) -> Verdict | None:
    """Least shortage, then least cost with penalties."""
    return best_of(world, build, brute_asked.choices(world), brute_asked.whole_cost)
