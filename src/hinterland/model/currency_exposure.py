"""What a plan pays in which currency, and what a move of it would cost: the same plan accounted again at the moved rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.model.accounts import account
from hinterland.model.currency import money_columns, with_moved_rate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["cost_at_rates", "currencies_of", "currency_exposure"]

_TENTH = 0.1


def currencies_of(net: Network) -> list[str]:
    """Currencies, other than settings.currency, in which some row of a resolved network is paid; sorted."""
    named: set[str] = set()
    for name, rows in net.tables.items():
        if name != "exchange_rates" and "currency" in rows.columns and money_columns(name):
            named |= set(rows["currency"].drop_nulls().unique().to_list())
    return sorted(named - {net.settings.currency})


def _npv(net: Network, plan: Plan) -> float:
    return float(account(net, plan).costs["discounted"].sum())


def cost_at_rates(net: Network, plan: Plan, moves: Mapping[str, float]) -> float:
    """Cost of a plan at base_date, in settings.currency, after each currency's rate was moved by a share (0.1: a tenth dearer)."""
    moved = net
    for currency, move in sorted(moves.items()):
        moved = with_moved_rate(moved, currency, 1.0 + move)
    return _npv(moved, plan)


def currency_exposure(net: Network, plan: Plan) -> pl.DataFrame:
    """currency, npv, npv_share, change_for_10_percent: cost at base_date that is paid in each currency, in settings.currency.

    The change is the plan accounted again with the currency a tenth dearer on every day, less the plan as it is: exact for a
    plan that stays as it is. Cost is linear in each rate but for caps of incentives and duties that are capped or net of
    others; `npv` is ten times the change. What is left is settings.currency's. Routes stay as they were computed.
    """
    whole, own = _npv(net, plan), net.settings.currency
    rows = [(one, (cost_at_rates(net, plan, {one: _TENTH}) - whole) / _TENTH) for one in currencies_of(net)]
    rows.append((own, whole - sum(npv for _, npv in rows)))
    told = pl.DataFrame(rows, schema={"currency": pl.String, "npv": pl.Float64}, orient="row")
    return told.with_columns(
        npv_share=pl.when(whole != 0).then(pl.col("npv") / (whole or 1.0)),
        change_for_10_percent=pl.when(pl.col("currency") != own).then(pl.col("npv") * _TENTH),
    ).sort("currency")
