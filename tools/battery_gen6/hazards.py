"""What may break in the reference network, what is done about it, how sites come back and what they keep in stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.hazards import Duration, Hazards, classes_of, in_notes, recoveries, site_stops
from seed_chain.reference import Fact, assumed

from battery_gen6.assumed import PLANTS

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
REROUTE_DAYS = assumed(7.0, "a week until carriers go another way")
OBSERVED_YEARS = 16.0
"""2010 to 2025, the years that risk.csv counts chokepoint events in."""


def _once(source: Fact) -> Fact:
    """Rate of what has happened once in the years looked at."""
    return Fact(1.0 / OBSERVED_YEARS, "estimated", source.source)


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
    made.from_row("taiwan_strait", ("passage", ("taiwan",)), "chokepoint:Taiwan Strait/East China Sea", "")
    made.from_row("us_east_coast_ports", ("port", EAST_COAST), "chokepoint:US East coast port strike", "", applies="all")


def _policies(ref: Reference, made: Hazards) -> None:
    stop = ref.fact("risk", scope="site:DRC cobalt exports", metric="export suspension: outage duration")
    made.add(
        "cobalt_exports_cd",
        ("country", ("CD",)),
        _once(stop),
        Duration.untold(stop),
        "once in 2010 to 2025; exports are all that the mines here do",
        applies="all",
    )


def _reactions() -> list[Row]:
    return [
        {
            "reaction_id": "reroute", "kind": "reroute", "delay_days": REROUTE_DAYS.value, "source_id": "A", "quality": "assumed",
            "note": f"the way around is computed; {REROUTE_DAYS.note}",
        }
    ]  # fmt: skip


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
    back = recoveries(ref, classes, plants, facts)
    return {"hazards": [*rows, *made.rows], "recoveries": back, "reactions": _reactions()}
