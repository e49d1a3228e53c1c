"""A pack's rows on a network: those that speak of something there are added, once; others are left out and counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import Issue
from hinterland.model.packs import PREFIX
from hinterland.model.where import Members, matching_rows
from hinterland.tables import TABLES
from hinterland.tables.where import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from hinterland.model.packs import Pack
    from hinterland.tables import Column

__all__ = ["add_pack", "in_words_of_packs"]

Tables = dict[str, pl.DataFrame]
_STEP = 100_000_000
"""Rows of the first pack are numbered from here, of the second from twice this: a problem can say whose row it means."""
_TOLD = ("source_id", "quality", "note", "known_from")
"""Columns that may differ between two rows that say the same."""
_SHOWN = 3


def _with(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame, rows.select(frame.columns)])


class _Names:
    """What the cells of a pack may name: places, products and groups of the network and of the pack itself."""

    def __init__(self, tables: Mapping[str, pl.DataFrame], added: Mapping[str, pl.DataFrame]) -> None:
        def cells(table: str, *columns: str) -> set[str]:
            frames = [tables[table]] + ([added[table]] if table in added else [])
            return {cell for frame in frames for column in columns for cell in frame[column].drop_nulls().to_list()}

        self.groups = cells("groups", "group_id")
        self.places = cells("sites", "site_id", "country") | cells("countries", "country", "region", "customs_territory")
        self.products = cells("products", "product_id", "stage")

    def knows(self, token: str, column: Column) -> bool:
        about = self.products if column.refers_to == "products" or column.name == "product" else self.places
        if column.name == "member":
            about = self.places | self.products
        bare = token.removeprefix("@")
        return bare in about or (token.startswith("@") and bare in self.groups)

    def pruned(self, cell: str | None, column: Column) -> tuple[str | None, bool]:
        """The cell without names that are not there, and whether anything of it is left (an empty cell means everything)."""
        named = tokens(cell)
        kept = [token for token in named if self.knows(token, column)]
        return (cell, True) if len(kept) == len(named) else ("|".join(kept), bool(kept))


def _pruned(frame: pl.DataFrame, columns: Sequence[Column], names: _Names) -> pl.DataFrame:
    """Rows whose named cells have something left, cells without what is not there."""
    for column in columns:
        cells = frame[column.name].to_list()
        told = {cell: names.pruned(cell, column) for cell in set(cells)}
        if all(after == before and kept for before, (after, kept) in told.items()):
            continue
        new = pl.Series(column.name, [told[cell][0] for cell in cells], dtype=pl.String)
        frame = frame.with_columns(new).filter(pl.Series([told[cell][1] for cell in cells], dtype=pl.Boolean))
    return frame


def _referring(table: str, frame: pl.DataFrame, tables: Mapping[str, pl.DataFrame], added: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows whose plain references lead to a row of the network or of the pack."""
    for column in TABLES[table].columns:
        if not column.refers_to or column.groups or column.name == "source_id":
            continue
        key = TABLES[column.refers_to].keys[0]
        known = [tables[column.refers_to][key]] + ([added[column.refers_to][key]] if column.refers_to in added else [])
        if column.refers_to == "countries" and not any(one.len() for one in known):
            continue
        there = pl.col(column.name).is_in(pl.concat(known).drop_nulls().unique().implode())
        frame = frame.filter(pl.col(column.name).is_null() | there)
    return frame


