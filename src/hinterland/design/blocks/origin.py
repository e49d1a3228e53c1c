"""Claims: what of a lot meets a rule of origin or a condition, which inputs it takes for that, and what lanes hand on.

An overlay of real numbers on the model: flows and outputs are what they were. `claimed` ≤ output, `clean` part of an input's
use, `carried` part of a flow; under average accounting one yes/no per lot (`claim_all`): all of it is claimed, or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.design.bounds import most_made
from hinterland.design.terms import Draft, Term, add_rows, term
from hinterland.model.arrays.claims import BOUGHT, FLOW, MADE

if TYPE_CHECKING:
    from hinterland.core.calendar import Floats, Ints
    from hinterland.design.bounds import Bounds

__all__ = ["carried_flow", "claim_test", "claimed_output", "clean_supply", "clean_use", "spoilt_claims", "whole_lots"]

_VARIABLES = {FLOW: "flow", BOUGHT: "bought", MADE: "made"}


def _built(d: Draft) -> Ints:
    """Claims that are decisions."""
    c = d.arrays.claims
    return np.flatnonzero(c.lot_built[c.claim_lot])


def claimed_output(d: Draft) -> None:
    """Σ over ways claimed ≤ y, per rule and output: a unit is claimed once under a rule."""
    c = d.arrays.claims
    claims = _built(d)
    outputs = len(d.arrays.making.outputs.line)
    rows = c.lot_rule[c.claim_lot[claims]] * outputs + c.claim_output[claims]
    every = np.unique(rows)
    terms = [term(d, "claimed", rows, 1.0, claims), term(d, "made", every, -1.0, every % max(outputs, 1))]
    add_rows(d, "claimed_output", "rule_output", terms, "<=", np.zeros(len(c.rules) * outputs))


def claim_test(d: Draft) -> None:
    """Σ_j worth_j · (Σ u_j · claimed − clean_j) − Σ_j gain_j · clean_j ≤ Σ limit · claimed, per lot: the test of the rule.

    Origin (gain 0): limit (1 − θ) · value under rvc_tv, (1 − θ) · net cost under rvc_nc, θ · value under max_nom, the de minimis
    share of the value under tariff_shift; worth_j is the value of input j, and 0 where it makes the shift. `wholly`: limit 0,
    worth 1. Material assistance: limit 0, worth θ · value, gain (1 − θ) · value: Σ value · clean ≥ θ · Σ value · use.
    A lot that meets its rule whatever its inputs are has no row: exactly on the limit, rounding would forbid what is allowed.
    """
    c = d.arrays.claims
    asked = c.lot_built & ~c.lot_sure
    claims = np.flatnonzero(asked[c.claim_lot])
    use = np.flatnonzero(asked[c.claim_lot[c.use_claim]])
    inputs = np.flatnonzero(c.input_open & asked[c.input_lot])
    terms = [
        term(d, "claimed", c.claim_lot[claims], -c.claim_limit[claims], claims),
        term(d, "claimed", c.claim_lot[c.use_claim[use]], c.use_quantity[use] * c.input_worth[c.use_input[use]], c.use_claim[use]),
        term(d, "clean", c.input_lot[inputs], -(c.input_worth + c.input_gain)[inputs], inputs),
    ]
    add_rows(d, "claim_test", "lot", [_filled(one) for one in terms], "<=", np.zeros(len(c.lot_rule)))


def _filled(one: Term) -> Term:
    keep = one.coefficients != 0
    return Term(one.rows[keep], one.labels[keep], one.coefficients[keep])


def clean_use(d: Draft) -> None:
    """clean_j ≤ Σ u_j · claimed, per lot and input: what is clean in a claim is used in it."""
    c = d.arrays.claims
    inputs = np.flatnonzero(c.input_open & c.lot_built[c.input_lot])
    chosen = np.zeros(len(c.input_lot), dtype=bool)
    chosen[inputs] = True
    use = np.flatnonzero(chosen[c.use_input])
    terms = [
        term(d, "clean", inputs, 1.0, inputs),
        term(d, "claimed", c.use_input[use], -c.use_quantity[use], c.use_claim[use]),
    ]
    add_rows(d, "clean_use", "input", terms, "<=", np.zeros(len(c.input_lot)))


def clean_supply(d: Draft) -> None:
    """Σ clean + Σ carried out ≤ Σ carried in + Σ claimed + Σ what counts as it comes, per rule, pool and period.

    What counts as it comes: purchases that originate in the group (origin); flows, purchases and own make of makers off
    the list (conditions). Stocks hand nothing on: what waits in one has lost its claim.
    """
    c = d.arrays.claims
    inputs = np.flatnonzero(c.input_open & c.lot_built[c.input_lot])
    claims = _built(d)
    feeding = claims[c.claim_feeds[claims] >= 0]
    arriving = np.flatnonzero(c.carried_end >= 0)
    terms = [
        term(d, "clean", c.input_supply[inputs], 1.0, inputs),
        term(d, "carried", c.carried_start, 1.0),
        term(d, "carried", c.carried_end[arriving], -1.0, arriving),
        term(d, "claimed", c.claim_feeds[feeding], -1.0, feeding),
    ]
    for code, variable in _VARIABLES.items():
        fed = np.flatnonzero(c.fed_variable == code)
        terms.append(term(d, variable, c.fed_supply[fed], -c.fed_units[fed], c.fed_entry[fed]))
    asked = np.zeros(len(c.supply_rule), dtype=bool)
    asked[c.input_supply[inputs]] = True
    asked[c.carried_start] = True
    add_rows(d, "clean_supply", "rule_pool_period", [_some(one, asked) for one in terms], "<=", np.zeros(len(c.supply_rule)))


def _some(one: Term, rows: np.ndarray) -> Term:
    """Terms of rows that something draws on."""
    keep = rows[one.rows]
    return Term(one.rows[keep], one.labels[keep], one.coefficients[keep])


def carried_flow(d: Draft) -> None:
    """carried ≤ x, per rule and flow; and Σ over the rules that save duty on a flow ≤ x: a unit enters under one of them."""
    c = d.arrays.claims
    every = np.arange(len(c.carried_flow))
    terms = [term(d, "carried", every), term(d, "flow", every, -1.0, c.carried_flow)]
    add_rows(d, "carried_flow", "rule_flow", terms, "<=", np.zeros(len(every)))
    saving = np.flatnonzero(c.carried_relief > 0)
    flows, count = np.unique(c.carried_flow[saving], return_counts=True)
    several = flows[count > 1]
    shared = saving[np.isin(c.carried_flow[saving], several)]
    terms = [term(d, "carried", c.carried_flow[shared], 1.0, shared), term(d, "flow", several, -1.0, several)]
    add_rows(d, "carried_once", "flow", terms, "<=", np.zeros(len(d.arrays.flows.lane)))


def largest_claim(d: Draft, bounds: Bounds) -> Floats:
    """What can be claimed at most: the line's capacity, all modules built, or what the product moves; shape (claims,)."""
    a, c = d.arrays, d.arrays.claims
    out = a.making.outputs
    product = a.making.lines.product[out.line[c.claim_output]]
    return np.minimum(most_made(a)[c.claim_output], bounds.moved[product, out.period[c.claim_output]])


