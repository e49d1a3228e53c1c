"""The example rows of templates, uncommented, are a network: it checks clean and delivers what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from hinterland.app import check, new, read, solve, verify
from hinterland.tables.check import NEEDED
from hinterland.tables.template import USUAL, write_templates


def uncommented(folder: Path) -> Path:
    """Take the # off every example row: the lines after the header."""
    for file in folder.glob("*.csv"):
        lines = file.read_text(encoding="utf-8").splitlines()
        header = next(at for at, line in enumerate(lines) if not line.startswith("#"))
        rows = [line.removeprefix("#") for line in lines[header + 1 :]]
        assert rows
        file.write_text("\n".join([*lines[: header + 1], *rows]) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "names", [NEEDED, USUAL, (*NEEDED, "countries"), (*NEEDED, "recipes", "recipe_lines", "purchases"), (*NEEDED, "modes")]
)
def test_uncommented_examples_check_clean(tmp_path, names):
    write_templates(tmp_path / "net", tables=names)
    assert check(uncommented(tmp_path / "net")) == []


def test_what_new_writes_delivers_all_that_its_examples_ask(tmp_path):
    new(tmp_path / "net")
    net = read(uncommented(tmp_path / "net"))
    found = solve(net)
    assert verify(net, found.plan).ok
    assert found.plan["delivered"]["quantity"].sum() == pytest.approx(20_000_000 + 30_000_000)


def test_a_workbook_shows_the_same_rows(tmp_path):
    from openpyxl import load_workbook

    write_templates(tmp_path / "net.xlsx")
    book = load_workbook(tmp_path / "net.xlsx")
    for sheet in book.worksheets:
        for cell in [row[0] for row in sheet.iter_rows(min_row=2)]:
            cell.value = str(cell.value).removeprefix("#")
    book.save(tmp_path / "net.xlsx")
    assert check(tmp_path / "net.xlsx") == []
