"""Processes: mines, refineries, precursor, cathode, anode, cell and pack lines, with their ramp-up curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.buying import demand
from seed_chain.costs import LI_CARBONATE, MJ, Costs, cited
from seed_chain.places import annuity, gas_kg_per_kwh
from seed_chain.reference import Fact, assumed, weakest

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["Line", "processes", "ramps"]

Row = dict[str, object]
T = 1000.0
_USD_PER_KG = 0.1
"""Yardstick for what matters beside a cost: 100 USD per tonne of CO2e."""
GWH = 1e6


def _capital(cost: Fact, life: Fact) -> Fact:
    """Yearly capital of one unit of yearly capacity, fully used."""
    return cost * annuity(life.value)


@dataclass
class Line:
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

    def _emitter(self) -> Fact | None:
        """The figure behind most of the line's emissions; none where they weigh little beside its cost."""
        kg = [(one.value * factor, one) for one, factor in ((self.direct, 1.0), (self.heat, 0.25), (self.kwh, 0.4)) if one]
        most, figure = max(kg, key=lambda pair: pair[0], default=(0.0, None))
        cost = self.conversion.value if self.conversion else 0.0
        return figure if most * _USD_PER_KG >= 0.02 * cost else None

    def row(self) -> Row:
        """Cells; the quality is the weakest of the conversion cost and of what emits most, where that matters."""
        figures = [
            one
            for one in (self.capacity, self.conversion, self.kwh, self.heat, self.direct, self.module_cost)
            if one is not None and one.value
        ]
        ruling = [one for one in (self.conversion, self._emitter()) if one is not None]
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
            "source_id": cited(*figures),
            "quality": weakest(*ruling) if ruling else "assumed",
            "note": self.note,
        }
        return cells


def _raw(c: Costs) -> list[Line]:
    """Mines, and refineries that feed themselves: valued at the world price netted back, footprints as published."""
    ref, p = c.ref, c.prices
    sc6 = ref.bom("lioh_h2o", "spodumene_concentrate_6pct").value * A.spodumene_recovery.value
    li_in_sc6 = ref.bom("lioh_h2o", "li (contained)").value / sc6
    hydroxide_co = ref.bom("coso4_7h2o", "co (contained)").value / c.cobalt_hydroxide_need().value
    kwh, heat = c.cobalt_energy()
    cobalt = ref.pcf("coso4_7h2o", "DRC hydroxide -> CN") - kwh * c.grid24("CN") - heat * gas_kg_per_kwh(ref)
    kwh, heat = c.nickel_energy()
    nickel = ref.pcf("niso4_6h2o", "industry average (Nickel Institute LCA 2017 data)") - kwh * c.grid24("CN") - heat * gas_kg_per_kwh(ref)
    mhp = nickel / (ref.bom("niso4_6h2o", "ni (contained)").value * ref.bom("ni in niso4", "ni in mhp").value) * A.mhp_nickel_share.value
    mhp = Fact(mhp.value, "derived", mhp.source)
    natural = ref.process("graphite_natural_coated", "electricity (flake to CSPG)")
    vidalia_grid = ref.fact("grid", zone="US-MIDW-MISO", metric="grid_carbon_intensity") * 0.001
    flake = (
        ref.pcf("graphite_natural_coated", "Syrah Balama-Vidalia")
        - natural * vidalia_grid
        - ref.process("graphite_natural_coated", "direct CO2")
    ) / ref.bom("graphite_natural_coated", "graphite_flake_concentrate").value
    back = "valued at the price of its next product netted back, one world price"
    lines = [
        Line("greenbushes", "", "spodumene_sc6", ref.capacity("mine_li_greenbushes") * (T / li_in_sc6), direct=A.spodumene_co2e),
        Line("la_corne", "", "spodumene_sc6", ref.capacity("mine_li_nal_la_corne") * (T / li_in_sc6), direct=A.spodumene_co2e),
        Line("qmb_morowali", "", "nickel_mhp", ref.capacity("ref_qmb_morowali") * (T / A.mhp_nickel_share.value),
              direct=mhp),
        Line("tenke_fungurume", "", "cobalt_hydroxide", ref.capacity("mine_co_tfm") * (T / hydroxide_co), direct=cobalt),
        Line("balama", "", "graphite_flake", ref.capacity("mine_gr_balama") * T, direct=flake),
        Line("long_harbour", "", "nickel_class1", ref.capacity("ref_long_harbour") * T, direct=ref.pcf("ni_class1", "industry average")),
        Line("terrafame", "", "nickel_sulphate",
              ref.capacity("ref_terrafame") * (T / ref.bom("niso4_6h2o", "ni (contained)").value),
              direct=ref.pcf("niso4_6h2o", "bioheapleach integrated (Terrafame, Sphera LCA)")),
        Line("sqm_antofagasta", "", LI_CARBONATE,
              ref.capacity("ref_sqm_carmen") * (T / ref.bom("li2co3", "li (contained)").value),
              direct=ref.pcf("li2co3", "brine Atacama (Kelly 2021)")),
    ]  # fmt: skip
    for line in lines:
        line.conversion, line.available = p[line.product], A.available[line.site]
        line.note = f"cradle to gate, energy inside; {back}"
    return lines


