"""Money at the door: every amount of a row's own currency becomes money of settings.currency, at the rate of its day.

Amounts are multiplied by the rate of base_date (the latest row that holds then, else the earliest). Where a rate moves within
the periods, by later rows of exchange_rates or by changes of them, the move becomes dated changes of every amount that
engines ask for by period: a period counts the mean of the rate over its days, what is paid once the rate of its first day.
Signing costs take the rate of the first day of the period in which the contract starts, prices of contracts a step
of their own at each move, opening stock the rate of the first day of all; caps of incentives stay at the rate of base_date.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.calendar import FAR_PAST, day_number
from hinterland.model.dated import MOVED_BY_RATES, day_spans
from hinterland.model.where import Members, matching_rows
from hinterland.tables import TABLES
from hinterland.tables.changes import BY_PERIOD

if TYPE_CHECKING:
    from hinterland.model.network import Network, Settings

__all__ = ["in_settings_currency", "money_columns", "paid_in", "with_moved_rate"]

_PAID = ("per_unit", "lump_sum")
"""Bases of incentives whose amount is money."""
_ALSO_BY_PERIOD = (("product_values", "net_cost_per_unit"),)
_RATE = "rate_to_settings_currency"
_EPOCH = date(1970, 1, 1)
Path = list[tuple[int, float]]
"""First day and rate of each step, in order of time."""


def money_columns(table: str) -> list[str]:
    """Columns of a table that hold money."""
    return [column.name for column in TABLES[table].columns if column.unit and column.unit.startswith("money")]


def _amounts(table: str, columns: list[str], rate: pl.Expr) -> list[pl.Expr]:
    """Columns times a rate; the amount of an incentive that is a share is no money and stays."""
    moved = []
    for column in columns:
        scaled = pl.col(column) * rate
        if (table, column) == ("incentives", "amount"):
            scaled = pl.when(pl.col("basis").is_in(_PAID)).then(scaled).otherwise(pl.col(column))
        moved.append(scaled.alias(column))
    return moved


def _reference(frame: pl.DataFrame, settings: Settings) -> dict[str, float]:
    """Rate of each currency at base_date."""
    frame = frame.sort("currency", "valid_from")
    known = frame.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= settings.base_date))
    rates = dict(frame.reverse().select("currency", _RATE).iter_rows())
    rates.update(dict(known.select("currency", _RATE).iter_rows()))
    return {**rates, settings.currency: 1.0}


def _paths(tables: dict[str, pl.DataFrame]) -> dict[str, Path]:
    """Rate of each currency by day: its rows, each until the next, moved by the changes of them in the order of their ids."""
    frame = tables["exchange_rates"].sort("currency", "valid_from", nulls_last=False)
    changes = tables["changes"].filter((pl.col("table") == "exchange_rates") & (pl.col("column") == _RATE)).sort("change_id")
    members = Members.of(tables) if changes.height else None
    masks = [matching_rows(frame, where, members).to_list() for where in changes["where"].to_list()] if members else []
    first, last = day_spans(changes)
    moves = list(zip(masks, first.tolist(), last.tolist(), changes["action"].to_list(), changes["value"].to_list(), strict=True))
    starts, paths = day_spans(frame)[0], dict[str, Path]()
    for name in frame["currency"].drop_nulls().unique().to_list():
        rows = [at for at, cell in enumerate(frame["currency"].to_list()) if cell == name]
        days = {FAR_PAST, *(int(starts[at]) for at in rows[1:])}
        days |= {day for mask, low, high, _, _ in moves if any(mask[at] for at in rows) for day in (low, high + 1)}
        path: Path = []
        for day in sorted(days):
            at = max((at for at in rows if starts[at] <= day), default=rows[0], key=lambda row: (starts[row], row))
            rate = float(frame[_RATE][at])
            for mask, low, high, action, value in moves:
                if mask[at] and low <= day <= high:
                    rate = {"set": value, "scale": rate * value, "add": rate + value}[action]
            path.append((day, rate))
        paths[name] = path
    return paths


def _at(path: Path, day: int) -> float:
    return next(rate for start, rate in reversed(path) if start <= day)


def _steps(path: Path, first: int, last: int) -> list[tuple[int, int, float]]:
    """First day, last day and rate of each step within first…last; equal neighbours are one."""
    cuts = [first, *(day for day, _ in path if first < day <= last)]
    found: list[tuple[int, int, float]] = []
    for low, high in zip(cuts, [*(day - 1 for day in cuts[1:]), last], strict=True):
        rate = _at(path, low)
        if found and found[-1][2] == rate:
            found[-1] = (found[-1][0], high, rate)
        else:
            found.append((low, high, rate))
    return found


def _moves(tables: dict[str, pl.DataFrame], moving: dict[str, list[tuple[int, int, float]]]) -> pl.DataFrame:
    """Rates that move as rows of changes; their ids come before all others, which are in settings.currency."""
    rows = []
    wanted = [(table, column) for table, columns in BY_PERIOD.items() for column in columns] + list(_ALSO_BY_PERIOD)
    for table, column in wanted:
        if table == "exchange_rates" or "currency" not in tables[table].columns or column not in money_columns(table):
            continue
        used = set(tables[table]["currency"].drop_nulls().unique().to_list())
        for name in sorted(moving.keys() & used):
            for low, high, factor in moving[name]:
                if factor != 1.0:
                    also = f"; basis={'|'.join(_PAID)}" if (table, column) == ("incentives", "amount") else ""
                    start, stop = (_EPOCH + timedelta(days=day) for day in (low, high))
                    rows.append(
                        {
                            "change_id": f"{MOVED_BY_RATES}{name} {start} {table}.{column}", "table": table, "where": f"currency={name}{also}",
                            "column": column, "valid_from": start, "valid_to": stop, "action": "scale", "value": factor,
                        }
                    )  # fmt: skip
    made = pl.DataFrame(rows, schema=TABLES["changes"].schema) if rows else TABLES["changes"].empty()
    return pl.concat([tables["changes"], made.select(tables["changes"].columns)])


def _priced(frame: pl.DataFrame, moving: dict[str, list[tuple[int, int, float]]]) -> pl.DataFrame:
    """contract_prices with a step of their own wherever the rate of their currency moves."""
    kept = frame.filter(~pl.col("currency").is_in(list(moving)).fill_null(value=False))
    rows = []
    for (contract,), mine in frame.filter(pl.col("currency").is_in(list(moving))).group_by(["contract_id"], maintain_order=True):
        others = sorted(frame.filter(pl.col("contract_id") == contract)["start_date"].drop_nulls().unique().to_list())
        for row in mine.iter_rows(named=True):
            start = row["start_date"] or date.min
            until = next((day for day in others if day > start), date.max)
            for at, (low, _, factor) in enumerate(moving[row["currency"]]):
                day = _EPOCH + timedelta(days=low)
                following = moving[row["currency"]][at + 1 :]
                if day <= start and following and _EPOCH + timedelta(days=following[0][0]) <= start:
                    continue  # over before the price begins
                if day < until:
                    rows.append(
                        {
                            **row,
                            "start_date": row["start_date"] if day <= start or at == 0 else day,
                            "price_per_unit": row["price_per_unit"] * factor,
                        }
                    )
    return pl.concat([kept, pl.DataFrame(rows, schema=frame.schema)])


def _signed(tables: dict[str, pl.DataFrame], moving: dict[str, list[tuple[int, int, float]]]) -> pl.DataFrame:
    """Contracts whose sign_cost is at the rate of the period in which their first phase starts."""
    periods = sorted(tables["periods"].select("start_date", "end_date").drop_nulls().iter_rows())
    begins = dict(tables["contract_phases"].group_by("contract_id").agg(pl.col("start_date").min()).iter_rows())
    cells = []
    for contract, name, cost in tables["contracts"].select("contract_id", "currency", "sign_cost").iter_rows():
        begin = begins.get(contract)
        day = next((start for start, stop in periods if begin is None or stop >= begin), None)
        steps = moving.get(name, []) if name else []
        factor = next((rate for low, high, rate in steps if day is not None and low <= day_number(day) <= high), 1.0)
        cells.append(None if cost is None else cost * factor)
    return tables["contracts"].with_columns(sign_cost=pl.Series(cells, dtype=pl.Float64))


def in_settings_currency(tables: dict[str, pl.DataFrame], settings: Settings) -> dict[str, pl.DataFrame]:
    """Convert every amount; `check` reports missing rates. `currency` keeps saying what a row is paid in."""
    rates = _reference(tables["exchange_rates"], settings)
    converted = {}
    for name, rows in tables.items():
        money = money_columns(name)
        if "currency" not in rows.columns or not money or name == "exchange_rates":
            converted[name] = rows
            continue
        rate = paid_in(settings).replace_strict(rates, default=1.0, return_dtype=pl.Float64)
        converted[name] = rows.with_columns(_amounts(name, money, rate)).with_columns(currency=paid_in(settings))
    first, last = tables["periods"]["start_date"].min(), tables["periods"]["end_date"].max()
    if not tables["exchange_rates"].height or not isinstance(first, date) or not isinstance(last, date):
        return converted
    moving = {}
    for name, path in _paths(tables).items():
        steps = [(low, high, rate / rates[name]) for low, high, rate in _steps(path, day_number(first), day_number(last))]
        if name != settings.currency and any(factor != 1.0 for _, _, factor in steps):
            moving[name] = steps
    if moving:
        begins = {name: steps[0][2] for name, steps in moving.items()}
        opening = pl.col("currency").replace_strict(begins, default=1.0, return_dtype=pl.Float64)
        converted["stocks"] = converted["stocks"].with_columns(pl.col("initial_cost_per_unit") * opening)
        converted["contracts"] = _signed(converted, moving)
        converted["contract_prices"] = _priced(converted["contract_prices"], moving)
        converted["changes"] = _moves(converted, moving)
    return converted


def paid_in(settings: Settings) -> pl.Expr:
    """The currency of each row."""
    return pl.col("currency").fill_null(settings.currency)


def with_moved_rate(net: Network, currency: str, factor: float) -> Network:
    """A resolved network in which a unit of a currency costs `factor` times as much on every day; lanes keep their routes."""
    tables = dict(net.tables)
    for name, rows in net.tables.items():
        money = money_columns(name)
        if "currency" in rows.columns and money and name != "exchange_rates":
            rate = pl.when(pl.col("currency") == currency).then(factor).otherwise(1.0)
            tables[name] = rows.with_columns(_amounts(name, money, rate))
    return replace(net, tables=tables)
