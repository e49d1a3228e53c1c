"""CSV files as people and their programs write them: row numbers an editor shows, nothing lost, nothing guessed."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from hinterland.tables import TABLES
from hinterland.tables.csv_files import read_csv
from hinterland.tables.typing import typed_frame


def read(text: str | bytes, table: str = "countries"):
    data = text.encode() if isinstance(text, str) else text
    raw, issues = read_csv(TABLES[table], data)
    if raw is None:
        return None, issues
    frame, more = typed_frame(TABLES[table], raw)
    return frame, issues + more


def places(issues):
    return [(issue.code, issue.row, issue.column) for issue in issues]


PLAIN = "country,region\nUS,north_america\nCN,china\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.rstrip("\n"),
        "\ufeff" + PLAIN,
        PLAIN.replace("US", '"US"'),
        "country,region,,\nUS,north_america,,\nCN,china,,\n",
        "country,region\nUS,north_america,\nCN,china\n",
        PLAIN + "\n\n",
        PLAIN + ",\n",
        "country;region\nUS;north_america\nCN;china\n",
        "country\tregion\nUS\tnorth_america\nCN\tchina\n",
    ],
    ids=["plain", "crlf", "cr", "no last break", "bom", "quoted", "empty columns", "empty cell beyond", "blank rows", "empty row", "semicolons", "tabs"],
)  # fmt: skip
def test_one_table_written_in_many_ways_is_one_table(text):
    frame, issues = read(text)
    assert frame.select("country", "region").rows() == [("US", "north_america"), ("CN", "china")]
    assert frame["_row"].to_list() == [2, 3]
    assert {issue.code for issue in issues} <= {"semicolons"}
    assert all(issue.severity == "note" for issue in issues)


def test_rows_are_counted_as_an_editor_does_past_comments_blank_lines_and_line_breaks_in_quotes():
    text = '# facts\n\ncountry,region,note\nUS,north_america,"two\nlines"\n# a "comment\n\nCN,china,\nDE,,\n'
    frame, issues = read(text)
    assert frame["_row"].to_list() == [4, 8, 9]
    assert frame["note"][0] == "two\nlines"
    assert places(issues) == [("empty_cell", 9, "region")]


def test_comments_and_blank_lines_move_no_row_number_without_quotes_either():
    frame, issues = read("# facts\ncountry,region\n#XX,nowhere\nUS,north_america\n\n#YY,nowhere,at,all\nCN,\n")
    assert frame["_row"].to_list() == [4, 7]
    assert places(issues) == [("empty_cell", 7, "region")]


def test_quoted_separators_and_doubled_quotes_stay_in_the_cell():
    frame, issues = read('country,region,note\nUS,north_america,"5,000 t; ""about"""\n')
    assert issues == []
    assert frame["note"][0] == '5,000 t; "about"'


def test_ragged_rows_are_told_and_the_others_are_kept():
    frame, issues = read("country,region\nUS,north_america\nCN\nDE,europe,west\nFR,europe\n")
    assert places(issues) == [("ragged_row", 3, None), ("ragged_row", 4, None)]
    assert frame["country"].to_list() == ["US", "FR"]


def test_decimal_commas_are_told_in_a_semicolon_file_and_not_read_as_thousands():
    frame, issues = read("site_id;country;latitude;longitude\na;DE;48,1;11,5\nb;DE;1.234,5;7\n", "sites")
    assert places(issues)[1:] == [("decimal_comma", 2, "latitude"), ("decimal_comma", 3, "latitude"), ("decimal_comma", 2, "longitude")]
    assert frame["latitude"].to_list() == [None, None]


def test_latin_1_and_utf_16_are_refused_with_the_line():
    frame, issues = read("country,region\nUS,north_america\nDE,Köln\n".encode("latin-1"))
    assert frame is None
    assert places(issues) == [("not_utf8", 3, None)]
    assert "Latin-1" in issues[0].why
    assert "UTF-16" in read("country,region\n".encode("utf-16"))[1][0].why


