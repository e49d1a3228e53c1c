"""Rules of origin and conditions on credits: tests without a threshold, rows that contradict each other, lists that are empty."""

from __future__ import annotations

from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.countries import COUNTRY_CODES
from hinterland.core.errors import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["origin_problems"]

Tables = dict[str, pl.DataFrame]
_SHARED = ("rvc_tv", "rvc_nc", "max_nom")


def _days(row: dict[str, object]) -> tuple[date, date]:
    first, last = row["valid_from"], row["valid_to"]
    return first if isinstance(first, date) else date.min, last if isinstance(last, date) else date.max


def _rules(frame: pl.DataFrame) -> Iterator[Issue]:
    """Rows that ask for no share, and rows of one rule that say different things of the same days."""
    groups: dict[str, tuple[int, str]] = {}
    held: dict[tuple[str, str, str], list[dict[str, object]]] = {}
    for row in frame.iter_rows(named=True):
        rule, method = row["origin_rule_id"], row["method"]
        if method in _SHARED and row["threshold_share"] is None:
            yield Issue(
                "origin_rules", row["_row"], "threshold_share", "empty_cell", what="threshold_share is empty",
                why=f"{method} asks for a {'largest' if method == 'max_nom' else 'least'} share",
                fix="enter the share, 0.75 for 75 %",
            )  # fmt: skip
        if rule is None or method is None:
            continue
        group = row["cumulation_group"]
        if group is not None:
            before, other = groups.setdefault(rule, (row["_row"], group))
            if other != group:
                yield Issue(
                    "origin_rules", row["_row"], "cumulation_group", "contradictory_rows",
                    what=f"{rule} cumulates in {other} (row {before}) and in {group}", why="one rule has one group that counts as one",
                    fix="use one group, or name another rule",
                )  # fmt: skip
        key = (rule, (row["hs_prefix"] or "").replace(".", ""), method)
        for earlier in held.setdefault(key, []):
            (first, last), (opens, closes) = _days(earlier), _days(row)
            if first <= closes and opens <= last:
                day = max(first, opens)
                yield Issue(
                    "origin_rules", row["_row"], "valid_from", "contradictory_rows",
                    what=f"{rule} asks for {method} of {row['hs_prefix'] or 'every line'} twice{'' if day == date.min else f' on {day}'}",
                    why=f"row {earlier['_row']} speaks of the same days, and the stricter of both would count",
                    fix="end the earlier row the day before the later one starts",
                )  # fmt: skip
        held[key].append(row)


