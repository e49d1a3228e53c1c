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
    ranks = {(row[0], row[1] or ""): row[2] or 0 for row in w.net["schemes"].select("scheme", "level", "rank").iter_rows()}
    floor = ranks.get((scheme, level or ""))
    frame = w.net["certificates"]
    opens, ends = day_spans(frame)
    spans: dict[tuple[str, str | None], list[tuple[int, int]]] = {}
    for at, row in enumerate(frame.select("site_id", "scheme", "level", "product_id").iter_rows(named=True)):
        if row["scheme"] != scheme:
            continue
        rank = ranks.get((scheme, row["level"] or ""))
        if not level or row["level"] == level or (rank is not None and floor is not None and rank >= floor):
            spans.setdefault((row["site_id"], row["product_id"]), []).append((int(opens[at]), int(ends[at])))
    found = np.zeros((len(w.a.sites.ids), len(w.a.products.ids)), dtype=bool)
    for number, site in enumerate(w.a.sites.ids):
        whole = spans.get((site, None), [])
        found[number] = covered(whole, first, last)
        for column, product in enumerate(w.a.products.ids):
            if (site, product) in spans:
                found[number, column] = covered([*whole, *spans[site, product]], first, last)
    return found


def certificate_coverage(w: Audited, asked: Asked) -> list[Finding]:
    """Σ flow · covered / Σ flow of what each requirement asks for, per tier of its makers; at least (all, if the rule does not say)."""
    limit = 1.0 if asked.rule.threshold_share is None else asked.rule.threshold_share
    m, found = w.mixing, list[Finding]()
    ends = np.flatnonzero(w.delivered > 0)
    ends = ends[ends % w.periods == asked.period]
    tier = tiers_of(w, ends) if len(ends) else {}
    for need in _asked_for(w, asked):
        first = max(asked.first, FAR_PAST if need["from_date"] is None else day_number(need["from_date"]))
        last = min(asked.last, FAR_FUTURE if need["to_date"] is None else day_number(need["to_date"]))
        if first > last:
            continue
        holds = w.once(
            ("holds", need["scheme"], need["min_level"], first, last),
            partial(_holds, w, need["scheme"], need["min_level"], first, last),
        )
        product, site = w.product_of(m.run_cell), w.site_of(m.run_cell)
        none = np.zeros((len(m.bought), 1)), np.zeros((len(m.opened), 1))
        share = mixed(m, holds[site, product].astype(np.float64)[:, None], *none)[:, 0]
        wanted, there = w.products_in(need["product"] or ""), w.sites_in(need["region"] or "")
        lane = (m.move_lane >= 0) & (m.move_target % w.periods == asked.period)
        lane &= wanted[w.product_of(m.move_target)] & there[w.site_of(m.move_target)]
        bought = (m.bought_cell % w.periods == asked.period) & wanted[w.product_of(m.bought_cell)] & there[w.site_of(m.bought_cell)]
        flows: dict[int, list[Row]] = {}
        for at in np.flatnonzero(lane).tolist():
            source = int(m.move_source[at])
            maker = w.a.sites.ids[int(w.site_of(m.move_source[at : at + 1])[0])]
            words = f"{need['scheme']} {need['min_level'] or ''}".strip() + (
                " held for the whole period" if share[source] > 1 - 1e-9 else f" for {share[source]:.0%}"
            )
            level = tier.get(int(w.site_of(m.move_source[at : at + 1])[0]), 0)
            flows.setdefault(level, []).append(Row("certificates", f"site_id={maker}; scheme={need['scheme']}", float(m.move[at]), w.unit(source), float(share[source]), "share", words))  # fmt: skip
        for at in np.flatnonzero(bought).tolist():
            cell = int(m.bought_cell[at])
            level = tier.get(int(w.site_of(m.bought_cell[at : at + 1])[0]), 0) + 1
            flows.setdefault(level, []).append(Row("purchases", w.keys(cell), float(m.bought[at]), w.unit(cell), 0.0, "share", "bought outside the modelled tiers: no certificate"))  # fmt: skip
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
