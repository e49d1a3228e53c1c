"""The proof of a plan: every balance, limit, contract, policy and cost line counted again from the tables, without a solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.accounts import accounts_of
from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.model.plan import PLAN_COLUMNS, plan_keys
from hinterland.model.verify.claims import check_claims
from hinterland.model.verify.contracts import check_contracts
from hinterland.model.verify.ledger import LINE_COLUMNS, Ledger
from hinterland.model.verify.origin import check_origin
from hinterland.model.verify.policies import STEERING_COLUMNS, check_policies
from hinterland.model.verify.quantities import check_buying, check_lanes, check_lines, check_pools, check_stocks, check_throughput
from hinterland.model.verify.refunds import check_refunds
from hinterland.model.verify.sites import check_modules, check_sites
from hinterland.model.verify.totals import totals_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.model.accounts import Accounts
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["LINE_COLUMNS", "STEERING_COLUMNS", "VerifyReport", "verify"]


@dataclass(frozen=True, slots=True, repr=False)
class VerifyReport:
    """What verify found.

    lines: check, where, period_id, left, right, relative_error, ok, words; sorted. relative_error is by how much the rule
    fails over the largest amount in it: 0 where it holds with room to spare.
    steering: kind (shortage, policy), period_id, label, violation, amount: what the plan leaves unmet and softly breaks;
    it steers, and is no real cost.
    """

    lines: pl.DataFrame
    tolerance: float
    steering: pl.DataFrame

    def __repr__(self) -> str:
        """One line: whether it holds, not the lines."""
        held = "holds" if self.ok else f"{self.failures.height} do not hold"
        return f"VerifyReport({self.lines.height} lines: {held}, largest relative error {self.max_relative_error:.1e})"

    @property
    def ok(self) -> bool:
        """Say whether every line holds within the tolerance."""
        return bool(self.lines["ok"].all())

    @property
    def max_relative_error(self) -> float:
        """Largest relative error of all lines."""
        worst = self.lines["relative_error"].max()
        return float(worst) if isinstance(worst, float) else 0.0

    @property
    def failures(self) -> pl.DataFrame:
        """Lines that do not hold, the worst first."""
        return self.lines.filter(~pl.col("ok")).sort("relative_error", descending=True, maintain_order=True)

    def worst(self, n: int = 5) -> str:
        """Return the words of the `n` worst lines that do not hold, one per line of text; or that all hold."""
        found = self.failures
        if not found.height:
            return f"all {self.lines.height} lines hold within {self.tolerance:g}"
        told = [f"{words} [{check}]" for check, words in found.head(n).select("check", "words").iter_rows()]
        return "\n".join(told + ([f"and {found.height - n} more"] if found.height > n else []))


def _check_rows(plan: Plan, misfits: pl.DataFrame, ledger: Ledger) -> None:
    """Every row names what the network has, once, with a quantity that is finite and 0 or more."""
    ids = {one: at for at, one in enumerate(ledger.a.calendar.ids)}

    def add(check: str, frame: pl.DataFrame, words: str) -> None:
        if not frame.height:
            return
        for part, known in ((frame.filter(pl.col("period_id").is_in(list(ids))), True),
                            (frame.filter(~pl.col("period_id").is_in(list(ids)).fill_null(value=False)), False)):  # fmt: skip
            at = np.array([ids[one] for one in part["period_id"].to_list()], dtype=np.int64) if known else None
            amount = part["quantity"].fill_null(0.0).to_numpy()
            left = np.where(amount == 0, 1.0, amount)
            ledger.add(check, part["where"], at, left, "=", np.zeros(len(left)), 0.0, words)

    for why, rows in misfits.group_by("why", "table", maintain_order=True):
        add("known", rows.with_columns(where=pl.concat_str(pl.lit(f"{why[1]}: "), "where")), str(why[0]))
    for table, columns in PLAN_COLUMNS.items():
        frame, keys = plan[table], list(plan_keys(table))
        place = pl.concat_str(pl.lit(f"{table}: "), pl.concat_str([pl.col(key) for key in keys], separator=" ", ignore_nulls=True))
        period = pl.col("period_id") if "period_id" in frame.columns else pl.lit(None, dtype=pl.String)
        amount = next((name for name in ("quantity", "added") if name in columns), None)
        if amount is not None:
            cells = pl.col(amount).cast(pl.Float64)
            bad = frame.filter((cells < 0) | ~cells.is_finite() | cells.is_null())
            told = bad.select(where=place, period_id=period, quantity=pl.col(amount).cast(pl.Float64).fill_null(float("nan")))
            add("finite", told, "{left} is no quantity")
        double = frame.group_by(keys).agg(count=pl.len()).filter(pl.col("count") > 1)
        told = double.select(where=place, period_id=period, quantity=pl.col("count").cast(pl.Float64))
        add("once", told, "{left} rows with the same key")


def _steering(accounts: Accounts, policies: pl.DataFrame) -> pl.DataFrame:
    short = accounts.shortage.filter(pl.col("short") > 1e-9 * pl.col("demand"))
    missed = short.select(
        kind=pl.lit("shortage"),
        period_id="period_id",
        label=pl.concat_str("site_id", "product_id", separator=" "),
        violation="short",
        amount="shortage_cost",
    )
    return pl.concat([missed, policies]).sort("kind", "period_id", "label", maintain_order=True)


def _check_signed(plan: Plan, ledger: Ledger) -> None:
    """Every contract that the plan has signed is signed in the network."""
    signed = dict(ledger.a.net["contracts"].select("contract_id", pl.col("status") == "signed").iter_rows())
    strange = [one for one in plan["signed"]["contract_id"].to_list() if not signed.get(one)]
    ledger.add(
        "signed", [f"contract {one}" for one in strange], None, np.ones(len(strange)), "=", np.zeros(len(strange)), 1.0,
        "is signed by the plan, not in this world",
    )  # fmt: skip


@np.errstate(invalid="ignore", over="ignore")  # a quantity that is no number is a line that fails, not a warning
def verify(net: Network, plan: Plan, claims: Mapping[str, pl.DataFrame] | None = None, tolerance: float = 1e-6) -> VerifyReport:
    """Count a plan again from the tables of a resolved network, without any solver, and hold claims against that.

    Lines are left (=, ≤, ≥) right. The relative error of a line is by how much it fails, divided by the largest of: both
    sides, the product's total need in the unit of the line (all that is used and delivered over the horizon, demand at
    least; at least a millionth of the largest need), and 1e-12. Cost and CO2e lines count against at least a tenth of
    their period's whole, a hundredth of the horizon's, and a thousandth of one unit. A plan is proved when no line fails by
    more than `tolerance`.

    `claims` are what the plan's maker says: claimed_costs (kind, period_id, amount, discounted), claimed_co2e (cause,
    period_id, kg) and, if given, steering (kind, period_id, label, violation, amount).
    """
    a = arrays_of(net)
    p = place_plan(a, plan)
    s = totals_of(a, p)
    accounts = accounts_of(a, p)
    ledger = Ledger(a, tolerance)
    _check_rows(plan, p.misfits, ledger)
    check_pools(a, p, s, ledger)
    check_lines(a, p, s, ledger)
    check_lanes(a, p, s, ledger)
    check_throughput(a, p, s, ledger)
    check_buying(a, p, s, ledger)
    check_stocks(a, p, s, ledger)
    check_sites(a, p, ledger)
    check_modules(a, p, s, ledger)
    _check_signed(plan, ledger)
    check_contracts(a, p, s, ledger)
    check_origin(a, p, s, ledger)
    check_refunds(a, p, s, ledger)
    broken, noise = check_policies(a, p, s, accounts, ledger)
    steering = _steering(accounts, broken)
    if claims:
        most = float(s.need.max(initial=0.0))
        noise = max(noise[0], most), max(noise[1], most * float(a.demand.shortage_cost.max(initial=0.0)))
        check_claims(claims, accounts, steering, noise, ledger)
    return VerifyReport(ledger.lines(), tolerance, steering)
