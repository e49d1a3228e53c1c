"""What may break in a sample, what is done about it, how sites come back and what they keep in stock, by the facts of risk.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seed_chain.answers import covers, qualification, recoveries
from seed_chain.hazards import Duration, Hazards, beyond, classes_of, in_notes, seen_once, site_stops
from seed_chain.reference import assumed

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["Chain", "breaking"]

Row = dict[str, object]
Scope = tuple[str, tuple[str, ...]]
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
     "one storm; season recalled"),
    ("typhoon_korea", "flood/typhoon coastal CN/PH/KR", ("ecopro_pohang", "kemco", "posco_gwangyang_li"), ("06-01", "10-31"),
     "one storm, all sites there; season recalled"),
    ("hurricane_carolinas", "hurricane US Gulf/Southeast", ("bessemer_city", "celgard_charlotte", "florence", "woodruff"), ("06-01", "11-30"),
     "one storm, all sites there; season of the Atlantic"),
    ("hurricane_gulf", "hurricane US Gulf/Southeast", ("vidalia",), ("06-01", "11-30"), "season of the Atlantic"),
)  # fmt: skip
"""Hazard, row of risk.csv, sites that are hit together, season."""
HALF = assumed(0.5, "exports of China and Korea, as risk.csv has it: half of what their ports move, in and out (assumed)")
SULPHUR_DAYS = assumed(45.0, "one to two months, the middle")
LEACHED = ("huayue_morowali", "qmb_morowali")
"""High-pressure leaching in Indonesia: ore under quota, sulphur from the Gulf."""
SEEN = {"balama": "site:Syrah Balama", "tenke_fungurume": "site:CMOC TFM", "harjavalta": "site:Boliden Harjavalta Ni smelter"}
"""Outages that risk.csv tells of sites themselves (Harjavalta: of the smelter beside)."""
STAND_INS = 2
"""Who could step in for a maker: the two with the most left to sell outside its country."""


@dataclass(frozen=True)
class Chain:
    """What a sample says of itself: lines that hold a mine, vehicle plants, what is hit at ports of the United States and of East Asia,
    lanes that take graphite out of China, goods that come over sea, whose lanes lead
    all over the world, and whether lanes tell the strait of Taiwan."""

    mined: tuple[str, ...]
    plants: frozenset[str]
    east_coast: Scope
    east_asia: Scope
    graphite_lanes: tuple[str, ...]
    by_sea: frozenset[str]
    world: dict[str, tuple[str, ...]]
    strait: bool = True


def _passages(ref: Reference, made: Hazards, spec: Chain) -> None:
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
        ("east_china_sea_ports", spec.east_asia, HALF.value, HALF.note),
    ):
        if scope[0] != "passage" or spec.strait:
            told = "chokepoint:Taiwan Strait/East China Sea"
            made.from_row(name, scope, told, note, loss=loss, applies="all", common_cause_id="east_china_sea" if spec.strait else "")
    made.from_row("us_east_coast_ports", spec.east_coast, "chokepoint:US East coast port strike", "", applies="all")


def _policies(ref: Reference, made: Hazards, spec: Chain, here: set[str]) -> None:
    stop = ref.fact("risk", scope="site:DRC cobalt exports", metric="export suspension: outage duration")
    made.add("cobalt_exports_cd", ("country", ("CD",)), seen_once(stop), Duration.untold(stop),
             "once in 2010 to 2025; mines here do nothing but export", applies="all")  # fmt: skip
    licence = ref.row("trade", kind="shock", hs="2504;3801", importer="ALL")
    weeks = in_notes(licence, r"lag ~([0-9]+) working days") * (7.0 / 5.0)
    made.add("graphite_exports_cn", ("lane", spec.graphite_lanes), seen_once(weeks), Duration.untold(weeks),
             "permits of December 2023, once in 2010 to 2025; 45 working days until one is granted (recalled)", applies="all")  # fmt: skip
    leached = sorted(here & set(LEACHED))
    quota = ref.fact("risk", scope="Indonesia nickel ore", metric="RKAB quota 2026 vs 2025")
    made.add("nickel_quota_id", ("site", leached), seen_once(quota), Duration(seen_once(quota) * 0.0 + 365.0, 0.0, "a year"),
             f"yearly ore quota of 2026, once; {-quota.value:.0%} less ore taken as that much less mixed hydroxide", loss=-quota.value, applies="all",
             season_from="01-01", season_to="01-31")  # fmt: skip
    sulphur = ref.fact("risk", scope="Indonesia HPAL", metric="sulphur import share from the Middle East")
    rate, lasts = beyond(ref, "chokepoint:Strait of Hormuz", SULPHUR_DAYS.value)
    made.add("sulphur_hormuz", ("site", leached), rate * sulphur * (1.0 / sulphur.value), lasts,
             f"Hormuz shut for longer than stocks of sulphur last ({SULPHUR_DAYS.note}); {sulphur.value:.0%} of it comes from there", loss=sulphur.value, applies="all")  # fmt: skip


def _left(tables: dict[str, list[Row]], good: dict[str, str]) -> dict[str, dict[str, float]]:
    """What each maker has to sell of each product a year."""
    left: dict[str, dict[str, float]] = {}
    for row in tables["processes"]:
        kept, site = left.setdefault(str(row.get("product_id") or good[str(row["recipe_id"])]), {}), str(row["site_id"])
        share, most = row.get("available_share"), row.get("capacity_per_year")
        kept[site] = kept.get(site, 0.0) + float(str(most or 0.0)) * (1.0 if share in {None, ""} else float(str(share)))
    return left


def _alternates(ref: Reference, spec: Chain, country: dict[str, str], left: dict[str, dict[str, float]]) -> list[Row]:
    """For each maker of a product those of the world's sources outside its country that have most left to sell."""
    rows = []
    for product, sources in spec.world.items():
        days = qualification(ref, product)
        for site in sorted(left[product]):
            others = sorted((one for one in sources if one != site and country[one] != country[site]), key=lambda one: -left[product][one])
            rows += [
                {
                    "site_id": site, "product_id": product, "alternate_site_id": other, "qualification_days": days.value,
                    "source_id": days.source, "quality": days.quality, "note": days.note,
                }
                for other in others[:STAND_INS]
            ]  # fmt: skip
    return rows


