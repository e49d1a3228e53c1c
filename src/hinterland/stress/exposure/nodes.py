"""What may fail as one: sites, operators, countries, regions, passages, lanes and product groups that a plan rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.scopes import Scopes
from hinterland.stress.events import sites_of
from hinterland.stress.left import PLACES, hits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Ints
    from hinterland.model.arrays import Arrays
    from hinterland.stress.activities import Activities

__all__ = ["KINDS", "Node", "nodes_of"]

KINDS = ("site", "operator", "country", "region", "passage", "lane", "product")


@dataclass(frozen=True, slots=True)
class Node:
    """One thing that may fail, the activities of the plan that then stand still, and its days to recover (low, high)."""

    kind: str
    name: str
    down: Ints
    recovery_days: tuple[float, float]


def _names(a: Arrays, kinds: Sequence[str]) -> list[tuple[str, str]]:
    sites = a.net["sites"]
    lanes = a.flows.rates.lanes
    passages = {one for cell in lanes["passages"].drop_nulls().to_list() for one in cell.replace("+", "|").split("|") if one}
    told = {
        "site": sorted(a.sites.ids),
        "operator": sorted(sites["operator"].drop_nulls().unique().to_list()),
        "country": sorted({one for one in a.sites.country if one}),
        "region": sorted({one for one in a.sites.region if one}),
        "passage": sorted(passages),
        "lane": sorted(lanes["lane_id"].unique().to_list()),
        "product": sorted(a.products.ids),
    }
    return [(kind, name) for kind in kinds for name in told[kind]]


def nodes_of(
    a: Arrays, act: Activities, demand_pool: Ints, kinds: Sequence[str] = KINDS, *, recovery_days: tuple[float, float]
) -> list[Node]:
    """Nodes that a plan uses. A site's days to recover come from `recoveries`, else `recovery_days`; wider nodes take their slowest site.

    Demand sites are no failures of supply: a node that would only take demand away is left out.
    """
    wanted = _names(a, kinds)
    scopes = pl.DataFrame(wanted, schema={"scope_kind": pl.String, "scope_value": pl.String}, orient="row")
    hits = hits_of(a, act, demand_pool, scopes)
    rows = a.net["recoveries"].select("site_id", "recovery_days_low", "recovery_days_high").iter_rows()
    known = {site: (low if low is not None else high, high if high is not None else low) for site, low, high in rows}
    places = Scopes(a.net)
    found = []
    for kind, name in wanted:
        at = hits.scopes[kind, name]
        down = np.unique(hits.target[hits.first[at] : hits.first[at + 1]])
        if not len(down):
            continue
        days = [known[site] for site in (sites_of(a.net, places, kind, name) if kind in PLACES else ()) if site in known]
        low, high = (max(one[end] for one in days) for end in (0, 1)) if days else recovery_days
        found.append(Node(kind, name, down, (float(low), float(high))))
    return found
