"""Write the tables of docs/battery_gen6.md: what each plan comes to, footprints beside published ones, what is left out.

    python tools/write_battery_gen6.py --reference FOLDER [--runs FOLDER]

Solves every world and strategy (about five minutes), or reads the run folders `WORLD_STRATEGY` of plans solved before.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from battery_gen6.assumed import SITES, B
from battery_gen6.footprints import MATCHES, Match, footprints, inside
from seed_chain.reference import Reference

from hinterland.app import compare, read, read_plan, read_run, solve, write_run
from hinterland.model.accounts import account
from hinterland.model.samples import sample_path
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from hinterland.model.network import Network
    from hinterland.store import Run

__all__ = ["footprint_rows", "main"]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "battery_gen6.md"
STRATEGIES = ("global", "local-for-local", "least-co2e")
WORLDS = ("announced-2023", "status-2026", "announced-2023-slow", "status-2026-half-electric")
COMBINED = [(world, strategy) for world in WORLDS for strategy in STRATEGIES]
COMBINED.insert(len(STRATEGIES), ("announced-2023", "as-announced"))
SHOWN = COMBINED[:3] + COMBINED[4:7]
"""Worlds whose footprints the page shows."""
Prints = dict[tuple[str, str], tuple[float, float, float]]


def solved(net: Network, world: str, strategy: str, runs: Path) -> Run:
    """The run of a world and strategy, read where it is kept already."""
    folder = runs / f"{world}_{strategy}"
    if not (folder / "manifest.json").is_file():
        tables = resolve(net, [world, strategy])
        given = read_plan(sample_path("battery_gen6") / "plans" / "as_announced", tables) if strategy == "as-announced" else None
        write_run(folder, net, solve(tables, gap=0.005, seconds=120.0, complete=given))
    return read_run(folder)


def prints_of(net: Network, run: Run) -> Prints:
    """Footprints at the gate of every maker."""
    tables = resolve(net, run.plan.scenarios)
    return footprints(tables, run.plan, account(tables, run.plan))


def _results(net: Network, runs: dict[tuple[str, str], Run]) -> str:
    lines = [
        "| world | strategy | GWh | cost, USD/kWh | CO2e, kg/kWh | cost on reported or derived figures | CO2e on them | gap |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for (world, strategy), run in runs.items():
        tables = resolve(net, run.plan.scenarios)
        books, wanted = account(tables, run.plan), float(tables["demand"]["quantity"].sum())
        quality = {
            name: (cost, co2e)
            for name, cost, co2e in compare(net, {"x": run.plan}).quality.select("quality", "cost_share", "co2e_share").iter_rows()
        }
        cost, co2e = (sum(quality[name][at] for name in ("reported", "derived")) for at in (0, 1))
        lines.append(
            f"| `{world}` | `{strategy}` | {wanted / 1e6:,.0f} | {float(books.costs['amount'].sum()) / wanted:.1f} "
            f"| {float(books.co2e['kg_market'].sum()) / wanted:.1f} | {cost:.0%} | {co2e:.0%} | {float(run.manifest['gap_share']):.2%} |"
        )
    return "\n".join(lines)


def _cell(match: Match, strategy: str, found: tuple[float, float, float] | None) -> str:
    if found is None or found[2] < 1e6:
        return ""
    value = f"{found[0]:.2f}"
    if strategy not in match.strategies:
        return f"({value})"
    return value if inside(match, found[0]) else f"{value} outside"


def footprint_rows(prints: dict[tuple[str, str], Prints]) -> list[str]:
    """One row per published range and maker; columns by world and strategy."""
    rows = []
    for match in MATCHES:
        span = f"{match.low:g}" if match.low == match.high else f"{match.low:g} to {match.high:g}"
        for site in match.sites:
            cells = [_cell(match, strategy, found.get((site, match.product_id))) for (_, strategy), found in prints.items()]
            if any(cells):
                rows.append(f"| {match.product_id} | {site} | {match.route} | {span} | {' | '.join(cells)} |")
    return rows


def _footprints(prints: dict[tuple[str, str], Prints]) -> str:
    short = {"global": "global", "local-for-local": "local", "least-co2e": "least"}
    heads = [f"{world.split('-')[1]} {short[strategy]}" for world, strategy in prints]
    lines = [f"| product | made at | route and region | published | {' | '.join(heads)} |", "|---|---|---|---|" + "---|" * len(heads)]
    return "\n".join([*lines, *footprint_rows(prints)])


def _bought(prints: dict[tuple[str, str], Prints]) -> str:
    lines = ["| cells | " + " | ".join(f"{world} {strategy}" for world, strategy in prints) + " |", "|---|" + "---|" * len(prints)]
    makers = sorted({key for found in prints.values() for key in found if key[1] in {"cell_nmc811", "cell_lfp"}})
    for site, product in makers:
        cells = [found.get((site, product)) for found in prints.values()]
        lines.append(
            f"| {product} at {site} | " + " | ".join(f"{one[1] / one[0]:.0%}" if one and one[2] > 1e6 else "" for one in cells) + " |"
        )
    return "\n".join(lines)


def _left_out(ref: Reference) -> str:
    used = {row for site in SITES for row in site.rows} | {"mine_ni_sotkamo"}
    stages = {
        "veh": "vehicle",
        "pack": "pack",
        "cell": "cell",
        "cam": "cathode",
        "pcam": "precursor",
        "ref": "refining",
        "mine": "mine",
        "an": "anode",
        "es": "electrolyte and separator",
    }
    rows: dict[str, list[str]] = {}
    for row in ref.tables["sites"]:
        if row["id"] not in used:
            rows.setdefault(stages[row["id"].split("_")[0]], []).append(row["id"])
    return "\n".join(
        [
            "| tier | rows of sites.csv that are left out |",
            "|---|---|",
            *(f"| {stage} | {', '.join(names)} |" for stage, names in rows.items()),
        ]
    )


def _available() -> str:
    parts = ", ".join(f"{name} {share:.0%}" for name, share in sorted(B.available.items()))
    return f"What other customers leave (assumed): {parts}."


def main() -> None:
    """Read the arguments and write the blocks of the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, required=True, help="folder of the reference CSVs")
    parser.add_argument("--runs", type=Path, default=Path("out") / "battery_gen6", help="folder of the runs")
    given = parser.parse_args()
    net = read(sample_path("battery_gen6"))
    runs = {(world, strategy): solved(net, world, strategy, given.runs) for world, strategy in COMBINED}
    prints = {key: prints_of(net, runs[key]) for key in SHOWN}
    blocks = {
        "results": _results(net, runs), "footprints": _footprints(prints), "bought": _bought(prints), "left-out": _left_out(Reference(given.reference)),
        "available": _available(),
    }  # fmt: skip
    page = PAGE.read_text(encoding="utf-8")
    for name, block in blocks.items():
        page, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda found, block=block: f"{found[1]}{block}\n{found[2]}", page, flags=re.DOTALL
        )
        if count != 1:
            raise LookupError(f"{PAGE.name}: {count} blocks {name}")
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
