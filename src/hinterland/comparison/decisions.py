"""What a plan decides and which rules it keeps: policies with their margin, contracts with their shares, openings and modules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hinterland.comparison.board import BOARD_FRAMES, empty_board_frame
from hinterland.model.accounts.pacts import pacts_of, taken_of
from hinterland.model.accounts.placing import place_plan
from hinterland.model.arrays import arrays_of
from hinterland.model.dated import Dated
from hinterland.model.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hinterland.comparison.board import Board
    from hinterland.comparison.judged import Judged
    from hinterland.model.network import Network

__all__ = ["broken_rules", "contracts_of", "openings_of", "policies_of"]

_FLOORS = ("min_regional_share", "min_renewable_share", "min_flow", "force_open")
_SHARES = ("min_regional_share", "min_renewable_share", "max_country_share", "max_site_share")
_WHOLE = 1 - 1e-12
_UNITS = {"max_co2e": "t", "max_co2e_per_unit": "t"}


def _hard(net: Network) -> Network:
    """The same rules, none of which may be broken for a penalty: verify then tells both sides of every one."""
    names = ("policies", "requirements")
    hard = {name: net[name].with_columns(penalty_per_unit=pl.lit(None, dtype=net[name].schema["penalty_per_unit"])) for name in names}
    softening = pl.col("table").is_in(names) & (pl.col("column") == "penalty_per_unit")
    return replace(net, tables={**net.tables, **hard, "changes": net["changes"].filter(~softening)})


def policies_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.policies: each rule of each policy in each period it holds in; shares as shares, all else as it is counted.

    Of each requirement a row a period: what moved, was bought or used without the standard, of which at most nothing is asked.
    """
    net = one.net
    if not net["policies"].height + net["requirements"].height:
        return empty_board_frame("policies")
    lines = verify(_hard(net), one.plan).lines.filter(pl.col("check") == "policy")
    paid = {(label, period): amount for label, period, amount in one.checked.steering.select("label", "period_id", "amount").iter_rows()}
    rows = [*_policy_rows(one, lines, paid), *_requirement_rows(one, lines, paid)]
    return pl.DataFrame(rows, schema=dict(BOARD_FRAMES["policies"]), orient="row")


def _policy_rows(one: Judged, lines: pl.DataFrame, paid: Mapping[tuple[str, str], float]) -> Iterator[tuple[object, ...]]:
    net = one.net
    if not net["policies"].height:
        return
    dated, ids = Dated(net), {period: at for at, period in enumerate(net.calendar.ids)}
    values, weights = dated.values("policies", "value", 0.0), dated.spans_weight("policies")
    penalties = dated.values("policies", "penalty_per_unit")
    for at, row in enumerate(net["policies"].iter_rows(named=True)):
        label, floor = f"policy {row['policy_id']} ({row['kind']} {row['value']:g}", row["kind"] in _FLOORS
        mine = lines.filter((pl.col("where") == f"{label})") | pl.col("where").str.starts_with(f"{label}, "))
        for where, period, left, right, kept in mine.select("where", "period_id", "left", "right", "ok").iter_rows():
            t = ids[period]
            counted = where.removeprefix(label).removeprefix(", ").removesuffix(")")
            scope = ", ".join(dict.fromkeys(cell for cell in (row["to_group"], row["site_group"], counted) if cell and cell != "*"))
            found, asked, unit = left, right, _UNITS.get(row["kind"], "")
            if row["kind"] in _SHARES:
                asked = float(values[at, t] * weights[at, t] + (0.0 if floor else 1.0 - weights[at, t]))
                if right <= 0 or asked <= 0:
                    continue  # nothing is counted there
                found, unit = left / right * asked, "share"
            yield (
                one.name, row["policy_id"], row["kind"], scope, period, asked, found, found - asked if floor else asked - found, unit,
                not np.isnan(penalties[at, t]), kept, paid.get((where, period), 0.0),
            )  # fmt: skip


