"""Settings, periods, countries, groups, sites, energy and power contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import SITES, A
from seed_chain.reference import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

    from seed_chain.reference import Reference

__all__ = ["YEARS", "annuity", "gas_kg_per_kwh", "grid_kg", "places", "power_price"]

Row = dict[str, object]
YEARS = range(2026, 2036)
_EUROPE = ("FI", "HU", "PL")


def annuity(life_years: float) -> float:
    """Yearly payment per unit of capital: r' / (1 − exp(−r' L)), r' = ln(1 + r)."""
    from math import exp, log

    rho = log(1.0 + A.discount_rate.value)
    return rho / (1.0 - exp(-rho * life_years))


def country_of(ref: Reference, rows: tuple[str, ...]) -> str:
    return ref.site(rows[0])["country"]


def zone_of(ref: Reference, rows: tuple[str, ...]) -> str:
    return ref.site(rows[0])["grid_zone"]


def gas_kg_per_kwh(ref: Reference) -> Fact:
    """Natural gas burnt for heat, kgCO2e per kWh, with upstream."""
    return ref.process("natural_gas_heat", "direct emission factor") * 3.6 * A.gas_upstream


def power_price(ref: Reference, zone: str) -> Fact:
    """Industrial electricity price of a zone, USD/kWh."""
    return ref.fact("grid", zone=zone, metric="industrial_electricity_price")


def _country_grid(ref: Reference, country: str, year: int) -> Fact:
    """Life-cycle grid intensity in kg/kWh: straight lines between 2025 (else 2024), 2030 and 2035."""
    known = {int(row["year"]) for row in ref.tables["grid"] if row["zone"] == country and row["metric"] == "grid_carbon_intensity"}
    points = [2025 if 2025 in known else 2024, 2030, 2035]
    low = max(one for one in points if one <= year)
    facts = {one: ref.fact("grid", zone=country, metric="grid_carbon_intensity", year=str(one)) for one in points}
    if low == year:
        return facts[low] * 0.001
    high = min(one for one in points if one > year)
    part = (year - low) / (high - low)
    return (facts[low] * (1.0 - part) + facts[high] * part) * 0.001


def grid_kg(ref: Reference, zone: str, country: str, year: int) -> Fact:
    """Grid intensity of a zone on one basis (life cycle of the generation mix), kg/kWh.

    Subnational figures are direct emissions. In the United States the difference of the national life-cycle and direct
    averages of 2023 is added, in Canada an assumed upstream part; both follow the country's trend.
    """
    if zone == country:
        return _country_grid(ref, country, year)
    direct = ref.fact("grid", zone=zone, metric="grid_carbon_intensity")
    if country == "US":
        upstream = ref.fact("grid", zone="US", metric="grid_carbon_intensity", year="2023") - ref.fact(
            "grid", zone="US", metric="grid_carbon_intensity_direct"
        )
        base = ref.fact("grid", zone="US", metric="grid_carbon_intensity", year="2023") * 0.001
    else:
        upstream = A.upstream_g[country]
        base = ref.fact("grid", zone=country, metric="grid_carbon_intensity", year="2025") * 0.001
    return (direct + upstream) * 0.001 * (_country_grid(ref, country, year) / base)


def _settings() -> list[Row]:
    values = (
        ("name", "Seed chain: Loyalist, Florence, Woodruff, Spartanburg as announced in October 2023", "reported", "S01", ""),
        ("currency", "USD", "", "", ""),
        ("price_year", "2025", "", "", "prices are those of 2024 to 2026, taken as real money of 2025"),
        ("base_date", "2026-01-01", "", "", ""),
        ("decision_date", "2023-10-17", "reported", "S01", "day of the announcement: build times count from it"),
        ("knowledge_date", "2023-10-17", "reported", "S01", "tariffs of 2024 to 2026 are in the tables and not known yet"),
        ("discount_rate_share", f"{A.discount_rate.value:g}", "assumed", "A", A.discount_rate.note),
        ("carbon_price_per_t", "0", "assumed", "A", "no carbon price at the border of this chain"),
        ("objective", "shortage,cost", "", "", ""),
        ("objective_tolerance_share", "0.01", "assumed", "A", "a later objective may give up 1 % of an earlier one"),
        ("perspective", "system", "", "", ""),
        ("electricity_basis", "market", "", "", ""),
        ("terminal_stock", "cover", "", "", ""),
        ("origin_accounting", "average", "", "", ""),
    )
    return [
        {"key": key, "value": value, "source_id": source, "quality": quality, "note": note} for key, value, quality, source, note in values
    ]


