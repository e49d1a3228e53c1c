"""Every declared table, by family."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from hinterland.tables.declared.agreeing import AGREEING
from hinterland.tables.declared.breaking import BREAKING
from hinterland.tables.declared.making import MAKING
from hinterland.tables.declared.moving import MOVING
from hinterland.tables.declared.proving import PROVING
from hinterland.tables.declared.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hinterland.tables.schema import Table

__all__ = ["TABLES"]

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in (*WORLD, *MAKING, *MOVING, *AGREEING, *BREAKING, *PROVING)})
"""Every input table of a network by name."""
