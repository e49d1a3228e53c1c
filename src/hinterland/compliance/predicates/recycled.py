"""Recycled content: what share of an element in a product was recovered from waste, rolled up over the physical flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.flows import mixed
from hinterland.model.dated import Dated

if TYPE_CHECKING:
    from hinterland.compliance.audited import Asked, Audited
    from hinterland.core.calendar import Floats

__all__ = ["contents_of", "recycled_content", "recycled_shares"]

FILL = "fill recycled_share there (0 where nothing is recovered)"


def contents_of(w: Audited, element: str) -> Floats:
    """kg of an element in a unit of each product: as `contents` says, else what its recipe's inputs hold; shape (products,)."""

    def find() -> Floats:
        told = w.content(element)
        kg = np.nan_to_num(told)
        at = {product: row for row, product in enumerate(w.a.products.ids)}
        good = dict(w.net["recipes"].select("recipe_id", "product_id").iter_rows())
        lines = w.net["recipe_lines"].select("recipe_id", "product_id", "role", "quantity_per_unit").iter_rows()
        inputs: dict[str, list[tuple[int, float]]] = {}
        for recipe, product, role, quantity in lines:
            if role == "input":
                inputs.setdefault(recipe, []).append((at[product], quantity))
        for _ in range(len(at)):
            before = kg.copy()
            for recipe, needs in inputs.items():
                product = at[good[recipe]]
                if np.isnan(told[product]) and all(one != product for one, _ in needs):
                    kg[product] = max(kg[product], sum(quantity * kg[one] for one, quantity in needs))
            if np.allclose(before, kg, rtol=1e-12, atol=0.0):
                break
        return kg

    return w.once(("contents", element), find)


def recycled_shares(w: Audited, element: str) -> Floats:
    """Least and most recovered share of an element in a unit of each cell; shape (cells, 2). What nobody says lies between 0 and 1."""

    def find() -> Floats:
        m, kg, dated = w.mixing, contents_of(w, element), Dated(w.net)
        weights = kg[w.product_of(m.take_cell)]
        fed = np.bincount(m.take_run, m.take * weights, len(m.run)) > 0
        line = w.a.making.lines.rows["at"].to_numpy()[m.run_line]
        told = dated.values("processes", "recycled_share")[line, m.run_period]
        own = np.nan_to_num(told)
        run = np.stack([own, np.where(fed | ~np.isnan(told), own, 1.0)], axis=1)
        offer = w.a.offers.rows["at"].to_numpy()[m.bought_offer]
        given = dated.values("purchases", "recycled_share")[offer, m.bought_cell % m.periods]
        bought = np.stack([np.nan_to_num(given), np.where(np.isnan(given), 1.0, given)], axis=1)
        opened = np.tile([0.0, 1.0], (len(m.opened), 1))
        return mixed(m, run, bought, opened, carried=np.where(fed, 1.0 - own, 0.0), weights=weights)

    return w.once(("recycled", element), find)


def _sources(w: Audited, element: str, cell: int) -> tuple[list[Row], int]:
    """Where the element in a cell's goods comes from: purchases and lines, kg, and how many of them say no share."""
    m, kg, dated = w.mixing, contents_of(w, element), Dated(w.net)
    share = w.behind(np.array([cell]), w.leaving(np.array([cell])))
    rows, silent = [], 0
    given = dated.values("purchases", "recycled_share")
    for offer, at, quantity in zip(m.bought_offer, m.bought_cell, m.bought, strict=True):
        mass = quantity * share[at] * kg[w.product_of(np.array([at]))[0]]
        if mass > 0:
            told = given[w.a.offers.rows["at"][int(offer)], at % m.periods]
            one = w.a.offers.rows.row(int(offer), named=True)
            where = f"site_id={one['site_id']}; product_id={one['product_id']}" + (
                f"; offer_id={one['offer_id']}" if one["offer_id"] else ""
            )
            silent += bool(np.isnan(told))
            rows.append(_row("purchases", where, mass, told, element))
    fed = np.bincount(m.take_run, m.take * kg[w.product_of(m.take_cell)], len(m.run)) > 0
    made = dated.values("processes", "recycled_share")
    for run, at in enumerate(m.run_cell):
        mass = m.run[run] * share[at] * kg[w.product_of(np.array([at]))[0]]
        told = made[w.a.making.lines.rows["at"][int(m.run_line[run])], m.run_period[run]]
        if mass > 0 and (not fed[run] or (not np.isnan(told) and told > 0)):
            one = w.a.making.lines.rows.row(int(m.run_line[run]), named=True)
            where = f"site_id={one['site_id']}; " + (f"recipe_id={one['recipe_id']}" if one["recipe_id"] else f"product_id={one['good']}")
            silent += bool(np.isnan(told))
            rows.append(_row("processes", where, mass, told, element))
    return sorted(rows, key=lambda row: -(row.quantity or 0.0)), silent


def _row(table: str, keys: str, mass: float, told: float, element: str) -> Row:
    if np.isnan(told):
        return Row(table, keys, mass, "kg", None, "share", f"{element} of which no recycled_share is said: {FILL}")
    return Row(table, keys, mass, "kg", float(told), "share", f"{element}, {told:.1%} of it from waste")


def recycled_content(w: Audited, asked: Asked) -> list[Finding]:
    """Share of the element in active materials that was recovered from battery waste, per product, plant and period; at least.

    share = recovered mass / mass (Regulation (EU) 2023/1542, Article 8); a line's own share comes on top of what its inputs bring.
    """
    rule, element = asked.rule, asked.rule.subject
    cells, kg = w.makers(rule, asked.period), contents_of(w, element)
    threshold = rule.threshold_share or 0.0
    if len(cells) and not w.net["contents"].filter(w.net["contents"]["element"] == element).height:
        note = f"contents has no row for {element}: add what a unit of each active material holds"
        missing = Row("contents", f"element={element}", contributes="missing: nothing says which products hold it")
        return [Finding(w.name(int(cell)), "not_enough_data", None, threshold, None, "share", note, (missing,)) for cell in cells]
    found = []
    for cell in cells.tolist():
        product = int(w.product_of(np.array([cell]))[0])
        if kg[product] <= 0:
            continue
        low, high = recycled_shares(w, element)[cell]
        status, value, margin = judged(float(low), float(high), threshold)
        rows, silent = _sources(w, element, cell)
        mass = float(w.leaving(np.array([cell]))[0] * kg[product])
        told = f"{value:.2%} of {mass / 1000:,.1f} t {element} is recovered, {threshold:.0%} is asked"
        if high - low > 1e-9:
            told += f"; {silent} sources say no recycled_share: it may be up to {high:.2%}"
        evidence = (Row("plan outputs", w.keys(cell), mass, "kg", value, "share", f"{element} in what leaves the plant"), *rows)
        found.append(Finding(w.name(cell), status, value, threshold, margin, "share", told, evidence))
    return found
