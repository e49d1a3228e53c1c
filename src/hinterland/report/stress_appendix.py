"""What a careful reader looks up about plans under events: every measure with its tail, how it settles, definitions, what is left aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.report import spreads
from hinterland.report.figures.figure import Figure, colours_of
from hinterland.report.numbers import counted, share
from hinterland.report.stress_words import between, measure_doc, measure_name, plans, shown, span_words, unit_words
from hinterland.report.words import sentence

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["Tail", "measured_tails", "settling", "stress_facts"]

_METHODS = {"weekly": " over weeks with lead times", "block": " as one stretch of time"}


@dataclass(frozen=True, slots=True)
class Tail:
    """A measure with its unit and definition, and a row of texts per plan: mean, interval, spread, VaR, CVaR."""

    name: str
    unit: str
    doc: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def measured_tails(board: Board) -> list[Tail]:
    """Every measure of every plan, in the board's order."""
    stress = board.stress
    if stress is None:
        return []
    found = []
    frame = stress.measures.filter(pl.col("strategy").is_in(plans(board)))
    for measure in dict.fromkeys(frame["measure"]):
        rows = {row["strategy"]: row for row in frame.filter(pl.col("measure") == measure).iter_rows(named=True)}
        if measure == "on_time_share" and all(_equal(frame, one, "fill_rate", row) for one, row in rows.items()):
            continue  # what is lost is never late
        unit = unit_words(stress, next(iter(rows.values()))["unit"])
        cells = tuple(
            (one, (shown(row["mean"], unit), between(row["low"], row["high"], "share" if unit == "share" else ""),
                   *(shown(row[name], unit) for name in ("spread", "var95", "cvar95"))))
            for one in plans(board) if (row := rows.get(one)) is not None
        )  # fmt: skip
        found.append(Tail(measure_name(measure), "%" if unit == "share" else unit, sentence(measure_doc(measure)), cells))
    return found


def _equal(frame: pl.DataFrame, strategy: str, measure: str, row: dict[str, Any]) -> bool:
    """Whether another measure of a plan has the same numbers."""
    other = frame.filter((pl.col("strategy") == strategy) & (pl.col("measure") == measure)).drop("measure")
    return other.height == 1 and other.row(0, named=True) == {name: value for name, value in row.items() if name != "measure"}


def settling(board: Board) -> Figure | None:
    """Running means and their intervals: whether more replications would say something else."""
    stress = board.stress
    if stress is None:
        return None
    frame = stress.convergence.filter(pl.col("strategy").is_in(plans(board)) & pl.all_horizontal(pl.col("mean", "low", "high").is_finite()))
    frame = frame.filter(pl.col("replications") > 0).sort("strategy", "measure", "replications")
    if not frame.height:
        return None
    units = dict(stress.measures.select("measure", "unit").unique(maintain_order=True).iter_rows())
    colours = {one: colours_of(board)[one] for one in plans(board) if one in set(frame["strategy"])}
    last = frame.group_by("strategy", "measure", maintain_order=True).last()
    svgs, table, widths = [], [], []
    about = "Running mean of the replications, and its 95 % interval as a band"
    for measure in dict.fromkeys(frame["measure"]):
        unit = unit_words(stress, units.get(measure))
        mine = frame.filter(pl.col("measure") == measure)
        # the first tenth of the replications has intervals so wide that nothing else would be seen
        tail = mine.filter(pl.col("replications") >= 0.1 * float(mine["replications"].max()))  # type: ignore[arg-type]  # polars: max and min of any type
        name = measure_name(measure) + (f", {unit}" if unit and unit != "share" else "")
        svgs.append(spreads.running(tail.to_dicts(), colours, name, f"{name}. {about}", percent=unit == "share"))
        for row in last.filter(pl.col("measure") == measure).iter_rows(named=True):
            half = (row["high"] - row["low"]) / 2
            widths.append((half / abs(row["mean"]) if row["mean"] else 0.0, measure, row["strategy"]))
        table += [
            (measure_name(measure), row["strategy"], f"{row['replications']:,}", shown(row["mean"], unit), between(row["low"], row["high"], unit))
            for row in mine.iter_rows(named=True)
        ]  # fmt: skip
    widest = max(widths)
    title = f"Known to ± {share(widest[0], 2)} of the mean or better after {counted(stress.replications, 'draw')} (widest: {measure_name(widest[1]).lower()}, {widest[2]})"
    columns = ("Measure", "Plan", "Replications", "Running mean", "95 % interval")
    return Figure("appendix", title, about, tuple(svgs), columns, tuple(table), of=tuple(colours))


def stress_facts(board: Board) -> list[str]:
    """How it was simulated, what the words mean, and what is left aside."""
    stress = board.stress
    if stress is None:
        return []
    share_of = f"{counted(stress.events, 'event')} in all, " if stress.events else ""
    alone = stress.replications < 2
    facts = [
        f"{counted(stress.replications, 'replication')} of {span_words(stress)} in steps of {counted(stress.step_days, 'day')}, seed {stress.seed}; {share_of}the same for every plan.",
        "Plans are judged as they are: stocks, backups and reactions of the tables act, nothing is planned anew.",
        "One replication is one future: it has no interval, and no difference is certain."
        if alone
        else "Means have 95 % intervals (Student). Differences are taken replication by replication under the same events; certain means that "
        "their interval leaves 0 out.",
        "VaR at 95 % is what 95 % of the replications do not exceed, on the bad side of a measure; CVaR is the mean of the worst 5 %.",
    ]
    if stress.exposure.height:
        how = f" in {stress.period_id}" if stress.period_id else ""
        method = _METHODS.get(stress.method, f" by {stress.method}" if stress.method else "")
        facts += [
            f"Exposure{how}{method}: the least lost margin while one node stands still, with everything else the plan uses to spare.",
            "Time to recover (TTR): days until a node works again, a fast and a slow figure; a wider node takes that of its slowest site.",
            "Time to survive (TTS): the longest standstill of a node without a lost unit. A node is survived where it is no shorter than the "
            "time to recover.",
            "Risk exposure index: loss of a node over the largest loss of any (Simchi-Levi, Schmidt, Wei 2014).",
        ]
    facts += [
        "Lost margin counts what a plan earns per unit: one that earns less loses less with the same units.",
        "Left aside: crews, priorities between customers of one pool other than by rank, expediting in the exposure, prices that a replayed event "
        "brought, payment terms, lead times of ways round that vary, and acting before an event that is known ahead. Who steps in stops in a "
        "simulation when the first maker is back, although its goods arrive only a lead time later; in the exposure it goes on until the gap is closed.",
        *(sentence(one).rstrip(".") + "." for one in stress.notes),
    ]
    return facts
