"""The chapter on plans that break: sentences by sign, every figure with its numbers, and boards that lack or overfill it."""

import itertools
import math
import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from hinterland.comparison import BOARD_FRAMES, empty_board_frame
from hinterland.comparison.stressed import StressBoard
from hinterland.report import render
from hinterland.report.exposure_maps import circle_px, exposure_picture
from hinterland.report.figures import figures
from hinterland.report.figures.breaking import against_baseline, by_hazard, over_time
from hinterland.report.figures.exposed import exposed, lasting, ranking
from hinterland.report.helping import helping
from hinterland.report.maps import survey
from hinterland.report.resilience import resilience
from hinterland.report.stress_appendix import measured_tails, settling, stress_facts
from hinterland.report.stress_words import shown
from hinterland.report.words import chain_order
from pages import EVIL, Page, harmless
from stressed_board import PLANS, empty_stress, frame, stressed_board

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
THREE = PLANS[:3]


@pytest.fixture(scope="module")
def stressed(board):
    return replace(board, stress=stressed_board(THREE))


@pytest.fixture(scope="module")
def broken_page(stressed, tmp_path_factory):
    return written(stressed, tmp_path_factory.mktemp("stressed"))


def written(board, folder):
    return render(board, folder / "stressed.html", generated_at=NOON).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def light(board):
    """The board with sites and key figures alone: what else a report has is drawn elsewhere."""
    return replace(board, **{one: empty_board_frame(one) for one in BOARD_FRAMES if one not in {"sites", "kpis", "delivered"}})


def chapter(page):
    return page.split("<h2>How it holds when things break</h2>")[1].split("</section>")[0]


def compared(board, rows, **changes):
    """The board with given differences: (strategy, measure, unit, mean, low, high, certain)."""
    told = frame("differences", [(one, "global", *rest) for one, *rest in rows])
    return replace(board, stress=stressed_board(THREE, differences=told, **changes))


def test_a_report_of_plans_that_break_loads_nothing_and_runs_nothing(broken_page):
    harmless(broken_page)
    for picture in re.findall(r"<svg.*?</svg>", broken_page, re.S):
        assert not re.search(r'(fill|stroke)="(#|rgb|black|white)', picture)
        assert not {"NaN", "undefined", "Infinity"} & set(re.split(r"[^A-Za-z]", picture))


def test_the_same_stress_gives_the_same_bytes(stressed, broken_page, tmp_path):
    assert written(stressed, tmp_path) == broken_page


def test_a_board_without_stress_has_no_word_of_it(page):
    for word in ("things break", "softer", "Softer", ".tails", "Under events"):
        assert word not in page


def test_every_figure_has_a_headline_units_and_its_numbers(broken_page):
    held = re.findall(r"<figure.*?</figure>", chapter(broken_page), re.S)
    assert len(held) == 6
    for one in held:
        assert re.search(r"<h3>[^<]*\d[^<]*</h3>", one)
        assert re.search(r'<p class="about">[^<]+</p>', one)
        assert one.count("<tr>") > 3
        assert re.search(r"USD|days|%|pts", Page(one).text)


def test_the_sentence_follows_the_sign_and_the_interval(board):
    def said(mean, low, high, certain):
        held = compared(board, [("local-for-local", "lost_margin", "money", mean, low, high, certain)])
        return against_baseline(held).title, resilience(held)

    title, panel = said(-2.0e6, -3.0e6, -1.0e6, True)
    assert title == "Local-for-local loses 2.00 mn USD less margin than global"
    assert panel.deck == "When things break, local-for-local loses 2.00 mn USD less margin than global (95 % interval 1.00 to 3.00 mn USD)."
    title, panel = said(2.0e6, 1.0e6, 3.0e6, True)
    assert title == "Local-for-local loses 2.00 mn USD more margin than global"
    title, panel = said(-2.0e6, -5.0e6, 1.0e6, False)
    assert title == "No certain difference in lost margin between local-for-local and global"
    row = dict(panel.rows)["local-for-local"][0]
    assert (row.delta.arrow, row.delta.meaning, row.range) == ("≈", "same", "(−5.00 to +1.00 mn)".strip("()"))


