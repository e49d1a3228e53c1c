"""From the solver's best plan to the plan that is proved: whole numbers rounded and fixed, dust removed, solved once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.build import Blueprint
    from hinterland.design.engine import Engine, Outcome

__all__ = ["DUST", "finish", "smallest_decisions"]

DUST = 1e-9
"""Quantities below this share of the product's need are no decision."""
_SAME = 1e-7
"""Part of a plan's value that taking dust away may cost."""
_RUNS, _RUNS_LARGE, _LARGE = 24, 3, 100_000
"""Trials of taking dust away, and how many a model with more columns than `_LARGE` gets."""


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
        # a stock with days of cover is no dust: held at nothing, its rule would forbid whatever leaves the pool
        "stock": np.where(a.stocks.days_of_cover > 0, 0.0, pool[a.stocks.pool][:, None]).ravel(),
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
    solver's own plan stands, its whole numbers rounded. Dust that the plan cannot do without, or only at a price, is none
    and stays.
    """
    assert outcome.x is not None  # noqa: S101 -- callers hand in outcomes with a plan alone
    x, linear = outcome.x.copy(), not len(engine.matrix.whole)
    if not linear:
        x[engine.matrix.whole] = np.round(x[engine.matrix.whole])
        engine.fix_whole(x)
        step = run()
        if step.x is not None:
            x, linear = step.x, True
    return _without_dust(b, engine, x, run) if linear else (x, False)


def _without_dust(b: Blueprint, engine: Engine, x: Floats, run: Callable[[], Outcome]) -> tuple[Floats, bool]:
    """Close what is dust, all at once, else by halves, as long as the plan's value stays; whether the duals are its own."""
    limits, lower = smallest_decisions(b), engine.matrix.lower
    worth = _value(engine, x)
    most = worth + _SAME * max(1.0, abs(worth))
    closed = np.zeros(0, dtype=np.int64)
    needed = np.zeros(0, dtype=np.int64)
    waiting = [_dust(x, limits, lower)]
    runs, settled = 0, True
    while waiting and runs < (_RUNS if len(x) <= _LARGE else _RUNS_LARGE):
        group = waiting.pop()
        group = group[_is_dust(x[group], limits[group])]
        if not len(group):
            continue
        engine.close(group)
        step, runs = run(), runs + 1
        if step.x is not None and step.value <= most:
            x, closed, settled = step.x, np.union1d(closed, group), True
            more = np.setdiff1d(_dust(x, limits, lower), np.concatenate([needed, closed, *waiting]))
            waiting += [more] if len(more) else []
            continue
        engine.reopen(group)
        settled = False
        if len(group) == 1:
            needed = np.append(needed, group)
        else:
            waiting += [group[len(group) // 2 :], group[: len(group) // 2]]
    if not settled:  # the last trial was taken back: the engine's duals are to be those of the plan
        step = run()
        settled = step.x is not None
        x = x if step.x is None else step.x
    x[closed] = lower[closed]
    return x, settled


def _value(engine: Engine, x: Floats) -> float:
    return float(engine.cost @ x) + engine.offset


def _is_dust(values: Floats, limits: Floats) -> npt.NDArray[np.bool_]:
    return (values > 0) & (values <= limits)


def _dust(x: Floats, limits: Floats, lower: Floats) -> Ints:
    """Columns with a value that is none: above nothing, below the smallest decision."""
    return np.flatnonzero(_is_dust(x, limits) & (lower <= 0))
