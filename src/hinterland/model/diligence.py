"""Which steps of the OECD guidance on due diligence a site, or the maker behind an offer, can show on which days.

Steps are 1 to 5; days are numbers since 1970-01-01, inclusive. A site shows a step by its rows of due_diligence and by
certificates whose scheme gives evidence for it (schemes.oecd_step); rows that follow each other without a gap join up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hinterland.model.certificates import Standards
from hinterland.model.dated import day_spans
from hinterland.tables.schemes import joined

if TYPE_CHECKING:
    from hinterland.model.network import Network

__all__ = ["STEPS", "Diligence"]

STEPS = {1: "management systems", 2: "risks identified", 3: "risks answered", 4: "audited", 5: "reported"}


@dataclass(frozen=True)
class Diligence:
    """What can be shown in a network, asked by step."""

    net: Network
    _known: dict[tuple[str, str, int], list[tuple[int, int]]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _standards(self) -> Standards:
        return Standards(self.net)

    @cached_property
    def _gives(self) -> dict[int, set[tuple[str, str]]]:
        rows = self.net["schemes"].drop_nulls("oecd_step").select("scheme", pl.col("level").fill_null(""), "oecd_step").rows()
        return {step: {(scheme, level) for scheme, level, one in rows if one == step} for step in STEPS}

    @cached_property
    def _own(self) -> dict[tuple[str, int], list[tuple[int, int]]]:
        frame = self.net["due_diligence"]
        first, last = day_spans(frame)
        found: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for key, low, high in zip(frame.select("site_id", "oecd_step").rows(), first, last, strict=True):
            found.setdefault(key, []).append((int(low), int(high)))
        return found

    @property
    def asked(self) -> bool:
        """Whether anything could show a step: rows of due_diligence, or schemes that speak for one."""
        return bool(self._own or any(self._gives.values()))

    def shown(self, site: str, product: str, step: int) -> list[tuple[int, int]]:
        """Days on which a site can show a step for a product, as spans in order of time that neither touch nor overlap."""
        key = site, product, step
        if key not in self._known:
            self._known[key] = joined([*self._own.get((site, step), ()), *self._standards.shown(site, product, self._gives[step])])
        return self._known[key]

    def shows(self, site: str, product: str, step: int, first: int, last: int) -> bool:
        """Say whether a site can show a step for a product on every day of first…last."""
        return any(low <= first and last <= high for low, high in self.shown(site, product, step))

    def says(self, cell: str | None, step: int) -> bool:
        """Say whether the maker behind an offer is said (purchases.certified) to hold a scheme that shows a step."""
        return self._standards.says(cell, self._gives[step])
