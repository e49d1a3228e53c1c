"""Electricity of a plan by site and period: how much, how renewable on either basis, and under which contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.model.arrays.energy import electricity_of
from hinterland.model.dated import Dated

if TYPE_CHECKING:
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["electricity_use", "power_supply"]


def electricity_use(net: Network, plan: Plan) -> pl.DataFrame:
    """site_id, period_id, kwh, renewable_share_market, renewable_share_location, cost, co2e_market_kg, co2e_location_kg; sorted.

    Sites and periods that use electricity. Cost is undiscounted, premiums of contracts included.
    """
    a = arrays_of(net)
    p, power, lines = place_plan(a, plan), electricity_of(a), a.making.lines
    k, t = p.made_line, p.made_period
    kwh = p.made * power.kwh[k, t]
    frame = pl.DataFrame(
        {
            "site_id": pl.Series([a.sites.ids[site] for site in lines.site[k]], dtype=pl.String),
            "t": t,
            "kwh": kwh,
            "market": kwh * power.market[k, t],
            "location": kwh * power.location[k, t],
            "cost": p.made * lines.electricity_cost[k, t],
            "co2e_market_kg": p.made * lines.electricity_market_kg[k, t],
            "co2e_location_kg": p.made * lines.electricity_location_kg[k, t],
        }
    )
    ids = pl.DataFrame({"t": np.arange(len(a.calendar)), "period_id": list(a.calendar.ids)})
    return (
        frame.filter(pl.col("kwh") > 0)
        .group_by("site_id", "t")
        .sum()
        .sort("site_id", "t")
        .join(ids, on="t", how="left", maintain_order="left")
        .select(
            "site_id",
            "period_id",
            "kwh",
            renewable_share_market=pl.col("market") / pl.col("kwh"),
            renewable_share_location=pl.col("location") / pl.col("kwh"),
            cost="cost",
            co2e_market_kg="co2e_market_kg",
            co2e_location_kg="co2e_location_kg",
        )
    )


def power_supply(net: Network, plan: Plan) -> pl.DataFrame:
    """power_contract_id, site_id, kind, period_id, share, kwh, premium_cost, evidence; sorted: what each contract supplies.

    `share` is of the site's electricity, counted by the days in force; certificates count on the market basis alone.
    """
    dated, rows = Dated(net), net["power_contracts"]
    share = dated.values("power_contracts", "share", 0.0) * dated.spans_weight("power_contracts", "start_date", "end_date")
    premium = dated.values("power_contracts", "premium_per_kwh", 0.0)
    used = {(site, period): kwh for site, period, kwh in electricity_use(net, plan).select("site_id", "period_id", "kwh").iter_rows()}
    found = []
    for at, (name, site, kind, evidence) in enumerate(rows.select("power_contract_id", "site_id", "kind", "evidence").iter_rows()):
        for t, period in enumerate(net.calendar.ids):
            kwh = used.get((site, period), 0.0) * float(share[at, t])
            if share[at, t] > 0 and kwh > 0:
                found.append((name, site, kind, period, float(share[at, t]), kwh, kwh * float(premium[at, t]), evidence))
    schema = {
        "power_contract_id": pl.String, "site_id": pl.String, "kind": pl.String, "period_id": pl.String, "share": pl.Float64,
        "kwh": pl.Float64, "premium_cost": pl.Float64, "evidence": pl.String,
    }  # fmt: skip
    order = {period: t for t, period in enumerate(net.calendar.ids)}
    return pl.DataFrame(sorted(found, key=lambda row: (row[0], order[row[3]])), schema=schema, orient="row")
