"""Products and recipes: those of the seed chain, with LFP beside NMC811, and electrolyte and separator as tiers of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import seed_chain.recipes as seed
from seed_chain.assumed import A
from seed_chain.costs import LI_CARBONATE
from seed_chain.reference import Fact

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["lfp_cell_kg", "products", "recipes"]

Row = dict[str, object]
_STAGES = {
    "electrolyte": "electrolyte", "separator": "separator", "nickel_class1": "refine", "nickel_mhp": "refine", "pack": "pack",
}  # fmt: skip
_LFP_PARTS = {
    "anode_graphite": "graphite_anode_material", "electrolyte": "electrolyte (recipe)", "separator": "separator (recipe)",
    "copper_foil": "cu_foil (recipe)", "aluminium_foil": "al_foil (recipe)", "cell_housing_lfp": "can_and_tabs_al (recipe)",
}  # fmt: skip


def lfp_cell_kg(ref: Reference) -> Fact:
    """Kg of LFP cell per kWh: the part of the pack's mass that cells are."""
    return ref.bom("pack", "pack_mass (recipe)", chemistry="LFP") * ref.bom("pack", "cell", output_unit="kg_pack")


def _kilo(product: str, name: str, stage: str, note: str, freight: str = "general") -> Row:
    return {
        "product_id": product, "name": name, "stage": stage, "unit": "kg", "mass_kg_per_unit": 1.0, "gross_mass_kg_per_unit": A.packaging[freight],
        "freight_class": freight, "source_id": "C", "quality": "derived", "note": f"{note}; 5 % packaging assumed" if note else "5 % packaging assumed",
    }  # fmt: skip


def products(ref: Reference) -> list[Row]:
    """Products; masses per unit from the BOM, packaging assumed."""
    rows = [dict(row) for row in seed.products(ref)]
    for row in rows:
        row["stage"] = _STAGES.get(str(row["product_id"]), row["stage"])
        if row["product_id"] == "pack":
            row |= {"product_id": "pack_nmc811", "name": "high-voltage battery pack, NMC811 cells"}
    rows += [
        _kilo("cam_lfp", "cathode active material LFP", "cathode", "LiFePO4"),
        _kilo("cell_housing_lfp", "can and tabs of prismatic LFP cells", "purchased", "aluminium"),
    ]
    for product, name, kg, note in (
        ("cell_lfp", "cell LFP", lfp_cell_kg(ref), "cells are 0.726 of the pack's mass"),
        ("pack_lfp", "high-voltage battery pack, LFP cells", ref.bom("pack", "pack_mass (recipe)", chemistry="LFP"), "BatPaC 5.2"),
    ):
        rows.append(
            {
                "product_id": product, "name": name, "stage": product.split("_")[0], "unit": "kWh", "mass_kg_per_unit": kg.value,
                "gross_mass_kg_per_unit": kg.value * A.packaging["cells"], "freight_class": "cells", "source_id": kg.source, "quality": kg.quality,
                "note": f"{note}; 15 % packaging assumed; dangerous goods class 9",
            }
        )  # fmt: skip
    return rows


def recipes(ref: Reference) -> tuple[list[Row], list[Row]]:
    """Recipes and their lines. `…_new_line` is the same recipe on an added line, whose capital the model adds."""
    heads, lines = (list(map(dict, rows)) for rows in seed.recipes(ref))
    gone = {"pcam_nmc811_new_line", "cam_nmc811_new_line"}
    heads = [row for row in heads if row["recipe_id"] not in gone]
    lines = [row for row in lines if row["recipe_id"] not in gone]
    for row in (*heads, *lines):
        for column in ("recipe_id", "product_id"):
            if row[column] == "pack":
                row[column] = "pack_nmc811"
    binder = ref.bom("cell_nmc811", "binder_conductive_solvent_net")
    carbonate = ref.bom("li2co3", "li (contained)") / (
        ref.bom("lioh_h2o", "li (contained)") / ref.bom("lioh_h2o", "spodumene_concentrate_6pct")
    )
    more: dict[str, tuple[str, dict[str, Fact], str]] = {
        "lithium_carbonate_from_spodumene": (
            LI_CARBONATE, {"spodumene_sc6": carbonate * A.spodumene_recovery.value}, "before the recovery of 88 %, which is the yield",
        ),
        "cam_lfp": (
            "cam_lfp", {LI_CARBONATE: ref.bom("cam_lfp", "li2co3")}, "iron and phosphate made on site, inside the line's cost and footprint",
        ),
        "cell_lfp": (
            "cell_lfp",
            {"cam_lfp": ref.bom("cell_lfp", "cam_lfp"), "binder": Fact(binder.at_low.value, "derived", binder.source)}
            | {part: ref.bom("cell_lfp", name) for part, name in _LFP_PARTS.items()},
            "binder at the low end of the NMC811 cell: no solvent is needed",
        ),
        "pack_lfp": (
            "pack_lfp",
            {
                "cell_lfp": ref.bom("pack", "cell", output_unit="kWh"),
                "pack_housing": ref.bom("pack", "aluminium_housing (recipe)", chemistry="LFP"),
                "pack_electronics": ref.bom("pack", "electronics_bms (recipe)", chemistry="LFP"),
            },
            "",
        ),
    }  # fmt: skip
    for recipe, (product, parts, note) in more.items():
        heads.append({"recipe_id": recipe, "product_id": product, "confers_origin": "true", "note": note})
        lines += [
            {"recipe_id": recipe, "product_id": part, "role": "input", "quantity_per_unit": need.value, "source_id": need.source, "quality": need.quality}
            for part, need in parts.items()
        ]  # fmt: skip
    return heads, lines
