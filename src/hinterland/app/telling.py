"""Results as a command line or a notebook shows them: short dictionaries and small tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.core.progress import SILENT
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.comparison import Board, StressBoard
    from hinterland.core.progress import Progress
    from hinterland.design import DesignResult
    from hinterland.embodied import TraceResult
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.model.verify import VerifyReport

__all__ = [
    "SUMMED",
    "compare_runs",
    "judged_in",
    "remarks_of",
    "side_by_side",
    "story_of",
    "stress_side_by_side",
    "summary",
    "sums_of",
    "told_of",
    "verify_run",
    "with_sum",
]

SUMMED = ("cost per unit", "CO2e per unit", "transport per unit")
"""Tables of a story whose rows add up; kilometres of different stages do, origins of different products do not."""

_HELD = (
    ("fill_rate", "fill rate"),
    ("lost", "lost units"),
    ("lost_margin", "lost margin"),
    ("longest_spell_days", "longest shortage"),
    ("late_share", "served late *"),
    ("wait_days", "wait of a unit *"),
    ("never_share", "never served *"),
    ("extra_cost_per_unit", "extra cost"),
    ("extra_co2e_kg_per_unit", "extra CO2e"),
)
"""Measures of plans that are moved through the same events, as a terminal shows them; * where shortage is served later instead of lost."""
_COLUMNS = (
    ("cost_per_", "real cost per unit"),
    ("co2e_kg_per_", "CO2e per unit, market"),
    ("co2e_location_kg_per_", "CO2e per unit, location"),
    ("regional_share", "regional share of cost added"),
    ("km_mean", "kilometres"),
    ("transit_days_mean", "days on the way"),
    ("customs_borders_mean", "customs borders"),
    ("single_source_share", "single-sourced"),
    ("country_hhi", "country concentration (HHI)"),
    ("risk_weighted_value_share", "risk-weighted value"),
    ("shortage_share", "shortage"),
    ("cost_total", "real cost"),
    ("co2e_total_t", "CO2e"),
    ("penalties", "penalties (steer only)"),
)


def told_of(net: Network, result: DesignResult) -> dict[str, Any]:
    """A design in a dozen numbers, recomputed from its plan: totals, shortage, proof."""
    from hinterland.app.comparing import proof_of
    from hinterland.model.accounts import account

    world = resolve(net, result.plan.scenarios)
    books = account(world, result.plan)
    asked, short = float(books.shortage["demand"].sum()), float(books.shortage["short"].sum())
    return {
        "name": " + ".join(world.scenarios) or world.settings.name,
        "currency": world.settings.currency,
        **proof_of(result),
        "cost_total": float(books.costs["amount"].sum()),
        "cost_npv": float(books.costs["discounted"].sum()),
        "co2e_total_t": float(books.co2e["kg"].sum()) / 1000.0,
        "shortage_share": short / asked if asked else 0.0,
        "penalties": float(result.tables["steering"]["amount"].sum()),
    }


def judged_in(plan: Plan, scenario: str | Sequence[str] | None) -> tuple[str, ...]:
    """The scenarios that a plan is judged under: those asked for, else those it was made under."""
    if scenario is None or not scenario:
        return plan.scenarios
    return (scenario,) if isinstance(scenario, str) else tuple(scenario)


def verify_run(folder: str | Path, scenario: str | Sequence[str] | None = None) -> VerifyReport:
    """Re-read a run and prove it again: plan, limits, contracts, policies, and every cost line it claims.

    Under another `scenario` the plan is judged in that world of the run's tables; what it claims to cost is of its own world
    and is then left aside.
    """
    from hinterland.model.verify import verify
    from hinterland.store import read_run

    run = read_run(folder)
    if judged_in(run.plan, scenario) != run.plan.scenarios:
        return verify(resolve(run.network, judged_in(run.plan, scenario)), run.plan)
    claims = {name: frame for name, frame in run.tables.items() if name.startswith("claimed_")}
    return verify(run.network, run.plan, claims)


def compare_runs(
    folders: Sequence[str | Path],
    *,
    against: str | None = None,
    stress: Mapping[str, Any] | None = None,
    progress: Progress = SILENT,
) -> Board:
    """Runs side by side, named by their folders, each judged under its own scenario as its own tables have it.

    With `stress` (what `stress_test` is asked: replications, seed, …; {} for its defaults) they are moved through the same events as well.
    Raises InvalidTables where tables that a world is made of differ: each is named with its first row that does; and as `stress_test`.
    """
    from hinterland.app.comparing import compare_worlds
    from hinterland.app.same_tables import refuse_other_tables
    from hinterland.app.stress_testing import stress_test_worlds
    from hinterland.store import read_run

    names = [Path(folder).resolve().name for folder in folders]
    if len(set(names)) < len(names):
        twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
        what, why = f"several runs are named {twice}", "runs are told apart by the names of their folders"
        raise InvalidTables([Issue("runs", None, None, "duplicate_key", what, why, "rename one of the folders")])
    runs = {name: read_run(folder) for name, folder in zip(names, folders, strict=True)}
    if against is not None and against not in runs:
        raise InvalidTables(
            [
                Issue(
                    "runs",
                    None,
                    None,
                    "unknown_reference",
                    f"there is no run {against!r}",
                    f"the runs are {', '.join(runs)}",
                    "name one of them",
                )
            ]
        )
    if len({run.manifest.get("tables_digest") for run in runs.values()}) > 1:
        refuse_other_tables({name: run.network for name, run in runs.items()})
    worlds = {name: run.network for name, run in runs.items()}
    held = None if stress is None else stress_test_worlds(worlds, runs, against=against, progress=progress, **stress)
    return replace(compare_worlds(worlds, runs, against=against), stress=held)


def summary(board: Board) -> dict[str, Any]:
    """The board as summary.json holds it."""
    from hinterland.comparison import summary as of_board

    return of_board(board)


def side_by_side(board: Board) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of the comparison: one key figure a row, one strategy a column."""
    values = {(row["strategy"], row["kpi"]): row for row in board.kpis.iter_rows(named=True)}
    known = list(dict.fromkeys(board.kpis["kpi"].to_list()))
    header, rows = ["", "unit", *board.strategies], []
    for prefix, words in _COLUMNS:
        name = next((kpi for kpi in known if kpi == prefix or (prefix.endswith("_") and kpi.startswith(prefix))), None)
        if name is not None:
            told = [values.get((strategy, name), {}) for strategy in board.strategies]
            rows.append([words, next((one["unit"] for one in told if one), ""), *(one.get("value") for one in told)])
    return header, rows


