"""Demand, pack capacity, purchases and incentives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.costs import cited
from seed_chain.reference import Fact, weakest

from battery_gen6.assumed import CELLS, PLANTS, SITES, YEARS, B
from battery_gen6.places import grid

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["PATHS", "demand", "demand_of", "hall_capacity", "needs_of_cells", "purchases"]

Row = dict[str, object]
PATHS = {"announced": "base_50pct_2030", "slow": "slow"}
"""Demand path: half of all cars electric in 2030, and the slower one."""
_GWH = 1e6
_PRECURSORS = {
    "loyalist": "CA", "kokkola": "FI", "gem_jingmen": "CN", "huayou_quzhou": "CN", "cobco": "MA", "ecopro_pohang": "KR", "hopkinsville": "US",
    "basf_harjavalta": "FI",
}  # fmt: skip
_CELL_HOME = {
    "florence": "US", "aesc_smyrna": "US", "aesc_bowling_green": "US", "catl_debrecen": "HU", "eve_debrecen": "HU",
    "catl_liyang": "CN", "eve_jingmen": "CN", "aesc_china": "CN", "catl_yibin": "CN",
}  # fmt: skip
_EARLIER = {
    "north_america": ("price pack North America", "KR", "KR"),
    "europe": ("price pack Europe", "SE", "HU"),
    "china": ("price pack China", "CN", "CN"),
}
"""Region: price of process.csv, region of the published pack footprint, country that earlier cells and packs come from."""


def _years(ref: Reference, path: str) -> dict[tuple[str, int], Fact]:
    """GWh of sixth-generation packs by vehicle plant and year: none before the hall that serves the plant starts."""
    found = {}
    for plant, (row, _, first) in PLANTS.items():
        for year in YEARS:
            if year >= first:
                fact = ref.fact("demand", scenario=PATHS[path], plant=row, metric="pack_demand", year=str(year))
                if fact.value > 0:
                    found[plant, year] = fact
    return found


def demand_of(ref: Reference, path: str) -> dict[tuple[str, str, int], Fact]:
    """KWh by plant, product and year."""
    rows = {}
    for (plant, year), gwh in _years(ref, path).items():
        lfp = B.lfp_share.value if plant == "shenyang" else 0.0
        rows[plant, "pack_nmc811", year] = gwh * (_GWH * (1.0 - lfp))
        if lfp:
            rows[plant, "pack_lfp", year] = gwh * (_GWH * lfp)
    return rows


def demand(ref: Reference) -> list[Row]:
    """The path of the announcement; a world with the slower one sets the quantities anew."""
    return [
        {
            "site_id": plant, "product_id": product, "period_id": str(year), "quantity": kwh.value, "shortage_cost_per_unit": A.shortage_cost.value,
            "source_id": kwh.source, "quality": kwh.quality,
            "note": "cars × electric share × kWh per car of demand.csv" + (f"; {B.lfp_share.note}" if plant == "shenyang" else ""),
        }
        for (plant, product, year), kwh in demand_of(ref, "announced").items()
    ]  # fmt: skip


def hall_capacity(ref: Reference) -> dict[str, tuple[Fact, str]]:
    """Pack capacity and first day by hall: published, else 1.1 times the highest demand of the plants it serves."""
    halls: dict[str, tuple[Fact, str]] = {}
    paths = [_years(ref, path) for path in PATHS]
    for hall in dict.fromkeys(hall for _, hall, _ in PLANTS.values()):
        first = {"irlbach": "2026-10-01", "woodruff": "2026-01-01", "san_luis_potosi": "2027-01-01"}.get(hall, "2026-01-01")
        if hall == "irlbach":
            published = ref.capacity("pack_irlbach") * _GWH
            halls[hall] = (published.noted("about 1,000 packs a day"), first)
            continue
        mine = [plant for plant, (_, one, _) in PLANTS.items() if one == hall]
        peak = max(sum(path[plant, year].value for plant in mine if (plant, year) in path) for path in paths for year in YEARS)
        halls[hall] = (
            Fact(peak * _GWH * B.pack_room.value, "assumed", "A", "no GWh published: 1.1 × the peak of the plants served"),
            first,
        )
    return halls


def _ramp(ref: Reference, age: int) -> float:
    return ref.process("cell plant", f"ramp year {age + 1}").value if age < 4 else 1.0


def needs_of_cells(ref: Reference) -> dict[tuple[str, int], tuple[float, float, float]]:
    """By hall and year: kWh of packs wanted, kWh the hall can make, and the part of the region's cells the contracts lack."""
    wanted, halls = demand_of(ref, "announced"), hall_capacity(ref)
    region = {
        "woodruff": "north_america",
        "san_luis_potosi": "north_america",
        "debrecen": "europe",
        "irlbach": "europe",
        "shenyang": "china",
    }
    factories = {"north_america": ("florence",), "europe": ("catl_debrecen", "eve_debrecen"), "china": ("catl_liyang", "eve_jingmen")}
    rows = {"florence": "cell_aesc_florence", "catl_debrecen": "cell_catl_debrecen", "eve_debrecen": "cell_eve_debrecen",
            "catl_liyang": "cell_catl_china_bmw", "eve_jingmen": "cell_eve_china_bmw"}  # fmt: skip
    found: dict[tuple[str, int], tuple[float, float, float]] = {}
    for year in YEARS:
        packs = {}
        for hall, (capacity, start) in halls.items():
            need = sum(
                kwh.value
                for (plant, product, when), kwh in wanted.items()
                if when == year and PLANTS[plant][1] == hall and product == "pack_nmc811"
            )
            part = 0.25 if start == f"{year}-10-01" else float(year >= int(start[:4]))
            packs[hall] = (need, min(need, capacity.value * part))
        for hall, (need, makes) in packs.items():
            cells = sum(made for one, (_, made) in packs.items() if region[one] == region[hall]) * 1.01
            given = sum(
                ref.capacity(rows[one]).value * _GWH * CELLS[one][1] * _ramp(ref, year - int(CELLS[one][0][:4]))
                for one in factories[region[hall]]
            )
            found[hall, year] = (need, makes, max(0.0, 1.0 - given / cells) if cells else 0.0)
    return found


