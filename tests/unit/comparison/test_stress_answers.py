"""The sentence for each sign, and where chance could have made the difference."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest

from hinterland.comparison import STRESS_FRAMES, StressBoard, not_survived
from hinterland.comparison.stress_answers import answer, stress_summary

UNITS = {"lost_margin": "money", "lost": "units", "late_share": "share"}


def board(differences, *, levels=(8e8, 5e8), nodes=(), replications=100):
    """Two plans; `differences` (measure: mean, low, high) of `local` - `global`; `levels` their means of every measure."""
    empty = {name: pl.DataFrame(schema=dict(columns)) for name, columns in STRESS_FRAMES.items()}
    rows = [(*("local", "global"), name, UNITS[name], *told, told[1] > 0 or told[2] < 0) for name, told in differences.items()]
    empty["differences"] = pl.DataFrame(rows, schema=dict(STRESS_FRAMES["differences"]), orient="row")
    means = [(plan, name, UNITS[name], level, 0.0, level, level, level, level) for plan, level in zip(("global", "local"), levels, strict=True)
             for name in differences]  # fmt: skip
    empty["measures"] = pl.DataFrame(means, schema=dict(STRESS_FRAMES["measures"]), orient="row")
    told = [
        (plan, "site", node, node.title(), 28.0, 56.0, loss, loss, 1.0, days, 1.0, days >= 56, None, None)
        for plan, node, loss, days in nodes
    ]
    empty["exposure"] = pl.DataFrame(told, schema=dict(STRESS_FRAMES["exposure"]), orient="row")
    return StressBoard(strategies=("global", "local"), against="global", currency="USD", unit="kWh", replications=replications, seed=0,
                       first_day=date(2028, 1, 1), last_day=date(2032, 12, 31), period_id="2030", **empty)  # fmt: skip


def test_less_margin_lost_is_said_with_the_interval_turned():
    said = answer(board({"lost_margin": (-2.75e8, -2.892e8, -2.607e8)}), "local")
    assert said == "local against global, from 2028-01-01 to 2032-12-31: it loses 275 M USD less margin (95 % interval 261 M to 289 M)."


def test_more_margin_lost_is_said_as_more():
    said = answer(board({"lost_margin": (2.75e8, 2.607e8, 2.892e8)}), "local")
    assert said == "local against global, from 2028-01-01 to 2032-12-31: it loses 275 M USD more margin (95 % interval 261 M to 289 M)."


@pytest.mark.parametrize(
    ("low", "high", "words"), [(-5e6, 1.2e7, "−5 M to 12 M USD"), (0.0, 3e6, "0 to 3 M USD"), (-3e6, 0.0, "−3 M to 0 USD")]
)
def test_an_interval_that_holds_nothing_is_no_difference(low, high, words):
    said = answer(board({"lost_margin": ((low + high) / 2, low, high)}), "local")
    assert (
        said
        == f"local against global, from 2028-01-01 to 2032-12-31: in lost margin no difference can be told apart from chance ({words})."
    )


def test_the_same_to_the_last_digits_is_exactly_the_same():
    said = answer(board({"lost_margin": (1e-3, 5e-4, 2e-3)}, levels=(8e8, 8e8)), "local")
    assert said == "local against global, from 2028-01-01 to 2032-12-31: it loses exactly as much margin."


def test_one_replication_has_no_interval_and_equal_ones_say_so():
    told = {"lost_margin": (-2800.0, -2800.0, -2800.0)}
    alone = {"lost_margin": (-2800.0, float("nan"), float("nan"))}
    assert (
        answer(board(alone, replications=1), "local")
        == "local against global, in this one future from 2028-01-01 to 2032-12-31: it loses 2,800 USD less margin."
    )
    assert answer(board({"lost_margin": (0.0, float("nan"), float("nan"))}, replications=1), "local").endswith(
        "it loses exactly as much margin."
    )
    assert answer(board(told), "local").endswith("it loses 2,800 USD less margin (the same in every replication).")


def test_a_terminal_shows_no_interval_of_one_future(capsys):
    from hinterland.cli.stressed import show_stress

    held = board({"lost_margin": (-2800.0, float("nan"), float("nan"))}, replications=1)
    show_stress(SimpleNamespace(stress=held, strategies=held.strategies, kpi=lambda name, kpi: 1.0))
    told = "".join(capsys.readouterr())
    assert "1 replication of 2028" in told
    assert "–" in told
    for word in ("nan", "– to –", "95 % interval 2"):
        assert word not in told


def test_late_is_told_in_points_and_units_by_their_name():
    said = answer(board({"lost": (-5.39e6, -5.995e6, -4.79e6), "late_share": (0.0123, 0.008, 0.0166)}, levels=(0.5, 0.4)), "local")
    assert "it loses 5.39 M kWh less of what is wanted (95 % interval 4.79 M to 6 M)" in said
    assert "it serves 1.23 points more of what is wanted late (95 % interval 0.8 to 1.66)" in said


@pytest.mark.parametrize(("costs", "words"), [
    ((54.332e9, 49.264e9), "over all periods it costs 5.07 bn USD more (+10.3 %)"), ((90.0, 100.0), "over all periods it costs 10 USD less (−10.0 %)"), ((7.0, 7.0), "over all periods it costs the same"),
])  # fmt: skip
def test_what_it_costs_comes_last(costs, words):
    assert answer(board({"lost_margin": (-2.0, -3.0, -1.0)}, levels=(9.0, 7.0)), "local", costs).endswith(f"; {words}.")


NODES = [("global", "far", 9.0, 0.0), ("global", "port", 12.0, 7.0), ("global", "near", 0.0, float("inf")), ("local", "near", 4.0, 14.0)]


def test_nodes_that_are_not_survived_are_counted_and_the_worst_named():
    held = board({"lost_margin": (-2.0, -3.0, -1.0)}, levels=(9.0, 7.0), nodes=NODES)
    assert "1 of its 1 nodes are not survived as long as they take to recover, against 2 of 3" in answer(held, "local")
    weak = not_survived(held, "global")
    assert (weak["count"], weak["of"], weak["worst"]["node"]) == (2, 3, "port")
    assert not_survived(board({}), "global") is None


def test_a_summary_holds_every_measure_and_difference_of_every_plan():
    told = stress_summary(board({"lost_margin": (-2.0, -3.0, -1.0)}, levels=(9.0, 7.0), nodes=NODES), ("said",))
    assert told["measures"]["local"]["lost_margin"]["mean"] == 7.0
    assert told["differences"]["local"]["lost_margin"] == {"mean": -2.0, "low": -3.0, "high": -1.0, "certain": True}
    assert told["exposure"]["not_survived"]["global"]["count"] == 2
    assert told["units"] == {"lost_margin": "money"}
    assert told["answers"] == ["said"]
