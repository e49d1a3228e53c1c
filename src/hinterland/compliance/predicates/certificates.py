"""Certificates: what share of the goods for which a standard is asked comes from makers that hold it for the whole period."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.flows import mixed
from hinterland.compliance.lists import covered
from hinterland.compliance.predicates.due_diligence import tiers_of
from hinterland.core.calendar import FAR_FUTURE, FAR_PAST, day_number
from hinterland.model.dated import day_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from hinterland.compliance.audited import Asked, Audited

    Bools = npt.NDArray[np.bool_]

__all__ = ["certificate_coverage"]


def _asked_for(w: Audited, asked: Asked) -> list[dict[str, Any]]:
    """Requirements a rule speaks of: of its scheme or name, all of them without a subject; without any, the rule itself is one."""
    rule, rows = asked.rule, w.net["requirements"]
    named = [row for row in rows.iter_rows(named=True) if rule.subject in {"", row["scheme"], row["requirement_id"]}]
    if named or not rule.subject:
        return named
    return [
        {"requirement_id": rule.rule_id, "scheme": rule.subject, "min_level": None, "product": rule.product or None,
         "region": rule.jurisdiction or None, "from_date": None, "to_date": None, "penalty_per_unit": None}
    ]  # fmt: skip


def _ranks(w: Audited) -> dict[tuple[str, str], int]:
    return {(scheme, level or ""): rank or 0 for scheme, level, rank in w.net["schemes"].select("scheme", "level", "rank").iter_rows()}


def _reaches(ranks: dict[tuple[str, str], int], scheme: str, level: str, least: str | None) -> bool:
    """Whether a level is the one asked for, or ranks as high."""
    rank, floor = ranks.get((scheme, level)), ranks.get((scheme, least or ""))
    return not least or level == least or (rank is not None and floor is not None and rank >= floor)


def _holds(w: Audited, scheme: str, level: str | None, first: int, last: int) -> Bools:
    """Whether each site holds a scheme at a level or better for each product on all of first…last; shape (sites, products)."""
    ranks = _ranks(w)
    frame = w.net["certificates"]
    opens, ends = day_spans(frame)
    spans: dict[tuple[str, str | None], list[tuple[int, int]]] = {}
    for at, row in enumerate(frame.select("site_id", "scheme", "level", "product_id").iter_rows(named=True)):
        if row["scheme"] != scheme:
            continue
        if _reaches(ranks, scheme, row["level"] or "", level):
            spans.setdefault((row["site_id"], row["product_id"]), []).append((int(opens[at]), int(ends[at])))
    found = np.zeros((len(w.a.sites.ids), len(w.a.products.ids)), dtype=bool)
    for number, site in enumerate(w.a.sites.ids):
        whole = spans.get((site, None), [])
        found[number] = covered(whole, first, last)
        for column, product in enumerate(w.a.products.ids):
            if (site, product) in spans:
                found[number, column] = covered([*whole, *spans[site, product]], first, last)
    return found


def _certified(w: Audited, scheme: str, level: str | None) -> Bools:
    """Whether the maker behind each purchase is said to hold a scheme at a level or better; shape (bought,)."""
    rows, m = w.a.offers.rows, w.mixing
    if "certified" not in rows.columns:
        return np.zeros(len(m.bought), dtype=bool)
    ranks = _ranks(w)
    told = []
    for cell in rows["certified"].to_list():
        terms = (term.partition("=") for term in (cell or "").split(";"))
        held = {name.strip(): one.strip() for name, _, one in terms}
        told.append(scheme in held and _reaches(ranks, scheme, held[scheme], level))
    return np.array(told, dtype=bool)[m.bought_offer] if told else np.zeros(0, dtype=bool)


def _flows(w: Audited, need: dict[str, Any], period: int, first: int, last: int) -> Iterator[tuple[int, Row]]:
    """What a requirement looks at, with its tier, each with the share of it under the standard.

    That is what makers (or stores elsewhere) send into the region, what is bought there, and what is made and used there.
    """
    m, scheme, least = w.mixing, need["scheme"], need["min_level"]
    near, sent = tiers_of(w)
    holds = w.once(("holds", scheme, least, first, last), partial(_holds, w, scheme, least, first, last))
    certified = w.once(("certified", scheme, least), partial(_certified, w, scheme, least))
    made = holds[w.site_of(m.run_cell), w.product_of(m.run_cell)].astype(np.float64)[:, None]
    share = mixed(m, made, certified.astype(np.float64)[:, None], np.zeros((len(m.opened), 1)))[:, 0]
    cells = np.arange(m.cells)
    asked = w.products_in(need["product"] or "")[w.product_of(cells)] & (cells % w.periods == period)
    there = w.sites_in(need["region"] or "")[w.site_of(cells)]
    lane = (m.move_lane >= 0) & (asked & there)[m.move_target] & ((w.made > 0) | ~there)[m.move_source]
    name = f"{scheme} {least or ''}".strip()

    def row(cell: int, amount: float, part: float, words: str) -> Row:
        site = w.a.sites.ids[int(w.site_of(np.array([cell]))[0])]
        held = "held for the whole period" if part > 1 - 1e-9 else f"for {part:.0%}"
        return Row("certificates", f"site_id={site}; scheme={scheme}", amount, w.unit(cell), part, "share", f"{words}; {name} {held}")

    for at in np.flatnonzero(lane).tolist():
        source = int(m.move_source[at])
        yield int(sent[m.move_target[at]]), row(source, float(m.move[at]), float(share[source]), "sent")
    for at in np.flatnonzero((asked & there)[m.bought_cell]).tolist():
        cell, part = int(m.bought_cell[at]), float(certified[at])
        words = f"bought outside the modelled tiers; {name if part else 'no certificate'}"
        yield int(sent[cell]), Row("purchases", w.keys(cell), float(m.bought[at]), w.unit(cell), part, "share", words)
    out = np.bincount(m.move_source[m.move_lane >= 0], m.move[m.move_lane >= 0], m.cells)
    kept = np.where(asked & there, np.maximum(w.made - out, 0.0), 0.0)
    for cell in np.flatnonzero(kept > 1e-9 * w.made).tolist():
        site, product = int(w.site_of(cells[cell : cell + 1])[0]), int(w.product_of(cells[cell : cell + 1])[0])
        yield int(near[cell]), row(cell, float(kept[cell]), float(holds[site, product]), "made and used there")


def certificate_coverage(w: Audited, asked: Asked) -> list[Finding]:
    """Σ flow · covered / Σ flow of what each requirement asks for, per tier of its makers; at least (all, if the rule does not say)."""
    limit = 1.0 if asked.rule.threshold_share is None else asked.rule.threshold_share
    found = list[Finding]()
    for need in _asked_for(w, asked):
        first = max(asked.first, FAR_PAST if need["from_date"] is None else day_number(need["from_date"]))
        last = min(asked.last, FAR_FUTURE if need["to_date"] is None else day_number(need["to_date"]))
        if first > last:
            continue
        flows: dict[int, list[Row]] = {}
        for level, row in _flows(w, need, asked.period, first, last):
            flows.setdefault(level, []).append(row)
        for level, rows in sorted(flows.items()):
            whole = sum(row.quantity or 0.0 for row in rows)
            part = sum((row.quantity or 0.0) * (row.value or 0.0) for row in rows) / whole if whole else 0.0
            status, value, margin = judged(part, part, limit)
            rows.sort(key=lambda row: (row.value or 0.0, -(row.quantity or 0.0)))
            named = Row(
                "requirements",
                f"requirement_id={need['requirement_id']}",
                contributes=f"asks for {need['scheme']} {need['min_level'] or ''}".strip(),
            )
            note = (
                f"{value:.0%} of the flow comes from makers with {need['scheme']} {need['min_level'] or ''}".strip()
                + " for the whole period"
            )
            found.append(Finding(f"{need['requirement_id']}, tier {level}", status, value, limit, margin, "share", note, (named, *rows)))
    return found
