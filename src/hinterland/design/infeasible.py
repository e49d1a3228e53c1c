"""Why no plan keeps every hard rule, in planner's words: what would have to give, and which rules clash on what facts.

Rules can give (contracts, hard policies, cover, least stocks and quantities, a plan's own rows); nature cannot (balances,
capacities, demand). First an elastic model finds the least weighted violation. Then rules that had to give are made hard
one after another until nothing fits (elastic filter), and dropped again one by one where the clash stands without them
(deletion filter): what is left is irreducible. The duals of the elastic model of that clash tell the capacities it runs
into. Source: Chinneck, Feasibility and Infeasibility in Optimization (2008), ch. 6.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from hinterland.core.errors import InfeasibleDesign
from hinterland.design.engine import Engine, Matrix
from hinterland.design.figures import in_figures
from hinterland.design.wording import Words, bound_words, fact_words, row_blocks, row_words

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.build import Blueprint
    from hinterland.design.engine import Outcome
    from hinterland.design.fixing import Given
    from hinterland.design.stopping import Stopper

__all__ = ["explain"]

_CAN_GIVE = (
    "contract_min_share", "contract_max_share", "contract_min_quantity", "contract_max_quantity", "exclusivity",
    "policy_least", "policy_most", "cover", "stock_floor", "stock_needs_site", "floor", "lane_least",
)  # fmt: skip
"""Blocks a planner could soften; a given plan's rows (`plan_…`) are of them."""
_SECONDS = 60.0
_SMALL = 1e-7


@dataclass(frozen=True, slots=True)
class _Case:
    """The infeasible model with every rule as a row: `rules` are row numbers, `extra` the words of rows past the model's own."""

    b: Blueprint
    given: Given
    matrix: Matrix
    rules: Ints
    extra: list[Words]

    def words(self, rows: Ints) -> list[Words]:
        """Words of some rows."""
        own = self.matrix.a.shape[0] - len(self.extra)
        inside = iter(row_words(self.b, self.given, rows[rows < own]))
        return [next(inside) if row < own else self.extra[int(row) - own] for row in rows]


