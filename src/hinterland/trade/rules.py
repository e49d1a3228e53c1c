"""A dated duty row: whom it speaks of, what it asks for, and which row of a programme comes first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinterland.core.calendar import FAR_FUTURE, FAR_PAST

__all__ = ["BASE", "DutyRule", "declared_use", "tariff_digits"]

BASE = "mfn"
"""The programme of the ordinary duty, which other layers are net of or stand in place of."""


def tariff_digits(code: str | None) -> str:
    """A tariff line without dots and blanks.

    >>> tariff_digits("8507.60.0010"), tariff_digits(None)
    ('8507600010', '')
    """
    return "".join((code or "").replace(".", "").split())


def declared_use(text: str | None) -> str | None:
    """A declared use as engines compare it; None where nothing is declared.

    >>> declared_use("Auto-part"), declared_use(" ")
    ('auto_part', None)
    """
    plain = (text or "").strip().lower().replace("-", "_").replace(" ", "_")
    return plain or None


@dataclass(frozen=True, slots=True)
class DutyRule:
    """One dated row. Importers and origins are sets of countries (None is every country); days are inclusive day numbers.

    `needs` names the origin rule that the goods must claim, `unless` the one they must not claim. Rates are a share of the
    customs value, money per net kilogram, and money per tonne of CO2e declared for the goods.
    """

    rule_id: str
    programme: str = BASE
    importers: frozenset[str] | None = None
    origins: frozenset[str] | None = None
    hs_prefix: str = ""
    ad_valorem_share: float = 0.0
    specific_per_kg: float = 0.0
    co2e_price_per_t: float = 0.0
    stacking: str = "add"
    excludes: frozenset[str] = frozenset()
    producer: str | None = None
    use: str | None = None
    needs: str | None = None
    unless: str | None = None
    first_day: int = FAR_PAST
    last_day: int = FAR_FUTURE
    source_id: str | None = None
    quality: str | None = None
    note: str | None = None

    @property
    def rank(self) -> tuple[int, bool, float, bool, int, float, int, str]:
        """What wins within a programme, the greatest first.

        The longest prefix; a named maker, then the fewest countries of origin; a named use; a claim asked for; the fewest
        importers; the latest start. The id breaks what is left, which `check` refuses where the rows differ.
        """
        origins, importers = (np.inf if some is None else float(len(some)) for some in (self.origins, self.importers))
        asked = int(self.needs is not None) + int(self.unless is not None)
        return (
            len(self.hs_prefix), self.producer is not None, -origins, self.use is not None, asked, -importers, self.first_day, self.rule_id,
        )  # fmt: skip
