"""Listed entities: what of a product's chain comes from operators, owners, producers or countries on a list, traced upstream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.lists import bought_from, listed, maker_names, named_offer, rows_of_list

if TYPE_CHECKING:
    from hinterland.compliance.audited import Asked, Audited

__all__ = ["listed_entities", "listed_makers"]


def listed_makers(w: Audited, list_id: str, first: int, last: int) -> tuple[list[str | None], list[str | None]]:
    """The name by which each site and each offer is on a list on any day of first…last, or None."""
    return (
        [listed(w, list_id, maker_names(w, site), first, last) for site in range(len(w.a.sites.ids))],
        [listed(w, list_id, bought_from(w, offer), first, last) for offer in range(w.a.offers.rows.height)],
    )


def listed_entities(w: Audited, asked: Asked) -> list[Finding]:
    """Per product delivered in the jurisdiction and period: the largest share of any one good in its chain that comes from the list; at most.

    With physical mixing one listed maker is in every unit; the share says how much of the worst good would have to come from
    elsewhere. Makers nobody names count on the strict side.
    """
    rule, list_id = asked.rule, asked.rule.subject
    limit = rule.threshold_share or 0.0
    markets = w.markets(rule, asked.period)
    if not len(markets):
        return []
    if not rows_of_list(w, list_id):
        missing = Row("entities", f"list_id={list_id}", contributes="missing: nobody is on the list")
        note = f"entities has no row of list {list_id}: import it"
        return [Finding(w.name(int(cell)), "not_enough_data", None, limit, None, "share", note, (missing,)) for cell in markets]
    sites, offers = w.once(("listed", list_id, asked.first, asked.last), lambda: listed_makers(w, list_id, asked.first, asked.last))
    every = np.arange(w.mixing.cells)
    products, places, found = w.product_of(every).tolist(), w.site_of(every).tolist(), []
    for cell in markets.tolist():
        one = np.array([cell])
        share = w.behind(one, w.delivered[one])
        whole: dict[int, float] = {}
        bad: dict[int, float] = {}
        dark: dict[int, float] = {}
        rows, silent = [], set()
        for at, quantity, offer in zip(*(one.tolist() for one in w.arising(share)), strict=True):
            amount, product, site = quantity * share[at], products[at], places[at]
            whole[product] = whole.get(product, 0.0) + amount
            names = maker_names(w, site) if offer < 0 else bought_from(w, offer)
            name = sites[site] if offer < 0 else offers[offer]
            table = "sites" if offer < 0 else "purchases"
            keys = f"site_id={w.a.sites.ids[site]}" if offer < 0 else f"{w.keys(at)}{named_offer(w, offer)}"
            if name is not None:
                bad[product] = bad.get(product, 0.0) + amount
                words = f"{w.a.products.ids[product]} from {name}, on {list_id}"
                rows.append(Row(table, keys, amount, w.unit(at), contributes=words))
            elif not names[0]:
                dark[product] = dark.get(product, 0.0) + amount
                silent.add("sites.operator" if offer < 0 else "purchases.producer")
                rows.append(Row(table, keys, amount, w.unit(at), contributes=f"{w.a.products.ids[product]}: nobody says who makes it"))
        least = max((bad.get(one, 0.0) / amount for one, amount in whole.items()), default=0.0)
        most = max(((bad.get(one, 0.0) + dark.get(one, 0.0)) / amount for one, amount in whole.items()), default=0.0)
        status, value, margin = judged(least, max(most, least), limit, least=False)
        worst = max(whole, key=lambda one: bad.get(one, 0.0) / whole[one], default=None)
        note = f"nothing known to come from {list_id}"
        if least > 0 and worst is not None:
            note = f"{least:.1%} of its {w.a.products.ids[worst]} comes from makers on {list_id}"
            value, margin = (least, limit - least) if status == "not_met" else (value, margin)
        if silent:
            note += f"; not everybody is named: fill {' and '.join(sorted(silent))}"
        rows.sort(key=lambda row: ("on " not in row.contributes, -(row.quantity or 0.0)))
        found.append(Finding(w.name(cell), status, value, limit, margin, "share", note, tuple(rows)))
    return found
