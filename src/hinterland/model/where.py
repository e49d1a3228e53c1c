"""The `where` of overrides and changes, declared beside the tables it speaks of."""

from __future__ import annotations

from hinterland.tables.where import Members, matching_rows, parse_where

__all__ = ["Members", "matching_rows", "parse_where"]
