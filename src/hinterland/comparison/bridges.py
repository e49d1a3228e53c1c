"""Where the difference of two plans comes from: exact bridges of cost and of CO2e, per unit delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.comparison.board import BOARD_FRAMES
from hinterland.comparison.registry import DRIVERS
from hinterland.model.dated import Dated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.comparison.judged import Judged
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["bridges_of", "line_use", "split_change"]

_GRID, _MAKER, _ROUTE, _BOUGHT, _FREIGHT, _DUTY, _CAPITAL, _CREDIT, _OTHER = (name for name, _ in DRIVERS["cost"])
_COST_DRIVER = {
    "conversion": _ROUTE, "heat": _ROUTE, "purchase": _BOUGHT, "freight": _FREIGHT, "transit_holding": _FREIGHT, "lane_fixed": _FREIGHT,
    "qualification": _FREIGHT, "duty": _DUTY, "capital": _CAPITAL, "fixed": _CAPITAL, "opening": _CAPITAL, "restart": _CAPITAL,
    "closing": _CAPITAL, "credit": _CREDIT,
}  # fmt: skip
_CO2E_DRIVER = {"heat": _ROUTE, "direct": _ROUTE, "purchased": _BOUGHT, "transport": _FREIGHT}


def _routes(net: Network) -> pl.DataFrame:
    """The route of each recipe, by its inputs: recipes of one good with the same inputs are one route; one without inputs is its own."""
    inputs = net["recipe_lines"].filter(pl.col("role") == "input").sort("recipe_id", "product_id")
    told = inputs.group_by("recipe_id", maintain_order=True).agg(route=pl.col("product_id").str.join("+"))
    rows = net["recipes"].select("recipe_id").join(told, on="recipe_id", how="left", maintain_order="left")
    return rows.select("recipe_id", route=pl.coalesce("route", "recipe_id"))


def line_use(net: Network, plan: Plan) -> pl.DataFrame:
    """What a plan's lines make over the horizon and the electricity they use: product_id, route, made, kwh."""
    dated = Dated(net)
    used = dated.values("processes", "electricity_kwh_per_unit", 0.0)
    good = net["recipes"].select("recipe_id", good="product_id")
    lines = (
        net["processes"]
        .select("site_id", "recipe_id", "product_id")
        .with_row_index("row")
        .join(good, on="recipe_id", how="left", maintain_order="left")
        .select("row", "site_id", recipe=pl.col("recipe_id").fill_null(""), good=pl.coalesce("good", "product_id"))
        .join(pl.DataFrame({"period_id": list(dated.calendar.ids), "t": range(len(dated.calendar))}), how="cross")
        .sort("row", "t")
        .with_columns(kwh_per_unit=pl.Series(used.ravel(), dtype=pl.Float64))
    )
    made = plan["outputs"].join(good, on="recipe_id", how="left", maintain_order="left")
    made = made.select("site_id", "period_id", "quantity", recipe=pl.col("recipe_id").fill_null(""), good=pl.coalesce("good", "product_id"))
    joined = made.join(lines, on=["site_id", "recipe", "good", "period_id"], how="inner")
    joined = joined.join(_routes(net), left_on="recipe", right_on="recipe_id", how="left").with_columns(pl.col("route").fill_null(""))
    return (
        joined.group_by("good", "route")
        .agg(made=pl.col("quantity").sum(), kwh=(pl.col("quantity") * pl.col("kwh_per_unit")).sum())
        .select("route", "made", "kwh", product_id="good")
        .sort("product_id", "route")
    )


def split_change(before: pl.DataFrame, after: pl.DataFrame, amount: str) -> tuple[float, float]:
    """Change of Σ factor · kWh split into (factor, kWh): Δf · mean of kWh, Δ kWh · mean of f, by product.

    Frames have product_id, kwh and `amount` (= factor · kWh). Source: Bennet's indicator (Bennet 1920, The Theory of
    Measurement of Changes in Cost of Living; Diewert 2005, Index Number Theory Using Differences Rather Than Ratios). A
    product that only one plan uses electricity for counts as a change of kWh.

    >>> near = pl.DataFrame({"product_id": ["cell"], "kwh": [10.0], "kg": [1.0]})
    >>> far = pl.DataFrame({"product_id": ["cell"], "kwh": [20.0], "kg": [12.0]})
    >>> [round(part, 9) for part in split_change(near, far, "kg")]
    [7.5, 3.5]
    """
    both = before.join(after, on="product_id", how="full", coalesce=True, suffix="_after").with_columns(
        pl.exclude("product_id").fill_null(0.0)
    )
    total = float((both[f"{amount}_after"] - both[amount]).sum())
    paired = both.filter((pl.col("kwh") > 0) & (pl.col("kwh_after") > 0))
    factor = paired[f"{amount}_after"] / paired["kwh_after"] - paired[amount] / paired["kwh"]
    of_factor = float((factor * (paired["kwh"] + paired["kwh_after"]) / 2.0).sum())
    return of_factor, total - of_factor


