"""Who is on a list on any of some days, and what a site can show over all of some days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from hinterland.model.dated import day_spans

if TYPE_CHECKING:
    from hinterland.compliance.audited import Audited

__all__ = ["bought_from", "covered", "listed", "maker_names", "membership", "rows_of_list", "shown"]

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


def membership(w: Audited, list_id: str, names: tuple[str | None, ...], first: int, last: int) -> Membership:
    """Whether a maker is on a list; `unknown` where nobody says who it is (the first name is empty) and its country is not listed."""
    if listed(w, list_id, names, first, last) is not None:
        return "listed"
    return "clear" if names[0] else "unknown"


def covered(spans: list[tuple[int, int]], first: int, last: int) -> bool:
    """Whether spans of inclusive days leave no day of first…last out.

    >>> covered([(0, 9), (10, 20)], 5, 15), covered([(0, 9), (11, 20)], 5, 15)
    (True, False)
    """
    day = first
    for low, high in sorted(spans):
        if low > day:
            return False
        day = max(day, high + 1)
        if day > last:
            return True
    return False


def _showing(w: Audited) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """Days on which a site can show a step of the OECD guidance: its own rows, and certificates whose scheme speaks for the step."""
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    frame = w.net["due_diligence"]
    first, last = day_spans(frame)
    for at, (site, step) in enumerate(frame.select("site_id", "oecd_step").iter_rows()):
        found.setdefault((site, step), []).append((int(first[at]), int(last[at])))
    schemes: dict[tuple[str, str], int] = {
        (scheme, level or ""): step
        for scheme, level, step in w.net["schemes"].select("scheme", "level", "oecd_step").iter_rows()
        if step is not None
    }
    frame = w.net["certificates"]
    first, last = day_spans(frame)
    for at, (site, scheme, level) in enumerate(frame.select("site_id", "scheme", "level").iter_rows()):
        step = schemes.get((scheme, level or ""), schemes.get((scheme, "")))
        if step is not None:
            found.setdefault((site, step), []).append((int(first[at]), int(last[at])))
    return found


def shown(w: Audited, site: str, step: int, first: int, last: int) -> bool:
    """Whether a site can show a step on every day of first…last."""
    rows: dict[tuple[str, int], list[tuple[int, int]]] = w.once("due diligence shown", lambda: _showing(w))
    return covered(rows.get((site, step), []), first, last)
