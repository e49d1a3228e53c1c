"""Signed contracts, read from their tables and counted on a plan's rows: what was taken, from whom, and what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST
from hinterland.model.dated import Dated, day_spans
from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["Pact", "Taken", "pacts_of", "taken_of"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pact:
    """One signed contract by period; arrays of shape (periods,), but for `sells`, `buys`, `scope` (sites,), `goods` (products,).

    `scope` marks the sources that exclusivity shuts out, `scope_countries` those of purchases (None: all). Quantities are
    per period; `max_quantity` is inf where some days have no limit. `price` is by calendar year of the horizon.
    """

    contract_id: str
    words: str
    sells: Bools
    buys: Bools
    goods: Bools
    of_need: bool
    scope: Bools
    scope_countries: frozenset[str] | None
    min_share: Floats
    max_share: Floats
    exclusive: Floats
    min_quantity: Floats
    max_quantity: Floats
    promised: Floats
    price: Floats
    sign_cost: float
    sign_period: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What a pact's buyer took in each period; arrays of shape (periods,), units of the product.

    `contracted` from the supplier, `all_in` the base of the shares, `shut` from those whom exclusivity shuts out.
    """

    contracted: Floats
    all_in: Floats
    shut: Floats


def _mask(ids: list[str], named: frozenset[str] | None) -> Bools:
    return np.array([named is None or one in named for one in ids], dtype=bool)


def _prices(a: Arrays, contract: str) -> Floats:
    """Lowest tier's price of each calendar year: the last row that starts by the year's end, else the first row."""
    years, _ = a.calendar.year_shares()
    rows = a.net["contract_prices"].filter(pl.col("contract_id") == contract)
    if not rows.height:
        return np.zeros(len(years))
    steps = rows.with_columns(year=pl.col("start_date").dt.year().fill_null(-9999)).sort("start_date", "from_quantity", nulls_last=False)
    tiers = steps.unique("start_date", keep="first", maintain_order=True)
    known, price = tiers["year"].to_numpy(), tiers["price_per_unit"].to_numpy()
    return np.asarray(price[np.maximum(np.searchsorted(known, years, side="right") - 1, 0)], dtype=np.float64)


def pacts_of(a: Arrays) -> list[Pact]:
    """Every signed contract, sorted by id; phases weigh by their days; days without a phase: share 0..1, no limit."""
    scopes, dated, calendar = Scopes(a.net), Dated(a.net), a.calendar
    phases = a.net["contract_phases"]
    first, last = day_spans(phases, "start_date", "end_date")
    weight = calendar.weight(np.maximum(first, FAR_PAST), np.minimum(last, FAR_FUTURE))
    value = {
        name: dated.values("contract_phases", name, empty)
        for name, empty in (
            ("min_share", 0.0), ("max_share", 1.0), ("exclusive", 0.0), ("min_quantity_per_year", 0.0),
            ("max_quantity_per_year", np.inf), ("take_or_pay_share", 0.0),
        )
    }  # fmt: skip
    owner = phases["contract_id"].to_numpy()
    found = []
    for row in a.net["contracts"].filter(pl.col("status") == "signed").sort("contract_id").iter_rows(named=True):
        mine = np.flatnonzero(owner == row["contract_id"])
        w = weight[mine]
        phase = {name: values[mine] for name, values in value.items()}
        top = phase["max_quantity_per_year"]
        limited = np.isfinite(top)
        binding = (w * limited).sum(axis=0) >= 1 - 1e-12
        least, pays = phase["min_quantity_per_year"], phase["take_or_pay_share"]
        starts = first[mine]
        begin = int(np.searchsorted(calendar.stop, starts.min(), side="right")) if len(mine) else 0
        found.append(
            Pact(
                contract_id=row["contract_id"],
                words=f"contract {row['contract_id']} ({row['supplier']} → {row['buyer']}, {row['product_id']})",
                sells=_mask(a.sites.ids, scopes.sites(row["supplier"])),
                buys=_mask(a.sites.ids, scopes.sites(row["buyer"])),
                goods=_mask(a.products.ids, scopes.products(row["product_id"])),
                of_need=row["share_basis"] == "need",
                scope=_mask(a.sites.ids, scopes.sites(row["exclusive_scope"])),
                scope_countries=scopes.countries(row["exclusive_scope"]),
                min_share=(w * phase["min_share"]).sum(axis=0),
                max_share=(w * phase["max_share"]).sum(axis=0) + 1.0 - w.sum(axis=0),
                exclusive=(w * phase["exclusive"]).sum(axis=0),
                min_quantity=(w * np.where(pays > 0, 0.0, least)).sum(axis=0) * calendar.years,
                max_quantity=np.where(binding, (w * np.where(limited, top, 0.0)).sum(axis=0) * calendar.years, np.inf),
                promised=(w * pays * least).sum(axis=0) * calendar.years,
                price=_prices(a, row["contract_id"]),
                sign_cost=float(row["sign_cost"] or 0.0),
                sign_period=begin if begin < len(calendar) else -1,
            )
        )
    return found


def taken_of(a: Arrays, p: Placed, pact: Pact) -> Taken:
    """Count a pact's flows: what enters the buyer's sites from outside them, purchases there, own make if shares are of need."""
    count = len(a.calendar)

    def per_period(period: npt.NDArray[np.int64], quantity: Floats, mask: Bools) -> Floats:
        return np.bincount(period[mask], weights=quantity[mask], minlength=count).astype(np.float64)

    start, end, product = (one[p.flow_lane] for one in (a.flows.from_site, a.flows.to_site, a.flows.product))
    enters = pact.goods[product] & pact.buys[end] & ~pact.buys[start]
    sold = enters & pact.sells[start]
    site = a.offers.site[p.bought_offer]
    bought = pact.buys[site] & pact.goods[a.pools.product[a.offers.pool[p.bought_offer]]]
    line = p.made_line
    made = pact.of_need & pact.buys[a.making.lines.site[line]] & pact.goods[a.making.lines.product[line]]
    origin = np.array(
        [
            pact.scope_countries is None or (one or a.sites.country[at]) in pact.scope_countries
            for one, at in zip(a.offers.rows["origin_country"].to_list(), a.offers.site, strict=True)
        ],
        dtype=bool,
    )
    contracted = per_period(p.flow_period, p.flow, sold)
    base = per_period(p.flow_period, p.flow, enters) + per_period(p.bought_period, p.bought, bought)
    shut = per_period(p.flow_period, p.flow, enters & ~sold & pact.scope[start])
    shut += per_period(p.bought_period, p.bought, bought & origin[p.bought_offer])
    return Taken(
        contracted,
        base + per_period(p.made_period, p.made, made),
        shut + per_period(p.made_period, p.made, made & pact.scope[a.making.lines.site[line]]),
    )
