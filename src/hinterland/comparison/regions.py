"""Where what is delivered comes from: origins of every product it embodies, and the regional share of cost, value and mass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.comparison.board import BOARD_FRAMES
from hinterland.comparison.figures import Figure, ratio
from hinterland.model.lanes import pool_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.comparison.judged import Judged

__all__ = ["APART", "cost_added", "origins_of", "products_without_value", "regional_figure", "regional_rows", "sourced"]

APART = ("freight", "transit_holding", "duty", "lane_fixed", "qualification", "credit")
"""Cost kinds that are no cost added at a place: moving goods, borders, and money that is given."""
_DELIVERY = ["site_id", "product_id", "period_id"]


def _delivered(one: Judged) -> pl.DataFrame:
    """Quantity of each delivery by period and its region: site_id, product_id, period_id, quantity, home."""
    regions = one.places.select("site_id", home="region")
    rows = one.carried.delivered.select(*_DELIVERY, "quantity")
    return rows.group_by(_DELIVERY).agg(pl.col("quantity").sum()).join(regions, on="site_id", how="left")


def cost_added(one: Judged) -> pl.DataFrame:
    """Real cost added to what is delivered, by place: home (region of delivery), country, region, amount; undiscounted.

    What is bought is added in its country of origin; a cost without a place has neither country nor region.
    """
    keys = ["home", "country", "region"]
    return (
        one.carried.costs.filter(~pl.col("kind").is_in(APART))
        .join(_delivered(one), on=_DELIVERY, how="inner")
        .group_by(home="home", country="cost_country", region="cost_region")
        .agg(amount=(pl.col("per_unit") * pl.col("quantity")).sum())
        .sort(keys, nulls_last=True)
    )


def sourced(one: Judged) -> pl.DataFrame:
    """Every product that the delivered goods embody, by who made or sold it.

    Columns: home, of_product, site, country, region, quantity, t (net), value (null: not known). Value is product_values
    at the maker in the period of delivery; where a bought good has none, the mean price paid for it.
    """
    rows = one.carried.origins.join(_delivered(one), on=_DELIVERY, how="inner").select(
        "home",
        "of_product",
        "period_id",
        site="origin_site",
        country="origin_country",
        region="origin_region",
        quantity=pl.col("quantity_per_unit") * pl.col("quantity"),
    )
    pools = rows.select(site_id="site", product_id="of_product").unique().sort("site_id", "product_id", nulls_last=True)
    values = pool_values(one.net, pools)
    periods = list(one.net.calendar.ids)
    worth = pl.DataFrame(
        {
            "site": np.repeat(pools["site_id"].to_numpy(), len(periods)),
            "of_product": np.repeat(pools["product_id"].to_numpy(), len(periods)),
            "period_id": periods * pools.height,
            "worth": values.ravel(),
        },
        schema={"site": pl.String, "of_product": pl.String, "period_id": pl.String, "worth": pl.Float64},
    ).with_columns(pl.col("worth").fill_nan(None))
    paid = one.books.costs.filter(pl.col("kind") == "purchase").group_by(of_product="product_id").agg(pl.col("amount").sum())
    taken = one.plan["purchased"].group_by(of_product="product_id").agg(bought=pl.col("quantity").sum())
    price = paid.join(taken, on="of_product").select(
        "of_product", price=pl.when(pl.col("bought") > 0).then(pl.col("amount") / pl.col("bought"))
    )
    outside = pl.when(pl.col("site").is_null()).then("price")
    keys = ["home", "of_product", "site", "country", "region"]
    return (
        rows.join(worth, on=["site", "of_product", "period_id"], how="left", nulls_equal=True)
        .join(price, on="of_product", how="left")
        .join(one.products.select("product_id", "net_t_per_unit"), left_on="of_product", right_on="product_id", how="left")
        .with_columns(value=pl.col("quantity") * pl.coalesce("worth", outside), t=pl.col("quantity") * pl.col("net_t_per_unit"))
        .group_by(keys)
        .agg(
            pl.col("quantity").sum(),
            pl.col("t").sum(),
            value=pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()),
        )
        .filter(pl.col("quantity") > 0)
        .sort(keys, nulls_last=True)
    )


def products_without_value(frames: Sequence[pl.DataFrame]) -> list[str]:
    """Products of which some maker in some plan has no value: left out of value shares in every plan, so that all compare alike."""
    found: set[str] = set()
    for frame in frames:
        found |= set(frame.filter(pl.col("value").is_null())["of_product"].to_list())
    return sorted(found)


def origins_of(one: Judged, frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of Board.origins from `sourced`."""
    keys = ["home", "of_product", "region", "country", "site"]
    rows = frame.group_by(keys).agg(pl.col("quantity").sum())
    rows = rows.join(one.products.select("product_id", "stage", "unit"), left_on="of_product", right_on="product_id", how="left")
    return (
        rows.with_columns(strategy=pl.lit(one.name), share=pl.col("quantity") / pl.col("quantity").sum().over("of_product"))
        .rename({"home": "to_region"})
        .select(list(BOARD_FRAMES["origins"]))
        .sort("stage", "of_product", "to_region", "region", "country", "site", nulls_last=True)
    )


def regional_rows(one: Judged, basis: str, unit: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Columns of Board.regional_share: what is delivered in each region, by the region where it was added.

    `rows` has home (region of delivery), region, amount.
    """
    whole = pl.col("numerator").sum().over("home")
    return (
        rows.group_by("home", "region")
        .agg(numerator=pl.col("amount").sum())
        .with_columns(denominator=whole)
        .with_columns(
            strategy=pl.lit(one.name),
            to_region="home",
            basis=pl.lit(basis),
            share=pl.when(pl.col("denominator") != 0).then(pl.col("numerator") / pl.col("denominator")),
            unit=pl.lit(unit),
            home=(pl.col("region") == pl.col("home")).fill_null(value=False),
        )
        .select(list(BOARD_FRAMES["regional_share"]))
        .sort("to_region", "region", nulls_last=True)
    )


def regional_figure(one: Judged, told: pl.DataFrame, nothing: str) -> Figure:
    """What is added in the region that it is delivered to, over all; null with the word why where that region is not known.

    `told` is what `regional_rows` says. What has no place counts as outside.
    """
    lost = one.delivered.filter(pl.col("region").is_null())["site_id"].unique().sort().to_list()
    if lost:
        names = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
        return Figure(None, note=f"no region is known where {names} lies: give countries.region")
    inside = float(told.filter("home")["numerator"].sum())
    return ratio(inside, float(told["numerator"].sum()), nothing)
