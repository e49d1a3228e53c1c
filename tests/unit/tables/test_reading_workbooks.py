"""Workbooks as Excel writes them: numbers as ids, dates as dates, formulas, notes, and what must be refused."""

from __future__ import annotations

import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from hinterland.tables import read_tables


@pytest.fixture
def book():
    made = Workbook()
    made.remove(made.worksheets[0])
    return made


def saved(book, tmp_path):
    book.save(tmp_path / "net.xlsx")
    return read_tables(tmp_path / "net.xlsx")


def sheet(book, name, *rows):
    made = book.create_sheet(name)
    for row in rows:
        made.append(row)
    return made


def test_ids_that_excel_holds_as_numbers_and_dates_that_it_holds_as_dates(book, tmp_path):
    sheet(
        book,
        "periods",
        ["period_id", "start_date", "end_date"],
        [2026, datetime(2026, 1, 1), date(2026, 12, 31)],
        [2027.0, "2027-01-01", "2027-12-31"],
    )
    tables, issues = saved(book, tmp_path)
    assert issues == []
    assert tables["periods"]["period_id"].to_list() == ["2026", "2027"]
    assert tables["periods"]["start_date"].to_list() == [date(2026, 1, 1), date(2027, 1, 1)]


def test_rows_are_those_of_the_sheet_past_blank_rows_and_comments(book, tmp_path):
    sheet(
        book, "countries", ["# facts"], ["country", "region", None], [None, None], ["US", "north_america"], ["#XX", "nowhere"], ["CN", " "]
    )
    tables, issues = saved(book, tmp_path)
    assert tables["countries"]["_row"].to_list() == [4, 6]
    assert [(issue.code, issue.row, issue.column) for issue in issues if issue.severity == "error"] == [("empty_cell", 6, "region")]


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ([["country", "region"], ["US", "na", "more"]], "ragged_row", 2),
        ([["country", "country"], ["US", "na"]], "doubled_header", 1),
        ([["country", "region"], ["US", "na"], ["country", "region"]], "doubled_header", 3),
        ([["country", None, "region"], ["US", "x", "na"]], "unknown_column", 1),
        ([], "empty_table", None),
        ([["country", "region", "risk_score_share"], ["US", "na", "=1/0"]], "unreadable", None),
    ],
)
def test_a_sheet_that_is_no_table_is_refused(book, tmp_path, rows, code, row):
    sheet(book, "countries", *rows)
    assert (code, row) in [(issue.code, issue.row) for issue in saved(book, tmp_path)[1]]


def test_merged_cells_are_refused_by_their_place(book, tmp_path):
    sheet(book, "countries", ["country", "region"], ["US", "na"]).merge_cells("A2:A3")
    issue = saved(book, tmp_path)[1][0]
    assert (issue.code, issue.table) == ("merged_cells", "countries")
    assert "A2:A3" in issue.what


def test_a_cell_far_outside_stops_nothing_but_its_sheet(book, tmp_path):
    sheet(book, "countries", ["country", "region"], ["US", "na"]).cell(1_000_000, 16_000, "stray")
    sheet(book, "groups", ["group_id", "member"], ["g", "US"])
    tables, issues = saved(book, tmp_path)
    assert [(issue.table, issue.code) for issue in issues] == [("countries", "too_large")]
    assert tables["groups"].height == 1


def test_a_sheet_of_another_name_is_told_with_the_nearest(book, tmp_path):
    sheet(book, "Countries", ["country", "region"], ["US", "na"])
    issue = saved(book, tmp_path)[1][0]
    assert issue.code == "unknown_table"
    assert "countries" in issue.fix


def test_a_file_that_unpacks_to_gigabytes_is_refused_unopened(tmp_path, monkeypatch):
    monkeypatch.setattr("hinterland.tables.workbooks.UNPACKED_LIMIT", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 2_000_000)
    assert [issue.code for issue in read_tables(tmp_path / "bomb.xlsx")[1]] == ["too_large"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"country,region\nUS,na\n"])
def test_what_is_no_workbook_is_refused(tmp_path, data):
    (tmp_path / "net.xlsx").write_bytes(data)
    assert [issue.code for issue in read_tables(tmp_path / "net.xlsx")[1]] == ["unreadable"]


def test_a_zip_with_a_damaged_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "net.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<no")
    assert [issue.code for issue in read_tables(tmp_path / "net.xlsx")[1]] == ["unreadable"]


@pytest.mark.parametrize(("name", "word"), [("net.xls", ".xlsx"), ("net.ods", ".xlsx"), ("sites.csv", "folder"), ("net.docx", "folder")])
def test_other_files_are_refused_with_what_to_do(tmp_path, name, word):
    (tmp_path / name).write_bytes(b"x")
    issue = read_tables(tmp_path / name)[1][0]
    assert issue.code == "unreadable"
    assert word in issue.fix


def test_a_path_that_is_not_there_and_a_folder_without_tables(tmp_path):
    assert "does not exist" in read_tables(tmp_path / "no")[1][0].what
    assert "holds no table" in read_tables(tmp_path)[1][0].what
    assert read_tables(17)[1][0].code == "unreadable"
    assert read_tables("\0")[1][0].code == "unreadable"


def test_tariff_codes_that_excel_holds_as_numbers_are_doubted(book, tmp_path):
    sheet(book, "product_codes", ["product_id", "importer", "hs_code"], ["cell", "US", 8507.6], ["part", "US", "8507.60"])
    tables, issues = saved(book, tmp_path)
    assert [(issue.code, issue.column, issue.severity) for issue in issues] == [("code_as_number", "hs_code", "warning")]
    assert tables["product_codes"]["hs_code"].to_list() == ["8507.6", "8507.60"]
