"""Material assistance: what share of direct material cost comes from makers that are not on a list of foreign entities.

MACR = (DMC − DMC_PFE) / DMC. Source: 26 USC 7701(a)(52), Notice 2026-15. Physical flows; one tier deep, as the statute counts
what a prohibited entity itself mined, produced or manufactured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.flows import mixed
from hinterland.compliance.lists import bought_from, maker_names, membership, rows_of_list
from hinterland.trade.origin import macr

if TYPE_CHECKING:
    from hinterland.compliance.audited import Asked, Audited

__all__ = ["material_assistance"]


def material_assistance(w: Audited, asked: Asked) -> list[Finding]:
    """Ratio per product, plant in the jurisdiction and period of sale; at least. Unknown makers count on the strict side."""
    rule, list_id = asked.rule, asked.rule.subject
    threshold = rule.threshold_share or 0.0
    m, a = w.mixing, w.a
    here = w.sites_in(rule.jurisdiction)
    wanted = w.products_in(rule.product)
    runs = [
        run
        for run in np.flatnonzero(m.run_period == asked.period).tolist()
        if here[w.site_of(m.run_cell[run : run + 1])[0]] and wanted[w.product_of(m.run_cell[run : run + 1])[0]]
    ]
    if not runs:
        return []
    if not rows_of_list(w, list_id):
        missing = Row("entities", f"list_id={list_id}", contributes="missing: nobody is on the list")
        note = f"entities has no row of list {list_id}: import it"
        return [Finding(w.name(int(m.run_cell[run])), "not_enough_data", None, threshold, None, "share", note, (missing,)) for run in runs]
    sites = [membership(w, list_id, maker_names(w, site), asked.first, asked.last) for site in range(len(a.sites.ids))]
    offers = [membership(w, list_id, bought_from(w, offer), asked.first, asked.last) for offer in range(a.offers.rows.height)]
    value = w.values
    paid = np.where(np.isnan(value[m.bought_cell]), w.prices, value[m.bought_cell])
    maker = np.array([sites[site] for site in w.site_of(m.run_cell)], dtype=object)
    seller = np.array([offers[int(one)] for one in m.bought_offer], dtype=object)

    def told(worth: np.ndarray, who: np.ndarray) -> np.ndarray:
        money = np.nan_to_num(worth)
        return np.stack([money, money * (who == "listed"), money * (who == "unknown"), np.isnan(worth)], axis=1).astype(np.float64)

    opened = told(value[m.opened_cell], np.full(len(m.opened_cell), "unknown", dtype=object))
    cells = mixed(m, told(value[m.run_cell], maker), told(paid, seller), opened)
    found = []
    money = a.settings.currency
    for run in runs:
        takes = w.takes[run]
        use = m.take[takes] / m.run[run]
        whole, bad, dark, unpriced = (float(use @ cells[m.take_cell[takes], at]) for at in range(4))
        cell = int(m.run_cell[run])
        if whole <= 0:
            note = "nothing that goes in has a value: fill product_values or price_per_unit"
            found.append(Finding(w.name(cell), "not_enough_data", None, threshold, None, "share", note))
            continue
        status, ratio, margin = judged(macr(whole, min(bad + dark, whole)), macr(whole, bad), threshold)
        note = f"{bad:,.4g} of {whole:,.4g} {money} of direct materials a unit come from makers on {list_id}"
        if dark > 0:
            note += f"; of {dark:,.4g} nobody says who makes them (purchases.producer, sites.operator): the ratio may be up to {macr(whole, bad):.1%}"
        if unpriced > 1e-9:
            note += "; some inputs have no value and are left out: fill product_values"
            status = "not_enough_data"
        rows = [
            Row(
                "plan flows", w.keys(int(m.take_cell[take])), float(m.take[take] / m.run[run]), f"{w.unit(int(m.take_cell[take]))}/unit",
                float(m.take[take] / m.run[run] * cells[m.take_cell[take], 0]), f"{money}/unit",
                f"direct material, {_part(cells[m.take_cell[take]])} of its value from makers on {list_id}",
            )
            for take in takes.tolist()
        ]  # fmt: skip
        found.append(Finding(w.name(cell), status, ratio, threshold, margin, "share", note, tuple(rows)))
    return found


def _part(cell: np.ndarray) -> str:
    return f"{cell[1] / cell[0]:.0%}" if cell[0] > 0 else "none"
