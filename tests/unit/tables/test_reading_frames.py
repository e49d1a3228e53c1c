"""Tables handed over from Python: nothing that a frame library guesses may change what the planner wrote."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hinterland.tables import read_tables


def one(name, rows):
    tables, issues = read_tables({name: rows})
    return tables[name], issues


ROWS = [{"site_id": 17, "country": "US", "latitude": 40}, {"site_id": 18, "country": "CN", "latitude": 31.5}]


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        {"site_id": [17, 18], "country": ["US", "CN"], "latitude": [40, 31.5]},
        {"site_id": np.array([17, 18]), "country": np.array(["US", "CN"]), "latitude": np.array([40, 31.5])},
        pl.DataFrame(ROWS),
        pl.LazyFrame(ROWS),
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS).set_index("site_id"),
        pl.DataFrame(ROWS).with_columns(pl.col("country").cast(pl.Categorical), pl.col("site_id").cast(pl.Float64)),
    ],
    ids=["rows", "columns", "numpy", "polars", "lazy", "pandas", "pandas index", "categorical"],
)
def test_one_table_in_many_kinds_of_frame(rows):
    frame, issues = one("sites", rows)
    assert issues == []
    assert frame.select("site_id", "country", "latitude").rows() == [("17", "US", 40.0), ("18", "CN", 31.5)]


def test_cells_of_mixed_types_are_told_and_not_dropped_to_fit():
    frame, issues = one("sites", [{"site_id": 1, "country": "US", "latitude": at} for at in (40, "north", None)])
    assert [(issue.code, issue.row, issue.column) for issue in issues] == [("wrong_type", 3, "latitude")]
    assert frame["latitude"].to_list() == [40.0, None, None]


def test_a_column_that_only_a_late_row_has_is_read():
    rows = [{"site_id": str(at), "country": "US"} for at in range(300)] + [{"site_id": "x", "country": "US", "jobs": 300}]
    frame, issues = one("sites", rows)
    assert issues == []
    assert frame["jobs"][-1] == 300


def test_missing_values_of_pandas_are_empty_cells_and_its_whole_numbers_stay_whole():
    frame, issues = one(
        "sites",
        pd.DataFrame(
            {"site_id": [1, 2], "country": ["US", "CN"], "jobs": [300, None], "earliest_date": [pd.Timestamp("2026-01-01"), pd.NaT]}
        ),
    )
    assert issues == []
    assert frame["jobs"].to_list() == [300, None]
    assert frame["earliest_date"].to_list() == [date(2026, 1, 1), None]


def test_nan_and_infinity_in_polars_are_told():
    issues = one("sites", pl.DataFrame({"site_id": ["a", "b"], "country": "US", "latitude": [float("nan"), float("inf")]}))[1]
    assert [(issue.code, issue.row) for issue in issues] == [("not_finite", 2), ("not_finite", 3)]


def test_dates_and_datetimes_of_python_are_dates():
    frame, issues = one("periods", [{"period_id": 2026, "start_date": datetime(2026, 1, 1), "end_date": date(2026, 12, 31)}])
    assert issues == []
    assert frame.select("period_id", "start_date", "end_date").row(0) == ("2026", date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ({"site_id": ["a"], "country": ["US", "CN"]}, "ragged_row"),
        ({"site_id": "a", "country": ["US"]}, "unreadable"),
        ([{"site_id": "a"}, "b"], "unreadable"),
        (17, "unreadable"),
        ("sites", "unreadable"),
        (pd.DataFrame([["a", "b"]], columns=["site_id", "site_id"]), "doubled_header"),
        (pl.DataFrame({"site_id": ["a"], "country": ["US"], "latitude": [True]}), "wrong_type"),
        (pl.DataFrame({"site_id": [["a"]], "country": ["US"]}), "wrong_type"),
        (pl.DataFrame({"site_id": ["a"], "country": ["US"], "latitude": [date(2026, 1, 1)]}), "wrong_type"),
        (pl.DataFrame({"site_id": ["a"], "country": ["US"], "earliest_date": [46022]}), "wrong_type"),
        (pl.DataFrame({"site_id": ["a"], "country": ["US"], "_row": ["x"]}), "unknown_column"),
    ],
)
def test_what_is_no_table_is_told_once(rows, code):
    assert [issue.code for issue in one("sites", rows)[1]] == [code]


def test_the_tables_of_a_network_read_back_as_they_were():
    tables, _ = read_tables({"sites": ROWS})
    again, issues = read_tables(tables)
    assert issues == []
    assert again["sites"].equals(tables["sites"])


class Odd:
    """An object that looks like nothing known."""

    columns: ClassVar[list[str]] = ["site_id"]


def test_an_unknown_object_is_told():
    assert one("sites", Odd())[1][0].code == "unreadable"
