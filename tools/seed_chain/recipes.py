"""Products and recipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.costs import LI_CARBONATE, LI_HYDROXIDE, Costs
from seed_chain.reference import Fact

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["products", "recipes"]

Row = dict[str, object]


def products(ref: Reference) -> list[Row]:
    """Products; masses per unit from the BOM, packaging assumed."""
    cell_kg = ref.bom("cell_nmc811", "specific_energy")
    area = ref.bom("cell_nmc811", "separator (recipe)")
    plain = (
        ("spodumene_sc6", "spodumene concentrate, 6 % Li2O", "mine", "bulk", "one kg of concentrate"),
        ("nickel_mhp", "mixed hydroxide precipitate", "mine", "general", ""),
        ("cobalt_hydroxide", "crude cobalt hydroxide", "mine", "general", "0.35 kg Co per kg"),
        ("graphite_flake", "natural graphite flake concentrate", "mine", "general", ""),
        ("nickel_class1", "class 1 nickel", "refine", "general", "metal"),
        ("nickel_sulphate", "nickel sulphate hexahydrate", "refine", "general", "NiSO4·6H2O, 0.2233 kg Ni per kg"),
        ("cobalt_sulphate", "cobalt sulphate heptahydrate", "refine", "general", "CoSO4·7H2O, 0.2097 kg Co per kg"),
        ("lithium_carbonate", "lithium carbonate", "refine", "general", "Li2CO3, 0.1879 kg Li per kg"),
        ("lithium_hydroxide", "lithium hydroxide monohydrate", "refine", "general", "LiOH·H2O, 0.1654 kg Li per kg"),
        ("manganese_sulphate", "manganese sulphate monohydrate", "purchased", "general", "MnSO4·H2O, 0.3251 kg Mn per kg"),
        ("caustic_soda", "caustic soda", "purchased", "general", "100 % NaOH"),
        ("pcam_nmc811", "precursor NMC811", "precursor", "general", "Ni0.8Co0.1Mn0.1(OH)2"),
        ("cam_nmc811", "cathode active material NMC811", "cathode", "general", "LiNi0.8Co0.1Mn0.1O2"),
        ("anode_graphite", "graphite anode material", "anode", "general", "coated natural or synthetic graphite"),
        ("electrolyte", "electrolyte", "purchased", "general", ""),
        ("copper_foil", "copper foil", "purchased", "general", ""),
        ("aluminium_foil", "aluminium foil", "purchased", "general", ""),
        ("cell_housing", "cell can and tabs", "purchased", "general", "aluminium"),
        ("binder", "binder, conductive carbon, net solvent", "purchased", "general", ""),
        ("pack_housing", "pack housing", "purchased", "general", "aluminium"),
        ("pack_electronics", "battery management and wiring", "purchased", "general", ""),
    )
    rows: list[Row] = [
        {
            "product_id": product,
            "name": name,
            "stage": stage,
            "unit": "kg",
            "mass_kg_per_unit": 1.0,
            "gross_mass_kg_per_unit": A.packaging[freight],
            "freight_class": freight,
            "source_id": "C",
            "quality": "derived",
            "note": "; ".join(one for one in (note, "" if freight == "bulk" else "5 % packaging assumed") if one),
        }
        for product, name, stage, freight, note in plain
    ]
    mhp = next(row for row in rows if row["product_id"] == "nickel_mhp")
    mhp |= {
        "gross_mass_kg_per_unit": 1.0 / (1.0 - A.mhp_moisture.value),
        "source_id": "A",
        "quality": "assumed",
        "note": "one kg of dry hydroxide with 0.39 kg Ni, shipped with 45 % water; its cobalt is left out",
    }
    rows.append(
        {
            "product_id": "separator", "name": "separator", "stage": "purchased", "unit": "m2",
            "mass_kg_per_unit": (ref.bom("cell_nmc811", "separator", output_unit="kWh") / area).value,
            "gross_mass_kg_per_unit": (ref.bom("cell_nmc811", "separator", output_unit="kWh") / area * A.packaging["general"]).value,
            "freight_class": "general", "source_id": "S90;S48", "quality": "derived", "note": "0.065 kg over 8.5 m2 per kWh",
        }
    )  # fmt: skip
    for product, name, kg, note in (
        ("cell_nmc811", "cell NMC811", Fact(1.0, "reported", "C") / cell_kg, "0.28 kWh per kg"),
        ("pack", "high-voltage battery pack", ref.bom("pack", "pack_mass (recipe)", chemistry="NMC811"), "BatPaC 5.2"),
    ):
        rows.append(
            {
                "product_id": product,
                "name": name,
                "stage": product.split("_")[0],
                "unit": "kWh",
                "mass_kg_per_unit": kg.value,
                "gross_mass_kg_per_unit": kg.value * A.packaging["cells"],
                "freight_class": "cells",
                "source_id": kg.source,
                "quality": kg.quality,
                "note": f"{note}; 15 % packaging assumed; dangerous goods class 9",
            }
        )
    return rows


def recipes(ref: Reference) -> tuple[list[Row], list[Row]]:
    """Recipes and their lines. `…_new_line` is the same recipe on an added line, whose capital the model adds."""
    costs = Costs(ref)
    cell = {
        "cam_nmc811": ref.bom("cell_nmc811", "cam_nmc811"),
        "anode_graphite": ref.bom("cell_nmc811", "graphite_anode_material"),
        "electrolyte": ref.bom("cell_nmc811", "electrolyte (recipe)"),
        "separator": ref.bom("cell_nmc811", "separator (recipe)"),
        "copper_foil": ref.bom("cell_nmc811", "cu_foil (recipe)"),
        "aluminium_foil": ref.bom("cell_nmc811", "al_foil (recipe)"),
        "cell_housing": ref.bom("cell_nmc811", "can_and_tabs_al (recipe)"),
        "binder": ref.bom("cell_nmc811", "binder_conductive_solvent_net"),
    }
    cam = {"pcam_nmc811": ref.bom("cam_nmc811", "pcam_nmc811"), LI_HYDROXIDE: ref.bom("cam_nmc811", "lioh_h2o")}
    pcam = {
        "nickel_sulphate": ref.bom("pcam_nmc811", "niso4_6h2o"),
        "cobalt_sulphate": ref.bom("pcam_nmc811", "coso4_7h2o"),
        "manganese_sulphate": ref.bom("pcam_nmc811", "mnso4_h2o"),
        "caustic_soda": ref.bom("pcam_nmc811", "naoh (100%)"),
    }
    nickel = ref.bom("niso4_6h2o", "ni (contained)")
    flake = ref.bom("graphite_natural_coated", "graphite_flake_concentrate")
    spodumene = ref.bom("lioh_h2o", "spodumene_concentrate_6pct") * A.spodumene_recovery.value
    table: dict[str, tuple[str, dict[str, Fact], str]] = {
        "nickel_sulphate_from_mhp": (
            "nickel_sulphate",
            {"nickel_mhp": nickel / A.mhp_nickel_share.value},
            "before the recovery of 97 %, which is the yield",
        ),
        "nickel_sulphate_from_metal": (
            "nickel_sulphate",
            {"nickel_class1": nickel},
            "metal dissolved in sulphuric acid beside the precursor",
        ),
        "cobalt_sulphate": ("cobalt_sulphate", {"cobalt_hydroxide": costs.cobalt_hydroxide_need()}, ""),
        "lithium_hydroxide_from_spodumene": (LI_HYDROXIDE, {"spodumene_sc6": spodumene}, "before the recovery of 88 %, which is the yield"),
        "lithium_hydroxide_from_carbonate": (LI_HYDROXIDE, {LI_CARBONATE: ref.bom("lioh_h2o", "li2co3")}, ""),
        "pcam_nmc811": ("pcam_nmc811", pcam, ""),
        "pcam_nmc811_new_line": ("pcam_nmc811", pcam, "an added line"),
        "cam_nmc811": ("cam_nmc811", cam, ""),
        "cam_nmc811_new_line": ("cam_nmc811", cam, "an added line"),
        "anode_natural": ("anode_graphite", {"graphite_flake": flake}, "spheroidised and coated; pitch inside the direct CO2e"),
        "anode_natural_new_line": ("anode_graphite", {"graphite_flake": flake}, "an added line"),
        "anode_natural_integrated": ("anode_graphite", {}, "mine, spheroidising and coating in one"),
        "anode_synthetic": ("anode_graphite", {}, "coke, graphitisation and coating in one"),
        "cell_nmc811": ("cell_nmc811", cell, ""),
        "cell_nmc811_new_line": ("cell_nmc811", cell, "an added line"),
        "pack": (
            "pack",
            {
                "cell_nmc811": ref.bom("pack", "cell", output_unit="kWh"),
                "pack_housing": ref.bom("pack", "aluminium_housing (recipe)", chemistry="NMC811"),
                "pack_electronics": ref.bom("pack", "electronics_bms (recipe)", chemistry="NMC811"),
            },
            "",
        ),
    }
    heads: list[Row] = []
    lines: list[Row] = []
    for recipe, (product, parts, note) in table.items():
        heads.append({"recipe_id": recipe, "product_id": product, "confers_origin": "true", "note": note})
        lines += [
            {
                "recipe_id": recipe,
                "product_id": part,
                "role": "input",
                "quantity_per_unit": need.value,
                "source_id": need.source,
                "quality": need.quality,
            }
            for part, need in parts.items()
        ]
    return heads, lines
