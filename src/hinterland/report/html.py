"""One HTML file from a board: no script, no address, every figure inside, every text escaped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from hinterland.report import appendix, decided, findings, proof
from hinterland.report.exposure_maps import exposure_map
from hinterland.report.figures import Figure, colours_of, figures, quality
from hinterland.report.helping import helping
from hinterland.report.maps import draw, survey, width_px
from hinterland.report.markets import market_regions
from hinterland.report.numbers import amount, number
from hinterland.report.resilience import resilience
from hinterland.report.small_maps import MapRow, by_market, by_period, by_stage
from hinterland.report.stress_appendix import measured_tails, settling, stress_facts
from hinterland.report.theme import FONT, variables
from hinterland.report.words import chain_order, in_time, plain

if TYPE_CHECKING:
    from hinterland.comparison import Board
    from hinterland.report.maps import Survey

__all__ = ["render"]

_CHAPTERS = {
    "cost": "What it costs",
    "co2e": "What it emits",
    "logistics": "How it moves, and which sites send when",
    "origin": "Where it comes from, and what it depends on",
    "stress": "How it holds when things break",
}
_RULES = (
    "Every policy by place. Closest is the period with the least to spare: what is above (+) or missing (−) against what is asked. "
    "A soft rule may be broken for a penalty, a hard one never."
)
_CONTRACTS = "The supplier's share of all that the buyer takes, over the horizon and by period."
_OPENINGS = "Sites that stand from the start and never change are left out."


@dataclass(frozen=True, slots=True)
class _Maps:
    land: str
    panels: tuple[tuple[str, str, str], ...]
    stages: tuple[tuple[str, str], ...]
    sizes: tuple[tuple[float, str], ...]
    remarks: str
    rows: tuple[tuple[str, list[MapRow]], ...]


def _maps(board: Board, stages: list[str], shared: Survey) -> _Maps:
    """A map per strategy, and the one key they share."""
    drawn, missing = [], 0
    for at, strategy in enumerate(board.strategies):
        atlas = draw(board, strategy, shared, str(at))
        km, borders = (findings.value_of(board, strategy, kpi) for kpi in ("km_mean", "customs_borders_mean"))
        told = [amount(km, "km") if km is not None else "", f"{number(borders, 2)} borders" if borders is not None else ""]
        drawn.append((strategy, ", ".join(one for one in told if one), atlas.svg))
        missing += atlas.unplaced
    moved = set(board.flows["stage"])
    around, lost = by_market(board, shared)
    missing += lost
    remarks = ["◆ delivery", "grey dots: sites not used in this plan"]
    if shared.world and not around:
        remarks.append("the frame on the world is the map below it")
    if around:
        remarks.append("the frames on the world are the maps around each market")
    small = len(market_regions(board)) - len(around)
    if around and small:
        remarks.append(f"{small} smaller region{'s' * (small != 1)} of delivery without a map of {'their' if small != 1 else 'its'} own")
    if missing:
        remarks.append(f"{missing} names left out for want of room")
    return _Maps(
        shared.land,
        tuple(drawn),
        tuple((plain(one), f"var(--g{at})") for at, one in enumerate(stages) if one in moved),
        tuple((width_px(shared.t_most * part, shared.t_most), amount(shared.t_most * part, "t", 2)) for part in (1.0, 0.25, 0.025)),
        "; ".join(remarks),
        (("Market", around), ("Period", by_period(board, shared)), ("Stage", by_stage(board, shared, stages))),
    )


def _chapters(board: Board, shared: Survey) -> list[tuple[str, str, list[Figure]]]:
    where = exposure_map(board, shared)
    drawn = [*figures(board), *([where] if where else [])]
    return [(key, heading, held) for key, heading in _CHAPTERS.items() if (held := [one for one in drawn if one.chapter == key])]


def _delivered(board: Board) -> str:
    units = dict(board.delivered.group_by("unit").agg(pl.col("quantity").sum()).sort("unit").iter_rows())
    places = board.delivered["site_id"].n_unique()
    periods = in_time(board.flows["period_id"].drop_nulls())
    span = f", {periods[0]} to {periods[-1]}" if len(periods) > 1 else ""
    return f"{' and '.join(amount(size, unit) for unit, size in units.items())} to {places} place{'s' * (places != 1)} in {findings.home_words(board)}{span}"


def _style(stages: int, *, stressed: bool) -> str:
    folder = files("hinterland.report") / "templates"
    text = "".join((folder / f"{one}.css").read_text(encoding="utf-8") for one in (["report", "stress"] if stressed else ["report"]))
    for name, value in {"light": variables(stages), "dark": variables(stages, dark=True), "font": FONT}.items():
        text = text.replace(f"/*{name}*/", value)
    return text


def _own_version() -> str:
    try:
        return version("hinterland")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "of unknown version"


def render(
    board: Board,
    path: str | Path,
    *,
    regret: pl.DataFrame | None = None,
    regret_in: str = "another world",
    generated_at: datetime | None = None,
) -> Path:
    """Write the report of a board and return its path. Folders are made where they are missing.

    `regret` (comparison.regret_of) adds what the plans cost in the world `regret_in`.
    The file is complete in itself: no script, no address, no font to load; light, dark and print share it. `generated_at` is the
    time printed on it (default: now, in UTC); with it given, the same board gives the same bytes. Raises OSError where the file
    cannot be written, ValueError where a figure would hold what a report must not.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    stages = chain_order(board)
    shared = survey(board, stages)
    headline, deck = findings.headline(board)
    house = Environment(
        loader=PackageLoader("hinterland.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # pictures come from report.svg.tidy alone, which rebuilds them from a list of harmless elements; the style sheet is our own
    house.filters["ours"] = Markup
    page = house.get_template("report.html.j2").render(
        board=board,
        style=_style(len(stages), stressed=board.stress is not None),
        headline=headline,
        deck=deck,
        colours=colours_of(board),
        delivered=_delivered(board),
        panels=findings.panels(board),
        maps=_maps(board, stages, shared),
        proof_line=proof.proof_line(board),
        proof_rows=proof.proof_rows(board),
        versions=proof.versions(board),
        digests=proof.digests(board),
        quality=quality(board),
        broken=findings.broken(board),
        decided=[
            (heading, about, found)
            for heading, about, found in (
                ("Rules kept and broken", _RULES, decided.rules(board)),
                ("Contracts signed", _CONTRACTS, decided.contracts(board)),
                ("Sites and lines added", _OPENINGS, decided.openings(board)),
            )
            if found
        ],
        chapters=_chapters(board, shared),
        softer=resilience(board),
        helping=helping(board),
        tails=measured_tails(board),
        settling=settling(board),
        stress_facts=stress_facts(board),
        exclusivity=findings.exclusivity(board),
        kpis=appendix.kpis(board),
        matrices=[
            (f"Cost, {board.currency}/{board.unit}", "Kind", appendix.matrix(board, board.stages_cost, "kind", "per_unit")),
            (f"CO₂e, market basis, kg/{board.unit}", "Cause", appendix.matrix(board, board.stages_co2e, "cause", "kg_per_unit")),
        ],
        limits=appendix.limits(board),
        references=appendix.references(board),
        regrets=appendix.regrets(regret),
        regret_in=regret_in,
        time=(generated_at or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M %Z").strip(),
        version=_own_version(),
    )
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")
    return target
