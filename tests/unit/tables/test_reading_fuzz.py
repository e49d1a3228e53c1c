"""Whatever bytes a file holds, reading answers with tables and problems and never with an exception."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hinterland.tables import TABLES, check_tables, read_tables
from hinterland.tables.csv_files import read_csv
from hinterland.tables.typing import typed_frame

CELLS = st.sampled_from(
    ["", "a", " b ", "1", "-2.5", "1,5", "nan", "2026-01-01", '"', '""', '"x', '"x,y"', "#", "\x00", "é", "\r", "=1+1", "@g", "a|b", "*"]
)
LINES = st.lists(CELLS, max_size=6).map(",".join)
TEXT = st.lists(LINES, max_size=8).map("\n".join)
HEAD = st.sampled_from(
    [
        "",
        "site_id,country,latitude,status\n",
        "site_id;country\n",
        "site_id,site_id\n",
        "# note\nsite_id,country,,\n",
        '"site_id",country\n',
    ]
)
ANY = st.one_of(st.binary(max_size=200), st.builds(lambda head, body: (head + body).encode(), HEAD, TEXT))


@settings(max_examples=200, deadline=None)
@given(data=ANY)
def test_any_bytes_are_a_table_or_problems(data):
    raw, issues = read_csv(TABLES["sites"], data)
    if raw is None:
        assert issues
        return
    frame, issues = typed_frame(TABLES["sites"], raw)
    assert list(frame.columns) == [column.name for column in TABLES["sites"].columns] + ["_row"]
    assert frame["_row"].is_sorted()
    assert not frame["latitude"].is_nan().any()


@settings(max_examples=30, deadline=None)
@given(files=st.dictionaries(st.sampled_from(["sites", "lanes", "settings", "periods", "changes", "groups", "scenarios"]), ANY, max_size=4))
def test_any_folder_is_checked_to_its_end(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / f"{name}.csv").write_bytes(data)
        tables, issues = read_tables(folder)
    issues += check_tables(tables, issues)
    assert any(issue.severity == "error" for issue in issues)
    assert set(tables) == set(TABLES)


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(["key", "value", "note"]),
            st.one_of(
                st.none(), st.text(max_size=5), st.integers(), st.floats(), st.dates(), st.booleans(), st.lists(st.integers(), max_size=2)
            ),
            max_size=3,
        ),
        max_size=5,
    )
)
def test_any_rows_of_python_are_a_table_or_problems(rows):
    tables, issues = read_tables({"settings": rows})
    check_tables(tables, issues)
