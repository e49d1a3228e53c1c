"""Whether runs were made from the same tables: typed values alone, of the tables that a world is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hinterland.core.errors import InvalidTables, Issue
from hinterland.tables.declared import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.model.network import Network

__all__ = ["refuse_other_tables"]

_ASIDE = frozenset({"scenarios", "overrides", "sources"})
"""Tables that say which worlds there are and where numbers come from, not what a number is."""
_UNSAID = frozenset({"note", "source_id", "quality", "_row"})
_NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?$"


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """A table as values: without remarks, texts that are numbers as numbers are written (8712.00 is 8712)."""

    def told(name: str, kind: pl.DataType) -> pl.Expr:
        cell = pl.col(name)
        if kind != pl.String:
            return cell
        written = cell.cast(pl.Float64, strict=False).cast(pl.String)
        return pl.when(cell.str.contains(_NUMBER)).then(written).otherwise(cell).alias(name)

    return frame.select(told(name, kind) for name, kind in frame.schema.items() if name not in _UNSAID)


def _base(net: Network) -> Mapping[str, pl.DataFrame]:
    return net.base or net.tables


def _difference(table: str, here: Network, there: Network, names: tuple[str, str]) -> Issue | None:
    """The first row in which a table of two runs differs, as a problem; None where it does not."""
    frames = [_base(net)[table] for net in (here, there)]
    one, other = (_plain(frame) for frame in frames)
    columns, keys = one.columns, [key for key in TABLES[table].keys if key in one.columns]
    placed = one.with_columns(row=frames[0]["_row"] if "_row" in frames[0].columns else pl.int_range(2, one.height + 2))
    mine = placed.join(other, on=columns, how="anti", nulls_equal=True).sort("row")
    theirs = other.join(one, on=columns, how="anti", nulls_equal=True).sort(columns)
    fix = "solve them again from the same tables, or compare the runs of one set of tables at a time"
    if not mine.height and not theirs.height:
        return None
    if not mine.height:
        told = ", ".join(f"{key} {theirs[key][0]}" for key in keys) or "a row"
        what = f"{table} of {names[1]} has a row that {names[0]} has not: {told}"
        return Issue(table, None, None, "other_tables", what, _WHY, fix)
    row = mine.row(0, named=True)
    told = ", ".join(f"{key} {row[key]}" for key in keys) or "a row"
    twin = theirs.filter(pl.all_horizontal(pl.col(key).eq_missing(pl.lit(row[key])) for key in keys)) if keys else theirs.clear()
    if not twin.height:
        return Issue(table, row["row"], None, "other_tables", f"{table} of {names[0]} has a row that {names[1]} has not: {told}", _WHY, fix)
    column = next(name for name in columns if row[name] != twin[name][0])
    what = f"{told}: {column} is {_cell(row[column])} in {names[0]} and {_cell(twin[column][0])} in {names[1]}"
    return Issue(table, row["row"], column, "other_tables", what, _WHY, fix)


_WHY = "plans are compared in one world, each under its own scenario"


def _cell(value: object) -> str:
    return "empty" if value is None else str(value)


def refuse_other_tables(nets: Mapping[str, Network]) -> None:
    """Raise InvalidTables where runs were made from tables that differ: every table, with the first row that does.

    Scenarios and their overrides may differ: each plan is judged under its own. The fix names which runs go together.
    """
    names = list(nets)
    groups: list[list[str]] = []
    issues: list[Issue] = []
    for name in names:
        for group in groups:
            found = _differences(nets, group[0], name)
            if not found:
                group.append(name)
                break
            issues += found if group is groups[0] else []
        else:
            groups.append([name])
    if len(groups) > 1:
        together = " | ".join(", ".join(group) for group in groups)
        raise InvalidTables(
            [Issue(one.table, one.row, one.column, one.code, one.what, one.why, f"{one.fix}: {together}") for one in issues]
        )


def _differences(nets: Mapping[str, Network], one: str, other: str) -> list[Issue]:
    tables = sorted(set(_base(nets[one])) - _ASIDE)
    found = (_difference(table, nets[one], nets[other], (one, other)) for table in tables)
    return [issue for issue in found if issue is not None]
