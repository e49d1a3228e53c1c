"""Who is on a list on any of some days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from hinterland.model.dated import day_spans

if TYPE_CHECKING:
    from hinterland.compliance.audited import Audited

__all__ = ["bought_from", "listed", "maker_names", "membership", "named_offer", "rows_of_list"]

Membership = Literal["listed", "clear", "unknown"]
Spans = dict[tuple[str, ...], list[tuple[int, int, bool]]]


def _entities(w: Audited) -> Spans:
    frame = w.net["entities"]
    first, last = day_spans(frame)
    found: Spans = {}
    for at, (entity, list_id, status) in enumerate(frame.select("entity", "list_id", "status").iter_rows()):
        found.setdefault((list_id, entity), []).append((int(first[at]), int(last[at]), status != "cleared"))
    return {key: sorted(rows) for key, rows in found.items()}


def rows_of_list(w: Audited, list_id: str) -> int:
    """How many rows a list has, whatever their days."""
    return w.net["entities"].filter(pl.col("list_id") == list_id).height


def listed(w: Audited, list_id: str, names: tuple[str | None, ...], first: int, last: int) -> str | None:
    """The name by which somebody is on a list on any day of first…last, or None.

    `names` go from narrow to wide (operator, parent, country): on each day the first of them that a row speaks of decides,
    and of its rows the latest; so an operator may be cleared within a country that is listed.
    """
    spans: Spans = w.once("entities", lambda: _entities(w))
    known = [(name, spans[list_id, name]) for name in names if name and (list_id, name) in spans]
    if not known:
        return None
    edges = {day for _, rows in known for low, high, _ in rows for day in (low, high + 1) if first < day <= last}
    for day in sorted({first, *edges}):
        for name, rows in known:
            live = [status for low, high, status in rows if low <= day <= high]
            if live:
                if live[-1]:
                    return name
                break
    return None


def maker_names(w: Audited, site: int) -> tuple[str | None, ...]:
    """Operator, parent and country of a site, from narrow to wide."""
    rows = w.once(
        "makers' names", lambda: {row[0]: row[1:] for row in w.net["sites"].select("site_id", "operator", "parent", "country").iter_rows()}
    )
    return tuple(rows[w.a.sites.ids[site]])


def bought_from(w: Audited, offer: int) -> tuple[str | None, ...]:
    """Producer and country of origin of an offer."""
    return tuple(w.a.offers.rows.select("producer", "origin_country").row(offer))


def named_offer(w: Audited, offer: int) -> str:
    """The part of a `where` that tells an offer from others of its buyer and product; empty for an offer without a name."""
    name = w.a.offers.rows["offer_id"][offer]
    return f"; offer_id={name}" if name else ""


def membership(w: Audited, list_id: str, names: tuple[str | None, ...], first: int, last: int) -> Membership:
    """Whether a maker is on a list; `unknown` where nobody says who it is (the first name is empty) and its country is not listed."""
    if listed(w, list_id, names, first, last) is not None:
        return "listed"
    return "clear" if names[0] else "unknown"
