"""Yesterday's plan in tomorrow's world: openings and modules kept, flows free again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    from hinterland.design.build import Blueprint
    from hinterland.model.plan import Plan

__all__ = ["fix_decisions"]


def _pin(b: Blueprint, variable: str, values: np.ndarray) -> None:
    one = b.draft.model.variables[variable]
    pinned = xr.DataArray(values.astype(float), coords=one.lower.coords, dims=one.lower.dims)
    one.lower, one.upper = pinned, pinned


def fix_decisions(b: Blueprint, plan: Plan) -> None:
    """Pin open and module variables at the plan's values; decisions the plan does not name are 0."""
    a, d = b.draft.arrays, b.draft
    if d.has("open"):
        opened = {(site, period): value for site, period, value in plan["openings"].select("site_id", "period_id", "open").iter_rows()}
        values = [opened.get((a.sites.ids[site], period), 0) or 0 for site in a.sites.gated for period in a.calendar.ids]
        _pin(b, "open", np.array(values))
    if d.has("module"):
        rows = plan["modules"].select("site_id", "recipe_id", "product_id", "period_id", "added").iter_rows()
        added = {(site, recipe or "", product, period): value for site, recipe, product, period, value in rows}
        modules, lines = a.making.modules, a.making.lines
        keys = lines.rows.select("site_id", "recipe_id", "good").rows()
        values = [added.get((*keys[k], a.calendar.ids[v]), 0) or 0 for k, v in zip(modules.line, modules.vintage, strict=True)]
        _pin(b, "module", np.array(values))
