"""Key figures of hand-made plans, worked by hand: 100 cars a year for two years, one part each."""

import json
import math

import polars as pl
import pytest

from compared_worlds import YEARS, priced_makers, shared_plan
from hinterland.app import read
from hinterland.comparison import BOARD_FRAMES, KPIS, Board, compare, summary
from hinterland.core.errors import HinterlandError, UnequalPlans
from hinterland.model.plan import Plan

MIXED = {"2026": 50.0, "2027": 0.0}


@pytest.fixture(scope="module")
def board() -> Board:
    plans = {"far": shared_plan(0.0), "near": shared_plan(100.0), "mixed": shared_plan(MIXED)}
    return compare(read(priced_makers()), plans)


# per car: the plant's 50, the car's lane 3; far part 6 + 20 kWh · 0.05 + lane 2 + duty 0.25 · 8; near part 10 + 10 kWh · 0.12 + lane 1
FAR_COST, NEAR_COST = 50 + 3 + 6 + 1 + 2 + 2, 50 + 3 + 10 + 1.2 + 1
# the car's lane 5; far part 3 + 20 · 0.6 + lane 10; near part 1 + 10 · 0.2 (contract) or · 0.4 (grid) + lane 1
FAR_KG, NEAR_KG, NEAR_GRID_KG = 5 + 3 + 12 + 10, 5 + 1 + 2 + 1, 5 + 1 + 4 + 1


@pytest.mark.parametrize(
    ("strategy", "kpi", "value"),
    [
        ("far", "cost_per_piece", FAR_COST),
        ("near", "cost_per_piece", NEAR_COST),
        ("mixed", "cost_per_piece", 0.75 * FAR_COST + 0.25 * NEAR_COST),
        ("far", "cost_total", 200 * FAR_COST),
        ("near", "cost_npv", 200 * NEAR_COST),  # no discounting
        ("far", "co2e_kg_per_piece", FAR_KG),
        ("near", "co2e_kg_per_piece", NEAR_KG),
        ("near", "co2e_location_kg_per_piece", NEAR_GRID_KG),
        ("far", "co2e_total_t", 0.2 * FAR_KG),
        # 10 t of parts over 20,000 or 200 km, 100 t of cars over 700 km
        ("far", "km_mean", (10 * 20000 + 100 * 700) / 110),
        ("near", "km_mean", (10 * 200 + 100 * 700) / 110),
        ("near", "tkm_per_piece", 0.1 * 200 + 1.0 * 700),
        ("far", "transit_days_mean", (10 * 40 + 100 * 1) / 110),
        ("far", "customs_borders_mean", 10 / 110),
        ("near", "customs_borders_mean", 0.0),
        ("far", "passage_share", 10 / 110),
        # the plant buys 50 parts of 12 and 50 of 8 in 2026 and 100 of 8 in 2027; the town 100 cars of 100 in both
        ("far", "single_source_share", 1.0),
        ("mixed", "single_source_share", (800 + 2 * 10000) / (50 * 12 + 50 * 8 + 800 + 2 * 10000)),
        # conversion and power: 7 afar, 50 at the plant
        ("far", "regional_share", 50 / 57),
        ("near", "regional_share", 1.0),
        ("mixed", "regional_share", (50 + 0.25 * 11.2) / (50 + 0.25 * 11.2 + 0.75 * 7)),
        ("far", "regional_share_value", 100 / 108),
        ("mixed", "regional_share_value", (100 + 0.25 * 12) / (100 + 0.25 * 12 + 0.75 * 8)),
        ("far", "regional_share_mass", 1000 / 1100),
        ("far", "country_hhi", 1.0),
        # parts: 1/4 US, 3/4 China, 20 t; cars: US alone, 200 t
        ("mixed", "country_hhi", ((0.25**2 + 0.75**2) * 20 + 1.0 * 200) / 220),
        ("far", "risk_weighted_value_share", (7 * 0.5 + 50 * 0.1) / 57),
        ("far", "shortage_share", 0.0),
        ("far", "penalties", 0.0),
    ],
)  # fmt: skip
def test_key_figures_are_those_worked_by_hand(board: Board, strategy: str, kpi: str, value: float):
    assert board.kpi(strategy, kpi) == pytest.approx(value, rel=1e-12, abs=1e-15)