def breaking(ref: Reference, tables: dict[str, list[Row]], spec: Chain, reactions: list[Row]) -> dict[str, list[Row]]:
    """Tables hazards, recoveries, alternates, reactions and replenishment of a sample."""
    country = {str(row["site_id"]): str(row["country"]) for row in tables["sites"]}
    good = {str(row["recipe_id"]): str(row["product_id"]) for row in tables["recipes"]}
    classes, plants = classes_of(tables["processes"], good, spec.mined), set(spec.plants)
    made = Hazards(ref)
    for name, told, homes, note in STRIKES:
        sites = sorted(site for site in classes if country[site] in homes and site not in plants)
        made.from_row(name, ("site", sites), told, note)
    for name, told, hit, season, note in AT_ONCE:
        sites = sorted(set(hit) & set(classes))
        when = {"season_from": season[0], "season_to": season[1]} if season else {}
        if sites:
            made.from_row(name, ("site", sites), told, note, applies="all", **when)
    _passages(ref, made, spec)
    _policies(ref, made, spec, set(classes))
    seen = {site: ref.fact("risk", scope=scope, metric="*") for site, scope in SEEN.items()}
    return {
        "hazards": [*site_stops(ref, classes, country, plants), *made.rows],
        "recoveries": recoveries(ref, classes, plants, seen),
        "alternates": _alternates(ref, spec, country, _left(tables, good)),
        "reactions": reactions,
        "replenishment": covers(tables, good, set(spec.by_sea)),
    }
