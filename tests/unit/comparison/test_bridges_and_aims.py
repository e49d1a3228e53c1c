"""Bridges, aims, the price of exclusivity and data quality of hand-made plans."""

import polars as pl
import pytest

from compared_worlds import YEARS, priced_makers, shared_plan
from hinterland.app import read
from hinterland.comparison import Board, compare, summary
from hinterland.comparison.aims import sign_of
from hinterland.model.plan import Plan


@pytest.fixture(scope="module")
def board() -> Board:
    return compare(read(priced_makers()), {"far": shared_plan(0.0), "near": shared_plan(100.0)})


def drivers(board, measure: str) -> dict[str, float]:
    rows = board.bridges.filter(pl.col("measure") == measure)
    return dict(rows.select("driver", "amount").iter_rows())


def test_a_bridge_splits_power_into_factor_and_quantity(board: Board):
    # far 20 kWh at 0.6 kg and 0.05, near 10 kWh at 0.2 kg and 0.12 a part
    assert drivers(board, "co2e") == pytest.approx(
        {
            "grid and power contract": (0.2 - 0.6) * 15,
            "choice of makers": (10 - 20) * 0.4 + (1 - 3),  # both make parts without a recipe: another maker is no other route
            "route and quantity": 0.0,
            "purchased materials": 0.0,
            "freight": 1 - 10,
        },
        abs=1e-12,
    )
    assert drivers(board, "cost") == pytest.approx(
        {
            "grid and power contract": (0.12 - 0.05) * 15,
            "choice of makers": (10 - 20) * 0.085 + (10 - 6),
            "route and quantity": 0.0,
            "purchased materials": 0.0,
            "freight": 1 - 2,
            "duty": -2.0,
            "capital": 0.0,
            "incentives": 0.0,
            "other": 0.0,
        },
        abs=1e-12,
    )


def test_another_recipe_is_a_route_only_where_it_takes_other_inputs():
    for inputs, makers, route in (("ore", 4.0, 0.0), ("scrap", 0.0, 4.0)):
        tables = priced_makers()
        tables["products"] += [{"product_id": one, "unit": "kg", "mass_kg_per_unit": 1.0, "stage": one} for one in ("ore", "scrap")]
        tables["recipes"] += [{"recipe_id": f"part_{name}", "product_id": "part"} for name in ("near", "far")]
        tables["recipe_lines"] += [
            {"recipe_id": f"part_{name}", "product_id": good, "role": "input", "quantity_per_unit": 1.0}
            for name, good in (("near", inputs), ("far", "ore"))
        ]
        plans = {}
        for name, row in (("near", 0), ("far", 1)):
            tables["processes"][row] |= {"recipe_id": f"part_{name}", "electricity_kwh_per_unit": 0.0}
            tables["processes"][row].pop("product_id")
            tables["purchases"] = [
                *tables.get("purchases", []), {"site_id": name, "product_id": inputs if name == "near" else "ore", "price_per_unit": 1.0}
            ]  # fmt: skip
            plan = shared_plan(100.0 if name == "near" else 0.0)
            made = plan["outputs"].with_columns(
                recipe_id=pl.when(pl.col("site_id") == name).then(pl.lit(f"part_{name}")).otherwise("recipe_id")
            )
            bought = [
                {"site_id": name, "product_id": tables["purchases"][-1]["product_id"], "offer_id": "", "period_id": year, "quantity": 100.0}
                for year in YEARS
            ]
            plans[name] = plan.with_table("outputs", made).with_table("purchased", pl.DataFrame(bought))
        told = drivers(compare(read(tables), plans, against="far"), "cost")
        assert (told["choice of makers"], told["route and quantity"]) == pytest.approx((makers, route))  # 10 against 6 a part