def test_shares_store_what_they_divide(board: Board):
    row = board.kpis.filter((pl.col("strategy") == "far") & (pl.col("kpi") == "regional_share")).row(0, named=True)
    assert (row["numerator"], row["denominator"]) == (pytest.approx(200 * 50), pytest.approx(200 * 57))
    divided = board.kpis.drop_nulls(["value", "numerator", "denominator"])
    assert divided.height > 30
    for value, top, bottom in divided.select("value", "numerator", "denominator").iter_rows():
        assert value == pytest.approx(top / bottom)


def test_every_plan_has_every_key_figure_in_the_registry_order(board: Board):
    names = [one.named("piece") for one in KPIS]
    for strategy in board.strategies:
        assert board.kpis.filter(pl.col("strategy") == strategy)["kpi"].to_list() == names


def test_each_passage_is_told_apart(board: Board):
    assert board.passages.filter(pl.col("strategy") == "far")["passage"].to_list() == ["malacca", "suez"]
    assert board.passages["share"].to_list()[:2] == pytest.approx([10 / 110, 10 / 110])


def test_a_missing_risk_score_is_named_and_not_guessed():
    tables = priced_makers()
    tables["countries"][1].pop("risk_score_share")
    board = compare(read(tables), {"far": shared_plan(0.0), "near": shared_plan(100.0)})
    row = board.kpis.filter((pl.col("strategy") == "far") & (pl.col("kpi") == "risk_weighted_value_share")).row(0, named=True)
    assert row["value"] is None
    assert "CN" in row["note"]
    assert board.kpi("near", "risk_weighted_value_share") == pytest.approx(0.1)


def test_a_product_without_value_is_left_out_of_every_plan_and_named():
    tables = priced_makers()
    tables["duties"] = []
    tables["product_values"] = tables["product_values"][1:]  # the far maker's part has no value
    board = compare(read(tables), {"far": shared_plan(0.0), "near": shared_plan(100.0)})
    assert board.kpi("far", "regional_share_value") == board.kpi("near", "regional_share_value") == 1.0
    assert any("part" in note for note in board.notes)
    assert board.kpis.filter(pl.col("kpi") == "single_source_share")["note"].to_list() == ["by gross tonnes"] * 2


def test_plans_that_deliver_less_are_refused_in_the_planners_words():
    plans = {"far": shared_plan(0.0), "lean": shared_plan(0.0, cars=90.0)}
    with pytest.raises(UnequalPlans) as refused:
        compare(read(priced_makers()), plans)
    (issue,) = refused.value.issues
    assert issue.code == "unequal_delivery"
    assert issue.what == "lean delivers 180 piece of car to town, far 200: 20 less (10.00%)"


def test_the_same_total_over_the_horizon_may_be_compared():
    later = shared_plan(0.0)
    nudged = later.with_table("delivered", later["delivered"].with_columns(pl.col("quantity") * (1 + 1e-8)))
    assert compare(read(priced_makers()), {"a": later, "b": nudged}).strategies == ("a", "b")


def test_shortage_is_told_where_both_plans_are_short():
    board = compare(read(priced_makers()), {"far": shared_plan(0.0, cars=90.0), "near": shared_plan(90.0, cars=90.0)})
    assert board.kpi("near", "shortage_share") == pytest.approx(0.1)
    assert board.kpi("near", "penalties") == pytest.approx(2 * 10 * 1000.0)  # 10 cars a year short at 1000
    assert board.kpi("near", "cost_per_piece") == pytest.approx(NEAR_COST)  # penalties are no cost


def test_an_unknown_baseline_is_named():
    with pytest.raises(HinterlandError, match="no plan 'nearby'"):
        compare(read(priced_makers()), {"far": shared_plan(0.0)}, against="nearby")
    with pytest.raises(HinterlandError, match="nothing to compare"):
        compare(read(priced_makers()), {})


