"""From the solver's best plan to the plan that is proved: whole numbers rounded and fixed, dust removed, solved once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.build import Blueprint
    from hinterland.design.engine import Engine, Outcome

__all__ = ["DUST", "finish", "smallest_decisions"]

DUST = 1e-9
"""Quantities below this share of the product's need are no decision."""
_ROUNDS = 3


def smallest_decisions(b: Blueprint) -> Floats:
    """The quantity below which a column's value is dust, 0 where a column is no quantity of goods; shape (columns,)."""
    d, a = b.draft, b.draft.arrays
    need = b.need.sum(axis=1)
    limit = DUST * np.where(np.isfinite(need), need, 1.0)
    pool = limit[a.pools.product]
    quantities = {
        "flow": limit[a.flows.product[a.flows.lane]],
        "made": limit[a.making.lines.product[a.making.outputs.line]],
        "bought": pool[a.offers.pool[a.offers.offer]],
        "short": DUST * a.demand.quantity,
        "stock": np.repeat(pool[a.stocks.pool], d.periods),
        "disposed": pool[a.disposal.pool],
    }
    found = np.zeros(d.columns)
    for variable, limits in quantities.items():
        if d.has(variable):
            found[d.labels(variable)] = limits
    return found


def finish(b: Blueprint, engine: Engine, outcome: Outcome, run: Callable[[], Outcome]) -> tuple[Floats, bool]:
    """Fix whole numbers, solve the linear rest, take dust away and solve again; the plan, and whether its duals stand.

    `run` solves what the engine holds. Where the linear rest finds no plan (no time, or rounding broke a tight rule) the
    solver's own plan stands, its whole numbers rounded.
    """
    assert outcome.x is not None  # noqa: S101 -- callers hand in outcomes with a plan alone
    x, linear = outcome.x.copy(), not len(engine.matrix.whole)
    if not linear:
        x[engine.matrix.whole] = np.round(x[engine.matrix.whole])
        engine.fix_whole(x)
        step = run()
        if step.x is not None:
            x, linear = step.x, True
    limits = smallest_decisions(b)
    closed = np.zeros(0, dtype=np.int64)
    for _ in range(_ROUNDS if linear else 0):
        dust = _dust(x, limits, engine.matrix.lower)
        if not len(dust):
            break
        engine.close(dust)
        step = run()
        if step.x is None:  # a tight rule needs it: then it is no dust
            engine.reopen(dust)
            step = run()
            linear = step.x is not None
            break
        x, closed = step.x, np.union1d(closed, dust)
    x[closed] = engine.matrix.lower[closed]
    return x, linear


def _dust(x: Floats, limits: Floats, lower: Floats) -> Ints:
    """Columns with a value that is none: above nothing, below the smallest decision."""
    return np.flatnonzero((x > 0) & (x <= limits) & (lower <= 0))
