"""Processes: mines, refineries, precursor, cathode, anode, electrolyte, separator, cell and pack lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.costs import LI_CARBONATE, MJ, Costs
from seed_chain.lines import Line
from seed_chain.places import annuity, gas_kg_per_kwh
from seed_chain.reference import Fact, assumed

from battery_gen6.assumed import CELLS, B
from battery_gen6.buying import hall_capacity
from battery_gen6.places import grid
from battery_gen6.recipes import lfp_cell_kg

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["processes"]

Row = dict[str, object]
T, GWH = 1000.0, 1e6


def _open(name: str) -> Fact:
    return assumed(B.available[name], "what other customers leave")


def _capital(cost: Fact, life: Fact) -> Fact:
    """Yearly capital of one unit of yearly capacity, fully used."""
    return cost * annuity(life.value)


def _begin(ref: Reference, row: str) -> str:
    """First day of a line that starts within the horizon; empty where it is mature."""
    year = ref.site(row)["start_year"]
    return f"{year}-01-01" if year and int(year) >= 2026 else ""


def _raw(c: Costs) -> list[Line]:
    """Mines, and refineries that feed themselves: valued at the world price netted back, footprints as published."""
    ref, p = c.ref, c.prices
    sc6 = ref.bom("lioh_h2o", "spodumene_concentrate_6pct").value * A.spodumene_recovery.value
    li_in_sc6 = ref.bom("lioh_h2o", "li (contained)").value / sc6
    hydroxide_co = ref.bom("coso4_7h2o", "co (contained)").value / c.cobalt_hydroxide_need().value
    kwh, heat = c.cobalt_energy()
    cobalt = (
        ref.pcf("coso4_7h2o", "DRC hydroxide -> CN") - kwh * c.grid24("CN") - heat * gas_kg_per_kwh(ref)
    ) / c.cobalt_hydroxide_need().value
    kwh, heat = c.nickel_energy()
    nickel = ref.pcf("niso4_6h2o", "industry average (Nickel Institute LCA 2017 data)") - kwh * c.grid24("CN") - heat * gas_kg_per_kwh(ref)
    mhp = nickel / (ref.bom("niso4_6h2o", "ni (contained)").value * ref.bom("ni in niso4", "ni in mhp").value) * A.mhp_nickel_share.value
    mhp = Fact(mhp.value, "derived", mhp.source)
    natural = ref.process("graphite_natural_coated", "electricity (flake to CSPG)")
    flake = (
        ref.pcf("graphite_natural_coated", "Syrah Balama-Vidalia")
        - natural * grid(ref, "US-MIDW-MISO", "US")
        - B.flake_freight
        - ref.process("graphite_natural_coated", "direct CO2")
    ) / ref.bom("graphite_natural_coated", "graphite_flake_concentrate").value
    nickel_t = T / ref.bom("niso4_6h2o", "ni (contained)").value
    lines = [
        Line(site, "", "spodumene_sc6", ref.capacity(row) * (T / li_in_sc6), direct=A.spodumene_co2e)
        for site, row in (
            ("greenbushes", "mine_li_greenbushes"), ("pilgangoora", "mine_li_pilgangoora"), ("mt_holland", "mine_li_mt_holland"),
            ("grota_do_cirilo", "mine_li_grota_do_cirilo"), ("la_corne", "mine_li_nal_la_corne"),
        )
    ]  # fmt: skip
    lines += [
        Line(f"{site}_morowali", "", "nickel_mhp", ref.capacity(f"ref_{site}_morowali") * (T / A.mhp_nickel_share.value), direct=mhp)
        for site in ("qmb", "huayue")
    ]
    lines += [
        Line(site, "", "cobalt_hydroxide", ref.capacity(row) * (T / hydroxide_co), direct=cobalt)
        for site, row in (("tenke_fungurume", "mine_co_tfm"), ("kisanfu", "mine_co_kfm"))
    ]
    lines += [Line(site, "", "graphite_flake", ref.capacity(f"mine_gr_{site}") * T, direct=flake) for site in ("balama", "heilongjiang")]
    lines += [
        Line(site, "", "nickel_class1", ref.capacity(f"ref_{site}") * T, direct=ref.pcf("ni_class1", "industry average"))
        for site in ("long_harbour", "nikkelverk", "harjavalta")
    ]
    lines += [
        Line("terrafame", "", "nickel_sulphate", ref.capacity("ref_terrafame") * nickel_t,
             direct=ref.pcf("niso4_6h2o", "bioheapleach integrated (Terrafame, Sphera LCA)")),
        Line("sqm_antofagasta", "", LI_CARBONATE, ref.capacity("ref_sqm_carmen") * (T / ref.bom("li2co3", "li (contained)").value),
             direct=ref.pcf("li2co3", "brine Atacama (Kelly 2021)")),
    ]  # fmt: skip
    for line in lines:
        line.conversion, line.available = p[line.product], _open(line.site)
        line.note = "cradle to gate, energy inside; valued at the price of its next product netted back, one world price"
    return lines


def _metals(c: Costs) -> list[Line]:
    """Nickel and cobalt sulphate."""
    ref = c.ref
    kwh, heat = c.nickel_energy()
    cobalt_kwh, cobalt_heat = c.cobalt_energy()
    nickel_yield = Fact(1.0, "derived", "A") / ref.bom("ni in niso4", "ni in mhp")
    nickel_t, cobalt_t = T / ref.bom("niso4_6h2o", "ni (contained)").value, T / ref.bom("coso4_7h2o", "co (contained)").value
    lines = [
        Line(site, "nickel_sulphate_from_mhp", capacity=ref.capacity(f"ref_{site}") * nickel_t, available=_open(name),
             conversion=A.nickel_conversion, kwh=kwh, heat=heat, yields=nickel_yield, note="conversion and energy assumed")
        for site, name in (("gem_jingmen", "gem_jingmen/refine"), ("huayou_quzhou", "huayou_quzhou/refine"), ("kemco", "kemco"))
    ]  # fmt: skip
    own = assumed(ref.capacity("pcam_umicore_loyalist").value * T * ref.bom("pcam_nmc811", "niso4_6h2o").value * 1.5, "")
    lines += [
        Line("loyalist", "nickel_sulphate_from_metal", capacity=own, start="2026-01-01", note="dissolving metal beside the precursor, sized to it"),
        Line("harjavalta", "nickel_sulphate_from_metal", capacity=ref.capacity("ref_harjavalta") * nickel_t, available=_open("harjavalta"), note="dissolving its own metal"),
    ]  # fmt: skip
    for line in lines[-2:]:
        line.conversion, line.kwh, line.heat, line.yields = A.dissolution_conversion, kwh, heat, A.dissolution_yield
        line.note += "; energy as for mixed hydroxide"
    electra = ref.capacity("ref_electra") * cobalt_t
    months = ref.fact("process", product="plant", parameter="construction lead time LiOH converter")
    lines += [
        Line("gem_jingmen", "cobalt_sulphate", capacity=A.gem_cobalt * cobalt_t, available=_open("gem_jingmen/refine"), note=A.gem_cobalt.note),
        Line("huayou_quzhou", "cobalt_sulphate", capacity=A.gem_cobalt * cobalt_t, available=_open("huayou_quzhou/refine"), note=A.gem_cobalt.note),
        Line("kokkola", "cobalt_sulphate", capacity=ref.capacity("ref_kokkola_co") * cobalt_t, available=_open("kokkola/refine")),
        Line("electra", "cobalt_sulphate", module=electra * A.electra_line_part.value, modules=2, module_cost=A.electra_capex, months=months,
             life=A.refinery_life_years, ramp="lithium_refinery", note=A.electra_line_part.note),
    ]  # fmt: skip
    for line in lines[-4:]:
        line.conversion, line.kwh, line.heat = A.cobalt_conversion, cobalt_kwh, cobalt_heat
    return lines


def _lithium(c: Costs) -> list[Line]:
    ref = c.ref
    kwh, heat = c.spodumene_energy()
    step_kwh, step_heat = c.carbonate_energy()
    gas, coal = gas_kg_per_kwh(ref), A.coal_kg_per_mj * 3.6
    need = ref.bom("lioh_h2o", "spodumene_concentrate_6pct")
    reagents = (
        ref.pcf("lioh_h2o", "spodumene AU->CN (Kelly 2021)")
        - need * A.spodumene_co2e
        - kwh * c.grid24("CN")
        - heat * coal
        - B.spodumene_freight
    )
    feed = ref.bom("li2co3", "li (contained)") / (ref.bom("lioh_h2o", "li (contained)") / need)
    carbonate = (
        ref.pcf("li2co3", "spodumene AU->CN (Kelly 2021)")
        - feed * A.spodumene_co2e
        - kwh * c.grid24("CN")
        - heat * coal
        - B.spodumene_freight
    )
    brine = (
        ref.pcf("lioh_h2o", "brine Chile (Kelly 2021)")
        - ref.bom("lioh (battery grade)", "li2co3") * ref.pcf("li2co3", "brine Atacama (Kelly 2021)")
        - step_kwh * c.grid24("CL")
        - step_heat * gas
    )
    china = ref.process("lioh_h2o", "conversion cost (China)") - kwh * c.power("CN") - heat * A.coal_price
    west = ref.process("lioh_h2o", "conversion cost (Europe/NA)")
    step = west.at_low - step_kwh * c.power("US") - step_heat * A.gas_price["US"]
    months = ref.fact("process", product="plant", parameter="construction lead time LiOH converter")
    lioh = ref.bom("lioh_h2o", "li (contained)").value
    lines = [
        Line(site, "lithium_hydroxide_from_spodumene", capacity=ref.capacity(row) * (T / lioh), available=_open(site), conversion=china,
             kwh=kwh, heat=heat, carrier="coal", direct=reagents, yields=A.spodumene_recovery,
             note="coal-fired roasting; direct: what the published 15.7 kg/kg leaves for reagents")
        for site, row in (("ganfeng_xinyu", "ref_ganfeng_xinyu"), ("meishan", "ref_albemarle_meishan"))
    ]  # fmt: skip
    lines.append(
        Line("shehong", "lithium_carbonate_from_spodumene", capacity=ref.capacity("ref_tianqi_shehong") * (T / ref.bom("li2co3", "li (contained)").value),
             available=_open("shehong"), conversion=china, kwh=kwh, heat=heat, carrier="coal", direct=carbonate, yields=A.spodumene_recovery,
             note="as hydroxide; direct: what the published 20.4 kg/kg leaves")
    )  # fmt: skip
    burnt = west - kwh * c.power("US") - heat * A.gas_price["US"]
    for site, row in (
        ("covalent_kwinana", "ref_covalent_kwinana"),
        ("posco_gwangyang_li", "ref_posco_gwangyang_li"),
        ("keliber", "ref_keliber"),
    ):
        lines.append(
            Line(site, "lithium_hydroxide_from_spodumene", capacity=ref.capacity(row) * (T / lioh), available=_open(site), conversion=burnt, kwh=kwh,
                 heat=heat, direct=reagents, yields=A.spodumene_recovery, start=_begin(ref, row), ramp="lithium_refinery" if _begin(ref, row) else "",
                 note="gas-fired; conversion of process.csv without energy, capital inside")
        )  # fmt: skip
    for site, row, name in (
        ("nemaska_becancour", "ref_nemaska_becancour", "Albemarle Richburg LiOH"),
        ("guben", "ref_rocktech_guben", "Rock Tech Guben LiOH (converter)"),
    ):
        capital = ref.process(name, "capex")
        lines.append(
            Line(site, "lithium_hydroxide_from_spodumene", module=ref.capacity(row) * (T / lioh) * B.line_part.value, modules=2, module_cost=capital,
                 months=months, life=A.refinery_life_years, ramp="lithium_refinery", conversion=burnt - _capital(capital, A.refinery_life_years),
                 kwh=kwh, heat=heat, direct=reagents, yields=A.spodumene_recovery, note="conversion of process.csv without energy and capital, which the model adds")
        )  # fmt: skip
    for site, capacity, name in (
        ("sqm_antofagasta", A.sqm_hydroxide, "sqm_antofagasta/hydroxide"),
        ("bessemer_city", ref.capacity("ref_livent_bessemer") * (T / lioh), "bessemer_city"),
        ("amg_bitterfeld", ref.capacity("ref_amg_bitterfeld") * (T / lioh), "amg_bitterfeld"),
        ("ecopro_debrecen", ref.capacity("ref_ecopro_innovation_debrecen") * (T / lioh), "ecopro_debrecen/refine"),
    ):
        lines.append(
            Line(site, "lithium_hydroxide_from_carbonate", capacity=capacity, available=_open(name), conversion=step, kwh=step_kwh, heat=step_heat,
                 direct=brine, yields=c.carbonate_yield(), note="direct: what the published 7.1 kg/kg leaves; conversion at the low end of process.csv")
        )  # fmt: skip
    return lines


def _cathode(c: Costs) -> list[Line]:
    ref, gas = c.ref, A.gas_price
    kwh, heat = ref.process("pcam_nmc811", "electricity"), ref.process("pcam_nmc811", "heat (natural gas)") * MJ
    fire = ref.process("cam_nmc811", "electricity (calcination)")
    soda = ref.bom("pcam_nmc811", "naoh (100%)") * A.soda_price
    pcam = {
        "CN": ref.process("pcam_nmc811", "conversion cost (China)") - kwh * c.power("CN") - heat * gas["CN"] - soda,
        "west": ref.process("pcam_nmc811", "conversion cost (Europe/NA)") - kwh * c.power("US") - heat * gas["US"] - soda,
    }
    cam = {
        "CN": ref.process("cam_nmc811", "conversion cost (China)") - fire * c.power("CN"),
        "KR": ref.process("cam_nmc811", "conversion cost (Korea)") - fire * c.power("KR"),
        "west": ref.process("cam_nmc811", "conversion cost (Europe/NA)") - fire * c.power("US"),
    }
    pcam_capital, months = (
        ref.process("COBCO (pCAM+LFP+recycling)", "capex"),
        ref.fact("process", product="plant", parameter="construction lead time CAM"),
    )
    lines = [
        Line(site, "pcam_nmc811", capacity=ref.capacity(row) * T, available=None if site == "loyalist" else _open(site), conversion=pcam[kind],
             start="2026-01-01" if site == "loyalist" else "", ramp="cathode_plant" if site == "loyalist" else "")
        for site, row, kind in (
            ("loyalist", "pcam_umicore_loyalist", "west"), ("kokkola", "pcam_umicore_kokkola", "west"), ("gem_jingmen", "pcam_gem_jingmen", "CN"),
            ("huayou_quzhou", "pcam_huayou_quzhou", "CN"), ("cobco", "pcam_cobco", "west"), ("ecopro_pohang", "pcam_ecopro_pohang", "west"),
        )
    ]  # fmt: skip
    lines += [
        Line(site, "pcam_nmc811", module=ref.capacity(row) * (T * part), modules=2, module_cost=pcam_capital, months=months, life=A.chemical_life_years,
             ramp="cathode_plant", conversion=pcam["west"] - _capital(pcam_capital, A.chemical_life_years))
        for site, row, part in (("hopkinsville", "pcam_ascend_hopkinsville", 1.0), ("basf_harjavalta", "pcam_basf_harjavalta", B.line_part.value))
    ]  # fmt: skip
    for line in lines:
        line.kwh, line.heat, line.yields = kwh, heat, ref.bom("pcam", "yield")
        line.note = "full cost without energy and soda" + ("; capital added by the model" if line.modules else ", capital inside")
    made = []
    for site, row, kind in (
        ("loyalist", "cam_umicore_loyalist", "west"), ("nysa", "cam_umicore_nysa", "west"), ("schwarzheide", "cam_basf_schwarzheide", "west"),
        ("ecopro_debrecen", "cam_ecopro_debrecen", "west"), ("huayou_acs", "cam_huayou_acs", "west"), ("kotka", "cam_easpring_kotka", "west"),
        ("redwood_nevada", "cam_redwood_nevada", "west"), ("cheonan", "cam_umicore_cheonan", "KR"), ("ronbay_chungju", "cam_ronbay_chungju", "KR"),
        ("jiangmen", "cam_umicore_jiangmen", "CN"), ("ronbay_hubei", "cam_ronbay_hubei", "CN"), ("easpring_changzhou", "cam_easpring_changzhou", "CN"),
    ):  # fmt: skip
        start = "2026-01-01" if site == "loyalist" else _begin(ref, row)
        made.append(
            Line(site, "cam_nmc811", capacity=ref.capacity(row) * T, available=None if site == "loyalist" else _open(site), start=start,
                 ramp="cathode_plant" if start else "", conversion=cam[kind], note="full cost without energy, capital inside")
        )  # fmt: skip
    capital = ref.process("EcoPro CAM Canada", "capex")
    made.append(
        Line("ecopro_becancour", "cam_nmc811", module=ref.capacity("cam_ecopro_becancour") * T * B.line_part.value, modules=2, module_cost=capital,
             months=months, life=A.chemical_life_years, ramp="cathode_plant", conversion=cam["west"] - _capital(capital, A.chemical_life_years),
             note="full cost without energy; capital added by the model")
    )  # fmt: skip
    for line in made:
        line.kwh, line.yields = fire, ref.bom("cam", "yield")
    steam = ref.process("cam_lfp", "heat (steam)") * MJ
    iron = (
        ref.pcf("cam_lfp", "")
        - ref.bom("cam_lfp", "li2co3") * ref.pcf("li2co3", "brine Atacama (Kelly 2021)")
        - steam * (A.coal_kg_per_mj * 3.6)
    )
    lfp = Line("yuneng_lfp", "cam_lfp", capacity=ref.capacity("cam_yuneng_lfp") * T, available=_open("yuneng_lfp"), conversion=B.lfp_conversion,
               heat=steam, carrier="coal", direct=iron, yields=ref.bom("cam", "yield"),
               note=f"steam from coal; {B.lfp_conversion.note}; direct: what the published 7 kg/kg leaves")  # fmt: skip
    return [*lines, *made, lfp]


def _anode(c: Costs) -> list[Line]:
    ref = c.ref
    kwh, direct = (ref.process("graphite_natural_coated", one) for one in ("electricity (flake to CSPG)", "direct CO2"))
    flake = ref.bom("graphite_natural_coated", "graphite_flake_concentrate") * A.flake_price
    west, months = (
        ref.process("graphite_any", "all-in cost (NA/EU)"),
        ref.fact("process", product="plant", parameter="construction lead time anode"),
    )
    capital, own_mine = ref.process("Syrah Vidalia AAM", "capex"), ref.process("Nouveau Monde (mine + AAM)", "capex")
    nameplate, sold = ref.capacity("an_syrah_vidalia"), ref.in_note("an_syrah_vidalia", r"(\d+) kt/yr Tesla")
    left = Fact(1.0 - sold.value * T / nameplate.value, "derived", nameplate.source)
    synthetic, coke = (
        ref.process("graphite_synthetic", "all-in cost (China)"),
        ref.pcf("graphite_synthetic", "Surovtseva et al. 2022 inventory"),
    )
    hydro = ref.pcf("graphite_synthetic", "Vianode Heroya hydro")
    inside = "coke and energy inside"
    natural = west - flake - kwh * c.power("US-LA")
    lines = [
        Line("btr_jixi", "anode_natural_integrated", capacity=ref.capacity("an_btr_china") * A.btr_half * T, available=_open("btr_jixi"),
             conversion=ref.process("graphite_natural_coated", "all-in cost (China)"), direct=ref.pcf("graphite_natural_coated", "China (Engels 2022)"),
             note="market price as full cost, published footprint: flake and energy inside"),
        Line("btr_jixi", "anode_synthetic", capacity=ref.capacity("an_btr_china") * A.btr_half * T, available=_open("btr_jixi"), conversion=synthetic,
             direct=coke, note=f"market price as full cost, published footprint: {inside}"),
        Line("shanshan_baotou", "anode_synthetic", capacity=ref.capacity("an_shanshan_baotou") * T, available=_open("shanshan_baotou"), conversion=synthetic,
             direct=coke, note=f"market price as full cost, published footprint: {inside}"),
        Line("btr_morowali", "anode_synthetic", capacity=ref.capacity("an_btr_morowali") * T, available=_open("btr_morowali"), conversion=B.outside_graphite,
             direct=coke, note=f"{B.outside_graphite.note}; published footprint: {inside}"),
        Line("btr_tangier", "anode_natural", capacity=ref.capacity("an_btr_tangier") * T, available=_open("btr_tangier"), start="2026-01-01", ramp="cathode_plant",
             conversion=B.outside_graphite - flake, kwh=kwh, direct=direct, note=f"{B.outside_graphite.note}, less flake"),
        Line("posco_sejong", "anode_natural", capacity=ref.capacity("an_posco_sejong") * T, available=_open("posco_sejong"),
             conversion=B.sejong_price - flake - kwh * c.power("KR"), kwh=kwh, direct=direct, note=f"{B.sejong_price.note}, less flake and energy"),
        Line("vidalia", "anode_natural", capacity=nameplate * T, available=left, conversion=natural, kwh=kwh, direct=direct,
             note="full cost less flake and energy, capital inside; the Tesla contract takes the rest"),
        Line("vidalia", "anode_natural_new_line", module=A.vidalia_line, modules=3, module_cost=capital, months=months, life=A.chemical_life_years,
             ramp="cathode_plant", kwh=kwh, direct=direct, conversion=natural - _capital(capital, A.chemical_life_years),
             note="full cost less flake and energy; capital added by the model; the plan is 45 kt/yr"),
        Line("vianode_heroya", "anode_synthetic", capacity=ref.capacity("an_vianode_heroya") * T, available=_open("vianode_heroya"), conversion=west,
             direct=hydro, note=f"published footprint: {inside}; capital inside"),
    ]  # fmt: skip
    sold_nmg = ref.in_note("an_nmg_becancour", r"about (\d+)% of phase 2")
    left_of_nmg = Fact(1.0 - sold_nmg.value / 100.0, "derived", sold_nmg.source)
    for site, row, modules, part, cost, recipe, foot in (
        ("nmg_becancour", "an_nmg_becancour", 1, left_of_nmg, own_mine, "anode_natural_integrated", ref.pcf("graphite_natural_coated", "NMG Quebec projected")),
        ("talga_lulea", "an_talga_lulea", 2, B.line_part, own_mine, "anode_natural_integrated", ref.pcf("graphite_natural_coated", "NMG Quebec projected")),
        ("vianode_st_thomas", "an_vianode_st_thomas", 1, B.first_phase, ref.process("Vianode St. Thomas", "capex"), "anode_synthetic", hydro),
    ):  # fmt: skip
        lines.append(
            Line(site, recipe, module=ref.capacity(row) * (T * part.value), modules=modules, module_cost=cost, months=months, life=A.chemical_life_years,
                 ramp="cathode_plant", conversion=west - _capital(cost, A.chemical_life_years), direct=foot,
                 note="published footprint from cradle to gate, energy inside; capital added by the model"
                 + {"talga_lulea": "; footprint and capital as for Nouveau Monde", "nmg_becancour": "; what its two contracts leave",
                    "vianode_st_thomas": f"; {B.first_phase.note}"}[site])
        )  # fmt: skip
    return lines


def _cell_parts(c: Costs) -> list[Line]:
    """Electrolyte and separator; footprints as published for China, the maker's own power taken out of them."""
    ref = c.ref
    power, chinese = ref.process("electrolyte", "electricity"), B.electrolyte_conversion
    foot = ref.pcf("electrolyte", "") - power * c.grid24("CN")
    west = ref.process("electrolyte", "price input (BatPaC default)")
    kg = ref.bom("cell_nmc811", "separator", output_unit="kWh") / ref.bom("cell_nmc811", "separator (recipe)")
    film, film_west = (
        ref.process("separator", "price China (wet 7 um base; coated 7+2 um)"),
        ref.process("separator", "price input (BatPaC default)"),
    )
    lines = [
        Line(site, "", "electrolyte", ref.capacity(row) * T, _open(site), kwh=power, conversion=chinese if site == "tinci_jiujiang" else west - power * c.power(zone),
             direct=foot, start=_begin(ref, row), note="salt and solvents inside; footprint as in China without power")
        for site, row, zone in (
            ("tinci_jiujiang", "es_tinci_jiujiang", "CN"), ("dongwha_soskut", "es_dongwha_soskut", "HU"), ("capchem_srem", "es_capchem_srem", "PL"),
            ("dongwha_clarksville", "es_dongwha_clarksville", "US-TN"),
        )
    ]  # fmt: skip
    lines += [
        Line(site, "", "separator", ref.capacity(row) * 1e6, _open(site), conversion=film if site == "semcorp_china" else film_west, direct=ref.pcf("separator", "") * kg,
             start=_begin(ref, row), note="price as full cost, footprint as in China: energy inside")
        for site, row in (
            ("semcorp_china", "es_semcorp_china"), ("semcorp_debrecen", "es_semcorp_debrecen"), ("skiet_dabrowa", "es_skiet_dabrowa"),
            ("celgard_charlotte", "es_celgard_charlotte"), ("entek_terre_haute", "es_entek_terre_haute"),
        )
    ]  # fmt: skip
    return lines


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
    months = ref.fact("process", product="plant", parameter="construction lead time cell")
    rows = {"florence": "cell_aesc_florence", "catl_debrecen": "cell_catl_debrecen", "eve_debrecen": "cell_eve_debrecen",
            "catl_liyang": "cell_catl_china_bmw", "eve_jingmen": "cell_eve_china_bmw"}  # fmt: skip
    lines = [
        Line(site, "cell_nmc811", capacity=ref.capacity(rows[site]) * GWH, available=assumed(share, "the contract's part"), start=start, ramp="cell_plant",
             conversion=china if site in {"catl_liyang", "eve_jingmen"} else west)
        for site, (start, share) in CELLS.items()
    ]  # fmt: skip
    lines += [
        Line(site, "cell_nmc811", capacity=ref.capacity(f"cell_{site}") * GWH, available=assumed(0.0, "not known in 2023"), conversion=china if site == "aesc_china" else west)
        for site in B.bridge
    ]  # fmt: skip
    for line in lines:
        line.note = "full cost without materials and energy, capital inside"
    for site, size, name, base in (
        ("florence", B.florence_module, "cell plant, North America", west), ("catl_debrecen", B.pack_module, "cell plant, Europe", west),
        ("catl_liyang", B.pack_module, "cell plant, China", china),
    ):  # fmt: skip
        capital = ref.process(name, "capex")
        lines.append(
            Line(site, "cell_nmc811_new_line", module=size, modules=2, module_cost=capital, months=months, life=A.cell_life_years, ramp="cell_plant",
                 conversion=base - _capital(capital, A.cell_life_years), note="full cost without materials and energy; capital added by the model")
        )  # fmt: skip
    for line in lines:
        line.kwh, line.heat, line.yields = kwh, heat, mature
    kilo = lfp_cell_kg(ref)
    lfp_kwh, lfp_heat = (ref.process("cell_lfp", one, per_unit="kg_cell") * kilo for one in ("electricity", "heat"))
    lines.append(
        Line("catl_yibin", "cell_lfp", capacity=ref.capacity("cell_catl_yibin") * GWH, available=B.yibin_share, conversion=china, kwh=lfp_kwh,
             heat=lfp_heat * MJ, yields=mature, note="full cost without materials and energy, capital inside; LFP for one customer (assumed)")
    )  # fmt: skip
    use = ref.process("pack", "electricity", per_unit="kWh")
    halls = hall_capacity(ref)
    for hall, (capacity, start) in halls.items():
        zone = {"woodruff": "US-SC", "san_luis_potosi": "MX", "debrecen": "HU", "irlbach": "DE", "shenyang": "CN"}[hall]
        for recipe, share in (("pack_nmc811", 1.0), ("pack_lfp", 0.3)):
            if recipe == "pack_lfp" and hall != "shenyang":
                continue
            lines.append(
                Line(hall, recipe, capacity=capacity * share, start=start, conversion=ref.process("pack", "assembly cost") - use * c.power(zone), kwh=use,
                     note=f"{capacity.note}; assembly cost with housing and electronics, without energy")
            )  # fmt: skip
    return lines


def processes(ref: Reference) -> list[Row]:
    """Every line."""
    c = Costs(ref)
    c.prices["pack_nmc811"] = c.prices["pack"]
    return [line.row() for line in (*_raw(c), *_metals(c), *_lithium(c), *_cathode(c), *_anode(c), *_cell_parts(c), *_battery(c))]
