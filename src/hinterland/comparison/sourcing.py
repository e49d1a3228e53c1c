"""Who supplies whom: single-sourced inflow and the concentration of countries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from hinterland.comparison.judged import Judged

__all__ = ["all_valued", "bought_by", "concentration_of", "goods_of", "inflow_of", "made_in", "sources_of"]

_ONE = 1.0 - 1e-6
"""A source with this share of what a buyer takes is its only one."""


def goods_of(one: Judged) -> pl.DataFrame:
    """Good output of each line: site_id, product_id, period_id, quantity."""
    good = one.net["recipes"].select("recipe_id", good="product_id")
    made = one.plan["outputs"].join(good, on="recipe_id", how="left", maintain_order="left")
    return made.select("site_id", product_id=pl.coalesce("good", "product_id"), period_id="period_id", quantity="quantity")


def bought_by(one: Judged) -> pl.DataFrame:
    """Purchases with their country of origin and cost: site_id, product_id, offer_id, period_id, quantity, amount, country."""
    keys = ["site_id", "product_id", "offer_id"]
    filled = [pl.col(key).fill_null("") for key in keys]
    offers = one.net["purchases"].select(*filled, country="origin_country").unique(keys, keep="first")
    spent = one.books.costs.filter(pl.col("kind") == "purchase").select(
        "site_id", "product_id", "period_id", "amount", offer_id=pl.col("subject").fill_null("")
    )
    return (
        one.plan["purchased"]
        .select(*filled, "period_id", "quantity")
        .join(spent, on=[*keys, "period_id"], how="left")
        .join(offers, on=keys, how="left")
        .with_columns(pl.col("amount").fill_null(0.0))
    )


def made_in(one: Judged) -> pl.DataFrame:
    """What was made or bought in each country over the horizon: product_id, country, quantity."""
    made = goods_of(one).join(one.places.select("site_id", "country"), on="site_id", how="left")
    columns = ["product_id", "country", "quantity"]
    both = pl.concat([made.select(columns), bought_by(one).select(columns)])
    return both.group_by("product_id", "country").agg(pl.col("quantity").sum()).filter(pl.col("quantity") > 0).sort("product_id", "country")


def concentration_of(one: Judged) -> pl.DataFrame:
    """HHI of origin countries by stage, with its weight (net tonnes needed; equal where nothing has a mass).

    HHI of a product = Σ share² of countries by quantity made or bought; a stage is the mean of its products by net tonnes.
    """
    amounts = made_in(one).join(one.products.select("product_id", "stage", "net_t_per_unit"), on="product_id", how="left")
    share = pl.col("quantity") / pl.col("quantity").sum().over("product_id")
    by_product = (
        amounts.with_columns(square=share**2)
        .group_by("stage", "product_id")
        .agg(hhi=pl.col("square").sum(), t=(pl.col("quantity") * pl.col("net_t_per_unit")).sum())
    )
    weighed = pl.when(pl.col("t").sum().over("stage") > 0).then("t").otherwise(1.0)
    by_stage = (
        by_product.with_columns(w=weighed)
        .group_by("stage")
        .agg(hhi=(pl.col("hhi") * pl.col("w")).sum() / pl.col("w").sum(), t=pl.col("t").sum())
        .sort("stage")
    )
    total = float(by_stage["t"].sum())
    weight = pl.col("t") / total if total > 0 else pl.lit(1.0) / max(by_stage.height, 1)
    return by_stage.select(strategy=pl.lit(one.name), stage="stage", hhi="hhi", countries=1.0 / pl.col("hhi"), weight=weight)


def inflow_of(one: Judged) -> pl.DataFrame:
    """Who gives what a buyer takes: site_id, product_id, period_id, source, quantity, value (null: not known), t, arrives.

    Sources are sending sites, offers from outside, and the buyer's own lines where it also takes from others (arrives
    False: they count as a source, not as inflow). Value is that of product_values, of offers their price.
    """
    keys = ["site_id", "product_id", "period_id"]
    lanes = one.books.flows.select(
        "product_id", "period_id", site_id="to_site", source=pl.lit("site ") + pl.col("from_site"), quantity="quantity", value="value",
        arrives=pl.lit(value=True),
    )  # fmt: skip
    offers = bought_by(one).select(
        *keys, source=pl.lit("offer ") + pl.col("offer_id"), quantity="quantity", value="amount", arrives=pl.lit(value=True)
    )
    taken = pl.concat([lanes.select(offers.columns), offers]).filter(pl.col("quantity") > 0)
    own = goods_of(one).join(taken.select(keys).unique(), on=keys, how="semi")
    own = own.select(
        *keys, source=pl.lit("own lines"), quantity="quantity", value=pl.lit(None, dtype=pl.Float64), arrives=pl.lit(value=False)
    ).filter(pl.col("quantity") > 0)
    return (
        pl.concat([taken, own])
        .join(one.products.select("product_id", "gross_t_per_unit"), on="product_id", how="left")
        .group_by(*keys, "source", "arrives")
        .agg(
            pl.col("quantity").sum(),
            value=pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()),
            t=(pl.col("quantity") * pl.col("gross_t_per_unit")).sum(),
        )
        .sort(*keys, "source")
    )


def all_valued(inflow: pl.DataFrame) -> bool:
    """Whether every inflow has a value that is known and there is any value at all."""
    taken = inflow.filter("arrives")["value"]
    return taken.null_count() == 0 and float(taken.sum()) > 0


def sources_of(one: Judged, *, by_value: bool) -> pl.DataFrame:
    """Number of sources and the largest's share of each buyer's product and period; weight: its inflow by value or tonnes."""
    keys = ["site_id", "product_id", "period_id"]
    weight = pl.col("value" if by_value else "t").filter(pl.col("arrives")).sum()
    grouped = inflow_of(one).group_by(keys).agg(
        largest_share=pl.col("quantity").max() / pl.col("quantity").sum(), sources=pl.len().cast(pl.Float64), weight=weight
    )  # fmt: skip
    alone = pl.when(pl.col("largest_share") >= _ONE).then(1.0).otherwise("sources")
    return grouped.select(
        strategy=pl.lit(one.name), **{key: pl.col(key) for key in keys}, sources=alone, largest_share="largest_share", weight="weight"
    ).sort(keys)
