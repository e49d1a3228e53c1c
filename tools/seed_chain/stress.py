"""What may break in the seed chain: lanes by sea stand for their ports, and the way around a canal is told in days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.answers import REROUTE_DAYS, expedited
from seed_chain.breaking import Chain, breaking
from seed_chain.reference import Fact, assumed

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["stress"]

Row = dict[str, object]
MINED = ("terrafame/", "long_harbour/", "sqm_antofagasta/", "nmg_becancour/anode_natural_integrated")
WORLD = {
    "cell_nmc811": ("florence", "catl_debrecen", "catl_liyang"),
    "cam_nmc811": ("ronbay_hubei", "cheonan", "jiangmen", "nysa"),
    "pcam_nmc811": ("gem_jingmen", "kokkola"),
    "anode_graphite": ("btr_jixi",),
    "lithium_hydroxide": ("ganfeng_xinyu", "sqm_antofagasta"),
    "nickel_sulphate": ("gem_jingmen", "terrafame"),
    "cobalt_sulphate": ("gem_jingmen", "kokkola"),
}
PANAMA_DAYS = assumed(12.0, "around Panama through Suez or round the Cape: as long as the way around Suez")
_ASIA = ("CN", "KR")


def _around(ref: Reference, lanes: list[Row], tables: dict[str, list[Row]], refused: set[str]) -> list[Row]:
    """One row a lane through Suez, Malacca or Panama: its own days and those that going around takes; what is refused at the border goes no way."""
    more = {
        "suez": ref.fact("risk", scope="Suez/Red Sea", metric="extra transit Asia-North Europe"),
        "malacca": Fact(3.0, "assumed", "A", "effect +3 days, as risk.csv has it"),
        "panama": PANAMA_DAYS,
    }
    speed = {str(row["mode_id"]): (float(str(row["speed_km_per_day"])), float(str(row["handling_days"]))) for row in tables["modes"]}
    burden = ref.fact("transport", mode="ocean_container", parameter="emission_intensity")
    gross = {str(row["product_id"]): float(str(row["gross_mass_kg_per_unit"])) for row in tables["products"]}
    rows: list[Row] = []
    for lane in lanes:
        passes = [more[one] for one in ("suez", "malacca", "panama") if one in str(lane["passages"]).split("|")]
        if not passes or lane["lane_id"] in refused:
            continue
        longest = max(passes, key=lambda one: one.value)
        legs = zip(str(lane["mode_chain"]).split("+"), str(lane["leg_km"]).split("+"), strict=True)
        own = sum(float(km) / speed[mode][0] + speed[mode][1] for mode, km in legs)
        ship = next(one for one in str(lane["mode_chain"]).split("+") if "ship" in one)
        product = str(lane["product_id"])
        rows.append(
            {
                "reaction_id": f"go_around_{lane['lane_id']}", "kind": "reroute", "product": product, "from_group": lane["from_site"], "to_group": lane["to_site"],
                "delay_days": REROUTE_DAYS.value, "lead_time_days": own + longest.value,
                "co2e_kg_per_unit": longest.value * speed[ship][0] * burden.value / 1e6 * gross[product], "source_id": (longest * burden).source, "quality": "assumed",
                "note": f"{longest.value:g} days more at sea; {REROUTE_DAYS.note}; more freight is in the dearer rates of the hazard",
            }
        )  # fmt: skip
    return rows


def stress(ref: Reference, tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Tables hazards, recoveries, alternates, reactions and replenishment."""
    country = {str(row["site_id"]): str(row["country"]) for row in tables["sites"]}
    ships = [row for row in tables["lanes"] if "ship" in str(row["mode_chain"])]

    def touching(homes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            sorted(str(row["lane_id"]) for row in ships if {country[str(row[end])] for end in ("from_site", "to_site")} & set(homes))
        )

    graphite = [row for row in tables["lanes"] if row["product_id"] in {"anode_graphite", "graphite_flake"}]
    refused = tuple(
        sorted(str(row["lane_id"]) for row in graphite if country[str(row["from_site"])] == "CN" != country[str(row["to_site"])])
    )
    spec = Chain(
        mined=MINED,
        plants=frozenset({"spartanburg"}),
        east_coast=("lane", touching(("US",))),
        east_asia=("lane", touching(_ASIA)),
        graphite_lanes=refused,
        by_sea=frozenset(str(row["product_id"]) for row in ships),
        world=WORLD,
        strait=False,
    )
    gross = {str(row["product_id"]): float(str(row["gross_mass_kg_per_unit"])) for row in tables["products"]}
    return breaking(ref, tables, spec, [*_around(ref, ships, tables, set(refused)), *expedited(ref, gross)])