def test_bought_parts_capital_incentives_and_the_rest_have_their_own_drivers():
    tables = priced_makers()
    tables["settings"].append({"key": "carbon_price_per_t", "value": "100"})
    tables["incentives"] = [{"incentive_id": "home", "site_or_group": "near", "product_id": "part", "basis": "per_unit", "amount": 2.0}]
    tables["purchases"] = [
        {
            "site_id": "plant",
            "product_id": "part",
            "offer_id": "market",
            "price_per_unit": 9.0,
            "co2e_kg_per_unit": 4.0,
            "origin_country": "CN",
        }
    ]
    tables["sites"][0] |= {"status": "candidate", "opening_cost": 500.0, "fixed_cost_per_year": 50.0}
    near = shared_plan(100.0).with_table(
        "openings",
        pl.DataFrame([{"site_id": "near", "period_id": year, "open": 1, "started": int(year == YEARS[0]), "stopped": 0} for year in YEARS]),
    )
    base = shared_plan(0.0)
    parts = pl.col("lane_id") == "far-plant"
    bought = base.with_table("flows", base["flows"].filter(~parts)).with_table(
        "outputs", base["outputs"].filter(pl.col("site_id") != "far")
    )
    bought = bought.with_table(
        "purchased",
        pl.DataFrame(
            [{"site_id": "plant", "product_id": "part", "offer_id": "market", "period_id": year, "quantity": 100.0} for year in YEARS]
        ),
    )
    board = compare(read(tables), {"bought": bought, "near": near})
    assert drivers(board, "cost") == pytest.approx(
        {
            "grid and power contract": 0.0,  # only one of the plans makes parts: nothing to compare, all is quantity
            "choice of makers": 0.0,
            "route and quantity": 10 + 10 * 0.12,
            "purchased materials": -9.0,
            "freight": 1.0,
            "duty": 0.0,
            "capital": (500 + 2 * 50) / 200,
            "incentives": -2.0,
            "other": 0.1 * (1 + 2 + 1 - 4),  # carbon price
        },
        abs=1e-12,
    )
    assert drivers(board, "co2e") == pytest.approx(
        {
            "grid and power contract": 0.0,
            "choice of makers": 0.0,
            "route and quantity": 1 + 2,
            "purchased materials": -4.0,
            "freight": 1.0,
        },
        abs=1e-12,
    )
    # a purchase is cost added where it comes from: 9 in China, 50 at the plant; its carbon cost at no known place or the buyer's
    assert board.kpi("bought", "regional_share_mass") == pytest.approx(1000 / 1100)
    added = board.regional_share.filter((pl.col("strategy") == "bought") & (pl.col("basis") == "cost") & (pl.col("region") == "china"))
    assert added["numerator"][0] >= 200 * 9.0
    # 50 parts from an offer and none else: one source
    assert board.kpi("bought", "single_source_share") == pytest.approx(1.0)


def test_bridges_start_at_the_named_baseline_and_have_no_row_to_itself():
    plans = {"far": shared_plan(0.0), "near": shared_plan(100.0), "half": shared_plan(50.0)}
    board = compare(read(priced_makers()), plans, against="near")
    assert board.against == "near"
    assert set(board.bridges.select("from_strategy", "to_strategy").unique().iter_rows()) == {("near", "far"), ("near", "half")}
    assert set(board.aims["strategy"]) == {"far", "half"}


def test_aims_state_size_and_sign_whoever_wins(board: Board):
    told = {
        (aim, kpi): (difference, sign) for aim, kpi, difference, sign in board.aims.select("aim", "kpi", "difference", "sign").iter_rows()
    }
    assert told["CO2e", "co2e_kg_per_piece"] == (pytest.approx(9 - 30), "lower")
    assert told["logistics disruptions", "single_source_share"] == (pytest.approx(0.0), "equal")
    assert told["geopolitics", "regional_share"] == (pytest.approx(7 / 57), "higher")
    other_way = compare(read(priced_makers()), {"far": shared_plan(0.0), "near": shared_plan(100.0)}, against="near")
    assert other_way.aims.filter(pl.col("kpi") == "co2e_kg_per_piece")["sign"].to_list() == ["higher"]


def test_signs_need_two_values():
    assert (sign_of(1.0, 2.0), sign_of(2.0, 1.0), sign_of(0.0, 0.0), sign_of(None, 1.0)) == ("lower", "higher", "equal", None)


def soft_world():
    """At least half of the plant's parts from its own region, or 3 for each part that is missing."""
    tables = priced_makers()
    tables["policies"] = [
        {"policy_id": "home", "kind": "min_regional_share", "product": "part", "to_group": "plant", "value": 0.5, "penalty_per_unit": 3.0}
    ]
    return tables


def test_price_of_exclusivity_is_split_into_real_cost_and_penalties():
    board = compare(
        read(soft_world()), {"far": shared_plan(0.0), "near": shared_plan(100.0)}, against="far", price_of={"near": shared_plan(0.0)}
    )
    assert board.kpi("far", "penalties") == pytest.approx(2 * 50 * 3.0)
    parts = dict(board.exclusivity.select("part", "value").iter_rows())
    real = 200 * (10 + 1.2 + 1 - 6 - 1 - 2 - 2)
    assert parts == pytest.approx({"real cost": real, "penalties": -300.0, "total": real - 300.0})
    told = summary(board)["price_of_exclusivity"]
    assert (told["of"], told["unit"], told["value"]) == ("near", "USD", pytest.approx(real - 300.0))
    assert set(board.kpis["strategy"]) == {"far", "near"}  # the yardstick is no strategy of its own


