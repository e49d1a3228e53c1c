"""The key figures of one plan, each with its numerator and denominator, and a word where it cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hinterland.comparison.registry import KPIS

if TYPE_CHECKING:
    from hinterland.comparison.judged import Judged

__all__ = ["Figure", "kpi_rows", "moving_figures", "passages_of", "ratio", "risk_figure", "single_source_figure", "total_figures"]

_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with what it is made of; null with a note where it cannot be told."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    note: str | None = None


def ratio(numerator: float, denominator: float, nothing: str) -> Figure:
    """numerator / denominator; without a denominator null, with the word `nothing`."""
    if denominator == 0:
        return Figure(None, numerator, denominator, nothing)
    return Figure(numerator / denominator, numerator, denominator)


def total_figures(one: Judged, penalties: float) -> dict[str, Figure]:
    """Cost, CO2e and shortage over the horizon and per unit delivered."""
    costs, co2e, short = one.books.costs, one.books.co2e, one.books.shortage
    cost, market, location = float(costs["amount"].sum()), float(co2e["kg_market"].sum()), float(co2e["kg_location"].sum())
    nothing = "nothing is delivered"
    return {
        "cost_total": Figure(cost),
        "cost_npv": Figure(float(costs["discounted"].sum())),
        "cost_per_{unit}": ratio(cost, one.units, nothing),
        "co2e_total_t": Figure(market / 1000.0),
        "co2e_kg_per_{unit}": ratio(market, one.units, nothing),
        "co2e_location_kg_per_{unit}": ratio(location, one.units, nothing),
        "shortage_share": ratio(float(short["short"].sum()), float(short["demand"].sum()), "nothing is asked for"),
        "penalties": Figure(penalties),
    }


def moving_figures(one: Judged) -> dict[str, Figure]:
    """Tonne-weighted kilometres, days and borders of all lanes, and the transport work per unit."""
    flows = one.books.flows
    t = float(flows["gross_t"].sum())
    tkm = float(flows["tkm"].sum())
    nothing = "no tonne is moved"
    through = float(flows.filter(pl.col("passages").fill_null("") != "")["gross_t"].sum())
    unknown = float(flows.filter(pl.col("passages").is_null())["gross_t"].sum())
    passing = ratio(through, t, nothing)
    if unknown > 0:
        word = f"{unknown / t:.1%} of the tonnes go by sea on lanes that do not say which passages they take: fill passages, or write none"
        passing = Figure(None, through, t, word)
    return {
        "km_mean": ratio(tkm, t, nothing),
        "tkm_per_{unit}": ratio(tkm, one.units, "nothing is delivered"),
        "transit_days_mean": ratio(float((flows["gross_t"] * flows["days"]).sum()), t, nothing),
        "customs_borders_mean": ratio(float(flows.filter("customs_border")["gross_t"].sum()), t, nothing),
        "passage_share": passing,
    }


def passages_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.passages: gross tonnes through each strait or canal over all gross tonnes."""
    flows = one.books.flows
    total = float(flows["gross_t"].sum())
    rows = flows.select("gross_t", passage=pl.col("passages").fill_null("").str.split("|")).explode("passage")
    named = rows.with_columns(pl.col("passage").str.strip_chars()).filter(pl.col("passage") != "")
    share = pl.col("t") / total if total else pl.lit(None, dtype=pl.Float64)
    summed = named.group_by("passage").agg(t=pl.col("gross_t").sum()).sort("passage")
    return summed.select(strategy=pl.lit(one.name), passage="passage", share=share, t="t", t_all=pl.lit(total))


def single_source_figure(sources: pl.DataFrame, measure: str) -> Figure:
    """Weight of the buyers with one source over the weight of all."""
    alone = float(sources.filter(pl.col("sources") == 1.0)["weight"].sum())
    figure = ratio(alone, float(sources["weight"].sum()), "no inflow has a value or a mass")
    return Figure(figure.value, figure.numerator, figure.denominator, figure.note or f"by {measure}")


def risk_figure(one: Judged, added: pl.DataFrame) -> Figure:
    """Σ share of cost added in a country × its risk score; `added` has country (null: no place), amount."""
    scores = one.net["countries"].select("country", "risk_score_share").unique("country")
    placed = added.filter(pl.col("country").is_not_null()).group_by("country").agg(pl.col("amount").sum()).sort("country")
    rows = placed.join(scores, on="country", how="left", maintain_order="left")
    total, everything = float(rows["amount"].sum()), float(added["amount"].sum())
    if total == 0:
        return Figure(None, None, total, "no cost is added anywhere")
    missing = rows.filter(pl.col("risk_score_share").is_null() & (pl.col("amount").abs() > _TINY * abs(total)))
    if missing.height:
        return Figure(None, None, total, f"no risk_score_share of {', '.join(missing['country'].to_list())}")
    left_out = 1.0 - total / everything
    note = f"{left_out:.1%} of cost added has no place and is left out" if left_out > 1e-6 else None
    risk = float((rows["amount"] * rows["risk_score_share"].fill_null(0.0)).sum())
    return Figure(risk / total, risk, total, note)


def kpi_rows(name: str, figures: dict[str, Figure], unit: str, currency: str) -> list[tuple[object, ...]]:
    """Rows of Board.kpis for one plan, in the order of the registry."""
    rows: list[tuple[object, ...]] = []
    for one in KPIS:
        figure = figures[one.name]
        rows.append(
            (
                name,
                one.named(unit),
                figure.value,
                one.counted_in(unit, currency),
                figure.numerator,
                figure.denominator,
                figure.note,
                f"{one.definition}; {one.counted}",
            )
        )
    return rows
