"""What lines can and must make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.design.terms import Draft, add_rows, term

if TYPE_CHECKING:
    from hinterland.core.calendar import Ints

__all__ = ["existing_capacity", "floor", "module_capacity", "modules_allowed"]


def _module_of(d: Draft, entries: Ints) -> Ints:
    """Module entry behind each output entry of a vintage."""
    modules, out = d.arrays.making.modules, d.arrays.making.outputs
    codes = modules.line * d.periods + modules.vintage
    return np.searchsorted(codes, out.line[entries] * d.periods + out.vintage[entries])


def existing_capacity(d: Draft) -> Ints:
    """y[k,0,t] ≤ cap0[k,t] · open[s,t] for lines of gated sites; elsewhere cap0 is the variable's upper bound."""
    a = d.arrays
    out, gate = a.making.outputs, a.sites.gate[a.making.lines.site]
    entries = np.flatnonzero((out.vintage < 0) & (gate[out.line] >= 0))
    opened = gate[out.line[entries]] * d.periods + out.period[entries]
    terms = [term(d, "made", entries, 1.0, entries), term(d, "open", entries, -out.capacity[entries], opened)]
    return add_rows(d, "existing_capacity", "output", terms, "<=", np.zeros(len(out.line)))


def module_capacity(d: Draft) -> None:
    """y[k,v,t] ≤ a_t · module_capacity · R[k,v,t] · n[k,v], and ≤ the same with max_modules · open[s,t] for n."""
    a = d.arrays
    out, gate = a.making.outputs, a.sites.gate[a.making.lines.site]
    entries = np.flatnonzero(out.vintage >= 0)
    module = _module_of(d, entries)
    zero = np.zeros(len(out.line))
    terms = [term(d, "made", entries, 1.0, entries), term(d, "module", entries, -out.capacity[entries], module)]
    add_rows(d, "module_capacity", "output", terms, "<=", zero)
    gated = entries[gate[out.line[entries]] >= 0]
    if len(gated):
        most = a.making.modules.most[_module_of(d, gated)]
        opened = gate[out.line[gated]] * d.periods + out.period[gated]
        terms = [term(d, "made", gated, 1.0, gated), term(d, "open", gated, -out.capacity[gated] * most, opened)]
        add_rows(d, "module_needs_site", "output", terms, "<=", zero)


def modules_allowed(d: Draft) -> None:
    """n[k,v] ≤ max_modules · open[s,v];  Σ_v n[k,v] ≤ max_modules."""
    a = d.arrays
    modules, lines = a.making.modules, a.making.lines
    entries = np.arange(len(modules.line))
    add_rows(d, "modules_in_all", "line", [term(d, "module", modules.line)], "<=", lines.max_modules)
    gate = a.sites.gate[lines.site[modules.line]]
    gated = entries[gate >= 0]
    opened = gate[gated] * d.periods + modules.vintage[gated]
    terms = [term(d, "module", gated, 1.0, gated), term(d, "open", gated, -modules.most[gated], opened)]
    add_rows(d, "module_start_needs_site", "module", terms, "<=", np.zeros(len(entries)))


def floor(d: Draft) -> Ints:
    """Σ_v y ≥ min_utilisation · (cap0 · open + Σ_v capacity · n) − (its largest value) · (1 − open)."""
    a = d.arrays
    out, lines = a.making.outputs, a.making.lines
    gate = a.sites.gate[lines.site]
    share = lines.min_utilisation[out.line, out.period]
    entries = np.flatnonzero(share > 0)
    old, new = entries[out.vintage[entries] < 0], entries[out.vintage[entries] >= 0]
    rows = d.row(out.line, out.period)
    right = np.zeros(len(lines.site) * d.periods)
    always = old[gate[out.line[old]] < 0]
    np.add.at(right, rows[always], share[always] * out.capacity[always])
    most = np.zeros(len(right))
    np.maximum.at(most, rows[new], share[new] * out.capacity[new] * lines.max_modules[out.line[new]])
    gated_rows = np.unique(rows[entries[gate[out.line[entries]] >= 0]])
    right[gated_rows] -= most[gated_rows]
    relaxed = gated_rows[most[gated_rows] > 0]
    gated_old = old[gate[out.line[old]] >= 0]

    def opened(line: Ints, period: Ints) -> Ints:
        return gate[line] * d.periods + period

    terms = [
        term(d, "made", rows[entries], 1.0, entries),
        term(d, "module", rows[new], -share[new] * out.capacity[new], _module_of(d, new)),
        term(d, "open", rows[gated_old], -share[gated_old] * out.capacity[gated_old], opened(out.line[gated_old], out.period[gated_old])),
        term(d, "open", relaxed, -most[relaxed], opened(relaxed // d.periods, relaxed % d.periods)),
    ]
    return add_rows(d, "floor", "line_period", terms, ">=", right)