def nine_tenths_in(year: str, plan: Plan) -> Plan:
    quantity = pl.when(pl.col("period_id") == year).then(pl.col("quantity") * 0.9).otherwise("quantity")
    for table in ("flows", "outputs", "delivered"):
        plan = plan.with_table(table, plan[table].with_columns(quantity=quantity))
    return plan


def test_shortage_is_no_part_of_the_price_of_exclusivity():
    tables = soft_world()
    tables["demand"][1]["shortage_cost_per_unit"] = 400.0
    near, far = nine_tenths_in("2026", shared_plan(100.0)), nine_tenths_in("2027", shared_plan(0.0))
    board = compare(read(tables), {"near": near}, price_of={"near": far})
    assert board.kpi("near", "penalties") == pytest.approx(10 * 1000.0)  # ten cars short in the dear year
    assert dict(board.exclusivity.select("part", "value").iter_rows())["penalties"] == pytest.approx(-(50 + 45) * 3.0)


def test_penalties_at_base_date_are_discounted_like_the_objective():
    tables = soft_world()
    tables["settings"] = [row for row in tables["settings"] if row["key"] != "discount_rate_share"] + [
        {"key": "discount_rate_share", "value": "0.08"}
    ]
    board = compare(read(tables), {"near": shared_plan(100.0)}, price_of={"near": shared_plan(0.0)})
    # mean of 1.08^-t over a year: (1 - 1/1.08)/ln 1.08; the second year is one year later
    import math

    factor = (1 - 1 / 1.08) / math.log(1.08) * (1 + 1 / 1.08)
    parts = dict(board.exclusivity.select("part", "value").iter_rows())
    assert parts["penalties"] == pytest.approx(-150.0 * factor, rel=1e-9)


def test_an_amount_is_as_good_as_the_weakest_row_behind_it():
    tables = priced_makers()
    for row, quality in zip(tables["processes"], ("reported", "derived", "reported"), strict=True):
        row["quality"] = quality
    for row, quality in zip(tables["energy"], ("reported", "assumed"), strict=True):
        row["quality"] = quality
    for row, quality in zip(tables["lanes"], ("derived", "estimated", "reported"), strict=True):
        row["quality"] = quality
    tables["duties"][0]["quality"] = "reported"
    tables["product_values"][0]["quality"] = "reported"  # the others say nothing
    board = compare(read(tables), {"far": shared_plan(0.0), "near": shared_plan(100.0)})
    far = {
        quality: (cost, kg)
        for quality, cost, kg in board.quality.filter(pl.col("strategy") == "far").select("quality", "cost", "co2e_kg").iter_rows()
    }
    assert far["reported"] == pytest.approx((200 * (50 + 3), 200 * 5))  # plant and its lane
    assert far["derived"] == pytest.approx((200 * 6, 200 * 3))  # the far line's conversion and direct CO2e
    assert far["assumed"] == pytest.approx((200 * 1.0, 200 * 12))  # its power: derived line, assumed grid
    assert far["estimated"] == pytest.approx((200 * 2, 200 * 10))  # its lane
    # duty: rule and part's value are reported, but another value row of the part says nothing
    assert far["unstated"] == pytest.approx((200 * 2, 0.0))
    near = dict(board.quality.filter(pl.col("strategy") == "near").select("quality", "cost").iter_rows())
    assert near["unstated"] == pytest.approx(200 * 1.2)  # the wind contract says nothing


def test_freight_from_rates_rests_on_lane_rate_and_mass():
    tables = priced_makers()
    for lane in tables["lanes"]:
        lane.pop("cost_per_unit")
        lane |= {"mode_chain": "truck", "quality": "reported"}
    tables["modes"] = [{"mode_id": "truck", "kind": "road", "quality": "reported"}]
    tables["freight_rates"] = [{"mode_id": "truck", "cost_per_tkm": 0.1, "quality": "estimated"}]
    for product in tables["products"]:
        product["quality"] = "derived"
    board = compare(read(tables), {"near": shared_plan(100.0)})
    cost = dict(board.quality.select("quality", "cost").iter_rows())
    assert cost["estimated"] == pytest.approx(200 * 0.1 * (0.1 * 200 + 1.0 * 700))
    kg = dict(board.quality.select("quality", "co2e_kg").iter_rows())
    assert kg["reported"] == pytest.approx(200 * 6)  # lanes give their CO2e themselves


