"""What maps and stage charts are drawn from: stages per unit delivered, flows with coordinates, sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.comparison.board import BOARD_FRAMES, empty_board_frame
from hinterland.comparison.sourcing import bought_by, goods_of

if TYPE_CHECKING:
    from hinterland.comparison.judged import Judged

__all__ = ["flows_of", "references_of", "sites_of", "stages_co2e_of", "stages_cost_of"]

_NO_PRODUCT = "(site)"


def _staged(one: Judged, rows: pl.DataFrame, kind: str, amounts: dict[str, str]) -> pl.DataFrame:
    per = one.units or None
    joined = rows.join(one.products.select("product_id", "stage"), on="product_id", how="left")
    return (
        joined.group_by(pl.col("stage").fill_null(_NO_PRODUCT), kind)
        .agg((pl.col(amount).sum() / pl.lit(per, dtype=pl.Float64)).alias(name) for amount, name in amounts.items())
        .with_columns(strategy=pl.lit(one.name))
        .sort("stage", kind)
    )


def stages_cost_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.stages_cost; Σ per_unit = real cost per unit delivered."""
    return _staged(one, one.books.costs, "kind", {"amount": "per_unit"}).select(list(BOARD_FRAMES["stages_cost"]))


def stages_co2e_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.stages_co2e; Σ kg_per_unit = CO2e per unit delivered."""
    amounts = {"kg_market": "kg_per_unit", "kg_location": "kg_location_per_unit"}
    return _staged(one, one.books.co2e, "cause", amounts).select(list(BOARD_FRAMES["stages_co2e"]))


def flows_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.flows: each flow with its stage, gross tonnes and both ends' coordinates."""
    sites = one.net["sites"].select("site_id", "latitude", "longitude").join(one.places.select("site_id", "region"), on="site_id")
    rows = one.books.flows.join(one.products.select("product_id", "stage", "unit"), on="product_id", how="left")
    for end in ("from", "to"):
        named = sites.rename({name: f"{end}_{name}" for name in ("latitude", "longitude", "region")})
        rows = rows.join(named, left_on=f"{end}_site", right_on="site_id", how="left")
    told = rows.with_columns(strategy=pl.lit(one.name), t=pl.col("gross_t")).select(list(BOARD_FRAMES["flows"]))
    return told.sort("period_id", "from_site", "to_site", "product_id", "mode_chain", nulls_last=True)


def sites_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.sites: every site, its stages (of what it makes, else of what it takes), and tonnes made, bought and delivered."""
    gross = one.products.select("product_id", "stage", "gross_t_per_unit")
    made = goods_of(one).select("site_id", "product_id", "quantity", order=pl.lit(0))
    taken = one.plan["delivered"].select("site_id", "product_id", "quantity", order=pl.lit(1))
    got = bought_by(one).select("site_id", "product_id", "quantity", order=pl.lit(2))
    passed = one.books.flows.select(site_id="to_site", product_id="product_id", quantity="quantity", order=pl.lit(3))
    busy = pl.concat([made, taken, got, passed]).filter(pl.col("quantity") > 0).join(gross, on="product_id", how="left")
    first = busy.filter(pl.col("order") == pl.col("order").min().over("site_id"))
    stage = first.group_by("site_id").agg(stage=pl.col("stage").unique().sort().str.join(", "))
    t = busy.filter(pl.col("order") < 3).group_by("site_id").agg(t=(pl.col("quantity") * pl.col("gross_t_per_unit")).sum())
    return (
        one.net["sites"]
        .select("site_id", "name", "country", "latitude", "longitude", status=pl.col("status").fill_null("operating"))
        .join(one.places.select("site_id", "region"), on="site_id", how="left")
        .join(stage, on="site_id", how="left")
        .join(t, on="site_id", how="left")
        .with_columns(strategy=pl.lit(one.name), used=pl.col("stage").is_not_null(), t=pl.col("t").fill_null(0.0))
        .select(list(BOARD_FRAMES["sites"]))
        .sort("site_id")
    )


def references_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.references: what the rows of a plan's world cite, a cell of several sources counting for each."""
    cited = [
        frame.select(source_id=pl.col("source_id").str.split(";"))
        for name, frame in one.net.tables.items()
        if name != "sources" and "source_id" in frame.columns and frame["source_id"].null_count() < frame.height
    ]
    if not cited:
        return empty_board_frame("references")
    counted = (
        pl.concat(cited)
        .explode("source_id")
        .drop_nulls()
        .with_columns(pl.col("source_id").str.strip_chars())
        .group_by("source_id")
        .agg(rows=pl.len().cast(pl.Float64))
    )
    told = counted.join(one.net["sources"].select("source_id", "title", "publisher", "published", "licence"), on="source_id", how="left")
    return told.select(list(BOARD_FRAMES["references"])).sort("rows", "source_id", descending=[True, False])
