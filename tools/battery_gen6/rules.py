"""Tariff lines, customs values, duties, contracts, policies, worlds and strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.costs import Costs
from seed_chain.reference import Fact
from seed_chain.rules import Duties

from battery_gen6.assumed import CELLS, SITES, B
from battery_gen6.buying import demand_of
from battery_gen6.places import grid_trends, investments

if TYPE_CHECKING:
    from collections.abc import Callable

    from seed_chain.reference import Reference

__all__ = ["rules"]

Row = dict[str, object]
_PLAN = "2023-01-01"
_CHEMICALS = {
    "lithium_carbonate": "2836.91", "lithium_hydroxide": "2825.20", "nickel_sulphate": "2833.24", "cobalt_sulphate": "2833.29",
    "pcam_nmc811": "2853.90", "graphite_flake": "2504.10", "nickel_mhp": "2825.40",
}  # fmt: skip
_US = {"lithium_hydroxide": "2825.20", "lithium_carbonate": "2836.91", "cobalt_sulphate": "2833.29.10", "nickel_sulphate": "2833.24",
       "pcam_nmc811": "2853.90.90", "cam_nmc811": "2841.90.50", "cell_nmc811": "8507.60", "anode_graphite": "3801.10.50", "graphite_flake": "2504.10"}  # fmt: skip
CODES: dict[str, dict[str, str]] = {
    "US": _US,
    "EU": {**_CHEMICALS, "cam_nmc811": "2841.90", "cell_nmc811": "8507.60", "anode_graphite": "3801.10", "cobalt_hydroxide": "2822.00"},
    "CN": {"cam_nmc811": "2842.90.30", "pcam_nmc811": "2853.90.30", "lithium_hydroxide": "2825.20.10", "cell_nmc811": "8507.60", "nickel_sulphate": "2833.24",
           "lithium_carbonate": "2836.91"},
    "CA": {"nickel_sulphate": "2833.24", "cobalt_sulphate": "2833.29", "pcam_nmc811": "2853.90", "lithium_hydroxide": "2825.20"},
    "MX": {"cell_nmc811": "8507.60"},
}  # fmt: skip
"""Tariff line of a product for an importer; a country that is not named levies nothing in this sample."""
_EXEMPT = ("2825.20", "2836.91", "2833.24", "2833.29.10", "2853.90.90", "2504.10")
"""Lines that Section 122 and the forced-labour duty leave out (trade.csv, exemption rows)."""


def _codes() -> list[Row]:
    source = {"CN": "S208", "CA": "R", "MX": "R"}
    return [
        {"product_id": product, "importer": importer, "valid_from": _PLAN, "hs_code": code, "source_id": source.get(importer, "S200"),
         "quality": "assumed" if importer in {"CA", "MX"} else "reported", "note": "a ruling decides" if product in {"cam_nmc811", "anode_graphite"} else ""}
        for importer, lines in CODES.items()
        for product, code in lines.items()
    ]  # fmt: skip


def _values(ref: Reference) -> list[Row]:
    prices = dict(Costs(ref).prices)
    prices["pack_nmc811"] = prices.pop("pack")
    prices |= {
        "cell_lfp": ref.process("cell_lfp", "price cell China (prismatic, EV)"), "pack_lfp": ref.process("pack_lfp", "price pack LFP"),
        "cam_lfp": ref.process("cam_lfp", "price China"), "electrolyte": ref.process("electrolyte", "price input (BatPaC default)"),
        "separator": ref.process("separator", "price China (wet 7 um base; coated 7+2 um)"),
    }  # fmt: skip
    back = {"nickel_mhp", "nickel_class1", "cobalt_hydroxide", "spodumene_sc6"}
    return [
        {"product_id": product, "valid_from": _PLAN, "value_per_unit": price.value, "source_id": price.source, "quality": price.quality,
         "note": "netted back from the price of the next product" if product in back else "market price"}
        for product, price in sorted(prices.items())
    ]  # fmt: skip


def _european(ref: Reference, d: Duties) -> None:
    free = {
        origin: ref.fact("trade", kind="duty", importer="EU", origin=origin, authority=authority)
        for origin, authority in (("KR", "EU-Korea FTA"), ("CA", "CETA"), ("CL", "EU-Chile"), ("MA", "EU-Morocco"))
    }
    free["NO"] = ref.fact("trade", kind="duty", importer="EU", origin="NO;CH;TR;VN")
    least = ref.fact("trade", kind="duty", importer="EU", origin="CD;MZ;ZW;MG")
    parts = {"cell_nmc811": "li-ion cells and packs"}
    for product, hs in CODES["EU"].items():
        if hs == "2822.00":
            d.add("mfn", "EU", "CD", hs, least, note="everything but arms")
            continue
        where = {"product": parts[product]} if product in parts else {}
        rate = ref.trade("EU", "MFN", hs, kind="duty", **where)
        d.add("mfn", "EU", "", hs, rate)
        if rate.value > 0:
            for origin, share in free.items():
                d.add("mfn", "EU", origin, hs, share, note="preference; rules of origin taken as met")


def _american(ref: Reference, d: Duties) -> None:
    free = {
        "CA|MX": ref.fact("trade", kind="duty", importer="US", origin="CA;MX"),
        "KR": ref.fact("trade", kind="duty", importer="US", origin="KR"),
        "AU|CL|MA": ref.fact("trade", kind="duty", importer="US", origin="AU;CL;MA"),
    }
    china = {
        "2841.90.50": ref.trade("US", "CN", "2841.90.50", kind="duty_add"), "3801.10.50": ref.trade("US", "CN", "3801.10", kind="duty_add"),
    }  # fmt: skip
    listed = ref.fact("trade", importer="US", origin="CN", hs="2530.90;2604;2822.00*", kind="duty_add")
    for hs in _US.values():
        rate = ref.trade("US", "MFN", hs, kind="duty")
        d.add("mfn", "US", "", hs, rate)
        if rate.value > 0:
            for origin, share in free.items():
                d.add("mfn", "US", origin, hs, share, note="preference; rules of origin taken as met")
        if hs == "8507.60":
            d.add(
                "section_301",
                "US",
                "CN",
                hs,
                ref.trade("US", "CN", hs, effective_to="2024-09-26"),
                "2019-09-01",
                note="list 4A, as in October 2023",
            )
            d.add(
                "section_301",
                "US",
                "CN",
                hs,
                ref.trade("US", "CN", hs, effective_from="2024-09-27"),
                "2024-09-27",
                known="2024-09-13",
                note="four-year review",
            )
        elif hs == "2504.10":
            d.add("section_301", "US", "CN", hs, ref.trade("US", "CN", hs, kind="duty_add"), "2026-01-01", known="2024-09-13")
        else:
            d.add("section_301", "US", "CN", hs, china.get(hs, listed), "2019-05-10", note="list 3")
    _american_later(ref, d)


def _american_later(ref: Reference, d: Duties) -> None:
    """Layers of 2025 and 2026, unknown in October 2023. An all-in rate becomes what is left over the ordinary duty."""
    both, hs = "8507.60;8507.90", "8507.60"
    cell = ref.trade("US", "MFN", hs, kind="duty")
    d.add("section_232", "US", "", hs, ref.trade("US", "ALL", both, kind="duty_add"), "2025-05-03", known="2025-04-03", note="auto parts")
    d.add(
        "section_232",
        "US",
        "CA|MX",
        hs,
        ref.trade("US", "CA;MX", both, kind="duty_add"),
        "2025-05-03",
        known="2025-04-03",
        note="originating",
    )
    d.add(
        "section_232",
        "US",
        "EU",
        hs,
        ref.trade("US", "EU", both, kind="duty_add") - cell,
        "2025-08-01",
        known="2025-08-21",
        note="15 % all-in less the ordinary duty",
    )
    d.add(
        "section_232",
        "US",
        "KR",
        hs,
        ref.trade("US", "KR", both, kind="duty_add"),
        "2025-11-01",
        known="2025-11-14",
        note="15 % all-in, ordinary duty free",
    )
    surcharge = ref.fact("trade", importer="US", origin="ALL", authority="Section 122 Trade Act 1974")
    forced = {
        one: ref.fact("trade", importer="US", origin=one, product="Section 301 forced-labour duty")
        for one in ("CN", "CL", "AU", "MA", "NO", "CA", "ID", "BR")
    }
    korea = ref.fact("trade", importer="US", origin="KR", product="Section 301 forced-labour duty, total incl. column 1")
    union = ref.fact("trade", importer="US", origin="EU", product="Section 301 forced-labour duty, total incl. column 1")
    for hs in (one for one in _US.values() if one not in _EXEMPT and one != "8507.60"):
        d.add("section_122", "US", "", hs, surcharge, "2026-02-24", "2026-07-23", "2026-02-20", "temporary surcharge")
        d.add(
            "section_122",
            "US",
            "CA|MX",
            hs,
            Fact(0.0, "reported", surcharge.source),
            "2026-02-24",
            "2026-07-23",
            "2026-02-20",
            "goods entered under the USMCA",
        )
        for origin, rate in forced.items():
            if origin != "CA":
                d.add("forced_labour", "US", origin, hs, rate, "2026-07-24", known="2026-07-28")
        d.add("forced_labour", "US", "KR", hs, korea, "2026-07-24", known="2026-07-28", note="12.5 % all-in, ordinary duty free")
        ordinary = ref.trade("US", "MFN", hs, kind="duty")
        d.add(
            "forced_labour", "US", "EU", hs, union - ordinary, "2026-07-24", known="2026-07-28", note="10 % all-in less the ordinary duty"
        )


def _duties(ref: Reference) -> list[Row]:
    d = Duties()
    _european(ref, d)
    _american(ref, d)
    for hs in CODES["CN"].values():
        d.add("mfn", "CN", "", hs, ref.trade("CN", "MFN", hs, kind="duty"))
    chemicals = ref.trade("CA", "MFN", "2841.90;2853;2833", kind="duty")
    for hs in CODES["CA"].values():
        d.add("mfn", "CA", "", hs, chemicals, note="battery chemicals free by recall; the line itself was not read")
    d.add("mfn", "MX", "", "8507.60", ref.trade("MX", "MFN", "8507.60", kind="duty"))
    return d.rows


def _contracts(ref: Reference) -> tuple[list[Row], list[Row]]:
    published = ref.in_note("cell_catl_debrecen", r"(\d+) GWh BMW-dedicated") * 1e6
    told = {"florence": ref.capacity("cell_aesc_florence") * 1e6}
    added = {"florence": 2 * B.florence_module.value, "catl_debrecen": 2 * B.pack_module.value, "catl_liyang": 2 * B.pack_module.value}
    heads: list[Row] = []
    phases: list[Row] = []
    for site in CELLS:
        right = told.get(site, published)
        heads.append(
            {
                "contract_id": f"cells_{site}", "supplier": site, "buyer": "@gen6_halls", "product_id": "cell_nmc811", "status": "signed", "share_basis": "inflow",
                "sign_cost": 0.0, "source_id": right.source, "quality": "reported", "note": "capacity right of the nomination: signed in every strategy",
            }
        )  # fmt: skip
        phases.append(
            {
                "contract_id": f"cells_{site}", "start_date": "2026-01-01", "max_quantity_per_year": right.value + added.get(site, 0.0),
                "source_id": right.source, "quality": "derived", "note": "published right" + (", and the lines that may be added" if site in added else ""),
            }
        )  # fmt: skip
    heads.append(
        {
            "contract_id": "umicore_aesc", "supplier": "loyalist", "buyer": "florence", "product_id": "cam_nmc811", "status": "option", "share_basis": "inflow",
            "sign_cost": 0.0, "source_id": "S01", "quality": "reported", "note": "the supply contract of the announcement; its terms are not published",
        }
    )  # fmt: skip
    phases += [
        {"contract_id": "umicore_aesc", "start_date": "2026-01-01", "end_date": "2027-12-31", "min_share": A.ramp_up_share.value, "exclusive": 0.0,
         "source_id": "A", "quality": "assumed", "note": f"ramp-up phase: {A.ramp_up_share.note}"},
        {"contract_id": "umicore_aesc", "start_date": "2028-01-01", "min_share": 1.0, "exclusive": 1.0, "source_id": "A", "quality": "assumed",
         "note": "exclusive phase: date and wording assumed"},
    ]  # fmt: skip
    return heads, phases


_SHARES = (("cell", "cell", 1.0, 200.0), ("cathode", "cathode", 0.9, 100.0), ("precursor", "precursor", 0.6, 100.0),
           ("anode", "anode", 0.6, 50.0), ("refined", "@refined_metals", 0.3, 50.0))  # fmt: skip
"""Policy, product scope, share of the local-for-local strategy, penalty per unit short."""
_MARKETS = ("north_america", "europe", "china")


def _policies() -> list[Row]:
    return [
        {"policy_id": f"{name}_in_{region}", "kind": "min_regional_share", "product": product, "to_group": region,
         "each": "product" if name == "refined" else "none", "basis": "units", "value": 0.0, "value_unit": "share", "penalty_per_unit": penalty,
         "valid_from": "" if name == "cell" else "2028-01-01", "source_id": "A", "quality": "assumed", "note": "0 switches it off; a strategy sets the share"}
        for name, product, _, penalty in _SHARES
        for region in _MARKETS
    ]  # fmt: skip


_LATER = ("status-2026", "status-2026-half-electric", "status-2026-kept")
"""Worlds that know what is known on 23 November 2026."""


def _later(ref: Reference, scenario: str, change: Callable[..., None]) -> None:
    """What changed between the announcement and November 2026; in the world for regret the sites are as the plan of 2023 has them."""
    change(scenario, "settings", "key=knowledge_date", "value", "2026-11-23")
    change(scenario, "processes", "site_id=eve_debrecen", "start_date", f"{ref.site('cell_eve_debrecen')['start_year']}-01-01")
    for site, share in B.bridge.items():
        change(scenario, "processes", f"site_id={site}", "available_share", f"{share.value:g}")
    change(scenario, "processes", "site_id=cheonan", "available_share", "0.9")
    if scenario == "status-2026-kept":
        return
    change(scenario, "settings", "key=decision_date", "value", "2026-11-23")
    change(scenario, "sites", "site_id=florence|loyalist", "status", "paused")
    change(scenario, "sites", "site_id=florence|loyalist", "earliest_date", "")
    change(scenario, "sites", "site_id=florence|loyalist", "build_days", B.restart_days)
    change(scenario, "sites", "site_id=woodruff", "status", "operating")
    change(scenario, "sites", "site_id=woodruff", "earliest_date", "")
    change(scenario, "processes", "site_id=florence; recipe_id=cell_nmc811", "start_date", "2029-01-01")
    change(scenario, "processes", "site_id=loyalist", "start_date", "2029-01-01")


def _scenarios(ref: Reference) -> tuple[list[Row], list[Row]]:
    names = (
        ("announced-2023", "", "world: the network as announced on 17 October 2023, half of all cars electric in 2030; the plain tables"),
        ("announced-2023-slow", "", "world: as announced, with the slower demand of 2026"),
        (
            "status-2026",
            "",
            "world: what is known on 23 November 2026: Florence and Loyalist paused, bridge suppliers, tariffs, slower demand",
        ),
        ("status-2026-half-electric", "", "world: as on 23 November 2026, with half of all cars electric in 2030"),
        (
            "status-2026-kept",
            "",
            "world for regret: tariffs, demand and bridge suppliers of 2026, while what was decided in 2023 was built as announced",
        ),
        (
            "grid-trend",
            "",
            "world, put behind another: electricity grids follow the trend of grid.csv (mean of the horizon) instead of the last reported year",
        ),
        ("global", "", "strategy: least cost once everything is delivered"),
        ("local-for-local", "", "strategy: the contract of Umicore and AESC signed, soft shares of each market's own region"),
        ("least-co2e", "", "strategy: least CO2e, then least cost within 1 %"),
        ("as-announced", "", "strategy of the announcement: the contract signed, no share asked for; completes plans/as_announced"),
    )
    rows: list[Row] = []

    def change(scenario: str, table: str, where: str, column: str, value: object, action: str = "set") -> None:
        order = 1 + sum(row["scenario_id"] == scenario for row in rows)
        rows.append(
            {"scenario_id": scenario, "order": order, "table": table, "where": where, "action": action, "column": column, "value": value}
        )

    for scenario in _LATER:
        _later(ref, scenario, change)
    announced, slow = (demand_of(ref, path) for path in ("announced", "slow"))
    for scenario in ("announced-2023-slow", "status-2026", "status-2026-kept"):
        for (plant, product, year), kwh in slow.items():
            if abs(kwh.value - announced[plant, product, year].value) > 1.0:
                change(scenario, "demand", f"site_id={plant}; product_id={product}; period_id={year}", "quantity", f"{kwh.value:.7g}")
    for zone, ratio in grid_trends(ref).items():
        if abs(ratio - 1.0) < 5e-4:
            continue
        change("grid-trend", "energy", f"zone={zone}; carrier=electricity", "co2e_kg_per_kwh", f"{ratio:.4g}", "scale")
    for name in ("local-for-local", "as-announced"):
        change(name, "contracts", "contract_id=umicore_aesc", "status", "signed")
    for name, _, share, _ in _SHARES:
        for region in _MARKETS:
            change("local-for-local", "policies", f"policy_id={name}_in_{region}", "value", f"{share:g}")
    change("least-co2e", "settings", "key=objective", "value", "shortage,co2e,cost")
    return [{"scenario_id": name, "extends": parent, "note": note} for name, parent, note in names], rows


def rules(ref: Reference) -> dict[str, list[Row]]:
    """Tables of this module."""
    contracts, phases = _contracts(ref)
    scenarios, overrides = _scenarios(ref)
    if not set(investments(ref)) <= {site.site_id for site in SITES}:
        raise LookupError("investments")
    return {
        "product_codes": _codes(), "product_values": _values(ref), "duties": _duties(ref), "contracts": contracts, "contract_phases": phases,
        "policies": _policies(), "scenarios": scenarios, "overrides": overrides,
        "exchange_rates": [
            {"currency": "CAD", "valid_from": _PLAN, "rate_to_settings_currency": 0.74, "source_id": "S09", "quality": "derived", "note": "rate that process.csv uses"}
        ],
    }  # fmt: skip
