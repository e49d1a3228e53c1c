"""Sentences that numbers make: who costs more, who emits less, in which sign, in a neutral tone. No winner is assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hinterland.comparison.decisions import broken_rules
from hinterland.report.numbers import amount, change_words, number, relative, share, signed, signed_share
from hinterland.report.words import AIMS, homes, listed, plain, region_name, sentence, short_name, wanted

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = [
    "Cell",
    "Delta",
    "Panel",
    "broken",
    "cell",
    "delta",
    "exclusivity",
    "headline",
    "home_words",
    "others",
    "panels",
    "unit_of",
    "value_of",
    "verdict",
]

_SAME = 5e-4
_SHOWN = {
    "CO2e": ("co2e_kg_per_", "co2e_location_kg_per_"),
    "logistics disruptions": ("km_mean", "transit_days_mean", "customs_borders_mean", "passage_share", "single_source_share"),
    "geopolitics": ("risk_weighted_value_share", "country_hhi", "regional_share", "regional_share_value"),
}
"""Key figures of an aim on the first screen, the decisive one first; the table of all key figures has the rest."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A difference to the baseline: text with sign, an arrow the way the number goes (hollow where worse), and better, worse or same."""

    text: str
    arrow: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as text, and its difference to the baseline; the baseline itself has none."""

    value: str
    delta: Delta | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A question, what the numbers answer, and the numbers: columns are (name, unit), rows (strategy, cells)."""

    question: str
    answer: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def value_of(board: Board, strategy: str, kpi: str) -> float | None:
    """Value of a key figure; None where the board lacks it."""
    try:
        return board.kpi(strategy, kpi)
    except KeyError:
        return None


def unit_of(board: Board, kpi: str) -> str:
    """Unit of a key figure; empty for a pure number."""
    rows = board.kpis.filter(pl.col("kpi") == kpi)["unit"]
    return "" if not len(rows) or rows[0] in {None, "1"} else str(rows[0])


def others(board: Board) -> list[str]:
    """Every strategy but the baseline."""
    return [one for one in board.strategies if one != board.against]


def home_words(board: Board) -> str:
    """The regions of delivery, as a reader says them."""
    return listed([region_name(one) for one in homes(board)])


def delta(kpi: str, unit: str, value: float | None, base: float | None) -> Delta | None:
    """Difference of a key figure to its baseline: relative, or in points for shares. None where a value is missing.

    >>> delta("regional_share", "share", 0.60, 0.40)
    Delta(text='+20 pts', arrow='▲', meaning='better')
    >>> delta("cost_total", "USD", 110.0, 100.0).meaning
    'worse'
    """
    if value is None or base is None:
        return None
    change = relative(value, base)
    if unit == "share":
        size, least = (value - base) * 100, 0.05
        text = signed(size if abs(size) >= least else 0.0, 2) + " pts"
    elif change is None:  # a baseline of 0 has no percentage
        size, least = value - base, 1e-12
        text = signed(size)
    else:
        size, least = change, _SAME
        text = signed_share(size)
    if abs(size) < least:
        return Delta(text, "=", "same")
    better = size * wanted(kpi) > 0
    return Delta(text, ("▲" if size > 0 else "▼") if better else ("△" if size > 0 else "▽"), "better" if better else "worse")


def cell(board: Board, strategy: str, kpi: str) -> Cell:
    """A key figure of a strategy, ready to be read."""
    unit, value = unit_of(board, kpi), value_of(board, strategy, kpi)
    shown = share(value) if unit == "share" else number(value)
    return Cell(shown, None if strategy == board.against else delta(kpi, unit, value, value_of(board, board.against, kpi)))


def verdict(board: Board, strategy: str) -> str:
    """What a strategy costs and emits against the baseline, in one sentence."""
    by_cost, by_kg = (
        relative(value_of(board, strategy, kpi), value_of(board, board.against, kpi))
        for kpi in (f"cost_per_{board.unit.lower()}", f"co2e_kg_per_{board.unit.lower()}")
    )
    if by_cost is None or by_kg is None:
        return f"{sentence(strategy)} delivers the same as {board.against}"
    same = abs(by_cost) < _SAME or abs(by_kg) < _SAME
    first = change_words(by_cost, "costs {} more per {} than", "costs {} less per {} than", "costs as much per {} as", board.unit)
    then = change_words(by_kg, "emits {} more CO₂e", "emits {} less CO₂e", "emits the same CO₂e")
    return f"{sentence(strategy)} {first} {board.against}{' and' if same or (by_cost > 0) == (by_kg > 0) else ', but'} {then}"


def headline(board: Board) -> tuple[str, list[str]]:
    """The report's headline about the first alternative with the rules it breaks, and a sentence about each further one."""
    rest = others(board)
    first = rest[0] if rest else board.against
    count = broken_rules(board).filter(pl.col("strategy") == first).height
    breaks = f"; it breaks {count} {'rule' if count == 1 else 'rules'}" if count else ""
    if not rest:
        cost = value_of(board, board.against, f"cost_per_{board.unit.lower()}")
        return f"{sentence(board.against)} costs {amount(cost, board.currency)} per {board.unit}{breaks}", []
    return verdict(board, first) + breaks, [verdict(board, one) + "." for one in rest[1:]]


