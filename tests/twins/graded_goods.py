"""Origin in two grades: a twin in which originating goods are goods of their own, and yes/no is every combination tried.

One year. Near (US) makes parts of ore, a plant (MX) cars of parts and batteries; ore, parts and batteries can be bought from inside
and from outside; cars are sold at home and, under duty unless they originate, across the border.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
from scipy.optimize import linprog

Tables = dict[str, list[dict[str, Any]]]
SHORT = 10_000.0


def drawn(seed: int, accounting: str) -> Tables:
    """A random world; all numbers are drawn, the shape is fixed."""
    draw = random.Random(seed)

    def offers(site: str, product: str, low: float) -> list[dict[str, Any]]:
        rows = []
        for offer, country in (("inside", "US"), ("outside", "CN")):
            if product != "part" or draw.random() < 0.8:
                price = low * (draw.uniform(1.1, 2.0) if country == "US" else draw.uniform(0.5, 1.0))
                rows.append({"site_id": site, "product_id": product, "offer_id": offer, "price_per_unit": round(price, 2),
                             "limit_per_year": draw.choice((None, 40.0, 90.0)), "origin_country": country})  # fmt: skip
        return rows

    methods = [("rvc_tv", draw.choice((0.4, 0.6, 0.75))), ("max_nom", draw.choice((0.2, 0.35, 0.5)))]
    return {
        "settings": [
            {"key": "currency", "value": "USD"},
            {"key": "base_date", "value": "2026-01-01"},
            {"key": "discount_rate_share", "value": "0"},
            {"key": "origin_accounting", "value": accounting},
        ],
        "periods": [{"period_id": "2026", "start_date": "2026-01-01", "end_date": "2026-12-31"}],
        "countries": [{"country": one, "region": region} for one, region in (("US", "na"), ("MX", "na"), ("CN", "asia"))],
        "products": [{"product_id": one, "unit": "piece", "mass_kg_per_unit": 1.0, **({"disposal_cost_per_unit": 1.0} if draw.random() < 0.3 else {})}
                     for one in ("ore", "part", "battery", "car")],
        "product_codes": [{"product_id": one, "importer": "US", "hs_code": code}
                          for one, code in (("ore", "2604"), ("part", "8708"), ("battery", "8507"), ("car", "8703"))],
        "product_values": [{"product_id": one, "value_per_unit": value} for one, value in (
            ("ore", draw.choice((8.0, 12.0))), ("part", draw.choice((30.0, 45.0))), ("battery", draw.choice((20.0, 60.0))), ("car", 140.0))],
        "sites": [{"site_id": site, "country": country, "latitude": lat, "longitude": -102.0}
                  for site, country, lat in (("near", "US", 36.0), ("plant", "MX", 25.0), ("home", "MX", 24.0), ("abroad", "US", 37.0))],
        "recipes": [{"recipe_id": "parts", "product_id": "part"}, {"recipe_id": "cars", "product_id": "car"}],
        "recipe_lines": [
            {"recipe_id": "parts", "product_id": "ore", "role": "input", "quantity_per_unit": draw.choice((1.0, 2.0))},
            {"recipe_id": "cars", "product_id": "part", "role": "input", "quantity_per_unit": draw.choice((1.0, 0.8))},
            {"recipe_id": "cars", "product_id": "battery", "role": "input", "quantity_per_unit": 1.0},
        ],
        "processes": [
            {"site_id": "near", "recipe_id": "parts", "capacity_per_year": draw.choice((60.0, 150.0)), "conversion_cost_per_unit": draw.uniform(1, 12)},
            {"site_id": "plant", "recipe_id": "cars", "capacity_per_year": 120.0, "conversion_cost_per_unit": 10.0, "yield_share": draw.choice((1.0, 0.9))},
        ],
        "purchases": [*offers("near", "ore", 8.0), *offers("plant", "part", 30.0), *offers("plant", "battery", 25.0)],
        "lanes": [
            {"lane_id": lane, "from_site": start, "to_site": end, "product_id": product, "cost_per_unit": cost, "co2e_kg_per_unit": 0.0, "lead_time_days": 1.0}
            for lane, start, end, product, cost in (
                ("parts", "near", "plant", "part", 1.0), ("home", "plant", "home", "car", 1.0), ("abroad", "plant", "abroad", "car", 2.0))
        ],
        "demand": [{"site_id": site, "product_id": "car", "period_id": "2026", "quantity": draw.choice((0.0, 20.0, 50.0)) + 5.0,
                    "shortage_cost_per_unit": SHORT} for site in ("home", "abroad")],
        "duties": [
            {"rule_id": "mfn", "importer": "US", "hs_prefix": "8703", "ad_valorem_share": draw.choice((0.05, 0.15, 0.25))},
            {"rule_id": "free", "importer": "US", "origin": "MX", "hs_prefix": "8703", "ad_valorem_share": draw.choice((0.0, 0.01)), "origin_rule_id": "pact"},
        ],
        "groups": [{"group_id": "pact", "member": "US"}, {"group_id": "pact", "member": "MX"}],
        "origin_rules": [
            {"origin_rule_id": "pact", "hs_prefix": prefix, "method": method, "threshold_share": share, "cumulation_group": "@pact"}
            for prefix, (method, share) in (("8703", draw.choice(methods)), ("8708", draw.choice(methods)))
        ],
    }  # fmt: skip


class _Model:
    """A linear model by names: Σ cost · x least, rows ≤ or =."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.cost: list[float] = []
        self.high: list[float | None] = []
        self.rows: list[tuple[dict[str, float], str, float]] = []

    def var(self, name: str, cost: float = 0.0, high: float | None = None) -> str:
        self.names[name] = len(self.cost)
        self.cost.append(cost)
        self.high.append(high)
        return name

    def row(self, terms: dict[str, float], sign: str, right: float) -> None:
        self.rows.append((terms, sign, right))

    def solve(self) -> float:
        sides: dict[str, tuple[list[list[float]], list[float]]] = {"<=": ([], []), "=": ([], [])}
        for terms, sign, right in self.rows:
            line = [0.0] * len(self.cost)
            for name, amount in terms.items():
                line[self.names[name]] += amount
            sides[sign][0].append(line)
            sides[sign][1].append(right)
        (up, up_right), (equal, equal_right) = sides["<="], sides["="]
        found = linprog(self.cost, up or None, up_right or None, equal or None, equal_right or None, [(0, high) for high in self.high])
        return float(found.fun) if found.success else np.inf