def test_quality_shares_add_to_one_and_weigh_every_amount(board: Board):
    far = board.quality.filter(pl.col("strategy") == "far")
    assert far["cost_share"].sum() == pytest.approx(1.0)
    assert far["cost"].sum() == pytest.approx(board.kpi("far", "cost_total"))
    assert far["co2e_kg"].sum() == pytest.approx(1000 * board.kpi("far", "co2e_total_t"))


def test_stages_sum_to_the_whole_and_site_costs_stand_apart():
    tables = priced_makers()
    tables["sites"][2]["fixed_cost_per_year"] = 1000.0
    board = compare(read(tables), {"far": shared_plan(0.0)})
    cost = {(stage, kind): value for stage, kind, value in board.stages_cost.select("stage", "kind", "per_unit").iter_rows()}
    assert cost["(site)", "fixed"] == pytest.approx(10.0)
    assert cost["part", "duty"] == pytest.approx(2.0)
    assert sum(cost.values()) == pytest.approx(board.kpi("far", "cost_per_piece"))
    assert board.stages_co2e["kg_per_unit"].sum() == pytest.approx(board.kpi("far", "co2e_kg_per_piece"))


def test_flows_know_where_they_start_and_end(board: Board):
    row = board.flows.filter(pl.col("from_site") == "far").row(0, named=True)
    assert (row["from_latitude"], row["to_longitude"], row["t"], row["customs_border"]) == (31.0, -82.0, 10.0, True)
    assert (row["from_region"], row["to_region"], row["stage"], row["unit"]) == ("china", "north_america", "part", "piece")
    sites = {
        site: (used, stage, t)
        for site, used, stage, t in board.sites.filter(pl.col("strategy") == "far").select("site_id", "used", "stage", "t").iter_rows()
    }
    assert sites == {"far": (True, "part", 20.0), "near": (False, None, 0.0), "plant": (True, "car", 200.0), "town": (True, "car", 200.0)}


def test_a_row_moved_by_an_assumed_change_is_no_better_than_assumed():
    tables = priced_makers()
    for row in tables["processes"]:
        row["quality"] = "reported"
    tables["changes"] = [
        {"change_id": "dearer", "table": "processes", "where": "site_id=near", "column": "conversion_cost_per_unit", "action": "scale", "value": 1.5,
         "valid_from": "2027-01-01", "valid_to": "2027-12-31", "quality": "assumed"}
    ]  # fmt: skip
    board = compare(read(tables), {"near": shared_plan(100.0)})
    cost = dict(board.quality.select("quality", "cost").iter_rows())
    assert cost["reported"] == pytest.approx(200 * 50)
    assert cost["assumed"] == pytest.approx(100 * 10 + 100 * 15)


def test_carbon_cost_is_no_better_than_the_co2e_it_is_paid_for():
    tables = priced_makers()
    tables["settings"].append({"key": "carbon_price_per_t", "value": "100", "quality": "reported"})
    for row in (*tables["processes"], *tables["lanes"]):
        row["quality"] = "derived"
    board = compare(read(tables), {"far": shared_plan(0.0)})
    cost = dict(board.quality.select("quality", "cost").iter_rows())
    assert cost["derived"] == pytest.approx(200 * (50 + 3 + 6 + 2) + 200 * 0.1 * (5 + 3 + 10))
    assert cost["unstated"] == pytest.approx(200 * (1 + 2) + 200 * 0.1 * 12)  # power and duty; the power's carbon


def test_plans_that_deliver_nothing_have_no_figures_per_unit():
    nothing = shared_plan(0.0).with_table("delivered", shared_plan(0.0)["delivered"].clear())
    nothing = nothing.with_table("flows", nothing["flows"].clear()).with_table("outputs", nothing["outputs"].clear())
    board = compare(read(priced_makers()), {"idle": nothing, "asleep": nothing})
    assert board.kpi("idle", "cost_per_piece" if board.unit == "piece" else "cost_per_unit") is None
    assert board.kpi("idle", "shortage_share") == 1.0
    assert board.kpi("idle", "km_mean") is None
    assert board.bridges.height == 0
    assert "nothing is delivered" in board.notes
    summary(board)
