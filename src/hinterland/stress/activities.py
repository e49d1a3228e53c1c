"""What a plan does, as activities: its lanes, its lines and its purchases, with their amounts in each period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hinterland.model.arrays import EXISTING

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays

__all__ = ["AROUND", "KINDS", "LANE", "LINE", "OTHER_WAY", "PLANNED", "PURCHASE", "STANDS_IN", "Activities", "activities_of"]

KINDS = ("purchase", "line", "lane")
PURCHASE, LINE, LANE = range(3)
PLANNED, STANDS_IN, OTHER_WAY, AROUND = range(4)
"""What an activity is for: as planned; another site's good in place of a lane's; the lane's goods another way, or around closed passages."""


@dataclass(frozen=True, slots=True)
class Activities:
    """Activities (A,) of a plan, purchases before lines before lanes; amounts have shape (A, periods).

    `subject` is the row of the offer, line or lane-product. `amount` is what the plan does, `room` what it may (inf: no
    limit). Inputs are triplets (activity, pool, amount used per period), co-products likewise. `days` is the lead time.

    Backups (backups.py) follow, lanes with a `role`: `made_at` is the site of one who stands in (-1: nobody), `instead_of` the
    activity that it stands in for (-1: none), `extra_cost` and `extra_kg` (A, periods) what it adds per unit.
    """

    kind: Ints
    subject: Ints
    into: Ints
    days: Floats
    amount: Floats
    room: Floats
    use_activity: Ints
    use_pool: Ints
    used: Floats
    give_activity: Ints
    give_pool: Ints
    given: Floats
    role: Ints
    made_at: Ints
    instead_of: Ints
    extra_cost: Floats
    extra_kg: Floats

    def __len__(self) -> int:
        """Return the number of activities."""
        return len(self.kind)


def _grid(rows: int, periods: int, at: Ints, when: Ints, amount: Floats) -> Floats:
    grid = np.zeros((rows, periods))
    np.add.at(grid, (at, when), amount)
    return grid


def _line_room(a: Arrays, p: Placed) -> Floats:
    """What lines may make in each period: existing capacity while the site is open, and the modules the plan adds."""
    out, lines = a.making.outputs, a.making.lines
    gate = a.sites.gate[lines.site[out.line]]
    open_ = np.ones(len(out.line))
    if len(a.sites.gated):
        open_ = np.where(gate >= 0, p.open[gate, out.period], 1.0)
    added = _grid(len(lines.site), len(a.calendar), p.added_line, p.added_period, p.added)
    number = np.where(out.vintage == EXISTING, 1.0, added[out.line, np.maximum(out.vintage, 0)])
    return _grid(len(lines.site), len(a.calendar), out.line, out.period, out.capacity * number * open_)


def _line_uses(a: Arrays, p: Placed) -> tuple[Ints, Ints, Floats]:
    """Triplets (line, pool, amount by period) of what lines take (positive) and give beside their good (negative)."""
    out, periods = a.making.outputs, len(a.calendar)
    made = np.zeros(len(out.line))
    np.add.at(made, p.made_entry[p.made_entry >= 0], p.made[p.made_entry >= 0])
    amount = out.use_quantity * made[out.use_output]
    line = out.line[out.use_output]
    sign = (out.use_quantity < 0).astype(np.int64)
    keys, row = np.unique(np.stack([line, out.use_pool, sign]), axis=1, return_inverse=True)
    return keys[0], keys[1], _grid(keys.shape[1], periods, row.ravel(), out.period[out.use_output], amount)


def activities_of(a: Arrays, p: Placed, *, every: bool = False) -> Activities:
    """Activities of a placed plan, those it never uses left out unless `every` is asked for."""
    periods, flows = len(a.calendar), a.flows
    bought = _grid(len(a.offers.site), periods, p.bought_offer, p.bought_period, p.bought)
    made = _grid(len(a.making.lines.site), periods, p.made_line, p.made_period, p.made)
    moved = _grid(len(flows.from_pool), periods, p.flow_lane, p.flow_period, p.flow)
    offers, lines, lanes = (np.flatnonzero(one.any(axis=1) | every) for one in (bought, made, moved))
    limit = np.zeros((len(a.offers.site), periods))
    limit[a.offers.offer, a.offers.period] = a.offers.limit
    days = np.zeros(len(flows.from_pool))
    weight = moved[lanes].sum(axis=1)
    slow = np.nan_to_num(flows.rates.days[lanes])
    days[lanes] = np.divide((moved[lanes] * slow).sum(axis=1), weight, out=slow.mean(axis=1), where=weight > 0)
    count = len(offers), len(lines), len(lanes)
    number = np.full(len(lines) and int(lines.max()) + 1, -1)
    number[lines] = np.arange(len(lines)) + len(offers)
    use_line, use_pool, used = _line_uses(a, p)
    mine = np.flatnonzero((used != 0).any(axis=1))
    gives = used[mine].sum(axis=1) < 0
    takes, along = mine[~gives], mine[gives]
    total = sum(count)
    lane_numbers = np.arange(len(lanes)) + len(offers) + len(lines)
    return Activities(
        kind=np.repeat(np.arange(3), count),
        subject=np.concatenate([offers, lines, lanes]),
        into=np.concatenate([a.offers.pool[offers], a.making.lines.pool[lines], flows.to_pool[lanes]]),
        days=np.concatenate([np.zeros(count[0] + count[1]), days[lanes]]),
        amount=np.concatenate([bought[offers], made[lines], moved[lanes]]),
        room=np.concatenate([limit[offers], _line_room(a, p)[lines], flows.rates.capacity[lanes]]),
        use_activity=np.concatenate([number[use_line[takes]], lane_numbers]),
        use_pool=np.concatenate([use_pool[takes], flows.from_pool[lanes]]),
        used=np.concatenate([used[takes], moved[lanes]]),
        give_activity=number[use_line[along]],
        give_pool=use_pool[along],
        given=-used[along],
        role=np.zeros(total, dtype=np.int64),
        made_at=np.full(total, -1, dtype=np.int64),
        instead_of=np.full(total, -1, dtype=np.int64),
        extra_cost=np.zeros((total, periods)),
        extra_kg=np.zeros((total, periods)),
    )
