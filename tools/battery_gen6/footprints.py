"""Cradle-to-gate footprints of what each site makes in a plan, beside the published ranges of pcf.csv."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from hinterland.model.accounts import Accounts
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["MATCHES", "Match", "footprints", "inside"]

_ROUNDS = 200
_OWN = ("electricity", "heat", "direct")
_NEAR = ("local-for-local", "least-co2e")
_USUAL = ("global", "local-for-local")
_ALL = ("global", "local-for-local", "least-co2e")
_CHINA, _EUROPE = ("ronbay_hubei", "easpring_changzhou", "jiangmen"), ("kotka", "schwarzheide", "ecopro_debrecen", "huayou_acs")


@dataclass(frozen=True)
class Match:
    """A product, the sites whose region a row of pcf.csv describes, its range in kg per unit, and the strategies whose supply is its route.

    A range for Chinese supply says nothing about a Chinese cell of European cathode material, nor one for a low-carbon
    European chain about a cell in Debrecen of Chinese material: these stand in the table without a verdict.
    """

    product_id: str
    sites: tuple[str, ...]
    route: str
    low: float
    high: float
    strategies: tuple[str, ...] = _ALL


MATCHES = (
    Match("nickel_sulphate", ("gem_jingmen", "huayou_quzhou"), "HPAL MHP, ID->CN", 3.0, 7.0),
    Match("nickel_sulphate", ("loyalist", "harjavalta"), "class 1 dissolution, CA/NO", 2.0, 5.0),
    Match("nickel_sulphate", ("terrafame",), "bioheapleach, FI", 1.75, 1.75),
    Match("lithium_carbonate", ("sqm_antofagasta",), "brine Atacama, CL", 2.7, 3.1),
    Match("lithium_carbonate", ("shehong",), "spodumene AU->CN", 15.0, 23.0),
    Match("lithium_hydroxide", ("sqm_antofagasta",), "brine Chile, CL", 6.9, 7.3),
    Match("lithium_hydroxide", ("ganfeng_xinyu", "meishan"), "spodumene AU->CN", 14.0, 17.0),
    Match("lithium_hydroxide", ("covalent_kwinana", "keliber", "guben"), "spodumene, Kwinana/EU", 7.0, 13.0),
    Match("cobalt_sulphate", ("gem_jingmen", "huayou_quzhou"), "DRC hydroxide -> CN", 3.0, 9.0),
    Match("anode_graphite", ("shanshan_baotou",), "synthetic, CN", 13.8, 42.0),
    Match("anode_graphite", ("btr_jixi",), "natural 7-17, synthetic 13.8-42, CN", 7.0, 42.0),
    Match("anode_graphite", ("vidalia",), "natural coated, MZ->US", 6.0, 8.0),
    Match("anode_graphite", ("nmg_becancour",), "natural coated, CA", 1.23, 1.23),
    Match("anode_graphite", ("vianode_heroya",), "synthetic with hydro power, NO", 1.0, 3.0),
    Match("cam_nmc811", _CHINA, "GREET/Dai-type, CN", 20.0, 40.0, _USUAL),
    Match("cam_nmc811", _CHINA, "build-up: average Ni, spodumene Li, CN", 21.0, 45.0, _USUAL),
    Match("cam_nmc811", ("cheonan", "ronbay_chungju"), "build-up: average Ni, spodumene Li, KR", 20.0, 44.0, _USUAL),
    Match("cam_nmc811", ("nysa",), "build-up: average Ni, spodumene Li, PL", 21.0, 45.0, _USUAL),
    Match("cam_nmc811", ("nysa",), "European low-carbon, EU", 10.0, 22.0, ("least-co2e",)),
    Match("cam_nmc811", _EUROPE, "European low-carbon, EU", 10.0, 22.0, _NEAR),
    Match("cam_lfp", ("yuneng_lfp",), "CN", 4.0, 12.0),
    Match("cell_nmc811", ("catl_liyang", "eve_jingmen"), "NMC811, CN supply", 59.0, 115.0, _USUAL),
    Match("cell_nmc811", ("catl_debrecen", "eve_debrecen"), "low-carbon regional, EU", 30.0, 60.0, _NEAR),
    Match("cell_nmc811", ("catl_debrecen", "eve_debrecen"), "distribution of the world, 5 to 95 %", 59.0, 115.0, ("global",)),
    Match("cell_nmc811", ("florence", "aesc_smyrna", "aesc_bowling_green"), "literature range, CN/US/EU", 41.0, 89.0),
    Match("cell_lfp", ("catl_yibin",), "LFP, CN", 54.0, 69.0),
)


def inside(match: Match, value: float, slack: float = 0.01) -> bool:
    """Whether a footprint lies in the published range; one per cent of slack, which one-value rows need for rounding."""
    return match.low * (1.0 - slack) <= value <= match.high * (1.0 + slack)


Key = tuple[str, str]


def _sums(frame: pl.DataFrame, keys: list[str], value: str) -> dict[Any, float]:
    """Sum of a column by one row of keys."""
    rows = frame.group_by(keys).agg(pl.col(value).sum()).sort(keys)
    return {tuple(row[:-1]): float(row[-1]) for row in rows.iter_rows()}


@dataclass
class _Gates:
    """What sites make, take in and emit over some years, and from it the footprint of each good at each site."""

    made: dict[Key, float]
    own: dict[Key, float]
    bought: dict[Key, float]
    bought_kg: dict[Key, float]
    carried: dict[Key, float]
    came: dict[Key, list[tuple[str, float]]]
    left: dict[Key, float]
    uses: dict[str, list[tuple[str, str, float]]]
    """Site to (part, good, need of the bill of materials times output)."""

    @classmethod
    def of(cls, net: Network, plan: Plan, books: Accounts, first: str) -> _Gates:
        def late(frame: pl.DataFrame) -> pl.DataFrame:
            return frame.filter(pl.col("period_id") >= first)

        good = net["recipes"].select("recipe_id", good="product_id")
        lines = late(plan["outputs"]).join(good, on="recipe_id", how="left").with_columns(good=pl.coalesce("good", "product_id"))
        needs = lines.join(net["recipe_lines"].select("recipe_id", "quantity_per_unit", part="product_id"), on="recipe_id")
        uses: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
        for (site, part, what), need in _sums(
            needs.with_columns(need=pl.col("quantity") * pl.col("quantity_per_unit")), ["site_id", "part", "good"], "need"
        ).items():
            uses[site].append((part, what, need))
        co2e, flows, place = late(books.co2e), late(books.flows), ["site_id", "product_id"]
        came: dict[Key, list[tuple[str, float]]] = defaultdict(list)
        for (end, product, start), quantity in _sums(flows, ["to_site", "product_id", "from_site"], "quantity").items():
            came[end, product].append((start, quantity))
        return cls(
            made=_sums(lines, ["site_id", "good"], "quantity"),
            own=_sums(co2e.filter(pl.col("cause").is_in(_OWN)), place, "kg_market"),
            bought=_sums(late(plan["purchased"]), place, "quantity"),
            bought_kg=_sums(co2e.filter(pl.col("cause") == "purchased"), place, "kg_market"),
            carried=_sums(co2e.filter(pl.col("cause") == "transport"), ["to_site", "product_id"], "kg_market"),
            came=came,
            left=_sums(flows, ["from_site", "product_id"], "quantity"),
            uses=uses,
        )

    def taken(self, site: str, part: str) -> float:
        """What a site uses of a part: all that comes, is bought or made, and does not leave."""
        key = (site, part)
        kept = sum(quantity for _, quantity in self.came.get(key, ())) + self.bought.get(key, 0.0) + self.made.get(key, 0.0)
        return max(kept - self.left.get(key, 0.0), 0.0)

    def gate(self, key: Key, held: dict[Key, tuple[float, float]]) -> tuple[float, float]:
        """Kg per unit made, and kg of it from purchased footprints."""
        site, good = key
        kg, paid = self.own.get(key, 0.0), 0.0
        for part, what, need in self.uses.get(site, ()):
            if what == good:
                whole = sum(one for other, _, one in self.uses[site] if other == part)
                used, (each, of_bought) = self.taken(site, part) * need / whole, held.get((site, part), (0.0, 0.0))
                kg, paid = kg + used * each, paid + used * of_bought
        return kg / self.made[key], paid / self.made[key]

    def mixed(self, key: Key, gate: tuple[float, float], held: dict[Key, tuple[float, float]]) -> tuple[float, float]:
        """Kg per unit of what a site holds: made, received with its transport, and bought."""
        site_made, paid_kg = self.made.get(key, 0.0), self.bought_kg.get(key, 0.0)
        quantity = site_made + self.bought.get(key, 0.0)
        kg, paid = site_made * gate[0] + paid_kg + self.carried.get(key, 0.0), site_made * gate[1] + paid_kg
        for start, one in self.came.get(key, ()):
            each, of_bought = held.get((start, key[1]), (0.0, 0.0))
            quantity, kg, paid = quantity + one, kg + one * each, paid + one * of_bought
        return (kg / quantity, paid / quantity) if quantity else (0.0, 0.0)


def footprints(net: Network, plan: Plan, books: Accounts, first: str = "2028") -> dict[Key, tuple[float, float, float]]:
    """Per unit made at a site from a year on: kg cradle to gate, kg of it from purchased footprints, units made.

    Published figures speak of mature plants: the years of ramp-up are left out. What a site uses of a part is split over its
    recipes in proportion to the bill of materials; changes of stock are left out.
    """
    g = _Gates.of(net, plan, books, first)
    held: dict[Key, tuple[float, float]] = {}
    gates: dict[Key, tuple[float, float]] = {}
    pools = sorted({*g.made, *g.bought, *g.came})
    for _ in range(_ROUNDS):
        before = dict(gates)
        for key in pools:
            if g.made.get(key):
                gates[key] = g.gate(key, held)
            held[key] = g.mixed(key, gates.get(key, (0.0, 0.0)), held)
        if all(abs(kg - before.get(key, (0.0, 0.0))[0]) <= 1e-9 * max(1.0, kg) for key, (kg, _) in gates.items()):
            break
    return {key: (*gates[key], g.made[key]) for key in sorted(gates)}
