"""Shared limits of lanes, least quantities and qualification."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.design.terms import Draft, add_rows, term

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.bounds import Bounds
    from hinterland.design.variables import Switches

__all__ = ["lane_groups", "least_quantity", "qualification"]


def _bounded(d: Draft, entries: Ints, bounds: Bounds) -> Floats:
    """Largest flow of entries: the lane's capacity or what can enter its end, whichever is less."""
    flows = d.arrays.flows
    return np.minimum(flows.capacity[entries], bounds.entering[flows.to_pool[flows.lane[entries]], flows.period[entries]])


def _entries_of(d: Draft, lanes: Ints) -> tuple[Ints, Ints]:
    """Flow entries of some lanes, and the position of each entry's lane among them."""
    place = np.full(len(d.arrays.flows.product), -1, dtype=np.int64)
    place[lanes] = np.arange(len(lanes))
    entries = np.flatnonzero(place[d.arrays.flows.lane] >= 0)
    return entries, place[d.arrays.flows.lane[entries]]


def lane_groups(d: Draft, switches: Switches, bounds: Bounds) -> None:
    """Σ gross tonnes of the group ≤ a_t · capacity_t_per_year; with a fixed cost ≤ M · used, M the least of both bounds.

    Goods without mass take no capacity; they pay the fixed cost all the same, and count there by the unit.
    """
    flows = d.arrays.flows
    entries = np.flatnonzero(switches.group[flows.lane] >= 0)
    if not len(entries):
        return
    group, period = switches.group[flows.lane[entries]], flows.period[entries]
    gross = d.arrays.products.gross_t[flows.product[flows.lane[entries]]]
    capacity = switches.group_capacity_t
    limited = np.isfinite(capacity[group, period])
    rows = d.row(group, period)
    add_rows(
        d, "lane_group_capacity", "group_period", [term(d, "flow", rows[limited], gross[limited], entries[limited])], "<=", capacity.ravel()
    )
    place = np.full(len(switches.groups), -1, dtype=np.int64)
    place[switches.paid] = np.arange(len(switches.paid))
    paid = place[group] >= 0
    if paid.any():
        weight = np.where(gross > 0, gross, 1.0)[paid]
        amount = weight * _bounded(d, entries[paid], bounds)
        heavy, light = np.zeros(capacity.size), np.zeros(capacity.size)
        np.add.at(heavy, rows[paid], np.where(gross[paid] > 0, amount, 0.0))
        np.add.at(light, rows[paid], np.where(gross[paid] > 0, 0.0, amount))
        most = np.minimum(heavy, capacity.ravel()) + light
        used = np.unique(rows[paid])
        entry = place[used // d.periods] * d.periods + used % d.periods
        terms = [term(d, "flow", rows[paid], weight, entries[paid]), term(d, "group_used", used, -most[used], entry)]
        add_rows(d, "lane_group_used", "group_period", terms, "<=", np.zeros(capacity.size))


def least_quantity(d: Draft, switches: Switches, bounds: Bounds) -> None:
    """min_quantity_if_used · used ≤ x ≤ M · used, per lane and period."""
    if not len(switches.least):
        return
    entries, place = _entries_of(d, switches.least)
    used = place * d.periods + d.arrays.flows.period[entries]
    least = d.arrays.flows.rates.lanes["min_quantity_if_used"].fill_null(0.0).to_numpy()[d.arrays.flows.lane[entries]]
    zero = np.zeros(len(d.arrays.flows.lane))
    for name, sign, factor in (("lane_least", ">=", least), ("lane_most", "<=", np.maximum(_bounded(d, entries, bounds), least))):
        add_rows(d, name, "flow", [term(d, "flow", entries, 1.0, entries), term(d, "lane_used", entries, -factor, used)], sign, zero)


def qualification(d: Draft, switches: Switches, bounds: Bounds) -> None:
    """x ≤ M · tested[t] and tested never goes back: the cost falls due in the period in which it first is 1."""
    if not len(switches.tested):
        return
    entries, place = _entries_of(d, switches.tested)
    tested = place * d.periods + d.arrays.flows.period[entries]
    zero = np.zeros(len(d.arrays.flows.lane))
    most = _bounded(d, entries, bounds)
    add_rows(
        d, "lane_needs_test", "flow", [term(d, "flow", entries, 1.0, entries), term(d, "lane_tested", entries, -most, tested)], "<=", zero
    )
    rows = np.arange(len(switches.tested) * d.periods)
    later = rows[rows % d.periods > 0]
    terms = [term(d, "lane_tested", later, 1.0, later), term(d, "lane_tested", later, -1.0, later - 1)]
    add_rows(d, "test_holds", "tested_period", terms, ">=", np.zeros(len(rows)))
