"""Regret: what plans made for one world cost in another, against the best that other world allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import HinterlandError
from hinterland.model.accounts import account
from hinterland.model.scenario import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["REGRET_COLUMNS", "regret_of"]

REGRET_COLUMNS: dict[str, pl.DataType] = {
    "plan": pl.String(),
    "made_cost": pl.Float64(),
    "judged_cost": pl.Float64(),
    "best_cost": pl.Float64(),
    "regret": pl.Float64(),
    "regret_share": pl.Float64(),
    "made_co2e_t": pl.Float64(),
    "judged_co2e_t": pl.Float64(),
    "shortage_share": pl.Float64(),
}


def _totals(net: Network, plan: Plan) -> tuple[float, float, float]:
    """Real cost at base_date, tonnes CO2e and the share of demand that stays short."""
    books = account(resolve(net, plan.scenarios), plan)
    asked, short = float(books.shortage["demand"].sum()), float(books.shortage["short"].sum())
    return float(books.costs["discounted"].sum()), float(books.co2e["kg"].sum()) / 1000.0, short / asked if asked else 0.0


def regret_of(net: Network, made: Mapping[str, Plan], judged: Mapping[str, Plan], best: Sequence[Plan]) -> pl.DataFrame:
    """One row per plan; money is real and discounted to base_date, columns REGRET_COLUMNS, in the order of `made`.

    `made` are plans in the world they were made for; `judged` the same decisions (openings, modules, contracts kept,
    flows anew) in the other world; `best` are plans free to decide there, of which the cheapest is the measure. Regret is
    judged cost − best cost: negative where what was decided before is no longer there to be chosen.
    Raises HinterlandError where a plan has no judged twin or there is no best.
    """
    lost = sorted(set(made) - set(judged))
    if lost or not best:
        raise HinterlandError(f"no plan to measure regret by for {', '.join(lost) or 'any'}")
    least = min(_totals(net, plan)[0] for plan in best)
    rows = []
    for name, plan in made.items():
        (cost, t, _), (then, then_t, short) = _totals(net, plan), _totals(net, judged[name])
        rows.append((name, cost, then, least, then - least, (then - least) / least if least else None, t, then_t, short))
    return pl.DataFrame(rows, schema=REGRET_COLUMNS, orient="row")