def _graded(tables: Tables, shut: set[str]) -> float:
    """Least cost with shortage of the grades formulation; `shut` names grades of a good that may not be made: `part:n`."""
    m = _Model()
    value = {row["product_id"]: row["value_per_unit"] for row in tables["product_values"]}
    waste = {row["product_id"]: row.get("disposal_cost_per_unit") for row in tables["products"]}
    use = {(row["recipe_id"], row["product_id"]): row["quantity_per_unit"] for row in tables["recipe_lines"]}
    lines = {row["recipe_id"]: row for row in tables["processes"]}
    rule = {row["hs_prefix"]: row for row in tables["origin_rules"]}
    duty, free = (row["ad_valorem_share"] * value["car"] for row in tables["duties"])
    free = min(free, duty)

    def outside(prefix: str, good: str) -> float:
        share = rule[prefix]["threshold_share"]
        return value[good] * (share if rule[prefix]["method"] == "max_nom" else 1.0 - share)

    supply: dict[tuple[str, str, str], list[str]] = {}
    for row in tables["purchases"]:
        grade = "o" if row["origin_country"] == "US" else "n"
        name = m.var(f"buy {row['site_id']} {row['product_id']} {grade}", row["price_per_unit"], row["limit_per_year"])
        supply.setdefault((row["site_id"], row["product_id"], grade), []).append(name)
    for recipe, site, good, inputs, prefix in (
        ("parts", "near", "part", ("ore",), "8708"),
        ("cars", "plant", "car", ("part", "battery"), "8703"),
    ):
        line = lines[recipe]
        made = [
            m.var(f"make {good} {grade}", line["conversion_cost_per_unit"], 0.0 if f"{good}:{grade}" in shut else None) for grade in "on"
        ]
        m.row(dict.fromkeys(made, 1.0), "<=", line["capacity_per_year"])
        foreign: dict[str, float] = {}
        for one in inputs:
            for grade, target in itertools.product("on", repeat=2):
                m.var(f"use {one} {grade} in {good} {target}")
            for target in "on":
                terms = {f"use {one} {grade} in {good} {target}": 1.0 for grade in "on"}
                m.row(terms | {f"make {good} {target}": -use[recipe, one] / line.get("yield_share", 1.0)}, "=", 0.0)
            foreign[f"use {one} n in {good} o"] = value[one]
        m.row(foreign | {f"make {good} o": -outside(prefix, good)}, "<=", 0.0)
        if good == "part":
            for grade in "on":
                name = m.var(f"ship part {grade}", 1.0)
                m.row({name: 1.0, f"make part {grade}": -1.0} | _dumped(m, waste, "part made", "part", grade), "=", 0.0)
                supply.setdefault(("plant", "part", grade), []).append(name)
        for one in inputs:
            for grade in "on":
                terms = {f"use {one} {grade} in {good} {target}": 1.0 for target in "on"}
                terms |= dict.fromkeys(supply.get((site, one, grade), []), -1.0)
                m.row(terms | _dumped(m, waste, f"{one} bought", one, grade), "=", 0.0)
    wanted = {row["site_id"]: row["quantity"] for row in tables["demand"]}
    m.var("home o", 1.0), m.var("home n", 1.0), m.var("abroad o", 2.0 + free), m.var("abroad n", 2.0 + duty)
    for site in ("home", "abroad"):
        m.var(f"short {site}", SHORT)
        m.row({f"{site} o": 1.0, f"{site} n": 1.0, f"short {site}": 1.0}, "=", wanted[site])
    for grade in "on":
        m.row(
            {f"home {grade}": 1.0, f"abroad {grade}": 1.0, f"make car {grade}": -1.0} | _dumped(m, waste, "car made", "car", grade),
            "=",
            0.0,
        )
    return m.solve()


def _dumped(m: _Model, waste: dict[str, float | None], name: str, product: str, grade: str) -> dict[str, float]:
    cost = waste[product]
    return {} if cost is None else {m.var(f"dump {name} {grade}", cost): 1.0}


def least_cost(tables: Tables) -> float:
    """Least cost with shortage; under average accounting the least over all choices of one grade per good."""
    settings = {row["key"]: row["value"] for row in tables["settings"]}
    if settings["origin_accounting"] == "segregated":
        return _graded(tables, set())
    return min(_graded(tables, {f"part:{part}", f"car:{car}"}) for part, car in itertools.product("on", repeat=2))
