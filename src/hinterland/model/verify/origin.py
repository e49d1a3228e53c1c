"""Claims: each is held against its rule on the plan's own rows; what was claimed, used, handed on and brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.accounts.claiming import claimed_by_entry
from hinterland.model.arrays.claims import BOUGHT, FLOW, MADE
from hinterland.model.verify.totals import named, summed

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.accounts.placing import Placed
    from hinterland.model.arrays import Arrays
    from hinterland.model.verify.ledger import Ledger
    from hinterland.model.verify.totals import Totals

__all__ = ["check_origin"]


def check_origin(a: Arrays, p: Placed, s: Totals, ledger: Ledger) -> None:
    """Claimed ≤ made; the value test of each lot; clean ≤ used and ≤ brought in; all of a lot or none under average accounting."""
    if not len(a.claims):
        return
    claimed = claimed_by_entry(a, p)
    clean = np.bincount(p.clean_input, weights=p.clean, minlength=len(a.claims.input_lot)).astype(np.float64)
    _outputs(a, p, s, ledger, claimed)
    _tests(a, p, s, ledger, claimed, clean)
    _supply(a, p, s, ledger, claimed, clean)


def _lots(a: Arrays, p: Placed, lot: Ints) -> pl.Series:
    c = a.claims
    where = p.names.pools(c.lot_pool[lot])
    rules, methods = pl.Series(c.rules, dtype=pl.String), pl.Series(c.lot_method, dtype=pl.String)
    return named(where["product_id"], " at ", where["site_id"], " under ", rules[c.lot_rule[lot]], " (", methods[lot], ")")


def _outputs(a: Arrays, p: Placed, s: Totals, ledger: Ledger, claimed: Floats) -> None:
    c, out = a.claims, a.making.outputs
    lines = a.making.lines
    size = len(out.line)
    code = c.lot_rule[c.claim_lot] * size + c.claim_output
    taken = summed(code, claimed, len(c.rules) * size)
    live = np.flatnonzero(taken != 0)
    rule, output = live // max(size, 1), live % max(size, 1)
    told = p.names.lines(out.line[output])
    ledger.add(
        "claim_output", named(told["product_id"], " at ", told["site_id"], " under ", pl.Series(c.rules, dtype=pl.String)[rule]),
        out.period[output], taken[live], "<=", s.made[output], s.need[lines.product[out.line[output]]], "claims {left}, makes {right}",
    )  # fmt: skip
    if a.settings.origin_accounting == "segregated":
        return
    need = s.need[lines.product[out.line[c.claim_output]]]
    part = summed(c.claim_lot, claimed, len(c.lot_rule))[c.claim_lot]
    some = np.flatnonzero(part > ledger.tolerance * need)
    ledger.add(
        "claim_whole", _lots(a, p, c.claim_lot[some]), out.period[c.claim_output[some]], claimed[some], "=", s.made[c.claim_output[some]],
        need[some], "claims {left} of {right} made: under average accounting all of a lot, or none",
    )  # fmt: skip


def _tests(a: Arrays, p: Placed, s: Totals, ledger: Ledger, claimed: Floats, clean: Floats) -> None:
    c = a.claims
    lots = len(c.lot_rule)
    used = summed(c.use_input, c.use_quantity * claimed[c.use_claim], len(c.input_lot))
    product = a.pools.product[c.input_pool]
    live = np.flatnonzero(clean != 0)
    inputs = p.names.pools(c.input_pool[live])["product_id"]
    ledger.add(
        "claim_inputs", named(inputs, " in ", _lots(a, p, c.input_lot[live])), c.lot_period[c.input_lot[live]], clean[live], "<=", used[live],
        s.need[product[live]], "{left} are said to be clean, the claim uses {right}",
    )  # fmt: skip
    left = summed(c.input_lot, c.input_worth * used - (c.input_worth + c.input_gain) * clean, lots)
    right = summed(c.claim_lot, c.claim_limit * claimed, lots)
    gross = summed(c.input_lot, c.input_worth * used + c.input_gain * clean, lots) + right
    quantity = summed(c.claim_lot, claimed, lots)
    per_unit = np.divide(gross, quantity, out=np.zeros(lots), where=quantity > 0)
    asked = np.flatnonzero((quantity != 0) | (left != 0))
    ledger.add(
        "claim_test", _lots(a, p, asked), c.lot_period[asked], left[asked], "<=", right[asked],
        per_unit[asked] * np.maximum(quantity[asked], s.need[a.pools.product[c.lot_pool[asked]]]),
        "inputs that do not count weigh {left}, the rule allows {right}",
    )  # fmt: skip


def _supply(a: Arrays, p: Placed, s: Totals, ledger: Ledger, claimed: Floats, clean: Floats) -> None:
    """Σ clean + Σ carried out ≤ Σ carried in + Σ claimed + Σ what counts as it comes, per rule, pool and period."""
    c = a.claims
    size = len(c.supply_rule)
    carried = summed(p.graded, p.flow[p.graded_row], len(c.carried_flow))
    out = summed(c.carried_start, carried, size)
    drawn = c.input_supply >= 0
    out += summed(c.input_supply[drawn], clean[drawn], size)
    arriving, feeding = c.carried_end >= 0, c.claim_feeds >= 0
    into = summed(c.carried_end[arriving], carried[arriving], size) + summed(c.claim_feeds[feeding], claimed[feeding], size)
    flow = np.zeros((len(a.flows.product), s.periods))
    np.add.at(flow, (p.flow_lane, p.flow_period), p.flow)
    bought = np.zeros((len(a.offers.site), s.periods))
    np.add.at(bought, (p.bought_offer, p.bought_period), p.bought)
    amounts = {
        FLOW: flow[a.flows.lane, a.flows.period],
        BOUGHT: bought[a.offers.offer, a.offers.period],
        MADE: s.made,
    }
    for code, amount in amounts.items():
        fed = c.fed_variable == code
        into += summed(c.fed_supply[fed], c.fed_units[fed] * amount[c.fed_entry[fed]], size)
    where = p.names.pools(c.supply_pool)
    told = named(where["product_id"], " at ", where["site_id"], " under ", pl.Series(c.rules, dtype=pl.String)[c.supply_rule])
    live = np.flatnonzero(out != 0)
    ledger.add(
        "claim_supply", told.gather(live), c.supply_period[live], out[live], "<=", into[live], s.need[a.pools.product[c.supply_pool[live]]],
        "{left} are used or handed on as clean, {right} came in or were claimed",
    )  # fmt: skip
    lost = np.flatnonzero(~drawn & (clean != 0))
    ledger.add(
        "claim_supply", named(p.names.pools(c.input_pool[lost])["product_id"], " in ", _lots(a, p, c.input_lot[lost])),
        c.lot_period[c.input_lot[lost]], clean[lost], "<=", np.zeros(len(lost)), s.need[a.pools.product[c.input_pool[lost]]],
        "{left} are said to be clean, nothing clean can come there",
    )  # fmt: skip
