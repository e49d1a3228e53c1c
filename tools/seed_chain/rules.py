"""Tariff lines, customs values, duties, contracts, policies, scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.costs import Costs
from seed_chain.reference import Fact

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["Duties", "rules"]

Row = dict[str, object]
_PLAN = "2023-01-01"
CODES: dict[str, dict[str, str]] = {
    "US": {"cell_nmc811": "8507.60", "cam_nmc811": "2841.90.50", "anode_graphite": "3801.10.50", "lithium_carbonate": "2836.91", "graphite_flake": "2504.10"},
    "CA": {"nickel_sulphate": "2833.24", "cobalt_sulphate": "2833.29", "lithium_hydroxide": "2825.20", "nickel_class1": "7502.10", "cobalt_hydroxide": "2822.00"},
    "EU": {"cam_nmc811": "2841.90", "pcam_nmc811": "2853.90", "anode_graphite": "3801.10", "lithium_hydroxide": "2825.20",
           "nickel_sulphate": "2833.24", "cobalt_sulphate": "2833.29", "cobalt_hydroxide": "2822.00"},
    "CN": {"cam_nmc811": "2842.90.30"},
}  # fmt: skip
"""Tariff line of a product for an importer: cathode material is 2841.90 in the United States and the EU, 2842.90 in China."""


RECALLED = {"nickel_mhp": "2825.40", "spodumene_sc6": "2530.90"}
"""Tariff lines of goods that no duty of this sample speaks of, the same everywhere in their first six digits."""


def _codes(ref: Reference) -> list[Row]:
    recalled: list[Row] = [
        {"product_id": product, "importer": "*", "valid_from": _PLAN, "hs_code": code, "source_id": "R", "quality": "assumed",
         "note": "recalled; no duty of this sample is on this line"}
        for product, code in RECALLED.items()
    ]  # fmt: skip
    return recalled + [
        {"product_id": product, "importer": importer, "valid_from": _PLAN, "hs_code": code, "source_id": "S200" if importer != "CN" else "S208",
         "quality": "reported" if importer != "CA" else "assumed", "note": "a ruling decides" if product in {"cam_nmc811", "anode_graphite"} else ""}
        for importer, lines in CODES.items()
        for product, code in lines.items()
    ]  # fmt: skip


def _values(ref: Reference) -> list[Row]:
    return [
        {"product_id": product, "valid_from": _PLAN, "value_per_unit": price.value, "source_id": price.source, "quality": price.quality,
         "note": "market price" if product not in {"nickel_mhp", "nickel_class1", "cobalt_hydroxide", "spodumene_sc6"} else "netted back from the price of the next product"}
        for product, price in sorted(Costs(ref).prices.items())
    ]  # fmt: skip


class Duties:
    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(
        self,
        programme: str,
        importer: str,
        origin: str,
        hs: str,
        share: Fact,
        first: str = "",
        last: str = "",
        known: str = "",
        note: str = "",
    ) -> None:
        code = hs.replace(".", "")
        name = "_".join(one.lower() for one in (importer, programme, origin.replace("|", "_") or "all", code) if one)
        count = sum(str(row["rule_id"]).startswith(name) for row in self.rows)
        self.rows.append(
            {
                "rule_id": name if count == 0 else f"{name}_{first[:4]}_{count + 1}", "programme": programme, "importer": importer, "origin": origin, "hs_prefix": hs,
                "ad_valorem_share": share.value, "stacking": "add", "valid_from": first, "valid_to": last, "known_from": known,
                "source_id": share.source, "quality": share.quality, "note": note,
            }
        )  # fmt: skip


def _mfn(ref: Reference, d: Duties) -> None:
    zero_us = {
        "CA|MX": ref.fact("trade", kind="duty", importer="US", origin="CA;MX"),
        "KR": ref.fact("trade", kind="duty", importer="US", origin="KR"),
        "AU|CL": ref.fact("trade", kind="duty", importer="US", origin="AU;CL;MA"),
    }
    for hs in CODES["US"].values():
        rate = ref.trade("US", "MFN", hs, kind="duty")
        d.add("mfn", "US", "", hs, rate)
        if rate.value > 0:
            for origin, share in zero_us.items():
                d.add("mfn", "US", origin.replace("CA|MX", "CA"), hs, share, note="preference; rules of origin taken as met")
    chemicals = ref.trade("CA", "MFN", "2841.90;2853;2833", kind="duty")
    for hs in CODES["CA"].values():
        d.add("mfn", "CA", "", hs, chemicals, note="battery chemicals free by recall; the line itself was not read")
    for product, hs in CODES["EU"].items():
        if hs == "2822.00":
            d.add("mfn", "EU", "CD", hs, ref.fact("trade", kind="duty", importer="EU", origin="CD;MZ;ZW;MG"), note="everything but arms")
            continue
        rate = ref.trade("EU", "MFN", hs, kind="duty")
        d.add("mfn", "EU", "", hs, rate)
        origins = [("CL", "CL", "EU-Chile")] if product == "lithium_hydroxide" else []
        origins += [("KR", "KR", "EU-Korea FTA"), ("CA", "CA", "CETA")] if product == "cam_nmc811" else []
        for origin, row, authority in origins:
            d.add(
                "mfn",
                "EU",
                origin,
                hs,
                ref.fact("trade", kind="duty", importer="EU", origin=row, authority=authority),
                note="preference; rules of origin taken as met",
            )
    d.add("mfn", "CN", "", CODES["CN"]["cam_nmc811"], ref.trade("CN", "MFN", "2842.90.30", kind="duty"))


def _china(ref: Reference, d: Duties) -> None:
    """Section 301 on Chinese goods: what held in October 2023, and the later steps that it did not know."""
    d.add(
        "section_301",
        "US",
        "CN",
        "8507.60",
        ref.trade("US", "CN", "8507.60", effective_to="2024-09-26"),
        "2019-09-01",
        note="list 4A, as it stood in October 2023",
    )
    d.add(
        "section_301",
        "US",
        "CN",
        "8507.60",
        ref.trade("US", "CN", "8507.60", effective_from="2024-09-27"),
        "2024-09-27",
        known="2024-09-13",
        note="four-year review",
    )
    d.add("section_301", "US", "CN", "2841.90.50", ref.trade("US", "CN", "2841.90.50", kind="duty_add"), "2019-05-10", note="list 3")
    d.add(
        "section_301",
        "US",
        "CN",
        "3801.10",
        ref.trade("US", "CN", "3801.10", kind="duty_add"),
        "2019-05-10",
        note="list 3; exclusions for anode powder ran to June 2024 by recall and are left out",
    )
    d.add("section_301", "US", "CN", "2504.10", ref.trade("US", "CN", "2504.10", kind="duty_add"), "2026-01-01", known="2024-09-13")
    d.add(
        "section_301",
        "US",
        "CN",
        "2836.91",
        ref.fact("trade", importer="US", origin="CN", hs="2530.90;2604;2822.00*", kind="duty_add"),
        "2019-05-10",
        note="list 3",
    )


def _later(ref: Reference, d: Duties) -> None:
    """Layers of 2025 and 2026, unknown in October 2023. An all-in rate becomes what is left over the ordinary duty."""
    cell = ref.trade("US", "MFN", "8507.60", kind="duty")
    every = ref.trade("US", "ALL", "8507.60;8507.90", kind="duty_add")
    d.add("section_232", "US", "", "8507.60", every, "2025-05-03", known="2025-04-03", note="auto parts")
    d.add(
        "section_232",
        "US",
        "CA",
        "8507.60",
        ref.trade("US", "CA;MX", "8507.60;8507.90", kind="duty_add"),
        "2025-05-03",
        known="2025-04-03",
        note="originating",
    )
    europe = ref.trade("US", "EU", "8507.60;8507.90", kind="duty_add")
    d.add("section_232", "US", "EU", "8507.60", europe - cell, "2025-08-01", known="2025-08-21", note="15 % all-in less the ordinary duty")
    d.add(
        "section_232",
        "US",
        "KR",
        "8507.60",
        ref.trade("US", "KR", "8507.60;8507.90", kind="duty_add"),
        "2025-11-01",
        known="2025-11-14",
        note="15 % all-in, ordinary duty free",
    )
    surcharge = ref.fact("trade", importer="US", origin="ALL", authority="Section 122 Trade Act 1974")
    for hs in ("2841.90.50", "3801.10"):
        d.add("section_122", "US", "", hs, surcharge, "2026-02-24", "2026-07-23", "2026-02-20", "temporary surcharge")
        d.add(
            "section_122",
            "US",
            "CA",
            hs,
            Fact(0.0, "reported", surcharge.source),
            "2026-02-24",
            "2026-07-23",
            "2026-02-20",
            "goods entered under the USMCA",
        )
        forced = ref.fact("trade", importer="US", origin="CN", product="Section 301 forced-labour duty")
        d.add("forced_labour", "US", "CN", hs, forced, "2026-07-24", known="2026-07-28")
        korea = ref.fact("trade", importer="US", origin="KR", product="Section 301 forced-labour duty, total incl. column 1")
        d.add("forced_labour", "US", "KR", hs, korea, "2026-07-24", known="2026-07-28", note="12.5 % all-in, ordinary duty free")
        union = ref.fact("trade", importer="US", origin="EU", product="Section 301 forced-labour duty, total incl. column 1")
        ordinary = ref.trade("US", "MFN", "2841.90.50" if hs == "2841.90.50" else "3801.10.50", kind="duty")
        d.add(
            "forced_labour", "US", "EU", hs, union - ordinary, "2026-07-24", known="2026-07-28", note="10 % all-in less the ordinary duty"
        )


def _duties(ref: Reference) -> list[Row]:
    d = Duties()
    _mfn(ref, d)
    _china(ref, d)
    _later(ref, d)
    return d.rows


def _contracts() -> tuple[list[Row], list[Row]]:
    head: Row = {
        "contract_id": "umicore_aesc", "supplier": "loyalist", "buyer": "florence", "product_id": "cam_nmc811", "status": "option",
        "share_basis": "inflow", "exclusive_scope": "", "sign_cost": 0.0, "source_id": "S01", "quality": "reported",
        "note": "the supply contract of the announcement; its terms are not published",
    }  # fmt: skip
    phases: list[Row] = [
        {"contract_id": "umicore_aesc", "start_date": "2026-01-01", "end_date": "2027-12-31", "min_share": A.ramp_up_share.value, "exclusive": 0.0,
         "source_id": "A", "quality": "assumed", "note": f"ramp-up phase: {A.ramp_up_share.note}"},
        {"contract_id": "umicore_aesc", "start_date": "2028-01-01", "min_share": 1.0, "exclusive": 1.0, "source_id": "A", "quality": "assumed",
         "note": "exclusive phase: date and wording assumed"},
    ]  # fmt: skip
    return [head], phases


_SHARES = (("cell", "cell", 1.0, 200.0), ("cathode", "cathode", 0.9, 100.0), ("precursor", "precursor", 0.6, 100.0),
           ("anode", "anode", 0.6, 200.0), ("refined", "@refined_metals", 0.3, 200.0))  # fmt: skip
"""Policy, product scope, share of the local-for-local strategy, penalty per unit short."""


def _policies() -> list[Row]:
    return [
        {"policy_id": f"{name}_at_home", "kind": "min_regional_share", "product": product, "to_group": "north_america",
         "each": "product" if name == "refined" else "none", "basis": "units", "value": 0.0, "value_unit": "share", "penalty_per_unit": penalty,
         "valid_from": "" if name == "cell" else "2028-01-01", "source_id": "A", "quality": "assumed", "note": "0 switches it off; a strategy sets the share"}
        for name, product, _, penalty in _SHARES
    ]  # fmt: skip


def _scenarios() -> tuple[list[Row], list[Row]]:
    names = (
        ("global", "", "least cost once everything is delivered"),
        ("local-for-local", "", "the same, with the contract of Umicore and AESC signed and soft shares of the region"),
        ("least-co2e", "", "least CO2e, then least cost within 1 %"),
        (
            "local-without-exclusivity",
            "local-for-local",
            "diagnosis: the contract binds nothing; the difference is the price of exclusivity",
        ),
        ("tariffs-2026", "", "world: the tariffs known at the end of November 2026; put a strategy behind it"),
    )
    rows: list[Row] = []

    def change(scenario: str, table: str, where: str, column: str, value: object) -> None:
        order = 1 + sum(row["scenario_id"] == scenario for row in rows)
        rows.append(
            {"scenario_id": scenario, "order": order, "table": table, "where": where, "action": "set", "column": column, "value": value}
        )

    change("local-for-local", "contracts", "contract_id=umicore_aesc", "status", "signed")
    for name, _, share, _ in _SHARES:
        change("local-for-local", "policies", f"policy_id={name}_at_home", "value", f"{share:g}")
    change("least-co2e", "settings", "key=objective", "value", "shortage,co2e,cost")
    for column in ("min_share", "exclusive"):
        change("local-without-exclusivity", "contract_phases", "contract_id=umicore_aesc", column, "0")
    change("tariffs-2026", "settings", "key=knowledge_date", "value", "2026-11-30")
    return [{"scenario_id": name, "extends": parent, "note": note} for name, parent, note in names], rows


def rules(ref: Reference) -> dict[str, list[Row]]:
    """Tables of this module."""
    contracts, phases = _contracts()
    scenarios, overrides = _scenarios()
    return {
        "product_codes": _codes(ref),
        "product_values": _values(ref),
        "duties": _duties(ref),
        "contracts": contracts,
        "contract_phases": phases,
        "policies": _policies(),
        "scenarios": scenarios,
        "overrides": overrides,
        "exchange_rates": [
            {
                "currency": "CAD",
                "valid_from": "2023-01-01",
                "rate_to_settings_currency": 0.74,
                "source_id": "S09",
                "quality": "derived",
                "note": "rate that process.csv uses",
            }
        ],
    }
