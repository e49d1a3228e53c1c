"""A plan: who makes, ships, buys, stores and opens what in each period. Made by design, or by hand as a folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PLAN_COLUMNS", "Plan", "empty_plan_table", "plan_keys"]

_KEYS: dict[str, tuple[str, ...]] = {
    "flows": ("lane_id", "from_site", "to_site", "product_id", "mode_chain", "period_id", "grade"),
    "outputs": ("site_id", "recipe_id", "product_id", "vintage", "period_id"),
    "purchased": ("site_id", "product_id", "offer_id", "period_id"),
    "delivered": ("site_id", "product_id", "segment", "period_id"),
    "stocked": ("site_id", "product_id", "period_id"),
    "disposed": ("site_id", "product_id", "period_id"),
    "openings": ("site_id", "period_id"),
    "modules": ("site_id", "recipe_id", "product_id", "period_id"),
    "signed": ("contract_id",),
}
_VALUES: dict[str, dict[str, pl.DataType]] = {
    "openings": {"open": pl.Int64(), "started": pl.Int64(), "stopped": pl.Int64()},
    "modules": {"added": pl.Int64()},
    "signed": {"start_date": pl.Date()},
}
PLAN_COLUMNS: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {
        table: MappingProxyType({key: pl.String() for key in keys} | _VALUES.get(table, {"quantity": pl.Float64()}))
        for table, keys in _KEYS.items()
    }
)
"""Columns of each plan table, keys first. `vintage` is `existing` or the period_id in which the modules start."""


def plan_keys(table: str) -> tuple[str, ...]:
    """Key columns of a plan table.

    >>> plan_keys("stocked")
    ('site_id', 'product_id', 'period_id')
    """
    return _KEYS[table]


def empty_plan_table(table: str) -> pl.DataFrame:
    """Return a plan table without rows."""
    return pl.DataFrame(schema=dict(PLAN_COLUMNS[table]))


@dataclass(frozen=True, slots=True)
class Plan:
    """Decisions a network runs under: nine tables, and the world they were made in.

    Quantities are per period in the product's own unit; a missing row is 0; shortage is demand minus delivered.
    Tables are complete, typed and sorted by key. `complete` is False for a planner's partial plan.
    """

    tables: Mapping[str, pl.DataFrame]
    scenarios: tuple[str, ...] = ()
    maker: str = "hand"
    network_digest: str = ""
    complete: bool = True
    notes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Complete, type and sort the tables; refuse names that are no plan table."""
        unknown = sorted(set(self.tables) - set(PLAN_COLUMNS))
        if unknown:
            raise KeyError(f"not a plan table: {', '.join(unknown)}; a plan has {', '.join(PLAN_COLUMNS)}")
        whole = {}
        for name, columns in PLAN_COLUMNS.items():
            frame = self.tables.get(name, empty_plan_table(name))
            typed = frame.select(
                (pl.col(column) if column in frame.columns else pl.lit(None)).cast(kind).alias(column) for column, kind in columns.items()
            )
            whole[name] = typed.sort([column for column in columns if column in _KEYS[name]])
        object.__setattr__(self, "tables", MappingProxyType(whole))

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return one plan table."""
        return self.tables[table]

    def with_table(self, table: str, frame: pl.DataFrame) -> Plan:
        """Return a copy with one table replaced."""
        return Plan({**self.tables, table: frame}, self.scenarios, self.maker, self.network_digest, self.complete, self.notes)

    def write(self, folder: str | Path) -> Path:
        """Write the plan as a folder of CSV tables and plan.json; an existing folder must be empty of other plans."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for name, frame in self.tables.items():
            frame.write_csv(target / f"{name}.csv")
        about = {
            "scenarios": list(self.scenarios),
            "maker": self.maker,
            "network_digest": self.network_digest,
            "complete": self.complete,
        }
        (target / "plan.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        return target
