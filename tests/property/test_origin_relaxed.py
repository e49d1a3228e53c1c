"""Drawn worlds of origin: a looser threshold never costs more, no row order matters, every optimum is proved."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from graded_goods import drawn

from hinterland.app import solve
from worlds import Tables, network


def looser(tables: Tables, by: float) -> Tables:
    """Every threshold of origin moved towards where everything passes."""
    rules = []
    for rule in tables["origin_rules"]:
        share = rule["threshold_share"]
        rules.append({**rule, "threshold_share": share + by * (1 - share) if rule["method"] == "max_nom" else share * (1 - by)})
    return tables | {"origin_rules": rules}


def total(tables: Tables) -> float:
    return sum(value for _, value in solve(network(tables), gap=1e-9).objective)


@pytest.mark.parametrize("accounting", ["average", "segregated"])
@pytest.mark.parametrize("seed", range(100, 108))
def test_a_looser_threshold_never_costs_more(seed: int, accounting: str):
    tables = drawn(seed, accounting)
    costs = [total(looser(tables, by)) for by in (0.0, 0.3, 0.7, 1.0)]
    assert all(after <= before * (1 + 1e-7) for before, after in pairwise(costs))


@pytest.mark.parametrize("seed", range(100, 108))
def test_to_keep_goods_apart_never_costs_more_than_to_average(seed: int):
    assert total(drawn(seed, "segregated")) <= total(drawn(seed, "average")) * (1 + 1e-7)


@pytest.mark.parametrize("seed", range(100, 106))
def test_the_order_of_rows_does_not_matter(seed: int):
    tables = drawn(seed, "average")
    draw = random.Random(seed)
    shuffled = {name: draw.sample(rows, len(rows)) for name, rows in tables.items()}
    assert total(shuffled) == pytest.approx(total(tables), rel=1e-9)