def broken(board: Board) -> list[str]:
    """Every rule that a plan breaks, in a sentence: which, where, how far from what is asked, in the worst period, at what penalty.

    The plan of the headline comes first, and of each plan what it pays most for.
    """
    told = []
    place = {one: at for at, one in enumerate([*others(board), board.against])}
    rows = sorted(broken_rules(board).iter_rows(named=True), key=lambda row: (place[row["strategy"]], -(row["penalty"] or 0.0)))
    for row in rows:
        there = f" ({', '.join(region_name(one) for one in row['scope'].split(', '))})" if row["scope"] else ""
        share_of = row["unit"] == "share"
        found, asked = (share(row[name]) if share_of else amount(row[name], row["unit"]) for name in ("found", "asked"))
        count = row["periods"]
        when = f"in {row['worst_period']}" if count == 1 else f"in {count} periods, at worst in {row['worst_period']}"
        paid = f", at penalties of {amount(row['penalty'], board.currency)}" if row["penalty"] else ""
        kind = "the soft rule" if row["soft"] else "the rule"
        told.append(f"{sentence(row['strategy'])} breaks {kind} {plain(row['policy_id'])}{there} {when}: {found} against {asked}{paid}.")
    return told


def _panel(board: Board, question: str, answer: str, kpis: list[str]) -> Panel:
    columns = tuple((short_name(kpi), unit_of(board, kpi).replace("share", "").replace("index 0..1", "0 to 1")) for kpi in kpis)
    return Panel(question, answer, columns, tuple((one, tuple(cell(board, one, kpi) for kpi in kpis)) for one in board.strategies))


def _answer(board: Board, kpis: list[str]) -> str:
    """Whether an aim is met: by the change of its first figure, and by how many figures come nearer to it.

    Yes, where all figures of all alternatives are better or the same; no, where all are worse or the same; else partly. Where no plan has
    the first figure nothing is answered: what the next one says is told, and that the first is not there.
    """
    changes = {one: [cell(board, one, kpi).delta for kpi in kpis] for one in others(board)}
    meanings = {change.meaning for held in changes.values() for change in held if change} - {"same"}
    there = [at for at in range(len(kpis)) if any(held[at] for held in changes.values())]
    if changes and there[:1] != [0]:
        return f"{short_name(kpis[0])} is not told" + (f"; {_changed(kpis, changes, there[0])}" if there else "")
    if not meanings:
        return f"No change against {board.against}"
    said = _changed(kpis, changes, 0)
    if len(meanings) == 1:
        return f"{'Yes' if meanings == {'better'} else 'No'}: {said}"
    counts = {one: sum(change is not None and change.meaning == "better" for change in held) for one, held in changes.items()}
    if len(set(counts.values())) == 1:
        return f"Partly: {said}; {next(iter(counts.values()))} of {len(kpis)} figures better{' in each' if len(counts) > 1 else ''}"
    return f"Partly: {said}; better in {listed([f'{count} of {len(kpis)}' for count in counts.values()])} figures"


def _changed(kpis: list[str], changes: dict[str, list[Delta | None]], at: int) -> str:
    """How a key figure changes in each alternative that has it."""
    name = short_name(kpis[at])
    gaps = [(one, held[at]) for one, held in changes.items()]
    return f"{name if name.startswith('CO') else name.lower()} " + ", ".join(f"{gap.text} in {one}" for one, gap in gaps if gap)


def panels(board: Board) -> list[Panel]:
    """What the alternatives cost, and the three aims answered by the numbers, for better or worse."""
    unit = board.unit.lower()
    held = set(board.kpis["kpi"])
    money = [one for one in (f"cost_per_{unit}", "cost_npv") if one in held]
    costs = [(one, cell(board, one, money[0]).delta) for one in others(board)] if money else []
    said = ", ".join(f"{change.text} in {one}" for one, change in costs if change)
    found = [_panel(board, "At what cost?", f"Real cost {said}" if said else "No baseline to compare with", money)]
    for aim, heading in AIMS.items():
        there = list(dict.fromkeys(board.aims.filter(pl.col("aim") == aim)["kpi"]))
        kpis = [kpi for start in _SHOWN[aim] for kpi in there if kpi == start or (start.endswith("_") and kpi.startswith(start))]
        if kpis:
            found.append(_panel(board, f"{heading}?", _answer(board, kpis), kpis))
    return found


def exclusivity(board: Board) -> list[tuple[str, str]]:
    """What contracts that exclude other sources cost, per strategy that signed one: the sentence, and what it is made of."""
    told = []
    for strategy in dict.fromkeys(board.exclusivity["strategy"]):
        parts = {
            part: (value, unit)
            for part, value, unit in board.exclusivity.filter(pl.col("strategy") == strategy).select("part", "value", "unit").iter_rows()
        }
        total, unit = parts.get("total", (None, None))
        if total is None:
            continue
        npv = value_of(board, strategy, "cost_npv")
        of = f", {share(abs(total) / npv, 2)} of its cost" if npv else ""
        detail = ", ".join(
            f"{plain(part)} {signed(value)} {unit or board.currency}" for part, (value, _) in parts.items() if part != "total"
        )
        word = "Exclusivity costs" if total >= 0 else "Exclusivity saves"
        told.append(
            (
                f"{word} {strategy} {amount(abs(total), unit or board.currency)} in present value{of}.",
                f"The difference to the same plan solved without it{': ' if detail else ''}{detail}.",
            )
        )
    return told
