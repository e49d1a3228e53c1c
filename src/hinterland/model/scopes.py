"""Who is meant by a cell: a site, a country, a region, a customs territory, a stage, a product, or an `@group` of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hinterland.tables.where import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from hinterland.model.network import Network

__all__ = ["Scopes", "place_names", "tokens"]


def place_names(net: Network) -> pl.DataFrame:
    """Each site with its names from narrow to wide: site_id, country, territory, region; sorted by site_id."""
    countries = net["countries"].select("country", "region", "customs_territory").unique("country")
    return (
        net["sites"]
        .select("site_id", "country")
        .join(countries, on="country", how="left")
        .with_columns(territory=pl.coalesce("customs_territory", "country"))
        .select("site_id", "country", "territory", "region")
        .sort("site_id")
    )


@dataclass(frozen=True)
class Scopes:
    """Resolves cells that name places or products. Unknown names give an empty set: `check` reports them earlier."""

    net: Network

    @cached_property
    def places(self) -> pl.DataFrame:
        """Sites with country, territory and region."""
        return place_names(self.net)

    @cached_property
    def _groups(self) -> dict[str, list[str]]:
        rows = self.net["groups"]
        groups: dict[str, list[str]] = {}
        for group, member in zip(rows["group_id"].to_list(), rows["member"].to_list(), strict=True):
            groups.setdefault(group, []).append(member)
        return groups

    @cached_property
    def _sites_by_name(self) -> dict[str, frozenset[str]]:
        named: dict[str, set[str]] = {}
        for site, *wider in self.places.iter_rows():
            for name in (site, *wider):
                if name is not None:
                    named.setdefault(name, set()).add(site)
        return {name: frozenset(sites) for name, sites in named.items()}

    @cached_property
    def _countries_by_name(self) -> dict[str, frozenset[str]]:
        named: dict[str, set[str]] = {}
        rows = self.net["countries"].select("country", "customs_territory", "region")
        for country, territory, region in rows.iter_rows():
            for name in (country, territory, region):
                if name is not None:
                    named.setdefault(name, set()).add(country)
        return {name: frozenset(countries) for name, countries in named.items()}

    @cached_property
    def _products_by_name(self) -> dict[str, frozenset[str]]:
        named: dict[str, set[str]] = {}
        for product, stage in self.net["products"].select("product_id", "stage").iter_rows():
            for name in (product, stage):
                if name is not None:
                    named.setdefault(name, set()).add(product)
        return {name: frozenset(products) for name, products in named.items()}

    def _expand(self, cell: str | None, named: Callable[[str], frozenset[str]], seen: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for token in tokens(cell):
            name = token.removeprefix("@")
            if token.startswith("@") and name in self._groups:
                if name not in seen:
                    for member in self._groups[name]:
                        found |= self._expand(member, named, seen | {name})
            else:
                found |= named(name)
        return found

    def sites(self, cell: str | None) -> frozenset[str] | None:
        """Sites meant by a cell, or None where the cell is empty or `*` (everywhere)."""
        if not tokens(cell):
            return None
        return frozenset(self._expand(cell, lambda name: self._sites_by_name.get(name, frozenset()), frozenset()))

    def countries(self, cell: str | None) -> frozenset[str] | None:
        """Countries meant by a cell; a site stands for its country; None is everywhere."""
        if not tokens(cell):
            return None
        of_site = {site: frozenset({country}) for site, country, *_ in self.places.iter_rows()}

        def named(name: str) -> frozenset[str]:
            return self._countries_by_name.get(name) or of_site.get(name) or frozenset({name})

        return frozenset(self._expand(cell, named, frozenset()))

    def products(self, cell: str | None) -> frozenset[str] | None:
        """Products meant by a cell (product, stage or @group); None is every product."""
        if not tokens(cell):
            return None
        return frozenset(self._expand(cell, lambda name: self._products_by_name.get(name, frozenset()), frozenset()))

    def breadth(self, cell: str | None) -> int:
        """How many sites a cell covers: a narrower rule wins over a wider one."""
        sites = self.sites(cell)
        return self.net["sites"].height + 1 if sites is None else len(sites)
