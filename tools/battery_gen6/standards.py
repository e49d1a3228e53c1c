"""Credits with what they ask for, lists of entities, what materials hold of metals, and what Loyalist and Florence have promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import seed_chain.metals as metals
from seed_chain.assumed import A
from seed_chain.buying import LI_HYDROXIDE
from seed_chain.buying import incentives as seed_incentives
from seed_chain.reference import Fact, assumed

from battery_gen6.assumed import YEARS

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["CONDITIONS", "OWNERS", "promises", "standards"]

Row = dict[str, object]
_OBBBA = "2025-07-04"
"""The day on which the law that asks who made what was signed."""
OWNERS = {
    "AESC": "Envision", "EVE Energy": "EVE", "BTR / Stellar": "BTR", "BTR, others": "BTR", "CNGR / Al Mada": "CNGR", "CMOC / CATL": "CMOC",
    "Beijing Easpring": "Easpring", "Easpring / Finnish Minerals Group": "Easpring", "Bamo (Huayou)": "Huayou", "Huayou / CMOC / Tsingshan": "Huayou",
    "GEM / Tsingshan / Brunp": "GEM", "Ronbay (JaeSe)": "Ronbay", "BMW Brilliance (BBA)": "BMW Group", "Asahi Kasei (Celgard)": "Asahi Kasei",
    "EcoPro BM": "EcoPro", "EcoPro Materials": "EcoPro", "EcoPro (SK On; Ford left)": "EcoPro", "POSCO Future M": "POSCO", "Syrah Technologies": "Syrah Resources",
}  # fmt: skip
"""Who stands behind an operator: the owner that leads, by recall."""
_NAMED = ("BYD", "CATL", "EVE", "Envision", "Gotion", "Hithium")
_CHINESE = (
    "BTR", "CMOC", "CNGR", "Capchem", "Easpring", "GEM", "Ganfeng", "Huayou", "Hunan Yuneng", "Ronbay", "Semcorp", "Shanshan", "Tianqi", "Tinci",
)  # fmt: skip
_FOREIGN_IN_CHINA = ("Albemarle", "BMW Group", "Umicore")
_UFLPA = ("SDIC Xinjiang Lithium", "Shihezi Xinren Battery Aluminum Foil", "Xinjiang Nonferrous", "Xinjiang Tianhongji", "Zijin")
_DOL = {
    "CD": "cobalt (child and forced labour), copper ore (child labour)", "CN": "aluminium (forced labour)", "ID": "nickel (forced labour)",
}  # fmt: skip
CONDITIONS = {
    "us_45x_cell": "macr_45x",
    "us_45x_module": "macr_45x",
    "us_45x_anode": "macr_45x",
    "us_45x_cathode": "macr_45x",
    "us_45x_lithium": "macr_45x_mineral",
}
"""What a credit asks for in worlds that know the law of 2025."""
_MINERAL = {"2030-01-01": 0.25, "2031-01-01": 0.30, "2032-01-01": 0.40, "2033-01-01": 0.50}


def _incentives(ref: Reference) -> tuple[list[Row], list[Row]]:
    """Credits of the United States and Canada, one row each, and the steps of their phase-out."""
    seed = [dict(row) for row in seed_incentives(ref)]
    rows: list[Row] = []
    for row in seed:
        name = str(row["incentive_id"])
        if name.startswith(("us_45x_cell", "us_45x_module")):
            if not name.endswith("_2023"):
                continue
            row |= {"incentive_id": name.removesuffix("_2023"), "note": f"{row['amount']:g} USD/kWh; {A.pass_through.note} (assumed)"}
        row["product_id"] = {"pack": "pack_nmc811"}.get(str(row["product_id"]), row["product_id"])
        row["site_or_group"] = {"florence": "US", "woodruff": "US"}.get(str(row["site_or_group"]), row["site_or_group"])
        if str(row["incentive_id"]).startswith("us_45x"):
            row.pop("valid_to", None)
        rows.append(row)
    anode = next(row for row in rows if row["incentive_id"] == "us_45x_anode")
    rows.append({**anode, "incentive_id": "us_45x_cathode", "product_id": "cam_nmc811"})
    if next(row for row in rows if row["incentive_id"] == "us_45x_lithium")["product_id"] != LI_HYDROXIDE:
        raise LookupError("us_45x_lithium")
    steps = [row for row in ref.tables["trade"] if row["kind"] == "credit_phaseout"]
    phases: list[Row] = []
    for name in ("us_45x_anode", "us_45x_cathode", "us_45x_cell", "us_45x_module"):
        assumed_so = name in {"us_45x_anode", "us_45x_cathode"}
        phases += [
            {
                "incentive_id": name, "valid_from": one["effective_from"], "amount_share": float(one["value"]), "source_id": one["source"],
                "quality": "assumed" if assumed_so else one["quality"], "note": "as for cells and modules" if assumed_so else "components, by the year of sale",
            }
            for one in steps
        ]  # fmt: skip
    mineral = ref.fact("trade", kind="credit", product="45X applicable critical mineral")
    phases += [
        {
            "incentive_id": "us_45x_lithium", "valid_from": f"{year}-01-01", "amount_share": share, "known_from": _OBBBA, "source_id": mineral.source,
            "quality": "estimated", "note": "critical minerals, by the year of production; the steps were not read in the law",
        }
        for year, share in ((2031, 0.75), (2032, 0.5), (2033, 0.25), (2034, 0.0))
    ]  # fmt: skip
    return rows, phases


def _conditions(ref: Reference) -> list[Row]:
    rule = "45X material assistance cost ratio (MACR) for batteries"
    rows: list[Row] = [
        {
            "condition_rule_id": "macr_45x", "method": "material_assistance", "valid_from": one["effective_from"], "list_id": "pfe",
            "threshold_share": float(one["value"]), "source_id": one["source"], "quality": one["quality"], "note": "by the year of sale",
        }
        for one in ref.tables["trade"]
        if one["product"] == rule
    ]  # fmt: skip
    rows += [
        {
            "condition_rule_id": "macr_45x_mineral", "method": "material_assistance", "valid_from": first, "list_id": "pfe", "threshold_share": share,
            "source_id": "S205", "quality": "reported", "note": "critical minerals, by the year of sale",
        }
        for first, share in _MINERAL.items()
    ]  # fmt: skip
    rows += [
        {
            "condition_rule_id": rule_id, "method": "entity_free", "valid_from": "2026-01-01", "list_id": "pfe", "source_id": "A", "quality": "assumed",
            "note": "a maker that is a prohibited foreign entity earns no credit itself: recalled, not read",
        }
        for rule_id in ("macr_45x", "macr_45x_mineral")
    ]  # fmt: skip
    return [{**row, "known_from": _OBBBA} for row in rows]


def _entities() -> list[Row]:
    rows: list[Row] = []

    def add(entity: str, list_id: str, first: str, fact: Fact, known: str, status: str = "listed") -> None:
        rows.append(
            {
                "entity": entity, "list_id": list_id, "valid_from": first, "status": status, "known_from": known, "source_id": fact.source,
                "quality": fact.quality, "note": fact.note,
            }
        )  # fmt: skip

    law = Fact(0.0, "reported", "S205", "named in section 154(b) of the NDAA for fiscal year 2024, which the law of 2025 takes over")
    for name in _NAMED:
        add(name, "pfe", "2025-07-05", law, _OBBBA)
    control = assumed(0.0, "controlled from China, by recall of its seat and owners")
    for name in _CHINESE:
        add(name, "pfe", "2025-07-05", control, _OBBBA)
    add("CN", "pfe", "2025-07-05", assumed(0.0, "what is made or bought in China is taken to come from a maker controlled there, unless its maker is cleared"), _OBBBA)  # fmt: skip
    for name in _FOREIGN_IN_CHINA:
        add(name, "pfe", "2025-07-05", assumed(0.0, "not controlled from China, also where it makes things there"), _OBBBA, "cleared")
    uflpa = Fact(0.0, "estimated", "S205", "on the UFLPA entity list as of the notice of 3 August 2026; the day of listing was not read")
    for name in _UFLPA:
        add(name, "uflpa", "2026-08-03", uflpa, "2026-08-03")
    for name, first in (("BYD", "2026-06-10"), ("CALB", "2026-06-10"), ("EVE", "2026-06-10"), ("CATL", "2025-01-07")):
        add(
            name,
            "1260h",
            first,
            Fact(0.0, "estimated", "S205", "section 1260H list, one secondary source; military affiliation, no finding of harm"),
            first,
        )
    for country, goods in _DOL.items():
        add(country, "dol_goods", "2024-09-05", Fact(0.0, "estimated", "S205", f"List of Goods of the Department of Labor: {goods}; a prior for a country"), "2024-09-05")  # fmt: skip
    return rows


def _contents() -> list[Row]:
    rows = metals.contents()
    weights = {"Li": 6.94, "Fe": 55.845, "P": 30.974, "O": 15.999}
    rows.append(
        {"product_id": "cam_lfp", "element": "Li", "mass_kg_per_unit": weights["Li"] / (weights["Li"] + weights["Fe"] + weights["P"] + 4 * weights["O"]),
         "source_id": "C", "quality": "derived", "note": "LiFePO4"}
    )  # fmt: skip
    rows.append(
        {"product_id": "graphite_flake", "element": "natural_graphite", "mass_kg_per_unit": 0.95, "source_id": "A", "quality": "assumed",
         "note": "concentrate with 95 % carbon"}
    )  # fmt: skip
    return rows


def standards(ref: Reference) -> dict[str, list[Row]]:
    """Tables of this module."""
    credits_, phases = _incentives(ref)
    return {
        "incentives": credits_, "incentive_phases": phases, "condition_rules": _conditions(ref), "entities": _entities(), "contents": _contents(),
    }  # fmt: skip


def promises(ref: Reference, tables: dict[str, list[Row]]) -> list[Row]:
    """Policies: renewable electricity from the start at Florence and Loyalist, and Loyalist's path to net zero in 2035.

    The path is what a kilogram of cathode material with its own precursor and sulphate takes there in energy, gas going out in a
    straight line, with a tenth to spare. Breaking it pays, so that a plan that sells its precursor is told and not forbidden.
    """
    rows: list[Row] = []
    for site in ("florence", "loyalist"):
        contract = next(row for row in tables["power_contracts"] if row["site_id"] == site)
        rows.append(
            {
                "policy_id": f"{site}_renewable", "kind": "min_renewable_share", "site_group": site, "value": contract["share"], "value_unit": "market",
                "valid_from": "2026-01-01", "source_id": contract["source_id"], "quality": contract["quality"], "note": "from start of production, as announced",
            }
        )  # fmt: skip
    own = {str(row["recipe_id"]): row for row in tables["processes"] if row["site_id"] == "loyalist"}
    needs = {(str(row["recipe_id"]), str(row["product_id"])): float(str(row["quantity_per_unit"])) for row in tables["recipe_lines"]}
    made = {"cam_nmc811": 1.0}
    made["pcam_nmc811"] = needs["cam_nmc811", "pcam_nmc811"] / float(str(own["cam_nmc811"]["yield_share"]))
    sulphate = made["pcam_nmc811"] * needs["pcam_nmc811", "nickel_sulphate"] / float(str(own["pcam_nmc811"]["yield_share"]))
    made["nickel_sulphate_from_metal"] = sulphate
    from battery_gen6.places import gas_factor

    renewable = ref.fact("grid", zone="any", metric="ppa_carbon_intensity").value * 0.001
    gas = gas_factor(ref)
    power = sum(quantity * float(str(own[recipe].get("electricity_kwh_per_unit") or 0.0)) for recipe, quantity in made.items())
    heat = sum(quantity * float(str(own[recipe].get("heat_kwh_per_unit") or 0.0)) for recipe, quantity in made.items())
    for year in YEARS:
        left = (YEARS[-1] - year) / (YEARS[-1] - YEARS[0])
        rows.append(
            {
                "policy_id": f"loyalist_net_zero_{year}", "kind": "max_co2e_per_unit", "product": "cam_nmc811", "site_group": "loyalist",
                "value": 1.1 * (power * renewable + heat * gas.value * left), "value_unit": "kg", "penalty_per_unit": 100.0, "valid_from": f"{year}-01-01",
                "valid_to": f"{year}-12-31", "source_id": gas.source, "quality": "assumed",
                "note": "energy of cathode material with its own precursor and sulphate; straight line to net zero in 2035, what renewable power emits apart",
            }
        )  # fmt: skip
    return rows
