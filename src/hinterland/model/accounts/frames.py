"""Tidy rows from arrays: names from positions, one schema for every account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays

__all__ = ["CO2E_COLUMNS", "COST_COLUMNS", "Names", "tidy"]

_WHERE: dict[str, pl.DataType] = {
    "period_id": pl.String(),
    "site_id": pl.String(),
    "product_id": pl.String(),
    "recipe_id": pl.String(),
    "vintage": pl.String(),
    "lane_id": pl.String(),
    "from_site": pl.String(),
    "to_site": pl.String(),
    "subject": pl.String(),
}
COST_COLUMNS: Mapping[str, pl.DataType] = {"kind": pl.String(), **_WHERE, "amount": pl.Float64(), "discounted": pl.Float64()}
CO2E_COLUMNS: Mapping[str, pl.DataType] = {
    "cause": pl.String(), **_WHERE, "kg_market": pl.Float64(), "kg_location": pl.Float64(), "kg": pl.Float64(),
}  # fmt: skip


class Names:
    """Ids of a network's axes as columns, picked by position."""

    def __init__(self, a: Arrays) -> None:
        """Take the ids of sites, products, periods, lanes and lines."""
        self._site = pl.Series("site_id", a.sites.ids, dtype=pl.String)
        self._product = pl.Series("product_id", a.products.ids, dtype=pl.String)
        self._period = pl.Series("period_id", list(a.calendar.ids), dtype=pl.String)
        self._lanes = a.flows.rates.lanes.select("lane_id", "from_site", "to_site", "product_id")
        self._lines = a.making.lines.rows.select(
            "site_id", product_id="good", recipe_id=pl.when(pl.col("recipe_id") != "").then("recipe_id")
        )
        self._pools = (a.pools.site, a.pools.product)

    def sites(self, at: Ints) -> pl.Series:
        """site_id of site positions."""
        return self._site[at]

    def products(self, at: Ints) -> pl.Series:
        """product_id of product positions."""
        return self._product[at]

    def periods(self, at: Ints) -> pl.Series:
        """period_id of period positions."""
        return self._period[at]

    def pools(self, at: Ints) -> dict[str, pl.Series]:
        """site_id and product_id of pools."""
        return {"site_id": self.sites(self._pools[0][at]), "product_id": self.products(self._pools[1][at])}

    def lanes(self, at: Ints) -> dict[str, pl.Series]:
        """Lane, ends and product of lane-products."""
        return {name: self._lanes[name][at] for name in self._lanes.columns}

    def lines(self, at: Ints) -> dict[str, pl.Series]:
        """Site, good and recipe (null for a line without one) of lines."""
        return {name: self._lines[name][at] for name in self._lines.columns}

    def vintages(self, at: Ints) -> pl.Series:
        """`existing` for −1, else the period in which the modules start."""
        told = pl.Series("vintage", ["existing", *self._period.to_list()], dtype=pl.String)
        return told[at + 1]


def tidy(size: int, schema: Mapping[str, pl.DataType], **columns: pl.Series | Floats | str) -> pl.DataFrame:
    """Build a frame of `size` rows with every column of the schema, null where it is not given."""
    made = []
    for name, kind in schema.items():
        given = columns.get(name)
        if given is None:
            made.append(pl.Series(name, [None], dtype=kind).new_from_index(0, size))
        elif isinstance(given, str):
            made.append(pl.Series(name, [given], dtype=kind).new_from_index(0, size))
        elif isinstance(given, np.ndarray):
            made.append(pl.Series(name, given, dtype=kind))
        else:
            made.append(given.alias(name).cast(kind))
    return pl.DataFrame(made)
