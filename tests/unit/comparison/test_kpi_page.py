from pathlib import Path

from hinterland.comparison import KPIS
from hinterland.comparison.describe import PAGES
from hinterland.comparison.registry import AIMS, DRIVERS

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_page_of_key_figures_is_as_the_registry_has_it():
    for name, page in PAGES.items():
        assert (DOCS / name).read_text(encoding="utf-8") == page(), "run `python -m hinterland.comparison.describe`"


def test_every_key_figure_has_a_definition_and_a_denominator():
    assert all(one.title and one.definition and one.counted and one.denominator and one.unit for one in KPIS)
    assert {one.aim for one in KPIS} - {""} == set(AIMS)
    assert len({one.name for one in KPIS}) == len(KPIS)
    assert all(holds for drivers in DRIVERS.values() for _, holds in drivers)


def test_the_page_is_written_for_planners():
    page = PAGES["kpis.md"]()
    for one in KPIS:
        assert one.title in page
        assert len(one.definition) < 120  # one sentence, before how it is counted
        assert not set("<=[]{}") & set(one.definition)
    assert [line for line in page.split("\n") if "opening_stock" in line]  # what a trace counts and a comparison does not
