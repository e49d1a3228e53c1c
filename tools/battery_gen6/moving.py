"""Modes, freight rates, lane rules and the stocks at the ends of lanes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import seed_chain.moving as seed
from seed_chain.assumed import A

from battery_gen6.assumed import CELLS, PLANTS, B

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["RULES", "moving"]

Row = dict[str, object]
_LAND, _BOX, _BULK = "truck", "truck+container_ship+truck", "truck+bulk_ship+truck"
_NEAR = f"{_LAND}|{_BOX}"

RULES: tuple[tuple[str, str, str, str, str, int | None, bool], ...] = (
    # rule, product, from, to, modes, nearest, same region only
    ("spodumene_sea", "spodumene_sc6", "", "", _BULK, 4, False),
    ("mhp_sea", "nickel_mhp", "", "", _BOX, None, False),
    ("cobalt_sea", "cobalt_hydroxide", "", "", _BOX, None, False),
    ("flake_land", "graphite_flake", "", "", _LAND, 1, True),
    ("flake_sea", "graphite_flake", "", "", _BOX, 2, False),
    ("metal_near", "nickel_class1", "", "", _NEAR, 2, True),
    ("metal_sea", "nickel_class1", "", "", _BOX, 2, False),
    ("nickel_near", "nickel_sulphate", "", "", _NEAR, 3, True),
    ("nickel_far", "nickel_sulphate", "gem_jingmen|huayou_quzhou|terrafame|harjavalta|kemco", "", _BOX, 3, False),
    ("cobalt_salt_near", "cobalt_sulphate", "", "", _NEAR, 2, True),
    ("cobalt_salt_far", "cobalt_sulphate", "gem_jingmen|kokkola|huayou_quzhou", "", _BOX, 2, False),
    ("carbonate_land", "lithium_carbonate", "", "", _LAND, 1, True),
    ("carbonate_sea", "lithium_carbonate", "sqm_antofagasta", "", _BOX, None, False),
    ("hydroxide_near", "lithium_hydroxide", "", "", _NEAR, 3, True),
    ("hydroxide_far", "lithium_hydroxide", "ganfeng_xinyu|sqm_antofagasta|covalent_kwinana", "", _BOX, None, False),
    ("precursor_near", "pcam_nmc811", "", "", _NEAR, 3, True),
    ("precursor_far", "pcam_nmc811", "gem_jingmen|cobco|kokkola|ecopro_pohang", "", _BOX, None, False),
    ("lfp_cathode", "cam_lfp", "", "", _LAND, None, True),
    ("cathode_near", "cam_nmc811", "", "", _NEAR, 5, True),
    ("cathode_far", "cam_nmc811", "ronbay_hubei|cheonan|easpring_changzhou|ronbay_chungju|jiangmen|nysa", "", _BOX, None, False),
    ("anode_near", "anode_graphite", "", "", _NEAR, 4, True),
    ("anode_far", "anode_graphite", "btr_jixi|shanshan_baotou|posco_sejong|btr_morowali|btr_tangier", "@nmc_cells", _BOX, None, False),
    ("electrolyte_near", "electrolyte", "", "", _LAND, 3, True),
    ("electrolyte_far", "electrolyte", "tinci_jiujiang", "@nmc_cells", _BOX, None, False),
    ("separator_near", "separator", "", "", _LAND, 3, True),
    ("separator_far", "separator", "semcorp_china", "@nmc_cells", _BOX, None, False),
    ("cell_near", "cell_nmc811", "", "", _LAND, None, True),
    ("cell_far", "cell_nmc811", "@gen6_cells", "", _BOX, None, False),
    ("cell_bridge", "cell_nmc811", "aesc_china", "", _BOX, 5, False),
    ("cell_lfp_land", "cell_lfp", "", "", _LAND, None, True),
    ("pack_land", "pack_nmc811", "woodruff", "spartanburg", _LAND, None, True),
    ("pack_land_bavaria", "pack_nmc811", "irlbach", "munich|dingolfing|regensburg", _LAND, None, True),
)  # fmt: skip
"""Near: makers of the taker's region. Far: a few sources that the whole world buys from, by ship."""
_COVER = {"cell_nmc811": 10.0, "cell_lfp": 10.0, "cam_nmc811": 15.0, "anode_graphite": 15.0}


def _rules(makers: dict[str, list[str]]) -> list[Row]:
    return [
        {
            "rule_id": rule, "product_id": product, "from_group": start or "|".join(makers[product]), "to_group": end, "mode_chain": chain, "nearest_k": nearest or "",
            "same_region": "true" if near else "", "source_id": "GEO", "quality": "derived", "note": "distances computed from positions; who may supply whom is a choice of this sample",
        }
        for rule, product, start, end, chain, nearest, near in RULES
    ]  # fmt: skip


def _stocks(needs: dict[str, float], peaks: dict[str, float]) -> list[Row]:
    """Cover of the costly goods where they are used; no store holds more than twice its cover of the peak need."""
    takers = {"cell_nmc811": list(dict.fromkeys(hall for _, hall, _ in PLANTS.values())), "cell_lfp": ["shenyang"]}
    cells = [*CELLS, *B.bridge]
    takers |= {"cam_nmc811": cells, "anode_graphite": cells}
    return [
        {
            "site_id": site, "product_id": product, "days_of_cover": _COVER[product],
            "max_quantity": float(f"{A.stock_room.value * _COVER[product] / 365.0 * peaks[site] * needs[product]:.2g}"),
            "holding_cost_share_per_year": A.holding_share.value, "source_id": "A", "quality": "assumed",
            "note": f"{A.holding_share.note}; stores hold at most twice the cover of the peak",
        }
        for product, sites in takers.items()
        for site in sites
    ]  # fmt: skip


def moving(ref: Reference, needs: dict[str, float], peaks: dict[str, float], makers: dict[str, list[str]]) -> dict[str, list[Row]]:
    """Tables of this module; `needs` is what one kWh of pack takes of each product, `peaks` the most kWh a
    site sees a year, `makers` the sites that make a product: a store forwards nothing."""
    rates = [dict(row) for row in seed.rates(ref)]
    return {"modes": seed.modes(ref), "freight_rates": rates, "lane_rules": _rules(makers), "stocks": _stocks(needs, peaks)}
