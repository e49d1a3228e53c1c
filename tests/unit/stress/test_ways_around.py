"""A computed way around a canal keeps its ends: who shuts the lane itself or its port shuts the way around too."""

from __future__ import annotations

import pytest

from hinterland.stress.simulate import simulate
from stress_worlds import broken, car_a_day, event, plan_from_afar

GO_AROUND = {"reaction_id": "around", "kind": "reroute"}
THREAT = {"hazard_id": "suez", "scope_kind": "passage", "scope_value": "suez", "events_per_year": 0.07, "duration_days_mean": 100.0,
          "capacity_loss_share": 1.0}  # fmt: skip


def routed():
    """Parts from Shanghai to Hamburg by ship, through the canal: legs, days and passages are computed."""
    tables = car_a_day()
    for row in tables["sites"]:
        row |= {"far": {"latitude": 31.2, "longitude": 121.5}, "plant": {"latitude": 53.5, "longitude": 10.0}}.get(row["site_id"], {})
    tables["lanes"][1] |= {
        "mode_chain": "truck+ship+truck",
        "via_ports": "CNSHA+DEHAM",
        "passages": None,
        "lead_time_days": None,
        "distance_km": None,
    }
    tables["modes"] = [
        {"mode_id": mode, "kind": kind, "speed_km_per_day": 700.0, "handling_days": 2.0}
        for mode, kind in (("ship", "sea"), ("truck", "road"))
    ]
    return tables


def lost(*events, reactions=()):
    net = broken(routed(), *events, hazards=[THREAT], reactions=list(reactions))
    return simulate(net, plan_from_afar(), replications=1).replications["lost"][0]


@pytest.mark.parametrize(("kind", "value"), [("lane", "far-plant"), ("port", "CNSHA"), ("port", "DEHAM")])
def test_who_shuts_the_lane_or_its_port_shuts_the_way_around(kind, value):
    shut = event(kind, value, 10, 8)
    alone = lost(shut)
    assert alone == pytest.approx(8 * 7)
    assert lost(shut, reactions=[GO_AROUND]) == pytest.approx(alone)


def test_who_shuts_the_canal_does_not():
    shut = event("passage", "suez", 10, 8)
    assert lost(shut) == pytest.approx(8 * 7)
    assert lost(shut, reactions=[GO_AROUND]) < 4 * 7