def test_units_that_differ_are_added_up_with_a_word():
    tables = priced_makers()
    tables["products"][0]["unit"] = "kg"
    tables["demand"] += [{"site_id": "plant", "product_id": "part", "period_id": "2026", "quantity": 5.0, "shortage_cost_per_unit": 1.0}]
    plan = shared_plan({"2026": 100.0, "2027": 100.0})
    more = plan["flows"].with_columns(
        quantity=pl.when((pl.col("lane_id") == "near-plant") & (pl.col("period_id") == "2026")).then(105.0).otherwise("quantity")
    )
    made = plan["outputs"].with_columns(
        quantity=pl.when((pl.col("site_id") == "near") & (pl.col("period_id") == "2026")).then(105.0).otherwise("quantity")
    )
    extra = pl.DataFrame([{"site_id": "plant", "product_id": "part", "segment": "", "period_id": "2026", "quantity": 5.0}])
    plan = plan.with_table("flows", more).with_table("outputs", made).with_table("delivered", pl.concat([plan["delivered"], extra]))
    board = compare(read(tables), {"near": plan})
    assert board.unit == "unit"
    assert any("kg, piece" in note for note in board.notes)


def test_summary_is_clean_json_with_the_agreed_keys(board: Board):
    told = json.loads(json.dumps(summary(board), allow_nan=False))
    wanted = {"cost_total", "cost_npv", "cost_per_piece", "co2e_total_t", "co2e_kg_per_piece", "regional_share", "km_mean", "transit_days_mean",
              "customs_borders_mean", "passage_share", "single_source_share", "country_hhi", "shortage_share", "status", "gap", "verified",
              "verify_max_relative_error", "input_digest", "solve_seconds"}  # fmt: skip
    for strategy in ("far", "near", "mixed"):
        assert wanted <= set(told["strategies"][strategy])
    assert told["strategies"]["near"]["passage_share"] == {"malacca": 0.0, "suez": 0.0}
    assert told["strategies"]["far"]["verified"] is True
    assert told["price_of_exclusivity"] is None
    assert set(told["quality"]["far"]["cost_share"]) == {"reported", "derived", "estimated", "assumed", "unstated"}


def test_proofs_come_along_and_broken_numbers_become_null():
    proofs = {"far": {"status": "optimal", "gap_share": math.nan, "verified": True, "seconds": 1.5, "versions": {"highs": "1"}}}
    board = compare(read(priced_makers()), {"far": shared_plan(0.0)}, proofs=proofs)
    told = summary(board)["strategies"]["far"]
    assert (told["status"], told["gap"], told["solve_seconds"]) == ("optimal", None, 1.5)


def test_each_plan_is_judged_in_its_own_scenario():
    tables = priced_makers()
    tables["scenarios"] = [{"scenario_id": "truce"}]
    tables["overrides"] = [
        {
            "scenario_id": "truce",
            "order": 1,
            "table": "duties",
            "where": "rule_id=mfn",
            "action": "set",
            "column": "ad_valorem_share",
            "value": "0",
        }
    ]
    board = compare(read(tables), {"today": shared_plan(0.0), "truce": shared_plan(0.0, scenarios=("truce",))})
    assert board.kpi("today", "cost_per_piece") == pytest.approx(FAR_COST)
    assert board.kpi("truce", "cost_per_piece") == pytest.approx(FAR_COST - 2.0)


def test_frames_are_as_declared(board: Board):
    for name, columns in BOARD_FRAMES.items():
        assert getattr(board, name).schema == pl.Schema(columns), name
    with pytest.raises(TypeError, match="passages"):
        Board(**{field: getattr(board, field) for field in Board.__dataclass_fields__} | {"passages": pl.DataFrame({"passage": ["suez"]})})


def row_of(pattern: dict[str, object], quantity: float) -> list[dict[str, object]]:
    return [pattern | {"period_id": year, "quantity": quantity} for year in YEARS]


def more(plan: Plan, table: str, rows: list[dict[str, object]]) -> Plan:
    return plan.with_table(table, pl.concat([plan[table], pl.DataFrame(rows)], how="diagonal_relaxed"))