def _requirement_rows(one: Judged, lines: pl.DataFrame, paid: Mapping[tuple[str, str], float]) -> Iterator[tuple[object, ...]]:
    net = one.net
    if not net["requirements"].height:
        return
    dated, units = Dated(net), dict(net["products"].select("product_id", "unit").iter_rows())
    weights = dated.spans_weight("requirements", "from_date", "to_date")
    penalties = dated.values("requirements", "penalty_per_unit")
    for at, row in enumerate(net["requirements"].iter_rows(named=True)):
        mine = lines.filter(pl.col("where").str.starts_with(f"requirement {row['requirement_id']} ("))
        scope = ", ".join(cell for cell in (row["region"], row["product"]) if cell and cell != "*")
        for t in np.flatnonzero(weights[at] >= _WHOLE).tolist():
            period = net.calendar.ids[t]
            here = mine.filter(pl.col("period_id") == period)
            without = float(here["left"].clip(lower_bound=0.0).sum())
            fined = sum(paid.get((where, period), 0.0) for where in here["where"])
            yield (
                one.name, row["requirement_id"], "require_certificate", scope, period, 0.0, without, -without,
                units.get(row["product"]) or "", not np.isnan(penalties[at, t]), bool(here["ok"].all()), fined,
            )  # fmt: skip


def broken_rules(board: Board) -> pl.DataFrame:
    """Rules that a plan breaks: strategy, policy_id, scope, soft, periods (how many), worst_period, asked, found, unit, penalty."""
    return (
        board.policies.filter(~pl.col("kept"))
        .with_columns(lack=pl.col("margin") / pl.col("asked").abs().clip(lower_bound=1e-12))
        .sort("strategy", "policy_id", "scope", "lack", maintain_order=True)
        .group_by("strategy", "policy_id", "scope", maintain_order=True)
        .agg(
            pl.col("soft").all(),
            pl.len().alias("periods"),
            pl.col("period_id").first().alias("worst_period"),
            pl.col("asked", "found", "unit").first(),
            pl.col("penalty").sum(),
        )
    )


def contracts_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.contracts: what the buyer of each signed contract takes from its supplier, of all it takes."""
    if not (one.net["contracts"]["status"] == "signed").any():
        return empty_board_frame("contracts")
    a = arrays_of(one.net)
    placed, told = place_plan(a, one.plan), {row["contract_id"]: row for row in one.net["contracts"].iter_rows(named=True)}
    units = dict(one.products.select("product_id", "unit").iter_rows())
    rows = []
    for pact in pacts_of(a):
        taken, row = taken_of(a, placed, pact), told[pact.contract_id]
        for t, period in enumerate(a.calendar.ids):
            size, whole = float(taken.contracted[t]), float(taken.all_in[t])
            rows.append(
                (one.name, pact.contract_id, row["supplier"], row["buyer"], row["product_id"], period, size, whole,
                 size / whole if whole > 0 else None, float(pact.min_share[t]), float(pact.exclusive[t]), units.get(row["product_id"]))
            )  # fmt: skip
    return pl.DataFrame(rows, schema=dict(BOARD_FRAMES["contracts"]), orient="row")


def openings_of(one: Judged) -> pl.DataFrame:
    """Columns of Board.openings: when sites start and stop, and which modules are added, in order of site and time."""
    status = dict(one.net["sites"].select("site_id", "status").iter_rows())
    place = {period: at for at, period in enumerate(one.net.calendar.ids)}
    good = one.net["recipes"].select("recipe_id", good="product_id")
    size = (
        one.net["processes"]
        .join(good, on="recipe_id", how="left")
        .select(
            "site_id", recipe=pl.col("recipe_id").fill_null(""), good=pl.coalesce("good", "product_id"), size="module_capacity_per_year"
        )
        .unique(["site_id", "recipe", "good"], keep="first", maintain_order=True)
    )
    units = dict(one.products.select("product_id", "unit").iter_rows())
    rows: list[tuple[object, ...]] = []
    for site, period, started, stopped in one.plan["openings"].select("site_id", "period_id", "started", "stopped").iter_rows():
        if started:
            rows.append((one.name, site, period, "restarts" if status.get(site) == "paused" else "opens", None, None, None, None))
        if stopped:
            rows.append((one.name, site, period, "closes", None, None, None, None))
    added = one.plan["modules"].join(good, on="recipe_id", how="left", maintain_order="left").with_columns(
        recipe=pl.col("recipe_id").fill_null(""), good=pl.coalesce("good", "product_id")
    )  # fmt: skip
    added = added.join(size, on=["site_id", "recipe", "good"], how="left", maintain_order="left").filter(pl.col("added") > 0)
    for site, period, product, count, each in added.select("site_id", "period_id", "good", "added", "size").iter_rows():
        rows.append((one.name, site, period, "adds", product, float(count), None if each is None else count * each, units.get(product)))
    rows.sort(key=lambda row: (str(row[1]), place.get(str(row[2]), len(place)), str(row[3]), str(row[4])))
    return pl.DataFrame(rows, schema=dict(BOARD_FRAMES["openings"]), orient="row")
