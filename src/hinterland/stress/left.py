"""What is left of capacity while events last: events become shares of activities and of demand, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hinterland.freight import passage_id
from hinterland.model.scopes import Scopes, tokens
from hinterland.stress.activities import AROUND, LANE, LINE, OTHER_WAY, STANDS_IN
from hinterland.stress.chain import Struck
from hinterland.stress.compiled import compiled
from hinterland.stress.events import sites_of
from hinterland.stress.feeding import feeding_of
from hinterland.stress.kernel import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hinterland.core.calendar import Floats, Ints
    from hinterland.model.arrays import Arrays
    from hinterland.stress.activities import Activities
    from hinterland.stress.feeding import Subjects

__all__ = ["Hits", "blocks_left", "hits_of", "scoped"]

PLACES = ("site", "operator", "country", "region", "group", "stage")


@dataclass(frozen=True, slots=True)
class Hits:
    """Which activities and which demand each scope hits; `first[s] : first[s + 1]` in `target` (demand rows likewise)."""

    scopes: dict[tuple[str, str], int]
    first: Ints
    target: Ints
    demand_first: Ints
    demand: Ints


def _names(a: Arrays, act: Activities | Subjects) -> pl.DataFrame:
    """Each activity with its site (of a lane: none), recipe, product, lane, passages and ports."""
    lines, lanes, offers = a.making.lines, a.flows.rates.lanes, a.offers
    lane_rows = a.net["lanes"].select("lane_id", "via_ports").unique("lane_id")
    told = lanes.select("lane_id", "product_id", "passages").join(lane_rows, on="lane_id", how="left", maintain_order="left")
    parts = []
    for kind, frame in enumerate(
        (
            offers.rows.select("site_id", "product_id"),
            lines.rows.select("site_id", "recipe_id", product_id="good"),
            told,
        )
    ):
        parts.append(frame[act.subject[act.kind == kind].tolist()])
    another = pl.Series(act.role == OTHER_WAY)  # goes neither by the lane nor through its passages and ports
    around = pl.Series(np.isin(act.role, (OTHER_WAY, AROUND)))  # around its passages, between the same ports
    blank = [
        pl.when(who).then(None).otherwise(pl.col(name)).alias(name)
        for name, who in (("lane_id", another), ("passages", around), ("via_ports", another))
    ]
    return pl.concat(parts, how="diagonal").with_row_index("activity").with_columns(blank)


def _split(cell: str | None) -> set[str]:
    return {part for one in (cell or "").split("|") for part in one.split("+") if part}


class _Named:
    """Activities by the names that scopes speak of."""

    def __init__(self, a: Arrays, act: Activities | Subjects) -> None:
        self.a, self.act, self.names = a, act, _names(a, act)
        self.site_of = {one: at for at, one in enumerate(a.sites.ids)}
        where = np.array([self.site_of.get(one, -1) if one else -1 for one in self.names["site_id"].to_list()], dtype=np.int64)
        self.where = np.where(act.made_at >= 0, act.made_at, where)
        self.product = self.names["product_id"].to_list()
        self.passages, self.ports = ([_split(cell) for cell in self.names[column].to_list()] for column in ("passages", "via_ports"))
        self.starts = a.flows.from_site[np.where(act.kind == LANE, act.subject, 0)] if len(a.flows.from_site) else act.subject * 0

    def hit(self, scopes: Scopes, kind: str, value: str) -> NDArray[np.bool_]:
        """Which activities a scope stops; shape (A,)."""
        act, names = self.act, self.names
        lane = act.kind == LANE
        if kind in PLACES:
            known = sites_of(self.a.net, scopes, kind, value)
            sites = np.array(sorted(self.site_of[one] for one in known if one in self.site_of), dtype=np.int64)
            mask = np.isin(self.where, sites) & (self.where >= 0)
            lines = np.unique(self.where[mask & ~lane])
            own = lane & (act.made_at < 0)  # a site without lines: what leaves it stands still
            return np.where(own, np.isin(self.starts, sites) & ~np.isin(self.starts, lines), mask)
        if kind == "process":
            at = names.select(pl.col("site_id").fill_null("") + "/" + pl.col("recipe_id").fill_null(""))
            return np.asarray(at.to_series().is_in(tokens(value)).to_numpy() & (act.kind == LINE))
        if kind == "product":
            made = scopes.products(value) or frozenset()
            return np.array([one in made for one in self.product], dtype=bool) & (~lane | (act.made_at >= 0))
        if kind == "lane":
            return np.asarray(names["lane_id"].str.split("@").list.first().fill_null("").is_in(tokens(value)).to_numpy() & lane)
        if kind in {"passage", "port"}:
            named = {passage_id(one) or one for one in tokens(value)} if kind == "passage" else set(tokens(value))
            return np.array([bool(named & one) for one in (self.passages if kind == "passage" else self.ports)], dtype=bool) & lane
        return np.zeros(len(act), dtype=bool)


def _wants(a: Arrays, scopes: Scopes, demand_pool: Ints, kind: str, value: str) -> NDArray[np.bool_]:
    """Which demand a scope speaks of; shape (D,)."""
    if kind != "demand":
        return np.zeros(len(demand_pool), dtype=bool)
    sites, goods = scopes.sites(value), scopes.products(value)
    here = [a.sites.ids[s] for s in a.pools.site[demand_pool]]
    if sites and sites & set(here):
        return np.array([one in sites for one in here], dtype=bool)
    return np.array([a.products.ids[p] in (goods or ()) for p in a.pools.product[demand_pool]], dtype=bool)


def hits_of(a: Arrays, act: Activities, demand_pool: Ints, events: pl.DataFrame) -> Hits:
    """Resolve every scope that occurs in the events against the activities of a plan and its demand.

    Who stands in for another is hit too where a scope leaves it without goods of its own, whoever could bring them.
    """
    scopes, named = Scopes(a.net), _Named(a, act)
    lent = np.flatnonzero(act.role == STANDS_IN)
    source = a.flows.from_pool[act.subject[lent]]
    feeding = feeding_of(a) if len(lent) else None
    wide = None if feeding is None else _Named(a, feeding.every)
    usual = None if feeding is None else feeding.fed(np.zeros(len(feeding.every), dtype=bool))
    told: dict[tuple[str, str], int] = {}
    found, asked = [], []
    for kind, value in events.select("scope_kind", "scope_value").unique().sort("scope_kind", "scope_value").iter_rows():
        told[kind, value] = len(told)
        mask = named.hit(scopes, kind, value)
        if feeding is not None and wide is not None and usual is not None:
            down = wide.hit(scopes, kind, value)
            mask[lent] |= usual[source] & ~feeding.fed(down)[source] if down.any() else False
        found.append(np.flatnonzero(mask))
        asked.append(np.flatnonzero(_wants(a, scopes, demand_pool, kind, value)))
    return Hits(
        told,
        np.concatenate([[0], np.cumsum([len(one) for one in found])]).astype(np.int64),
        np.concatenate([np.zeros(0, dtype=np.int64), *found]).astype(np.int64),
        np.concatenate([[0], np.cumsum([len(one) for one in asked])]).astype(np.int64),
        np.concatenate([np.zeros(0, dtype=np.int64), *asked]).astype(np.int64),
    )


@compiled
def _fill(
    grid: Floats,
    row_of: Ints,
    first: Ints,
    target: Ints,
    scope: Ints,
    lane: Ints,
    start: Floats,
    lasts: Floats,
    recovers: Floats,
    loss: Floats,
) -> None:
    """Multiply grid (rows, T, width) by 1 - mean loss of each step: `loss` while an event lasts, then linearly back to 0."""
    steps = grid.shape[1]
    for e in range(len(scope)):
        s, d, r = start[e], start[e] + lasts[e], start[e] + lasts[e] + recovers[e]
        t = max(0, int(np.floor(s)))
        while t < steps and t < r:
            low, high = max(t, s), min(t + 1.0, d)
            part = max(0.0, high - low)
            if r > d:
                low, high = max(t, d), min(t + 1.0, r)
                if high > low:
                    part += (high - low) * (r - 0.5 * (low + high)) / (r - d)
            for k in range(first[scope[e]], first[scope[e] + 1]):
                row = row_of[target[k]]
                grid[row, t, lane[e]] *= max(0.0, 1.0 - loss[e] * part)
            t += 1


def _grid(hits: tuple[Ints, Ints], things: int, rows: dict[str, Any], loss: Floats, steps: int) -> tuple[Floats, Ints]:
    """What is left of each thing that some event with a loss hits, and its row."""
    first, target = hits
    row_of = np.full(things, -1, dtype=np.int64)
    some = loss != 0.0
    rows = {name: cells[some] for name, cells in rows.items()}
    scope = rows["scope"]
    touched = [target[first[s] : first[s + 1]] for s in np.unique(scope)]
    hit = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *touched]))
    row_of[hit] = np.arange(len(hit))
    grid = np.ones((len(hit), steps, BLOCK))
    _fill(grid, row_of, first, target, scope, rows["lane"], rows["start"], rows["lasts"], rows["recovers"], loss[some])
    return grid, row_of


def _told(hits: Hits, rows: dict[str, Any], ahead: Floats, row_of: Ints, steps: int) -> tuple[Ints, Ints, Ints, Floats]:
    """Events that were known ahead, or had begun before the first step: first of each step, row, replication in the block, steps ahead."""
    begins = np.floor(rows["start"]).astype(np.int64)
    at, row, lane, known = [], [], [], []
    for e in np.flatnonzero(((ahead > 0) | (begins < 0)) & (begins < steps)):
        targets = row_of[hits.target[hits.first[rows["scope"][e]] : hits.first[rows["scope"][e] + 1]]]
        for one in targets[targets >= 0]:
            at.append(max(int(begins[e]), 0))
            row.append(int(one))
            lane.append(int(rows["lane"][e]))
            known.append(float(ahead[e]) + max(-int(begins[e]), 0))
    order = np.argsort(np.array(at, dtype=np.int64), kind="stable")
    first = np.searchsorted(np.array(at, dtype=np.int64)[order], np.arange(steps + 1))
    return first.astype(np.int64), np.array(row, dtype=np.int64)[order], np.array(lane, dtype=np.int64)[order], np.array(known)[order]


def scoped(hits: Hits, events: pl.DataFrame) -> pl.DataFrame:
    """Events with the number of each one's scope instead of its words: less to carry to who moves them."""
    words = ["scope_kind", "scope_value"]
    told = pl.DataFrame([(*key, at) for key, at in hits.scopes.items()], schema=[*words, "scope"], orient="row").cast(
        {**dict.fromkeys(words, pl.String), "scope": pl.Int32}
    )
    return events.join(told, on=words, how="left", nulls_equal=True, maintain_order="left").drop(words)