def _in_words(stress: StressBoard, words: str, row: Mapping[str, Any], means: Sequence[float]) -> tuple[float, str]:
    """What a measure is multiplied by for reading, and its name with its unit: millions where there are any."""
    if row["unit"] == "share":
        return 100.0, f"{words}, %"
    unit = _unit_told(row["unit"], stress)
    many = max((abs(one) for one in means), default=0.0) >= 1e6
    return (1e-6, f"{words}, M {unit}") if many else (1.0, f"{words}, {unit}")


def stress_side_by_side(stress: StressBoard) -> tuple[list[str], list[list[Any]], dict[str, list[list[Any]]]]:
    """Header and rows of plans under the same events: a measure a row, each plan's mean; and for each plan its differences to the baseline.

    A difference is measure, mean, low and high end of its 95 % interval, whether the interval leaves 0 out.
    """
    from hinterland.comparison import not_survived

    means = {(row["strategy"], row["measure"]): row for row in stress.measures.iter_rows(named=True)}
    moved = {(row["strategy"], row["measure"]): row for row in stress.differences.iter_rows(named=True)}
    others = [name for name in stress.strategies if name != stress.against]
    rows: list[list[Any]] = []
    apart: dict[str, list[list[Any]]] = {name: [] for name in others}
    for measure, words in _HELD:
        told = [means.get((name, measure)) for name in stress.strategies]
        known = [one for one in told if one is not None]
        if not known:
            continue
        scale, named = _in_words(stress, words, known[0], [one["mean"] for one in known])
        rows.append([named, *(None if one is None else scale * one["mean"] for one in told)])
        if measure == "lost_margin":
            rows.append(["… in the worst 5 %", *(None if one is None else scale * one["cvar95"] for one in told)])
        for name in others:
            one = moved.get((name, measure))
            if one is not None:
                apart[name].append([named, *(scale * one[end] for end in ("mean", "low", "high")), one["certain"]])
    weak = [not_survived(stress, name) for name in stress.strategies]
    if any(weak):
        worst = [None if one is None else one["worst"] for one in weak]
        rows.append(
            [f"nodes not survived, of all ({stress.method})", *("–" if one is None else f"{one['count']} of {one['of']}" for one in weak)]
        )
        rows.append(["worst node", *("–" if one is None else f"{one['kind']} {one['name']}" for one in worst)])
        rows.append(
            [f"its loss while it recovers, M {stress.currency}", *(None if one is None else one["loss_high"] / 1e6 for one in worst)]
        )
    return ["", *stress.strategies], rows, apart


