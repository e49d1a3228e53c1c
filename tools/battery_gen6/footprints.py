"""Cradle-to-gate footprints of what each site makes in a plan, beside the published ranges of pcf.csv."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from hinterland.model.accounts import Accounts
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["MATCHES", "Match", "footprints", "inside"]

_ROUNDS = 200
_OWN = ("electricity", "heat", "direct")
_CN_CELLS, _WORLD_CELLS, _EU_CELLS = (59.0, 115.0), (41.0, 89.0), (30.0, 60.0)


@dataclass(frozen=True)
class Match:
    """A product, the sites whose route and region a row of pcf.csv describes, and its range in kg per unit."""

    product_id: str
    sites: tuple[str, ...]
    route: str
    low: float
    high: float


MATCHES = (
    Match("nickel_sulphate", ("gem_jingmen", "huayou_quzhou"), "HPAL MHP, ID->CN", 3.0, 7.0),
    Match("nickel_sulphate", ("loyalist", "harjavalta"), "class 1 dissolution, CA/NO", 2.0, 5.0),
    Match("nickel_sulphate", ("terrafame",), "bioheapleach integrated, FI (one value)", 1.75, 1.75),
    Match("lithium_carbonate", ("sqm_antofagasta",), "brine Atacama, CL", 2.7, 3.1),
    Match("lithium_carbonate", ("shehong",), "spodumene AU->CN", 15.0, 23.0),
    Match("lithium_hydroxide", ("sqm_antofagasta",), "brine Chile, CL", 6.9, 7.3),
    Match("lithium_hydroxide", ("ganfeng_xinyu", "meishan"), "spodumene AU->CN", 14.0, 17.0),
    Match("lithium_hydroxide", ("covalent_kwinana", "keliber", "guben"), "spodumene, Kwinana/EU", 7.0, 13.0),
    Match("cobalt_sulphate", ("gem_jingmen", "huayou_quzhou"), "DRC hydroxide -> CN", 3.0, 9.0),
    Match("anode_graphite", ("shanshan_baotou",), "synthetic, CN", 13.8, 42.0),
    Match("anode_graphite", ("btr_jixi",), "natural coated 7-17 and synthetic 13.8-42, CN", 7.0, 42.0),
    Match("anode_graphite", ("vidalia",), "natural coated, MZ->US", 6.0, 8.0),
    Match("anode_graphite", ("nmg_becancour",), "natural coated, CA (one value)", 1.23, 1.23),
    Match("anode_graphite", ("vianode_heroya",), "synthetic with hydro power, NO", 1.0, 3.0),
    Match("cam_nmc811", ("ronbay_hubei", "easpring_changzhou", "jiangmen"), "GREET/Dai-type, CN", 20.0, 40.0),
    Match("cam_nmc811", ("ronbay_hubei", "easpring_changzhou", "jiangmen"), "build-up: average Ni, spodumene Li, CN grid", 21.0, 45.0),
    Match("cam_nmc811", ("cheonan", "ronbay_chungju"), "build-up: average Ni, spodumene Li, KR grid", 20.0, 44.0),
    Match("cam_nmc811", ("kotka", "schwarzheide", "nysa", "ecopro_debrecen", "huayou_acs"), "European low-carbon, EU", 10.0, 22.0),
    Match("cam_lfp", ("yuneng_lfp",), "CN", 4.0, 12.0),
    Match("cell_nmc811", ("catl_liyang", "eve_jingmen", "aesc_china"), "NMC811, CN", *_CN_CELLS),
    Match("cell_nmc811", ("catl_debrecen", "eve_debrecen"), "low-carbon regional, EU", *_EU_CELLS),
    Match("cell_nmc811", ("catl_debrecen", "eve_debrecen"), "literature range, CN/US/EU", *_WORLD_CELLS),
    Match("cell_nmc811", ("florence", "aesc_smyrna", "aesc_bowling_green"), "literature range, CN/US/EU", *_WORLD_CELLS),
    Match("cell_lfp", ("catl_yibin",), "LFP, CN", 54.0, 69.0),
)  # fmt: skip


def inside(match: Match, value: float, slack: float = 0.01) -> bool:
    """Whether a footprint lies in the published range; one per cent of slack, which one-value rows need for rounding."""
    return match.low * (1.0 - slack) <= value <= match.high * (1.0 + slack)


def footprints(net: Network, plan: Plan, books: Accounts) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Per unit made at a site over the horizon: kg cradle to gate, kg of it from purchased footprints, units made.

    What a site holds of a good is the mean of what it makes, receives (with transport) and buys; what it uses of it is
    everything that does not leave, split over its recipes in proportion to the bill of materials. Changes of stock are left out.
    """
    good = dict(net["recipes"].select("recipe_id", "product_id").iter_rows())
    parts: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for recipe, part, need in net["recipe_lines"].select("recipe_id", "product_id", "quantity_per_unit").iter_rows():
        parts[recipe].append((part, need))
    made: dict[tuple[str, str], float] = defaultdict(float)
    wanted: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    lines = net["processes"].with_columns(pl.col("recipe_id").fill_null(""))
    plain = {(site, recipe): product for site, recipe, product in lines.select("site_id", "recipe_id", "product_id").iter_rows()}
    outputs = (
        plan["outputs"]
        .with_columns(pl.col("recipe_id").fill_null(""))
        .group_by("site_id", "recipe_id", "product_id")
        .agg(pl.col("quantity").sum())
    )
    for site, recipe, product, quantity in outputs.sort("site_id", "recipe_id").iter_rows():
        what = good.get(recipe) or product or plain[site, recipe]
        made[site, what] += quantity
        for part, need in parts.get(recipe, ()):
            wanted[site, part][what] += need * quantity
    own: dict[tuple[str, str], float] = defaultdict(float)
    rows = books.co2e.filter(pl.col("cause").is_in(_OWN)).group_by("site_id", "product_id").agg(pl.col("kg_market").sum())
    for site, product, kg in rows.iter_rows():
        own[site, product] += kg
    bought: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for site, product, quantity in plan["purchased"].group_by("site_id", "product_id").agg(pl.col("quantity").sum()).iter_rows():
        bought[site, product][0] += quantity
    for site, product, kg in (
        books.co2e.filter(pl.col("cause") == "purchased").group_by("site_id", "product_id").agg(pl.col("kg_market").sum()).iter_rows()
    ):
        bought[site, product][1] += kg
    moved: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    out: dict[tuple[str, str], float] = defaultdict(float)
    for start, end, product, quantity in (
        books.flows.group_by("from_site", "to_site", "product_id").agg(pl.col("quantity").sum()).sort("from_site", "to_site").iter_rows()
    ):
        moved[end, product].append((start, quantity))
        out[start, product] += quantity
    carried: dict[tuple[str, str], float] = defaultdict(float)
    for end, product, kg in (
        books.co2e.filter(pl.col("cause") == "transport").group_by("to_site", "product_id").agg(pl.col("kg_market").sum()).iter_rows()
    ):
        carried[end, product] += kg
    gate: dict[tuple[str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    held: dict[tuple[str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    pools = sorted(set(made) | set(bought) | set(moved))
    for _ in range(_ROUNDS):
        before = dict(gate)
        for site, product in pools:
            key = (site, product)
            if made[key]:
                total, paid = own[key], 0.0
                for (place, part), uses in wanted.items():
                    if place == site and product in uses:
                        used = (
                            sum(quantity for _, quantity in moved[site, part]) + bought[site, part][0] + made[site, part] - out[site, part]
                        )
                        share = max(used, 0.0) * uses[product] / sum(uses.values())
                        total, paid = total + share * held[site, part][0], paid + share * held[site, part][1]
                gate[key] = (total / made[key], paid / made[key])
            quantity = made[key] + bought[key][0] + sum(one for _, one in moved[key])
            if quantity:
                kg = (
                    made[key] * gate[key][0]
                    + bought[key][1]
                    + carried[key]
                    + sum(one * held[start, product][0] for start, one in moved[key])
                )
                from_bought = made[key] * gate[key][1] + bought[key][1] + sum(one * held[start, product][1] for start, one in moved[key])
                held[key] = (kg / quantity, from_bought / quantity)
        if all(abs(gate[key][0] - before.get(key, (0.0, 0.0))[0]) <= 1e-9 * max(1.0, gate[key][0]) for key in gate):
            break
    return {key: (*gate[key], made[key]) for key in sorted(made) if made[key] > 0}