def _refining(c: Costs) -> list[Line]:
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
        Line("gem_jingmen", "nickel_sulphate_from_mhp", capacity=ref.capacity("ref_gem_jingmen") * (T / ref.bom("niso4_6h2o", "ni (contained)").value),
              available=A.available["gem_jingmen/refine"], conversion=A.nickel_conversion, kwh=nickel_kwh, heat=nickel_heat,
              yields=nickel_yield, note="conversion and energy assumed"),
        Line("loyalist", "nickel_sulphate_from_metal", capacity=assumed(ref.capacity("pcam_umicore_loyalist").value * T
              * ref.bom("pcam_nmc811", "niso4_6h2o").value * 1.5, ""),
              start="2026-01-01", conversion=A.dissolution_conversion, kwh=nickel_kwh, heat=nickel_heat, yields=A.dissolution_yield,
              note="dissolving metal beside the precursor, sized to it; energy as for mixed hydroxide"),
        Line("gem_jingmen", "cobalt_sulphate", capacity=A.gem_cobalt * (T / salt_co), available=A.available["gem_jingmen/refine"],
              conversion=A.cobalt_conversion, kwh=cobalt_kwh, heat=cobalt_heat, note=A.gem_cobalt.note),
        Line("kokkola", "cobalt_sulphate", capacity=ref.capacity("ref_kokkola_co") * (T / salt_co), available=A.available["kokkola"],
              conversion=A.cobalt_conversion, kwh=cobalt_kwh, heat=cobalt_heat),
        Line("electra", "cobalt_sulphate", module=electra * A.electra_line_part.value, modules=2, module_cost=A.electra_capex,
              months=months, life=A.refinery_life_years, ramp="lithium_refinery", conversion=A.cobalt_conversion, kwh=cobalt_kwh,
              heat=cobalt_heat, note=A.electra_line_part.note),
        Line("ganfeng_xinyu", "lithium_hydroxide_from_spodumene", capacity=ref.capacity("ref_ganfeng_xinyu") * (T / lioh),
              available=A.available["ganfeng_xinyu"], conversion=china, kwh=kwh, heat=heat, carrier="coal", direct=reagents,
              yields=A.spodumene_recovery, note="coal-fired roasting; direct: what the published 15.7 kg/kg leaves for reagents"),
        Line("nemaska_becancour", "lithium_hydroxide_from_spodumene", module=nemaska * A.nemaska_line_part.value, modules=2,
              module_cost=capital, months=months, life=A.refinery_life_years, ramp="lithium_refinery",
              conversion=west - kwh * c.power("US") - heat * A.gas_price["US"] - _capital(capital, A.refinery_life_years),
              kwh=kwh, heat=heat, direct=reagents, yields=A.spodumene_recovery,
              note="conversion of process.csv without energy and capital, which the model adds"),
        Line("sqm_antofagasta", "lithium_hydroxide_from_carbonate", capacity=A.sqm_hydroxide, available=A.available["sqm_antofagasta/hydroxide"],
              conversion=carbonate_step, kwh=step_kwh, heat=step_heat, direct=brine, yields=c.carbonate_yield(),
              note="direct: what the published 7.1 kg/kg leaves; conversion at the low end of process.csv"),
        Line("bessemer_city", "lithium_hydroxide_from_carbonate", capacity=ref.capacity("ref_livent_bessemer") * (T / lioh),
              available=A.available["bessemer_city"], conversion=carbonate_step, kwh=step_kwh, heat=step_heat, direct=brine,
              yields=c.carbonate_yield(), note="conversion at the low end of process.csv"),
    ]  # fmt: skip


