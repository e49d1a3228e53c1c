"""Packs: named like scenarios, added once, refused where they contradict; and each shipped one does what it says."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hinterland.app import check, packs, read, read_run, solve, verify, write_run
from hinterland.core.errors import InvalidScenario
from hinterland.model.accounts import account
from hinterland.model.lanes import lane_rates
from hinterland.model.packs import shipped_packs
from hinterland.model.samples import sample_path
from hinterland.model.scenario import resolve, scenario_issues
from worlds import two_makers

CLEAN = {"counted_as_zero", "unknown_programme", "pack_touches_nothing", "share_over_one", "not_used_yet"}
"""Warnings that a pack may raise on a network that lacks what it speaks of."""


def folder(tmp_path: Path, own: dict[str, dict[str, str]] | None = None, **more):
    """two_makers as a folder of CSV files, with packs of its own: name -> file -> text."""
    for name, rows in (two_makers() | more).items():
        columns = list(dict.fromkeys(key for row in rows for key in row))
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    for pack, files in (own or {}).items():
        (tmp_path / "packs" / pack).mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / "packs" / pack / name).write_text(text, encoding="utf-8")
    return tmp_path


def days(first: str, last: str, year: int = 2026) -> float:
    """Share of a year's days from one to the other, both counted."""
    start, stop = max(date.fromisoformat(first), date(year, 1, 1)), min(date.fromisoformat(last), date(year, 12, 31))
    return max(0, (stop - start).days + 1) / 365


LESS = {
    "chinese_parts": {
        "policies.csv": "policy_id,kind,product,from_group,value\nquota,max_flow,part,CN,40\n",
        "pack.toml": 'title = "Quota"\n',
    }
}


def test_an_own_pack_is_found_named_applied_and_changes_the_plan(tmp_path):
    place = folder(tmp_path, LESS)
    net = read(place)
    told = {one["name"]: one for one in packs(place)}
    assert (told["pack:chinese_parts"]["title"], told["pack:chinese_parts"]["rows"], told["pack:chinese_parts"]["from"]) == (
        "Quota",
        1,
        "own",
    )
    free, bound = solve(net), solve(net, "pack:chinese_parts")
    flow = {name: dict(one.plan["flows"].filter(pl.col("period_id") == "2026").select("lane_id", "quantity").iter_rows()) for name, one in (("free", free), ("bound", bound))}  # fmt: skip
    assert flow["free"] == {"far-plant": 100.0, "plant-town": 100.0}
    assert flow["bound"] == {"far-plant": 40.0, "near-plant": 60.0, "plant-town": 100.0}
    assert verify(net, bound.plan).ok


def test_a_run_keeps_the_packs_it_was_made_with(tmp_path):
    place = folder(tmp_path, LESS)
    net = read(place)
    run = write_run(tmp_path / "run", net, solve(net, ["pack:chinese_parts", "pack:panama_closure"]))
    (place / "packs" / "chinese_parts" / "policies.csv").unlink()
    again = read_run(run)
    assert again.network["policies"]["policy_id"].to_list() == ["quota"]
    assert sorted(again.network.packs) == ["chinese_parts", "panama_closure"]


def test_two_ways_to_write_the_same_world_have_the_same_identity(tmp_path):
    net = read(folder(tmp_path, LESS))
    by_hand = read(
        two_makers() | {"policies": [{"policy_id": "quota", "kind": "max_flow", "product": "part", "from_group": "CN", "value": 40.0}]}
    )
    assert resolve(net, "pack:chinese_parts").digest == resolve(by_hand).digest
    assert resolve(net, "pack:chinese_parts").digest != resolve(net).digest


