"""Certificates: what share of the goods for which a standard is asked comes from makers that hold it for the whole period."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.flows import mixed
from hinterland.core.calendar import FAR_FUTURE, FAR_PAST, day_number

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


def _holds(w: Audited, scheme: str, level: str | None, first: int, last: int) -> Bools:
    """Whether each site holds a scheme at a level or better for each product on all of first…last; shape (sites, products)."""
    days = np.array([first]), np.array([last])
    return w.standards.spanning(w.a.sites.ids, w.a.products.ids, *days, scheme, level)[:, :, 0]


def _flows(w: Audited, need: dict[str, Any], period: int, first: int, last: int) -> Iterator[tuple[int, Row]]:
    """What a requirement looks at, with its tier, each with the share of it under the standard.

    That is what makers (or stores elsewhere) send into the region, what is bought there, and what is made and used there.
    """
    m, scheme, least = w.mixing, need["scheme"], need["min_level"]
    near, sent = w.tiers
    holds = w.once(("holds", scheme, least, first, last), partial(_holds, w, scheme, least, first, last))
    said = w.once(("certified", scheme, least), partial(w.standards.certified, w.a.offers.rows["certified"].to_list(), scheme, least))
    certified = said[m.bought_offer]
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
            tier = f"tier {level}" if level >= 0 else "tier none: reaches no delivery"
            found.append(Finding(f"{need['requirement_id']}, {tier}", status, value, limit, margin, "share", note, (named, *rows)))
    return found
