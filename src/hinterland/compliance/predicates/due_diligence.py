"""Due diligence: what share of a material comes, tier by tier, from makers that can show each step of the OECD guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hinterland.compliance.findings import Finding, Row, judged
from hinterland.compliance.lists import named_offer
from hinterland.compliance.predicates.recycled import contents_of
from hinterland.model.diligence import STEPS

if TYPE_CHECKING:
    from hinterland.compliance.audited import Asked, Audited

__all__ = ["due_diligence_coverage"]


class _Maker(NamedTuple):
    """Who makes a product: a site (offer −1), or somebody outside the modelled tiers behind an offer; positions."""

    site: int
    product: int
    offer: int


def due_diligence_coverage(w: Audited, asked: Asked) -> list[Finding]:
    """Share of a material, by mass, whose makers show the step for the whole period, per tier; of all steps the weakest; at least.

    `rule.threshold` names one step, empty: all five. What is bought outside the modelled tiers shows what its offer says is held.
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
    near, sent = w.tiers
    cell, quantity, offer = w.arising(share)
    mass = quantity * share[cell] * kg[w.product_of(cell)]
    level, site, product = np.where(offer < 0, near[cell], sent[cell]), w.site_of(cell), w.product_of(cell)
    made: dict[int, dict[_Maker, float]] = {}
    for at in np.flatnonzero(mass > 0).tolist():
        makers, maker = made.setdefault(int(level[at]), {}), _Maker(int(site[at]), int(product[at]), int(offer[at]))
        makers[maker] = makers.get(maker, 0.0) + float(mass[at])
    said = w.a.offers.rows["certified"].to_list()
    silent = not w.net["due_diligence"].height and not w.net["certificates"].height and not any(said)
    found = []
    for tier, makers in sorted(made.items()):
        whole = sum(makers.values())
        there = {maker: [step for step in steps if _shows(w, said, maker, step, asked)] for maker in makers}
        held = {step: sum(amount for maker, amount in makers.items() if step in there[maker]) / whole for step in steps}
        weakest = min(held, key=lambda step: held[step])
        status, value, margin = judged(held[weakest], held[weakest], limit)
        note = f"step {weakest} ({STEPS[weakest]}) for {value:.0%} of {whole / 1000:,.1f} t; " + ", ".join(
            f"{step}: {part:.0%}" for step, part in held.items()
        )
        if silent:
            status, note = "not_enough_data", "due_diligence and certificates are empty: fill what each site can show, by step"
        rows = [_row(w, maker, amount, element, there[maker]) for maker, amount in sorted(makers.items(), key=lambda one: -one[1])]
        found.append(Finding(f"{element}, tier {tier}", status, value, limit, margin, "share", note, tuple(rows)))
    return found


def _shows(w: Audited, said: list[str | None], maker: _Maker, step: int, asked: Asked) -> bool:
    if maker.offer >= 0:
        return w.diligence.says(said[maker.offer], step)
    return w.diligence.shows(w.a.sites.ids[maker.site], w.a.products.ids[maker.product], step, asked.first, asked.last)


def _row(w: Audited, maker: _Maker, amount: float, element: str, there: list[int]) -> Row:
    site, product = w.a.sites.ids[maker.site], w.a.products.ids[maker.product]
    steps = f"steps {', '.join(map(str, there))}" if there else ""
    if maker.offer < 0:
        words = f"{element} in {product}; shows {steps or 'no step for the whole period'}"
        return Row("due_diligence", f"site_id={site}", amount, "kg", float(len(there)), "steps", words)
    words = f"its maker shows {steps} by what the offer says" if there else "nobody to show anything"
    return Row(
        "purchases",
        f"site_id={site}; product_id={product}{named_offer(w, maker.offer)}",
        amount,
        "kg",
        float(len(there)),
        "steps",
        f"{element} bought outside the modelled tiers: {words}",
    )