@pytest.mark.parametrize(
    ("margin", "late", "word"),
    [(-1.0, -0.01, "Yes"), (1.0, 0.01, "No"), (-1.0, 0.01, "Partly"), (None, None, "No certain difference")],
)
def test_softer_disruptions_are_answered_by_certain_differences_alone(board, margin, late, word):
    def row(measure, unit, mean):
        sure = mean is not None
        size = mean if sure else 1.0
        ends = (size * 0.9, size * 1.1) if sure else (-2.0, 2.0)
        return ("local-for-local", measure, unit, size, min(ends), max(ends), sure)

    held = compared(board, [row("lost_margin", "money", margin), row("late_share", "share", late)], exposure=empty_stress("exposure"))
    assert resilience(held).answer.startswith(word)


def test_one_future_answers_nothing_and_has_no_interval(board):
    nothing = math.nan
    rows = [
        ("local-for-local", "lost_margin", "money", -2.0e6, nothing, nothing, False),
        ("local-for-local", "lost", "units", 4.0e6, nothing, nothing, False),
        ("least-co2e", "lost_margin", "money", 0.0, nothing, nothing, False),
    ]
    held = compared(board, rows, replications=1)
    panel = resilience(held)
    said = (
        "in this one future local-for-local loses 2.00 mn USD less margin than global, though 4.00 mn kWh more; "
        "least-co2e loses as much margin as global"
    )
    assert panel.answer == f"One future alone does not tell; {said}"
    assert panel.deck == f"When things break, {said}."
    assert panel.about.startswith("One draw of events, the same for every plan, 2028 to 2032: one future has no interval")
    assert "95 %" not in panel.about
    cell = dict(panel.rows)["local-for-local"][0]
    assert (cell.delta.text, cell.delta.arrow, cell.delta.meaning, cell.range) == ("−2.00 mn", "", "same", "")
    assert against_baseline(held) is None


@pytest.mark.parametrize(
    ("mean", "tails", "words"),
    [
        (-2.0e6, (9.0e6, 1.2e7), ", but 3.00 mn USD more margin in the worst 5 % of futures"),
        (2.0e6, (9.0e6, 7.0e6), ", but 2.00 mn USD less margin in the worst 5 % of futures"),
        (-2.0e6, (9.0e6, 7.0e6), ""),
        (-2.0e6, (9.0e6, 9.0e6), ""),
    ],
)
def test_the_worst_futures_stand_below_the_mean_and_are_told_where_they_go_against_it(board, mean, tails, words):
    rows = [("local-for-local", "lost_margin", "money", mean, min(0.9 * mean, 1.1 * mean), max(0.9 * mean, 1.1 * mean), True)]
    means = [
        (one, "lost_margin", "money", 5.0e6, 1.0e6, 4.0e6, 6.0e6, tail, tail) for one, tail in zip(THREE, (*tails, 9.0e6), strict=True)
    ]
    panel = resilience(compared(board, rows, measures=frame("measures", means), exposure=empty_stress("exposure")))
    start = f"local-for-local loses 2.00 mn USD {'less' if mean < 0 else 'more'} margin than global"
    assert panel.answer == f"{'Yes' if mean < 0 else 'No'}: {start}{words}"
    assert panel.deck.endswith(f"(95 % interval 1.80 to 2.20 mn USD){words}.")
    assert [cells[0].tail for _, cells in panel.rows] == [f"worst 5 %: {shown(one, 'USD')}" for one in (*tails, 9.0e6)]


def test_better_is_to_the_right_whatever_the_measure(board):
    # a fill rate that rises and a margin that is lost less are both better: their marks stand right of the line of 0
    rows = [
        ("local-for-local", "lost_margin", "money", -2.0, -3.0, -1.0, True),
        ("local-for-local", "fill_rate", "share", 0.02, 0.01, 0.03, True),
        ("least-co2e", "lost_margin", "money", 2.0, 1.0, 3.0, True),
        ("least-co2e", "fill_rate", "share", -0.02, -0.03, -0.01, True),
    ]
    held = against_baseline(compared(board, rows))
    judged = {(measure, plan): word for measure, plan, *_, word in held.rows}
    assert judged == {
        ("Lost margin", "local-for-local"): "better",
        ("Fill rate", "local-for-local"): "better",
        ("Lost margin", "least-co2e"): "worse",
        ("Fill rate", "least-co2e"): "worse",
    }
    near, far = ([float(x) for x in re.findall(r'translate\(([\d.]+),[\d.]+\)" d="[^"]+" fill="var\(--s', svg)] for svg in held.svgs)
    assert len(near) == len(far) == 2
    assert min(near) > max(far)
    assert near[0] == pytest.approx(near[1])  # each measure on its own scale: both reach as far


