"""Every figure of the seed chain that no source holds, in one place, with the reason; they become rows of quality assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seed_chain.reference import Fact, assumed

__all__ = ["PORTS", "SEA", "SITES", "A", "SeaLeg", "SiteSpec"]


@dataclass(frozen=True)
class SiteSpec:
    """A site of the sample: rows of sites.csv it stands for, its decision status, its power price zone and its ports."""

    site_id: str
    rows: tuple[str, ...]
    status: str
    price_zone: str
    ports: tuple[str, ...] = ()
    rail_ports: tuple[str, ...] = ()


SITES = (
    SiteSpec("spartanburg", ("veh_spartanburg",), "operating", "US-SC"),
    SiteSpec("woodruff", ("pack_woodruff",), "committed", "US-SC", ("charleston",)),
    SiteSpec("florence", ("cell_aesc_florence",), "committed", "US-SC", ("charleston",)),
    SiteSpec("catl_debrecen", ("cell_catl_debrecen",), "operating", "HU", (), ("hamburg",)),
    SiteSpec("catl_liyang", ("cell_catl_china_bmw",), "operating", "CN", ("shanghai",)),
    SiteSpec("loyalist", ("cam_umicore_loyalist", "pcam_umicore_loyalist"), "committed", "CA-ON", ("montreal",), ("vancouver",)),
    SiteSpec("nysa", ("cam_umicore_nysa",), "operating", "PL", ("gdansk",)),
    SiteSpec("cheonan", ("cam_umicore_cheonan",), "operating", "KR", ("busan",)),
    SiteSpec("jiangmen", ("cam_umicore_jiangmen",), "operating", "CN", ("nansha",)),
    SiteSpec("ronbay_hubei", ("cam_ronbay_hubei",), "operating", "CN", ("shanghai",)),
    SiteSpec("kokkola", ("pcam_umicore_kokkola", "ref_kokkola_co"), "operating", "FI", ("kokkola",)),
    SiteSpec("gem_jingmen", ("ref_gem_jingmen", "pcam_gem_jingmen"), "operating", "CN", ("shanghai",)),
    SiteSpec("terrafame", ("ref_terrafame", "mine_ni_sotkamo"), "operating", "FI", ("kokkola",)),
    SiteSpec("long_harbour", ("ref_long_harbour", "mine_ni_voiseys"), "operating", "CA-NL", ("long_harbour",)),
    SiteSpec("qmb_morowali", ("ref_qmb_morowali",), "operating", "ID", ("morowali",)),
    SiteSpec("tenke_fungurume", ("mine_co_tfm",), "operating", "CD", ("durban",)),
    SiteSpec("electra", ("ref_electra",), "candidate", "CA-ON", ("montreal",)),
    SiteSpec("greenbushes", ("mine_li_greenbushes",), "operating", "AU", ("bunbury",)),
    SiteSpec("la_corne", ("mine_li_nal_la_corne",), "operating", "CA-QC", ("quebec",)),
    SiteSpec("ganfeng_xinyu", ("ref_ganfeng_xinyu",), "operating", "CN", ("shanghai",)),
    SiteSpec("sqm_antofagasta", ("ref_sqm_carmen", "mine_li_atacama_sqm"), "operating", "CL", ("antofagasta",)),
    SiteSpec("nemaska_becancour", ("ref_nemaska_becancour",), "candidate", "CA-QC", ("montreal",)),
    SiteSpec("bessemer_city", ("ref_livent_bessemer",), "operating", "US-NC", ("charleston",)),
    SiteSpec("balama", ("mine_gr_balama",), "operating", "MZ", ("nacala",)),
    SiteSpec("btr_jixi", ("an_btr_china",), "operating", "CN", ("dalian",)),
    SiteSpec("vidalia", ("an_syrah_vidalia",), "operating", "US-LA", ("new_orleans",)),
    SiteSpec("nmg_becancour", ("an_nmg_becancour", "mine_gr_matawinie"), "candidate", "CA-QC", ("montreal",)),
)

PORTS: dict[str, tuple[float, float]] = {
    "antofagasta": (-23.65, -70.40), "bunbury": (-33.32, 115.66), "busan": (35.10, 129.04), "charleston": (32.78, -79.92),
    "dalian": (38.93, 121.65), "durban": (-29.87, 31.03), "gdansk": (54.38, 18.70), "hamburg": (53.54, 9.98),
    "kokkola": (63.86, 23.03), "long_harbour": (47.43, -53.82), "montreal": (45.57, -73.52), "morowali": (-2.82, 122.15),
    "nacala": (-14.54, 40.67), "nansha": (22.63, 113.68), "new_orleans": (29.93, -90.06), "quebec": (46.83, -71.20),
    "shanghai": (31.34, 121.60), "vancouver": (49.29, -123.10),
}  # fmt: skip
"""Port positions: general geography, good to a few kilometres."""


@dataclass(frozen=True)
class SeaLeg:
    """Sea distance in nautical miles between two ports as distance tables print it, and the straits on the way."""

    nautical_miles: int
    passages: tuple[str, ...] = ()


_FAR_EAST_EUROPE = ("malacca", "bab_el_mandeb", "suez", "gibraltar")
SEA: dict[frozenset[str], SeaLeg] = {
    frozenset(pair): SeaLeg(miles, passages)
    for pair, miles, passages in (
        (("shanghai", "charleston"), 10300, ("panama",)),
        (("busan", "charleston"), 9900, ("panama",)),
        (("nansha", "charleston"), 10950, ("panama",)),
        (("dalian", "charleston"), 10350, ("panama",)),
        (("shanghai", "vancouver"), 5100, ()),
        (("hamburg", "charleston"), 4150, ()),
        (("gdansk", "charleston"), 4600, ("oresund",)),
        (("kokkola", "montreal"), 4250, ("oresund",)),
        (("shanghai", "hamburg"), 10850, _FAR_EAST_EUROPE),
        (("busan", "hamburg"), 11100, _FAR_EAST_EUROPE),
        (("nansha", "hamburg"), 10050, _FAR_EAST_EUROPE),
        (("dalian", "hamburg"), 11250, _FAR_EAST_EUROPE),
        (("shanghai", "gdansk"), 11250, (*_FAR_EAST_EUROPE, "oresund")),
        (("shanghai", "kokkola"), 11750, (*_FAR_EAST_EUROPE, "oresund")),
        (("kokkola", "gdansk"), 560, ()),
        (("kokkola", "busan"), 12000, (*_FAR_EAST_EUROPE, "oresund")),
        (("shanghai", "busan"), 500, ()),
        (("shanghai", "nansha"), 830, ()),
        (("busan", "nansha"), 1150, ()),
        (("morowali", "shanghai"), 2250, ()),
        (("durban", "shanghai"), 6950, ("malacca",)),
        (("durban", "kokkola"), 8150, ("cape_of_good_hope", "oresund")),
        (("durban", "montreal"), 7900, ("cape_of_good_hope",)),
        (("bunbury", "shanghai"), 3950, ("lombok",)),
        (("quebec", "shanghai"), 11900, ("panama",)),
        (("antofagasta", "montreal"), 5350, ("panama",)),
        (("antofagasta", "charleston"), 3750, ("panama",)),
        (("antofagasta", "busan"), 10000, ()),
        (("antofagasta", "gdansk"), 7700, ("panama", "oresund")),
        (("nacala", "new_orleans"), 8500, ("cape_of_good_hope",)),
        (("long_harbour", "montreal"), 1080, ()),
    )
}
"""About what port distance tables print; compare with a sea router before the distances matter to a decision."""


class A:
    """Assumed figures by name."""

    discount_rate = assumed(0.08, "real rate of return of an industrial investor")
    annual_share_growth = assumed(0.04, "yearly rise of the electric share after 2030, as in the base path")
    gas_upstream = assumed(1.15, "natural gas: direct factor plus about 15 % upstream, as process.csv advises")
    coal_kg_per_mj = assumed(0.0946 * 1.1, "coal: IPCC 94.6 g/MJ plus about 10 % upstream, recalled")
    upstream_g: ClassVar[dict[str, Fact]] = {
        "CA": assumed(20.0, "life-cycle share of hydro, wind and nuclear on top of direct emissions"),
        "AU": assumed(0.0, "the published state factor holds its upstream part already"),
    }
    ppa_premium = assumed(0.005, "renewable power contract over the industrial price, USD/kWh")
    gas_price: ClassVar[dict[str, Fact]] = {
        "US": assumed(0.015, "about 4.4 USD per MMBtu"),
        "CA": assumed(0.015, "about 4.4 USD per MMBtu"),
        "HU": assumed(0.045, "about 13 USD per MMBtu"),
        "PL": assumed(0.045, "about 13 USD per MMBtu"),
        "FI": assumed(0.050, "about 15 USD per MMBtu"),
        "CN": assumed(0.045, "about 13 USD per MMBtu, city gate"),
        "KR": assumed(0.050, "about 15 USD per MMBtu, liquefied gas"),
        "CL": assumed(0.045, "about 13 USD per MMBtu"),
    }
    coal_price = assumed(0.018, "about 125 USD per tonne of steam coal")

    # materials without a published price or footprint
    lithium_parity = assumed(1.0, "lithium hydroxide at the price of lithium carbonate per kg")
    nickel_conversion = assumed(0.30, "sulphate from mixed hydroxide: reagents, effluent, labour, USD/kg hexahydrate")
    dissolution_conversion = assumed(0.20, "sulphate from class 1 metal: acid, labour, USD/kg hexahydrate")
    dissolution_yield = assumed(0.99, "dissolution loses almost nothing")
    cobalt_conversion = assumed(0.60, "sulphate from crude hydroxide: reagents, labour, USD/kg heptahydrate")
    electra_capex = assumed(4.0, "USD per kg/yr of cobalt sulphate heptahydrate")
    flake_price = assumed(0.75, "fines of battery precursor grade, USD/kg")
    spodumene_co2e = assumed(0.50, "mining and concentration, kg/kg of 6 % concentrate")
    lithium_heat_part = assumed(75 / 90, "heat as a part of the final energy of roasting and leaching")
    spodumene_recovery = assumed(0.88, "lithium recovery stated in bom.csv")
    manganese_price = assumed(0.85, "manganese sulphate, USD/kg")
    soda_price = assumed(0.40, "caustic soda, USD/kg of 100 %")
    soda_co2e = assumed(1.10, "caustic soda, kg/kg")
    mhp_nickel_share = assumed(0.39, "nickel in dry mixed hydroxide")
    mhp_moisture = assumed(0.45, "water in mixed hydroxide as shipped")
    electrolyte_price_cn = assumed(3.0, "Chinese spot price stated in process.csv, USD/kg")
    copper_foil_price_cn = assumed(11.0, "copper plus foil fee, USD/kg")
    aluminium_foil_price_cn = assumed(4.5, "aluminium plus foil fee, USD/kg")
    housing_price = assumed(4.0, "aluminium can and tabs, USD/kg")
    housing_co2e = assumed(9.0, "formed aluminium with scrap, kg/kg; low-carbon metal is half of it")
    electronics_co2e = assumed(30.0, "battery management and wiring, kg/kg")
    binder_price = assumed(8.0, "binder, conductive carbon and net solvent, USD/kg")
    binder_co2e = assumed(5.0, "binder, conductive carbon and net solvent, kg/kg")
    duty_free_freight = assumed(0.25, "freight of cell parts to the plant, USD/kg")

    # plants
    cell_life_years = assumed(10.0, "life of a cell line")
    chemical_life_years = assumed(15.0, "life of a chemical line")
    refinery_life_years = assumed(20.0, "life of a refinery")
    florence_line = assumed(5e6, "one added line: 5 GWh of cells")
    loyalist_line_part = assumed(0.25, "one added line: a quarter of stage 1")
    vidalia_line = assumed(11.25e6, "one added line: as large as the first")
    nmg_line_part = assumed(0.5, "the candidate is built in two halves")
    nemaska_line_part = assumed(0.5, "the candidate is built in two halves")
    opening_part = assumed(0.05, "permits and site works of a candidate, part of the capital of its first line")
    closing_part = assumed(0.05, "clearing a plant, part of its announced investment")
    programme = assumed(1.7e9, "Spartanburg programme as announced in 2022, USD")
    stock_room = assumed(2.0, "stores hold at most twice the days of cover of the peak need of the whole chain")
    electra_line_part = assumed(0.5, "the candidate is built in two halves")
    gem_cobalt = assumed(5000.0, "cobalt refined at the site, t of metal per year: not published")
    sqm_hydroxide = assumed(30e6, "hydroxide line of the site, kg per year, recalled")
    btr_half = assumed(0.5, "half natural, half synthetic: the split is not published")
    available: ClassVar[dict[str, Fact]] = {
        "catl_debrecen": assumed(0.25, "a quarter is left: the line is contracted for European plants"),
        "catl_liyang": assumed(1.0, "all of the line: Shenyang's own need is left out so that the far choice is not rationed"),
        "nysa": assumed(0.40, "European customers take the rest"),
        "cheonan": assumed(0.80, "named as bridge supplier of AESC"),
        "jiangmen": assumed(0.60, "Chinese customers take the rest"),
        "ronbay_hubei": assumed(0.50, "other customers take the rest; enough for the whole cell line it feeds"),
        "kokkola": assumed(0.50, "Nysa's other customers take the rest"),
        "gem_jingmen": assumed(0.25, "merchant precursor, utilisation above 65 %"),
        "gem_jingmen/refine": assumed(0.75, "feeds the precursor lines beside it"),
        "terrafame": assumed(0.50, "sold to several cathode makers"),
        "long_harbour": assumed(0.30, "steel and battery customers take the rest"),
        "qmb_morowali": assumed(0.40, "owners' own precursor plants take the rest"),
        "tenke_fungurume": assumed(0.25, "other refiners take the rest"),
        "greenbushes": assumed(0.10, "owners' own converters take the rest"),
        "la_corne": assumed(0.50, "a second offtaker takes the rest"),
        "ganfeng_xinyu": assumed(0.40, "other cathode makers take the rest"),
        "sqm_antofagasta": assumed(0.10, "other cathode makers take the rest"),
        "sqm_antofagasta/hydroxide": assumed(0.50, "other cathode makers take the rest"),
        "bessemer_city": assumed(0.30, "long-term customers take the rest"),
        "balama": assumed(0.20, "other anode makers take the rest"),
        "btr_jixi": assumed(0.15, "other cell makers take the rest"),
    }

    # rules and habits
    pass_through = assumed(0.50, "half of a production credit reaches the chain's cost, the maker keeps the rest")
    holding_share = assumed(0.10, "capital 8 % and storage 2 % of the value per year")
    ramp_up_share = assumed(0.30, "least share of the ramp-up phase: the terms are not published")
    shortage_cost = assumed(1000.0, "far above any cost of a pack, so that shortage is the last resort")
    packaging: ClassVar[dict[str, float]] = {"bulk": 1.0, "general": 1.05, "cells": 1.15}
    truck_circuity = assumed(1.3, "road over great circle")
    rail_circuity = assumed(1.2, "rail over great circle")
    general_payload = assumed(24.0, "tonnes of chemicals in a 40-foot container")
