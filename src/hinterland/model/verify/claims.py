"""What a maker says its plan costs, emits and leaves unmet, held against the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.model.accounts import Accounts
    from hinterland.model.verify.ledger import Ledger

__all__ = ["check_claims"]

_OF_PERIOD, _OF_HORIZON = 0.1, 0.01
"""Parts of a period's and of the horizon's whole that a line is at least measured against: quantities below a billionth of
a product's need are no decisions and leave a plan, and what they cost must not count as a false claim."""
_LEAST = 1e-3
"""Likewise in units of money, kg or product: where a plan does nothing all claims are rounding."""


def _compared(claimed: pl.DataFrame, counted: pl.DataFrame, name: str, amount: str, least: float) -> pl.DataFrame:
    """Sums of both sides by (name, period_id), and the scale of their differences."""
    sides = [
        frame.group_by(name, "period_id").agg(pl.col(amount).cast(pl.Float64).sum().alias(side))
        for frame, side in ((claimed, "claimed"), (counted, "counted"))
    ]
    both = sides[0].join(sides[1], on=[name, "period_id"], how="full", coalesce=True, nulls_equal=True)
    both = both.with_columns(pl.col("claimed", "counted").fill_null(0.0)).sort(name, "period_id")
    both = both.with_columns(larger=pl.max_horizontal(pl.col("claimed").abs(), pl.col("counted").abs()))
    return both.with_columns(
        scale=pl.max_horizontal(_OF_PERIOD * pl.col("larger").sum().over("period_id"), _OF_HORIZON * pl.col("larger").sum(), pl.lit(least))
    )


def _hold(
    ledger: Ledger, check: str, claimed: pl.DataFrame, counted: pl.DataFrame, name: str, amount: str, unit: str, least: float = _LEAST
) -> None:
    both = _compared(claimed, counted, name, amount, least)
    ids = {one: at for at, one in enumerate(ledger.a.calendar.ids)}
    known = both.filter(pl.col("period_id").is_in(list(ids)))
    strange = both.filter(~pl.col("period_id").is_in(list(ids)) | pl.col("period_id").is_null())
    for part, t in (
        (known, np.array([ids[one] for one in known["period_id"].to_list()], dtype=np.int64)),
        (strange, None),
    ):  # fmt: skip
        ledger.add(
            check, part[name].fill_null(""), t, part["claimed"].to_numpy(), "=", part["counted"].to_numpy(), part["scale"].to_numpy(),
            "the plan's maker counts {left}" + unit + ", the tables say {right}" + unit,
        )  # fmt: skip
    left, right = float(both["claimed"].sum()), float(both["counted"].sum())
    ledger.add(
        f"{check}_total", ["all"], None, np.array([left]), "=", np.array([right]), max(least, _OF_PERIOD * float(both["larger"].sum())),
        "the plan's maker counts {left}" + unit + ", the tables say {right}" + unit,
    )  # fmt: skip


def check_claims(
    claims: Mapping[str, pl.DataFrame], accounts: Accounts, steering: pl.DataFrame, noise: tuple[float, float], ledger: Ledger
) -> None:
    """Every cost kind and CO2e cause by period, real and discounted, and their totals; steering amounts where claimed.

    `noise` is the scale of steering violations and amounts.
    """
    money = f" {ledger.a.settings.currency}"
    if "claimed_costs" in claims:
        for check, column in (("cost", "amount"), ("cost_discounted", "discounted")):
            _hold(ledger, check, claims["claimed_costs"], accounts.costs, "kind", column, money)
    if "claimed_co2e" in claims:
        _hold(ledger, "co2e", claims["claimed_co2e"], accounts.co2e, "cause", "kg", " kg")
    if "steering" in claims:
        told = claims["steering"]
        _hold(ledger, "steering_violation", told, steering, "label", "violation", "", max(_LEAST, noise[0]))
        _hold(ledger, "steering", told, steering, "label", "amount", money, max(_LEAST, noise[1]))