def _cathode(c: Costs) -> list[Line]:
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
        Line("loyalist", "pcam_nmc811", capacity=ref.capacity("pcam_umicore_loyalist") * T, start="2026-01-01", ramp="cathode_plant", conversion=pcam_west),
        Line("kokkola", "pcam_nmc811", capacity=ref.capacity("pcam_umicore_kokkola") * T, available=A.available["kokkola"], conversion=pcam_west),
        Line("gem_jingmen", "pcam_nmc811", capacity=ref.capacity("pcam_gem_jingmen") * T, available=A.available["gem_jingmen"], conversion=pcam_cn),
        Line("loyalist", "pcam_nmc811_new_line", module=ref.capacity("pcam_umicore_loyalist") * (T * A.loyalist_line_part.value), modules=2,
              module_cost=pcam_capital, months=months, life=A.chemical_life_years, ramp="cathode_plant",
              conversion=pcam_west - _capital(pcam_capital, A.chemical_life_years)),
    ]  # fmt: skip
    for line in lines:
        line.kwh, line.heat, line.yields = kwh, heat, pcam_yield
        line.note = f"{full}; capital added by the model" if line.modules else f"{full}, capital inside"
    made = [
        Line("loyalist", "cam_nmc811", capacity=ref.capacity("cam_umicore_loyalist") * T, start="2026-01-01", ramp="cathode_plant", conversion=cam["west"]),
        Line("nysa", "cam_nmc811", capacity=ref.capacity("cam_umicore_nysa") * T, available=A.available["nysa"], conversion=cam["west"]),
        Line("cheonan", "cam_nmc811", capacity=ref.capacity("cam_umicore_cheonan") * T, available=A.available["cheonan"], conversion=cam["KR"]),
        Line("jiangmen", "cam_nmc811", capacity=ref.capacity("cam_umicore_jiangmen") * T, available=A.available["jiangmen"], conversion=cam["CN"]),
        Line("ronbay_hubei", "cam_nmc811", capacity=ref.capacity("cam_ronbay_hubei") * T, available=A.available["ronbay_hubei"], conversion=cam["CN"]),
        Line("loyalist", "cam_nmc811_new_line", module=ref.capacity("cam_umicore_loyalist") * (T * A.loyalist_line_part.value), modules=2,
              module_cost=cam_capital, months=months, life=A.chemical_life_years, ramp="cathode_plant",
              conversion=cam["west"] - _capital(cam_capital, A.chemical_life_years)),
    ]  # fmt: skip
    for line in made:
        line.kwh, line.yields = fire, cam_yield
        line.note = "full cost without energy; capital added by the model" if line.modules else "full cost without energy, capital inside"
    return lines + made


