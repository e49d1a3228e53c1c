"""Random tiny networks with everything that is whole: sites that open and stop, modules, ramps, floors, unequal periods."""

from __future__ import annotations

import random
from datetime import date, timedelta

from brute_force import World, choices, lane_products

Tables = dict[str, list[dict]]
MOST_CHOICES = 150
_LENGTHS = (365, 366, 181, 92, 184, 731, 100)


def _periods(draw: random.Random) -> list[dict]:
    count = draw.choice((2, 2, 3))
    start = draw.choice((date(2026, 1, 1), date(2027, 1, 1), date(2027, 7, 1), date(2028, 3, 1)))
    rows = []
    for at in range(count):
        whole_year = start.month == 1 and start.day == 1 and draw.random() < 0.4
        stop = date(start.year + 1, 1, 1) if whole_year else start + timedelta(days=draw.choice(_LENGTHS))
        rows.append({"period_id": f"t{at}", "start_date": start, "end_date": stop - timedelta(days=1)})
        start = stop
    return rows


def _some_day(draw: random.Random, periods: list[dict]) -> date:
    low, high = periods[0]["start_date"].toordinal(), periods[-1]["end_date"].toordinal()
    return date.fromordinal(draw.randint(low - 60, high + 30))


def _maybe(draw: random.Random, chance: float, value: object) -> object:
    return value if draw.random() < chance else None


def _site(draw: random.Random, name: str, country: str, status: str, periods: list[dict]) -> dict:
    row: dict = {"site_id": name, "country": country, "status": status, "fixed_cost_per_year": draw.choice((None, 40.0, 400.0))}
    if status in ("candidate", "committed"):
        row["opening_cost"] = draw.choice((0.0, 300.0, 2500.0))
    if status == "paused":
        row["restart_cost"] = draw.choice((100.0, 900.0))
    if status in ("candidate", "committed", "paused"):
        row["closing_cost"] = draw.choice((None, 50.0, 700.0))
        row["build_days"] = _maybe(draw, 0.3, float(draw.choice((30, 200, 400))))
        row["earliest_date"] = _maybe(draw, 0.25 if status != "committed" else 0.8, _some_day(draw, periods))
        if status != "committed" and row["earliest_date"] is None:
            row["latest_date"] = _maybe(draw, 0.2, _some_day(draw, periods))
    row["throughput_t_per_year"] = _maybe(draw, 0.2, draw.choice((60.0, 150.0)))
    return row


def _line(draw: random.Random, site: str, recipe: str, size: float, status: str, periods: list[dict]) -> dict:
    new = draw.random() < (0.6 if status == "candidate" else 0.4)
    row: dict = {
        "site_id": site,
        "recipe_id": recipe,
        "capacity_per_year": draw.choice((0.0, size)) if new else size * draw.choice((0.6, 1.0, 1.5)),
        "available_share": draw.choice((None, 0.8)),
        "start_date": _maybe(draw, 0.3, _some_day(draw, periods)),
        "conversion_cost_per_unit": draw.choice((1.0, 4.0, 9.0)),
        "yield_share": draw.choice((None, 0.9, 0.5)),
        "min_utilisation_share": draw.choice((None, None, 0.3, 0.7)),
        "electricity_kwh_per_unit": draw.choice((None, 12.0)),
        "direct_co2e_kg_per_unit": draw.choice((None, 3.0)),
        "ramp_id": _maybe(draw, 0.5, draw.choice(("slow", "steps"))),
    }
    if row["start_date"] is None:
        row["end_date"] = _maybe(draw, 0.15, _some_day(draw, periods))
    if new:
        row |= {
            "module_capacity_per_year": size * draw.choice((0.4, 0.8)),
            "max_modules": draw.choice((1, 1, 2)),
            "module_cost": draw.choice((500.0, 3000.0)),
            "module_build_days": draw.choice((0.0, 0.0, 120.0, 400.0)),
            "asset_life_years": draw.choice((0.75, 1.0, 2.5, 10.0)),
        }
    return row


def _statuses(draw: random.Random) -> list[str]:
    picked = [draw.choice(("candidate", "candidate", "paused", "committed")) for _ in range(draw.choice((1, 1, 2)))]
    return [*picked, "operating", "operating"][:3]