def test_rows_that_say_the_same_are_added_once_and_order_decides_overrides(tmp_path):
    more = {
        "policies": [{"policy_id": "quota", "kind": "max_flow", "product": "part", "from_group": "CN", "value": 40.0, "note": "ours"}],
        "scenarios": [{"scenario_id": "half"}],
        "overrides": [{"scenario_id": "half", "order": 1, "table": "policies", "where": "policy_id=quota", "action": "scale", "column": "value", "value": "0.5"}],
    }  # fmt: skip
    net = read(folder(tmp_path, LESS, **more))
    both = resolve(net, ["pack:chinese_parts", "half"])
    assert both["policies"].select("policy_id", "value", "note").rows() == [("quota", 20.0, "ours")]
    with pytest.raises(InvalidScenario) as told:
        resolve(net, ["half", "pack:chinese_parts"])
    issue = told.value.issues[0]
    assert (issue.code, issue.table, issue.row, issue.column) == ("pack_clash", "pack:chinese_parts/policies", 2, "value")
    assert "quota is in the network already (row 2) with other values: value 20 and 40" in issue.what


def test_two_packs_that_contradict_are_both_named(tmp_path):
    other = {"fewer": {"policies.csv": "policy_id,kind,product,from_group,value\nquota,max_flow,part,CN,30\n"}}
    net = read(folder(tmp_path, LESS | other))
    issue = next(one for one in scenario_issues(net, ["pack:chinese_parts", "pack:fewer"]) if one.code == "pack_clash")
    assert issue.table == "pack:fewer/policies"
    assert "pack:chinese_parts already (row 2)" in issue.what


@pytest.mark.parametrize("name", ["pack:none", "pack:../suez_closure", "pack:/etc", "pack:", "pack:suez_closure/..", "suez_closure"])
def test_a_name_that_is_no_pack_is_refused(name):
    with pytest.raises(InvalidScenario) as told:
        resolve(read(two_makers()), name)
    assert told.value.issues[0].code == "unknown_scenario"
    if name == "suez_closure":
        assert told.value.issues[0].fix == "write pack:suez_closure: it is a pack"


def test_a_pack_of_one_networks_settings_is_refused_and_a_broken_one_told_by_file_and_row(tmp_path):
    own = {
        "steers": {"settings.csv": "key,value\ncurrency,EUR\n"},
        "torn": {"policies.csv": "policy_id,kind,value\nquota,max_flow,much\n"},
        "odd": {"policies.csv": "policy_id,kind,product,value\nquota,max_flaw,part,3\n"},
    }
    net = read(folder(tmp_path, own))
    found = {name: [(one.code, one.table, one.row, one.severity) for one in scenario_issues(net, [f"pack:{name}"])] for name in own}
    assert found["steers"] == [("not_in_packs", "pack:steers/settings", None, "error")]
    assert ("wrong_type", "pack:torn/policies", 2, "error") in found["torn"]
    assert ("wrong_choice", "pack:odd/policies", 2, "error") in found["odd"]
    assert {one.table for one in check(tmp_path) if one.severity == "error"} == {
        "pack:steers/settings",
        "pack:torn/policies",
        "pack:odd/policies",
    }


def test_names_that_are_not_here_are_left_out_and_a_pack_without_any_row_is_warned_of(tmp_path):
    own = {
        "wide": {
            "groups.csv": "group_id,member,kind\nparts,part,product\nparts,wheel,product\nabroad,CN,country\nabroad,VN,country\n",
            "policies.csv": "policy_id,kind,product,from_group,value\nquota,max_flow,@parts|gear,@abroad|IN,40\nother,max_flow,gear,CN,1\n",
        },
        "idle": {"policies.csv": "policy_id,kind,product,from_group,value\nother,max_flow,gear,CN,1\n"},
        "later": {"policies.csv": "policy_id,kind,product,value,known_from\nquota,max_flow,part,1,2030-01-01\n"},
    }
    more = {"settings": [*two_makers()["settings"], {"key": "knowledge_date", "value": "2026-06-30"}]}
    net = read(folder(tmp_path, own, **more))
    wide = resolve(net, "pack:wide")
    assert wide["policies"].select("policy_id", "product", "from_group").rows() == [("quota", "@parts", "@abroad")]
    assert sorted(wide["groups"]["member"].to_list()) == ["CN", "part"]
    for name, word in (("idle", "none of its rows speaks"), ("later", "settings.knowledge_date (2026-06-30)")):
        warned = scenario_issues(net, [f"pack:{name}"])
        assert [(one.code, one.severity) for one in warned] == [("pack_touches_nothing", "warning")]
        assert word in warned[0].why


