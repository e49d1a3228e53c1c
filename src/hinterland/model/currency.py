"""Money at the door: every amount of a row's own currency becomes money of settings.currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.tables import TABLES

if TYPE_CHECKING:
    from hinterland.model.network import Settings

__all__ = ["in_settings_currency"]

_PAID = ("per_unit", "lump_sum")
"""Bases of incentives whose amount is money."""


def in_settings_currency(tables: dict[str, pl.DataFrame], settings: Settings) -> dict[str, pl.DataFrame]:
    """Multiply money columns by the latest rate known at base_date (else the earliest); `check` reports missing rates."""
    frame = tables["exchange_rates"].sort("currency", "valid_from")
    known = frame.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= settings.base_date))
    rates = dict(frame.reverse().select("currency", "rate_to_settings_currency").iter_rows())
    rates.update(dict(known.select("currency", "rate_to_settings_currency").iter_rows()))
    converted = {}
    for name, rows in tables.items():
        money = [column.name for column in TABLES[name].columns if column.unit and column.unit.startswith("money")]
        if "currency" not in rows.columns or not money or name == "exchange_rates":
            converted[name] = rows
            continue
        own = pl.col("currency").fill_null(settings.currency)
        rate = own.replace_strict({**rates, settings.currency: 1.0}, default=1.0, return_dtype=pl.Float64)
        moved = [pl.col(column) * rate for column in money]
        if name == "incentives":  # the amount of a share is no money
            paid = pl.col("basis").is_in(_PAID)
            moved = [pl.when(paid).then(pl.col("amount") * rate).otherwise("amount").alias("amount"), pl.col("cap_amount") * rate]
        converted[name] = rows.with_columns(moved).with_columns(currency=pl.lit(settings.currency))
    return converted
