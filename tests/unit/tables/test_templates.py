"""Templates explain themselves, read back clean, and never write over anything."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from hinterland.core.errors import InvalidTables
from hinterland.tables import TABLES, read_tables
from hinterland.tables.check import NEEDED
from hinterland.tables.settings import SETTINGS
from hinterland.tables.template import USUAL, write_templates


def test_the_seven_that_a_first_plan_needs_are_written(tmp_path):
    files = write_templates(tmp_path / "net")
    assert [file.name for file in files] == [f"{name}.csv" for name in NEEDED]
    assert len(NEEDED) == 7


@pytest.mark.parametrize("target", ["net", "net.xlsx"])
@pytest.mark.parametrize("example", [True, False])
def test_templates_of_every_table_read_back_clean_and_empty(tmp_path, target, example):
    write_templates(tmp_path / target, tables=list(TABLES), example=example)
    tables, issues = read_tables(tmp_path / target)
    assert issues == []
    assert {name for name in tables if tables[name].height} == set()


def test_a_header_says_unit_meaning_default_and_whether_a_cell_must_be_filled(tmp_path):
    text = write_templates(tmp_path, tables=["processes"])[0].read_text(encoding="utf-8")
    assert "# electricity_kwh_per_unit: per good unit (number in kwh/unit; empty: 0.0)" in text
    assert "# site_id: site (text; key; must be filled; names a row of sites)" in text
    assert "#loyalist," in text
    assert "#loyalist," not in write_templates(tmp_path / "bare", tables=["processes"], example=False)[0].read_text(encoding="utf-8")


def test_the_template_of_settings_shows_every_setting(tmp_path):
    text = write_templates(tmp_path, tables=["settings"])[0].read_text(encoding="utf-8")
    assert all(f"#{key}," in text for key in SETTINGS)


def test_columns_that_no_engine_reads_are_not_offered(tmp_path):
    header = write_templates(tmp_path, tables=["products"])[0].read_text(encoding="utf-8").splitlines()
    assert not any(line.startswith("# dangerous_goods:") for line in header)


def test_a_workbook_has_notes_on_its_header_which_stays_in_sight(tmp_path):
    write_templates(tmp_path / "net.xlsx", tables=USUAL)
    book = load_workbook(tmp_path / "net.xlsx")
    assert tuple(book.sheetnames) == USUAL
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert all(cell.comment is not None for cell in sheet[1])


def test_nothing_is_written_over_and_nothing_is_half_written(tmp_path):
    (tmp_path / "lanes.csv").write_text("mine")
    (tmp_path / "sites.parquet").write_text("mine too")
    with pytest.raises(InvalidTables) as caught:
        write_templates(tmp_path)
    assert {issue.table for issue in caught.value.issues} == {"lanes", "sites"}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lanes.csv", "sites.parquet"]
    assert (tmp_path / "lanes.csv").read_text() == "mine"
    (tmp_path / "net.xlsx").write_text("mine")
    with pytest.raises(InvalidTables):
        write_templates(tmp_path / "net.xlsx")
    assert (tmp_path / "net.xlsx").read_text() == "mine"


def test_a_table_that_is_not_declared_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(InvalidTables, match="did you mean lanes"):
        write_templates(tmp_path / "net", tables=["lane"])
    assert not (tmp_path / "net").exists()


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path):
    (tmp_path / "net").write_text("mine")
    with pytest.raises(InvalidTables):
        write_templates(tmp_path / "net")
    assert (tmp_path / "net").read_text() == "mine"
