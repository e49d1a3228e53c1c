"""Contracts: shares, quantities and exclusivity of every signed contract, by the days of its phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.model.accounts.pacts import pacts_of, taken_of

if TYPE_CHECKING:
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.verify.ledger import Ledger
    from hinterland.model.verify.totals import Totals

__all__ = ["check_contracts"]


def check_contracts(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """min_share · I ≤ C ≤ max_share · I;  min_quantity ≤ C ≤ max_quantity;  shut out ≤ (1 − exclusive) · I, per period."""
    every = np.arange(len(a.calendar))
    for pact in pacts_of(a):
        taken = taken_of(a, p, pact)
        scale = float(s.need[pact.goods].max(initial=0.0))
        c, base = taken.contracted, taken.all_in

        def lines(
            check: str, mask: np.ndarray, left: np.ndarray, sense: str, right: np.ndarray, words: str, name: str = pact.words
        ) -> None:
            at = every[mask]
            ledger.add(check, [name] * len(at), at, left[mask], sense, right[mask], scale, "{where} in {period}: " + words)  # type: ignore[arg-type]

        lines("contract_min_share", pact.min_share > 0, c, ">=", pact.min_share * base, "takes {left}, its share asks for {right}")
        lines("contract_max_share", pact.max_share < 1 - 1e-12, c, "<=", pact.max_share * base, "takes {left}, its share allows {right}")
        lines("contract_min_quantity", pact.min_quantity > 0, c, ">=", pact.min_quantity, "takes {left}, at least {right}")
        lines("contract_max_quantity", np.isfinite(pact.max_quantity), c, "<=", pact.max_quantity, "takes {left}, at most {right}")
        lines(
            "exclusivity", pact.exclusive > 0, taken.shut, "<=", (1.0 - pact.exclusive) * base,
            "{left} comes from others in scope, {right} may",
        )  # fmt: skip
