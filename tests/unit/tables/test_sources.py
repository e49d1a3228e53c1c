from hinterland.app import check
from worlds import two_makers


def test_a_row_may_cite_several_sources_and_each_must_be_there():
    tables = two_makers()
    tables["sources"] = [{"source_id": "S1", "title": "a"}, {"source_id": "S2", "title": "b"}]
    tables["lanes"][0]["source_id"] = "S1; S2"
    assert not [one for one in check(tables) if one.column == "source_id"]
    tables["lanes"][1]["source_id"] = "S1;S3"
    (issue,) = [one for one in check(tables) if one.column == "source_id"]
    assert (issue.table, issue.row, issue.code) == ("lanes", 3, "unknown_reference")
