"""The same facts have one name, however they were typed; other facts have another."""

from __future__ import annotations

import polars as pl

from hinterland.core.digest import digest_of

FRAME = pl.DataFrame({"site_id": ["a", "b"], "quantity": [0.3, -0.0], "note": ["x", None], "_row": [2, 3]})


def test_row_order_column_order_notes_and_row_numbers_do_not_count():
    other = pl.DataFrame({"_row": [9, 4], "quantity": [0.0, 0.1 + 0.2], "site_id": ["b", "a"]})
    assert digest_of({"t": FRAME}) == digest_of({"t": other})


def test_empty_tables_and_empty_columns_do_not_count():
    more = FRAME.with_columns(gap=pl.lit(None, dtype=pl.String))
    assert digest_of({"t": FRAME}) == digest_of({"t": more, "u": FRAME.clear()})


def test_a_number_a_name_a_table_or_a_gap_makes_a_difference():
    names = {
        digest_of({"t": FRAME}),
        digest_of({"u": FRAME}),
        digest_of({"t": FRAME.with_columns(quantity=pl.col("quantity") + 1e-9)}),
        digest_of({"t": FRAME.with_columns(site_id=pl.col("site_id") + "x")}),
        digest_of({"t": FRAME.with_columns(site_id=pl.when(pl.col("site_id") == "a").then(pl.lit("")).otherwise("site_id"))}),
        digest_of({"t": FRAME.with_columns(site_id=pl.when(pl.col("site_id") != "a").then("site_id"))}),
        digest_of({"t": FRAME.vstack(FRAME)}),
    }
    assert len(names) == 7


def test_cells_with_separators_and_line_breaks_do_not_run_into_each_other():
    one = pl.DataFrame({"a": ["x,y"], "b": ["z"]})
    two = pl.DataFrame({"a": ["x"], "b": ["y,z"]})
    broken = pl.DataFrame({"a": ["x\ny"], "b": ["z"]})
    assert len({digest_of({"t": frame}) for frame in (one, two, broken)}) == 3
