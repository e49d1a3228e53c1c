"""Drawback: duty that comes back for inputs of goods that leave the territory."""

from __future__ import annotations

import numpy as np

from hinterland.design.terms import Draft, add_rows, term

__all__ = ["refunded_flows", "refunds_of_exports"]


def refunded_flows(d: Draft) -> None:
    """refunded ≤ x − Σ carried that saves duty, per flow: what entered under a claim has nothing, or less, to come back."""
    r, c = d.arrays.refunds, d.arrays.claims
    place = np.full(len(d.arrays.flows.lane), -1, dtype=np.int64)
    place[r.refund_flow] = np.arange(len(r))
    saving = np.flatnonzero((c.carried_relief > 0) & (place[c.carried_flow] >= 0)) if len(c.carried_flow) else np.zeros(0, dtype=np.int64)
    every = np.arange(len(r))
    terms = [
        term(d, "refunded", every),
        term(d, "flow", every, -1.0, r.refund_flow),
        term(d, "carried", place[c.carried_flow[saving]], 1.0, saving),
    ]
    add_rows(d, "refunded_flows", "refund", terms, "<=", np.zeros(len(r)))


def refunds_of_exports(d: Draft) -> None:
    """Σ refunded ≤ Σ units · exports, and ≤ Σ use of the site's lines, per input, site and period; units as the thriftiest line has them."""
    r = d.arrays.refunds
    zero = np.zeros(len(r.row_pool))
    refunded = term(d, "refunded", r.refund_row)
    add_rows(d, "refunds_of_exports", "refund_row", [refunded, term(d, "flow", r.export_row, -r.export_units, r.export_flow)], "<=", zero)
    add_rows(d, "refunds_of_use", "refund_row", [refunded, term(d, "made", r.use_row, -r.use_units, r.use_output)], "<=", zero)