def _anode(c: Costs) -> list[Line]:
    ref = c.ref
    kwh, direct = (ref.process("graphite_natural_coated", one) for one in ("electricity (flake to CSPG)", "direct CO2"))
    flake = ref.bom("graphite_natural_coated", "graphite_flake_concentrate") * A.flake_price
    west = ref.process("graphite_any", "all-in cost (NA/EU)")
    capital, own_mine = ref.process("Syrah Vidalia AAM", "capex"), ref.process("Nouveau Monde (mine + AAM)", "capex")
    months = ref.fact("process", product="plant", parameter="construction lead time anode")
    sold = ref.in_note("an_syrah_vidalia", r"(\d+) kt/yr Tesla")
    nameplate = ref.capacity("an_syrah_vidalia")
    left = Fact(1.0 - sold.value * T / nameplate.value, "derived", nameplate.source)
    half = ref.capacity("an_btr_china") * A.btr_half * T
    return [
        Line("btr_jixi", "anode_natural_integrated", capacity=half, available=A.available["btr_jixi"],
              conversion=ref.process("graphite_natural_coated", "all-in cost (China)"),
              direct=ref.pcf("graphite_natural_coated", "China (Engels 2022)"),
              note="market price as full cost, published footprint: flake and energy inside"),
        Line("btr_jixi", "anode_synthetic", capacity=half, available=A.available["btr_jixi"],
              conversion=ref.process("graphite_synthetic", "all-in cost (China)"),
              direct=ref.pcf("graphite_synthetic", "Surovtseva et al. 2022 inventory"),
              note="market price as full cost, published footprint: coke and energy inside"),
        Line("vidalia", "anode_natural", capacity=nameplate * T, available=left, conversion=west - flake - kwh * c.power("US-LA"), kwh=kwh,
              direct=direct, note="full cost less flake and energy, capital inside; the Tesla contract takes the rest"),
        Line("vidalia", "anode_natural_new_line", module=A.vidalia_line, modules=3, module_cost=capital, months=months,
              life=A.chemical_life_years, ramp="cathode_plant", kwh=kwh, direct=direct,
              conversion=west - flake - kwh * c.power("US-LA") - _capital(capital, A.chemical_life_years),
              note="full cost less flake and energy; capital added by the model; the plan is 45 kt/yr"),
        Line("nmg_becancour", "anode_natural_integrated", module=ref.capacity("an_nmg_becancour") * (T * A.nmg_line_part.value), modules=2,
              module_cost=own_mine, months=months, life=A.chemical_life_years, ramp="cathode_plant",
              conversion=west - _capital(own_mine, A.chemical_life_years), direct=ref.pcf("graphite_natural_coated", "NMG Quebec projected"),
              note="mine and plant together: published footprint from cradle to gate, energy inside; capital added by the model"),
    ]  # fmt: skip


def _battery(c: Costs) -> list[Line]:
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
        Line("florence", "cell_nmc811", capacity=ref.capacity("cell_aesc_florence") * GWH, start="2026-01-01", ramp="cell_plant", conversion=west),
        Line("catl_debrecen", "cell_nmc811", capacity=ref.capacity("cell_catl_debrecen") * GWH, available=A.available["catl_debrecen"],
              start="2026-01-01", ramp="cell_plant", conversion=west),
        Line("catl_liyang", "cell_nmc811", capacity=ref.capacity("cell_catl_china_bmw") * GWH, available=A.available["catl_liyang"], conversion=china),
        Line("florence", "cell_nmc811_new_line", module=A.florence_line, modules=2, module_cost=capital, months=months,
              life=A.cell_life_years, ramp="cell_plant", conversion=west - _capital(capital, A.cell_life_years)),
    ]  # fmt: skip
    for line in lines:
        line.kwh, line.heat, line.yields = kwh, heat, mature
        line.note = "full cost without materials and energy" + ("; capital added by the model" if line.modules else ", capital inside")
    use = ref.process("pack", "electricity", per_unit="kWh")
    adder = ref.process("pack", "assembly cost") - use * c.power("US-SC")
    highest = max(float(row["quantity"]) for row in demand(ref))  # type: ignore[arg-type]
    cars = ref.capacity("veh_spartanburg")
    planned = ref.fact("demand", scenario="base_50pct_2030", plant="veh_spartanburg", metric="vehicles_total", year="2035")
    lines.append(
        Line("woodruff", "pack", capacity=Fact(highest * cars.value / planned.value, "derived", cars.source), start="2026-01-01",
              conversion=adder, kwh=use,
              note="no GWh published: sized to the vehicle plant's demonstrated output; assembly cost with housing and electronics, without energy")
    )  # fmt: skip
    return lines


def processes(ref: Reference) -> list[Row]:
    """Every line."""
    costs = Costs(ref)
    return [line.row() for line in (*_raw(costs), *_refining(costs), *_cathode(costs), *_anode(costs), *_battery(costs))]


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
                    "source_id": cited(share, first),
                    "note": "scrap between the reported first year and maturity",
                }
            rows.append(row)
    return rows
