from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hinterland.freight import LegRates, lane_sums, parse_legs


def test_each_leg_pays_its_own_rate_and_hubs_lie_between_legs():
    lanes = pl.DataFrame({"mode_chain": ["road+sea+road", "road"], "leg_km": ["95+11500+300", None], "distance_km": [None, 420.0]})
    legs = parse_legs(lanes)
    assert legs.modes == ("road", "sea")
    road = (legs.mode == 0)[:, None]
    rates = LegRates(
        cost_per_t=np.where(road, 20.0, 60.0),
        cost_per_tkm=np.where(road, 0.1, 0.01),
        co2e_kg_per_tkm=np.where(road, 0.1, 0.015),
        co2e_kg_per_t_handled=np.full((4, 1), 0.5),
        km_per_day=np.where(road, 600.0, 700.0),
        days_fixed=np.where(road, 0.0, 5.0),
    )
    cost, co2e, days = lane_sums(legs, rates, 2)
    assert cost[:, 0].tolist() == pytest.approx([20 + 9.5 + 60 + 115 + 20 + 30, 20 + 42])
    assert co2e[:, 0].tolist() == pytest.approx([9.5 + 172.5 + 30 + 1.0, 42.0])
    assert days[:, 0].tolist() == pytest.approx([395 / 600 + 11500 / 700 + 5, 0.7])


def test_kilometres_that_do_not_fit_the_chain_are_not_guessed():
    legs = parse_legs(pl.DataFrame({"mode_chain": ["road+sea"], "leg_km": ["95"], "distance_km": [None]}))
    assert np.isnan(legs.km).all()


def test_twenty_tonnes_over_three_legs_emit_what_iso_14083_says():
    """Worked example with DESNZ tank-to-wheel factors: 705.15 + 6286.80 + 470.10 + 20.00 = 7482.05 kgCO2e for 20 t."""
    legs = parse_legs(pl.DataFrame({"mode_chain": ["hgv+ship+hgv"], "leg_km": ["450+19500+300"], "distance_km": [None]}))
    truck = (legs.mode == 0)[:, None]
    zero = np.zeros((3, 1))
    rates = LegRates(zero, zero, np.where(truck, 0.07835, 0.01612), np.full((3, 1), 0.5), zero + 1.0, zero)
    _, co2e, _ = lane_sums(legs, rates, 1)
    assert 20 * co2e[0, 0] == pytest.approx(7482.05, abs=0.005)