def _touching(table: str, frame: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows of tables that name what they speak of by other means than an id: tariff lines, currencies, `where`."""
    if table == "duties":
        codes = {str(code).replace(".", "") for code in tables["product_codes"]["hs_code"].drop_nulls().to_list()}
        prefixes = frame["hs_prefix"].fill_null("").to_list()
        there = [any(code.startswith(prefix.replace(".", "")) for code in codes) for prefix in prefixes]
        return frame.filter(pl.Series(there, dtype=pl.Boolean))
    if table == "changes":
        members, there = Members.of(tables), []
        for name, where in frame.select("table", "where").iter_rows():
            try:
                there.append(name not in tables or bool(matching_rows(tables[name], where, members).any()))
            except (KeyError, ValueError):
                there.append(True)  # the checks say what is wrong with it
        return frame.filter(pl.Series(there, dtype=pl.Boolean))
    if table == "exchange_rates":
        used = {cell for name in tables if "currency" in tables[name].columns for cell in tables[name]["currency"].drop_nulls().to_list()}
        return frame.filter(pl.col("currency").is_in(sorted(used)))
    return frame


def _fitting(pack: Mapping[str, pl.DataFrame], tables: Mapping[str, pl.DataFrame]) -> Tables:
    """Rows of the pack that speak of the network, cells without names that are not there; in rounds, until nothing changes."""
    added = {name: frame for name, frame in pack.items() if name != "sources"}
    while True:
        before = sum(frame.height for frame in added.values())
        names = _Names(tables, added)
        for name, frame in added.items():
            grouped = [column for column in TABLES[name].columns if column.groups or (name, column.name) == ("groups", "member")]
            together = {one: _with(tables[one], added[one]) if one in added else tables[one] for one in tables}
            kept = _touching(name, _referring(name, _pruned(frame, grouped, names), tables, added), together)
            added[name] = kept
        if sum(frame.height for frame in added.values()) == before:
            return {name: frame for name, frame in added.items() if frame.height}


def _clashes(pack: Pack, table: str, frame: pl.DataFrame, there: pl.DataFrame, packs: Sequence[str]) -> tuple[pl.DataFrame, list[Issue]]:
    """Rows whose key is not there yet, and a problem for each that is there with other values; rows that say the same are dropped."""
    keys = list(TABLES[table].keys)
    if not keys or not there.height or not frame.height:
        return frame, []
    both = frame.join(there, on=keys, how="inner", nulls_equal=True, suffix="_there", maintain_order="left")
    values = [column.name for column in TABLES[table].columns if column.name not in {*keys, *_TOLD}]
    issues = []
    for row in both.iter_rows(named=True):
        other = [name for name in values if row[name] != row[f"{name}_there"]]
        if not other:
            continue
        at = row["_row_there"]
        owner = f"{PREFIX}{packs[at // _STEP - 1]}" if at >= _STEP else "the network"
        named = ", ".join("" if row[key] is None else str(row[key]) for key in keys)
        shown = "; ".join(f"{name} {_cell(row[f'{name}_there'])} and {_cell(row[name])}" for name in other[:_SHOWN])
        issues.append(
            Issue(
                f"{PREFIX}{pack.name}/{table}", row["_row"], other[0], "pack_clash",
                what=f"{named} is in {owner} already (row {at % _STEP}) with other values: {shown}",
                why="a pack adds rows and replaces none", fix="give the pack's row a key of its own, or take one of the two out",
            )
        )  # fmt: skip
    return frame.join(there.select(keys), on=keys, how="anti", nulls_equal=True, maintain_order="left"), issues


def _cell(value: object) -> str:
    return "empty" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _known(frame: pl.DataFrame, knowledge_date: date | None) -> pl.DataFrame:
    if knowledge_date is None:
        return frame
    return frame.filter(pl.col("known_from").is_null() | (pl.col("known_from") <= pl.lit(knowledge_date)))


def add_pack(tables: Tables, pack: Pack, knowledge_date: date | None, packs: Sequence[str]) -> list[Issue]:
    """Add a pack's rows to `tables` (frames of the mapping are replaced); what is wrong or idle is returned.

    `packs` are the packs added before, in order; the rows of this one get numbers of their own (`in_words_of_packs`).
    """
    known = {name: _known(frame, knowledge_date) for name, frame in pack.tables.items()}
    fitting = _fitting({name: frame for name, frame in known.items() if frame.height}, tables)
    issues: list[Issue] = []
    touched = sum(frame.height for name, frame in fitting.items() if name not in {"groups", "product_codes", "origin_rules"})
    if not touched:
        later = sum(frame.height for name, frame in pack.tables.items() if name != "sources") - sum(
            frame.height for name, frame in known.items() if name != "sources"
        )
        why = "none of its rows speaks of an importer, site, product, tariff line or currency that is here"
        fix = "leave the pack out, or add your products to the groups that it names (docs/packs.md)"
        if later:
            why = f"{later} of its rows became known only after settings.knowledge_date ({knowledge_date})"
            fix = "put the pack behind a world that knows them, or set knowledge_date later"
        what = f"pack {pack.name} changes nothing"
        issues.append(Issue(f"{PREFIX}{pack.name}", None, None, "pack_touches_nothing", what=what, why=why, fix=fix, severity="warning"))
        return issues
    if "sources" in known:
        fitting["sources"] = known["sources"]
    for name, frame in sorted(fitting.items()):
        new, found = _clashes(pack, name, frame, tables[name], packs)
        issues += found
        if new.height:
            numbered = new.with_columns(_row=pl.col("_row") + _STEP * (len(packs) + 1))
            tables[name] = _with(tables[name], numbered)
    return issues


def in_words_of_packs(issues: Sequence[Issue], packs: Sequence[str]) -> list[Issue]:
    """Problems of rows that packs added, told by pack, table and the row of the pack's own file."""
    told = []
    for issue in issues:
        if issue.row is None or issue.row < _STEP:
            told.append(issue)
        else:
            name = packs[issue.row // _STEP - 1]
            told.append(replace(issue, table=f"{PREFIX}{name}/{issue.table}", row=issue.row % _STEP))
    return told
