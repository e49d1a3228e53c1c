"""Money of rows in other currencies than the settings': rates that are missing, and rates that do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.settings import is_currency

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["money_problems"]


def _missing(tables: Mapping[str, pl.DataFrame], currency: str) -> list[Issue]:
    rates = sorted(set(tables["exchange_rates"]["currency"].drop_nulls().to_list()) | {currency})
    issues = []
    for name, frame in tables.items():
        if name == "exchange_rates" or "currency" not in frame.columns or frame["currency"].null_count() == frame.height:
            continue
        odd = frame.filter(pl.col("currency").is_not_null() & ~pl.col("currency").is_in(rates))
        for row, cell in odd.head(1000).select("_row", "currency").iter_rows():
            what, why = f"{cell} has no exchange rate", f"money is counted in {currency}"
            fix = f"add {cell} to exchange_rates" if is_currency(cell) else "write the ISO 4217 code, three capital letters: USD, EUR, CNY"
            issues.append(Issue(name, row, "currency", "missing_exchange_rate", what=what, why=why, fix=fix))
    return issues


def _rates(frame: pl.DataFrame, currency: str) -> list[Issue]:
    """Rates of what is no currency, and of the settings' own."""
    issues = []
    for row, name in frame.select("_row", "currency").drop_nulls().iter_rows():
        if not is_currency(name):
            why, fix = "it is no ISO 4217 code", "write three capital letters: USD, EUR, CNY"
            issues.append(Issue("exchange_rates", row, "currency", "wrong_type", what=f"{name!r} in currency", why=why, fix=fix))
    rows = frame.select("_row", "currency", "valid_from", "rate_to_settings_currency")
    for row, _, _, rate in rows.filter((pl.col("currency") == currency) & (pl.col("rate_to_settings_currency") != 1)).iter_rows():
        what, why = f"one {currency} is {rate:g} {currency}", f"{currency} is the settings' own currency"
        issues.append(Issue("exchange_rates", row, "rate_to_settings_currency", "bounds", what=what, why=why, fix="delete the row"))
    return issues


def money_problems(tables: Mapping[str, pl.DataFrame], currency: str) -> list[Issue]:
    """Problems of currencies and their rates."""
    return _missing(tables, currency) + _rates(tables["exchange_rates"], currency)
