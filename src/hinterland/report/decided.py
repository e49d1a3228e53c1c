"""What each plan decides and which rules it keeps, as tables: policies by place and period, contracts by period, openings by site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hinterland.report.numbers import amount, share, signed
from hinterland.report.words import in_time, plain, region_name, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.comparison import Board

__all__ = ["Decided", "contracts", "openings", "rules"]

MOST_PERIODS = 12
"""Periods that stand side by side; of more, the worst and the range are told."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A table: columns, and rows of (text, style) cells; style is good, bad or empty. `wraps`: cells are sentences, not numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    wraps: bool = False


def _places(scope: str) -> str:
    return ", ".join(region_name(one) for one in scope.split(", ")) if scope else "everywhere"


def _told(row: dict[str, Any], name: str) -> str:
    value = float(row[name])
    return share(value) if row["unit"] == "share" else amount(value, str(row["unit"] or ""))


def _margin(row: dict[str, Any]) -> str:
    """What is to spare or missing: points of a share, else the amount."""
    value = float(row["margin"])
    if row["unit"] == "share":
        return f"{signed(value * 100 if abs(value) >= 5e-5 else 0.0, 2)} pts"
    return f"{signed(value)} {row['unit'] or ''}".strip()


def rules(board: Board) -> Decided | None:
    """Policies by plan and place: what is asked, in how many periods it is kept, the worst margin, and what is there in each period."""
    frame = board.policies
    if not frame.height:
        return None
    periods = in_time(frame["period_id"])
    shown = periods if len(periods) <= MOST_PERIODS else []
    order = {one: at for at, one in enumerate(board.strategies)}
    rows = []
    keys = sorted(frame.select("policy_id", "scope", "strategy").unique().iter_rows(), key=lambda one: (one[0], one[1], order[one[2]]))
    for policy, scope, strategy in keys:
        mine = frame.filter((pl.col("policy_id") == policy) & (pl.col("scope") == scope) & (pl.col("strategy") == strategy))
        held = {row["period_id"]: row for row in mine.iter_rows(named=True)}
        worst = min(held.values(), key=lambda row: row["margin"] / max(abs(row["asked"]), 1e-12))
        asked = list(dict.fromkeys(_told(held[one], "asked") for one in in_time(held)))
        kept = sum(row["kept"] for row in held.values())
        style = "good" if kept == len(held) else "bad"
        most = "at most" if worst["kind"].startswith(("max", "forbid", "require")) else "at least"
        rows.append(
            (
                (sentence(plain(policy)), ""),
                (_places(scope), ""),
                (strategy, ""),
                (f"{most} {asked[0] if len(asked) == 1 else f'{asked[0]} to {asked[-1]}'}", ""),
                (f"{kept} of {len(held)}", style),
                (f"{_margin(worst)} in {worst['period_id']}", ""),
                *(((_told(held[one], "found"), "" if held[one]["kept"] else "bad") if one in held else ("", "")) for one in shown),
            )
        )
    return Decided(("Rule", "Where", "Plan", "Asked", "Kept in", "Closest", *shown), tuple(rows))


def contracts(board: Board) -> Decided | None:
    """Signed contracts by plan: the supplier's share of all that the buyer takes, over the horizon and in each period."""
    frame = board.contracts
    if not frame.height:
        return None
    periods = in_time(frame["period_id"])
    shown = periods if len(periods) <= MOST_PERIODS else []
    names = dict(board.sites.select("site_id", "name").unique("site_id").iter_rows())
    order = {one: at for at, one in enumerate(board.strategies)}
    rows = []
    for contract, strategy in sorted(frame.select("contract_id", "strategy").unique().iter_rows(), key=lambda one: (one[0], order[one[1]])):
        mine = frame.filter((pl.col("contract_id") == contract) & (pl.col("strategy") == strategy))
        held = {row["period_id"]: row for row in mine.iter_rows(named=True)}
        row = next(iter(held.values()))
        ends = " to ".join(names.get(row[one]) or region_name(row[one]) for one in ("supplier", "buyer"))
        alone = in_time(one for one, cell in held.items() if (cell["exclusive"] or 0.0) >= 1.0 - 1e-9)
        whole, taken = float(mine["quantity"].sum()), float(mine["taken"].sum())
        rows.append(
            (
                (f"{sentence(plain(contract))}: {plain(row['product_id'])}, {ends}", ""),
                (strategy, ""),
                (amount(whole, row["unit"] or ""), ""),
                (share(whole / taken) if taken > 0 else "–", ""),
                (" to ".join(dict.fromkeys(share(held[one]["min_share"], 2) for one in in_time(held))), ""),
                (f"from {alone[0]}" if alone else "no", ""),
                *((share(held[one]["share"]) if one in held else "", "") for one in shown),
            )
        )
    return Decided(("Contract", "Plan", "Taken", "Share", "Least agreed", "Exclusive", *shown), tuple(rows))


def openings(board: Board) -> Decided | None:
    """When sites start, stop and grow: a row a site, a column a plan."""
    frame = board.openings
    if not frame.height:
        return None
    names = dict(board.sites.select("site_id", "name").unique("site_id").iter_rows())
    rows = []
    for site in sorted(set(frame["site_id"]), key=lambda one: (str(names.get(one) or one), one)):
        told = [_deeds(frame.filter((pl.col("site_id") == site) & (pl.col("strategy") == one)).to_dicts()) for one in board.strategies]
        rows.append(((names.get(site) or site, ""), *((one or "–", "") for one in told)))
    return Decided(("Site", *board.strategies), tuple(rows), wraps=True)


def _deeds(deeds: Sequence[dict[str, Any]]) -> str:
    told = [f"{one['what']} {one['period_id']}" for one in deeds if one["what"] != "adds"]
    for one in deeds:
        if one["what"] == "adds":
            size = one["capacity_per_year"]
            count = float(one["modules"] or 0.0)
            size_words = f", {amount(float(size), str(one['unit'] or ''))} a year" if isinstance(size, float) else ""
            told.append(f"{one['period_id']}: {count:.0f} module{'s' * (count != 1)} for {plain(str(one['product_id']))}{size_words}")
    return "; ".join(told)
