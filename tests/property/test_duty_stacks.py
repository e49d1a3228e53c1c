"""Duty stacks: no order of rows, no cut of a period, no switch surprises; the arrays agree with the plain twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_stacks import duty, layers

from hinterland.core.calendar import Calendar, day_number
from hinterland.trade import Book, DutyRule, Entries, Goods, duty_amounts, duty_by_period, stack_on

FIRST = day_number(date(2026, 1, 1))
COUNTRIES = ("CN", "JP", "KR", "MX", "US", "DE")
PROGRAMMES = ("mfn", "a", "b", "c", "d")
some = st.none() | st.frozensets(st.sampled_from(COUNTRIES), min_size=1, max_size=3)
days = st.integers(FIRST - 40, FIRST + 400)


@st.composite
def rules(draw, most=12, excludes=True):
    """Rows of a few programmes; a programme turns off only later ones of the list, so that there is no ring."""
    found = []
    for at in range(draw(st.integers(0, most))):
        programme = draw(st.sampled_from(PROGRAMMES))
        later = PROGRAMMES[PROGRAMMES.index(programme) + 1 :] if programme != "mfn" else ()
        first = draw(days)
        found.append(
            DutyRule(
                f"r{at}",
                programme,
                draw(some),
                draw(some),
                draw(st.sampled_from(("", "85", "8507", "850760", "8507600010"))),
                draw(st.sampled_from((0.0, 0.025, 0.034, 0.1, 0.25))),
                draw(st.sampled_from((0.0, 0.0, 0.5, 2.0))),
                draw(st.sampled_from((0.0, 0.0, 80.0))),
                draw(st.sampled_from(("add", "net_of_mfn", "cap_all_in", "replace"))),
                draw(st.frozensets(st.sampled_from(later), max_size=2)) if excludes and later else frozenset(),
                draw(st.sampled_from((None, None, "BYD"))),
                draw(st.sampled_from((None, None, "auto_part"))),
                draw(st.sampled_from((None, None, "usmca"))),
                draw(st.sampled_from((None, None, "usmca"))),
                first,
                first + draw(st.integers(0, 500)),
            )
        )
    return found


goods = st.builds(
    Goods,
    st.sampled_from(COUNTRIES),
    st.sampled_from(COUNTRIES),
    st.sampled_from(("8507600010", "8507600030", "850790", "2504100000")),
    st.sampled_from((None, "auto_part")),
    st.sampled_from((None, "BYD")),
    st.sampled_from((frozenset(), frozenset({"usmca"}))),
    st.sampled_from((0.0, 100.0, 12_345.0)),
    st.sampled_from((0.0, 300.0)),
    st.sampled_from((0.0, 2_500.0)),
)


@given(rules(), st.lists(st.tuples(goods, days), min_size=1, max_size=6))
def test_the_arrays_agree_with_the_plain_twin(some_rules, asked):
    found = duty_amounts(Book.of(some_rules), Entries.of([one for one, _ in asked], [day for _, day in asked]))
    assert found == pytest.approx([duty(some_rules, one, day) for one, day in asked], rel=1e-12, abs=1e-9)


@given(rules(), goods, days)
def test_what_a_stack_shows_is_what_is_due_and_what_holds(some_rules, one, day):
    shown = stack_on(some_rules, one, date(1970, 1, 1) + timedelta(days=day))
    assert shown.total == pytest.approx(duty(some_rules, one, day), rel=1e-12, abs=1e-9)
    held = {name: rule.rule_id for name, rule in layers(some_rules, one, day).items()}
    beaten = {layer.programme for layer in shown.layers if layer.off_by and layer.programme in held}
    assert {layer.programme: layer.rule.rule_id for layer in shown.layers if not layer.off_by or layer.programme in beaten} == held
    assert all(layer.adds == 0 for layer in shown.layers if layer.off_by)


@given(st.data(), rules(), goods)
def test_a_stack_never_depends_on_row_order(data, some_rules, one):
    shuffled = data.draw(st.permutations(some_rules))
    at = np.arange(FIRST, FIRST + 365, 13)
    before, after = (duty_amounts(Book.of(rows), Entries.of([one] * len(at), at)) for rows in (some_rules, shuffled))
    assert before.tolist() == after.tolist()


@settings(max_examples=60)
@given(rules(), goods, st.lists(st.integers(1, 364), max_size=4, unique=True))
def test_splitting_a_year_at_any_days_leaves_its_duty_unchanged(some_rules, one, cuts):
    starts = [date(2026, 1, 1) + timedelta(days=cut) for cut in [0, *sorted(cuts)]]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), date(2026, 12, 31)]
    split = Calendar.of([(str(at), *span) for at, span in enumerate(zip(starts, ends, strict=True))], date(2026, 1, 1), 0.0)
    whole = Calendar.of([("2026", date(2026, 1, 1), date(2026, 12, 31))], date(2026, 1, 1), 0.0)
    book = Book.of(some_rules)
    parts = (duty_by_period(book, [one], split)[0] * split.days).sum()
    year = duty_by_period(book, [one], whole)[0, 0] * 365
    assert parts == pytest.approx(year, rel=1e-12, abs=1e-9)
    by_day = [duty(some_rules, one, FIRST + day) for day in range(365)]
    assert year == pytest.approx(sum(by_day), rel=1e-9, abs=1e-6)


@given(rules(excludes=False), goods, days, st.sampled_from(PROGRAMMES[1:]), st.sampled_from(PROGRAMMES[1:]))
def test_a_switch_never_raises_what_is_due(some_rules, one, day, switch, target):
    """Of any programme but the base, which others are net of, and which a preference may stand in place of."""
    kept = [rule for rule in some_rules if not (rule.programme == target and rule.stacking == "replace")]
    thrown = [replace(rule, excludes=frozenset({target})) if rule.programme == switch else rule for rule in kept]
    assert duty(thrown, one, day) <= duty(kept, one, day) + 1e-9
    found = duty_amounts(Book.of(thrown), Entries.of([one], [day]))[0]
    assert found <= duty_amounts(Book.of(kept), Entries.of([one], [day]))[0] + 1e-9


@given(rules(), goods, days, st.floats(0.1, 1000.0))
def test_twice_the_consignment_pays_twice(some_rules, one, day, scale):
    more = replace(one, customs_value=one.customs_value * scale, net_kg=one.net_kg * scale, declared_co2e_kg=one.declared_co2e_kg * scale)
    once, often = duty_amounts(Book.of(some_rules), Entries.of([one, more], [day, day]))
    assert often == pytest.approx(once * scale, rel=1e-9, abs=1e-9)


@given(rules(), goods, days)
def test_a_stack_is_never_negative_and_a_cap_fills_up_to_its_rate_and_no_more(some_rules, one, day):
    shown = stack_on(some_rules, one, date(1970, 1, 1) + timedelta(days=day))
    assert shown.total >= 0
    caps = [layer for layer in shown.layers if layer.stacking == "cap_all_in" and not layer.off_by]
    filled = [layer for layer in caps if layer.adds > 0]
    assert len(filled) <= 1
    for layer in filled:
        assert shown.total == pytest.approx(layer.asked)
    assert all(shown.total >= layer.asked - 1e-9 for layer in caps)