def test_uncertain_marks_are_hollow(board):
    rows = [("local-for-local", "lost_margin", "money", -2.0, -5.0, 1.0, False)]
    (svg,) = against_baseline(compared(board, rows)).svgs
    assert 'fill="var(--paper)" stroke="var(--s1)"' in svg
    assert "not certain" in against_baseline(compared(board, rows)).rows[0]


def test_the_fan_tells_the_worst_stretch_of_every_plan(board):
    rows = [
        ("global", "served_share", date(2028, month, 1), low, 0.9, 1.0, 1.0, 1.0, 0.97) for month, low in ((1, 0.8), (2, 0.55), (3, 0.7))
    ] + [("local-for-local", "served_share", date(2028, 1, 1), 0.92, 0.95, 1.0, 1.0, 1.0, 0.99)]
    held = over_time(replace(board, stress=stressed_board(THREE, fans=frame("fans", rows), last_day=date(2028, 3, 31))))
    assert held.title.endswith("55 % of what is wanted in global, 92 % in local-for-local")
    assert len(held.svgs) == 2
    assert held.rows[1] == ("2028-02-01", "100 % (55 to 100 %)", "–")
    assert "from 50 % on" in held.about  # the axis begins at a round number below the lowest band, for both


def test_hazards_are_ranked_and_the_rest_is_in_the_table(board):
    rows = [
        (one, f"h{at:02d}", None, 10, 0.5, 1.0, 1.0e6 * (at + 1) * part, 0.9e6 * (at + 1) * part, 1.1e6 * (at + 1) * part)
        for at in range(14)
        for one, part in (("global", 1.0), ("local-for-local", 0.5))
    ]
    held = by_hazard(replace(board, stress=stressed_board(THREE, hazards=frame("hazards", rows))))
    assert held.title == "Most is lost to H13: 14.0 mn USD in global, 7.00 mn USD in local-for-local"
    assert [row[0] for row in held.rows] == [f"H{at:02d}" for at in range(13, -1, -1)]
    assert "H04" in held.svgs[0]
    assert "H03" not in held.svgs[0]
    assert "4 more in the table" in held.about


def nodes(*rows):
    """Exposure rows: (strategy, kind, node, low days, high days, low loss, high loss, survival days)."""
    return frame(
        "exposure",
        [(s, kind, node, node.title(), d0, d1, l0, l1, 1.0, survival, 1.0, survival >= d1, 50.0, 10.0) for s, kind, node, d0, d1, l0, l1, survival in rows],
    )  # fmt: skip


def test_nodes_are_ranked_by_their_largest_loss_in_any_plan(board):
    held = replace(
        board,
        stress=stressed_board(
            THREE,
            exposure=nodes(
                ("global", "site", "liyang", 14, 28, 1e6, 5e6, 3.0),
                ("local-for-local", "site", "florence", 14, 28, 2e6, 9e6, 3.0),
                ("global", "site", "florence", 14, 28, 0.0, 0.0, 40.0),
                ("global", "site", "calm", 14, 28, 0.0, 0.0, math.inf),
            ),
        ),
    )
    figure = ranking(held)
    assert [row[:3] for row in figure.rows] == [
        ("Florence", "global", "0 USD"),
        ("Florence", "local-for-local", "2.00 to 9.00 mn USD"),
        ("Liyang", "global", "1.00 to 5.00 mn USD"),
    ]
    assert figure.title == "Largest loss from one standstill: 5.00 mn USD in global (Liyang), 9.00 mn USD in local-for-local (Florence)"
    figure = lasting(held)
    assert figure.title == "Not survived until recovery: 1 of 3 nodes in global, 1 of 1 in local-for-local"
    assert ("Calm", "global", "0 USD", "1.00", "∞ d", "14.0 to 28.0 d", "yes") in figure.rows


