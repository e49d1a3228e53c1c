"""Sites of the reference network, and every figure of it that no source holds, with the reason; they become rows of quality assumed.

Prices and factors that the seed chain assumes already are taken from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seed_chain.reference import Fact, assumed

__all__ = ["CELLS", "EUROPE", "PLANTS", "POSITIONS", "REGIONS", "SITES", "YEARS", "B", "Site"]

YEARS = range(2026, 2036)


@dataclass(frozen=True)
class Site:
    """A site of the sample: the rows of sites.csv it stands for, its status as announced in 2023 and its power price zone."""

    site_id: str
    rows: tuple[str, ...]
    price_zone: str
    status: str = "operating"


def _many(text: str) -> tuple[Site, ...]:
    found = []
    for line in text.strip().splitlines():
        site, rows, zone, *status = line.split()
        found.append(Site(site, tuple(rows.split("+")), zone, status[0] if status else "operating"))
    return tuple(found)


SITES = _many("""
spartanburg veh_spartanburg US-SC
woodruff pack_woodruff US-SC committed
san_luis_potosi veh_san_luis_potosi+pack_san_luis_potosi MX
debrecen veh_debrecen+pack_debrecen HU
irlbach pack_irlbach DE
munich veh_munich DE
dingolfing veh_dingolfing DE
regensburg veh_regensburg DE
shenyang veh_shenyang_tiexi+veh_shenyang_dadong+pack_shenyang CN
florence cell_aesc_florence US-SC committed
catl_debrecen cell_catl_debrecen HU
eve_debrecen cell_eve_debrecen HU
catl_liyang cell_catl_china_bmw CN
eve_jingmen cell_eve_china_bmw CN
aesc_china cell_aesc_china CN
aesc_smyrna cell_aesc_smyrna US-TN
aesc_bowling_green cell_aesc_bowling_green US-KY
catl_yibin cell_catl_yibin CN
loyalist cam_umicore_loyalist+pcam_umicore_loyalist CA-ON committed
redwood_nevada cam_redwood_nevada US-NV
ecopro_becancour cam_ecopro_becancour CA-QC candidate
nysa cam_umicore_nysa PL
schwarzheide cam_basf_schwarzheide DE
ecopro_debrecen cam_ecopro_debrecen+ref_ecopro_innovation_debrecen HU
huayou_acs cam_huayou_acs HU
kotka cam_easpring_kotka FI
cheonan cam_umicore_cheonan KR
ronbay_chungju cam_ronbay_chungju KR
jiangmen cam_umicore_jiangmen CN
ronbay_hubei cam_ronbay_hubei CN
easpring_changzhou cam_easpring_changzhou CN
yuneng_lfp cam_yuneng_lfp CN
kokkola pcam_umicore_kokkola+ref_kokkola_co FI
gem_jingmen pcam_gem_jingmen+ref_gem_jingmen CN
huayou_quzhou pcam_huayou_quzhou+ref_huayou_quzhou CN
cobco pcam_cobco MA
ecopro_pohang pcam_ecopro_pohang KR
hopkinsville pcam_ascend_hopkinsville US-KY candidate
basf_harjavalta pcam_basf_harjavalta FI candidate
terrafame ref_terrafame+mine_ni_sotkamo FI
harjavalta ref_harjavalta FI
long_harbour ref_long_harbour+mine_ni_voiseys CA-NL
nikkelverk ref_nikkelverk NO
kemco ref_kemco KR
electra ref_electra CA-ON candidate
amg_bitterfeld ref_amg_bitterfeld DE
keliber ref_keliber+mine_li_keliber_mines FI
guben ref_rocktech_guben DE candidate
bessemer_city ref_livent_bessemer US-NC
nemaska_becancour ref_nemaska_becancour CA-QC candidate
sqm_antofagasta ref_sqm_carmen+mine_li_atacama_sqm CL
ganfeng_xinyu ref_ganfeng_xinyu CN
meishan ref_albemarle_meishan CN
shehong ref_tianqi_shehong CN
covalent_kwinana ref_covalent_kwinana AU
posco_gwangyang_li ref_posco_gwangyang_li KR
qmb_morowali ref_qmb_morowali ID
huayue_morowali ref_huayue_morowali ID
tenke_fungurume mine_co_tfm CD
kisanfu mine_co_kfm CD
greenbushes mine_li_greenbushes AU
pilgangoora mine_li_pilgangoora AU
mt_holland mine_li_mt_holland AU
grota_do_cirilo mine_li_grota_do_cirilo BR
la_corne mine_li_nal_la_corne CA-QC
balama mine_gr_balama MZ
heilongjiang mine_gr_heilongjiang CN
btr_jixi an_btr_china CN
shanshan_baotou an_shanshan_baotou CN
posco_sejong an_posco_sejong KR
btr_morowali an_btr_morowali ID
btr_tangier an_btr_tangier MA
vidalia an_syrah_vidalia US-LA
nmg_becancour an_nmg_becancour+mine_gr_matawinie CA-QC candidate
vianode_heroya an_vianode_heroya NO
vianode_st_thomas an_vianode_st_thomas CA-ON candidate
talga_lulea an_talga_lulea+mine_gr_vittangi SE candidate
dongwha_soskut es_dongwha_soskut HU
capchem_srem es_capchem_srem PL
dongwha_clarksville es_dongwha_clarksville US-TN
tinci_jiujiang es_tinci_jiujiang CN
semcorp_debrecen es_semcorp_debrecen HU
skiet_dabrowa es_skiet_dabrowa PL
celgard_charlotte es_celgard_charlotte US-NC
entek_terre_haute es_entek_terre_haute US-IN
semcorp_china es_semcorp_china CN
""")

POSITIONS = {"posco_gwangyang_li": "cam_posco_gwangyang"}
"""Sites that take the position of a neighbouring row, whose own lies in the water."""

REGIONS = {
    **dict.fromkeys(("US", "CA", "MX"), "north_america"),
    **dict.fromkeys(("DE", "HU", "PL", "FI", "SE", "NO", "FR"), "europe"),
    "CN": "china",
    **dict.fromkeys(("KR", "JP"), "northeast_asia"),
    **dict.fromkeys(("ID", "PH"), "southeast_asia"),
    "AU": "oceania",
    **dict.fromkeys(("CD", "MZ", "MA", "ZA", "MG"), "africa"),
    **dict.fromkeys(("CL", "BR", "AR"), "south_america"),
}
EUROPE = ("DE", "FI", "HU", "PL", "SE")
"""Countries of the European Union among the sites; Norway is a customs territory of its own."""

PLANTS = {
    "spartanburg": ("veh_spartanburg", "woodruff", 2026),
    "san_luis_potosi": ("veh_san_luis_potosi", "san_luis_potosi", 2027),
    "debrecen": ("veh_debrecen", "debrecen", 2026),
    "munich": ("veh_munich", "irlbach", 2026),
    "dingolfing": ("veh_dingolfing", "irlbach", 2026),
    "regensburg": ("veh_regensburg", "irlbach", 2026),
    "shenyang": ("veh_shenyang_all", "shenyang", 2026),
}
"""Vehicle plant: its row of demand.csv, the pack hall that serves it, and the first year that counts."""

CELLS = {
    "florence": ("2026-01-01", 1.0),
    "catl_debrecen": ("2026-01-01", 0.5),
    "eve_debrecen": ("2026-01-01", 20.0 / 28.0),
    "catl_liyang": ("2026-01-01", 1.0),
    "eve_jingmen": ("2025-01-01", 1.0),
}
"""The five factories under contract: first day as announced in 2023, and what the contract reserves of the nameplate."""


class B:
    """Assumed figures by name."""

    gas_price: ClassVar[dict[str, Fact]] = {
        country: assumed(price, why)
        for price, why, countries in (
            (0.015, "about 4.4 USD per MMBtu", "US CA MX"),
            (0.045, "about 13 USD per MMBtu", "HU PL DE CN CL MA ID"),
            (0.050, "about 15 USD per MMBtu", "FI SE NO KR JP"),
            (0.025, "about 7 USD per MMBtu", "AU BR"),
        )
        for country in countries.split()
    }
    lfp_share = assumed(0.15, "entry models of Shenyang run on LFP: share not published")
    lfp_conversion = assumed(2.4, "LFP: iron and phosphate, labour and depreciation without lithium and energy, USD/kg")
    low_carbon_premium = assumed(0.10, "foil of hydro power over the Chinese price")
    soda_rest = assumed(0.2, "caustic soda without power, kg/kg")
    soda_kwh = assumed(1.25, "power of caustic soda from membrane cells, kWh/kg: about half of it is borne by the chlorine")
    spodumene_freight = assumed(0.7, "carriage of 7.7 kg concentrate from Australia, kg per kg hydroxide: the published figure holds it")
    flake_freight = assumed(0.5, "carriage of 2.5 kg flake from Mozambique, kg per kg anode: the published figure holds it")
    low_carbon_housing = assumed(4.0, "cans of aluminium smelted with hydro power, kg/kg")
    first_phase = assumed(0.2, "first phase: a fifth of the full build-out, its size is not published")
    sejong_price = assumed(5.5, "Korean coated natural graphite, between Chinese and Western cost, USD/kg")
    outside_graphite = assumed(5.0, "synthetic graphite of Chinese makers abroad, USD/kg")
    electrolyte_conversion = assumed(2.9, "Chinese spot price without power: salt and solvents inside, USD/kg")
    restart_part = assumed(0.10, "restart: a tenth of the announced investment to bring people and equipment back")
    restart_days = 730
    pack_room = assumed(1.1, "pack capacity over the peak of the plants served, where none is published")
    carry_over = assumed(0.10, "earlier generations stay available for a tenth of a plant's need beyond the gap")
    pack_module = assumed(10e6, "one added cell line: 10 GWh")
    florence_module = assumed(5e6, "one added cell line: 5 GWh")
    line_part = assumed(0.5, "a candidate is built in two halves")
    yibin_share = assumed(0.10, "a tenth of the site: LFP for one customer")
    bridge: ClassVar[dict[str, Fact]] = {
        "aesc_china": assumed(0.75, "bridge supply until Florence runs"),
        "aesc_smyrna": assumed(0.50, "bridge supply until Florence runs"),
        "aesc_bowling_green": assumed(0.20, "bridge supply until Florence runs; its own customers take the rest"),
    }
    available: ClassVar[dict[str, float]] = {
        # what other customers leave; stated in docs/battery_gen6.md
        "nysa": 0.50, "schwarzheide": 0.40, "ecopro_debrecen": 0.30, "huayou_acs": 0.80, "kotka": 0.50, "cheonan": 0.60,
        "ronbay_chungju": 0.30, "jiangmen": 0.60, "ronbay_hubei": 0.50, "easpring_changzhou": 0.40, "redwood_nevada": 0.50,
        "yuneng_lfp": 0.10, "kokkola": 0.60, "gem_jingmen": 0.40, "huayou_quzhou": 0.60, "cobco": 0.50, "ecopro_pohang": 0.30,
        "gem_jingmen/refine": 0.75, "huayou_quzhou/refine": 0.75, "kokkola/refine": 0.50, "terrafame": 0.60, "harjavalta": 0.30,
        "long_harbour": 0.50, "nikkelverk": 0.20, "kemco": 0.60, "amg_bitterfeld": 0.50, "keliber": 0.60, "ecopro_debrecen/refine": 0.50,
        "bessemer_city": 0.30, "sqm_antofagasta": 0.15, "sqm_antofagasta/hydroxide": 0.60, "ganfeng_xinyu": 0.40, "meishan": 0.40,
        "shehong": 0.30, "covalent_kwinana": 0.30, "posco_gwangyang_li": 0.40, "qmb_morowali": 0.50, "huayue_morowali": 0.50,
        "tenke_fungurume": 0.25, "kisanfu": 0.25, "greenbushes": 0.25, "pilgangoora": 0.30, "mt_holland": 0.60,
        "grota_do_cirilo": 0.30, "la_corne": 0.50, "balama": 0.20, "heilongjiang": 0.20, "btr_jixi": 0.25, "shanshan_baotou": 0.30,
        "posco_sejong": 0.30, "btr_morowali": 0.40, "btr_tangier": 0.50, "vianode_heroya": 0.80, "dongwha_soskut": 0.80,
        "capchem_srem": 0.60, "dongwha_clarksville": 0.40, "tinci_jiujiang": 0.15, "semcorp_debrecen": 0.70, "skiet_dabrowa": 0.30,
        "celgard_charlotte": 0.40, "entek_terre_haute": 0.30, "semcorp_china": 0.20,
    }  # fmt: skip
