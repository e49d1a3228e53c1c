"""Sites, products and pools (a product at a site) as sorted index axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.core.calendar import FAR_PAST, day_number
from hinterland.model.dated import Dated, day_spans
from hinterland.model.scopes import place_names

if TYPE_CHECKING:
    import numpy.typing as npt

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.network import Network

    Bools = npt.NDArray[np.bool_]

__all__ = ["GATED", "Pools", "Products", "Sites", "positions", "sorted_rows"]

GATED = ("candidate", "committed", "paused")


def sorted_rows(frame: pl.DataFrame, *keys: str) -> Ints:
    """Row numbers in key order, so that the order of typing never shows in a result."""
    return np.asarray(frame.select(pl.arg_sort_by(*keys, nulls_last=False)).to_series().to_numpy(), dtype=np.int64)


def positions(column: pl.Series, ids: list[str]) -> Ints:
    """Index of each cell in `ids`, −1 where it is not there."""
    table = pl.DataFrame({"id": ids, "at": np.arange(len(ids))}, schema={"id": pl.String, "at": pl.Int64})
    cells = pl.DataFrame({"id": column.cast(pl.String)})
    return cells.join(table, on="id", how="left", maintain_order="left")["at"].fill_null(-1).to_numpy().astype(np.int64)


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites by id; arrays of shape (sites,) or (sites, periods); those of gated sites have shape (gated, …).

    `gate` is the row of a site among the gated ones (candidate, committed, paused), −1 for others. `fixed_start` is the
    period in which a committed site starts (the count of periods: never), −1 for sites that may choose. Money is in
    settings.currency; `throughput_t` per period.
    """

    ids: list[str]
    country: list[str]
    territory: list[str]
    region: list[str]
    status: list[str]
    gate: Ints
    gated: Ints
    may_start: Bools
    fixed_start: Ints
    start_cost: Floats
    stop_cost: Floats
    fixed_cost: Floats
    throughput_t: Floats

    @property
    def closed(self) -> Bools:
        """Sites that never do anything; shape (sites,)."""
        return np.array([status == "closed" for status in self.status], dtype=bool)

    @classmethod
    def of(cls, net: Network) -> Sites:
        """Read the sites; a start is allowed from decision_date + build_days on and within earliest..latest_date."""
        dated, frame = Dated(net), net["sites"]
        calendar, settings = dated.calendar, net.settings
        order = sorted_rows(frame, "site_id")
        places = place_names(net)
        rows = frame[order.tolist()]
        status = [one or "operating" for one in rows["status"].to_list()]
        gated = np.array([at for at, one in enumerate(status) if one in GATED], dtype=np.int64)
        gate = np.full(len(status), -1, dtype=np.int64)
        gate[gated] = np.arange(len(gated))
        first, last = day_spans(rows, "earliest_date", "latest_date")
        ready = day_number(settings.decision_date) + rows["build_days"].cast(pl.Float64).fill_null(0.0).to_numpy()
        low = np.maximum(np.where(first == FAR_PAST, -np.inf, first), ready)
        may = (calendar.start[None, :] >= low[gated, None]) & (calendar.start[None, :] <= last[gated, None])
        fixed = np.full(len(gated), -1, dtype=np.int64)
        for row, site in enumerate(gated):
            if status[site] == "committed":
                fixed[row] = 0 if first[site] == FAR_PAST else int(np.searchsorted(calendar.stop, first[site], side="right"))

        def by_period(column: str, default: float) -> Floats:
            return dated.values("sites", column, default)[order]

        paused = np.array([one == "paused" for one in status], dtype=bool)[:, None]
        throughput = by_period("throughput_t_per_year", np.inf)
        return cls(
            ids=rows["site_id"].to_list(),
            country=places["country"].fill_null("").to_list(),
            territory=places["territory"].fill_null("").to_list(),
            region=places["region"].fill_null("").to_list(),
            status=status,
            gate=gate,
            gated=gated,
            may_start=may,
            fixed_start=fixed,
            start_cost=np.where(paused, by_period("restart_cost", 0.0), by_period("opening_cost", 0.0))[gated],
            stop_cost=by_period("closing_cost", 0.0)[gated],
            fixed_cost=by_period("fixed_cost_per_year", 0.0) * calendar.years,
            throughput_t=np.where(np.isinf(throughput), np.inf, throughput * calendar.years),
        )


@dataclass(frozen=True, slots=True)
class Products:
    """Products by id; arrays of shape (products,) or (products, periods); disposal_cost is NaN where not allowed."""

    ids: list[str]
    stage: list[str]
    unit: list[str]
    mass_t: Floats
    gross_t: Floats
    disposal_cost: Floats

    @classmethod
    def of(cls, net: Network) -> Products:
        """Read the products."""
        frame = net["products"]
        order = sorted_rows(frame, "product_id")
        rows = frame[order.tolist()]
        mass = rows["mass_kg_per_unit"].cast(pl.Float64).fill_null(0.0).to_numpy() / 1000.0
        gross = rows["gross_mass_kg_per_unit"].cast(pl.Float64).to_numpy() / 1000.0
        return cls(
            ids=rows["product_id"].to_list(),
            stage=[one or "" for one in rows["stage"].to_list()],
            unit=[one or "" for one in rows["unit"].to_list()],
            mass_t=mass,
            gross_t=np.where(np.isnan(gross), mass, gross),
            disposal_cost=Dated(net).values("products", "disposal_cost_per_unit")[order],
        )


@dataclass(frozen=True, slots=True)
class Pools:
    """Every (site, product) that anything touches, sorted; arrays of shape (pools,)."""

    site: Ints
    product: Ints
    products: int

    @classmethod
    def of(cls, pairs: list[tuple[Ints, Ints]], products: int) -> Pools:
        """Union of index pairs."""
        codes = [site * products + product for site, product in pairs]
        unique = np.unique(np.concatenate(codes)) if codes else np.zeros(0, dtype=np.int64)
        return cls(unique // max(products, 1), unique % max(products, 1), products)

    def __len__(self) -> int:
        """Return the number of pools."""
        return len(self.site)

    def at(self, site: Ints, product: Ints) -> Ints:
        """Pool of each (site, product) pair; −1 where there is none."""
        codes, wanted = self.site * self.products + self.product, site * self.products + product
        found = np.searchsorted(codes, wanted)
        held = np.minimum(found, len(codes) - 1)
        return np.where(codes[held] == wanted, held, -1) if len(codes) else np.full(len(wanted), -1)
