"""Passport readiness: which data points of a battery passport a planner's tables can fill before the first unit is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.predicates.recycled import contents_of, recycled_shares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hinterland.compliance.audited import Asked, Audited

__all__ = ["passport_readiness"]

_CRITICAL = ("Co", "Li", "Ni", "natural_graphite")


def _fields(w: Audited, cell: int) -> Iterator[tuple[str, bool, str, str]]:
    """Data points: number and name, whether it can be filled, where it stands (table, keys). Source: DG GROW list, 2nd edition."""
    one = np.array([cell])
    site_id, product_id = w.a.sites.ids[int(w.site_of(one)[0])], w.a.products.ids[int(w.product_of(one)[0])]
    site = w.net["sites"].row(by_predicate=_is("site_id", site_id), named=True)
    product = w.net["products"].row(by_predicate=_is("product_id", product_id), named=True)
    here, goods = f"site_id={site_id}", f"product_id={product_id}"
    at = int(w.product_of(one)[0])
    holds = [element for element in _CRITICAL if contents_of(w, element)[at] > 0]
    served = w.net["service_lives"].filter(_is("product_id", product_id))
    yield "2–4 manufacturer", bool(site["operator"]), "sites", f"{here}; operator"
    yield "6 category", bool(product["stage"]), "products", f"{goods}; stage"
    yield "7 model", bool(product["name"]), "products", f"{goods}; name"
    yield "8 place of manufacture", site["latitude"] is not None and site["longitude"] is not None, "sites", f"{here}; latitude, longitude"
    yield "10 weight", product["mass_kg_per_unit"] is not None, "products", f"{goods}; mass_kg_per_unit"
    yield "11 capacity", product["unit"] in {"kWh", "MWh", "GWh"} or served.height > 0, "service_lives", f"{goods}; usable_kwh_per_unit"
    yield "12 chemistry", bool(holds), "contents", goods
    yield "13, 15 substances and critical raw materials above 0.1 %", bool(holds), "contents", goods
    yield (
        "45 composition of cathode, anode and electrolyte",
        _composed(w, product_id),
        "recipe_lines",
        f"inputs of {product_id}, with contents",
    )
    yield "46 part number", bool(product_id), "products", goods


def _later(w: Audited, cell: int) -> Iterator[tuple[str, bool, str, str]]:
    """Data points of later years, told and not counted."""
    one = np.array([cell])
    at = int(w.product_of(one)[0])
    product_id = w.a.products.ids[at]
    yield (
        "17 carbon footprint (later)",
        w.net["service_lives"].filter(_is("product_id", product_id)).height > 0,
        "service_lives",
        f"product_id={product_id}",
    )
    yield "19 responsible sourcing (from August 2027)", w.net["due_diligence"].height > 0, "due_diligence", ""
    known = [recycled_shares(w, element)[cell] for element in _CRITICAL[:3] if contents_of(w, element)[at] > 0]
    yield "20–22 recycled shares (later)", bool(known) and all(high - low < 1e-9 for low, high in known), "purchases", "recycled_share"


def _is(column: str, value: str) -> pl.Expr:
    return pl.col(column) == value


def _composed(w: Audited, product_id: str) -> bool:
    """Whether the chain of recipes behind a product reaches a material of which `contents` speaks."""
    good: dict[str, list[str]] = {}
    for recipe, product in w.net["recipes"].select("recipe_id", "product_id").iter_rows():
        good.setdefault(product, []).append(recipe)
    needs: dict[str, list[str]] = {}
    for recipe, product, role in w.net["recipe_lines"].select("recipe_id", "product_id", "role").iter_rows():
        if role == "input":
            needs.setdefault(recipe, []).append(product)
    told = set(w.net["contents"]["product_id"].to_list())
    seen, stack = {product_id}, [product_id]
    while stack:
        for recipe in good.get(stack.pop(), []):
            for one in needs.get(recipe, []):
                if one in told:
                    return True
                if one not in seen:
                    seen.add(one)
                    stack.append(one)
    return False


def passport_readiness(w: Audited, asked: Asked) -> list[Finding]:
    """Share of the fields a planner can pre-fill that are there, per product, plant and period; at least."""
    limit = 1.0 if asked.rule.threshold_share is None else asked.rule.threshold_share
    found = []
    for cell in w.makers(asked.rule, asked.period).tolist():
        fields, later = list(_fields(w, cell)), list(_later(w, cell))
        there = sum(filled for _, filled, _, _ in fields)
        status, value, margin = judged(there / len(fields), there / len(fields), limit)
        lacking = [name for name, filled, _, _ in fields if not filled]
        note = f"{there} of {len(fields)} fields can be filled" + (f"; missing: {', '.join(lacking)}" if lacking else "")
        rows = [
            Row(table, keys, contributes=f"{name}: {'there' if filled else 'missing'}") for name, filled, table, keys in [*fields, *later]
        ]
        rows.sort(key=lambda row: "missing" not in row.contributes)
        found.append(Finding(w.name(cell), status, value, limit, margin, "share", note, tuple(rows)))
    return found