def whole_lots(d: Draft, bounds: Bounds) -> None:
    """claimed ≤ M · all and claimed ≥ y − M · (1 − all), per claim, under average accounting: all of a lot is claimed, or none.

    Where the rule is met whatever the inputs are, all is claimed: claimed ≥ y.
    """
    if d.arrays.settings.origin_accounting == "segregated":
        return
    c = d.arrays.claims
    claims = _built(d)
    open_lot = c.lot_built & ~c.lot_sure
    asked = claims[open_lot[c.claim_lot[claims]]]
    most = largest_claim(d, bounds)[asked]
    whole = (np.cumsum(open_lot) - 1)[c.claim_lot[asked]]
    size = len(c.claim_lot)
    right = np.zeros(size)
    right[asked] = -most
    terms = [term(d, "claimed", asked, 1.0, asked), term(d, "claim_all", asked, -most, whole)]
    add_rows(d, "claimed_if_all", "claim", terms, "<=", np.zeros(size))
    terms = [
        term(d, "claimed", claims, 1.0, claims),
        term(d, "made", claims, -1.0, c.claim_output[claims]),
        term(d, "claim_all", asked, -most, whole),
    ]
    add_rows(d, "all_claimed", "claim", terms, ">=", right)


def spoilt_claims(d: Draft) -> None:
    """spoilt ≥ w − (Σ y − Σ claimed), ≥ 0, per condition and pool: what is thrown away beyond what was not claimed earns nothing."""
    a, c = d.arrays, d.arrays.claims
    if not len(c.spoilt_rule):
        return
    every = np.arange(len(c.spoilt_rule))
    pools, periods = a.disposal.pool[c.spoilt_entry], a.disposal.period[c.spoilt_entry]
    out = a.making.outputs
    place: dict[tuple[int, int, int], int] = {
        (int(r), int(q), int(t)): at for at, (r, q, t) in enumerate(zip(c.spoilt_rule, pools, periods, strict=True))
    }
    claims = _built(d)
    lot = c.claim_lot[claims]
    row = np.array(
        [place.get((int(r), int(q), int(t)), -1) for r, q, t in zip(c.lot_rule[lot], c.lot_pool[lot], c.lot_period[lot], strict=True)]
    )
    held = row >= 0
    made = [(at, output) for (_, q, t), at in place.items()
            for output in np.flatnonzero((a.making.lines.pool[out.line] == q) & (out.period == t)).tolist()]  # fmt: skip
    of_row, outputs = (np.array([pair[at] for pair in made], dtype=np.int64) for at in (0, 1))
    terms = [
        term(d, "spoilt", every),
        term(d, "disposed", every, -1.0, c.spoilt_entry),
        term(d, "made", of_row, 1.0, outputs),
        term(d, "claimed", row[held], -1.0, claims[held]),
    ]
    add_rows(d, "spoilt_claims", "rule_disposal", terms, ">=", np.zeros(len(every)))
