"""Who holds which standard when, and what requirements and policies ask of whom in which period.

A site is covered for a product in a period only if its certificates of the scheme, at the level that is asked or above,
span every day of it; certificates that follow each other without a gap join up. A requirement holds in periods that it
covers whole, as every rule that says yes or no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST
from hinterland.model.dated import Dated, day_spans
from hinterland.model.scopes import Scopes
from hinterland.tables.schemes import joined, offered, ranks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.model.network import Network

__all__ = ["Asked", "Standards", "asked_of"]

Bools = npt.NDArray[np.bool_]
Span = tuple[int, int]
_WHOLE = 1 - 1e-12


@dataclass(frozen=True)
class Standards:
    """Certificates of a network, asked by scheme and least rank of level; days are numbers since 1970-01-01, inclusive."""

    net: Network

    @cached_property
    def _ranks(self) -> dict[tuple[str, str], int]:
        return ranks_of(self.net["schemes"])

    @cached_property
    def _rows(self) -> list[tuple[str, str | None, str, str, Span]]:
        frame = self.net["certificates"]
        first, last = day_spans(frame)
        names = frame.select("site_id", "product_id", "scheme", pl.col("level").fill_null("")).rows()
        return [(*name, (int(low), int(high))) for name, low, high in zip(names, first, last, strict=True)]

    @property
    def schemes(self) -> list[str]:
        """Every standard that a certificate, an offer or a requirement names, sorted."""
        named = {row[2] for row in self._rows} | {
            scheme for cell in self.net["purchases"]["certified"].to_list() for scheme in offered(cell)
        }
        named |= set(self.net["requirements"]["scheme"].drop_nulls().to_list())
        asked = self.net["policies"].filter(pl.col("kind") == "require_certificate")["value_unit"]
        return sorted(named | set(asked.drop_nulls().to_list()))

    def rank(self, scheme: str, level: str | None) -> float:
        """Place of a level in its scheme: more is better; −inf for no level or one that the scheme does not know."""
        return float(self._ranks.get((scheme, level or ""), -np.inf))

    def meets(self, scheme: str, level: str, least: str | float | None) -> bool:
        """Say whether a level reaches what is asked: any (None), a named level, or a rank."""
        if least is None or least == "":
            return True
        if isinstance(least, str):
            return level == least or self.rank(scheme, level) >= self.rank(scheme, least) > -np.inf
        return self.rank(scheme, level) >= least

    def held(self, site: str, product: str | None, scheme: str, least: str | float | None = None) -> list[Span]:
        """Days on which a site holds a standard for a product, as spans in order of time that neither touch nor overlap."""
        mine = [
            span
            for where, goods, name, level, span in self._rows
            if where == site and name == scheme and (goods is None or goods == product) and self.meets(scheme, level, least)
        ]
        return joined(mine)

    def covers(self, site: str, product: str | None, first: int, last: int, scheme: str, least: str | float | None = None) -> bool:
        """Say whether a site's certificates span every day of first…last."""
        return any(low <= first and last <= high for low, high in self.held(site, product, scheme, least))

    def covered(self, sites: Sequence[str], products: Sequence[str], scheme: str, least: str | float | None = None) -> Bools:
        """Where and when a standard covers a whole period; shape (sites, products, periods)."""
        calendar = self.net.calendar
        return self.spanning(sites, products, calendar.start, calendar.stop - 1, scheme, least)

    def spanning(
        self, sites: Sequence[str], products: Sequence[str], first: Ints, last: Ints, scheme: str, least: str | float | None = None
    ) -> Bools:
        """Where a standard covers every day of each first…last; shape (sites, products, spans)."""
        found = np.zeros((len(sites), len(products), len(first)), dtype=bool)
        named: dict[str, set[str | None]] = {}
        for site, goods, name, _, _ in self._rows:
            if name == scheme:
                named.setdefault(site, set()).add(goods)
        at = {product: p for p, product in enumerate(products)}
        for s, site in enumerate(sites):
            for goods in sorted(named.get(site, ()), key=lambda one: one or ""):  # None comes first: it speaks of all goods
                spans = self.held(site, goods, scheme, least)
                whole = np.zeros(len(first), dtype=bool)
                for low, high in spans:
                    whole |= (low <= first) & (last <= high)
                if goods is None:
                    found[s] |= whole
                elif goods in at:
                    found[s, at[goods]] |= whole
        return found

    def certified(self, cells: Iterable[str | None], scheme: str, least: str | float | None = None) -> Bools:
        """Which offers say that their maker holds a standard; shape of `cells`."""
        return np.array([scheme in offered(cell) and self.meets(scheme, offered(cell)[scheme], least) for cell in cells], dtype=bool)

    def shown(self, site: str, product: str, gives: Set[tuple[str, str]]) -> list[Span]:
        """Days on which a site holds for a product any of some standards, each named with its level (empty: at any level)."""
        return [
            span
            for where, goods, scheme, level, span in self._rows
            if where == site and (goods is None or goods == product) and ({(scheme, level), (scheme, "")} & gives)
        ]

    def says(self, cell: str | None, gives: Set[tuple[str, str]]) -> bool:
        """Say whether an offer's maker holds any of some standards."""
        return any({(scheme, level), (scheme, "")} & gives for scheme, level in offered(cell).items())

    def told(self, site: str, product: str | None, scheme: str, least: str | float | None, first: int, last: int) -> str:
        """Why a site is not covered in first…last, in words that follow its name."""
        spans = self.held(site, product, scheme, least)
        if not spans:
            other = self.held(site, product, scheme)
            return (
                "whose certificate is of a lower level" if any(low <= last and first <= high for low, high in other) else "which holds none"
            )
        gap = first
        for low, high in spans:
            if low <= gap <= high:
                gap = high + 1
        before = [high for _, high in spans if high < gap]
        if before:
            return f"whose certificate lapses on {_day(max(before) + 1)}"
        return f"whose certificate starts on {_day(spans[0][0])}"