def _countries(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    for country in sorted({country_of(ref, site.rows) for site in SITES}):
        region = next(row["region"] for row in ref.tables["sites"] if row["country"] == country)
        mean = ref.fact("risk", scope=country, metric="wgi_mean")
        rows.append(
            {
                "country": country,
                "region": {"other": "rest_of_world"}.get(region, region),
                "customs_territory": "EU" if country in _EUROPE else country,
                "risk_score_share": (2.5 - mean.value) / 5.0,
                "source_id": mean.source,
                "quality": "derived",
                "note": "risk = (2.5 − mean of the six governance scores) / 5",
            }
        )
    return rows


def _sites(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    start = "2026-01-01"
    for spec in SITES:
        facts = [ref.site(one) for one in spec.rows]
        first = facts[0]
        row: Row = {
            "site_id": spec.site_id,
            "name": first["name"],
            "operator": first["operator"],
            "country": first["country"],
            "latitude": float(first["lat"]),
            "longitude": float(first["lon"]),
            "energy_zone": first["grid_zone"],
            "status": spec.status,
            "source_id": ";".join(dict.fromkeys(key for one in facts for key in one["source"].split(";"))),
            "quality": first["quality"],
            "note": f"position: {first['coord_source']}",
        }
        if spec.status == "committed":
            row |= {"earliest_date": start, "note": f"{row['note']}; start of production 2026 as announced in 2023"}
        if spec.status == "candidate":
            row |= {"note": f"{row['note']}; what is built is decided by its modules"}
        rows.append(row)
    by_id = {row["site_id"]: row for row in rows}
    woodruff = by_id["woodruff"]
    spent = ref.process("BMW Woodruff", "capex")
    woodruff |= {
        "investment": spent.value,
        "area_m2": ref.in_note("pack_woodruff", r"([\d,]+) m2").value,
        "jobs": int(ref.in_note("pack_woodruff", r">(\d+) jobs").value),
    }
    by_id["spartanburg"] |= {
        "investment": (A.programme - spent).value,
        "note": f"{by_id['spartanburg']['note']}; investment: the 1.7 bn USD programme of 2022 without Woodruff",
    }
    by_id["florence"]["investment"] = (ref.process("AESC Florence", "capex") * ref.capacity("cell_aesc_florence") * 1e6).value
    by_id["loyalist"]["investment"] = (
        ref.process("Umicore Loyalist CAM+pCAM stage 1", "capex", per_unit="kg/yr") * ref.capacity("cam_umicore_loyalist") * 1e3
    ).value
    for site in ("woodruff", "florence", "loyalist"):
        by_id[site] |= {
            "closing_cost": A.closing_part.value * float(str(by_id[site]["investment"])),
            "note": f"{by_id[site]['note']}; closing cost 5 % of the investment (assumed)",
        }
    return rows


def _energy(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    zones = {(zone_of(ref, site.rows), country_of(ref, site.rows)): site.price_zone for site in SITES}
    for (zone, country), price_zone in sorted(zones.items()):
        price = power_price(ref, price_zone)
        for year in YEARS:
            factor = grid_kg(ref, zone, country, year)
            both = factor + price * 1e-9
            rows.append(
                {
                    "zone": zone,
                    "carrier": "electricity",
                    "valid_from": f"{year}-01-01",
                    "co2e_kg_per_kwh": factor.value,
                    "price_per_kwh": price.value,
                    "source_id": both.source,
                    "quality": factor.quality,
                    "note": f"price of {price_zone} ({price.quality}); "
                    + ("life-cycle mix" if zone == country else "direct emissions brought to the life-cycle basis"),
                }
            )
    gas = gas_kg_per_kwh(ref)
    for country, price in sorted(A.gas_price.items()):
        rows.append(
            {
                "zone": country,
                "carrier": "natural_gas",
                "co2e_kg_per_kwh": gas.value,
                "price_per_kwh": price.value,
                "source_id": gas.source,
                "quality": "assumed",
                "note": f"{A.gas_upstream.note}; price: {price.note}",
            }
        )
    rows.append({**rows[-1]} | _own_gas(ref))
    rows.append(
        {
            "zone": "CN",
            "carrier": "coal",
            "co2e_kg_per_kwh": A.coal_kg_per_mj.value * 3.6,
            "price_per_kwh": A.coal_price.value,
            "source_id": "A",
            "quality": "assumed",
            "note": f"{A.coal_kg_per_mj.note}; price: {A.coal_price.note}",
        }
    )
    return rows


def _own_gas(ref: Reference) -> Row:
    gas = gas_kg_per_kwh(ref)
    return {
        "zone": "loyalist",
        "carrier": "natural_gas",
        "co2e_kg_per_kwh": gas.value,
        "price_per_kwh": A.gas_price["CA"].value,
        "source_id": gas.source,
        "quality": "assumed",
        "note": "process heat of Loyalist, gas in 2026; `changes` takes it to renewable electricity by 2035",
    }


def _net_zero(ref: Reference) -> list[Row]:
    """Loyalist's heat: a part of the boilers turns electric every year, none burns gas in 2035."""
    gas, price = gas_kg_per_kwh(ref), A.gas_price["CA"]
    electric = power_price(ref, "CA-ON") + A.ppa_premium
    rows: list[Row] = []
    for year in YEARS[1:]:
        left = (YEARS[-1] - year) / (YEARS[-1] - YEARS[0])
        for column, value in (("co2e_kg_per_kwh", gas * left), ("price_per_kwh", price * left + electric * (1.0 - left))):
            rows.append(
                {
                    "change_id": f"loyalist_net_zero_{year}_{column.split('_')[0]}",
                    "table": "energy",
                    "where": "zone=loyalist; carrier=natural_gas",
                    "column": column,
                    "valid_from": f"{year}-01-01",
                    "valid_to": f"{year}-12-31",
                    "action": "set",
                    "value": value.value,
                    "source_id": value.source,
                    "quality": "assumed",
                    "note": "net-zero path to 2035, straight line; heat from contracted renewable power takes over",
                }
            )
    return rows


def _power_contracts(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    factor = ref.fact("grid", zone="any", metric="ppa_carbon_intensity") * 0.001
    for spec in SITES:
        row = ref.site(spec.rows[0])
        if not row["renewable_share"] or spec.site_id == "spartanburg":  # the car plant makes nothing here: nothing to supply
            continue
        rows.append(
            {
                "power_contract_id": f"{spec.site_id}_renewable",
                "site_id": spec.site_id,
                "start_date": "2026-01-01",
                "kind": "ppa",
                "share": float(row["renewable_share"]),
                "co2e_kg_per_kwh": factor.value,
                "premium_per_kwh": A.ppa_premium.value,
                "source_id": row["source"],
                "quality": row["renewable_share_quality"],
                "note": "from start of production; factor is the life cycle of wind, sun and water (assumed), premium assumed",
            }
        )
    return rows


def places(ref: Reference) -> dict[str, list[Row]]:
    """Tables of this module."""
    tables: dict[str, Callable[[], list[Row]]] = {
        "settings": _settings,
        "countries": lambda: _countries(ref),
        "sites": lambda: _sites(ref),
        "energy": lambda: _energy(ref),
        "power_contracts": lambda: _power_contracts(ref),
        "changes": lambda: _net_zero(ref),
    }
    made = {name: make() for name, make in tables.items()}
    periods: list[Row] = [{"period_id": str(year), "start_date": f"{year}-01-01", "end_date": f"{year}-12-31"} for year in YEARS]
    made["periods"] = periods
    members = [("far_east", country, "country") for country in ("CN", "KR")]
    members += [("refined_metals", product, "product") for product in ("cobalt_sulphate", "lithium_hydroxide", "nickel_sulphate")]
    made["groups"] = [{"group_id": group, "member": member, "kind": kind} for group, member, kind in members]
    return made