def traded(importer: str, origin: str, code: str, use: str = "", **more):
    """two_makers with the far maker in `origin` and the plant in `importer`, a tariff line for parts and a value of 100."""
    tables = two_makers(3)
    tables["countries"] = [{"country": importer, "region": "home"}, {"country": origin, "region": "away"}]
    for site in tables["sites"]:
        site["country"] = origin if site["site_id"] == "far" else importer
    tables["product_codes"] = [{"product_id": "part", "importer": importer, "valid_from": "2020-01-01", "hs_code": code, "use": use}]
    tables["product_values"] = [
        {"product_id": "part", "valid_from": "2020-01-01", "value_per_unit": 100.0, "declared_co2e_kg_per_unit": 200.0}
    ]
    tables["duties"] = [{"rule_id": "ordinary", "programme": "mfn", "importer": importer, "hs_prefix": code[:7], "ad_valorem_share": 0.034}]
    return tables | more


def due(tables, *names: str, claim: str = "") -> list[float]:
    """Duty of a part from afar in each period."""
    rates = lane_rates(resolve(read(tables), list(names)))
    lane = rates.lanes["lane_id"].to_list().index("far-plant")
    return (rates.duties.claims[claim] if claim else rates.duties.plain)[lane].tolist()


def test_chinas_tariffs_come_step_by_step():
    """T7: an auto part pays 3.4 + 25 + 25 once IEEPA has ended; a storage pack 3.4 + 25 + 12.5, the surcharge before."""
    ended = days("2026-01-01", "2026-02-23")
    part = due(traded("US", "CN", "8507.60.0010", "auto_part"), "pack:us_china_tariffs_2024_2026")
    assert part == pytest.approx([3.4 + 25 + 25 + 10 * ended, 53.4, 53.4])  # fentanyl until 23 February 2026, no reciprocal duty
    pack = due(traded("US", "CN", "8507.60.0030"), "pack:us_china_tariffs_2024_2026")
    first = 3.4 + 25 + 20 * ended + 10 * days("2026-02-24", "2026-07-23") + 12.5 * days("2026-07-24", "2026-12-31")
    assert pack == pytest.approx([first, 40.9, 40.9])
    flake = due(traded("US", "CN", "2504.10"), "pack:us_china_tariffs_2024_2026")
    assert flake == pytest.approx(
        [3.4 + 25 + 10 * ended, 28.4, 28.4]
    )  # exempt from all but section 301 and fentanyl; 3.4 is this test's own


def test_the_loss_of_usmca_brings_back_what_its_claim_spared():
    rule = {"origin_rule_id": "usmca", "method": "rvc_tv", "valid_from": "2020-07-01", "threshold_share": 0.6, "cumulation_group": "US|MX"}
    free = {"rule_id": "us_usmca", "programme": "usmca", "importer": "US", "origin": "MX", "hs_prefix": "8507.60", "ad_valorem_share": 0.0,
            "stacking": "replace", "origin_rule_id": "usmca"}  # fmt: skip
    part = {"rule_id": "us_232", "programme": "section_232_auto", "importer": "US", "hs_prefix": "8507.60", "ad_valorem_share": 0.25,
            "use": "auto_part", "excludes_programmes": "section_301_fl"}  # fmt: skip
    spared = part | {"rule_id": "us_232_usmca", "origin": "CA|MX", "ad_valorem_share": 0.0, "origin_rule_id": "usmca"}
    tables = traded("US", "MX", "8507.60.0010", "auto_part", origin_rules=[rule])
    tables["countries"].append({"country": "CA", "region": "away"})
    tables["duties"] += [free, part, spared]
    assert due(tables, claim="usmca") == pytest.approx([0.0, 0.0, 0.0])
    after = due(tables, "pack:loss_of_usmca", claim="usmca")
    assert after[:2] == pytest.approx([0.0, 0.0])
    assert after[2] == pytest.approx(28.4) or after[2] != after[2]  # the claim changes nothing any more
    assert due(tables, "pack:loss_of_usmca") == pytest.approx([28.4, 28.4, 28.4])