def test_fast_to_slow_is_told_in_words_and_never_in_the_brackets_of_an_interval(board):
    rows = [("global", "site", "liyang", 14, 28, 6.5e5, 1.5e6, 3.0), ("local-for-local", "site", "liyang", 14, 28, 3.0e5, 9.28e5, 3.0)]
    panel = resilience(replace(board, stress=stressed_board(THREE, exposure=nodes(*rows))))
    cell = dict(panel.rows)["local-for-local"][-2]
    # 300,000 - 650,000 fast, 928,000 - 1,500,000 slow
    assert (cell.delta.text, cell.range, cell.tail) == ("−572,000", "", "fast to slow recovery: −350,000 to −572,000")
    assert "If one site stops: for its slow time to recover, below it the difference from fast to slow." in panel.about


def test_the_panel_says_under_which_rule_something_is_served_late(board):
    said = "Served late: where shortage is served later instead of lost; the other means: where it is lost."
    assert said in resilience(replace(board, stress=stressed_board(THREE))).about
    held = stressed_board(THREE)
    assert (
        said not in resilience(replace(board, stress=replace(held, measures=held.measures.filter(pl.col("measure") != "late_share")))).about
    )


def test_two_nodes_of_one_name_stay_two_rows(board):
    rows = [("global", kind, "same_name", 14, 28, 1e6, loss, 3.0) for kind, loss in (("site", 5e6), ("operator", 4e6))]
    twins = nodes(*rows).with_columns(name=pl.lit("A name so long that both of them are cut at the same place on the chart"))
    figure = ranking(replace(board, stress=stressed_board(THREE, exposure=twins)))
    assert figure.svgs[0].count(">A name so long") == 2


def test_nodes_that_lose_the_same_stand_once_by_the_narrowest(board):
    rows = [(one, kind, node, 14, 28, 1e6, loss, 3.0) for one, loss in (("global", 5e6), ("local-for-local", 3e6))
            for kind, node in (("region", "oceania"), ("operator", "talison"), ("site", "greenbushes"))]  # fmt: skip
    rows.append(("global", "country", "au", 14, 28, 1e6, 5e6, 3.0))  # the same in one plan, absent from the other
    figure = ranking(replace(board, stress=stressed_board(THREE, exposure=nodes(*rows))))
    assert [row[:2] for row in figure.rows] == [("Greenbushes", "global"), ("Greenbushes", "local-for-local"), ("Au (country)", "global")]
    assert "Greenbushes\u00a0+2" in figure.svgs[0]
    assert "+n: n other nodes lose the same" in figure.about


def test_units_stand_beside_the_margin(board):
    def said(units, certain):
        rows = [
            ("least-co2e", "lost_margin", "money", -2.0e6, -3.0e6, -1.0e6, True),
            ("least-co2e", "lost", "units", units, units - 1, units + 1, certain),
        ]
        return against_baseline(compared(board, rows)).title

    start = "Least-co2e loses 2.00 mn USD less margin than global"
    assert said(5.0e6, True) == f"{start}, though 5.00 mn kWh more"
    assert said(-5.0e6, True) == f"{start} and 5.00 mn kWh fewer"
    assert said(5.0e6, False) == f"{start}, with no certain difference in units"


def test_what_is_never_late_is_not_told_twice(board):
    held = stressed_board(THREE)
    fill = held.measures.filter(pl.col("measure") == "fill_rate")
    twice = pl.concat([fill, fill.with_columns(measure=pl.lit("on_time_share"))])
    assert [one.name for one in measured_tails(replace(board, stress=replace(held, measures=twice)))] == ["Fill rate"]


def test_circles_grow_with_the_square_root_of_the_loss():
    assert circle_px(1.0, 4.0) == pytest.approx(circle_px(4.0, 4.0) / 2)


def test_names_on_the_map_of_exposure_never_collide(stressed):
    shared = survey(stressed, chain_order(stressed))
    places = exposed(stressed).drop_nulls(["latitude", "longitude"])
    for at, one in enumerate(THREE):
        rows = places.filter(pl.col("strategy") == one).to_dicts()
        _, labels, _ = exposure_picture(rows, one, "var(--s0)", float(places["loss_high"].max()), shared, str(at), one)
        assert len(labels) >= 5
        assert not [(a, b) for place, a in enumerate(labels) for b in labels[place + 1 :] if a.box.overlap(b.box) > 0]


