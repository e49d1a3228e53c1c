"""Claims: output that meets a rule of origin or a condition on a credit, as an overlay of what is made, moved and bought.

For every rule that a duty or a credit hangs on: what part of a lot (`claim_lots`) is claimed, which part of its inputs is
clean (originates, or comes from makers off a list), and which part of a lane's flow carries origin on. Nothing is claimed
that no lane or credit asks for, so a network without such rules has no claims at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hinterland.core.errors import InvalidTables
from hinterland.model.arrays.claim_lots import Ground, Lot, Wanted, condition_lots, origin_lots
from hinterland.model.arrays.crediting import incentive_rates
from hinterland.model.arrays.entities import Listings
from hinterland.model.arrays.origin_tests import ConditionRules, OriginRules
from hinterland.model.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays.making import Making
    from hinterland.model.arrays.moving import Flows
    from hinterland.model.arrays.places import Pools, Products, Sites
    from hinterland.model.arrays.trading import Disposal, Offers, Stocks
    from hinterland.model.network import Network

__all__ = ["BOUGHT", "FLOW", "MADE", "Claims", "claims_of"]

Bools = npt.NDArray[np.bool_]
FLOW, BOUGHT, MADE = 0, 1, 2
"""Variables that `fed_variable` names: what counts as a whole for a rule, without a claim of its own."""
_VALUE = ("rvc_tv", "rvc_nc", "max_nom")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Claims:
    """Axes of the overlay; every array of one prefix has one shape. Money per unit, in settings.currency.

    rules: ids, and `of_origin` whether each is an origin rule (else a condition rule).
    lot_: rule, pool, period, method; `built`: False for ways that another one of the same lot covers, or that nothing can
    meet, which are no decision and may still be claimed by hand; `sure`: met whatever the inputs are.
    claim_: lot and output entry, with the limit per claimed unit. input_: lot and pool, with `worth` and `gain` per unit, the
    row of `supply_` it draws on (−1: none), and `open`, whether any part of it can be clean.
    use_: claim, input, and units of it per claimed unit.
    carried_: origin rule and flow entry, with the duty that a unit saves under the claim (`relief`), the rows of `supply_` at
    its start and its end (−1: nothing there asks for it).
    supply_: rule, pool, period: where clean goods are counted. claim_feeds: row that a claim fills, −1 for conditions.
    spoilt_: condition rule and disposal entry of its goods: what is thrown away of what was claimed earns no credit.
    fed_: supply row, variable (FLOW, BOUGHT, MADE), entry, units: what counts as it comes.
    free: condition rule to (sites, periods): 1 where a credit under it is earned without a claim, as nothing is to be shown.
    """

    rules: list[str]
    of_origin: Bools
    lot_rule: Ints
    lot_pool: Ints
    lot_period: Ints
    lot_method: list[str]
    lot_built: Bools
    lot_sure: Bools
    claim_lot: Ints
    claim_output: Ints
    claim_limit: Floats
    claim_feeds: Ints
    input_lot: Ints
    input_pool: Ints
    input_worth: Floats
    input_gain: Floats
    input_supply: Ints
    input_open: Bools
    use_claim: Ints
    use_input: Ints
    use_quantity: Floats
    carried_rule: Ints
    carried_flow: Ints
    carried_relief: Floats
    carried_start: Ints
    carried_end: Ints
    supply_rule: Ints
    supply_pool: Ints
    supply_period: Ints
    fed_supply: Ints
    fed_variable: Ints
    fed_entry: Ints
    fed_units: Floats
    spoilt_rule: Ints
    spoilt_entry: Ints
    free: dict[str, Floats]

    def __len__(self) -> int:
        """Return the number of claims and of flows that may carry one."""
        return len(self.claim_lot) + len(self.carried_flow)

    @property
    def conditions(self) -> dict[str, int]:
        """Number of each condition rule among the rules: an origin rule may have the same name."""
        return {rule: at for at, rule in enumerate(self.rules) if not self.of_origin[at]}


class _Writer:
    """Collects the axes rule by rule."""

    def __init__(self, g: Ground) -> None:
        self.g = g
        self.rules: list[str] = []
        self.of_origin: list[bool] = []
        self.methods: list[str] = []
        self.rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in ("lot", "claim", "input", "use", "carried", "supply", "fed")}

    def add(self, wanted: Wanted, relief: Floats | None) -> None:
        """Write one rule: what can be supplied is worked out first, so that what nobody can meet is no decision."""
        g, rule = self.g, len(self.rules)
        self.rules.append(wanted.rule)
        self.of_origin.append(wanted.of_origin)
        possible = _possible(g, wanted)
        supply: dict[tuple[int, int], int] = {}
        saving = {lane: when & (relief[lane] > 0) for lane, when in wanted.lanes.items()} if relief is not None else {}
        counted = {pool: when & possible[pool] for pool, when in wanted.pools.items()}
        for lane, when in saving.items():  # a flow said to originate where nothing can is to be told, not passed over
            counted[int(g.flows.from_pool[lane])] |= when
        for pool in sorted(counted):
            for t in np.flatnonzero(counted[pool]).tolist():
                supply[pool, t] = len(self.rows["supply"])
                self.rows["supply"].append((rule, pool, t))
                self._feed(wanted, pool, t, supply[pool, t])
        sure = [lot.open & _sure(g, lot) for lot in wanted.lots]
        for lot, best, safe in zip(wanted.lots, _best(wanted.lots, sure), sure, strict=True):
            built = best & _fits(g, lot, possible)
            for t in np.flatnonzero(lot.open).tolist():
                self._lot(wanted, lot, rule, t, supply, (bool(built[t]), bool(safe[t])))
        for lane in sorted(wanted.lanes):
            start, end = int(g.flows.from_pool[lane]), int(g.flows.to_pool[lane])
            for t in np.flatnonzero(wanted.lanes[lane] & counted[start]).tolist():
                saved = max(0.0, float(relief[lane, t])) if relief is not None else 0.0
                at_end = supply.get((end, t), -1)
                if saved > 0 or at_end >= 0:
                    self.rows["carried"].append((rule, g.entry[lane, t], saved, supply[start, t], at_end))

    def _feed(self, wanted: Wanted, pool: int, t: int, row: int) -> None:
        g, counts = self.g, wanted.counts
        out = g.making.outputs
        for lane in g.lanes_in[pool].tolist():
            if counts.lanes[lane, t] and g.entry[lane, t] >= 0:
                self.rows["fed"].append((row, FLOW, g.entry[lane, t], 1.0))
        for offer in g.offers_at[pool].tolist():
            if counts.offers[offer, t] and g.offer_entry[offer, t] >= 0:
                self.rows["fed"].append((row, BOUGHT, g.offer_entry[offer, t], 1.0))
        if counts.own[pool, t]:
            self.rows["fed"] += [(row, MADE, output, 1.0) for output in g.outputs_at[pool].tolist() if out.period[output] == t]
            along = np.flatnonzero((out.use_pool == pool) & (out.use_quantity < 0))
            along = along[out.period[out.use_output[along]] == t]
            self.rows["fed"] += [(row, MADE, int(out.use_output[one]), -float(out.use_quantity[one])) for one in along.tolist()]

    def _lot(self, wanted: Wanted, lot: Lot, rule: int, t: int, supply: Mapping[tuple[int, int], int], met: tuple[bool, bool]) -> None:
        g = self.g
        outputs = [output for output in g.outputs_at[lot.pool].tolist() if g.making.outputs.period[output] == t]
        if not outputs:
            return
        number = len(self.rows["lot"])
        inputs: dict[int, int] = {}
        for pool, (worth, gain) in sorted(lot.inputs.items()):
            row = supply.get((pool, t), -1)
            inputs[pool] = len(self.rows["input"])
            self.rows["input"].append((number, pool, worth[t], gain[t], row, row >= 0 and worth[t] + gain[t] > 0))
        feeds = supply.get((lot.pool, t), -1) if wanted.of_origin else -1
        for output in outputs:
            claim = len(self.rows["claim"])
            self.rows["claim"].append((number, output, lot.limit[t], feeds))
            self.rows["use"] += [
                (claim, inputs[int(pool)], quantity) for pool, quantity in zip(*g.uses(output), strict=True) if int(pool) in inputs
            ]
        self.rows["lot"].append((rule, lot.pool, t, *met))
        self.methods.append(lot.method)

    def claims(self, free: dict[str, Floats], disposal: Disposal) -> Claims:
        """All axes as arrays."""

        def columns(name: str, kinds: str) -> list[npt.NDArray[np.generic]]:
            cells = list(zip(*self.rows[name], strict=True)) or [()] * len(kinds)
            types = {"i": np.int64, "f": np.float64, "b": np.bool_}
            return [np.array(cell, dtype=types[kind]) for cell, kind in zip(cells, kinds, strict=True)]

        lot_rule, lot_pool, lot_period, *met = columns("lot", "iiibb")
        parts = [lot_rule, lot_pool, lot_period, self.methods, *met]
        for name, kinds in (
            ("claim", "iifi"),
            ("input", "iiffib"),
            ("use", "iif"),
            ("carried", "iifii"),
            ("supply", "iii"),
            ("fed", "iiif"),
        ):
            parts += columns(name, kinds)
        place = {(int(pool), int(t)): at for at, (pool, t) in enumerate(zip(disposal.pool, disposal.period, strict=True))}
        spoilt = sorted({(int(r), place[int(q), int(t)]) for r, q, t in zip(lot_rule, lot_pool, lot_period, strict=True)
                         if not self.of_origin[int(r)] and (int(q), int(t)) in place})  # fmt: skip
        parts += [np.array([row[at] for row in spoilt], dtype=np.int64) for at in (0, 1)]
        return Claims(self.rules, np.array(self.of_origin, dtype=bool), *parts, free=free)  # type: ignore[arg-type, misc]


def _best(lots: list[Lot], sure: list[Bools]) -> list[Bools]:
    """Where a lot is a decision: of the ways of a pool a sure one, else of those that weigh alike the one with the largest limit."""
    value = {name: at for at, name in enumerate(_VALUE)}
    ways: dict[int, list[int]] = {}
    for at, lot in enumerate(lots):
        ways.setdefault(lot.pool, []).append(at)
    found = []
    for at, lot in enumerate(lots):
        best = lot.open.copy()
        for other in ways[lot.pool]:
            if other == at:
                continue
            best &= ~(sure[other] & (~sure[at] if at < other else True))
            if lot.method in value and lots[other].method in value:
                limit = lots[other].limit
                larger = (limit > lot.limit) | ((limit == lot.limit) & (value[lots[other].method] < value[lot.method]))
                best &= ~(lots[other].open & larger & (sure[other] | ~sure[at]))
        found.append(best)
    return found


def _sure(g: Ground, lot: Lot) -> Bools:
    """Periods in which every line of a lot meets its limit with nothing clean at all."""
    found = np.ones(g.periods, dtype=bool)
    for output in g.outputs_at[lot.pool].tolist():
        t = int(g.making.outputs.period[output])
        found[t] &= _left(g, lot, output, t, {}) <= 0
    return found


def _left(g: Ground, lot: Lot, output: int, t: int, possible: Mapping[int, Bools]) -> float:
    """What the inputs of a unit of one line weigh beyond the limit, every input clean that can be; rounding is let pass."""
    left, size = 0.0, 0.0
    for pool, quantity in zip(*g.uses(output), strict=True):
        if int(pool) in lot.inputs:
            worth, gain = lot.inputs[int(pool)]
            left += float(quantity) * (-gain[t] if int(pool) in possible and possible[int(pool)][t] else worth[t])
            size += float(quantity) * (worth[t] + gain[t])
    return float(left - lot.limit[t] - _ROUNDING * max(size, float(lot.limit[t])))


def _possible(g: Ground, wanted: Wanted) -> dict[int, Bools]:
    """Periods in which something clean can be in a pool: bought, brought from such a pool, made off the list, or a lot that fits."""
    counts = wanted.counts
    possible = {pool: when.copy() for pool, when in wanted.pools.items()}
    lots: dict[int, list[Lot]] = {}
    for lot in wanted.lots:
        lots.setdefault(lot.pool, []).append(lot)
    lanes: dict[int, list[int]] = {}
    for lane in wanted.lanes:
        lanes.setdefault(int(g.flows.to_pool[lane]), []).append(lane)

    def now(pool: int) -> Bools:
        found = counts.own[pool].copy()
        for offer in g.offers_at[pool].tolist():
            found |= counts.offers[offer] & (g.offer_entry[offer] >= 0)
        for lane in g.lanes_in[pool].tolist():
            found |= counts.lanes[lane] & (g.entry[lane] >= 0)
        for lane in lanes.get(pool, ()):
            start = int(g.flows.from_pool[lane])
            found |= wanted.lanes[lane] & possible.get(start, np.zeros(g.periods, dtype=bool))
        for lot in lots.get(pool, ()) if wanted.of_origin else ():
            found |= lot.open & _fits(g, lot, possible)
        return found

    changed = True
    while changed:
        changed = False
        for pool, held in possible.items():
            left = held & now(pool)
            if (left != held).any():
                possible[pool], changed = left, True
    return possible


def _fits(g: Ground, lot: Lot, possible: Mapping[int, Bools]) -> Bools:
    """Periods in which some line of a lot can meet its limit with every input clean that can be."""
    found = np.zeros(g.periods, dtype=bool)
    for output in g.outputs_at[lot.pool].tolist():
        t = int(g.making.outputs.period[output])
        found[t] |= _left(g, lot, output, t, possible) <= 0
    return found


def _earners(g: Ground, rule: str, rates: Floats) -> dict[int, Bools]:
    """Pools whose output may earn an incentive under a condition, with the periods in which it pays."""
    scopes, frame = Scopes(g.net), g.net["incentives"]
    found: dict[int, Bools] = {}
    for at, row in enumerate(frame.iter_rows(named=True)):
        if row["condition_rule_id"] != rule or row["basis"] not in {"per_unit", "cost_share"}:
            continue
        sites, products = scopes.sites(row["site_or_group"]), scopes.products(row["product_id"])
        for pool in range(len(g.pools)):
            site, product = g.sites.ids[g.pools.site[pool]], g.products.ids[g.pools.product[pool]]
            if len(g.outputs_at[pool]) and (sites is None or site in sites) and (products is None or product in products):
                found[pool] = found.get(pool, np.zeros(g.periods, dtype=bool)) | (rates[at] > 0)
    return found


def _conditions(g: Ground, writer: _Writer) -> dict[str, Floats]:
    """Write the lots of every condition that an incentive names; where a credit under it is free of any proof."""
    frame = g.net["incentives"]
    named = sorted(set(frame["condition_rule_id"].drop_nulls().to_list()))
    if not named:
        return {}
    calendar = g.net.calendar
    listings, table, rates = Listings(g.net, calendar), ConditionRules(g.net, calendar), incentive_rates(g.net)
    who = {site: names for site, *names in g.net["sites"].select("site_id", "operator", "parent", "country").iter_rows()}
    free: dict[str, Floats] = {}
    for rule in named:
        asked = table.asked(rule)
        fine = np.ones((len(g.sites.ids), g.periods), dtype=bool)
        for list_id, when in asked.free.items():
            for at, site in enumerate(g.sites.ids):
                fine[at] &= ~(when & listings.listed(list_id, *who[site]))
        shown = np.logical_or.reduce([np.zeros(g.periods, dtype=bool), *(~np.isnan(share) for share in asked.least.values())])
        free[rule] = (fine & ~shown).astype(np.float64)
        if shown.any():
            earners = {pool: when & shown & fine[g.pools.site[pool]] for pool, when in _earners(g, rule, rates).items()}
            wanted = condition_lots(g, listings, rule, asked, earners)
            if wanted.lots:
                writer.add(wanted, None)
    return free


def claims_of(
    net: Network, relief: Mapping[str, Floats], places: tuple[Sites, Products, Pools],
    flows: Flows, making: Making, offers: Offers, stocks: Stocks, disposal: Disposal,
) -> Claims:  # fmt: skip
    """Claims that something hangs on. `relief` is what a unit of each lane saves under each origin rule; (lanes, periods).

    Raises InvalidTables where a rule weighs goods by a value that is not there.
    """
    g = Ground(net, *places, flows, making, offers, stocks, len(net.calendar))
    writer = _Writer(g)
    rules = OriginRules(net, net.calendar) if relief else None
    for rule in _saving(relief):
        if rules is not None and rule in rules:
            wanted = origin_lots(g, rules, rule, relief[rule])
            if wanted.lanes:
                writer.add(wanted, relief[rule])
    free = _conditions(g, writer)
    if g.issues:
        raise InvalidTables([g.issues[key] for key in sorted(g.issues)])
    return writer.claims(free, disposal)


def _saving(relief: Mapping[str, Floats]) -> Iterable[str]:
    return (rule for rule in sorted(relief) if (relief[rule] > 0).any())