def test_british_cells_enter_free_under_a_claim_whose_test_is_stricter_from_2027():
    tables = traded("DE", "GB", "8507.60")
    world = resolve(read(tables), "pack:eu_uk_rules_2027")
    rates = lane_rates(world)
    lane = rates.lanes["lane_id"].to_list().index("far-plant")
    assert rates.duties.plain[lane].tolist() == pytest.approx([2.7, 2.7, 2.7])  # the ordinary duty of the pack is the narrower row
    assert rates.duties.claims["eu_uk_cell"][lane].tolist() == pytest.approx([0.0, 0.0, 0.0])
    cell = world["origin_rules"].filter(pl.col("origin_rule_id") == "eu_uk_cell").sort("valid_from")
    assert cell.select("threshold_share", "valid_from", "valid_to").rows() == [
        (0.7, date(2021, 1, 1), date(2026, 12, 31)),
        (0.35, date(2027, 1, 1), None),
    ]


def test_a_carbon_price_at_the_border_is_due_on_the_declared_footprint():
    """80 a tonne on 200 kg is 16, from 2028, on top of 3.4."""
    assert due(traded("DE", "CN", "8507.60"), "pack:carbon_border") == pytest.approx([3.4, 3.4, 19.4])


@pytest.mark.parametrize("pack", ["yuan_dearer", "currency_move"])
def test_a_dearer_yuan_makes_what_china_makes_dearer(pack):
    """100 parts at 6 USD, or at 12 yuan of 0.5 USD: a tenth more from 2027."""
    tables = two_makers()
    if pack == "currency_move":
        tables["processes"][1] |= {"conversion_cost_per_unit": 12.0, "currency": "CNY"}
        tables["exchange_rates"] = [{"currency": "CNY", "valid_from": "2020-01-01", "rate_to_settings_currency": 0.5}]
    net = read(tables)

    def made(*names: str) -> list[float]:
        world = resolve(net, list(names))
        costs = account(world, solve(world).plan).costs
        return costs.filter((pl.col("kind") == "conversion") & (pl.col("site_id") == "far")).sort("period_id")["amount"].to_list()

    assert made() == pytest.approx([600.0, 600.0])
    assert made(f"pack:{pack}") == pytest.approx([600.0, 660.0])


def test_no_chinese_graphite_leaves_china_without_licences():
    tables = two_makers(3)
    tables["groups"] = [{"group_id": "graphite_anode_material", "member": "part", "kind": "product"}]
    found = solve(read(tables), "pack:graphite_export_control")
    flows = found.plan["flows"].filter(pl.col("lane_id").is_in(["near-plant", "far-plant"])).sort("period_id")
    assert flows.select("period_id", "lane_id").rows() == [("2026", "far-plant"), ("2027", "near-plant"), ("2028", "near-plant")]