def _case(b: Blueprint, given: Given, matrix: Matrix) -> _Case:
    """Least and largest stocks are bounds of their columns: here they become rows that can give."""
    a, d = b.draft.arrays, b.draft
    names, starts = row_blocks(b)
    kinds = np.repeat(np.array([name in _CAN_GIVE or name.startswith("plan_") for name in names]), np.diff(starts))
    if not d.has("stock"):
        return _Case(b, given, matrix, np.flatnonzero(kinds), [])
    labels = d.labels("stock")
    lower, upper = matrix.lower[labels], matrix.upper[labels]
    bound = np.flatnonzero((lower > 0) | np.isfinite(upper))
    words = []
    for at in bound:
        pool = int(a.stocks.pool[at // d.periods])
        product, site = a.pools.product[pool], a.pools.site[pool]
        unit = a.products.unit[product] or "unit"
        sides = [f"at least {in_figures(lower[at])}"] if lower[at] > 0 else []
        sides += [f"at most {in_figures(upper[at])}"] if np.isfinite(upper[at]) else []
        text = f"stock of {a.products.ids[product]} at {a.sites.ids[site]} of {' and '.join(sides)} {unit}"
        words.append(Words("stock", text, a.calendar.ids[at % d.periods], unit))
    rows = scipy.sparse.csr_array((np.ones(len(bound)), (np.arange(len(bound)), labels[bound])), shape=(len(bound), matrix.a.shape[1]))
    free_low, free_high = matrix.lower.copy(), matrix.upper.copy()
    free_low[labels[bound]], free_high[labels[bound]] = 0.0, np.inf
    grown = Matrix(
        scipy.sparse.vstack([matrix.a, rows], format="csr"), np.append(matrix.low, lower[bound]), np.append(matrix.high, upper[bound]),
        free_low, free_high, matrix.whole, matrix.scale,
    )  # fmt: skip
    rules = np.concatenate([np.flatnonzero(kinds), np.arange(len(kinds), len(kinds) + len(bound))])
    return _Case(b, given, grown, rules, words)


def _sizes(matrix: Matrix, rows: Ints) -> Floats:
    """What a violation of each row is measured against: its right side or its largest term at a usual quantity."""
    size = np.ones(len(rows))
    for at, row in enumerate(rows):
        span = slice(matrix.a.indptr[row], matrix.a.indptr[row + 1])
        terms = np.abs(matrix.a.data[span]) * matrix.scale[matrix.a.indices[span]]
        right = [abs(side) for side in (matrix.low[row], matrix.high[row]) if np.isfinite(side)]
        size[at] = max([*right, float(terms.max(initial=0.0))]) or 1.0
    return size


def _elastic(matrix: Matrix, rows: Ints, size: Floats) -> tuple[Matrix, Floats]:
    """Give each of `rows` a slack in both directions; the objective is their sum, each relative to its row's size."""
    cols, extra = matrix.a.shape[1], len(rows)
    up = scipy.sparse.csr_array((np.ones(extra), (rows, np.arange(extra))), shape=(matrix.a.shape[0], extra))
    a = scipy.sparse.hstack([matrix.a, up, -up], format="csr")
    grown = Matrix(
        a, matrix.low, matrix.high,
        np.concatenate([matrix.lower, np.zeros(2 * extra)]), np.concatenate([matrix.upper, np.full(2 * extra, np.inf)]),
        matrix.whole, np.concatenate([matrix.scale, np.tile(size, 2)]),
    )  # fmt: skip
    return grown, np.concatenate([np.zeros(cols), np.tile(1.0 / size, 2)])


class _Search:
    """Solves variants of a case within a common end."""

    def __init__(self, case: _Case, stopper: Stopper, seconds: float) -> None:
        self.case, self.stopper = case, stopper
        self.end = time.perf_counter() + seconds
        self.size = _sizes(case.matrix, case.rules)

    @property
    def over(self) -> bool:
        return time.perf_counter() >= self.end or self.stopper.asked

    def only(self, kept: Ints) -> Matrix:
        """The model in which, of all rules, these positions alone are asked for."""
        low, high = self.case.matrix.low.copy(), self.case.matrix.high.copy()
        dropped = np.delete(self.case.rules, kept)
        low[dropped], high[dropped] = -np.inf, np.inf
        return replace(self.case.matrix, low=low, high=high)

    def solve(self, engine: Engine) -> Outcome:
        left = max(0.05, self.end - time.perf_counter())
        return engine.run(gap=1e-6, seconds=left, stop=lambda _value, _bound: self.over)

    def gives(self, soft: Ints, matrix: Matrix) -> tuple[Floats | None, Outcome, Engine, bool]:
        """Least weighted violation of rules `soft` (positions): signed gives by position, and whether it is proved the least."""
        grown, cost = _elastic(matrix, self.case.rules[soft], self.size[soft])
        engine = Engine(grown)
        engine.objective(cost)
        found = self.solve(engine)
        if found.x is None:
            return None, found, engine, False
        slack = found.x[matrix.a.shape[1] :]
        return slack[: len(soft)] - slack[len(soft) :], found, engine, found.status == "optimal"

    def impossible(self, kept: Ints) -> bool | None:
        """Whether these rules alone clash with nature; None where the time does not allow to tell."""
        engine = Engine(self.only(kept))
        engine.objective(np.zeros(self.case.matrix.a.shape[1]))
        status = self.solve(engine).status
        return True if status == "infeasible" else False if status in {"optimal", "gap"} else None


def _smallest(search: _Search, first: Ints) -> tuple[Ints, bool]:
    """An irreducible set of clashing rules (positions), and whether it is proved irreducible; `first` had to give."""
    every = np.arange(len(search.case.rules))
    hard = np.zeros(0, dtype=np.int64)
    found = first
    while len(found) and not search.over:  # elastic filter: what gives is made hard until nothing fits
        hard = np.union1d(hard, found)
        soft = np.setdiff1d(every, hard)
        if search.impossible(hard) or not len(soft):
            break
        gives, _, _, _ = search.gives(soft, search.case.matrix)
        if gives is None:
            break
        found = soft[np.flatnonzero(np.abs(gives) > _SMALL * search.size[soft])]
    if search.impossible(hard) is not True:
        return np.union1d(hard, first), False
    kept, proved = hard, True
    for one in hard[::-1]:  # deletion filter
        if search.over:
            return kept, False
        without = kept[kept != one]
        clash = search.impossible(without)
        if clash:
            kept = without
        elif clash is None:
            proved = False
    return kept, proved


def _facts(search: _Search, clash: Ints) -> list[str]:
    """Capacities, demand and dates that a clash runs into: what bears on its least violation.

    Read off the duals of the model without whole numbers where that clashes as well: then every fact is one of the
    tables. Else whole numbers are fixed as the least violation has them.
    """
    case = search.case
    only = search.only(clash)
    gives, found, engine, _ = search.gives(clash, replace(only, whole=np.zeros(0, dtype=np.int64)))
    decided = np.zeros(only.a.shape[1], dtype=bool)
    if gives is None or not (np.abs(gives) > _SMALL * search.size[clash]).any():
        gives, found, engine, _ = search.gives(clash, only)
        if found.x is None:
            return []
        engine.fix_whole(found.x)
        if search.solve(engine).x is None:
            return []
        # a whole number fixed here says what was decided, not what the tables allow
        decided[only.whole] = (only.lower < only.upper)[only.whole]
    rows, columns = engine.duals()
    cols, own = only.a.shape[1], only.a.shape[0] - len(case.extra)
    live = np.flatnonzero(np.abs(rows[:own] / engine.row_scale[:own] * engine.cost_scale) > _SMALL)
    told = fact_words(case.b, row_words(case.b, case.given, live), live)
    price = np.where(decided, 0.0, columns[:cols] * only.scale * engine.cost_scale)
    for binding, upper in ((np.flatnonzero(price < -_SMALL), True), (np.flatnonzero(price > _SMALL), False)):
        told += [str(limit) if limit.period_id else limit.words for limit in bound_words(case.b, binding, upper=upper)]
    return list(dict.fromkeys(told))


def explain(b: Blueprint, given: Given, matrix: Matrix, stopper: Stopper, seconds: float = _SECONDS) -> InfeasibleDesign:
    """The least that would have to give (`.relaxed`) and a smallest set of clashing rules with the facts they run into."""
    case = _case(b, given, matrix)
    search = _Search(case, stopper, seconds)
    stopper.progress.advanced("explain", 0.0, "looking for what would have to give")
    every = np.arange(len(case.rules))
    gives, _, _, _ = search.gives(every, case.matrix) if len(every) else (None, None, None, False)
    if gives is None:
        return _natural(search)
    broken = np.flatnonzero(np.abs(gives) > _SMALL * search.size)
    order = broken[np.argsort(-np.abs(gives[broken]) / search.size[broken], kind="stable")]
    relaxed = [
        f"{words}: {in_figures(abs(gives[at]), 4)} {words.unit or 'site'} {'less' if gives[at] > 0 else 'more'}".replace(" site", "")
        if words.unit else f"{words}: give it up"
        for at, words in zip(order, case.words(case.rules[order]), strict=True)
    ]  # fmt: skip
    stopper.progress.advanced("explain", 0.5, "looking for the smallest clash")
    clash, proved = _smallest(search, broken)
    conflict = [str(words) for words in case.words(case.rules[clash])] + (_facts(search, clash) if len(clash) else [])
    stopper.progress.advanced("explain", 1.0)
    return InfeasibleDesign(conflict, relaxed, irreducible=proved)


def _natural(search: _Search) -> InfeasibleDesign:
    """Even without any rule there is no plan, or no time to find one: name the balances and limits that cannot hold."""
    matrix = search.case.matrix
    own = np.arange(matrix.a.shape[0])
    size = _sizes(matrix, own)
    grown, cost = _elastic(matrix, own, size)
    engine = Engine(grown)
    engine.objective(cost)
    found = search.solve(engine)
    if found.x is None:
        return InfeasibleDesign([], ["no time was left to find what would have to give"], irreducible=False)
    slack = found.x[matrix.a.shape[1] :]
    gives = slack[: len(own)] + slack[len(own) :]
    rows = np.flatnonzero(gives > _SMALL * size)
    return InfeasibleDesign([f"{words} cannot hold" for words in search.case.words(rows)], [], irreducible=False)
