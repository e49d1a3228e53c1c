"""What a plan does in each place and period, summed once for all checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["Totals", "named", "summed", "totals_of"]

_NOISE = 1e-6
"""Part of the largest need (and units) that a product of little need is measured against: it carries rounding alone."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a placed plan; shapes (pools, periods), (stocks, periods), (sites, periods), (outputs,), (lines, periods).

    `need` is what is used and delivered of each product over all periods, demand at least, and at least a millionth of the
    largest need; shape (products,): a quantity far below it is noise. `n[line, v]` is the number of modules that start in v.
    """

    inflow: Floats
    outflow: Floats
    bought: Floats
    used: Floats
    given: Floats
    good: Floats
    delivered: Floats
    disposed: Floats
    held: Floats
    made: Floats
    stray: Floats
    n: Floats
    open: Floats
    need: Floats

    @property
    def periods(self) -> int:
        """Number of periods."""
        return self.inflow.shape[1]


def summed(at: Ints, amount: Floats, size: int) -> Floats:
    """Σ of amounts by position; shape (size,)."""
    return np.bincount(at, weights=amount, minlength=size).astype(np.float64)


def _grid(rows: int, columns: int, row: Ints, column: Ints, amount: Floats) -> Floats:
    return summed(row * columns + column, amount, rows * columns).reshape(rows, columns)


def totals_of(a: Arrays, p: Placed) -> Totals:
    """Sum a plan's rows over the axes of the network. `open` is 1 for sites always open, 0 for closed ones."""
    periods, pools, out, lines = len(a.calendar), len(a.pools), a.making.outputs, a.making.lines
    good = _grid(pools, periods, lines.pool[p.made_line], p.made_period, p.made)
    known = p.made_entry >= 0
    made = summed(p.made_entry[known], p.made[known], len(out.line))
    use = out.use_quantity * made[out.use_output]
    used = _grid(pools, periods, out.use_pool, out.period[out.use_output], np.maximum(use, 0.0))
    given = _grid(pools, periods, out.use_pool, out.period[out.use_output], np.maximum(-use, 0.0))
    inflow = _grid(pools, periods, a.flows.to_pool[p.flow_lane], p.flow_period, p.flow)
    outflow = _grid(pools, periods, a.flows.from_pool[p.flow_lane], p.flow_period, p.flow)
    bought = _grid(pools, periods, a.offers.pool[p.bought_offer], p.bought_period, p.bought)
    delivered = _grid(pools, periods, a.demand.pool[p.served_row], a.demand.period[p.served_row], p.served)
    opened = np.where(a.sites.closed, 0.0, 1.0)[:, None] * np.ones((1, periods))
    opened[a.sites.gated] = p.open
    product = a.pools.product
    size = len(a.products.ids)
    taken = summed(product, np.nan_to_num(used + delivered).sum(axis=1), size)
    asked = summed(product[a.demand.pool], a.demand.quantity, size)
    need = np.maximum(taken, asked)
    return Totals(
        inflow=inflow,
        outflow=outflow,
        bought=bought,
        used=used,
        given=given,
        good=good,
        delivered=delivered,
        disposed=_grid(pools, periods, p.thrown_pool, p.thrown_period, p.thrown),
        held=_grid(len(a.stocks.pool), periods, p.held_row, p.held_period, p.held),
        made=made,
        stray=p.made * ~known,
        n=_grid(len(lines.site), periods, p.added_line, p.added_period, p.added),
        open=opened,
        need=np.maximum(need, np.maximum(_NOISE * need.max(initial=0.0), _NOISE)),
    )


def named(*parts: pl.Series | str) -> pl.Series:
    """Join columns of names and words into one column."""
    size = max(len(part) for part in parts if isinstance(part, pl.Series))
    columns = [
        pl.lit(part).alias(str(at)) if isinstance(part, str) else part.alias(str(at)) for at, part in enumerate(parts)
    ]  # fmt: skip
    frame = pl.DataFrame([one for one in columns if isinstance(one, pl.Series)]) if size else pl.DataFrame()
    if not size:
        return pl.Series([], dtype=pl.String)
    literal = [one for one in columns if isinstance(one, pl.Expr)]
    return frame.with_columns(literal).select(
        told=pl.concat_str([pl.col(str(at)).fill_null("") for at in range(len(parts))])
    )["told"]  # fmt: skip
