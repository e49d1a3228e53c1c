"""What would help: one measure at a time at the weakest nodes, ranked by lost margin avoided per money a year.

A measure is tried by putting its rows into the tables and measuring the node again; so whoever puts the rows of the result into a
scenario finds the loss that is told here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hinterland.stress.exposure.block import BlockSolver
from hinterland.stress.exposure.measures import Weak, measures_for
from hinterland.stress.exposure.nodes import nodes_of
from hinterland.stress.exposure.period import period_of
from hinterland.stress.exposure.shares import weeks_of
from hinterland.stress.exposure.weekly import WeeklySolver
from hinterland.tables.declared import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.model.network import Network
    from hinterland.model.plan import Plan
    from hinterland.stress.exposure.measures import Measure, Rows
    from hinterland.stress.exposure.nodes import Node
    from hinterland.stress.exposure.period import PeriodChain

__all__ = ["OPTIONS_SCHEMA", "OPTION_ROWS_SCHEMA", "options_for", "with_rows"]

OPTIONS_SCHEMA = {"kind": pl.String, "node": pl.String, "option": pl.String, "amount": pl.Float64, "unit": pl.String, "loss": pl.Float64,
                  "loss_after": pl.Float64, "avoided": pl.Float64, "cost_per_year": pl.Float64, "avoided_per_cost": pl.Float64,
                  "assumed": pl.String}  # fmt: skip
OPTION_ROWS_SCHEMA = {"kind": pl.String, "node": pl.String, "option": pl.String, "table": pl.String, "row": pl.String}


def with_rows(net: Network, rows: Rows) -> Network:
    """The network with rows added; a row of the same key is replaced."""
    tables = dict(net.tables)
    for table in sorted({name for name, _ in rows}):
        declared = TABLES[table]
        mine = {tuple(row.get(key) for key in declared.keys): row for name, row in rows if name == table}
        new = pl.DataFrame(
            list(mine.values()), schema={name: declared.schema[name] for name in {one for row in mine.values() for one in row}}
        )
        old = tables[table].filter(~pl.Series([key in mine for key in tables[table].select(declared.keys).iter_rows()], dtype=pl.Boolean))
        tables[table] = pl.concat([old, new], how="diagonal_relaxed").select(tables[table].columns)
    return replace(net, tables=tables)


class _Loss:
    """Lost margin of nodes of one chain over their slowest recovery; the model is built when the first asks."""

    def __init__(self, chain: PeriodChain, method: str, weeks: int) -> None:
        self.chain, self._method, self._weeks = chain, method, weeks
        self._block: BlockSolver | None = None
        self._weekly: WeeklySolver | None = None

    def __call__(self, node: Node, standby_share: float = 0.0) -> float:
        """Where a standby does that share of what the node does."""
        days, left = node.recovery_days[1], self.chain.rate[node.down] * standby_share
        if self._method == "block":
            self._block = self._block or BlockSolver(self.chain.block())
            return self._block.loss(node.down, days, left_most=left, opens=node.opens)[0]
        self._weekly = self._weekly or WeeklySolver(self.chain.weekly(self._weeks))
        return self._weekly.loss(node.down, weeks_of(days), left_most=left * 7, opens=node.opens)[0]


def _after(usual: _Loss, plan: Plan, node: Node, one: Measure, method: str, weeks: int) -> float:
    """Loss of the node with the rows of a measure in the tables."""
    if not one.rows:
        return usual(node, one.standby_share)
    chain = usual.chain
    arrays = replace(chain.arrays, net=with_rows(chain.arrays.net, one.rows))
    changed = period_of(arrays, plan, chain.period_id, [node.name] if node.kind == "passage" else ())
    mine = [other for other in nodes_of(changed, (node.kind,), recovery_days=node.recovery_days) if other.name == node.name]
    return _Loss(changed, method, weeks)(replace(mine[0], recovery_days=node.recovery_days))


def _text(row: dict[str, object]) -> str:
    return "; ".join(f"{column}={cell:.10g}" if isinstance(cell, float) else f"{column}={cell}" for column, cell in row.items())


def options_for(
    chain: PeriodChain,
    plan: Plan,
    nodes: Sequence[tuple[Node, float]],
    *,
    method: str,
    weeks: int,
    buffer_days: float,
    standby_share: float,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Try every measure at each node (with its loss), the best per money first, those without a known cost last; and their rows."""
    weak, usual, rows, added = Weak(chain), _Loss(chain, method, weeks), [], []
    for node, loss in nodes:
        for one in measures_for(weak, node, buffer_days=buffer_days, standby_share=standby_share):
            left = _after(usual, plan, node, one, method, weeks)
            avoided, money = max(loss - left, 0.0), one.cost_per_year
            per_cost = avoided / money if money else None
            rows.append((node.kind, node.name, one.option, one.amount, one.unit, loss, left, avoided, money, per_cost, one.assumed or None))
            added += [(node.kind, node.name, one.option, table, _text(row)) for table, row in one.rows]
    frame = pl.DataFrame(rows, schema=OPTIONS_SCHEMA, orient="row")
    order = ["avoided_per_cost", "avoided", "kind", "node", "option"]
    ranked = frame.sort(order, descending=[True, True, False, False, False], nulls_last=True)
    return ranked, pl.DataFrame(added, schema=OPTION_ROWS_SCHEMA, orient="row")
