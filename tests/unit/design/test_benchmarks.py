"""The benchmarks compare like with like: both sides hand the same model to HiGHS and reach the same optimum."""

from __future__ import annotations

import pytest
from benchmarks.__main__ import REGISTRY, main
from benchmarks.bare import facts_of, load, model_of
from benchmarks.build_million import MILLION, SMALL
from benchmarks.networks import Size, hub

from hinterland.app import read
from hinterland.design import design
from hinterland.design.build import build
from hinterland.design.engine import Engine
from hinterland.design.objectives import objective_of
from hinterland.design.scaling import matrix_of
from hinterland.model.arrays import arrays_of
from hinterland.model.scenario import resolve


def test_the_large_network_has_a_million_flows_and_a_fifth_of_its_lanes_at_the_hub() -> None:
    assert MILLION.flows == 1_000_000
    tables = hub(Size(20, 20, 3, 8, 2))
    lanes = tables["lanes"]
    at_hub = lanes.filter((lanes["from_site"] == "hub") | (lanes["to_site"] == "hub")).height
    assert at_hub / lanes.height == pytest.approx(0.2)


def test_hinterland_and_bare_linopy_build_the_same_model() -> None:
    tables = hub(SMALL)
    net = resolve(read(tables), None)
    b = build(arrays_of(net))
    ours = Engine(matrix_of(b))
    ours.objective(objective_of(b, "cost").vector)
    theirs = load(model_of(facts_of(tables)))
    assert ours.highs.getNumRow() == theirs.getNumRow()
    assert ours.highs.getNumNz() == theirs.getNumNz()
    # both without shortage: least cost of serving nobody is nothing, so shortage is forbidden on both sides
    shut = b.draft.labels("short")
    ours.close(shut)
    mine = ours.run(gap=0.0, seconds=None, stop=lambda _value, _bound: False)
    short = facts_of(tables).demand.size
    columns = range(theirs.getNumCol() - short, theirs.getNumCol())
    for column in columns:
        theirs.changeColBounds(column, 0.0, 0.0)
    theirs.setOptionValue("output_flag", False)
    theirs.run()
    assert mine.value == pytest.approx(theirs.getInfo().objective_function_value)
    assert dict(design(net).objective)["cost"] == pytest.approx(mine.value)


def test_every_benchmark_is_registered_and_unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(REGISTRY) >= {"build_million", "read_million"}
    with pytest.raises(SystemExit):
        main(["no_such_thing"])
    assert "no benchmark no_such_thing" in capsys.readouterr().err