def test_what_helps_is_ranked_by_what_is_avoided_per_money(board):
    rows = [
        ("global", "site", "a", "buffer", 14.0, "days", 4.0e7, 1.0e7, 3.0e7, 6.0e6, 5.0),
        ("global", "site", "b", "standby", 0.5, "share", 4.0e7, 2.0e7, 2.0e7, None, None),
        ("local-for-local", "site", "a", "buffer", 14.0, "days", 4.0e7, 3.0e7, 1.0e7, 1.0e6, 10.0),
        ("local-for-local", "site", "c", "buffer", 14.0, "days", 4.0e7, 4.0e7, 0.0, 1.0e6, 0.0),
    ]
    held = helping(replace(board, stress=stressed_board(THREE, options=frame("options", rows))))
    assert held.title == (
        "Most per money: buffer of 14 days at A in local-for-local avoids 10.0 mn USD of 40.0 mn USD lost in a standstill for 1.00 mn USD a year"
    )
    assert [(row[0], row[1]) for row in held.rows] == [("A", "local-for-local"), ("A", "global"), ("B", "global")]
    assert held.rows[2][2:] == ("Standby for 50 % of what it does", "40.0 mn", "20.0 mn", "20.0 mn", "not known", "–")


def test_the_first_screen_has_the_worst_futures_of_every_plan(broken_page):
    text = Page(broken_page.split('aria-label="Softer disruptions"')[1].split("</section>")[0]).text
    # 612 million and 2.1 times a standard deviation of 0.6 of it; each further plan has 0.6 and 0.99 of the mean and the same spread
    for mean in (612, 0.6 * 612, 0.99 * 612):
        assert f"worst 5 %: {mean / 1e3 + 2.1 * 0.6 * 0.612:.2f} bn" in text


def test_the_appendix_has_every_measure_with_its_tail(stressed, broken_page):
    text = Page(broken_page.split("Under events: every measure")[1].split("</section>")[0]).text
    assert "10,000 replications of 2028 to 2032 in steps of 7 days, seed 7" in text
    for word in ("Time to recover (TTR)", "Time to survive (TTS)", "Risk exposure index", "CVaR", "Left aside"):
        assert word in text
    for built in ("alternates", "joint failures"):  # exposure counts on alternates, and the worst nodes together are found
        assert built not in text.split("Left aside")[1]
    # 612 million with a standard deviation of 0.6 of it; the tails of the made-up board lie 1.6 and 2.1 of those beyond
    assert "global 612 mn 605 to 619 mn 367 mn 1.20 bn 1.38 bn" in text
    assert {one.name for one in measured_tails(stressed)} >= {"Fill rate", "Served late", "Backlog", "Value on the way"}
    assert "Known to ±" in text


def test_one_of_a_thing_is_told_in_the_singular(board):
    held = replace(board, stress=stressed_board(THREE, replications=1, events=1, step_days=1))
    facts = stress_facts(held)
    assert facts[0] == "1 replication of 2028 to 2032 in steps of 1 day, seed 7; 1 event in all, the same for every plan."
    assert "One replication is one future: it has no interval, and no difference is certain." in facts
    assert not any("95 % interval" in one for one in facts)


def test_the_running_mean_is_drawn_and_told(stressed):
    figure = settling(stressed)
    assert len(figure.svgs) == 2
    assert len(figure.rows) == 2 * 3 * 20
    # the widest of the made-up intervals: 1.96 · 0.6 / √10,000 of the mean, and up to a third of it more by the mean's own draw
    assert re.match(r"Known to ± (1\.\d|2\.\d) % of the mean or better after 10,000 draws", figure.title)


@pytest.mark.parametrize("name", [*(field.name for field in fields(StressBoard) if field.type == "pl.DataFrame"), "all"])
def test_a_stress_without_rows_breaks_nothing(light, tmp_path, name):
    names = [field.name for field in fields(StressBoard) if field.type == "pl.DataFrame"] if name == "all" else [name]
    lone = replace(light, stress=stressed_board(THREE, **{one: empty_stress(one) for one in names}))
    page = harmless(written(lone, tmp_path))
    assert "None" not in page.text
    assert "nan" not in page.text.lower().split()


def gone(frame_, value):
    """The frame with every number replaced."""
    return frame_.with_columns(pl.lit(value, pl.Float64).alias(one) for one, kind in frame_.schema.items() if kind == pl.Float64)