def _draw(draw: random.Random) -> Tables:
    periods = _periods(draw)
    base = draw.choice((periods[0]["start_date"], date(2026, 1, 1)))
    decided = periods[0]["start_date"] - timedelta(days=draw.choice((0, 30, 300)))
    statuses = _statuses(draw)
    draw.shuffle(statuses)
    north, south, plant = statuses
    year_days = 365.0

    def size(period: dict) -> float:
        return ((period["end_date"] - period["start_date"]).days + 1) / year_days

    demand = [
        {
            "site_id": "town",
            "product_id": "car",
            "period_id": period["period_id"],
            "segment": segment,
            "quantity": round(draw.choice((40.0, 90.0, 140.0)) * size(period), 3),
            "shortage_cost_per_unit": draw.choice((200.0, 500.0)),
        }
        for period in periods
        for segment in (("", "fleet") if draw.random() < 0.3 else ("",))
    ]
    sites = [
        _site(draw, "north", "CA", north, periods),
        _site(draw, "south", "MX", south, periods),
        _site(draw, "plant", "US", plant, periods),
        {"site_id": "town", "country": "US", "status": "operating"},
    ]
    lines = [
        _line(draw, "north", "part_from_ore", 160.0, north, periods),
        _line(draw, "south", "part_from_ore", 120.0, south, periods),
        _line(draw, "plant", "car_from_part", 130.0, plant, periods),
    ]
    if draw.random() < 0.25:
        lines.append(_line(draw, "south", "car_from_part", 60.0, south, periods) | {"max_modules": 0})
    lanes = [
        {"lane_id": "north-plant", "from_site": "north", "to_site": "plant", "product_id": draw.choice(("part", None))},
        {"lane_id": "south-plant", "from_site": "south", "to_site": "plant", "product_id": "part"},
        {"lane_id": "plant-town", "from_site": "plant", "to_site": "town", "product_id": draw.choice(("car", None))},
    ]
    if draw.random() < 0.35:
        lanes.append({"lane_id": "south-town", "from_site": "south", "to_site": "town", "product_id": "car"})
    if draw.random() < 0.3:
        lanes.append({"lane_id": "north-south", "from_site": "north", "to_site": "south", "product_id": "part"})
    slag_at_plant = draw.random() < 0.25
    if slag_at_plant:
        lanes.append({"lane_id": "slag", "from_site": "north", "to_site": "plant", "product_id": "slag"})
    for lane in lanes:
        if draw.random() < 0.25:
            lane |= {"mode_chain": "truck", "distance_km": draw.choice((120.0, 900.0))}
        else:
            lane |= {
                "cost_per_unit": draw.choice((0.5, 2.0, 6.0)),
                "co2e_kg_per_unit": draw.choice((0.0, 5.0)),
                "lead_time_days": draw.choice((1.0, 20.0)),
            }
        lane["capacity_per_year"] = _maybe(draw, 0.25, draw.choice((50.0, 110.0)))
        lane["valid_from"] = _maybe(draw, 0.1, _some_day(draw, periods))
        lane["qualified_from"] = _maybe(draw, 0.1, _some_day(draw, periods))
    if draw.random() < 0.2:
        draw.choice(lanes)["min_quantity_if_used"] = 25.0
    recipe_lines = [
        {"recipe_id": "part_from_ore", "product_id": "ore", "role": "input", "quantity_per_unit": 2.0},
        {"recipe_id": "car_from_part", "product_id": "part", "role": "input", "quantity_per_unit": draw.choice((1.0, 1.5))},
        {"recipe_id": "part_from_ore", "product_id": "slag", "role": draw.choice(("coproduct", "scrap")), "quantity_per_unit": 0.25},
    ]
    if draw.random() < 0.3:
        recipe_lines.append({"recipe_id": "car_from_part", "product_id": "ore", "role": "input", "quantity_per_unit": 0.1})
    purchases = [
        {
            "site_id": site,
            "product_id": product,
            "offer_id": offer,
            "price_per_unit": price,
            "limit_per_year": _maybe(draw, 0.3, limit),
            "co2e_kg_per_unit": draw.choice((0.0, 2.0)),
            "origin_country": "CN",
            "valid_from": _maybe(draw, 0.15, _some_day(draw, periods)),
        }
        for site, product, offer, price, limit in (
            ("north", "ore", "", draw.choice((2.0, 5.0)), 260.0),
            ("south", "ore", "", draw.choice((1.0, 3.0)), 200.0),
            ("south", "ore", "spot", 8.0, 100.0),
            ("plant", "ore", "", 2.5, 400.0),
            ("plant", "part", "", draw.choice((30.0, 120.0)), 40.0),
        )
        if offer == "" or draw.random() < 0.3
    ]
    stocks = []
    for site, product, status in (("plant", "part", plant), ("town", "car", "operating"), ("north", "ore", north)):
        if draw.random() < 0.3:
            running = status == "operating"
            stocks.append(
                {
                    "site_id": site,
                    "product_id": product,
                    "days_of_cover": draw.choice((None, 10.0, 30.0)),
                    "min_quantity": draw.choice((None, 3.0)),
                    "max_quantity": draw.choice((None, 60.0)),
                    "initial_quantity": draw.choice((None, 8.0, 25.0)) if running else None,
                    "holding_cost_share_per_year": draw.choice((None, 0.2)),
                }
            )
    can_dispose = draw.choice((("slag",), ("slag", "part"), ("slag", "part", "car", "ore")))
    products = [
        {"product_id": name, "unit": "t", "mass_kg_per_unit": kg, "disposal_cost_per_unit": cost if name in can_dispose else None}
        for name, kg, cost in (("ore", 1000.0, 1.0), ("part", 800.0, 4.0), ("slag", 1000.0, 2.0), ("car", 1200.0, 10.0))
    ]
    tables: Tables = {
        "settings": [
            {"key": "name", "value": "drawn"},
            {"key": "currency", "value": "USD"},
            {"key": "base_date", "value": base.isoformat()},
            {"key": "decision_date", "value": decided.isoformat()},
            {"key": "discount_rate_share", "value": str(draw.choice((0.0, 0.06, 0.12)))},
            {"key": "carbon_price_per_t", "value": str(draw.choice((0.0, 80.0)))},
            {"key": "objective", "value": "shortage,cost"},
            {"key": "electricity_basis", "value": draw.choice(("market", "location"))},
            {"key": "terminal_stock", "value": draw.choice(("cover", "initial", "free"))},
        ],
        "periods": periods,
        "countries": [
            {"country": "CA", "region": "north_america"},
            {"country": "US", "region": "north_america"},
            {"country": "MX", "region": "latin_america"},
            {"country": "CN", "region": "asia"},
        ],
        "products": products,
        "sites": sites,
        "recipes": [{"recipe_id": "part_from_ore", "product_id": "part"}, {"recipe_id": "car_from_part", "product_id": "car"}],
        "recipe_lines": recipe_lines,
        "processes": lines,
        "ramps": [
            {"ramp_id": "slow", "years_since_start": 0.0, "capacity_share": 0.3, "yield_share": 0.8},
            {"ramp_id": "slow", "years_since_start": 1.0, "capacity_share": 1.0, "yield_share": 1.0},
            {"ramp_id": "steps", "years_since_start": 0.0, "capacity_share": 0.0, "yield_share": 1.0},
            {"ramp_id": "steps", "years_since_start": 0.3, "capacity_share": 0.5, "yield_share": 0.9},
            {"ramp_id": "steps", "years_since_start": 0.8, "capacity_share": 1.1, "yield_share": 1.0},
        ],
        "purchases": purchases,
        "demand": demand,
        "modes": [
            {"mode_id": "truck", "kind": "road", "co2e_kg_per_tkm": 0.08, "speed_km_per_day": 600.0, "handling_days": 0.5},
        ],
        "freight_rates": [{"mode_id": "truck", "valid_from": date(2025, 1, 1), "cost_per_t": 1.0, "cost_per_tkm": 0.004}],
        "lanes": lanes,
        "energy": [
            {"zone": "CA", "carrier": "electricity", "valid_from": date(2026, 1, 1), "price_per_kwh": 0.05, "co2e_kg_per_kwh": 0.1},
            {"zone": "MX", "carrier": "electricity", "valid_from": date(2026, 1, 1), "price_per_kwh": 0.08, "co2e_kg_per_kwh": 0.4},
            {"zone": "MX", "carrier": "electricity", "valid_from": _some_day(draw, periods), "price_per_kwh": 0.12, "co2e_kg_per_kwh": 0.3},
        ],
        "product_values": [
            {"product_id": "part", "from_group": None, "valid_from": date(2026, 1, 1), "value_per_unit": 40.0},
            {"product_id": "part", "from_group": "CA", "valid_from": date(2026, 1, 1), "value_per_unit": 50.0},
            {"product_id": "car", "from_group": None, "valid_from": date(2026, 1, 1), "value_per_unit": 90.0},
            {"product_id": "car", "from_group": None, "valid_from": _some_day(draw, periods), "value_per_unit": 95.0},
        ],
    }
    if draw.random() < 0.3:
        tables["power_contracts"] = [
            {
                "power_contract_id": "wind",
                "site_id": "north",
                "start_date": _some_day(draw, periods),
                "kind": draw.choice(("ppa", "on_site")),
                "share": 0.5,
                "co2e_kg_per_kwh": 0.01,
                "premium_per_kwh": 0.02,
            }
        ]
    if stocks:
        tables["stocks"] = stocks
    return tables


def small_world(seed: int) -> Tables:
    """Tables of a random network with at least one gated site and at most MOST_CHOICES combinations of whole decisions."""
    for attempt in range(1000):
        tables = _draw(random.Random(seed * 1000 + attempt))
        dated = [(row["product_id"], row["from_group"], row["valid_from"]) for row in tables["product_values"]]
        dated += [(row["zone"], row["carrier"], row["valid_from"]) for row in tables["energy"]]
        if len(set(dated)) == len(dated) and 4 <= _count(World(tables)) <= MOST_CHOICES:
            return tables
    raise AssertionError("no small world in 1000 attempts")


def rough_count(world: World) -> int:
    """A quick estimate of how many choices there are."""
    gated = sum(world.status(site) in ("candidate", "committed", "paused") for site in world.sites)
    modules = sum(int(line.get("max_modules") or 0) > 0 for line in world.lines)
    switched = sum(len(lane_products(world, row)) for row in world.rows("lanes") if row.get("min_quantity_if_used"))
    return (6 if world.count == 2 else 10) ** gated * 3**modules * 2 ** (world.count * switched)


def _count(world: World) -> int:
    return len(choices(world)) if rough_count(world) <= 20_000 else MOST_CHOICES + 1
