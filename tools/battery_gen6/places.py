"""Settings, periods, countries, groups, sites, energy and power contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.places import grid_kg, power_price
from seed_chain.reference import Fact, weakest

from battery_gen6.assumed import CELLS, EUROPE, POSITIONS, REGIONS, SITES, YEARS, B
from battery_gen6.duties import trade_groups
from battery_gen6.standards import OWNERS

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["gas_factor", "grid", "grid_trends", "investments", "places", "region_of"]

Row = dict[str, object]
_ANNOUNCED = "2023-10-17"
_EXTRA_COUNTRIES = ("JP",)


def region_of(ref: Reference) -> dict[str, str]:
    """Region by site."""
    return {spec.site_id: REGIONS[ref.site(spec.rows[0])["country"]] for spec in SITES}


def grid(ref: Reference, zone: str, country: str) -> Fact:
    """Life-cycle grid intensity of the last reported year, kg/kWh: one basis everywhere.

    A zone of the United States is the national life-cycle figure times the ratio of its direct emissions to the national
    direct ones; a Canadian province adds the assumed upstream part, Western Australia's published factor holds it already.
    """
    known = {int(row["year"]) for row in ref.tables["grid"] if row["zone"] == country and row["metric"] == "grid_carbon_intensity"}
    national = ref.fact("grid", zone=country, metric="grid_carbon_intensity", year="2025" if 2025 in known else "2024") * 0.001
    if zone == country:
        return Fact(national.value, "reported", national.source)
    direct = ref.fact("grid", zone=zone, metric="grid_carbon_intensity")
    if country == "US":
        return national * (direct / ref.fact("grid", zone="US", metric="grid_carbon_intensity_direct"))
    return (direct + A.upstream_g[country]) * 0.001


def grid_trends(ref: Reference) -> dict[str, float]:
    """Mean of the horizon over the last reported year by zone, when grids follow the trend of grid.csv: no published projection."""
    found = {}
    for zone, country in sorted({(ref.site(site.rows[0])["grid_zone"], ref.site(site.rows[0])["country"]) for site in SITES}):
        told = any(
            row["zone"] == country and row["metric"] == "grid_carbon_intensity" and row["year"] == "2025" for row in ref.tables["grid"]
        )
        start = grid_kg(ref, country, country, 2025 if told else 2026).value
        found[zone] = sum(grid_kg(ref, country, country, year).value for year in YEARS) / len(YEARS) / start
    return found


def gas_factor(ref: Reference) -> Fact:
    """Natural gas burnt for heat, kgCO2e per kWh: the factor behind the published heat figure, and 15 % upstream."""
    direct = ref.pcf("pcam_nmc811", "process heat only (natural gas)") / ref.process("pcam_nmc811", "heat (natural gas)") * 3.6
    return direct + direct * (A.gas_upstream - 1.0)


def _settings() -> list[Row]:
    values = (
        ("name", "Battery network of the sixth generation: five cell factories, five pack halls, seven vehicle plants", "reported", "S01;S05", ""),
        ("currency", "USD", "", "", ""),
        ("price_year", "2025", "", "", "prices are those of 2024 to 2026, taken as real money of 2025"),
        ("base_date", "2026-01-01", "", "", ""),
        ("decision_date", _ANNOUNCED, "reported", "S01", "day of the announcement: build times count from it"),
        ("knowledge_date", _ANNOUNCED, "reported", "S01", "tariffs of 2024 to 2026 are in the tables and not known yet"),
        ("discount_rate_share", f"{A.discount_rate.value:g}", "assumed", "A", A.discount_rate.note),
        ("carbon_price_per_t", "0", "assumed", "A", "no carbon price at the border of this network"),
        ("objective", "shortage,cost", "", "", ""),
        ("objective_tolerance_share", "0.01", "assumed", "A", "a later objective may give up 1 % of an earlier one"),
        ("perspective", "system", "", "", ""),
        ("electricity_basis", "market", "", "", ""),
        ("terminal_stock", "cover", "", "", ""),
        ("origin_accounting", "average", "", "", ""),
    )  # fmt: skip
    return [
        {"key": key, "value": value, "source_id": source, "quality": quality, "note": note} for key, value, quality, source, note in values
    ]


def _countries(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    for country in sorted({ref.site(site.rows[0])["country"] for site in SITES} | set(_EXTRA_COUNTRIES)):
        mean = ref.fact("risk", scope=country, metric="wgi_mean")
        rows.append(
            {
                "country": country, "region": REGIONS[country], "customs_territory": "EU" if country in EUROPE else country,
                "risk_score_share": (2.5 - mean.value) / 5.0, "source_id": mean.source, "quality": "derived",
                "note": "risk = (2.5 − mean of the six governance scores) / 5",
            }
        )  # fmt: skip
    return rows


def investments(ref: Reference) -> dict[str, Fact]:
    """Announced investment of the sites that restart or close at a cost, USD."""
    return {
        "woodruff": ref.process("BMW Woodruff", "capex"),
        "florence": ref.process("AESC Florence", "capex") * ref.capacity("cell_aesc_florence") * 1e6,
        "loyalist": ref.process("Umicore Loyalist CAM+pCAM stage 1", "capex", per_unit="kg/yr")
        * ref.capacity("cam_umicore_loyalist")
        * 1e3,
    }


def _sites(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    told = investments(ref)
    for spec in SITES:
        facts = [ref.site(one) for one in spec.rows]
        first, spot = facts[0], ref.site(POSITIONS.get(spec.site_id, spec.rows[0]))
        row: Row = {
            "site_id": spec.site_id, "name": first["name"], "operator": first["operator"], "parent": OWNERS.get(first["operator"], ""), "country": first["country"],
            "latitude": float(spot["lat"]), "longitude": float(spot["lon"]), "energy_zone": first["grid_zone"], "status": spec.status,
            "source_id": ";".join(dict.fromkeys(key for one in facts for key in one["source"].split(";"))), "quality": first["quality"],
            "note": f"position: {spot['coord_source']}",
        }  # fmt: skip
        if spec.status == "committed":
            row |= {"earliest_date": "2026-01-01", "note": f"{row['note']}; start of production 2026 as announced in 2023"}
        if spec.status == "candidate":
            row |= {
                "latest_date": "2032-12-31",
                "note": f"{row['note']}; what is built is decided by its modules, by 2032 at the latest (assumed)",
            }
        if spec.site_id in told:
            row |= {
                "investment": told[spec.site_id].value, "closing_cost": A.closing_part.value * told[spec.site_id].value,
                "restart_cost": B.restart_part.value * told[spec.site_id].value if spec.site_id != "woodruff" else "",
                "note": f"{row['note']}; closing cost 5 % of the investment (assumed); {B.restart_part.note} (assumed)",
            }  # fmt: skip
        rows.append(row)
    return rows


def _energy(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    zones = {(ref.site(site.rows[0])["grid_zone"], ref.site(site.rows[0])["country"]): site.price_zone for site in SITES}
    for (zone, country), price_zone in sorted(zones.items()):
        price, factor = power_price(ref, price_zone), grid(ref, zone, country)
        both = factor + price * 1e-9
        basis = "life-cycle mix of the last reported year" if zone == country else "regional figure brought to the life-cycle basis"
        row: Row = {
            "zone": zone, "carrier": "electricity", "valid_from": "2023-01-01", "co2e_kg_per_kwh": factor.value,
            "price_per_kwh": price.value, "source_id": both.source, "quality": weakest(factor, price), "note": f"{basis}; price of {price_zone} ({price.quality})",
        }  # fmt: skip
        rows.append(row)
    gas = gas_factor(ref)
    for country, price in sorted(B.gas_price.items()):
        rows.append(
            {
                "zone": country, "carrier": "natural_gas", "co2e_kg_per_kwh": gas.value, "price_per_kwh": price.value,
                "source_id": gas.source, "quality": gas.quality, "note": f"factor: direct and about 15 % upstream; price assumed: {price.note}",
            }
        )  # fmt: skip
    rows.append(
        {
            "zone": "loyalist", "carrier": "natural_gas", "co2e_kg_per_kwh": gas.value, "price_per_kwh": B.gas_price["CA"].value,
            "source_id": gas.source, "quality": gas.quality, "note": "process heat of Loyalist; `changes` takes it to renewable electricity by 2035",
        }
    )  # fmt: skip
    rows.append(
        {
            "zone": "CN", "carrier": "coal", "co2e_kg_per_kwh": A.coal_kg_per_mj.value * 3.6, "price_per_kwh": A.coal_price.value,
            "source_id": "A", "quality": "assumed", "note": f"{A.coal_kg_per_mj.note}; price: {A.coal_price.note}",
        }
    )  # fmt: skip
    return rows


def _power_contracts(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    factor = ref.fact("grid", zone="any", metric="ppa_carbon_intensity") * 0.001
    for spec in SITES:
        row = ref.site(spec.rows[-1] if spec.site_id in {"san_luis_potosi", "debrecen", "shenyang"} else spec.rows[0])
        if not row["renewable_share"] or spec.site_id in {"spartanburg", "munich", "dingolfing", "regensburg"}:
            continue
        rows.append(
            {
                "power_contract_id": f"{spec.site_id}_renewable", "site_id": spec.site_id, "start_date": "2026-01-01", "kind": "ppa",
                "share": float(row["renewable_share"]), "co2e_kg_per_kwh": factor.value, "premium_per_kwh": A.ppa_premium.value,
                "source_id": row["source"], "quality": row["renewable_share_quality"],
                "note": "from start of production; factor is the life cycle of wind, sun and water (assumed), premium assumed",
            }
        )  # fmt: skip
    return rows


def _groups() -> list[Row]:
    members = [("refined_metals", product, "product") for product in ("cobalt_sulphate", "lithium_hydroxide", "nickel_sulphate")]
    members += [("far_east", country, "country") for country in ("CN", "KR", "ID", "JP")]
    members += [("gen6_halls", site, "site") for site in dict.fromkeys(hall for _, hall, _ in _halls())]
    members += [("gen6_cells", site, "site") for site in CELLS]
    members += [("nmc_cells", site, "site") for site in (*CELLS, *B.bridge)]
    members += trade_groups()
    return [{"group_id": group, "member": member, "kind": kind} for group, member, kind in members]


def _halls() -> list[tuple[str, str, int]]:
    from battery_gen6.assumed import PLANTS

    return list(PLANTS.values())


def places(ref: Reference) -> dict[str, list[Row]]:
    """Tables of this module."""
    return {
        "settings": _settings(),
        "periods": [{"period_id": str(year), "start_date": f"{year}-01-01", "end_date": f"{year}-12-31"} for year in YEARS],
        "countries": _countries(ref),
        "groups": _groups(),
        "sites": _sites(ref),
        "energy": _energy(ref),
        "power_contracts": _power_contracts(ref),
    }
