"""Where goods come from, and what a plan depends on: regions, countries, single sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.report import charts
from hinterland.report.figures.figure import Figure, across, bar_figure, colours_of, summed
from hinterland.report.findings import home_words, value_of
from hinterland.report.numbers import share
from hinterland.report.words import chain_order, homes, plain, region_name, sentence

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["concentration", "origins", "regional", "single_source"]

_GREYS = (0.34, 0.24, 0.16, 0.10)
_MOST_INFLOWS = 10
_PRODUCTS_A_PART = 8


def origins(board: Board) -> Figure | None:
    """Who made or sold each upstream product: regions of delivery in the strategy's hue, all others in greys."""
    home, colours = homes(board), colours_of(board)
    frame = board.origins.group_by("of_product", "stage", "region", "strategy").agg(pl.col("share").sum()).filter(pl.col("share") > 1e-9)
    if not frame.height:
        return None
    far = frame.group_by("region").agg(pl.col("share").sum()).sort("share", "region", descending=[True, False])["region"].to_list()
    regions = [*home, *(one for one in far if one not in home)]
    place = {stage: at for at, stage in enumerate(chain_order(board))}
    products = sorted(set(frame.select("of_product", "stage").iter_rows()), key=lambda one: (place.get(one[1], -1), one[0]))
    held = {(row["of_product"], row["strategy"], row["region"]): row["share"] for row in frame.iter_rows(named=True)}
    rows, table = [], []
    mostly, used = dict.fromkeys(board.strategies, 0), dict.fromkeys(board.strategies, 0)
    for product, _ in products:
        for strategy in board.strategies:
            parts = [held.get((product, strategy, region), 0.0) for region in regions]
            mostly[strategy] += sum(parts[: len(home)]) > 0.5
            used[strategy] += sum(parts) > 0
            table.append((sentence(plain(product)), strategy, *(share(part) for part in parts)))
            at = 0.0
            for rank, (region, part) in enumerate(zip(regions, parts, strict=True)):
                near = rank < len(home)
                if part > 0:
                    rows.append(
                        {
                            "what": sentence(plain(product)),
                            "strategy": strategy,
                            "start": at,
                            "end": min(1.0, at + part),
                            "text": region_name(region) if region else "unknown",
                            "colour": colours[strategy] if near else "var(--muted)",
                            "opacity": 1.0 if near else _GREYS[min(len(_GREYS) - 1, rank - len(home))],
                            "ink": "var(--paper)" if near else "var(--ink)",
                        }
                    )
                at += part
    title = f"Mostly from {home_words(board)}: " + ", ".join(f"{mostly[one]} of {used[one]} goods in {one}" for one in board.strategies)
    about = f"Where each good was made or bought, as share of what the delivered {board.unit} embody; {home_words(board)} in colour, other regions in grey"
    names = [sentence(plain(product)) for product, _ in products]
    each = -(-len(names) // max(1, round(len(names) / _PRODUCTS_A_PART)))
    svgs = tuple(
        charts.shares([row for row in rows if row["what"] in set(names[at : at + each])], board.strategies, f"{title}. {about}")
        for at in range(0, len(names), each)
    )
    columns = ("Product", "Strategy", *(region_name(one) if one else "unknown" for one in regions))
    return Figure("origin", title, about, svgs, columns, tuple(table))


def regional(board: Board) -> Figure | None:
    """What the regions of delivery add, by cost, value and mass."""
    names = {"cost": "cost added", "value": "value added", "mass": "mass moved from there"}
    table = {
        names.get(basis, basis): held
        for basis, held in summed(board.regional_share.filter(pl.col("home")), "basis", "share", list(names)).items()
    }
    if not table:
        return None
    first, held = next(iter(table.items()))
    title = across(board, f"{home_words(board)}:", dict(held), f"of {first}")
    about = "Share of the regions of delivery; cost added leaves out freight and duty"
    return bar_figure(board, "origin", title, about, "share in the regions of delivery", table, "Basis", percent=True)


def concentration(board: Board) -> Figure | None:
    """Country concentration by stage."""
    table = summed(board.concentration.drop_nulls("hhi"), "stage", "hhi", chain_order(board))
    single = {one: sum(held.get(one, 0.0) > 0.999 for held in table.values()) for one in board.strategies}
    title = "Stages in a single country: " + ", ".join(f"{single[one]} of {len(table)} in {one}" for one in board.strategies)
    about = "Country concentration by stage, sum of squared shares: 1 is one country, 0.5 two equal ones, 0.25 four"
    return bar_figure(board, "origin", title, about, "sum of squared country shares", table, "Stage", absent=None)


def single_source(board: Board) -> Figure | None:
    """How much of a buyer's inflow its largest source brings, for the heaviest inflows of any plan."""
    weighed = (pl.col("largest_share") * pl.col("weight")).sum() / pl.col("weight").sum()
    pooled = (
        board.sources.drop_nulls(["largest_share", "weight"])
        .filter(pl.col("weight") > 0)
        .group_by("strategy", "site_id", "product_id")
        .agg(weighed.alias("largest"), pl.col("weight").sum())
    )
    if not pooled.height:
        return None
    heavy = (
        pooled.group_by("site_id", "product_id")
        .agg(pl.col("weight").max())
        .sort("weight", "site_id", "product_id", descending=[True, False, False])
        .head(_MOST_INFLOWS)
    )
    names = dict(board.sites.select("site_id", "name").unique("site_id").iter_rows())
    held = {(row["site_id"], row["product_id"], row["strategy"]): row["largest"] for row in pooled.iter_rows(named=True)}
    table: dict[str, dict[str, float]] = {}
    for site, product in heavy.select("site_id", "product_id").iter_rows():
        there = {one: held[site, product, one] for one in board.strategies if (site, product, one) in held}
        table[f"{sentence(plain(product))} at {names.get(site) or site}"] = there
    told = {one: value_of(board, one, "single_source_share") for one in board.strategies}
    title = across(board, "From a single source:", told, "of inflow")
    about = f"Share of the largest source in what a buyer takes of a product; the {len(table)} heaviest inflows"
    return bar_figure(board, "origin", title, about, "share of the largest source", table, "Product and buyer", percent=True, absent=None)