def test_the_cobalt_quota_binds():
    """96,600 t cobalt are 276,000 t hydroxide; mines leave a network 96.6 of 220 parts of what they did."""
    tables = two_makers()
    tables["countries"][1] = {"country": "CD", "region": "africa"}
    tables["sites"][1]["country"] = "CD"
    tables["groups"] = [{"group_id": "drc_cobalt", "member": "part", "kind": "product"}]
    for at in (0, 1, 2):
        tables["processes"][at]["capacity_per_year"] = 1e7
    for row in tables["demand"]:
        row["quantity"] = 4e6
    found = solve(read(tables), "pack:cobalt_quota")
    far = found.plan["flows"].filter(pl.col("lane_id") == "far-plant")["quantity"].to_list()
    assert far == pytest.approx([2.76e6, 2.76e6])  # a part weighs 100 kg
    for at in (0, 1, 2):
        tables["processes"][at]["capacity_per_year"] = 5e6
    found = solve(read(tables), "pack:cobalt_quota")
    far = found.plan["flows"].filter(pl.col("lane_id") == "far-plant")["quantity"].to_list()
    assert far == pytest.approx([5e6 * 96.6 / 220] * 2, rel=1e-5)


@pytest.mark.parametrize(
    ("pack", "passage", "closed"), [("suez_closure", "suez", {"2027", "2028"}), ("panama_closure", "panama", {"2027"})]
)
def test_a_closed_passage_sends_goods_another_way_in_its_years(pack, passage, closed):
    tables = two_makers(4)
    sites = {site["site_id"]: site for site in tables["sites"]}
    sites["far"] |= {"latitude": 31.2, "longitude": 121.4}
    target = ("DE", 48.8, 12.9) if passage == "suez" else ("US", 34.9, -79.9)
    tables["countries"].append({"country": "DE", "region": "europe"})
    sites["plant"] |= dict(zip(("country", "latitude", "longitude"), target, strict=True))
    tables["modes"] = [
        {"mode_id": "truck", "kind": "road", "speed_km_per_day": 600.0},
        {"mode_id": "ship", "kind": "sea", "speed_km_per_day": 700.0},
    ]
    tables["freight_rates"] = [{"mode_id": "truck", "cost_per_tkm": 0.1}, {"mode_id": "ship", "cost_per_tkm": 0.01}]
    tables["lanes"][1] = {
        "lane_id": "far-plant",
        "from_site": "far",
        "to_site": "plant",
        "product_id": "part",
        "mode_chain": "truck+ship+truck",
    }
    rates = lane_rates(resolve(read(tables), f"pack:{pack}"))
    km: dict[bool, list[float]] = {True: [], False: []}
    years: dict[bool, set[str]] = {True: set(), False: set()}
    for at, row in enumerate(rates.lanes.iter_rows(named=True)):
        if row["from_site"] == "far":
            through = passage in row["passages"]
            km[through].append(row["km"])
            years[through] |= {str(2026 + t) for t, share in enumerate(rates.open_share[at]) if share > 0.999}
    assert min(km[False]) > max(km[True]) + 1000
    assert years[False] == closed
    assert years[True] == {"2026", "2027", "2028", "2029"} - closed


@pytest.mark.parametrize("pack", sorted(shipped_packs()))
@pytest.mark.parametrize("sample", ["battery_gen6", "seed_chain"])
def test_every_shipped_pack_checks_clean_on_the_samples(pack, sample):
    world = ["status-2026"] if sample == "battery_gen6" else []
    found = scenario_issues(read(sample_path(sample)), [*world, f"pack:{pack}"])
    assert [one for one in found if one.severity == "error" or one.code not in CLEAN] == []


@pytest.mark.parametrize("pack", sorted(shipped_packs()))
def test_every_row_of_a_shipped_pack_says_its_source_and_quality(pack):
    told = next(one for one in packs() if one["name"] == f"pack:{pack}")
    assert told["title"]
    assert len(told["about"]) > 80
    for file in shipped_packs()[pack].glob("*.csv"):
        if file.stem in {"groups", "sources"}:
            continue
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        sources = {row["source_id"] for row in csv.DictReader((file.parent / "sources.csv").read_text(encoding="utf-8").splitlines())}
        assert all(row["quality"] and set(row["source_id"].split(";")) <= sources for row in rows), file