def blocks_left(hits: Hits, events: pl.DataFrame, things: tuple[int, int], span: tuple[int, int, int], block: int) -> Struck:
    """What happens in one block of replications, as the kernel reads it.

    `things` are the numbers of activities and of demand rows, `span` first day, days of a step and number of steps.
    """
    first_day, step_days, steps = span
    mine = events.filter(pl.col("replication") // BLOCK == block)
    mine = mine if "scope" in mine.columns else scoped(hits, mine)
    rows = {
        "scope": mine["scope"].to_numpy().astype(np.int64),
        "lane": (mine["replication"].to_numpy() % BLOCK).astype(np.int64),
        "start": (mine["start_day"].to_numpy() - first_day) / step_days,
        "lasts": mine["duration_days"].to_numpy() / step_days,
        "recovers": mine["recovery_days"].to_numpy() / step_days,
    }
    on_work = hits.first, hits.target
    left, hit = _grid(on_work, things[0], rows, mine["capacity_loss_share"].to_numpy(), steps)
    scale, scaled = _grid((hits.demand_first, hits.demand), things[1], rows, -mine["demand_change_share"].to_numpy(), steps)
    dear, dearer = _grid(on_work, things[0], rows, 1.0 - mine["cost_factor"].to_numpy(), steps)
    told = _told(hits, rows, mine["warning_days"].to_numpy() / step_days, hit, steps)
    return Struck(block * BLOCK, left, hit, scale, scaled, dear, dearer, *told)
