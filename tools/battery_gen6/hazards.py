"""What may break in the reference network: its ports, its lanes, and who serves the whole world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.answers import expedited, rerouted
from seed_chain.breaking import Chain, breaking

from battery_gen6.assumed import PLANTS
from battery_gen6.moving import RULES

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["hazards"]

Row = dict[str, object]
MINED = (
    "terrafame/",
    "long_harbour/",
    "sqm_antofagasta/",
    "nmg_becancour/anode_natural_integrated",
    "talga_lulea/anode_natural_integrated",
)
"""Lines that hold a mine of their own."""
EAST_COAST = (
    "USBAL", "USBOS", "USCHS", "USGGE", "USHOU", "USILM", "USJAX", "USMIA", "USMOB", "USMSY", "USNYC", "USORF", "USPHL", "USSAV", "USTPA",
)  # fmt: skip
"""Ports of the United States on the Atlantic and the Gulf, whatever a plan uses."""
EAST_ASIA = (
    "CNBAY", "CNCAN", "CNCZX", "CNDDG", "CNDGG", "CNFAN", "CNJIA", "CNLYG", "CNSQI", "CNTZO", "CNWNZ", "CNXIL", "CNXIP", "CNZSN", "CNZUH", "CNZZU",
    "KRINC", "KRJYT", "KRKPO", "KRKWA", "KRPUS", "KRUSN",
)  # fmt: skip
"""Ports of China and Korea on any lane, whatever a plan uses; a test compares them with the routes."""
GRAPHITE_LANES = (
    *(f"anode_far:{start}>{end}:anode_graphite:truck+container_ship+truck"
      for start in ("btr_jixi", "shanshan_baotou")
      for end in ("aesc_bowling_green", "aesc_smyrna", "catl_debrecen", "eve_debrecen", "florence")),
    *(f"flake_sea:heilongjiang>{end}:graphite_flake:truck+container_ship+truck" for end in ("btr_tangier", "posco_sejong", "vidalia")),
)  # fmt: skip
"""Lanes that take graphite out of China; a test compares them with the routes."""
WORLD = {
    "cell_nmc811": ("florence", "catl_debrecen", "eve_debrecen", "catl_liyang", "eve_jingmen"),
    "cam_nmc811": ("ronbay_hubei", "cheonan", "easpring_changzhou", "ronbay_chungju", "jiangmen", "nysa"),
    "pcam_nmc811": ("gem_jingmen", "cobco", "kokkola", "ecopro_pohang"),
    "anode_graphite": ("btr_jixi", "shanshan_baotou", "posco_sejong", "btr_morowali", "btr_tangier"),
    "lithium_hydroxide": ("ganfeng_xinyu", "sqm_antofagasta", "covalent_kwinana"),
    "nickel_sulphate": ("gem_jingmen", "terrafame", "kemco"),
    "cobalt_sulphate": ("gem_jingmen", "kokkola"),
}
"""Makers whose lanes lead to takers all over the world: who may step in for others."""


def hazards(ref: Reference, tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Tables of this module."""
    gross = {str(row["product_id"]): float(str(row["gross_mass_kg_per_unit"])) for row in tables["products"]}
    spec = Chain(
        mined=MINED,
        plants=frozenset(PLANTS),
        east_coast=("port", EAST_COAST),
        east_asia=("port", EAST_ASIA),
        graphite_lanes=GRAPHITE_LANES,
        by_sea=frozenset(product for _, product, _, _, chain, _, _ in RULES if "ship" in chain),
        world=WORLD,
    )
    return breaking(ref, tables, spec, [rerouted(), *expedited(ref, gross)])
