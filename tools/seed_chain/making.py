"""The tables of making put together, and what they say about each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seed_chain.assumed import A
from seed_chain.buying import demand, incentives, purchases
from seed_chain.lines import processes, ramps
from seed_chain.recipes import products, recipes

if TYPE_CHECKING:
    from seed_chain.reference import Reference

__all__ = ["making", "needs_per_unit", "opening_costs"]

Row = dict[str, object]


def needs_per_unit(tables: dict[str, list[Row]], unit: str = "pack") -> dict[str, float]:
    """What one unit of a product takes of each other, by the most wasteful way to make it."""
    good = {str(row["recipe_id"]): str(row["product_id"]) for row in tables["recipes"]}
    yields = {
        recipe: min(float(str(row["yield_share"] or 1.0)) for row in tables["processes"] if row["recipe_id"] == recipe) for recipe in good
    }
    needs, frontier = {unit: 1.0}, [unit]
    while frontier:
        product = frontier.pop()
        for row in tables["recipe_lines"]:
            recipe, part = str(row["recipe_id"]), str(row["product_id"])
            if good[recipe] == product:
                need = needs[product] * float(str(row["quantity_per_unit"])) / yields[recipe]
                if need > needs.get(part, 0.0):
                    needs[part] = need
                    frontier.append(part)
    return needs


def opening_costs(tables: dict[str, list[Row]]) -> None:
    """Give every candidate site the cost of permits and site works, a part of the capital of its first line."""
    for site in tables["sites"]:
        if site["status"] == "candidate":
            first = min(float(str(row["module_cost"])) for row in tables["processes"] if row["site_id"] == site["site_id"])
            site |= {"opening_cost": A.opening_part.value * first, "note": f"{site['note']}; {A.opening_part.note} (assumed)"}


def making(ref: Reference) -> dict[str, list[Row]]:
    """Tables of this module."""
    heads, lines = recipes(ref)
    return {
        "products": products(ref),
        "recipes": heads,
        "recipe_lines": lines,
        "processes": processes(ref),
        "ramps": ramps(ref),
        "purchases": purchases(ref),
        "demand": demand(ref),
        "incentives": incentives(ref),
    }
