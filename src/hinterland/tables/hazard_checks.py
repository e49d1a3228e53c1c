"""What may break and what is done about it: scopes of nothing, seasons that are no days, reactions that lead nowhere."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.tables.typing import nearest
from hinterland.tables.where import Members, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["hazard_problems"]

_DAY = re.compile(r"^(\d{2})-(\d{2})$")
_LEAP = 2028
"""A leap year: 02-29 is a day of a season."""
_NEEDS = {
    "base_stock": ("order_up_to_quantity",),
    "s_s": ("order_up_to_quantity", "reorder_quantity"),
    "r_q": ("reorder_quantity", "lot_quantity"),
    "days_of_cover": ("cover_days",),
}
"""What each way to order asks for."""


def _known(tables: Mapping[str, pl.DataFrame]) -> dict[str, set[str]]:
    """Names that a scope of each kind may hold; passages are looked up where routes are made, countries stand at sites."""
    sites, products = tables["sites"], tables["products"]
    regions = set(tables["countries"]["region"].drop_nulls())
    territories = set(tables["countries"]["customs_territory"].drop_nulls())
    goods = set(products["product_id"].drop_nulls())
    stages = set(products["stage"].drop_nulls())
    groups = set(tables["groups"]["group_id"].drop_nulls())
    lines = tables["processes"].select("site_id", name=pl.coalesce("recipe_id", pl.lit("")))
    places = set(sites["site_id"].drop_nulls())
    countries = set(sites["country"].drop_nulls())
    return {
        "site": places | groups,
        "operator": set(sites["operator"].drop_nulls()),
        "stage": stages | goods | groups,
        "country": countries | set(tables["countries"]["country"].drop_nulls()) | groups,
        "region": regions | territories | groups,
        "group": groups,
        "process": {f"{site}/{recipe}" for site, recipe in lines.drop_nulls().iter_rows()},
        "product": goods | stages | groups,
        "demand": places | countries | regions | territories | goods | stages | groups,
        "lane": set(tables["lanes"]["lane_id"].drop_nulls()),
    }


def _scopes(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    known = _known(tables)
    made = bool(tables["lane_rules"].height)
    for table in ("hazards", "events"):
        for row, kind, cell in tables[table].select("_row", "scope_kind", "scope_value").iter_rows():
            if kind is None or (kind == "lane" and made) or kind not in {*known, "port", "passage"}:
                continue
            names = [cell] if kind == "operator" and cell in known["operator"] else tokens(cell)
            if not names:
                yield Issue(table, row, "scope_value", "unknown_scope", what=f"a {kind} is hit and none is named",
                            why="nothing would happen", fix=f"write which {kind} in scope_value")  # fmt: skip
            for name in names:
                there = known.get(kind)
                if there is not None and name.removeprefix("@") not in there:
                    yield Issue(
                        table, row, "scope_value", "unknown_scope", what=f"there is no {kind} {name!r}", why="nothing would be hit",
                        fix=f"correct the name or scope_kind ({nearest(name, sorted(there)) if there else f'the network has no {kind}'})",
                    )  # fmt: skip


def _season_day(cell: str) -> bool:
    found = _DAY.match(cell.strip())
    if not found:
        return False
    try:
        date(_LEAP, int(found[1]), int(found[2]))
    except ValueError:
        return False
    return True


def _seasons(hazards: pl.DataFrame) -> Iterator[Issue]:
    for row, who, first, last in hazards.select("_row", "hazard_id", "season_from", "season_to").iter_rows():
        for column, cell in (("season_from", first), ("season_to", last)):
            if cell is not None and not _season_day(cell):
                yield Issue("hazards", row, column, "bad_season", what=f"{cell!r} in {column}", why="a season runs from one MM-DD to another",
                            fix="write month and day, 06-01 for the first of June")  # fmt: skip
        if (first is None) != (last is None):
            column = "season_to" if last is None else "season_from"
            yield Issue("hazards", row, column, "bad_season", what=f"{who} has one end of a season", why="a season has a first and a last day",
                        fix=f"fill {column}, or empty both")  # fmt: skip


def _harmless(table: str, row: int, column: str, what: str, why: str, fix: str) -> Issue:
    return Issue(table, row, column, "harmless_hazard", what=what, why=why, fix=fix, severity="warning")


def _silent(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Hazards and events that never start, last no time or do nothing to what they hit, and cells that say nothing of it."""
    for table, key, often, lasts in (
        ("hazards", "hazard_id", "events_per_year", "duration_days_mean"),
        ("events", "event_id", None, "duration_days"),
    ):
        for one in tables[table].iter_rows(named=True):
            row, who, kind = one["_row"], one[key], one["scope_kind"]
            if kind is None:
                continue
            other = ("capacity_loss_share", "cost_factor") if kind == "demand" else ("demand_change_share",)
            mine = ("demand_change_share",) if kind == "demand" else ("capacity_loss_share", "cost_factor")
            said = {name for name in (*mine, *other) if one[name] not in (None, 1.0 if name == "cost_factor" else 0.0)}
            idle = [name for name in other if name in said]
            why = "demand is neither capacity nor a cost" if kind == "demand" else f"it hits a {kind}, and only demand changes"
            for name in idle:
                fix = f"fill {mine[0]} instead" if kind == "demand" else "empty it, or write demand in scope_kind"
                yield _harmless(table, row, name, f"{name} of {who} does nothing", why, fix)
            if often and not one[often]:
                yield _harmless(table, row, often, f"{who} does nothing", f"{often} is empty or 0: it never starts", f"fill {often}")
            elif not one[lasts] and not one["recovery_days"]:
                yield _harmless(table, row, lasts, f"{who} does nothing", f"{lasts} is empty or 0: it lasts no time", f"fill {lasts}")
            elif not idle and not said:
                yield _harmless(table, row, mine[0], f"{who} does nothing", f"{mine[0]} is empty or 0: nothing is lost", f"fill {mine[0]}")


