"""Write the sample `battery_gen6` from the reference CSVs: every figure is looked up there or stands in an `assumed.py`.

    python tools/build_battery_gen6.py --reference FOLDER [--out FOLDER]

The same reference folder always gives the same files, byte for byte. What the seed chain's builder knows is used, not repeated.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from battery_gen6.assumed import PLANTS, SITES, YEARS, B
from battery_gen6.buying import demand, demand_of, hall_capacity, purchases
from battery_gen6.hazards import hazards
from battery_gen6.lines import processes
from battery_gen6.moving import moving
from battery_gen6.places import gas_factor, places
from battery_gen6.recipes import products, recipes
from battery_gen6.rules import rules
from battery_gen6.standards import promises, standards
from build_seed_chain import sources, text
from seed_chain.lines import ramps
from seed_chain.making import needs_per_unit, opening_costs
from seed_chain.metals import mined
from seed_chain.reference import Reference
from world_packs.tariffs import shipped_sources

OUT = Path(__file__).resolve().parents[1] / "src" / "hinterland" / "model" / "samples" / "battery_gen6"
Row = dict[str, object]


def _net_zero(ref: Reference) -> list[Row]:
    """Loyalist's heat: a part of the boilers turns electric every year, none burns gas in 2035."""
    gas = gas_factor(ref)
    return [
        {
            "change_id": f"loyalist_net_zero_{year}", "table": "energy", "where": "zone=loyalist; carrier=natural_gas", "column": "co2e_kg_per_kwh",
            "valid_from": f"{year}-01-01", "valid_to": f"{year}-12-31", "action": "set", "value": (gas * ((YEARS[-1] - year) / (YEARS[-1] - YEARS[0]))).value,
            "source_id": gas.source, "quality": "assumed", "note": "net-zero path to 2035, straight line; heat from contracted renewable power takes over",
        }
        for year in YEARS[1:]
    ]  # fmt: skip


def _peaks(ref: Reference) -> dict[str, float]:
    """Most kWh a year that pass a cell factory or a pack hall."""
    halls = {hall: capacity.value for hall, (capacity, _) in hall_capacity(ref).items()}
    cells = {site.site_id: 1e6 * ref.capacity(site.rows[0]).value for site in SITES if site.rows[0].startswith("cell_")}
    cells["florence"] += 2 * B.florence_module.value
    return cells | halls


def _announced_plan(tables: dict[str, list[Row]]) -> dict[str, str]:
    """The partial plan of the announcement: who is open in which year, nobody else builds, and the contract is signed."""
    status = {str(row["site_id"]): str(row["status"]) for row in tables["sites"]}
    years = [str(year) for year in YEARS]
    rows = ["site_id,period_id,open,started,stopped"]
    for site in sorted(one for one in status if status[one] in {"committed", "candidate"}):
        live = status[site] == "committed"
        rows += [f"{site},{year},{int(live)},{int(live and year == years[0])},0" for year in years]
    modules = ["site_id,recipe_id,period_id,added"]
    built = sorted((str(row["site_id"]), str(row["recipe_id"])) for row in tables["processes"] if row["max_modules"])
    modules += [f"{site},{recipe},{year},0" for site, recipe in built for year in years]
    signed = ["contract_id,start_date", *(f"{row['contract_id']},2026-01-01" for row in tables["contracts"])]
    return {
        "openings.csv": "\n".join(rows) + "\n",
        "modules.csv": "\n".join(modules) + "\n",
        "signed.csv": "\n".join(signed) + "\n",
    }


def build(reference: Path) -> dict[str, str]:
    """File name to text."""
    ref = Reference(reference)
    heads, lines = recipes(ref)
    tables: dict[str, list[Row]] = {
        **places(ref), "products": products(ref), "recipes": heads, "recipe_lines": lines, "processes": processes(ref), "ramps": ramps(ref),
        "purchases": purchases(ref), "demand": demand(ref), "changes": _net_zero(ref), **standards(ref), **rules(ref),
    }  # fmt: skip
    opening_costs(tables)
    powered = {row["site_id"] for row in tables["processes"] if row.get("electricity_kwh_per_unit")}
    tables["power_contracts"] = [row for row in tables["power_contracts"] if row["site_id"] in powered]
    needs = needs_per_unit(tables, "pack_nmc811") | {"cell_lfp": needs_per_unit(tables, "pack_lfp")["cell_lfp"]}
    good = {str(row["recipe_id"]): str(row["product_id"]) for row in heads}
    makers: dict[str, list[str]] = {}
    for row in tables["processes"]:
        makers.setdefault(str(row["product_id"] or good[str(row["recipe_id"])]), []).append(str(row["site_id"]))
    tables |= moving(ref, needs, _peaks(ref), {product: sorted(set(sites)) for product, sites in makers.items()})
    mined(tables["processes"])
    tables["policies"] += promises(ref, tables)
    tables |= hazards(ref, tables)
    known = shipped_sources()
    tables["sources"] = sources(ref, {name: [row for row in rows if row.get("source_id") not in known] for name, rows in tables.items()})
    tables["sources"] += [
        known[key] for key in sorted({str(row.get("source_id")) for rows in tables.values() for row in rows} & set(known))
    ]
    if {plant for plant, _, _ in demand_of(ref, "slow")} != set(PLANTS):
        raise LookupError("a vehicle plant without demand")
    plan = {f"plans/as_announced/{name}": one for name, one in _announced_plan(tables).items()}
    return {f"{name}.csv": text(name, rows) for name, rows in sorted(tables.items())} | plan


def main() -> None:
    """Read the arguments and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, required=True, help="folder of the reference CSVs")
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write")
    given = parser.parse_args()
    files = build(given.reference)
    (given.out / "plans" / "as_announced").mkdir(parents=True, exist_ok=True)
    for old in given.out.rglob("*.csv"):
        if str(old.relative_to(given.out)) not in files:
            old.unlink()
    for name, content in files.items():
        (given.out / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