def _day(number: int) -> str:
    return (
        "a day beyond the calendar"
        if number >= FAR_FUTURE or number <= FAR_PAST
        else (date(1970, 1, 1) + timedelta(days=number)).isoformat()
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement, or one policy `require_certificate`: who may not send what where without which standard.

    `covered` has shape (sites, products, periods), `certified` (offers,), `active` and `penalty` (periods,); penalty is NaN
    where the rule must hold. `origins` are countries of purchases, None for all. `opening` starts every label of its rules.
    """

    rule_id: str
    opening: str
    said: str
    scheme: str
    least: tuple[str | float | None, ...]
    goods: Bools
    sources: Bools
    origins: frozenset[str] | None
    region: Bools
    active: Bools
    penalty: Floats
    covered: Bools
    certified: Bools
    policy: bool


def _mask(ids: Sequence[str], named: frozenset[str] | None) -> Bools:
    return np.array([named is None or one in named for one in ids], dtype=bool)


def asked_of(a: Arrays) -> list[Asked]:
    """Every requirement, then every policy require_certificate, each by its id; nothing where there is none."""
    requirements = a.net["requirements"].with_row_index("at").sort("requirement_id")
    policies = a.net["policies"].with_row_index("at").filter(pl.col("kind") == "require_certificate").sort("policy_id")
    if not requirements.height + policies.height:
        return []
    standards, scopes, dated = Standards(a.net), Scopes(a.net), Dated(a.net)
    offers = a.offers.rows["certified"].to_list()
    sites, products = a.sites.ids, a.products.ids
    found = []
    weight = dated.spans_weight("requirements", "from_date", "to_date")
    penalty = dated.values("requirements", "penalty_per_unit") if requirements.height else weight
    for row in requirements.iter_rows(named=True):
        at, scheme, least = row["at"], row["scheme"], row["min_level"] or None
        level, of_level = (f" {least}", f" of at least {least}") if least else ("", "")
        found.append(
            Asked(
                rule_id=row["requirement_id"],
                opening=f"requirement {row['requirement_id']} ({scheme}{level}",
                said=f"requirement {row['requirement_id']} asks for {scheme}{of_level}",
                scheme=scheme,
                least=(least,) * len(a.calendar),
                goods=_mask(products, scopes.products(row["product"])),
                sources=np.ones(len(sites), dtype=bool),
                origins=None,
                region=_mask(sites, scopes.sites(row["region"])),
                active=weight[at] >= _WHOLE,
                penalty=penalty[at],
                covered=standards.covered(sites, products, scheme, least),
                certified=np.repeat(standards.certified(offers, scheme, least)[:, None], len(a.calendar), axis=1),
                policy=False,
            )
        )
    if not policies.height:
        return found
    weight, penalty, value = (
        dated.spans_weight("policies"),
        dated.values("policies", "penalty_per_unit"),
        dated.values("policies", "value", 0.0),
    )
    for row in policies.iter_rows(named=True):
        at, scheme = row["at"], row["value_unit"] or ""
        of_rank = f" of rank {row['value']:g} or more" if row["value"] > 0 else ""
        ranks: list[float | None] = [None if one <= 0 else float(one) for one in value[at]]
        by_rank = {
            rank: (standards.covered(sites, products, scheme, rank), standards.certified(offers, scheme, rank)) for rank in set(ranks)
        }
        found.append(
            Asked(
                rule_id=row["policy_id"],
                opening=f"policy {row['policy_id']} (require_certificate {row['value']:g}",
                said=f"policy {row['policy_id']} asks for {scheme}{of_rank}",
                scheme=scheme,
                least=tuple(ranks),
                goods=_mask(products, scopes.products(row["product"])),
                sources=_mask(sites, scopes.sites(row["from_group"])),
                origins=scopes.countries(row["from_group"]),
                region=_mask(sites, scopes.sites(row["to_group"])),
                active=weight[at] >= _WHOLE,
                penalty=penalty[at],
                covered=np.stack([by_rank[rank][0][:, :, t] for t, rank in enumerate(ranks)], axis=2),
                certified=np.stack([by_rank[rank][1] for rank in ranks], axis=1),
                policy=True,
            )
        )
    return found
