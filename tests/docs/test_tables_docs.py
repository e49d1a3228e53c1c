"""The reference pages say what is declared, no more and no less."""

from __future__ import annotations

from pathlib import Path

import pytest

from hinterland.tables import TABLES
from hinterland.tables.describe import PAGES, tables_page, write_pages
from hinterland.tables.problems import PROBLEMS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_declarations_make(name):
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), f"run: python -m hinterland.tables.describe docs ({name} is old)"


def test_every_table_and_column_stands_on_its_page():
    page = tables_page()
    for table in TABLES.values():
        section = page.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        for column in table.own:
            assert f"| **{column.name}** |" in section or f"| {column.name} |" in section, f"{table.name}.{column.name}"


def test_every_problem_has_one_line():
    page = (DOCS / "problems.md").read_text(encoding="utf-8")
    assert [code for code in PROBLEMS if page.count(f"| `{code}` |") != 1] == []


def test_pages_are_written_where_asked(tmp_path):
    assert [page.name for page in write_pages(tmp_path / "new")] == list(PAGES)
