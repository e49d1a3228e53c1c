"""Where goods come from, and what a plan depends on: regions, countries, single sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.report import charts
from hinterland.report.figures.figure import Figure, across, bar_figure, colours_of, summed
from hinterland.report.findings import value_of
from hinterland.report.numbers import share
from hinterland.report.words import chain_order, homes, plain, region_name, sentence

if TYPE_CHECKING:
    from hinterland.comparison import Board

__all__ = ["concentration", "origins", "regional", "single_source"]

_OWN, _UNKNOWN = "=", "?"
"""Sources that are no region: the one that the good is delivered to, and none that is known."""
_GREYS = (0.34, 0.24, 0.16, 0.10)
_MOST_INFLOWS = 10
_PRODUCTS_A_PART = 8


def origins(board: Board) -> Figure | None:
    """Who made or sold each upstream product: what comes from the region it is delivered to in the strategy's hue, the rest in greys."""
    home, colours = homes(board), colours_of(board)
    own = (pl.col("region") == pl.col("to_region")).fill_null(value=False)
    frame = board.origins.with_columns(source=pl.when(own).then(pl.lit(_OWN)).otherwise(pl.col("region").fill_null(_UNKNOWN)))
    frame = frame.group_by("of_product", "stage", "source", "strategy").agg(pl.col("share").sum()).filter(pl.col("share") > 1e-9)
    if not frame.height:
        return None
    own_word = region_name(home[0]) if len(home) == 1 else "own region"
    far = frame.filter(pl.col("source") != _OWN).group_by("source").agg(pl.col("share").sum())
    sources = [_OWN, *far.sort("share", "source", descending=[True, False])["source"].to_list()]
    words = {_OWN: own_word, _UNKNOWN: "unknown"}
    place = {stage: at for at, stage in enumerate(chain_order(board))}
    products = sorted(set(frame.select("of_product", "stage").iter_rows()), key=lambda one: (place.get(one[1], -1), one[0]))
    held = {(row["of_product"], row["strategy"], row["source"]): row["share"] for row in frame.iter_rows(named=True)}
    rows, table = [], []
    mostly, used = dict.fromkeys(board.strategies, 0), dict.fromkeys(board.strategies, 0)
    for product, _ in products:
        for strategy in board.strategies:
            parts = [held.get((product, strategy, source), 0.0) for source in sources]
            mostly[strategy] += parts[0] > 0.5
            used[strategy] += sum(parts) > 0
            table.append((sentence(plain(product)), strategy, *(share(part) for part in parts)))
            at = 0.0
            for rank, (source, part) in enumerate(zip(sources, parts, strict=True)):
                if part > 0:
                    rows.append(
                        {
                            "what": sentence(plain(product)),
                            "strategy": strategy,
                            "start": at,
                            "end": min(1.0, at + part),
                            "text": words.get(source) or region_name(source),
                            "colour": "var(--muted)" if rank else colours[strategy],
                            "opacity": _GREYS[min(len(_GREYS), rank) - 1] if rank else 1.0,
                            "ink": "var(--ink)" if rank else "var(--paper)",
                        }
                    )
                at += part
    near = own_word if len(home) == 1 else "the region it is delivered to"
    title = f"Mostly from {near}: " + ", ".join(f"{mostly[one]} of {used[one]} goods in {one}" for one in board.strategies)
    about = (
        f"Where each good was made or bought, as share of what the delivered {board.unit} embody; {near} in colour, other regions in grey"
    )
    names = [sentence(plain(product)) for product, _ in products]
    each = -(-len(names) // max(1, round(len(names) / _PRODUCTS_A_PART)))
    svgs = tuple(
        charts.shares([row for row in rows if row["what"] in set(names[at : at + each])], board.strategies, f"{title}. {about}")
        for at in range(0, len(names), each)
    )
    columns = ("Product", "Strategy", *(sentence(words.get(one) or region_name(one)) for one in sources))
    return Figure("origin", title, about, svgs, columns, tuple(table))


def regional(board: Board) -> Figure | None:
    """What each region of delivery adds to what it is delivered, by cost, value and mass."""
    names = {"cost": "cost added", "value": "value added", "mass": "mass made or sold"}
    own = board.regional_share.filter(pl.col("home")).drop_nulls("to_region")
    markets = sorted(set(board.regional_share["to_region"].drop_nulls()))
    table = {
        (f"{region_name(market)}: " if len(markets) > 1 else "") + names.get(basis, basis): held
        for market in markets
        for basis, held in summed(own.filter(pl.col("to_region") == market), "basis", "share", list(names)).items()
    }
    told = {one: value_of(board, one, "regional_share") for one in board.strategies}
    if not table or all(one is None for one in told.values()):
        return None
    about = "Of what is delivered in a region, the share that was added there; cost added leaves out freight and duty"
    start = f"Added in {region_name(markets[0])}" if len(markets) == 1 else "Added in the region of delivery"
    title = across(board, f"{start}:", told, "of cost")
    return bar_figure(board, "origin", title, about, "share added where it is delivered", table, "Basis", percent=True)


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
