"""What meeting a broken rule would cost: the world solved again with the rule as policy, requirement or ban, where it can be one."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from hinterland.compliance.audited import Audited
from hinterland.compliance.predicates.listed import listed_makers
from hinterland.core.calendar import day_number
from hinterland.core.digest import digest_of
from hinterland.core.errors import HinterlandError, InfeasibleDesign
from hinterland.core.progress import SILENT
from hinterland.model.accounts import account
from hinterland.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hinterland.compliance.findings import AuditResult
    from hinterland.core.progress import Progress
    from hinterland.model.network import Network
    from hinterland.model.plan import Plan

__all__ = ["PRICE_COLUMNS", "priced"]

PRICE_COLUMNS: dict[str, pl.DataType] = {
    "rule_id": pl.String(), "subject": pl.String(), "outcome": pl.String(), "price": pl.Float64(), "currency": pl.String(),
    "gap_share": pl.Float64(), "seconds": pl.Float64(), "note": pl.String(),
}  # fmt: skip
_SILENT_ON = {
    "regional_value_content": "origin is tested line by line after the plan is made",
    "labour_value_content": "labour value needs the roll-up of a finished plan",
    "recycled_content": "recycled shares multiply along the chain",
    "due_diligence_coverage": "what a site can show is a fact of the site; ban the sites that cannot",
    "material_assistance": "the ratio is tested line by line after the plan is made",
    "passport_readiness": "it asks for data, not for another plan",
    "carbon_footprint_declaration": "a cradle-to-gate limit of one product is bilinear",
}
"""Why the optimiser cannot be asked for some rules."""


class _Way(NamedTuple):
    """A world in which a rule holds, or the reason why there is none."""

    rule_id: str
    subject: str
    net: Network | None
    words: str


def _with(net: Network, **tables: pl.DataFrame) -> Network:
    whole = {**net.tables, **tables}
    return replace(net, tables=whole, digest=digest_of(whole))


def _policy_ways(net: Network, broken: pl.DataFrame) -> Iterator[_Way]:
    """Soft policies made hard."""
    rows = net["policies"]
    for name in rows["policy_id"].to_list():
        here = broken.filter(pl.col("subject").str.starts_with(f"policy {name} ("))
        if here.height:
            hard = rows.with_columns(penalty_per_unit=pl.when(pl.col("policy_id") != name).then("penalty_per_unit"))
            yield _Way(here["rule_id"][0], f"policy {name}", _with(net, policies=hard), "as a hard policy in every period it holds")


def _requirement_ways(net: Network, broken: pl.DataFrame) -> Iterator[_Way]:
    """Standards without which nothing flows."""
    rows, rule = net["requirements"], broken["rule_id"][0]
    if not TABLES["requirements"].used or not rows.height:
        yield _Way(rule, "", None, "the optimiser cannot be asked: no requirement gates flows")
        return
    for name in rows["requirement_id"].to_list():
        if broken.filter(pl.col("subject").str.starts_with(f"{name}, tier ")).height:
            hard = rows.with_columns(penalty_per_unit=pl.when(pl.col("requirement_id") != name).then("penalty_per_unit"))
            yield _Way(rule, f"requirement {name}", _with(net, requirements=hard), "as a hard requirement from its first day")


def _ban_ways(net: Network, plan: Plan, broken: pl.DataFrame, list_id: str) -> Iterator[_Way]:
    """Listed makers kept out from the first period in which one of them counts."""
    w = Audited(net, plan)
    first = min(net.calendar.ids.index(one) for one in broken["period_id"].to_list())
    start, stop = int(w.a.calendar.start[first]), int(w.a.calendar.stop[-1]) - 1
    sites, offers = listed_makers(w, list_id, start, stop)
    named = [one for one, name in zip(w.a.sites.ids, sites, strict=True) if name is not None]
    day = w.a.settings.base_date + timedelta(days=start - day_number(w.a.settings.base_date))
    keys = ["site_id", "product_id", "offer_id"]
    bad = w.a.offers.rows.filter(pl.Series([name is not None for name in offers], dtype=pl.Boolean)).select(keys)
    kept = net["purchases"].join(bad, on=keys, how="anti", nulls_equal=True, maintain_order="left")
    policies = net["policies"]
    if named:
        ban = pl.DataFrame({"policy_id": ["audit_ban"], "kind": ["forbid_site"], "site_group": ["|".join(named)], "valid_from": [day], "each": ["none"],
                            "basis": ["units"], "value": [0.0]})  # fmt: skip
        policies = pl.concat([policies, ban.cast({"valid_from": pl.Date})], how="diagonal").select(policies.columns)
    words = (
        f"{len(named)} sites and {bad.height} offers on {list_id} kept out of the whole network, not only of this market: an upper bound"
    )
    yield _Way(broken["rule_id"][0], f"list {list_id}", _with(net, policies=policies, purchases=kept), words)


def _ways(net: Network, plan: Plan, found: AuditResult) -> Iterator[_Way]:
    for (rule_id,), broken in found.not_met.group_by(["rule_id"], maintain_order=True):
        predicate = broken["predicate"][0]
        if predicate == "regional_policies":
            yield from _policy_ways(net, broken)
        elif predicate == "certificate_coverage":
            yield from _requirement_ways(net, broken)
        elif predicate == "listed_entities":
            list_id = found.rules.filter(pl.col("rule_id") == rule_id)["subject"][0]
            yield from _ban_ways(net, plan, broken, str(list_id))
        else:
            yield _Way(str(rule_id), "", None, f"the optimiser cannot be asked: {_SILENT_ON[predicate]}")


def _changes(before: Plan, after: Plan) -> str:
    """What is another in the new plan: sites that open or stay shut, what is no longer delivered, and the outputs that move most."""

    def opened(plan: Plan) -> set[str]:
        return set(plan["openings"].filter(pl.col("open") == 1)["site_id"].to_list())

    words = []
    more, fewer = sorted(opened(after) - opened(before)), sorted(opened(before) - opened(after))
    words += [f"opens {', '.join(more)}"] if more else []
    words += [f"does without {', '.join(fewer)}"] if fewer else []
    got = [plan["delivered"].group_by("product_id").agg(pl.col("quantity").sum()) for plan in (before, after)]
    held = got[0].join(got[1], on="product_id", how="left", suffix="_after").sort("product_id")
    words += [
        f"delivers {had - has:,.0f} less of {product}"
        for product, had, has in held.with_columns(pl.col("quantity_after").fill_null(0.0)).iter_rows()
        if had - has > 1e-6 * had
    ]
    sums = [plan["outputs"].group_by("site_id", "recipe_id", "product_id").agg(pl.col("quantity").sum()) for plan in (before, after)]
    both = sums[0].join(sums[1], on=["site_id", "recipe_id", "product_id"], how="full", nulls_equal=True, coalesce=True, suffix="_after")
    moved = both.with_columns(change=pl.col("quantity_after").fill_null(0.0) - pl.col("quantity").fill_null(0.0))
    moved = moved.filter(pl.col("change").abs() > 1e-6 * pl.max_horizontal("quantity", "quantity_after").abs()).sort(
        pl.col("change").abs(), descending=True
    )
    words += [
        f"{site} makes {abs(change):,.0f} {'more' if change > 0 else 'less'} by {recipe or product}"
        for site, recipe, product, change in moved.head(3).select("site_id", "recipe_id", "product_id", "change").iter_rows()
    ]
    return "; ".join(words) or "the same makers"


def priced(net: Network, plan: Plan, found: AuditResult, *, seconds: float, gap: float = 1e-3, progress: Progress = SILENT) -> pl.DataFrame:
    """Price of each broken rule in net present value: the best plan that meets it less the plan as it is.

    `seconds` bounds all solves together. Columns: rule_id, subject, outcome (priced, impossible, not_found, not_expressible),
    price (settings.currency at base_date), currency, gap_share, seconds, note: how it was asked for and what changes.
    """
    from hinterland.design import design

    ways = list(_ways(net, plan, found))
    ends, now = time.monotonic() + seconds, float(account(net, plan).costs["discounted"].sum())
    left = sum(way.net is not None for way in ways)
    rows: list[tuple[object, ...]] = []
    for way in ways:
        money = net.settings.currency
        if way.net is None:
            rows.append((way.rule_id, way.subject, "not_expressible", None, money, None, None, way.words))
            continue
        began = time.monotonic()
        share = max(1.0, (ends - began) / max(left, 1))
        left -= 1
        try:
            made = design(way.net, gap=gap, seconds=share, progress=progress)
            cost = float(account(way.net, made.plan).costs["discounted"].sum()) - now
            note, outcome = f"{way.words}: {_changes(plan, made.plan)}", "priced"
            rows.append((way.rule_id, way.subject, outcome, cost, money, made.proof.gap_share, time.monotonic() - began, note))
        except InfeasibleDesign as broken:
            rows.append((way.rule_id, way.subject, "impossible", None, money, None, time.monotonic() - began, f"{way.words}: {broken}"))
        except HinterlandError as broken:
            rows.append((way.rule_id, way.subject, "not_found", None, money, None, time.monotonic() - began, f"{way.words}: {broken}"))
    return pl.DataFrame(rows, schema=PRICE_COLUMNS, orient="row")
