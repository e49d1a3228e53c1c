"""Whether a plan softens disruptions, for the first screen: lost margin, service and exposure against the baseline, with their intervals.

A difference whose interval holds 0 is neither better nor worse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from hinterland.report.findings import Delta
from hinterland.report.numbers import share
from hinterland.report.stress_words import (
    between,
    differed,
    difference,
    direction,
    finite,
    measure_name,
    measured,
    plans,
    shown,
    span_words,
    told,
    unit_words,
)
from hinterland.report.words import listed, sentence

if TYPE_CHECKING:
    from hinterland.comparison import Board
    from hinterland.comparison.stressed import StressBoard

__all__ = ["Held", "Resilience", "margin_words", "resilience"]

_SHOWN = ("lost_margin", "fill_rate", "late_share")
_LEAST = 0.0005
"""Differences of shares below half a tenth of a point read as none."""


@dataclass(frozen=True, slots=True)
class Held:
    """A value, its difference to the baseline and the interval of that (or, of a count, what it counts); `tail`: what stands below."""

    value: str
    delta: Delta | None = None
    range: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Resilience:
    """The panel of the first screen: columns are (name, unit), rows (strategy, cells); `deck` says it in one sentence."""

    answer: str
    deck: str
    about: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Held, ...]], ...]


def margin_words(stress: StressBoard, names: list[str], *, ranges: bool = False, tails: bool = False) -> str:
    """Who loses more or less margin than the baseline, and of whom it cannot be said; empty where nothing is known.

    `ranges`: with intervals; `tails`: and whose worst 5 % go against the mean. Of one replication: what it says, without an interval.
    """
    alone = stress.replications < 2
    parts: list[str] = []
    open_: list[str] = []
    for one in names:
        row = differed(stress, one, "lost_margin")
        if row is None or not finite(row["mean"]):
            continue
        if alone and not row["mean"]:
            parts.append(f"{one} loses as much margin as {stress.against}")
            continue
        if not row["certain"] and not alone:
            open_.append(one)
            continue
        range_ = ""
        if ranges and not alone:
            ends = sorted(abs(row[end]) for end in ("low", "high"))
            range_ = f" ({'95 % interval ' if not parts else ''}{between(ends[0], ends[1], stress.currency)})"
        than = f" margin than {stress.against}" if not parts else ""
        size = told(abs(row["mean"]), stress.currency)
        beside = _units(stress, one, row["mean"]) + (_worst(stress, one, row["mean"]) if tails else "")
        parts.append(f"{one} loses {size} {'less' if row['mean'] < 0 else 'more'}{than}{range_}{beside}")
    if not parts:
        return f"no certain difference in lost margin between {listed([*open_, stress.against])}" if open_ else ""
    return "; ".join(parts) + (f"; no certain difference for {listed(open_)}" if open_ else "")


def _units(stress: StressBoard, strategy: str, margin: float) -> str:
    """What units say beside the margin: a dearer plan loses less margin with the same units."""
    row = differed(stress, strategy, "lost")
    if row is None or not finite(row["mean"]):
        return ""
    if not row["certain"] and stress.replications > 1:
        return ", with no certain difference in units"
    if not row["mean"]:
        return ""
    size = f"{told(abs(row['mean']), stress.unit)} {'more' if row['mean'] > 0 else 'fewer'}"
    return f" and {size}" if row["mean"] * margin > 0 else f", though {size}"


def _tail(stress: StressBoard, strategy: str, measure: str) -> float | None:
    """CVaR of a measure; None where it is not known, or where one replication has no tail."""
    row = measured(stress, strategy, measure)
    return row["cvar95"] if row is not None and finite(row["cvar95"]) and stress.replications > 1 else None


def _worst(stress: StressBoard, strategy: str, margin: float) -> str:
    """What the worst 5 % of futures say, where they go against the mean."""
    mine, theirs = (_tail(stress, one, "lost_margin") for one in (strategy, stress.against))
    if mine is None or theirs is None or abs(mine - theirs) <= _LEAST * abs(theirs) or (mine - theirs) * margin > 0:
        return ""
    return f", but {told(abs(mine - theirs), stress.currency)} {'more' if mine > theirs else 'less'} margin in the worst 5 % of futures"


def _arrow(mean: float, better: int) -> Delta:
    good = mean * better > 0
    return Delta("", ("▲" if mean > 0 else "▼") if good else ("△" if mean > 0 else "▽"), "better" if good else "worse")


def _judged(text: str, mean: float, better: int, *, certain: bool) -> Delta:
    found = _arrow(mean, better) if certain and better and mean else Delta("", "≈", "same")
    return Delta(text, found.arrow, found.meaning)


def _measure(stress: StressBoard, strategy: str, measure: str) -> Held:
    """A measure with its difference; lost margin also with its worst 5 %."""
    held, worst = _mean(stress, strategy, measure), _tail(stress, strategy, measure)
    if measure != "lost_margin" or worst is None:
        return held
    return replace(held, tail=f"worst 5 %: {shown(worst, stress.currency)}")


def _mean(stress: StressBoard, strategy: str, measure: str) -> Held:
    row = measured(stress, strategy, measure)
    if row is None or not finite(row["mean"]):
        return Held("–")
    unit = unit_words(stress, row["unit"])
    gap = None if strategy == stress.against else differed(stress, strategy, measure)
    if gap is None or not finite(gap["mean"]):
        return Held(shown(row["mean"], unit))
    delta = _judged(difference(gap["mean"], "share" if unit == "share" else ""), gap["mean"], direction(measure), certain=gap["certain"])
    if stress.replications < 2:
        return Held(shown(row["mean"], unit), Delta(delta.text, "", "same"))
    ends = between(gap["low"], gap["high"], unit if unit == "share" else "", sign=True, points=True)
    return Held(shown(row["mean"], unit), delta, ends.removesuffix(" pts"))


def _sites(stress: StressBoard, strategy: str) -> pl.DataFrame:
    """Sites of a plan with a loss that is a number; all nodes where the exposure has no sites."""
    frame = stress.exposure.filter((pl.col("strategy") == strategy) & pl.col("loss_high").is_finite())
    sites = frame.filter(pl.col("kind") == "site")
    return sites if stress.exposure.filter(pl.col("kind") == "site").height else frame


def _exposure(stress: StressBoard, strategy: str) -> Held:
    """Mean loss over the sites of a plan; certain where the fast and the slow recovery say the same."""
    mine, base = _mean_losses(stress, strategy), _mean_losses(stress, stress.against)
    if mine is None:
        return Held("–")
    if strategy == stress.against or base is None:
        return Held(shown(mine[1], stress.currency))
    fast, slow = mine[0] - base[0], mine[1] - base[1]
    delta = _judged(difference(slow, ""), slow, -1, certain=min(fast, slow) > 0 or max(fast, slow) < 0)
    return Held(shown(mine[1], stress.currency), delta, tail=f"fast to slow recovery: {between(fast, slow, '', sign=True)}")


def _mean_losses(stress: StressBoard, strategy: str) -> tuple[float, float] | None:
    """Mean loss over the sites of a plan, fast and slow to recover."""
    frame = _sites(stress, strategy)
    fast = pl.when(pl.col("loss_low").is_finite()).then(pl.col("loss_low")).otherwise(pl.col("loss_high"))
    return frame.select(fast.mean().alias("fast"), pl.col("loss_high").mean().alias("slow")).row(0) if frame.height else None


def _survived(stress: StressBoard, strategy: str) -> Held:
    """Share of the sites of a plan that it does not survive until they are back."""
    parts = {}
    for one in (strategy, stress.against):
        known = _sites(stress, one)["survives"].drop_nulls()
        parts[one] = (int((~known).sum()), len(known))
    lost, count = parts[strategy]
    if not count:
        return Held("–")
    of = f"{lost} of {count}"
    if strategy == stress.against or not parts[stress.against][1]:
        return Held(share(lost / count), None, of)
    gap = lost / count - parts[stress.against][0] / parts[stress.against][1]
    return Held(share(lost / count), _judged(difference(gap, "share", 2), gap, -1, certain=abs(gap) >= _LEAST), of)


def _answer(stress: StressBoard, rows: dict[str, list[Held]]) -> str:
    """Yes, where every certain difference is better; no, where every one is worse; partly between; else that none is certain.

    One replication answers nothing: what it says is told as that of one future.
    """
    gaps = {one: cells for one, cells in rows.items() if one != stress.against}
    meanings = {cell.delta.meaning for cells in gaps.values() for cell in cells if cell.delta} - {"same"}
    if not gaps:
        return "No baseline to compare with"
    if stress.replications < 2:
        lead = margin_words(stress, list(gaps), tails=True)
        return "One future alone does not tell" + (f"; in this one future {lead}" if lead else "")
    if not meanings:
        return f"No certain difference to {stress.against}"
    lead = margin_words(stress, list(gaps), tails=True)
    word = ("Yes" if meanings == {"better"} else "No") if len(meanings) == 1 else "Partly"
    return f"{word}: {lead}" if lead else word


def resilience(board: Board) -> Resilience | None:
    """The panel, where the plans of a board were moved through events."""
    stress, names = board.stress, plans(board)
    if stress is None or not names:
        return None
    held = [one for one in _SHOWN if one in set(stress.measures["measure"])]
    columns = []
    for measure in held:
        unit = unit_words(stress, stress.measures.filter(pl.col("measure") == measure)["unit"][0])
        columns.append((measure_name(measure), "of what is wanted" if unit == "share" else f"{unit}, {span_words(stress)}"))
    rows = {one: [_measure(stress, one, measure) for measure in held] for one in names}
    exposed = stress.exposure.filter(pl.col("strategy").is_in(names)).height
    if exposed:
        columns += [("Loss if one site stops", f"{stress.currency}, mean of sites"), ("Stops not survived", "share of sites")]
        for one in names:
            rows[one] += [_exposure(stress, one), _survived(stress, one)]
    lead = margin_words(stress, [one for one in names if one != stress.against], ranges=True, tails=True)
    alone = stress.replications < 2
    about = f"Means of {stress.replications:,} draws of events, the same for every plan, {span_words(stress)}."
    if alone:
        about = f"One draw of events, the same for every plan, {span_words(stress)}: one future has no interval, no difference is certain."
    elif len(names) > 1:
        about += " In brackets the 95 % interval of the difference, ≈ where it holds 0."
    if {"lost_margin", "fill_rate"} <= set(held):
        about += " A dearer plan loses less margin with each unit; the fill rate counts units."
    if "late_share" in held:
        about += " Served late: where shortage is served later instead of lost; the other means: where it is lost."
    if exposed:
        about += " If one site stops: for its slow time to recover" + (
            ", below it the difference from fast to slow." if len(names) > 1 else "."
        )
    deck = f"When things break, {'in this one future ' if alone else ''}{lead}." if lead else ""
    return Resilience(
        sentence(_answer(stress, rows)), deck, about, tuple(columns), tuple((one, tuple(cells)) for one, cells in rows.items())
    )