@pytest.mark.parametrize("cell", ["2026-01-31", "2026-01-31 00:00:00", "2026-01-31T00:00:00.000"])
def test_a_date_may_carry_the_midnight_of_a_spreadsheet(cell):
    frame, issues = read(f"period_id,start_date,end_date\n1,{cell},2026-12-31\n", "periods")
    assert issues == []
    assert frame["start_date"][0] == date(2026, 1, 31)


@pytest.mark.parametrize("cell", ["31.12.2026", "12/31/2026", "2026-02-30", "2026-01-01 and a half", "46022", "2026"])
def test_other_dates_are_refused(cell):
    assert places(read(f"period_id,start_date,end_date\n1,{cell},2026-12-31\n", "periods")[1]) == [("wrong_type", 2, "start_date")]


@pytest.mark.parametrize(("cell", "value"), [("12", 12.0), ("1e3", 1000.0), (".5", 0.5), ("-3", -3.0), (" 7 ", 7.0), ("+2", 2.0)])
def test_numbers_in_plain_and_scientific_form(cell, value):
    frame, issues = read(f"country,region,risk_score_share\nUS,na,{cell}\n")
    assert frame["risk_score_share"][0] == value
    assert {issue.code for issue in issues} <= {"trimmed"}


@pytest.mark.parametrize("cell", ["5 kg", "25 %", "1_000", "0x10", "1.2.3", "--1", "n/a"])
def test_text_in_a_column_of_numbers_is_told(cell):
    assert places(read(f"country,region,risk_score_share\nUS,na,{cell}\n")[1]) == [("wrong_type", 2, "risk_score_share")]


@pytest.mark.parametrize("cell", ["nan", "NaN", "inf", "-Infinity", "1e999", "#DIV/0!"])
def test_what_is_no_finite_number_is_told(cell):
    frame, issues = read(f"country,region,risk_score_share\nUS,na,{cell}\n")
    assert places(issues) == [("not_finite", 2, "risk_score_share")]
    assert frame["risk_score_share"][0] is None


def test_yes_and_no_in_words_people_use():
    text = "recipe_id,product_id,confers_origin\n" + "".join(f"r{at},p,{word}\n" for at, word in enumerate(("true", "No", "1", "ja", "")))
    frame, issues = read(text, "recipes")
    assert issues == []
    assert frame["confers_origin"].to_list() == [True, False, True, True, True]


def test_a_name_of_a_column_with_blanks_or_capitals_is_told_with_the_nearest():
    issues = read("Country,region\nUS,na\n")[1]
    assert ("unknown_column", 1, "Country") in places(issues)
    assert "did you mean country?" in next(issue.fix for issue in issues if issue.code == "unknown_column")
    assert places(read("country , region\nUS,na\n")[1]) == []


def test_a_header_over_no_rows_is_an_empty_table_and_no_problem():
    frame, issues = read("country,region\n")
    assert frame.height == 0
    assert issues == []


def test_a_column_without_a_name_is_told():
    assert places(read("country,,region\nUS,x,na\n")[1]) == [("unknown_column", 1, None)]


def test_numbers_that_end_alike_in_both_ways_of_reading():
    """The fast parser and the careful one give the same table: quotes alone decide which of them reads."""
    rows = [("a", "12.5", "-3"), ("b", "", "1e-3"), ("c", "7", "")]
    text = "site_id,country,latitude,longitude\n" + "".join(f"{a},US,{b},{c}\n" for a, b, c in rows)
    fast, careful = read(text, "sites")[0], read(text.replace("a,US", '"a",US'), "sites")[0]
    assert fast.equals(careful)
    assert fast["latitude"].to_list() == [12.5, None, 7.0]


def test_thousands_of_bad_cells_are_counted_and_not_all_told():
    issues = read("country,region,risk_score_share\n" + "".join(f"c{at},na,much\n" for at in range(3000)))[1]
    assert len(issues) == 1001
    assert "2000 more" in issues[-1].what
    assert isinstance(read(PLAIN)[0], pl.DataFrame)