def test_cost_counts_as_regional_in_the_region_it_is_delivered_to():
    tables = priced_makers()
    tables["sites"].append({"site_id": "city", "country": "CN", "latitude": 31.2, "longitude": 112.2})
    lane = {"lane_id": "plant-city", "from_site": "plant", "to_site": "city", "product_id": "car"}
    tables["lanes"].append(lane | {"cost_per_unit": 4.0, "co2e_kg_per_unit": 9.0, "lead_time_days": 35.0, "distance_km": 12000.0})
    tables["demand"] += row_of({"site_id": "city", "product_id": "car", "shortage_cost_per_unit": 1000.0}, 20.0)
    plan = shared_plan(0.0, cars=120.0)
    town = pl.when(pl.col("product_id") == "car").then(100.0).otherwise("quantity")
    plan = plan.with_table("flows", plan["flows"].with_columns(quantity=town)).with_table(
        "delivered", plan["delivered"].with_columns(quantity=pl.lit(100.0))
    )
    plan = more(more(plan, "flows", row_of(lane, 20.0)), "delivered", row_of({"site_id": "city", "product_id": "car", "segment": ""}, 20.0))
    board = compare(read(tables), {"far": plan})
    # of each car: 7 added in China, 50 in the US; the town gets 100 a year, the Chinese city 20
    assert board.kpi("far", "regional_share") == pytest.approx((100 * 50 + 20 * 7) / (120 * 57))
    assert board.kpi("far", "regional_share_mass") == pytest.approx((100 * 1000 + 20 * 100) / (120 * 1100))
    told = board.regional_share.filter(pl.col("basis") == "cost").select("to_region", "region", "numerator", "share", "home").rows()
    assert told == [
        ("china", "china", pytest.approx(2 * 20 * 7), pytest.approx(7 / 57), True),
        ("china", "north_america", pytest.approx(2 * 20 * 50), pytest.approx(50 / 57), False),
        ("north_america", "china", pytest.approx(2 * 100 * 7), pytest.approx(7 / 57), False),
        ("north_america", "north_america", pytest.approx(2 * 100 * 50), pytest.approx(50 / 57), True),
    ]
    cars = board.origins.filter(pl.col("of_product") == "part").select("to_region", "region", "share").rows()
    assert cars == [("china", "china", pytest.approx(1 / 6)), ("north_america", "china", pytest.approx(5 / 6))]


def test_without_regions_a_regional_share_is_empty_and_says_why():
    tables = priced_makers()
    tables["countries"] = []
    board = compare(read(tables), {"far": shared_plan(0.0)})
    rows = board.kpis.filter(pl.col("kpi").str.starts_with("regional_share"))
    assert rows["value"].to_list() == [None, None, None]
    assert set(rows["note"]) == {"no region is known where town lies: give countries.region"}


def test_a_buyers_own_lines_are_a_second_source_but_no_inflow():
    tables = priced_makers()
    tables["processes"].append({"site_id": "plant", "product_id": "part", "capacity_per_year": 50.0, "conversion_cost_per_unit": 9.0})
    tables["duties"] = tables["product_values"] = []
    plan = shared_plan(0.0)
    fewer = pl.when(pl.col("product_id") == "part").then(80.0).otherwise("quantity")
    plan = plan.with_table("flows", plan["flows"].with_columns(quantity=fewer)).with_table(
        "outputs", plan["outputs"].with_columns(quantity=fewer)
    )
    plan = more(plan, "outputs", row_of({"site_id": "plant", "product_id": "part", "vintage": "existing"}, 20.0))
    board = compare(read(tables), {"both": plan})
    at_plant = board.sources.filter(pl.col("site_id") == "plant")
    assert at_plant["sources"].to_list() == [2.0, 2.0]
    assert at_plant["largest_share"].to_list() == pytest.approx([0.8, 0.8])
    assert at_plant["weight"].to_list() == pytest.approx([80 * 0.1] * 2)  # what arrives; nothing has a value: tonnes
    assert board.kpi("both", "single_source_share") == pytest.approx(100 / 108)


def test_ways_by_sea_that_do_not_name_their_passages_leave_the_share_open():
    """A given leg by sea without passages: nobody knows what it passes, so no share is told, and the note says what to fill."""
    tables = priced_makers()
    tables["modes"] = [{"mode_id": "ship", "kind": "sea"}]
    tables["lanes"][1] = {name: value for name, value in tables["lanes"][1].items() if name != "passages"} | {"mode_chain": "ship"}
    board = compare(read(tables), {"far": shared_plan(0.0), "near": shared_plan(100.0)})
    row = board.kpis.filter((pl.col("strategy") == "far") & (pl.col("kpi") == "passage_share")).row(0, named=True)
    assert row["value"] is None
    assert row["note"].startswith(f"{10 / 110:.1%} of the tonnes go by sea")
    assert board.kpi("near", "passage_share") == 0.0
