"""What may break in the reference network, what is done about it, how sites come back and what they keep in stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.answers import covers, expedited, qualification, recoveries, rerouted
from seed_chain.hazards import Duration, Hazards, beyond, classes_of, in_notes, seen_once, site_stops
from seed_chain.reference import assumed

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
STRIKES = (
    ("strike_central_europe", "strike HU/DE/PL site", ("DE", "HU", "PL"), ""),
    ("strike_north_america", "strike US/CA/MX site", ("CA", "MX", "US"), ""),
    ("strike_chile", "strike CL/AR/ZA mine", ("CL",), ""),
)
"""Every site there but vehicle plants, whose class holds strikes already."""
AT_ONCE = (
    ("power_rationing_sichuan", "power rationing CN (Sichuan/Yunnan hydro)", ("catl_yibin", "meishan", "shehong"), ("07-01", "09-30"),
     "one drought, all sites there; season assumed around the drought of August 2022"),
    ("earthquake_morowali", "earthquake JP/ID/CL/TW site", ("btr_morowali", "huayue_morowali", "qmb_morowali"), None, "one earthquake, all sites of the park"),
    ("earthquake_antofagasta", "earthquake JP/ID/CL/TW site", ("sqm_antofagasta",), None, ""),
    ("typhoon_pearl_river", "flood/typhoon coastal CN/PH/KR", ("jiangmen", "semcorp_china"), ("06-01", "10-31"),
     "one storm, both sites; season recalled"),
    ("typhoon_korea", "flood/typhoon coastal CN/PH/KR", ("ecopro_pohang", "kemco", "posco_gwangyang_li"), ("06-01", "10-31"),
     "one storm, all three sites; season recalled"),
    ("hurricane_carolinas", "hurricane US Gulf/Southeast", ("bessemer_city", "celgard_charlotte", "florence", "woodruff"), ("06-01", "11-30"),
     "one storm, all four sites; season of the Atlantic"),
    ("hurricane_gulf", "hurricane US Gulf/Southeast", ("vidalia",), ("06-01", "11-30"), "season of the Atlantic"),
)  # fmt: skip
"""Hazard, row of risk.csv, sites that are hit together, season."""
EAST_COAST = (
    "USBAL", "USBOS", "USCHS", "USGGE", "USHOU", "USILM", "USJAX", "USMIA", "USMOB", "USMSY", "USNYC", "USORF", "USPHL", "USSAV", "USTPA",
)  # fmt: skip
"""Ports of the United States on the Atlantic and the Gulf, whatever a plan uses."""
EAST_ASIA = (
    "CNBAY", "CNCAN", "CNCZX", "CNDDG", "CNDGG", "CNFAN", "CNJIA", "CNLYG", "CNSQI", "CNTZO", "CNWNZ", "CNXIL", "CNXIP", "CNZSN", "CNZUH", "CNZZU",
    "KRINC", "KRJYT", "KRKPO", "KRKWA", "KRPUS", "KRUSN",
)  # fmt: skip
"""Ports of China and Korea on any lane, whatever a plan uses; a test compares them with the routes."""
HALF = assumed(0.5, "exports of China and Korea, as risk.csv has it: half of what their ports move, in and out (assumed)")
SULPHUR_DAYS = assumed(45.0, "one to two months, the middle")
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
STAND_INS = 2
"""Who could step in for a maker: the two with the most left to sell outside its country."""


def _passages(ref: Reference, made: Hazards) -> None:
    red_sea = ref.row("risk", scope="chokepoint:Suez/Bab-el-Mandeb", metric="annual probability*")
    fewer = ref.fact("risk", scope="Suez/Red Sea", metric="container tonnage through canal by mid Feb 2024")
    dearer = in_notes(red_sea, r"rate x([0-9.]+)")
    made.from_row("suez_red_sea", ("passage", ("bab_el_mandeb", "suez")), "chokepoint:Suez/Bab-el-Mandeb",
                  f"{-fewer.value:.0%} of container tonnage left the canal in 2024", loss=-fewer.value, cost_factor=dearer.value, applies="all")  # fmt: skip
    panama = ref.row("risk", scope="chokepoint:Panama Canal", metric="annual probability*")
    made.from_row(
        "panama_drought",
        ("passage", ("panama",)),
        "chokepoint:Panama Canal",
        "",
        loss=in_notes(panama, r"effect -([0-9]+)% capacity").value / 100.0,
    )
    made.from_row("malacca", ("passage", ("malacca",)), "chokepoint:Malacca", "")
    for name, scope, loss, note in (
        ("east_china_sea_strait", ("passage", ("taiwan",)), 1.0, "the strait itself: ships go around"),
        ("east_china_sea_ports", ("port", EAST_ASIA), HALF.value, HALF.note),
    ):
        made.from_row(
            name, scope, "chokepoint:Taiwan Strait/East China Sea", note, loss=loss, applies="all", common_cause_id="east_china_sea"
        )
    made.from_row("us_east_coast_ports", ("port", EAST_COAST), "chokepoint:US East coast port strike", "", applies="all")


def _policies(ref: Reference, made: Hazards) -> None:
    stop = ref.fact("risk", scope="site:DRC cobalt exports", metric="export suspension: outage duration")
    made.add("cobalt_exports_cd", ("country", ("CD",)), seen_once(stop), Duration.untold(stop),
             "once in 2010 to 2025; mines here do nothing but export", applies="all")  # fmt: skip
    licence = ref.row("trade", kind="shock", hs="2504;3801", importer="ALL")
    weeks = in_notes(licence, r"lag ~([0-9]+) working days") * (7.0 / 5.0)
    made.add("graphite_exports_cn", ("lane", GRAPHITE_LANES), seen_once(weeks), Duration.untold(weeks),
             "permits of December 2023, once in 2010 to 2025; 45 working days until one is granted (recalled)", applies="all")  # fmt: skip
    quota = ref.fact("risk", scope="Indonesia nickel ore", metric="RKAB quota 2026 vs 2025")
    made.add("nickel_quota_id", ("site", ("huayue_morowali", "qmb_morowali")), seen_once(quota), Duration(seen_once(quota) * 0.0 + 365.0, 0.0, "a year"),
             f"yearly ore quota of 2026, once; {-quota.value:.0%} less ore taken as that much less mixed hydroxide", loss=-quota.value, applies="all",
             season_from="01-01", season_to="01-31")  # fmt: skip
    sulphur = ref.fact("risk", scope="Indonesia HPAL", metric="sulphur import share from the Middle East")
    rate, lasts = beyond(ref, "chokepoint:Strait of Hormuz", SULPHUR_DAYS.value)
    made.add("sulphur_hormuz", ("site", ("huayue_morowali", "qmb_morowali")), rate * sulphur * (1.0 / sulphur.value), lasts,
             f"Hormuz shut for longer than stocks of sulphur last ({SULPHUR_DAYS.note}); {sulphur.value:.0%} of it comes from there", loss=sulphur.value, applies="all")  # fmt: skip


def _alternates(ref: Reference, tables: dict[str, list[Row]], country: dict[str, str], made_by: dict[str, dict[str, float]]) -> list[Row]:
    """For each maker of a product those of the world's sources outside its country that have most left to sell."""
    rows = []
    for product, sources in WORLD.items():
        days = qualification(ref, product)
        for site in sorted(made_by[product]):
            others = sorted(
                (one for one in sources if one != site and country[one] != country[site]), key=lambda one: -made_by[product][one]
            )
            rows += [
                {
                    "site_id": site, "product_id": product, "alternate_site_id": other, "qualification_days": days.value,
                    "source_id": days.source, "quality": days.quality, "note": days.note,
                }
                for other in others[:STAND_INS]
            ]  # fmt: skip
    return rows


