"""Tariff lines, customs values, duties, contracts, policies, worlds and strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.costs import Costs

from battery_gen6.assumed import CELLS, SITES, B
from battery_gen6.buying import demand_of
from battery_gen6.duties import duties, origin_rules
from battery_gen6.places import grid_trends, investments
from battery_gen6.standards import CONDITIONS

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
       "pcam_nmc811": "2853.90.90", "cam_nmc811": "2841.90.50", "cell_nmc811": "8507.60.0010", "anode_graphite": "3801.10.50", "graphite_flake": "2504.10",
       "manganese_sulphate": "2833.29.51", "cobalt_hydroxide": "2822.00", "nickel_mhp": "2825.40", "nickel_class1": "7502.10", "spodumene_sc6": "2530.90",
       "caustic_soda": "2815.12", "electrolyte": "3824.99", "separator": "8507.90.80"}  # fmt: skip
CODES: dict[str, dict[str, str]] = {
    "US": _US,
    "EU": {**_CHEMICALS, "cam_nmc811": "2841.90", "cell_nmc811": "8507.60", "anode_graphite": "3801.10", "cobalt_hydroxide": "2822.00",
           "electrolyte": "3824.99", "separator": "8507.90", "nickel_class1": "7502.10"},
    "CN": {"cam_nmc811": "2842.90.30", "pcam_nmc811": "2853.90.30", "lithium_hydroxide": "2825.20.10", "cell_nmc811": "8507.60", "nickel_sulphate": "2833.24",
           "lithium_carbonate": "2836.91", "electrolyte": "3824.99", "separator": "8507.90"},
    "CA": {"nickel_sulphate": "2833.24", "cobalt_sulphate": "2833.29", "pcam_nmc811": "2853.90", "lithium_hydroxide": "2825.20"},
    "MX": {"cell_nmc811": "8507.60"},
}  # fmt: skip
"""Tariff line of a product for an importer; a country that is not named levies nothing in this sample."""

_RECALLED = ("nickel_class1", "caustic_soda", "electrolyte", "separator")


def _codes() -> list[Row]:
    source = {"CN": "S208", "CA": "R", "MX": "R"}
    return [
        {"product_id": product, "importer": importer, "valid_from": _PLAN, "hs_code": code, "source_id": source.get(importer, "S200"),
         "quality": "assumed" if importer in {"CA", "MX"} or product in _RECALLED else "reported",
         "use": "auto_part" if importer == "US" and product == "cell_nmc811" else "",
         "note": "recalled" if product in _RECALLED else "a ruling decides" if product in {"cam_nmc811", "anode_graphite"} else ""}
        for importer, lines in CODES.items()
        for product, code in lines.items()
    ]  # fmt: skip


_DECLARED = {
    "cell_nmc811": ("cell_nmc811", "NMC811, published distribution applied to CN supply"), "cam_nmc811": ("cam_nmc811", "GREET/Dai-type"),
    "nickel_sulphate": ("niso4_6h2o", "industry average (Nickel Institute LCA 2017 data)"), "nickel_class1": ("ni_class1", "industry average"),
    "cobalt_sulphate": ("coso4_7h2o", "DRC hydroxide -> CN"), "lithium_hydroxide": ("lioh_h2o", "spodumene AU->CN (Kelly 2021)"),
    "lithium_carbonate": ("li2co3", "spodumene AU->CN (Kelly 2021)"), "anode_graphite": ("graphite_natural_coated", "China (Engels 2022)"),
    "electrolyte": ("electrolyte", ""),
}  # fmt: skip
"""Published footprint that importers are taken to declare where a border prices carbon."""


def _values(ref: Reference) -> list[Row]:
    prices = dict(Costs(ref).prices)
    prices["pack_nmc811"] = prices.pop("pack")
    prices |= {
        "cell_lfp": ref.process("cell_lfp", "price cell China (prismatic, EV)"), "pack_lfp": ref.process("pack_lfp", "price pack LFP"),
        "cam_lfp": ref.process("cam_lfp", "price China"), "electrolyte": ref.process("electrolyte", "price input (BatPaC default)"),
        "separator": ref.process("separator", "price China (wet 7 um base; coated 7+2 um)"),
    }  # fmt: skip
    back = {"nickel_mhp", "nickel_class1", "cobalt_hydroxide", "spodumene_sc6"}
    declared = {product: ref.pcf(*row).value for product, row in _DECLARED.items()}
    return [
        {"product_id": product, "valid_from": _PLAN, "value_per_unit": price.value, "declared_co2e_kg_per_unit": declared.get(product, ""),
         "source_id": price.source, "quality": price.quality,
         "note": ("netted back from the price of the next product" if product in back else "market price")
         + ("; declared footprint: pcf.csv, for packs that price it" if product in declared else "")}
        for product, price in sorted(prices.items())
    ]  # fmt: skip


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
    for incentive, rule in CONDITIONS.items():
        change(scenario, "incentives", f"incentive_id={incentive}", "condition_rule_id", rule)
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
        "product_codes": _codes(), "product_values": _values(ref), "duties": duties(ref, CODES), "origin_rules": origin_rules(), "contracts": contracts, "contract_phases": phases,
        "policies": _policies(), "scenarios": scenarios, "overrides": overrides,
        "exchange_rates": [
            {"currency": "CAD", "valid_from": _PLAN, "rate_to_settings_currency": 0.74, "source_id": "S09", "quality": "derived", "note": "rate that process.csv uses"}
        ],
    }  # fmt: skip
