"""The rule file that comes with the package: duties of the United States and the European Union on batteries, hand-checked.

`us_eu_duties.csv`, `us_eu_groups.csv` and `us_eu_sources.csv` have the columns of the tables duties, groups and sources, so
that a network or a pack can take them over row by row. Every row says its source, how sure it is, and its days.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from hinterland.tables import read_tables

__all__ = ["SHIPPED", "shipped_tables"]

SHIPPED = "us_eu"
"""Name of the rule file."""
_TABLES = ("duties", "groups", "sources")


def shipped_tables(name: str = SHIPPED) -> dict[str, pl.DataFrame]:
    """Every declared table, typed; duties, groups and sources hold the shipped rows, the others none."""
    folder = Path(__file__).parent / "data"
    found, _ = read_tables({table: pl.read_csv(folder / f"{name}_{table}.csv", infer_schema=False) for table in _TABLES})
    return found
