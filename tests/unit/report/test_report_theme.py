"""Colours that can be read, pictures that hold nothing harmful, numbers as a reader expects them."""

from itertools import combinations

import pytest

from hinterland.report.findings import delta
from hinterland.report.numbers import number, share, signed
from hinterland.report.svg import tidy
from hinterland.report.theme import DARK, LIGHT, contrast, ramp, variables

_TEXT = ("ink", "muted", "better", "worse", "s0", "s1", "s2", "s3", "s4", "s5")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{}</svg>'


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_reads_at_four_and_a_half_to_one(theme):
    # WCAG 2.2, 1.4.3: text of normal size
    for role in _TEXT:
        for ground in ("paper", "wash"):
            assert contrast(theme[role], theme[ground]) >= 4.5, (role, ground)
        assert contrast(theme["paper"], theme[role]) >= 4.5  # texts set into coloured bars
    assert contrast(theme["ink"], theme["land"]) >= 7
    assert contrast(theme["muted"], theme["land"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("steps", [1, 2, 7, 12])
def test_lines_of_every_stage_stand_out_from_land_and_paper(dark, steps):
    # WCAG 2.2, 1.4.11 asks 3 : 1 of graphics against their ground; the palest stage over land may fall a little below
    theme = DARK if dark else LIGHT
    colours = ramp(steps, dark=dark)
    assert len(set(colours)) == steps
    assert min(contrast(one, theme["paper"]) for one in colours) >= 3
    assert min(contrast(one, theme["land"]) for one in colours) >= 2.7


def test_both_themes_name_the_same_roles():
    def names(css):
        return [one.split(":")[0] for one in css.split(";")]

    assert names(variables(5)) == names(variables(5, dark=True))
    assert LIGHT.keys() == DARK.keys()


def _lab(colour, red_share, blue_shift):
    """CIELAB of a colour as seen without red or green cones (Viénot, Brettel and Mollon 1999): red and green become one."""
    red, green, blue = (((int(colour[at : at + 2], 16) / 255 + 0.055) / 1.055) ** 2.4 for at in (1, 3, 5))
    yellow = red_share * red + (1 - red_share) * green
    blue += blue_shift * (green - red)
    x, y, z = (
        (max(a * yellow + b * yellow + c * blue, 0.0) / white) ** (1 / 3)
        for (a, b, c), white in zip(
            ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)), (0.9505, 1.0, 1.089), strict=True
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("eye", [(0.29275, 0.02234), (0.11238, -0.00401)], ids=["deuteranope", "protanope"])
def test_three_strategies_differ_for_eyes_that_mix_red_and_green(theme, eye):
    for one, other in combinations(("s0", "s1", "s2"), 2):
        apart = sum((a - b) ** 2 for a, b in zip(_lab(theme[one], *eye), _lab(theme[other], *eye), strict=True)) ** 0.5
        assert apart > 25, (one, other)  # some ten times what an eye just tells apart


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path d="M0,0" onclick="alert(1)"/>',
        '<a href="https://example.org"><text>x</text></a>',
        '<use href="https://example.org/x.svg#a"/>',
        '<image href="x.png"/>',
        '<path d="M0,0" fill="url(//example.org)"/>',
        "<foreignObject><p>x</p></foreignObject>",
    ],
)
def test_a_picture_that_holds_more_than_a_picture_is_refused(inside):
    with pytest.raises(ValueError, match="a figure"):
        tidy(SVG.format(inside), "x")


def test_text_in_a_picture_stays_text():
    told = tidy(SVG.format("<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>"), '"><img src=x onerror=1>')
    assert "<script" not in told
    assert "<img" not in told
    assert "&lt;script" in told


def test_numbers_have_three_digits_separators_and_a_real_minus():
    assert [number(one) for one in (1234567, 12345, 999.6, 0.05678, -3.14159)] == ["1.23 mn", "12,300", "1,000", "0.0568", "−3.14"]
    assert [share(one) for one in (0.123456, 1.0, 0.00001)] == ["12.3 %", "100 %", "<0.01 %"]
    assert [signed(one) for one in (2.0, -2.0, 0.0)] == ["+2.00", "−2.00", "±0"]


@pytest.mark.parametrize(
    ("kpi", "unit", "value", "base", "meaning", "arrow"),
    [
        ("cost_per_kwh", "USD/kWh", 110.0, 100.0, "worse", "△"),
        ("cost_per_kwh", "USD/kWh", 90.0, 100.0, "better", "▼"),
        ("regional_share", "share", 0.6, 0.4, "better", "▲"),
        ("regional_share_mass", "share", 0.3, 0.4, "worse", "▽"),
        ("km_mean", "km", 100.0, 100.0, "same", "="),
        ("penalties", "USD", 5.0, 0.0, "worse", "△"),
    ],
)
def test_a_difference_says_better_or_worse_by_colour_arrow_and_sign(kpi, unit, value, base, meaning, arrow):
    told = delta(kpi, unit, value, base)
    assert (told.meaning, told.arrow) == (meaning, arrow)
