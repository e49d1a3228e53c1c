"""A plan: who makes, ships, buys, stores and opens what in each period. Made by design, or by hand as a folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from hinterland.tables.schema import Table, day, key, number, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PLAN_COLUMNS", "PLAN_TABLES", "Plan", "empty_plan_table", "plan_keys"]

_SITE = key("site_id", "site", "sites", example="florence")
_PRODUCT = key("product_id", "product", "products", example="cam_nmc811")
_PERIOD = key("period_id", "period", "periods", example="2028")
_QUANTITY = number("quantity", "in the product's own unit, in the period", required=True, example="1200")
_MAKES = (
    key("recipe_id", "recipe; empty for a line without inputs", "recipes", required=False),
    key("product_id", "what a line without inputs makes; else empty or the good of the recipe", "products", required=False),
)
_YES = {"low": 0.0, "high": 1.0}
PLAN_TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            Table(
                "flows",
                "what a lane carries in a period",
                (
                    key("lane_id", "lane; or give the two sites, which exactly one lane must link", "lanes", required=False),
                    key("from_site", "site it leaves", "sites", required=False),
                    key("to_site", "site it reaches", "sites", required=False),
                    _PRODUCT,
                    key("mode_chain", "modes of the lane, where several link the two sites", required=False),
                    _PERIOD,
                    key("grade", "origin rules under which it originates, joined by +; empty: none is claimed", required=False),
                    _QUANTITY,
                ),
            ),
            Table(
                "outputs",
                "what a line makes in a period",
                (
                    _SITE,
                    *_MAKES,
                    key("vintage", "existing, or the period in which its modules start", required=False, default="existing"),
                    _PERIOD,
                    _QUANTITY,
                ),
            ),
            Table(
                "purchased",
                "what a site buys in a period",
                (_SITE, _PRODUCT, key("offer_id", "offer", required=False, default=""), _PERIOD, _QUANTITY),
            ),
            Table(
                "delivered",
                "what demand gets in a period",
                (_SITE, _PRODUCT, key("segment", "customer segment", required=False, default=""), _PERIOD, _QUANTITY),
            ),
            Table("stocked", "stock at a period's end", (_SITE, _PRODUCT, _PERIOD, _QUANTITY)),
            Table("disposed", "what is thrown away in a period", (_SITE, _PRODUCT, _PERIOD, _QUANTITY)),
            Table(
                "openings",
                "whether a site is open in a period",
                (
                    _SITE,
                    _PERIOD,
                    whole("open", "1 while open", required=True, **_YES),
                    whole("started", "1 in the period it starts", default=0, **_YES),
                    whole("stopped", "1 in the first period it is closed again", default=0, **_YES),
                ),
            ),
            Table(
                "modules",
                "modules of a line that start in a period",
                (_SITE, *_MAKES, _PERIOD, whole("added", "how many", required=True, example="1")),
            ),
            Table(
                "claims",
                "output that is claimed to meet a rule, or (with input_product_id) what of an input is clean in it",
                (
                    _SITE,
                    _PRODUCT,
                    key("rule_id", "origin rule, or condition rule of an incentive", example="usmca"),
                    key("method", "how it is met", example="rvc_nc"),
                    key("recipe_id", "recipe of the line; empty for a line without inputs, and for inputs", "recipes", required=False),
                    key("vintage", "existing, or the period in which its modules start; empty for inputs", required=False),
                    key("input_product_id", "input that is clean; empty: the output that is claimed", "products", required=False),
                    _PERIOD,
                    _QUANTITY,
                ),
            ),
            Table(
                "refunds",
                "what a lane carries whose duty comes back, as goods made of it leave the territory (drawback)",
                (key("lane_id", "lane into the site that makes them", "lanes"), _PRODUCT, _PERIOD, _QUANTITY),
            ),
            Table(
                "signed",
                "a contract that is signed",
                (key("contract_id", "contract", "contracts"), day("start_date", "first day of its first phase")),
            ),
        )
    }
)
"""The tables of a plan in the schema language; keys first. `source_id`, `quality` and `note` are allowed in each."""
PLAN_COLUMNS: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {name: MappingProxyType({column.name: column.dtype for column in table.own}) for name, table in PLAN_TABLES.items()}
)
"""Columns of each plan table, keys first. `vintage` is `existing` or the period_id in which the modules start."""


def plan_keys(table: str) -> tuple[str, ...]:
    """Key columns of a plan table.

    >>> plan_keys("stocked")
    ('site_id', 'product_id', 'period_id')
    """
    return PLAN_TABLES[table].keys


def empty_plan_table(table: str) -> pl.DataFrame:
    """Return a plan table without rows."""
    return pl.DataFrame(schema=dict(PLAN_COLUMNS[table]))


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """Decisions a network runs under: eleven tables, and the world they were made in.

    Quantities are per period in the product's own unit; a missing row is 0; shortage is demand minus delivered. A flow may
    be split by grade; a plan without claims claims nothing, and pays the plain duty.
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
            whole[name] = typed.sort(plan_keys(name))
        object.__setattr__(self, "tables", MappingProxyType(whole))

    def __repr__(self) -> str:
        """One line: its world and how many rows, not the rows."""
        held = ", ".join(f"{name} {frame.height}" for name, frame in self.tables.items() if frame.height)
        return f"Plan({' + '.join(self.scenarios) or 'the plain tables'}, by {self.maker}; {held or 'empty'})"

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