def _shifts(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Products under a tariff shift whose inputs, or which themselves, have no tariff line: the shift cannot be shown."""
    rules = tables["origin_rules"].filter(pl.col("method") == "tariff_shift")
    if not rules.height:
        return
    codes: dict[str, set[str]] = {}
    for product, code in tables["product_codes"].select("product_id", "hs_code").drop_nulls().iter_rows():
        codes.setdefault(product, set()).add(str(code).replace(".", ""))
    good = dict(tables["recipes"].select("recipe_id", "product_id").iter_rows())
    bare: dict[str, set[str]] = {}
    for recipe, used in tables["recipe_lines"].filter(pl.col("role") == "input").select("recipe_id", "product_id").iter_rows():
        if used is not None and used not in codes and good.get(recipe) is not None:
            bare.setdefault(good[recipe], set()).add(used)
    for row, rule, prefix in rules.select("_row", "origin_rule_id", "hs_prefix").iter_rows():
        start = (prefix or "").replace(".", "")
        for product in sorted(one for one in bare if any(code.startswith(start) for code in codes.get(one, ()))):
            inputs = ", ".join(sorted(bare[product]))
            yield Issue(
                "origin_rules", row, "method", "missing_tariff_line", what=f"{product} is made from {inputs}, without a tariff line",
                why=f"{rule} asks which inputs change their line: without one they count as if they did not",
                fix="add them to product_codes", severity="warning",
            )  # fmt: skip


def _conditions(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Conditions that ask for no share, or look at a list without rows: everybody passes."""
    rows = tables["condition_rules"].filter((pl.col("method") == "material_assistance") & pl.col("threshold_share").is_null())
    for row in rows["_row"].to_list():
        yield Issue(
            "condition_rules", row, "threshold_share", "empty_cell", what="threshold_share is empty",
            why="material_assistance asks for a least share", fix="enter the share, 0.6 for 60 %; 0 asks nothing",
        )  # fmt: skip
    lists = set(tables["entities"]["list_id"].drop_nulls().to_list())
    for row, rule, name in tables["condition_rules"].select("_row", "condition_rule_id", "list_id").iter_rows():
        if name is not None and name not in lists:
            yield Issue(
                "condition_rules", row, "list_id", "empty_list", what=f"{rule} looks at list {name}, which has no rows",
                why="nobody is on it, so every maker passes", fix=f"add the entities of {name}, or correct the name", severity="warning",
            )  # fmt: skip


def _entities(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Names on a list that are nearly those of a maker or country here, and hit nobody: lists match names letter by letter."""
    columns = (("sites", "operator"), ("sites", "parent"), ("sites", "country"), ("purchases", "producer"), ("purchases", "origin_country"))
    known = {one for table, column in columns for one in tables[table][column].drop_nulls().to_list()}
    plain = {one.casefold().replace(" ", ""): one for one in sorted(known)}
    for row, entity in tables["entities"].select("_row", "entity").iter_rows():
        if entity is None or entity in known or entity in COUNTRY_CODES:
            continue
        near = get_close_matches(entity.casefold().replace(" ", ""), plain, n=1, cutoff=0.85)
        if near:
            yield Issue(
                "entities", row, "entity", "misspelt_entity", what=f"nobody here is called {entity}",
                why=f"a list counts for names as they are written, and {plain[near[0]]} is not on it by this row",
                fix=f"write {plain[near[0]]}, if that is who is meant", severity="warning",
            )  # fmt: skip


def _ended(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Rules of origin and conditions that somebody names and none of whose rows holds in any period."""
    first, last = tables["periods"]["start_date"].min(), tables["periods"]["end_date"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        return
    asks = {
        "origin_rules": {*tables["duties"]["origin_rule_id"], *tables["duties"]["applies_if_not_origin_rule_id"]},
        "condition_rules": set(tables["incentives"]["condition_rule_id"]),
    }
    for table, named in asks.items():
        key = f"{table[:-1]}_id"
        held: dict[str, list[dict[str, object]]] = {}
        for row in tables[table].iter_rows(named=True):
            held.setdefault(row[key], []).append(row)
        for rule, rows in held.items():
            spans = [_days(row) for row in rows]
            if rule in named and not any(opens <= last and first <= closes for opens, closes in spans):
                told = "no preference is ever met under it" if table == "origin_rules" else "the credit is paid without asking"
                yield Issue(
                    table, int(str(rows[0]["_row"])), key, "binds_nothing", what=f"{rule} holds on no day of the periods",
                    why=f"it is named, and {told}", fix="correct valid_from and valid_to, or name another rule", severity="warning",
                )  # fmt: skip


def _cuts(tables: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Dates of tests inside a period: a test holds only in periods it covers whole, the stricter of two rows counts."""
    starts = set(tables["periods"]["start_date"].drop_nulls().to_list())
    edges = starts | {day + timedelta(days=1) for day in tables["periods"]["end_date"].drop_nulls().to_list()}
    if not edges:
        return
    low, high = min(edges), max(edges)
    named = {"origin_rules": "origin_rule_id", "condition_rules": "condition_rule_id"}
    for table, name in named.items():
        for row, who, first, last in tables[table].select("_row", name, "valid_from", "valid_to").iter_rows():
            for column, day in (("valid_from", first), ("valid_to", last + timedelta(days=1) if last and last < date.max else None)):
                if day is not None and low < day < high and day not in edges:
                    yield Issue(
                        table, row, column, "date_cuts_period", what=f"{who}: {day} lies inside a period",
                        why="a test holds only in periods it covers whole, and of two rows the stricter counts",
                        fix="move the date to a period's edge, or split the period", severity="warning",
                    )  # fmt: skip


def origin_problems(tables: Mapping[str, pl.DataFrame]) -> list[Issue]:
    """Problems of origin_rules, condition_rules, entities and the incentives that look at them."""
    return [*_rules(tables["origin_rules"]), *_shifts(tables), *_conditions(tables), *_entities(tables), *_ended(tables), *_cuts(tables)]