def _away(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Hazards whose days lie before or after every period."""
    days = tables["periods"].select("start_date", "end_date").drop_nulls()
    if not days.height:
        return
    first, last = min(days["start_date"].to_list()), max(days["end_date"].to_list())
    for row, who, opens, closes in tables["hazards"].select("_row", "hazard_id", "valid_from", "valid_to").iter_rows():
        for column, away in (("valid_from", opens and opens > last), ("valid_to", closes and closes < first)):
            if away:
                why = f"the periods run from {first} to {last}, and it holds on no day of them"
                yield _harmless("hazards", row, column, f"{who} never happens", why, f"correct {column}, or leave the row out")


def _warnings(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Warning time shortens the delay until people act: it does nothing where nobody acts with a delay."""
    acts = (
        tables["reactions"].filter(pl.col("delay_days") > 0).height + tables["alternates"].filter(pl.col("qualification_days") > 0).height
    )
    if acts:
        return
    for table, key in (("hazards", "hazard_id"), ("events", "event_id")):
        for row, who in tables[table].filter(pl.col("warning_days") > 0).select("_row", key).iter_rows():
            yield Issue(table, row, "warning_days", "idle_warning", what=f"{who} is known ahead and nobody acts earlier for it",
                        why="no row of reactions has delay_days, none of alternates qualification_days",
                        fix="say in reactions or alternates what people do and after how many days, or empty the cell", severity="warning")  # fmt: skip


def _causes(hazards: pl.DataFrame) -> Iterator[Issue]:
    """Hazards of one cause are drawn together: they must start as often, at the same time of the year, on the same days."""
    names = ("events_per_year", "season_from", "season_to", "valid_from", "valid_to")
    held: dict[str, tuple[int, str, tuple[object, ...]]] = {}
    for row, who, cause, *told in hazards.select("_row", "hazard_id", "common_cause_id", *names).iter_rows():
        if cause is None:
            continue
        before, first, said = held.setdefault(cause, (row, who, tuple(told)))
        for name, one, other in zip(names, said, told, strict=True):
            if one != other:
                yield Issue(
                    "hazards", row, name, "common_cause_differs", what=f"{who} and {first} have the cause {cause} and differ in {name}",
                    why=f"they are drawn together, and row {before} says {'nothing' if one is None else one}",
                    fix="write the same in both, or give them causes of their own",
                )  # fmt: skip
                break


def _makers(tables: Mapping[str, pl.DataFrame]) -> set[tuple[str, str]]:
    good = tables["processes"].join(tables["recipes"].select("recipe_id", good="product_id"), on="recipe_id", how="left")
    made = good.select("site_id", product_id=pl.coalesce("good", "product_id"))
    return set(pl.concat([made, tables["purchases"].select("site_id", "product_id")]).drop_nulls().iter_rows())


def _alternates(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Sites that could step in: they must make the product, and something must lead from them to those who take it."""
    makers, lanes, ruled = _makers(tables), tables["lanes"], bool(tables["lane_rules"].height)
    goods = Members.of(tables)
    leads: dict[tuple[str, str], set[str]] = {}
    for start, end, cell in lanes.select("from_site", "to_site", "product_id").iter_rows():
        for token in tokens(cell) or ["*"]:
            for name in goods.opened(token) if token.startswith("@") else [token]:
                leads.setdefault((start, name.removeprefix("@")), set()).add(end)
    for row, site, product, other in tables["alternates"].select("_row", "site_id", "product_id", "alternate_site_id").iter_rows():
        if None in (site, product, other):
            continue
        if site == other:
            yield Issue("alternates", row, "alternate_site_id", "idle_alternate", what=f"{site} would step in for itself",
                        why="it stands still itself", fix="name another site")  # fmt: skip
        elif (other, product) not in makers:
            yield Issue("alternates", row, "alternate_site_id", "idle_alternate", what=f"{other} does not make {product}",
                        why="it has neither a line nor an offer of it", fix=f"add it to processes or purchases, or name a maker of {product}")  # fmt: skip
        elif not ruled:
            taken = leads.get((site, product), set()) | leads.get((site, "*"), set())
            given = leads.get((other, product), set()) | leads.get((other, "*"), set())
            if taken and not taken & given:
                yield Issue(
                    "alternates", row, "alternate_site_id", "alternate_without_lane", what=f"no lane takes {product} from {other} to whom {site} sends it",
                    why=f"{site} sends it to {', '.join(sorted(taken)[:5])}", fix="add a lane, or leave the row out", severity="warning",
                )  # fmt: skip


def _orders(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    for row in tables["replenishment"].iter_rows(named=True):
        for column in _NEEDS.get(row["policy"] or "plan", ()):
            if row[column] is None or (column == "lot_quantity" and row[column] <= 0):
                yield Issue("replenishment", row["_row"], column, "empty_cell", what=f"{column} is empty", why=f"{row['policy']} orders by it",
                            fix=f"fill {column}, or use another policy")  # fmt: skip
        if row["policy"] == "s_s" and None not in (row["reorder_quantity"], row["order_up_to_quantity"]):
            low, high = row["reorder_quantity"], row["order_up_to_quantity"]
            if low > high:
                yield Issue("replenishment", row["_row"], "reorder_quantity", "bounds", what=f"reorder_quantity {low:g} is above order_up_to_quantity {high:g}",
                            why="an order would never lift stock above where the next is made", fix="lower one or raise the other")  # fmt: skip


def _reactions(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    for row, who, kind, days in tables["reactions"].select("_row", "reaction_id", "kind", "lead_time_days").iter_rows():
        if kind == "expedite" and days is None:
            yield Issue("reactions", row, "lead_time_days", "empty_cell", what="lead_time_days is empty", why=f"{who} sends faster, and nobody says how fast",
                        fix="enter the days of the faster way")  # fmt: skip
        if kind == "alternate" and not tables["alternates"].height:
            yield Issue("reactions", row, "kind", "idle_alternate", what=f"{who} lets others step in and nobody could", why="alternates has no rows",
                        fix="add rows to alternates, or leave this one out")  # fmt: skip


def hazard_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Problems of hazards, events, alternates, replenishment and reactions."""
    hazards = tables["hazards"]
    found = [*_scopes(tables), *_seasons(hazards), *_silent(tables), *_away(tables), *_warnings(tables), *_causes(hazards)]
    return [*found, *_alternates(tables), *_orders(tables), *_reactions(tables)]
