import pytest

from hinterland.app import solve
from hinterland.comparison import regret_of
from hinterland.core.errors import HinterlandError
from worlds import network, two_makers


def worlds():
    """Today parts from afar are cheaper (8 against 11); tomorrow a levy of 5 makes near ones cheaper (11 against 13)."""
    tables = two_makers()
    tables["settings"].append({"key": "discount_rate_share", "value": "0"})
    tables["settings"] = [row for row in tables["settings"] if row != {"key": "discount_rate_share", "value": "0.08"}]
    tables["policies"] = [
        {"policy_id": "far_first", "kind": "min_flow", "from_group": "far", "to_group": "plant", "product": "part", "value": 0.0}
    ]
    tables["scenarios"] = [{"scenario_id": "tomorrow"}, {"scenario_id": "bound", "extends": "tomorrow"}]
    tables["overrides"] = [
        {
            "scenario_id": "tomorrow",
            "order": 1,
            "table": "lanes",
            "where": "lane_id=far-plant",
            "action": "add",
            "column": "cost_per_unit",
            "value": "5",
        },
        {
            "scenario_id": "bound",
            "order": 1,
            "table": "policies",
            "where": "policy_id=far_first",
            "action": "set",
            "column": "value",
            "value": "100",
        },
    ]
    return network(tables)


def test_regret_is_what_yesterdays_decision_costs_over_the_best_of_tomorrow():
    net = worlds()
    made, bound, free = solve(net).plan, solve(net, "bound").plan, solve(net, "tomorrow").plan
    row = regret_of(net, {"far": made}, {"far": bound}, [free]).row(0, named=True)
    assert row["made_cost"] == pytest.approx(2 * 100 * 61)
    assert row["judged_cost"] == pytest.approx(2 * 100 * 66)
    assert row["best_cost"] == pytest.approx(2 * 100 * 64)
    assert row["regret"] == pytest.approx(400.0)
    assert row["regret_share"] == pytest.approx(400.0 / 12800.0)
    assert row["made_co2e_t"] == pytest.approx(2 * 100 * 18 / 1000)
    assert row["shortage_share"] == 0.0


def test_a_plan_without_its_twin_in_the_other_world_is_named():
    net = worlds()
    plan = solve(net).plan
    with pytest.raises(HinterlandError, match="far"):
        regret_of(net, {"far": plan}, {}, [plan])
