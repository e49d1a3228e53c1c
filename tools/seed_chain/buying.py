"""Demand, purchases and incentives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.costs import LI_HYDROXIDE, cited
from seed_chain.places import YEARS
from seed_chain.reference import Fact, weakest

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["demand", "incentives", "purchases"]

Row = dict[str, object]


def demand(ref: Reference) -> list[Row]:
    """KWh of packs at Spartanburg: the base path of the plant scaled so that half of all cars are electric in 2030."""
    plant = {"scenario": "base_50pct_2030", "plant": "veh_spartanburg"}
    half = ref.fact("demand", scenario="target_2023", metric="bev_share", year="2030")
    base_2030 = ref.fact("demand", **plant, metric="bev_share", year="2030")
    size = ref.fact("demand", plant="veh_spartanburg", metric="kwh_per_bev")
    rows: list[Row] = []
    for year in YEARS:
        cars = ref.fact("demand", **plant, metric="vehicles_total", year=str(year))
        base = ref.fact("demand", **plant, metric="bev_share", year=str(year))
        share = base.value * half.value / base_2030.value if year <= 2030 else half.value + base.value - base_2030.value
        rows.append(
            {
                "site_id": "spartanburg",
                "product_id": "pack",
                "period_id": str(year),
                "quantity": cars.value * share * size.value,
                "shortage_cost_per_unit": A.shortage_cost.value,
                "source_id": cited(half, base, size),
                "quality": weakest(half, base, size),
                "note": f"{cars.value:.0f} cars × {share:.1%} electric × {size.value:g} kWh"
                + ("; half of all cars, the target of 2023" if year == 2030 else ""),
            }
        )
    return rows


def purchases(ref: Reference) -> list[Row]:
    """What plants buy from outside the modelled tiers; prices delivered: freight and, into the United States or the EU, duty on top."""
    rows: list[Row] = []

    def offer(sites: tuple[str, ...], product: str, name: str, origin: str, price: Fact, co2e: Fact, note: str = "") -> None:
        rows.extend(
            {
                "site_id": site,
                "product_id": product,
                "offer_id": name,
                "price_per_unit": price.value,
                "co2e_kg_per_unit": co2e.value,
                "origin_country": origin,
                "source_id": cited(price, co2e),
                "quality": weakest(price, co2e),
                "note": note,
            }
            for site in sites
        )

    cells, precursors = ("florence", "catl_debrecen", "catl_liyang"), ("loyalist", "kokkola", "gem_jingmen")
    offer(precursors, "manganese_sulphate", "market", "CN", A.manganese_price, ref.pcf("mnso4_h2o", ""), A.manganese_price.note)
    for site, origin in (("loyalist", "CA"), ("kokkola", "FI"), ("gem_jingmen", "CN")):
        offer((site,), "caustic_soda", "market", origin, A.soda_price, A.soda_co2e, "local supply")
    copper_m2 = ref.process("cu_foil", "price input (BatPaC default)")
    aluminium_m2 = ref.process("al_foil", "price input (BatPaC default)")
    m2 = ref.bom("cell_nmc811", "separator (recipe)") * 0.5
    separator_kg = ref.bom("cell_nmc811", "separator", output_unit="kWh") / ref.bom("cell_nmc811", "separator (recipe)")
    west = {
        "electrolyte": ref.process("electrolyte", "price input (BatPaC default)"),
        "separator": ref.process("separator", "price input (BatPaC default)"),
        "copper_foil": copper_m2 * m2 / ref.bom("cell_nmc811", "cu_foil (recipe)"),
        "aluminium_foil": aluminium_m2 * m2 / ref.bom("cell_nmc811", "al_foil (recipe)"),
    }
    china = {
        "electrolyte": A.electrolyte_price_cn,
        "separator": ref.process("separator", "price China (wet 7 um base; coated 7+2 um)"),
        "copper_foil": A.copper_foil_price_cn,
        "aluminium_foil": A.aluminium_foil_price_cn,
    }
    foot = {
        "electrolyte": ref.pcf("electrolyte", ""),
        "separator": ref.pcf("separator", "") * separator_kg,
        "copper_foil": ref.pcf("cu_foil", ""),
        "aluminium_foil": ref.pcf("al_foil", "primary CN"),
    }
    mass = {"separator": separator_kg.value}
    duty = {
        "florence": {
            "copper_foil": ref.trade("US", "MFN", "7410.11") + ref.trade("US", "CN", "2530.90;2604;2822.00*", kind="duty_add"),
            "aluminium_foil": ref.trade("US", "MFN", "7607.11"),
        },
        "catl_debrecen": {"copper_foil": ref.trade("EU", "MFN", "7410.11"), "aluminium_foil": ref.trade("EU", "MFN", "7607.11")},
    }
    for part, price in china.items():
        for site in cells:
            levy = duty.get(site, {}).get(part, Fact(0.0, "reported", ""))
            landed = price * (1.0 + levy.value) + (A.duty_free_freight * mass.get(part, 1.0) if site != "catl_liyang" else 0.0)
            offer((site,), part, "china", "CN", Fact(landed.value, price.quality, cited(price, levy)), foot[part],
                  "Chinese price" if site == "catl_liyang" else "Chinese price with freight" + (f" and {levy.value:.1%} duty" if levy.value else ""))  # fmt: skip
        for site, origin in (("florence", "US"), ("catl_debrecen", "HU")):
            low = foot[part] if part != "aluminium_foil" else ref.pcf("al_foil", "primary CN").at_low
            offer((site,), part, "regional", origin, west[part], low, "BatPaC default price; footprint as in China, low end for aluminium")
    for site, origin in (("florence", "US"), ("catl_debrecen", "HU"), ("catl_liyang", "CN")):
        offer((site,), "cell_housing", "market", origin, A.housing_price, A.housing_co2e, A.housing_co2e.note)
        offer((site,), "binder", "market", origin, A.binder_price, A.binder_co2e, A.binder_price.note)
    paid = ref.process("pack", "assembly cost") * 0.0
    offer(("woodruff",), "pack_housing", "market", "US", paid, A.housing_co2e, f"price inside the assembly cost; {A.housing_co2e.note}")
    offer(("woodruff",), "pack_electronics", "market", "US", paid, A.electronics_co2e, "price inside the assembly cost")
    return rows


def incentives(ref: Reference) -> list[Row]:
    """Production credits of the United States with their phase-out, and the Canadian support of Loyalist spread over its output."""
    rows: list[Row] = []
    fading = [("2023-01-01", "2029-12-31", Fact(1.0, "reported", ""))]
    fading += [
        (row["effective_from"], row["effective_to"], Fact(float(row["value"]), row["quality"], row["source"]))
        for row in ref.tables["trade"]
        if row["kind"] == "credit_phaseout"
    ]
    for name, product, site, credit in (
        ("us_45x_cell", "cell_nmc811", "florence", ref.fact("trade", kind="credit", importer="US", product="45X battery cell")),
        ("us_45x_module", "pack", "woodruff", ref.fact("trade", kind="credit", importer="US", product="45X battery module")),
    ):
        for first, last, share in fading:
            if share.value == 0.0:
                continue
            rows.append(
                {
                    "incentive_id": f"{name}_{first[:4]}", "site_or_group": site, "product_id": product, "basis": "per_unit",
                    "amount": credit.value * share.value, "pass_through_share": A.pass_through.value, "valid_from": first,
                    "valid_to": last, "source_id": cited(credit, share) if share.source else credit.source, "quality": credit.quality,
                    "note": f"{credit.value:g} USD/kWh × {share.value:.0%}; {A.pass_through.note} (assumed)",
                }
            )  # fmt: skip
    anode = ref.fact("trade", kind="credit", product="45X electrode active material")
    mineral = ref.fact("trade", kind="credit", product="45X applicable critical mineral")
    for name, product, credit, last in (
        ("us_45x_anode", "anode_graphite", anode, "2029-12-31"),
        ("us_45x_lithium", LI_HYDROXIDE, mineral, ""),
    ):
        rows.append(
            {
                "incentive_id": name, "site_or_group": "US", "product_id": product, "basis": "cost_share", "amount": credit.value,
                "pass_through_share": A.pass_through.value, "valid_from": "2023-01-01", "valid_to": last, "source_id": credit.source,
                "quality": credit.quality, "note": "share of the cost of production; " + (A.pass_through.note + " (assumed)"),
            }
        )  # fmt: skip
    support = ref.fact("trade", kind="credit", product="Umicore Loyalist federal + Ontario support")
    output = ref.capacity("cam_umicore_loyalist") * (1000.0 * len(YEARS))
    rows.append(
        {
            "incentive_id": "ca_loyalist_support", "site_or_group": "loyalist", "product_id": "cam_nmc811", "basis": "per_unit",
            "amount": (support * 1e6 / output).value, "currency": "CAD", "cap_amount": support.value * 1e6,
            "pass_through_share": A.pass_through.value, "valid_from": "2026-01-01", "source_id": support.source, "quality": "derived",
            "note": "federal and provincial support spread over ten years of full output; " + A.pass_through.note + " (assumed)",
        }
    )  # fmt: skip
    return rows
