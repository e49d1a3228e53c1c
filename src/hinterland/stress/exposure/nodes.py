"""What may fail as one: sites, operators, countries, regions, passages, lanes and product groups that a plan rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.model.scopes import Scopes
from hinterland.stress.events import sites_of
from hinterland.stress.exposure.block import NOBODY
from hinterland.stress.left import PLACES, hits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.core.calendar import Ints
    from hinterland.model.arrays import Arrays
    from hinterland.stress.backups import Backups
    from hinterland.stress.exposure.period import PeriodChain

__all__ = ["KINDS", "Node", "nodes_of", "passages_of"]

KINDS = ("site", "operator", "country", "region", "passage", "lane", "product", "product_group")


@dataclass(frozen=True, slots=True)
class Node:
    """One thing that may fail, the activities of the plan that then stand still, and its days to recover (low, high).

    `opens` are numbers of the backups that may then stand in.
    """

    kind: str
    name: str
    down: Ints
    recovery_days: tuple[float, float]
    opens: Ints = field(default_factory=lambda: NOBODY)


def passages_of(a: Arrays) -> list[str]:
    """Passages that lanes name."""
    cells = a.flows.rates.lanes["passages"].drop_nulls().to_list()
    return sorted({one for cell in cells for one in cell.replace("+", "|").split("|") if one})


def _product_groups(a: Arrays) -> list[str]:
    """Stages and groups that stand for more than one product."""
    scopes = Scopes(a.net)
    names = [*a.net["products"]["stage"].drop_nulls().unique(), *(f"@{one}" for one in a.net["groups"]["group_id"].drop_nulls().unique())]
    return sorted(one for one in names if len(scopes.products(one) or ()) > 1)


def _names(a: Arrays, kinds: Sequence[str]) -> list[tuple[str, str]]:
    sites = a.net["sites"]
    lanes = a.flows.rates.lanes
    told = {
        "site": sorted(a.sites.ids),
        "operator": sorted(sites["operator"].drop_nulls().unique().to_list()),
        "country": sorted({one for one in a.sites.country if one}),
        "region": sorted({one for one in a.sites.region if one}),
        "passage": passages_of(a),
        "lane": sorted(lanes["lane_id"].unique().to_list()),
        "product": sorted(a.products.ids),
        "product_group": _product_groups(a),
    }
    return [(kind, name) for kind in kinds for name in told[kind]]


def _opens(backups: Backups, kind: str, name: str, down: Ints) -> Ints:
    """Backups that stand in for what is down; a way around a passage only where that passage is shut."""
    shut = {int(one) for one in down}
    told = zip(backups.cause, backups.around, strict=True)
    meant = [bool(shut & set(cause)) and (not around or (kind == "passage" and around == name)) for cause, around in told]
    return np.flatnonzero(meant).astype(np.int64)


def nodes_of(chain: PeriodChain, kinds: Sequence[str] = KINDS, *, recovery_days: tuple[float, float]) -> list[Node]:
    """Nodes that a plan uses. A site's days to recover come from `recoveries`, else `recovery_days`; wider nodes take their slowest site.

    Demand sites are no failures of supply: a node that would only take demand away is left out, and so is one that stops nothing
    but backups. A product group is a stage or a group of several products.
    """
    a, planned = chain.arrays, len(chain.activities) - len(chain.backup)
    wanted = _names(a, kinds)
    asked = [("product" if kind == "product_group" else kind, name) for kind, name in wanted]
    scopes = pl.DataFrame(asked, schema={"scope_kind": pl.String, "scope_value": pl.String}, orient="row")
    hits = hits_of(a, chain.activities, chain.demand_pool, scopes)
    rows = a.net["recoveries"].select("site_id", "recovery_days_low", "recovery_days_high").iter_rows()
    known = {site: (low if low is not None else high, high if high is not None else low) for site, low, high in rows}
    places = Scopes(a.net)
    found = []
    for (kind, name), scope in zip(wanted, asked, strict=True):
        at = hits.scopes[scope]
        down = np.unique(hits.target[hits.first[at] : hits.first[at + 1]])
        if not (down < planned).any():
            continue
        days = [known[site] for site in (sites_of(a.net, places, kind, name) if kind in PLACES else ()) if site in known]
        low, high = (max(one[end] for one in days) for end in (0, 1)) if days else recovery_days
        found.append(Node(kind, name, down, (float(low), float(high)), _opens(chain.backups, kind, name, down)))
    return found
