"""Tables in, a checked network out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hinterland.core.errors import InvalidTables, Issue
from hinterland.model.network import Network
from hinterland.tables import check_tables, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["check", "read"]


def _read(source: Path | str | Mapping[str, Any]) -> tuple[Network, list[Issue]]:
    tables, issues = read_tables(source)
    return Network(tables), issues + check_tables(tables)


def read(source: Path | str | Mapping[str, Any]) -> Network:
    """Read a network from a folder of CSV or Parquet files, a workbook, or a dict of frames or lists of rows.

    Raises InvalidTables with every problem at once; warnings and notes do not stop it (`check` lists them).
    """
    net, issues = _read(source)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise InvalidTables(errors)
    return net


def check(source: Path | str | Mapping[str, Any]) -> list[Issue]:
    """Every problem, warning and note of the tables, in their order."""
    return _read(source)[1]
