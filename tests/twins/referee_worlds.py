"""Random networks of up to five tiers for the referee: tables, a balanced plan of one repeated period, and events, from a seed."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

START = date(2026, 1, 1)
DAYS = 364
LEADS = (0.0, 3.0, 7.0, 10.0, 14.0, 21.0, 25.0)


class Maker:
    """Writes tables and the plan tier by tier, from the market up."""

    def __init__(self, seed, periods=1):
        self.draw = random.Random(seed)
        self.rows = defaultdict(list)
        self.plan = defaultdict(list)
        self.sent = defaultdict(float)
        days = [START + timedelta(days=DAYS * at) for at in range(periods)]
        self.names = [f"y{at}" for at in range(periods)]
        self.rows["periods"] = [
            {"period_id": name, "start_date": day, "end_date": day + timedelta(days=DAYS - 1)}
            for name, day in zip(self.names, days, strict=True)
        ]
        self.rows["settings"] = [
            {"key": key, "value": value}
            for key, value in (("currency", "USD"), ("base_date", "2026-01-01"), ("decision_date", "2026-01-01"),
                               ("discount_rate_share", "0.05"), ("objective", "shortage,cost"))
        ]  # fmt: skip
        self.rows["countries"] = [{"country": "US", "region": "north_america"}]
        self.rows["recipes"] = [{"recipe_id": "make_part", "product_id": "part"}, {"recipe_id": "make_car", "product_id": "car"}]
        self.per = {"ore": self.draw.choice([0.5, 2.0]), "salt": 0.25, "part": self.draw.choice([1.0, 4.0]), "glue": 0.5}
        for recipe, inputs in (("make_part", ("ore", "salt")), ("make_car", ("part", "glue"))):
            self.rows["recipe_lines"] += [
                {"recipe_id": recipe, "product_id": one, "role": "input", "quantity_per_unit": self.per[one]} for one in inputs
            ]
        for at, name in enumerate(("ore", "salt", "glue", "part", "car")):
            self.rows["products"].append({"product_id": name, "unit": "t", "mass_kg_per_unit": 1000.0, "stage": name})
            self.rows["product_values"].append({"product_id": name, "valid_from": date(2020, 1, 1), "value_per_unit": 3.0 + 7 * at})

    def site(self, name):
        self.rows["sites"].append({"site_id": name, "country": "US", "latitude": 40.0, "longitude": -100.0 + len(self.rows["sites"])})
        return name

    def told(self, table, **row):
        self.plan[table] += [{**row, "period_id": name} for name in self.names]

    def stock(self, site, product, most):
        if self.draw.random() < 0.4:
            amount = round(self.draw.uniform(0, most), 2)
            self.rows["stocks"].append({"site_id": site, "product_id": product, "initial_quantity": amount})
            self.told("stocked", site_id=site, product_id=product, quantity=amount)

    def lane(self, start, end, product, amount):
        name = f"{start}-{end}-{product}"
        row = {"lane_id": name, "from_site": start, "to_site": end, "product_id": product, "lead_time_days": self.draw.choice(LEADS),
               "distance_km": 100.0, "cost_per_unit": round(self.draw.uniform(0.5, 4), 2), "co2e_kg_per_unit": round(self.draw.uniform(0, 9), 2),
               "passages": self.draw.choice(["none", "suez", "panama"])}  # fmt: skip
        if self.draw.random() < 0.5:
            row["capacity_per_year"] = amount * self.draw.choice([1.1, 1.5, 3.0])
        self.rows["lanes"].append(row)
        self.told("flows", lane_id=name, product_id=product, quantity=amount)
        self.sent[start, product] += amount
        if not any((row["site_id"], row["product_id"]) == (end, product) for row in self.rows["stocks"]):
            self.stock(end, product, amount / DAYS * 20)

    def split(self, amount, ends):
        """An amount over some of the ends, at random shares."""
        chosen = self.draw.sample(ends, self.draw.randint(1, len(ends)))
        weights = [self.draw.choice([1.0, 2.0, 5.0]) for _ in chosen]
        return [(one, amount * w / sum(weights)) for one, w in zip(chosen, weights, strict=True)]

    def line(self, site, recipe, product):
        amount = self.sent[site, product]
        if amount <= 0:
            return 0.0
        row = {"site_id": site, "capacity_per_year": amount * self.draw.choice([1.05, 1.3, 2.0]), "recipe_id": recipe or None,
               "product_id": None if recipe else product, "conversion_cost_per_unit": round(self.draw.uniform(1, 9), 2),
               "direct_co2e_kg_per_unit": round(self.draw.uniform(0, 9), 2), "yield_share": self.draw.choice([1.0, 0.8]) if recipe else 1.0}  # fmt: skip
        self.rows["processes"].append(row)
        self.told("outputs", site_id=site, recipe_id=recipe, product_id=product, vintage="existing", quantity=amount)
        return amount / row["yield_share"]

    def world(self):
        towns = [self.site(f"town{at}") for at in range(self.draw.randint(1, 3))]
        hubs = [self.site("hub")] if self.draw.random() < 0.5 else []
        plants = [self.site(f"plant{at}") for at in range(self.draw.randint(1, 2))]
        shops = [self.site(f"shop{at}") for at in range(self.draw.randint(1, 2))]
        mines = [self.site(f"mine{at}") for at in range(self.draw.randint(1, 2))]
        salts = [self.site("salt0")]
        for town in towns:
            for rank in range(self.draw.randint(1, 2)):
                amount = float(self.draw.choice([182, 364, 728, 1000]))
                row = {"site_id": town, "product_id": "car", "segment": f"s{rank}"}
                self.rows["demand"] += [
                    {
                        **row,
                        "period_id": name,
                        "quantity": amount,
                        "price_per_unit": 900.0,
                        "priority": 1 + rank,
                        "shortage_cost_per_unit": 1e4,
                    }
                    for name in self.names
                ]
                self.told("delivered", **row, quantity=amount)
                self.sent[town, "car"] += amount
            for end, part in self.split(self.sent[town, "car"], plants + hubs):
                self.lane(end, town, "car", part)
        for hub in hubs:
            if self.sent[hub, "car"]:
                for end, part in self.split(self.sent[hub, "car"], plants):
                    self.lane(end, hub, "car", part)
        for plant in plants:
            made = self.line(plant, "make_car", "car")
            if not made:
                continue
            for end, part in self.split(made * self.per["part"], shops):
                self.lane(end, plant, "part", part)
            self.rows["purchases"].append({"site_id": plant, "product_id": "glue", "offer_id": "spot", "price_per_unit": 3.0,
                                           "co2e_kg_per_unit": 1.5, "limit_per_year": made * self.per["glue"] * 1.4})  # fmt: skip
            self.told("purchased", site_id=plant, product_id="glue", offer_id="spot", quantity=made * self.per["glue"])
        for shop in shops:
            made = self.line(shop, "make_part", "part")
            if made:
                for good, ends in (("ore", mines), ("salt", salts)):
                    for end, part in self.split(made * self.per[good], ends):
                        self.lane(end, shop, good, part)
        for mine, good in [*((one, "ore") for one in mines), *((one, "salt") for one in salts)]:
            self.line(mine, "", good)
        self.events()
        return dict(self.rows), dict(self.plan)

    def events(self):
        sites = [row["site_id"] for row in self.rows["sites"]]
        lanes = [row["lane_id"] for row in self.rows["lanes"]]
        for at in range(self.draw.randint(1, 6)):
            kind = self.draw.choice(["site", "site", "lane", "lane", "passage", "demand"])
            value = {"site": sites, "lane": lanes, "passage": ["suez", "panama"], "demand": ["town0", "car"]}[kind]
            lost, change = (0.0, self.draw.choice([-0.5, 0.4, 1.0])) if kind == "demand" else (self.draw.choice([1.0, 1.0, 0.6, 0.3]), 0.0)
            self.rows["events"].append(
                {"event_id": f"e{at}", "scope_kind": kind, "scope_value": self.draw.choice(value), "start_date": START + timedelta(days=self.draw.randint(0, 200)),
                 "duration_days": self.draw.choice([3.0, 10.5, 28.0, 60.0]), "recovery_days": self.draw.choice([0.0, 4.0, 30.0]),
                 "capacity_loss_share": lost, "demand_change_share": change}
            )  # fmt: skip
        for at, row in enumerate(self.rows["lanes"]):
            if self.draw.random() < 0.25:
                self.rows["reactions"].append({"reaction_id": f"w{at}", "kind": "wait", "product": row["product_id"], "from_group": row["from_site"],
                                               "to_group": row["to_site"]})  # fmt: skip
            if self.draw.random() < 0.25:
                self.rows["reactions"].append(
                    {"reaction_id": f"r{at}", "kind": "reroute", "product": row["product_id"], "from_group": row["from_site"], "to_group": row["to_site"],
                     "lead_time_days": row["lead_time_days"] + self.draw.choice([0.0, 9.0, 14.0]), "delay_days": self.draw.choice([0.0, 10.0]),
                     "max_share": self.draw.choice([1.0, 0.5]), "cost_per_unit": 2.0, "co2e_kg_per_unit": 5.0}
                )  # fmt: skip
