"""Products, recipes, lines, purchases, demand, stocks and incentives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.places import YEARS, annuity, gas_kg_per_kwh, power_price
from seed_chain.reference import Fact, assumed, weakest

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["Costs", "making", "needs_per_unit", "opening_costs"]

Row = dict[str, object]
MJ = 1.0 / 3.6
T = 1000.0
GWH = 1e6
LI_CARBONATE, LI_HYDROXIDE = "lithium_carbonate", "lithium_hydroxide"


def _source(*facts: Fact) -> str:
    return ";".join(dict.fromkeys(key for fact in facts for key in fact.source.split(";") if key))


@dataclass
class Costs:
    """Prices and factors that several rows need, each with its provenance."""

    ref: Reference
    prices: dict[str, Fact] = field(default_factory=dict)

    def power(self, zone: str) -> Fact:
        """Industrial power price, USD/kWh."""
        return power_price(self.ref, zone)

    def grid24(self, country: str) -> Fact:
        """Grid factor that the published footprints were calculated with."""
        return self.ref.fact("grid", zone=country, metric="grid_carbon_intensity", year="2024") * 0.001

    def __post_init__(self) -> None:
        """Net every raw material back from the published price of its next product: one world price wherever it is mined."""
        ref, p = self.ref, self.prices
        gas = A.gas_price["CN"]
        p["nickel_sulphate"] = ref.process("niso4_6h2o", "price China")
        p["cobalt_sulphate"] = ref.process("coso4_7h2o", "price China").at_low
        p["cobalt_sulphate"] = Fact(p["cobalt_sulphate"].value, "estimated", p["cobalt_sulphate"].source)
        p[LI_CARBONATE] = ref.process("li2co3", "price China mid 2025")
        p[LI_HYDROXIDE] = Fact((p[LI_CARBONATE] * A.lithium_parity).value, "derived", p[LI_CARBONATE].source)
        kwh, heat = self.nickel_energy()
        spent = A.nickel_conversion + kwh * self.power("CN") + heat * gas
        content = ref.bom("niso4_6h2o", "ni (contained)")
        per_nickel = (p["nickel_sulphate"] - spent) / (content.value * ref.bom("ni in niso4", "ni in mhp").value)
        p["nickel_mhp"] = per_nickel * A.mhp_nickel_share.value
        p["nickel_class1"] = (p["nickel_sulphate"] - A.dissolution_conversion) / (content.value / A.dissolution_yield.value)
        kwh, heat = self.cobalt_energy()
        spent = A.cobalt_conversion + kwh * self.power("CN") + heat * gas
        p["cobalt_hydroxide"] = (p["cobalt_sulphate"] - spent) / self.cobalt_hydroxide_need().value
        p["spodumene_sc6"] = (p[LI_HYDROXIDE] - ref.process("lioh_h2o", "conversion cost (China)")) / ref.bom(
            "lioh_h2o", "spodumene_concentrate_6pct"
        ).value
        p["graphite_flake"] = A.flake_price
        p["anode_graphite"] = ref.process("graphite_synthetic", "all-in cost (China)")
        p["pcam_nmc811"] = ref.process("pcam_nmc811", "price China").at_low
        p["cam_nmc811"] = ref.process("cam_nmc811", "price China").at_low
        p["cell_nmc811"] = ref.process("cell", "price cell")
        p["pack"] = ref.process("pack", "price pack all segments")

    def nickel_energy(self) -> tuple[Fact, Fact]:
        """Electricity and heat of a kg of nickel sulphate from mixed hydroxide, kWh."""
        return (
            self.ref.process("niso4_6h2o (from MHP)", "electricity"),
            self.ref.process("niso4_6h2o (from MHP)", "heat") * MJ,
        )

    def _per_heptahydrate(self) -> float:
        """Kg of anhydrous cobalt sulphate with the cobalt of one kg of heptahydrate."""
        anhydrous = float(self.ref.row("bom", output="coso4 (0.38 Co)", input="cobalt_hydroxide (DRC)")["output"].split("(")[1].split()[0])
        return self.ref.bom("coso4_7h2o", "co (contained)").value / anhydrous

    def cobalt_energy(self) -> tuple[Fact, Fact]:
        """Electricity and heat of a kg of cobalt sulphate heptahydrate, kWh."""
        part = self._per_heptahydrate()
        return self.ref.process("coso4", "electricity") * part, self.ref.process("coso4", "heat (steam)") * (MJ * part)

    def cobalt_hydroxide_need(self) -> Fact:
        """Kg of crude cobalt hydroxide per kg of cobalt sulphate heptahydrate."""
        return self.ref.bom("coso4 (0.38 Co)", "cobalt_hydroxide (DRC)") * self._per_heptahydrate()

    def spodumene_energy(self) -> tuple[Fact, Fact]:
        """Electricity and heat of a kg of lithium hydroxide from spodumene, kWh."""
        total = self.ref.process("lioh_h2o (spodumene, China)", "total final energy") * MJ
        return total * (A.lithium_heat_part * -1.0 + 1.0), total * A.lithium_heat_part

    def carbonate_energy(self) -> tuple[Fact, Fact]:
        """Electricity and heat (with diesel) of a kg of lithium hydroxide from carbonate, kWh."""
        step = "lioh (from li2co3)"
        heat = self.ref.process(step, "heat (conversion step)") + self.ref.process(step, "diesel")
        return self.ref.process(step, "electricity (conversion step)"), heat * MJ

    def carbonate_yield(self) -> Fact:
        """Stoichiometric over reported carbonate input."""
        return self.ref.bom("lioh_h2o", "li2co3") / self.ref.bom("lioh (battery grade)", "li2co3")


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
        ("needle_coke", "needle coke", "purchased", "general", ""),
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
        "anode_synthetic": (
            "anode_graphite",
            {"needle_coke": ref.bom("graphite_synthetic", "needle_coke")},
            "pitch inside the direct CO2e",
        ),
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


def _capital(cost: Fact, life: Fact) -> Fact:
    """Yearly capital of one unit of yearly capacity, fully used."""
    return cost * annuity(life.value)


@dataclass
class _Line:
    """One row of processes; every figure optional."""

    site: str
    recipe: str = ""
    product: str = ""
    capacity: Fact | None = None
    available: Fact | None = None
    start: str = ""
    ramp: str = ""
    conversion: Fact | None = None
    kwh: Fact | None = None
    heat: Fact | None = None
    carrier: str = "natural_gas"
    direct: Fact | None = None
    yields: Fact | None = None
    module: Fact | None = None
    modules: int = 0
    module_cost: Fact | None = None
    months: Fact | None = None
    life: Fact | None = None
    note: str = ""

    def row(self) -> Row:
        """Cells; the quality is the weakest of the conversion cost and of what emits most."""
        figures = [
            one
            for one in (self.capacity, self.conversion, self.kwh, self.heat, self.direct, self.module_cost)
            if one is not None and one.value
        ]
        ruling = [one for one in (self.conversion, self.direct if self.direct and self.direct.value else self.heat or self.kwh) if one]
        cells: Row = {
            "site_id": self.site,
            "recipe_id": self.recipe,
            "product_id": self.product,
            "capacity_per_year": self.capacity.value if self.capacity else "",
            "available_share": self.available.value if self.available else "",
            "start_date": self.start,
            "module_capacity_per_year": self.module.value if self.module else "",
            "max_modules": self.modules or "",
            "module_cost": (self.module_cost * self.module).value if self.module_cost and self.module else "",
            "module_build_days": round(self.months.value * 365.25 / 12) if self.months else "",
            "asset_life_years": self.life.value if self.life else "",
            "ramp_id": self.ramp,
            "conversion_cost_per_unit": self.conversion.value if self.conversion else "",
            "electricity_kwh_per_unit": self.kwh.value if self.kwh else "",
            "heat_kwh_per_unit": self.heat.value if self.heat else "",
            "heat_carrier": self.carrier if self.heat else "",
            "direct_co2e_kg_per_unit": self.direct.value if self.direct else "",
            "yield_share": self.yields.value if self.yields else "",
            "source_id": _source(*figures),
            "quality": weakest(*ruling) if ruling else "assumed",
            "note": self.note,
        }
        return cells


def _raw(c: Costs) -> list[_Line]:
    """Mines, and refineries that feed themselves: valued at the world price netted back, footprints as published."""
    ref, p = c.ref, c.prices
    sc6 = ref.bom("lioh_h2o", "spodumene_concentrate_6pct").value * A.spodumene_recovery.value
    li_in_sc6 = ref.bom("lioh_h2o", "li (contained)").value / sc6
    hydroxide_co = ref.bom("coso4_7h2o", "co (contained)").value / c.cobalt_hydroxide_need().value
    kwh, heat = c.cobalt_energy()
    cobalt = ref.pcf("coso4_7h2o", "DRC hydroxide -> CN") - kwh * c.grid24("CN") - heat * gas_kg_per_kwh(ref)
    natural = ref.process("graphite_natural_coated", "electricity (flake to CSPG)")
    vidalia_grid = ref.fact("grid", zone="US-MIDW-MISO", metric="grid_carbon_intensity") * 0.001
    flake = (
        ref.pcf("graphite_natural_coated", "Syrah Balama-Vidalia")
        - natural * vidalia_grid
        - ref.process("graphite_natural_coated", "direct CO2")
    ) / ref.bom("graphite_natural_coated", "graphite_flake_concentrate").value
    back = "valued at the price of its next product netted back, one world price"
    lines = [
        _Line("greenbushes", "", "spodumene_sc6", ref.capacity("mine_li_greenbushes") * (T / li_in_sc6), direct=A.spodumene_co2e),
        _Line("la_corne", "", "spodumene_sc6", ref.capacity("mine_li_nal_la_corne") * (T / li_in_sc6), direct=A.spodumene_co2e),
        _Line("qmb_morowali", "", "nickel_mhp", ref.capacity("ref_qmb_morowali") * (T / A.mhp_nickel_share.value),
              direct=ref.process("ni in mhp (HPAL, ID)", "direct+grid emissions") * A.mhp_nickel_share.value),
        _Line("tenke_fungurume", "", "cobalt_hydroxide", ref.capacity("mine_co_tfm") * (T / hydroxide_co), direct=cobalt),
        _Line("balama", "", "graphite_flake", ref.capacity("mine_gr_balama") * T, direct=flake),
        _Line("long_harbour", "", "nickel_class1", ref.capacity("ref_long_harbour") * T, direct=ref.pcf("ni_class1", "industry average")),
        _Line("terrafame", "", "nickel_sulphate",
              ref.capacity("ref_terrafame") * (T / ref.bom("niso4_6h2o", "ni (contained)").value),
              direct=ref.pcf("niso4_6h2o", "bioheapleach integrated (Terrafame, Sphera LCA)")),
        _Line("sqm_antofagasta", "", LI_CARBONATE,
              ref.capacity("ref_sqm_carmen") * (T / ref.bom("li2co3", "li (contained)").value),
              direct=ref.pcf("li2co3", "brine Atacama (Kelly 2021)")),
    ]  # fmt: skip
    for line in lines:
        line.conversion, line.available = p[line.product], A.available[line.site]
        line.note = f"cradle to gate, energy inside; {back}"
    return lines


def _refining(c: Costs) -> list[_Line]:
    ref = c.ref
    nickel_kwh, nickel_heat = c.nickel_energy()
    cobalt_kwh, cobalt_heat = c.cobalt_energy()
    kwh, heat = c.spodumene_energy()
    step_kwh, step_heat = c.carbonate_energy()
    gas, coal = gas_kg_per_kwh(ref), A.coal_kg_per_mj * 3.6
    nickel_yield = Fact(1.0, "derived", "A") / ref.bom("ni in niso4", "ni in mhp")
    need = ref.bom("lioh_h2o", "spodumene_concentrate_6pct")
    reagents = ref.pcf("lioh_h2o", "spodumene AU->CN (Kelly 2021)") - need * A.spodumene_co2e - kwh * c.grid24("CN") - heat * coal
    brine = (
        ref.pcf("lioh_h2o", "brine Chile (Kelly 2021)")
        - ref.bom("lioh (battery grade)", "li2co3") * ref.pcf("li2co3", "brine Atacama (Kelly 2021)")
        - step_kwh * c.grid24("CL")
        - step_heat * gas
    )
    china = ref.process("lioh_h2o", "conversion cost (China)") - kwh * c.power("CN") - heat * A.coal_price
    west = ref.process("lioh_h2o", "conversion cost (Europe/NA)")
    carbonate_step = (
        ref.process("lioh_h2o", "conversion cost (Europe/NA)").at_low - step_kwh * c.power("US") - step_heat * A.gas_price["US"]
    )
    capital = ref.process("Albemarle Richburg LiOH", "capex")
    lioh = ref.bom("lioh_h2o", "li (contained)").value
    months = ref.fact("process", product="plant", parameter="construction lead time LiOH converter")
    nemaska = ref.capacity("ref_nemaska_becancour") * (T / lioh)
    electra = ref.capacity("ref_electra") * (T / ref.bom("coso4_7h2o", "co (contained)").value)
    salt_co = ref.bom("coso4_7h2o", "co (contained)").value
    return [
        _Line("gem_jingmen", "nickel_sulphate_from_mhp", capacity=ref.capacity("ref_gem_jingmen") * (T / ref.bom("niso4_6h2o", "ni (contained)").value),
              available=A.available["gem_jingmen/refine"], conversion=A.nickel_conversion, kwh=nickel_kwh, heat=nickel_heat,
              yields=nickel_yield, note="conversion and energy assumed"),
        _Line("loyalist", "nickel_sulphate_from_metal", capacity=assumed(ref.capacity("pcam_umicore_loyalist").value * T
              * ref.bom("pcam_nmc811", "niso4_6h2o").value * 1.5, ""),
              start="2026-01-01", conversion=A.dissolution_conversion, kwh=nickel_kwh, heat=nickel_heat, yields=A.dissolution_yield,
              note="dissolving metal beside the precursor, sized to it; energy as for mixed hydroxide"),
        _Line("gem_jingmen", "cobalt_sulphate", capacity=A.gem_cobalt * (T / salt_co), available=A.available["gem_jingmen/refine"],
              conversion=A.cobalt_conversion, kwh=cobalt_kwh, heat=cobalt_heat, note=A.gem_cobalt.note),
        _Line("kokkola", "cobalt_sulphate", capacity=ref.capacity("ref_kokkola_co") * (T / salt_co), available=A.available["kokkola"],
              conversion=A.cobalt_conversion, kwh=cobalt_kwh, heat=cobalt_heat),
        _Line("electra", "cobalt_sulphate", module=electra * A.electra_line_part.value, modules=2, module_cost=A.electra_capex,
              months=months, life=A.refinery_life_years, ramp="lithium_refinery", conversion=A.cobalt_conversion, kwh=cobalt_kwh,
              heat=cobalt_heat, note=A.electra_line_part.note),
        _Line("ganfeng_xinyu", "lithium_hydroxide_from_spodumene", capacity=ref.capacity("ref_ganfeng_xinyu") * (T / lioh),
              available=A.available["ganfeng_xinyu"], conversion=china, kwh=kwh, heat=heat, carrier="coal", direct=reagents,
              yields=A.spodumene_recovery, note="coal-fired roasting; direct: what the published 15.7 kg/kg leaves for reagents"),
        _Line("nemaska_becancour", "lithium_hydroxide_from_spodumene", module=nemaska * A.nemaska_line_part.value, modules=2,
              module_cost=capital, months=months, life=A.refinery_life_years, ramp="lithium_refinery",
              conversion=west - kwh * c.power("US") - heat * A.gas_price["US"] - _capital(capital, A.refinery_life_years),
              kwh=kwh, heat=heat, direct=reagents, yields=A.spodumene_recovery,
              note="conversion of process.csv without energy and capital, which the model adds"),
        _Line("sqm_antofagasta", "lithium_hydroxide_from_carbonate", capacity=A.sqm_hydroxide, available=A.available["sqm_antofagasta/hydroxide"],
              conversion=carbonate_step, kwh=step_kwh, heat=step_heat, direct=brine, yields=c.carbonate_yield(),
              note="direct: what the published 7.1 kg/kg leaves; conversion at the low end of process.csv"),
        _Line("bessemer_city", "lithium_hydroxide_from_carbonate", capacity=ref.capacity("ref_livent_bessemer") * (T / lioh),
              available=A.available["bessemer_city"], conversion=carbonate_step, kwh=step_kwh, heat=step_heat, direct=brine,
              yields=c.carbonate_yield(), note="conversion at the low end of process.csv"),
    ]  # fmt: skip


def _cathode(c: Costs) -> list[_Line]:
    ref = c.ref
    gas = A.gas_price
    kwh, heat = ref.process("pcam_nmc811", "electricity"), ref.process("pcam_nmc811", "heat (natural gas)") * MJ
    fire = ref.process("cam_nmc811", "electricity (calcination)")
    soda = ref.bom("pcam_nmc811", "naoh (100%)") * A.soda_price
    pcam_cn = ref.process("pcam_nmc811", "conversion cost (China)") - kwh * c.power("CN") - heat * gas["CN"] - soda
    pcam_west = ref.process("pcam_nmc811", "conversion cost (Europe/NA)") - kwh * c.power("US") - heat * gas["US"] - soda
    cam = {
        "CN": ref.process("cam_nmc811", "conversion cost (China)") - fire * c.power("CN"),
        "KR": ref.process("cam_nmc811", "conversion cost (Korea)") - fire * c.power("KR"),
        "west": ref.process("cam_nmc811", "conversion cost (Europe/NA)") - fire * c.power("US"),
    }
    pcam_yield, cam_yield = ref.bom("pcam", "yield"), ref.bom("cam", "yield")
    pcam_capital = ref.process("COBCO (pCAM+LFP+recycling)", "capex")
    both = ref.process("Umicore Loyalist CAM+pCAM stage 1", "capex", per_unit="kg/yr")
    cam_capital = both - pcam_capital * ref.bom("cam_nmc811", "pcam_nmc811").value
    months = ref.fact("process", product="plant", parameter="construction lead time CAM")
    full = "full cost without energy and soda"
    lines = [
        _Line("loyalist", "pcam_nmc811", capacity=ref.capacity("pcam_umicore_loyalist") * T, start="2026-01-01", ramp="cathode_plant", conversion=pcam_west),
        _Line("kokkola", "pcam_nmc811", capacity=ref.capacity("pcam_umicore_kokkola") * T, available=A.available["kokkola"], conversion=pcam_west),
        _Line("gem_jingmen", "pcam_nmc811", capacity=ref.capacity("pcam_gem_jingmen") * T, available=A.available["gem_jingmen"], conversion=pcam_cn),
        _Line("loyalist", "pcam_nmc811_new_line", module=ref.capacity("pcam_umicore_loyalist") * (T * A.loyalist_line_part.value), modules=2,
              module_cost=pcam_capital, months=months, life=A.chemical_life_years, ramp="cathode_plant",
              conversion=pcam_west - _capital(pcam_capital, A.chemical_life_years)),
    ]  # fmt: skip
    for line in lines:
        line.kwh, line.heat, line.yields = kwh, heat, pcam_yield
        line.note = f"{full}; capital added by the model" if line.modules else f"{full}, capital inside"
    made = [
        _Line("loyalist", "cam_nmc811", capacity=ref.capacity("cam_umicore_loyalist") * T, start="2026-01-01", ramp="cathode_plant", conversion=cam["west"]),
        _Line("nysa", "cam_nmc811", capacity=ref.capacity("cam_umicore_nysa") * T, available=A.available["nysa"], conversion=cam["west"]),
        _Line("cheonan", "cam_nmc811", capacity=ref.capacity("cam_umicore_cheonan") * T, available=A.available["cheonan"], conversion=cam["KR"]),
        _Line("jiangmen", "cam_nmc811", capacity=ref.capacity("cam_umicore_jiangmen") * T, available=A.available["jiangmen"], conversion=cam["CN"]),
        _Line("ronbay_hubei", "cam_nmc811", capacity=ref.capacity("cam_ronbay_hubei") * T, available=A.available["ronbay_hubei"], conversion=cam["CN"]),
        _Line("loyalist", "cam_nmc811_new_line", module=ref.capacity("cam_umicore_loyalist") * (T * A.loyalist_line_part.value), modules=2,
              module_cost=cam_capital, months=months, life=A.chemical_life_years, ramp="cathode_plant",
              conversion=cam["west"] - _capital(cam_capital, A.chemical_life_years)),
    ]  # fmt: skip
    for line in made:
        line.kwh, line.yields = fire, cam_yield
        line.note = "full cost without energy; capital added by the model" if line.modules else "full cost without energy, capital inside"
    return lines + made


def _anode(c: Costs) -> list[_Line]:
    ref, gas = c.ref, A.gas_price
    kwh, direct = (ref.process("graphite_natural_coated", one) for one in ("electricity (flake to CSPG)", "direct CO2"))
    flake = ref.bom("graphite_natural_coated", "graphite_flake_concentrate") * A.flake_price
    acheson = ref.process("graphite_synthetic", "electricity (in LCI)") + ref.process(
        "graphite_synthetic", "electricity (graphitisation, Acheson)"
    )
    heat, pitch = ref.process("graphite_synthetic", "heat") * MJ, ref.process("graphite_synthetic", "direct CO2 (tar pitch chain)")
    coke = ref.bom("graphite_synthetic", "needle_coke") * A.coke_price
    natural_cn = ref.process("graphite_natural_coated", "all-in cost (China)") - flake - kwh * c.power("CN")
    synthetic_cn = ref.process("graphite_synthetic", "all-in cost (China)") - coke - acheson * c.power("CN") - heat * gas["CN"]
    west = ref.process("graphite_any", "all-in cost (NA/EU)")
    capital, own_mine = ref.process("Syrah Vidalia AAM", "capex"), ref.process("Nouveau Monde (mine + AAM)", "capex")
    months = ref.fact("process", product="plant", parameter="construction lead time anode")
    sold = ref.in_note("an_syrah_vidalia", r"(\d+) kt/yr Tesla")
    nameplate = ref.capacity("an_syrah_vidalia")
    left = Fact(1.0 - sold.value * T / nameplate.value, "derived", nameplate.source)
    half = ref.capacity("an_btr_china") * A.btr_half * T
    return [
        _Line("btr_jixi", "anode_natural", capacity=half, available=A.available["btr_jixi"], conversion=natural_cn, kwh=kwh, direct=direct,
              note="market price less flake and energy"),
        _Line("btr_jixi", "anode_synthetic", capacity=half, available=A.available["btr_jixi"], conversion=synthetic_cn, kwh=acheson, heat=heat,
              direct=pitch, note="market price less coke and energy; graphitisation power recalled"),
        _Line("vidalia", "anode_natural", capacity=nameplate * T, available=left, conversion=west - flake - kwh * c.power("US-LA"), kwh=kwh,
              direct=direct, note="full cost less flake and energy, capital inside; the Tesla contract takes the rest"),
        _Line("vidalia", "anode_natural_new_line", module=A.vidalia_line, modules=3, module_cost=capital, months=months,
              life=A.chemical_life_years, ramp="cathode_plant", kwh=kwh, direct=direct,
              conversion=west - flake - kwh * c.power("US-LA") - _capital(capital, A.chemical_life_years),
              note="full cost less flake and energy; capital added by the model; the plan is 45 kt/yr"),
        _Line("nmg_becancour", "", "anode_graphite", module=ref.capacity("an_nmg_becancour") * (T * A.nmg_line_part.value), modules=2,
              module_cost=own_mine, months=months, life=A.chemical_life_years, ramp="cathode_plant",
              conversion=west - _capital(own_mine, A.chemical_life_years), direct=ref.pcf("graphite_natural_coated", "NMG Quebec projected"),
              note="mine and plant together: published footprint from cradle to gate, energy inside; capital added by the model"),
    ]  # fmt: skip


def _battery(c: Costs) -> list[_Line]:
    ref, gas = c.ref, A.gas_price
    kwh, heat = (
        ref.process("cell_nmc811", "electricity (electrodes + assembly)"),
        ref.process("cell_nmc811", "heat (electrodes + assembly)") * MJ,
    )
    china = ref.process("cell", "conversion cost excl. materials (China)") - kwh * c.power("CN") - heat * gas["CN"]
    west = ref.process("cell", "conversion cost excl. materials (NA/EU)") - kwh * c.power("US") - heat * gas["US"]
    scrap = ref.bom("cell", "scrap_rate_mature")
    mature = Fact(1.0 - scrap.value, "derived", scrap.source)
    capital = ref.process("cell plant, North America", "capex")
    months = ref.fact("process", product="plant", parameter="construction lead time cell")
    lines = [
        _Line("florence", "cell_nmc811", capacity=ref.capacity("cell_aesc_florence") * GWH, start="2026-01-01", ramp="cell_plant", conversion=west),
        _Line("catl_debrecen", "cell_nmc811", capacity=ref.capacity("cell_catl_debrecen") * GWH, available=A.available["catl_debrecen"],
              start="2026-01-01", ramp="cell_plant", conversion=west),
        _Line("catl_liyang", "cell_nmc811", capacity=ref.capacity("cell_catl_china_bmw") * GWH, available=A.available["catl_liyang"], conversion=china),
        _Line("florence", "cell_nmc811_new_line", module=A.florence_line, modules=2, module_cost=capital, months=months,
              life=A.cell_life_years, ramp="cell_plant", conversion=west - _capital(capital, A.cell_life_years)),
    ]  # fmt: skip
    for line in lines:
        line.kwh, line.heat, line.yields = kwh, heat, mature
        line.note = "full cost without materials and energy" + ("; capital added by the model" if line.modules else ", capital inside")
    use = ref.process("pack", "electricity", per_unit="kWh")
    parts = (
        ref.bom("pack", "aluminium_housing (recipe)", chemistry="NMC811") * A.housing_price
        + ref.bom("pack", "electronics_bms (recipe)", chemistry="NMC811") * A.electronics_price
    )
    adder = ref.process("pack", "assembly cost")
    rest = adder - parts - use * c.power("US-SC")
    highest = max(float(row["quantity"]) for row in demand(ref))  # type: ignore[arg-type]
    cars = ref.capacity("veh_spartanburg")
    lines.append(
        _Line("woodruff", "pack", capacity=Fact(highest * cars.value / 400000.0, "derived", cars.source), start="2026-01-01",
              conversion=Fact(rest.value, "derived", adder.source), kwh=use,
              note="no GWh published: sized to the vehicle plant's demonstrated output; assembly cost less housing, electronics and energy")
    )  # fmt: skip
    return lines


def ramps(ref: Reference) -> list[Row]:
    """Ramp-up curves; the cell yield falls from the reported first-year to the mature scrap in a straight line over four years."""
    rows: list[Row] = []
    first, mature = ref.bom("cell", "scrap_rate_rampup_year1"), ref.bom("cell", "scrap_rate_mature")
    curves = (
        ("cell_plant", "cell plant", 4),
        ("cathode_plant", "CAM/pCAM/anode plant", 3),
        ("lithium_refinery", "LiOH converter (ex-China)", 4),
    )
    for name, product, years in curves:
        for year in range(years + 1):
            last = year == years
            share = assumed(1.0, "mature") if last else ref.process(product, f"ramp year {year + 1}")
            row: Row = {
                "ramp_id": name,
                "years_since_start": year,
                "capacity_share": 0.85 if last and name == "lithium_refinery" else share.value,
                "yield_share": 1.0,
                "source_id": share.source,
                "quality": share.quality,
                "note": "85 % at best so far: recalled plans, plants outside China lag"
                if last and name == "lithium_refinery"
                else share.note,
            }
            if name == "cell_plant":
                scrap = first.value + (mature.value - first.value) * year / years
                row |= {
                    "yield_share": (1.0 - scrap) / (1.0 - mature.value),
                    "source_id": _source(share, first),
                    "note": "scrap between the reported first year and maturity",
                }
            rows.append(row)
    return rows


def demand(ref: Reference) -> list[Row]:
    """KWh of packs at Spartanburg: the base path of the plant scaled so that half of all cars are electric in 2030."""
    plant = {"scenario": "base_50pct_2030", "plant": "veh_spartanburg"}
    half = ref.fact("demand", scenario="target_2023", metric="bev_share", year="2030")
    base_2030 = ref.fact("demand", **plant, metric="bev_share", year="2030")
    size = ref.fact("demand", plant="veh_spartanburg", metric="kwh_per_bev")
    rows: list[Row] = []
    for year in YEARS:
        cars = ref.fact("demand", **plant, metric="vehicles_total", year=str(year))
        base = ref.fact("demand", **plant, metric="bev_share", year=str(year))
        share = base.value * half.value / base_2030.value if year <= 2030 else half.value + base.value - base_2030.value
        rows.append(
            {
                "site_id": "spartanburg",
                "product_id": "pack",
                "period_id": str(year),
                "quantity": cars.value * share * size.value,
                "shortage_cost_per_unit": A.shortage_cost.value,
                "source_id": _source(half, base, size),
                "quality": weakest(half, base, size),
                "note": f"{cars.value:.0f} cars × {share:.1%} electric × {size.value:g} kWh"
                + ("; half of all cars, the target of 2023" if year == 2030 else ""),
            }
        )
    return rows


def purchases(ref: Reference) -> list[Row]:
    """What plants buy from outside the modelled tiers; prices delivered: freight and, into the United States or the EU, duty on top."""
    rows: list[Row] = []

    def offer(sites: tuple[str, ...], product: str, name: str, origin: str, price: Fact, co2e: Fact, note: str = "") -> None:
        for site in sites:
            rows.append(
                {
                    "site_id": site,
                    "product_id": product,
                    "offer_id": name,
                    "price_per_unit": price.value,
                    "co2e_kg_per_unit": co2e.value,
                    "origin_country": origin,
                    "source_id": _source(price, co2e),
                    "quality": weakest(price, co2e),
                    "note": note,
                }
            )

    cells, precursors = ("florence", "catl_debrecen", "catl_liyang"), ("loyalist", "kokkola", "gem_jingmen")
    offer(precursors, "manganese_sulphate", "market", "CN", A.manganese_price, ref.pcf("mnso4_h2o", ""), A.manganese_price.note)
    for site, origin in (("loyalist", "CA"), ("kokkola", "FI"), ("gem_jingmen", "CN")):
        offer((site,), "caustic_soda", "market", origin, A.soda_price, A.soda_co2e, "local supply")
    synthetic = ref.pcf("graphite_synthetic", "Surovtseva et al. 2022 inventory")
    costs = Costs(ref)
    kwh = ref.process("graphite_synthetic", "electricity (in LCI)") + ref.process(
        "graphite_synthetic", "electricity (graphitisation, Acheson)"
    )
    heat = ref.process("graphite_synthetic", "heat") * MJ
    coke = (
        synthetic
        - kwh * costs.grid24("CN")
        - heat * gas_kg_per_kwh(ref)
        - ref.process("graphite_synthetic", "direct CO2 (tar pitch chain)")
    ) / ref.bom("graphite_synthetic", "needle_coke").value
    offer(("btr_jixi",), "needle_coke", "market", "CN", A.coke_price, coke, "footprint: what the published 13.8 kg/kg of the anode leaves")
    natural = ref.pcf("graphite_natural_coated", "China (Engels 2022)")
    flake = (
        natural
        - ref.process("graphite_natural_coated", "electricity (flake to CSPG)") * costs.grid24("CN")
        - ref.process("graphite_natural_coated", "direct CO2")
    ) / ref.bom("graphite_natural_coated", "graphite_flake_concentrate").value
    offer(
        ("btr_jixi",),
        "graphite_flake",
        "heilongjiang",
        "CN",
        A.flake_price,
        flake,
        "footprint: what the published 9.6 kg/kg of the anode leaves",
    )
    copper_m2 = ref.process("cu_foil", "price input (BatPaC default)")
    aluminium_m2 = ref.process("al_foil", "price input (BatPaC default)")
    m2 = ref.bom("cell_nmc811", "separator (recipe)") * 0.5
    separator_kg = ref.bom("cell_nmc811", "separator", output_unit="kWh") / ref.bom("cell_nmc811", "separator (recipe)")
    west = {
        "electrolyte": ref.process("electrolyte", "price input (BatPaC default)"),
        "separator": ref.process("separator", "price input (BatPaC default)"),
        "copper_foil": copper_m2 * m2 / ref.bom("cell_nmc811", "cu_foil (recipe)"),
        "aluminium_foil": aluminium_m2 * m2 / ref.bom("cell_nmc811", "al_foil (recipe)"),
    }
    china = {
        "electrolyte": A.electrolyte_price_cn,
        "separator": ref.process("separator", "price China (wet 7 um base; coated 7+2 um)"),
        "copper_foil": A.copper_foil_price_cn,
        "aluminium_foil": A.aluminium_foil_price_cn,
    }
    foot = {
        "electrolyte": ref.pcf("electrolyte", ""),
        "separator": ref.pcf("separator", "") * separator_kg,
        "copper_foil": ref.pcf("cu_foil", ""),
        "aluminium_foil": ref.pcf("al_foil", "primary CN"),
    }
    mass = {"separator": separator_kg.value}
    duty = {
        "florence": {
            "copper_foil": ref.trade("US", "MFN", "7410.11") + ref.trade("US", "CN", "2530.90;2604;2822.00*", kind="duty_add"),
            "aluminium_foil": ref.trade("US", "MFN", "7607.11"),
        },
        "catl_debrecen": {"copper_foil": ref.trade("EU", "MFN", "7410.11"), "aluminium_foil": ref.trade("EU", "MFN", "7607.11")},
    }
    for part, price in china.items():
        for site in cells:
            levy = duty.get(site, {}).get(part, Fact(0.0, "reported", ""))
            landed = price * (1.0 + levy.value) + (A.duty_free_freight * mass.get(part, 1.0) if site != "catl_liyang" else 0.0)
            offer((site,), part, "china", "CN", Fact(landed.value, price.quality, _source(price, levy)), foot[part],
                  "Chinese price" if site == "catl_liyang" else "Chinese price with freight" + (f" and {levy.value:.1%} duty" if levy.value else ""))  # fmt: skip
        for site, origin in (("florence", "US"), ("catl_debrecen", "HU")):
            low = foot[part] if part != "aluminium_foil" else ref.pcf("al_foil", "primary CN").at_low
            offer((site,), part, "regional", origin, west[part], low, "BatPaC default price; footprint as in China, low end for aluminium")
    for site, origin in (("florence", "US"), ("catl_debrecen", "HU"), ("catl_liyang", "CN")):
        offer((site,), "cell_housing", "market", origin, A.housing_price, A.housing_co2e, A.housing_co2e.note)
        offer((site,), "binder", "market", origin, A.binder_price, A.binder_co2e, A.binder_price.note)
    offer(("woodruff",), "pack_housing", "market", "US", A.housing_price, A.housing_co2e, A.housing_co2e.note)
    offer(("woodruff",), "pack_electronics", "market", "US", A.electronics_price, A.electronics_co2e, A.electronics_price.note)
    return rows


def incentives(ref: Reference) -> list[Row]:
    """Production credits of the United States with their phase-out, and the Canadian support of Loyalist spread over its output."""
    rows: list[Row] = []
    fading = [("2023-01-01", "2029-12-31", Fact(1.0, "reported", ""))]
    for row in ref.tables["trade"]:
        if row["kind"] == "credit_phaseout":
            fading.append((row["effective_from"], row["effective_to"], Fact(float(row["value"]), row["quality"], row["source"])))
    for name, product, site, credit in (
        ("us_45x_cell", "cell_nmc811", "florence", ref.fact("trade", kind="credit", importer="US", product="45X battery cell")),
        ("us_45x_module", "pack", "woodruff", ref.fact("trade", kind="credit", importer="US", product="45X battery module")),
    ):
        for first, last, share in fading:
            if share.value == 0.0:
                continue
            rows.append(
                {
                    "incentive_id": f"{name}_{first[:4]}", "site_or_group": site, "product_id": product, "basis": "per_unit",
                    "amount": credit.value * share.value, "pass_through_share": A.pass_through.value, "valid_from": first,
                    "valid_to": last, "source_id": _source(credit, share) if share.source else credit.source, "quality": credit.quality,
                    "note": f"{credit.value:g} USD/kWh × {share.value:.0%}; {A.pass_through.note} (assumed)",
                }
            )  # fmt: skip
    anode = ref.fact("trade", kind="credit", product="45X electrode active material")
    mineral = ref.fact("trade", kind="credit", product="45X applicable critical mineral")
    for name, product, credit, last in (
        ("us_45x_anode", "anode_graphite", anode, "2029-12-31"),
        ("us_45x_lithium", LI_HYDROXIDE, mineral, ""),
    ):
        rows.append(
            {
                "incentive_id": name, "site_or_group": "US", "product_id": product, "basis": "cost_share", "amount": credit.value,
                "pass_through_share": A.pass_through.value, "valid_from": "2023-01-01", "valid_to": last, "source_id": credit.source,
                "quality": credit.quality, "note": "share of the cost of production; " + (A.pass_through.note + " (assumed)"),
            }
        )  # fmt: skip
    support = ref.fact("trade", kind="credit", product="Umicore Loyalist federal + Ontario support")
    output = ref.capacity("cam_umicore_loyalist") * (T * len(YEARS))
    rows.append(
        {
            "incentive_id": "ca_loyalist_support", "site_or_group": "loyalist", "product_id": "cam_nmc811", "basis": "per_unit",
            "amount": (support * 1e6 / output).value, "currency": "CAD", "cap_amount": support.value * 1e6,
            "pass_through_share": A.pass_through.value, "valid_from": "2026-01-01", "source_id": support.source, "quality": "derived",
            "note": "federal and provincial support spread over ten years of full output; " + A.pass_through.note + " (assumed)",
        }
    )  # fmt: skip
    return rows


def needs_per_unit(tables: dict[str, list[Row]]) -> dict[str, float]:
    """What one kWh of pack takes of each product, by the most wasteful way to make it."""
    good = {str(row["recipe_id"]): str(row["product_id"]) for row in tables["recipes"]}
    yields = {
        recipe: min(float(str(row["yield_share"] or 1.0)) for row in tables["processes"] if row["recipe_id"] == recipe) for recipe in good
    }
    needs, frontier = {"pack": 1.0}, ["pack"]
    while frontier:
        product = frontier.pop()
        for row in tables["recipe_lines"]:
            recipe, part = str(row["recipe_id"]), str(row["product_id"])
            if good[recipe] == product:
                need = needs[product] * float(str(row["quantity_per_unit"])) / yields[recipe]
                if need > needs.get(part, 0.0):
                    needs[part] = need
                    frontier.append(part)
    return needs


def opening_costs(tables: dict[str, list[Row]]) -> None:
    """Give every candidate site the cost of permits and site works, a part of the capital of its first line."""
    for site in tables["sites"]:
        if site["status"] == "candidate":
            first = min(float(str(row["module_cost"])) for row in tables["processes"] if row["site_id"] == site["site_id"])
            site |= {"opening_cost": A.opening_part.value * first, "note": f"{site['note']}; {A.opening_part.note} (assumed)"}


def making(ref: Reference) -> dict[str, list[Row]]:
    """Tables of this module."""
    costs = Costs(ref)
    heads, lines = recipes(ref)
    rows = [line.row() for line in (*_raw(costs), *_refining(costs), *_cathode(costs), *_anode(costs), *_battery(costs))]
    return {
        "products": products(ref),
        "recipes": heads,
        "recipe_lines": lines,
        "processes": rows,
        "ramps": ramps(ref),
        "purchases": purchases(ref),
        "demand": demand(ref),
        "incentives": incentives(ref),
    }
