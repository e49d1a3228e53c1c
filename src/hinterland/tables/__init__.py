"""The schema language, every declared table, and what reads and checks them."""

from hinterland.tables.check import check_tables
from hinterland.tables.declared import TABLES
from hinterland.tables.read import read_tables
from hinterland.tables.schema import Column, Table

__all__ = ["TABLES", "Column", "Table", "check_tables", "read_tables"]