def _lines(one: Judged, rows: pl.DataFrame, kind: str, amount: str, driver: Mapping[str, str]) -> pl.DataFrame:
    """Of each product and route, per unit delivered: made, kwh, electricity and spent (what else its lines cost or emit)."""
    recipe = pl.col("recipe_id").fill_null("")
    routed = rows.join(_routes(one.net), on="recipe_id", how="left").with_columns(route=pl.coalesce("route", recipe))
    power = pl.col(kind) == "electricity"
    own = pl.col(kind).is_in([name for name, of in driver.items() if of == _ROUTE])
    money = (
        routed.filter(power | own)
        .group_by("product_id", "route")
        .agg(electricity=pl.col(amount).filter(power).sum(), spent=pl.col(amount).filter(own).sum())
    )
    both = line_use(one.net, one.plan).join(money, on=["product_id", "route"], how="full", coalesce=True)
    values = ("made", "kwh", "electricity", "spent")
    return both.with_columns(pl.col(values).fill_null(0.0) / one.units).sort("product_id", "route")


def _makers(before: pl.DataFrame, after: pl.DataFrame) -> tuple[float, float, float]:
    """Change of what lines cost or emit, split into (grid, makers, routes and quantities).

    Grid: Δ factor · mean kWh of a product. Makers: of a product made by the same route in both plans, Δ (kWh or spending per unit
    made) · mean quantity, kWh at the product's mean factor. All else is another route, or more or less of a product made.
    """
    by_product = [one.group_by("product_id").agg(pl.col("kwh", "electricity").sum()).sort("product_id") for one in (before, after)]
    grid, rest = split_change(by_product[0], by_product[1], "electricity")
    price = by_product[0].join(by_product[1], on="product_id", suffix="_after").filter((pl.col("kwh") > 0) & (pl.col("kwh_after") > 0))
    factor = (pl.col("electricity") / pl.col("kwh") + pl.col("electricity_after") / pl.col("kwh_after")) / 2.0
    same = (
        before.join(after, on=["product_id", "route"], suffix="_after")
        .filter((pl.col("made") > 0) & (pl.col("made_after") > 0))
        .join(price.select("product_id", factor=factor), on="product_id", how="left")
    )
    mean = (pl.col("made") + pl.col("made_after")) / 2.0

    def change(name: str) -> pl.Expr:
        return (pl.col(f"{name}_after") / pl.col("made_after") - pl.col(name) / pl.col("made")) * mean

    makers = float(same.select((change("spent") + change("kwh") * pl.col("factor").fill_null(0.0)).sum()).item())
    return grid, makers, rest + float(after["spent"].sum()) - float(before["spent"].sum()) - makers


def _totals(one: Judged, rows: pl.DataFrame, kind: str, amount: str, driver: Mapping[str, str]) -> dict[str, float]:
    told = rows.with_columns(driver=pl.col(kind).replace_strict(driver, default=_OTHER, return_dtype=pl.String))
    return dict(told.filter(pl.col(kind) != "electricity").group_by("driver").agg(pl.col(amount).sum() / one.units).iter_rows())


def _bridge(before: Judged, after: Judged, measure: str) -> list[tuple[str, float]]:
    """Amount per unit delivered by driver, in reading order; the sum is the difference of the plans."""
    kind, amount, driver = ("kind", "amount", _COST_DRIVER) if measure == "cost" else ("cause", "kg_market", _CO2E_DRIVER)
    plans = (before, after)
    rows = [one.books.costs if measure == "cost" else one.books.co2e for one in plans]
    here, there = (_totals(one, frame, kind, amount, driver) for one, frame in zip(plans, rows, strict=True))
    change = {name: there.get(name, 0.0) - here.get(name, 0.0) for name, _ in DRIVERS[measure]}
    change[_GRID], change[_MAKER], change[_ROUTE] = _makers(
        *(_lines(one, frame, kind, amount, driver) for one, frame in zip(plans, rows, strict=True))
    )
    return list(change.items())


def bridges_of(baseline: Judged, others: list[Judged], unit: str, currency: str) -> pl.DataFrame:
    """Bridges from the baseline to each other plan, per unit delivered; columns of Board.bridges. Nothing delivered: no rows."""
    rows = [
        (baseline.name, other.name, measure, driver, amount, f"{money}/{unit}")
        for other in others
        if baseline.units
        for measure, money in (("cost", currency), ("co2e", "kg"))
        for driver, amount in _bridge(baseline, other, measure)
    ]
    return pl.DataFrame(rows, schema=dict(BOARD_FRAMES["bridges"]), orient="row")
