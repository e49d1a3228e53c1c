"""Due diligence: what share of a material comes, tier by tier, from makers that can show each step of the OECD guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.lists import shown
from hinterland.compliance.predicates.recycled import contents_of

if TYPE_CHECKING:
    from hinterland.compliance.audited import Asked, Audited
    from hinterland.core.calendar import Ints

__all__ = ["due_diligence_coverage", "tiers_of"]

STEPS = {1: "management systems", 2: "risks identified", 3: "risks answered", 4: "audited", 5: "reported"}


def tiers_of(w: Audited) -> tuple[Ints, Ints]:
    """Tier of whoever makes a cell's goods there, and of whoever sends (or sells) them there; shape (cells,), a large number: nobody.

    Who makes what is delivered stands at tier 0, who sends inputs to a site of tier k at k + 1, on the shortest way; stores, and
    lines of one site that feed each other, are no tier of their own.
    """

    def find() -> tuple[Ints, Ints]:
        m, far = w.mixing, np.iinfo(np.int64).max // 2
        near, sent = np.full(m.cells, far), np.full(m.cells, far)
        near[w.delivered > 0] = sent[w.delivered > 0] = 0
        lane = m.move_lane >= 0
        while True:
            before = near.copy(), sent.copy()
            np.minimum.at(near, m.move_source[lane], sent[m.move_target[lane]])
            np.minimum.at(near, m.move_source[~lane], near[m.move_target[~lane]])
            np.minimum.at(sent, m.move_source, sent[m.move_target])
            tier = near[m.run_cell]
            np.minimum.at(tier, m.give_run, near[m.give_cell])
            np.minimum.at(near, m.take_cell, tier[m.take_run])
            np.minimum.at(sent, m.take_cell, np.minimum(tier[m.take_run] + 1, far))
            if np.array_equal(near, before[0]) and np.array_equal(sent, before[1]):
                return near, sent

    return w.once("tiers", find)


def due_diligence_coverage(w: Audited, asked: Asked) -> list[Finding]:
    """Share of a material, by mass, whose makers show the step for the whole period, per tier; of all steps the weakest; at least.

    `rule.threshold` names one step, empty: all five. What is bought outside the modelled tiers has no maker to show anything.
    """
    rule, element = asked.rule, asked.rule.subject
    markets, kg = w.markets(rule, asked.period), contents_of(w, element)
    limit = 1.0 if rule.threshold_share is None else rule.threshold_share
    if not len(markets):
        return []
    if not w.net["contents"].filter(w.net["contents"]["element"] == element).height:
        missing = Row("contents", f"element={element}", contributes="missing: nothing says which products hold it")
        note = f"contents has no row for {element}: add what a unit of each material holds"
        return [Finding(element, "not_enough_data", None, limit, None, "share", note, (missing,))]
    steps = [int(rule.threshold)] if rule.threshold else list(STEPS)
    share = w.behind(markets, w.delivered[markets])
    near, sent = tiers_of(w)
    cell, quantity, offer = w.arising(share)
    mass = quantity * share[cell] * kg[w.product_of(cell)]
    made: dict[int, dict[tuple[int, int], float]] = {}
    for at, amount, one in zip(cell.tolist(), mass.tolist(), offer.tolist(), strict=True):
        if amount > 0:
            site = int(w.site_of(np.array([at]))[0])
            level = int(near[at] if one < 0 else sent[at])
            key = (site, -1) if one < 0 else (site, int(w.product_of(np.array([at]))[0]))
            made.setdefault(level, {})[key] = made.setdefault(level, {}).get(key, 0.0) + amount
    silent = not w.net["due_diligence"].height and not w.net["certificates"].height
    found = []
    for level, makers in sorted(made.items()):
        whole = sum(makers.values())
        held = {
            step: sum(
                amount
                for (site, product), amount in makers.items()
                if product < 0 and shown(w, w.a.sites.ids[site], step, asked.first, asked.last)
            )
            / whole
            for step in steps
        }
        weakest = min(held, key=lambda step: held[step])
        status, value, margin = judged(held[weakest], held[weakest], limit)
        note = f"step {weakest} ({STEPS[weakest]}) for {value:.0%} of {whole / 1000:,.1f} t; " + ", ".join(
            f"{step}: {part:.0%}" for step, part in held.items()
        )
        if silent:
            status, note = "not_enough_data", "due_diligence and certificates are empty: fill what each site can show, by step"
        rows = [
            _row(w, site, product, amount, element, steps, asked)
            for (site, product), amount in sorted(makers.items(), key=lambda one: -one[1])
        ]
        found.append(Finding(f"{element}, tier {level}", status, value, limit, margin, "share", note, tuple(rows)))
    return found


def _row(w: Audited, site: int, product: int, amount: float, element: str, steps: list[int], asked: Asked) -> Row:
    name = w.a.sites.ids[site]
    if product >= 0:
        words = f"{element} bought outside the modelled tiers: nobody to show anything"
        return Row("purchases", f"site_id={name}; product_id={w.a.products.ids[product]}", amount, "kg", contributes=words)
    there = [step for step in steps if shown(w, name, step, asked.first, asked.last)]
    words = f"{element}; shows " + (f"steps {', '.join(map(str, there))}" if there else "no step for the whole period")
    return Row("due_diligence", f"site_id={name}", amount, "kg", float(len(there)), "steps", words)
