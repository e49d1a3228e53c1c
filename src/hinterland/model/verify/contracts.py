"""Contracts: shares, quantities and exclusivity of every signed contract, by the days of its phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.model.accounts.pacts import pacts_of, taken_of

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.verify.ledger import Ledger, Sense
    from hinterland.model.verify.totals import Totals

__all__ = ["check_contracts"]

Bools = npt.NDArray[np.bool_]


def check_contracts(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """min_share · I ≤ C ≤ max_share · I;  min_quantity ≤ C ≤ max_quantity;  shut out ≤ (1 − exclusive) · I, per period."""
    for pact in pacts_of(a):
        taken = taken_of(a, p, pact)
        c, base, every = taken.contracted, taken.all_in, np.ones(len(a.calendar), dtype=bool)
        rules: tuple[tuple[str, Bools, Floats, Sense, Floats, str], ...] = (
            ("contract_min_share", pact.min_share > 0, c, ">=", pact.min_share * base, "takes {left}, its share asks for {right}"),
            ("contract_max_share", pact.max_share < 1 - 1e-12, c, "<=", pact.max_share * base, "takes {left}, its share allows {right}"),
            ("contract_min_quantity", pact.min_quantity > 0, c, ">=", pact.min_quantity, "takes {left}, at least {right}"),
            ("contract_max_quantity", every, c, "<=", pact.max_quantity, "takes {left}, at most {right}"),
            ("exclusivity", pact.exclusive > 0, taken.shut, "<=", (1.0 - pact.exclusive) * base, "{left} comes from others, {right} may"),
        )
        scale = float(s.need[pact.goods].max(initial=0.0))
        for check, live, left, sense, right, words in rules:
            t = np.flatnonzero(live)
            ledger.add(check, [pact.words] * len(t), t, left[t], sense, right[t], scale, words)
