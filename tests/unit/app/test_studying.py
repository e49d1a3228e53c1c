"""The study of the reference network, whole, on a stand-in of two makers: every world, every strategy, regret, reports, summary."""

import json

import polars as pl
import pytest

from hinterland.app import demo_reference, read_run
from hinterland.app.studying import BASELINE, JUDGED, STRATEGIES, WORLDS
from worlds import two_makers


def override(scenario, order, table, where, column, value):
    return {"scenario_id": scenario, "order": order, "table": table, "where": where, "action": "set", "column": column, "value": value}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Near has to be opened for 100 and kept for 10 a year; the way from afar costs 2 a part in 2023's worlds and 6 in those of 2026."""
    rows = two_makers()
    rows["settings"] = [row for row in rows["settings"] if row["key"] != "discount_rate_share"] + [
        {"key": "discount_rate_share", "value": "0"}
    ]
    rows["sites"][0] |= {"status": "candidate", "opening_cost": 100.0, "fixed_cost_per_year": 10.0}
    rows["policies"] = [{"policy_id": "home", "kind": "forbid_origin", "product": "part", "from_group": "CN", "valid_from": "2040-01-01"}]
    rows["scenarios"] = [{"scenario_id": name} for name in (*WORLDS, *STRATEGIES, BASELINE)] + [
        {"scenario_id": JUDGED, "extends": "status-2026"}
    ]
    rows["overrides"] = [
        *(override(world, 1, "lanes", "lane_id=far-plant", "cost_per_unit", "6") for world in ("status-2026", "status-2026-half-electric")),
        override("local-for-local", 1, "policies", "policy_id=home", "valid_from", "2026-01-01"),
        override("least-co2e", 1, "settings", "key=objective", "value", "shortage,co2e,cost"),
    ]
    rows["hazards"] = [
        {"hazard_id": "flood", "scope_kind": "site", "scope_value": "far", "events_per_year": 4.0, "duration_days_mean": 30.0, "capacity_loss_share": 1.0}
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("stand_in")
    for name, listed in rows.items():
        pl.DataFrame(listed, infer_schema_length=None).write_csv(folder / f"{name}.csv")
    announced = folder / "plans" / "as_announced"
    announced.mkdir(parents=True)
    (announced / "flows.csv").write_text("lane_id,product_id,period_id,quantity\nnear-plant,part,2026,40\n")
    return folder


def test_the_study_solves_compares_judges_and_reports_every_world(tables, tmp_path):
    told = []

    class Screen:
        def advanced(self, task, done_share, note=""):
            told.append((task, done_share))

        def cancelled(self):
            return False

    found = demo_reference(tmp_path, tables=tables, gap=0.0, progress=Screen())
    summary = json.loads(found.summary_file.read_text())
    assert summary == found.summary
    assert set(summary["worlds"]) == set(WORLDS)
    first = summary["worlds"]["announced-2023"]["strategies"]
    assert list(first) == [BASELINE, *STRATEGIES]
    # a car is 50 + 3; a part from afar 6 + 2, from nearby 10 + 1 and 100 once and 10 a year for the site
    far, near = 200 * 61.0, 200 * 64.0 + 120.0
    assert first["global"]["cost_total"] == pytest.approx(far)
    assert first["local-for-local"]["cost_total"] == pytest.approx(near)
    assert first["least-co2e"]["cost_total"] == pytest.approx(near)
    assert first[BASELINE]["cost_total"] == pytest.approx(far + 40 * 3 + 110)  # near is shut after 2026
    assert summary["worlds"]["status-2026"]["strategies"]["global"]["cost_total"] == pytest.approx(near)  # afar costs 12 a part by then
    # the plan of 2023 has no near site in 2026 and pays 12 a part instead of 11; as announced it has one for a year; the others may move their flows to it
    regret = {row["plan"]: row["regret"] for row in summary["regret"]}
    assert regret == pytest.approx({BASELINE: 100.0 - 10.0, "global": 200.0 - 120.0, "local-for-local": 0.0, "least-co2e": 0.0}, abs=1e-6)
    assert any(one.startswith("global: 13,000 USD in the world of 2026, regret 80") for one in found.sentences)
    assert found.report == tmp_path / "announced-2023.html"
    assert "How the plans hold in the world of 2026" in found.report.read_text()
    assert (tmp_path / "status-2026.html").is_file()
    kept = read_run(tmp_path / "runs" / JUDGED / "global").plan
    assert kept.scenarios == (JUDGED, "global")
    assert kept["flows"].filter(pl.col("from_site") == "near").is_empty()
    stress = {world: told.get("stress") for world, told in summary["worlds"].items()}
    assert stress[WORLDS[2]] is stress[WORLDS[3]] is None  # the two main worlds alone
    assert (stress[WORLDS[0]]["against"], stress[WORLDS[0]]["first_day"], stress[WORLDS[0]]["last_day"]) == (
        "global",
        "2026-01-01",
        "2027-12-31",
    )
    lost = {name: row["lost"]["mean"] for name, row in stress[WORLDS[0]]["measures"].items()}
    assert lost["local-for-local"] == lost["least-co2e"] == 0  # a flood afar is nothing to them
    assert lost["global"] > lost[BASELINE] > 0
    assert stress[WORLDS[0]]["differences"]["local-for-local"]["lost"]["mean"] == pytest.approx(-lost["global"])
    assert any("local-for-local against global, from 2026-01-01 to 2027-12-31: it loses" in one for one in found.sentences)
    assert {task for task, share in told if share >= 1.0} >= {f"compare {world}" for world in WORLDS}
