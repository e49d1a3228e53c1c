"""ISO 14083 test T1: 20 t by road, sea and road with two hubs, DESNZ 2026 intensities (tank to wheel), kg per tkm.

20 t · (450 km · 0.07835 + 19,500 km · 0.01612 + 300 km · 0.07835) + 2 · 20 t · 0.5 kg = 705.15 + 6286.80 + 470.10 + 20 kg.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hinterland.freight import LegRates, activity_km, lane_sums, parse_legs

TONNES = 20.0


def _chain(first_km: float):
    legs = parse_legs(pl.DataFrame({"mode_chain": ["truck+ship+truck"], "leg_km": [f"{first_km}+19500+300"], "distance_km": [None]}))
    intensity = {"truck": 0.07835, "ship": 0.01612}
    none = np.zeros((3, 1))
    rates = LegRates(
        cost_per_t=none,
        cost_per_tkm=none,
        co2e_kg_per_tkm=np.array([[intensity[legs.modes[mode]]] for mode in legs.mode]),
        co2e_kg_per_t_handled=np.full((3, 1), 0.5),
        km_per_day=np.full((3, 1), np.nan),
        days_fixed=none,
    )
    return TONNES * lane_sums(legs, rates, 1)[1][0, 0], TONNES * legs.km.sum()


def test_a_chain_of_road_sea_and_road_emits_what_t1_says():
    kg, tkm = _chain(450.0)
    assert kg == pytest.approx(7482.05, abs=0.005)
    assert tkm == 405_000.0
    assert kg / tkm == pytest.approx(0.018474, abs=5e-7)


def test_actual_kilometres_become_shortest_feasible_ones_first():
    assert activity_km("road", 472.5) == pytest.approx(450.0)
    assert activity_km("sea", 22_425.0) == pytest.approx(19_500.0)
    assert activity_km("air", 1_095.0) == pytest.approx(1_000.0)
    assert activity_km("rail", 300.0) == 300.0
    assert _chain(activity_km("road", 472.5))[0] == pytest.approx(7482.05, abs=0.005)


def test_a_flight_shorter_than_its_detour_has_no_activity():
    assert activity_km("air", 60.0) == 0.0