def _unit_told(unit: str, stress: StressBoard) -> str:
    """A unit of the simulation in the board's money and goods."""
    return (
        unit.replace("money", stress.currency)
        .replace("units", stress.unit)
        .replace("per unit", f"per {stress.unit}")
        .replace("unit-", f"{stress.unit}-")
    )


def sums_of(frame: pl.DataFrame) -> dict[str, float]:
    """Sum of each number of a story's table."""
    return {name: float(frame[name].sum()) for name in frame.columns if name.endswith("per_unit")}


def with_sum(frame: pl.DataFrame) -> pl.DataFrame:
    """A story's table with a row of its sums below."""
    if not frame.height:
        return frame
    first = frame.columns[0]
    row = dict.fromkeys(frame.columns) | {first: "sum"} | sums_of(frame)
    return pl.concat([frame, pl.DataFrame([row], schema=frame.schema)])


def remarks_of(board: Board) -> list[str]:
    """What a reader of a comparison must know: rules that plans break, and the board's notes."""
    from hinterland.report.findings import broken

    return [*broken(board), *board.notes]


def story_of(found: TraceResult, site: str | None, product: str | None, period: str | None) -> dict[str, pl.DataFrame]:
    """What a delivered unit carries, quantity-weighted over what is picked: cost, CO2e, origins, transport.

    Raises InvalidTables where nothing that is delivered has these names.
    """
    picked = found.delivered
    for column, value in (("site_id", site), ("product_id", product), ("period_id", period)):
        if value is not None:
            picked = picked.filter(pl.col(column) == value)
    if not picked.height:
        asked = ", ".join(one for one in (site, product, period) if one)
        known = found.delivered.select("site_id", "product_id").unique().sort("site_id", "product_id").rows()
        raise InvalidTables(
            [
                Issue(
                    "delivered",
                    None,
                    None,
                    "unknown_reference",
                    f"nothing is delivered under {asked or 'this plan'}",
                    f"the plan delivers {', '.join(f'{what} at {where}' for where, what in known) or 'nothing'}",
                    "name a site, product and period of these",
                )
            ]
        )
    keys = ["site_id", "product_id", "period_id"]
    total = float(picked["quantity"].sum())

    def mean(frame: pl.DataFrame, by: list[str], values: list[str]) -> pl.DataFrame:
        joined = frame.join(picked, on=keys)
        summed = joined.group_by(by).agg([(pl.col(value) * pl.col("quantity")).sum() / total for value in values])
        return summed.sort(by, nulls_last=True)

    return {
        "cost per unit": mean(found.costs, ["stage", "kind"], ["per_unit"]),
        "CO2e per unit": mean(found.co2e, ["stage", "cause"], ["kg_market_per_unit", "kg_location_per_unit"]),
        "origins per unit": mean(found.origins, ["of_product", "origin_region", "origin_country"], ["quantity_per_unit"]),
        "transport per unit": mean(found.transport, ["stage", "mode_chain"], ["tkm_per_unit", "t_per_unit", "t_days_per_unit"]),
    }