def _earlier(ref: Reference) -> list[Row]:
    """Packs and cells of earlier generations: what the contracted sixth generation lacks, and a small rest beyond it."""
    rows: list[Row] = []
    gaps, wanted = needs_of_cells(ref), demand_of(ref, "announced")
    region = {
        plant: ("china" if plant == "shenyang" else "north_america" if plant in {"spartanburg", "san_luis_potosi"} else "europe")
        for plant in PLANTS
    }
    whole, cell = ref.process("pack", "price pack all segments"), ref.process("cell", "price cell")
    kg = ref.bom("pack", "pack_mass", output_unit="kWh")
    for plant, (_, hall, _) in PLANTS.items():
        parameter, published, origin = _EARLIER[region[plant]]
        price = ref.process("pack", parameter)
        foot = ref.fact("pcf", product="battery_nmc811_si", region=published, unit="kgCO2e/kg battery") * kg
        for year in YEARS:
            need = sum(
                kwh.value for (one, product, when), kwh in wanted.items() if one == plant and when == year and product == "pack_nmc811"
            )
            if not need:
                continue
            all_need, makes, _ = gaps[hall, year]
            limit = need * min(1.0, 1.0 - makes / all_need + B.carry_over.value)
            rows.append(
                {
                    "site_id": plant, "product_id": "pack_nmc811", "offer_id": f"earlier_packs_{year}", "price_per_unit": price.value, "limit_per_year": limit,
                    "co2e_kg_per_unit": foot.value, "origin_country": origin, "valid_from": f"{year}-01-01", "valid_to": f"{year}-12-31",
                    "source_id": cited(price, foot), "quality": weakest(price, foot),
                    "note": "earlier generation; limit (assumed): what the pack hall cannot make yet, and a tenth of the need",
                }
            )  # fmt: skip
    world = ref.pcf("cell_nmc811", "regionalised supply, p5/p50/p95")
    for hall in dict.fromkeys(hall for _, hall, _ in PLANTS.values()):
        home = "china" if hall == "shenyang" else "north_america" if hall in {"woodruff", "san_luis_potosi"} else "europe"
        parameter, _, origin = _EARLIER[home]
        price = cell * (ref.process("pack", parameter) / whole)
        for year in YEARS:
            need, makes, gap = gaps[hall, year]
            if need:
                rows.append(
                    {
                        "site_id": hall, "product_id": "cell_nmc811", "offer_id": f"earlier_cells_{year}", "price_per_unit": price.value,
                        "limit_per_year": makes * 1.01 * min(1.0, gap + B.carry_over.value), "co2e_kg_per_unit": world.value, "origin_country": origin,
                        "valid_from": f"{year}-01-01", "valid_to": f"{year}-12-31", "source_id": cited(price, world), "quality": weakest(price, world),
                        "note": "earlier generation; limit (assumed): what contracted factories of the region lack, and a tenth of the need",
                    }
                )  # fmt: skip
    return rows