@pytest.mark.parametrize("value", [None, math.inf, math.nan, 0.0, -1.0e-9, 1.0e15], ids=str)
def test_numbers_that_are_none_or_endless_break_nothing(light, tmp_path, value):
    held = stressed_board(THREE)
    changes = {one.name: gone(getattr(held, one.name), value) for one in fields(StressBoard) if one.type == "pl.DataFrame"}
    page = harmless(written(replace(light, stress=replace(held, **changes)), tmp_path))
    assert not {"none", "nan", "inf"} & set(page.text.lower().split())


def test_one_plan_alone_is_told_without_a_comparison(light, tmp_path):
    lone = replace(light, stress=stressed_board(("global",)))
    assert against_baseline(lone) is None
    assert resilience(lone).answer == "No baseline to compare with"
    text = written(lone, tmp_path)
    harmless(text)
    assert "When things break," not in text


def test_one_replication_and_one_day_break_nothing(light, tmp_path):
    held = stressed_board(THREE, months=1, replications=1, last_day=date(2028, 1, 1))
    held = replace(
        held, convergence=held.convergence.filter(pl.col("replications") == 10_000).with_columns(replications=pl.lit(1, pl.Int64))
    )
    harmless(written(replace(light, stress=held), tmp_path))


def test_plans_that_only_one_of_the_boards_knows_are_left_out(light, tmp_path):
    page = written(replace(light, stress=stressed_board(PLANS)), tmp_path)  # as-announced is no strategy of the board
    assert "as-announced" not in page
    strangers = stressed_board(tuple(f"other {one}" for one in THREE), against="other global")
    assert "How it holds when things break" not in written(replace(light, stress=strangers), tmp_path)


def test_whatever_a_user_writes_stays_text_when_things_break(light, tmp_path):
    held = stressed_board(THREE)
    kept = {"strategy", "against", "measure", "unit", "kind", "option"}
    changes = {
        one.name: frame_.with_columns((pl.col(name) + EVIL[len(name) % 3]).alias(name) for name, kind in frame_.schema.items() if kind == pl.String and name not in kept)
        for one in fields(StressBoard)
        if one.type == "pl.DataFrame"
        for frame_ in (getattr(held, one.name),)
    }  # fmt: skip
    evil = replace(held, currency=EVIL[0], unit=EVIL[2], notes=EVIL, method=EVIL[1], **changes)
    text = written(replace(light, stress=evil), tmp_path)
    page = harmless(text)
    assert "<script" not in text.lower()
    assert "<img" not in text.lower()
    for one in EVIL:
        assert one in page.text


def test_a_board_that_breaks_adds_to_the_report_and_changes_nothing_else(page, broken_page):
    for kept in ("What it costs", "What it emits", "Every stage in numbers", "Assumptions and limits"):
        told = broken_page.split(f"<h2>{kept}</h2>")[1].split("</section>")[0]
        assert f"<h2>{kept}</h2>{told}</section>" in page


def test_figures_of_stress_stand_in_reading_order(stressed):
    told = [one.title.split(":")[0].split(",")[0] for one in figures(stressed) if one.chapter == "stress"]
    assert told == [
        "In their worst stretch",
        "Local-for-local loses 245 mn USD less margin than global and 6.33 mn kWh fewer; least-co2e loses 6.12 mn USD less and 171",
        "Most is lost to Power rationing in Sichuan",
        "Largest loss from one standstill",
        "Not survived until recovery",
    ]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_labels_of_rows_never_collide(board, count):
    held = replace(board, strategies=PLANS[:count], stress=stressed_board(PLANS[:count]))
    assert "<tspan" in by_hazard(held).svgs[0]  # labels of two lines are among them
    for figure in (by_hazard(held), ranking(held), lasting(held)):
        labels = re.findall(r'<text text-anchor="end" transform="translate\(-6,([\d.]+)\)"[^>]*>(.*?)</text>', figure.svgs[0])
        assert len(labels) >= 10
        spans = [(float(y) - 10.0, float(y) + 3.0 + 14.0 * text.count("dy=")) for y, text in labels]
        for (_, end), (start, _) in itertools.pairwise(sorted(spans)):
            assert end <= start
