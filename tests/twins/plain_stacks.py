"""A slow plain twin of duty stacks, written from docs/trade.md: one kind of goods, one day, loops and sets, no arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hinterland.trade import DutyRule, Goods


def _speaks(rule: DutyRule, goods: Goods, day: int) -> bool:
    if rule.importers is not None and goods.importer not in rule.importers:
        return False
    if rule.origins is not None and goods.origin not in rule.origins:
        return False
    if not goods.hs_code.startswith(rule.hs_prefix):
        return False
    if rule.producer is not None and rule.producer != goods.producer:
        return False
    if rule.use is not None and rule.use != goods.use:
        return False
    if rule.needs is not None and rule.needs not in goods.claims:
        return False
    if rule.unless is not None and rule.unless in goods.claims:
        return False
    return rule.first_day <= day <= rule.last_day


def _before(one: DutyRule, other: DutyRule) -> bool:
    """Whether one row wins over another of its programme."""
    for mine, yours in (
        (len(one.hs_prefix), len(other.hs_prefix)),
        (one.producer is not None, other.producer is not None),
        (-len(one.origins or range(10_000)), -len(other.origins or range(10_000))),
        (one.use is not None, other.use is not None),
        ((one.needs is not None) + (one.unless is not None), (other.needs is not None) + (other.unless is not None)),
        (-len(one.importers or range(10_000)), -len(other.importers or range(10_000))),
        (one.first_day, other.first_day),
    ):
        if mine != yours:
            return mine > yours
    return one.rule_id > other.rule_id


def layers(rules: Sequence[DutyRule], goods: Goods, day: int) -> dict[str, DutyRule]:
    """The row of each programme that holds, switches thrown."""
    best: dict[str, DutyRule] = {}
    for rule in rules:
        if _speaks(rule, goods, day) and (rule.programme not in best or _before(rule, best[rule.programme])):
            best[rule.programme] = rule
    off: set[str] = set()
    sure: set[str] = set()
    while True:
        found_sure = {
            name for name in best if name not in off
            and all(name not in rule.excludes or other in off or other == name for other, rule in best.items())
        }  # fmt: skip
        found_off = {name for name in best if any(name in best[other].excludes and other != name for other in found_sure)}
        if found_sure == sure and found_off == off:
            return {name: rule for name, rule in best.items() if name not in off}
        sure, off = found_sure, found_off


def duty(rules: Sequence[DutyRule], goods: Goods, day: int) -> float:
    """What is due on the goods."""
    asked = {}
    kind = {}
    for name, rule in layers(rules, goods, day).items():
        asked[name] = (
            goods.customs_value * rule.ad_valorem_share
            + goods.net_kg * rule.specific_per_kg
            + goods.declared_co2e_kg / 1000 * rule.co2e_price_per_t
        )
        kind[name] = "base" if name == "mfn" else rule.stacking
    preferences = [asked[name] for name in asked if kind[name] == "replace"]
    base = min(preferences) if preferences else asked.get("mfn", 0.0)
    total = base
    for name, amount in asked.items():
        if kind[name] == "add":
            total += amount
        elif kind[name] == "net_of_mfn":
            total += max(0.0, amount - base)
    return max([total, *(asked[name] for name in asked if kind[name] == "cap_all_in")])
