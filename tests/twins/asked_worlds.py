"""Random tiny networks with what is agreed and asked: contracts, policies, duties, incentives, lane groups, qualification."""

from __future__ import annotations

import random
from datetime import timedelta

from brute_asked import how_many
from brute_force import World
from small_worlds import Tables, _draw, _maybe, _some_day, rough_count

MOST_CHOICES = 400
FEATURES = (
    "min_share", "max_share", "need", "exclusive", "exclusive_scope", "take_or_pay", "min_quantity", "max_quantity", "sign_cost",
    "min_regional_share", "max_country_share", "max_site_share", "max_co2e", "max_co2e_sites", "max_co2e_per_unit",
    "max_co2e_per_unit_sites", "forbid_origin", "forbid_site", "force_open", "min_flow", "max_flow", "max_sites",
    "lane_group", "lane_group_fixed", "qualification", "per_unit", "cost_share", "capped", "duties",
)  # fmt: skip
"""Everything that must be met by some world; world number n has feature n, and a few others by chance."""


def _span(draw: random.Random, periods: list[dict], chance: float) -> dict:
    return {"valid_from": _maybe(draw, chance, _some_day(draw, periods)), "valid_to": None}


def _contract(draw: random.Random, periods: list[dict], wanted: set[str]) -> dict[str, list[dict]]:
    """North sells parts to the plant under one to three phases that cut periods."""
    low, high = periods[0]["start_date"], periods[-1]["end_date"]
    days = (high - low).days
    cuts = sorted(draw.sample(range(10, days - 10), draw.choice((0, 1, 2))))
    starts = [low - timedelta(days=draw.choice((0, 40)))] + [low + timedelta(days=cut) for cut in cuts]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [draw.choice((None, high - timedelta(days=draw.choice((5, 60)))))]
    if ends[-1] is not None and ends[-1] <= starts[-1]:
        ends[-1] = None
    phases = []
    for start, end in zip(starts, ends, strict=True):
        phase: dict = {"contract_id": "deal", "start_date": start, "end_date": end}
        if "min_share" in wanted:
            phase["min_share"] = draw.choice((0.2, 0.5, 1.0))
        if "max_share" in wanted:
            phase["max_share"] = draw.choice((0.6, 0.9)) if phase.get("min_share", 0.0) <= 0.5 else None
        if {"exclusive", "exclusive_scope"} & wanted:
            phase["exclusive"] = draw.choice((0.0, 0.5, 1.0))
        if {"min_quantity", "take_or_pay"} & wanted:
            phase["min_quantity_per_year"] = draw.choice((10.0, 45.0))
        if "take_or_pay" in wanted and draw.random() < 0.8:
            phase["take_or_pay_share"] = draw.choice((0.7, 1.0))
        if "max_quantity" in wanted:
            phase["max_quantity_per_year"] = _maybe(draw, 0.8, draw.choice((60.0, 90.0)))
        phases.append(phase)
    return {
        "contracts": [
            {
                "contract_id": "deal",
                "supplier": "north",
                "buyer": "plant",
                "product_id": "part",
                "status": "signed",
                "share_basis": "need" if "need" in wanted else None,
                "exclusive_scope": draw.choice(("latin_america", "asia|MX", "south", "CN")) if "exclusive_scope" in wanted else None,
                "sign_cost": 120.0 if "sign_cost" in wanted else None,
            }
        ],
        "contract_phases": phases,
        "contract_prices": [
            {"contract_id": "deal", "start_date": low - timedelta(days=400), "from_quantity": 0.0, "price_per_unit": 6.0},
            {"contract_id": "deal", "start_date": low - timedelta(days=400), "from_quantity": 50.0, "price_per_unit": 5.0},
            {"contract_id": "deal", "start_date": low + timedelta(days=days // 2), "from_quantity": 0.0, "price_per_unit": 9.0},
        ],
    }


def _policy(draw: random.Random, kind: str, periods: list[dict]) -> dict:
    row: dict = {"policy_id": kind, "kind": kind.removesuffix("_sites") if kind != "max_sites" else kind, **_span(draw, periods, 0.3)}
    product = draw.choice(("part", "part", "ore", None))
    if kind == "min_regional_share":
        row |= {"product": product, "to_group": draw.choice((None, "plant", "US")), "value": draw.choice((0.3, 0.8))}
        row |= {"from_group": draw.choice((None, None, "CA")), "each": draw.choice(("none", "region", "buyer", "product"))}
    elif kind in ("max_country_share", "max_site_share"):
        row |= {"product": "part", "to_group": draw.choice(("plant", None)), "value": draw.choice((0.4, 0.7))}
        row |= {"from_group": draw.choice((None, None, "MX")), "each": draw.choice(("none", "buyer", "country", "product"))}
    elif kind == "max_co2e":
        row |= {"value": draw.choice((0.05, 0.3))}
    elif kind == "max_co2e_sites":
        row |= {"site_group": draw.choice(("north", "south|plant", "US")), "value": draw.choice((0.02, 0.2))}
    elif kind == "max_co2e_per_unit":
        row |= {"product": draw.choice(("car", None)), "value": draw.choice((5.0, 15.0))}
    elif kind == "max_co2e_per_unit_sites":
        row |= {
            "site_group": draw.choice(("north", "north|south", "plant")),
            "each": draw.choice(("none", "site")),
            "value": draw.choice((1.5, 5.0)),
        }
    elif kind == "forbid_origin":
        row |= {"product": product, "from_group": draw.choice(("CN", "MX", "latin_america|asia")), "to_group": draw.choice((None, "plant"))}
    elif kind in ("forbid_site", "force_open"):
        row |= {"site_group": draw.choice(("north", "south", "plant", "CA|MX"))}
    elif kind in ("min_flow", "max_flow"):
        row |= {"product": "part", "from_group": draw.choice(("north", "south", "MX", None)), "to_group": draw.choice(("plant", "US"))}
        row |= {"value": draw.choice((8.0, 30.0)), "mode_id": _maybe(draw, 0.15, "truck")}
    elif kind == "max_sites":
        row |= {"product": _maybe(draw, 0.7, "part"), "value": draw.choice((1.0, 2.0)), "each": draw.choice(("none", "region", "country"))}
    if kind.split("_")[-1] in ("share", "flow"):
        row["basis"] = draw.choice(("units", "mass", "value"))
    soft = 0.45 if kind not in ("forbid_site", "force_open", "max_sites") else 0.2
    row["penalty_per_unit"] = _maybe(draw, soft, draw.choice((0.5, 20.0)))
    return row


def _ask(draw: random.Random, tables: Tables, wanted: set[str]) -> Tables:
    periods, lanes = tables["periods"], tables["lanes"]
    into = [lane for lane in lanes if lane["to_site"] == "plant" and lane["product_id"]]
    if wanted & set(FEATURES[:9]):
        tables |= _contract(draw, periods, wanted)
    kinds = [kind for kind in FEATURES[9:22] if kind in wanted]
    if kinds:
        tables["policies"] = [_policy(draw, kind, periods) for kind in kinds]
    if {"lane_group", "lane_group_fixed"} & wanted:
        fixed = "lane_group_fixed" in wanted
        tables["lane_groups"] = [
            {
                "capacity_group": "train",
                "capacity_t_per_year": None if fixed and draw.random() < 0.5 else draw.choice((40.0, 90.0)),
                "fixed_cost_per_year": draw.choice((60.0, 700.0)) if fixed else None,
            }
        ]
        for lane in draw.sample(lanes, 2):
            lane["capacity_group"] = "train"
    if "qualification" in wanted and into:
        draw.choice(into)["qualification_cost"] = draw.choice((30.0, 800.0))
    if {"per_unit", "cost_share", "capped"} & wanted:
        tables["incentives"] = [
            {
                "incentive_id": f"help_{basis}",
                "site_or_group": draw.choice(("north", "CA|US", "plant", None)),
                "product_id": draw.choice(("part", "car", "slag", None)),
                "basis": basis,
                "amount": 2.5 if basis == "per_unit" else 0.4,
                "cap_amount": draw.choice((20.0, 150.0)) if "capped" in wanted else None,
                "pass_through_share": draw.choice((None, 0.5)),
                **_span(draw, periods, 0.4),
            }
            for basis in ("per_unit", "cost_share")
            if basis in wanted or (basis == "per_unit" and "cost_share" not in wanted)
        ]
    if "duties" in wanted:
        tables["product_codes"] = [
            {"product_id": product, "importer": "US", "valid_from": None, "hs_code": code}
            for product, code in (("part", "8708.99"), ("car", "8703.80"))
        ]
        tables["duties"] = [
            {"rule_id": "plain", "programme": "mfn", "importer": "US", "origin": None, "hs_prefix": "8708", "ad_valorem_share": 0.1},
            {"rule_id": "extra", "programme": "special", "importer": "US", "origin": draw.choice(("MX", "latin_america|asia")),
             "hs_prefix": "87", "ad_valorem_share": 0.25, **_span(draw, periods, 0.5)},
        ]  # fmt: skip
    return tables


def features_of(seed: int) -> set[str]:
    """What a world of this number asks for."""
    draw = random.Random(seed + 50_000)
    return {FEATURES[seed % len(FEATURES)], *draw.sample(FEATURES, draw.choice((0, 1, 2, 4)))}


def asked_world(seed: int) -> Tables:
    """Tables of a random network that asks for `features_of(seed)`, with at most MOST_CHOICES combinations of whole decisions."""
    for attempt in range(4000):
        draw = random.Random(7_000_000 + seed * 4000 + attempt)
        tables = _draw(draw)
        if not distinct(tables):
            continue
        tables = _ask(draw, tables, features_of(seed))
        world = World(tables)
        if rough_count(world) <= 2_000 and how_many(world, MOST_CHOICES) <= MOST_CHOICES:
            return tables
    raise AssertionError("no world in 4000 attempts")


def distinct(tables: Tables) -> bool:
    """Whether dated rows have different keys."""
    dated = [(row["product_id"], row["from_group"], row["valid_from"]) for row in tables["product_values"]]
    dated += [(row["zone"], row["carrier"], row["valid_from"]) for row in tables["energy"]]
    return len(set(dated)) == len(dated)
