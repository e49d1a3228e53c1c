"""The linear algebra alone: pools as numbers, results worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hinterland.embodied.ordering import strong_components, upstream_first
from hinterland.embodied.system import closed_loops, system_of


def _flows(*rows: tuple[int, int, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    source, target, quantity = zip(*rows, strict=True)
    return np.array(source), np.array(target), np.array(quantity, dtype=float)


def test_a_chain_of_two_tiers_adds_up_per_unit() -> None:
    # 10 t of ore at 3 a t make 5 t of metal, smelting costs 10: (30 + 10) / 5 = 8 a t of metal.
    system = system_of(np.array([0.0, 5.0]), *_flows((0, 1, 10.0)))
    assert system.per_unit(np.array([[30.0], [10.0]])).ravel().tolist() == pytest.approx([3.0, 8.0], rel=1e-14)


def test_one_delivered_unit_needs_the_throughput_of_every_pool_behind_it() -> None:
    # Each t of metal took 2 t of ore; half the metal goes on to a plant that needs 1 t a car.
    system = system_of(np.array([0.0, 2.5, 2.5]), *_flows((0, 1, 10.0), (1, 2, 2.5)))
    per_car = system.leaving * system.sources(np.array([2]))[:, 0]
    assert per_car.tolist() == pytest.approx([2.0, 1.0, 1.0], rel=1e-14)


def test_a_recycling_loop_is_solved_not_cut() -> None:
    # Metal pool 125, of which 25 come back as offcuts; cells take 80 % of what the metal carries, offcuts 20 %.
    # M = 1000 + 100 + 0.2 M  ->  M = 1375; cells 0.8 · 1375 = 1100 = all that was spent.
    metal, cells, offcuts = 0, 1, 2
    system = system_of(np.array([0.0, 100.0, 0.0]), *_flows((metal, cells, 100.0), (metal, offcuts, 25.0), (offcuts, metal, 25.0)))
    totals = system.totals(np.array([[1000.0], [0.0], [100.0]])).ravel()
    assert system.loops == 1
    assert totals.tolist() == pytest.approx([1375.0, 1100.0, 375.0], rel=1e-13)


def test_a_closed_loop_is_named_and_an_outlet_opens_it() -> None:
    source, target, quantity = _flows((0, 1, 5.0), (1, 0, 5.0), (2, 3, 1.0))
    outlet = np.array([0.0, 0.0, 0.0, 1.0])
    leaving = outlet + np.bincount(source, quantity, 4)
    assert [loop.tolist() for loop in closed_loops(leaving, outlet, source, target, quantity)] == [[0, 1]]
    with pytest.raises(ValueError, match="loop"):
        system_of(outlet, source, target, quantity)
    outlet[1] = 0.5
    assert closed_loops(leaving, outlet, source, target, quantity) == []


def test_pools_that_nothing_leaves_embody_nothing() -> None:
    system = system_of(np.array([0.0, 1.0]), *_flows((0, 1, 1.0)))
    idle = system_of(np.array([0.0, 1.0, 0.0]), *_flows((0, 1, 1.0)))
    assert idle.per_unit(np.ones((3, 1))).ravel().tolist() == [*system.per_unit(np.ones((2, 1))).ravel().tolist(), 0.0]


def test_an_empty_plan_has_an_empty_system() -> None:
    none = np.zeros(0, dtype=np.int64)
    system = system_of(np.zeros(0), none, none, np.zeros(0))
    assert system.per_unit(np.zeros((0, 3))).shape == (0, 3)
    assert closed_loops(np.zeros(0), np.zeros(0), none, none, np.zeros(0)) == []


def test_upstream_comes_first_and_loops_stand_together() -> None:
    import scipy.sparse

    # 3 -> 0 <-> 2 -> 1: whatever the numbering, the mine (3) is first and the market (1) last.
    passes = scipy.sparse.csr_array((np.ones(4), ([3, 0, 2, 2], [0, 2, 0, 1])), shape=(4, 4))
    label = strong_components(passes)
    assert label[3] < label[0] == label[2] < label[1]
    order = upstream_first(passes).tolist()
    assert order[0] == 3
    assert order[-1] == 1


def test_elimination_fills_nothing_without_loops() -> None:
    rng = np.random.default_rng(5)
    number = rng.permutation(400)
    start = rng.integers(0, 399, 900)
    end = rng.integers(start + 1, 400)
    system = system_of(np.ones(400), number[start], number[end], rng.random(900) + 0.1)
    arcs = len(set(zip(start.tolist(), end.tolist(), strict=True)))
    assert system.factors is not None
    assert system.factors.L.nnz + system.factors.U.nnz == arcs + 2 * 400
