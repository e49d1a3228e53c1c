"""The identity of the roll-up: what goods carry out, plus what nothing carries, is what the plan and its opening stock put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.embodied.burdens import OPENING_STOCK

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.embodied.burdens import Burdens
    from hinterland.embodied.chain import Chain
    from hinterland.embodied.system import System
    from hinterland.model.accounts import Accounts
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["closure_of"]

_WIDE = 128
"""Satellites solved at once."""
_MOVED = ("tkm", "t", "t_days", "border_t")


def _totals(a: Arrays, accounts: Accounts, placed: Placed, chain: Chain) -> pl.DataFrame:
    """Plan total and size (Σ of absolute amounts) of every satellite, straight from the accounts: satellite, plan_total, size."""

    def of(frame: pl.DataFrame, name: pl.Expr, value: pl.Expr) -> pl.DataFrame:
        return frame.group_by(satellite=name).agg(plan_total=value.sum(), size=value.abs().sum())

    flows = accounts.flows
    gross = pl.col("gross_t")
    moved = {
        "tkm": pl.col("tkm"),
        "t": gross,
        "t_days": gross * pl.col("days"),
        "border_t": gross * pl.col("customs_border").cast(pl.Float64),
    }
    parts = [
        of(accounts.costs, "cost:" + pl.col("kind"), pl.col("amount")),
        of(accounts.co2e, "co2e_market_kg:" + pl.col("cause"), pl.col("kg_market")),
        of(accounts.co2e, "co2e_location_kg:" + pl.col("cause"), pl.col("kg_location")),
        *(of(flows, pl.lit(name), value) for name, value in moved.items()),
    ]
    products = pl.Series("product", a.products.ids, dtype=pl.String)
    product = [a.pools.product[chain.pool[chain.given["at"].to_numpy()]], a.pools.product[a.offers.pool[placed.bought_offer]]]
    quantity = [chain.given["quantity"].to_numpy(), placed.bought]
    entered = pl.DataFrame({"product": products[np.concatenate(product)], "quantity": np.concatenate(quantity)})
    return pl.concat([*parts, of(entered, "quantity:" + pl.col("product"), pl.col("quantity"))])


def _opened(a: Arrays) -> pl.DataFrame:
    """What the stock before the first period carries: satellite, opening_stock."""
    rows = a.stocks.rows.with_columns(quantity=pl.Series(a.stocks.initial)).filter(pl.col("quantity") > 0)

    def of(name: pl.Expr, column: str | None) -> pl.DataFrame:
        value = pl.col("quantity") * (pl.col(column).cast(pl.Float64).fill_null(0.0) if column else 1.0)
        return rows.group_by(satellite=name).agg(opening_stock=value.sum())

    kg = "initial_co2e_kg_per_unit"
    return pl.concat(
        [
            of(pl.lit(f"cost:{OPENING_STOCK}"), "initial_cost_per_unit"),
            of(pl.lit(f"co2e_market_kg:{OPENING_STOCK}"), kg),
            of(pl.lit(f"co2e_location_kg:{OPENING_STOCK}"), kg),
            of("quantity:" + pl.col("product_id"), None),
        ]
    )


def _laid(burdens: Burdens) -> pl.DataFrame:
    """Every burden by satellite and pool: satellite, at, amount."""

    def of(frame: pl.DataFrame, name: pl.Expr, value: str) -> pl.DataFrame:
        return frame.select(satellite=name, at="at", amount=pl.col(value))

    return pl.concat(
        [
            of(burdens.costs, "cost:" + pl.col("kind"), "amount"),
            of(burdens.co2e, "co2e_market_kg:" + pl.col("cause"), "kg_market"),
            of(burdens.co2e, "co2e_location_kg:" + pl.col("cause"), "kg_location"),
            *(of(burdens.transport, pl.lit(name), name) for name in _MOVED),
            of(burdens.origins, "quantity:" + pl.col("of_product"), "quantity"),
        ]
    )


def _with_sums(rows: pl.DataFrame) -> pl.DataFrame:
    """Add a row per family (cost, co2e_market_kg, co2e_location_kg): the sum of its kinds or causes."""
    family = rows.filter(pl.col("satellite").str.contains(":") & ~pl.col("satellite").str.starts_with("quantity:"))
    sums = family.group_by(satellite=pl.col("satellite").str.split(":").list.first()).agg(pl.exclude("satellite").sum())
    return pl.concat([rows, sums.select(rows.columns)]).sort("satellite")


def closure_of(
    a: Arrays, chain: Chain, system: System, accounts: Accounts, placed: Placed, burdens: Burdens
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Solve forward for every satellite and hold it against the accounts; returns (closure, unallocated).

    Σ delivered + closing stock + disposed + unallocated = plan total + opening stock; the error is relative to the sum of
    absolute amounts, so that credits do not hide it. What is left over in pools that nothing leaves is unallocated.
    """
    laid = _laid(burdens)
    names = laid["satellite"].unique().sort()
    column = laid.join(pl.DataFrame({"satellite": names}).with_row_index("column"), on="satellite", how="left", maintain_order="left")[
        "column"
    ]
    where, at, amount = column.to_numpy().astype(np.int64), laid["at"].to_numpy(), laid["amount"].to_numpy()
    q = system.leaving
    ends = np.divide(
        np.vstack([chain.delivered, chain.closing, chain.disposed, chain.left_over]),
        q[None, :],
        out=np.zeros((4, len(q))),
        where=q[None, :] > 0,
    )
    carried: list[Floats] = []
    for first in range(0, len(names), _WIDE):
        width = min(_WIDE, len(names) - first)
        mine = (where >= first) & (where < first + width)
        spent = np.bincount(at[mine] * width + where[mine] - first, amount[mine], len(q) * width).astype(np.float64).reshape(len(q), width)
        carried.append(ends @ system.totals(spent))
    out = np.hstack(carried) if carried else np.zeros((4, 0))
    goods = pl.DataFrame({"satellite": names, "delivered": out[0], "closing_stock": out[1], "disposed": out[2], "left_over": out[3]})
    kept = goods.filter(pl.col("left_over") != 0).select("satellite", reason=pl.lit("left_over"), amount="left_over")
    unallocated = pl.concat([burdens.unallocated, kept]).sort("satellite", "reason")
    lost = unallocated.group_by("satellite").agg(unallocated=pl.col("amount").sum())
    totals = _totals(a, accounts, placed, chain)
    rows = goods.drop("left_over")
    for part in (lost, totals, _opened(a)):
        rows = rows.join(part, on="satellite", how="full", coalesce=True)
    rows = rows.with_columns(pl.exclude("satellite").fill_null(0.0)).filter(pl.any_horizontal(pl.exclude("satellite") != 0))
    rows = _with_sums(rows)
    out_of = pl.sum_horizontal("delivered", "closing_stock", "disposed", "unallocated")
    size = pl.col("size") + pl.col("opening_stock")
    error = pl.when(size > 0).then((out_of - pl.col("plan_total") - pl.col("opening_stock")).abs() / size).otherwise(0.0)
    columns = ["satellite", "delivered", "closing_stock", "disposed", "unallocated", "plan_total", "opening_stock"]
    return rows.select(*columns, relative_error=error), unallocated
