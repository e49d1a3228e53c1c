"""The settings table: which keys there are, of which type, and what their values may be."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from hinterland.core.errors import Issue
from hinterland.tables.typing import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

__all__ = ["SETTINGS", "is_currency", "setting_problems"]

SETTINGS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "name": ("text", "name of the network", "Seed chain"),
        "currency": ("currency", "ISO 4217 code that money is counted in; empty: USD", "USD"),
        "price_year": ("whole", "year of the prices: money is real; empty: 2026", "2026"),
        "base_date": ("date", "day that money is discounted to; empty: 2026-01-01", "2026-01-01"),
        "decision_date": ("date", "day of the decision: build times count from it; empty: base_date", "2026-01-01"),
        "knowledge_date": ("date", "rows whose known_from is later are ignored; empty: every row is known", "2026-01-01"),
        "discount_rate_share": ("share", "real, per year; empty: 0.08", "0.08"),
        "carbon_price_per_t": ("number", "money per tonne CO2e; empty: 0", "0"),
        "objective": ("list:shortage,cost,co2e", "ordered list of shortage, cost, co2e; empty: shortage, cost", "shortage,cost"),
        "objective_tolerance_share": ("share", "how much of an earlier objective a later one may give up; empty: 0", "0.01"),
        "perspective": ("choice:system,buyer", "whose costs count; empty: system", "system"),
        "electricity_basis": ("choice:location,market", "which electricity factor counts; empty: market", "market"),
        "terminal_stock": ("choice:cover,initial,free", "what the last period leaves; empty: cover", "cover"),
        "origin_accounting": ("choice:average,segregated", "how grades of origin mix; empty: average", "average"),
    }
)
"""Key to (type, meaning, example)."""
_LETTERS = 3
_LATER = {"perspective": "buyer"}


def is_currency(code: str) -> bool:
    """Whether a word has the form of an ISO 4217 code.

    >>> is_currency("EUR"), is_currency("euro")
    (True, False)
    """
    return len(code) == _LETTERS and code.isascii() and code.isalpha() and code.isupper()


def _wrong(kind: str, value: str) -> str | None:
    """Why a value is not of its kind, or None."""
    try:
        if kind == "date":
            date.fromisoformat(value)
        elif kind == "currency":
            return None if is_currency(value) else "it is no ISO 4217 code: three capital letters, as USD, EUR or CNY"
        elif kind == "whole":
            int(value)
        elif kind in {"share", "number"}:
            amount = float(value)
            if not 0 <= amount < float("inf"):
                return "it must be 0 or more and finite"
            if kind == "share" and amount > 1:
                return "a share lies between 0 and 1"
    except ValueError:
        return {"date": "it is no date YYYY-MM-DD", "whole": "it is no whole number"}.get(kind, "it is no number")
    named = kind.partition(":")
    allowed = named[2].split(",")
    given = [part.strip() for part in value.split(",")] if named[0] == "list" else [value]
    if named[1] and (not all(part in allowed for part in given) or len(set(given)) < len(given)):
        return f"it takes {', '.join(allowed)}" + (", each at most once" if named[0] == "list" else "")
    return None


def setting_problems(tables: Mapping[str, pl.DataFrame]) -> tuple[list[Issue], str]:
    """Problems of the settings, and the currency they name."""
    issues, currency = [], "USD"
    for row, key, value in tables["settings"].select("_row", "key", "value").iter_rows():
        if key is None or value is None:
            continue
        if key not in SETTINGS:
            issues.append(
                Issue(
                    "settings",
                    row,
                    "key",
                    "unknown_setting",
                    what=f"there is no setting {key!r}",
                    why="a setting that nobody reads hides a mistake",
                    fix=nearest(key, list(SETTINGS)),
                )
            )
            continue
        kind, meaning, _ = SETTINGS[key]
        why = _wrong(kind, value.strip())
        if why is not None:
            code = "share_over_one" if "share lies" in why else "wrong_type" if ":" not in kind else "wrong_choice"
            issues.append(Issue("settings", row, "value", code, what=f"{key} is {value!r}", why=why, fix=f"{key}: {meaning}"))
        if _LATER.get(key) == value.strip():
            issues.append(
                Issue(
                    "settings",
                    row,
                    "value",
                    "not_supported_yet",
                    what=f"{key} is {value}",
                    why="no engine can follow it yet",
                    fix=f"use another value of {key}",
                )
            )
        if key == "currency":
            currency = value.strip()
    return issues, currency
