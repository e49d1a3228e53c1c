"""Tails and differences of replications, with arithmetic that fits on a hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from hinterland.stress.events import EVENT_COLUMNS
from hinterland.stress.kernel import MEASURES
from hinterland.stress.simulate import StressResult
from hinterland.stress.summary import convergence, paired, rates, summary, tail


def result(**columns):
    """A simulation of ten weeks in which nothing is counted but what is told."""
    count = len(next(iter(columns.values())))
    frame = pl.DataFrame({"replication": range(count), **{name: columns.get(name, [0.0] * count) for name in MEASURES}})
    return StressResult(
        frame.with_columns(pl.col(name).cast(pl.Float64) for name in MEASURES), pl.DataFrame(schema=EVENT_COLUMNS), {}, 10, 7, 0, 0
    )


@pytest.mark.parametrize(
    ("values", "var", "cvar"),
    [
        (range(1, 101), 95.0, 98.0),  # the five worst: 96 … 100
        (range(1, 21), 19.0, 20.0),
        (range(1, 31), 29.0, 29.0 + 2 / 3),  # the worst one and a half: (30 + 29 / 2) / 1.5
        (range(1, 11), 10.0, 10.0),  # half of the worst one
        ([7.0], 7.0, 7.0),
        ([0.0] * 96 + [40.0] * 4, 0.0, 32.0),  # 96 % lose nothing; the worst five are four times 40 and once 0
    ],
)
def test_tails_by_hand(values, var, cvar):
    shuffled = np.random.default_rng(1).permutation(np.array(values, dtype=np.float64))
    assert tail(shuffled) == pytest.approx((var, cvar), rel=1e-12)
    assert tail(-shuffled, worst_is_high=False) == pytest.approx((-var, -cvar), rel=1e-12)


def test_the_bad_end_of_a_share_is_its_low_end():
    """Of 1,000 wanted, 1 … 100 are lost: 95 % of the replications serve 0.905 or more, the worst five 0.902 on average."""
    lost = np.arange(1.0, 101.0)
    told = summary(result(wanted=[1000.0] * 100, on_time=1000 - lost, lost=lost))
    rows = {row["measure"]: row for row in told.iter_rows(named=True)}
    assert (rows["lost"]["var95"], rows["lost"]["cvar95"]) == pytest.approx((95.0, 98.0))
    assert (rows["fill_rate"]["var95"], rows["fill_rate"]["cvar95"]) == pytest.approx((0.905, 0.902))
    assert rows["lost"]["mean"] == pytest.approx(50.5)


def test_differences_are_one_less_other_and_sure_where_the_interval_leaves_0_out():
    """Lost 1, 2, 3 against 3, 4, 8: -2, -2, -5, mean -3, standard deviation 1.732, Student's 4.303 with two degrees of freedom: ± 4.303."""
    one = result(wanted=[10.0] * 3, on_time=[9.0, 8.0, 7.0], lost=[1.0, 2.0, 3.0])
    other = result(wanted=[10.0] * 3, on_time=[7.0, 6.0, 2.0], lost=[3.0, 4.0, 8.0])
    rows = {row["measure"]: row for row in paired(one, other).iter_rows(named=True)}
    assert rows["lost"]["mean"] == pytest.approx(-3.0)
    assert (rows["lost"]["low"], rows["lost"]["high"]) == pytest.approx((-3 - 4.302653, -3 + 4.302653), rel=1e-6)
    assert not rows["lost"]["certain"]
    assert rows["fill_rate"]["mean"] == pytest.approx(0.3)
    assert not rows["backlog"]["certain"]  # always the same: no difference
    back = {row["measure"]: row for row in paired(other, one).iter_rows(named=True)}
    assert [back["lost"][end] for end in ("low", "high")] == pytest.approx([-rows["lost"][end] for end in ("high", "low")])
    assert rates(one)["lost"].mean() - rates(other)["lost"].mean() == pytest.approx(rows["lost"]["mean"])
    surely = paired(one, result(wanted=[10.0] * 3, on_time=[0.0] * 3, lost=[10.0, 11.0, 12.0]))
    assert surely.filter(pl.col("measure") == "lost")["certain"].to_list() == [True]


def test_one_replication_has_no_interval_and_is_never_certain():
    one, other = result(wanted=[10.0], on_time=[9.0], lost=[1.0]), result(wanted=[10.0], on_time=[7.0], lost=[3.0])
    lost = summary(one).row(by_predicate=pl.col("measure") == "lost", named=True)
    assert lost["mean"] == 1.0
    assert all(math.isnan(lost[name]) for name in ("spread", "low", "high"))
    gaps = paired(one, other)
    assert gaps.row(by_predicate=pl.col("measure") == "lost", named=True)["mean"] == -2.0
    assert gaps["low"].is_nan().all()
    assert gaps["high"].is_nan().all()
    assert not gaps["certain"].any()
    assert convergence(one)["low"].is_nan().all()


def test_a_terminal_tells_one_future_without_an_interval(capsys):
    from hinterland.cli.simulate import _show

    calm = dict.fromkeys(MEASURES, 0.0) | {"wanted": 10.0, "on_time": 10.0}
    _show(replace(result(wanted=[10.0], on_time=[9.0], lost=[1.0]), calm=calm), "", None, "")
    told = "".join(capsys.readouterr())
    assert "90 % of demand is served in this one future; lost margin 0" in told
    assert "1 replication of 10" in told
    assert "nan" not in told.lower().split()
    assert "interval" not in told
