"""The decisions of DESIGN §6, each on its own axis of entries that exist: no dense site × site × product block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.terms import Draft
    from hinterland.model.arrays import Arrays

__all__ = ["Switches", "add_decisions", "least_stock", "switches_of"]


@dataclass(frozen=True, slots=True)
class Switches:
    """Lane-products and groups that need a yes/no of their own; arrays of row numbers.

    `least` lanes have min_quantity_if_used, `tested` lanes pay a qualification, `paid` groups have a fixed cost.
    """

    groups: list[str]
    group: Ints
    group_capacity_t: Floats
    group_fixed_cost: Floats
    least: Ints
    tested: Ints
    paid: Ints


def switches_of(draft: Draft) -> Switches:
    """Find the switches of the lanes."""
    from hinterland.model.arrays.places import positions, sorted_rows
    from hinterland.model.dated import Dated

    a = draft.arrays
    frame, dated = a.net["lane_groups"], Dated(a.net)
    order = sorted_rows(frame, "capacity_group")
    groups = [frame["capacity_group"][int(row)] for row in order]
    capacity = dated.values("lane_groups", "capacity_t_per_year", np.inf)[order]
    fixed = dated.values("lane_groups", "fixed_cost_per_year", 0.0)[order] * a.calendar.years
    rates = a.flows.rates
    least = rates.lanes["min_quantity_if_used"].cast(float).fill_null(0.0).to_numpy()
    return Switches(
        groups=groups,
        group=positions(rates.lanes["capacity_group"], groups),
        group_capacity_t=np.where(np.isinf(capacity), np.inf, capacity * a.calendar.years),
        group_fixed_cost=fixed,
        least=np.flatnonzero(least > 0),
        tested=np.flatnonzero((rates.qualification_cost > 0).any(axis=1)),
        paid=np.flatnonzero((fixed > 0).any(axis=1)),
    )


def _add(draft: Draft, name: str, lower: Floats | float, upper: Floats | float, size: int, kind: str = "real") -> None:
    if not size:
        return
    axis = pd.RangeIndex(size, name=f"{name}_entry")

    def array(values: Floats | float) -> xr.DataArray:
        return xr.DataArray(np.broadcast_to(np.asarray(values, dtype=np.float64), (size,)), coords={axis.name: axis})

    if kind == "yes_no":
        variable = draft.model.add_variables(coords=[axis], name=name, binary=True)
        variable.update(lower=array(lower), upper=array(upper))
    else:
        draft.model.add_variables(array(lower), array(upper), coords=[axis], name=name, integer=kind == "whole")


def least_stock(a: Arrays) -> Floats:
    """min_quantity by stock and period; under terminal_stock = initial the last one also holds the opening stock."""
    least = np.array(a.stocks.least)
    if a.settings.terminal_stock == "initial" and least.size:
        least[:, -1] = np.maximum(least[:, -1], a.stocks.initial)
    return least


def _claims(draft: Draft, most: Floats) -> None:
    """Claimed, clean, carried, spoilt and refunded; under average accounting a yes/no per lot. Ways that are no decision stay at 0."""
    a, c, out = draft.arrays, draft.arrays.claims, draft.arrays.making.outputs
    made = np.where(out.vintage < 0, out.capacity, out.capacity * most)
    built = c.lot_built[c.claim_lot]
    _add(draft, "claimed", 0.0, np.where(built, made[c.claim_output], 0.0), len(c.claim_lot))
    _add(draft, "clean", 0.0, np.where(c.input_open & c.lot_built[c.input_lot], np.inf, 0.0), len(c.input_lot))
    _add(draft, "carried", 0.0, a.flows.capacity[c.carried_flow], len(c.carried_flow))
    _add(draft, "spoilt", 0.0, np.inf, len(c.spoilt_rule))
    _add(draft, "refunded", 0.0, a.flows.capacity[a.refunds.refund_flow], len(a.refunds))
    if a.settings.origin_accounting != "segregated":
        _add(draft, "claim_all", 0.0, 1.0, int((c.lot_built & ~c.lot_sure).sum()), "yes_no")


def add_decisions(draft: Draft, switches: Switches) -> None:
    """Add flow, made, bought, short, stock, disposed, claims, open, start, stop, module and the lanes' yes/no variables.

    Bounds carry what they can: lane capacity, line capacity, purchase limits, demand, earliest starts.
    """
    a, periods = draft.arrays, draft.periods
    out, modules, sites = a.making.outputs, a.making.modules, a.sites
    most = np.zeros(len(out.line))
    key = {(int(k), int(v)): m for k, v, m in zip(modules.line, modules.vintage, modules.most, strict=True)}
    for entry in np.flatnonzero(out.vintage >= 0):
        most[entry] = key[int(out.line[entry]), int(out.vintage[entry])]
    _add(draft, "flow", 0.0, a.flows.capacity, len(a.flows.lane))
    _add(draft, "made", 0.0, np.where(out.vintage < 0, out.capacity, out.capacity * most), len(out.line))
    _add(draft, "bought", 0.0, a.offers.limit, len(a.offers.offer))
    _add(draft, "short", 0.0, a.demand.quantity, len(a.demand.pool))
    gated = sites.gate[a.stocks.site] >= 0
    least = np.where(gated[:, None], 0.0, least_stock(a))
    _add(draft, "stock", least.ravel(), a.stocks.most.ravel(), least.size)
    _add(draft, "disposed", 0.0, np.inf, len(a.disposal.pool))
    may = sites.may_start.copy()
    fixed = np.zeros_like(may)
    for row, start in enumerate(sites.fixed_start):
        if start >= 0:
            may[row] = fixed[row] = np.arange(periods) == start
    _claims(draft, most)
    _add(draft, "open", 0.0, 1.0, may.size, "yes_no")
    _add(draft, "start", fixed.ravel().astype(float), may.ravel().astype(float), may.size, "yes_no")
    _add(draft, "stop", 0.0, 1.0, may.size, "yes_no")
    _add(draft, "module", 0.0, modules.most, len(modules.line), "whole")
    _add(draft, "lane_used", 0.0, 1.0, len(switches.least) * periods, "yes_no")
    _add(draft, "lane_tested", 0.0, 1.0, len(switches.tested) * periods, "yes_no")
    _add(draft, "group_used", 0.0, 1.0, len(switches.paid) * periods, "yes_no")
