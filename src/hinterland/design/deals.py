"""Signed contracts as sets of flows, purchases and own make, with their phases weighted by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.dated import Dated, day_spans
from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays

__all__ = ["Deal", "deals_of"]


@dataclass(frozen=True, slots=True)
class Deal:
    """One signed contract; entry numbers of flow, bought and made, and phases by period (periods,).

    `contracted` ⊂ `inflow`; `bought` and `made` complete the base of shares; `shut_*` are what exclusivity shuts out.
    """

    contract_id: str
    label: str
    contracted: Ints
    inflow: Ints
    bought: Ints
    made: Ints
    shut_flow: Ints
    shut_bought: Ints
    shut_made: Ints
    min_share: Floats
    max_share: Floats
    exclusive: Floats
    min_quantity: Floats
    max_quantity: Floats
    take_or_pay: Floats
    price: Floats
    sign_cost: float
    sign_period: int


def _phases(a: Arrays, rows: Ints) -> dict[str, Floats]:
    """Day-weighted phase values of one contract; days without a phase: share 0..1, no limit."""
    dated = Dated(a.net)
    weight = a.calendar.weight(*day_spans(a.net["contract_phases"], "start_date", "end_date"))[rows]

    def total(column: str, empty: float) -> Floats:
        values = dated.values("contract_phases", column, empty)[rows]
        return np.asarray((weight * values).sum(axis=0))

    covered = weight.sum(axis=0)
    unlimited = dated.values("contract_phases", "max_quantity_per_year", np.inf)[rows]
    capped = np.isfinite(unlimited)
    whole = (weight * capped).sum(axis=0) >= 1 - 1e-12
    least = dated.values("contract_phases", "min_quantity_per_year", 0.0)[rows]
    paid = dated.values("contract_phases", "take_or_pay_share", 0.0)[rows]
    return {
        "min_share": total("min_share", 0.0),
        "max_share": total("max_share", 1.0) + (1.0 - covered),
        "exclusive": total("exclusive", 0.0),
        "min_quantity": (weight * np.where(paid > 0, 0.0, least)).sum(axis=0) * a.calendar.years,
        "max_quantity": np.where(whole, (weight * np.where(capped, unlimited, 0.0)).sum(axis=0) * a.calendar.years, np.inf),
        "take_or_pay": (weight * paid * least).sum(axis=0) * a.calendar.years,
    }


def _price_by_year(a: Arrays, contract: str) -> Floats:
    """Price of the lowest tier in each calendar year of the horizon: the last row that starts by its end, else the first."""
    years, _ = a.calendar.year_shares()
    rows = a.net["contract_prices"].filter(pl.col("contract_id") == contract).sort("start_date", "from_quantity")
    prices = np.zeros(len(years))
    for at, year in enumerate(years):
        live = rows.filter(pl.col("start_date").is_null() | (pl.col("start_date").dt.year() <= int(year)))
        chosen = live if live.height else rows
        if chosen.height:
            last = chosen["start_date"].fill_null(pl.date(1, 1, 1)).max() if chosen["start_date"].null_count() < chosen.height else None
            tier = chosen.filter(pl.col("start_date") == last) if last is not None else chosen
            prices[at] = tier.sort("from_quantity")["price_per_unit"][0]
    return prices


def deals_of(a: Arrays) -> list[Deal]:
    """Every signed contract, sorted by id."""
    scopes = Scopes(a.net)
    flows, offers, out, lines = a.flows, a.offers, a.making.outputs, a.making.lines
    site_ids, product_ids = np.array(a.sites.ids, dtype=object), np.array(a.products.ids, dtype=object)
    origins = zip(offers.rows["origin_country"].to_list(), offers.site, strict=True)
    countries = np.array([origin or a.sites.country[site] for origin, site in origins], dtype=object)
    deals = []
    for row in a.net["contracts"].filter(pl.col("status") == "signed").sort("contract_id").iter_rows(named=True):
        every = frozenset(a.sites.ids)  # a cell `*` is everywhere
        supplier, buyer = (every if named is None else named for named in map(scopes.sites, (row["supplier"], row["buyer"])))
        products = scopes.products(row["product_id"]) or frozenset(a.products.ids)
        sells, buys = np.isin(site_ids, list(supplier)), np.isin(site_ids, list(buyer))
        named = np.isin(product_ids, list(products))
        lane_in = named[flows.product] & buys[flows.to_site] & ~buys[flows.from_site]
        lane_deal = named[flows.product] & buys[flows.to_site] & sells[flows.from_site] & ~buys[flows.from_site]
        own = named[lines.product] & buys[lines.site] if row["share_basis"] == "need" else np.zeros(len(lines.site), dtype=bool)
        bought_here = named[a.pools.product[offers.pool]] & buys[offers.site]
        scope_sites, scope_countries = scopes.sites(row["exclusive_scope"]), scopes.countries(row["exclusive_scope"])
        in_scope = np.ones(len(site_ids), dtype=bool) if scope_sites is None else np.isin(site_ids, list(scope_sites))
        offer_in = np.ones(len(countries), dtype=bool) if scope_countries is None else np.isin(countries, list(scope_countries))
        phases = a.net["contract_phases"].with_row_index("at").filter(pl.col("contract_id") == row["contract_id"])
        first = phases["start_date"].min()
        start = Dated(a.net).first_period(first) if first is not None else 0
        deals.append(
            Deal(
                contract_id=row["contract_id"],
                label=f"contract {row['contract_id']} ({row['supplier']} → {row['buyer']}, {row['product_id']})",
                contracted=np.flatnonzero(lane_deal[flows.lane]),
                inflow=np.flatnonzero(lane_in[flows.lane]),
                bought=np.flatnonzero(bought_here[offers.offer]),
                made=np.flatnonzero(own[out.line]),
                shut_flow=np.flatnonzero((lane_in & ~lane_deal & in_scope[flows.from_site])[flows.lane]),
                shut_bought=np.flatnonzero((bought_here & offer_in)[offers.offer]),
                shut_made=np.flatnonzero((own & in_scope[lines.site])[out.line]),
                price=_price_by_year(a, row["contract_id"]),
                sign_cost=float(row["sign_cost"] or 0.0),
                sign_period=min(start, len(a.calendar) - 1) if start < len(a.calendar) else -1,
                **_phases(a, phases["at"].to_numpy().astype(np.int64)),
            )
        )
    return deals