def _pack_parts(ref: Reference) -> Fact:
    """Footprint of housing and electronics, kg/kg: a published pack less its published cells and the power of assembly."""
    pack = ref.fact("pcf", product="battery_nmc811_si", region="CN", unit="kgCO2e/kg battery") * ref.bom(
        "pack", "pack_mass", output_unit="kWh"
    )
    cells = ref.pcf("cell_nmc811", "regionalised supply, p5/p50/p95") * ref.bom("pack", "cell", output_unit="kWh").value
    power = ref.process("pack", "electricity", per_unit="kWh") * (
        ref.fact("grid", zone="CN", metric="grid_carbon_intensity", year="2024") * 0.001
    )
    mass = ref.bom("pack", "aluminium_housing (recipe)", chemistry="NMC811") + ref.bom(
        "pack", "electronics_bms (recipe)", chemistry="NMC811"
    )
    return (pack - cells - power) / mass


def purchases(ref: Reference) -> list[Row]:
    """What plants buy from outside the modelled tiers; prices delivered: freight and, into the United States or the EU, duty on top."""
    rows: list[Row] = []

    def offer(site: str, product: str, name: str, origin: str, price: Fact, co2e: Fact, note: str = "") -> None:
        rows.append(
            {
                "site_id": site, "product_id": product, "offer_id": name, "price_per_unit": price.value, "co2e_kg_per_unit": co2e.value,
                "origin_country": origin, "source_id": cited(price, co2e), "quality": weakest(price, co2e), "note": note,
            }
        )  # fmt: skip

    rows_of = {spec.site_id: spec.rows[0] for spec in SITES}
    for site, country in _PRECURSORS.items():
        offer(site, "manganese_sulphate", "market", "CN", A.manganese_price, ref.pcf("mnso4_h2o", ""), A.manganese_price.note)
        power = grid(ref, ref.site(rows_of[site])["grid_zone"], country)
        offer(site, "caustic_soda", "market", country, A.soda_price, B.soda_rest + B.soda_kwh * power, f"local supply; {B.soda_kwh.note}")
    m2 = ref.bom("cell_nmc811", "separator (recipe)") * 0.5
    west = {
        "copper_foil": ref.process("cu_foil", "price input (BatPaC default)") * m2 / ref.bom("cell_nmc811", "cu_foil (recipe)"),
        "aluminium_foil": ref.process("al_foil", "price input (BatPaC default)") * m2 / ref.bom("cell_nmc811", "al_foil (recipe)"),
    }
    china = {"copper_foil": A.copper_foil_price_cn, "aluminium_foil": A.aluminium_foil_price_cn}
    foot = {"copper_foil": ref.pcf("cu_foil", ""), "aluminium_foil": ref.pcf("al_foil", "primary CN")}
    for site, country in _CELL_HOME.items():
        for part in china:
            if country == "CN":
                offer(site, part, "market", "CN", china[part], foot[part], "Chinese price")
                dearer = china[part] * (B.low_carbon_premium + 1.0)
                offer(site, part, "low_carbon", "CN", dearer, foot[part].at_low, f"{B.low_carbon_premium.note}; low end of the footprint")
            else:
                offer(
                    site,
                    part,
                    "regional",
                    country,
                    west[part],
                    foot[part].at_low,
                    "BatPaC default price; footprint: low end of the Chinese range",
                )
        if site == "catl_yibin":
            offer(site, "cell_housing_lfp", "market", "CN", A.housing_price, B.low_carbon_housing, B.low_carbon_housing.note)
        else:
            usual = country == "CN"
            offer(
                site,
                "cell_housing",
                "market",
                country,
                A.housing_price,
                *((A.housing_co2e, A.housing_co2e.note) if usual else (B.low_carbon_housing, B.low_carbon_housing.note)),
            )
            if usual:
                offer(
                    site,
                    "cell_housing",
                    "low_carbon",
                    "CN",
                    A.housing_price * (B.low_carbon_premium + 1.0),
                    B.low_carbon_housing,
                    B.low_carbon_housing.note,
                )
        offer(site, "binder", "market", country, A.binder_price, A.binder_co2e, A.binder_price.note)
    paid, parts = ref.process("pack", "assembly cost") * 0.0, _pack_parts(ref)
    for hall, country in (("woodruff", "US"), ("san_luis_potosi", "MX"), ("debrecen", "HU"), ("irlbach", "DE"), ("shenyang", "CN")):
        offer(
            hall,
            "pack_housing",
            "market",
            country,
            paid,
            parts,
            "price inside the assembly cost; footprint: published pack less published cell and power, by mass",
        )
        offer(hall, "pack_electronics", "market", country, paid, parts, "as the housing")
    return rows + _earlier(ref)