def hazards(ref: Reference, tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Tables of this module."""
    country = {str(row["site_id"]): str(row["country"]) for row in tables["sites"]}
    good = {str(row["recipe_id"]): str(row["product_id"]) for row in tables["recipes"]}
    classes, plants = classes_of(tables["processes"], good, MINED), set(PLANTS)
    rows = site_stops(ref, classes, country, plants)
    made = Hazards(ref)
    for name, told, homes, note in STRIKES:
        sites = sorted(site for site in classes if country[site] in homes and site not in plants)
        made.from_row(name, ("site", sites), told, note)
    for name, told, sites, season, note in AT_ONCE:
        when = {"season_from": season[0], "season_to": season[1]} if season else {}
        made.from_row(name, ("site", sites), told, note, applies="all", **when)
    _passages(ref, made)
    _policies(ref, made)
    seen = {
        "balama": "site:Syrah Balama",
        "tenke_fungurume": "site:CMOC TFM",
        "qmb_morowali": "site:QMB HPAL Morowali",
        "catl_yibin": "site:CATL Yibin",
    }
    facts = {site: ref.fact("risk", scope=scope, metric="*") for site, scope in seen.items()}
    left: dict[str, dict[str, float]] = {}
    for row in tables["processes"]:
        product = str(row.get("product_id") or good[str(row["recipe_id"])])
        kept = left.setdefault(product, {})
        site = str(row["site_id"])
        kept[site] = kept.get(site, 0.0) + float(str(row.get("capacity_per_year") or 0.0)) * float(str(row.get("available_share") or 1.0))
    gross = {str(row["product_id"]): float(str(row["gross_mass_kg_per_unit"])) for row in tables["products"]}
    return {
        "hazards": [*rows, *made.rows],
        "recoveries": recoveries(ref, classes, plants, facts),
        "alternates": _alternates(ref, tables, country, left),
        "reactions": [rerouted(), *expedited(ref, gross)],
        "replenishment": covers(tables, good, {product for _, product, _, _, chain, _, _ in RULES if "ship" in chain}),
    }
