"""Ad-valorem duty of an importer, origin and tariff line in each period: programmes stack by addition, rows by rank."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Calendar

__all__ = ["DutyRule", "duty_share"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DutyRule:
    """One dated row: importers and origins as sets of countries (None is every country), days inclusive."""

    rule_id: str
    programme: str
    importers: frozenset[str] | None
    origins: frozenset[str] | None
    hs_prefix: str
    share: Floats
    first_day: int
    last_day: int

    def covers(self, importer: str, origin: str, hs_code: str) -> bool:
        """Say whether the row speaks of this importer, origin and tariff line."""
        return (
            (self.importers is None or importer in self.importers)
            and (self.origins is None or origin in self.origins)
            and hs_code.startswith(self.hs_prefix)
        )

    @property
    def rank(self) -> tuple[int, float, int, str]:
        """Longest prefix, then narrowest origin, then latest start; the id breaks what is left."""
        breadth = np.inf if self.origins is None else len(self.origins)
        return (len(self.hs_prefix), -float(breadth), self.first_day, self.rule_id)


def duty_share(importer: str, origin: str, codes: Sequence[tuple[str, int, int]], rules: Sequence[DutyRule], calendar: Calendar) -> Floats:
    """Σ over programmes of the day-weighted ad-valorem share; shape (periods,).

    `codes` are (hs_code, first_day, last_day) spans of the product's tariff line at this importer. Within a programme
    exactly one row applies on a day: the one of highest rank that covers the goods then.
    """
    total = np.zeros(len(calendar))
    for code, opens, closes in codes:
        live = [rule for rule in rules if rule.covers(importer, origin, code)]
        for programme in sorted({rule.programme for rule in live}):
            ranked = sorted((rule for rule in live if rule.programme == programme), key=lambda rule: rule.rank, reverse=True)
            cuts = {opens, closes + 1}
            for rule in ranked:
                cuts |= {max(opens, rule.first_day), min(closes, rule.last_day) + 1}
            edges = sorted(cut for cut in cuts if opens <= cut <= closes + 1)
            for low, high in pairwise(edges):
                held = next((rule for rule in ranked if rule.first_day <= low and high - 1 <= rule.last_day), None)
                if held is not None:
                    total += calendar.weight([low], [high - 1])[0] * held.share
    return total
