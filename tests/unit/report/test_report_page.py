"""The report as a reader, a browser and an attacker see it."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime

import polars as pl
import pytest

from hinterland.comparison import Board, empty_board_frame
from hinterland.report import render
from hinterland.report.numbers import amount, number, share, signed
from pages import EVIL, Page, harmless

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_a_report_loads_nothing_and_runs_nothing(page):
    parsed = harmless(page)
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in parsed.attributes


def test_the_first_screen_answers_before_it_explains(page, board):
    order = [
        page.index(one)
        for one in ("<h1>", 'aria-label="Costs and the three aims"', 'aria-label="Maps of the flows"', 'aria-label="Proof', "What it costs")
    ]
    assert order == sorted(order)
    text = Page(page).text
    # 92.3 USD/kWh and 74.6 kg/kWh against 94.06 and 60.3: (92.3 + 1.76) / 92.3 is 1.9 % more, 60.3 / 74.6 is 19 % less
    assert "Local-for-local costs 1.9 % more per kWh than global, but emits 19 % less CO₂e; it breaks 1 rule" in text
    assert (
        "Local-for-local breaks the soft rule cell at home (Europe) in 2 periods, at worst in 2027: 91.0 % against 100 %, "
        "at penalties of 440,000 USD." in text  # 0.09 and 0.02 of 4 million
    )
    assert "Least-co2e costs 5.6 % more per kWh than global, but emits 35 % less CO₂e." in text
    assert "3 plans, each delivering 48.6 mn kWh to 1 place in North America, 2026 to 2035." in text
    for aim in ("Less CO₂e?", "Fewer and shorter logistics?", "Less exposure to geopolitics?"):
        assert aim in text
    assert text.count("Proof") >= 2


def test_every_key_figure_stands_with_value_difference_definition(page, board):
    text = Page(page[page.index("All key figures") :]).text
    for row in board.kpis.iter_rows(named=True):
        shown = share(row["value"]) if row["unit"] == "share" else number(row["value"])
        assert shown in text, row["kpi"]
        assert row["doc"].replace("CO2e", "CO₂e")[1:] in text


def test_bridges_show_every_driver_and_add_up(page, board):
    text = Page(page).text
    for row in board.bridges.iter_rows(named=True):
        assert signed(row["amount"]) in text
        assert row["driver"][1:] in text
    for strategy, total in (("local-for-local", 1.76), ("least-co2e", 5.20)):
        held = board.bridges.filter((pl.col("to_strategy") == strategy) & (pl.col("measure") == "cost"))["amount"].sum()
        assert held == pytest.approx(total)
        assert f"Difference {signed(total)}" in text


def test_frames_are_told_in_numbers(page, board):
    text = Page(page).text
    for frame, column, shown in (
        (board.passages, "share", share),
        (board.concentration, "hhi", number),
        (board.stages_cost, "per_unit", number),
        (board.stages_co2e, "kg_per_unit", number),
        (board.quality, "cost_share", share),
        (board.quality, "co2e_share", share),
        (board.regional_share.filter(pl.col("home")), "share", share),
    ):
        assert [one for one in frame[column] if shown(one) not in text] == []


def test_the_proof_of_each_plan_is_told(page, board):
    text = Page(page).text
    for strategy, proof in board.proofs.items():
        assert proof["input_digest"] in text, strategy
        assert share(proof["gap_share"]) in text
    for told in (
        "optimal",
        "2.1 × 10⁻¹⁰",
        "seed 7",
        "hinterland 0.1.0",
        "20,412 columns",
        "3 of 3 plans verified without the solver",
        "2026-11-25 12:00 UTC",
    ):
        assert told in text


def test_the_price_of_exclusivity_is_stated_with_its_parts(page):
    text = Page(page).text
    # 16.4 mn of a present value of 2.83 bn is 0.58 %
    assert text.count("Exclusivity costs local-for-local 16.4 mn USD in present value, 0.58 % of its cost.") == 2
    assert "real cost +18.4 mn USD, penalties −2.00 mn USD." in text


def test_every_figure_has_a_headline_a_description_and_its_numbers(page):
    figures = re.findall(r"<figure.*?</figure>", page, re.S)
    pictures = [one for one in figures if "<svg" in one]
    assert len(pictures) >= 14
    for one in pictures:
        assert re.search(r"<h3>[^<]+</h3>", one)
        assert re.search(r'<p class="about">[^<]+</p>', one)
        assert 'role="img"' in one
        assert "<details>" in one
        assert "undefined" not in one
        assert "NaN" not in one


def test_colours_are_roles_so_that_one_picture_serves_light_and_dark(page):
    for picture in re.findall(r"<svg.*?</svg>", page, re.S):
        assert not re.search(r'(fill|stroke)="(#|rgb|black|white)', picture)
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page


def test_the_same_board_gives_the_same_bytes(board, page, tmp_path):
    assert render(board, tmp_path / "again.html", generated_at=NOON).read_text(encoding="utf-8") == page


def poison(board):
    """The board with every text that a user can write made hostile; names stay different from each other."""
    names = {one: f"{one}{EVIL[at % 3]}" for at, one in enumerate(board.strategies)}
    changes = {
        "title": EVIL[0] + EVIL[1],
        "unit": "kWh",
        "currency": EVIL[2],
        "strategies": tuple(names.values()),
        "against": names[board.against],
    }
    kept = {"kpi", "measure", "aim", "basis", "part", "sign", "status", "quality", "kind", "cause"}
    for field in fields(Board):
        frame = getattr(board, field.name)
        if not isinstance(frame, pl.DataFrame):
            continue
        columns = []
        for name, kind in frame.schema.items():
            if kind != pl.String or name in kept:
                columns.append(pl.col(name))
            elif name in {"strategy", "from_strategy", "to_strategy", "baseline"}:
                columns.append(pl.col(name).replace(names))
            else:
                columns.append((pl.col(name) + EVIL[len(name) % 3]).alias(name))
        changes[field.name] = frame.select(columns)
    proofs = {
        names[one]: {**proof, "status": EVIL[1], "versions": {EVIL[0]: EVIL[2]}, "size": {EVIL[1]: 3}, "input_digest": EVIL[0]}
        for one, proof in board.proofs.items()
    }
    return replace(board, proofs=proofs, notes=EVIL, **changes)


def test_whatever_a_user_writes_stays_text(board, tmp_path):
    text = render(poison(board), tmp_path / "evil.html", generated_at=NOON).read_text(encoding="utf-8")
    page = harmless(text)
    assert "<script" not in text.lower()
    assert "<img" not in text.lower()
    for evil in EVIL:
        assert evil in page.text


def turned(board):
    """The same plans with the baseline and the first alternative exchanged: what was better is worse."""
    first, second = board.strategies[:2]
    swap = {first: second, second: first}
    frames = {
        field.name: getattr(board, field.name).with_columns(pl.col("strategy").replace(swap))
        for field in fields(Board)
        if isinstance(getattr(board, field.name), pl.DataFrame) and "strategy" in getattr(board, field.name).columns
    }
    return replace(board, **frames)


def test_no_winner_is_assumed(board, tmp_path):
    from hinterland.report.findings import headline, panels

    worse = turned(board)
    said, _ = headline(worse)
    # 92.3 against 94.06 is 1.9 % less, 74.6 against 60.3 is 24 % more
    assert said == "Local-for-local costs 1.9 % less per kWh than global, but emits 24 % more CO₂e"
    answers = {panel.question: panel.answer for panel in panels(replace(worse, strategies=worse.strategies[:2]))}
    assert answers["Less CO₂e?"].startswith("No: CO₂e +24 % in local-for-local")
    assert answers["At what cost?"] == "Real cost −1.9 % in local-for-local"


def bare(board, **kept):
    frames = {
        name: empty_board_frame(name) for name in (field.name for field in fields(Board)) if isinstance(getattr(board, name), pl.DataFrame)
    }
    return replace(board, **(frames | kept))


def test_a_board_without_flows_proofs_or_values_still_makes_a_report(board, tmp_path):
    lone = replace(bare(board, kpis=board.kpis.with_columns(value=pl.lit(None, pl.Float64))), proofs={}, strategies=("global",))
    text = render(lone, tmp_path / "bare.html", generated_at=NOON).read_text(encoding="utf-8")
    page = harmless(text)
    assert "no proof" in page.text
    assert "None" not in page.text
    assert "nan" not in page.text.lower().split()


def test_sources_are_listed_with_the_rows_that_cite_them(page):
    section = page.split("<h2>Sources</h2>")[1].split("</section>")[0]
    assert "Annual report &lt;b&gt;2025&lt;/b&gt;" in section
    assert "A mine, 2026, CC BY 4.0" in section
    assert section.index("S1") < section.index("S2")


def test_flows_are_mapped_by_period_and_by_stage_with_their_tonnes(page, board):
    for what in ("period", "stage"):
        section = page.split(f"<h2>Flows by {what}</h2>")[1].split("</section>")[0]
        rows = section.split('<th scope="row">')[1:]
        assert rows
        assert section.count("<svg") == len(rows) * len(board.strategies)
    last = sorted(board.flows["period_id"].unique())[-1]
    moved = board.flows.filter(
        (pl.col("period_id") == last) & (pl.col("strategy") == board.strategies[0]) & (pl.col("from_site") != pl.col("to_site"))
    )
    section = page.split("<h2>Flows by period</h2>")[1].split("</section>")[0]
    assert amount(float(moved["t"].sum()), "t", 2) in section.split(f">{last}</th>")[1].split("</tr>")[0]


def test_regret_is_told_with_its_sign(board, tmp_path):
    row = {"plan": "old <b>", "made_cost": 1.0e9, "judged_cost": 1.2e9, "best_cost": 1.0e9, "regret": 2.0e8, "regret_share": 0.2,
           "made_co2e_t": 5.0, "judged_co2e_t": 6.0, "shortage_share": 0.0}  # fmt: skip
    text = render(board, tmp_path / "r.html", regret=pl.DataFrame([row]), regret_in="tomorrow").read_text()
    section = text.split("<h2>How the plans hold in tomorrow</h2>")[1].split("</section>")[0]
    assert "old &lt;b&gt;" in section
    assert "20 %" in section


def test_several_markets_are_mapped_and_counted_each_for_itself(markets, tmp_path):
    text = render(markets, tmp_path / "m.html", generated_at=NOON).read_text(encoding="utf-8")
    page = harmless(text)
    section = text.split("<h2>Flows around each market</h2>")[1].split("</section>")[0]
    assert section.count("<svg") == 3 * len(markets.strategies)
    for region, own in (("North America", "41 %"), ("Europe", "51 %"), ("China", "61 %")):
        row = section.split(f">{region}</th>")[1].split("</tr>")[0]
        assert f"{own} of cost added there" in row
        assert f"{region}: cost added" in page.text
    assert "100 % of cost" not in page.text
    assert "Mostly from the region it is delivered to:" in page.text
    assert "Added in the region of delivery: 41 % of cost in global" in page.text  # the key figure, whatever the markets


def test_one_market_stays_below_the_world(page):
    assert "Flows around each market" not in page
    assert "Added in North America: 41 % of cost in global" in Page(page).text


def test_rules_contracts_and_openings_stand_in_tables(page):
    section = page.split("<h2>What is decided, and which rules it keeps</h2>")[1].split("</section>")[0]
    rows = [Page(row).text for row in section.split("<tr>")]
    rule = next(row for row in rows if row.startswith("Cell at home Europe local-for-local"))
    assert "at least 100 % 8 of 10 −9.0 pts in 2027 100 % 91.0 % 98.0 % 100 %" in rule
    assert section.count('class="bad"') == 3  # the count of periods, and the two in which it is broken
    deal = next(row for row in rows if row.startswith("Umicore aesc"))
    assert "cam nmc811, Cathode Loyalist to Cells Florence local-for-local 3.00 mn kg 30.0 % 30 % from 2028 30.0 % 30.0 %" in deal
    site = next(row for row in rows if row.startswith("Cathode Loyalist"))
    assert site.strip().endswith("– opens 2026; 2029: 2 modules for cam nmc811, 5.00 mn kg a year –")


@pytest.mark.parametrize("missing", [("risk_weighted_value_share",), ("risk_weighted_value_share", "country_hhi")])
def test_a_question_whose_first_figure_is_missing_is_not_answered(board, missing):
    from hinterland.report.findings import panels

    gone = board.kpis.with_columns(value=pl.when(pl.col("kpi").is_in(missing)).then(None).otherwise(pl.col("value")))
    answers = {panel.question: panel.answer for panel in panels(replace(board, kpis=gone))}
    said = answers["Less exposure to geopolitics?"]
    next_one = "country index" if len(missing) == 1 else "regional by cost"
    assert re.fullmatch(rf"Risk-weighted value is not told; {next_one} \S+ (%|pts) in local-for-local, \S+ (%|pts) in least-co2e", said)


def test_a_question_without_any_figure_says_so(board):
    from hinterland.report.findings import panels

    gone = board.kpis.with_columns(value=pl.when(pl.col("kpi").str.contains("cost|co2e")).then("value").otherwise(None))
    answers = {panel.question: panel.answer for panel in panels(replace(board, kpis=gone))}
    assert answers["Less exposure to geopolitics?"] == "Risk-weighted value is not told"
